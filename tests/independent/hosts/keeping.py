"""What a host keeps, and plain functions on it."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import datetime
import json
import re
from typing import Any
from urllib.parse import unquote

_DATE_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)")


@dataclasses.dataclass(slots=True, kw_only=True)
class Entry:
    """A credential that somebody sent."""

    key: tuple[str, str]
    #: The JSON text of an object, or the token.
    text: str
    is_token: bool
    value: dict[str, Any]
    received: float = 0.0


@dataclasses.dataclass(slots=True, kw_only=True)
class User:
    """Somebody with an account."""

    name: str
    password: str
    profile: dict[str, Any] | None = None
    next_profile: dict[str, Any] | None = None
    #: By standard.
    entries: dict[str, list[Entry]] = dataclasses.field(default_factory=dict)


def instant(text: str) -> datetime.datetime | None:
    """Return the moment of an ISO 8601 date-time with a zone."""
    if not _DATE_TIME.fullmatch(text):
        return None
    fraction = re.sub(r"(\.\d{6})\d+", r"\1", text.upper())
    try:
        return datetime.datetime.fromisoformat(fraction)
    except ValueError:
        return None


def same(text: str) -> str:
    """Return an identifier as the algorithm of comparison reads it."""
    return unquote(text).strip()


def strict(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Return a JSON value; names that come twice, and numbers that JSON has not, are errors."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise ValueError("a name comes twice")
        return found

    def refuse(name: str) -> Any:  # noqa: ANN401 - never returns
        raise ValueError(f"{name} is no JSON")

    return json.loads(text, object_pairs_hook=once, parse_constant=refuse)


def payload(token: str) -> dict[str, Any] | None:
    """Return what a compact JWS says, unverified."""
    parts = token.split(".")
    if len(parts) != 3 or not all(re.fullmatch(r"[A-Za-z0-9_-]+", each) for each in parts):
        return None
    try:
        header, value = (json.loads(base64.urlsafe_b64decode(each + "=" * (-len(each) % 4))) for each in parts[:2])
    except (ValueError, binascii.Error, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(value, dict) or not isinstance(header, dict) or "alg" not in header:
        return None
    return (
        value.get("vc") | {k: v for k, v in value.items() if k != "vc"} if isinstance(value.get("vc"), dict) else value
    )


def identity(value: dict[str, Any]) -> tuple[str, str] | None:
    """Return issuer and id of a credential."""
    issuer = value.get("issuer", value.get("iss"))
    issuer = issuer.get("id") if isinstance(issuer, dict) else issuer
    own = value.get("id", value.get("jti"))
    return (same(issuer), same(own)) if isinstance(issuer, str) and isinstance(own, str) else None


def moment(value: dict[str, Any], member: str = "validFrom") -> datetime.datetime | None:
    """Return when a credential was issued."""
    names = (member, "validFrom", "issuanceDate")
    return next((instant(value[name]) for name in names if isinstance(value.get(name), str)), None)


def types_of(value: dict[str, Any]) -> list[Any]:
    """Return the types."""
    found = value.get("type", [])
    return found if isinstance(found, list) else [found]
