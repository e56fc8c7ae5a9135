"""Taking secrets out of everything that is kept."""

from __future__ import annotations

import html
import json
import re
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, quote_plus, unquote, urlsplit

from skillmark.wire.documents import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skillmark.core.target import Target

HIDDEN = "[redacted]"
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
#: Members of answers, and parameters of redirects, that are secrets (RFC 6749, RFC 7591, RFC 7592).
_SECRET_MEMBERS = ("access_token", "refresh_token", "id_token", "client_secret", "registration_access_token")
#: Codes and tokens in the links and the hidden fields of a page.
_IN_PAGES = re.compile(
    rb"(?:[?&;#](?:code|access_token)=|name=[\"']?code[\"']?\s+value=)[\"']?([A-Za-z0-9._~%+/=-]{8,2000})"
)
_MOST_BYTES = 2 * 2**20
#: Cookies that are shorter are settings, such as a language.
_SHORTEST_COOKIE = 16
#: Shorter texts occur by chance; nothing that short protects anything.
_SHORTEST = 4


class Redactor:
    """Knows the secrets of a run; tokens are added when they are obtained."""

    def __init__(self, target: Target) -> None:
        self._headers = _SECRET_HEADERS | {name.lower() for name, _ in target.headers}
        self._secrets: set[str] = set()
        #: The longest first; ``None`` after one was added.
        self._ordered: list[str] | None = None
        authentication = target.authentication
        self.add(authentication.token, authentication.client_secret, *(value for _, value in target.headers))
        self.add(*(account.password for account in target.host.accounts))

    def add(self, *secrets: str) -> None:
        """Remember further secrets, as they are, percent-encoded, and as JSON and HTML write them."""
        for secret in secrets:
            if len(secret) >= _SHORTEST:
                written = {
                    secret,
                    quote(secret, safe=""),
                    quote_plus(secret),
                    json.dumps(secret)[1:-1],
                    html.escape(secret),
                }
                self._secrets |= written
                self._ordered = None

    @property
    def longest(self) -> int:
        """Characters of the longest secret: a text that is cut must be cleared that far beyond its end."""
        return max(map(len, self._secrets), default=0)

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        ordered = self._ordered
        if ordered is None:
            ordered = self._ordered = sorted(self._secrets, key=len, reverse=True)
        for secret in ordered:
            if secret in text:
                text = text.replace(secret, HIDDEN)
        return text

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return headers without secrets: values of secret ones are hidden whole."""
        return tuple((name, HIDDEN if name.lower() in self._headers else self.text(value)) for name, value in headers)


def secrets_in(headers: Iterable[tuple[str, str]], body: bytes) -> Iterator[str]:
    """Yield the secrets that an authorization server gives out in an answer: codes, tokens, cookies."""
    for name, value in headers:
        match name.lower():
            case "location":
                yield from _secrets_of_address(value)
            case "set-cookie":
                yield from _secrets_of_cookie(value)
    found = parse(body).value if body.lstrip()[:1] == b"{" else None
    if isinstance(found, dict):
        members = (found.get(name) for name in _SECRET_MEMBERS)
        yield from (value for value in members if isinstance(value, str))
    for match in _IN_PAGES.finditer(body[:_MOST_BYTES]):
        yield from {match[1].decode(), unquote(match[1].decode())}


def _secrets_of_address(address: str) -> Iterator[str]:
    try:
        parts = urlsplit(address)
        pairs = [*parse_qsl(parts.query), *parse_qsl(parts.fragment)]
    except ValueError:
        return
    yield from (value for name, value in pairs if name == "code" or name in _SECRET_MEMBERS)


def _secrets_of_cookie(text: str) -> Iterator[str]:
    try:
        values = [str(morsel.value) for morsel in SimpleCookie(text).values()]
    except CookieError:
        return
    yield from (value for value in values if len(value) >= _SHORTEST_COOKIE)
