"""Every proof format in which a credential of the case study is issued, as a table, and one way to secure it."""

from __future__ import annotations

import dataclasses
import enum
import hashlib
import json
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.issuance.deriving import derive
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.securing.integrity.selective import Disclosure
from skillmark_reference.securing.keys import KeyType, SecretKey

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from skillmark_reference.credentials.issuing import Signer

_SELECTIVE = "ecdsa-sd-2023"
#: What the holder of a derived proof shows of a badge beside what is mandatory. The rest stays hidden.
_SHOWN = "result"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the table."""

    key_type: KeyType
    #: Of an embedded proof; none for VC-JWT, where the type of the key says the algorithm.
    cryptosuite: str | None = None


class ProofFormat(enum.Enum):
    """A proof format, with the type of its key."""

    EDDSA_RDFC = "eddsa-rdfc-2022"
    EDDSA_JCS = "eddsa-jcs-2022"
    ECDSA_RDFC_P256 = "ecdsa-rdfc-2019-p-256"
    ECDSA_RDFC_P384 = "ecdsa-rdfc-2019-p-384"
    ECDSA_JCS_P256 = "ecdsa-jcs-2019-p-256"
    ECDSA_JCS_P384 = "ecdsa-jcs-2019-p-384"
    #: What the issuer gives the holder; no verifier takes it.
    ECDSA_SD_BASE = "ecdsa-sd-2023-base"
    #: What the holder derives from it, with a part of the credential.
    ECDSA_SD_DERIVED = "ecdsa-sd-2023-derived"
    JWT_RS256 = "vc-jwt-rs256"
    JWT_ES256 = "vc-jwt-es256"
    JWT_ES384 = "vc-jwt-es384"
    JWT_EDDSA = "vc-jwt-eddsa"

    @property
    def row(self) -> Row:
        """What the format consists of."""
        return _ROWS[self]

    @property
    def is_token(self) -> bool:
        """Whether it is VC-JWT."""
        return self.row.cryptosuite is None

    @property
    def is_selective(self) -> bool:
        """Whether the holder may withhold a part. Credentials with embedded proofs inside cannot be secured so."""
        return self.row.cryptosuite == _SELECTIVE

    @property
    def inner(self) -> ProofFormat:
        """The format of endorsements inside: VC-JWT where the outer one is, or cannot hold proofs, else the usual one."""
        if self.is_selective:
            return ProofFormat.JWT_ES256
        return self if self.is_token else ProofFormat.EDDSA_RDFC


_ROWS = {
    ProofFormat.EDDSA_RDFC: Row(key_type=KeyType.ED25519, cryptosuite="eddsa-rdfc-2022"),
    ProofFormat.EDDSA_JCS: Row(key_type=KeyType.ED25519, cryptosuite="eddsa-jcs-2022"),
    ProofFormat.ECDSA_RDFC_P256: Row(key_type=KeyType.P256, cryptosuite="ecdsa-rdfc-2019"),
    ProofFormat.ECDSA_RDFC_P384: Row(key_type=KeyType.P384, cryptosuite="ecdsa-rdfc-2019"),
    ProofFormat.ECDSA_JCS_P256: Row(key_type=KeyType.P256, cryptosuite="ecdsa-jcs-2019"),
    ProofFormat.ECDSA_JCS_P384: Row(key_type=KeyType.P384, cryptosuite="ecdsa-jcs-2019"),
    ProofFormat.ECDSA_SD_BASE: Row(key_type=KeyType.P256, cryptosuite=_SELECTIVE),
    ProofFormat.ECDSA_SD_DERIVED: Row(key_type=KeyType.P256, cryptosuite=_SELECTIVE),
    ProofFormat.JWT_RS256: Row(key_type=KeyType.RSA),
    ProofFormat.JWT_ES256: Row(key_type=KeyType.P256),
    ProofFormat.JWT_ES384: Row(key_type=KeyType.P384),
    ProofFormat.JWT_EDDSA: Row(key_type=KeyType.ED25519),
}


def secured(
    credential: Mapping[str, Any], signer: Signer, proof_format: ProofFormat, *, created: datetime.datetime
) -> dict[str, Any] | str:
    """Return a credential with its proof, or as compact JWS. Equal arguments, equal bytes.

    Raises:
        IssuingRefused: The credential is not as the standard wants it.
    """
    suite = proof_format.row.cryptosuite
    if suite is None:
        return issuing.as_vc_jwt(credential, signer)
    disclosure = _disclosure(credential) if proof_format.is_selective else None
    signed = issuing.with_proof(credential, signer, created=created, cryptosuite=suite, disclosure=disclosure)
    return _derived(signed) if proof_format is ProofFormat.ECDSA_SD_DERIVED else signed


def written(credential: Mapping[str, Any] | str) -> bytes:
    """Return the bytes of a secured credential."""
    if isinstance(credential, str):
        return credential.encode("ascii")
    return (json.dumps(credential, ensure_ascii=False, indent=2) + "\n").encode()


def _disclosure(credential: Mapping[str, Any]) -> Disclosure:
    """Return the keys of one base proof; made from the id they are no secret, as little as the test keys are."""
    hmac_key, scalar = (hashlib.sha256(f"{each} {credential['id']}".encode()).digest() for each in ("hmac", "proof"))
    return Disclosure(
        mandatory_pointers=issuing.mandatory_pointers(credential),
        hmac_key=hmac_key,
        proof_key=SecretKey(type=KeyType.P256, raw=scalar),
    )


def _derived(signed: Mapping[str, Any]) -> dict[str, Any]:
    pointers = [f"/credentialSubject/{_SHOWN}"] if _SHOWN in signed["credentialSubject"] else []
    return derive(signed, pointers, contexts=newest_contexts())
