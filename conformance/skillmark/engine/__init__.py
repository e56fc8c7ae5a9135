"""The engine: runs checks, draws cases, joins what they found into one result."""

from skillmark.engine.checks import Check, Evidence, Observation, Suite, title_of
from skillmark.engine.depth import DEPTHS, Depth, find_depth
from skillmark.engine.drawing import explore, walk
from skillmark.engine.judging import joined
from skillmark.engine.running import CheckEnded, CheckStarted, Event, Run, RunContext, run_check, run_plan

__all__ = [
    "DEPTHS",
    "Check",
    "CheckEnded",
    "CheckStarted",
    "Depth",
    "Event",
    "Evidence",
    "Observation",
    "Run",
    "RunContext",
    "Suite",
    "explore",
    "find_depth",
    "joined",
    "run_check",
    "run_plan",
    "title_of",
    "walk",
]
