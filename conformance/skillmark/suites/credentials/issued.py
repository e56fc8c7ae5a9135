"""Credentials that a product issues on request: what it is asked for, what it answers, and the smallest of what is wrong."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import functools
import json
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import BudgetExhausted, Misconfigured
from skillmark.core.escaping import trimmed
from skillmark.core.exchanges import Exchange, TroubleKind
from skillmark.suites.credentials.drawn import drawn, issued_by, signed_by_the_harness
from skillmark.suites.credentials.reducing import reduced
from skillmark.suites.credentials.sightings import RULES, Departs, Unknown
from skillmark.suites.credentials.sources import Source
from skillmark.suites.credentials.submissions import SUBJECTS
from skillmark.suites.diagnoses import out_of_reach
from skillmark.wire.asking.issuing import Ending, issuing
from skillmark_reference.credentials.kinds import kind_of
from skillmark_reference.securing.integrity.problems import ProofGenerationRefused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from skillmark.core.interfaces import IssuingInterface
    from skillmark.engine import RunContext
    from skillmark.suites.credentials.evidence import Evidence
    from skillmark.suites.credentials.submissions import Reader, Submission
    from skillmark.wire.asking.issuing import Answer
    from skillmark_reference.credentials.kinds import CredentialKind

    Record = dict[str, Any]
    #: A requirement, and what was seen to be wrong.
    Defect = tuple[str, str]

#: Characters of a request that a report shows.
_EXCERPT = 2_000
_OUT_OF_REACH = frozenset({TroubleKind.UNREACHABLE, TroubleKind.TLS})
#: Statuses that are about the request as such.
_ADVICE = {
    401: "Name credentials under [authentication], or [http.headers].",
    403: "Check the credentials under [authentication], or [http.headers].",
    404: "Check url under [target], and path under [issuing].",
    405: "Check method under [issuing].",
    415: "Check content_type under [issuing].",
}
#: For each question that makes a counterexample smaller, at most so many candidates are looked at.
_CANDIDATES = 5
_DRAFT = Exchange(id="", method="FILE", url="draft.json", request_headers=(), status=None)


class Issuance:
    """What a run has a product issue.

    Args:
        context: Of the run.
        interface: How the product is asked.
        reader: Reads what is issued.
        see: Makes the evidence of one document, to which the rules are put.

    Raises:
        Misconfigured: The settings lead to no issuer, or none of the kinds is of the plan.
        TargetUnreachable: Nothing answers.
    """

    def __init__(
        self,
        context: RunContext,
        interface: IssuingInterface,
        reader: Reader,
        see: Callable[[Submission], Evidence],
    ) -> None:
        self._context = context
        self._interface = interface
        self._reader = reader
        self._see = see
        self._way = issuing(context.target, interface, context.client, context.clock)
        self._asked: list[Submission] = []
        self._refused: collections.Counter[str] = collections.Counter()
        self._stopped = ""
        self._questions = 0
        self._left = context.depth.shrinks
        self._looks = _CANDIDATES * context.depth.shrinks
        #: The smallest of what is wrong, by what it is.
        self._smallest: dict[Defect, Submission] = {}
        self._is_disputed: dict[Defect, bool] = {}
        self._ask_for_all()
        self._reduce()

    @property
    def submissions(self) -> tuple[Submission, ...]:
        """What was issued, and what ended without a credential, the smallest first."""
        found = {each.id: each for each in (*self._asked, *self._smallest.values())}
        return tuple(sorted(found.values(), key=_size))

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """The records of what was asked for, by id; whole where something is wrong, so that it can be asked again."""
        wrong = {each.id for each in self._smallest.values()}
        records = (each.source.exchange for each in self.submissions)
        return {
            each.id: each
            if each.id in wrong
            else dataclasses.replace(each, request_body=trimmed(each.request_body, _EXCERPT))
            for each in records
        }

    def sampling(self) -> Iterator[str]:
        """Say what the product was asked for, and what it made of it."""
        failed = sum(bool(each.source.missing) for each in self._asked)
        refused = self._refused.total()
        yield (
            f"The product was asked to issue {len(self._asked) + refused} unsigned credentials, drawn with the seed "
            f"{self._context.seed}: it issued {len(self._asked) - failed}, and refused {refused}; {failed} requests ended "
            f"without a credential. None had credentialStatus or refreshService, which somebody would have to serve."
        )
        for what, count in self._refused.items():
            yield f"Refused, which no document forbids: {count} of {what}."
        if self._questions:
            yield f"To find the smallest of what is wrong, {self._questions} more were asked for."
        if self._stopped:
            yield self._stopped

    # Asking

    def _ask_for_all(self) -> None:
        kinds = self._kinds()
        wanted = max(1, (self._interface.count or self._context.depth.examples) // len(kinds))
        try:
            for kind, found in zip(kinds, drawn(kinds, count=wanted, seed=self._context.seed), strict=True):
                self._ask_for(kind, found, wanted)
        except BudgetExhausted as error:
            self._stopped = f"Not everything was asked for: {error}"
            self._left = 0

    def _kinds(self) -> list[str]:
        mine = {kind.value for kind in SUBJECTS[self._reader.catalogue_id]}
        kinds = [kind for kind in self._interface.kinds if kind.removesuffix("v1p1") in mine]
        if not kinds:
            raise Misconfigured(
                f"{self._context.plan.id} is about {', '.join(sorted(mine))}: name it in kinds under [issuing]."
            )
        return kinds

    def _ask_for(self, kind: str, found: Iterable[Record], wanted: int) -> None:
        """Ask for the first ones that are right in themselves."""
        sent = 0
        for credential in found:
            if sent == wanted:
                break
            if self._is_right(credential):
                sent += 1
                submission, answer = self._ask(issued_by(credential, self._interface.issuer))
                self._refuse_nonsense(answer)
                if submission is None:
                    self._refused[f"{kind}: {answer.says}"] += 1
                else:
                    self._asked.append(submission)

    def _ask(self, credential: Record) -> tuple[Submission | None, Answer]:
        """Ask for a credential, and judge what comes back; a refusal is no document."""
        answer = self._way.issue(credential)
        if answer.ending is Ending.REFUSED:
            return None, answer
        source = Source(
            exchange=answer.exchange,
            content=answer.content,
            is_issued=True,
            missing=answer.says if answer.ending is Ending.FAILED else "",
        )
        submission = self._reader.read(source, now=self._now, sent=credential)
        for defect, departs in self._defects(submission).items():
            self._is_disputed[defect] = bool(departs.dispute)
            known = self._smallest.get(defect)
            if known is None or _size(submission) < _size(known):
                self._smallest[defect] = submission
        return submission, answer

    @property
    def _now(self) -> Any:  # noqa: ANN401 - a date-time
        given = self._context.target.submissions
        return (given.at if given else None) or self._context.clock.now()

    def _refuse_nonsense(self, answer: Answer) -> None:
        """Look at the first answer, whether anybody is there who understands the question."""
        exchange = answer.exchange
        if self._asked or self._refused:
            return
        if exchange.trouble is not None and exchange.trouble.kind in _OUT_OF_REACH:
            raise out_of_reach(exchange)
        if exchange.method != "RUN" and exchange.status in _ADVICE:
            raise Misconfigured(f"{exchange.url} answers {exchange.status}. {_ADVICE[exchange.status]}")

    # Judging

    def _defects(self, submission: Submission) -> dict[Defect, Departs]:
        """Return everything that a credential is accused of, as the checks will say it again."""
        if not submission.source.is_read:
            return {}
        found = {}
        for requirement, sighting in self._sightings(submission):
            if isinstance(sighting, Departs):
                found[requirement, sighting.cause] = sighting
        return found

    def _sightings(self, submission: Submission) -> Iterator[tuple[str, object]]:
        evidence = self._see(submission)
        for entry in self._context.plan.requirements:
            rule = RULES.rule_of(entry)
            # A rule that fails on a credential is told by its own check, which looks at it again.
            with contextlib.suppress(Exception):
                for sighting in rule.look(evidence) if rule is not None else ():
                    yield entry.id, sighting

    def _is_right(self, credential: Mapping[str, Any]) -> bool:
        """Tell whether nothing could be said against a credential if the product signed it as it is."""
        try:
            content = json.dumps(signed_by_the_harness(credential), ensure_ascii=False).encode()
        except ProofGenerationRefused:
            return False
        submission = self._reader.read(Source(exchange=_DRAFT, content=content, is_issued=True), now=self._now)
        told = (sighting for _, sighting in self._sightings(submission))
        return submission.source.is_read and not any(isinstance(each, Departs | Unknown) for each in told)

    # Reducing

    def _reduce(self) -> None:
        """Ask for less and less of what is wrong, as long as it stays wrong; what the standards dispute comes last."""
        least = {_kind(each): _size(each) for each in sorted(self._asked, key=_size, reverse=True)}
        done: set[str] = set()
        for defect in sorted(self._smallest, key=self._is_disputed.__getitem__):
            start = self._smallest[defect]
            if _size(start) > least[_kind(start)] and start.id not in done:
                try:
                    reduced(start.sent or {}, functools.partial(self._is_still, defect))
                except BudgetExhausted as error:
                    self._stopped, self._left = str(error), 0
            done.add(self._smallest[defect].id)

    def _is_still(self, defect: Defect, credential: Record) -> bool:
        if self._left <= 0 or self._looks <= 0:
            return False
        self._looks -= 1
        if not self._is_right(credential):
            return False
        self._left -= 1
        self._questions += 1
        submission, _ = self._ask(credential)
        return submission is not None and defect in self._defects(submission)


def _size(submission: Submission) -> int:
    return len(json.dumps(submission.sent))


def _kind(submission: Submission) -> CredentialKind:
    return kind_of(submission.sent or {})
