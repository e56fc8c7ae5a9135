"""Transport: Open Badges API; TLS 1.2 or 1.3 for everything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.exchanges import Request
from skillmark.core.findings import Finding, Held
from skillmark.suites.encryption import endpoint, refuses_ssl_3, refuses_tls_1_0_and_1_1, speaks_tls_1_2_or_1_3
from skillmark.suites.hosts.answers import UNAUTHORIZED, finding, held, is_success
from skillmark.suites.hosts.rules import RULES
from skillmark.wire.addresses import is_loopback
from skillmark.wire.tls import is_open

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence

_TLS = "OB30-R-150"
_HTTP, _HTTPS = 80, 443


@RULES.rule(_TLS)
def tls_1_2_or_1_3_is_spoken(evidence: Evidence) -> Iterator[Observation]:
    """Handshakes in TLS 1.2 or 1.3 succeed, and in what came before fail."""
    host, port = endpoint(evidence.context.target.url)
    yield speaks_tls_1_2_or_1_3(host, port, requirement=_TLS)
    yield refuses_tls_1_0_and_1_1(host, port, requirement=_TLS)
    yield refuses_ssl_3(host, port, requirement=_TLS)


@RULES.rule(_TLS)
def nothing_is_protected_without_tls(evidence: Evidence) -> Iterator[Observation]:
    """No operation that needs a token is reached over plain http."""
    host, port = endpoint(evidence.context.target.url)
    for each in sorted({port} | ({_HTTP} if port == _HTTPS and not is_loopback(host) else set())):
        if not is_open(host, each):
            yield Held()
            continue
        name = f"[{host}]" if ":" in host else host
        path = evidence.base.partition("://")[2].partition("/")[2]
        url = f"http://{name}:{each}/{path}{evidence.service.operations['getCredentials'].path}"
        reply = evidence.send(Request(url=url, authorised=False))
        is_moved = any(to.startswith("https://") for to in reply.exchange.redirects)
        # Whoever asks for a token there wants it to be sent there.
        is_asked = reply.exchange.status == UNAUTHORIZED and reply.header("www-authenticate") is not None
        if not is_moved and reply.exchange.trouble is None and (is_asked or is_success(reply)):
            expected = "the plain http port closed, or redirecting to https"
            yield finding(
                _TLS, reply, expected=expected, actual=f"port {each} answers {reply.exchange.status} without TLS"
            )
        else:
            yield held(reply)


@RULES.rule(_TLS)
def described_addresses_have_tls(evidence: Evidence) -> Iterator[Observation]:
    """The addresses of the authorization server are https."""
    endpoint(evidence.context.target.url)
    description = evidence.description()
    for name, url in (
        ("x-imssf-registrationUrl", description.registration_url),
        ("authorizationUrl", description.authorization_url),
        ("tokenUrl", description.token_url),
        ("refreshUrl", description.refresh_url),
    ):
        if url.startswith("http://"):
            yield Finding(
                requirement=_TLS,
                expected=f"{name} is https",
                actual=url[:200],
                pointer=description.pointer,
                evidence=(description.exchange,),
            )
        elif url:
            yield Held(evidence=(description.exchange,))
