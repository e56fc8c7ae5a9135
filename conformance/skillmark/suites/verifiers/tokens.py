"""Tokens that prove nothing, and claims that contradict the credential (Open Badges 3.0, Verify a Credential)."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from skillmark.suites.verifiers.defects import DEFECTS, in_tokens
from skillmark.suites.verifiers.samples import encoded
from skillmark_reference.securing import jose, multibase
from skillmark_reference.securing.key_material import KeyType

if TYPE_CHECKING:
    from skillmark.suites.verifiers.samples import Sample
    from skillmark_reference.securing.keys import PublicKey

_SIGNATURE = "OB30-R-105"
_ISS, _SUB, _NBF, _JTI, _EXP = (f"OB30-R-{number}" for number in (106, 107, 108, 109, 110))
_PAST, _FUTURE = 1_748_736_000, 4_039_372_800


def _parts(sample: Sample) -> list[str]:
    return sample.healthy.split(".")


def _claiming(sample: Sample, **claims: Any) -> str:  # noqa: ANN401 - any JSON
    """Return the token signed by its issuer with other claims; those given as ``...`` are left out."""
    payload = {**sample.payload(), **claims}
    return sample.token(payload={name: value for name, value in payload.items() if value is not ...})


def _resigned_payload(sample: Sample, **members: Any) -> str:  # noqa: ANN401 - any JSON
    """Return the token with another payload under the old signature."""
    header, _, signature = _parts(sample)
    return f"{header}.{encoded(sample.payload() | members)}.{signature}"


# Signatures


@DEFECTS.add(_SIGNATURE, "a value in the payload was changed after signing", where=in_tokens, is_hole=True)
def changed_payload(sample: Sample) -> str:
    """Change the name."""
    return _resigned_payload(sample, name="The better badge")


@DEFECTS.add(_SIGNATURE, "the subject was changed after signing", where=in_tokens, is_hole=True)
def swapped_subject(sample: Sample) -> str:
    """Give it to somebody else."""
    subject = sample.payload()["credentialSubject"] | {"id": "did:example:somebody-else"}
    return _resigned_payload(sample, credentialSubject=subject, sub="did:example:somebody-else")


@DEFECTS.add(_SIGNATURE, "it was prolonged after signing", where=in_tokens, is_hole=True)
def prolonged(sample: Sample) -> str:
    """Let it end later."""
    return _resigned_payload(sample, validUntil="2099-01-01T00:00:00Z", exp=4_070_908_800)


@DEFECTS.add(_SIGNATURE, "the header was changed after signing", where=in_tokens, is_hole=True)
def changed_header(sample: Sample) -> str:
    """Leave typ out of the header, which may be missing but was signed."""
    _, payload, signature = _parts(sample)
    alg = sample.form.removeprefix("vc-jwt-")
    kid = sample.issuer.verification_method
    return f"{encoded({'alg': alg, 'kid': kid})}.{payload}.{signature}"


@DEFECTS.add(_SIGNATURE, "alg is none, and there is no signature", where=in_tokens, is_hole=True)
def alg_none(sample: Sample) -> str:
    """Sign nothing, and say so."""
    return f"{encoded({'alg': 'none', **sample.header()})}.{_parts(sample)[1]}."


@DEFECTS.add(_SIGNATURE, "alg is NONE in other letters, and there is no signature", where=in_tokens, is_hole=True)
def alg_none_in_capitals(sample: Sample) -> str:
    """Write none in another way, for verifiers that look for the word."""
    return f"{encoded({'alg': 'NoNe', **sample.header()})}.{_parts(sample)[1]}."


@DEFECTS.add(_SIGNATURE, "alg is none over the signature of the issuer", where=in_tokens, is_hole=True)
def alg_none_with_a_signature(sample: Sample) -> str:
    """Sign nothing, and show the signature of something else."""
    _, payload, signature = _parts(sample)
    return f"{encoded({'alg': 'none', **sample.header()})}.{payload}.{signature}"


@DEFECTS.add(
    _SIGNATURE, "alg is HS256, with the issuer's public key in PEM form as the secret", where=in_tokens, is_hole=True
)
def hmac_with_the_public_key(sample: Sample) -> str:
    """Take what everybody knows for a secret."""
    return _hmac(sample, _pem(sample.issuer.key.public))


@DEFECTS.add(
    _SIGNATURE, "alg is HS256, with the issuer's public key as a JWK as the secret", where=in_tokens, is_hole=True
)
def hmac_with_the_public_jwk(sample: Sample) -> str:
    """Take what everybody knows for a secret, in its other form."""
    return _hmac(sample, jose.to_json(sample.issuer.key.public.jwk()))


@DEFECTS.add(_SIGNATURE, "alg is HS256 with an empty secret", where=in_tokens, is_hole=True)
def hmac_with_nothing(sample: Sample) -> str:
    """Take nothing for a secret."""
    return _hmac(sample, b"")


@DEFECTS.add(_SIGNATURE, "alg is not known", where=in_tokens)
def unknown_algorithm(sample: Sample) -> str:
    """Name an algorithm that nobody knows."""
    _, payload, signature = _parts(sample)
    return f"{encoded({'alg': 'UH2031', **sample.header()})}.{payload}.{signature}"


@DEFECTS.add(_SIGNATURE, "the signature was cut short", where=in_tokens, is_hole=True)
def truncated_signature(sample: Sample) -> str:
    """Leave the second half of the signature out."""
    header, payload, signature = _parts(sample)
    return f"{header}.{payload}.{signature[: len(signature) // 8 * 4]}"


@DEFECTS.add(_SIGNATURE, "the signature is empty", where=in_tokens, is_hole=True)
def empty_signature(sample: Sample) -> str:
    """Leave the signature out."""
    return ".".join([*_parts(sample)[:2], ""])


@DEFECTS.add(_SIGNATURE, "one bit of the signature was changed", where=in_tokens, is_hole=True)
def changed_signature(sample: Sample) -> str:
    """Flip a bit of the first byte."""
    header, payload, signature = _parts(sample)
    raw = multibase.decode_base64url(signature)
    return f"{header}.{payload}.{multibase.encode_base64url(bytes([raw[0] ^ 1]) + raw[1:])}"


@DEFECTS.add(_SIGNATURE, "the signature is nothing but zeros", where=in_tokens, is_hole=True)
def signature_of_zeros(sample: Sample) -> str:
    """Have a signature of the right length that says nothing."""
    header, payload, signature = _parts(sample)
    size = len(multibase.decode_base64url(signature))
    return f"{header}.{payload}.{multibase.encode_base64url(bytes(size))}"


@DEFECTS.add(_SIGNATURE, "the signature is that of another credential of the issuer", where=in_tokens, is_hole=True)
def replayed_signature(sample: Sample) -> str:
    """Put the signature of another credential under it."""
    other = _claiming(sample, name="Another one")
    return ".".join([*_parts(sample)[:2], other.rpartition(".")[2]])


# Keys


@DEFECTS.add(_SIGNATURE, "somebody else signed in the name of the issuer's key", where=in_tokens, is_hole=True)
def other_key(sample: Sample) -> str:
    """Sign with a key that is not the one named."""
    return sample.token(header=sample.header(), signer=sample.stranger)


@DEFECTS.add(_SIGNATURE, "the signature is good, but of somebody who is not the issuer", where=in_tokens, is_hole=True)
def other_controller(sample: Sample) -> str:
    """Have it signed by somebody else, under that one's own name."""
    return sample.token(signer=sample.stranger)


@DEFECTS.add(_SIGNATURE, "the token brings a key of its own, which is not the issuer's", where=in_tokens, is_hole=True)
def brought_key(sample: Sample) -> str:
    """Bring the key of somebody else in the header."""
    header = {"jwk": sample.stranger.key.public.jwk(), "typ": "JWT"}
    return sample.token(header=header, signer=sample.stranger)


@DEFECTS.add(_SIGNATURE, "kid names a key that the issuer's document does not have", where=in_tokens, is_hole=True)
def unknown_key(sample: Sample) -> str:
    """Name another fragment, and sign so."""
    did = sample.issuer.verification_method.partition("#")[0]
    return sample.token(header={"kid": f"{did}#key-99", "typ": "JWT"})


@DEFECTS.add(_SIGNATURE, "the header has neither kid nor jwk", where=in_tokens)
def no_key(sample: Sample) -> str:
    """Leave open where the key is."""
    return sample.token(header={"typ": "JWT"})


# Claims


@DEFECTS.add(_ISS, "iss is somebody else than issuer", where=in_tokens, is_hole=True)
def other_iss(sample: Sample) -> str:
    """Name another issuer."""
    return _claiming(sample, iss=sample.stranger.profile["id"])


@DEFECTS.add(_ISS, "there is no iss", where=in_tokens)
def no_iss(sample: Sample) -> str:
    """Leave the issuer out."""
    return _claiming(sample, iss=...)


@DEFECTS.add(_SUB, "sub is somebody else than the subject of the credential", where=in_tokens, is_hole=True)
def other_sub(sample: Sample) -> str:
    """Name another subject."""
    return _claiming(sample, sub="did:example:somebody-else")


@DEFECTS.add(_SUB, "there is no sub", where=in_tokens)
def no_sub(sample: Sample) -> str:
    """Leave the subject out."""
    return _claiming(sample, sub=...)


@DEFECTS.add(_JTI, "jti is another id than that of the credential", where=in_tokens)
def other_jti(sample: Sample) -> str:
    """Name another credential."""
    return _claiming(sample, jti="urn:uuid:00000000-0000-4000-8000-000000000000")


@DEFECTS.add(_JTI, "there is no jti", where=in_tokens)
def no_jti(sample: Sample) -> str:
    """Leave the id out."""
    return _claiming(sample, jti=...)


@DEFECTS.add(_NBF, "nbf is another moment than validFrom", where=in_tokens)
def other_nbf(sample: Sample) -> str:
    """Begin at another moment."""
    return _claiming(sample, nbf=sample.payload()["nbf"] - 86_400)


@DEFECTS.add(_NBF, "there is no nbf", where=in_tokens)
def no_nbf(sample: Sample) -> str:
    """Leave out when it begins."""
    return _claiming(sample, nbf=...)


@DEFECTS.add(_NBF, "nbf and validFrom lie in the future", where=in_tokens)
def not_yet_valid(sample: Sample) -> str:
    """Begin later than now."""
    return _claiming(sample, nbf=_FUTURE, validFrom="2098-01-01T00:00:00Z", validUntil=..., exp=...)


@DEFECTS.add(_EXP, "exp and validUntil are over", where=in_tokens, is_hole=True)
def expired(sample: Sample) -> str:
    """End before now."""
    return _claiming(sample, exp=_PAST, validUntil="2025-06-01T00:00:00Z")


@DEFECTS.add(_EXP, "exp is over, and the credential has no validUntil", where=in_tokens, is_hole=True)
def expired_by_claim(sample: Sample) -> str:
    """End before now, by the claim alone."""
    return _claiming(sample, exp=_PAST, validUntil=...)


def _hmac(sample: Sample, secret: bytes) -> str:
    text = f"{encoded({'alg': 'HS256', **sample.header()})}.{_parts(sample)[1]}"
    return f"{text}.{multibase.encode_base64url(hmac.new(secret, text.encode(), hashlib.sha256).digest())}"


def _pem(key: PublicKey) -> bytes:
    loaded: ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey | rsa.RSAPublicKey
    if key.type is KeyType.ED25519:
        loaded = ed25519.Ed25519PublicKey.from_public_bytes(key.raw)
    elif key.type is KeyType.RSA:
        jwk = key.jwk()
        numbers = (int.from_bytes(multibase.decode_base64url(jwk[name]), "big") for name in ("e", "n"))
        loaded = rsa.RSAPublicNumbers(*numbers).public_key()
    else:
        loaded = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), key.raw)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return loaded.public_bytes(serialization.Encoding.PEM, form)


# What is taken for something else


@DEFECTS.add(
    _SIGNATURE, "kid names the issuer's key, and jwk beside it is the key that signed", where=in_tokens, is_hole=True
)
def brought_key_beside_kid(sample: Sample) -> str:
    """Bring the key of somebody else in the header, in the name of the issuer's key."""
    header = {**sample.header(), "jwk": sample.stranger.key.public.jwk()}
    return sample.token(header=header, signer=sample.stranger)


@DEFECTS.add(_SIGNATURE, "alg is one that nobody knows, over a signature of the usual one", where=in_tokens)
def unknown_algorithm_signed_so(sample: Sample) -> str:
    """Name an algorithm that nobody knows, and sign so."""
    signed = f"{encoded({'alg': 'UH2031', **sample.header()})}.{_parts(sample)[1]}"
    return f"{signed}.{multibase.encode_base64url(sample.issuer.key.sign(signed.encode()))}"


@DEFECTS.add(
    _SIGNATURE,
    "the header says that an extension is critical which nobody knows",
    where=in_tokens,
    dispute="That unknown extensions are refused is of RFC 7515, 4.1.11; Open Badges 3.0 has no such member in the header.",
)
def critical_extension(sample: Sample) -> str:
    """Make something critical, and sign so."""
    name = "https://skillmark.example/terms#watermark"
    return sample.token(header={**sample.header(), "crit": [name], name: True})


@DEFECTS.add(_SIGNATURE, "the token has a fourth part", where=in_tokens)
def fourth_part(sample: Sample) -> str:
    """Put another part behind the signature (RFC 7515, 5.2)."""
    return f"{sample.healthy}.{encoded({'name': 'The better badge'})}"


@DEFECTS.add(_NBF, "nbf is an hour before validFrom", where=in_tokens)
def nbf_by_another_clock(sample: Sample) -> str:
    """Take the time of another zone for UTC."""
    return _claiming(sample, nbf=sample.payload()["nbf"] - 3_600)


@DEFECTS.add(_EXP, "exp is over, and validUntil is not", where=in_tokens, is_hole=True)
def expired_by_exp_alone(sample: Sample) -> str:
    """End before now by the claim, and later by the credential."""
    return _claiming(sample, exp=_PAST)


@DEFECTS.add(_EXP, "exp is over and written in quotes, and the credential has no validUntil", where=in_tokens)
def expired_in_quotes(sample: Sample) -> str:
    """Write the claim as a text (RFC 7519, 4.1.4: a number)."""
    return _claiming(sample, exp=f"{_PAST}", validUntil=...)
