"""The transport over the network: names are resolved once, and only permitted addresses are connected to."""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import TYPE_CHECKING

import httpcore
import httpx

from skillmark_reference.clients.errors import HostUnreachable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import Any

    from skillmark_reference.clients.permissions import Permissions

_KEPT_SECONDS = 4.0


def trust(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return whom a client trusts: one authority, or those of the system (and of ``SSL_CERT_FILE``).

    Raises:
        OSError: The file cannot be read as PEM.
    """
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


class NetworkTransport(httpx.BaseTransport):
    """Connections to hosts, within the permissions."""

    def __init__(self, permissions: Permissions, context: ssl.SSLContext) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=context, keepalive_expiry=_KEPT_SECONDS, network_backend=_Backend(permissions)
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body of the answer is read as it is asked for.

        Raises:
            AddressForbidden: The host is at a private address that the user did not name.
            HostUnreachable: There is no answer.
        """
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.read(),
            extensions=request.extensions,
        )
        with _problems():
            answer = self._pool.handle_request(asked)
        return httpx.Response(answer.status, headers=answer.headers, stream=_Body(answer))

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _problems():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextlib.contextmanager
def _problems() -> Iterator[None]:
    try:
        yield
    except httpcore.TimeoutException as error:
        raise HostUnreachable("The host does not answer in time.") from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
        raise HostUnreachable(f"The host cannot be reached: {str(error)[:200] or type(error).__name__}.") from error


class _Backend(httpcore.NetworkBackend):
    """Resolves a name itself, so that it cannot lead elsewhere a moment after it was looked at."""

    def __init__(self, permissions: Permissions) -> None:
        self._permissions = permissions
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: httpcore.ConnectError | None = None
        for address in self._permissions.reachable(host, _addresses(host, port)):
            try:
                return self._inner.connect_tcp(
                    address, port, timeout=timeout, local_address=local_address, socket_options=socket_options
                )
            except httpcore.ConnectError as error:
                failure = error
        raise failure or httpcore.ConnectError(f"{host} has no address")


def _addresses(host: str, port: int) -> list[str]:
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except UnicodeError:
        return []
