"""Records in records, deep ones and such as contain themselves: some answer comes (CLR 2.0, Verification, nesting)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import CannotTell, Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.verifiers.inner_credentials import with_member
from skillmark.suites.verifiers.samples import Kind, Part, member, proved, record, signer_of
from skillmark.wire.asking.verifiers import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.verifiers.evidence import Evidence
    from skillmark.suites.verifiers.samples import Record, Sample

NESTED = "CLR20-R-030"
_LEVELS = 5
#: Levels at which no record is meant, and programs that call themselves come to an end.
_ABYSS = 100


def records_in_records(evidence: Evidence) -> Iterator[Observation]:
    """A record in a record, deep or in itself, is accepted or refused, and the product answers afterwards.

    Raises:
        Untested: No healthy record is accepted.
        CannotTell: The product answers nothing any more.
    """
    samples = [each for each in evidence.samples if each.kind is Kind.CLR and evidence.is_healthy(each)]
    if not samples:
        raise Untested("No healthy record was accepted.")
    for sample in filter(evidence.comes_first, samples):
        for text, what in _nested(sample):
            answer = evidence.answer(text)
            if answer.verdict is not Verdict.NEITHER:
                yield Held(evidence=(answer.exchange,))
                continue
            after = evidence.answer_again(sample.healthy)
            if after.verdict is Verdict.NEITHER:
                raise CannotTell(f"{sample.name}: {after.says}, after {what} had been asked about.")
            yield Finding(
                requirement=NESTED,
                expected=f"{what} is accepted or refused ({sample.name})",
                actual=f"it was neither ({answer.says}), and what was asked afterwards was answered",
                evidence=(answer.exchange, after.exchange),
            )


def _nested(sample: Sample) -> Iterator[tuple[str, str]]:
    yield with_member(sample, _levels(sample, _LEVELS)), f"a record of {_LEVELS} levels"
    yield with_member(sample, _itself(sample)), "a record with one of its own id in it"
    if sample.is_token:
        # Nothing else signs what nobody could read.
        yield with_member(sample, _abyss(sample)), f"a record of {_ABYSS} levels"


def _levels(sample: Sample, number: int) -> Record:
    who, inner = signer_of(sample.inner_form, Part.INNER), member(sample.inner_form, "badge at the bottom")
    for level in range(number, 1, -1):
        inner = proved(record(who.profile, f"record at level {level}", [inner]), sample.inner_form, who)
    return inner


def _itself(sample: Sample) -> Record:
    who = signer_of(sample.inner_form, Part.INNER)
    return proved(sample.draft() | {"issuer": dict(who.profile)}, sample.inner_form, who)


def _abyss(sample: Sample) -> Record:
    who, inner = signer_of(sample.inner_form, Part.INNER), member(sample.inner_form, "badge at the bottom")
    for level in range(_ABYSS, 1, -1):
        inner = record(who.profile, f"record at level {level}", [inner])
    return inner
