"""The self-check: the plans against every fault, persona and null product, and the matrix of what they said."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, Protocol

from skillmark.catalogue import Role
from skillmark.faults import providers
from skillmark.faults.clients import judging as clients
from skillmark.faults.credentials import issuers
from skillmark.faults.displayers import judging as displayers
from skillmark.faults.hosts import judging as hosts
from skillmark.faults.rows import Judgement, Kind, Row, Subject
from skillmark.faults.verifiers import judging as verifiers
from skillmark.plans import PLANS, Asks, find_plan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skillmark.plans import Plan

__all__ = ["Judgement", "Kind", "Row", "Subject", "decide", "decide_one", "subjects"]


class _Family(Protocol):
    """Who has the products that a plan can be run against."""

    def subjects(self, plan: Plan) -> Iterator[Subject]:
        """Yield them."""

    def decide(self, subject: Subject) -> Row:
        """Run the plan against one and judge what was said."""


_FAMILIES: dict[Asks, _Family] = {
    Asks.ADDRESS: providers,
    Asks.CREDENTIALS: issuers,
    Asks.ANSWERS: verifiers,
    Asks.ACCOUNTS: hosts,
    Asks.CALLS: clients,
}


def _family_of(plan: Plan) -> _Family:
    """Return who has the products of a plan; those that display are asked as verifiers are, and more than they."""
    return displayers if Role.DISPLAYER in plan.roles else _FAMILIES[plan.asks]


def subjects(plans: Iterable[str] = tuple(PLANS)) -> Iterator[Subject]:
    """Yield everything that the self-check can decide."""
    for plan in map(find_plan, plans):
        yield from _family_of(plan).subjects(plan)


def decide(chosen: Iterable[Subject], *, jobs: int) -> Iterator[Row]:
    """Run the plan of every subject, several at a time, and yield the rows in the order of the subjects."""
    if jobs <= 1:
        yield from (decide_one(subject) for subject in chosen)
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        yield from pool.map(decide_one, chosen, chunksize=4)


def decide_one(subject: Subject) -> Row:
    """Run the plan of one subject and judge what was said."""
    return _family_of(find_plan(subject.plan)).decide(subject)
