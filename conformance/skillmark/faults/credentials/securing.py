"""Signing as carelessly as a fault needs it: whatever the credential says, and with every part replaceable."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from skillmark.faults.credentials import healthy
from skillmark.strategies.credentials_coherence import secured
from skillmark_reference.credentials.kinds import CredentialKind, kind_of
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing import jose, multibase
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time
from skillmark_reference.securing.integrity.problems import ProofGenerationRefused
from skillmark_reference.securing.integrity.proofs import add_proof
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.keys import KeyType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.credentials.issuing import Signer

Record = dict[str, Any]

_NEWEST = "eddsa-rdfc-2022"
#: What signs JSON that cannot be read as statements.
_PLAIN = "eddsa-jcs-2022"


def signer_of(credential: Mapping[str, Any]) -> Signer:
    """Return who signs: the school badges, and the state everything else."""
    return (
        healthy.school() if claims_of.issuer_id(credential) == healthy.school().profile["id"] else healthy.publisher()
    )


def proved(credential: Mapping[str, Any], signer: Signer | None = None, **options: object) -> Record:
    """Return a credential with a proof, with options replaced; over its bytes where it cannot be read as statements."""
    who = signer or signer_of(credential)
    usual = {
        "type": "DataIntegrityProof",
        "cryptosuite": _NEWEST,
        "created": healthy.BEGIN,
        "verificationMethod": who.verification_method,
        "proofPurpose": "assertionMethod",
        **options,
    }
    environment = Environment(contexts=newest_contexts())
    try:
        return add_proof(credential, usual, who.key, environment=environment)
    except (ProofGenerationRefused, ValueError, TypeError, AttributeError):
        return add_proof(credential, {**usual, "cryptosuite": _PLAIN}, who.key, environment=environment)


def whole(credential: Mapping[str, Any], **options: object) -> Record:
    """Return a credential with a proof, and each credential inside of it with its own."""
    return proved(secured(credential, sign=proved, token=token), None, **options)


def claims(credential: Mapping[str, Any]) -> Record:
    """Return the claims of a token, as far as the credential fills them."""
    subject, dates = credential.get("credentialSubject"), claims_of.dates_of(credential)
    found: Record = {
        "iss": claims_of.issuer_id(credential),
        "jti": credential.get("id"),
        "nbf": _seconds(credential.get(dates.begin)),
        "exp": _seconds(credential.get(dates.end)),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
    }
    return {name: value for name, value in found.items() if value is not None}


def token(
    credential: Mapping[str, Any],
    *,
    header: Mapping[str, Any] | None = None,
    further: Mapping[str, Any] | None = None,
    without: tuple[str, ...] = (),
    key_type: KeyType = KeyType.ED25519,
    signer: Signer | None = None,
) -> str:
    """Return a credential as VC-JWT, with members of the header and claims added, replaced or left out."""
    usual = healthy.school(key_type) if signer_of(credential) is healthy.school() else healthy.publisher()
    who = signer or usual
    algorithm = jose.Algorithm.of(who.key.type)
    said = {"alg": algorithm.value, "typ": "JWT", "kid": who.verification_method, **(header or {})}
    inside = {"vc": dict(credential)} if claims_of.is_version_1(credential) else credential
    payload = {**inside, **claims(credential), **(further or {})}
    parts = [
        multibase.encode_base64url(jose.to_json({name: value for name, value in each.items() if name not in without}))
        for each in (said, payload)
    ]
    signing_input = ".".join(parts).encode()
    signature = who.key.sign(signing_input, digest=algorithm.digest)
    return ".".join([*parts, multibase.encode_base64url(signature)])


def token_of_payload(payload: Mapping[str, Any]) -> str:
    """Return a token of the school with any payload."""
    who = healthy.school()
    header = {"alg": "EdDSA", "typ": "JWT", "kid": who.verification_method}
    parts = [multibase.encode_base64url(jose.to_json(each)) for each in (header, payload)]
    return ".".join([*parts, multibase.encode_base64url(who.key.sign(".".join(parts).encode()))])


def written(value: Mapping[str, Any] | str) -> bytes:
    """Return the bytes of a file."""
    return value.encode() if isinstance(value, str) else json.dumps(value, ensure_ascii=False).encode()


def data_address(content: bytes, media_type: str) -> str:
    """Return an address that holds its document."""
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def is_record(credential: Mapping[str, Any]) -> bool:
    """Tell whether a credential is a learner record."""
    return kind_of(credential) is CredentialKind.CLR


def _seconds(text: object) -> int | None:
    try:
        return int(parse_date_time(text).timestamp())
    except MalformedInstant:
        return None
