from __future__ import annotations

import copy
from typing import Any

import pytest
from tests.reference.integrity.known_answers import D1, ED
from tests.reference.integrity.surroundings import VOCABULARY, contexts, environment, kinds, options, secret

from skillmark_reference.securing.integrity.contexts import CREDENTIALS_V2
from skillmark_reference.securing.integrity.cryptosuites import create_proof, verify_proof
from skillmark_reference.securing.integrity.expansion import DataLost, expand, statements_of
from skillmark_reference.securing.integrity.problems import ErrorName, ProblemKind, ProofGenerationRefused

_KIND = ProblemKind
#: What is added to a healthy subject, and what has to be told of it.
_LOSSES: list[tuple[str, dict[str, Any], list[tuple[ProblemKind, str]]]] = [
    ("term", {"foo": 1}, [(_KIND.UNDEFINED_TERM, "/foo")]),
    ("term with a value of its own", {"foo": {"bar": {}}}, [(_KIND.UNDEFINED_TERM, "/foo")]),
    ("term with a slash", {"a/b~c": 1}, [(_KIND.UNDEFINED_TERM, "/a~1b~0c")]),
    ("term mapped to null", {"nothing": 1}, [(_KIND.UNDEFINED_TERM, "/nothing")]),
    ("keyword that is none", {"@foo": 1}, [(_KIND.UNDEFINED_TERM, "/@foo")]),
    ("keyword of contexts", {"@vocab": "x"}, [(_KIND.UNSIGNED, "/@vocab")]),
    ("type", {"type": "Foo"}, [(_KIND.UNDEFINED_TYPE, "/type")]),
    ("type in a list", {"type": ["Known", "Foo"]}, [(_KIND.UNDEFINED_TYPE, "/type/1")]),
    ("type of a map", {"things": {"Foo": {"note": "x"}}}, [(_KIND.UNDEFINED_TYPE, "/things/Foo")]),
    ("reference", {"link": "a/b"}, [(_KIND.RELATIVE_REFERENCE, "/link")]),
    ("reference in an array", {"link": ["urn:a", "b"]}, [(_KIND.RELATIVE_REFERENCE, "/link/1")]),
    ("reference in a list", {"link": {"@list": ["b"]}}, [(_KIND.RELATIVE_REFERENCE, "/link/@list/0")]),
    ("reference in a set", {"link": {"@set": ["b"]}}, [(_KIND.RELATIVE_REFERENCE, "/link/@set/0")]),
    ("reference to a word", {"word": "unknown"}, [(_KIND.RELATIVE_REFERENCE, "/word")]),
    ("identifier of a node", {"known": {"id": "b", "note": "x"}}, [(_KIND.RELATIVE_REFERENCE, "/known/id")]),
    ("identifier of a map", {"people": {"b": {"note": "x"}}}, [(_KIND.RELATIVE_REFERENCE, "/people/b")]),
    ("IRI that ends early", {"link": "urn:a>"}, [(_KIND.INVALID_IRI, "/link")]),
    ("IRI with a newline", {"link": "urn:a\n"}, [(_KIND.INVALID_IRI, "/link")]),
    ("IRI with a space as term", {"urn:a b": 1}, [(_KIND.INVALID_IRI, "/urn:a b")]),
    ("null", {"note": None}, [(_KIND.NULL_VALUE, "/note")]),
    ("null in arrays", {"note": [None, "x", [None]]}, [(_KIND.NULL_VALUE, "/note/0"), (_KIND.NULL_VALUE, "/note/2/0")]),
    ("null in a list", {"steps": [1, None]}, [(_KIND.NULL_VALUE, "/steps/1")]),
    ("null value", {"note": {"@value": None}}, [(_KIND.NULL_VALUE, "/note/@value")]),
    ("language", {"note": {"@value": "x", "@language": "a_b"}}, [(_KIND.INVALID_LANGUAGE, "/note/@language")]),
    ("language of a map", {"label": {"en": "x", "a_b": "x"}}, [(_KIND.INVALID_LANGUAGE, "/label/a_b")]),
    ("language of a term", {"title": "x"}, [(_KIND.INVALID_LANGUAGE, "/title")]),
    ("language without text", {"note": {"@language": "en"}}, [(_KIND.DROPPED, "/note")]),
    ("direction", {"note": {"@value": "x", "@direction": "rtl"}}, [(_KIND.UNSIGNED, "/note/@direction")]),
    (
        "direction of a term",
        {"@context": {"note": {"@id": "urn:n", "@direction": "rtl"}}, "note": "x"},
        [(_KIND.UNSIGNED, "/note")],
    ),
    (
        "direction of all",
        {"@context": {"@direction": "rtl"}, "label": {"en": "x"}, "note": ["x"]},
        [(_KIND.UNSIGNED, "/label"), (_KIND.UNSIGNED, "/note/0")],
    ),
    ("index", {"note": {"@value": "x", "@index": "i"}}, [(_KIND.UNSIGNED, "/note/@index")]),
    ("index of a map", {"entries": {"i": {"note": "x"}}}, [(_KIND.UNSIGNED, "/entries/i")]),
    ("blank node as property", {"_:b": 1}, [(_KIND.DROPPED, "/_:b")]),
    ("reference in a graph", {"graph": "urn:a"}, [(_KIND.DROPPED, "/graph")]),
    ("node without statement in a graph", {"graph": [{"id": "urn:a"}]}, [(_KIND.DROPPED, "/graph/0")]),
    (
        "value in a graph",
        {"@graph": ["x", {"id": "urn:a"}]},
        [(_KIND.DROPPED, "/@graph/0"), (_KIND.DROPPED, "/@graph/1")],
    ),
    ("no number", {"count": float("inf")}, [(_KIND.INVALID_VALUE, "/count")]),
    ("number that is no double", {"count": 2**53 + 1}, [(_KIND.INVALID_VALUE, "/count")]),
    ("number without end", {"count": 10**400}, [(_KIND.INVALID_VALUE, "/count")]),
    ("lone surrogate", {"note": "\ud800"}, [(_KIND.INVALID_VALUE, "/note")]),
    ("no JSON", {"note": ("x",)}, [(_KIND.INVALID_VALUE, "/note")]),
    ("unknown context", {"@context": "https://a.example/"}, [(_KIND.UNKNOWN_CONTEXT, "/@context")]),
    ("protected terms", {"@context": None}, [(_KIND.INVALID_SYNTAX, "")]),
    ("two members for one", {"@id": "did:example:a"}, [(_KIND.INVALID_SYNTAX, "")]),
]


def _document(**subject: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return {
        "@context": [CREDENTIALS_V2, VOCABULARY],
        "id": "urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10",
        "type": ["VerifiableCredential"],
        "issuer": "https://issuer.example/profile",
        "credentialSubject": {"id": "did:example:a", **subject},
    }


@pytest.mark.parametrize(("subject", "expected"), [case[1:] for case in _LOSSES], ids=[case[0] for case in _LOSSES])
def test_every_loss_is_told_with_its_place(subject: dict[str, Any], expected: list[tuple[ProblemKind, str]]) -> None:
    """What JSON-LD would drop, change or write wrongly is refused where it is; the same document without it is accepted."""
    assert expand(_document(), contexts=contexts()).problems == ()
    found = expand(_document(**subject), contexts=contexts())
    assert sorted((kind.value, f"/credentialSubject{place}") for kind, place in expected) == sorted(
        (kind.value, place) for kind, place in kinds(found.problems)
    )
    assert found.statements == ()


@pytest.mark.parametrize(
    "subject",
    [
        {"word": "known"},
        {"https://vocabulary.example/terms#note": "x", "ex:note": "y"},
        {"note": []},
        {"note": {}},
        {"note": {"@value": "x", "@language": "en-GB"}},
        {"label": {"en": "x", "@none": ["y"]}},
        {"title": {"@value": "x"}},
        {"data": {"a": [None, {"undefined": None}], "@foo": 1}},
        {"note": {"@value": {"a": None}, "@type": "@json"}},
        {"people": {"urn:a": {"note": "x"}}, "things": {"Known": {"note": "x"}}},
        {"graph": {"id": "urn:a", "note": "x"}},
        {"steps": [1, 2.5, True, "x"]},
        {"@included": [{"id": "urn:a", "note": "x"}]},
        {"@reverse": {"ex:note": {"id": "urn:a"}}},
        {"count": 2**53},
        {"known": "\x00 \x7f \ufffe"},
    ],
    ids=repr,
)
def test_what_is_kept_is_accepted(subject: dict[str, Any]) -> None:
    """What becomes statements, or says nothing that could get lost, is no problem."""
    assert expand(_document(**subject), contexts=contexts()).problems == ()


def test_all_problems_are_told() -> None:
    """A document with faults in several places, errors of syntax among them, is refused for all of them at once."""
    document = _document(foo=1, link="b", known={"id": 5}, note={"id": ["x"]})
    document |= {"bar": 1, "evidence": {"type": "Foo"}}
    assert {
        (_KIND.UNDEFINED_TERM, "/credentialSubject/foo"),
        (_KIND.RELATIVE_REFERENCE, "/credentialSubject/link"),
        (_KIND.INVALID_SYNTAX, "/credentialSubject/known"),
        (_KIND.INVALID_SYNTAX, "/credentialSubject/note"),
        (_KIND.UNDEFINED_TERM, "/bar"),
        (_KIND.UNDEFINED_TYPE, "/evidence/type"),
    } == set(kinds(expand(document, contexts=contexts()).problems))


def test_every_unknown_context_is_told() -> None:
    """All contexts that nobody knows are named, and nothing is fetched."""
    document = {**_document(), "@context": [CREDENTIALS_V2, "https://a.example/1", "https://a.example/2"]}
    found = expand(document, contexts=contexts()).problems
    assert [(_KIND.UNKNOWN_CONTEXT, "/@context/1"), (_KIND.UNKNOWN_CONTEXT, "/@context/2")] == kinds(found)
    assert "https://a.example/1" in found[0].message


def test_a_credential_with_a_relative_id_is_refused() -> None:
    """With a relative id nearly every statement would be gone; with some base URL it would be another document."""
    with pytest.raises(DataLost) as caught:
        statements_of({**_document(), "id": "credential-1"}, contexts=contexts())
    assert [(_KIND.RELATIVE_REFERENCE, "/id")] == kinds(caught.value.problems)
    assert caught.value.problems[0].error is ErrorName.DATA_LOSS
    assert caught.value.problems[0].error.url == "https://w3id.org/security#DATA_LOSS_DETECTION_ERROR"


@pytest.mark.parametrize("document", [{}, {"@context": CREDENTIALS_V2}, {"@context": CREDENTIALS_V2, "id": "urn:a"}])
def test_a_document_without_statements_is_refused(document: dict[str, Any]) -> None:
    """There is nothing to sign in a document that says nothing."""
    assert [(_KIND.DROPPED, "")] == kinds(expand(document, contexts=contexts()).problems)


def test_deep_documents_are_refused_before_they_are_processed() -> None:
    """Sixty levels are read, a hundred are refused."""
    shallow: dict[str, Any] = {}
    deep: dict[str, Any] = {}
    for _ in range(58):
        shallow = {"known": shallow}
    for _ in range(100):
        deep = {"known": deep}
    assert expand(_document(known=shallow), contexts=contexts()).problems == ()
    found = expand(_document(known=deep), contexts=contexts()).problems
    assert [_KIND.INVALID_VALUE] == [problem.kind for problem in found]


def test_signing_and_verifying_refuse_losses_in_document_and_options() -> None:
    """The same faults are told when a proof is made and when it is verified, in the document and in the proof."""
    document, chosen = copy.deepcopy(D1), options("eddsa-rdfc-2022", ED)
    healthy = create_proof(document, chosen, secret(ED), environment=environment())["proof"]
    expected = {(_KIND.UNDEFINED_TERM, "/foo"), (_KIND.UNDEFINED_TERM, "/proof/bar")}
    with pytest.raises(ProofGenerationRefused) as caught:
        create_proof({**document, "foo": 1}, {**chosen, "bar": 1}, secret(ED), environment=environment())
    assert expected == set(kinds(caught.value.problems))
    outcome = verify_proof({**document, "foo": 1}, {**healthy, "bar": 1}, secret(ED).public, environment=environment())
    assert expected == set(kinds(outcome.problems))


def test_the_document_is_left_as_it_was() -> None:
    """Expansion does not change what it is given."""
    document = _document(note={"@value": "x", "@language": "EN"}, steps=[1, 2])
    before = copy.deepcopy(document)
    expand(document, contexts=contexts())
    assert before == document
