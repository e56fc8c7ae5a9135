"""One exchange over HTTP: redirects, addresses, one deadline for all of it."""

from __future__ import annotations

import contextlib
import dataclasses
import queue
import socket
import ssl
import threading
from typing import TYPE_CHECKING

import httpcore
import httpx

from skillmark_reference.documents.decoding import ENCODING, BodyReader
from skillmark_reference.documents.kinds import DocumentKind
from skillmark_reference.documents.reading import check_content_type
from skillmark_reference.documents.records import Refused, Unavailable
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from skillmark_reference.documents.policies import Clock, Policy

    #: Returns the addresses of a host; raises OSError where there are none.
    Resolver = Callable[[str, int], Sequence[str]]

_OK = 200
_OF_EVERYBODY = frozenset({DocumentKind.CONTEXT, DocumentKind.SCHEMA})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
#: In whose name files are asked for that pages of any origin may read (Fetch, 3.2).
ORIGIN = "https://any.example"
_TOO_LATE = "there was no complete answer within {seconds:g} seconds; try again, or give the document"


def system_resolver(host: str, port: int) -> list[str]:
    """Return the addresses of a host as the system knows them.

    Raises:
        OSError: There are none.
    """
    return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclasses.dataclass(slots=True, kw_only=True)
class Answer:
    """What has come back so far; filled on the way, so that a record is complete whatever happens."""

    final_url: str
    status: int | None = None
    content_type: str = ""
    cache_control: str = ""
    #: Access-Control-Allow-Origin, empty without one; ``None`` as long as no answer is known.
    allowed_origin: str | None = None
    content: bytes = b""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Exchanger:
    """Gets what is at an address, within a policy; every exchange has connections of its own."""

    policy: Policy
    clock: Clock
    trust: Callable[[], ssl.SSLContext]
    resolve: Resolver

    def follow(self, answer: Answer, kind: DocumentKind) -> None:
        """Ask for a document and follow redirects, each hop of which is held against the policy.

        Raises:
            Refused: A hop leads where the policy forbids, there are too many, or the body is too large.
            Unavailable: There is no answer in time, or another one than 200 and a redirect.
            Unusable: The media type, the charset or the encoding is not what it should be.
        """
        deadline = _Deadline(self.clock, self.policy.seconds)
        url = self.policy.destination(answer.final_url)
        for _ in range(self.policy.redirects + 1):
            location = self._hop(url, answer, kind, deadline)
            if location is None:
                return
            url = self.policy.destination(_target(url, location))
            answer.final_url = str(url)
        raise Refused(f"there are more than {self.policy.redirects} redirects, the limit")

    def _hop(self, url: httpx.URL, answer: Answer, kind: DocumentKind, deadline: _Deadline) -> str | None:
        """Send one request; return where it is redirected to, or nothing once the answer is complete."""
        backend = _Backend(self, url, deadline)
        with _problems(deadline):
            context = self.trust() if url.scheme == "https" else None
            with httpcore.ConnectionPool(
                ssl_context=context, max_connections=1, max_keepalive_connections=0, network_backend=backend
            ) as pool:
                response = pool.handle_request(_request(url, kind))
                try:
                    return self._read(response, answer, kind)
                finally:
                    response.close()

    def _read(self, response: httpcore.Response, answer: Answer, kind: DocumentKind) -> str | None:
        answer.status = response.status
        answer.content_type = _header(response, b"content-type")
        answer.cache_control = _header(response, b"cache-control")
        answer.allowed_origin = _header(response, b"access-control-allow-origin")
        location = _header(response, b"location")
        if response.status in _REDIRECTS and location:
            return location
        if response.status != _OK:
            raise Unavailable(f"the answer is {response.status}; expected is {_OK}")
        check_content_type(kind, answer.content_type)
        reader = BodyReader(_header(response, b"content-encoding"), limit=self.policy.limit(kind))
        for chunk in response.iter_stream():
            reader.feed(chunk)
        answer.content = reader.finish()
        return None


def _request(url: httpx.URL, kind: DocumentKind) -> httpcore.Request:
    return httpcore.Request(
        "GET",
        httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
        headers=[
            (b"Host", url.netloc),
            (b"Accept", kind.row.accept.encode("ascii")),
            (b"Accept-Encoding", ENCODING.encode("ascii")),
            (b"User-Agent", b"skillmark-reference"),
            (b"Connection", b"close"),
            # Some servers tell whom they allow only where they are asked by a page of another origin.
            *([(b"Origin", ORIGIN.encode("ascii"))] if kind in _OF_EVERYBODY else []),
        ],
    )


def _header(response: httpcore.Response, name: bytes) -> str:
    """Return the value of a header; several values become one list (RFC 9110, 5.3)."""
    values = [value.decode("latin-1") for each, value in response.headers if each.lower() == name]
    return ", ".join(dict.fromkeys(values))


def _target(url: httpx.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx.InvalidURL, ValueError):
        raise Refused(f"the redirect leads to {quoted(location)}, which is no address") from None


@contextlib.contextmanager
def _problems(deadline: _Deadline) -> Iterator[None]:
    """Raise the errors of the layers below as problems of a document."""
    try:
        yield
    except httpcore.TimeoutException as error:
        raise deadline.missed() from error
    except (httpcore.NetworkError, httpcore.ProtocolError, ssl.SSLError, OSError) as error:
        raise Unavailable(f"the exchange failed: {_words(error)}") from error


def _words(error: BaseException) -> str:
    return quoted(str(error) or type(error).__name__).strip("'\"")


class _Deadline:
    """When an exchange has to be over."""

    def __init__(self, clock: Clock, seconds: float) -> None:
        self._clock = clock
        self._seconds = seconds
        self._at = clock.elapsed() + seconds

    def left(self) -> float:
        """Return the seconds that are left.

        Raises:
            Unavailable: None are.
        """
        left = self._at - self._clock.elapsed()
        if left <= 0:
            raise self.missed()
        return left

    def missed(self) -> Unavailable:
        return Unavailable(_TOO_LATE.format(seconds=self._seconds))


class _Backend(httpcore.NetworkBackend):
    """Resolves a name once, and connects to an address that the policy allows; nothing resolves the name again."""

    def __init__(self, exchanger: Exchanger, url: httpx.URL, deadline: _Deadline) -> None:
        self._exchanger = exchanger
        self._url = url
        self._deadline = deadline
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 - there is one deadline for everything
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        failure: httpcore.ConnectError | None = None
        for address in self._exchanger.policy.reachable(self._url, self._addresses(host, port)):
            try:
                stream = self._inner.connect_tcp(
                    address,
                    port,
                    timeout=self._deadline.left(),
                    local_address=local_address,
                    socket_options=socket_options,
                )
            except httpcore.ConnectError as error:
                failure = error
            else:
                return _Timed(stream, self._deadline)
        raise failure or httpcore.ConnectError(f"{host} has no address")

    def _addresses(self, host: str, port: int) -> Sequence[str]:
        """Resolve a name in a thread of its own, since no resolver can be told when to stop."""
        answers: queue.SimpleQueue[Sequence[str] | Exception] = queue.SimpleQueue()
        threading.Thread(target=_resolve_into, args=(answers, self._exchanger.resolve, host, port), daemon=True).start()
        try:
            answer = answers.get(timeout=self._deadline.left())
        except queue.Empty:
            raise self._deadline.missed() from None
        if isinstance(answer, (OSError, UnicodeError)):
            raise Unavailable(f"the name {quoted(host)} has no address: {_words(answer)}") from answer
        if isinstance(answer, Exception):
            raise answer
        return answer


def _resolve_into(
    answers: queue.SimpleQueue[Sequence[str] | Exception], resolve: Resolver, host: str, port: int
) -> None:
    try:
        answers.put(resolve(host, port))
    except Exception as error:  # noqa: BLE001 - raised again by the thread that waits
        answers.put(error)


class _Timed(httpcore.NetworkStream):
    """A stream on which everything ends with the exchange."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - one deadline
        return self._inner.read(max_bytes, timeout=self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - one deadline
        self._inner.write(buffer, timeout=self._deadline.left())

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - one deadline
    ) -> httpcore.NetworkStream:
        inner = self._inner.start_tls(ssl_context, server_hostname, timeout=self._deadline.left())
        return _Timed(inner, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - whatever the layer below knows
        return self._inner.get_extra_info(info)
