"""Reading a CFPackage as a stream: one record at a time, whatever its size."""

from __future__ import annotations

import contextlib
import dataclasses
import gzip
import zlib
from typing import IO, TYPE_CHECKING, Any, cast

import ijson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GZIP_MAGIC = b"\x1f\x8b"
_DEFINITIONS = "CFDefinitions"

#: Arrays of a package that are read entry by entry: their path in the events of the parser, and their collection.
STREAMED = {
    "CFItems": "CFItems",
    "CFAssociations": "CFAssociations",
    "CFRubrics": "CFRubrics",
    "CFDefinitions.CFConcepts": "CFConcepts",
    "CFDefinitions.CFSubjects": "CFSubjects",
    "CFDefinitions.CFLicenses": "CFLicenses",
    "CFDefinitions.CFItemTypes": "CFItemTypes",
    "CFDefinitions.CFAssociationGroupings": "CFAssociationGroupings",
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
        Unreadable: the bytes are no JSON object, or no gzip.
    """
    try:
        events = ijson.parse(stream, use_float=True)
        first = next(events, None)
        if first is None or first[1] != "start_map":
            raise Unreadable("is no JSON object")
        yield from _parts(events)
    except ijson.JSONError as error:
        raise Unreadable(f"is not JSON: {str(error).strip().splitlines()[0]}") from error
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Unreadable(f"is broken gzip: {error}") from error
    except UnicodeDecodeError as error:
        raise Unreadable(f"is not UTF-8: {error}") from error


def _parts(events: Iterator[tuple[str, str, Any]]) -> Iterator[Part]:
    counts: dict[str, int] = {}
    for prefix, event, value in events:
        if event in {"map_key", "end_map", "end_array"}:
            continue
        array = prefix.removesuffix(".item")
        if prefix.endswith(".item") and array in STREAMED:
            index = counts[array] = counts.get(array, -1) + 1
            pointer = f"/{array.replace('.', '/')}/{index}"
            yield Part(pointer=pointer, collection=STREAMED[array], value=_value(event, value, events))
        elif event == "start_array" and prefix in STREAMED:
            yield Part(pointer=f"/{prefix.replace('.', '/')}", collection="", value=[])
        elif event == "start_map" and prefix == _DEFINITIONS:
            yield Part(pointer=f"/{_DEFINITIONS}", collection="", value={})
        else:
            yield Part(pointer=_pointer(prefix), collection="", value=_value(event, value, events))


def _pointer(prefix: str) -> str:
    """Return the pointer of a member of the package, or of its definitions, whose own name may hold dots."""
    if prefix.startswith(f"{_DEFINITIONS}."):
        return f"/{_DEFINITIONS}/{_escaped(prefix.removeprefix(f'{_DEFINITIONS}.'))}"
    return f"/{_escaped(prefix)}"


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")


def _value(event: str, value: Any, events: Iterator[tuple[str, str, Any]]) -> Any:  # noqa: ANN401 - any JSON value
    """Return the value that begins with an event, built from the events that follow."""
    if event not in {"start_map", "start_array"}:
        return value
    builder = ijson.ObjectBuilder()
    builder.event(event, value)
    depth = 1
    for _, inner, content in events:
        builder.event(inner, content)
        depth += (inner in {"start_map", "start_array"}) - (inner in {"end_map", "end_array"})
        if not depth:
            break
    return builder.value
