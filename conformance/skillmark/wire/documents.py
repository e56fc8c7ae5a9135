"""Reading a JSON body strictly, and saying everything that is wrong with it."""

from __future__ import annotations

import codecs
import dataclasses
import enum
import functools
import json
import math
from email.message import Message
from typing import Any

#: Levels of nesting that any record of a standard stays far below.
_DEEPEST = 100
_LONGEST_NUMBER = 300
_KEPT_PROBLEMS = 20


class ProblemKind(enum.StrEnum):
    """What can be wrong with a body."""

    CHARSET = "not UTF-8"
    BYTE_ORDER_MARK = "byte order mark"
    SYNTAX = "not JSON"
    NESTING = "nested too deeply"
    DUPLICATE_MEMBER = "member twice"
    NUMBER = "number out of range"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One departure from JSON (RFC 8259)."""

    kind: ProblemKind
    message: str
    #: Whether nothing could be read because of it.
    fatal: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True, weakref_slot=True)
class Document:
    """A parsed body."""

    #: ``None`` where a fatal problem hides it.
    value: Any
    problems: tuple[Problem, ...] = ()


def media_type_of(content_type: str | None) -> str:
    """Return type and subtype of a Content-Type header, in lower case; empty without one."""
    return (content_type or "").partition(";")[0].strip().lower()


@functools.lru_cache(maxsize=64)
def charset_of(content_type: str | None) -> str:
    """Return the charset parameter of a Content-Type header, in lower case; empty without one."""
    message = Message()
    message["content-type"] = content_type or ""
    return str(message.get_content_charset() or "")


def parse(body: bytes, *, content_type: str | None = None) -> Document:
    """Read a body as JSON; never raises, whatever the body is."""
    problems: list[Problem] = []
    if body.startswith(codecs.BOM_UTF8):
        problems.append(Problem(kind=ProblemKind.BYTE_ORDER_MARK, message="the body begins with a byte order mark"))
        body = body[len(codecs.BOM_UTF8) :]
    charset = charset_of(content_type)
    if charset not in {"", "utf-8", "utf8", "us-ascii"}:
        problems.append(Problem(kind=ProblemKind.CHARSET, message=f"Content-Type states the charset {charset[:40]}"))
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"the body is not UTF-8 at byte {error.start:,}"
        return _unreadable(problems, ProblemKind.CHARSET, message)
    return _parsed(text, problems)


def _parsed(text: str, problems: list[Problem]) -> Document:
    reading = _Reading(problems)
    try:
        value = json.loads(
            text,
            object_pairs_hook=reading.members,
            parse_constant=reading.constant,
            parse_int=reading.integer,
            parse_float=reading.floating,
        )
    except json.JSONDecodeError as error:
        message = f"the body is not JSON: {error.msg.lower()} at line {error.lineno}, column {error.colno}"
        return _unreadable(problems, ProblemKind.SYNTAX, message)
    except RecursionError:
        return _unreadable(problems, ProblemKind.NESTING, "the body is nested too deeply to be read")
    if _is_deep(value):
        message = f"the body is nested more than {_DEEPEST} levels deep"
        return _unreadable(problems, ProblemKind.NESTING, message)
    return Document(value=value, problems=tuple(problems[:_KEPT_PROBLEMS]))


def _unreadable(problems: list[Problem], kind: ProblemKind, message: str) -> Document:
    return Document(value=None, problems=(*problems[:_KEPT_PROBLEMS], Problem(kind=kind, message=message, fatal=True)))


def _is_deep(value: Any) -> bool:  # noqa: ANN401 - any JSON value
    containers = [value] if isinstance(value, (dict, list)) else []
    for _ in range(_DEEPEST):
        containers = [
            inner
            for outer in containers
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not containers:
            return False
    return True


class _Reading:
    """Notes what the parser would pass over."""

    def __init__(self, problems: list[Problem]) -> None:
        self._problems = problems

    def members(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        members = dict(pairs)
        if len(members) != len(pairs):
            seen: set[str] = set()
            twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
            self._note(ProblemKind.DUPLICATE_MEMBER, f"an object has the member {twice[:60]!r} twice")
        return members

    def constant(self, text: str) -> float:
        self._note(ProblemKind.SYNTAX, f"{text} is no JSON value")
        return 0.0

    def integer(self, text: str) -> int:
        if len(text) > _LONGEST_NUMBER:
            self._note(ProblemKind.NUMBER, f"a number has {len(text):,} digits")
            return 0
        return int(text)

    def floating(self, text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            self._note(ProblemKind.NUMBER, f"the number {text[:40]} is out of range")
            return 0.0
        return value

    def _note(self, kind: ProblemKind, message: str) -> None:
        if len(self._problems) < _KEPT_PROBLEMS:
            self._problems.append(Problem(kind=kind, message=message))
