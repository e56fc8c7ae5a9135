"""Outcomes, verdicts and exit codes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from skillmark.core.outcomes import ExitCode, Outcome, Verdict, combined, exit_code, verdict

_OUTCOMES = st.sampled_from(Outcome)
_RANK = {Verdict.CONFORMANT: 0, Verdict.NOT_FULLY_VERIFIED: 1, Verdict.NOT_CONFORMANT: 2}


@given(st.lists(_OUTCOMES))
def test_more_evidence_of_failure_never_improves_the_verdict(outcomes: list[Outcome]) -> None:
    """A verdict with one more failed requirement is never better than without it."""
    assert _RANK[verdict(outcomes)] <= _RANK[verdict([*outcomes, Outcome.FAILED])]


@given(st.lists(_OUTCOMES), st.sampled_from([Outcome.UNTESTED, Outcome.CANNOT_TELL]))
def test_an_undecided_must_is_never_part_of_conformant(outcomes: list[Outcome], undecided: Outcome) -> None:
    """A plan with an undecided MUST is not conformant."""
    assert verdict([*outcomes, undecided]) is not Verdict.CONFORMANT


@given(st.lists(_OUTCOMES))
def test_a_failed_check_decides_its_requirement(outcomes: list[Outcome]) -> None:
    """A requirement with a failed check has failed, whatever its other checks say."""
    assert combined([*outcomes, Outcome.FAILED]) is Outcome.FAILED


def test_a_plan_without_evidence_verifies_nothing() -> None:
    """No outcome at all, or only features that are not claimed, is not conformant."""
    assert verdict([]) is Verdict.NOT_FULLY_VERIFIED
    assert verdict([Outcome.NOT_APPLICABLE]) is Verdict.NOT_FULLY_VERIFIED


def test_a_requirement_without_checks_is_untested() -> None:
    """Nothing said is untested, not passed."""
    assert combined([]) is Outcome.UNTESTED


def test_exit_codes_are_the_documented_ones() -> None:
    """Each verdict has the exit code of the README."""
    assert [exit_code(each) for each in Verdict] == [
        ExitCode.CONFORMANT,
        ExitCode.NOT_CONFORMANT,
        ExitCode.NOT_FULLY_VERIFIED,
    ]
