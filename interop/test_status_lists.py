"""Status lists between this project and the libraries of others, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from interop.lists import FREE, LIST_CASES, ListCase, refusal_of

if TYPE_CHECKING:
    from interop.journal import Journal
    from interop.peers.asking import Peer


@pytest.mark.parametrize("case", LIST_CASES, ids=str)
def test_both_sides_read_the_same_bit(case: ListCase, peers: dict[str, Peer], journal: Journal) -> None:
    """A badge is refused as revoked if its bit is set by the other side, and accepted if it is not."""
    says = refusal_of(case, peers[case.peer])
    if case.limit is not None:
        assert says is not None, f"the limit is gone, take it out of the table: {case.limit.reason}"
        assert case.limit.says in says
    elif case.index == FREE:
        assert says is None
    else:
        assert says is not None, "accepted although its bit is set"
        assert any(word in says.lower() for word in ("revoked", "revocation")), says
    journal.seen.add(case)
