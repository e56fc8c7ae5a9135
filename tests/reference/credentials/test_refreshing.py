"""Newer copies: asked for once, after the proof holds, and never trusted unseen."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.credentials.surroundings import (
    CLUB,
    LIST,
    NOW,
    SCHOOL,
    STATE,
    badge,
    changed,
    check,
    endorsement,
    signed,
    status_entry,
    status_list,
    subjects,
    told,
)

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents.records import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.documents import DocumentKind

Record = dict[str, Any]

SERVICE = "https://school.example/refresh"
NEXT = "https://school.example/refresh/2"
LONG_AGO = "2025-06-01T00:00:00Z"


def refreshable(service: str = SERVICE, **members: object) -> Record:
    """Return a signed badge with a refresh service."""
    return signed(badge(refreshService={"id": service, "type": "1EdTechCredentialRefresh"}, **members))


def expired(**members: object) -> Record:
    """Return the same badge, whose period has ended."""
    made = badge(refreshService={"id": SERVICE, "type": "1EdTechCredentialRefresh"}, **members)
    return signed({**made, "validUntil": LONG_AGO})


def test_a_newer_copy_takes_the_place_of_an_expired_one() -> None:
    """The copy decides from the status on; the verdict names both, and the copy's own verification is part of the report."""
    assert Verdict.EXPIRED is check(expired()).verdict
    found = check(expired(), {SERVICE: refreshable()})
    assert (Verdict.VALID, []) == (found.verdict, told(found))
    assert [Subject.REFRESH] == subjects(found, Outcome.WARNED)
    assert {"copy": SERVICE, "before": "expired", "after": "valid"} == found.step(Subject.REFRESH).evidence
    assert [("/refreshService", Verdict.VALID)] == [(each.pointer, each.verdict) for each in found.inner]
    assert found.credential is not None
    assert "2099-12-31T00:00:00Z" == found.credential["validUntil"]


def test_a_copy_that_says_the_same() -> None:
    """A valid copy of a valid credential is nothing to remark on."""
    found = check(refreshable(), {SERVICE: refreshable()})
    assert (Verdict.VALID, ()) == (found.verdict, found.warnings)


def test_a_genuine_copy_may_be_worse() -> None:
    """The issuer's newer copy counts, also when it is revoked: then so is the credential."""
    copy = refreshable(credentialStatus=status_entry())
    found = check(refreshable(), {SERVICE: copy, LIST: status_list(42)})
    assert (Verdict.REVOKED, "valid") == (found.verdict, found.step(Subject.REFRESH).evidence["before"])


def test_a_token_refreshes_too() -> None:
    """Original and copy may be of different forms."""
    token = issuing.as_vc_jwt({**badge(), "validUntil": "2098-01-01T00:00:00Z"}, SCHOOL)
    found = check(expired(), {SERVICE: token.encode()})
    assert Verdict.VALID is found.verdict


@pytest.mark.parametrize(
    ("copy", "words"),
    [
        (None, "cannot be had|neither a given"),
        (b"garbage", "expected is"),
        (b"{}", "the copy is invalid"),
        (changed(refreshable(), "/name", "Other"), "the copy is invalid"),
        (badge(), "the copy is invalid"),
        (signed(badge(identifier="urn:uuid:other")), "the id 'urn:uuid:other'"),
        (signed(badge(STATE), STATE), "the copy has the issuer"),
        (refreshable(credentialStatus=status_entry()), "the copy is unverifiable"),
        (signed({**badge(), "validFrom": "2024-01-01T00:00:00Z"}), "the copy is older"),
        (signed(endorsement(), STATE), "the copy is invalid"),
    ],
)
def test_a_refresh_that_fails(copy: Record | bytes | None, words: str) -> None:
    """If the refresh fails, the verification goes on with the original (step 3); the reason is told."""
    found = check(refreshable(), {} if copy is None else {SERVICE: copy})
    assert (Verdict.VALID, [Subject.REFRESH]) == (found.verdict, subjects(found, Outcome.WARNED))
    reason = found.step(Subject.REFRESH).problems[0].message
    assert any(each in reason for each in words.split("|"))
    assert Verdict.EXPIRED is check(expired(), {} if copy is None else {SERVICE: copy}).verdict


def test_services_of_other_types() -> None:
    """A service that nobody understands is told, and not asked."""
    made = badge(refreshService={"id": SERVICE, "type": "ManualRefreshService2018"})
    made["@context"] = [*made["@context"], {"ManualRefreshService2018": "https://school.example/terms#Manual"}]
    found = check(signed(made), {SERVICE: refreshable()})
    assert (Verdict.VALID, [Subject.REFRESH]) == (found.verdict, subjects(found, Outcome.WARNED))


@dataclasses.dataclass(slots=True)
class _Counting:
    """Gives documents, and takes note of what was asked for."""

    given: Mapping[str, Record]
    asked: list[str] = dataclasses.field(default_factory=list)

    def get(self, url: str, kind: DocumentKind) -> Any:  # noqa: ANN401 - whatever has content
        self.asked.append(url)
        if url not in self.given:
            raise Unavailable(f"no {kind.value} at {url}")
        return _Content(json.dumps(self.given[url]).encode())


@dataclasses.dataclass(frozen=True, slots=True)
class _Content:
    content: bytes


def test_only_once() -> None:
    """The service of the copy is not asked, even when it is another one."""
    documents = _Counting({SERVICE: refreshable(NEXT), NEXT: refreshable(NEXT)})
    assert verify(json.dumps(refreshable()), documents=documents, now=NOW).valid
    assert [SERVICE] == documents.asked


def test_not_before_the_proof_holds() -> None:
    """A credential that its issuer did not sign names services that the issuer did not name."""
    documents = _Counting({SERVICE: refreshable()})
    impostor = dataclasses.replace(CLUB, profile=SCHOOL.profile)
    for bad in (
        changed(refreshable(), "/name", "Other"),
        changed(refreshable(), "/proof"),
        signed(badge(refreshService={"id": SERVICE, "type": "1EdTechCredentialRefresh"}), impostor),
    ):
        assert Verdict.INVALID is verify(json.dumps(bad), documents=documents, now=NOW).verdict
    assert [] == documents.asked


def test_endorsements_are_refreshed() -> None:
    """The same step belongs to the algorithm of endorsements (EndorsementCredential Verification)."""
    service = {"id": SERVICE, "type": "1EdTechCredentialRefresh"}
    fresh = signed(endorsement(refreshService=service), STATE)
    stale = signed({**endorsement(refreshService=service), "validUntil": LONG_AGO}, STATE)
    made = badge()
    made["credentialSubject"]["achievement"]["endorsement"] = [stale]
    found = check(signed(made), {SERVICE: fresh})
    assert (Verdict.VALID, [Verdict.VALID]) == (found.verdict, [each.verdict for each in found.inner])
    assert Subject.ENDORSEMENTS in subjects(check(signed(made)), Outcome.WARNED)
