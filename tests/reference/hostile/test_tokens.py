"""Hostile tokens: no signature, the wrong kind of key, keys at places where no key is."""

from __future__ import annotations

import dataclasses
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.credentials.presenting import HOLDER, look, presentation
from tests.reference.credentials.surroundings import (
    CLUB,
    NOW,
    SCHOOL,
    badge,
    check,
    controlled,
    failed,
    secret,
    signed,
    subjects,
)

from skillmark_reference.credentials.issuing import Signer
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.credentials.verifying import verify, verify_presentation
from skillmark_reference.documents import Documents, Policy, SystemClock
from skillmark_reference.securing import jose, multibase, vc_jwt
from skillmark_reference.securing.keys import KeyType

if TYPE_CHECKING:
    from collections.abc import Sequence

Record = dict[str, Any]

CURVE = Signer.by_did_key(secret(5, KeyType.P256), name="School")


def assembled(header: Record, payload: bytes, signature: bytes) -> str:
    """Return a token of any parts."""
    return ".".join(multibase.encode_base64url(each) for each in (json.dumps(header).encode(), payload, signature))


def payload_of(credential: Record | None = None) -> bytes:
    return jose.to_json(vc_jwt.payload_of(credential or badge()))


# No signature


@pytest.mark.parametrize(
    "name", ["none", "None", "NONE", "nOnE", "", None, ["none"], "HS256", "HS512", "hs256", "RS256 ", 5]
)
@pytest.mark.parametrize("signature", [b"", b"\x00" * 64])
def test_algorithms_that_sign_nothing(name: object, signature: bytes) -> None:
    """``alg: none`` in any spelling, and what is no algorithm, is no signature (RFC 8725, 3.1)."""
    token = assembled({"alg": name, "kid": SCHOOL.verification_method}, payload_of(), signature)
    found = check(token)
    assert Verdict.INVALID is found.verdict
    assert found.credential is None
    held = {"@context": "https://www.w3.org/ns/credentials/v2", "type": "EnvelopedVerifiableCredential"}
    for media_type in ("vc+jwt", "jwt"):
        assert not check({**held, "id": f"data:application/{media_type},{token}"}).valid
    assert not look(assembled({"alg": name}, json.dumps({"vp": presentation()}).encode(), signature)).valid


@pytest.mark.parametrize("form", ["jwk", "pem", "raw", "multikey"])
def test_the_public_key_is_no_shared_secret(form: str) -> None:
    """A token with HS256, whose secret is the public key in some form, was made by anyone (RFC 8725, 2.1)."""
    public = CURVE.key.public
    material = {
        "jwk": json.dumps(public.jwk()).encode(),
        "pem": public.multikey.encode(),
        "raw": public.thumbprint().encode(),
        "multikey": public.multikey.encode(),
    }[form]
    header = json.dumps({"alg": "HS256", "kid": CURVE.verification_method}).encode()
    signing_input = f"{multibase.encode_base64url(header)}.{multibase.encode_base64url(payload_of(badge(CURVE)))}"
    value = hmac.new(material, signing_input.encode(), hashlib.sha256).digest()
    found = check(f"{signing_input}.{multibase.encode_base64url(value)}")
    assert Subject.TOKEN_HEADER in failed(found)
    assert found.credential is None


# The wrong kind of key


@pytest.mark.parametrize("name", ["RS256", "RS512", "ES256", "ES384", "ES256K"])
def test_algorithms_for_other_keys(name: str) -> None:
    """An algorithm fits one type of key; the header does not decide which (RFC 8725, 3.1)."""
    token = assembled({"alg": name, "kid": SCHOOL.verification_method}, payload_of(), b"\x01" * 64)
    assert Subject.TOKEN_KEY in failed(check(token))


def test_keys_of_another_type_in_a_proof() -> None:
    """A suite has its types of keys: a key on a curve does not sign with Ed25519."""
    made = signed(badge())
    made["proof"]["verificationMethod"] = CURVE.verification_method
    assert {Subject.PROOF, Subject.CONTROLLER} <= set(failed(check(made)))


@pytest.mark.parametrize(
    "header",
    [
        {"jwk": SCHOOL.key.public.jwk(), "kid": CLUB.verification_method},
        {"jwk": {**SCHOOL.key.public.jwk(), "d": "AAAA"}},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jwk": {**SCHOOL.key.public.jwk(), "kty": "RSA"}},
        {"jwk": {**SCHOOL.key.public.jwk(), "x": "AAAA"}},
        {"jwk": SCHOOL.key.public.jwk(), "jku": "https://elsewhere.example/keys"},
        {"kid": SCHOOL.verification_method, "x5u": "https://elsewhere.example/cert"},
        {"kid": SCHOOL.verification_method, "crit": ["exp"]},
        {"kid": SCHOOL.verification_method, "b64": False},
        {"kid": ""},
        {"kid": ["a"]},
        {"kid": "file:///etc/passwd"},
        {},
    ],
    ids=str,
)
def test_headers_that_bring_their_own_rules(header: Record) -> None:
    """A header proposes a key and never makes the rules: other members, extensions, secret and malformed keys are refused."""
    token = jose.sign_compact(payload_of(), key=SCHOOL.key, header=header)
    assert Verdict.INVALID is check(token).verdict


def test_a_key_of_ones_own() -> None:
    """A token that brings its key is verified against those that its issuer publishes."""
    own = vc_jwt.issue(badge(CLUB), key=CLUB.key)
    assert check(own).valid
    foreign = vc_jwt.issue(badge(SCHOOL), key=CLUB.key)
    assert [Subject.CONTROLLER] == failed(check(foreign))


# Keys at places where no key is


@dataclasses.dataclass(slots=True)
class Resolver:
    """Resolves every name to one address, and takes note of the names."""

    address: str
    names: list[str] = dataclasses.field(default_factory=list)

    def __call__(self, host: str, port: int) -> Sequence[str]:
        self.names.append(f"{host}:{port}")
        return [self.address]


PRIVATE = [
    "127.0.0.1",
    "10.0.0.1",
    "169.254.169.254",
    "192.168.0.1",
    "::1",
    "fe80::1",
    "::ffff:127.0.0.1",
    "64:ff9b::7f00:1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_addresses_that_are_not_public(address: str) -> None:
    """A name that leads to a private address is never connected to, whether it is named by kid, proof, schema or status."""
    resolve = Resolver(address)
    documents = Documents(clock=SystemClock(), policy=Policy(), resolve=resolve)
    issuer = controlled("https://elsewhere.example/issuer")
    tokens = [
        jose.sign_compact(
            payload_of(badge(issuer)), key=SCHOOL.key, header={"kid": "https://elsewhere.example/keys#1"}
        ),
        json.dumps(signed(badge(issuer), issuer)),
        json.dumps(
            signed(
                badge(
                    credentialSchema=[{"id": "https://elsewhere.example/s", "type": "1EdTechJsonSchemaValidator2019"}]
                )
            )
        ),
        json.dumps(
            signed(badge(refreshService={"id": "https://elsewhere.example/r", "type": "1EdTechCredentialRefresh"}))
        ),
    ]
    for each in tokens:
        found = verify(each, documents=documents, now=NOW)
        assert found.verdict in {Verdict.UNVERIFIABLE, Verdict.VALID}
        assert "no public address" in str(
            [step.problems for step in found.with_outcome(Outcome.CANNOT_TELL, Outcome.WARNED)]
        )
    assert {"elsewhere.example:443"} == set(resolve.names)


@pytest.mark.parametrize(
    "kid",
    [
        "https://127.0.0.1/key",
        "https://[::1]/key",
        "https://2130706433/key",
        "https://0x7f.1/key",
        "https://localhost/key",
        "http://elsewhere.example/key",
        "https://user:password@elsewhere.example/key",
        "https://elsewhere.example:0/key",
        "https://[/key",
        "https:///key",
        "https://elsewhere.example/" + "a" * 5000,
        "did:web:127.0.0.1",
        "did:web:localhost%3A8000#key",
        "did:web:elsewhere.example:..:..:etc#key",
        "did:unknown:a#key",
        "did:key:z#z",
        "did:jwk:e30#0",
    ],
)
def test_keys_that_are_nowhere(kid: str) -> None:
    """Whatever a header names as place of a key, the answer is a verdict, and no connection to anything private."""
    resolve = Resolver("127.0.0.1")
    documents = Documents(clock=SystemClock(), policy=Policy(), resolve=resolve)
    token = jose.sign_compact(payload_of(), key=SCHOOL.key, header={"kid": kid})
    found = verify(token, documents=documents, now=NOW)
    assert found.verdict in {Verdict.INVALID, Verdict.UNVERIFIABLE}
    assert Subject.TOKEN_KEY in subjects(found, Outcome.FAILED, Outcome.CANNOT_TELL)


def test_a_thousand_places_of_keys() -> None:
    """A record whose members each name another server asks a few of them, and says of the others that they were not asked."""
    resolve = Resolver("10.0.0.1")
    documents = Documents(clock=SystemClock(), policy=Policy(), resolve=resolve)
    members = [
        {
            **signed(badge(identifier=f"urn:uuid:{number}")),
            "issuer": {"id": f"https://s{number}.example", "type": ["Profile"]},
        }
        for number in range(60)
    ]
    for number, each in enumerate(members):
        each["proof"]["verificationMethod"] = f"https://s{number}.example#key"
    found = verify_presentation(json.dumps(presentation(*members)), documents=documents, now=NOW)
    assert Verdict.VALID is not found.verdict
    assert 20 >= len(resolve.names)
    assert "no more are asked for" in str(found.problems)


# Presentations


def test_a_presentation_of_somebody_else() -> None:
    """Who takes a presentation from another verifier cannot show it: the signature names the challenge of that one."""
    token = jose.sign_compact(
        jose.to_json({**presentation(), "nonce": "c-1", "aud": "other.example"}),
        key=HOLDER.key,
        header={"kid": HOLDER.verification_method, "typ": "vp+jwt"},
    )
    assert Subject.AUDIENCE in failed(look(token))
