"""Running the application on a socket, with or without TLS."""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Self

import trustme
import uvicorn

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from starlette.types import ASGIApp

#: Begins the line that announces the address of a server.
SERVING_AT = "Serving at "
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0
_LOOPBACK = "127.0.0.1"


class ServerUnavailable(Exception):  # noqa: N818 - what stands in the way, in words for a person
    """The server cannot listen: the port is taken, or the certificate cannot be read."""


class RunningServer:
    """A server in a thread of this process: by default on a free port of the loopback interface, in plain http."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        host: str = _LOOPBACK,
        port: int = 0,
        files: tuple[Path, Path] | None = None,
        self_signed: bool = False,
        names: tuple[str, ...] = (),
    ) -> None:
        """Prepare to serve: over TLS with ``files``, certificate and key, or ``self_signed`` by a throw-away authority.

        Such a certificate is good for the host, for this machine, and for ``names``.

        Raises:
            UnicodeError: No certificate can have one of the names.
        """
        self._app = app
        self._place = (host, port)
        self._files = files
        self._resources = contextlib.ExitStack()
        self._tls = _SelfSigned(self._resources, host, *names) if self_signed and files is None else None
        self._thread: threading.Thread | None = None
        self._server: _Server | None = None
        #: Base address and port, known while the server runs.
        self.url = ""
        self.port = 0

    @property
    def ca_file(self) -> Path | None:
        """PEM file of the throw-away authority; ``None`` without one."""
        return self._tls.ca_file if self._tls else None

    def __enter__(self) -> Self:
        """Start, and return when requests are answered.

        Raises:
            ServerUnavailable: the port is taken, the certificate cannot be read, or it does not start.
        """
        host, port = self._place
        files = self._tls.files if self._tls else self._files
        try:
            config = _config(self._app, files)
            config.load()
            listener = _listener(host, port)
        except OSError as error:
            self._resources.close()
            raise ServerUnavailable(f"Cannot serve at {host}:{port}: {error}.") from error
        self._resources.callback(listener.close)
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()
        if not self._server.ready.wait(_START_SECONDS):
            raise ServerUnavailable("The server did not start.")
        self.port = listener.getsockname()[1]
        self.url = _address(host, self.port, is_secure=files is not None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop, and forget the certificate."""
        if self._server and self._thread:
            self._server.should_exit = True
            self._thread.join(_STOP_SECONDS)
        self._resources.close()


def serve_forever(
    app: ASGIApp,
    *,
    host: str,
    port: int,
    certfile: Path | None = None,
    keyfile: Path | None = None,
    self_signed: bool = False,
    announce: Callable[[str], None],
) -> None:
    """Serve until the process is told to stop.

    Raises:
        ServerUnavailable: the port is taken, or the certificate cannot be read.
    """
    with contextlib.ExitStack() as resources:
        files = (certfile, keyfile or certfile) if certfile else None
        if self_signed:
            tls = _SelfSigned(resources, host)
            files = tls.files
            announce(f"Authority to trust: {tls.ca_file}")
        try:
            config = _config(app, files)
            config.load()
            listener = _listener(host, port)
        except OSError as error:
            raise ServerUnavailable(f"Cannot serve at {host}:{port}: {error}.") from error
        resources.callback(listener.close)
        announce(f"{SERVING_AT}{_address(host, listener.getsockname()[1], is_secure=files is not None)}")
        announce("Press Ctrl-C to stop.")
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run([listener])


class _Server(uvicorn.Server):
    """A server that says when it is ready."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.ready.set()


class _SelfSigned:
    """Certificate, key and authority in files that last as long as the server."""

    def __init__(self, resources: contextlib.ExitStack, host: str, *names: str) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert(*dict.fromkeys((_certified(host), "localhost", "127.0.0.1", "::1", *names)))
        folder = Path(resources.enter_context(tempfile.TemporaryDirectory(prefix="skillmark-")))
        self.ca_file = folder / "authority.pem"
        authority.cert_pem.write_to_path(self.ca_file)
        self.files = (folder / "certificate.pem", folder / "key.pem")
        for blob in certificate.cert_chain_pems:
            blob.write_to_path(self.files[0], append=True)
        certificate.private_key_pem.write_to_path(self.files[1])


def _certified(host: str) -> str:
    """Return a name that a certificate can have for a host that may be a wildcard address."""
    with contextlib.suppress(ValueError):
        return "127.0.0.1" if ipaddress.ip_address(host).is_unspecified else host
    return host


def _config(app: ASGIApp, files: tuple[Path, Path] | None) -> uvicorn.Config:
    certfile, keyfile = files or (None, None)
    return uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        ssl_certfile=certfile,
        ssl_keyfile=keyfile,
    )


def _address(host: str, port: int, *, is_secure: bool) -> str:
    name = f"[{host}]" if ":" in host else host
    return f"{'https' if is_secure else 'http'}://{name}:{port}"


def _listener(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # With the protocol named, asyncio turns Nagle's algorithm off; else every answer waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(128)
    except OSError:
        listener.close()
        raise
    return listener
