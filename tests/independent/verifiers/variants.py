"""Verifiers that are legal and unlike the plain one: what each chooses, and the clause, or its silence, that lets it."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark.core.target import Acceptance, Adapter, VerifierInterface

from .judging import CLAIMS, FORMATS
from .product import Answered, as_json, by_status

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A legal verifier, by what it does."""

    switches: dict[str, Any]
    #: Why it may be so.
    because: str
    #: What its vendor has to state.
    claims: dict[str, Any]
    #: What the plan may warn of.
    warned: frozenset[str]


def _choice(
    because: str, *, claims: dict[str, Any] | None = None, warned: tuple[int, ...] = (), **switches: object
) -> Choice:
    return Choice(
        switches=switches,
        because=because,
        claims=claims or {},
        warned=frozenset(f"OB30-R-{number:03}" for number in warned),
    )


_LISTS = "Bitstring Status List 1.0, 3.2: an error; Open Badges 3.0 does not say what follows."
CHOICES: dict[str, Choice] = {
    "plain": _choice("The defaults."),
    # Proofs
    "one good proof is enough": _choice("Open Badges 3.0, Proof Formats: any one.", any_proof=True),
    "expires of a proof is not looked at": _choice(
        "Data Integrity 1.0, 2.1: defined, and no step of the verification.", proof_expires=False, warned=(114,)
    ),
    "no proof from the future": _choice("Data Integrity 1.0: silent on created to come.", created_to_come=False),
    "keys are never over": _choice("Open Badges 3.0 does not speak of revoked.", key_times=False, warned=(123,)),
    "P-256 alone": _choice(
        "ECDSA Cryptosuites 1.0, 3.1: either curve.",
        curves=("P-256",),
        suites=("eddsa-rdfc-2022", "ecdsa-rdfc-2019"),
        claims={"formats": FORMATS},
        warned=(114,),
    ),
    # Tokens
    "any header": _choice("The table of the header binds issuers.", free_header=True, warned=(105,)),
    "sub is always wanted": _choice("Verify a Credential VC-JWT Signature, sub: has to be there.", wants_sub=True),
    "bits of no octet": _choice("RFC 7515, 2: not said of the last character of base64url.", loose_bits=True),
    "clocks may differ": _choice("RFC 7519, 4.1.5: some leeway.", leeway=120.0),
    # Formats
    "EdDSA alone": _choice(
        "Proof Formats: what the product claims.",
        suites=("eddsa-rdfc-2022",),
        algorithms=("EdDSA",),
        claims={"formats": ("eddsa-rdfc-2022", "vc-jwt-EdDSA")},
    ),
    "tokens alone": _choice(
        "Proof Formats: what the product claims.",
        suites=(),
        claims={"formats": ("vc-jwt-RS256", "vc-jwt-ES256")},
    ),
    "embedded proofs alone": _choice(
        "Proof Formats: what the product claims.",
        algorithms=(),
        claims={"formats": ("eddsa-rdfc-2022", "ecdsa-rdfc-2019")},
    ),
    "badges alone": _choice(
        "A verifier of badges.", claims={"kinds": ("AchievementCredential",), "formats": ("vc-jwt-RS256",)}
    ),
    # DIDs
    "no did:web": _choice("Dereferencing the Public Key: DID URLs may be used.", methods=("key", "jwk")),
    "no did:jwk": _choice(
        "Dereferencing the Public Key: DID URLs may be used.",
        methods=("key", "web"),
        claims={"formats": FORMATS},
        warned=(105,),
    ),
    # Contents
    "data model 2.0 alone": _choice("VC 1.1 notes: how, not that.", old_model=False, warned=(111,)),
    "unknown contexts are refused": _choice("VC Data Model 2.0, 4.3.", fetches_contexts=False),
    "digests are not compared": _choice("Open Badges 3.0 does not speak of them.", resources=False, warned=(123,)),
    "a schema that is missing is a remark": _choice(
        "That it cannot be had is not that it does not conform.", missing_schema=False, warned=(121,)
    ),
    "one type of schema": _choice(
        "Verification, step 1: 1EdTechJsonSchemaValidator2019.",
        schemas=("1EdTechJsonSchemaValidator2019",),
        warned=(121,),
    ),
    # Statuses
    "suspension is left to others": _choice(
        "Verification, step 4: statusPurpose revocation.", purposes=("revocation",), warned=(127,)
    ),
    "a list that is missing is a remark": _choice(_LISTS, missing_list=False, warned=(127,)),
    "the first status": _choice("VerifiableCredential, credentialStatus: 0..1.", first_status=True),
    "lists of others count": _choice(
        "Bitstring Status List 1.0, 2.2: the issuer of a list may differ.", foreign_lists=True, warned=(127,)
    ),
    "bitstring lists alone": _choice(
        "Deprecated: revocation lists of 1EdTech.",
        statuses=("BitstringStatusListEntry",),
        claims={"statuses": ("BitstringStatusListEntry",)},
    ),
    "unknown types of status are refused": _choice(
        "Silence of the documents on types that are not known.",
        statuses=(),
        unknown_status=True,
        claims={"statuses": ()},
    ),
    # What is inside
    "endorsements that are over": _choice(
        "Verification, step 6: what follows for a badge is not said.", endorsement_dates=False
    ),
    # Fetching
    "documents are kept for the run": _choice("RFC 9111: lists are asked for again.", keeps="once"),
    "lists are kept for the run": _choice(
        "How long a copy counts is not settled.",
        keeps="always",
        claims={"statuses": ("BitstringStatusListEntry", "1EdTechRevocationList")},
        warned=(127,),
    ),
    "everything is fetched first": _choice("The order is that of results.", eager=True, warned=(124,)),
    "the proof comes last": _choice("The order is that of results.", proof_last=True),
    "newer copies are of the same credential": _choice("Refresh: a newer copy of it.", same_copy=True),
    "no answer now and then": _choice("Trouble on the way is none of the credential.", silent_every=23),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Manner:
    """A legal way of being asked and of answering."""

    claims: VerifierInterface
    answers: Callable[[str], Answered]


def _manner(answers: Callable[[str], Answered], **claims: Any) -> Manner:  # noqa: ANN401 - settings of any type
    return Manner(claims=dataclasses.replace(CLAIMS, **({"formats": FORMATS} | claims)), answers=answers)


def _http(answers: Callable[[str], Answered], *, pattern: str = "", **claims: Any) -> Manner:  # noqa: ANN401 - settings of any type
    stated = {name: claims.pop(name) for name in ("statuses", "pointer", "equals") if name in claims}
    accepted = Acceptance(pattern=pattern, **stated)
    return _manner(answers, adapter=Adapter.HTTP, accepted=accepted, **claims)


def _text(yes: str, no: str, *, media_type: str = "text/plain") -> Callable[[str], Answered]:
    return lambda problem: Answered(status=200, content=(no if problem else yes).encode(), media_type=media_type)


def _problem_details(problem: str) -> Answered:
    body = {"type": "about:blank", "title": "PROOF_VERIFICATION_ERROR", "detail": problem, "status": 422}
    return as_json(422, body, "application/problem+json") if problem else as_json(200, {})


MANNERS: dict[str, Manner] = {
    # The VC API
    "400 and errors": _manner(by_status),
    "problem details": _manner(_problem_details),
    "verified is false": _manner(lambda problem: as_json(200, {"verified": not problem})),
    "errors in a list": _manner(lambda problem: as_json(200, {"errors": [{"detail": problem}] if problem else []})),
    "warnings beside": _manner(
        lambda problem: as_json(400 if problem else 200, {"verified": not problem, "warnings": [{"title": "old"}]})
    ),
    "results by step": _manner(
        lambda problem: as_json(
            200, {"verified": not problem, "results": [{"log": [{"id": "valid_signature", "valid": not problem}]}]}
        )
    ),
    "201 without a body": _manner(lambda problem: Answered(status=400 if problem else 201)),
    "the credential comes back": _manner(
        lambda problem: as_json(422 if problem else 200, {"verified": not problem, "credential": {"errors": ["?"]}})
    ),
    "tokens as strings": _manner(by_status, envelopes=False),
    # Requests of the vendor's own
    "a pointer": _http(lambda problem: as_json(200, {"data": [{"valid": not problem}]}), pointer="/data/0/valid"),
    "a word at a pointer": _http(
        lambda problem: as_json(200, {"status": "INVALID" if problem else "VALID"}), pointer="/status", equals="VALID"
    ),
    "a number at a pointer": _http(
        lambda problem: as_json(200, {"errors": {"total": 1 if problem else 0}}), pointer="/errors/total", equals=0
    ),
    "nothing at a pointer": _http(
        lambda problem: as_json(200, {"error": problem or None}), pointer="/error", equals=None
    ),
    "bare true": _http(lambda problem: as_json(200, not problem), pointer=""),
    "a page": _http(
        _text("<html><p>This badge is valid.</p>", "<html><p>This badge is not valid.</p>", media_type="text/html"),
        pattern=r"badge is valid",
    ),
    "one word": _http(_text("OK", "NOT OK"), pattern=r"\AOK\Z"),
    "204 or 422": _http(lambda problem: Answered(status=422 if problem else 204), statuses=(204,)),
    "200 or 202": _http(lambda problem: as_json(202 if problem else 200, {}), statuses=(200,)),
    "statuses and a pointer": _http(
        lambda problem: as_json(200 if problem else 201, {"ok": True}), statuses=(201,), pointer="/ok"
    ),
    "an uploaded file": _http(
        lambda problem: as_json(200, {"valid": not problem}), pointer="/valid", content_type="multipart/form-data"
    ),
    "the bare credential": _http(
        lambda problem: as_json(200, {"valid": not problem}),
        pointer="/valid",
        method="PUT",
        path="/check",
        content_type="application/vc",
        body="{text}",
    ),
    "another member": _http(
        lambda problem: as_json(200, {"valid": not problem}),
        pointer="/valid",
        body='{"input": {credential}}',
        envelopes=False,
    ),
}  # fmt: skip


def merged(names: tuple[str, ...]) -> Choice:
    """Return one verifier that makes the choices of several."""
    found = [CHOICES[name] for name in names]
    return Choice(
        switches={key: value for each in found for key, value in each.switches.items()},
        claims={key: value for each in found for key, value in each.claims.items()},
        because=" ".join(each.because for each in found),
        warned=frozenset().union(*(each.warned for each in found)),
    )


def mixtures() -> tuple[tuple[str, ...], ...]:
    """Return the names of choices in as few groups as can be, so that those of a group can be one verifier."""
    groups: list[list[str]] = []
    for name, choice in CHOICES.items():
        for group in groups:
            mixed = merged((*group,))
            if not (mixed.switches.keys() & choice.switches.keys() or mixed.claims.keys() & choice.claims.keys()):
                group.append(name)
                break
        else:
            groups.append([name])
    return tuple(tuple(group) for group in groups)
