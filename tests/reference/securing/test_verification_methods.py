"""The key behind a verification method: found in healthy documents, and refused where one step of the algorithm fails."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.securing import vectors

from skillmark_reference.securing import dids
from skillmark_reference.securing.dids import MethodType, VerificationRelationship
from skillmark_reference.securing.verification_methods import (
    NoVerificationMethod,
    RetrievalError,
    document_url,
    find_verification_method,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    Document = dict[str, Any]

ASSERTION = VerificationRelationship.ASSERTION_METHOD
SIGNING = ["authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation"]
ED_DID = f"did:key:{vectors.ED25519.public.multikey}"
ED_URL = f"{ED_DID}#{vectors.ED25519.public.multikey}"

WEB = "https://issuer.example/keys"
WEB_URL = f"{WEB}#key-1"


def controlled() -> Document:
    """Return a healthy document of a controller, with one method of each type."""
    ed, ec = vectors.ED25519.public, vectors.P256.public
    methods = [
        {"id": WEB_URL, "type": "Multikey", "controller": WEB, "publicKeyMultibase": ed.multikey},
        {"id": "#key-2", "type": "JsonWebKey", "controller": WEB, "publicKeyJwk": ec.jwk()},
        {"id": f"{WEB}#key-3", "type": "JsonWebKey2020", "controller": WEB, "publicKeyJwk": ec.jwk()},
        {
            "id": f"{WEB}#key-4",
            "type": "Ed25519VerificationKey2020",
            "controller": WEB,
            "publicKeyMultibase": ed.multikey,
            "expires": "2026-01-01T00:00:00Z",
        },
    ]
    embedded = {"id": "#key-5", "type": "Multikey", "controller": WEB, "publicKeyMultibase": ec.multikey}
    listed = [WEB_URL, "#key-2", "#key-3", f"{WEB}#key-4", embedded]
    return {"id": WEB, "verificationMethod": methods, "assertionMethod": listed}


@pytest.mark.parametrize(
    ("fragment", "kind", "key"),
    [
        ("key-1", MethodType.MULTIKEY, vectors.ED25519),
        ("key-2", MethodType.JSON_WEB_KEY, vectors.P256),
        ("key-3", MethodType.JSON_WEB_KEY_2020, vectors.P256),
        ("key-4", MethodType.ED25519_VERIFICATION_KEY_2020, vectors.ED25519),
        ("key-5", MethodType.MULTIKEY, vectors.P256),
    ],
)
def test_methods_are_found_by_either_form_of_id(fragment: str, kind: MethodType, key: Any) -> None:  # noqa: ANN401
    """Absolute or relative, listed by reference or by value: the method is found, with its id made absolute."""
    found = find_verification_method(controlled(), f"{WEB}#{fragment}", purpose=ASSERTION, now=vectors.NOW)
    assert (f"{WEB}#{fragment}", kind, WEB, key.public) == (found.id, found.type, found.controller, found.key)


@pytest.mark.parametrize("secret", [vectors.ED25519, vectors.P256, vectors.P384, vectors.RSA])
def test_methods_of_local_documents_are_found(secret: Any) -> None:  # noqa: ANN401
    """The method of a did:key, in each form, and that of a did:jwk lead to the key, for every purpose of signing."""
    did, url = dids.did_key(secret.public), dids.did_key_method(secret.public)
    by_jwk = dids.did_jwk(secret.public.jwk())
    for name in SIGNING:
        purpose = VerificationRelationship(name)
        for form in (MethodType.MULTIKEY, MethodType.JSON_WEB_KEY):
            document = dids.local_document(did, method_type=form)
            assert secret.public == find_verification_method(document, url, purpose=purpose, now=vectors.NOW).key
        document = dids.local_document(by_jwk)
        assert secret.public == find_verification_method(document, f"{by_jwk}#0", purpose=purpose, now=vectors.NOW).key


@pytest.mark.parametrize(
    ("url", "document"),
    [
        (ED_URL, ED_DID),
        (WEB_URL, WEB),
        ("did:web:a.example#k", "did:web:a.example"),
        ("http://127.0.0.1/k#1", "http://127.0.0.1/k"),
    ],
)
def test_documents_are_named_by_what_is_before_the_fragment(url: str, document: str) -> None:
    """The document of a verification method is the DID, or the URL, without the fragment."""
    assert document == document_url(url)


@pytest.mark.parametrize(
    "url",
    [WEB, ED_DID, f"{WEB}#", "#key-1", "key-1", "", "urn:uuid:1#k", "did:web:a.example?x=1#k", "ftp://a.example/k#1"],
)
def test_other_texts_name_no_method(url: str) -> None:
    """Without a fragment, relative, or in another scheme: INVALID_VERIFICATION_METHOD_URL."""
    with pytest.raises(NoVerificationMethod) as caught:
        find_verification_method(controlled(), url, purpose=ASSERTION, now=vectors.NOW)
    assert RetrievalError.INVALID_VERIFICATION_METHOD_URL is caught.value.error


def _set(path: tuple[Any, ...], value: object) -> Callable[[Document], None]:
    """Return a change of one place of a document."""

    def change(document: Document) -> None:
        target: Any = document
        for step in path[:-1]:
            target = target[step]
        target[path[-1]] = value

    return change


def _drop(*path: Any) -> Callable[[Document], None]:  # noqa: ANN401 - names and indexes
    def change(document: Document) -> None:
        target: Any = document
        for step in path[:-1]:
            target = target[step]
        del target[path[-1]]

    return change


METHOD = ("verificationMethod", 0)
FOREIGN = {"id": WEB_URL, "type": "Multikey", "controller": WEB, "publicKeyMultibase": vectors.P256.public.multikey}
BAD_ID = RetrievalError.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT_ID
BAD_DOCUMENT = RetrievalError.INVALID_CONTROLLED_IDENTIFIER_DOCUMENT
BAD_METHOD = RetrievalError.INVALID_VERIFICATION_METHOD
BAD_RELATIONSHIP = RetrievalError.INVALID_RELATIONSHIP_FOR_VERIFICATION_METHOD


@pytest.mark.parametrize(
    ("change", "error", "reason"),
    [
        (_drop("id"), BAD_ID, "id None"),
        (_set(("id",), "https://attacker.example/keys"), BAD_ID, "attacker"),
        (_set(("id",), f"{WEB}/"), BAD_ID, "expected is"),
        (_set((*METHOD, "id"), f"{WEB}#key-9"), BAD_METHOD, "has no verification method"),
        (_set((*METHOD, "id"), "https://attacker.example/keys#key-1"), BAD_METHOD, "has no verification method"),
        (_set((*METHOD, "type"), "Ed25519VerificationKey2018"), BAD_METHOD, "has the type"),
        (_set((*METHOD, "type"), ["Multikey"]), BAD_METHOD, "has the type"),
        (
            _set((*METHOD, "type"), "JsonWebKey"),
            BAD_METHOD,
            "whose one key is in publicKeyJwk; it has publicKeyMultibase",
        ),
        (_drop(*METHOD, "type"), BAD_METHOD, "has the type None"),
        (_set((*METHOD, "controller"), "https://attacker.example/keys"), BAD_METHOD, "controlled by"),
        (_drop(*METHOD, "controller"), BAD_METHOD, "controlled by None"),
        (_set((*METHOD, "secretKeyMultibase"), "z3u2"), BAD_METHOD, "publishes its secret key"),
        (_set((*METHOD, "publicKeyJwk"), {}), BAD_METHOD, "it has publicKeyJwk, publicKeyMultibase"),
        (_drop(*METHOD, "publicKeyMultibase"), BAD_METHOD, "it has none"),
        (_set((*METHOD, "publicKeyMultibase"), "z6Mk"), BAD_METHOD, "is unusable"),
        (_set((*METHOD, "publicKeyMultibase"), vectors.ED25519.multikey()), BAD_METHOD, "it is exposed"),
        (_set((*METHOD, "expires"), "2025-06-01T00:00:00Z"), BAD_METHOD, "expires is 2025"),
        (_set((*METHOD, "revoked"), "2025-01-01T00:00:00Z"), BAD_METHOD, "revoked is 2025"),
        (_set((*METHOD, "expires"), "never"), BAD_METHOD, "no date and time"),
        (_set(("service",), [{"x": FOREIGN}]), BAD_METHOD, "different objects with the id"),
        (_set(("assertionMethod",), [f"{WEB}#key-2"]), BAD_RELATIONSHIP, "does not list"),
        (_drop("assertionMethod"), BAD_RELATIONSHIP, "does not list"),
        (_set(("assertionMethod",), 7), BAD_RELATIONSHIP, "does not list"),
        (_set(("service",), json.loads("[" * 40 + "]" * 40)), BAD_DOCUMENT, "nested deeper"),
    ],
)
def test_one_fault_in_the_document(change: Callable[[Document], None], error: RetrievalError, reason: str) -> None:
    """The healthy document gives the key; with one fault it gives none, with the error that the standard names."""
    document = controlled()
    assert find_verification_method(document, WEB_URL, purpose=ASSERTION, now=vectors.NOW)
    broken = copy.deepcopy(document)
    change(broken)
    with pytest.raises(NoVerificationMethod, match=reason) as caught:
        find_verification_method(broken, WEB_URL, purpose=ASSERTION, now=vectors.NOW)
    assert error is caught.value.error


def test_a_key_serves_its_purpose_only() -> None:
    """A method that is listed for assertions cannot be used to authenticate."""
    assert find_verification_method(controlled(), WEB_URL, purpose=ASSERTION, now=vectors.NOW)
    with pytest.raises(NoVerificationMethod, match="under authentication"):
        find_verification_method(
            controlled(), WEB_URL, purpose=VerificationRelationship.AUTHENTICATION, now=vectors.NOW
        )


def test_an_ed25519_method_holds_an_ed25519_key() -> None:
    """Ed25519VerificationKey2020 with a P-256 key is confused, and refused."""
    document = controlled()
    url = f"{WEB}#key-4"
    assert find_verification_method(document, url, purpose=ASSERTION, now=vectors.NOW)
    document["verificationMethod"][3]["publicKeyMultibase"] = vectors.P256.public.multikey
    with pytest.raises(NoVerificationMethod, match="holds a P-256 key"):
        find_verification_method(document, url, purpose=ASSERTION, now=vectors.NOW)


def test_the_same_method_twice_is_one() -> None:
    """A method that is listed by value as well as in verificationMethod is no contradiction."""
    document = controlled()
    document["authentication"] = [dict(document["verificationMethod"][0])]
    purpose = VerificationRelationship.AUTHENTICATION
    assert find_verification_method(document, WEB_URL, purpose=purpose, now=vectors.NOW)


def test_a_did_key_has_no_other_fragment() -> None:
    """Another fragment than the multibase value does not resolve."""
    document = dids.local_document(ED_DID)
    for fragment in ("0", "key-1", vectors.P256.public.multikey):
        with pytest.raises(NoVerificationMethod, match="has no verification method"):
            find_verification_method(document, f"{ED_DID}#{fragment}", purpose=ASSERTION, now=vectors.NOW)
