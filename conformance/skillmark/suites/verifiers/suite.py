"""The suite of verifiers: what they accept, what they refuse, and what a run does not ask yet."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.engine import Suite
from skillmark.suites.verifiers import (  # noqa: F401 - declare the defects
    accepting,
    contents,
    embedded_proofs,
    inner_credentials,
    tokens,
)
from skillmark.suites.verifiers.defects import DEFECTS
from skillmark.suites.verifiers.evidence import Evidence
from skillmark.wire.verifiers import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.verifiers.defects import Defect
    from skillmark.suites.verifiers.samples import Sample

_UNCLEAR = "It was not accepted; whether it was refused, or the product failed, cannot be told from the answer."
_HOLE = "this is a security hole"
_SERVING = "A run would have to serve {what}, and does not do so yet."
_LISTS, _SCHEMAS, _NEWER = "status lists", "schemas", "newer credentials"
_RECIPIENTS = "A run would have to say whose credential it should be, for which verifiers have no common interface."
_IMAGES = "A run sends no images yet."
_OLD = "A run asks about credentials of data model 2.0 only, yet."
#: Why requirements are not decided.
_NOT_ASKED = {
    "OB30-R-079": _IMAGES,
    "OB30-R-084": _IMAGES,
    "OB30-R-111": _OLD,
    "OB30-R-133": _OLD,
    "OB30-R-115": _SERVING.format(what="keys"),
    "OB30-R-120": _SERVING.format(what="key sets"),
    "OB30-R-121": _SERVING.format(what=_SCHEMAS),
    "OB30-R-124": _SERVING.format(what=_NEWER),
    "OB30-R-125": _SERVING.format(what=_NEWER),
    "OB30-R-126": _SERVING.format(what=_NEWER),
    "OB30-R-127": _SERVING.format(what=_LISTS),
    **{f"OB30-R-{number}": _RECIPIENTS for number in (130, 134, 135, 136, 137, 138)},
}


def _refused(evidence: Evidence, *, defect: Defect) -> Iterator[Observation]:
    """Yield what became of a defect in every sample that can have it, and that is accepted without it.

    Raises:
        NotApplicable: The product claims nothing that can have it.
        Untested: Nothing that can have it is accepted without it.
        CannotTell: The product did not answer.
    """
    mine = [each for each in evidence.samples if defect.exists_in(each)]
    if not mine:
        raise NotApplicable("The product claims no format and kind in which this can be wrong.")
    healthy = [each for each in mine if evidence.healthy(each).verdict is Verdict.ACCEPTED]
    if not healthy:
        raise Untested(
            f"Refusing means nothing where the healthy one is not accepted: {_not_accepted(evidence, mine)}."
        )
    hindrance = ""
    for sample in healthy:
        observed = _observed(evidence, defect, sample)
        if isinstance(observed, str):
            hindrance = hindrance or observed
        else:
            yield observed
    if hindrance:
        raise CannotTell(hindrance)


def _not_accepted(evidence: Evidence, samples: list[Sample]) -> str:
    return "; ".join(f"{each.name}, {evidence.healthy(each).says}" for each in samples[:3])


def _observed(evidence: Evidence, defect: Defect, sample: Sample) -> Observation | str:
    """Return what the answer to a defective credential shows, or why it shows nothing."""
    answer = evidence.answer(defect.make(sample))
    evidence.count(defect, sample, is_accepted=answer.verdict is Verdict.ACCEPTED)
    shown = (answer.exchange, evidence.healthy(sample).exchange)
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
        dispute=dispute,
    )


def _not_asked(_: Evidence, *, reason: str) -> Iterator[Observation]:
    """Decide nothing.

    Raises:
        Untested: Always, with the reason.
    """
    yield from ()
    raise Untested(reason)


def _suite() -> Suite:
    suite = Suite(catalogue_id="open_badges", gather=Evidence)
    both = (accepting.EMBEDDED, accepting.TOKEN)
    embedded, tokens_too = (accepting.EMBEDDED, accepting.ENDORSEMENT), (accepting.TOKEN, accepting.ENDORSEMENT)
    suite.add("accepting.every_format_and_kind", (*both, accepting.ENDORSEMENT), accepting.every_format_and_kind)
    suite.add("accepting.keys_by_did", (accepting.DIDS,), accepting.keys_by_did)
    suite.add("accepting.several_proofs", (accepting.ANY_PROOF,), accepting.several_proofs)
    suite.add("accepting.drawn_proofs", embedded, accepting.drawn_proofs)
    suite.add("accepting.drawn_tokens", tokens_too, accepting.drawn_tokens)
    suite.add("accepting.rewritten_proofs", embedded, accepting.rewritten_proofs)
    suite.add("accepting.rewritten_tokens", tokens_too, accepting.rewritten_tokens)
    for name, defect in DEFECTS.by_name.items():
        title = f"It is refused that {defect.says}."
        suite.add(name, defect.requirements, functools.partial(_refused, defect=defect), title=title)
    suite.add("steadiness.same_answer_twice", (*both, accepting.ENDORSEMENT), accepting.same_answer_twice)
    for identifier, reason in _NOT_ASKED.items():
        title = f"Not asked yet: {suite.catalogue.requirements[identifier].says}"
        function = functools.partial(_not_asked, reason=reason)
        suite.add(f"not_asked.{identifier}", (identifier,), function, title=title)
    return suite


SUITE = _suite()
