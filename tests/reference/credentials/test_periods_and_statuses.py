"""Expired, not yet valid, revoked, suspended; and lists that tell nothing."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.credentials.surroundings import (
    BADGE,
    CLUB,
    EXTENSIONS,
    LIST,
    OLD_LIST,
    SCHOOL,
    badge,
    carelessly_signed,
    changed,
    check,
    failed,
    signed,
    status_entry,
    status_list,
    subjects,
    told,
)

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.credentials.verifying import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    Record = dict[str, Any]
    Fault = Callable[[Record], Record]


@pytest.mark.parametrize(
    ("now", "verdict", "subject"),
    [
        (
            datetime.datetime(2024, 12, 31, 23, 59, 59, tzinfo=datetime.UTC),
            Verdict.NOT_YET_VALID,
            [Subject.NOT_YET_VALID],
        ),
        (datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC), Verdict.VALID, []),
        (datetime.datetime(2099, 12, 31, tzinfo=datetime.UTC), Verdict.VALID, []),
        (datetime.datetime(2099, 12, 31, 0, 0, 1, tzinfo=datetime.UTC), Verdict.EXPIRED, [Subject.EXPIRED]),
    ],
)
def test_the_period_of_validity(now: datetime.datetime, verdict: Verdict, subject: list[Subject]) -> None:
    """Before its begin it is not yet valid, after its end expired, at both moments valid; as a token too."""
    for made in (signed(badge()), issuing.as_vc_jwt(badge(), SCHOOL)):
        found = check(made, now=now)
        assert (verdict, subject) == (found.verdict, failed(found))


def test_a_period_that_ends_before_it_begins() -> None:
    """Such a credential is malformed, and never valid."""
    found = check(carelessly_signed(changed(badge(), "/validUntil", "2024-01-01T00:00:00Z")))
    assert Verdict.INVALID is found.verdict
    assert Subject.PERIOD in failed(found)


@pytest.mark.parametrize(
    ("purpose", "verdict"),
    [("revocation", Verdict.REVOKED), ("suspension", Verdict.SUSPENDED), ("refresh", Verdict.VALID)],
)
def test_statuses_that_are_set(purpose: str, verdict: Verdict) -> None:
    """With its status clear it is valid, with it set revoked or suspended; other purposes are told."""
    made = signed(badge(credentialStatus=status_entry(42, purpose)))
    assert check(made, {LIST: status_list(41, 43, purpose=purpose)}).valid
    found = check(made, {LIST: status_list(42, purpose=purpose)})
    assert verdict is found.verdict
    assert (verdict is Verdict.VALID) == (Subject.STATUS in subjects(found, Outcome.WARNED))


def test_revoked_by_the_older_list() -> None:
    """A 1EdTechRevocationList revokes by the id of the credential; one without it does not."""
    made = signed(badge(credentialStatus={"id": OLD_LIST, "type": "1EdTechRevocationList"}))
    assert EXTENSIONS in made["@context"]
    listed = {
        "id": OLD_LIST,
        "issuer": SCHOOL.profile["id"],
        "revokedCredential": [{"id": BADGE, "revocationReason": "x"}],
    }
    assert check(made, {OLD_LIST: changed(listed, "/revokedCredential/0/id", "urn:other")}).valid
    found = check(made, {OLD_LIST: listed})
    assert (Verdict.REVOKED, [Subject.STATUS]) == (found.verdict, failed(found))
    nameless = changed(listed, "/revokedCredential/0/id")
    assert Verdict.UNVERIFIABLE is check(made, {OLD_LIST: nameless}).verdict


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "STATUS_RETRIEVAL_ERROR"),
        (status_list(signer=CLUB), "nobody said to trust"),
        (status_list(purpose="suspension"), "STATUS_VERIFICATION_ERROR"),
        (status_list(validUntil="2026-01-01T00:00:00Z"), "the list is expired"),
        (status_list(identifier="https://school.example/status/2"), "and not https://school.example/status/1"),
        (status_list().replace(b"2025-01-01T00:00:00Z", b"2025-01-02T00:00:00Z", 1), "the list is invalid"),
        (status_list(credentialStatus=status_entry(7)), "depends on itself"),
        (json.dumps({"revokedCredential": []}).encode(), "the list is invalid"),
    ],
)
def test_lists_that_tell_nothing(content: bytes | None, words: str) -> None:
    """Without a list that is verified and of a trusted issuer nothing is known, and nothing is accepted."""
    made = signed(badge(credentialStatus=status_entry()))
    assert check(made, {LIST: status_list()}).valid
    found = check(made, {LIST: content} if content else {})
    assert (Verdict.UNVERIFIABLE, [Subject.STATUS]) == (found.verdict, subjects(found, Outcome.CANNOT_TELL))
    assert any(words in each for each in told(found))


def test_lists_of_other_issuers_may_be_trusted() -> None:
    """A list by somebody else counts when the relying party says so."""
    made = signed(badge(credentialStatus=status_entry()))
    policy = Policy(status_issuers=frozenset({str(CLUB.profile["id"])}))
    assert check(made, {LIST: status_list(signer=CLUB)}, policy=policy).valid
    assert Verdict.REVOKED is check(made, {LIST: status_list(42, signer=CLUB)}, policy=policy).verdict


@pytest.mark.parametrize(
    ("entry", "verdict"),
    [
        ({**status_entry(), "statusListIndex": "007"}, Verdict.INVALID),
        ({"id": "https://school.example/s", "type": "StatusList2021Entry"}, Verdict.INVALID),
    ],
)
def test_other_entries(entry: Record, verdict: Verdict) -> None:
    """A malformed entry is the issuer's fault; a type that no context defines cannot even be signed safely."""
    token = issuing.vc_jwt.issue(badge(credentialStatus=entry), key=SCHOOL.key, kid=SCHOOL.verification_method)
    assert verdict is check(token, {LIST: status_list()}).verdict
