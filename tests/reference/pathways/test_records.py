"""Learner records: members by their issuers, associations whose ends are there, nothing awarded that was not earned."""

from __future__ import annotations

import json

import pytest
from tests.reference.pathways.surroundings import OFFLINE, Record, content_of, issued, of_kind

from skillmark_fixtures.learners import Learner, learner, learners
from skillmark_fixtures.pathways import organization, pathway, pathways
from skillmark_reference.pathways.achievements import achievement_id, precedence
from skillmark_reference.pathways.catalogue import RecordOfAwards, award_slug
from skillmark_reference.pathways.issuers import signer
from skillmark_reference.pathways.issuing import issuer_of
from skillmark_reference.pathways.states import State

RECORDS = [each.slug for each in of_kind("ClrCredential")]
every_record = pytest.mark.parametrize("slug", RECORDS)
every_learner = pytest.mark.parametrize("person", learners(), ids=lambda each: each.slug)


def subject(slug: str) -> Record:
    """Return the learner of a record with what is in it."""
    value: Record = content_of(issued(slug))["credentialSubject"]
    return value


def awarded(value: Record) -> list[str]:
    """Return the ids of the achievements of the members."""
    return [each["credentialSubject"]["achievement"]["id"] for each in value["verifiableCredential"]]


def links(value: Record) -> set[tuple[str, str, str]]:
    """Return the associations."""
    return {(each["associationType"], each["sourceId"], each["targetId"]) for each in value.get("association", [])}


@every_record
def test_ends_of_associations_are_in_the_record(slug: str) -> None:
    """Source and target are the achievements of members, or defined; a definition is of what no member has, and is used."""
    value = subject(slug)
    members, defined = awarded(value), [each["id"] for each in value.get("achievement", [])]
    ends = {end for _, *pair in links(value) for end in pair}
    assert not set(members) & set(defined)
    assert len(members) == len(set(members))
    assert ends <= {*members, *defined}
    assert set(defined) <= ends


@every_record
def test_every_kind_of_association_goes_the_way_it_says(slug: str) -> None:
    """Each child has its parent and the other way round; parts are those of a certificate; none is there twice."""
    value, found = subject(slug), links(subject(slug))
    assert len(value.get("association", [])) == len(found)
    children = {(one, other) for kind, one, other in found if kind == "isChildOf"}
    assert {(other, one) for one, other in children} == {
        (one, other) for kind, one, other in found if kind == "isParentOf"
    }
    assert {(one, other) for kind, one, other in found if kind == "isPartOf"} <= children


@pytest.mark.parametrize("slug", [f"{each.slug}-record" for each in learners() if each.slug != "samira-haddad"])
def test_a_whole_record_has_the_whole_tree(slug: str) -> None:
    """IsChildOf is the tree of the pathway, isPartOf its steps in the certificate, precedes what the framework says."""
    person = learner(slug.removesuffix("-record"))
    expected = set()
    for path in person.paths:
        goal = pathway(path.pathway)
        ids = {code: achievement_id(OFFLINE, goal, code) for code in goal.codes}
        for code in goal.codes:
            if parent := goal.parent(code):
                expected |= {("isChildOf", ids[code], ids[parent]), ("isParentOf", ids[parent], ids[code])}
        expected |= {("isPartOf", ids[step.code], ids[goal.certificate]) for step in goal.steps}
        expected |= {("precedes", ids[one], ids[other]) for one, other in precedence(OFFLINE, goal)}
    assert expected == links(subject(slug))


@every_record
def test_members_are_signed_by_their_issuers(slug: str) -> None:
    """Each member is the badge that the learner has besides, byte for byte; the publisher signs the record alone."""
    value, entry = content_of(issued(slug)), issued(slug).entry
    assert organization(issuer_of(entry)).name == value["issuer"]["name"]
    content = entry.content
    assert isinstance(content, RecordOfAwards)
    changed = entry.state is State.TAMPERED or content.member_state is not State.VALID
    for member in value["credentialSubject"]["verifiableCredential"][1 if changed else 0 :]:
        badge = issued(member["id"].rpartition("/")[2])
        assert content_of(badge) == member
        assert signer(OFFLINE, issuer_of(badge.entry)).verification_method == member["proof"]["verificationMethod"]


def test_a_publisher_that_issues_no_member() -> None:
    """One record is published by somebody else than the two issuers of its members."""
    value = content_of(issued("samira-haddad-record"))
    issuers = {each["issuer"]["name"] for each in value["credentialSubject"]["verifiableCredential"]}
    assert {"University of North Texas", "Maryville University"} == issuers
    assert "Rung for Women" == value["issuer"]["name"]


@every_learner
def test_an_incomplete_pathway_has_no_culminating_credential(person: Learner) -> None:
    """Nowhere among the badges and the records of a learner is a certificate that was not earned, nor a step."""
    earned = {
        achievement_id(OFFLINE, pathway(path.pathway), code)
        for path in person.paths
        for code in pathway(path.pathway).earned([skill for each in path.sessions for skill in each.skills])
    }
    steps = {
        achievement_id(OFFLINE, goal, code)
        for goal in pathways()
        for code in (*(s.code for s in goal.steps), goal.certificate)
    }
    records = [slug for slug in RECORDS if issued(slug).entry.learner == person.slug]
    held = {identifier for slug in records for identifier in awarded(subject(slug))}
    badges = [each.slug for each in of_kind("AchievementCredential") if each.learner == person.slug]
    held |= {content_of(issued(slug))["credentialSubject"]["achievement"]["id"] for slug in badges}
    assert earned == held & steps


@every_learner
def test_the_learner_of_a_record_is_the_learner_of_its_members(person: Learner) -> None:
    """Record and members name the person by the same thing, and by nothing else."""
    for record in person.records:
        value = subject(f"{person.slug}-{record.slug}")
        names = [
            {name: each[name] for name in ("id", "identifier") if name in each}
            for each in (value, *(member["credentialSubject"] for member in value["verifiableCredential"]))
        ]
        assert 1 == len(names[0])
        assert [names[0]] * len(names) == names


@every_learner
def test_partial(person: Learner) -> None:
    """Partial is a boolean: true exactly where the publisher left awards out."""
    for record in person.records:
        value = content_of(issued(f"{person.slug}-{record.slug}"))
        left_out = len(value["credentialSubject"]["verifiableCredential"]) < len(person.awards())
        assert left_out is value["partial"]


def test_a_hashed_learner_is_not_named() -> None:
    """Whoever is known by a hash is named neither by name nor by e-mail address, anywhere."""
    for slug in ("luis-ortega", "mei-chen"):
        text = json.dumps(content_of(issued(f"{slug}-record"))["credentialSubject"], ensure_ascii=False)
        assert learner(slug).email not in text
        assert learner(slug).name not in text


def test_the_slug_of_an_award() -> None:
    """It is made of learner and code, with letters of addresses only."""
    assert "amara-okafor-da-1-1" == award_slug("amara-okafor", "DA.1.1")
