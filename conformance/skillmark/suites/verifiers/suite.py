"""The suites of verifiers: what they accept, and what they refuse, under the requirements of each catalogue."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.core.results import Cell
from skillmark.engine import Observation, Suite, title_of
from skillmark.suites.repeating import Question, ask
from skillmark.suites.verifiers import (  # noqa: F401 - declare the defects
    accepting,
    contents,
    embedded_proofs,
    fetching,
    inner_credentials,
    members,
    named_documents,
    nesting,
    old_model,
    pictures,
    placed_endorsements,
    proof_options,
    proof_values,
    published_keys,
    recipients,
    record_endorsements,
    refreshing,
    selective_proofs,
    shared_keys,
    status_entries,
    statuses,
    tokens,
    unsigned_terms,
)
from skillmark.suites.verifiers.defects import DEFECTS
from skillmark.suites.verifiers.evidence import Evidence
from skillmark.wire.asking.verifiers import Verdict

if TYPE_CHECKING:
    from skillmark.engine import RunContext
    from skillmark.suites.verifiers.defects import Defect
    from skillmark.suites.verifiers.samples import Sample
    from skillmark.suites.verifiers.scopes import Scope
    from skillmark.wire.asking.verifiers import Answer

_Function = Callable[[Evidence], Iterator[Observation]]

_UNCLEAR = "It was not accepted; whether it was refused, or the product failed, cannot be told from the answer."
_HOLE = "this is a security hole"


def _refused(evidence: Evidence, *, defect: Defect) -> Iterator[Observation]:
    """Yield what became of a defect in every sample that can have it, and that is accepted without it.

    Raises:
        NotApplicable: The product claims nothing that can have it.
        Untested: Nothing that can have it is accepted without it.
        CannotTell: The product did not answer.
    """
    mine = _samples(evidence, defect)
    healthy = [each for each in mine if evidence.twin(defect, each).verdict is Verdict.ACCEPTED]
    if defect.is_published and not evidence.is_fetching:
        healthy = []
    for sample in mine:
        if sample not in healthy:
            evidence.count(defect, sample, Cell.UNTESTED)
    if defect.is_published and not evidence.is_fetching:
        raise Untested(evidence.unreached)
    if not healthy:
        told = _not_accepted(evidence, defect, mine)
        raise Untested(f"Refusing means nothing where the healthy one is not accepted: {told}.")
    hindrance = ""
    for sample in healthy:
        observed = _observed(evidence, defect, sample)
        if isinstance(observed, str):
            hindrance = hindrance or observed
        elif isinstance(observed, Held) and sample is not healthy[0]:
            # One refusal shows a pass; hundreds would only make the report longer.
            yield Held()
        else:
            yield observed
    if hindrance:
        raise CannotTell(hindrance)


def _samples(evidence: Evidence, defect: Defect) -> list[Sample]:
    if defect.needs and defect.needs not in evidence.statuses:
        raise NotApplicable(f"The product does not claim to know the status {defect.needs}.")
    mine = [each for each in evidence.samples if defect.exists_in(each)]
    if not mine:
        raise NotApplicable("The product claims no format and kind in which this can be wrong.")
    return mine


def _not_accepted(evidence: Evidence, defect: Defect, samples: list[Sample]) -> str:
    return "; ".join(f"{each.name}, {evidence.twin(defect, each).says}" for each in samples[:3])


def _became(evidence: Evidence, defect: Defect, answer: Answer, before: Answer) -> Cell:
    match answer.verdict:
        case Verdict.ACCEPTED:
            is_told = defect.may_be_told and evidence.is_other(answer, before)
            return Cell.TOLD if is_told else Cell.ACCEPTED
        case Verdict.REFUSED:
            return Cell.REFUSED
        case Verdict.NEITHER:
            return Cell.UNTESTED if evidence.exchanges[answer.exchange].trouble is not None else Cell.UNCLEAR


def _hidden(evidence: Evidence, defect: Defect, sample: Sample, answer: Answer) -> str:
    """Return why nobody can tell whether an acceptance came with a remark; empty where it can be told."""
    if evidence.is_by_hand:
        return "nobody was asked"
    before = evidence.twin(defect, sample)
    if evidence.is_other(answer, before) and evidence.is_other(evidence.answer_again(defect.healthy(sample)), before):
        return "its answers to one and the same credential differ"
    return ""


def _observed(evidence: Evidence, defect: Defect, sample: Sample) -> Observation | str:
    """Return what the answer to a defective credential shows, or why it shows nothing."""
    before = evidence.twin(defect, sample)
    answer = evidence.answer(defect.make(sample))
    if answer.verdict is Verdict.ACCEPTED and defect.may_be_told and (why := _hidden(evidence, defect, sample, answer)):
        return f"{sample.name}: it was accepted; whether the product says that {defect.says}, cannot be told: {why}."
    became = _became(evidence, defect, answer, before)
    evidence.count(defect, sample, became)
    shown = (answer.exchange, before.exchange)
    if became in {Cell.REFUSED, Cell.TOLD}:
        return Held(evidence=shown)
    if became is Cell.UNTESTED:
        return f"{sample.name}: {answer.says}."
    dispute = defect.dispute_for(sample.kind)
    actual = f"it was accepted ({answer.says})" + (f": {_HOLE}" if defect.is_hole else "")
    if became is Cell.UNCLEAR:
        dispute, actual = _UNCLEAR, f"neither accepted nor refused ({answer.says})"
    expected = f"it is refused that {defect.says}" + (", or told" if defect.may_be_told else "")
    return Finding(
        requirement=defect.requirement_for(sample.kind),
        expected=f"{expected} ({sample.name})",
        actual=actual,
        evidence=shown,
        cause=defect.name,
        dispute=dispute,
    )


# What is asked


_BOTH = (accepting.EMBEDDED, accepting.TOKEN)
#: Checks, with the requirements of Open Badges that each decides, or of CLR where only that has it; defects come between.
_BEFORE: tuple[tuple[str, tuple[str, ...], _Function], ...] = (
    ("accepting.every_format_and_kind", (*_BOTH, accepting.ENDORSEMENT), accepting.every_format_and_kind),
    ("accepting.keys_by_did", (accepting.DIDS,), accepting.keys_by_did),
    ("fetching.keys", (published_keys.ADDRESSES,), fetching.keys),
    ("fetching.key_sets", (published_keys.KEY_SETS,), fetching.key_sets),
    ("fetching.dids", (published_keys.DIDS,), fetching.dids),
    ("fetching.lists", ("OB30-R-127",), fetching.lists),
    ("fetching.schemas", (named_documents.SCHEMAS,), fetching.schemas),
    ("fetching.extensions", (accepting.EMBEDDED,), fetching.extensions),
    ("fetching.newer_copies", (refreshing.NEWER,), fetching.newer_copies),
    ("fetching.proof_before_refresh", (refreshing.ORDER,), fetching.proof_before_refresh),
    ("fetching.refreshed_once", (refreshing.ONCE,), fetching.refreshed_once),
    ("old_model.tokens_of_both_models", (old_model.TOKENS,), old_model.tokens_of_both_models),
    ("old_model.periods", (old_model.PERIODS,), old_model.periods),
    ("pictures.png_images", (pictures.PNG_EXTRACTING,), pictures.png_images),
    ("pictures.svg_images", (pictures.SVG_EXTRACTING,), pictures.svg_images),
    ("accepting.several_proofs", (accepting.ANY_PROOF,), accepting.several_proofs),
    ("accepting.drawn_proofs", (accepting.EMBEDDED, accepting.ENDORSEMENT), accepting.drawn_proofs),
    ("accepting.drawn_tokens", (accepting.TOKEN, accepting.ENDORSEMENT), accepting.drawn_tokens),
    ("accepting.rewritten_proofs", (accepting.EMBEDDED, accepting.ENDORSEMENT), accepting.rewritten_proofs),
    ("accepting.rewritten_tokens", (accepting.TOKEN, accepting.ENDORSEMENT), accepting.rewritten_tokens),
    ("members.each_of_several", (members.EACH,), members.each_of_several),
    ("record_endorsements.every_place", (record_endorsements.VERIFIED,), record_endorsements.every_place),
    ("nesting.records_in_records", (nesting.NESTED,), nesting.records_in_records),
)
_AFTER: tuple[tuple[str, tuple[str, ...], _Function], ...] = (
    ("steadiness.same_answer_twice", (*_BOTH, accepting.ENDORSEMENT), accepting.same_answer_twice),
)


def suite_for(scope: Scope) -> Suite:
    """Return the suite of a catalogue; what CLR repeats of Open Badges is asked in the same way, about records."""

    def gather(context: RunContext) -> Evidence:
        return Evidence(context, scope)

    suite = Suite(catalogue_id=scope.catalogue_id, gather=gather)
    for question in _questions(scope):
        function = functools.partial(_within, scope=scope, function=question.function)
        ask(suite, dataclasses.replace(question, function=function), scope.in_other_words)
    return suite


def _questions(scope: Scope) -> Iterator[Question]:
    for name, requirements, function in _BEFORE:
        yield Question(name=name, title=title_of(function), requirements=requirements, function=function)
    for defect in DEFECTS.within(scope):
        yield Question(
            name=defect.name,
            title=f"It is refused that {defect.says}.",
            requirements=defect.requirements,
            function=functools.partial(_refused, defect=defect),
        )
    for name, requirements, function in _AFTER:
        yield Question(name=name, title=title_of(function), requirements=requirements, function=function)
    for identifier, title in recipients.TITLES.items():
        yield Question(
            name=f"recipients.{identifier}",
            title=title,
            requirements=(identifier,),
            function=functools.partial(recipients.recipients, requirement=identifier),
        )


def _within(evidence: Evidence, *, scope: Scope, function: _Function) -> Iterator[Observation]:
    """Yield what a check observes, with the reasons for which it only warns in a plan."""
    for observation in function(evidence):
        if isinstance(observation, Finding):
            dispute = observation.dispute or scope.disputes.get(observation.requirement, "")
            yield dataclasses.replace(observation, dispute=dispute)
        else:
            yield observation
