"""The derived contexts mean what the published ones mean, in every state in which they were published.

Published bytes are at hand for all states but four. For ``2.0.0`` and ``3.0.0`` the published digest of the JSON proves the
derived document, for ``undefined-terms-v2`` that of the bytes. ``examples-v2`` has no published digest: it is a single entry, and
tested as that.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.reference.vocabularies.drawing import is_class, members, nodes, records
from tests.reference.vocabularies.published import (
    WITHOUT_BYTES,
    Processor,
    expanded_definitions,
    json_digest,
    ours,
    published_bytes,
    published_document,
    published_states,
    theirs,
)

from skillmark_reference.vocabularies import load_vocabulary
from skillmark_reference.vocabularies.contexts import all_states, context_document, state_of_digest, states_of

if TYPE_CHECKING:
    from skillmark_reference.vocabularies import ContextState

STATES = {state.id: state for state in all_states()}
every_state = pytest.mark.parametrize("state", STATES.values(), ids=STATES)
every_published = pytest.mark.parametrize("state", published_states(), ids=lambda state: state.id)
#: Canonicalization takes its time, and shrinking would repeat it for minutes.
few = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
OB = "https://purl.imsglobal.org/spec/ob/v3p0/"


def credential_contexts(vocabulary: str, model: str, state: str) -> list[ContextState]:
    """Return the contexts of a credential, with the Open Badges or CLR context in the given state."""
    chosen = STATES[state]
    order = load_vocabulary(vocabulary).current_contexts(model)
    contexts = [
        chosen if (each.vocabulary, each.document) == (chosen.vocabulary, chosen.document) else each for each in order
    ]
    further = [STATES["data-integrity-v2"]] if model == "1.1" else []
    return [*contexts, *further, STATES["extensions"]]


CREDENTIALS = [
    pytest.param(vocabulary, name, model, state.id, id=f"{name}-{state.id}")
    for vocabulary, credentials in (
        (
            "ob-3.0",
            (("AchievementCredential", "2.0"), ("EndorsementCredential", "2.0"), ("AchievementCredentialv1p1", "1.1")),
        ),
        ("clr-2.0", (("ClrCredential", "2.0"),)),
    )
    for name, model in credentials
    for state in published_states()
    if state.vocabulary == vocabulary and state.document == "context" and model in state.data_models
]


# The documents


def test_only_four_states_are_without_published_bytes() -> None:
    """What is proven by bytes, and what by digests or as a single entry, is a complete list."""
    assert WITHOUT_BYTES == STATES.keys() - {state.id for state in published_states()}


@every_published
def test_the_bytes_are_the_published_ones(state: ContextState) -> None:
    """The documents that prove ours have the digest of the published document, or of a published copy with other white space."""
    digest = hashlib.sha256(published_bytes(state.id)).hexdigest()
    assert digest in {state.sha256, *state.copies}
    assert state == state_of_digest(digest)
    if state.json_sha256 is not None:
        assert state.json_sha256 == json_digest(published_document(state.id))


@pytest.mark.parametrize("state", [each for each in STATES.values() if each.json_sha256], ids=lambda state: state.id)
def test_a_derived_document_has_the_published_digest(state: ContextState) -> None:
    """Where a digest of the published JSON is known, the derived document has it, term for term; bytes are not needed."""
    assert state.json_sha256 == json_digest(context_document(state))


@every_published
def test_a_derived_document_defines_the_same_terms(state: ContextState) -> None:
    """Apart from the short form of a term, the derived document is equal to the published one."""
    published = expanded_definitions(published_document(state.id))
    assert dict(published) == dict(expanded_definitions(context_document(state)))


def test_the_document_of_undefined_terms_has_the_published_digest() -> None:
    """It holds a single entry: written with the usual white space, the derived document is the published one, byte for byte."""
    state = STATES["undefined-terms-v2"]
    assert state.sha256 == hashlib.sha256(f"{json.dumps(context_document(state), indent=2)}\n".encode()).hexdigest()


@pytest.mark.parametrize("name", ["undefined-terms-v2", "examples-v2"])
def test_a_context_of_one_entry_gives_every_term_an_iri(name: str) -> None:
    """No bytes are at hand: the table holds one vocabulary mapping, and the document is that mapping."""
    state = STATES[name]
    assert {"@context": {"@vocab": state.scope.vocab}} == context_document(state)
    expanded = ours(state).expand({"@context": state.url, "anything": "text"})
    assert [{f"{state.scope.vocab}anything": [{"@value": "text"}]}] == expanded


# The statements


@every_published
@few
@given(data=st.data())
def test_every_term_makes_the_same_statements(state: ContextState, data: st.DataObject) -> None:
    """Nodes with every term of a context canonicalize to the same N-Quads under our document and the published one.

    No term is lost on the way.
    """
    document = data.draw(nodes(state.scope, state.url))
    statements = ours(state).canonical(document)
    assert theirs(state).canonical(document) == statements
    unsaid = {term.absolute_iri for _, scope in state.scope.walk() for term in members(scope)} - words(statements)
    assert not unsaid


@pytest.mark.parametrize(("vocabulary", "name", "model", "state"), CREDENTIALS)
@few
@given(data=st.data())
def test_a_credential_makes_the_same_statements(
    vocabulary: str, name: str, model: str, state: str, data: st.DataObject
) -> None:
    """Generated credentials canonicalize to the same N-Quads under our contexts and the published ones."""
    contexts = credential_contexts(vocabulary, model, state)
    urls = [each.url for each in contexts]
    document = data.draw(records(load_vocabulary(vocabulary), name, urls, depth=6))
    statements = ours(*contexts).canonical(document)
    assert statements
    assert theirs(*contexts).canonical(document) == statements


@pytest.mark.parametrize(("vocabulary", "name"), [("ob-3.0", "AchievementCredential"), ("clr-2.0", "ClrCredential")])
@settings(few, max_examples=1)
@given(data=st.data())
def test_a_credential_with_every_member_loses_nothing(vocabulary: str, name: str, data: st.DataObject) -> None:
    """With every member of the model, each meaning stands in the statements, and both contexts agree on them."""
    table = load_vocabulary(vocabulary)
    newest = {"ob-3.0": "3.0.3-2026-06-29", "clr-2.0": "2.0.1-2025-03-24"}[vocabulary]
    contexts = credential_contexts(vocabulary, "2.0", newest)
    document = data.draw(records(table, name, [each.url for each in contexts], full=True, depth=9))
    statements = ours(*contexts).canonical(document)
    assert theirs(*contexts).canonical(document) == statements
    meanings = {
        term.absolute_iri
        for row in table.classes.values()
        if row.data_model == "2.0" and not row.plain and not row.union
        for member in row.properties
        if (term := table.term(row.name, member)) is not None and not term.absolute_iri.startswith("@")
    }
    assert set() == meanings - words(statements)


def test_a_repaired_datatype_would_be_noticed() -> None:
    """The comparison sees a single letter: with the datatype that the W3C defines, a credential makes other statements."""
    state = STATES["3.0.3-2026-06-29"]
    repaired = json.loads(
        json.dumps(context_document(state)).replace("https://www.w3.org/2001", "http://www.w3.org/2001")
    )
    document = {"@context": state.url, "id": "urn:n", "type": "Achievement", "creditsAvailable": 1.5}
    statements = theirs(state).canonical(document)
    assert statements == ours(state).canonical(document)
    assert statements != Processor({state.url: repaired}).canonical(document)


# States


def test_a_url_knows_its_states_the_newest_first() -> None:
    """The document under the URL of 3.0.3 had four states; another URL is answered with those that are known."""
    found = [state.id for state in states_of(f"{OB}context-3.0.3.json")]
    assert ["3.0.3-2026-06-29", "3.0.3-2025-11-06", "3.0.3-2024-08-27", "3.0.3-2024-02-19"] == found
    assert ["3.0.0"] == [state.id for state in states_of(f"{OB}context/ob_v3p0.jsonld")]
    with pytest.raises(KeyError, match=r"context-3\.0\.2\.json"):
        states_of(f"{OB}context-4.0.0.json")


def test_unknown_bytes_belong_to_no_state() -> None:
    """A digest that no table knows is answered with nothing."""
    assert state_of_digest("00" * 32) is None


@pytest.mark.parametrize(
    ("state", "difference"),
    [
        ("3.0.3-2025-11-06", {"top": {"endorsementJwt"}}),
        ("3.0.3-2024-08-27", {"top": {"jti"}}),
        (
            "3.0.3-2024-02-19",
            {"top": {"inLanguage", "awardedDate"}, "Achievement": {"inLanguage"}, "Related": {"inLanguage"}},
        ),
        (
            "3.0.2",
            {
                "top": {"image"},
                "Achievement": {"image"},
                "Profile": {"image"},
                "AchievementSubject": {"image", "achievement"},
            },
        ),
        ("2.0.1-2024-02-19", {"ClrCredential": {"partial"}}),
        ("2.0.0", {"ClrSubject": {"identifier", "achievement"}}),
    ],
)
def test_a_state_differs_in_what_changed(state: str, difference: dict[str, set[str]]) -> None:
    """A state differs from the one that it is a difference to in the terms of the change, and in no other."""
    before, after = STATES[STATES[state].differs_from or ""], STATES[state]
    assert difference == changes(before, after)


def test_the_first_states_give_texts_a_datatype() -> None:
    """3.0.1 and 3.0.0 coerce every plain text, protect nothing, and alias keywords at the top only."""
    for state in (STATES["3.0.1"], STATES["3.0.0"]):
        scopes = dict(state.scope.walk())
        assert not any(scope.protected for scope in scopes.values())
        assert {("id", "type"), ()} == {scope.aliases for scope in scopes.values()}
        assert "https://www.w3.org/2001/XMLSchema#string" == scopes["Image",].terms["caption"].datatype
    assert {"alignment", "endorsement", "image", "awardedDate"} == changes(STATES["3.0.1"], STATES["3.0.0"])["top"] - {
        "Alignment"
    }


@pytest.mark.parametrize(
    "state", [each for each in STATES.values() if each.vocabulary == "ob-3.0"], ids=lambda each: each.id
)
def test_a_state_follows_the_base_context_that_it_is_made_for(state: ContextState) -> None:
    """A processor takes a state after the base contexts that the table names, and refuses it after the other."""
    base = {"2.0": STATES["credentials-v2"], "1.1": STATES["credentials-v1"]}
    accepted = set()
    for model, context in base.items():
        try:
            ours(context, state).expand({"@context": [context.url, state.url], "type": "VerifiableCredential"})
        except Exception as error:  # noqa: BLE001 - whatever the processor raises
            assert "protected term redefinition" in str(error)  # noqa: PT017 - the other outcome is legal too
        else:
            accepted.add(model)
    assert set(state.data_models) == accepted


def changes(before: ContextState, after: ContextState) -> dict[str, set[str]]:
    """Return the names of the terms that differ, by scope."""
    old, new = dict(before.scope.walk()), dict(after.scope.walk())
    found = {}
    for path, scope in old.items():
        first, second = own_terms(scope), own_terms(new[path])
        different = {name for name in first.keys() | second.keys() if first.get(name) != second.get(name)}
        if different:
            found[".".join(path) or "top"] = different
    return found


def own_terms(scope: Any) -> dict[str, tuple[str, str | None, str | None]]:  # noqa: ANN401 - a scope
    """Return the terms of a scope without what is below them."""
    return {name: (term.absolute_iri, term.datatype, term.container) for name, term in scope.terms.items()}


def words(statements: str) -> set[str]:
    """Return the IRIs of N-Quads."""
    return {word.strip("<>") for line in statements.splitlines() for word in line.split(" ") if word.startswith("<")}


def test_names_of_classes_are_told_from_members() -> None:
    """The generator of nodes tells the names of classes by their first letter."""
    assert is_class("1EdTechRevocationList")
    assert not is_class("_sd")
