"""The checks of transport, over sockets: whom they accuse, and whom they spare."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
import warnings
from typing import TYPE_CHECKING, Any, Self

import pytest

from skillmark.core.outcomes import Outcome
from skillmark.core.target import Target
from skillmark.plans import PLANS, Asks, Plan
from skillmark.runs import RunOptions, certify
from skillmark_reference.sockets import RunningServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CHECKS = {
    "CASE-R-165": "transport.nothing_is_served_without_tls",
    "CASE-R-166": "transport.tls_1_2_or_1_3_is_spoken",
    "CASE-R-167": "transport.ssl_is_refused",
}
TLS_RECORD = 0x16
SSL_3_HELLO = bytes((TLS_RECORD, 3, 0, 0, 46, 2, 0, 0, 42, 3, 0)) + bytes(40)

each_plan = pytest.mark.parametrize(
    "plan", [plan for plan in PLANS.values() if plan.asks is Asks.ADDRESS], ids=lambda plan: plan.id
)


async def lists_nothing(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401, ARG001 - as ASGI has it
    """Answer everything with an empty document list."""
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps({"CFDocuments": []}).encode()})


class Listening:
    """Handles every connection to a free port in a thread of its own."""

    def __init__(self, handle: Callable[[socket.socket], None]) -> None:
        self._handle = handle
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self.url = f"https://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                thread = threading.Thread(target=self._served, args=(connection,), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _served(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.settimeout(10)
            self._handle(connection)


def forwarding(secured: str, plain: str) -> Callable[[socket.socket], None]:
    """Return a handler that gives TLS to one server and everything else to another, as one port of a careless proxy."""

    def handle(connection: socket.socket) -> None:
        first = connection.recv(1, socket.MSG_PEEK)
        port = int((secured if first == bytes((TLS_RECORD,)) else plain).rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), timeout=10) as behind:
            back = threading.Thread(target=copied, args=(behind, connection), daemon=True)
            back.start()
            copied(connection, behind)
            back.join(10)

    return handle


def copied(source: socket.socket, sink: socket.socket) -> None:
    """Copy bytes until the source ends."""
    with contextlib.suppress(OSError):
        while content := source.recv(65536):
            sink.sendall(content)
        sink.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def tls_1_1_only(certified: RunningServer) -> Iterator[Listening]:
    """Speak TLS 1.1 and nothing later."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    certificate, key = certified._tls.files  # type: ignore[union-attr]
    context.load_cert_chain(certificate, key)

    def handle(connection: socket.socket) -> None:
        with contextlib.suppress(ssl.SSLError):
            context.wrap_socket(connection, server_side=True).close()

    with Listening(handle) as server:
        yield server


def ssl_3(connection: socket.socket) -> None:
    """Answer a hello with a hello of SSL 3.0."""
    connection.recv(4096)
    connection.sendall(SSL_3_HELLO)


def outcome(requirement: str, plan: Plan, url: str, ca_file: Path | None = None) -> Outcome:
    """Return what the check of a requirement says of an endpoint."""
    options = RunOptions(only=lambda check: check.name == CHECKS[requirement])
    result = certify(plan, Target(url=url, ca_file=ca_file), options=options)
    return result.requirements[requirement].outcome


@each_plan
def test_every_requirement_on_transport_is_tried_here(plan: Plan) -> None:
    """The requirements that a run in process cannot try are those of this module."""
    assert set(CHECKS) == plan.transport


@each_plan
@pytest.mark.parametrize("requirement", CHECKS)
def test_an_endpoint_over_tls_passes(requirement: str, plan: Plan) -> None:
    """An endpoint that speaks TLS of today, and nothing else, passes."""
    with RunningServer(lists_nothing, self_signed=True) as server:
        assert Outcome.PASSED is outcome(requirement, plan, server.url, server.ca_file)


@each_plan
def test_payloads_without_tls_are_reported(plan: Plan) -> None:
    """An endpoint that also serves its payload over plain http is warned: for 1.0 the clause was not seen."""
    with (
        RunningServer(lists_nothing, self_signed=True) as secured,
        RunningServer(lists_nothing) as plain,
        Listening(forwarding(secured.url, plain.url)) as proxy,
    ):
        assert Outcome.WARNED is outcome("CASE-R-165", plan, proxy.url, secured.ca_file)


@each_plan
def test_old_tls_alone_fails(plan: Plan) -> None:
    """An endpoint that speaks nothing later than TLS 1.1 fails."""
    with RunningServer(lists_nothing, self_signed=True) as certified, tls_1_1_only(certified) as server:
        assert Outcome.FAILED is outcome("CASE-R-166", plan, server.url)


@each_plan
def test_ssl_3_fails(plan: Plan) -> None:
    """An endpoint that answers a hello of SSL 3.0 in kind fails."""
    with Listening(ssl_3) as server:
        assert Outcome.FAILED is outcome("CASE-R-167", plan, server.url)


@each_plan
@pytest.mark.parametrize("requirement", ["CASE-R-166", "CASE-R-167"])
def test_a_closed_port_tells_nothing(requirement: str, plan: Plan) -> None:
    """An endpoint that nobody listens at neither passes nor fails."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert Outcome.CANNOT_TELL is outcome(requirement, plan, f"https://127.0.0.1:{port}")


@each_plan
@pytest.mark.parametrize("requirement", CHECKS)
def test_plain_http_is_not_tried(requirement: str, plan: Plan) -> None:
    """An endpoint that was given without TLS is untested, since its https address may be another one."""
    with RunningServer(lists_nothing) as server:
        assert Outcome.UNTESTED is outcome(requirement, plan, server.url)
