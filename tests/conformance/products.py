"""Small products on a socket of this machine, and the reference provider, healthy or spoilt."""

from __future__ import annotations

import contextlib
import functools
import http.server
import json
import ssl
import threading
from typing import TYPE_CHECKING, Any

from skillmark_reference.frameworks.importing import import_bundled
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import OAuthOptions, ServerOptions, create_app

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import trustme

OAUTH = OAuthOptions(client_id="tester", client_secret="a-secret-of-the-tests")
#: Status, headers and body for a path and the headers that came with it.
Answer = tuple[int, dict[str, str], bytes]


@functools.cache
def reference(*, protected: bool = False, empty: bool = False) -> Any:  # noqa: ANN401 - an ASGI application
    """Return the reference provider with the bundled frameworks, open or behind OAuth, or with none at all."""
    repository = Repository.open("sqlite://")
    if not empty:
        import_bundled(repository)
    return create_app(repository, options=ServerOptions(oauth=OAUTH if protected else None))


class Switched:
    """An ASGI application that can be replaced while it is served."""

    def __init__(self, app: Any) -> None:  # noqa: ANN401 - an ASGI application
        self.app = app
        #: Told of every request, by its number.
        self.listen: Callable[[int], None] = lambda _: None
        self._count = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as ASGI has them
        self._count += 1
        self.listen(self._count)
        await self.app(scope, receive, send)


class WithoutTotal:
    """The reference provider, but that its pages do not carry X-Total-Count."""

    def __init__(self, inner: Any) -> None:  # noqa: ANN401 - an ASGI application
        self._inner = inner

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as ASGI has them
        async def spoilt(message: Any) -> None:  # noqa: ANN401 - as ASGI has it
            if message["type"] == "http.response.start":
                message = message | {"headers": [pair for pair in message["headers"] if pair[0] != b"x-total-count"]}
            await send(message)

        await self._inner(scope, receive, spoilt)


class OnlyVersion:
    """The reference provider, but only one version of it."""

    def __init__(self, inner: Any, base_path: str) -> None:  # noqa: ANN401 - an ASGI application
        self._inner = inner
        self._base_path = base_path

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as ASGI has them
        path = scope["path"] if scope["path"].startswith(self._base_path) else "/nothing/here"
        await self._inner(scope | {"path": path, "raw_path": path.encode()}, receive, send)


def listed(*, date: str | None = None) -> Answer:
    """Return the answer of a product that lists one document."""
    body = json.dumps({"CFDocuments": [{"identifier": "0b0f7f52-3c1e-4d0a-9a55-5d6c1f0e2a01"}]}).encode()
    return 200, {"Content-Type": "application/json", **({"Date": date} if date else {})}, body


@contextlib.contextmanager
def answering(respond: Callable[[str, dict[str, str]], Answer], *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve a product that is nothing but its answers; yield its address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            status, headers, body = respond(self.path, {name.lower(): value for name, value in self.headers.items()})
            self.send_response_only(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - as the library calls it

        def log_message(self, *_: object) -> None:
            """Keep quiet."""

    server = _Quiet(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Quiet(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Keep quiet about handshakes that the client refuses."""


def tls_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """Return the TLS settings of a server with a certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def written(folder: Path, url: str, more: str = "") -> Path:
    """Write a target file of a product and return its path."""
    path = folder / "target.toml"
    path.write_text(
        f'[product]\nname = "P"\nversion = "1"\nvendor = "V"\n[target]\nurl = "{url}"\n{more}', encoding="utf-8"
    )
    return path
