"""What versions of TLS and SSL an endpoint speaks, for the checks of any standard."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from skillmark.core.errors import CannotTell, Untested
from skillmark.core.findings import Finding, Held
from skillmark.wire.addresses import origin_of
from skillmark.wire.tls import Probe, speaks_ssl_3, speaks_tls

if TYPE_CHECKING:
    from skillmark.engine import Observation

_NOW = (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
_OLD = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)


def endpoint(url: str) -> tuple[str, int]:
    """Return host and port of a target that is reached over TLS.

    Raises:
        Untested: it is reached over plain http.
    """
    origin = origin_of(url)
    if origin is None or origin[0] != "https":
        raise Untested("The target is reached over plain http, so its TLS cannot be tested. Give its https address.")
    return origin[1], origin[2]


def speaks_tls_1_2_or_1_3(host: str, port: int, *, requirement: str) -> Observation:
    """Return whether a handshake in TLS 1.2 or in TLS 1.3 succeeds.

    Raises:
        CannotTell: no answer came.
    """
    probes = [speaks_tls(host, port, version) for version in _NOW]
    if any(probe.accepted for probe in probes):
        return Held()
    need_answer(*probes)
    return Finding(
        requirement=requirement,
        expected="a handshake in TLS 1.2 or 1.3",
        actual=f"TLS 1.2: {probes[0].detail}; TLS 1.3: {probes[1].detail}",
    )


def refuses_ssl_3(host: str, port: int, *, requirement: str) -> Observation:
    """Return whether a handshake in SSL 3.0 fails.

    Raises:
        CannotTell: no answer came.
    """
    probe = speaks_ssl_3(host, port)
    if probe.accepted:
        return Finding(requirement=requirement, expected="SSL 3.0 refused", actual=probe.detail)
    need_answer(probe)
    return Held()


def refuses_tls_1_0_and_1_1(host: str, port: int, *, requirement: str) -> Observation:
    """Return whether handshakes in the versions of TLS before 1.2 fail.

    Raises:
        CannotTell: no answer came.
    """
    probes = [speaks_tls(host, port, version) for version in _OLD]
    accepted = [probe.detail for probe in probes if probe.accepted]
    if accepted:
        return Finding(requirement=requirement, expected="TLS 1.0 and 1.1 refused", actual="; ".join(accepted))
    need_answer(*probes)
    return Held()


def need_answer(*probes: Probe) -> None:
    """Raise where nothing came back.

    Raises:
        CannotTell: no answer came.
    """
    if all(probe.accepted is None for probe in probes):
        raise CannotTell("; ".join(probe.detail for probe in probes))
