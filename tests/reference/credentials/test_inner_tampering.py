"""One fault in a credential inside of another one: found, told at its place, and the whole refused."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.credentials.surroundings import (
    ACHIEVEMENT,
    BADGE,
    STATE,
    badge,
    changed,
    check,
    endorsement,
    failed,
    record,
    signed,
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


def test_a_member_without_its_signature() -> None:
    """The publisher signs a record again after stripping the proof of a member: refused for that member."""
    member = signed(badge())
    assert check(signed(record(member), STATE)).valid
    found = check(signed(record(changed(member, "/proof")), STATE))
    assert (Verdict.INVALID, [Subject.MEMBERS]) == (found.verdict, failed(found))
    assert [Subject.PROOF_PRESENT] == failed(found.inner[0])
    assert told(found)[0].startswith("/credentialSubject/verifiableCredential/0")


def test_members_that_traded_their_achievements() -> None:
    """The proof of the record does not see that two members of one learner traded achievements; their own proofs do."""
    made = signed(
        record(signed(badge()), signed(badge(identifier="urn:uuid:b2", achievement="https://x.example/a"))), STATE
    )
    assert check(made).valid
    swapped = copy.deepcopy(made)
    one, two = (each["credentialSubject"] for each in swapped["credentialSubject"]["verifiableCredential"])
    one["achievement"], two["achievement"] = two["achievement"], one["achievement"]
    found = check(swapped)
    assert Outcome.PASSED is found.step(Subject.PROOF).outcome
    assert (Verdict.INVALID, [Subject.MEMBERS]) == (found.verdict, failed(found))
    assert [Verdict.INVALID, Verdict.INVALID] == [each.verdict for each in found.inner]


@pytest.mark.parametrize("place", ["", "/credentialSubject/achievement", "/issuer"])
def test_broken_endorsements(place: str) -> None:
    """A broken endorsement at any place, under a good signature of the issuer, is found."""
    made = badge()
    holder: Any = made
    for step in place.split("/")[1:]:
        holder = holder[step]
    praise = signed(endorsement(holder["id"]), STATE)
    holder["endorsement"] = [praise]
    assert check(signed(made)).valid
    holder["endorsement"] = [changed(praise, "/credentialSubject/endorsementComment", "Best of all.")]
    found = check(signed(made))
    assert (Verdict.INVALID, [Subject.ENDORSEMENTS]) == (found.verdict, failed(found))
    assert f"{place}/endorsement/0" == found.inner[0].pointer


def test_endorsements_inside_of_themselves() -> None:
    """An endorsement whose endorser is endorsed by the same endorsement is refused as a cycle."""
    inner = signed(endorsement(str(STATE.profile["id"]), "urn:uuid:e2"), STATE)
    outer = endorsement()
    outer["issuer"]["endorsement"] = [inner]
    assert check(signed(outer, STATE)).valid
    outer["id"] = "urn:uuid:e2"
    found = check(signed(outer, STATE))
    assert Verdict.INVALID is found.verdict
    assert [Subject.NESTING] == failed(found.inner[0])


@pytest.mark.parametrize("levels", [9, 100, 5000])
def test_deep_nesting(levels: int) -> None:
    """A hundredfold nesting is not read, and so nothing is known about it; nothing overflows either."""
    text = json.dumps(signed(endorsement(), STATE))
    head, tail = text[:-1] + ', "endorsement": [', "]}"
    found = check(head * levels + text + tail * levels)
    assert found.verdict in {Verdict.UNVERIFIABLE, Verdict.INVALID}
    assert any("nested" in each for each in told(found))


def test_limits_on_credentials_and_bytes() -> None:
    """More credentials, or more bytes, than the relying party reads are not taken for granted."""
    praise = [issuing.as_vc_jwt(endorsement(BADGE, f"urn:uuid:e{number}"), STATE) for number in range(3)]
    made = signed({**badge(), "endorsementJwt": praise})
    assert check(made, policy=Policy(most_credentials=4)).valid
    assert Verdict.UNVERIFIABLE is check(made, policy=Policy(most_credentials=3)).verdict
    assert Verdict.UNVERIFIABLE is check(made, policy=Policy(most_bytes=1000)).verdict


def test_an_endorsement_of_something_else_is_told() -> None:
    """An endorsement that stands at another object than the one it is about is valid, and warned of."""
    made = badge()
    made["endorsement"] = [signed(endorsement(ACHIEVEMENT), STATE)]
    found = check(signed(made))
    assert (Verdict.VALID, [Subject.ENDORSEMENTS]) == (found.verdict, subjects(found, Outcome.WARNED))
