"""Verifiers with one rule switched off, and such that answer everything alike."""

from __future__ import annotations

import base64
import json
import random
from typing import TYPE_CHECKING, Any

from skillmark.faults.verifiers.asking import ASKING
from skillmark.faults.verifiers.details import DETAILS, DETAILS_DISPUTED
from skillmark.faults.verifiers.fetching import DISPUTED, FETCHING
from skillmark.faults.verifiers.products import Asked, Complaint, Said, VerifierProduct, vc_api
from skillmark.faults.verifiers.reading import READING
from skillmark.faults.verifiers.records import DISPUTED as DISPUTED_OF_RECORDS
from skillmark.faults.verifiers.records import EACH, RECORDS, mute
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.securing.integrity.json_values import as_list

if TYPE_CHECKING:
    from collections.abc import Callable

_PROOF, _TOKEN, _SATISFIED = "OB30-R-114", "OB30-R-105", "OB30-R-123"
_EVERY = (_PROOF, _TOKEN)
_RETRACTED = "It vouches for what nobody said."


def _forgiving(
    name: str,
    *requirements: str,
    effect: str,
    forgives: Callable[[Asked, Complaint], bool],
    says: Callable[[Asked, bool], Said] = vc_api,
) -> VerifierProduct:
    """Return a product that accepts whatever is wrong in no other way."""

    def accepts(asked: Asked) -> bool:
        return all(forgives(asked, each) for each in asked.complaints)

    return VerifierProduct(name=name, effect=effect, requirements=requirements, make=lambda: accepts, says=says)


def _about(*subjects: Subject) -> Callable[[Asked, Complaint], bool]:
    return lambda _, complaint: complaint.subject in subjects


def _telling(*beginnings: str) -> Callable[[Asked, Complaint], bool]:
    return lambda _, complaint: complaint.problem.message.startswith(beginnings)


def _at(*ends: str) -> Callable[[Asked, Complaint], bool]:
    return lambda _, complaint: complaint.problem.pointer.endswith(ends)


def _of_one_kind(kind: str, *subjects: Subject) -> Callable[[Asked, Complaint], bool]:
    return lambda asked, complaint: asked.verification.kind.value == kind and complaint.subject in subjects


_UNSIGNED = frozenset(
    {Subject.PARSING, *(each for each in Subject if each.name.startswith("TOKEN_")), Subject.CONTROLLER}
)

_FORGIVING = (
    _forgiving(
        "ignores-expiry", "OB30-R-129", effect="What is over is taken for valid.", forgives=_about(Subject.EXPIRED)
    ),
    _forgiving(
        "ignores-the-beginning",
        "OB30-R-128",
        effect="What is not valid yet is taken for valid.",
        forgives=_about(Subject.NOT_YET_VALID),
    ),
    _forgiving(
        "lets-endorsements-expire-never",
        "OB30-R-132",
        effect="An endorsement that is over is taken for valid.",
        forgives=_of_one_kind("EndorsementCredential", Subject.EXPIRED),
    ),
    _forgiving(
        "lets-endorsements-begin-any-time",
        "OB30-R-132",
        effect="An endorsement to come is taken for valid.",
        forgives=_of_one_kind("EndorsementCredential", Subject.NOT_YET_VALID),
    ),
    _forgiving(
        "ignores-the-purpose",
        _PROOF,
        effect="What was signed to log in is taken for an assertion.",
        forgives=_at("/proofPurpose"),
    ),
    _forgiving(
        "ignores-the-end-of-a-proof",
        _PROOF,
        effect="A proof that is over is taken for good.",
        forgives=_at("/proof/expires"),
    ),
    _forgiving(
        "takes-anybody-for-the-issuer",
        _SATISFIED,
        _TOKEN,
        effect="Everybody can issue in the name of everybody.",
        forgives=_about(Subject.CONTROLLER),
    ),
    _forgiving(
        "ignores-members-of-records",
        _SATISFIED,
        EACH,
        effect="A record can hold badges that nobody issued.",
        forgives=_about(Subject.MEMBERS),
    ),
    _forgiving(
        "ignores-endorsements",
        "OB30-R-131",
        effect="A badge can be praised in anybody's name.",
        forgives=_about(Subject.ENDORSEMENTS),
    ),
    _forgiving(
        "ignores-signatures-of-proofs",
        _PROOF,
        effect=_RETRACTED,
        forgives=_about(Subject.PROOF),
    ),
    _forgiving("ignores-signatures-of-tokens", _TOKEN, effect=_RETRACTED, forgives=_about(Subject.TOKEN_SIGNATURE)),
    _forgiving("takes-no-proof-for-one", _SATISFIED, effect=_RETRACTED, forgives=_about(Subject.PROOF_PRESENT)),
    _forgiving(
        "takes-what-it-does-not-know-for-good",
        _PROOF,
        effect="A proof that nobody can verify is taken for good.",
        forgives=lambda asked, complaint: (
            asked.verification.verdict.name == "UNVERIFIABLE" or "known are" in complaint.problem.message
        ),
    ),
    _forgiving(
        "ignores-undefined-terms",
        _PROOF,
        effect="Members that nobody signed are shown as verified.",
        forgives=lambda asked, _: "distinction" in asked.text,
    ),
    _forgiving(
        "takes-contexts-in-any-order",
        "OB30-R-059",
        effect="The same words mean something else.",
        forgives=lambda asked, _: (
            asked.document.get("@context", ["/ns/credentials/v2"])[0].find("/ns/credentials/v2") < 0
        ),
    ),
    _forgiving(
        "asks-not-whose-it-is",
        "OB30-R-122",
        effect="A badge of nobody is taken for anybody's.",
        forgives=_about(Subject.SUBJECT_IDENTIFIED, Subject.STRUCTURE),
        # Of a record the reference itself says so, and accepts it.
        says=mute,
    ),
    _forgiving(
        "ignores-iss",
        "OB30-R-106",
        effect="The token names another issuer.",
        forgives=_telling("iss ", "the claim iss"),
    ),
    _forgiving(
        "ignores-sub",
        "OB30-R-107",
        effect="The token names another learner.",
        forgives=_telling("sub ", "the claim sub"),
    ),
    _forgiving(
        "ignores-nbf", "OB30-R-108", effect="The token begins at will.", forgives=_telling("nbf ", "the claim nbf")
    ),
    _forgiving(
        "ignores-jti",
        "OB30-R-109",
        effect="The token names another credential.",
        forgives=_telling("jti ", "the claim jti"),
    ),
    _forgiving(
        "ignores-exp",
        "OB30-R-110",
        effect="Tokens never end.",
        forgives=lambda asked, complaint: asked.is_token and complaint.subject is Subject.EXPIRED,
    ),
)


def _header(text: str) -> dict[str, Any]:
    try:
        part = text.partition(".")[0]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _takes(name: str, *requirements: str, effect: str, takes: Callable[[Asked], bool]) -> VerifierProduct:
    """Return a product that accepts some credentials without a further look."""

    def accepts(asked: Asked) -> bool:
        return takes(asked) or not any(asked.complaints)

    return VerifierProduct(name=name, effect=effect, requirements=requirements, make=lambda: accepts, says=vc_api)


def _refuses(name: str, *requirements: str, effect: str, refuses: Callable[[Asked], bool]) -> VerifierProduct:
    """Return a product that refuses what it has to accept."""

    def accepts(asked: Asked) -> bool:
        return not refuses(asked) and not any(asked.complaints)

    return VerifierProduct(name=name, effect=effect, requirements=requirements, make=lambda: accepts, says=vc_api)


def _is_chain(asked: Asked) -> bool:
    return any("previousProof" in each for each in as_list(asked.document.get("proof")) if isinstance(each, dict))


_RASH = (
    _takes("takes-alg-none", _TOKEN, effect=_RETRACTED, takes=lambda asked: _header(asked.text).get("alg") == "none"),
    _takes(
        "takes-alg-none-in-capitals",
        _TOKEN,
        effect=_RETRACTED,
        takes=lambda asked: _header(asked.text).get("alg") == "NoNe",
    ),
    _takes(
        "takes-public-keys-for-secrets",
        _TOKEN,
        effect=_RETRACTED,
        takes=lambda asked: _header(asked.text).get("alg") == "HS256",
    ),
    _takes("takes-keys-from-the-header", _TOKEN, effect=_RETRACTED, takes=lambda asked: "jwk" in _header(asked.text)),
    _takes(
        "takes-empty-signatures",
        _TOKEN,
        effect=_RETRACTED,
        takes=lambda asked: asked.is_token and asked.text.endswith("."),
    ),
    _takes(
        "takes-an-empty-array-of-proofs",
        _SATISFIED,
        effect=_RETRACTED,
        takes=lambda asked: asked.document.get("proof") == [],
    ),
    _takes(
        "takes-a-proof-without-value",
        _PROOF,
        effect=_RETRACTED,
        takes=lambda asked: (
            isinstance(asked.document.get("proof"), dict) and "proofValue" not in asked.document["proof"]
        ),
    ),
    _takes("ignores-previous-proofs", _PROOF, effect="A chain holds without its first link.", takes=_is_chain),
    _takes("takes-every-token", _TOKEN, effect=_RETRACTED, takes=lambda asked: asked.is_token),
    _takes("takes-every-document", _PROOF, effect=_RETRACTED, takes=lambda asked: not asked.is_token),
)
_NARROW = (
    _refuses("refuses-tokens", _TOKEN, effect="Good tokens are refused.", refuses=lambda asked: asked.is_token),
    _refuses(
        "refuses-embedded-proofs", _PROOF, effect="Good proofs are refused.", refuses=lambda asked: not asked.is_token
    ),
    _refuses(
        "refuses-es256",
        _TOKEN,
        effect="Good tokens with an algorithm that is claimed are refused.",
        refuses=lambda asked: _header(asked.text).get("alg") == "ES256",
    ),
    _refuses(
        "refuses-records",
        _PROOF,
        _TOKEN,
        effect="Good records are refused.",
        refuses=lambda asked: "ClrCredential" in str(asked.verification.kind.value),
    ),
    _refuses(
        "refuses-endorsements",
        "OB30-R-132",
        effect="Good endorsements are refused.",
        refuses=lambda asked: asked.verification.kind.value == "EndorsementCredential",
    ),
    _refuses(
        "wants-members-in-one-order",
        _PROOF,
        effect="A credential that was stored as JSON is refused.",
        refuses=lambda asked: not asked.is_token and next(iter(asked.document)) != "@context",
    ),
    _refuses(
        "wants-arrays-of-types",
        _PROOF,
        _TOKEN,
        effect="One type without an array is refused.",
        refuses=lambda asked: isinstance(asked.document.get("credentialSubject", {}).get("type"), str),
    ),
    _refuses(
        "knows-one-proof-only",
        "OB30-R-088",
        effect="A credential with two proofs is refused.",
        refuses=lambda asked: isinstance(asked.document.get("proof"), list) and len(asked.document["proof"]) > 1,
    ),
)


def _constant(name: str, status: int, body: object, *requirements: str, effect: str) -> VerifierProduct:
    said = Said(status=status, body=body)
    return VerifierProduct(
        name=name, effect=effect, requirements=requirements, make=lambda: lambda _: False, says=lambda _, __: said
    )


def _echo(asked: Asked, _: bool) -> Said:  # noqa: FBT001 - the shape of `VerifierProduct.says`
    return Said(status=200, body=asked.document or asked.text)


def _random() -> Callable[[Asked], bool]:
    drawn = random.Random(7)  # noqa: S311 - it decides about nothing
    return lambda _: drawn.random() < 0.5


def _forgetful() -> Callable[[Asked], bool]:
    seen: set[str] = set()

    def accepts(asked: Asked) -> bool:
        is_new = asked.text not in seen
        seen.add(asked.text)
        return is_new and not any(asked.complaints)

    return accepts


def _crashing(_: Asked, accepted: bool) -> Said:  # noqa: FBT001 - the shape of `VerifierProduct.says`
    return Said(status=200 if accepted else 500, body={"verified": accepted})


def _healthy(asked: Asked) -> bool:
    return not any(asked.complaints)


_ALIKE = (
    _constant("accepts-everything", 200, {}, *_EVERY, effect=_RETRACTED),
    _constant("refuses-everything", 400, {"verified": False}, *_EVERY, effect="Nothing can be verified."),
    _constant("fails-always", 500, {"error": "internal"}, *_EVERY, effect="Nothing can be verified."),
    VerifierProduct(name="echoes", effect=_RETRACTED, requirements=_EVERY, make=lambda: _healthy, says=_echo),
    VerifierProduct(name="throws-a-coin", effect=_RETRACTED, requirements=_EVERY, make=_random, says=vc_api),
    VerifierProduct(
        name="refuses-the-second-time",
        effect="A credential can be shown once.",
        requirements=_EVERY,
        make=_forgetful,
        says=vc_api,
    ),
    VerifierProduct(
        name="crashes-on-what-is-wrong",
        effect="Refused, or broken: nobody knows.",
        requirements=_EVERY,
        make=lambda: _healthy,
        says=_crashing,
    ),
)

_OF_BADGES = (
    *_FORGIVING,
    *_RASH,
    *_NARROW,
    *_ALIKE,
    *FETCHING,
    *DISPUTED,
    *ASKING,
    *READING,
    *DETAILS,
    *DETAILS_DISPUTED,
)
BROKEN = {each.name: each for each in (*_OF_BADGES, *RECORDS, *DISPUTED_OF_RECORDS)}
