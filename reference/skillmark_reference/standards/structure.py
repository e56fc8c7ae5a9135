"""Structural checking, compiled from a standard's table.

One pass over a value names every departure from the table once, with its cause, its JSON pointer and its clause: never a list of
failed union branches. It decides as the derived JSON Schema does (a test holds the two against each other) and is fast enough for
frameworks of fifty thousand items.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import re
from typing import TYPE_CHECKING, Any

from rfc3986_validator import validate_rfc3986

from skillmark_reference.standards.tables import load_standard

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark_reference.standards.tables import Datatype, Enumeration, Property, RecordClass, Standard


class Kind(enum.Enum):
    """The ways in which a value can depart from its table."""

    MISSING = "mandatory member missing"
    UNKNOWN = "member outside the model"
    NULL = "null"
    OBJECT = "not an object"
    ARRAY = "not an array"
    EMPTY = "empty array"
    TYPE = "wrong JSON type"
    PATTERN = "pattern broken"
    FORMAT = "format broken"
    RANGE = "out of range"
    TOKEN = "token outside the enumeration"  # noqa: S105 - a word of an enumeration


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One departure from the table."""

    kind: Kind
    #: JSON pointer to the value; for a missing or unknown member, to the object that lacks or has it.
    pointer: str
    #: The class of the object that holds the member.
    record_class: str
    #: The member, empty when the object itself is wrong.
    member: str
    #: Name of the member's datatype, enumeration or class; empty for unknown members.
    type: str
    expected: str
    actual: str
    clause: str

    @property
    def cause(self) -> str:
        """Equal for violations that are the same defect in different records."""
        return (
            f"{self.record_class}.{self.member}: {self.kind.value}"
            if self.member
            else (f"{self.record_class}: {self.kind.value}")
        )

    def below(self, prefix: str) -> Violation:
        """Return the same violation, seen from a value that holds this one at ``prefix``."""
        return dataclasses.replace(self, pointer=prefix + self.pointer)


_NONE: list[Violation] = []
_EXCERPT = 120


def violations(standard: Standard, record_class: str, value: object) -> list[Violation]:
    """Return every departure of ``value`` from a class of the standard; empty when it conforms.

    Raises:
        KeyError: the standard has no such class.
    """
    return _class_check(standard.id, record_class)(value)


def escape(member: str) -> str:
    """Escape one reference token of a JSON pointer (RFC 6901, 3)."""
    return member.replace("~", "~0").replace("/", "~1")


def excerpt(value: object) -> str:
    """Return a short printable form of a JSON value."""
    text = repr(value) if not isinstance(value, str) else f'"{value}"'
    if isinstance(value, bool | None):
        text = {True: "true", False: "false", None: "null"}[value]
    return text if len(text) <= _EXCERPT else text[: _EXCERPT - 1] + "…"


def is_date_time(text: str) -> bool:
    """Whether the text is an RFC 3339 date-time with a zone."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return False
    seconds = "59" if match["second"] == "60" else match["second"]
    return _is_calendar(f"{match['start']}:{seconds}") and _is_zone(match["zone"])


def is_date(text: str) -> bool:
    """Whether the text is a calendar date ``YYYY-MM-DD``."""
    return bool(_DATE.fullmatch(text)) and _is_calendar(text)


def is_absolute_uri(text: str) -> bool:
    """Whether the text is an RFC 3986 URI with a scheme."""
    # The grammar's expression ends with a dollar sign, which also matches before a final line feed.
    return bool(_PLAIN_URI.fullmatch(text)) or (not text.endswith("\n") and bool(validate_rfc3986(text, rule="URI")))


_DATE_TIME = re.compile(
    r"(?P<start>[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}):(?P<second>[0-9]{2})(?:\.[0-9]+)?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Most addresses look like this; the full grammar of RFC 3986 is twenty times slower.
_PLAIN_URI = re.compile(r"https?://[a-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]*)*")


def _is_calendar(text: str) -> bool:
    try:
        datetime.datetime.fromisoformat(text.upper())
    except ValueError:
        return False
    return True


def _is_zone(zone: str) -> bool:
    return zone in "Zz" or (int(zone[1:3]) < 24 and int(zone[4:6]) < 60)  # noqa: PLR2004 - hours, minutes


_FORMATS: dict[str, tuple[Callable[[str], bool], str]] = {
    "uri": (is_absolute_uri, "an absolute URI (RFC 3986)"),
    "date-time": (is_date_time, "a date-time with zone (RFC 3339)"),
    "date": (is_date, "a date YYYY-MM-DD"),
}
_INT32 = 2**31


@functools.cache
def _class_check(standard_id: str, name: str) -> Callable[[object], list[Violation]]:
    standard = load_standard(standard_id)
    row = standard.classes[name]
    members = {member: _member_check(standard, row, facts) for member, facts in row.properties.items()}
    required = row.required

    def check(value: object) -> list[Violation]:
        if not isinstance(value, dict):
            return [_object_violation(row, value)]
        found: list[Violation] = []
        for member, content in value.items():
            judge = members.get(member)
            if judge is not None:
                if problems := judge(content):
                    prefix = "/" + escape(member)
                    found += [problem.below(prefix) for problem in problems]
            elif row.closed:
                found.append(_unknown_violation(row, member))
        found += [_missing_violation(row, member) for member in required if member not in value]
        return found

    return check


def _member_check(standard: Standard, owner: RecordClass, row: Property) -> Callable[[object], list[Violation]]:
    make = functools.partial(_violation, owner, row)
    single = _value_check(standard, row, make)
    if not row.card.is_array:
        return single

    def check(value: object) -> list[Violation]:
        if not isinstance(value, list):
            kind = Kind.NULL if value is None else Kind.ARRAY
            return [make(kind, "a JSON array, even for one entry", value)]
        if not value and row.card.is_required:
            return [make(Kind.EMPTY, "at least one entry", value)]
        found: list[Violation] = []
        for index, entry in enumerate(value):
            if problems := single(entry):
                found += [problem.below(f"/{index}") for problem in problems]
        return found

    return check


def _value_check(
    standard: Standard, row: Property, make: Callable[[Kind, str, object], Violation]
) -> Callable[[object], list[Violation]]:
    if row.type in standard.classes:
        return _nested_check(standard, row, make)
    if row.type in standard.enums:
        return _token_check(standard.enums[row.type], make)
    datatype = standard.datatypes[row.type]
    if datatype.base == "string":
        return _string_check(datatype, make)
    return _number_check(datatype, make)


def _nested_check(
    standard: Standard, row: Property, make: Callable[[Kind, str, object], Violation]
) -> Callable[[object], list[Violation]]:
    def check(value: object) -> list[Violation]:
        if not isinstance(value, dict):
            kind = Kind.NULL if value is None else Kind.OBJECT
            return [make(kind, f"a {row.type} object", value)]
        return _class_check(standard.id, row.type)(value)

    return check


def _token_check(
    enumeration: Enumeration, make: Callable[[Kind, str, object], Violation]
) -> Callable[[object], list[Violation]]:
    tokens = frozenset(enumeration.values)
    expected = "one of " + ", ".join(enumeration.values)
    if enumeration.pattern:
        expected += f", or a token that matches {enumeration.pattern}"

    def check(value: object) -> list[Violation]:
        if not isinstance(value, str):
            return [make(_kind_of_mistyped(value), "a string: " + expected, value)]
        if value in tokens or enumeration.admits(value):
            return _NONE
        return [make(Kind.TOKEN, expected, value)]

    return check


def _string_check(
    datatype: Datatype, make: Callable[[Kind, str, object], Violation]
) -> Callable[[object], list[Violation]]:
    # `fullmatch`, because a dollar sign also matches before a final line feed.
    pattern = re.compile(datatype.pattern.strip("^$")) if datatype.pattern else None
    formatted = _FORMATS.get(datatype.format or "")

    def check(value: object) -> list[Violation]:
        if not isinstance(value, str):
            return [make(_kind_of_mistyped(value), f"a string ({datatype.name})", value)]
        if pattern is not None and not pattern.fullmatch(value):
            return [make(Kind.PATTERN, f"{datatype.name}: {datatype.pattern}", value)]
        if formatted is not None and not formatted[0](value):
            return [make(Kind.FORMAT, formatted[1], value)]
        return _NONE

    return check


def _number_check(
    datatype: Datatype, make: Callable[[Kind, str, object], Violation]
) -> Callable[[object], list[Violation]]:
    def check(value: object) -> list[Violation]:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return [make(_kind_of_mistyped(value), f"a JSON {datatype.base}", value)]
        if datatype.base != "integer":
            return _NONE
        if isinstance(value, float) and not value.is_integer():
            return [make(Kind.TYPE, "a JSON integer", value)]
        minimum = -_INT32 if datatype.minimum is None else datatype.minimum
        if not minimum <= value < _INT32:
            return [make(Kind.RANGE, "an integer of 32 bits", value)]
        return _NONE

    return check


def _kind_of_mistyped(value: object) -> Kind:
    return Kind.NULL if value is None else Kind.TYPE


def _violation(owner: RecordClass, row: Property, kind: Kind, expected: str, value: object) -> Violation:
    return Violation(
        kind=kind,
        pointer="",
        record_class=owner.name,
        member=row.name,
        type=row.type,
        expected=expected,
        actual=excerpt(value),
        clause=owner.clause,
    )


def _missing_violation(owner: RecordClass, member: str) -> Violation:
    row = owner.properties[member]
    return Violation(
        kind=Kind.MISSING,
        pointer="",
        record_class=owner.name,
        member=member,
        type=row.type,
        expected=f"{member} ({row.card.value})",
        actual="no such member",
        clause=owner.clause,
    )


def _unknown_violation(owner: RecordClass, member: str) -> Violation:
    return Violation(
        kind=Kind.UNKNOWN,
        pointer="",
        record_class=owner.name,
        member=member,
        type="",
        expected="members of the model only",
        actual=excerpt(member),
        clause=owner.clause,
    )


def _object_violation(owner: RecordClass, value: Any) -> Violation:  # noqa: ANN401 - any JSON value
    return Violation(
        kind=Kind.NULL if value is None else Kind.OBJECT,
        pointer="",
        record_class=owner.name,
        member="",
        type=owner.name,
        expected=f"a {owner.name} object",
        actual=excerpt(value),
        clause=owner.clause,
    )
