"""What rests on a document that could not be read: it warns, and keeps nobody from failing or passing but for what is known."""

from __future__ import annotations

import pytest

from skillmark.catalogue import load_catalogue
from skillmark.core.outcomes import Outcome, Verdict
from skillmark.faults.credentials import issuers  # noqa: F401 - declares the faults
from skillmark.faults.credentials.handing_in import ISSUER_FAULTS, Standard, judged
from skillmark.faults.rows import DEPTH
from skillmark.reporting import from_document, to_document
from skillmark.reporting.wording import meaning


@pytest.mark.parametrize("name", ["record-vendornote-an-undefined-term", "record-type-an-undefined-type"])
def test_a_broken_doubt_leaves_the_verdict_open(name: str) -> None:
    """A record that breaks what may be a MUST is not accused, and is not conformant: whether it is cannot be told."""
    result = judged(Standard.CLR, ISSUER_FAULTS.find(name).make(Standard.CLR), DEPTH)
    assert {Outcome.WARNED} == {each.outcome for each in result.findings}
    assert Verdict.NOT_FULLY_VERIFIED is result.verdict
    entry = result.requirements["CLR20-R-009"]
    assert (Outcome.CANNOT_TELL, True) == (entry.outcome, entry.deciding)
    assert "if this is a requirement" in entry.reason
    assert "are undecided" in meaning(from_document(to_document(result)))


def test_what_is_only_disputed_does_not_hinder() -> None:
    """A doubted SHOULD, or a point on which the documents disagree, warns and leaves the verdict as it is."""
    name = "record-achievement-resultdescription-requiredvalue-no-allowed-value"
    result = judged(Standard.CLR, ISSUER_FAULTS.find(name).make(Standard.CLR), DEPTH)
    assert {Outcome.WARNED} == {each.outcome for each in result.findings}
    assert Verdict.CONFORMANT is result.verdict


def test_only_one_catalogue_has_unread_documents() -> None:
    """The documents of the other standards were read: their doubts are about what is written there."""
    assert {"clr": True, "open_badges": False, "case": False, "vc": False} == {
        name: bool(load_catalogue(name).unread) for name in ("clr", "open_badges", "case", "vc")
    }
