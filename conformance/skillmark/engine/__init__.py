"""The engine: runs checks, draws cases, joins what they found into one result."""

from skillmark.engine.checks import Check, Observation, Suite
from skillmark.engine.depth import DEPTHS, Depth, find_depth
from skillmark.engine.drawing import explore
from skillmark.engine.judging import CLOSING_CHECKS, joined
from skillmark.engine.running import CheckEnded, CheckStarted, Event, Run, RunContext, run_check, run_plan

__all__ = [
    "CLOSING_CHECKS",
    "DEPTHS",
    "Check",
    "CheckEnded",
    "CheckStarted",
    "Depth",
    "Event",
    "Observation",
    "Run",
    "RunContext",
    "Suite",
    "explore",
    "find_depth",
    "joined",
    "run_check",
    "run_plan",
]
