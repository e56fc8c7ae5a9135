"""How the independent provider reads and evaluates filters."""

from __future__ import annotations

import operator
import re
import unicodedata
from typing import TYPE_CHECKING, Any

from .forms import bare, instant

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable

    from .provider import Switches

Record = dict[str, Any]

_LINK = ("title", "identifier", "uri")
_LINKS = ("subjectURI", "licenseURI", "CFPackageURI")
#: Members of a document.
FIELDS = frozenset(
    {
        "identifier", "uri", "creator", "title", "lastChangeDateTime", "officialSourceURL", "publisher", "description",
        "subject", "language", "version", "adoptionStatus", "statusStartDate", "statusEndDate", "notes", "frameworkType",
        "caseVersion", "extensions", *_LINKS,
    }
)  # fmt: skip
_DOTTED = {f"{link}.{part}" for link in _LINKS for part in _LINK}
_COMPARISON = re.compile(
    r"(?P<field>[A-Za-z.]+)(?P<predicate>!=|>=|<=|=|>|<|~)'(?P<value>.*?)'(?=$| AND | OR )", re.DOTALL
)
_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_JOINT = re.compile(r" (AND|OR) ")


class Refused(Exception):  # noqa: N818 - an answer, not an error
    """A request that is answered with a status payload."""

    def __init__(self, status: int, code: str, statement: str, name: str) -> None:
        super().__init__(statement)
        self.status = status
        self.code = code
        self.statement = statement
        self.name = name


def find(documents: list[Record], text: str, switches: Switches) -> list[Record]:
    """Return the documents that a filter finds.

    Raises:
        Refused: the filter is none, or names an unknown member.
    """
    comparisons, joint = _parsed(text, switches)
    join = any if joint == "OR" else all
    return [each for each in documents if join(_holds(each, *comparison, switches) for comparison in comparisons)]


def _parsed(text: str, switches: Switches) -> tuple[list[tuple[str, str, str]], str]:
    comparisons: list[tuple[str, str, str]] = []
    joint, position = "", 0
    while match := _COMPARISON.match(text, position):
        comparisons.append((match["field"], match["predicate"], match["value"]))
        position = match.end()
        follows = _JOINT.match(text, position)
        if follows is None:
            break
        joint, position = follows[1], follows.end()
    if not comparisons or position != len(text):
        raise Refused(400, "invalid_selection_field", "The filter cannot be read", "filter")
    if unknown := [field for field, _, _ in comparisons if field not in FIELDS | _DOTTED]:
        raise Refused(400, switches.unknown_filter, f"There is no member {unknown[0]}", "filter")
    return comparisons, joint


def _holds(record: Record, field: str, predicate: str, value: str, switches: Switches) -> bool:
    found: list[Any] = [record]
    is_list = False
    for name in field.split("."):
        found = [each[name] for each in found if isinstance(each, dict) and name in each]
        is_list |= any(isinstance(each, list) for each in found)
        found = [part for each in found for part in (each if isinstance(each, list) else [each])]
    texts: list[str] = [each for each in found if isinstance(each, str)]
    if not texts:
        return predicate == "!=" and switches.unequal_to_absent
    if is_list:
        return _of_list(texts, predicate, value, switches)
    return _of_text(texts[0], predicate, value, switches)


def _of_text(text: str, predicate: str, value: str, switches: Switches) -> bool:
    if predicate == "~":
        return _key(value, switches) in _key(text, switches)
    moments = _moment(text), _moment(value)
    is_dated = moments[0] is not None and moments[1] is not None
    left: Any = moments[0] if is_dated else _key(text, switches)
    right: Any = moments[1] if is_dated else _key(value, switches)
    return _COMPARED[predicate](left, right)


def _of_list(texts: list[str], predicate: str, value: str, switches: Switches) -> bool:
    entries = [_key(each, switches) for each in texts]
    wanted = _key(value, switches)
    if predicate == "~":
        return wanted in entries or any(part in entries for part in wanted.split(","))
    is_equal = ",".join(entries) == wanted
    return is_equal if predicate == "=" else not is_equal if predicate == "!=" else False


def _key(text: str, switches: Switches) -> Any:  # noqa: ANN401 - a text that compares
    if switches.collation in {"bare", "icu"}:
        return bare(text)
    text = text.lower()
    return unicodedata.normalize("NFC", text) if switches.normalizes else text


def _moment(text: str) -> datetime.datetime | None:
    try:
        moment = instant(text) if "T" in text.upper() else None
    except ValueError:
        return None
    return moment if moment is not None and moment.tzinfo is not None else None
