"""Which addresses the harness may connect to."""

from __future__ import annotations

import contextlib
import functools
import ipaddress
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable

_PORTS = {"http": 80, "https": 443}

#: Scheme, host and port.
Origin = tuple[str, str, int]


class ForbiddenAddress(OSError):  # noqa: N818 - an address, not an error of the system
    """The address is private, and the user did not name it."""


@functools.lru_cache(maxsize=4_096)
def origin_of(url: str) -> Origin | None:
    """Return the origin of an http(s) address; ``None`` for anything else."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not parts.hostname:
        return None
    return parts.scheme, parts.hostname, port or _PORTS[parts.scheme]


def is_loopback(host: str) -> bool:
    """Whether a host name or address is this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def is_private(host: str) -> bool:
    """Whether a host is this machine, or an address that other networks do not reach."""
    try:
        return is_loopback(host) or not _is_public(host)
    except ValueError:
        return False


class AddressPolicy:
    """Hosts that the user named may be anywhere; every other host has to be public."""

    def __init__(self, named: Iterable[str], *, any_port: Iterable[str] = ()) -> None:
        """Take the addresses that the user named, and those of them whose hosts are meant as a whole."""
        self._named = {(origin[1], origin[2]) for origin in map(origin_of, named) if origin is not None}
        self._hosts = {origin[1] for origin in map(origin_of, any_port) if origin is not None}

    def resolve(self, host: str, port: int) -> str:
        """Return an address of the host that may be connected to.

        Names are resolved here and nowhere else, so that a name cannot point elsewhere a moment later.

        Raises:
            ForbiddenAddress: all addresses of a host that the user did not name are private.
            OSError: the name cannot be resolved.
        """
        entries = None
        with contextlib.suppress(UnicodeError):
            entries = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        if not entries:
            raise OSError(f"{host!r} is no host name")
        found = [str(entry[4][0]) for entry in entries]
        is_named = (host, port) in self._named or host in self._hosts
        allowed = found if is_named else [each for each in found if _is_public(each)]
        if not allowed:
            raise ForbiddenAddress(f"{host} is at the private address {found[0]}, which the settings do not name")
        return allowed[0]


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_global and not parsed.is_multicast
