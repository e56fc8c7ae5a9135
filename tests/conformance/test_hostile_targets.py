"""What a hostile target can do to a run: nothing but be reported."""

from __future__ import annotations

import resource
import time

import pytest

from skillmark.core.clock import SystemClock
from skillmark.core.exchanges import Request, TroubleKind
from skillmark.core.outcomes import Verdict
from skillmark.core.target import Limits, Target
from skillmark.engine import find_depth
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.wire.client import WireClient
from skillmark.wire.peers.hostile import BEHAVIOURS, HostilePeer

#: Trouble that the client sees; behaviours that are not named here give an answer that can be read or judged.
TROUBLES = {
    "slow-body": TroubleKind.TIMEOUT,
    "slow-head": TroubleKind.TIMEOUT,
    "silence": TroubleKind.TIMEOUT,
    "endless-body": TroubleKind.TOO_LARGE,
    "huge-body": TroubleKind.TOO_LARGE,
    "endless-head": TroubleKind.PROTOCOL,
    "broken-gzip": TroubleKind.BAD_ENCODING,
    "gzip-bomb": TroubleKind.TOO_LARGE,
    "unknown-encoding": TroubleKind.BAD_ENCODING,
    "redirect-loop": TroubleKind.REDIRECT_LOOP,
    "redirect-to-private": TroubleKind.REDIRECT_FORBIDDEN,
    "redirect-to-a-file": TroubleKind.REDIRECT_FORBIDDEN,
    "closed-at-once": TroubleKind.CLOSED,
    "closed-early": TroubleKind.CLOSED,
    "no-http": TroubleKind.PROTOCOL,
}
LIMITS = Limits(requests=400, read_seconds=2.0, exchange_seconds=3.0, body_bytes=2**22)


@pytest.mark.parametrize("name", BEHAVIOURS)
def test_the_client_names_what_happened(name: str) -> None:
    """Whatever a peer does, one request ends in time, with the trouble named and no more kept than allowed."""
    begin = time.monotonic()
    with HostilePeer(BEHAVIOURS[name]) as peer:
        client = WireClient(Target(url=peer.url, limits=LIMITS), clock=SystemClock())
        reply = client.send(Request(url=f"{peer.url}/ims/case/v1p1/CFDocuments"))
        client.close()
    trouble = reply.exchange.trouble
    assert TROUBLES.get(name) == (trouble.kind if trouble else None)
    assert LIMITS.body_bytes >= reply.exchange.size
    assert 30 > time.monotonic() - begin


@pytest.mark.parametrize("name", sorted(BEHAVIOURS.keys() - {"gzip-bomb", "slow-head", "silence"}))
def test_a_run_comes_to_its_end(name: str) -> None:
    """A whole run against a hostile peer ends within its budget, without a defect of ours, and is never conformant."""
    limits = Limits(requests=150, read_seconds=0.05, exchange_seconds=0.1, body_bytes=2**20)
    with HostilePeer(BEHAVIOURS[name]) as peer:
        target = Target(url=peer.url, limits=limits, lab=True)
        result = certify(find_plan("case-1.1-provider"), target, options=RunOptions(depth=find_depth("smoke")))
    assert [] == [check.reason for check in result.checks if check.defect]
    assert Verdict.CONFORMANT != result.verdict
    assert limits.requests >= result.requests_sent


def test_memory_stays_bounded() -> None:
    """A body of 200 MiB and a bomb of a gibibyte leave the process below 400 MiB more than it had."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name in ("huge-body", "gzip-bomb"):
        with HostilePeer(BEHAVIOURS[name]) as peer:
            limits = Limits(exchange_seconds=30.0, body_bytes=2**24)
            client = WireClient(Target(url=peer.url, limits=limits), clock=SystemClock())
            reply = client.send(Request(url=peer.url))
            client.close()
        assert reply.exchange.trouble is not None
        assert TroubleKind.TOO_LARGE == reply.exchange.trouble.kind
    assert 400 * 1024 > resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
