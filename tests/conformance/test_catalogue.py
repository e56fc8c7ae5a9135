"""The requirement catalogue, and that every automatable requirement of a plan has a test."""

from __future__ import annotations

import pytest

from skillmark.catalogue import Decision, Role, load_catalogue
from skillmark.cli.information import checks_by_requirement
from skillmark.core.outcomes import Level
from skillmark.plans import PLANS


def test_the_catalogue_is_complete() -> None:
    """All 187 entries are there, with the numbers per role and level that were counted by hand."""
    entries = list(load_catalogue("case").requirements.values())
    assert len(entries) == 187
    assert sum(entry.role is Role.PROVIDER for entry in entries) == 168
    assert sum(entry.level is Level.MUST for entry in entries) == 132
    assert sum(entry.level is Level.SHOULD for entry in entries) == 48


def test_every_entry_is_traced_and_explained() -> None:
    """Each entry has its clause, its link, its wording and how it is decided."""
    for entry in load_catalogue("case").requirements.values():
        assert entry.clause
        assert entry.url.startswith("https://")
        assert entry.says.endswith(".") or entry.says[-1].isalnum()
        assert entry.how
        assert entry.decided is not Decision.DISPUTED or len(entry.readings) == 2
        assert entry.decided is not Decision.UNTESTABLE or entry.reason


def test_disputed_doubtful_and_weakly_sourced_entries_only_warn() -> None:
    """No entry that is informative, disputed, doubtful, or inferred for 1.0 can fail a product."""
    for entry in load_catalogue("case").requirements.values():
        if entry.status == "informative" or entry.decided is Decision.DISPUTED or entry.doubt:
            assert not any(entry.is_scored(version) for version in entry.versions)
        if entry.confidence_1_0 == "inferred":
            assert not entry.is_scored("1.0")


@pytest.mark.parametrize("plan", PLANS.values(), ids=lambda plan: plan.id)
def test_every_automatable_requirement_has_a_test(plan: object) -> None:
    """Each MUST and SHOULD that a test can decide names at least one test."""
    chosen = PLANS[plan.id]  # type: ignore[attr-defined]
    tests = checks_by_requirement(chosen)
    lacking = [
        entry.id
        for entry in chosen.requirements
        if entry.decided in {Decision.AUTOMATED, Decision.DISPUTED} and not tests[entry.id]
    ]
    assert [] == lacking
