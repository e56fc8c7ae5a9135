"""Faults that edit objects: rows of a name, what is broken, and the change to every object of some classes."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark.faults.fault import FAULTS, VERSIONS, Fault
from skillmark.faults.provider import Behaviour, Call, Given, Healthy
from skillmark.suites.case.records import objects
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]


def edited(call: Call, given: Given, kinds: tuple[str, ...], change: Callable[[Record], object]) -> Given:
    """Apply a change to every object of some classes in a 200 answer, and leave other answers as they are."""
    if call.operation is None or given.status != 200:
        return given
    standard = load_standard(f"case-{call.version}")
    value = given.json
    touched = False
    for kind, record, _ in objects(standard, standard.operations[call.operation].payload, value):
        if kind in kinds:
            change(record)
            touched = True
    return given.become(value) if touched else given


def drop(member: str) -> Callable[[Record], object]:
    """Return a change that leaves a member out."""
    return lambda record: record.pop(member, None)


def put(member: str, value: object) -> Callable[[Record], object]:
    """Return a change that sets a member, present or not."""
    return lambda record: record.update({member: value})


def turn(member: str, change: Callable[[Any], object]) -> Callable[[Record], object]:
    """Return a change of a member's value where it is present."""

    def apply(record: Record) -> None:
        if member in record:
            record[member] = change(record[member])

    return apply


def rename(member: str, other: str) -> Callable[[Record], object]:
    """Return a change that puts a member under another name."""

    def apply(record: Record) -> None:
        if member in record:
            record[other] = record.pop(member)

    return apply


@dataclasses.dataclass(frozen=True, slots=True)
class Row:
    """One fault: its name, the requirements that it breaks, its effect, and a change to every object of some classes."""

    name: str
    requirements: tuple[str, ...]
    effect: str
    kinds: tuple[str, ...]
    change: Callable[[Record], object]
    versions: tuple[str, ...] = VERSIONS
    disputed: bool = False


DOCUMENTS = ("CFPckgDocument", "CFDocument")
ITEMS = ("CFPckgItem", "CFItem")
ASSOCIATIONS = ("CFPckgAssociation", "CFAssociation")
LOST = "Importers that rely on the member refuse the record."
LEAK = "Strict importers refuse the record."
MISTYPED = "Importers with a typed model fail on the member."
V11 = ("1.1",)
V10 = ("1.0",)


def declare(rows: tuple[Row, ...]) -> None:
    """Add a fault for every row."""
    for row in rows:
        _add(row)


def _add(row: Row) -> None:
    def answer(call: Call, given: Given, _: Healthy) -> Given:
        return edited(call, given, row.kinds, row.change)

    FAULTS.add(
        Fault(
            name=row.name,
            requirements=row.requirements,
            effect=row.effect,
            make=lambda: Behaviour(answer=answer),
            versions=row.versions,
            disputed=row.disputed,
        )
    )
