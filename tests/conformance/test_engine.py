"""The engine: what becomes of what a check observes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import strategies as st

from skillmark.core.clock import SystemClock
from skillmark.core.errors import Broken, CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.core.outcomes import Outcome
from skillmark.core.target import Target
from skillmark.engine import DEPTHS, RunContext, Suite, explore, run_check
from skillmark.plans import find_plan
from skillmark.wire.client import WireClient

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.core.findings import JudgedFinding
    from skillmark.core.results import CheckResult
    from skillmark.engine import Observation

_MUST, _DISPUTED, _SHOULD = "CASE-R-031", "CASE-R-132", "CASE-R-120"


@pytest.fixture
def context() -> Iterator[RunContext]:
    """A run that sends nothing."""
    target = Target(url="http://127.0.0.1:9")
    client = WireClient(target, clock=SystemClock())
    yield RunContext(
        plan=find_plan("case-1.1-provider"),
        target=target,
        client=client,
        clock=SystemClock(),
        seed=1,
        depth=DEPTHS["smoke"],
    )
    client.close()


def _ran(
    function: Callable[[object], Iterator[Observation]], context: RunContext, *requirements: str
) -> tuple[CheckResult, tuple[JudgedFinding, ...]]:
    suite = Suite(catalogue_id="case", gather=lambda _: None)
    suite.add("area.property", requirements or (_MUST,), function, title="Something holds.")
    return run_check(suite.checks[0], None, context)


def _finding(requirement: str = _MUST, **rest: str) -> Finding:
    return Finding(requirement=requirement, expected="this", actual="that", **rest)


def test_a_check_that_observed_nothing_is_untested(context: RunContext) -> None:
    """A vacuous pass does not exist."""
    result, _ = _ran(lambda _: iter(()), context)
    assert Outcome.UNTESTED is result.outcome


def test_a_check_with_a_subject_that_holds_passes(context: RunContext) -> None:
    """One subject that holds is a pass, with its evidence kept."""
    result, _ = _ran(lambda _: iter([Held(evidence=("x1",))]), context)
    assert (Outcome.PASSED, 1, ("x1",)) == (result.outcome, result.subjects, result.evidence)


@pytest.mark.parametrize(
    ("requirement", "outcome"),
    [(_MUST, Outcome.FAILED), (_DISPUTED, Outcome.WARNED), (_SHOULD, Outcome.WARNED)],
)
def test_severity_follows_the_clause(context: RunContext, requirement: str, outcome: Outcome) -> None:
    """A finding against a normative MUST fails, every other one warns."""
    result, _ = _ran(lambda _: iter([_finding(requirement)]), context, requirement)
    assert outcome is result.outcome


def test_a_disputed_finding_warns(context: RunContext) -> None:
    """A finding that names the other reading warns even against a MUST."""
    result, _ = _ran(lambda _: iter([_finding(dispute="another reading")]), context)
    assert Outcome.WARNED is result.outcome


def test_equal_findings_are_counted_once(context: RunContext) -> None:
    """One defect in three places is one finding with a count of three."""
    _, findings = _ran(lambda _: iter([_finding(cause="c", pointer=f"/{n}") for n in range(3)]), context)
    assert [3] == [judged.count for judged in findings]


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (NotApplicable("not offered"), Outcome.NOT_APPLICABLE),
        (Untested("no data"), Outcome.UNTESTED),
        (CannotTell("too slow"), Outcome.CANNOT_TELL),
    ],
)
def test_the_kinds_of_no_never_mix(context: RunContext, error: Exception, outcome: Outcome) -> None:
    """Each kind of no is its own outcome, with its reason."""

    def check(_: object) -> Iterator[Observation]:
        raise error
        yield

    result, _ = _ran(check, context)
    assert (outcome, str(error)) == (result.outcome, result.reason)


def test_trouble_after_a_finding_does_not_hide_it(context: RunContext) -> None:
    """What was found before a check had to stop is kept."""

    def check(_: object) -> Iterator[Observation]:
        yield _finding()
        raise CannotTell("the connection broke")

    result, findings = _ran(check, context)
    assert (Outcome.FAILED, 1) == (result.outcome, len(findings))


def test_a_defect_of_ours_is_never_a_pass(context: RunContext) -> None:
    """A check that crashes cannot tell, is marked as our defect, and shows no traceback."""

    def check(_: object) -> Iterator[Observation]:
        yield Held()
        raise ZeroDivisionError("oops")

    result, _ = _ran(check, context)
    assert (Outcome.CANNOT_TELL, True) == (result.outcome, result.defect)
    assert "Traceback" not in result.reason


def test_a_check_of_an_unknown_requirement_is_refused() -> None:
    """A requirement that the catalogue lacks is refused where the check is declared."""
    suite = Suite(catalogue_id="case", gather=lambda _: None)
    with pytest.raises(Broken, match="CASE-R-999"):
        suite.add("area.property", ("CASE-R-999",), lambda _: iter(()), title="Something holds.")


def test_exploration_reports_the_smallest_counterexample() -> None:
    """Of all failing numbers, the smallest is found."""

    def judge(number: int) -> Iterator[Observation]:
        yield _finding(cause=str(number)) if number >= 17 else Held()

    found = list(explore(st.integers(0, 1000), judge, depth=DEPTHS["full"], seed=3))
    assert ["17"] == [each.cause for each in found if isinstance(each, Finding)]


def test_exploration_draws_the_same_cases_from_the_same_seed() -> None:
    """Two explorations with one seed judge the same cases in the same order."""

    def drawn(seed: int) -> list[int]:
        cases: list[int] = []

        def judge(number: int) -> Iterator[Observation]:
            cases.append(number)
            yield Held()

        list(explore(st.integers(), judge, depth=DEPTHS["full"], seed=seed))
        return cases

    assert drawn(5) == drawn(5)
    assert drawn(5) != drawn(6)


def test_shrinking_is_bounded() -> None:
    """After the first counterexample, only so many smaller cases are tried."""
    asked: list[int] = []

    def judge(number: int) -> Iterator[Observation]:
        asked.append(number)
        yield _finding()

    list(explore(st.integers(0, 10**9), judge, depth=DEPTHS["smoke"], seed=3))
    assert len(asked) <= DEPTHS["smoke"].shrinks + DEPTHS["smoke"].examples
