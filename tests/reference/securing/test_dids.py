"""DIDs: their syntax, published documents of did:key and did:jwk, and addresses of did:web."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.securing import vectors

from skillmark_reference.securing import dids, multibase
from skillmark_reference.securing.dids import MethodType, UnusableDid, VerificationRelationship
from skillmark_reference.securing.keys import UnusableKey

if TYPE_CHECKING:
    Document = dict[str, Any]

ASSERTION = VerificationRelationship.ASSERTION_METHOD
SIGNING = ["authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"]
ED_DID = f"did:key:{vectors.ED25519.public.multikey}"
ED_URL = f"{ED_DID}#{vectors.ED25519.public.multikey}"

#: https://github.com/quartzjer/did-jwk, spec.md, examples.
JWK_P256 = (
    (
        "did:jwk:eyJjcnYiOiJQLTI1NiIsImt0eSI6IkVDIiwieCI6ImFjYklRaXVNczNpOF91c3pFakoydHBUdFJNNEVVM3l6OTFQSDZDZEgyVjAiLCJ5"
        "IjoiX0tjeUxqOXZXTXB0bm1LdG00NkdxRHo4d2Y3NEk1TEtncmwyR3pIM25TRSJ9"
    ),
    {
        "crv": "P-256",
        "kty": "EC",
        "x": "acbIQiuMs3i8_uszEjJ2tpTtRM4EU3yz91PH6CdH2V0",
        "y": "_KcyLj9vWMptnmKtm46GqDz8wf74I5LKgrl2GzH3nSE",
    },
)
JWK_X25519 = (
    (
        "did:jwk:eyJrdHkiOiJPS1AiLCJjcnYiOiJYMjU1MTkiLCJ1c2UiOiJlbmMiLCJ4IjoiM3A3YmZYdDl3YlRUVzJIQzdPUTFOei1EUThoYmVHZE5y"
        "ZngtRkctSUswOCJ9"
    ),
    {"kty": "OKP", "crv": "X25519", "use": "enc", "x": "3p7bfXt9wbTTW2HC7OQ1Nz-DQ8hbeGdNrfx-FG-IK08"},
)


# Syntax


@pytest.mark.parametrize(
    "text",
    [
        "did:example:123456789abcdefghi",
        "did:web:w3c-ccg.github.io:user:alice",
        "did:ex4:a::b",
        "did:x:a%20b",
        "did:x:%3A",
    ],
)
def test_dids_are_taken_apart(text: str) -> None:
    """Method and identifier are those of the text (DID Core 1.0, 3.1)."""
    found = dids.parse_did(text)
    assert text == found.did == f"did:{found.method}:{found.identifier}"


def test_did_urls_are_taken_apart() -> None:
    """Path, query and fragment are told apart (DID Core 1.0, 3.2)."""
    found = dids.parse_did_url("did:web:a.example:b/p/q?versionId=1#key-1")
    assert ("did:web:a.example:b", "web", "a.example:b") == (found.did, found.method, found.identifier)
    assert ("/p/q", "versionId=1", "key-1") == (found.path, found.query, found.fragment)
    with pytest.raises(UnusableDid, match="a DID URL where a DID belongs"):
        dids.parse_did("did:web:a.example#key-1")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "did:",
        "did:key",
        "did:key:",
        "did::abc",
        "DID:key:abc",
        "did:Key:abc",
        "did:k-y:abc",
        "did:key:abc:",
        "did:key:a b",
        "did:key:abc\n",
        "did:key:ä",
        "did:key:%zz",
        "did:key:a%2",
        " did:key:abc",
        "urn:key:abc",
        "did:key:" + "a" * 9000,
    ],
)
def test_other_texts_are_no_dids(text: str) -> None:
    """A healthy DID is read; what breaks its grammar, or is too long, is refused."""
    assert "abc" == dids.parse_did("did:key:abc").identifier
    with pytest.raises(UnusableDid):
        dids.parse_did(text)


# Documents of did:key and did:jwk


@pytest.mark.parametrize(
    ("did", "published"),
    [*vectors.DID_KEY_JWKS.items(), *((each, None) for each in vectors.DID_KEY_SEEDS)],
    ids=lambda each: str(each)[:24],
)
def test_published_did_keys(did: str, published: dict[str, str] | None) -> None:
    """The document has the one method, with the multibase value as fragment, under the four relationships for signing."""
    multikey = did.removeprefix("did:key:")
    method = {"id": f"{did}#{multikey}", "type": "Multikey", "controller": did, "publicKeyMultibase": multikey}
    expected = {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/multikey/v1"],
        "id": did,
        "verificationMethod": [method],
        **{relationship: [method["id"]] for relationship in SIGNING},
    }
    assert expected == dids.local_document(did)
    if published is not None:
        found = dids.local_document(did, method_type=MethodType.JSON_WEB_KEY_2020)
        assert "https://w3id.org/security/suites/jws-2020/v1" in found["@context"]
        assert published == found["verificationMethod"][0]["publicKeyJwk"]
        assert "JsonWebKey2020" == found["verificationMethod"][0]["type"]


def test_did_key_of_a_key() -> None:
    """The DID and its method are written from the key, and a written version keeps its place."""
    key = vectors.ED25519.public
    assert ED_DID == dids.did_key(key)
    assert ED_URL == dids.did_key_method(key)
    versioned = f"did:key:1:{key.multikey}"
    assert f"{versioned}#{key.multikey}" == dids.local_document(versioned)["verificationMethod"][0]["id"]
    assert (
        "Ed25519VerificationKey2020"
        == (
            dids.local_document(ED_DID, method_type=MethodType.ED25519_VERIFICATION_KEY_2020)["verificationMethod"][0][
                "type"
            ]
        )
    )


@pytest.mark.parametrize(
    ("did", "error", "reason"),
    [
        (ED_DID[:-1], UnusableKey, "unknown type"),
        (ED_DID.replace(":z", ":u"), UnusableKey, "begins with 'z'"),
        (f"did:key:{vectors.ED25519.multikey()}", UnusableKey, "it is exposed"),
        ("did:key:z6LSj72tK8brWgZja8NLRwPigth2T9QRiG1uH9oKZuKjdh9p", UnusableKey, "X25519"),
        (ED_DID.replace("key:z", "key:0:z"), UnusableDid, "positive integer"),
        (ED_DID.replace("key:z", "key:1.1:z"), UnusableDid, "positive integer"),
        (ED_DID.replace("key:z", "key::z"), UnusableDid, "positive integer"),
        (ED_URL, UnusableDid, "a DID URL where a DID belongs"),
        ("did:web:a.example", UnusableDid, "has to be fetched"),
        ("did:example:abc", UnusableDid, "has to be fetched"),
    ],
)
def test_malformed_did_keys(did: str, error: type[Exception], reason: str) -> None:
    """A healthy did:key has a document; with another key, base, version or method it has none, and the reason is told."""
    assert ED_DID == dids.local_document(ED_DID)["id"]
    with pytest.raises(error, match=reason):
        dids.local_document(did)


def test_did_key_types_that_do_not_fit() -> None:
    """A P-256 key is not written as Ed25519VerificationKey2020."""
    with pytest.raises(UnusableKey, match="cannot be written"):
        dids.local_document(dids.did_key(vectors.P256.public), method_type=MethodType.ED25519_VERIFICATION_KEY_2020)


@pytest.mark.parametrize(
    ("did", "jwk", "relationships"),
    [(*JWK_P256, [*SIGNING, "keyAgreement"]), (*JWK_X25519, ["keyAgreement"])],
)
def test_published_did_jwks(did: str, jwk: dict[str, str], relationships: list[str]) -> None:
    """The examples of did:jwk: the JWK unchanged under #0, with the relationships that its use allows."""
    method = {"id": f"{did}#0", "type": "JsonWebKey2020", "controller": did, "publicKeyJwk": jwk}
    expected = {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": did,
        "verificationMethod": [method],
        **{relationship: [f"{did}#0"] for relationship in relationships},
    }
    assert expected == dids.local_document(did)
    assert did == dids.did_jwk(jwk)


def test_did_jwk_for_signatures_only() -> None:
    """With the use sig there is no key agreement; the order of members is kept."""
    jwk = {"kty": "EC", "crv": "P-256", "x": vectors.P256.public.jwk()["x"], "y": vectors.P256.public.jwk()["y"]}
    assert (
        "did:jwk:eyJrdHkiOiJFQyIsImNydiI6IlAtMjU2IiwieCI6IllQN1V1aVZhblRISllldDB4alZ0YU1CSnVKSTdZZnBzNW1saUxtRHluN1kiLCJ5Ijoi"
        "ZVFQLUVBaTR2Sm1rR3VucFZpaThaUEx4c2d3dGZwOVJkNlBDbE5SR0lwayJ9"
    ) == dids.did_jwk(jwk)
    assert set(SIGNING) == set(dids.local_document(dids.did_jwk({**jwk, "use": "sig"}))) & {*SIGNING, "keyAgreement"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}', "private members"),
        (b'{"kty":"OKP","kty":"EC"}', "more than once: kty"),
        (b"[]", "a JSON object"),
        (b"{", "no JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"x":NaN}', "no JSON number"),
        (b'{"x":1e999}', "beyond the range"),
        (b'{"x":"\\ud800"}', "surrogate"),
        (b'{"x":' * 1500, "too long"),
    ],
)
def test_malformed_did_jwks(content: bytes, reason: str) -> None:
    """Private members, repeated members, and what is no safe JSON object: refused for that reason."""
    with pytest.raises((UnusableDid, UnusableKey), match=reason):
        dids.local_document(f"did:jwk:{multibase.encode_base64url(content)}")
    with pytest.raises(UnusableKey, match="private members"):
        dids.did_jwk(vectors.P256.jwk())


def test_did_jwks_are_strict_base64url() -> None:
    """Padding is no part of a DID, and unused bits that are set make another text for the same key: refused."""
    did = JWK_X25519[0]
    assert dids.local_document(did)
    with pytest.raises(UnusableDid, match="holds no JWK"):
        dids.local_document(did[:-1])
    with pytest.raises(UnusableDid):
        dids.local_document(did + "=")


# Addresses of did:web


@pytest.mark.parametrize(
    ("did", "address"),
    [
        ("did:web:example.com", "https://example.com/.well-known/did.json"),
        ("did:web:example.com:user:alice", "https://example.com/user/alice/did.json"),
        ("did:web:example.com%3A3000", "https://example.com:3000/.well-known/did.json"),
        ("did:web:example.com%3a3000", "https://example.com:3000/.well-known/did.json"),
        ("did:web:example.com%3A3000:user:alice", "https://example.com:3000/user/alice/did.json"),
        ("did:web:localhost%3A8443", "https://localhost:8443/.well-known/did.json"),
        ("did:web:xn--bcher-kva.example:a%20b", "https://xn--bcher-kva.example/a%20b/did.json"),
    ],
)
def test_addresses_of_did_web(did: str, address: str) -> None:
    """The examples of did:web lead to their addresses."""
    assert address == dids.did_web_address(did)


@pytest.mark.parametrize(
    ("did", "reason"),
    [
        ("did:web:127.0.0.1", "IP address"),
        ("did:web:127.1", "IP address"),
        ("did:web:2130706433", "IP address"),
        ("did:web:0x7f000001", "IP address"),
        ("did:web:a.0x7f", "IP address"),
        ("did:web:%5B%3A%3A1%5D", "no domain name"),
        ("did:web:user%40example.com", "no domain name"),
        ("did:web:-a.example", "no domain name"),
        ("did:web:a..example", "no domain name"),
        ("did:web:example.com.", "no domain name"),
        ("did:web:a_b.example", "no domain name"),
        ("did:web:" + "a" * 64 + ".example", "no domain name"),
        ("did:web:" + "a." * 130 + "example", "no domain name"),
        ("did:web:example.com%2Fx", "no domain name"),
        ("did:web:example.com%3A0", "is no port"),
        ("did:web:example.com%3A65536", "is no port"),
        ("did:web:example.com%3A080", "is no port"),
        ("did:web:example.com%3Ahttp", "is no port"),
        ("did:web:example.com%3A1%3A2", "is no port"),
        ("did:web:example.com%3A", "is no port"),
        ("did:web:example.com:..", "another place"),
        ("did:web:example.com:%2e%2E:x", "another place"),
        ("did:web:example.com::x", "another place"),
        ("did:web:example.com:a%2Fb", "another place"),
        ("did:web:example.com:a%5Cb", "another place"),
        ("did:web:example.com:a%3Fb", "another place"),
        ("did:web:example.com:a%23b", "another place"),
        ("did:web:example.com:a%0Ab", "another place"),
        ("did:web:example.com:%252e%252e", "another place"),
        ("did:key:example.com", "is no did:web"),
        ("did:web:example.com#key-1", "a DID URL where a DID belongs"),
        ("did:web:example.com/path", "a DID URL where a DID belongs"),
    ],
)
def test_did_webs_that_lead_elsewhere(did: str, reason: str) -> None:
    """Addresses in place of names, false ports, and paths that leave their place are refused for that reason."""
    assert dids.did_web_address("did:web:example.com:x")
    with pytest.raises(UnusableDid, match=reason):
        dids.did_web_address(did)


@given(
    host=st.from_regex(r"[a-z][a-z0-9]{0,9}(\.[a-z]{2,5}){1,2}", fullmatch=True),
    port=st.none() | st.integers(1, 65535),
    items=st.lists(st.from_regex(r"[A-Za-z0-9_-]{1,6}", fullmatch=True), max_size=3),
)
@settings(max_examples=40, deadline=None)
def test_every_did_web_leads_to_its_host(host: str, port: int | None, items: list[str]) -> None:
    """Host, port and path of the address are those in the DID."""
    did = ":".join([f"did:web:{host}" + (f"%3A{port}" if port else ""), *items])
    place = "/".join(items) or ".well-known"
    assert f"https://{host}{f':{port}' if port else ''}/{place}/did.json" == dids.did_web_address(did)
