"""The harness, judged by products that nobody here wrote: what libraries issue, what becomes of it, and what they accept."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest
from interop.plans import (
    FOUND,
    ISSUED_CASES,
    PROOFS,
    REASONS,
    VERIFIER_CASES,
    VerifierCase,
    asked,
    asked_by_command,
    judged,
)

from skillmark.core.outcomes import Outcome, Verdict

if TYPE_CHECKING:
    import pathlib

    from interop.cases import Case
    from interop.journal import Journal
    from interop.peers.asking import Peer


@pytest.mark.parametrize("case", ISSUED_CASES, ids=str)
def test_the_plan_of_issuers_says_what_is_so(case: Case, peers: dict[str, Peer], journal: Journal) -> None:
    """Healthy credentials of others fail nothing, but for known departures; tampered ones fail for their proof."""
    result = judged(case, peers[case.peer])
    failed = {each.finding.requirement for each in result.findings if each.outcome is Outcome.FAILED}
    if case.tampering is not None:
        assert Verdict.NOT_CONFORMANT is result.verdict
        assert failed & PROOFS, failed
    elif case.limit is None:
        assert set() == failed
    else:
        assert result.findings, f"the plan does not see the known departure: {case.limit.reason}"
    journal.judged[case] = result.verdict.value


@pytest.mark.parametrize("case", VERIFIER_CASES, ids=str)
def test_the_plan_of_verifiers_accuses_rightly(case: VerifierCase, peers: dict[str, Peer], journal: Journal) -> None:
    """Every accusation has its reason in the table, which somebody looked up in the answers of the library."""
    result = asked(case, peers[case.peer])
    failed = {each.check for each in result.findings if each.outcome is Outcome.FAILED}
    assert failed <= REASONS[case.peer].keys()
    assert failed >= FOUND[case.peer]
    assert not [check.reason for check in result.checks if check.defect]
    journal.accused[case] = sorted(failed)


def test_a_verifier_behind_a_command(tmp_path: pathlib.Path) -> None:
    """A script of three lines around a library is a product under test: what it prints shows in the exchange."""
    script = tmp_path / "verify.py"
    script.write_text(
        "import json, sys\nfrom openbadgeslib import ob3\nob3.OB3LdpVerifier().verify(json.load(sys.stdin))\n",
        encoding="utf-8",
    )
    result = asked_by_command((sys.executable, str(script)), "embedded_proofs.tampered_value")
    outcome = {check.name: check.outcome for check in result.checks}
    assert {"embedded_proofs.tampered_value": Outcome.PASSED} == outcome
    refused = [each for each in result.exchanges.values() if each.status]
    assert "Traceback" in refused[0].excerpt
    assert refused[0].request_body.startswith('{"@context"')
