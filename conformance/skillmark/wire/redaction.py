"""Taking secrets out of everything that is kept."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable

    from skillmark.core.target import Target

HIDDEN = "[redacted]"
_SECRET_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
#: Shorter texts occur by chance; nothing that short protects anything.
_SHORTEST = 4


class Redactor:
    """Knows the secrets of a run; tokens are added when they are obtained."""

    def __init__(self, target: Target) -> None:
        self._headers = _SECRET_HEADERS | {name.lower() for name, _ in target.headers}
        self._secrets: set[str] = set()
        authentication = target.authentication
        self.add(authentication.token, authentication.client_secret, *(value for _, value in target.headers))
        self.add(*(account.password for account in target.host.accounts))

    def add(self, *secrets: str) -> None:
        """Remember further secrets, as they are, percent-encoded, and as JSON and HTML write them."""
        for secret in secrets:
            if len(secret) >= _SHORTEST:
                self._secrets |= {secret, quote(secret, safe=""), json.dumps(secret)[1:-1], html.escape(secret)}

    @property
    def longest(self) -> int:
        """Characters of the longest secret: a text that is cut must be cleared that far beyond its end."""
        return max(map(len, self._secrets), default=0)

    def text(self, text: str) -> str:
        """Return a text without secrets."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            if secret in text:
                text = text.replace(secret, HIDDEN)
        return text

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return headers without secrets: values of secret ones are hidden whole."""
        return tuple((name, HIDDEN if name.lower() in self._headers else self.text(value)) for name, value in headers)
