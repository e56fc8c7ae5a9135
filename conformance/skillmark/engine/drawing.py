"""Drawing cases with Hypothesis, outside of a test function."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from skillmark.core.findings import Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from hypothesis.strategies import DataObject, SearchStrategy

    from skillmark.engine.checks import Observation
    from skillmark.engine.depth import Depth

Case = TypeVar("Case")


class _Counterexample(Exception):  # noqa: N818 - a signal to Hypothesis, not an error
    """Tells Hypothesis that the case shows a defect."""


def explore(
    cases: SearchStrategy[Case],
    judge: Callable[[Case], Iterable[Observation]],
    *,
    depth: Depth,
    seed: int,
) -> Iterator[Observation]:
    """Draw cases, judge each, and yield what was observed; of the failing ones only the smallest that was found.

    The same seed draws the same cases. After the first counterexample at most ``depth.shrinks`` smaller ones are tried.
    Disputed findings do not end the search and are yielded as they come.

    Raises:
        Exception: what ``judge`` raised; it ends the search, and comes after everything that was observed before.
    """
    search = _Search(judge, shrinks=depth.shrinks)
    settings = hypothesis.settings(
        max_examples=depth.examples,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )
    run = hypothesis.seed(seed)(settings(hypothesis.given(cases)(lambda case: search.look(case))))  # noqa: PLW0108 - methods are refused
    try:
        run()
    except _Counterexample:
        yield from search.smallest
    yield from search.observed
    if search.stopped is not None:
        raise search.stopped


class _Walk(RuleBasedStateMachine):
    """Takes one step after the other.

    It has a single rule: Hypothesis leaves out rules from most walks, which is good for long runs of many walks, and here
    would leave out what contradicts the rest. It is one class for all walks, since Hypothesis keeps every machine that it saw.
    """

    def __init__(self, kinds: Sequence[Sequence[Any]], take: Callable[[Any], None]) -> None:
        super().__init__()
        self._steps = st.sampled_from(kinds).flatmap(st.sampled_from)
        self._take = take

    @rule(data=st.data())
    def go(self, data: DataObject) -> None:
        """Take one of the steps."""
        self._take(data.draw(self._steps))


def walk(
    kinds: Sequence[Sequence[Case]], start: Callable[[], Callable[[Case], None]], *, depth: Depth, seed: int
) -> None:
    """Walk ``depth.walks`` times ``depth.steps`` steps; the same seed walks the same ways.

    Each walk begins with ``start``, which returns what takes the steps. ``kinds`` are the steps by kind: each kind is as likely.

    Raises:
        Flaky: the same way did not lead to the same place twice.
        Exception: what was raised by taking a step.
    """
    settings = hypothesis.settings(
        # The first walk of Hypothesis goes nowhere: it always takes the first of all choices.
        max_examples=depth.walks + 1,
        stateful_step_count=depth.steps,
        database=None,
        deadline=None,
        # A way is made shorter by whoever knows what it was about; Hypothesis would ask for hundreds.
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.quiet,
    )

    def machine() -> RuleBasedStateMachine:
        return _Walk(kinds, start())

    run_state_machine_as_test(hypothesis.seed(seed)(machine), settings=settings)  # type: ignore[arg-type] # takes whatever makes one


class _Search(Generic[Case]):
    """Judges each case once and remembers what Hypothesis will ask for again."""

    def __init__(self, judge: Callable[[Case], Iterable[Observation]], *, shrinks: int) -> None:
        self._judge = judge
        self._left = shrinks
        self._failing: dict[str, list[Observation]] = {}
        self._passing: set[str] = set()
        #: What cases without a counterexample showed.
        self.observed: list[Observation] = []
        #: Findings of the last, that is smallest, failing case.
        self.smallest: list[Observation] = []
        #: Why no further case is judged. Hypothesis would take it for one more counterexample, and ask again for it.
        self.stopped: Exception | None = None

    def look(self, case: Case) -> None:
        """Raise for a counterexample; ask the target only for cases not seen before."""
        failing = self._failing_of(case)
        if failing:
            self.smallest = failing
            # Hypothesis tells failures apart by the line that raises, so there is one such line.
            raise _Counterexample

    def _failing_of(self, case: Case) -> list[Observation]:
        key = repr(case)
        is_known = key in self._failing or key in self._passing
        if is_known or self.stopped is not None or (self._failing and self._left <= 0):
            return self._failing.get(key, [])
        if self._failing:
            self._left -= 1
        observations = self._judged(case)
        failing: list[Observation] = [o for o in observations if isinstance(o, Finding) and not o.dispute]
        if failing:
            self._failing[key] = failing
        else:
            self._passing.add(key)
            self.observed += observations
        return failing

    def _judged(self, case: Case) -> list[Observation]:
        observations: list[Observation] = []
        try:
            observations.extend(self._judge(case))
        except Exception as error:  # noqa: BLE001 - whatever it is, it is raised when the search is over
            self.stopped = error
        return observations
