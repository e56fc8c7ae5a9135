from __future__ import annotations

import copy
import datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.integrity.known_answers import CHAIN_1, CHAIN_2, CHAIN_3, D1, ED, P256, KeyPair
from tests.reference.integrity.surroundings import environment, find_key, kinds, options, secret, signed

from skillmark_reference.securing.dids import VerificationRelationship
from skillmark_reference.securing.integrity.cryptosuites import create_proof
from skillmark_reference.securing.integrity.problems import ErrorName, ProblemKind, ProofGenerationRefused
from skillmark_reference.securing.integrity.proof_options import Expectations, expectation_problems, option_problems
from skillmark_reference.securing.integrity.proofs import add_proof, verify_proofs
from skillmark_reference.securing.verification_methods import find_verification_method

if TYPE_CHECKING:
    from skillmark_reference.securing.keys import PublicKey

_KIND = ProblemKind
_NOW = datetime.datetime(2025, 6, 1, tzinfo=datetime.UTC)
_FIRST, _SECOND = "urn:uuid:1", "urn:uuid:2"


def _add(document: dict[str, Any], pair: KeyPair, suite: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    return add_proof(document, options(suite, pair, **more), secret(pair), environment=environment())


def _chain(suite: str = "eddsa-rdfc-2022") -> dict[str, Any]:
    """Return D1 with a set of two proofs and one that builds on both."""
    document = _add(D1, CHAIN_1, suite, id=_FIRST)
    document = _add(document, CHAIN_2, suite, id=_SECOND)
    return _add(document, CHAIN_3, suite, previousProof=[_FIRST, _SECOND])


def _problems(document: dict[str, Any], **expected: Any) -> list[tuple[ProblemKind, str]]:  # noqa: ANN401 - any expectation
    found = verify_proofs(document, find_key, environment=environment(), expected=Expectations(**expected))
    assert found.verified is not bool(found.all_problems)
    return kinds(found.all_problems)


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022"])
def test_chains(suite: str) -> None:
    """A chain holds as a whole; without one of its earlier proofs, or with another one in its place, it does not."""
    document = _chain(suite)
    assert [] == _problems(document)
    fewer = {**document, "proof": document["proof"][1:]}
    assert (_KIND.MISSING_PREVIOUS_PROOF, "/proof/1/previousProof") in _problems(fewer)
    other = copy.deepcopy(document)
    other["proof"][0] = _add(D1, CHAIN_1, suite, id=_FIRST, created="2025-01-02T03:04:06Z")["proof"]
    assert [(_KIND.WRONG_SIGNATURE, "/proof/2/proofValue")] == _problems(other)


def test_the_order_of_a_set_does_not_matter() -> None:
    """A set is verified in any order, with suites of any kind side by side."""
    document = _add(_add(D1, ED, "eddsa-jcs-2022"), P256, "ecdsa-rdfc-2019")
    assert [] == _problems(document)
    document["proof"].reverse()
    assert [] == _problems(document)


def test_one_wrong_proof_is_enough() -> None:
    """Every proof of a set has to hold; what is told has its place in the set."""
    document = _add(_add(D1, ED, "eddsa-rdfc-2022"), P256, "ecdsa-rdfc-2019")
    assert [] == _problems(document)
    document["proof"][1]["nonce"] = "x"
    found = verify_proofs(document, find_key, environment=environment())
    assert [True, False] == [outcome.verified for outcome in found.outcomes]
    assert [(_KIND.WRONG_SIGNATURE, "/proof/1/proofValue")] == kinds(found.all_problems)
    assert found.verified_document is None


def test_two_proofs_of_one_id() -> None:
    """An id that two proofs have names neither of them."""
    document = _add(_add(D1, CHAIN_1, "eddsa-rdfc-2022", id=_FIRST), CHAIN_2, "eddsa-rdfc-2022", id=_FIRST)
    assert [(_KIND.DUPLICATE_PROOF, "/proof")] == _problems(document)


def test_proofs_that_name_each_other() -> None:
    """Proofs that name each other as previous end, with signatures that cannot be right."""
    document = _add(_add(D1, CHAIN_1, "eddsa-rdfc-2022", id=_FIRST), CHAIN_2, "eddsa-rdfc-2022", id=_SECOND)
    assert [] == _problems(document)
    document["proof"][0]["previousProof"] = _SECOND
    document["proof"][1]["previousProof"] = _FIRST
    assert {_KIND.WRONG_SIGNATURE} == {kind for kind, _ in _problems(document)}
    document["proof"][0]["previousProof"] = _FIRST
    assert (_KIND.MISSING_PREVIOUS_PROOF, "/proof/0/previousProof") in _problems(document)


def test_adding_refuses_a_previous_proof_that_is_not_there() -> None:
    """A chain cannot begin in the air."""
    with pytest.raises(ProofGenerationRefused) as caught:
        _add(D1, CHAIN_1, "eddsa-rdfc-2022", previousProof=[_FIRST])
    assert [(_KIND.MISSING_PREVIOUS_PROOF, "/proof/previousProof")] == kinds(caught.value.problems)


def test_a_signed_document_is_not_signed_over() -> None:
    """Replacing a proof by a new one is refused; adding one is another request."""
    document = signed("eddsa-rdfc-2022", ED)
    with pytest.raises(ProofGenerationRefused, match="has a proof"):
        create_proof(document, options("eddsa-rdfc-2022", ED), secret(ED), environment=environment())


@pytest.mark.parametrize(
    ("expected", "kind", "error"),
    [
        ({"purpose": "authentication"}, _KIND.WRONG_PURPOSE, ErrorName.PROOF_VERIFICATION),
        ({"domain": frozenset({"b.example"})}, _KIND.WRONG_DOMAIN, ErrorName.INVALID_DOMAIN),
        ({"domain": frozenset({"a.example", "b.example"})}, _KIND.WRONG_DOMAIN, ErrorName.INVALID_DOMAIN),
        ({"challenge": "2"}, _KIND.WRONG_CHALLENGE, ErrorName.INVALID_CHALLENGE),
        ({"now": _NOW.replace(year=2031)}, _KIND.EXPIRED, ErrorName.PROOF_VERIFICATION),
    ],
    ids=["purpose", "domain", "domains", "challenge", "expiry"],
)
def test_expectations(expected: dict[str, Any], kind: ProblemKind, error: ErrorName) -> None:
    """A proof that is right is refused if it is for something else, and accepted by who expects just it."""
    document = signed("eddsa-rdfc-2022", ED, domain="a.example", challenge="1", expires="2030-01-02T03:04:05Z")
    fit = {"purpose": "assertionMethod", "domain": frozenset({"a.example"}), "challenge": "1", "now": _NOW}
    assert [] == _problems(document, **fit)
    found = verify_proofs(document, find_key, environment=environment(), expected=Expectations(**{**fit, **expected}))
    assert [(kind, error)] == [(problem.kind, problem.error) for problem in found.all_problems]


def test_every_problem_of_the_options_is_told() -> None:
    """Options that are wrong in every member are refused for all of them at once."""
    wrong = {
        "type": 5,
        "id": "relative",
        "created": "yesterday",
        "expires": "2025-13-01T00:00:00Z",
        "verificationMethod": "key-1",
        "domain": [],
        "challenge": 5,
        "nonce": [],
        "previousProof": [1],
    }
    names = {f"/proof/{name}" for name in [*wrong, "proofPurpose"]}
    assert names == {problem.pointer for problem in option_problems(wrong, signing=True)}
    assert not list(option_problems(options("eddsa-rdfc-2022", ED), signing=True))


@pytest.mark.parametrize(
    "text",
    ["2025-01-02T03:04:05Z", "2025-01-02T03:04:05.678+02:00", "2024-02-29T24:00:00Z", "2025-01-02T03:04:05-14:00"],
)
def test_dates_of_xml_schema(text: str) -> None:
    """What XML Schema allows as dateTimeStamp is signed and verified."""
    assert [] == _problems(signed("eddsa-rdfc-2022", ED, created=text))


@pytest.mark.parametrize(
    "text",
    [
        "2025-02-29T00:00:00Z",
        "2025-01-02 03:04:05Z",
        "2025-01-02T03:04Z",
        "2025-01-02T03:04:05+14:01",
        "2025-01-02T03:04:05",
        5,
    ],
)
def test_what_is_no_date(text: object) -> None:
    """Days that no calendar has, other separators, missing seconds and missing zones are not signed."""
    with pytest.raises(ProofGenerationRefused) as caught:
        signed("eddsa-jcs-2022", ED, created=text, expires=text)
    assert [(_KIND.INVALID_DATE, "/proof/created"), (_KIND.INVALID_DATE, "/proof/expires")] == kinds(
        caught.value.problems
    )


def test_a_reader_takes_a_date_without_zone_as_utc() -> None:
    """Who reads accepts what others sign: a date without zone, and it expires in UTC."""
    proof = {**signed("eddsa-jcs-2022", ED)["proof"], "expires": "2025-06-01T00:00:00"}
    assert [] == list(option_problems(proof, signing=False))
    assert [] == list(expectation_problems(proof, Expectations(now=_NOW - datetime.timedelta(seconds=1))))
    assert [_KIND.EXPIRED] == [each.kind for each in expectation_problems(proof, Expectations(now=_NOW))]


def test_keys_that_are_not_found() -> None:
    """What the finder of keys says is passed on as the reason: the document of a did:key lists no key for another purpose."""

    def find(method: str, purpose: str) -> PublicKey:
        document = {"id": method.partition("#")[0], "verificationMethod": []}
        relationship = VerificationRelationship(purpose)
        return find_verification_method(document, method, purpose=relationship, now=_NOW).key

    found = verify_proofs(signed("eddsa-rdfc-2022", ED), find, environment=environment())
    assert [(_KIND.WRONG_KEY, "/proof/verificationMethod")] == kinds(found.all_problems)
    assert "has no verification method" in found.all_problems[0].message
