"""What the verifier decides by itself: a step of its algorithm, under the requirement of whoever made the credential."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

from skillmark.suites.credentials.shown import JUDGED
from skillmark.suites.credentials.sightings import RULES, Rule
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.suites.credentials.evidence import Evidence
    from skillmark.suites.credentials.sightings import Sighting

_CLR = frozenset({CredentialKind.CLR})
_ACHIEVEMENT = frozenset({CredentialKind.ACHIEVEMENT})
#: Name, requirements, kinds, subjects.
_STEPS = (
    ("contexts.safe_expansion", "OB30-R-062 CLR20-R-009", JUDGED, (Subject.EXPANSION,)),
    ("serialization.nothing_is_empty", "OB30-R-056", JUDGED, (Subject.EMPTY_VALUES,)),
    ("identifiers.recipient", "OB30-R-030", _ACHIEVEMENT, (Subject.SUBJECT_IDENTIFIED,)),
    ("identifiers.learner", "CLR20-R-013", _CLR, (Subject.SUBJECT_IDENTIFIED,)),
    ("types.badge", "OB30-R-031", frozenset({CredentialKind.ACHIEVEMENT, CredentialKind.OTHER}), (Subject.TYPE,)),
    ("types.endorsement", "OB30-R-033", frozenset({CredentialKind.ENDORSEMENT}), (Subject.TYPE,)),
    ("types.record", "CLR20-R-006", frozenset({*_CLR, CredentialKind.OTHER}), (Subject.TYPE,)),
    ("bundles.same_learner", "CLR20-R-018", _CLR, (Subject.SAME_LEARNER,)),
    ("bundles.association_ends", "CLR20-R-020", _CLR, (Subject.ASSOCIATION_ENDS,)),
    ("bundles.associations_agree", "CLR20-R-021", _CLR, (Subject.ASSOCIATION_SENSE,)),
    ("proofs.proof_is_there", "OB30-R-085", JUDGED, (Subject.PROOF_PRESENT, Subject.PROOF_KEY, Subject.PROOF)),
    ("proofs.purpose", "OB30-R-044", JUDGED, (Subject.PROOF_PURPOSE,)),
    ("proofs.controller", "OB30-R-118", JUDGED, (Subject.CONTROLLER,)),
)
_ABSENT = "No credential that was handed in shows it."
#: Requirements on results and their descriptions, under which the verifier files its problems.
_RESULTS = {
    "OB30-R-035": ("results.status_is_told", ("Result",)),
    "OB30-R-036": ("results.description_is_known", ("Result",)),
    "OB30-R-037": ("results.achieved_level_is_known", ("Result",)),
    "OB30-R-038": ("results.required_level_is_known", ("ResultDescription",)),
    "OB30-R-039": ("results.required_value_is_allowed", ("ResultDescription",)),
}
_MEMBERS = {
    "OB30-R-036": "resultDescription",
    "OB30-R-037": "achievedLevel",
    "OB30-R-038": "requiredLevel",
    "OB30-R-039": "requiredValue",
}


def _said(evidence: Evidence, *, kinds: frozenset[CredentialKind], subjects: tuple[Subject, ...]) -> Iterator[Sighting]:
    for each in evidence.of(*kinds):
        # In a record any Verifiable Credential may be a member.
        if each.kind is not CredentialKind.OTHER or each.holder is None:
            yield from each.said(*subjects)
    if Subject.TYPE in subjects and CredentialKind.OTHER in kinds:
        # What is no credential at all has no type either.
        yield from evidence.unread()


def _results(evidence: Evidence, *, requirement: str, classes: tuple[str, ...]) -> Iterator[Sighting]:
    """Yield what the verifier says of results under one requirement; it names the requirement with each problem."""
    member = _MEMBERS.get(requirement)
    for each in evidence.of(CredentialKind.ACHIEVEMENT):
        steps = list(each.steps(Subject.RESULTS))
        problems = [problem for step in steps for problem in step.problems if problem.clause == requirement]
        yield from (each.told(problem) for problem in problems)
        told = any(step.outcome is not Outcome.NOT_APPLICABLE for step in steps)
        if told and not problems:
            shown = [node for node in each.nodes_of(*classes) if member is None or member in node.value]
            yield from (each.holds() for _ in shown)


for _name, _requirements, _kinds, _subjects in _STEPS:
    for _requirement in _requirements.split():
        _look = functools.partial(_said, kinds=_kinds, subjects=_subjects)
        RULES.add(_requirement, Rule(name=_name, look=_look, absent=_ABSENT))
for _requirement, (_name, _classes) in _RESULTS.items():
    _look = functools.partial(_results, requirement=_requirement, classes=_classes)
    RULES.add(_requirement, Rule(name=_name, look=_look, absent=_ABSENT))
