"""The harness as the other party: documents that a product fetches, served from this machine, and who asked for them."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import threading
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from starlette.responses import Response

from skillmark.core.errors import Misconfigured
from skillmark_reference.sockets import RunningServer, ServerUnavailable

if TYPE_CHECKING:
    from types import TracebackType

    from starlette.types import ASGIApp, Receive, Scope, Send

    from skillmark.core.interfaces import Peer

_NOT_FOUND = 404


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A document under an address."""

    content: bytes
    media_type: str
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class Shelf:
    """Documents by path, as an ASGI application; may be filled while it is served."""

    def __init__(self) -> None:
        self._documents: dict[str, Served] = {}
        self._asked: list[str] = []
        self._lock = threading.Lock()

    def put(self, path: str, document: Served) -> None:
        """Serve a document under a path, which begins with a slash, in the place of the one before."""
        with self._lock:
            self._documents[path] = document

    def asked(self, path: str) -> int:
        """Return how many times a path was asked for."""
        with self._lock:
            return self._asked.count(path)

    @property
    def requests(self) -> int:
        """How many times anything was asked for."""
        with self._lock:
            return len(self._asked)

    def take(self, path: str) -> Served | None:
        """Return what is served under a path, and count that it was asked for."""
        with self._lock:
            self._asked.append(path)
            return self._documents.get(path)

    def documents(self) -> dict[str, Served]:
        """Return everything that is served, by path."""
        with self._lock:
            return dict(self._documents)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request with the document under its path, whatever its query."""
        found = self.take(scope["path"])
        answer = Response(status_code=_NOT_FOUND) if found is None else _response(found)
        await answer(scope, receive, send)


def _response(found: Served) -> Response:
    headers = {"Access-Control-Allow-Origin": "*", **dict(found.headers)}
    return Response(found.content, status_code=found.status, media_type=found.media_type, headers=headers)


class ServingPeer:
    """An application of the harness where the settings say, until it is left: over https, unless its public address says http.

    A throw-away certificate is good for the name of the public address as well.
    """

    def __init__(self, app: ASGIApp, peer: Peer) -> None:
        """Prepare to serve.

        Raises:
            Misconfigured: No certificate can have the name of the public address.
        """
        self._peer = peer
        files = (peer.certificate, peer.key or peer.certificate) if peer.certificate else None
        public = urlsplit(peer.public_url)
        try:
            self._server = RunningServer(
                app,
                host=peer.listen,
                port=peer.port,
                files=files,
                self_signed=public.scheme != "http",
                names=(public.hostname,) if public.hostname else (),
            )
        except UnicodeError as error:
            raise Misconfigured(
                f"No certificate can be made for {public.hostname}: {error}. State another public_url under [peer], or "
                "certificate and key of your own."
            ) from error
        #: The address under which products reach it, without a final slash.
        self.url = ""
        #: Where it listens.
        self.port = 0

    def __enter__(self) -> Self:
        """Begin to serve.

        Raises:
            Misconfigured: The port is taken, or a file cannot be read or written.
        """
        try:
            self._server.__enter__()
            if self._peer.authority is not None and self._server.ca_file is not None:
                shutil.copyfile(self._server.ca_file, self._peer.authority)
        except (ServerUnavailable, OSError) as error:
            with contextlib.suppress(Exception):
                self._server.__exit__(None, None, None)
            raise Misconfigured(f"{error} Check listen, port, certificate, key and authority under [peer].") from error
        self.url = self._peer.public_url or self._server.url
        self.port = self._server.port
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.__exit__(kind, error, trace)


def refuse_unless_served(peer: Peer) -> None:
    """Serve nothing for a moment, so that no run finds out in its midst that it cannot; a free port needs no look.

    Raises:
        Misconfigured: The port is taken, or a file cannot be read or written.
    """
    if (peer.port, peer.certificate, peer.authority) != (0, None, None):
        with ServingPeer(Shelf(), peer):
            pass
