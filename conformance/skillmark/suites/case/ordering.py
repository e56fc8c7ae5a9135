"""Comparing values as tolerantly as the standard leaves it open: REST Binding 3.2 and 3.3.

The binding recommends the Unicode Collation Algorithm and demands nothing. So an order is only called wrong when every
sensible collation says so; where they differ, the answer is undefined.
"""

from __future__ import annotations

import datetime
import enum
import functools
import re
import unicodedata


class Order(enum.Enum):
    """How one value stands to another."""

    LESS = -1
    EQUAL = 0
    GREATER = 1
    #: Collations differ.
    UNDEFINED = None

    @property
    def reverse(self) -> Order:
        """The same seen from the other value."""
        return Order.UNDEFINED if self is Order.UNDEFINED else Order(-self.value)


_DATE_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")

#: The same few texts are compared again and again.
_remembered = functools.lru_cache(maxsize=20_000)


@_remembered
def folded(text: str) -> str:
    """Return a text without the difference of upper and lower case, composed."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


@_remembered
def uncapped(text: str) -> str:
    """Return a text with small letters, where every way of ignoring capitals agrees on them.

    Full case folding makes ``ß`` equal to ``SS`` and both small sigmas equal; lowering the letters does neither. Nothing says
    which of them is meant, nor that composed and decomposed letters are equal, so that such texts stay different here.
    """
    return "".join(map(_small, text))


def _small(letter: str) -> str:
    lower = letter.lower()
    is_plain = len(lower) == len(letter.upper()) == 1 and lower.upper() == letter.upper()
    return lower if is_plain else letter


@_remembered
def bare(text: str) -> str:
    """Return a folded text without accents, signs and spaces: equal for texts that some collation calls equal."""
    decomposed = unicodedata.normalize("NFKD", folded(text))
    return "".join(character for character in decomposed if unicodedata.category(character)[0] in "LN")


@_remembered
def instant(text: str) -> datetime.datetime | None:
    """Return the instant of an RFC 3339 date-time; ``None`` when it is none."""
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        return None
    fraction = (match[3] or "")[:7]
    zone = "+00:00" if match[4] in "Zz" else match[4]
    # Python knows no leap second: it counts as the end of the second before.
    time = match[2].removesuffix(":60") + ":59" if match[2].endswith(":60") else match[2]
    try:
        return datetime.datetime.fromisoformat(f"{match[1]}T{time}{fraction}{zone}")
    except ValueError:
        return None


def is_moment(text: str) -> bool:
    """Whether a text is a date-time or a date."""
    return instant(text) is not None or bool(_DATE.fullmatch(text))


def compared(left: str, right: str) -> Order:
    """Return how two texts of any kind stand to each other, dates and date-times by their time."""
    moments = instant(left), instant(right)
    if moments[0] is not None and moments[1] is not None:
        return _ordered(moments[0], moments[1])
    if _DATE.fullmatch(left) and _DATE.fullmatch(right):
        return _ordered(left, right)
    if is_moment(left) or is_moment(right):
        return Order.UNDEFINED
    return _collated(uncapped(left), uncapped(right))


def _ordered(left: datetime.datetime | str, right: datetime.datetime | str) -> Order:
    return Order((left > right) - (left < right))  # type: ignore[operator]


def _collated(left: str, right: str) -> Order:
    if left == right:
        return Order.EQUAL
    at = next((index for index, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), None)
    if at is None:
        longer, order = (left, Order.GREATER) if len(left) > len(right) else (right, Order.LESS)
        rest = longer[min(len(left), len(right)) :]
        # A rest of signs alone may not count at all, and a letter may change the one before it.
        return (
            order if (rest[0].isascii() and rest[0].isalnum()) or (rest[0] == " " and bare(rest)) else Order.UNDEFINED
        )
    return _by_character(left, right, at)


def _by_character(left: str, right: str, at: int) -> Order:
    a, b = left[at], right[at]
    if not (_is_plain(a) and _is_plain(b)):
        return Order.UNDEFINED
    if a.isdigit() and b.isdigit() and _digits(left, at) != _digits(right, at):
        return Order.UNDEFINED
    if a.isdigit() != b.isdigit() and at and left[at - 1].isdigit():
        return Order.UNDEFINED
    return _ordered(a, b)


def _is_plain(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _digits(text: str, at: int) -> int:
    """Return how many digits in a row there are from a position on."""
    found = re.match(r"\d*", text[at:])
    return len(found[0]) if found else 0
