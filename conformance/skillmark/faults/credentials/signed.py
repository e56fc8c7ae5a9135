"""Faults in proofs and tokens: of badges, and of records."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING, Any

from skillmark.faults.credentials import healthy, securing
from skillmark.faults.credentials.handing_in import ISSUER_FAULTS, HandedIn, IssuerFault, Standard
from skillmark.faults.credentials.written import credential, handed_in
from skillmark_fixtures.pathways import organizations
from skillmark_reference.credentials.issuance.deriving import derive
from skillmark_reference.credentials.issuing import Signer
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.pathways.issuers import secret_key
from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity.proofs import add_proof
from skillmark_reference.securing.integrity.selective import Disclosure
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.keys import KeyType, SecretKey

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]

_BADGES = (Standard.OPEN_BADGES,)
_UNVERIFIABLE = "Nobody can verify the credential."
_FORGED = "Anyone could have written the credential."
ISSUER = "https://school.example/issuer"
KEY_SET = "https://school.example/.well-known/jwks.json"
_ED25519_BYTES = 32


def _proof(
    name: str,
    *requirements: str,
    change: Callable[[Record], object],
    effect: str = _UNVERIFIABLE,
    options: Record | None = None,
    disputed: bool = False,
) -> None:
    """Declare a change to a credential with its proof."""

    def make(standard: Standard) -> HandedIn:
        signed = securing.whole(credential(standard), **(options or {}))
        change(signed)
        return handed_in(securing.written(signed))

    ISSUER_FAULTS.add(IssuerFault(name=name, requirements=requirements, effect=effect, make=make, disputed=disputed))


def _unchanged(signed: Record) -> None:
    del signed


def _put(**members: object) -> Callable[[Record], object]:
    return lambda signed: signed["proof"].update(members)


def _last_letter(text: str) -> str:
    return text[:-1] + ("2" if text[-1] != "2" else "3")


def _tampered(signed: Record) -> None:
    signed["name"] += ", with distinction"


def _moved(signed: Record) -> None:
    signed["credentialSubject"]["proof"] = signed.pop("proof")


def _bare_key() -> str:
    text = multibase.encode_base58(healthy.school().key.public.raw)
    return f"did:key:z{text}#z{text}"


_ALL = ("OB30-R-085", "CLR20-R-033")
_proof("value-changed-after-signing", *_ALL, change=_tampered, effect="The credential says what nobody signed.")
_proof("proof-taken-away", *_ALL, change=lambda s: s.pop("proof"), effect=_FORGED)
_proof(
    "proof-value-of-another-signature",
    *_ALL,
    change=lambda s: _put(proofValue=_last_letter(s["proof"]["proofValue"]))(s),
)
_proof("proof-value-missing", *_ALL, "OB30-R-113", change=lambda s: s["proof"].pop("proofValue"))
_proof("proof-without-method", *_ALL, change=lambda s: s["proof"].pop("verificationMethod"))
_proof("proof-whose-method-is-no-address", *_ALL, change=_put(verificationMethod="key-1"))
_proof("proof-without-type", "OB30-R-024", *_ALL, change=lambda s: s["proof"].pop("type"))
_proof("proof-is-a-text", "OB30-R-024", *_ALL, change=lambda s: s.update(proof="z123"))
_proof("proof-in-the-subject", "OB30-R-113", *_ALL, change=_moved)
_proof(
    "proof-for-authentication",
    "OB30-R-044",
    "CLR20-R-034",
    change=_unchanged,
    options={"proofPurpose": "authentication"},
)
_proof(
    "suite-of-2020",
    "OB30-R-222",
    "CLR20-R-034",
    "OB30-R-086",
    change=_put(type="Ed25519Signature2020", cryptosuite=None),
)
_proof("suite-of-a-draft", "OB30-R-222", "CLR20-R-034", "OB30-R-112", change=_put(cryptosuite="eddsa-2022"))
_proof(
    "suite-that-certification-does-not-take", "OB30-R-112", change=_unchanged, options={"cryptosuite": "eddsa-jcs-2022"}
)
_proof("key-without-prefix", "OB30-R-117", *_ALL, change=_put(verificationMethod=_bare_key()))
_proof(
    "key-that-cannot-be-had",
    "OB30-R-085",
    "OB30-R-117",
    change=_put(verificationMethod="did:key:z6MkNobody#z6MkNobody"),
)


@ISSUER_FAULTS.declare("OB30-R-118", "OB30-R-085", effect="Somebody else signed in the name of the issuer.")
def key_of_somebody_else(standard: Standard) -> HandedIn:
    """Sign with the key of another organization."""
    stranger = Signer.by_did_key(secret_key(organizations()[2].slug, KeyType.ED25519), name="Stranger")
    whole = securing.whole(credential(standard))
    del whole["proof"]
    return handed_in(securing.written(securing.proved(whole, stranger)))


@ISSUER_FAULTS.declare("OB30-R-086", "OB30-R-222", "CLR20-R-034", effect="Certification does not take the badge.")
def suite_of_nobody(standard: Standard) -> HandedIn:
    """Name a suite that nobody knows."""
    signed = securing.whole(credential(standard))
    signed["proof"]["cryptosuite"] = "school-2025"
    return handed_in(securing.written(signed))


@ISSUER_FAULTS.declare(
    "OB30-R-223", effect="Readers of what was derived do not see the achievement.", standards=_BADGES
)
def achievement_is_not_mandatory(standard: Standard) -> HandedIn:
    """Let the holder withhold the achievement."""
    del standard
    signer = healthy.school(KeyType.P256)
    badge = healthy.minimal() | {"issuer": dict(signer.profile)}
    pointers = (
        "/@context",
        "/id",
        "/type",
        "/issuer",
        "/validFrom",
        "/name",
        "/credentialSubject/id",
        "/credentialSubject/type",
    )
    options = {
        "type": "DataIntegrityProof",
        "cryptosuite": "ecdsa-sd-2023",
        "created": healthy.BEGIN,
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    disclosure = Disclosure(
        mandatory_pointers=pointers,
        hmac_key=b"0" * _ED25519_BYTES,
        proof_key=SecretKey(type=KeyType.P256, raw=b"1" * _ED25519_BYTES),
    )
    base = add_proof(
        badge, options, signer.key, environment=Environment(contexts=newest_contexts()), disclosure=disclosure
    )
    return handed_in(securing.written(derive(base, [], contexts=newest_contexts())))


# Tokens


def _token(name: str, *requirements: str, effect: str = _UNVERIFIABLE, **changes: Any) -> None:  # noqa: ANN401 - of the signer
    """Declare a change to a token, which has the credential as its payload."""
    ISSUER_FAULTS.add(
        IssuerFault(
            name=name, requirements=requirements, effect=effect, make=functools.partial(_as_token, changes=changes)
        )
    )


def _inside(standard: Standard) -> Record:
    """Return the credential of a token: its members are signed, and it is not."""
    whole = securing.whole(credential(standard) | {"validUntil": "2099-12-31T00:00:00Z"})
    del whole["proof"]
    return whole


def _as_token(standard: Standard, *, changes: Record) -> HandedIn:
    return handed_in(securing.written(securing.token(_inside(standard), **changes)), "credential.jwt")


_token("header-with-another-member", "OB30-R-091", header={"cty": "vc"})
_token("header-with-a-critical-extension", "OB30-R-091", header={"crit": ["b64"], "b64": True})
_token("algorithm-misspelt", "OB30-R-092", header={"alg": "RSA256"})
_token("algorithm-none", "OB30-R-092", header={"alg": "none"}, effect=_FORGED)
_token("algorithm-with-a-shared-secret", "OB30-R-092", header={"alg": "HS256"}, effect=_FORGED)
_token("key-id-leads-nowhere", "OB30-R-093", header={"kid": "key-1"})
_token("key-is-not-named", "OB30-R-094", without=("kid",))
_token("type-of-vc-jose-cose", "OB30-R-096", header={"typ": "vc+jwt"})
_token("key-is-private", "OB30-R-095", effect=_FORGED, header={"jwk": healthy.school().key.jwk()}, without=("kid",))
_token("issuer-claim-missing", "OB30-R-098", without=("iss",))
_token("issuer-claim-of-another", "OB30-R-098", further={"iss": "https://school.example/other"})
_token("id-claim-missing", "OB30-R-099", without=("jti",))
_token("id-claim-of-another", "OB30-R-099", further={"jti": "urn:uuid:other"})
_token("subject-claim-missing", "OB30-R-100", without=("sub",))
_token("subject-claim-of-another", "OB30-R-100", further={"sub": "did:example:other"})
_token("begin-claim-missing", "OB30-R-101", without=("nbf",))
_token("begin-claim-in-milliseconds", "OB30-R-101", further={"nbf": 1735689600000})
_token("begin-claim-is-a-text", "OB30-R-101", further={"nbf": "1735689600"})
_token(
    "end-claim-missing", "OB30-R-102", without=("exp",), effect="Readers of the claims alone take it for valid forever."
)
_token("end-claim-of-another-moment", "OB30-R-102", further={"exp": 4000000000})


@ISSUER_FAULTS.declare("OB30-R-097", effect=_UNVERIFIABLE)
def credential_in_a_claim(standard: Standard) -> HandedIn:
    """Put a credential of data model 2.0 into the claim of data model 1.1."""
    inner = _inside(standard)
    return handed_in(
        securing.written(securing.token({"vc": inner, "issuer": inner["issuer"]}, further=securing.claims(inner))),
        "credential.jwt",
    )


@ISSUER_FAULTS.declare("OB30-R-104", effect="The credential says what nobody signed.")
def payload_changed_after_signing(standard: Standard) -> HandedIn:
    """Keep the signature of another payload."""
    header, payload, signature = securing.token(_inside(standard)).split(".")
    changed = json.loads(multibase.decode_base64url(payload)) | {"name": "Welding, with distinction"}
    text = ".".join([header, multibase.encode_base64url(json.dumps(changed).encode()), signature])
    return handed_in(text.encode(), "credential.jwt")


def _as_text(name: str, *requirements: str, change: Callable[[str], str], **changes: Any) -> None:  # noqa: ANN401 - of the signer
    """Declare a change to the text of a token."""

    def make(standard: Standard) -> HandedIn:
        text = securing.token(_inside(standard), **changes)
        return handed_in(change(text).encode(), "credential.jwt")

    ISSUER_FAULTS.add(IssuerFault(name=name, requirements=requirements, effect=_UNVERIFIABLE, make=make))


_as_text(
    "algorithm-none-and-no-signature",
    "OB30-R-092",
    change=lambda text: f"{text.rpartition('.')[0]}.",
    header={"alg": "none"},
)
_as_text("token-with-padding", "OB30-R-104", change=lambda text: f"{text}==")
_as_text("token-of-four-parts", "OB30-R-104", change=lambda text: f"{text}.{text.rpartition('.')[2]}")


@ISSUER_FAULTS.declare("OB30-R-090", effect="The proof inside does not hold.")
def embedded_proof_of_something_else(standard: Standard) -> HandedIn:
    """Add a member to a credential with a proof, and make a token of it."""
    whole = securing.whole(credential(standard))
    whole["name"] += ", with distinction"
    return handed_in(securing.written(securing.token(whole)), "credential.jwt")


def _published(*, private: bool) -> Callable[[Standard], HandedIn]:
    """Return what makes a token of an issuer at an address, whose key set may give everything away."""

    def make(standard: Standard) -> HandedIn:
        key = healthy.school().key
        method = f"{ISSUER}#key-1"
        jwk = {**key.public.jwk(), "kid": method, "iss": ISSUER}
        key_set = {"keys": [{**jwk, **key.jwk()} if private else jwk]}
        multikey = {"id": method, "type": "Multikey", "controller": ISSUER, "publicKeyMultibase": key.public.multikey}
        profile = {"id": ISSUER, "type": ["Profile"], "name": "School"}
        controller = {**profile, "verificationMethod": [multikey], "assertionMethod": [method]}
        whole = _inside(standard) | {"issuer": profile}
        text = securing.token(whole, header={"kid": method}, signer=healthy.school())
        documents = {KEY_SET: json.dumps(key_set).encode(), ISSUER: json.dumps(controller).encode()}
        return handed_in(text.encode(), "credential.jwt", **documents)

    return make


published_by_address = _published(private=False)
ISSUER_FAULTS.add(
    IssuerFault(
        name="private-key-in-the-key-set",
        requirements=("OB30-R-119",),
        effect="Anyone can sign in the name of the issuer.",
        make=_published(private=True),
    )
)
