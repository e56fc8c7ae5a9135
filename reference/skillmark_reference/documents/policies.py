"""What the caller allows: origins, addresses, limits, lifetimes; and the clock."""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
import re
import time
from typing import TYPE_CHECKING, Protocol

import httpx

from skillmark_reference.documents.records import Refused
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from skillmark_reference.documents.kinds import DocumentKind

_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 4096
_HIGHEST_PORT = 65535
#: A domain name, or an address of IPv6.
_HOST = re.compile(rb"[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+")
_IPV4_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
#: The prefix of translators; what counts is the address of IPv4 behind it (RFC 6052, 2.1).
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
#: Other ways to write an address of IPv4, and site-local addresses: local NAT64 (RFC 8215), 6to4 (RFC 7526), RFC 3879.
_NOT_PUBLIC = tuple(ipaddress.IPv6Network(text) for text in ("64:ff9b:1::/48", "2002::/16", "fec0::/10"))

#: Scheme, host and port.
Origin = tuple[str, str, int]


class Clock(Protocol):
    """Where the time is read; tests bring their own."""

    def now(self) -> datetime.datetime:
        """Return the wall-clock time, aware, in UTC."""

    def elapsed(self) -> float:
        """Return seconds on a clock that never goes back."""


class SystemClock:
    """The clock of the machine."""

    def now(self) -> datetime.datetime:
        """Return the current time in UTC."""
        return datetime.datetime.now(datetime.UTC)

    def elapsed(self) -> float:
        """Return seconds since an arbitrary start."""
        return time.monotonic()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What the caller allows.

    Raises:
        ValueError: One of the allowed origins is no http(s) origin.
    """

    #: Origins such as ``http://127.0.0.1:8000`` that may be plain http, and at any address, loopback and private ones
    #: included. Every other origin is https at public addresses.
    allowed_origins: tuple[str, ...] = ()
    #: Whether no connection is ever opened.
    offline: bool = False
    #: For a whole exchange: names, connections, redirects and the body.
    seconds: float = 10.0
    redirects: int = 5
    #: Levels of JSON.
    depth: int = 100
    #: Less bytes than the table of kinds allows.
    most_bytes: int | None = None
    #: Other lifetimes than those of the table of kinds.
    lifetimes: Mapping[DocumentKind, datetime.timedelta] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        for text in self.allowed_origins:
            url = _parsed(text)
            if url is None or url.scheme not in _PORTS or not url.host or url.raw_path != b"/":
                raise ValueError(f"{quoted(text)} is no origin such as https://issuer.example:8443")

    def destination(self, text: str) -> httpx.URL:
        """Return the address of a document, without its fragment, if documents may come from there.

        This is the only place that takes a URL apart: what is checked here is what is connected to.

        Raises:
            Refused: It is no address, not https, carries a password, or is longer than any.
        """
        url = _parsed(text) if len(text) <= _LONGEST_URL else None
        if url is None or not url.scheme:
            raise Refused(
                f"{quoted(text)} is no absolute URL with a possible host and port, and at most {_LONGEST_URL:,} letters"
            )
        if url.scheme not in _PORTS or not url.host:
            raise Refused(f"{quoted(text)} is no https address, and documents come from nowhere else")
        if url.userinfo:
            raise Refused("the address carries a user name or a password; ask for it without")
        if url.scheme == "http" and not self.names(url):
            raise Refused(f"{quoted(text)} is plain http; expected is https, or an origin among the allowed ones")
        return url.copy_with(fragment=None)

    def names(self, url: httpx.URL) -> bool:
        """Tell whether the origin of an address is among the allowed ones."""
        return _origin(url) in {_origin(httpx.URL(text)) for text in self.allowed_origins}

    def reachable(self, url: httpx.URL, addresses: Iterable[str]) -> list[str]:
        """Return those addresses of a host that may be connected to; none of none.

        Raises:
            Refused: There are only others.
        """
        found = list(addresses)
        allowed = found if self.names(url) else [address for address in found if is_public(address)]
        if found and not allowed:
            raise Refused(
                f"{quoted(url.host)} is at {', '.join(found[:3])}, which is no public address; "
                f"expected is one, or {_written(url)} among the allowed origins"
            )
        return allowed

    def limit(self, kind: DocumentKind) -> int:
        """Return the most bytes of a document, after decompression."""
        most = kind.row.most_bytes
        return most if self.most_bytes is None else min(most, self.most_bytes)

    def lifetime(self, kind: DocumentKind) -> datetime.timedelta:
        """Return how long a copy of a document counts."""
        return self.lifetimes.get(kind, kind.row.lifetime)


def is_public(text: str) -> bool:
    """Tell whether an address is one of the public internet, by itself and by what is written inside of it."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not address.is_multicast
    if address in _NAT64:
        return is_public(str(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)))
    if address in _IPV4_MAPPED or address.scope_id or any(address in network for network in _NOT_PUBLIC):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _parsed(text: str) -> httpx.URL | None:
    try:
        url = httpx.URL(text)
    except (httpx.InvalidURL, ValueError):
        return None
    is_possible = _HOST.fullmatch(url.raw_host) and (url.port is None or 0 < url.port <= _HIGHEST_PORT)
    return url if is_possible or not url.host else None


def _origin(url: httpx.URL) -> Origin:
    return url.scheme, url.raw_host.decode("ascii"), url.port or _PORTS[url.scheme]


def _written(url: httpx.URL) -> str:
    return f"{url.scheme}://{url.netloc.decode('ascii')}"
