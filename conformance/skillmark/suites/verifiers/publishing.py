"""The harness as issuers, and as everybody else whose documents a record points to: serves them once the first is needed."""

from __future__ import annotations

import functools
import ipaddress
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

from skillmark.wire.peers.serving import Served, ServingPeer, Shelf

if TYPE_CHECKING:
    import contextlib
    from collections.abc import Mapping

    from skillmark.core.interfaces import Peer

#: Where documents are that no socket serves.
IN_PROCESS = "https://peer.skillmark.example"
#: Media types of what is served.
JSON, CREDENTIAL, TOKEN = "application/json", "application/vc", "application/vc+jwt"
DID, KEY_SET, SCHEMA = "application/did+json", "application/jwk-set+json", "application/schema+json"
CONTEXT = "application/ld+json"
_KEY_SET = "/.well-known/jwks.json"
#: Lists and newer copies change; nobody keeps them.
_NOT_KEPT = (("Cache-Control", "no-store"),)


class Publisher:
    """Documents under addresses of the harness; the server is started when the first address is wanted.

    Args:
        peer: Where it is served, and how products reach it.
        resources: Closes the server at the end of the run.
        shelf: Where a product in process looks; with it no server is started.
    """

    def __init__(self, peer: Peer, *, resources: contextlib.ExitStack, shelf: Shelf | None = None) -> None:
        self._peer = peer
        self._resources = resources
        self._is_in_process = shelf is not None
        self._shelf = shelf or Shelf()
        #: Whether anything was served.
        self.is_used = False

    @functools.cached_property
    def base(self) -> str:
        """The address of everything, without a final slash; of the loopback interface by its name, as DIDs need one.

        Raises:
            Misconfigured: The port is taken, or a file cannot be read or written.
        """
        if self._is_in_process:
            return self._peer.public_url or IN_PROCESS
        url = self._resources.enter_context(ServingPeer(self._shelf, self._peer)).url
        return url if self._peer.public_url else _by_name(url)

    @property
    def requests(self) -> int:
        """How many times the product asked for anything."""
        return self._shelf.requests

    def asked(self, address: str) -> int:
        """Return how many times a document was asked for."""
        return sum(map(self._shelf.asked, self._paths(address)))

    def address(self, name: str) -> str:
        """Return the address of a document."""
        return f"{self.base}/{name}"

    def put(self, name: str, content: Mapping[str, Any] | str, media_type: str = JSON, *, status: int = 200) -> str:
        """Serve a document, in the place of the one before, and return its address."""
        raw = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        address = self.address(name)
        document = Served(content=raw.encode(), media_type=media_type, status=status, headers=_NOT_KEPT)
        self.is_used = True
        for path in self._paths(address):
            self._shelf.put(path, document)
        return address

    def did(self, name: str) -> str | None:
        """Return the did:web whose document is ``NAME/did.json``; nothing where the harness has no name (did:web, 2.1)."""
        parts = urlsplit(self.base)
        if _is_number(parts.hostname or "") or parts.scheme != "https":
            return None
        folders = [each for each in (*parts.path.split("/"), *name.split("/")) if each]
        return ":".join(["did", "web", parts.netloc.replace(":", "%3A"), *folders])

    def put_key_set(self, keys: list[Mapping[str, Any]]) -> str:
        """Serve the key set of the whole address and return where it is."""
        content = json.dumps({"keys": keys}, ensure_ascii=False).encode()
        self._shelf.put(_KEY_SET, Served(content=content, media_type=KEY_SET, headers=_NOT_KEPT))
        parts = urlsplit(self.base)
        return urlunsplit((parts.scheme, parts.netloc, _KEY_SET, "", ""))

    def _paths(self, address: str) -> tuple[str, ...]:
        """Return where a document is: a proxy at the public address may leave the path of it out, or not."""
        whole, prefix = urlsplit(address).path, urlsplit(self.base).path
        return tuple(dict.fromkeys((whole, whole.removeprefix(prefix))))


def _by_name(url: str) -> str:
    parts = urlsplit(url)
    if not _is_number(parts.hostname or "") or not ipaddress.ip_address(parts.hostname or "").is_loopback:
        return url
    return urlunsplit((parts.scheme, f"localhost:{parts.port}", parts.path, "", ""))


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
