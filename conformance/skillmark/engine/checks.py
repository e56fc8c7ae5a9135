"""Checks and the suites that hold them."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from skillmark.catalogue import load_catalogue
from skillmark.core.errors import Broken
from skillmark.core.findings import Finding, Held

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark.core.exchanges import Exchange
    from skillmark.core.results import Matrix
    from skillmark.engine.running import RunContext
    from skillmark.plans import Plan

#: What a check yields: a subject for which the property holds, or a finding.
Observation = Held | Finding

#: A check is a function from evidence to observations.
CheckFunction = Callable[[Any], Iterator[Observation]]


class Evidence(Protocol):
    """What a run has found out; the checks of its suite know more of it."""

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that findings can refer to, by id."""

    def sampling(self) -> Iterator[str]:
        """Say how what was looked at was chosen, in sentences."""

    def record_counts(self) -> Mapping[str, int]:
        """Return how many records of each class were seen."""


@runtime_checkable
class HasMatrix(Protocol):
    """Evidence of what a product refused and accepted of what is wrong."""

    def matrix(self) -> Matrix | None:
        """Return it; nothing where nothing was asked."""


def title_of(function: Callable[..., object]) -> str:
    """Return what a check says that has to hold: the first sentence of its docstring."""
    return (inspect.getdoc(function) or "").partition("\n\n")[0].replace("\n", " ")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A property of the product, with the requirements that it decides."""

    #: Area and function, for example ``paging.walks_partition_the_list``.
    name: str
    #: What has to hold, in one sentence.
    title: str
    requirements: tuple[str, ...]
    function: CheckFunction

    @property
    def area(self) -> str:
        """The heading under which reports show it."""
        return self.name.partition(".")[0]


class Suite:
    """The checks of one standard.

    A check that names an unknown requirement is refused where it is declared.
    """

    def __init__(self, *, catalogue_id: str, gather: Callable[[RunContext], Evidence]) -> None:
        self.catalogue = load_catalogue(catalogue_id)
        #: Makes the evidence that every check of a run is given.
        self.gather = gather
        self._checks: dict[str, Check] = {}

    def check(self, *requirements: str) -> Callable[[CheckFunction], CheckFunction]:
        """Declare a check; its name is its module and function, its title the first sentence of its docstring.

        Raises:
            Broken: a requirement is unknown, or the name is taken.
        """

        def declare(function: CheckFunction) -> CheckFunction:
            area = function.__module__.rpartition(".")[2]
            self.add(f"{area}.{function.__name__}", requirements, function)
            return function

        return declare

    def add(self, name: str, requirements: tuple[str, ...], function: CheckFunction, *, title: str = "") -> None:
        """Declare a check by name, for checks that are derived from a table.

        Raises:
            Broken: a requirement is unknown, the name is taken, or there is no title.
        """
        unknown = [each for each in requirements if each not in self.catalogue.requirements]
        title = title or title_of(function)
        if unknown or not requirements:
            raise Broken(f"check {name} names unknown requirements: {', '.join(unknown) or 'none at all'}")
        if name in self._checks or not title:
            raise Broken(f"check {name} is declared twice, or says nothing of what has to hold")
        self._checks[name] = Check(name=name, title=title, requirements=requirements, function=function)

    @property
    def checks(self) -> tuple[Check, ...]:
        """All checks, in the order of declaration."""
        return tuple(self._checks.values())

    def checks_of(self, plan: Plan) -> tuple[Check, ...]:
        """Return the checks that decide at least one requirement of the plan, each with those of the plan only."""
        wanted = {requirement.id for requirement in plan.requirements}
        narrowed = (
            dataclasses.replace(check, requirements=tuple(r for r in check.requirements if r in wanted))
            for check in self.checks
        )
        return tuple(check for check in narrowed if check.requirements)
