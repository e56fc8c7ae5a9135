"""Every single-change departure from a valid object, derived from a standard's table.

A mutation changes one thing and names the one violation that has to follow, so whoever refuses it refuses it for that reason.
"""

from __future__ import annotations

import dataclasses
import functools
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from skillmark.strategies.broken import broken_texts, broken_tokens
from skillmark.strategies.records import example_base, example_value
from skillmark_reference.standards import load_standard, standard_ids
from skillmark_reference.standards.structure import Kind, escape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from skillmark_reference.standards import Datatype, Property, RecordClass, Standard

_Path = tuple[str | int, ...]


class _Drop:
    """Stands for the absence of a member."""

    def __repr__(self) -> str:
        return "nothing"


_NOTHING = _Drop()
_INT32 = 2**31


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One change to a valid object, and the violation that it makes."""

    #: What is changed, for people: ``title: null``.
    name: str
    #: Class of the object that holds the changed member; the object's own class when it is replaced as a whole.
    record_class: str
    #: The changed member; empty when the whole object is replaced.
    member: str
    #: Where the violation is: for a missing or unknown member, the object that lacks or has it.
    pointer: str
    kind: Kind
    #: Whether a JSON Schema validator notices. Python's dollar sign also matches before a final line feed.
    schema_sees: bool = True
    #: The valid object.
    base: Any = dataclasses.field(repr=False)
    #: Where the change is made, and what is put there.
    path: _Path
    replacement: Any

    def apply(self) -> Any:  # noqa: ANN401 - the whole may become any JSON value
        """Return the changed object; the base stays as it is, and unchanged parts are shared with it."""
        return _replaced(self.base, self.path, self.replacement)


def _replaced(value: Any, path: _Path, replacement: Any) -> Any:  # noqa: ANN401 - any JSON value
    if not path:
        return replacement
    key, rest = path[0], path[1:]
    changed = value.copy()
    if not rest and isinstance(replacement, _Drop):
        del changed[key]
    elif not rest:
        changed[key] = replacement
    else:
        changed[key] = _replaced(value[key], rest, replacement)
    return changed


@dataclasses.dataclass(frozen=True, slots=True)
class _Change:
    """A replacement for one value, and the kind of violation that it makes there."""

    what: str
    replacement: Any
    kind: Kind
    schema_sees: bool = True


def mutations(standard: Standard, record_class: str, base: dict[str, Any]) -> list[Mutation]:
    """Return every single-change departure of a valid object, nested objects included, in a fixed order.

    ``base`` has to conform to the class; of an invalid base no violation can be foretold.

    Raises:
        KeyError: the standard has no such class.
    """
    row = standard.classes[record_class]
    whole = [
        Mutation(
            name=f"the whole: {change.what}",
            record_class=record_class,
            member="",
            pointer="",
            kind=change.kind,
            base=base,
            path=(),
            replacement=change.replacement,
        )
        for change in _instead_of_object(base)
    ]
    return [*_Walk(standard, base).of_object(row, base, ()), *whole]


def mutated(
    standard: Standard, record_class: str, *, bases: SearchStrategy[dict[str, Any]] | None = None
) -> SearchStrategy[Mutation]:
    """Draw mutations: of the two example bases, which is cheap, or of drawn bases."""
    if bases is None:
        return st.sampled_from(_example_mutations(standard.id, record_class))
    return bases.flatmap(lambda base: st.sampled_from(mutations(standard, record_class, base)))


@functools.cache
def _example_mutations(standard_id: str, record_class: str) -> list[Mutation]:
    standard = load_standard(standard_id)
    bases = [example_base(standard, record_class, maximal=maximal) for maximal in (False, True)]
    return [mutation for base in bases for mutation in mutations(standard, record_class, base)]


class _Walk:
    """Goes through one base and makes its mutations."""

    def __init__(self, standard: Standard, base: dict[str, Any]) -> None:
        self._standard = standard
        self._base = base

    def of_object(self, row: RecordClass, value: dict[str, Any], path: _Path) -> Iterator[Mutation]:
        for member in row.required:
            yield self._member(row, member, path, _Change("left out", _NOTHING, Kind.MISSING))
        if row.closed:
            for member, content in _unknown_members(self._standard, row):
                yield self._member(row, member, path, _Change("added", content, Kind.UNKNOWN))
        for member, content in value.items():
            if member in row.properties:
                yield from self._of_member(row, row.properties[member], content, (*path, member))

    def _of_member(self, owner: RecordClass, row: Property, value: Any, path: _Path) -> Iterator[Mutation]:  # noqa: ANN401 - any JSON value
        if not row.card.is_array:
            yield from self._of_value(owner, row, value, path)
            return
        entry = value[0] if value else example_value(self._standard, row, place=_pointer(path))
        for change in _instead_of_array(row, entry):
            yield self._value(owner, row, path, change)
        for index, each in enumerate(value):
            yield from self._of_value(owner, row, each, (*path, index))

    def _of_value(self, owner: RecordClass, row: Property, value: Any, path: _Path) -> Iterator[Mutation]:  # noqa: ANN401 - any JSON value
        for change in _instead_of_value(self._standard, row, value):
            yield self._value(owner, row, path, change)
        if row.type in self._standard.classes:
            yield from self.of_object(self._standard.classes[row.type], value, path)

    def _value(self, owner: RecordClass, row: Property, path: _Path, change: _Change) -> Mutation:
        return self._mutation(owner, row.name, path, change, pointer=_pointer(path))

    def _member(self, owner: RecordClass, member: str, path: _Path, change: _Change) -> Mutation:
        return self._mutation(owner, member, (*path, member), change, pointer=_pointer(path))

    def _mutation(self, owner: RecordClass, member: str, path: _Path, change: _Change, *, pointer: str) -> Mutation:
        return Mutation(
            name=f"{'.'.join(map(str, path))}: {change.what}",
            record_class=owner.name,
            member=member,
            pointer=pointer,
            kind=change.kind,
            schema_sees=change.schema_sees,
            base=self._base,
            path=path,
            replacement=change.replacement,
        )


def _pointer(path: _Path) -> str:
    return "".join("/" + escape(str(step)) for step in path)


def _unknown_members(standard: Standard, row: RecordClass) -> Iterator[tuple[str, Any]]:
    """Yield members that the class does not have, likely mistakes among them."""
    names: dict[str, Any] = {"vendorNote": "x", "": "x", "imsx_codeMajor": "success", "sourcedId": "x"}
    names |= {member.swapcase(): "x" for member in list(row.properties)[:1]}
    for other in standard.classes.values():
        if other.extends == row.name:
            names |= _examples_of(standard, other)
    for other_id in standard_ids():
        further = load_standard(other_id)
        if further.name == standard.name and row.name in further.classes:
            names |= _examples_of(further, further.classes[row.name])
    yield from ((name, content) for name, content in names.items() if name not in row.properties)


def _examples_of(standard: Standard, row: RecordClass) -> dict[str, Any]:
    return {
        name: [value] if facts.card.is_array else value
        for name, facts in row.properties.items()
        for value in [example_value(standard, facts, place=name)]
    }


def _instead_of_array(row: Property, entry: Any) -> Iterator[_Change]:  # noqa: ANN401 - any JSON value
    yield _Change("the entry without its array", entry, Kind.ARRAY)
    yield _Change("an object with numbered members", {"0": entry}, Kind.ARRAY)
    yield _Change("a comma-separated string", "a,b", Kind.ARRAY)
    yield _Change("null", None, Kind.NULL)
    if row.card.is_required:
        yield _Change("an empty array", [], Kind.EMPTY)


def _instead_of_value(standard: Standard, row: Property, value: Any) -> Iterator[_Change]:  # noqa: ANN401 - any JSON value
    if row.type in standard.classes:
        yield from _instead_of_object(value)
        return
    yield _Change("null", None, Kind.NULL)
    yield _Change("in an array", [value], Kind.TYPE)
    yield _Change("in an object", {"value": value}, Kind.TYPE)
    yield _Change("a boolean", True, Kind.TYPE)
    if row.type in standard.enums:
        yield _Change("a number", 1.1, Kind.TYPE)
        for what, text, sees in broken_tokens(standard.enums[row.type]):
            yield _Change(what, text, Kind.TOKEN, sees)
        return
    yield from _instead_of_primitive(standard.datatypes[row.type], value)


def _instead_of_object(value: Any) -> Iterator[_Change]:  # noqa: ANN401 - any JSON value
    yield _Change("null", None, Kind.NULL)
    yield _Change("in an array", [value], Kind.OBJECT)
    yield _Change("a string", "https://case.example.org/1", Kind.OBJECT)
    yield _Change("a number", 1, Kind.OBJECT)


def _instead_of_primitive(datatype: Datatype, value: Any) -> Iterator[_Change]:  # noqa: ANN401 - any JSON value
    if datatype.base == "string":
        yield _Change("a number", 20240131, Kind.TYPE)
        kind = Kind.PATTERN if datatype.pattern else Kind.FORMAT
        for what, text, sees in broken_texts(datatype, value):
            yield _Change(what, text, kind, sees)
        return
    yield _Change("the number as a string", str(value), Kind.TYPE)
    if datatype.base == "integer":
        least = -_INT32 if datatype.minimum is None else datatype.minimum
        yield _Change("a fraction", 1.5, Kind.TYPE)
        yield _Change("one above the range", _INT32, Kind.RANGE)
        yield _Change("one below the range", least - 1, Kind.RANGE)
