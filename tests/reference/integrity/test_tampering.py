"""One healthy document, exactly one fault, refused for that reason."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from tests.reference.integrity.known_answers import CHAIN_1, D1, ED, OURS, P256, P384, KeyPair
from tests.reference.integrity.surroundings import (
    JCS_SUITES,
    RDFC_SUITES,
    SUITES,
    VOCABULARY,
    environment,
    find_key,
    kinds,
    options,
    public,
    secret,
    signed,
    with_legacy_context,
)

from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity.contexts import CREDENTIALS_V2
from skillmark_reference.securing.integrity.cryptosuites import create_proof, verify_proof
from skillmark_reference.securing.integrity.json_values import without
from skillmark_reference.securing.integrity.problems import ErrorName, ProblemKind, ProofGenerationRefused
from skillmark_reference.securing.integrity.proofs import Verification, verify_proofs
from skillmark_reference.securing.keys import KeyType, PublicKey, SecretKey

if TYPE_CHECKING:
    from collections.abc import Callable

_KIND = ProblemKind
_VALUE = "/proof/proofValue"
_OF_ALL = pytest.mark.parametrize(
    ("suite", "pair"), SUITES, ids=[f"{suite}-{pair.public[:3]}" for suite, pair in SUITES]
)
_OF_RDFC = pytest.mark.parametrize(("suite", "pair"), RDFC_SUITES)
_OF_JCS = pytest.mark.parametrize(("suite", "pair"), JCS_SUITES)


def _verify(document: object) -> Verification:
    return verify_proofs(document, find_key, environment=environment())


def _refused(document: dict[str, Any], change: Callable[[dict[str, Any]], object]) -> list[tuple[ProblemKind, str]]:
    """Return why the changed document is refused, after the healthy one was accepted."""
    assert _verify(document).verified
    changed = copy.deepcopy(document)
    change(changed)
    found = _verify(changed)
    assert not found.verified
    return kinds(found.all_problems)


def _set(name: str, value: object) -> Callable[[dict[str, Any]], object]:
    return lambda document: document["proof"].update({name: value})


@_OF_ALL
def test_changed_values(suite: str, pair: KeyPair) -> None:
    """A value of the document, a reference in it, or its type, is not what was signed."""
    document = signed(suite, pair)
    for change in (
        lambda each: each["credentialSubject"].update(name="Eve"),
        lambda each: each.update(issuer="https://other.example/"),
        lambda each: each["type"].append("JsonSchemaCredential"),
        lambda each: each["credentialStatus"].pop(),
        lambda each: each.update(id="urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b11"),
    ):
        assert [(_KIND.WRONG_SIGNATURE, _VALUE)] == _refused(document, change)


@_OF_ALL
def test_changed_proof_options(suite: str, pair: KeyPair) -> None:
    """Every member of the proof is signed: a change, an addition and a removal are seen."""
    document = signed(suite, pair, domain="a.example", challenge="1", expires="2030-01-02T03:04:05Z")
    for change in (
        _set("created", "2025-01-02T03:04:06Z"),
        _set("expires", "2031-01-02T03:04:05Z"),
        _set("domain", "b.example"),
        _set("challenge", "2"),
        _set("nonce", "n"),
        _set("id", "urn:uuid:1"),
        _set("proofPurpose", "authentication"),
        lambda each: each["proof"].pop("expires"),
    ):
        assert [(_KIND.WRONG_SIGNATURE, _VALUE)] == _refused(document, change)


@_OF_ALL
def test_other_keys(suite: str, pair: KeyPair) -> None:
    """Another key of the same type did not sign; a key of another type does not fit the suite."""
    document = signed(suite, pair)
    proof, bare = document["proof"], without(document, "proof")
    assert verify_proof(bare, proof, public(pair), environment=environment()).verified
    other = SecretKey.generate(public(pair).type).public
    found = verify_proof(bare, proof, other, environment=environment())
    assert [(_KIND.WRONG_SIGNATURE, _VALUE)] == kinds(found.problems)
    unfit = public(P256 if pair is ED else ED)
    found = verify_proof(bare, proof, unfit, environment=environment())
    assert (_KIND.WRONG_KEY, "/proof/verificationMethod") in kinds(found.problems)


@_OF_ALL
def test_other_suites(suite: str, pair: KeyPair) -> None:
    """An unknown type or suite is refused; a known one that was not used gives another hash."""
    document = signed(suite, pair)
    assert [(_KIND.UNKNOWN_SUITE, "/proof")] == _refused(document, _set("type", "MyProof"))
    assert [(_KIND.UNKNOWN_SUITE, "/proof")] == _refused(document, _set("cryptosuite", "eddsa-2000"))
    assert [(_KIND.UNKNOWN_SUITE, "/proof")] == _refused(document, lambda each: each["proof"].pop("cryptosuite"))
    sibling = suite.replace("rdfc", "jcs") if "rdfc" in suite else suite.replace("jcs", "rdfc")
    assert [(_KIND.WRONG_SIGNATURE, _VALUE)] == _refused(document, _set("cryptosuite", sibling))
    found = verify_proof(D1, {**document["proof"], "type": "MyProof"}, public(pair), environment=environment())
    assert [ErrorName.PROOF_TRANSFORMATION] == [problem.error for problem in found.problems]


@_OF_ALL
def test_malformed_proof_values(suite: str, pair: KeyPair) -> None:
    """A proof value that is cut, longer, in another base, in DER, or no text, is refused as such."""
    document = signed(suite, pair)
    signature = multibase.decode(document["proof"]["proofValue"], multibase.Base.BASE58BTC)
    half = len(signature) // 2
    numbers = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
    base58 = multibase.Base.BASE58BTC
    for value in (
        multibase.encode(signature[:-1], base58),
        multibase.encode(signature + b"\0", base58),
        multibase.encode(encode_dss_signature(*numbers), base58),
        multibase.encode(signature, multibase.Base.BASE64URL),
        document["proof"]["proofValue"][1:],
        document["proof"]["proofValue"] + "0",
        "",
    ):
        assert [(_KIND.MALFORMED_PROOF_VALUE, _VALUE)] == _refused(document, _set("proofValue", value))
    assert [(_KIND.INVALID_MEMBER, _VALUE)] == _refused(document, _set("proofValue", 5))
    assert [(_KIND.MISSING_MEMBER, _VALUE)] == _refused(document, lambda each: each["proof"].pop("proofValue"))


def test_der_is_recognized() -> None:
    """Who writes ECDSA signatures in DER is told so."""
    document = signed("ecdsa-rdfc-2019", P256)
    signature = multibase.decode(document["proof"]["proofValue"], multibase.Base.BASE58BTC)
    der = encode_dss_signature(int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big"))
    document["proof"]["proofValue"] = multibase.encode(der, multibase.Base.BASE58BTC)
    assert "looks like DER" in _verify(document).all_problems[0].message


@_OF_ALL
def test_changed_signatures(suite: str, pair: KeyPair) -> None:
    """A signature with one bit changed, first, middle or last, is wrong."""
    document = signed(suite, pair)
    signature = multibase.decode(document["proof"]["proofValue"], multibase.Base.BASE58BTC)
    for place in (0, len(signature) // 2, len(signature) - 1):
        changed = bytearray(signature)
        changed[place] ^= 1
        value = multibase.encode(bytes(changed), multibase.Base.BASE58BTC)
        assert [(_KIND.WRONG_SIGNATURE, _VALUE)] == _refused(document, _set("proofValue", value))


@_OF_ALL
def test_dates(suite: str, pair: KeyPair) -> None:
    """A date that the calendar does not have is told as such, beside the signature that it is not the signed one."""
    document = signed(suite, pair, expires="2030-01-02T03:04:05Z")
    for name in ("created", "expires"):
        for value in ("2025-02-30T00:00:00Z", "2025-01-02", "yesterday", 5):
            assert (_KIND.INVALID_DATE, f"/proof/{name}") in _refused(document, _set(name, value))


@_OF_ALL
def test_proofs_of_the_document(suite: str, pair: KeyPair) -> None:
    """A document without proof, or with something else as proof, is refused; the same proof twice says nothing more than once."""
    document = signed(suite, pair)
    assert [(_KIND.MISSING_PROOF, "/proof")] == _refused(document, lambda each: each.pop("proof"))
    assert [(_KIND.MISSING_PROOF, "/proof")] == _refused(document, lambda each: each.update(proof=[]))
    assert _verify(document | {"proof": [document["proof"]] * 2}).verified
    named = document["proof"] | {"id": "urn:uuid:1"}
    assert (_KIND.DUPLICATE_PROOF, "/proof") in _refused(document, lambda each: each.update(proof=[named, named]))
    assert [(_KIND.NOT_AN_OBJECT, "/proof")] == _refused(document, lambda each: each.update(proof="proof"))
    assert [(_KIND.NOT_AN_OBJECT, "/proof/1")] == _refused(document, lambda each: each.update(proof=[each["proof"], 1]))
    assert [ErrorName.PARSING] == [problem.error for problem in _verify([document]).all_problems]


@_OF_RDFC
def test_losses_are_refused_under_rdfc(suite: str, pair: KeyPair) -> None:
    """What no context defines is in no statement: the signature would hold, so the loss itself is refused."""
    document = signed(suite, pair)
    found = _refused(document, lambda each: each["credentialSubject"].update(admin=True))
    assert [(_KIND.UNDEFINED_TERM, "/credentialSubject/admin")] == found
    assert [(_KIND.UNDEFINED_TYPE, "/type/1")] == _refused(document, lambda each: each["type"].append("Admin"))
    assert [(_KIND.UNDEFINED_TERM, "/proof/admin")] == _refused(document, _set("admin", True))
    assert [(_KIND.RELATIVE_REFERENCE, "/proof/previousProof")] == [
        each for each in _refused(document, _set("previousProof", "x")) if each[0] is not _KIND.MISSING_PREVIOUS_PROOF
    ]


@_OF_JCS
def test_everything_is_signed_under_jcs(suite: str, pair: KeyPair) -> None:
    """JCS signs the text: undefined terms may be there when it is signed, and not be added, moved or removed afterwards."""
    document = {**D1, "admin": None, "list": [1, 2]}
    document = create_proof(document, options(suite, pair), secret(pair), environment=environment())
    wrong = [(_KIND.WRONG_SIGNATURE, _VALUE)]
    assert wrong == _refused(document, lambda each: each.update(other=1))
    assert wrong == _refused(document, lambda each: each.pop("admin"))
    assert wrong == _refused(document, lambda each: each["list"].reverse())
    assert wrong == _refused(document, _set("admin", True))
    assert [(_KIND.INVALID_VALUE, "/list/0")] == _refused(document, lambda each: each.update(list=["\ud800"]))


@_OF_JCS
def test_contexts_under_jcs(suite: str, pair: KeyPair) -> None:
    """Contexts that were signed have to be there first and in order; others may follow."""
    document = {**D1, "@context": [CREDENTIALS_V2, VOCABULARY]}
    document = create_proof(document, options(suite, pair), secret(pair), environment=environment())
    assert [CREDENTIALS_V2, VOCABULARY] == document["proof"]["@context"]
    assert _verify({**document, "@context": [CREDENTIALS_V2, VOCABULARY, {"more": "urn:more"}]}).verified
    mismatch = [(_KIND.CONTEXT_MISMATCH, "/@context")]
    assert mismatch == _refused(document, lambda each: each["@context"].reverse())
    assert mismatch == _refused(document, lambda each: each["@context"].pop())
    assert mismatch == _refused(document, lambda each: each.pop("@context"))
    assert [(_KIND.WRONG_SIGNATURE, _VALUE)] == _refused(document, lambda each: each["proof"].pop("@context"))


@_OF_RDFC
def test_contexts_under_rdfc(suite: str, pair: KeyPair) -> None:
    """Two contexts that define one term differently say something else in the other order."""
    document = {**D1, "@context": [CREDENTIALS_V2, {"motto": "urn:one"}, {"motto": "urn:two"}]}
    document["credentialSubject"] = {**D1["credentialSubject"], "motto": "x"}
    document = create_proof(document, options(suite, pair), secret(pair), environment=environment())
    assert "@context" not in document["proof"]
    wrong = [(_KIND.WRONG_SIGNATURE, _VALUE)]
    assert wrong == _refused(document, lambda each: each["@context"].append(each["@context"].pop(1)))
    unknown = _refused(document, lambda each: each["@context"].append("https://a.example/"))
    assert {(_KIND.UNKNOWN_CONTEXT, "/@context/3"), (_KIND.UNKNOWN_CONTEXT, "/proof/@context/3")} == set(unknown)


def test_the_legacy_suite() -> None:
    """Ed25519Signature2020 is read with its context and its created, and never made."""
    answer = next(each for each in OURS if each.cryptosuite is None)
    proof = {**answer.options, "proofValue": answer.proof_value}
    document = {**with_legacy_context(D1), "proof": proof}
    assert [(_KIND.WRONG_SIGNATURE, _VALUE)] == _refused(document, lambda each: each.update(name="x"))
    without_context = _refused(document, lambda each: each["@context"].pop())
    assert (_KIND.UNDEFINED_TYPE, "/proof/type") in without_context
    created = _refused(document, lambda each: each["proof"].pop("created"))
    assert [(_KIND.MISSING_MEMBER, "/proof/created")] == created
    with pytest.raises(ProofGenerationRefused, match="only read"):
        create_proof(with_legacy_context(D1), answer.options, secret(ED), environment=environment())


def test_poison_graphs_are_refused() -> None:
    """A document that would take centuries is refused for that, when it is signed and when it is verified."""
    nodes = [{"id": f"_:x{one}", "known": [{"id": f"_:x{two}"} for two in range(9) if two != one]} for one in range(9)]
    document = {**D1, "@context": [CREDENTIALS_V2, VOCABULARY], "credentialSubject": nodes}
    with pytest.raises(ProofGenerationRefused) as caught:
        create_proof(document, options("eddsa-rdfc-2022", ED), secret(ED), environment=environment())
    assert [(_KIND.TOO_MUCH_WORK, "")] == kinds(caught.value.problems)
    document["proof"] = signed("eddsa-rdfc-2022", ED)["proof"]
    assert [(_KIND.TOO_MUCH_WORK, "")] == kinds(_verify(document).all_problems)


def test_the_wrong_person_signed() -> None:
    """Naming another verification method changes the key that is asked, and the options that were signed."""
    document = signed("eddsa-rdfc-2022", ED)
    change = _set("verificationMethod", CHAIN_1.verification_method)
    assert [(_KIND.WRONG_SIGNATURE, _VALUE)] == _refused(document, change)
    unknown = _set("verificationMethod", "did:key:z6Mk#z6Mk")
    assert [(_KIND.WRONG_KEY, "/proof/verificationMethod")] == _refused(document, unknown)


@pytest.mark.parametrize(("suite", "pair"), [("ecdsa-rdfc-2019", P384), ("ecdsa-jcs-2019", P384)])
def test_the_curve_decides_about_the_hash(suite: str, pair: KeyPair) -> None:
    """A signature of P-384 over SHA-256 hashes is not one of the suite."""
    document = signed(suite, pair)
    steps = verify_proof(D1, document["proof"], public(pair), environment=environment()).steps
    assert steps is not None
    assert len(steps.hash_data) == 96
    assert PublicKey.from_multikey(pair.public).type is KeyType.P384
