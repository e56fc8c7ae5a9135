"""The plans of issuers on records with more than one peculiarity: each is judged by itself, and none for what is beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from skillmark.core.outcomes import Outcome
from skillmark.engine import find_depth
from skillmark.faults.credentials import healthy, securing
from skillmark.faults.credentials.handing_in import HandedIn, Standard, judged

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.core.results import RunResult

Record = dict[str, Any]

BADGES, RECORDS = Standard.OPEN_BADGES, Standard.CLR
DEPTH = find_depth("smoke")
SUBJECT = "/credentialSubject"
ACHIEVEMENT = f"{SUBJECT}/achievement"
#: What the whole verification comes to, under whatever else is found.
WHOLE = {"OB30-R-219", "OB30-R-224", "CLR20-R-033"}


def ran(credential: Record, standard: Standard = BADGES) -> RunResult:
    """Run the plan on one credential as it is."""
    made = HandedIn(files={"credential.json": securing.written(credential)}, documents=healthy.documents())
    return judged(standard, made, DEPTH)


def told(result: RunResult, outcome: Outcome) -> set[tuple[str, str]]:
    """Return requirements and places of the findings with an outcome."""
    found = {(each.finding.requirement, each.finding.pointer) for each in result.findings if each.outcome is outcome}
    return {each for each in found if each[0] not in WHOLE}


# What only the published schemas take


def test_one_value_for_an_array_is_disputed_beside_what_is_wrong() -> None:
    """A tag without its array stays a matter of reading where another member has a value that nobody allows."""
    badge = healthy.minimal()
    badge["credentialSubject"]["achievement"] |= {"tag": "metal", "achievementType": "Kudos"}
    result = ran(securing.whole(badge))
    places = {
        (f"{ACHIEVEMENT}/achievementType", Outcome.FAILED),
        (f"{ACHIEVEMENT}/tag", Outcome.WARNED),
    }
    assert places == {
        (each.finding.pointer, each.outcome) for each in result.findings if each.finding.requirement == "OB30-R-003"
    }


def test_what_is_missing_from_an_object_makes_nothing_else_of_it_wrong() -> None:
    """An issuer without its id, whose identifiers are one without an array: the former is wrong, the latter disputed."""
    badge = healthy.maximal()
    issuer = badge["issuer"]
    del issuer["id"]
    issuer["otherIdentifier"] = issuer["otherIdentifier"][0]
    result = ran(securing.whole(badge))
    mine = [each for each in result.findings if each.finding.requirement == "OB30-R-014"]
    assert {("/issuer", Outcome.FAILED), ("/issuer/otherIdentifier", Outcome.WARNED)} == {
        (each.finding.pointer, each.outcome) for each in mine
    }


def test_what_is_wrong_inside_of_one_value_is_found() -> None:
    """An identifier without its array is disputed, and what it holds is looked at all the same."""
    badge = healthy.minimal()
    subject = badge["credentialSubject"]
    subject["identifier"] = subject["identifier"][0] | {"identityType": "email"}
    result = ran(securing.whole(badge))
    assert ("OB30-R-012", f"{SUBJECT}/identifier/identityType") in told(result, Outcome.FAILED)
    assert ("OB30-R-002", f"{SUBJECT}/identifier") in told(result, Outcome.WARNED)


@pytest.mark.parametrize("folder", ["json", "json-ld"])
def test_a_published_schema_is_as_lenient_as_it_is_published(folder: str) -> None:
    """A badge that names the schema of the standard conforms to it with one value for an array."""
    badge = healthy.maximal()
    badge["credentialSubject"]["achievement"]["tag"] = "metal"
    address = badge["credentialSchema"][0]["id"].replace("/json/", f"/{folder}/")
    badge["credentialSchema"] = {"id": address, "type": "1EdTechJsonSchemaValidator2019"}
    assert Outcome.PASSED is ran(securing.whole(badge)).requirements["OB30-R-043"].outcome


# Whose the fault is


@pytest.mark.parametrize(
    ("change", "requirement", "place"),
    [
        (lambda b: b.update(issuer=[b["issuer"]]), "OB30-R-001", "/issuer"),
        (lambda b: b.update(credentialSubject=[b["credentialSubject"]]), "OB30-R-001", SUBJECT),
        (lambda b: b["credentialSubject"].update(achievement="urn:x:1"), "OB30-R-002", ACHIEVEMENT),
        (lambda b: b["credentialSubject"].update(source="urn:x:1"), "OB30-R-002", f"{SUBJECT}/source"),
        (
            lambda b: b["credentialSubject"]["achievement"].update(criteria="Weld."),
            "OB30-R-003",
            f"{ACHIEVEMENT}/criteria",
        ),
        (lambda b: b["issuer"]["parentOrg"].update(id=7), "OB30-R-014", "/issuer/parentOrg/id"),
        (lambda b: b["issuer"].update(parentOrg="urn:x:1"), "OB30-R-014", "/issuer/parentOrg"),
    ],
    ids=["issuer", "subject", "achievement", "source", "criteria", "id-of-parent", "parent"],
)
def test_the_class_that_has_the_member_is_named(change: Callable[[Record], None], requirement: str, place: str) -> None:
    """What stands in the place of an object breaks the class that wants one there, and no other."""
    badge = healthy.maximal()
    change(badge)
    found = told(ran(securing.whole(badge)), Outcome.FAILED)
    structural = {f"OB30-R-{number:03}" for number in range(1, 25)}
    assert {(requirement, place)} == {each for each in found if each[0] in structural}


def test_a_record_without_members_breaks_the_class_of_its_subject() -> None:
    """An empty array of members is too few for ClrSubject, and says nothing of credentials."""
    record = healthy.record()
    record["credentialSubject"]["verifiableCredential"] = []
    found = told(ran(securing.whole(record), RECORDS), Outcome.FAILED)
    assert ("CLR20-R-002", f"{SUBJECT}/verifiableCredential") in found
    assert "CLR20-R-064" not in {requirement for requirement, _ in found}


def test_a_subject_in_an_array_is_identified() -> None:
    """That the subject is no array is one thing, whether it has an id another."""
    badge = healthy.minimal()
    badge["credentialSubject"] = [badge["credentialSubject"]]
    assert "OB30-R-030" not in {requirement for requirement, _ in told(ran(securing.whole(badge)), Outcome.FAILED)}


def test_a_nested_credential_with_other_contexts_breaks_their_requirement() -> None:
    """An endorsement with an older context than the badge redefines its terms, wherever both are processed together."""
    badge = healthy.maximal()
    badge["endorsement"][0]["@context"][1] = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"
    found = told(ran(securing.whole(badge)), Outcome.FAILED)
    assert {("OB30-R-062", "/endorsement/0"), ("OB30-R-063", "/endorsement/0")} == found


def test_the_alias_of_a_context_is_a_context() -> None:
    """The first address of the context of Open Badges breaks the order, and does not stand for its absence."""
    badge = healthy.minimal()
    badge["@context"][1] = "https://purl.imsglobal.org/spec/ob/v3p0/context/ob_v3p0.jsonld"
    found = {requirement for requirement, _ in told(ran(securing.whole(badge)), Outcome.FAILED)}
    assert {"OB30-R-032"} == found & {"OB30-R-032", "OB30-R-057"}


# Extensions


@pytest.mark.parametrize(
    "members",
    [
        {"name": "Ada"},
        {"description": "An apprentice."},
        {"url": "https://school.example/ada"},
        {"@type": "Achievement"},
    ],
    ids=["name", "description", "url", "keyword"],
)
def test_what_the_contexts_of_the_standards_define_is_no_extension(members: Record) -> None:
    """A subject may have what W3C and 1EdTech define for objects of any class."""
    badge = healthy.minimal()
    badge["credentialSubject"] |= members
    assert "OB30-R-142" not in {requirement for requirement, _ in told(ran(securing.whole(badge)), Outcome.FAILED)}


def test_a_term_of_another_class_is_an_extension() -> None:
    """What a context defines for alignments alone has no meaning in an achievement."""
    badge = healthy.minimal()
    badge["credentialSubject"]["achievement"]["targetCode"] = "W-1"
    found = told(ran(securing.whole(badge)), Outcome.FAILED)
    assert {("OB30-R-062", f"{ACHIEVEMENT}/targetCode"), ("OB30-R-142", f"{ACHIEVEMENT}/targetCode")} == found


def test_a_context_inside_is_the_context_of_an_extension() -> None:
    """A member is defined where its own object has the context; what is left is that no schema is named."""
    badge = healthy.minimal()
    achievement = badge["credentialSubject"]["achievement"]
    achievement |= {"@context": {"vendorRemark": "https://school.example/terms#remark"}, "vendorRemark": "Fine."}
    finding = next(
        each.finding
        for each in ran(securing.whole(badge)).findings
        if each.finding.requirement == "OB30-R-142" and each.outcome is Outcome.FAILED
    )
    assert "'vendorRemark' is in no schema that credentialSchema names" == finding.actual


# Several proofs


def with_proofs(*others: Record, **changes: str | None) -> Record:
    """Return a badge with further proofs before its own, of which members are replaced or left out."""
    whole = securing.whole(healthy.minimal())
    own = {name: value for name, value in {**whole["proof"], **changes}.items() if value is not None}
    return whole | {"proof": [*others, own]}


def foreign(**members: str) -> Record:
    """Return a proof by a key that cannot be had."""
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": healthy.BEGIN,
        "proofPurpose": "assertionMethod",
        "verificationMethod": "https://elsewhere.example/keys#1",
        "proofValue": "z1",
        **members,
    }


def test_a_key_that_cannot_be_had_accuses_nobody_beside_a_proof_without_one() -> None:
    """A proof that names no key is refused, and one whose key is out of reach cannot be told."""
    result = ran(with_proofs(foreign(), verificationMethod=None))
    assert {("OB30-R-085", "/proof/1"), ("OB30-R-113", "/proof/1")} == told(result, Outcome.FAILED)


def test_a_method_that_is_no_address_is_refused() -> None:
    """A verificationMethod is a URL: one without a scheme leads to no key, and the place is told."""
    found = told(ran(with_proofs(verificationMethod="key-1")), Outcome.FAILED)
    assert {("OB30-R-085", "/proof/0/verificationMethod")} == found


def test_a_did_key_without_its_fragment_is_told() -> None:
    """A did:key has one key for assertions: who leaves its fragment out is told so, and accused of nothing."""
    result = ran(securing.whole(healthy.minimal(), verificationMethod=healthy.school().profile["id"]))
    assert set() == told(result, Outcome.FAILED)
    assert {("OB30-R-085", "/proof/verificationMethod")} == told(result, Outcome.WARNED)


def test_a_proof_of_an_unknown_type_alone_cannot_be_told() -> None:
    """Nobody knows what its members should be, so nothing but its type is held against it."""
    whole = healthy.minimal() | {"proof": {"type": "SchoolSignature2025", "created": healthy.BEGIN}}
    result = ran(whole)
    assert Outcome.CANNOT_TELL is result.requirements["OB30-R-085"].outcome
    assert "OB30-R-086" in {requirement for requirement, _ in told(result, Outcome.FAILED)}


@pytest.mark.parametrize("suite", ["eddsa-2022", "ecdsa-jcs-2019"])
def test_a_further_suite_is_a_matter_of_reading(suite: str) -> None:
    """The guide takes the one proof of a badge; of the other it says nothing."""
    result = ran(with_proofs(foreign(cryptosuite=suite)))
    assert set() == told(result, Outcome.FAILED)
    assert ("OB30-R-222", "/proof/0") in told(result, Outcome.WARNED)


# Records


def test_a_token_in_an_envelope_is_disputed() -> None:
    """No text that could be read says how a record holds a VC-JWT; a bare token is none of the objects that it wants."""
    token = securing.token(healthy.minimal())
    envelope = {
        "@context": healthy.CONTEXTS[0],
        "id": f"data:application/vc+jwt,{token}",
        "type": "EnvelopedVerifiableCredential",
    }
    places = []
    for member in (envelope, token):
        record = healthy.record(securing.whole(healthy.second()))
        record["credentialSubject"]["verifiableCredential"].insert(0, member)
        result = ran(securing.proved(record), RECORDS)
        places.append({each.outcome for each in result.findings if each.finding.requirement == "CLR20-R-014"})
    assert [{Outcome.WARNED}, {Outcome.FAILED}] == places


# Tokens


@pytest.mark.parametrize(
    ("change", "requirements"),
    [
        (lambda text: f"{text.rpartition('.')[0]}.", {"OB30-R-104"}),
        (lambda text: f"{text}=", {"OB30-R-104"}),
        (lambda text: f"{text}.{text.rpartition('.')[2]}", {"OB30-R-104"}),
        (lambda text: f"{text.partition('.')[0]}.aGVsbG8.{text.rpartition('.')[2]}", set()),
    ],
    ids=["no-signature", "padding", "four-parts", "payload-of-no-json"],
)
def test_what_is_meant_to_be_a_token_is_judged_as_one(change: Callable[[str], str], requirements: set[str]) -> None:
    """A text that cannot be read as a compact JWS breaks its form; one with another payload does not."""
    text = change(securing.token(healthy.minimal()))
    made = HandedIn(files={"credential.jwt": text.encode()}, documents=healthy.documents())
    found = {requirement for requirement, _ in told(judged(BADGES, made, DEPTH), Outcome.FAILED)}
    assert requirements == found & {f"OB30-R-{number:03}" for number in range(91, 105)}


@pytest.mark.parametrize("text", ["", "a.b", "a b.c.d"])
def test_what_is_no_token_in_the_place_of_one_breaks_the_class_around_it(text: str) -> None:
    """An endorsement that is no compact JWS is a value that its class does not take, and no credential without contexts."""
    found = told(ran(securing.proved(healthy.minimal() | {"endorsementJwt": [text]})), Outcome.FAILED)
    assert {("OB30-R-001", "/endorsementJwt/0")} == found
