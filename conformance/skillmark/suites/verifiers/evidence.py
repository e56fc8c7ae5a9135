"""What is found out about a verifier: its answers, each asked for once, and which healthy credentials it accepts."""

from __future__ import annotations

import collections
import functools
from typing import TYPE_CHECKING

from skillmark.core.errors import Broken, Misconfigured
from skillmark.core.exchanges import TroubleKind
from skillmark.core.results import Cell, Matrix, MatrixRow
from skillmark.suites.diagnoses import out_of_reach
from skillmark.suites.verifiers.publishing import Publisher
from skillmark.suites.verifiers.samples import INNER_TOKEN, P384, SELECTIVE, Kind, Sample, is_token, suite_of
from skillmark.wire.asking.verifiers import AskingByHttp, Verdict, asking
from skillmark.wire.kits.answers import SERVED
from skillmark.wire.kits.kits import KitReader

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.core.exchanges import Exchange
    from skillmark.engine import RunContext
    from skillmark.suites.verifiers.defects import Defect
    from skillmark.suites.verifiers.scopes import Scope
    from skillmark.wire.asking.verifiers import Answer, Recipient

_OUT_OF_REACH = frozenset({TroubleKind.UNREACHABLE, TroubleKind.TLS})
#: Statuses that are about the request as such.
_ADVICE = {
    401: "Name credentials under [authentication], or [http.headers].",
    403: "Check the credentials under [authentication], or [http.headers].",
    404: "Check url under [target], and path under [verifier].",
    405: "Check method under [verifier].",
    415: "Check content_type under [verifier].",
}
_WORST_FIRST = (Cell.ACCEPTED, Cell.UNCLEAR, Cell.TOLD, Cell.REFUSED, Cell.UNTESTED)
_QUICK = "smoke"
_WHOLE = "thorough"


class Evidence:
    """What a run knows of a verifier.

    Raises:
        Misconfigured: The settings do not lead to a verifier.
        TargetUnreachable: Nothing answers.
    """

    def __init__(self, context: RunContext, scope: Scope) -> None:
        self.context = context
        self.scope = scope
        self._claims = context.target.verifier
        self._asking = asking(context.target, context.client, context.clock)
        self._answers: dict[str | bytes, Answer] = {}
        self._fetched: set[str | bytes] = set()
        #: What the harness serves for the records that it makes.
        self.published = Publisher(context.target.peer, resources=context.resources, shelf=context.shelf)
        self.samples = tuple(self._chosen())
        #: What was accepted in spite of a defect: the defect, and the sample that had it.
        self.wrongly_accepted: list[tuple[Defect, Sample]] = []
        self._cells: dict[Defect, dict[str, Cell]] = {}
        #: Defects by format: how many were asked about, but for those that were accepted with a remark.
        self.defects_asked: collections.Counter[str] = collections.Counter()
        self._refuse_nonsense()

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked, by id."""
        return self._asking.exchanges

    def answer(self, credential: str | bytes) -> Answer:
        """Return what the product says of a credential; equal ones are asked about once."""
        if credential not in self._answers:
            before = self.published.requests
            self._answers[credential] = self._asking.ask(credential)
            if self.published.requests > before:
                self._fetched.add(credential)
        return self._answers[credential]

    def is_fetched_for(self, credential: str | bytes) -> bool:
        """Tell whether the product asked for a document while it looked at a credential, or the person says that it could."""
        return credential in self._fetched or self._is_said_to_fetch

    def answer_of(self, credential: str, recipient: Recipient) -> Answer:
        """Return what the product says of a credential that should be somebody's.

        Raises:
            Broken: It was not asked how that can be said.
        """
        if not isinstance(self._asking, AskingByHttp):
            raise Broken("only requests can say whose a credential should be")
        return self._asking.ask_of(credential, recipient)

    def answer_again(self, credential: str | bytes) -> Answer:
        """Ask about a credential once more."""
        return self._asking.ask(credential)

    def healthy(self, sample: Sample) -> Answer:
        """Return what the product says of a sample as it should be."""
        return self.answer(sample.healthy)

    def is_healthy(self, sample: Sample) -> bool:
        """Tell whether the product accepts a sample as it should be."""
        return self.healthy(sample).verdict is Verdict.ACCEPTED

    def comes_first(self, sample: Sample) -> bool:
        """Tell whether a sample is the first of its kind with an embedded proof, or as a token."""
        alike = (each for each in self.samples if each.kind is sample.kind and each.is_token is sample.is_token)
        return next(alike) == sample

    def twin(self, defect: Defect, sample: Sample) -> Answer:
        """Return what the product says of a sample that is like a defective one, and as it should be."""
        return self.answer(defect.healthy(sample))

    @property
    def is_by_hand(self) -> bool:
        """Whether a person answers, of whom nobody asks for more than yes or no."""
        return isinstance(self._asking, KitReader)

    def is_other(self, answer: Answer, before: Answer) -> bool:
        """Tell whether an answer says anything else than another one."""
        return self.exchanges[answer.exchange].digest != self.exchanges[before.exchange].digest

    # What the product fetches

    @property
    def statuses(self) -> tuple[str, ...]:
        """Types of status that the product claims to know."""
        return self._claims.statuses

    @property
    def is_fetching(self) -> bool:
        """Whether the product has asked for anything that this run serves, or the person says that it could."""
        return self.published.requests > 0 or self._is_said_to_fetch

    @property
    def _is_said_to_fetch(self) -> bool:
        return isinstance(self._asking, KitReader) and self._asking.statement(SERVED) is True

    @property
    def unreached(self) -> str:
        """What to do where it has asked for nothing."""
        return (
            f"The product has asked for nothing that this run serves at {self.published.base}: state public_url under [peer] "
            "if it reaches this machine by another address, and let it trust the file that authority under [peer] names."
        )

    def count(self, defect: Defect, sample: Sample, became: Cell) -> None:
        """Remember what became of a defect, for the summary and the matrix."""
        cells = self._cells.setdefault(defect, {})
        cells[sample.form] = min(cells.get(sample.form, became), became, key=_WORST_FIRST.index)
        if became not in {Cell.UNTESTED, Cell.TOLD}:
            self.defects_asked[sample.form] += 1
        if became is Cell.ACCEPTED:
            self.wrongly_accepted.append((defect, sample))

    def matrix(self) -> Matrix | None:
        """Return what was refused and accepted, by fault class and format; nothing before anything was asked."""
        if not self._cells:
            return None
        rows = (
            MatrixRow(check=defect.name, says=defect.says, is_hole=defect.is_hole, cells=cells)
            for defect, cells in self._cells.items()
        )
        return Matrix(columns=tuple(dict.fromkeys(each.form for each in self.samples)), rows=tuple(rows))

    def sampling(self) -> Iterator[str]:
        """Say what was asked about, how much of what is wrong was refused, and which wrong acceptances are security holes."""
        forms, kinds = ", ".join(self._claims.formats), ", ".join(self._claims.kinds)
        yield f"Claimed are the formats {forms} and the kinds {kinds}; issuers are known by did:key, with RSA by did:jwk."
        number = self.published.requests
        if self.published.is_used:
            yield f"It asked {number:,} times for documents that this run served." if number else self.unreached
        if SELECTIVE in self._claims.formats and SELECTIVE not in self.scope.formats:
            yield f"{SELECTIVE} was not asked about: what a holder has to show of a record is not said in what could be read."
        if self._is_without_inner_proofs and Kind.CLR.value in self._claims.kinds:
            yield "ClrCredential was not asked about: what is in a record has embedded proofs, and none is claimed."
        wrong = collections.Counter(sample.form for _, sample in self.wrongly_accepted)
        for form, asked in self.defects_asked.items():
            yield f"{form}: {asked - wrong[form]} of {asked} defective credentials were not accepted."
        for is_hole, what in ((True, "Security hole"), (False, "Wrongly accepted")):
            for says, names in self._accepted(is_hole=is_hole).items():
                yield f"{what}: accepted although {says} ({'; '.join(names)})."

    def _accepted(self, *, is_hole: bool) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for defect, sample in self.wrongly_accepted:
            if defect.is_hole is is_hole:
                found.setdefault(defect.says, []).append(sample.name)
        return found

    def record_counts(self) -> Mapping[str, int]:
        """Return of how many healthy samples of each kind the product was asked."""
        return dict(collections.Counter(sample.kind.claim for sample in self.samples))

    # Choosing

    @functools.cached_property
    def _is_without_inner_proofs(self) -> bool:
        return not self._inner_form

    def _chosen(self) -> Iterator[Sample]:
        """Yield the first kind in every format, and the others in one of each family, or in as many as the level wants."""
        forms = self._claims.formats
        # Whoever knows did:key may not know did:jwk, so RSA comes last.
        usual = sorted((each for each in forms if each != SELECTIVE), key=lambda form: form.endswith("RS256"))
        of_families = [
            next(form for form in usual if is_token(form) is each) for each in dict.fromkeys(map(is_token, usual))
        ]
        of_others = {_QUICK: usual[:1], _WHOLE: usual}.get(self.context.depth.name, of_families)
        for number, kind in enumerate(self._kinds()):
            for form in self._forms() if number == 0 else of_others:
                if form != SELECTIVE or kind is Kind.ACHIEVEMENT:
                    yield self._sample(kind, form)

    def _forms(self) -> Iterator[str]:
        """Yield what is claimed, and of the cryptosuite with two curves the other one too."""
        for form in self._claims.formats:
            yield form
            if form == suite_of(P384):
                yield P384

    def _kinds(self) -> list[Kind]:
        claimed = [kind for kind in self.scope.kinds if kind.claim in self._claims.kinds]
        absent = {Kind.CLR} if self._is_without_inner_proofs else set()
        if self._is_without_inner_proofs and INNER_TOKEN not in self._claims.formats:
            absent.add(Kind.ENDORSED)
        return [kind for kind in claimed if kind not in absent]

    def _sample(self, kind: Kind, form: str) -> Sample:
        return Sample(
            kind=kind,
            form=form,
            inner_form=self._inner_form,
            inner_tokens=INNER_TOKEN in self._claims.formats,
            published=self.published,
        )

    @property
    def _inner_form(self) -> str:
        """The embedded format of what is inside; empty if none is claimed that can be signed as a whole."""
        return next((each for each in self._claims.formats if not is_token(each) and each != SELECTIVE), "")

    def _refuse_nonsense(self) -> None:
        """Ask the first question, and see whether anybody is there who understands it."""
        if not self.scope.is_met_by(self._claims):
            raise Misconfigured(
                "The plan is about records: name ClrCredential among the kinds under [verifier], and among the formats "
                "one with an embedded proof, since the badges in a record have such."
            )
        if not self.samples:
            raise Misconfigured("None of the kinds under [verifier] can be asked about in the formats there.")
        answer = self.healthy(self.samples[0])
        exchange = self.exchanges[answer.exchange]
        if exchange.trouble is not None and exchange.trouble.kind in _OUT_OF_REACH:
            raise out_of_reach(exchange)
        if answer.verdict is Verdict.NEITHER and exchange.status in _ADVICE:
            raise Misconfigured(f"{exchange.url} answers {exchange.status}. {_ADVICE[exchange.status]}")
