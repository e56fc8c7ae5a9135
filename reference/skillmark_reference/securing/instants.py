"""Moments in time as credentials and tokens write them: ``dateTimeStamp`` of XML Schema, NumericDate of JWT (RFC 7519, 2)."""

from __future__ import annotations

import datetime
import re

from skillmark_reference.securing.quoting import quoted

_DATE_TIME = re.compile(
    r"(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?",
    re.ASCII,
)
_EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)


class MalformedInstant(ValueError):  # noqa: N818 - what is wrong with the value, in words for a person
    """The value is no moment in time."""


def parse_date_time(text: object) -> datetime.datetime:
    """Return the moment of a date and time; without an offset it is taken as UTC (Data Integrity 1.0, 2.1).

    Raises:
        MalformedInstant: The text has another form, or names a day or an hour that does not exist.
    """
    match = _DATE_TIME.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        raise MalformedInstant(f"{quoted(text)} is no date and time such as 2025-01-31T12:00:00Z")
    day, hour, fraction, offset = match.groups()
    digits = (fraction or "0")[:6]
    midnight = hour == "24:00:00" and not digits.strip("0")
    try:
        moment = datetime.datetime.fromisoformat(
            f"{day}T{'00:00:00' if midnight else hour}.{digits:0<6}{offset or 'Z'}"
        )
        return (moment + datetime.timedelta(days=midnight)).astimezone(datetime.UTC)
    except (ValueError, OverflowError):
        raise MalformedInstant(f"{quoted(text)} is a date and time that does not exist") from None


def parse_numeric_date(value: object) -> datetime.datetime:
    """Return the moment of a NumericDate, seconds since the beginning of 1970 in UTC; fractions are allowed.

    Raises:
        MalformedInstant: The value is no JSON number, or beyond the year 9999, as milliseconds are.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedInstant(f"{quoted(value)} is no number of seconds since 1970")
    try:
        return _EPOCH + datetime.timedelta(seconds=value)
    except (OverflowError, ValueError):
        raise MalformedInstant(f"{quoted(value)} seconds since 1970 are beyond the year 9999") from None


def numeric_date(moment: datetime.datetime) -> int | float:
    """Return the NumericDate of a moment: a whole number wherever it is one."""
    seconds = (moment - _EPOCH).total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def write_date_time(moment: datetime.datetime) -> str:
    """Return a moment as ``dateTimeStamp`` in UTC, with a fraction only where there is one."""
    return moment.astimezone(datetime.UTC).isoformat().replace("+00:00", "Z")
