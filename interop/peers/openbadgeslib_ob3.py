"""openbadgeslib: Open Badges 3.0 with eddsa-rdfc-2022 and as VC-JWT, and the published contexts, byte for byte."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives import serialization
from interop.peers.asking import Offer, Peer, Refused, installed
from interop.records import BEGIN, LIST
from interop.suites import Form, Kind, Suite
from openbadgeslib import ob3
from openbadgeslib.errors import LibOpenBadgesException

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from interop.records import Record

    from skillmark_reference.credentials.issuing import Signer

_TOKENS = frozenset(suite for suite in Suite if suite.form is Form.VC_JWT)
OFFER = Offer(
    name="openbadgeslib",
    issues=_TOKENS | {Suite.EDDSA_RDFC},
    verifies=_TOKENS | {Suite.EDDSA_RDFC, Suite.ECDSA_SD},
)


class OpenBadgesLib(Peer):
    """The library, in this process."""

    def versions(self) -> Mapping[str, str]:
        """Return the version of the package."""
        return installed("openbadgeslib")

    def issue(self, credential: Record, signer: Signer, suite: Suite) -> Any:  # noqa: ANN401 - an object, or a token
        """Return a credential, secured: a badge as the library writes it, anything else as it is given."""
        key = _secret(signer)
        try:
            if suite.form is Form.VC_JWT:
                return _token(credential, ob3.OB3Signer(key, algorithm=suite.value.name))
            if _is_badge(credential):
                badge = ob3.OpenBadgeCredential.from_vc_document(credential)
                return ob3.OB3LdpSigner(key, signer.verification_method).sign(badge, created=BEGIN)
            return ob3.sign_clr_credential(credential, key, signer.verification_method)
        except (LibOpenBadgesException, ValueError) as error:
            raise Refused(str(error)) from None

    def verify(self, secured: Any, credential: Record, signer: Signer, suite: Suite) -> None:  # noqa: ANN401 - as above
        """Verify a secured credential by the function for its kind, with the issuer's key where it has to be given."""
        key = _public(signer)
        try:
            if suite.form is Form.VC_JWT and Kind.ENDORSEMENT.value in credential["type"]:
                ob3.verify_endorsement_jwt(secured, endorser_pubkey_pem=key)
            elif suite.form is Form.VC_JWT:
                ob3.OB3Verifier(key).verify(secured)
            elif _is_badge(credential):
                ob3.OB3LdpVerifier().verify(secured)
            else:
                ob3.verify_data_integrity_proof(secured, key, extra_contexts=ob3.bundled_clr_contexts())
        except LibOpenBadgesException as error:
            raise Refused(str(error)) from None

    def status_list(self, indexes: Sequence[int], signer: Signer) -> Any:  # noqa: ANN401 - a token
        """Return a signed status list of an issuer."""
        listed = ob3.build_status_list_credential(signer.profile["id"], LIST, "revocation", indexes, issued=BEGIN)
        return ob3.sign_status_list_credential(listed, _secret(signer), "EdDSA")

    def check_status(self, secured: Record, listed: Any) -> None:  # noqa: ANN401 - an object, or a token
        """Verify a credential of which the status is in a list."""
        content = (listed if isinstance(listed, str) else json.dumps(listed)).encode()
        try:
            ob3.OB3LdpVerifier().verify(secured, check_status=True, download=lambda _url: content)
        except LibOpenBadgesException as error:
            raise Refused(str(error)) from None


def _token(credential: Record, signer: Any) -> str:  # noqa: ANN401 - of the library
    """Return a badge as the library writes it; of other kinds only the token is the library's."""
    if _is_badge(credential):
        token: str = signer.sign(ob3.OpenBadgeCredential.from_vc_document(credential))
        return token
    claims = {"iss": credential["issuer"]["id"], "jti": credential["id"], "sub": credential["credentialSubject"]["id"]}
    dates = {"nbf": _seconds(credential["validFrom"]), "exp": _seconds(credential["validUntil"])}
    other: str = signer.sign_payload({**credential, **claims, **dates})
    return other


def _is_badge(credential: Record) -> bool:
    return any(kind.is_badge and kind.value in credential["type"] for kind in Kind)


def _seconds(text: str) -> int:
    return int(datetime.datetime.fromisoformat(text).timestamp())


def _secret(signer: Signer) -> bytes:
    encoding, no_password = serialization.Encoding.PEM, serialization.NoEncryption()
    key = jwt.PyJWK(dict(signer.key.jwk())).key
    written: bytes = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, no_password)
    return written


def _public(signer: Signer) -> bytes:
    key = jwt.PyJWK(dict(signer.key.public.jwk())).key
    written: bytes = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return written
