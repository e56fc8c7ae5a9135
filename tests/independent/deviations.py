"""Broken providers: each departs from the standard in one way, and names the requirements that should be accused."""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING, Any, TypeVar

from .provider import OPERATIONS, Answer, Provider, Request, Switches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.core.target import Feature

    from .data import Shelf

Record = dict[str, Any]
Maker = TypeVar("Maker", bound=type[Provider])

#: Members that hold the records of a class.
_HOLDERS = {
    "CFDocument": ("CFDocument", "CFDocuments"),
    "CFItem": ("CFItem", "CFItems"),
    "CFAssociation": ("CFAssociations",),
    "CFAssociationGrouping": ("CFAssociationGroupings",),
    "CFConcept": ("CFConcepts",),
    "CFSubject": ("CFSubjects",),
    "CFItemType": ("CFItemTypes",),
    "CFLicense": ("CFLicenses",),
    "CFRubric": ("CFRubrics",),
    "CFRubricCriterion": ("CFRubricCriteria",),
    "CFRubricCriterionLevel": ("CFRubricCriterionLevels",),
}
_BARE = {name: name.removeprefix("get") for name in OPERATIONS.values()}


class Broken(Provider):
    """A provider that spoils its answers."""

    def finished(self, request: Request, answer: Answer) -> Answer:
        """Spoil a copy of the answer."""
        answer.value = copy.deepcopy(answer.value)
        return self.spoilt(request, answer)

    def spoilt(self, request: Request, answer: Answer) -> Answer:
        """Return the answer with the defect."""
        return answer


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One broken provider and what should be said of it."""

    name: str
    make: Callable[..., Provider]
    #: At least one of them is accused.
    accused: frozenset[str]
    #: What may be accused besides, since one defect breaks several requirements.
    also: frozenset[str]
    #: Whether a warning is all that the clause allows.
    warns: bool
    versions: tuple[str, ...]
    switches: Switches
    shelf: Callable[[], Shelf] | None
    claims: frozenset[Feature] | None

    def provider(self, version: str) -> Provider:
        """Return the broken provider."""
        return self.make(version, self.switches, self.shelf() if self.shelf else None)


DEVIATIONS: dict[str, Deviation] = {}


def deviates(
    *accused: str,
    also: tuple[str, ...] = (),
    warns: bool = False,
    versions: tuple[str, ...] = ("1.1",),
    switches: Switches | None = None,
    shelf: Callable[[], Shelf] | None = None,
    claims: frozenset[Feature] | None = None,
) -> Callable[[Maker], Maker]:
    """Declare a broken provider by the requirements that it breaks."""

    def declare(make: Maker) -> Maker:
        DEVIATIONS[make.__name__] = Deviation(
            name=make.__name__,
            make=make,
            accused=frozenset(accused),
            also=frozenset(also),
            warns=warns,
            versions=versions,
            switches=switches or Switches(),
            shelf=shelf,
            claims=claims,
        )
        return make

    return declare


def records(answer: Answer, kind: str) -> list[Record]:
    """Return the records of a class that a good answer holds, wherever they are."""
    if answer.status != 200:
        return []
    found = [answer.value] if _BARE.get(answer.operation) == kind and isinstance(answer.value, dict) else []
    found = [] if answer.operation in {"getCFConcept", "getCFSubject", "getCFItemType"} else found
    return [*found, *_held(answer.value, _HOLDERS[kind])]


def _held(value: Any, names: tuple[str, ...]) -> Iterator[Record]:  # noqa: ANN401 - any JSON value
    pairs = (
        value.items() if isinstance(value, dict) else [("", each) for each in value] if isinstance(value, list) else ()
    )
    for name, inner in pairs:
        if name in names:
            yield from (each for each in (inner if isinstance(inner, list) else [inner]) if isinstance(each, dict))
        yield from _held(inner, names)


def links(value: Any) -> Iterator[tuple[str, Record]]:  # noqa: ANN401 - any JSON value
    """Yield every link below a value, with the member that holds it."""
    pairs = value.items() if isinstance(value, dict) else ()
    for name, inner in pairs:
        if name.endswith("URI"):
            yield from (
                (name, each) for each in (inner if isinstance(inner, list) else [inner]) if isinstance(each, dict)
            )
        elif isinstance(inner, (dict, list)):
            for each in inner if isinstance(inner, list) else [inner]:
                yield from links(each)
