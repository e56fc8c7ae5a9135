"""The transport over the network: address policy, one deadline for a whole exchange."""

from __future__ import annotations

import contextlib
import ssl
import threading
import time
from typing import TYPE_CHECKING

import httpcore
import httpx

from skillmark.core.errors import Misconfigured

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from skillmark.core.target import Target
    from skillmark.wire.addresses import AddressPolicy


def trust_of(target: Target) -> ssl.SSLContext:
    """Return the TLS settings of a target: its own authority where one is given, else those of the system.

    Raises:
        Misconfigured: the CA file cannot be read.
    """
    try:
        context = ssl.create_default_context(cafile=str(target.ca_file) if target.ca_file else None)
    except (OSError, ssl.SSLError) as error:
        raise Misconfigured(f"The CA file {target.ca_file} cannot be read as PEM: {error}.") from error
    context.set_alpn_protocols(["http/1.1"])
    return context


class NetworkTransport(httpx.BaseTransport):
    """Connections that are kept, each read of which ends when the time of its exchange is over."""

    def __init__(self, target: Target, policy: AddressPolicy) -> None:
        limits = target.limits
        self._seconds = limits.exchange_seconds
        self._timeouts = {
            "connect": limits.connect_seconds,
            "read": limits.read_seconds,
            "write": limits.read_seconds,
            "pool": limits.exchange_seconds,
        }
        self._deadline = _Deadline()
        self._pool = httpcore.ConnectionPool(
            ssl_context=trust_of(target),
            max_connections=max(10, limits.concurrency),
            keepalive_expiry=4.0,
            network_backend=_Backend(policy, self._deadline),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the body of the answer is read as it is asked for."""
        self._deadline.start(self._seconds)
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.stream,
            extensions={"timeout": self._timeouts},
        )
        with _errors_of_httpx():
            answer = self._pool.handle_request(asked)
        return httpx.Response(
            answer.status, headers=answer.headers, stream=_Stream(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


class _Stream(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _errors_of_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@contextlib.contextmanager
def _errors_of_httpx() -> Iterator[None]:
    """Raise the errors of the layer below under the names that httpx has for them."""
    try:
        yield
    except Exception as error:
        renamed = getattr(httpx, type(error).__name__, None) if type(error).__module__.startswith("httpcore") else None
        if renamed is None:
            raise
        raise renamed(str(error)) from error


class _Deadline(threading.local):
    """When the exchange of the current thread has to be over."""

    at = float("inf")

    def start(self, seconds: float) -> None:
        self.at = time.monotonic() + seconds

    def cut(self, timeout: float | None) -> float:
        """Return the shorter of a timeout and the time that is left.

        Raises:
            httpcore.ReadTimeout: no time is left.
        """
        left = self.at - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the whole exchange took too long")
        return left if timeout is None else min(timeout, left)


class _Backend(httpcore.NetworkBackend):
    def __init__(self, policy: AddressPolicy, deadline: _Deadline) -> None:
        self._policy = policy
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        try:
            address = self._policy.resolve(host, port)
        except OSError as error:
            raise httpcore.ConnectError(str(error)) from error
        stream = self._inner.connect_tcp(
            address,
            port,
            timeout=self._deadline.cut(timeout),
            local_address=local_address,
            socket_options=socket_options,
        )
        return _Timed(stream, self._deadline)


class _Timed(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, timeout=self._deadline.cut(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout=self._deadline.cut(timeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname=server_hostname, timeout=self._deadline.cut(timeout))
        return _Timed(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - whatever the layer below knows
        return self._inner.get_extra_info(info)
