"""Walking through the operations of a provider in random order, and comparing everything that comes twice."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from hypothesis.errors import Flaky

from skillmark import engine
from skillmark.core.errors import Broken, CannotTell
from skillmark.suites.case.evidence import LARGE
from skillmark.suites.case.lists import LIST, limits
from skillmark.suites.case.records import sightings
from skillmark.suites.case.sameness import first_difference

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.findings import Finding
    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer, Query
    from skillmark.suites.case.evidence import CaseEvidence
    from skillmark.suites.case.records import Sighting

#: Records of one class that a walk may visit: few, so that it comes by each of them again.
_VISITED = 4
_PACKAGES = 2
#: Times that the same is read in a row; nothing is learned by reading it once more.
_STANDING = 2
#: Statuses that say that the provider wants to be asked less often, not what it holds.
_BUSY = frozenset({429, 503})
_NOBODY = "00000000-0000-4000-8000-{:012x}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One read on a walk."""

    operation: str
    sourced_id: str | None = None
    query: Query = ()

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query)
        return " ".join(filter(None, (self.operation, self.sourced_id, query)))


class _Counterexample(Exception):  # noqa: N818 - a signal to Hypothesis, not an error
    """Tells Hypothesis that the last step shows a defect."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Met:
    """What a step brought, and what was wrong with it."""

    answer: Answer | None
    finding: Finding | None = None


class _Walks:
    """What all walks of one run have in common: the provider, the ways already gone, the smallest counterexample."""

    def __init__(self, case: CaseEvidence) -> None:
        self.case = case
        #: Further requests, once a counterexample was found.
        self.left = case.depth.shrinks
        self.met: dict[tuple[Step, ...], _Met] = {}
        self.found: Finding | None = None
        #: The way that ends with it.
        self.way: tuple[Step, ...] = ()
        self.held: list[Answer] = []
        #: What was read before the walks, by step; its records have been compared with each other.
        self.plain = {
            Step(operation=answer.operation.id, sourced_id=answer.sourced_id, query=answer.query): answer
            for answer in case.gathered
            if answer.operation is not None and answer.payload is not None
        }
        self.stopped: CannotTell | None = None

    def is_over(self) -> bool:
        """Whether nothing more is asked."""
        return self.stopped is not None or (self.found is not None and self.left <= 0)

    def ask(self, step: Step) -> Answer | None:
        """Ask what a step asks; ``None`` when the answer says nothing."""
        self.left -= self.found is not None
        try:
            answer = self.case.ask(step.operation, step.sourced_id, query=step.query, fresh=True)
        except CannotTell as error:
            self.stopped = error
            return None
        return None if answer.is_undecidable or answer.status in _BUSY else answer


class _Walker:
    """One walk: the way so far, and everything that was met on it."""

    def __init__(self, walks: _Walks) -> None:
        self._walks = walks
        self._way: tuple[Step, ...] = ()
        self._answers: dict[Step, Answer] = {}
        self._records: dict[tuple[str, str], Sighting] = {}

    def visit(self, step: Step) -> None:
        """Read once more; a way that was gone before is not asked for again, since Hypothesis repeats its ways."""
        if self._way[-_STANDING:] == (step,) * _STANDING:
            return
        self._way = (*self._way, step)
        met = self._walks.met.get(self._way)
        if met is None:
            if self._walks.is_over():
                return
            met = self._met(step, self._walks.ask(step))
            self._walks.met[self._way] = met
        if met.finding is not None:
            self._walks.found, self._walks.way = met.finding, self._way
            raise _Counterexample
        if met.answer is not None:
            self._remember(step, met.answer)

    def _met(self, step: Step, answer: Answer | None) -> _Met:
        if answer is None:
            return _Met(answer=None)
        finding = self._compared(step, answer)
        if finding is None and step in self._answers:
            self._walks.held.append(answer)
        return _Met(answer=answer, finding=finding)

    def _remember(self, step: Step, answer: Answer) -> None:
        self._answers.setdefault(step, answer)
        if not _is_equal(self._walks.plain.get(step), answer):
            for key, sighting in self._seen(answer):
                self._records.setdefault(key, sighting)

    def _seen(self, answer: Answer) -> Iterator[tuple[tuple[str, str], Sighting]]:
        standard = self._walks.case.standard
        if answer.operation is not None:
            for sighting in sightings(standard, answer.operation.payload, answer):
                yield (standard.full_form(sighting.form), sighting.identifier), sighting

    def _compared(self, step: Step, answer: Answer) -> Finding | None:
        """Compare an answer with what was met before; a body that was met before holds no further records."""
        before = self._answers.get(step) or self._walks.plain.get(step)
        if before is not None:
            return None if _is_equal(before, answer) else self._changed(before, answer)
        for key, sighting in self._seen(answer):
            known = self._records.get(key) or self._walks.case.first_sighting(*key)
            if known is not None and (finding := self._contradiction(known, sighting)):
                return finding
        return None

    def _changed(self, before: Answer, answer: Answer) -> Finding | None:
        if before.status != answer.status:
            difference = "", f"status {before.status}", f"status {answer.status}"
        else:
            found = first_difference(before.value, answer.value)
            if found is None:
                return None
            difference = found
        return answer.finding(
            "CASE-R-074",
            expected="the same address says the same, whatever was read in between",
            actual=f"{self._told()}: first {difference[1]}, at last {difference[2]}",
            pointer=difference[0],
            further=(before.id,),
            cause="body changes on a walk",
        )

    def _contradiction(self, known: Sighting, sighting: Sighting) -> Finding | None:
        for name in known.record.keys() & sighting.record.keys():
            if known.record[name] == sighting.record[name]:
                continue
            difference = first_difference(known.record[name], sighting.record[name])
            if difference is None:
                continue
            return sighting.finding(
                "CASE-R-092",
                expected="a record is the same in every operation that delivers it",
                actual=f"{self._told()}: {name} first {difference[1]}, at last {difference[2]}",
                member=f"{name}{difference[0]}",
                further=(known.answer.id,),
                cause=f"{sighting.form}.{name} differs on a walk",
            )
        return None

    def _told(self) -> str:
        return ", then ".join(str(step) for step in self._way)


def _is_equal(before: Answer | None, answer: Answer) -> bool:
    """Whether two answers are the same, byte by byte."""
    return before is not None and (before.status, before.exchange.digest) == (answer.status, answer.exchange.digest)


def walk(case: CaseEvidence) -> Iterator[Observation]:
    """Walk ``depth.walks`` times ``depth.steps`` steps, and yield what came twice: the same, or the shortest way to a change.

    Raises:
        Untested: the product shows no document to start from.
        CannotTell: the walk could not be finished.
    """
    case.need_documents()
    walks = _Walks(case)
    try:
        engine.walk(_places(case), lambda: _Walker(walks).visit, depth=case.depth, seed=case.context.seed_of("walks"))
    except (_Counterexample, Flaky):
        # A provider that answers the same way differently is flaky to Hypothesis, and wrong to us.
        if walks.found is not None:
            yield _shortest(walks)
    for answer in walks.held:
        yield answer.held()
    if walks.stopped is not None:
        raise walks.stopped


def _shortest(walks: _Walks) -> Finding:
    """Return the finding of the shortest way to the same place that shows a defect, of those that the budget allows to try."""
    way = walks.way
    last = way[-1]
    pairs = [(step, last) for step in way[:-1]]
    returns = [(last, step, last) for step in way[:-1]]
    for shorter in (*pairs, *returns):
        if len(shorter) >= len(way) or walks.left < len(shorter):
            continue
        if finding := _gone(walks, shorter):
            return finding
    return walks.found or _never()


def _gone(walks: _Walks, way: tuple[Step, ...]) -> Finding | None:
    """Go a way from its start; return the finding that it ends with."""
    walks.met.clear()
    walker = _Walker(walks)
    for step in way:
        try:
            walker.visit(step)
        except _Counterexample:
            return walks.found
    return None


def _never() -> Finding:
    raise Broken("a way without a finding was shortened")


def _places(case: CaseEvidence) -> list[list[Step]]:
    """Return where a walk may go: of each kind of read some steps."""
    reads = sorted(operation.id for operation in case.standard.operations.values() if operation.sourced_id_of)
    of = {each: _steps(case, each) for each in reads}
    windows = ((1, 0), (1, 1), (2, 0), (2, 1)) if len(case.documents) > 1 and limits(case) else ()
    pages = [Step(operation=LIST, query=(("limit", str(n)), ("offset", str(at)))) for n, at in windows]
    unknown = [Step(operation=each, sourced_id=_NOBODY.format(case.rng(each).getrandbits(48))) for each in reads]
    kinds = (
        [Step(operation=LIST), *pages],
        of.pop("getCFDocument"),
        of.pop("getCFPackage")[:_PACKAGES],
        of.pop("getCFItem"),
        of.pop("getCFItemAssociations"),
        [step for steps in of.values() for step in steps],
        unknown,
    )
    return [steps for steps in kinds if steps]


def _steps(case: CaseEvidence, operation_id: str) -> list[Step]:
    good = [
        answer for answer in case.reads(operation_id) if answer.payload is not None and answer.exchange.size <= LARGE
    ]
    return [Step(operation=operation_id, sourced_id=answer.sourced_id) for answer in good[:_VISITED]]
