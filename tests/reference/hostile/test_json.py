"""Hostile JSON: repeated members, depth, size, numbers, credentials without end."""

from __future__ import annotations

import json
from typing import Any

import pytest
from tests.reference.credentials.presenting import STRANGERS, look, plain, presentation, presented
from tests.reference.credentials.surroundings import (
    BADGE,
    LIST,
    STATE,
    badge,
    carelessly_signed,
    check,
    endorsement,
    failed,
    record,
    signed,
    status_entry,
    status_list,
    subjects,
    told,
    unknown,
)

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict, Verification
from skillmark_reference.credentials.steps import structure
from skillmark_reference.credentials.verifying import Policy

Record = dict[str, Any]


# One text, several readings


@pytest.mark.parametrize("member", ["issuer", "validUntil", "proof", "id", "@context", "credentialSubject"])
def test_members_that_are_repeated(member: str) -> None:
    """A member that is there twice is read in two ways by two readers: refused, in the JSON and in a token."""
    made = signed(badge())
    text = json.dumps(made)
    twice = f"{{{json.dumps(member)}: {json.dumps(made[member])}, {text[1:]}"
    found = check(twice)
    assert (Verdict.INVALID, [Subject.PARSING]) == (found.verdict, failed(found))
    assert "more than once" in told(found)[0]
    escaped = f'{{"\\u{ord(member[0]):04x}{member[1:]}": 1, {text[1:]}'
    assert Verdict.INVALID is check(escaped).verdict


@pytest.mark.parametrize(
    "text",
    [
        b"\xff\xfe{}",
        b'{"a": "\xed\xa0\x80"}',
        b'{"a": "\\ud800"}',
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": ' + b"9" * 5000 + b"}",
        b'{"a": 1} {"b": 2}',
        b'{"a": 1,}',
        b"{'a': 1}",
        b'\xef\xbb\xbf{"a": 1}',
        b"\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_is_no_json(text: bytes) -> None:
    """Texts that readers take differently, or not at all, are refused with a reason."""
    found = check(text)
    assert (Verdict.INVALID, [Subject.PARSING]) == (found.verdict, failed(found))
    assert found.problems
    assert Verdict.INVALID is look(text.decode("latin-1")).verdict


# Depth and size


def nested(levels: int) -> Record:
    """Return objects in objects."""
    value: Record = {"name": "innermost"}
    for _ in range(levels):
        value = {"related": value}
    return value


@pytest.mark.parametrize("levels", [80, 400])
def test_depth(levels: int) -> None:
    """A document deeper than any credential is not read; nothing in it is looked at."""
    made = {**signed(badge()), "evidence": nested(levels)}
    assert (Verdict.UNVERIFIABLE, [Subject.NESTING]) == unknown(check(made))
    assert (Verdict.UNVERIFIABLE, [Subject.NESTING]) == unknown(look(presentation(nested(levels))))


def test_values() -> None:
    """A document with more values than any record is not read."""
    made = signed(badge())
    made["credentialSubject"]["result"] = [{"type": ["Result"], "value": "1"}] * 120_000
    found = check(made)
    assert (Verdict.UNVERIFIABLE, [Subject.NESTING]) == unknown(found)
    assert "400,000 values" in told(found)[0]


def test_departures() -> None:
    """Tens of thousands of departures from a table are told as one; those of the members do not hide those of the record."""
    made = signed(badge())
    made["credentialSubject"]["result"] = [{"type": ["Result"], "value": 1}] * 30_000
    step = check(made).step(Subject.STRUCTURE)
    assert (Outcome.FAILED, 1) == (step.outcome, len(step.problems))
    assert "more than 20,000 departures" in step.problems[0].message


def test_departures_of_members(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is wrong inside of members is counted there, and does not hide what is wrong in the record."""
    monkeypatch.setattr(structure, "_MOST_ERRORS", 40)
    members = [{**signed(badge(identifier=f"urn:uuid:{number}")), "name": 5} for number in range(30)]
    found = check({**record(*members), "validFrom": 5})
    assert "/validFrom" in {each.pointer for each in found.step(Subject.STRUCTURE).problems}


def test_bytes() -> None:
    """A document of more bytes than the policy allows is not parsed."""
    made = json.dumps(signed(badge()))
    limit = Policy(most_bytes=len(made) - 1)
    found = check(made, policy=limit)
    assert (Verdict.UNVERIFIABLE, [Subject.PARSING]) == unknown(found)
    assert check(made, policy=Policy(most_bytes=len(made))).valid


def test_ten_megabytes() -> None:
    """A record of ten megabytes in few values is verified, and a changed letter in it is found."""
    made = badge()
    made["credentialSubject"]["achievement"]["criteria"] = {"narrative": "word " * 2_000_000}
    whole = signed(made)
    assert check(whole).valid
    whole["credentialSubject"]["achievement"]["criteria"]["narrative"] += "."
    assert [Subject.PROOF] == failed(check(whole))


# Credentials in credentials


def endorsed(levels: int) -> Record:
    """Return an endorsement of an endorsement of an endorsement."""
    made = signed(endorsement("urn:nothing", "urn:uuid:e0"), STATE)
    for level in range(1, levels):
        outer = endorsement(f"urn:uuid:e{level - 1}", f"urn:uuid:e{level}")
        made = (
            carelessly_signed({**outer, "endorsement": [made]}, STATE)
            if level < 4
            else {**outer, "endorsement": [made]}
        )
    return made


def test_a_hundred_endorsements_in_each_other() -> None:
    """JSON of that depth is not read at all; few more levels than there are credentials are read, and the rest is told."""
    made = badge()
    assert (Verdict.UNVERIFIABLE, [Subject.NESTING]) == unknown(check({**made, "endorsement": [endorsed(100)]}))
    found = check({**made, "endorsement": [endorsed(20)]}, policy=Policy(deepest=3))
    assert 5 == len(list(found.walk()))
    deepest = list(found.walk())[-1]
    assert (Verdict.UNVERIFIABLE, [Subject.NESTING]) == unknown(deepest)


def test_a_hundred_tokens_in_each_other() -> None:
    """A token hides its depth: each level is opened only up to the limit of nested credentials."""
    token = issuing.as_vc_jwt(endorsement("urn:nothing", "urn:uuid:e0"), STATE)
    for level in range(1, 12):
        outer = endorsement(f"urn:uuid:e{level - 1}", f"urn:uuid:e{level}")
        token = issuing.as_vc_jwt({**outer, "endorsementJwt": [token]}, STATE)
    found = check(token)
    assert 10 == len(list(found.walk()))
    assert Verdict.UNVERIFIABLE is found.verdict


@pytest.mark.parametrize("member", ["endorsement", "endorsementJwt"])
def test_many_endorsements(member: str) -> None:
    """Only so many credentials are looked at; of the others not even the token is opened."""
    good = endorsement("urn:nothing", "urn:uuid:e0")
    entry = signed(good, STATE) if member == "endorsement" else issuing.as_vc_jwt(good, STATE)
    found = check({**signed(badge()), member: [entry] * 50}, policy=Policy(most_credentials=10))
    unread = [each for each in found.inner if [Subject.NESTING] == [step.subject for step in each.steps]]
    assert (50, 41) == (len(found.inner), len(unread))
    assert all(subjects(each, Outcome.CANNOT_TELL) for each in unread)


# Cycles


def test_a_credential_inside_of_itself() -> None:
    """What endorses itself, or holds itself, is refused."""
    made = badge()
    inner = signed(endorsement(BADGE, "urn:uuid:e1"), STATE)
    twin = {**endorsement(BADGE, "urn:uuid:e1"), "endorsement": [inner]}
    found = check(signed({**made, "endorsement": [signed(twin, STATE)]}))
    assert Verdict.INVALID is found.verdict
    assert "inside of itself" in str(told(found))
    bundle = record(signed(badge()))
    assert "inside of itself" in str(told(check(signed(record({**bundle, "id": "urn:uuid:c1"}), STATE))))


def test_lists_and_schemas_that_need_each_other() -> None:
    """A status list whose status is in itself, and a schema whose schema is itself: each document is read once."""
    listed = status_list(credentialStatus=status_entry(7))
    assert (Verdict.UNVERIFIABLE, [Subject.STATUS]) == unknown(
        check(signed(badge(credentialStatus=status_entry())), {LIST: listed})
    )
    url = "https://school.example/schema"
    held = carelessly_signed(
        plain(
            type=["VerifiableCredential", "JsonSchemaCredential"],
            credentialSubject={"id": "urn:s", "type": "JsonSchema", "jsonSchema": {}},
            credentialSchema={"id": url, "type": "JsonSchemaCredential"},
        )
    )
    made = carelessly_signed(plain(credentialSchema={"id": url, "type": "JsonSchemaCredential"}))
    circular = check(made, {url: held}, policy=STRANGERS)
    assert (Verdict.UNVERIFIABLE, 3) == (circular.verdict, len(list(circular.walk())))


def test_presentations_in_presentations() -> None:
    """A presentation is no credential: inside of another one it is refused, at any depth."""
    made = presented(presentation(signed(badge())))
    for _ in range(3):
        made = presented(presentation(made))
    found: Verification = look(made)
    assert (Verdict.INVALID, 2) == (found.verdict, len(list(found.walk())))
