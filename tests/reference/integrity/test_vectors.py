from __future__ import annotations

import copy
import hashlib
from typing import Any

import pytest
from tests.reference.integrity.known_answers import (
    ALUMNI,
    CHAIN,
    D1,
    D1_BASE,
    D1_CONFIGURATION,
    D1_DERIVED,
    D1_JCS,
    D1_MANDATORY,
    D1_NQUADS,
    D1_REVEALED,
    D1_SIGNED_NQUADS,
    ED,
    HMAC_KEY,
    OURS,
    P256,
    PUBLISHED,
    PUBLISHED_HASHES,
    Answer,
)
from tests.reference.integrity.surroundings import (
    contexts,
    disclosure,
    environment,
    find_key,
    options,
    public,
    secret,
    with_legacy_context,
)

from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity.canonicalization import canonicalize, canonicalize_json, hash_of
from skillmark_reference.securing.integrity.cryptosuites import create_proof, verify_proof
from skillmark_reference.securing.integrity.expansion import statements_of
from skillmark_reference.securing.integrity.proofs import add_proof, verify_proofs
from skillmark_reference.securing.integrity.selection import group, hmac_label
from skillmark_reference.securing.integrity.selective import derive_proof
from skillmark_reference.securing.integrity.transforming import configuration, hash_statements, rdf_steps
from skillmark_reference.securing.keys import Digest

_POINTERS = ("/issuer", "/validFrom", "/credentialStatus/0")
_SELECTIVE = ("/credentialSubject/name", "/name")
_ANSWERS = [(ALUMNI, answer) for answer in PUBLISHED] + [(D1, answer) for answer in OURS]
_NAMES = [
    f"{answer.cryptosuite or answer.type}-{answer.created[:4]}-{len(answer.proof_hash)}" for _, answer in _ANSWERS
]


def _document(document: dict[str, Any], answer: Answer) -> dict[str, Any]:
    return with_legacy_context(document) if answer.cryptosuite is None else copy.deepcopy(document)


@pytest.mark.parametrize(("document", "answer"), _ANSWERS, ids=_NAMES)
def test_proofs_verify(document: dict[str, Any], answer: Answer) -> None:
    """Every vector verifies, with the hashes of both halves on the way."""
    proof = {**answer.options, "proofValue": answer.proof_value}
    if "jcs" in (answer.cryptosuite or ""):
        proof["@context"] = document["@context"]
    outcome = verify_proof(_document(document, answer), proof, public(answer.key), environment=environment())
    assert outcome.problems == ()
    assert outcome.steps is not None
    assert answer.proof_hash == outcome.steps.proof.digest.hex()
    assert answer.document_hash == outcome.steps.document.digest.hex()


@pytest.mark.parametrize(
    ("document", "answer"),
    [pair for pair in _ANSWERS if pair[1].cryptosuite],
    ids=[name for name in _NAMES if "Ed25519Signature2020" not in name],
)
def test_proofs_are_made(document: dict[str, Any], answer: Answer) -> None:
    """Signing what a vector signs gives its proof value, byte for byte."""
    made = create_proof(document, answer.options, secret(answer.key), environment=environment())
    assert answer.proof_value == made["proof"]["proofValue"]
    assert ("jcs" in str(answer.cryptosuite)) == ("@context" in made["proof"])


@pytest.mark.parametrize("answer", PUBLISHED_HASHES, ids=lambda answer: f"{answer.cryptosuite}-{answer.key.public[:3]}")
def test_published_hashes_are_signed(answer: Answer) -> None:
    """The signature is over the proof hash and then the document hash, also where the document itself is not at hand."""
    signature = secret(answer.key).sign(bytes.fromhex(answer.proof_hash + answer.document_hash))
    assert answer.proof_value == multibase.encode(signature, multibase.Base.BASE58BTC)
    steps = rdf_steps(
        D1,
        answer.options,
        environment=environment(),
        digest=Digest.SHA_384 if len(answer.proof_hash) > 64 else Digest.SHA_256,
    )
    assert answer.proof_hash == steps.proof.digest.hex()


def test_canonical_forms() -> None:
    """The canonical forms themselves are those of the vector: N-Quads, proof configuration, and JCS."""
    statements = statements_of(D1, contexts=contexts())
    assert D1_NQUADS == canonicalize(statements).text
    assert D1_JCS == canonicalize_json(D1).decode()
    hashed = hash_statements(configuration(D1, OURS[0].options), environment=environment(), digest=Digest.SHA_256)
    assert D1_CONFIGURATION == hashed.canonical


def test_sha_384_is_used_inside_of_the_algorithm() -> None:
    """Under SHA-384 the two status entries change their labels; hashing the other text would be the well-known mistake."""
    statements = statements_of(D1, contexts=contexts())
    text = canonicalize(statements, digest=Digest.SHA_384).text
    assert D1_NQUADS != text
    assert D1_NQUADS.count("c14n0") == text.count("c14n0")
    mixture = "f22e8beadc88ad6fadd008967fc21810aa32de72256e6afb98d9714b14d46f568f055b5539f6257d892e7a147e54d0da"
    assert mixture == hashlib.sha384(D1_NQUADS.encode()).hexdigest() != hashlib.sha384(text.encode()).hexdigest()


def _with_proofs(count: int) -> dict[str, Any]:
    proofs = [{**proof, "verificationMethod": pair.verification_method} for pair, proof in CHAIN[:count]]
    return {**ALUMNI, "proof": proofs}


@pytest.mark.parametrize("count", range(1, 5))
def test_sets_and_chains_verify(count: int) -> None:
    """The published set of two, and the chain of two behind it, verify at every length."""
    found = verify_proofs(_with_proofs(count), find_key, environment=environment())
    assert found.all_problems == ()
    assert ALUMNI == found.verified_document


def test_sets_and_chains_are_made() -> None:
    """Adding the published proofs one after the other gives their proof values."""
    document: dict[str, Any] = copy.deepcopy(ALUMNI)
    for pair, proof in CHAIN:
        chosen = {**proof, "verificationMethod": pair.verification_method}
        del chosen["proofValue"]
        document = add_proof(document, chosen, secret(pair), environment=environment())
    assert [proof["proofValue"] for _, proof in CHAIN] == [proof["proofValue"] for proof in document["proof"]]


def test_selective_statements() -> None:
    """Labels, order and the mandatory group are those of the vector."""
    grouping = group(D1, hmac_key=HMAC_KEY, environment=environment())
    assert D1_SIGNED_NQUADS == "".join(grouping.lines)
    assert grouping.matching(_POINTERS) == D1_MANDATORY
    assert grouping.matching([]) == ()


def test_selective_hashes() -> None:
    """The published proof hash does not depend on the document, and the published base signature is over the published parts."""
    chosen = options("ecdsa-sd-2023", P256, created="2023-08-15T23:36:38Z")
    hashed = hash_statements(configuration(D1, chosen), environment=environment(), digest=Digest.SHA_256)
    assert hashed.digest.hex() == "9c5c9b189f06cfa9d9f21a838ccb9b04316f07ad1a517bfd4955ee28c6a8229c"
    key = bytes.fromhex("8024") + disclosure().proof_key.public.raw
    for mandatory, signature in (
        (
            "a042dc047c236816f49fbe5282a79c5e77abe111e47f4c20203b5064c7f0f059",
            (
                "b8dc55afeb6427a990e9d60c0d363b654306d92703e5036210ca29619d8ed204"
                "194ba3d86e31cdbc99f4ee9d5f25f0cc1c1f44f5fa39abec9a50cdf519b457e0"
            ),
        ),
        (
            "b76d8d5bf67d27f51597519d19d95809c75e35212cc65291bd71bbe36007f979",
            (
                "1c00d200b76a4c87ed57aae0f09a6a05eb4e254898842a758d3b0069517ea897"
                "7f9a118b4dcc17bec33e9f9ef41b83dcde0957dc08643f546c8ca2360d1b1f2f"
            ),
        ),
    ):
        assert signature == secret(P256).sign(hashed.digest + key + bytes.fromhex(mandatory)).hex()


def test_selective_proofs() -> None:
    """Base proof, disclosed document and derived proof are those of the vector, and the derived proof verifies."""
    chosen = options("ecdsa-sd-2023", P256)
    base = create_proof(D1, chosen, secret(P256), environment=environment(), disclosure=disclosure(*_POINTERS))
    assert D1_BASE == base["proof"]["proofValue"]
    derived = derive_proof(base, base["proof"], _SELECTIVE, environment=environment())
    assert {**D1_REVEALED, "proof": {**chosen, "proofValue": D1_DERIVED}} == derived
    found = verify_proofs(derived, find_key, environment=environment())
    assert found.all_problems == ()
    assert D1_REVEALED == found.verified_document


def test_selective_labels() -> None:
    """The labels of the published documents are those of their blank nodes under the published key."""
    published = (
        "u4YIOZn1MHES1Z4Ij2hWZG3R4dEYBqg5fHTyDEvYhC38",
        "u3Lv2QpFgo-YAegc1cQQKWJFW2sEjQF6FfuZ0VEoMKHg",
        "uVkUuBrlOaELGVQWJD4M_qW5bcKEHWGNbOrPA_qAOKKw",
    )
    assert published == tuple(hmac_label(f"c14n{number}", HMAC_KEY) for number in range(3))


def test_hashes_of_the_empty_group() -> None:
    """No mandatory statement is the hash of nothing."""
    assert hashlib.sha256(b"").digest() == hash_of(b"", Digest.SHA_256)
    base = create_proof(
        D1, options("ecdsa-sd-2023", P256), secret(P256), environment=environment(), disclosure=disclosure()
    )
    derived = derive_proof(base, base["proof"], ["/name"], environment=environment())
    assert verify_proofs(derived, find_key, environment=environment()).verified
    assert ED.public not in str(derived)
