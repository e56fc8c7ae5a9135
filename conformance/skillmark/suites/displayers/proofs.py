"""The proofs that a displayer verifies, and how it tells the data model (Certification Guides, Displayer proof mechanisms)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import NotApplicable
from skillmark.suites.displayers.badges import (
    USUAL,
    Badge,
    Model,
    State,
    by_older_suite,
    by_unknown_suite,
    of_model,
)
from skillmark.suites.displayers.states import HOLE
from skillmark.suites.verifiers import old_model
from skillmark.suites.verifiers.comparing import Comparison
from skillmark.suites.verifiers.samples import SELECTIVE, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.displayers.evidence import Evidence

#: Suites from before the Recommendations, with the context that each needs.
_OLDER: tuple[tuple[dict[str, str], tuple[str, ...]], ...] = (
    ({"type": "DataIntegrityProof", "cryptosuite": "eddsa-2022"}, ()),
    ({"type": "Ed25519Signature2020"}, ("https://w3id.org/security/suites/ed25519-2020/v1",)),
)


def suites_of_the_guide(evidence: Evidence) -> Iterator[Observation]:
    """Proofs of the suites of the certification guide are verified: good ones accepted, what was changed after signing refused.

    Raises:
        Untested: A valid one is not accepted, so that refusing says nothing.
        CannotTell: The product did not answer.
    """
    comparison, kind = Comparison(evidence, evidence.duties.proofs), evidence.duties.kind
    # What is in a record has proofs of its own, and selective disclosure cannot have them inside.
    forms = (USUAL, SELECTIVE) if kind is Kind.ACHIEVEMENT else (USUAL,)
    for form in forms:
        valid, spoilt = (Badge(kind=kind, state=each, form=form) for each in (State.VALID, State.TAMPERED))
        yield from comparison.accepts(evidence.made(valid), valid.name)
        if comparison.is_accepted(evidence.made(valid)):
            yield from comparison.refuses(evidence.made(spoilt), spoilt.name, healthy=evidence.made(valid), remark=HOLE)
    comparison.end()


def older_suites(evidence: Evidence) -> Iterator[Observation]:
    """Proofs of older suites are still understood, and a proof of a suite that nobody knows is not taken for verified.

    Raises:
        Untested: A valid one is not accepted, so that refusing says nothing.
        CannotTell: The product did not answer.
    """
    comparison, kind = Comparison(evidence, evidence.duties.older_suites), evidence.duties.kind
    for options, contexts in _OLDER:
        name = options.get("cryptosuite", options["type"])
        yield from comparison.accepts(by_older_suite(kind, options, *contexts), f"{kind.claim} with a proof of {name}")
    healthy = evidence.made(Badge(kind=kind, state=State.VALID))
    unknown = f"{kind.claim} with a proof of a suite that nobody knows"
    yield from comparison.refuses(by_unknown_suite(kind), unknown, healthy=healthy, remark=HOLE)
    comparison.end()


def model_of_tokens(evidence: Evidence) -> Iterator[Observation]:
    """The data model of a token is told by its first context and the claim vc, and a contradiction of the two is refused.

    Raises:
        NotApplicable: No token is claimed.
        Untested: A valid one is not accepted, so that refusing says nothing.
        CannotTell: The product did not answer.
    """
    form, kind = evidence.token_form, evidence.duties.kind
    if not form:
        raise NotApplicable("The product claims no token.")
    comparison = Comparison(evidence, evidence.duties.models)
    new, old = (of_model(kind, form, each) for each in (Model.V2, Model.V1))
    valid_new, valid_old = (old_model.secured(each, form) for each in (new, old))
    for token, model in ((valid_new, "2.0"), (valid_old, "1.1")):
        yield from comparison.accepts(token, f"{kind.claim} as a token of data model {model}")
    yield from comparison.refuses(
        old_model.in_the_claim(new, form), f"{kind.claim} of data model 2.0 in the claim vc", healthy=valid_new
    )
    yield from comparison.refuses(
        old_model.beside_the_claims(old, form), f"{kind.claim} of data model 1.1 beside the claims", healthy=valid_old
    )
    comparison.end()
