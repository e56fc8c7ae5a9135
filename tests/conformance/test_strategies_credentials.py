"""Drawn credentials are valid, whole, and still valid when they are written in another legal way."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st
from tests.reference.credentials.surroundings import SCHOOL, carelessly_signed, check

from skillmark.catalogue import find_requirement
from skillmark.strategies.credentials import CREDENTIALS, credentials, records
from skillmark.strategies.credentials_coherence import secured
from skillmark.strategies.credentials_nodes import nodes, pointer_of, types_of
from skillmark.strategies.credentials_rewrites import Rewrite, rewrites, shuffled
from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.vocabularies import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark_reference.credentials.results import Verification
    from skillmark_reference.vocabularies import Vocabulary

Record = dict[str, Any]

ISSUER = SCHOOL.profile["id"]
#: What a verifier looks at before it asks who signed.
FORM = {
    Subject.TYPE,
    Subject.CONTEXT_ORDER,
    Subject.CONTEXT_VERSIONS,
    Subject.EMPTY_VALUES,
    Subject.STRUCTURE,
    Subject.SUBJECT_IDENTIFIED,
    Subject.RESULTS,
    Subject.EXPANSION,
    Subject.SIGNED_AS_READ,
    Subject.PERIOD,
    Subject.SAME_LEARNER,
    Subject.ASSOCIATION_ENDS,
    Subject.ASSOCIATION_SENSE,
}
few = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
every_credential = pytest.mark.parametrize("name", CREDENTIALS)


def signed(credential: Record) -> Record:
    """Return a credential in which everything is signed, from the inside out, by an issuer who looks at nothing."""
    return carelessly_signed(sealed(credential))


def sealed(credential: Record) -> Record:
    """Return a credential in which everything but itself is signed."""
    return secured(credential, sign=carelessly_signed, token=lambda each: issuing.as_vc_jwt(each, SCHOOL))


def status_lists(value: object) -> dict[str, Record]:
    """Return the empty list of each status in a document, by its address."""
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    found = {url: each for part in parts for url, each in status_lists(part).items()}
    if isinstance(value, dict) and "credentialStatus" in value:
        url = value["credentialStatus"]["id"]
        found[url] = {"id": url, "issuer": ISSUER, "revokedCredential": []}
    return found


def verified(document: Record) -> Verification:
    """Verify a signed credential with its status lists at hand."""
    return check(document, status_lists(document))


# What is drawn


@every_credential
@few
@given(data=st.data())
def test_drawn_credentials_are_well_formed(name: str, data: st.DataObject) -> None:
    """Structure, agreement of the members and safe expansion hold, in the credential and in all inside, signed or not."""
    found = check(data.draw(credentials(name, full=data.draw(st.booleans()))))
    for each in found.walk():
        wrong = each.with_outcome(Outcome.FAILED, Outcome.CANNOT_TELL, Outcome.WARNED)
        assert [] == [step for step in wrong if step.subject in FORM]


@every_credential
@few
@given(data=st.data())
def test_drawn_credentials_are_valid_when_signed(name: str, data: st.DataObject) -> None:
    """Signed from the inside out they are valid, with an embedded proof and as a token."""
    drawn = data.draw(credentials(name, issuer=ISSUER))
    assert Verdict.VALID is verified(signed(drawn)).verdict
    inside = sealed(drawn)
    assert Verdict.VALID is check(issuing.as_vc_jwt(inside, SCHOOL), status_lists(inside)).verdict


@every_credential
def test_the_smallest_credential_has_what_is_mandatory(name: str) -> None:
    """Shrinking ends at a credential without a single optional member."""
    found = find(
        credentials(name, full=False), lambda _: True, settings=settings(few, phases=[Phase.generate, Phase.shrink])
    )
    for node in nodes(found):
        alternatives = set(node.row.at_least_one)
        assert set(node.value) - alternatives <= {*node.row.required} | (
            {"id"} if node.row.name.startswith("Clr") else set()
        )


@pytest.mark.parametrize("name", ["AchievementCredential", "ClrCredential"])
def test_every_class_and_member_is_drawn(name: str) -> None:
    """Each member of each class that a credential can hold appears in a few full draws; those of proofs in draws of their own."""
    vocabulary = load_vocabulary(CREDENTIALS[name])
    seen: set[tuple[str, str]] = set()

    @settings(few, max_examples=8)
    @given(drawn=credentials(name, full=True), any_proof=records(vocabulary, "Proof", full=True))
    def see(drawn: Record, any_proof: Record) -> None:
        seen.update((node.row.name, member) for node in nodes(drawn) for member in node.value)
        seen.update(("Proof", member) for member in any_proof)

    see()
    assert set() == reached(vocabulary, name) - seen


def reached(vocabulary: Vocabulary, name: str, known: frozenset[str] = frozenset()) -> set[tuple[str, str]]:
    """Return the members of a class and of all that it holds, unions and base classes of credentials resolved."""
    concrete = "AchievementCredential" if name == "VerifiableCredential" else name
    row = vocabulary.classes[concrete]
    found = {(concrete, member) for member in row.properties if member != "proof"}
    if concrete in known:
        return set()
    for member in row.properties.values():
        for each in types_of(vocabulary, member.types):
            if each in vocabulary.classes and each != "Map":
                found |= reached(vocabulary, each, known | {concrete})
    return found


@few
@given(drawn=credentials("ClrCredential", full=True))
def test_nodes_stand_where_their_pointers_lead(drawn: Record) -> None:
    """Each object is found at its pointer, with its class, and with the kind of the credential around it."""
    found = {pointer_of(node.path): node for node in nodes(drawn)}
    assert {"", "/credentialSubject", "/credentialSubject/association/0"} <= found.keys()
    for pointer, node in found.items():
        assert node.value is at(drawn, pointer)
    member = found["/credentialSubject/verifiableCredential/0/credentialSubject/achievement"]
    assert ("Achievement", "AchievementCredential") == (member.row.name, member.kind.value)
    assert "ClrCredential" == found["/credentialSubject/achievement/0"].kind.value


def at(document: Any, pointer: str) -> Any:  # noqa: ANN401 - any JSON
    """Return what stands at a pointer."""
    for step in pointer.split("/")[1:]:
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


# What is written in another way


@every_credential
@settings(few, max_examples=2)
@given(data=st.data())
def test_other_writing_has_the_same_verdict(name: str, data: st.DataObject) -> None:
    """A credential is valid in every legal writing; where the statements stay the same, under the very proofs that it had."""
    drawn = data.draw(credentials(name, issuer=ISSUER))
    whole = signed(drawn)
    for each in rewrites(whole):
        if each.keeps_statements:
            assert Verdict.VALID is verified(each.document).verdict, each.name
    for each in rewrites(drawn):
        assert Verdict.VALID is verified(signed(each.document)).verdict, each.name
    assert Verdict.VALID is verified(data.draw(shuffled(whole))).verdict


@few
@given(drawn=credentials(issuer=ISSUER, full=True))
def test_other_writing_changes_what_it_says(drawn: Record) -> None:
    """Each rewrite is another text, leaves the credential alone, and names requirements that exist."""
    before = json.dumps(drawn)
    made = rewrites(drawn)
    assert {"members in reverse order", "sets in reverse order", "moments in another time zone"} <= {
        each.name for each in made
    }
    for each in made:
        assert before != json.dumps(each.document)
        assert all(find_requirement(requirement) for requirement in each.requirements)
    assert before == json.dumps(drawn)


@few
@given(drawn=credentials(full=True))
def test_only_what_may_lose_its_array_loses_it(drawn: Record) -> None:
    """Of arrays only those that the table lets go are written as one value, and a round trip brings all of them back."""
    single = rewrite(drawn, "one value without its array")
    for node in nodes(single):
        lost = [facts for facts, value in node.members if facts.card.is_array and not isinstance(value, list)]
        assert all(facts.compactable for facts in lost)
    wrapped = rewrite(single, "an array around one value")
    assert all(isinstance(value, list) for node in nodes(wrapped) for facts, value in node.members if facts.compactable)


def rewrite(document: Record, name: str) -> Record:
    """Return one rewrite, or the document itself where it changes nothing."""
    return next((each.document for each in rewrites(document) if each.name == name), document)


def test_proofs_are_a_set() -> None:
    """The order of two proofs is among the rewrites, and does not matter."""
    credential = find(credentials(issuer=ISSUER, full=False), lambda _: True, settings=few)
    first = carelessly_signed(credential)
    second = carelessly_signed(credential, created="2025-06-01T00:00:00Z")
    both = credential | {"proof": [first["proof"], second["proof"]]}
    turned: Rewrite = next(each for each in rewrites(both) if each.name == "sets in reverse order")
    assert turned.document["proof"] == both["proof"][::-1]
    assert Verdict.VALID is verified(both).verdict
    assert Verdict.VALID is verified(turned.document).verdict


def test_an_extension_without_its_context_is_refused() -> None:
    """The rewrite is legal for its context alone: without it the new members are undefined."""
    credential = find(credentials(issuer=ISSUER, full=False), lambda _: True, settings=few)
    extended = rewrite(credential, "an extension with its context")
    broken = extended | {"@context": extended["@context"][:-1]}
    assert Outcome.PASSED is check(extended).step(Subject.EXPANSION).outcome
    assert Outcome.FAILED is check(broken).step(Subject.EXPANSION).outcome
    assert list(extensions(extended)) == list(extensions(broken))


def extensions(document: Record) -> Iterator[str]:
    """Yield the pointers of objects with a member that their class does not know."""
    for node in nodes(document):
        if node.value.keys() - node.row.properties.keys():
            yield pointer_of(node.path)


def test_members_are_about_the_learner_of_the_record() -> None:
    """In a drawn record members share the subject, associations have ends in it, and endorsements are about their holders."""
    record = find(credentials("ClrCredential", full=True), lambda _: True, settings=few)
    subject = record["credentialSubject"]
    members = as_list(subject["verifiableCredential"])
    assert {subject["id"]} == {each["credentialSubject"]["id"] for each in members}
    known = {each["id"] for each in subject["achievement"]}
    known |= {each["credentialSubject"]["achievement"]["id"] for each in members}
    assert {each[end] for each in subject["association"] for end in ("sourceId", "targetId")} <= known
    assert {record["id"]} == {each["credentialSubject"]["id"] for each in record["endorsement"]}


@pytest.mark.parametrize("name", ["endorsement", "endorsementJwt", "verifiableCredential"])
@pytest.mark.parametrize("value", [None, [], [None], ["a.b"], 7, {}])
def test_what_is_no_credential_is_left_as_it_is(name: str, value: object) -> None:
    """Members that a mutation emptied or spoilt cannot be signed, and hinder nobody from signing the rest."""
    kept = secured({"id": "urn:a", name: value}, sign=lambda each: each, token=lambda _: "token")
    assert {"id": "urn:a", name: value} == kept
