"""Where a client connects to: https at public addresses, and the host that the user named, wherever it is."""

from __future__ import annotations

import dataclasses

import httpx

from skillmark_reference.clients.errors import AddressForbidden
from skillmark_reference.documents.policies import is_public
from skillmark_reference.securing.quoting import quoted

_LONGEST = 4_096
_HTTPS, _HTTP = "https", "http"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Permissions:
    """What a user allows by naming a host."""

    #: Name or address of the host, which may be private: it was the user who named it.
    host: str
    #: Whether plain http is allowed there, on a test bench.
    plain_http: bool = False

    @classmethod
    def for_host(cls, url: str, *, plain_http: bool = False) -> Permissions:
        """Return the permissions that follow from the address of a host.

        Raises:
            AddressForbidden: It is no address, or plain http although that is not allowed.
        """
        found = cls(host=_parsed(url).host.lower(), plain_http=plain_http)
        found.destination(url)
        return found

    def destination(self, text: str) -> httpx.URL:
        """Return an address, without its fragment, if the client may ask there.

        Raises:
            AddressForbidden: It may not.
        """
        url = _parsed(text)
        if url.userinfo:
            raise AddressForbidden("An address carries a user name or a password, which the client does not send.")
        if url.scheme == _HTTP and not (self.plain_http and url.host.lower() == self.host):
            raise AddressForbidden(f"{quoted(text)} is plain http; the standard wants https (TLS 1.2 or 1.3).")
        return url.copy_with(fragment=None)

    def reachable(self, host: str, addresses: list[str]) -> list[str]:
        """Return those addresses of a host that may be connected to.

        Raises:
            AddressForbidden: There are only private ones, and the user did not name the host.
        """
        allowed = addresses if host.lower() == self.host else [each for each in addresses if is_public(each)]
        if addresses and not allowed:
            raise AddressForbidden(
                f"{quoted(host)} is at the private address {addresses[0]}, and is not the host that was named."
            )
        return allowed


def _parsed(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text) if len(text) <= _LONGEST else None
        port = url.port if url is not None else None
    except (httpx.InvalidURL, ValueError):
        url, port = None, None
    if url is None or url.scheme not in {_HTTPS, _HTTP} or not url.host or port == 0:
        raise AddressForbidden(f"{quoted(text)} is no https address.")
    return url
