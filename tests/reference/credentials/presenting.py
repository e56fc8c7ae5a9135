"""What the tests of presentations share: a holder, credentials of no kind of Open Badges, presentations in every form."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.reference.credentials.surroundings import (
    BEGIN,
    LEARNER,
    NOW,
    SCHOOL,
    Record,
    carelessly_signed,
    secret,
)

from skillmark_reference.credentials.issuing import Signer
from skillmark_reference.credentials.verifying import Policy, verify_presentation
from skillmark_reference.documents import Documents
from skillmark_reference.documents import Policy as Door
from skillmark_reference.securing import jose, vc_jose_cose
from skillmark_reference.securing.instants import numeric_date
from skillmark_reference.securing.vc_jose_cose import Secured

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from skillmark_reference.credentials.results import Verification

V1 = "https://www.w3.org/2018/credentials/v1"
V2 = "https://www.w3.org/ns/credentials/v2"
DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
HOLDER = Signer.by_did_key(secret(7), name="Holder")
WHO: str = HOLDER.profile["id"]
CHALLENGE, DOMAIN = "c-1", "verifier.example"
STRANGERS = Policy(takes_strangers=True)


class _Clock:
    def now(self) -> datetime.datetime:
        return NOW

    def elapsed(self) -> float:
        return 0.0


def plain(signer: Signer = SCHOOL, **members: object) -> Record:
    """Return a credential of data model 2.0 that is of no kind of Open Badges or CLR, without proof."""
    return {
        "@context": [V2],
        "id": "urn:uuid:21111111-0000-4000-8000-000000000001",
        "type": ["VerifiableCredential"],
        "issuer": signer.profile["id"],
        "credentialSubject": {"id": LEARNER, "name": "Ada"},
        **members,
    }


def presentation(*credentials: object, **members: object) -> Record:
    """Return a presentation of data model 2.0 without proof."""
    held = {"verifiableCredential": list(credentials)} if credentials else {}
    return {"@context": [V2], "type": ["VerifiablePresentation"], "holder": WHO, **held, **members}


def presented(document: Record, signer: Signer = HOLDER, **options: object) -> Record:
    """Return a presentation with the proof of who presents it."""
    usual = {"proofPurpose": "authentication", "challenge": CHALLENGE, "domain": DOMAIN}
    return carelessly_signed(document, signer, **{**usual, **options})


def vp_jwt(document: Record, signer: Signer = HOLDER, **claims: object) -> str:
    """Return a presentation as ``vp+jwt``."""
    return vc_jose_cose.secure(
        {**document, **claims}, key=signer.key, kid=signer.verification_method, what=Secured.PRESENTATION
    )


def vc_jose(document: Record, signer: Signer = SCHOOL) -> str:
    """Return a credential as ``vc+jwt``."""
    return vc_jose_cose.secure(document, key=signer.key, kid=signer.verification_method, what=Secured.CREDENTIAL)


def in_claim(name: str, document: Mapping[str, Any], signer: Signer, **claims: object) -> str:
    """Return a document in a claim of a token, as in data model 1.1."""
    payload = {"iss": signer.profile["id"], "nbf": numeric_date(BEGIN), **claims, name: document}
    shown = {key: value for key, value in payload.items() if value is not None}
    header = {"typ": "JWT", "kid": signer.verification_method}
    return jose.sign_compact(jose.to_json(shown), key=signer.key, header=header)


def in_older_envelope(token: str, what: Secured) -> Record:
    """Return an envelope with the media type that was used before there was one for the purpose."""
    return {"@context": V2, "type": what.envelope_type, "id": f"data:application/jwt,{token}"}


def look(
    document: Mapping[str, Any] | str,
    *,
    challenge: str | None = CHALLENGE,
    domain: str | list[str] | None = DOMAIN,
    policy: Policy | None = None,
    given: Mapping[str, Record] | None = None,
) -> Verification:
    """Verify a presentation with documents at hand."""
    contents = {url: json.dumps(each).encode() for url, each in (given or {}).items()}
    documents = Documents(clock=_Clock(), policy=Door(offline=True), given=contents)
    content = document if isinstance(document, str) else json.dumps(document)
    return verify_presentation(content, documents=documents, now=NOW, challenge=challenge, domain=domain, policy=policy)
