"""Compact JWS: published tokens byte for byte; tokens with exactly one fault are refused, for that reason."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.securing import vectors
from tests.reference.securing.tokens import KID, encoded, only_problem, outcomes, problems, signed, verify_jws

from skillmark_reference.securing import jose, multibase
from skillmark_reference.securing.jose import Algorithm, KeyUnavailable, Step, StepOutcome
from skillmark_reference.securing.keys import KeyType, PublicKey, SecretKey, UnusableKey

if TYPE_CHECKING:
    from collections.abc import Mapping

    Record = dict[str, Any]


@pytest.mark.parametrize(
    ("token", "secret", "payload"),
    [
        (
            vectors.RS256_TOKEN,
            vectors.RSA,
            b'{"iss":"joe",\r\n "exp":1300819380,\r\n "http://example.com/is_root":true}',
        ),
        (vectors.EDDSA_TOKEN, SecretKey.from_jwk(vectors.EDDSA_JWK), b"Example of Ed25519 signing"),
    ],
)
def test_published_tokens_are_made(token: str, secret: SecretKey, payload: bytes) -> None:
    """RFC 7515, A.2 and RFC 8037, A.4: the same key and payload give the same token, which verifies."""
    assert token == jose.sign_compact(payload, key=secret, header={})
    found = verify_jws(token, secret.public)
    assert (True, payload, secret.public) == (found.verified, found.payload, found.key)


def test_published_es256_token_verifies() -> None:
    """RFC 7515, A.3: a signature that was not made deterministically verifies."""
    secret = SecretKey.from_jwk(vectors.ES256_JWK)
    assert verify_jws(vectors.ES256_TOKEN, secret.public).verified


@pytest.mark.parametrize(
    ("secret", "algorithm"),
    [
        (vectors.RSA, Algorithm.RS256),
        (vectors.RSA, Algorithm.RS384),
        (vectors.RSA, Algorithm.RS512),
        (vectors.P256, Algorithm.ES256),
        (vectors.P384, Algorithm.ES384),
        (vectors.ED25519, Algorithm.EDDSA),
        (vectors.ED25519, Algorithm.ED25519),
    ],
)
def test_each_algorithm_comes_back(secret: SecretKey, algorithm: Algorithm) -> None:
    """What is signed with an algorithm verifies, and no longer once the algorithm is not allowed."""
    token = jose.sign_compact(b"payload", key=secret, header={"kid": KID}, algorithm=algorithm)
    found = verify_jws(token, secret.public)
    assert found.verified
    assert {"alg": algorithm.value, "kid": KID} == found.header
    others = set(Algorithm) - {algorithm}
    refused = jose.verify_compact(token, find_key=lambda _: secret.public, allowed=others)
    assert "is not accepted" in only_problem(refused.steps, Step.HEADER)


@given(position=st.integers(0, 10_000), bit=st.integers(0, 5))
@settings(max_examples=40, deadline=None)
def test_no_bit_can_be_changed(position: int, bit: int) -> None:
    """A token with one bit of one letter changed is refused, wherever it is."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    token = jose.sign_compact(b'{"a":1}', key=vectors.P256, header={"kid": KID})
    places = [place for place, letter in enumerate(token) if letter != "."]
    place = places[position % len(places)]
    other = alphabet[alphabet.index(token[place]) ^ 1 << bit]
    assert verify_jws(token, vectors.P256.public).verified
    assert not verify_jws(token[:place] + other + token[place + 1 :], vectors.P256.public).verified


HEADER, BODY, SIGNATURE = vectors.RS256_TOKEN.split(".")


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("", "this one has 1"),
        (HEADER, "this one has 1"),
        (f"{HEADER}.{BODY}", "this one has 2"),
        (f"{vectors.RS256_TOKEN}.", "this one has more"),
        (f"{vectors.RS256_TOKEN}.x.y", "this one has more"),
        (f".{BODY}.{SIGNATURE}", "the header is empty"),
        (f"{HEADER}..{SIGNATURE}", "the payload is empty"),
        (f"{HEADER}.{BODY}.", "the signature is empty"),
        (f"{vectors.RS256_TOKEN}==", "without padding"),
        (f"{vectors.RS256_TOKEN}\n", "alphabet"),
        (f" {vectors.RS256_TOKEN}", "alphabet"),
        (f"{HEADER}.{BODY}.{SIGNATURE.replace('-', '+')}", "alphabet"),
        (f"{HEADER}.{BODY}.{SIGNATURE[:-1]}x", "unused bits"),
        (f"{'e30A' * 5000}.{BODY}.{SIGNATURE}", "the header has 20000 letters"),
        ("e" * (16 * 2**20 + 1), "the limit is 16777216"),
    ],
)
def test_other_forms_are_refused(token: str, reason: str) -> None:
    """The published token is accepted; with other parts, letters or sizes its form is refused, and nothing else is looked at."""
    assert verify_jws(vectors.RS256_TOKEN, vectors.RSA.public).verified
    found = verify_jws(token, vectors.RSA.public)
    assert reason in only_problem(found.steps, Step.FORM)
    assert {StepOutcome.FAILED, StepOutcome.NOT_REACHED} == set(outcomes(found.steps).values())


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"alg": "none"}, "'none' is no signature"),
        ({"alg": "None"}, "'None' is no signature"),
        ({"alg": "nOnE"}, "'nOnE' is no signature"),
        ({"alg": "HS256"}, "uses a shared secret"),
        ({"alg": "HS512"}, "uses a shared secret"),
        ({"alg": "PS256"}, "'PS256' is not accepted"),
        ({"alg": "RSA256"}, "'RSA256' is not accepted"),
        ({"alg": "rs256"}, "'rs256' is not accepted"),
        ({"alg": ["RS256"]}, "is not accepted"),
        ({"alg": None}, "no alg"),
        ({}, "no alg"),
        ({"alg": "RS256", "crit": ["exp"], "exp": 1}, "crit names extensions"),
        ({"alg": "RS256", "crit": []}, "crit names extensions"),
        ({"alg": "RS256", "b64": False}, "b64"),
        ({"alg": "RS256", "b64": "true"}, "b64"),
    ],
)
def test_one_fault_in_the_header(header: Record, reason: str) -> None:
    """A token with a healthy header verifies; with another algorithm or an extension it is refused, whatever was signed."""
    assert verify_jws(signed({"alg": "RS256"}, b"{}"), vectors.RSA.public).verified
    found = verify_jws(signed(header, b"{}"), vectors.RSA.public)
    assert not found.verified
    assert reason in only_problem(found.steps, Step.HEADER)


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        (b'{"alg":"RS256","alg":"none"}', "more than once: alg"),
        (b'["RS256"]', "expected is a JSON object"),
        (b"{", "no JSON"),
    ],
)
def test_headers_that_readers_understand_differently(header: bytes, reason: str) -> None:
    """A header with a member twice, or that is no object, is refused although its signature is right."""
    signing_input = f"{multibase.encode_base64url(header)}.e30"
    token = f"{signing_input}.{multibase.encode_base64url(vectors.RSA.sign(signing_input.encode()))}"
    assert reason in only_problem(verify_jws(token, vectors.RSA.public).steps, Step.HEADER)


def test_unsecured_tokens_are_refused() -> None:
    """RFC 7515, A.5: the unsecured token has no signature, and is none with one either."""
    found = verify_jws(vectors.UNSECURED_TOKEN, vectors.RSA.public)
    assert "the signature is empty" in only_problem(found.steps, Step.FORM)
    found = verify_jws(f"{vectors.UNSECURED_TOKEN}{SIGNATURE}", vectors.RSA.public)
    assert "is no signature" in only_problem(found.steps, Step.HEADER)
    assert StepOutcome.NOT_REACHED is outcomes(found.steps)[Step.SIGNATURE]


def test_public_keys_are_no_shared_secrets() -> None:
    """HS256 with any text of the public key as the secret is refused, although the MAC is right."""
    public = vectors.RSA.public
    for secret in (public.raw, public.multikey.encode(), jose.to_json(public.jwk())):
        signing_input = f"{encoded({'alg': 'HS256'})}.{BODY}"
        mac = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
        found = verify_jws(f"{signing_input}.{multibase.encode_base64url(mac)}", public)
        assert "uses a shared secret" in only_problem(found.steps, Step.HEADER)


@pytest.mark.parametrize(
    ("alg", "secret", "reason"),
    [
        ("ES256", vectors.RSA, "alg ES256 needs a P-256 key; the key found is a RSA key"),
        ("RS256", vectors.P256, "alg RS256 needs a RSA key"),
        ("ES384", vectors.P256, "alg ES384 needs a P-384 key"),
        ("ES256K", vectors.P256, "alg ES256K needs a secp256k1 key"),
        ("EdDSA", vectors.P256, "alg EdDSA needs a Ed25519 key"),
        ("ES256", vectors.ED25519, "alg ES256 needs a P-256 key"),
    ],
)
def test_the_algorithm_fits_the_key(alg: str, secret: SecretKey, reason: str) -> None:
    """The right algorithm verifies; one for another type of key is refused before any signature is looked at."""
    healthy = {"alg": Algorithm.of(secret.type).value}
    assert verify_jws(signed(healthy, b"{}", secret), secret.public).verified
    found = verify_jws(signed({"alg": alg}, b"{}", secret), secret.public)
    assert reason in only_problem(found.steps, Step.KEY)
    assert StepOutcome.NOT_REACHED is outcomes(found.steps)[Step.SIGNATURE]
    with pytest.raises(UnusableKey, match="needs a"):
        jose.sign_compact(b"{}", key=secret, header={}, algorithm=Algorithm(alg))


@pytest.mark.parametrize("secret", [vectors.RSA, vectors.P256, vectors.P384, vectors.ED25519])
def test_signatures_of_another_length_are_told_so(secret: SecretKey) -> None:
    """Cut off, prolonged, or in DER: the length is what is wrong."""
    token = jose.sign_compact(b"{}", key=secret, header={})
    head, signature = token.rsplit(".", 1)
    octets = multibase.decode_base64url(signature)
    assert verify_jws(token, secret.public).verified
    for other in (octets[:-1], octets + b"\0", octets[: len(octets) // 2]):
        found = verify_jws(f"{head}.{multibase.encode_base64url(other)}", secret.public)
        assert f"this one has {len(other)}" in only_problem(found.steps, Step.SIGNATURE)


def test_a_digest_of_another_algorithm_does_not_verify() -> None:
    """RS384 in the header with a signature over SHA-256 is refused."""
    found = verify_jws(signed({"alg": "RS384"}, b"{}"), vectors.RSA.public)
    assert "does not verify" in only_problem(found.steps, Step.SIGNATURE)


def test_a_key_that_cannot_be_had_is_no_problem_of_the_token() -> None:
    """Where the key could not be fetched the verification cannot tell; where it is wrong the token fails."""

    def unreachable(_: Mapping[str, Any]) -> PublicKey:
        raise KeyUnavailable("the host does not answer")

    found = jose.verify_compact(vectors.RS256_TOKEN, find_key=unreachable)
    assert not found.verified
    assert {} == problems(found.steps)
    assert StepOutcome.CANNOT_TELL is outcomes(found.steps)[Step.KEY]
    wrong = jose.verify_compact(vectors.RS256_TOKEN, find_key=lambda _: PublicKey.from_multikey("z6Mk"))
    assert StepOutcome.FAILED is outcomes(wrong.steps)[Step.KEY]


def test_messages_stay_short() -> None:
    """Values of a hostile token are not repeated at length."""
    header = {"alg": "x" * 1000, "crit": [["y" * 500] * 5] * 4}
    found = verify_jws(signed(header, b"{}"), vectors.RSA.public)
    assert 2 == len(problems(found.steps)[Step.HEADER])
    assert all(len(each) < 1000 for each in problems(found.steps)[Step.HEADER])


def test_es256k_verifies() -> None:
    """A token that another library signed with secp256k1 verifies."""
    secret = ec.generate_private_key(ec.SECP256K1())
    point = secret.public_key().public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
    signing_input = f"{encoded({'alg': 'ES256K'})}.{BODY}"
    r, s = utils.decode_dss_signature(secret.sign(signing_input.encode(), ec.ECDSA(hashes.SHA256())))
    token = f"{signing_input}.{multibase.encode_base64url(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"
    assert verify_jws(token, PublicKey(type=KeyType.SECP256K1, raw=point)).verified
