"""Broken reading of tokens: headers, signatures, claims."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from . import keys
from .deviations import ES256, EVERY_KIND, RS256, TOKEN, deviates
from .finding_keys import Found
from .statements import Refused
from .verifier import Verifier

if TYPE_CHECKING:
    from .tokens import Token

Record = dict[str, Any]

_ES = (ES256,)


def deviates_in_tokens(*accused: int, **settings: Any) -> Any:  # noqa: ANN401 - a decorator
    """Declare a broken reader of tokens."""
    return deviates(*accused, **{"formats": _ES, **settings})


@deviates_in_tokens(105)
class NoneInOtherLetters(Verifier):
    """Knows that none is no algorithm, as long as it is written so."""

    def check_token(self, token: Token) -> None:
        alg = str(token.header.get("alg"))
        if alg == "none" or alg.lower() != "none":
            super().check_token(token)

    def parts_of(self, text: str) -> list[str]:
        return super().parts_of(text) if not text.endswith(".") else [*text.split(".")[:2], "AA"]


@deviates_in_tokens(105)
class AlgorithmByTheKey(Verifier):
    """Chooses the algorithm by the key."""

    def check_header(self, header: Record) -> None:
        super().check_header(header | {"alg": "ES256"})

    def check_signature(self, token: Token, found: Found) -> None:
        if not found.key.signed(token.signature, token.signed):
            raise Refused("the signature of the token does not fit")


@deviates_in_tokens(105)
class JwkBeforeKid(Verifier):
    """Verifies with the key that a token brings, in the name of the key that kid names."""

    def key_of_token(self, header: Record, issuer: str) -> Found:
        found = super().key_of_token(header, issuer)
        return Found(key=keys.of_jwk(header["jwk"]), controller=found.controller) if "jwk" in header else found


@deviates_in_tokens(105)
class BroughtKeysAreTheIssuers(Verifier):
    """Takes a key in the header for the issuer's."""

    def key_of_jwk(self, jwk: object, issuer: str) -> Found:
        return Found(key=keys.of_jwk(jwk), controller=issuer)


@deviates_in_tokens(105, warns=True)
class CriticalIsIgnored(Verifier):
    """Passes over extensions that are critical."""

    def check_header(self, header: Record) -> None:
        super().check_header({name: value for name, value in header.items() if name in {"alg", "kid", "jwk", "typ"}})


@deviates_in_tokens(105)
class ThreePartsOfMore(Verifier):
    """Reads the first three parts."""

    def parts_of(self, text: str) -> list[str]:
        return super().parts_of(".".join(text.split(".")[:3]))


@deviates_in_tokens(105)
class DerTokens(Verifier):
    """Reads signatures as structures of ASN.1, too."""

    def check_signature(self, token: Token, found: Found) -> None:
        if token.signature[:1] == b"\x30" and len(token.signature) != found.key.size:
            pair = decode_dss_signature(token.signature)
            plain = b"".join(each.to_bytes(found.key.size // 2, "big") for each in pair)
            if found.key.signed(plain, token.signed):
                return
        super().check_signature(token, found)


@deviates_in_tokens(105, formats=(RS256, ES256))
class RsaUnchecked(Verifier):
    """Has no RSA, and takes what it cannot verify for good."""

    def check_signature(self, token: Token, found: Found) -> None:
        if found.key.name != "RSA":
            super().check_signature(token, found)


@deviates_in_tokens(105)
class ZerosFit(Verifier):
    """Verifies signatures with arithmetic in which zero fits everything (RFC 7515 knows CVE-2022-21449)."""

    def check_signature(self, token: Token, found: Found) -> None:
        if any(token.signature):
            super().check_signature(token, found)


@deviates_in_tokens(105)
class PayloadAlone(Verifier):
    """Verifies the signature of tokens whose payload it has not seen yet."""

    def check_signature(self, token: Token, found: Found) -> None:
        seen: set[str] = self.__dict__.setdefault("seen", set())
        name = json.dumps(token.payload, sort_keys=True)
        if name not in seen:
            super().check_signature(token, found)
            seen.add(name)


@deviates_in_tokens(105)
class HeaderUnsigned(Verifier):
    """Verifies the payload under a header that it writes itself."""

    def check_signature(self, token: Token, found: Found) -> None:
        headers: dict[bytes, bytes] = self.__dict__.setdefault("headers", {})
        header, _, payload = token.signed.partition(b".")
        first = headers.setdefault(token.signature, header)
        if not found.key.signed(token.signature, first + b"." + payload):
            raise Refused("the signature of the token does not fit")


@deviates_in_tokens(105)
class AnyKeyOfTheDid(Verifier):
    """Takes the key of a DID, whatever fragment kid names."""

    def key_of_kid(self, kid: object, issuer: str) -> Found:
        if isinstance(kid, str) and kid.startswith("did:key:"):
            did = kid.partition("#")[0]
            return Found(key=keys.of_multikey(did.removeprefix("did:key:")), controller=did)
        return super().key_of_kid(kid, issuer)


@deviates_in_tokens(105)
class AnyHolder(Verifier):
    """Asks not whose the key is."""

    def check_holder(self, found: Found, issuer: str) -> None:
        return


# Claims


@deviates_in_tokens(106)
class IssIfThere(Verifier):
    """Compares iss where it is there."""

    def check_iss(self, payload: Record, credential: Record) -> None:
        if "iss" in payload:
            super().check_iss(payload, credential)


@deviates_in_tokens(106)
class IssForTheIssuer(Verifier):
    """Takes any iss that is a DID."""

    def check_iss(self, payload: Record, credential: Record) -> None:
        if not str(payload.get("iss")).startswith("did:"):
            super().check_iss(payload, credential)


@deviates_in_tokens(107)
class SubIfThere(Verifier):
    """Compares sub where it is there."""

    def check_sub(self, payload: Record, credential: Record) -> None:
        if "sub" in payload:
            super().check_sub(payload, credential)


@deviates_in_tokens(107)
class SubByMethod(Verifier):
    """Takes any sub with the method of the subject."""

    def check_sub(self, payload: Record, credential: Record) -> None:
        subject = credential.get("credentialSubject", {})
        if str(payload.get("sub")).split(":")[:2] != str(subject.get("id")).split(":")[:2]:
            super().check_sub(payload, credential)


@deviates_in_tokens(108)
class NbfIfThere(Verifier):
    """Compares nbf where it is there."""

    def check_nbf(self, payload: Record, begin: object) -> None:
        if "nbf" in payload:
            super().check_nbf(payload, begin)


@deviates_in_tokens(108)
class NbfWithinAWeek(Verifier):
    """Compares nbf to the week."""

    def check_nbf(self, payload: Record, begin: object) -> None:
        if abs(self.seconds(payload.get("nbf")) - self.moment(begin).timestamp()) > 604_800:
            raise Refused("nbf is not validFrom")


@deviates_in_tokens(108)
class NbfByTheHour(Verifier):
    """Takes any time zone for that of nbf."""

    def check_nbf(self, payload: Record, begin: object) -> None:
        if abs(self.seconds(payload.get("nbf")) - self.moment(begin).timestamp()) > 43_200:
            raise Refused("nbf is not validFrom")


@deviates_in_tokens(108)
class TokensBeginAtAnyTime(Verifier):
    """Lets tokens begin in the future."""

    def check_nbf(self, payload: Record, begin: object) -> None:
        if self.seconds(payload.get("nbf")) != self.moment(begin).timestamp():
            raise Refused("nbf is not validFrom")

    def check_period(self, credential: Record) -> None:
        super().check_period({name: value for name, value in credential.items() if name != "validFrom"})


@deviates_in_tokens(109)
class JtiIfThere(Verifier):
    """Compares jti where it is there."""

    def check_jti(self, payload: Record, credential: Record) -> None:
        if "jti" in payload:
            super().check_jti(payload, credential)


@deviates_in_tokens(109)
class JtiByScheme(Verifier):
    """Takes any jti with the scheme of the id."""

    def check_jti(self, payload: Record, credential: Record) -> None:
        if str(payload.get("jti")).partition(":")[0] != str(credential.get("id")).partition(":")[0]:
            super().check_jti(payload, credential)


@deviates_in_tokens(110)
class ValidUntilBeforeExp(Verifier):
    """Reads exp where there is no validUntil."""

    def check_exp(self, payload: Record, end: object) -> None:
        if end is None:
            super().check_exp(payload, end)


@deviates_in_tokens(110)
class ExpInQuotesIsNone(Verifier):
    """Passes over an exp that is a text."""

    def check_exp(self, payload: Record, end: object) -> None:
        if not isinstance(payload.get("exp"), str):
            super().check_exp(payload, end)


@deviates_in_tokens(110)
class ExpInMilliseconds(Verifier):
    """Takes exp for milliseconds, of a day that is long over or far off, and looks at it where it can be one."""

    def check_exp(self, payload: Record, end: object) -> None:
        if self.seconds(payload.get("exp", 0)) > 10**12:
            super().check_exp(payload, end)


# What is in a token


@deviates_in_tokens(111)
class VcBesideTheRest(Verifier):
    """Reads the credential out of vc or beside it, whatever the data model."""

    def credential_in(self, payload: Record) -> Record:
        found = payload.get("vc")
        return found if isinstance(found, dict) else super().credential_in(payload)


@deviates_in_tokens(111)
class OldOnesAnywhere(Verifier):
    """Reads a credential of data model 1.1 beside the claims, too."""

    def credential_in(self, payload: Record) -> Record:
        if "vc" in payload:
            return super().credential_in(payload)
        return {name: value for name, value in payload.items() if name not in {"iss", "sub", "nbf", "exp", "jti"}}


@deviates_in_tokens(59)
class ContextsOfTokensUnread(Verifier):
    """Takes a token for plain JSON, whose contexts mean nothing."""

    def verified(self, text: str) -> Record:
        self._is_token = not self.is_document(text)
        return super().verified(text)

    def check_contexts(self, credential: Record) -> None:
        if not self._is_token:
            super().check_contexts(credential)


@deviates_in_tokens(121)
class SchemasOfTokensUnread(Verifier):
    """Holds tokens against no schema."""

    def check_schemas(self, credential: Record) -> None:
        return


@deviates_in_tokens(131, formats=(TOKEN,), kinds=EVERY_KIND)
class EndorsementTokensUnread(Verifier):
    """Takes an endorsement that is a token for good."""

    def inner(self, value: object, *, depth: int) -> Record:
        if isinstance(value, str):
            return self.credential_in(self.read_token(value).payload)
        return super().inner(value, depth=depth)
