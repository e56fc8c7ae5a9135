"""A fault: a name, the requirements it violates, what users suffer, a small change to a healthy provider."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.errors import Broken
from skillmark.faults.provider import Behaviour, Call, Given, Healthy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.core.target import Feature

VERSIONS = ("1.0", "1.1")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to be broken, one change away from right."""

    #: For example ``next-link-repeats-the-page``.
    name: str
    #: The check is right if it accuses of at least one of these.
    requirements: tuple[str, ...]
    #: What a user of the product would suffer.
    effect: str
    #: Makes the behaviour anew for every run, since some faults remember what they were asked.
    make: Callable[[], Behaviour]
    versions: tuple[str, ...] = VERSIONS
    #: Whether the target needs credentials, so that access control can be tested.
    protected: bool = False
    #: Whether the documents leave room for the behaviour, so that a warning is all that it deserves.
    disputed: bool = False
    #: Features that the product does not claim, because the fault is about what is not offered.
    unclaimed: frozenset[Feature] = frozenset()


class FaultCatalogue:
    """All faults by name."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults.values())

    def __len__(self) -> int:
        return len(self._faults)

    def add(self, fault: Fault) -> None:
        """Add a fault.

        Raises:
            Broken: the name is taken.
        """
        if fault.name in self._faults:
            raise Broken(f"two faults are called {fault.name}")
        self._faults[fault.name] = fault

    def spoils(
        self,
        *requirements: str,
        effect: str,
        at: tuple[str, ...] | None = None,
        versions: tuple[str, ...] = VERSIONS,
        protected: bool = False,
        disputed: bool = False,
        unclaimed: frozenset[Feature] = frozenset(),
    ) -> Callable[[Callable[[Call, Given, Healthy], Given]], Callable[[Call, Given, Healthy], Given]]:
        """Declare a function that spoils answers; its name is the fault's name.

        With ``at``, only 200 answers of these operations are given to it.
        """

        def declare(
            function: Callable[[Call, Given, Healthy], Given],
        ) -> Callable[[Call, Given, Healthy], Given]:
            def answer(call: Call, given: Given, healthy: Healthy) -> Given:
                if at is not None and (call.operation not in at or given.status != 200):
                    return given
                return function(call, given, healthy)

            self.add(
                Fault(
                    name=function.__name__.replace("_", "-"),
                    requirements=requirements,
                    effect=effect,
                    make=lambda: Behaviour(answer=answer),
                    versions=versions,
                    protected=protected,
                    disputed=disputed,
                    unclaimed=unclaimed,
                )
            )
            return function

        return declare

    def misunderstands(
        self, *requirements: str, effect: str, versions: tuple[str, ...] = VERSIONS
    ) -> Callable[[Callable[[Call], Call]], Callable[[Call], Call]]:
        """Declare a function that changes requests before they are answered; its name is the fault's name."""

        def declare(function: Callable[[Call], Call]) -> Callable[[Call], Call]:
            self.add(
                Fault(
                    name=function.__name__.replace("_", "-"),
                    requirements=requirements,
                    effect=effect,
                    make=lambda: Behaviour(ask=function),
                    versions=versions,
                )
            )
            return function

        return declare


FAULTS = FaultCatalogue()
