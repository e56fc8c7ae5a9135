"""A fault of a host: a name, the requirements it violates, what users suffer, how it behaves."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skillmark.faults.hosts.behaving import Make
    from skillmark.plans import Plan

_BOTH = ("ob-3.0", "clr-2.0")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HostFault:
    """One way to be broken, one change away from right."""

    #: For example ``takes-codes-twice``.
    name: str
    #: The run is right if it accuses of at least one of these; those of Open Badges stand for those of CLR that repeat them.
    requirements: tuple[str, ...]
    #: What a user of the product would suffer.
    effect: str
    make: Make
    #: Standards under whose plan it is a fault.
    standards: tuple[str, ...] = _BOTH
    #: Whether the documents leave room for the behaviour, so that a warning is all that it deserves.
    disputed: bool = False
    #: Whether it shows only in the midst of a whole run.
    needs_all: bool = False


def fault(
    name: str,
    *requirements: str,
    effect: str,
    make: Make,
    standards: tuple[str, ...] = _BOTH,
    disputed: bool = False,
    needs_all: bool = False,
) -> HostFault:
    """Return a fault, as a row of a table."""
    return HostFault(
        name=name,
        requirements=requirements,
        effect=effect,
        make=make,
        standards=standards,
        disputed=disputed,
        needs_all=needs_all,
    )


def expected_in(plan: Plan, requirements: tuple[str, ...]) -> tuple[str, ...]:
    """Return the requirements of a plan that some are, or are repeated by."""
    return tuple(each.id for each in plan.requirements if {each.id, each.repeats} & set(requirements))
