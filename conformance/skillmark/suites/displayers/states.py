"""Valid, expired or revoked: the three badges of each data model (Certification Guides, Displayer tests)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.errors import CannotTell
from skillmark.suites.displayers.badges import USUAL, Badge, Container, Model, State
from skillmark.suites.verifiers.comparing import Comparison
from skillmark.suites.verifiers.lists import BITSTRING, OF_1EDTECH
from skillmark.wire.asking.verifiers import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.displayers.evidence import Evidence

HOLE = "it would be taken for valid"
_OF_RSA = "The key is known by a did:jwk here, and no product has to know it (OB30-R-116)."
#: Why a product that does not read the older type of status is warned.
OF_1EDTECH_ONLY = (
    "Since version 1.4 the certification guide takes BitstringStatusListEntry for revocation; 1EdTechRevocationList is of the "
    "versions before, and deprecated since Open Badges 3.0, document version 1.3."
)


def of_model_2(evidence: Evidence) -> Iterator[Observation]:
    """Badges of data model 2.0 are shown as valid, expired or revoked, as they are.

    Raises:
        Untested: The valid ones are not accepted, so that refusing says nothing.
        CannotTell: The product did not answer, or fetches no lists.
    """
    yield from _of_model(evidence, Model.V2, evidence.duties.states)


def of_model_1(evidence: Evidence) -> Iterator[Observation]:
    """Badges of data model 1.1 are shown as valid, expired or revoked, as they are.

    Raises:
        Untested: The valid ones are not accepted, so that refusing says nothing.
        CannotTell: The product did not answer, or fetches no lists.
    """
    yield from _of_model(evidence, Model.V1, evidence.duties.old_states)


def shapes(evidence: Evidence) -> Iterator[tuple[str, Container]]:
    """Yield the formats and containers that a product is asked about: JSON, a token, and images if it reads them."""
    yield USUAL, Container.TEXT
    if evidence.token_form:
        yield evidence.token_form, Container.TEXT
    if evidence.settings.images:
        yield USUAL, Container.PNG
        yield evidence.token_form or USUAL, Container.SVG


def status_of(model: Model) -> str:
    """Return the type of status of what is revoked: the contexts of data model 1.1 know the older one only."""
    return BITSTRING if model is Model.V2 else OF_1EDTECH


def _of_model(evidence: Evidence, model: Model, requirement: str) -> Iterator[Observation]:
    comparison = Comparison(evidence, requirement)
    for form, container in shapes(evidence):
        valid = Badge(kind=evidence.duties.kind, state=State.VALID, form=form, model=model, container=container)
        # That JSON of data model 2.0 is not read at all, is told by the checks of proofs.
        if model is Model.V1 or (form, container) != (USUAL, Container.TEXT):
            dispute = _OF_RSA if form.endswith("RS256") else ""
            yield from comparison.accepts(evidence.made(valid), valid.name, dispute=dispute)
        for state in (State.EXPIRED, State.TAMPERED):
            bad = dataclasses.replace(valid, state=state)
            yield from comparison.refuses(evidence.made(bad), bad.name, healthy=evidence.made(valid), remark=HOLE)
        yield from _revoked(evidence, comparison, valid)
    comparison.end_if_silent()
    if not evidence.may_reach:
        raise CannotTell(evidence.unreached)
    comparison.end()


def _revoked(evidence: Evidence, comparison: Comparison, valid: Badge) -> Iterator[Observation]:
    """Yield whether a badge is refused that is revoked, and not expired; nothing where the product fetches no lists."""
    status = status_of(valid.model)
    revoked = dataclasses.replace(valid, state=State.REVOKED, status=status)
    active = dataclasses.replace(revoked, state=State.ACTIVE, container=Container.TEXT)
    evidence.about(active)
    evidence.about(revoked)
    if evidence.may_reach:
        dispute = "" if status == BITSTRING or _knows_older_lists(evidence) else OF_1EDTECH_ONLY
        yield from comparison.refuses(
            evidence.made(revoked), revoked.name, healthy=evidence.made(active), remark=HOLE, dispute=dispute
        )


def _knows_older_lists(evidence: Evidence) -> bool:
    """Tell whether the product reads the older type of status where it must not, so that it can where it has to."""
    active, revoked = (
        evidence.about(Badge(kind=evidence.duties.kind, state=each, status=OF_1EDTECH))
        for each in (State.ACTIVE, State.REVOKED)
    )
    return active.verdict is Verdict.ACCEPTED and revoked.verdict is Verdict.REFUSED
