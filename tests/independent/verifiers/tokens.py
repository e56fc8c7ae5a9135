"""Credentials as tokens (Open Badges 3.0, JSON Web Token Proof Format and Verify a Credential)."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from . import keys
from .finding_keys import Keys
from .statements import Refused

if TYPE_CHECKING:
    import datetime

    from .finding_keys import Found

Record = dict[str, Any]

#: Keys by algorithm.
ALGORITHMS = {"RS256": "RSA", "ES256": "P-256", "EdDSA": "Ed25519"}
MEMBERS = {"alg", "kid", "jwk", "typ"}
CLAIMS = {"iss", "sub", "aud", "exp", "nbf", "iat", "jti"}
_OLD = "https://www.w3.org/2018/credentials/v1"
_SECONDS = 1.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token, taken apart."""

    header: Record
    payload: Record
    signed: bytes
    signature: bytes


def is_old(credential: Record) -> bool:
    """Tell whether a credential is of data model 1.1."""
    contexts = credential.get("@context")
    return isinstance(contexts, list) and contexts[:1] == [_OLD]


class Tokens(Keys):
    """Verifies tokens."""

    algorithms = ALGORITHMS

    def read_token(self, text: str) -> Token:
        """Take a token apart.

        Raises:
            Refused: It is none.
        """
        header, payload, signature = self.parts_of(text)
        return Token(
            header=self.object_in(header),
            payload=self.object_in(payload),
            signed=f"{header}.{payload}".encode(),
            signature=self.octets(signature),
        )

    def parts_of(self, text: str) -> list[str]:
        """Return the parts of a token."""
        parts = text.split(".")
        if len(parts) != 3 or not all(parts):
            raise Refused("a token has three parts")
        return parts

    def octets(self, part: str) -> bytes:
        """Return the octets of a part."""
        return keys.base64url(part)

    def object_in(self, part: str) -> Record:
        """Return the JSON object of a part."""
        try:
            found = json.loads(self.octets(part))
        except ValueError as problem:
            raise Refused("a part of the token is no JSON") from problem
        if not isinstance(found, dict):
            raise Refused("a part of the token is no JSON object")
        return found

    def check_token(self, token: Token) -> None:
        """Verify header, signature and claims.

        Raises:
            Refused: It is not signed by the issuer, or its claims contradict the credential.
        """
        self.check_header(token.header)
        credential = self.credential_in(token.payload)
        issuer = self.issuer_of(credential)
        found = self.key_of_token(token.header, issuer)
        self.check_signature(token, found)
        self.check_holder(found, issuer)
        self.check_claims(token.payload, credential)

    def check_header(self, header: Record) -> None:
        """Refuse a header with another algorithm or type, or with members that no header has."""
        if header.get("alg") not in self.algorithms:
            raise Refused("alg is not known")
        if header.get("typ", "JWT") != "JWT" or not header.keys() <= MEMBERS:
            raise Refused("the header has what no header has")

    def check_signature(self, token: Token, found: Found) -> None:
        """Refuse a signature that is not that of the key, or a key that does not fit the algorithm."""
        if self.algorithms[token.header["alg"]] != found.key.name:
            raise Refused("the key does not fit alg")
        if not found.key.signed(token.signature, token.signed):
            raise Refused("the signature of the token does not fit")

    def check_holder(self, found: Found, issuer: str) -> None:
        """Refuse a key that is not the issuer's."""
        if found.controller != issuer:
            raise Refused("the key is not that of the issuer")

    def credential_in(self, payload: Record) -> Record:
        """Return the credential of a payload: in vc for data model 1.1, beside the claims for 2.0."""
        if "vc" in payload:
            credential = payload["vc"]
            if not isinstance(credential, dict) or not is_old(credential):
                raise Refused("the claim vc is of data model 1.1 only")
            return credential
        if is_old(payload):
            raise Refused("a credential of data model 1.1 is in the claim vc")
        return {name: value for name, value in payload.items() if name not in CLAIMS}

    # Claims

    def check_claims(self, payload: Record, credential: Record) -> None:
        """Compare the claims with the credential."""
        begin, end = ("issuanceDate", "expirationDate") if is_old(credential) else ("validFrom", "validUntil")
        self.check_iss(payload, credential)
        self.check_sub(payload, credential)
        self.check_jti(payload, credential)
        self.check_nbf(payload, credential.get(begin))
        self.check_exp(payload, credential.get(end))

    def check_iss(self, payload: Record, credential: Record) -> None:
        """Refuse another iss."""
        if payload.get("iss") != self.issuer_of(credential):
            raise Refused("iss is not the issuer")

    def check_sub(self, payload: Record, credential: Record) -> None:
        """Refuse another sub; of a subject without id nothing can be said."""
        subject = credential.get("credentialSubject")
        if isinstance(subject, dict) and payload.get("sub") != subject.get("id"):
            raise Refused("sub is not the subject")

    def check_jti(self, payload: Record, credential: Record) -> None:
        """Refuse another jti."""
        if payload.get("jti") != credential.get("id"):
            raise Refused("jti is not the id")

    def check_nbf(self, payload: Record, begin: object) -> None:
        """Refuse another nbf, or one to come."""
        nbf = self.seconds(payload.get("nbf"))
        if abs(nbf - self.moment(begin).timestamp()) >= _SECONDS:
            raise Refused("nbf is not validFrom")
        if nbf > self.now.timestamp():
            raise Refused("nbf lies in the future")

    def check_exp(self, payload: Record, end: object) -> None:
        """Refuse an exp that is over, or another one than the credential has; it may be alone."""
        if "exp" not in payload:
            if end is not None:
                raise Refused("there is no exp")
            return
        exp = self.seconds(payload["exp"])
        if exp <= self.now.timestamp():
            raise Refused("exp is over")
        if end is not None and abs(exp - self.moment(end).timestamp()) >= _SECONDS:
            raise Refused("exp is not validUntil")

    def seconds(self, value: object) -> float:
        """Return a NumericDate."""
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise Refused("a claim is no number of seconds")
        return float(value)

    def moment(self, text: object) -> datetime.datetime:
        """Return a moment."""
        raise NotImplementedError

    def issuer_of(self, credential: Record) -> str:
        """Return the id of the issuer."""
        raise NotImplementedError
