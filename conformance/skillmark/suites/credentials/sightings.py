"""What a rule can see in what an issuer made, and the rules by the requirement that each decides."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING

from skillmark.catalogue import Role
from skillmark.core.errors import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.catalogue import Requirement
    from skillmark.suites.credentials.evidence import Evidence

_INDEX = re.compile(r"/\d+(?=/|$)")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Holds:
    """One subject for which the requirement holds."""

    evidence: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Departs:
    """One subject that is otherwise."""

    evidence: str
    pointer: str
    actual: str
    #: In the words of the requirement where it is empty.
    expected: str = ""
    #: The other reading, if the documents leave room for it.
    dispute: str = ""
    #: A JSON Patch (RFC 6902) after which the credential is built as the tables say, if one is known.
    patch: str = ""

    @property
    def cause(self) -> str:
        """Equal for the same departure in another place, or of another value: it is the same defect."""
        return f"{_INDEX.sub('', self.pointer)}: {self.expected or self.actual}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """One subject of which it cannot be told."""

    evidence: str
    reason: str


Sighting = Holds | Departs | Unknown


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How one requirement is decided."""

    #: Area and what is looked at, for example ``contexts.order``.
    name: str
    look: Callable[[Evidence], Iterator[Sighting]]
    #: Why nothing of it was seen, for people.
    absent: str
    #: Whether certification demands it, so that its absence is a gap rather than a feature that is not used.
    is_demanded: bool = False


class Rules:
    """Rules by the id of the requirement that each decides; what CLR repeats is under the id of Open Badges."""

    def __init__(self) -> None:
        self._rules: dict[str, Rule] = {}

    def __iter__(self) -> Iterator[str]:
        return iter(self._rules)

    def add(self, requirement: str, rule: Rule) -> None:
        """Add a rule.

        Raises:
            Broken: The requirement has one already.
        """
        if requirement in self._rules:
            raise Broken(f"two rules decide {requirement}")
        self._rules[requirement] = rule

    def rule_of(self, entry: Requirement) -> Rule | None:
        """Return the rule for a requirement of issuers; what CLR repeats of Open Badges is decided by the rule of Open Badges."""
        if entry.role is not Role.ISSUER:
            return None
        return self._rules.get(entry.id) or self._rules.get(entry.repeats)

    def decides(
        self, requirement: str, *, absent: str, is_demanded: bool = False
    ) -> Callable[[Callable[[Evidence], Iterator[Sighting]]], Callable[[Evidence], Iterator[Sighting]]]:
        """Declare a function as the rule for a requirement; its name is its module and function."""

        def declare(function: Callable[[Evidence], Iterator[Sighting]]) -> Callable[[Evidence], Iterator[Sighting]]:
            area = function.__module__.rpartition(".")[2]
            name = f"{area}.{function.__name__}"
            self.add(requirement, Rule(name=name, look=function, absent=absent, is_demanded=is_demanded))
            return function

        return declare


RULES = Rules()
