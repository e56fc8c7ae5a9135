"""Documents of others: fetched from the harness, in process or over https."""

from __future__ import annotations

import dataclasses
import json
import ssl
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .statements import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.wire.peers.serving import Shelf

_OK = 200
_SECONDS = 10


class Missing(Refused):
    """A document cannot be had."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document under an address."""

    status: int
    media_type: str
    content: bytes


def from_shelf(shelf: Shelf) -> Callable[[str], Fetched]:
    """Return what fetches from a shelf of the harness."""

    def fetch(url: str) -> Fetched:
        found = shelf.take(urlsplit(url).path)
        if found is None:
            return Fetched(status=404, media_type="", content=b"")
        return Fetched(status=found.status, media_type=found.media_type, content=found.content)

    return fetch


def over_https(authority: str) -> Callable[[str], Fetched]:
    """Return what fetches over https, and trusts one authority."""

    def fetch(url: str) -> Fetched:
        # The harness writes the file when it begins to serve.
        trust = urllib.request.HTTPSHandler(context=ssl.create_default_context(cafile=authority))
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({}), trust).open(
                url, timeout=_SECONDS
            ) as reply:
                kind = reply.headers.get_content_type()
                return Fetched(status=reply.status, media_type=kind, content=reply.read())
        except urllib.error.HTTPError as error:
            return Fetched(status=error.code, media_type="", content=b"")
        except OSError as error:
            raise Missing(f"{url} cannot be had: {error}") from error

    return fetch


class Documents:
    """What a verifier fetches; nothing is kept beyond one credential."""

    def __init__(self, fetch: Callable[[str], Fetched]) -> None:
        self._fetch = fetch

    def text(self, url: str) -> str:
        """Return a document as text.

        Raises:
            Missing: It cannot be had.
        """
        if not url.startswith("https://"):
            raise Missing(f"{url} is no address that is fetched")
        found = self._fetch(url)
        if found.status != _OK:
            raise Missing(f"{url} cannot be had: status {found.status}")
        try:
            return found.content.decode()
        except UnicodeDecodeError as problem:
            raise Missing(f"{url} is no text") from problem

    def json(self, url: str) -> dict[str, Any]:
        """Return a document that is a JSON object.

        Raises:
            Missing: It cannot be had, or is none.
        """
        try:
            found = json.loads(self.text(url))
        except ValueError as problem:
            raise Missing(f"{url} is no JSON") from problem
        if not isinstance(found, dict):
            raise Missing(f"{url} is no JSON object")
        return found
