"""Every credential of the case study deserves the verdict that the catalogue says, and gets it."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from tests.reference.pathways.surroundings import OFFLINE, SLUGS, WEB, checked, hosted, issued, of_kind

from skillmark_fixtures.learners import learner
from skillmark_reference.credentials.baking import ImageFormat
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.credentials.steps.recipients import Recipient
from skillmark_reference.pathways.catalogue import catalogue, find_entry
from skillmark_reference.pathways.issuers import learner_did
from skillmark_reference.pathways.proof_formats import ProofFormat
from skillmark_reference.pathways.states import State

if TYPE_CHECKING:
    from skillmark_reference.pathways.settings import Setting

#: Every format, every state in the two certified formats, and what holds other credentials.
_TELLING = [
    *(f"samira-haddad-da-1-1-{each.value}-valid" for each in ProofFormat),
    *(f"samira-haddad-da-1-1-eddsa-rdfc-2022-{each.value}" for each in State),
    *(f"samira-haddad-da-1-1-vc-jwt-rs256-{each.value}" for each in State),
    "amara-okafor-da",
    "amara-okafor-da-svg",
    "samira-haddad-record",
]
_CENTURY = datetime.timedelta(days=36525)


@pytest.mark.parametrize("slug", SLUGS)
def test_verdicts(slug: str) -> None:
    """Offline and with the lists at hand the verdicts are those of the catalogue; the form is always that of the schemas."""
    credential = issued(slug)
    found = checked(credential)
    assert credential.entry.offline_verdict is found.verdict
    assert Outcome.PASSED is found.step(Subject.STRUCTURE).outcome
    if credential.entry.state.has_status or credential.entry.verdict is not credential.entry.offline_verdict:
        assert credential.entry.verdict is checked(credential, hosted(OFFLINE)).verdict


@pytest.mark.parametrize("setting", WEB, ids=lambda each: f"{each.identity.value} {each.base}")
def test_verdicts_on_issuers_at_addresses(setting: Setting) -> None:
    """Known by https address or did:web, at any base, issuers are found in what is hosted, and the verdicts are the same."""
    found = {slug: checked(issued(slug, setting), hosted(setting)).verdict for slug in _TELLING}
    assert {slug: find_entry(slug).verdict for slug in _TELLING} == found


def test_issuers_at_addresses_cannot_be_told_offline() -> None:
    """Without their documents nothing is known."""
    slug = "amara-okafor-da-1-1"
    assert {Verdict.UNVERIFIABLE} == {checked(issued(slug, setting)).verdict for setting in WEB[:3]}


@pytest.mark.parametrize("at", [OFFLINE.at, OFFLINE.at + _CENTURY - datetime.timedelta(seconds=1)])
@pytest.mark.parametrize("state", State)
def test_nothing_changes_with_time(state: State, at: datetime.datetime) -> None:
    """From the moment of issuing on, and for a hundred years, each state is what it is called."""
    slug = f"samira-haddad-da-1-1-eddsa-rdfc-2022-{state.value}"
    assert state.verdict is checked(issued(slug), hosted(OFFLINE), at=at).verdict


def test_not_valid_before_it_is_issued() -> None:
    """One second earlier a valid credential is not valid yet."""
    early = OFFLINE.at - datetime.timedelta(seconds=1)
    assert Verdict.NOT_YET_VALID is checked(issued("amara-okafor-da"), at=early).verdict


def test_every_format_and_state_is_there() -> None:
    """The badge: every format in every state, but a base proof; the others: every format that can hold them, and every state."""
    entries = [each for each in catalogue() if each.image is None]
    badges = {(each.proof_format, each.state) for each in entries if each.kind is CredentialKind.ACHIEVEMENT}
    assert {
        (each, state)
        for each in ProofFormat
        for state in State
        if each is not ProofFormat.ECDSA_SD_BASE or state is State.VALID
    } == badges
    for kind, formats in (
        (CredentialKind.CLR, {each for each in ProofFormat if not each.is_selective}),
        (CredentialKind.ENDORSEMENT, set(ProofFormat)),
    ):
        assert formats == {each.proof_format for each in entries if each.kind is kind}
        assert set(State) == {each.state for each in entries if each.kind is kind}
    baked = {(each.image, each.state) for each in catalogue() if each.image}
    assert {(image, state) for image in ImageFormat for state in State} == baked


def test_the_issuer_and_the_standard_agree() -> None:
    """No step of a valid badge in the two certified formats is warned of or cannot be told."""
    for slug in ("amara-okafor-da", "amara-okafor-da-jwt", "amara-okafor-record"):
        found = [each for inner in checked(issued(slug)).walk() for each in inner.steps]
        assert {Outcome.PASSED, Outcome.NOT_APPLICABLE} == {each.outcome for each in found}


@pytest.mark.parametrize("form", ["", "-jwt"])
@pytest.mark.parametrize("name", ["amara-okafor-da", "mei-chen-cs", "daniel-novak-pa"])
def test_certificates_are_endorsed(name: str, form: str) -> None:
    """Three endorsements by the employer are inside, valid, and where they belong: of achievement, issuer and credential."""
    found = checked(issued(name + form))
    member = "endorsementJwt" if form else "endorsement"
    assert {f"/{member}/0", f"/issuer/{member}/0", f"/credentialSubject/achievement/{member}/0"} == {
        each.pointer for each in found.inner
    }
    assert {(CredentialKind.ENDORSEMENT, Verdict.VALID)} == {(each.kind, each.verdict) for each in found.inner}
    assert Outcome.PASSED is found.step(Subject.ENDORSEMENTS).outcome


def test_recipients() -> None:
    """The learner is recognised by did:key, by the hashed address, by the number in plain text; somebody else is not."""
    known = {
        "amara-okafor-da": Recipient(id=learner_did("amara-okafor")),
        "mei-chen-cs": Recipient(identifier=learner("mei-chen").email, identity_type="emailAddress"),
        "daniel-novak-pa": Recipient(identifier=learner("daniel-novak").student_number, identity_type="sisSourcedId"),
    }
    stranger = Recipient(identifier=learner("luis-ortega").email, identity_type="emailAddress")
    for slug, person in known.items():
        assert Verdict.VALID is checked(issued(slug), recipient=person).verdict
        assert Verdict.INVALID is checked(issued(slug), recipient=stranger).verdict


def test_members_of_records_are_told() -> None:
    """A record with a revoked or an expired member is valid and says so; one with a changed member is refused."""
    for state in (State.REVOKED, State.EXPIRED, State.TAMPERED):
        found = checked(issued(f"samira-haddad-record-with-{state.value}-member"), hosted(OFFLINE))
        assert state.verdict is found.inner[0].verdict
        assert (Verdict.INVALID if state is State.TAMPERED else Verdict.VALID) is found.verdict
        assert {Verdict.VALID} == {each.verdict for each in found.inner[1:3]}


def test_of_kind_finds_all() -> None:
    """The three kinds are all there is."""
    assert len(catalogue()) == len(of_kind("AchievementCredential", "EndorsementCredential", "ClrCredential"))
