from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.integrity.known_answers import D1, D1_BASE, D1_DERIVED, ED, HMAC_KEY, P256
from tests.reference.integrity.surroundings import (
    VOCABULARY,
    disclosure,
    environment,
    find_key,
    kinds,
    options,
    public,
    secret,
)

from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity.contexts import CREDENTIALS_V2
from skillmark_reference.securing.integrity.cryptosuites import create_proof, verify_proof
from skillmark_reference.securing.integrity.problems import ProblemKind, ProofGenerationRefused, Refused
from skillmark_reference.securing.integrity.proofs import verify_proofs
from skillmark_reference.securing.integrity.selection import hmac_label, select
from skillmark_reference.securing.integrity.selective import Disclosure, derive_proof
from skillmark_reference.securing.integrity.selective_values import (
    MalformedValue,
    read_base,
    read_derived,
    write_base,
    write_derived,
)
from skillmark_reference.securing.keys import KeyType, SecretKey

if TYPE_CHECKING:
    from collections.abc import Callable

_KIND = ProblemKind
_VALUE = "/proof/proofValue"
_MALFORMED = [(_KIND.MALFORMED_PROOF_VALUE, _VALUE)]


def _base(document: dict[str, Any] = D1, *pointers: str) -> dict[str, Any]:
    chosen = options("ecdsa-sd-2023", P256)
    return create_proof(
        document, chosen, secret(P256), environment=environment(), disclosure=disclosure(*(pointers or ("/issuer",)))
    )


def _derived(*pointers: str) -> dict[str, Any]:
    base = _base()
    return derive_proof(base, base["proof"], pointers, environment=environment())


def _problems(document: dict[str, Any]) -> list[tuple[ProblemKind, str]]:
    return kinds(verify_proofs(document, find_key, environment=environment()).all_problems)


def _changed(document: dict[str, Any], **parts: Any) -> dict[str, Any]:  # noqa: ANN401 - parts of the value
    """Return the document with another part in its derived value."""
    value = read_derived(document["proof"]["proofValue"])

    return {
        **document,
        "proof": {**document["proof"], "proofValue": write_derived(dataclasses.replace(value, **parts))},
    }


def test_every_disclosure_verifies() -> None:
    """Whatever the holder shows, down to one status entry of two, a verifier accepts it, and sees nothing else."""
    for pointers in (
        (),
        ("/credentialSubject",),
        ("/credentialStatus/1", "/name"),
        ("/credentialStatus/0/statusPurpose", "/credentialStatus/1/statusListIndex"),
        ("/credentialStatus",),
        ("",),
    ):
        document = _derived(*pointers)
        assert [] == _problems(document)
        assert ("Ada" in str(document)) == (pointers in {("/credentialSubject",), ("",)})


@pytest.mark.parametrize(
    ("mandatory", "shown"),
    [
        (("/issuer", "/credentialStatus/1"), ("/credentialStatus/1/statusListIndex",)),
        (("/issuer", "/credentialStatus"), ("/credentialStatus/0/statusPurpose", "/credentialStatus/1")),
        (("/issuer", "/credentialStatus/1/statusListIndex", "/credentialStatus"), ("/credentialStatus/0",)),
        (("",), ("/credentialStatus/1/statusListIndex",)),
        (("/@context/0", "/issuer"), ("/name",)),
    ],
)
def test_pointers_may_lead_into_what_is_chosen_already(mandatory: tuple[str, ...], shown: tuple[str, ...]) -> None:
    """A part of what is chosen as a whole takes nothing away from it, in either order, and the disclosure verifies."""
    base = _base(D1, *mandatory)
    assert [] == _problems(derive_proof(base, base["proof"], shown, environment=environment()))
    chosen = select(D1, (*mandatory, *shown))
    assert chosen == select(D1, (*reversed(shown), *reversed(mandatory)))


def test_what_was_hidden_stays_unknown() -> None:
    """The label of a hidden node, its number, and the HMAC key are not in what the verifier gets."""
    value = read_derived(_derived("/credentialStatus/0")["proof"]["proofValue"])
    assert {"c14n0": hmac_label("c14n1", HMAC_KEY)} == value.labels
    assert HMAC_KEY not in multibase.decode(write_derived(value), multibase.Base.BASE64URL)


def test_a_base_proof_is_not_for_verifiers() -> None:
    """A verifier that gets a base proof says so; a holder that gets a derived one as well."""
    assert [(_KIND.BASE_PROOF, _VALUE)] == _problems(_base())
    derived = _derived()
    with pytest.raises(ProofGenerationRefused, match="header of a base proof"):
        derive_proof(derived, derived["proof"], ["/name"], environment=environment())


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda each: each["credentialSubject"].update(name="Eve"), _KIND.WRONG_SIGNATURE),
        (lambda each: each.update(issuer="https://other.example/"), _KIND.MALFORMED_PROOF_VALUE),
        (lambda each: each["issuer"].update(name="Other"), _KIND.WRONG_SIGNATURE),
        (lambda each: each["proof"].update(created="2025-01-02T03:04:06Z"), _KIND.WRONG_SIGNATURE),
        (lambda each: each.pop("name"), _KIND.MALFORMED_PROOF_VALUE),
        (lambda each: each.update(description="more"), _KIND.MALFORMED_PROOF_VALUE),
        (lambda each: each.update(admin=True), _KIND.UNDEFINED_TERM),
        (lambda each: each["proof"].update(admin=True), _KIND.UNDEFINED_TERM),
        (lambda each: each["type"].append("Admin"), _KIND.UNDEFINED_TYPE),
        (lambda each: each["proof"].update(proofValue=each["proof"]["proofValue"][:-8]), _KIND.MALFORMED_PROOF_VALUE),
        (
            lambda each: each["proof"].update(proofValue="z" + each["proof"]["proofValue"][1:]),
            _KIND.MALFORMED_PROOF_VALUE,
        ),
        (lambda each: each["proof"].pop("proofValue"), _KIND.MALFORMED_PROOF_VALUE),
        (lambda each: each["proof"].update(cryptosuite="ecdsa-rdfc-2019"), _KIND.MALFORMED_PROOF_VALUE),
        (lambda each: each["credentialStatus"][0].update(statusPurpose="message"), _KIND.WRONG_SIGNATURE),
    ],
    ids=range(14),
)
def test_changed_disclosures(change: Callable[[dict[str, Any]], object], expected: ProblemKind) -> None:
    """A healthy disclosure with exactly one fault is refused for it."""
    document = _derived("/credentialSubject/name", "/name", "/credentialStatus")
    assert [] == _problems(document)
    changed = copy.deepcopy(document)
    change(changed)
    assert {expected} == {kind for kind, _ in _problems(changed)}


def test_changed_values() -> None:
    """Indexes, labels and signatures inside of the proof value cannot be moved."""
    document = _derived("/credentialStatus")
    value = read_derived(document["proof"]["proofValue"])
    first, second = value.labels.items()
    assert len(value.signatures) > 1
    assert [] == _problems(document)
    for parts in (
        {"labels": {first[0]: first[1]}},
        {"labels": {**value.labels, "c14n2": hmac_label("c14n2", HMAC_KEY)}},
        {"mandatory_indexes": (*value.mandatory_indexes, 99)},
        {"mandatory_indexes": value.mandatory_indexes[1:]},
        {"signatures": value.signatures[1:]},
        {"signatures": (*value.signatures, value.signatures[0])},
    ):
        assert _MALFORMED == _problems(_changed(document, **parts))
    for parts in (
        {"labels": {first[0]: second[1], second[0]: first[1]}},
        {"signatures": value.signatures[::-1]},
        {"signature": value.signatures[0]},
        {"public_key": SecretKey.generate(KeyType.P256).public},
    ):
        assert {(_KIND.WRONG_SIGNATURE, _VALUE)} == set(_problems(_changed(document, **parts)))


def test_merged_nodes_and_repeated_indexes() -> None:
    """A label map that gives two nodes one label, and an index that occurs twice, do not get into a value."""
    value = read_derived(D1_DERIVED)
    label = value.labels["c14n0"]
    data = multibase.decode(D1_DERIVED, multibase.Base.BASE64URL)
    entry = b"\x00\x58\x20" + multibase.decode(label, multibase.Base.BASE64URL)
    assert data.count(b"\xa1" + entry) == 1
    for changed in (
        data.replace(b"\xa1" + entry, b"\xa2" + entry + b"\x01" + entry[1:]),
        data.replace(b"\xa1" + entry, b"\xa2" + entry + entry),
        data[:-1] + data[-2:-1],
    ):
        with pytest.raises(MalformedValue, match=r"merges|twice"):
            read_derived(multibase.encode(changed, multibase.Base.BASE64URL))


def test_values_are_read_as_they_are_written() -> None:
    """Reading and writing are inverse, for base and derived values, with lists of every length."""
    assert D1_BASE == write_base(read_base(D1_BASE))
    assert D1_DERIVED == write_derived(read_derived(D1_DERIVED))

    value = read_derived(D1_DERIVED)
    for count in (0, 23, 24, 300):
        changed = dataclasses.replace(
            value, signatures=value.signatures[:1] * count, mandatory_indexes=tuple(range(count))
        )
        assert changed == read_derived(write_derived(changed))


@pytest.mark.parametrize("cut", range(4, 470, 31))
def test_cut_values(cut: int) -> None:
    """A value that ends anywhere but at its end, or goes on behind it, is refused."""
    data = multibase.decode(D1_DERIVED, multibase.Base.BASE64URL)
    for changed in (data[: cut % len(data)], data + b"\0", data.replace(b"\x85", b"\x9f", 1)):
        with pytest.raises(MalformedValue):
            read_derived(multibase.encode(changed, multibase.Base.BASE64URL))


def test_values_do_not_announce_more_than_there_is() -> None:
    """A list of billions of entries in a few bytes is refused at once."""
    head = bytes.fromhex("d95d0185") + multibase.decode(D1_DERIVED, multibase.Base.BASE64URL)[4:107]
    for count in ("9affffffff", "9bffffffffffffffff", "98ff"):
        with pytest.raises(MalformedValue, match="too early"):
            read_derived(multibase.encode(head + bytes.fromhex(count), multibase.Base.BASE64URL))


def test_other_keys() -> None:
    """Another key of P-256 did not sign the base; another type of key does not fit."""
    document = _derived("/name")
    bare, proof = {name: value for name, value in document.items() if name != "proof"}, document["proof"]
    assert verify_proof(bare, proof, public(P256), environment=environment()).verified
    other = verify_proof(bare, proof, SecretKey.generate(KeyType.P256).public, environment=environment())
    assert [(_KIND.WRONG_SIGNATURE, _VALUE)] == kinds(other.problems)
    unfit = verify_proof(bare, proof, public(ED), environment=environment())
    assert [(_KIND.WRONG_KEY, "/proof/verificationMethod")] == kinds(unfit.problems)


def test_pointers() -> None:
    """Escapes, arrays with holes, and objects that meet, as RFC 6901 and the standard say."""
    document = {
        "@context": "c",
        "id": "urn:a",
        "type": "T",
        "a/b": {"~": 1, "id": "_:x", "type": "U"},
        "list": [{"x": 1, "y": 2}, 5, {"z": [1, 2, 3]}],
    }
    root = {"@context": "c", "id": "urn:a", "type": "T"}
    assert select(document, []) is None
    assert {**root, "a/b": {"~": 1, "type": "U"}} == select(document, ["/a~1b/~0"])
    assert {**root, "list": [{"y": 2}, {"z": [3]}]} == select(document, ["/list/2/z/2", "/list/0/y"])
    assert {**root, "list": [{"x": 1, "y": 2}]} == select(document, ["/list/0", "/list/0/x"])
    assert {**root, "list": document["list"]} == select(document, ["/list/2/z", "/list"])
    assert document == select(document, [""])


@pytest.mark.parametrize(
    "pointer", ["/nope", "/list/3", "/list/x", "/list/-1", "/list/01", "/type/0", "name", "/a~2", "/"]
)
def test_pointers_that_lead_nowhere(pointer: str) -> None:
    """A pointer without target is named, for issuer and holder."""
    document = {**D1, "list": [1, 2, 3], "a~2": 1, "type": "VerifiableCredential"}
    with pytest.raises(Refused) as caught:
        select(document, [pointer, "/also-missing"])
    assert [_KIND.UNKNOWN_POINTER] * 2 == [problem.kind for problem in caught.value.problems]
    assert repr(pointer) in str(caught.value)


def test_refused_base_proofs() -> None:
    """Without disclosure, with a pointer to nothing, and with nodes that have no name, there is no base proof."""
    chosen = options("ecdsa-sd-2023", P256)
    with pytest.raises(ProofGenerationRefused, match="needs to know what is mandatory"):
        create_proof(D1, chosen, secret(P256), environment=environment())
    with pytest.raises(ProofGenerationRefused, match="leads nowhere"):
        _base(D1, "/nope")
    listed = {**D1, "@context": [CREDENTIALS_V2, VOCABULARY]}
    for member in ({"steps": [1, 2]}, {"known": {"id": "_:b"}}, {"graph": {"id": "urn:a", "note": "x"}}):
        with pytest.raises(ProofGenerationRefused) as caught:
            _base({**listed, "credentialSubject": {"id": "did:example:a", **member}})
        assert [(_KIND.NOT_SELECTABLE, "")] == kinds(caught.value.problems)
    with pytest.raises(ProofGenerationRefused) as caught:
        _base({**D1, "foo": 1})
    assert (_KIND.UNDEFINED_TERM, "/foo") in kinds(caught.value.problems)


def test_refused_derivations() -> None:
    """A holder cannot derive from a proof of another document, nor show nothing."""
    base = _base()
    with pytest.raises(ProofGenerationRefused, match="statements to sign"):
        derive_proof({**base, "description": "more"}, base["proof"], ["/name"], environment=environment())
    empty = create_proof(
        D1, options("ecdsa-sd-2023", P256), secret(P256), environment=environment(), disclosure=disclosure()
    )
    with pytest.raises(ProofGenerationRefused, match="no document to show"):
        derive_proof(empty, empty["proof"], [], environment=environment())


def test_disclosures() -> None:
    """Keys of a disclosure are new each time, and of the right kind."""
    assert Disclosure.fresh(["/a"]).hmac_key != Disclosure.fresh(["/a"]).hmac_key
    for hmac_key, proof_key in ((b"short", secret(P256)), (HMAC_KEY, secret(ED))):
        with pytest.raises(ValueError, match="HMAC key of 32 bytes"):
            Disclosure(mandatory_pointers=(), hmac_key=hmac_key, proof_key=proof_key)
