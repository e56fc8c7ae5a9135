"""Hostile linked data: graphs that would take centuries, contexts that never end, terms that change their meaning."""

from __future__ import annotations

from typing import Any

import pytest
from tests.reference.credentials.presenting import STRANGERS, V2, plain
from tests.reference.credentials.surroundings import (
    badge,
    carelessly_signed,
    changed,
    check,
    failed,
    signed,
    subjects,
    unknown,
)

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict

Record = dict[str, Any]

A, B = "https://elsewhere.example/a", "https://elsewhere.example/b"
SECURING = [Subject.EXPANSION, Subject.PROOF, Subject.SIGNED_AS_READ]
TERMS = {
    "knows": {"@id": "https://elsewhere.example/knows", "@type": "@id"},
    "Thing": "https://elsewhere.example/Thing",
}


def with_proof_of_another(credential: Record) -> Record:
    """Return a credential with the proof of a healthy one: what the graph costs is spent before the signature is compared."""
    return {**credential, "proof": signed(badge())["proof"]}


def clique(size: int) -> list[Record]:
    """Return blank nodes that all know each other: nothing tells them apart but trying every order."""
    return [{"id": f"_:n{one}", "knows": [f"_:n{two}" for two in range(size) if two != one]} for one in range(size)]


@pytest.mark.parametrize("size", [10, 30])
def test_poison_graphs(size: int) -> None:
    """A clique of blank nodes is given up by a count of steps, and nothing is known about the signature then."""
    made = plain(**{"@context": [V2, TERMS], "credentialSubject": clique(size)})
    found = check(with_proof_of_another(made), policy=STRANGERS)
    assert (False, Outcome.CANNOT_TELL) == (found.valid, found.step(Subject.PROOF).outcome)
    assert any("blank nodes" in each.message for each in found.step(Subject.PROOF).problems)


def test_many_twins() -> None:
    """Hundreds of equal anonymous objects are one group that no statement tells apart: they end with a verdict."""
    twins = [{"type": "Thing", "knows": "_:hub"} for _ in range(300)]
    made = plain(**{"@context": [V2, TERMS], "credentialSubject": {"id": "_:hub", "knows": "_:hub", "evidence": twins}})
    assert not check(with_proof_of_another(made), policy=STRANGERS).valid


# Contexts


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"@context": B}, {"@context": A}),
        ({"@context": A}, {"@context": {}}),
        ({"@context": [V2, B]}, {"@context": [A, V2]}),
        ({"@context": {"@import": B}}, {"@context": {"@import": A}}),
        ({"@context": {"a": {"@id": "urn:a", "@context": A}}}, {"@context": {}}),
    ],
)
def test_contexts_that_name_each_other(first: Record, second: Record) -> None:
    """Contexts that lead back to themselves end with a verdict, each read once."""
    made = plain(**{"@context": [V2, A]})
    found = check({**made, "proof": signed(badge())["proof"]}, {A: first, B: second}, policy=STRANGERS)
    assert found.verdict in {Verdict.INVALID, Verdict.UNVERIFIABLE}
    assert found.problems


def test_huge_contexts() -> None:
    """A context of more bytes than a context has is not read; one with many terms is."""
    made = plain(**{"@context": [V2, A]})
    terms = {f"t{number}": f"https://elsewhere.example/{number}" for number in range(15_000)}
    assert check({**made, "proof": signed(badge())["proof"]}, {A: {"@context": terms}}, policy=STRANGERS).problems
    inline = plain(**{"@context": [V2, terms]})
    assert check(carelessly_signed(inline), policy=STRANGERS).valid


def test_a_thousand_contexts_that_nobody_has() -> None:
    """Contexts that cannot be had are asked for a few times, and the credential is unverifiable."""
    made = signed(badge())
    made["@context"] = [*made["@context"], *(f"https://elsewhere.example/{number}" for number in range(1000))]
    assert (Verdict.UNVERIFIABLE, SECURING) == unknown(check(made))


@pytest.mark.parametrize(
    "inline",
    [
        {"VerifiableCredential": "https://elsewhere.example/Other"},
        {"AchievementCredential": "https://elsewhere.example/Other"},
        {"id": "https://elsewhere.example/id"},
        {"type": "@id"},
        {"@protected": True, "name": "https://elsewhere.example/name"},
        {"name": None},
    ],
)
def test_protected_terms_keep_their_meaning(inline: Record) -> None:
    """A context that defines a protected term again is an error, whoever signed (data model 2.0, 5.2 and 6.1)."""
    made = signed(badge())
    made["@context"] = [*made["@context"], inline]
    assert Subject.EXPANSION in failed(check(made))


def test_a_context_of_nothing() -> None:
    """A null context would take all meaning away: refused where terms are protected, and seen where they are not."""
    made = signed(badge())
    for contexts in ([*made["@context"], None], [None, *made["@context"]], None):
        assert Verdict.INVALID is check({**made, "@context": contexts}).verdict


@pytest.mark.parametrize("alias", ["until", "https://www.w3.org/2018/credentials#validUntil"])
def test_what_is_signed_under_another_name(alias: str) -> None:
    """An end of validity that the JSON does not show under its own name is not overlooked."""
    made = changed(badge(), "/validUntil")
    inner = {"until": {"@id": "https://www.w3.org/2018/credentials#validUntil"}}
    made = {**made, "@context": [*made["@context"], inner], alias: "2025-06-01T00:00:00Z"}
    found = check(carelessly_signed(made))
    assert Subject.SIGNED_AS_READ in subjects(found, Outcome.FAILED, Outcome.CANNOT_TELL)


def test_vocabulary_for_everything() -> None:
    """``@vocab`` gives every name a meaning; what it makes of unknown members is signed, and the table still refuses them."""
    made = {**badge(), "@context": [*badge()["@context"], {"@vocab": "https://elsewhere.example/"}], "unheard": "of"}
    assert check(carelessly_signed(made)).valid
    tampered = {**carelessly_signed(made), "unheard": "other"}
    assert [Subject.PROOF] == failed(check(tampered))


def test_names_that_are_keywords_almost() -> None:
    """Members that look like keywords are dropped by JSON-LD, and so are told."""
    made = carelessly_signed(badge())
    for name in ("@nonsense", "@included", "@reverse", "@graph", "@nest", "@index"):
        assert not check({**made, name: {"name": "x"}}).valid


def test_every_permutation_of_proofs() -> None:
    """Nested credentials with the same proof are twins in the graph: few are told apart, many are given up."""
    inner = signed(badge(identifier="urn:uuid:9"))
    made = badge()
    made["endorsement"] = [inner] * 12
    found = check(with_proof_of_another(made))
    assert Verdict.VALID is not found.verdict
    assert 13 == len(list(found.walk()))
