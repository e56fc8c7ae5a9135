"""Doors for remote documents to test with, the servers behind them, and a clock that stands still."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Callable
from typing import Any

from skillmark.wire.peers.hostile import HostilePeer, Wire
from skillmark_reference.documents import (
    Document,
    DocumentKind,
    Documents,
    Policy,
    policies,
)

BODY = b'{"id": "https://issuer.example/", "type": ["Profile"], "name": "\xc3\x89cole"}'
JSON = "Content-Type: application/json"
START = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
MINUTE = datetime.timedelta(minutes=1)


Answering = Callable[[str, Wire], None]


@dataclasses.dataclass(slots=True)
class FakeClock:
    """Stands still until it is moved."""

    at: datetime.datetime = START

    def now(self) -> datetime.datetime:
        return self.at

    def elapsed(self) -> float:
        return 0.0


def door(
    *origins: str,
    clock: policies.Clock | None = None,
    seconds: float = 5.0,
    redirects: int = 5,
    **parameters: Any,  # noqa: ANN401 - whatever a door takes
) -> Documents:
    """Return a door to which some origins are allowed."""
    policy = Policy(allowed_origins=origins, seconds=seconds, redirects=redirects)
    return Documents(clock=clock or FakeClock(), **{"policy": policy, **parameters})


def answering(body: bytes = BODY, *headers: str, status: str = "200 OK") -> Answering:
    """Return a behaviour: the same answer to everything."""
    return lambda _, wire: wire.answer(body, *(headers or (JSON,)), status=status)


def asked(
    behave: Answering,
    kind: DocumentKind = DocumentKind.PROFILE,
    **parameters: Any,  # noqa: ANN401 - whatever a door takes
) -> Document:
    """Return the document of a server, to whose origin the door is open."""
    with HostilePeer(behave) as peer:
        return door(peer.url, **parameters).get(f"{peer.url}/document", kind)


@dataclasses.dataclass(slots=True)
class Counted:
    """A server that tells how often it was asked."""

    behave: Answering
    targets: list[str] = dataclasses.field(default_factory=list)

    def __call__(self, target: str, wire: Wire) -> None:
        self.targets.append(target)
        self.behave(target, wire)
