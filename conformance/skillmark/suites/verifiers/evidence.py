"""What is found out about a verifier: its answers, each asked for once, and which healthy credentials it accepts."""

from __future__ import annotations

import collections
import functools
from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured, TargetUnreachable
from skillmark.core.exchanges import TroubleKind
from skillmark.suites.verifiers.samples import INNER_TOKEN, Kind, Sample, is_token
from skillmark.wire.verifiers import Verdict, asking

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.core.exchanges import Exchange
    from skillmark.engine import RunContext
    from skillmark.suites.verifiers.defects import Defect
    from skillmark.wire.verifiers import Answer

_OUT_OF_REACH = frozenset({TroubleKind.UNREACHABLE, TroubleKind.TLS})
#: Statuses that are about the request as such.
_ADVICE = {
    401: "Name credentials under [authentication], or [http.headers].",
    403: "Check the credentials under [authentication], or [http.headers].",
    404: "Check url under [target], and path under [verifier].",
    405: "Check method under [verifier].",
}
_QUICK = "smoke"
_WHOLE = "thorough"


class Evidence:
    """What a run knows of a verifier.

    Raises:
        Misconfigured: The settings do not lead to a verifier.
        TargetUnreachable: Nothing answers.
    """

    def __init__(self, context: RunContext) -> None:
        self.context = context
        self._claims = context.target.verifier
        self._asking = asking(context.target, context.client, context.clock)
        self._answers: dict[str, Answer] = {}
        self.samples = tuple(self._chosen())
        #: What was accepted in spite of a defect: the defect, and the sample that had it.
        self.wrongly_accepted: list[tuple[Defect, Sample]] = []
        #: Defects by format: how many were asked about.
        self.defects_asked: collections.Counter[str] = collections.Counter()
        self._refuse_nonsense()

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked, by id."""
        return self._asking.exchanges

    def answer(self, credential: str) -> Answer:
        """Return what the product says of a credential; equal ones are asked about once."""
        if credential not in self._answers:
            self._answers[credential] = self._asking.ask(credential)
        return self._answers[credential]

    def answer_again(self, credential: str) -> Answer:
        """Ask about a credential once more."""
        return self._asking.ask(credential)

    def healthy(self, sample: Sample) -> Answer:
        """Return what the product says of a sample as it should be."""
        return self.answer(sample.healthy)

    def count(self, defect: Defect, sample: Sample, *, is_accepted: bool) -> None:
        """Remember what became of a defect, for the summary."""
        self.defects_asked[sample.form] += 1
        if is_accepted:
            self.wrongly_accepted.append((defect, sample))

    def sampling(self) -> Iterator[str]:
        """Say what was asked about, how much of what is wrong was refused, and which wrong acceptances are security holes."""
        forms, kinds = ", ".join(self._claims.formats), ", ".join(self._claims.kinds)
        yield f"Claimed are the formats {forms} and the kinds {kinds}; issuers are known by did:key, with RSA by did:jwk."
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
        return all(is_token(form) for form in self._claims.formats)

    def _chosen(self) -> Iterator[Sample]:
        """Yield the first kind in every format, and the others in one of each family, or in as many as the level wants."""
        forms = self._claims.formats
        # Whoever knows did:key may not know did:jwk, so RSA comes last.
        usual = sorted(forms, key=lambda form: form.endswith("RS256"))
        of_families = [
            next(form for form in usual if is_token(form) is each) for each in dict.fromkeys(map(is_token, usual))
        ]
        of_others = {_QUICK: usual[:1], _WHOLE: forms}.get(self.context.depth.name, of_families)
        for number, kind in enumerate(self._kinds()):
            for form in forms if number == 0 else of_others:
                yield self._sample(kind, form)

    def _kinds(self) -> list[Kind]:
        claimed = [kind for kind in Kind if kind.claim in self._claims.kinds]
        absent = {Kind.CLR} if self._is_without_inner_proofs else set()
        if self._is_without_inner_proofs and INNER_TOKEN not in self._claims.formats:
            absent.add(Kind.ENDORSED)
        return [kind for kind in claimed if kind not in absent]

    def _sample(self, kind: Kind, form: str) -> Sample:
        inner = next((each for each in self._claims.formats if not is_token(each)), "")
        return Sample(kind=kind, form=form, inner_form=inner, inner_tokens=INNER_TOKEN in self._claims.formats)

    def _refuse_nonsense(self) -> None:
        """Ask the first question, and see whether anybody is there who understands it."""
        if not self.samples:
            raise Misconfigured("None of the kinds under [verifier] can be asked about in the formats there.")
        answer = self.healthy(self.samples[0])
        exchange = self.exchanges[answer.exchange]
        if exchange.trouble is not None and exchange.trouble.kind in _OUT_OF_REACH:
            raise TargetUnreachable(f"{exchange.url} cannot be reached: {exchange.trouble.message}.")
        if answer.verdict is Verdict.NEITHER and exchange.status in _ADVICE:
            raise Misconfigured(f"{exchange.url} answers {exchange.status}. {_ADVICE[exchange.status]}")
