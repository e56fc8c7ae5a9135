"""Hostile peers: servers that do to a client what no server should, each in its own way.

They speak over plain sockets, since no server library would let them.
"""

from __future__ import annotations

import contextlib
import functools
import gzip
import json
import socket
import threading
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qsl, urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

_MEBIBYTE = b" " * 2**20
_HUGE = 200
_LONGEST_OFFSET = 12
_MOST_HEAD = 2**16
_JSON = "Content-Type: application/json"


class Wire:
    """One connection, as a peer uses it."""

    def __init__(self, connection: socket.socket, stopped: threading.Event) -> None:
        self._connection = connection
        self._stopped = stopped

    @property
    def is_open(self) -> bool:
        """Whether the peer still runs; what never ends looks here."""
        return not self._stopped.is_set()

    def send(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._connection.sendall(data)

    def pause(self, seconds: float) -> None:
        """Do nothing for a while, or until the peer is stopped."""
        self._stopped.wait(seconds)

    def answer(self, body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> None:
        """Send a complete answer, of a length that may be a lie."""
        head = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body) if length is None else length}", "", ""]
        self.send("\r\n".join(head).encode() + body)


class HostilePeer:
    """A server on the loopback interface that treats every request in one way."""

    def __init__(self, behave: Callable[[str, Wire], None]) -> None:
        self._behave = behave
        self._stopped = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        #: Base address.
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        """Begin to accept connections."""
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop; whatever never ends, ends."""
        self._stopped.set()
        self._listener.close()

    def _accept(self) -> None:
        while not self._stopped.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while target := _target_of(connection):
                self._behave(target, Wire(connection, self._stopped))


def _target_of(connection: socket.socket) -> str:
    """Return the target of the next request; empty at the end of the connection."""
    head = b""
    while b"\r\n\r\n" not in head and len(head) < _MOST_HEAD:
        data = connection.recv(4096)
        if not data:
            return ""
        head += data
    parts = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    return parts[1] if len(parts) > 1 else "/"


# Behaviours


def slow_body(_target: str, wire: Wire) -> None:
    """Send one byte now and then."""
    wire.send(f"HTTP/1.1 200 OK\r\n{_JSON}\r\nContent-Length: 1000000\r\n\r\n".encode())
    while wire.is_open:
        wire.send(b" ")
        wire.pause(0.05)


def slow_head(_target: str, wire: Wire) -> None:
    """Send one byte of a header now and then."""
    wire.send(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while wire.is_open:
        wire.send(b"x")
        wire.pause(0.05)


def silence(_target: str, wire: Wire) -> None:
    """Say nothing."""
    while wire.is_open:
        wire.pause(1.0)


def endless_body(_target: str, wire: Wire) -> None:
    """Send blanks for ever."""
    wire.send(f"HTTP/1.1 200 OK\r\n{_JSON}\r\nConnection: close\r\n\r\n".encode())
    while wire.is_open:
        wire.send(_MEBIBYTE)


def huge_body(_target: str, wire: Wire) -> None:
    """Send two hundred mebibytes."""
    wire.send(f"HTTP/1.1 200 OK\r\n{_JSON}\r\nContent-Length: {_HUGE * len(_MEBIBYTE)}\r\n\r\n".encode())
    for _ in range(_HUGE):
        wire.send(_MEBIBYTE)


def endless_head(_target: str, wire: Wire) -> None:
    """Send headers for ever."""
    wire.send(b"HTTP/1.1 200 OK\r\n")
    while wire.is_open:
        wire.send(b"X-More: more and more and more\r\n" * 100)


def deep_nesting(_target: str, wire: Wire) -> None:
    """Send arrays in arrays in arrays."""
    wire.answer(b'{"CFDocuments": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", _JSON)


def duplicate_members(_target: str, wire: Wire) -> None:
    """Send every member twice."""
    wire.answer(b'{"CFDocuments": [], "CFDocuments": [{"title": 1, "title": 2}]}', _JSON)


def odd_numbers(_target: str, wire: Wire) -> None:
    """Send numbers that are none, or too large for anybody."""
    wire.answer(b'{"CFDocuments": [{"a": NaN, "b": -Infinity, "c": 1e999, "d": ' + b"9" * 100_000 + b"}]}", _JSON)


def wrong_charset(_target: str, wire: Wire) -> None:
    """Send UTF-16 that claims to be UTF-8."""
    wire.answer('{"CFDocuments": ["é"]}'.encode("utf-16"), f"{_JSON}; charset=utf-8")


def broken_gzip(_target: str, wire: Wire) -> None:
    """Send half of a compressed body."""
    body = gzip.compress(b'{"CFDocuments": []}' * 100)
    wire.answer(body[: len(body) // 2], _JSON, "Content-Encoding: gzip")


def gzip_bomb(_target: str, wire: Wire) -> None:
    """Send a little that unpacks to a gibibyte."""
    wire.answer(_bomb(), _JSON, "Content-Encoding: gzip")


@functools.cache
def _bomb() -> bytes:
    """Return a gibibyte of blanks in gzip members, of which one is made."""
    return gzip.compress(_MEBIBYTE * 16, 1) * 64


def unknown_encoding(_target: str, wire: Wire) -> None:
    """Send an encoding that nobody asked for."""
    wire.answer(b"{}", _JSON, "Content-Encoding: lzma")


def redirect_loop(target: str, wire: Wire) -> None:
    """Redirect for ever, every time to another address."""
    number = int(dict(parse_qsl(urlsplit(target).query)).get("n", "0")) + 1
    wire.answer(b"", f"Location: {urlsplit(target).path}?n={number}", status="302 Found")


def redirect_to_private(_target: str, wire: Wire) -> None:
    """Redirect into the private network."""
    wire.answer(b"", "Location: http://10.0.0.1/ims/case/v1p1/CFDocuments", status="302 Found")


def redirect_to_a_file(_target: str, wire: Wire) -> None:
    """Redirect to what is no web address."""
    wire.answer(b"", "Location: file:///etc/passwd", status="302 Found")


def closed_at_once(_target: str, _wire: Wire) -> None:
    """Close the connection without an answer."""
    raise ConnectionAbortedError


def closed_early(_target: str, wire: Wire) -> None:
    """Close the connection in the middle of a body."""
    wire.answer(b'{"CFDocuments": [', _JSON, length=1000)
    raise ConnectionAbortedError


def no_http(_target: str, wire: Wire) -> None:
    """Speak another protocol."""
    wire.send(b"220 mail.example.org ESMTP\r\n\r\n")
    raise ConnectionAbortedError


def endless_paging(target: str, wire: Wire) -> None:
    """List another document on every page, and always one more page."""
    offset = dict(parse_qsl(urlsplit(target).query)).get("offset", "0")
    number = int(offset) if offset.isdecimal() and len(offset) < _LONGEST_OFFSET else 0
    identifier = f"{number:08x}-0000-4000-8000-000000000000"
    body = json.dumps({"CFDocuments": [{"identifier": identifier, "title": f"Document {number}"}]}).encode()
    wire.answer(body, _JSON, f'Link: <{target.split("?", maxsplit=1)[0]}?limit=1&offset={number + 1}>; rel="next"')


def lying_total(_target: str, wire: Wire) -> None:
    """Promise more documents than there could be."""
    wire.answer(b'{"CFDocuments": []}', _JSON, "X-Total-Count: 99999999999999999999")


BEHAVIOURS = {
    behave.__name__.replace("_", "-"): behave
    for behave in (
        slow_body,
        slow_head,
        silence,
        endless_body,
        huge_body,
        endless_head,
        deep_nesting,
        duplicate_members,
        odd_numbers,
        wrong_charset,
        broken_gzip,
        gzip_bomb,
        unknown_encoding,
        redirect_loop,
        redirect_to_private,
        redirect_to_a_file,
        closed_at_once,
        closed_early,
        no_http,
        endless_paging,
        lying_total,
    )
}
