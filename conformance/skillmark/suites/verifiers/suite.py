"""The suite of verifiers: what they accept, what they refuse, and what a run does not ask yet."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.core.results import Cell
from skillmark.engine import Suite
from skillmark.suites.verifiers import (  # noqa: F401 - declare the defects
    accepting,
    contents,
    embedded_proofs,
    fetching,
    inner_credentials,
    named_documents,
    old_model,
    pictures,
    published_keys,
    recipients,
    refreshing,
    selective_proofs,
    statuses,
    tokens,
)
from skillmark.suites.verifiers.defects import DEFECTS
from skillmark.suites.verifiers.evidence import Evidence
from skillmark.wire.asking.verifiers import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.verifiers.defects import Defect
    from skillmark.suites.verifiers.samples import Sample
    from skillmark.wire.asking.verifiers import Answer

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


def _became(evidence: Evidence, answer: Answer) -> Cell:
    match answer.verdict:
        case Verdict.ACCEPTED:
            return Cell.ACCEPTED
        case Verdict.REFUSED:
            return Cell.REFUSED
        case Verdict.NEITHER:
            return Cell.UNTESTED if evidence.exchanges[answer.exchange].trouble is not None else Cell.UNCLEAR


def _observed(evidence: Evidence, defect: Defect, sample: Sample) -> Observation | str:
    """Return what the answer to a defective credential shows, or why it shows nothing."""
    before = evidence.twin(defect, sample)
    answer = evidence.answer(defect.make(sample))
    evidence.count(defect, sample, _became(evidence, answer))
    shown = (answer.exchange, before.exchange)
    if answer.verdict is Verdict.REFUSED:
        return Held(evidence=shown)
    dispute = defect.dispute_for(sample.kind)
    actual = f"it was accepted ({answer.says})" + (f": {_HOLE}" if defect.is_hole else "")
    if answer.verdict is Verdict.NEITHER:
        if evidence.exchanges[answer.exchange].trouble is not None:
            return f"{sample.name}: {answer.says}."
        dispute, actual = _UNCLEAR, f"neither accepted nor refused ({answer.says})"
    return Finding(
        requirement=defect.requirement_for(sample.kind),
        expected=f"it is refused that {defect.says} ({sample.name})",
        actual=actual,
        evidence=shown,
        cause=defect.name,
        dispute=dispute,
    )


def _suite() -> Suite:
    suite = Suite(catalogue_id="open_badges", gather=Evidence)
    both = (accepting.EMBEDDED, accepting.TOKEN)
    embedded, tokens_too = (accepting.EMBEDDED, accepting.ENDORSEMENT), (accepting.TOKEN, accepting.ENDORSEMENT)
    suite.add("accepting.every_format_and_kind", (*both, accepting.ENDORSEMENT), accepting.every_format_and_kind)
    suite.add("accepting.keys_by_did", (accepting.DIDS,), accepting.keys_by_did)
    suite.add("fetching.keys", (published_keys.ADDRESSES,), fetching.keys)
    suite.add("fetching.key_sets", (published_keys.KEY_SETS,), fetching.key_sets)
    suite.add("fetching.dids", (published_keys.DIDS,), fetching.dids)
    suite.add("fetching.lists", ("OB30-R-127",), fetching.lists)
    suite.add("fetching.schemas", (named_documents.SCHEMAS,), fetching.schemas)
    suite.add("fetching.extensions", (accepting.EMBEDDED,), fetching.extensions)
    suite.add("fetching.newer_copies", (refreshing.NEWER,), fetching.newer_copies)
    suite.add("fetching.proof_before_refresh", (refreshing.ORDER,), fetching.proof_before_refresh)
    suite.add("fetching.refreshed_once", (refreshing.ONCE,), fetching.refreshed_once)
    suite.add("old_model.tokens_of_both_models", (old_model.TOKENS,), old_model.tokens_of_both_models)
    suite.add("old_model.periods", (old_model.PERIODS,), old_model.periods)
    suite.add("pictures.png_images", (pictures.PNG_EXTRACTING,), pictures.png_images)
    suite.add("pictures.svg_images", (pictures.SVG_EXTRACTING,), pictures.svg_images)
    suite.add("accepting.several_proofs", (accepting.ANY_PROOF,), accepting.several_proofs)
    suite.add("accepting.drawn_proofs", embedded, accepting.drawn_proofs)
    suite.add("accepting.drawn_tokens", tokens_too, accepting.drawn_tokens)
    suite.add("accepting.rewritten_proofs", embedded, accepting.rewritten_proofs)
    suite.add("accepting.rewritten_tokens", tokens_too, accepting.rewritten_tokens)
    for name, defect in DEFECTS.by_name.items():
        title = f"It is refused that {defect.says}."
        suite.add(name, defect.requirements, functools.partial(_refused, defect=defect), title=title)
    suite.add("steadiness.same_answer_twice", (*both, accepting.ENDORSEMENT), accepting.same_answer_twice)
    for identifier, title in recipients.TITLES.items():
        function = functools.partial(recipients.recipients, requirement=identifier)
        suite.add(f"recipients.{identifier}", (identifier,), function, title=title)
    return suite


SUITE = _suite()
