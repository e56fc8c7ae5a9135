"""Credentials that are neither of Open Badges nor of CLR: refused, unless the relying party takes them by the rules of W3C."""

from __future__ import annotations

from typing import Any

import pytest
from tests.reference.credentials.presenting import DATA_INTEGRITY, STRANGERS, V1, V2, in_claim, plain, vc_jose
from tests.reference.credentials.surroundings import (
    CLUB,
    LIST,
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
    unsigned_list,
)

from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict

Record = dict[str, Any]


def test_a_stranger_is_refused_unless_asked_for() -> None:
    """Without a word of the relying party a credential is one of Open Badges or CLR."""
    made = carelessly_signed(plain())
    assert [Subject.TYPE] == failed(check(made))
    found = check(made, policy=STRANGERS)
    assert (Verdict.VALID, CredentialKind.OTHER, []) == (found.verdict, found.kind, told(found))
    assert {"VCDM2", "DI10-", "VCJS-", "BSL10", "OB30-"} >= {each.requirement[:5] for each in found.steps}
    assert "VCDM20-R-001" == found.step(Subject.STRUCTURE).requirement


def test_whose_key_it_is() -> None:
    """W3C leaves it to the reader whether key and issuer belong together: a remark. A badge is still held to its standard."""
    found = check(carelessly_signed(plain(), CLUB), policy=STRANGERS)
    assert (Verdict.VALID, [Subject.CONTROLLER]) == (found.verdict, subjects(found, Outcome.WARNED)[-1:])
    assert [Subject.CONTROLLER] == failed(check(carelessly_signed(badge(), CLUB), policy=STRANGERS))
    assert check(signed(badge()), policy=STRANGERS).valid


def test_the_keys_of_status_lists_are_never_left_to_the_reader() -> None:
    """A list counts because of who issued it: one that another key signed tells nothing."""
    made = carelessly_signed(plain(credentialStatus=status_entry()))
    assert check(made, {LIST: status_list()}, policy=STRANGERS).valid
    forged = carelessly_signed(unsigned_list(), CLUB)
    found = check(made, {LIST: forged}, policy=STRANGERS)
    assert (Verdict.UNVERIFIABLE, [Subject.STATUS]) == (found.verdict, subjects(found, Outcome.CANNOT_TELL))


@pytest.mark.parametrize(
    "members",
    [
        {"credentialSubject": {}},
        {"name": 5},
        {"credentialStatus": {"id": "urn:s"}},
        {"@context": [{"a": "urn:a"}, V2]},
    ],
    ids=str,
)
def test_the_table_of_the_data_model_counts(members: Record) -> None:
    """What the data model forbids is refused, with a proof that holds."""
    made = carelessly_signed(plain(**members))
    found = check(made, policy=STRANGERS)
    assert Verdict.INVALID is found.verdict
    assert Subject.PROOF not in failed(found)


def test_what_open_badges_demand_beyond_is_not_demanded() -> None:
    """No dates, no name, a single context, an empty array: all of that is allowed."""
    assert check(carelessly_signed(plain(evidence=[])), policy=STRANGERS).valid
    assert check(carelessly_signed(plain(**{"@context": V2})), policy=STRANGERS).valid


def test_data_model_1() -> None:
    """A credential of data model 1.1 has its own table."""
    older = {**plain(), "@context": [V1, DATA_INTEGRITY, {"name": "https://schema.org/name"}]}
    assert [Subject.STRUCTURE] == failed(check(carelessly_signed(older), policy=STRANGERS))
    made = carelessly_signed({**older, "issuanceDate": "2025-01-01T00:00:00Z"})
    assert check(made, policy=STRANGERS).valid
    ended = carelessly_signed(
        {**older, "issuanceDate": "2025-01-01T00:00:00Z", "expirationDate": "2025-02-01T00:00:00Z"}
    )
    assert Verdict.EXPIRED is check(ended, policy=STRANGERS).verdict


def test_tokens_of_strangers() -> None:
    """``vc+jwt`` and the form of data model 1.1 are told apart by themselves, without an envelope."""
    assert check(vc_jose(plain()), policy=STRANGERS).valid
    claimed = check(in_claim("vc", plain(), SCHOOL), policy=STRANGERS)
    assert (Verdict.VALID, [Subject.TOKEN_PAYLOAD]) == (claimed.verdict, subjects(claimed, Outcome.WARNED))
    assert Subject.CONTROLLER in subjects(check(vc_jose(plain(), CLUB), policy=STRANGERS), Outcome.WARNED)


def test_types_of_status_that_nobody_understands() -> None:
    """They are ignored with a remark; a badge with one is unverifiable (JOSE and COSE, 6; Open Badges 3.0, step 4)."""
    entry = {"id": "urn:s", "type": "https://school.example/terms#Status"}
    found = check(carelessly_signed(plain(credentialStatus=entry)), policy=STRANGERS)
    assert (Verdict.VALID, [Subject.STATUS]) == (found.verdict, subjects(found, Outcome.WARNED))


def test_a_change_is_found() -> None:
    """No rule that is left out leaves out the signature."""
    made = changed(carelessly_signed(plain()), "/credentialSubject/name", "Bob")
    assert [Subject.PROOF] == failed(check(made, policy=STRANGERS))
