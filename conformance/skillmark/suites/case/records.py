"""Walking the records of an answer by the standard's table."""

from __future__ import annotations

import dataclasses
import functools
from collections import Counter
from typing import TYPE_CHECKING, Any

from skillmark.core.findings import Finding, Held
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.suites.case.answers import Answer
    from skillmark_reference.standards import Standard


@dataclasses.dataclass(frozen=True, slots=True)
class Sighting:
    """One record, seen in one place of one answer."""

    #: Class as exchanged there, for example ``CFPckgItem``.
    form: str
    record: dict[str, Any]
    answer: Answer
    pointer: str

    @property
    def identifier(self) -> str:
        """The record's identifier."""
        return str(self.record["identifier"])

    def held(self) -> Held:
        """Return the observation that this record is right."""
        return Held(evidence=(self.answer.id,))

    def finding(
        self,
        requirement: str,
        *,
        expected: str,
        actual: str,
        member: str = "",
        further: tuple[str, ...] = (),
        cause: str = "",
        dispute: str = "",
    ) -> Finding:
        """Return a finding about this record, or about one of its members."""
        return Finding(
            requirement=requirement,
            expected=expected,
            actual=actual,
            pointer=f"{self.pointer}/{member}" if member else self.pointer,
            evidence=(self.answer.id, *(each for each in further if each != self.answer.id)),
            cause=cause,
            dispute=dispute,
        )


@functools.cache
def _holders(standard_id: str, name: str) -> tuple[tuple[str, str, bool], ...]:
    """Return the members of a class that hold objects: name, class, whether an array."""
    standard = load_standard(standard_id)
    return tuple(
        (row.name, row.type, row.card.is_array)
        for row in standard.classes[name].properties.values()
        if row.type in standard.classes
    )


def objects(
    standard: Standard, name: str, value: object, pointer: str = ""
) -> Iterator[tuple[str, dict[str, Any], str]]:
    """Yield every object of a value with its class and its pointer, the value itself first."""
    if not isinstance(value, dict):
        return
    yield name, value, pointer
    for member, kind, _ in _holders(standard.id, name):
        content = value.get(member)
        if isinstance(content, dict):
            yield from objects(standard, kind, content, f"{pointer}/{member}")
        elif isinstance(content, list):
            for index, entry in enumerate(content):
                yield from objects(standard, kind, entry, f"{pointer}/{member}/{index}")


def sightings(standard: Standard, name: str, answer: Answer) -> Iterator[Sighting]:
    """Yield the CASE records in an answer whose root is an object of a class."""
    for form, record, pointer in objects(standard, name, answer.payload):
        if standard.classes[form].is_record and isinstance(record.get("identifier"), str):
            yield Sighting(form, record, answer, pointer)


class Census:
    """Which classes and members an answer shows, counted in one pass."""

    def __init__(self, standard: Standard) -> None:
        self._standard = standard
        #: Objects by class, as exchanged.
        self.counts: Counter[str] = Counter()
        #: Members with a value that is not empty, by class.
        self.populated: dict[str, set[str]] = {}
        #: One exchange that shows each class, and one that shows each member, whatever its value.
        self.shown_by: dict[str, str] = {}
        self.members: dict[tuple[str, str], str] = {}

    def add(self, name: str, answer: Answer) -> None:
        """Count the objects of one answer."""
        for kind, value, _ in objects(self._standard, name, answer.payload):
            self.counts[kind] += 1
            self.shown_by.setdefault(kind, answer.id)
            for member in value:
                self.members.setdefault((kind, member), answer.id)
            known = self.populated.setdefault(kind, set())
            if len(known) < len(value) or not known.issuperset(value):
                known.update(member for member in value.keys() - known if value[member] not in ("", [], {}, None))
