"""From values of the standard to words and addresses that may stand in a page."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

_BRIEF = 400
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_WEB_ADDRESS = re.compile(r"https?://[!-;=?-\[\]_a-z~]+", re.IGNORECASE)
#: What the recommended words of both versions for the status of a framework stand for (Implementation Guide, 4.2).
_TONES = {
    "adopted": "settled",
    "implemented": "settled",
    "draft": "pending",
    "private draft": "pending",
    "pending implementation": "pending",
    "deprecated": "past",
    "retired": "past",
}
#: Headings of the associations of an item: where it is the origin, where it is the destination.
_HEADINGS = {
    "isChildOf": ("Parent", "Children"),
    "isPeerOf": ("Peer of", "Named as a peer by"),
    "isPartOf": ("Part of", "Parts"),
    "exactMatchOf": ("Exact match of", "Named as an exact match by"),
    "precedes": ("Precedes", "Preceded by"),
    "isRelatedTo": ("Related to", "Named as related by"),
    "replacedBy": ("Replaced by", "Replaces"),
    "exemplar": ("Exemplars", "Exemplar of"),
    "hasSkillLevel": ("Skill level", "Skill level of"),
    "isTranslationOf": ("Translation of", "Translations"),
}
#: Types that say the same in both directions.
_SYMMETRIC = frozenset({"isPeerOf", "exactMatchOf", "isRelatedTo"})


def association_types() -> tuple[str, ...]:
    """Return the types of associations that have a wording, the tree first."""
    return tuple(_HEADINGS)


def association_heading(association_type: str, *, is_origin: bool) -> str:
    """Return what an item says of the other ends of its associations of a type."""
    outgoing, incoming = _HEADINGS.get(association_type, (association_type, f"{association_type}, seen from its end"))
    return outgoing if is_origin else incoming


def is_directed(association_type: str) -> bool:
    """Tell whether it matters which end of an association is the origin."""
    return association_type not in _SYMMETRIC


def web_address(text: object) -> str | None:
    """Return an absolute http or https address that may become a link, else ``None``."""
    if not isinstance(text, str) or not _WEB_ADDRESS.fullmatch(text):
        return None
    try:
        return text if urlsplit(text).hostname else None
    except ValueError:
        return None


def path_part(text: str) -> str:
    """Return text as one segment of a path."""
    return quote(text.encode(errors="replace"), safe="")


def language(*tags: object) -> str | None:
    """Return the first tag that can be one of BCP 47, once the underscore that the guide asks for is a hyphen."""
    hyphened = (tag.replace("_", "-") for tag in tags if isinstance(tag, str))
    return next((tag for tag in hyphened if _LANGUAGE.fullmatch(tag)), None)


def moment(text: object) -> str:
    """Return a date, or a date and time, as a person reads it; what is neither stays as it is."""
    try:
        if len(str(text)) == len("2026-01-01"):
            return _spoken(date.fromisoformat(str(text)))
        point = datetime.fromisoformat(str(text))
        point = point.astimezone(UTC) if point.tzinfo else point
    except (ValueError, OverflowError):
        return str(text)
    return f"{_spoken(point)}, {point:%H:%M}{' UTC' if point.tzinfo else ''}"


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def brief(text: object, limit: int = _BRIEF) -> str:
    """Return at most ``limit`` characters of a text, cut between words where there are any, with a sign where it was cut."""
    whole = str(text)
    if len(whole) <= limit:
        return whole
    start = whole[:limit]
    return f"{start.rsplit(maxsplit=1)[0] if len(start.split()) > 1 else start} \u2026"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return a number with its noun."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def number(value: float) -> str:
    """Return a number without a fraction that says nothing."""
    return f"{int(value):,}" if float(value).is_integer() else f"{value:,}"


def json_text(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return a value as indented JSON, for what has no meaning to us."""
    return json.dumps(value, ensure_ascii=False, indent=2)


def tone(status: object) -> str:
    """Return the class of colours that a status is shown in."""
    return _TONES.get(str(status).casefold(), "neutral")


def label_of(item: Mapping[str, Any]) -> str:
    """Return the shortest words that an item has for itself."""
    return brief(item.get("abbreviatedStatement") or item["fullStatement"])
