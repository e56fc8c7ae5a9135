"""What is in the JSON, and in none of the statements that were signed (Data Integrity 1.0, 2.4.1; JSON-LD 1.1 API, 5.1).

All of it is put in after signing. Whoever lets it pass shows as verified what nobody said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.suites.verifiers.defects import DEFECTS, MAIN, over_whole_statements
from skillmark.suites.verifiers.samples import Kind, written
from skillmark_reference.securing.integrity.json_values import as_list

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.suites.verifiers.samples import Sample

_ALGORITHM = "OB30-R-114"


def in_badges(sample: Sample) -> bool:
    """Tell whether an achievement is in it, and its statements are signed."""
    return over_whole_statements(sample) and sample.kind is Kind.ACHIEVEMENT


def _unsigned(
    says: str, *, where: Callable[[Sample], bool] = over_whole_statements
) -> Callable[[Callable[[Sample], str]], Callable[[Sample], str]]:
    return DEFECTS.add(_ALGORITHM, says, where=where, kinds=MAIN, is_hole=True)


@_unsigned("a type that no context defines was added")
def undefined_type(sample: Sample) -> str:
    """Say that the learner is something else, too."""
    document = sample.signed()
    subject = document["credentialSubject"]
    subject["type"] = [*as_list(subject["type"]), "SummaCumLaude"]
    return written(document)


@_unsigned("a term that no context defines was added to something inside of the achievement", where=in_badges)
def undefined_term_deep_inside(sample: Sample) -> str:
    """Add to the criteria what a signature over statements does not see."""
    document = sample.signed()
    document["credentialSubject"]["achievement"]["criteria"]["passMark"] = "100 of 100"
    return written(document)


@_unsigned("a context was added that maps a term to nothing, and a member of that name")
def nullified_term(sample: Sample) -> str:
    """Define a term away, so that it is known and says nothing."""
    document = sample.signed()
    document["@context"].append({"distinction": None})
    document["credentialSubject"]["distinction"] = "summa cum laude"
    return written(document)


@_unsigned("evidence was added whose id is no absolute address, so that nothing is said of it")
def relative_identifier(sample: Sample) -> str:
    """Add evidence, all statements of which are dropped."""
    evidence = [{"id": "evidence-1", "type": ["Evidence"], "name": "The best seam of the year"}]
    return written(sample.signed() | {"evidence": evidence})


@_unsigned("a term that no context defines was added to the proof")
def undefined_member_of_the_proof(sample: Sample) -> str:
    """Say something about the proof that its signature does not see."""
    document = sample.signed()
    document["proof"]["witness"] = "did:example:ministry"
    return written(document)
