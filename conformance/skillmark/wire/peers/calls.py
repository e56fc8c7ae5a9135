"""What a product asked of the harness, call by call, when it took it for a host."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import enum
import functools
import hashlib
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote_plus

from skillmark.core.exchanges import Exchange
from skillmark.wire.documents import media_type_of, parse
from skillmark.wire.redaction import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_EXCERPT = 2_000
_BASIC = re.compile(r"basic\s+([A-Za-z0-9+/=_-]+)\s*", re.IGNORECASE | re.ASCII)
_BEARER = re.compile(r"bearer\s+(\S+)\s*", re.IGNORECASE | re.ASCII)
_SECRET = frozenset({"authorization", "proxy-authorization", "cookie"})
_FORM = "application/x-www-form-urlencoded"


class Round(enum.StrEnum):
    """How the host behaves that the harness plays."""

    #: As it should; its description is not to be kept.
    HEALTHY = "healthy"
    #: The browser comes back with another state than it was sent with.
    OTHER_STATE = "other state"
    #: It is busy once, and its description may be kept for a while.
    BUSY = "busy"
    #: Its description may be kept for a while, and was asked for a moment ago; it has no time for the profile, and says not when.
    AGAIN = "again"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Gave:
    """What the answer to a call gave out: empty for what it did not."""

    client_id: str = ""
    client_secret: str = dataclasses.field(default="", repr=False)
    code: str = dataclasses.field(default="", repr=False)
    access_token: str = dataclasses.field(default="", repr=False)
    refresh_token: str = dataclasses.field(default="", repr=False)
    #: Whether the state is not the one that came.
    is_state_changed: bool = False
    #: Positions of the credentials that were listed, of how many, and whether there was a next page.
    listed: tuple[int, ...] = ()
    total: int = 0
    has_next: bool = False

    @property
    def secrets(self) -> tuple[str, ...]:
        """What reports must not show."""
        return (self.client_secret, self.code, self.access_token, self.refresh_token)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Call:
    """One request of the product, and what it was answered."""

    #: For example ``c3``; counts from 1 in the order of arrival.
    id: str = ""
    round: Round = Round.HEALTHY
    #: Id of the operation in the service's table; empty for an address that is none.
    operation: str
    #: The run that the address was given out in; empty for one that is of no run.
    stamp: str = ""
    method: str
    #: Absolute, without the query.
    url: str
    query_text: str
    request_headers: tuple[tuple[str, str], ...]
    body: bytes
    #: Seconds since the host was there.
    at: float
    #: Whether it came over TLS, of which the harness speaks 1.2 and later.
    is_secure: bool
    # What it was answered.
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    answer: bytes = b""
    gave: Gave = dataclasses.field(default_factory=Gave)

    @functools.cached_property
    def query(self) -> tuple[tuple[str, str], ...]:
        """Name and value of each query parameter, in order."""
        return tuple(parse_qsl(self.query_text, keep_blank_values=True, errors="replace"))

    def header(self, name: str) -> str | None:
        """Return the first value of a request header, by its case-insensitive name."""
        wanted = name.lower()
        return next((value for key, value in self.request_headers if key.lower() == wanted), None)

    @property
    def media_type(self) -> str:
        """What the body is said to be."""
        return media_type_of(self.header("content-type"))

    @property
    def is_form(self) -> bool:
        """Whether the body is said to be a form."""
        return self.media_type == _FORM

    @functools.cached_property
    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The value that the body is; ``None`` where it is no JSON."""
        return parse(self.body, content_type=self.header("content-type")).value

    @functools.cached_property
    def fields(self) -> tuple[tuple[str, str], ...]:
        """Name and value of each field of a form; of a JSON object its texts, wrong as that is."""
        if self.body.lstrip()[:1] == b"{" and isinstance(self.json, dict):
            return tuple((name, value) for name, value in self.json.items() if isinstance(value, str))
        return tuple(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))

    @property
    def form(self) -> Mapping[str, str]:
        """The last value of each field."""
        return dict(self.fields)

    @functools.cached_property
    def basic(self) -> tuple[str, str] | None:
        """Identifier and secret of a Basic header, decoded (RFC 6749, 2.3.1); ``None`` without one."""
        found = _BASIC.fullmatch(self.header("authorization") or "")
        try:
            identifier, colon, secret = base64.b64decode(found[1] if found else "").decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        return (unquote_plus(identifier), unquote_plus(secret)) if colon else None

    @property
    def bearer(self) -> str | None:
        """The token of a Bearer header; ``None`` without one."""
        found = _BEARER.fullmatch(self.header("authorization") or "")
        return found[1] if found else None

    def exchange(self, redacted: Callable[[str], str]) -> Exchange:
        """Return the call as reports show it, without the secrets that ``redacted`` knows."""

        def shown(headers: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
            return tuple((name, HIDDEN if name.lower() in _SECRET else redacted(value)) for name, value in headers)

        return Exchange(
            id=self.id,
            method=self.method,
            url=redacted(f"{self.url}?{self.query_text}" if self.query_text else self.url),
            request_headers=shown(self.request_headers),
            status=self.status,
            headers=shown(self.headers),
            excerpt=redacted(self.answer.decode(errors="replace"))[:_EXCERPT],
            size=len(self.answer),
            digest=hashlib.sha256(self.answer).hexdigest(),
            started=round(self.at, 4),
            request_body=redacted(self.body.decode(errors="replace"))[:_EXCERPT],
        )
