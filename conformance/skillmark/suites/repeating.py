"""Questions that are asked under the requirements of Open Badges, and decide what another catalogue repeats of them as well."""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

from skillmark.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from skillmark.catalogue import Catalogue
    from skillmark.engine import Observation, Suite


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One check, under the ids of Open Badges, and of another catalogue where only that has it."""

    #: Area and function, for example ``upserting.says_created_for_new``.
    name: str
    title: str
    requirements: tuple[str, ...]
    function: Callable[[Any], Iterator[Observation]]


def own_ids(catalogue: Catalogue, requirement: str, in_other_words: Mapping[str, str]) -> tuple[str, ...]:
    """Return the requirements of a catalogue that are decided with one of Open Badges.

    Args:
        catalogue: The catalogue.
        requirement: The id of a requirement of Open Badges, or of the catalogue itself.
        in_other_words: What the catalogue says in words of its own, by the requirement of Open Badges.
    """
    own = [entry.id for entry in catalogue.requirements.values() if requirement in {entry.id, entry.repeats}]
    other = in_other_words.get(requirement, "")
    return (*own, other) if other in catalogue.requirements else tuple(own)


def ask(suite: Suite, question: Question, in_other_words: Mapping[str, str]) -> None:
    """Add a question to a suite under the requirements of its catalogue; nothing where it has none of them."""
    own = {each: own_ids(suite.catalogue, each, in_other_words) for each in question.requirements}
    mine = tuple(dict.fromkeys(identifier for each in own.values() for identifier in each))
    if mine:
        function = functools.partial(_observations, question=question, own=own)
        suite.add(question.name, mine, function, title=question.title)


def _observations(evidence: Any, *, question: Question, own: Mapping[str, tuple[str, ...]]) -> Iterator[Observation]:  # noqa: ANN401 - of any suite
    """Yield what a question observes, under the requirements of the catalogue."""
    for observation in question.function(evidence):
        if isinstance(observation, Finding):
            for identifier in own.get(observation.requirement, (observation.requirement,)):
                yield dataclasses.replace(observation, requirement=identifier)
        else:
            yield observation
