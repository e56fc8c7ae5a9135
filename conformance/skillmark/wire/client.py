"""The recording client: sends a request once, keeps the exchange, never fails for what the target does."""

from __future__ import annotations

import dataclasses
import hashlib
import ssl
import threading
import time
from typing import TYPE_CHECKING
from urllib.parse import urljoin

import httpx

from skillmark import __version__
from skillmark.core.errors import BudgetExhausted
from skillmark.core.exchanges import Exchange, Reply, Trouble, TroubleKind
from skillmark.wire.addresses import AddressPolicy, ForbiddenAddress, origin_of
from skillmark.wire.authorization import Authorizer
from skillmark.wire.decoding import BodyReader, BrokenEncoding, TooLarge
from skillmark.wire.network import NetworkTransport
from skillmark.wire.redaction import Redactor, secrets_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from skillmark.core.clock import Clock
    from skillmark.core.exchanges import Request
    from skillmark.core.target import Target

_EXCERPT = 2_000
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BUSY = frozenset({429, 503})
#: Times that a busy product is asked again, the most seconds that each of them waits for it, and a whole run.
_PATIENCE = 3
_LONGEST_WAIT = 30
_LONGEST_WAITS = 300.0
_DEFAULTS = (
    ("Accept", "application/json"),
    ("Accept-Encoding", "gzip, deflate"),
    ("User-Agent", f"skillmark/{__version__}"),
)
_CLOSED = ("disconnected", "closed connection", "incomplete")


@dataclasses.dataclass(slots=True)
class _Got:
    """What has come back so far."""

    url: str
    sent: tuple[tuple[str, str], ...] = ()
    status: int | None = None
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    trouble: Trouble | None = None
    redirects: tuple[str, ...] = ()


class WireClient:
    """One run's connection to its target; may be used from several threads."""

    def __init__(
        self,
        target: Target,
        *,
        clock: Clock,
        transport: httpx.BaseTransport | None = None,
        wait: Callable[[float], None] = time.sleep,
        count: Callable[[int], None] = lambda _: None,
    ) -> None:
        """Prepare to send; nothing is sent yet.

        With ``transport`` requests go there instead of over the network; ``count`` is told how many were sent, at each one.

        Raises:
            Misconfigured: the CA file cannot be read.
        """
        self._target = target
        self._clock = clock
        self._limits = target.limits
        self._begin = clock.elapsed()
        self._redactor = Redactor(target)
        self._origin = origin_of(target.url)
        # The authorization server of a host is often at another port of the same machine.
        anywhere = [target.url] if target.host.accounts else []
        policy = AddressPolicy([target.url, target.authentication.token_url], any_port=anywhere)
        self._transport = transport or NetworkTransport(target, policy)
        self._owns_transport = transport is None
        self._authorizer = Authorizer(target, self._transport, clock=clock, learn=self._redactor.add)
        self._pace = _Pace(self._limits.rate, clock, wait)
        self._wait = wait
        self._waits_left = _LONGEST_WAITS
        self._exchanges: dict[str, Exchange] = {}
        self._lock = threading.Lock()
        self._count = count
        #: Requests sent so far, redirects followed included.
        self.requests_sent = 0

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """All exchanges by id, in the order of sending."""
        return self._exchanges

    @property
    def is_in_process(self) -> bool:
        """Whether the product is reached without a network, so that there is nobody who could be asked to do something."""
        return not self._owns_transport

    def redacted(self, text: str) -> str:
        """Return a text without the secrets of the run, for everything that is kept of an answer."""
        return self._redactor.text(text)

    def learn(self, *secrets: str) -> None:
        """Remember secrets, so that nothing of what is kept from now on has them."""
        self._redactor.add(*secrets)

    def close(self) -> None:
        """Close the connections."""
        if self._owns_transport:
            self._transport.close()

    def send(self, request: Request) -> Reply:
        """Send a request and record what comes back; redirects of GET and HEAD are followed.

        A product that is too busy and says for how many seconds is asked again after them, a few times.

        Raises:
            BudgetExhausted: the target's request budget is used up.
            Misconfigured: the target's token endpoint refuses the settings.
        """
        number = self._take_turn()
        started = self._clock.elapsed()
        got = self._follow(request)
        for _ in range(_PATIENCE):
            seconds = _told_to_wait(got)
            if seconds is None or not self._may_wait(seconds):
                break
            self._wait(seconds)
            self._take_turn()
            got = self._follow(request)
        body = got.body if got.trouble is None else b""
        if request.yields_secrets:
            self.learn(*secrets_in(got.headers, got.body))
        exchange = self._exchange(f"x{number}", request, got, started=started)
        with self._lock:
            self._exchanges[exchange.id] = exchange
        return Reply(exchange=exchange, body=body, headers=got.headers)

    def _may_wait(self, seconds: float) -> bool:
        """Take seconds of a run's patience, unless a product has used it up."""
        with self._lock:
            if seconds > self._waits_left:
                return False
            self._waits_left -= seconds
            return True

    def _take_turn(self) -> int:
        with self._lock:
            if self.requests_sent >= self._limits.requests:
                raise BudgetExhausted(
                    f"The budget of {self._limits.requests:,} requests is used up; raise `requests` under [http]."
                )
            self.requests_sent += 1
            number = self.requests_sent
            self._count(number)
            self._pace.wait_for_turn()
        return number

    def _exchange(self, identifier: str, request: Request, got: _Got, *, started: float) -> Exchange:
        return Exchange(
            id=identifier,
            method=request.method,
            url=self._redactor.text(request.url),
            request_headers=self._redactor.headers(got.sent),
            status=got.status,
            reason=self._redactor.text(got.reason),
            headers=self._redactor.headers(got.headers),
            excerpt=self._excerpt(got.body),
            size=len(got.body),
            digest=hashlib.sha256(got.body).hexdigest(),
            trouble=self._cleared(got.trouble),
            started=round(started - self._begin, 4),
            elapsed=round(self._clock.elapsed() - started, 4),
            redirects=got.redirects,
            request_body=self._redactor.text(request.body.decode(errors="replace")),
        )

    def _excerpt(self, body: bytes) -> str:
        """Return the beginning of a body; a secret that the cut would tear apart is left out as a whole."""
        margin = self._redactor.longest
        text = self._redactor.text(body[: _EXCERPT + margin].decode(errors="replace"))
        return text[: min(_EXCERPT, len(text) - margin)] if len(body) > _EXCERPT + margin else text[:_EXCERPT]

    def _cleared(self, trouble: Trouble | None) -> Trouble | None:
        return trouble and Trouble(kind=trouble.kind, message=self._redactor.text(trouble.message))

    def _follow(self, request: Request) -> _Got:
        got = self._once(request, request.url)
        visited: tuple[str, ...] = ()
        while got.trouble is None and (location := self._location(request, got)):
            visited = (*visited, self._redactor.text(location))
            if len(visited) > self._limits.redirects or location == request.url:
                message = f"{len(visited)} redirects, the last one to {visited[-1][:200]}"
                got.trouble = Trouble(kind=TroubleKind.REDIRECT_LOOP, message=message)
                break
            if origin_of(location) is None:
                message = f"to {visited[-1][:200]}, which is no http(s) address"
                got.trouble = Trouble(kind=TroubleKind.REDIRECT_FORBIDDEN, message=message)
                break
            self._take_turn()
            got = self._once(request, location)
        got.redirects = visited
        return got

    def _location(self, request: Request, got: _Got) -> str | None:
        if got.status not in _REDIRECTS or request.method not in {"GET", "HEAD"} or not request.follows_redirects:
            return None
        value = next((value for name, value in got.headers if name.lower() == "location"), None)
        try:
            return urljoin(got.url, value) if value else None
        except ValueError:
            return value

    def _once(self, request: Request, url: str) -> _Got:
        """Send to one address; once more when a kept connection turns out to have been closed."""
        got = self._attempt(request, url)
        if got.trouble is not None and got.trouble.kind is TroubleKind.CLOSED and got.status is None:
            return self._attempt(request, url)
        return got

    def _attempt(self, request: Request, url: str) -> _Got:
        got = _Got(url=url)
        try:
            asked = self._prepared(request, url)
            got.sent = tuple(asked.headers.multi_items())
            response = self._transport.handle_request(asked)
            try:
                self._read(response, got, is_head=request.method == "HEAD")
            finally:
                response.close()
        except (httpx.TransportError, httpx.InvalidURL, OSError) as error:
            got.trouble = _trouble(error)
        return got

    def _prepared(self, request: Request, url: str) -> httpx.Request:
        headers = list(_DEFAULTS)
        if origin_of(url) == self._origin:
            headers += self._target.headers
            if request.authorised and (value := self._authorizer.header()):
                headers.append(("Authorization", value))
        headers += request.headers
        # The last of equal names counts.
        merged = {name.lower(): (name, value) for name, value in headers}
        return httpx.Request(request.method, url, headers=list(merged.values()), content=request.body or None)

    def _read(self, response: httpx.Response, got: _Got, *, is_head: bool) -> None:
        got.status = response.status_code
        got.reason = response.reason_phrase
        got.headers = tuple(response.headers.multi_items())
        if is_head:
            return
        try:
            reader = BodyReader(response.headers.get("content-encoding", ""), limit=self._limits.body_bytes)
        except BrokenEncoding as error:
            got.trouble = Trouble(kind=TroubleKind.BAD_ENCODING, message=str(error))
            return
        try:
            for chunk in response.stream:  # type: ignore[union-attr]
                reader.feed(chunk)
            reader.finish()
        except BrokenEncoding as error:
            got.trouble = Trouble(kind=TroubleKind.BAD_ENCODING, message=str(error))
        except TooLarge as error:
            got.trouble = Trouble(kind=TroubleKind.TOO_LARGE, message=str(error))
        finally:
            got.body = reader.body


class _Pace:
    """Keeps a run below the target's rate."""

    def __init__(self, rate: float | None, clock: Clock, wait: Callable[[float], None]) -> None:
        self._interval = 1 / rate if rate else 0.0
        self._clock = clock
        self._wait = wait
        self._next = 0.0

    def wait_for_turn(self) -> None:
        if not self._interval:
            return
        now = self._clock.elapsed()
        if now < self._next:
            self._wait(self._next - now)
        self._next = max(now, self._next) + self._interval


def _told_to_wait(got: _Got) -> float | None:
    """Return the seconds of a Retry-After header with 429 or 503 (RFC 9110, 10.2.3); ``None`` where it is no short time."""
    text = next((value for name, value in got.headers if name.lower() == "retry-after"), "").strip()
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(_LONGEST_WAIT))
    is_short = is_number and int(text) <= _LONGEST_WAIT
    return float(text) if got.trouble is None and got.status in _BUSY and is_short else None


def _trouble(error: Exception) -> Trouble:
    """Say what kind of trouble an error is."""
    chain = list(_chain(error))
    message = str(chain[-1] if isinstance(error, httpx.ConnectError) else error)[:300] or type(error).__name__
    if any(isinstance(each, ForbiddenAddress) for each in chain):
        kind = TroubleKind.REDIRECT_FORBIDDEN
    elif any(isinstance(each, ssl.SSLError) for each in chain):
        kind = TroubleKind.TLS
    elif isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
        kind = TroubleKind.UNREACHABLE
    elif isinstance(error, httpx.TimeoutException):
        kind = TroubleKind.TIMEOUT
    elif isinstance(error, (httpx.RemoteProtocolError, httpx.LocalProtocolError, httpx.InvalidURL)):
        kind = TroubleKind.CLOSED if any(word in message for word in _CLOSED) else TroubleKind.PROTOCOL
    else:
        kind = TroubleKind.CLOSED
    return Trouble(kind=kind, message=message)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
