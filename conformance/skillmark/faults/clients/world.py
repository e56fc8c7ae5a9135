"""The healthy client that the others are made of: the reference client, in process, on a clock that waits for nobody."""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
from typing import TYPE_CHECKING, Any

import httpx

from skillmark.core.interfaces import Account, ClientInterface, HostInterface
from skillmark.core.target import Product, Target
from skillmark.faults.clients import badges
from skillmark.wire.in_process import AsgiTransport
from skillmark.wire.peers import errands
from skillmark.wire.peers.driving import Ran
from skillmark_reference.clients import (
    ClientMetadata,
    Copies,
    Exchanger,
    Host,
    HostTrouble,
    Permissions,
    RedirectFollower,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.wire.peers.calls import Round
    from skillmark.wire.peers.errands import Errand
    from skillmark.wire.peers.host import ClientPeer
    from skillmark_reference.clients import Session
    from skillmark_reference.services import Service

    Send = Callable[[httpx.Request], httpx.Response]
    #: Answers a request in the place of the network, which it may ask.
    Change = Callable[[httpx.Request, Send], httpx.Response]

URL = "https://peer.skillmark.example"
CLIENT_URL = "https://client.skillmark.example"
READING = ("getCredentials", "getProfile")
WRITING = ("upsertCredential",)
_PRODUCT = Product(name="Skillmark reference client", version="self-check", vendor="Skillmark", contact="none")
_LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
_START = datetime.datetime(2026, 6, 1, tzinfo=datetime.UTC)
#: Seconds that pass with every look at the clock.
_TICK = 0.001


class Clock:
    """A clock that goes on with every look at it, and with every wait."""

    def __init__(self) -> None:
        self._elapsed = 0.0

    def now(self) -> datetime.datetime:
        """Return the time of day."""
        return _START + datetime.timedelta(seconds=self.elapsed())

    def elapsed(self) -> float:
        """Return seconds since the start."""
        self._elapsed += _TICK
        return self._elapsed

    def wait(self, seconds: float) -> None:
        """Let seconds pass."""
        self._elapsed += seconds


def as_it_comes(request: httpx.Request, send: Send) -> httpx.Response:
    """Change nothing."""
    return send(request)


def reads(session: Session) -> None:
    """Do what a reader does."""
    list(session.credentials())
    session.profile()
    session.revoke()


def writes(session: Session) -> None:
    """Do what a writer does."""
    session.upsert(badges.sent())
    session.revoke()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ClientProduct:
    """A client: what it does, and how it departs from the reference on the way."""

    name: str
    #: The run is right if it accuses of at least one of these, or of those of CLR that repeat them.
    requirements: tuple[str, ...] = ()
    effect: str = ""
    #: Makes what stands between the client and the network, anew for each run.
    change: Callable[[], Change] = lambda: as_it_comes
    #: What it does with its tokens, if that is not what its plan is about.
    use: Callable[[Session], None] | None = None
    #: Operations whose scopes it asks for, if those are not the ones that its plan is about.
    wants: tuple[str, ...] | None = None
    #: Does everything in the place of the usual course.
    course: Callable[[Host], None] | None = None
    #: What it calls for where it departs in one of the three; ``None`` for one that comes to neither.
    errand: Errand | None = errands.READING
    #: Whether it waits where a host tells it to.
    is_patient: bool = True
    #: Whether the documents leave room for it.
    disputed: bool = False
    #: Requirements that may be warned of, of a persona.
    warns: frozenset[str] = frozenset()

    def suits(self, errand: Errand) -> bool:
        """Whether it is a product for a plan that is about an errand."""
        is_usual = self.use is None and self.wants is None and self.course is None
        return is_usual or self.errand is None or self.errand is errand


def broken(
    name: str,
    *requirements: str,
    effect: str,
    change: Callable[[], Change] = lambda: as_it_comes,
    **rest: Any,  # noqa: ANN401 - of the class
) -> ClientProduct:
    """Return a client that breaks requirements, as a row of a table."""
    return ClientProduct(name=name, requirements=requirements, effect=effect, change=change, **rest)


class Driven:
    """Makes one client call the host of each round; what it keeps, it keeps over all of them."""

    def __init__(self, product: ClientProduct, service: Service, clock: Clock) -> None:
        self._product = product
        self._service = service
        self._clock = clock
        self._copies = Copies()
        self._change = product.change()

    def __call__(self, peer: ClientPeer, which: Round) -> Ran:  # noqa: ARG002 - it does the same in every round
        """Let the client do what it does."""
        peer.url = URL
        with contextlib.closing(AsgiTransport(peer)) as network:
            try:
                self._go(_Changing(network, self._change), peer.errand)
            except HostTrouble as error:
                return Ran(is_whole=False, says=f"the client said: {error}")
        return Ran(is_whole=True, says="the client came to its end")

    def _go(self, transport: httpx.BaseTransport, errand: Errand) -> None:
        product = self._product
        use, wants = (writes, WRITING) if errand is errands.WRITING else (reads, READING)
        exchanger = Exchanger(
            transport,
            Permissions.for_host(URL),
            elapsed=self._clock.elapsed,
            wait=self._clock.wait if product.is_patient else lambda _: None,
        )
        host = Host(URL, self._service, exchanger, copies=self._copies, now=lambda: self._clock.now().timestamp())
        if product.course is not None:
            product.course(host)
        else:
            (product.use or use)(connected(host, product.wants or wants))


def connected(host: Host, wants: tuple[str, ...]) -> Session:
    """Register and get tokens as the reference client does."""
    metadata = ClientMetadata(name="Client", url=CLIENT_URL, version="1")
    scopes = tuple(str(host.service.operations[each].scope) for each in wants)
    host.describe()
    client = host.register(metadata, scopes)
    return host.authorize(client, scopes, RedirectFollower(host.exchanger, client.redirect_uri))


class _Changing(httpx.BaseTransport):
    def __init__(self, inner: httpx.BaseTransport, change: Change) -> None:
        self._inner = inner
        self._change = change

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        return self._change(request, self._send)

    def _send(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        answer.read()
        return answer


class Surroundings(httpx.BaseTransport):
    """What the harness finds where it looks after a client: a logo, a page, and no host."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        if request.url.path.endswith(".svg"):
            return httpx.Response(200, headers={"Content-Type": "image/svg+xml"}, content=_LOGO)
        if request.url.path.endswith("/page"):
            return httpx.Response(200, headers={"Content-Type": "text/html"}, content=b"<p>Welcome</p>")
        return httpx.Response(404, content=b"")


def target_for(*, is_host: bool = True) -> Target:
    """Return the target of a run that looks at a product as a client only; one that is no host is nowhere."""
    if not is_host:
        return Target(product=_PRODUCT, client=ClientInterface(offline=True))
    host = HostInterface(accounts=(Account(name="nobody"),))
    return Target(url=URL, product=_PRODUCT, host=host)
