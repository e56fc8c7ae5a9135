"""Credentials between this project and the libraries of others, both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from interop.cases import CASES, TAMPERED, Case, walk
from interop.suites import Tampering, Verb

if TYPE_CHECKING:
    from interop.journal import Journal
    from interop.peers.asking import Peer


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_one_side_issues_the_other_verifies(case: Case, peers: dict[str, Peer], journal: Journal) -> None:
    """A healthy credential is accepted at the end of its way, or stopped by the known limit and for its reason."""
    refusal, limit = walk(case, peers[case.peer]), case.limit
    if limit is None:
        assert refusal is None
    else:
        assert refusal is not None, f"the limit is gone, take it out of the table: {limit.reason}"
        assert (limit.side, limit.verb) == (refusal.side, refusal.verb), refusal.says
        assert limit.says in refusal.says
    journal.seen.add(case)


@pytest.mark.parametrize("case", TAMPERED, ids=str)
def test_what_was_tampered_with_is_refused(case: Case, peers: dict[str, Peer], journal: Journal) -> None:
    """A credential that was accepted is refused after one change, unless its verifier is known not to look.

    In the name of another issuer some do not even sign.
    """
    refusal, limit = walk(case, peers[case.peer]), case.limit
    if limit is None:
        assert refusal is not None, "accepted although it was tampered with"
        assert Tampering.OTHER_KEY is case.tampering or Verb.VERIFY is refusal.verb, refusal.says
    else:
        assert refusal is None, f"the limit is gone, take it out of the table: {limit.reason}"
    journal.seen.add(case)
