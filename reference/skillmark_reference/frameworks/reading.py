"""Reading a CFPackage as a stream: one record at a time, whatever its size."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import itertools
import math
import zlib
from typing import IO, TYPE_CHECKING, Any, cast

import ijson

from skillmark_reference.standards.structure import escape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GZIP_MAGIC = b"\x1f\x8b"
_DEFINITIONS = "/CFDefinitions"
#: Arrays and objects inside of each other; records of CASE need five, extensions may want a few more.
_DEEPEST = 64

#: Arrays of a package that are read entry by entry: their JSON pointer, and their collection.
STREAMED = {
    "/CFItems": "CFItems",
    "/CFAssociations": "CFAssociations",
    "/CFRubrics": "CFRubrics",
    "/CFDefinitions/CFConcepts": "CFConcepts",
    "/CFDefinitions/CFSubjects": "CFSubjects",
    "/CFDefinitions/CFLicenses": "CFLicenses",
    "/CFDefinitions/CFItemTypes": "CFItemTypes",
    "/CFDefinitions/CFAssociationGroupings": "CFAssociationGroupings",
}


class Unreadable(Exception):  # noqa: N818 - what the file is, in words for a person
    """The file is no JSON, no gzip, or cannot be opened."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One entry of a streamed array, or one other member of the package."""

    #: JSON pointer.
    pointer: str
    #: Collection of a streamed entry; empty for other members.
    collection: str
    value: Any


@contextlib.contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a package, plain or compressed; what it is shows in its first bytes, not in its name.

    Raises:
        Unreadable: the file cannot be opened.
    """
    try:
        stream = path.open("rb")
    except OSError as error:
        raise Unreadable(f"cannot be opened: {error.strerror}") from error
    with stream:
        magic = stream.read(len(_GZIP_MAGIC))
        stream.seek(0)
        if magic == _GZIP_MAGIC:
            with gzip.open(stream) as plain:
                yield cast("IO[bytes]", plain)
        else:
            yield stream


def parts(stream: IO[bytes]) -> Iterator[Part]:
    """Yield the parts of a package in the order of the file.

    A member that should be an array and is none comes whole, as an other member, for the structural check to name.

    Raises:
        Unreadable: the bytes are no JSON object, no gzip, or JSON that could not be sent on as it came.
    """
    try:
        events = ijson.basic_parse(stream, use_float=True)
        first = next(events, None)
        if first is None or first[0] != "start_map":
            raise Unreadable("is no JSON object")
        yield from _members(events, "")
        for _ in events:  # to the end, since what follows the object would be an error
            pass
    except ijson.JSONError as error:
        raise Unreadable(f"is not JSON: {str(error).strip().splitlines()[0]}") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Unreadable(f"is broken gzip: {error}") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8: {error}") from error


def _members(events: Iterator[tuple[str, Any]], place: str) -> Iterator[Part]:
    """Yield the parts of the package, or of its definitions, from the events after its brace."""
    known: set[str] = set()
    for event, name in events:
        if event == "end_map":
            return
        _no_second(name, known)
        known.add(name)
        pointer = f"{place}/{escape(name)}"
        kind, value = next(events)
        if kind == "start_array" and pointer in STREAMED:
            yield Part(pointer=pointer, collection="", value=[])
            yield from _entries(events, pointer)
        elif kind == "start_map" and pointer == _DEFINITIONS:
            yield Part(pointer=pointer, collection="", value={})
            yield from _members(events, pointer)
        else:
            yield Part(pointer=pointer, collection="", value=_value(kind, value, events))


def _entries(events: Iterator[tuple[str, Any]], place: str) -> Iterator[Part]:
    entries = itertools.takewhile(lambda event: event[0] != "end_array", events)
    for index, (event, value) in enumerate(entries):
        yield Part(pointer=f"{place}/{index}", collection=STREAMED[place], value=_value(event, value, events))


def _value(event: str, value: Any, events: Iterator[tuple[str, Any]], depth: int = 0) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value that begins with an event, built from the events that follow."""
    if depth > _DEEPEST:
        raise Unreadable(f"is nested more than {_DEEPEST} deep")
    match event:
        case "start_map":
            return _object(events, depth)
        case "start_array":
            return _array(events, depth)
        case "number" if isinstance(value, float) and not math.isfinite(value):
            raise Unreadable("has a number that is too large for a double")
    return value


def _object(events: Iterator[tuple[str, Any]], depth: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for event, name in events:
        if event == "end_map":
            break
        _no_second(name, made)
        made[name] = _value(*next(events), events, depth + 1)
    return made


def _array(events: Iterator[tuple[str, Any]], depth: int) -> list[Any]:
    made: list[Any] = []
    for event, value in events:
        if event == "end_array":
            break
        made.append(_value(event, value, events, depth + 1))
    return made


def _no_second(name: str, known: set[str] | dict[str, Any]) -> None:
    if name in known:
        raise Unreadable(f"has the member {name[:60]!r} twice in one object")
