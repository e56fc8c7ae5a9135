"""What a verifier has to accept: every format and kind that it claims, whatever valid content, written in any legal way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.clock import SystemClock
from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.engine import explore
from skillmark.strategies.credentials_rewrites import rewrites
from skillmark.suites.verifiers.drawn import drawn, signed_inside
from skillmark.suites.verifiers.samples import P384, SELECTIVE, Kind, encoded, proved, written
from skillmark.wire.asking.verifiers import Verdict
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import Documents, Policy

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.strategies.credentials_rewrites import Rewrite
    from skillmark.suites.verifiers.evidence import Evidence
    from skillmark.suites.verifiers.samples import Record, Sample
    from skillmark.wire.asking.verifiers import Answer

EMBEDDED, TOKEN, ENDORSEMENT = "OB30-R-114", "OB30-R-105", "OB30-R-132"
ANY_PROOF, DIDS = "OB30-R-088", "OB30-R-116"
_OF_RSA = "Keys are known by DIDs here, with RSA by did:jwk, and no verifier has to know it (OB30-R-116)."
_OF_P384 = "The cryptosuite has keys of P-256 and P-384 (ECDSA Cryptosuites 1.0, 3.1); which of them was claimed is not stated."
_OF_EXTENSIONS = (
    "An application may refuse contexts that it does not know (VC Data Model 2.0, 4.3), also within the credential."
)


def requirement_of(sample: Sample) -> str:
    """Return the requirement by which a healthy sample is verified."""
    if sample.kind is Kind.ENDORSEMENT:
        return ENDORSEMENT
    return TOKEN if sample.is_token else EMBEDDED


def every_format_and_kind(evidence: Evidence) -> Iterator[Observation]:
    """Every format and kind that the product claims is accepted when nothing is wrong.

    Raises:
        CannotTell: The product did not answer.
    """
    hindrance = ""
    for sample in evidence.samples:
        answer = evidence.healthy(sample)
        dispute = _OF_RSA if "RS256" in sample.form else _OF_P384 if sample.form == P384 else ""
        finding = _unless_accepted(evidence, sample, answer, what="a healthy credential", dispute=dispute)
        if finding is None:
            hindrance = hindrance or f"{sample.name}: {answer.says}."
        else:
            yield finding
    if hindrance:
        raise CannotTell(hindrance)


def keys_by_did(evidence: Evidence) -> Iterator[Observation]:
    """Keys that are known by DIDs are found."""
    for sample in evidence.samples:
        answer = evidence.healthy(sample)
        if answer.verdict is Verdict.ACCEPTED:
            yield Held(evidence=(answer.exchange,))


def several_proofs(evidence: Evidence) -> Iterator[Observation]:
    """A credential with two good proofs is accepted.

    Raises:
        NotApplicable: No embedded format is claimed.
        Untested: No healthy credential with an embedded proof is accepted.
    """
    for sample in _accepted(evidence, in_tokens=False):
        twice = proved(sample.signed(), sample.form, sample.issuer, created="2025-01-03T00:00:00Z")
        answer = evidence.answer(written(twice))
        finding = _unless_accepted(evidence, sample, answer, what="a credential with two good proofs", of=ANY_PROOF)
        if finding is not None:
            yield finding


def drawn_proofs(evidence: Evidence) -> Iterator[Observation]:
    """Drawn credentials of all classes with an embedded proof are accepted.

    Raises:
        NotApplicable: No embedded format is claimed.
        Untested: No healthy credential with an embedded proof is accepted.
    """
    yield from _drawn(evidence, in_tokens=False)


def drawn_tokens(evidence: Evidence) -> Iterator[Observation]:
    """Drawn credentials of all classes as tokens are accepted.

    Raises:
        NotApplicable: No token is claimed.
        Untested: No healthy token is accepted.
    """
    yield from _drawn(evidence, in_tokens=True)


def rewritten_proofs(evidence: Evidence) -> Iterator[Observation]:
    """What says the same in other JSON gets the same answer, with the proof that it had or a new one.

    Raises:
        NotApplicable: No embedded format is claimed.
        Untested: No healthy credential with an embedded proof is accepted.
    """
    for sample in _accepted(evidence, in_tokens=False):
        if "rdfc" in sample.form and _has_statements_inside(sample):
            for rewrite in rewrites(sample.signed()):
                if rewrite.keeps_statements:
                    yield from _rewritten(evidence, sample, rewrite, written(rewrite.document))
        for rewrite in rewrites(sample.draft()):
            if not rewrite.keeps_statements and sample.kind in {Kind.ACHIEVEMENT, Kind.ENDORSEMENT}:
                yield from _rewritten(evidence, sample, rewrite, sample.secured(rewrite.document))


def _has_statements_inside(sample: Sample) -> bool:
    """Tell whether proofs inside hold still when the JSON changes, and the statements do not."""
    return sample.kind in {Kind.ACHIEVEMENT, Kind.ENDORSEMENT} or "rdfc" in sample.inner_form


def rewritten_tokens(evidence: Evidence) -> Iterator[Observation]:
    """What says the same in other JSON gets the same answer as a token.

    Raises:
        NotApplicable: No token is claimed.
        Untested: No healthy token is accepted.
    """
    for sample in _accepted(evidence, in_tokens=True):
        for rewrite in rewrites(sample.draft()):
            is_alone = sample.kind in {Kind.ACHIEVEMENT, Kind.ENDORSEMENT}
            if is_alone or (rewrite.keeps_statements and _has_statements_inside(sample)):
                yield from _rewritten(evidence, sample, rewrite, sample.secured(rewrite.document))


def same_answer_twice(evidence: Evidence) -> Iterator[Observation]:
    """The same credential gets the same answer when it is asked about again."""
    for sample in evidence.samples:
        texts = [sample.healthy, _spoilt(sample)]
        for text in texts:
            before, after = evidence.answer(text), evidence.answer_again(text)
            if Verdict.NEITHER in {before.verdict, after.verdict}:
                # That it did not answer is told by other checks.
                continue
            if before.verdict is after.verdict:
                yield Held(evidence=(before.exchange, after.exchange))
                continue
            yield Finding(
                requirement=requirement_of(sample),
                expected="the same answer to the same credential",
                actual=f"{before.verdict.value} at first ({before.says}), and then {after.verdict.value} ({after.says})",
                evidence=(before.exchange, after.exchange),
            )


def _spoilt(sample: Sample) -> str:
    if not sample.is_token:
        return written(sample.signed() | {"name": "The better badge"})
    header, _, signature = sample.healthy.split(".")
    payload = sample.payload() | {"name": "The better badge"}
    return f"{header}.{encoded(payload)}.{signature}"


# Drawn credentials


def _drawn(evidence: Evidence, *, in_tokens: bool) -> Iterator[Observation]:
    """Ask about drawn credentials; of those that are not accepted the smallest that can be found is told."""
    samples = [each for each in _accepted(evidence, in_tokens=in_tokens) if each.kind is not Kind.ENDORSED]
    context = evidence.context

    def judge(case: tuple[Sample, Record]) -> Iterator[Observation]:
        sample, credential = case
        text = sample.secured(signed_inside(credential, sample))
        answer, what = evidence.answer(text), "a drawn credential"
        dispute = _remark(text, context.clock.now()) if answer.verdict is not Verdict.ACCEPTED else ""
        observed = _unless_accepted(evidence, sample, answer, what=what, dispute=dispute)
        if observed is not None:
            yield observed

    yield from explore(drawn(samples), judge, depth=context.depth, seed=context.seed_of(f"verifiers.drawn {in_tokens}"))


def _remark(text: str, now: datetime.datetime) -> str:
    """Return what the verifier of the reference remarks on a credential: whoever is stricter may refuse it for that."""
    documents = Documents(clock=SystemClock(), policy=Policy(offline=True))
    found = verify(text, documents=documents, now=now)
    steps = [step for each in found.walk() for step in each.with_outcome(Outcome.WARNED)]
    remarks = [
        *found.problems,
        *(each for step in steps if step.subject is not Subject.TOKEN_HEADER for each in step.problems),
    ]
    return f"Who is strict may refuse it: {remarks[0]}." if remarks else ""


def _rewritten(evidence: Evidence, sample: Sample, rewrite: Rewrite, text: str) -> Iterator[Observation]:
    answer = evidence.answer(text)
    dispute = _OF_EXTENSIONS if "extension" in rewrite.name else ""
    what = f"the same credential with {rewrite.name}"
    finding = _unless_accepted(evidence, sample, answer, what=what, dispute=dispute)
    if finding is not None:
        yield finding


def _accepted(evidence: Evidence, *, in_tokens: bool) -> list[Sample]:
    mine = [each for each in evidence.samples if each.is_token is in_tokens and each.form != SELECTIVE]
    if not mine:
        what = "token" if in_tokens else "embedded proof over a whole credential"
        raise NotApplicable(f"The product claims no {what}.")
    found = [each for each in mine if evidence.healthy(each).verdict is Verdict.ACCEPTED]
    if not found:
        answer = evidence.healthy(mine[0])
        raise Untested(f"No healthy one was accepted. {mine[0].name}: {answer.says}.")
    return found


def _unless_accepted(
    evidence: Evidence, sample: Sample, answer: Answer, *, what: str, of: str = "", dispute: str = ""
) -> Observation | None:
    """Return a finding unless a credential was accepted; nothing where no answer came."""
    if answer.verdict is Verdict.ACCEPTED:
        return Held(evidence=(answer.exchange,))
    if answer.verdict is Verdict.NEITHER and evidence.exchanges[answer.exchange].trouble is not None:
        return None
    before = evidence.healthy(sample).exchange
    return Finding(
        requirement=of or requirement_of(sample),
        expected=f"{what} is accepted ({sample.name})",
        actual=f"it was {answer.verdict.value} ({answer.says})",
        evidence=tuple(dict.fromkeys((answer.exchange, before))),
        dispute=dispute,
    )
