"""Whatever stands in a credential, or in a document that it needs: the verification ends, and with the right verdict."""

from __future__ import annotations

import copy
import functools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.credentials.surroundings import (
    BADGE,
    LIST,
    SCHOOL,
    STATE,
    badge,
    changed,
    check,
    controlled,
    controller_document,
    endorsement,
    record,
    signed,
    status_entry,
    status_list,
    unsigned_list,
)

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.securing import jose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Record = dict[str, Any]

WEB = "did:web:school.example"
WEB_ADDRESS = "https://school.example/.well-known/did.json"
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
#: Of every JSON type, empty and full, some with meaning in JSON-LD.
VALUES: tuple[object, ...] = (
    7,
    1.5,
    10**30,
    True,
    "",
    "x",
    "did:key:z",
    "https://elsewhere.example",
    [],
    [None],
    [[]],
    ["a", {"b": []}],
    {},
    {"a": 1},
    {"id": 7},
    {"@value": 1},
    {"@type": "x"},
)


def places(value: object, pointer: str = "") -> Iterator[str]:
    """Yield the pointer to every value inside of a value."""
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, part in parts:
        yield f"{pointer}/{name}"
        yield from places(part, f"{pointer}/{name}")


@functools.cache
def rich_badge() -> Record:
    """Return a badge with everything that a verification follows."""
    entry = [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}]
    made = badge(credentialStatus=status_entry(), credentialSchema=entry)
    return signed({**made, "endorsement": [signed(endorsement(BADGE), STATE)]})


@functools.cache
def rich_record() -> Record:
    """Return a record with a member and an association."""
    achievement = badge()["credentialSubject"]["achievement"]["id"]
    return signed(record(signed(badge()), associations=[("isRelatedTo", achievement, achievement)]), STATE)


@functools.cache
def lists() -> bytes:
    return status_list()


def replaced(document: Record) -> st.SearchStrategy[Record]:
    """Return the strategy of documents with one value replaced by another one."""
    drawn = st.tuples(st.sampled_from(list(places(document))), st.sampled_from(VALUES))
    return drawn.map(lambda pair: changed(document, pair[0], copy.deepcopy(pair[1])))


@pytest.mark.parametrize("made", [rich_badge, rich_record])
def test_no_other_value_is_accepted(made: Callable[[], Record]) -> None:
    """The signed credential is valid; with any value replaced it is not, and no value makes the verification break down."""
    healthy = made()
    assert check(healthy, {LIST: lists()}).valid

    @given(document=replaced(healthy))
    @settings(max_examples=60, deadline=None)
    def holds(document: Record) -> None:
        found = check(document, {LIST: lists()})
        assert not found.valid
        assert found.with_outcome(Outcome.FAILED, Outcome.CANNOT_TELL)

    holds()


def test_no_token_breaks_the_verification() -> None:
    """A token of a key that is right around a payload with any value replaced ends with a verdict."""
    payload = issuing.vc_jwt.payload_of({**badge(), "endorsement": [signed(endorsement(BADGE), STATE)]})

    @given(document=replaced(payload))
    @settings(max_examples=60, deadline=None)
    def holds(document: Record) -> None:
        token = jose.sign_compact(jose.to_json(document), key=SCHOOL.key, header={"kid": SCHOOL.verification_method})
        assert check(token).verdict in Verdict

    holds()


def test_no_document_of_a_controller_lets_others_in() -> None:
    """With any value of the controller's document replaced the credential is valid only if the document still lists the key."""
    issuer = controlled(WEB)
    made = signed(badge(issuer), issuer)
    healthy = controller_document(WEB)
    assert check(made, {WEB_ADDRESS: healthy}).valid

    @given(document=replaced(healthy))
    @settings(max_examples=60, deadline=None)
    def holds(document: Record) -> None:
        assert not check(made, {WEB_ADDRESS: document}).valid

    holds()


def test_no_list_hides_a_revocation() -> None:
    """The credential is revoked; with any value of the signed list replaced it is revoked still, or unverifiable."""
    made = signed(badge(credentialStatus=status_entry(42)))
    payload = issuing.vc_jwt.payload_of(unsigned_list(42))

    def verdict(said: Record) -> Verdict:
        token = jose.sign_compact(jose.to_json(said), key=SCHOOL.key, header={"kid": SCHOOL.verification_method})
        return check(made, {LIST: token.encode()}).verdict

    assert Verdict.REVOKED is verdict(payload)

    @given(document=replaced(payload))
    @settings(max_examples=60, deadline=None)
    def holds(document: Record) -> None:
        assert verdict(document) in {Verdict.REVOKED, Verdict.UNVERIFIABLE}

    holds()
