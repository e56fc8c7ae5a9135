"""The rules about hosts, by the requirements that each decides; those of Open Badges stand for what CLR says as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import Broken
from skillmark.engine import title_of
from skillmark.suites.repeating import Question
from skillmark.suites.repeating import own_ids as repeated_ids

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.catalogue import Catalogue
    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence

    Function = Callable[[Evidence], Iterator[Observation]]

#: What CLR says in words of its own, by the requirement of Open Badges whose rules decide it as well.
IN_OTHER_WORDS = {
    "OB30-R-025": "CLR20-R-004",
    "OB30-R-026": "CLR20-R-043",
    "OB30-R-236": "CLR20-R-041",
    "OB30-R-242": "CLR20-R-042",
    "OB30-R-248": "CLR20-R-041",
}


class Rules:
    """Rules in the order of their declaration."""

    def __init__(self) -> None:
        self._rules: dict[str, Question] = {}

    def __iter__(self) -> Iterator[Question]:
        return iter(self._rules.values())

    def rule(self, *requirements: str) -> Callable[[Function], Function]:
        """Declare a check; its name is its module and function, its title the first sentence of its docstring.

        Raises:
            Broken: the name is taken.
        """

        def declare(function: Function) -> Function:
            name = f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
            if name in self._rules:
                raise Broken(f"rule {name} is declared twice")
            self._rules[name] = Question(
                name=name, title=title_of(function), requirements=requirements, function=function
            )
            return function

        return declare


RULES = Rules()


def own_ids(catalogue: Catalogue, requirement: str) -> tuple[str, ...]:
    """Return the requirements of a catalogue that a rule decides when it decides one of Open Badges."""
    return repeated_ids(catalogue, requirement, IN_OTHER_WORDS)
