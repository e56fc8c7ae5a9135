"""What a product calls the host for that the harness plays: to read, or to write."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.wire.peers.calls import Round

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What a product is to do at the host."""

    #: Operations whose success shows that a round is over.
    operations: frozenset[str]
    #: Operation for which the host has no time, by the round that is about it.
    busy: Mapping[Round, str]
    #: What a person at a terminal is told to let the product do.
    says: Mapping[Round, str]


_STOPS = "Disconnect it, and connect it again. This time it should stop with an error: the host is a wrong one."

READING = Errand(
    operations=frozenset({"getCredentials", "getProfile"}),
    busy={Round.BUSY: "getCredentials", Round.AGAIN: "getProfile"},
    says={
        Round.HEALTHY: "Connect it, agree to everything, and let it read credentials and profile.",
        Round.OTHER_STATE: _STOPS,
        Round.BUSY: "Disconnect it, connect it again, and let it read credentials and profile; the host is busy for a second.",
        Round.AGAIN: "Disconnect it at once, connect it again, and let it read; the host has no time for the profile.",
    },
)
WRITING = Errand(
    operations=frozenset({"upsertCredential"}),
    busy=dict.fromkeys((Round.BUSY, Round.AGAIN), "upsertCredential"),
    says={
        Round.HEALTHY: "Connect it, agree to everything, and let it send a badge for conformance@imsglobal.org, and "
        "its profile, if it sends profiles.",
        Round.OTHER_STATE: _STOPS,
        Round.BUSY: "Disconnect it, connect it again, and let it send the badge; the host is busy for a second.",
        Round.AGAIN: "Disconnect it at once, connect it again, and let it send the badge; the host has no time for it.",
    },
)
