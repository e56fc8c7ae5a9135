"""Verifiers that pass over one detail: of how a proof is written, of what is signed, of whose a key is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.faults.verifiers.products import Asked, VerifierProduct, vc_api
from skillmark_reference.credentials.requirements import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.verifiers.products import Complaint

_PROOF, _TOKEN, _SATISFIED, _STATUS = "OB30-R-114", "OB30-R-105", "OB30-R-123", "OB30-R-127"
_UNSIGNED = "What nobody signed is shown as verified."
_FORGED = "Somebody else can issue in the name of an issuer."
_SLOPPY = "What one verifier takes another one refuses."
_V2 = "https://www.w3.org/ns/credentials/v2"


def _passing(
    name: str,
    *requirements: str,
    effect: str,
    over: Callable[[Asked, Complaint], bool] | tuple[str, ...],
    only_badges: bool = False,
) -> VerifierProduct:
    """Return a product that accepts whatever has such a problem, or one in words like these."""

    def is_passed(asked: Asked, complaint: Complaint) -> bool:
        if isinstance(over, tuple):
            return any(part in complaint.problem.message for part in over)
        return over(asked, complaint)

    def accepts(asked: Asked) -> bool:
        return not any(asked.complaints) or any(is_passed(asked, each) for each in asked.complaints)

    return VerifierProduct(
        name=name,
        effect=effect,
        requirements=requirements,
        make=lambda: accepts,
        says=vc_api,
        only_badges=only_badges,
    )


def _issuer(asked: Asked) -> str:
    issuer = asked.content.get("issuer")
    return str(issuer.get("id") if isinstance(issuer, dict) else issuer)


def _begins_alike(asked: Asked, complaint: Complaint) -> bool:
    proof = asked.document.get("proof")
    method = proof.get("verificationMethod") if isinstance(proof, dict) else None
    is_other = complaint.subject is Subject.CONTROLLER and "is controlled by" in complaint.problem.message
    return is_other and str(method).startswith(_issuer(asked))


def _further_back(asked: Asked, complaint: Complaint) -> bool:
    contexts = asked.content.get("@context")
    return complaint.subject is Subject.CONTEXT_ORDER and isinstance(contexts, list) and contexts[0] == _V2


def _at(*parts: str) -> Callable[[Asked, Complaint], bool]:
    """Tell whether a problem is at such a place."""
    return lambda _, complaint: any(part in complaint.problem.pointer for part in parts)


def _named(part: str, *subjects: Subject) -> Callable[[Asked, Complaint], bool]:
    """Tell whether a problem is about a document under such an address."""
    return lambda asked, complaint: (
        complaint.subject in subjects and part in f"{asked.content} {complaint.problem.message}"
    )


_WRITING = (
    _passing("takes-a-proof-without-purpose", _PROOF, effect=_SLOPPY, over=("assertionMethod; found is None",)),
    _passing("takes-chains-without-a-beginning", _PROOF, effect=_SLOPPY, over=("is not among the other proofs",)),
    _passing("reads-the-beginning-of-a-value", _PROOF, effect=_SLOPPY, over=("this one has 66", "this one has 98")),
    _passing("reads-any-base", _PROOF, effect=_SLOPPY, over=("it begins with 'u'",)),
    _passing("reads-der", _PROOF, _TOKEN, effect=_SLOPPY, over=("looks like DER", "has 64 bytes; this one has 7")),
    _passing("takes-any-algorithm", _TOKEN, effect=_SLOPPY, over=("alg 'UH2031'",)),
    _passing("reads-three-parts-of-four", _TOKEN, effect=_SLOPPY, over=lambda asked, _: asked.text.count(".") == 3),
)
_UNSEEN = (
    _passing("ignores-undefined-types", _PROOF, effect=_UNSIGNED, over=("no context defines the type",)),
    _passing("ignores-terms-deep-inside", _PROOF, effect=_UNSIGNED, over=_at("/criteria/"), only_badges=True),
    _passing("ignores-terms-that-are-nothing", _PROOF, effect=_UNSIGNED, over=_at("/@context/")),
    _passing("ignores-relative-identifiers", _PROOF, effect=_UNSIGNED, over=("is no absolute IRI",)),
    _passing("ignores-further-members-of-a-proof", _PROOF, effect=_UNSIGNED, over=_at("/proof/witness")),
    _passing(
        "ignores-endorsements-of-achievements",
        "OB30-R-131",
        effect="A badge can be praised in anybody's name.",
        over=_at("/achievement/endorsement"),
    ),
    _passing(
        "ignores-endorsements-of-issuers",
        "OB30-R-131",
        effect="A school can be praised in anybody's name.",
        over=_at("/issuer/endorsement"),
    ),
    _passing(
        "verifies-the-first-endorsement",
        "OB30-R-131",
        effect="A badge can be praised in anybody's name.",
        over=_at("/endorsement/1"),
        only_badges=True,
    ),
)
_KEYS = (
    _passing("prefers-jwk-to-kid", _TOKEN, effect=_FORGED, over=("the jwk in the header is another key",)),
    _passing("takes-the-word-of-a-key", _SATISFIED, effect=_FORGED, over=_named("/robber", Subject.PROOF_KEY)),
    _passing("compares-beginnings-of-ids", _SATISFIED, effect=_FORGED, over=_begins_alike),
    _passing(
        "takes-the-keys-of-neighbours", "OB30-R-120", effect=_FORGED, over=_named("/of-another", Subject.CONTROLLER)
    ),
)
_TIMES = (
    _passing("takes-nbf-of-another-clock", "OB30-R-108", effect=_SLOPPY, over=("nbf is 2024-12-31T23",)),
    _passing(
        "ends-tokens-with-validUntil",
        "OB30-R-110",
        effect="Tokens end later than they say.",
        over=("and validUntil is",),
    ),
    _passing("reads-exp-as-a-number-only", "OB30-R-110", effect="Tokens never end.", over=("is no number of seconds",)),
    _passing("compares-dates-as-texts", "OB30-R-128", effect="What is to come is taken for valid.", over=("'12026-",)),
    _passing(
        "takes-newer-copies-unseen",
        "OB30-R-125",
        effect="What is over is prolonged by anybody.",
        over=_named("/forged", Subject.EXPIRED),
    ),
)
_OTHERS = (
    _passing(
        "takes-contexts-further-back", "OB30-R-059", effect="The same words mean something else.", over=_further_back
    ),
    _passing(
        "passes-over-lists-of-several-purposes",
        _STATUS,
        effect="What its issuer took back is taken for valid.",
        over=_named("/of-several-purposes", Subject.STATUS),
    ),
)

DETAILS = (*_WRITING, *_UNSEEN, *_KEYS, *_TIMES, *_OTHERS)
#: What the documents leave room for, so that they warn at most.
DETAILS_DISPUTED = (
    _passing("reads-no-date-of-a-proof", _PROOF, effect=_SLOPPY, over=("created is an XML Schema",)),
    _passing(
        "reads-no-controller-of-a-key",
        _SATISFIED,
        effect="A key that is another's signs for an issuer.",
        over=_named("/with-the-key-of-another", Subject.PROOF_KEY),
    ),
    _passing("ignores-critical-extensions", _TOKEN, effect=_SLOPPY, over=("crit names extensions",)),
    _passing("reads-lists-backwards", _STATUS, effect=_SLOPPY, over=("it is '-5'",)),
)
