"""Status lists: published lists, round trips with an independent reader of bits, and malformed lists refused by name."""

from __future__ import annotations

import datetime
import gzip
import hashlib
import tracemalloc
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillmark_reference.securing import multibase, statuses
from skillmark_reference.securing.statuses import NoStatus, Status, StatusError, StatusList

Record = dict[str, Any]

#: https://www.w3.org/TR/vc-bitstring-status-list/, 2.2, example: 131,072 times 0.
PUBLISHED = "uH4sIAAAAAAAAA-3BMQEAAADCoPVPbQwfoAAAAAAAAAAAAAAAAAAAAIC3AYbSVKsAQAAA"
#: A known answer: 0, 7, 8, 42 and 131071 are set.
KNOWN = "uH4sIAAAAAAACA-3BQQEAAAQEsNNEVJqL4bNtJ0kHAAAAAAAAAAAAAAAAAAAA-FMHzP-QDQBAAAA"
KNOWN_INDEXES = (0, 7, 8, 42, 131071)
KNOWN_DIGEST = "e72af494d3969b33ea0a649f8125a96cc1b186c3e25bb5542bc7b555f3be106a"
ZEROS = statuses.empty_bits()
LIST = "https://issuer.example/status/1"


def encoded(data: bytes, *, wbits: int = 31) -> str:
    """Return an encodedList of any bytes, compressed in any format of zlib."""
    packer = zlib.compressobj(9, zlib.DEFLATED, wbits)
    return f"u{multibase.encode_base64url(packer.compress(data) + packer.flush())}"


def entry(**members: object) -> Record:
    """Return a healthy entry, with members replaced, or removed where the value is nothing."""
    healthy = {
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": "42",
        "statusListCredential": LIST,
    }
    return {name: value for name, value in {**healthy, **members}.items() if value is not None}


def status_list(*indexes: int, **members: object) -> Record:
    """Return a healthy list in which some statuses are set, with members of its subject replaced or removed."""
    bits = ZEROS
    for index in indexes:
        bits = statuses.with_status(bits, index, 1)
    subject = statuses.list_subject(StatusList(status_purpose=("revocation",), bits=bits))
    changed = {name: value for name, value in {**subject, **members}.items() if value is not None}
    return {"type": ["VerifiableCredential", "BitstringStatusListCredential"], "credentialSubject": changed}


def check(status_entry: Record, listed: Record) -> Status:
    """Return the status of an entry."""
    return statuses.check_status(statuses.read_entry(status_entry), statuses.read_list(listed))


# Bits


def test_the_published_list_is_read() -> None:
    """The list of the Recommendation holds 131,072 times 0."""
    assert ZEROS == statuses.expand_list(PUBLISHED)


def test_the_known_list_is_made_and_read() -> None:
    """The bits of the known list are those that are set, from the left, and its text is made again."""
    bits = statuses.expand_list(KNOWN)
    assert KNOWN_DIGEST == hashlib.sha256(bits).hexdigest()
    assert (0x81, 0x80, 0x20, 0x01) == (bits[0], bits[1], bits[5], bits[-1])
    assert list(KNOWN_INDEXES) == [index for index in range(131072) if statuses.status_at(bits, index)]
    made = ZEROS
    for index in KNOWN_INDEXES:
        made = statuses.with_status(made, index, 1)
    assert (bits, KNOWN) == (made, statuses.encode_list(made))


@given(
    size=st.integers(1, 8),
    drawn=st.dictionaries(
        st.integers(0, 131071) | st.sampled_from([0, 1, 6, 7, 8, 131071]), st.integers(0, 255), max_size=6
    ),
)
@settings(max_examples=30, deadline=None)
def test_statuses_come_back_from_a_text_of_bits(size: int, drawn: dict[int, int]) -> None:
    """A status of any size is where a text of zeros and ones, read from the left, has it; its neighbours stay as they are."""
    wanted = {index: status % (1 << size) for index, status in drawn.items()}
    bits = statuses.empty_bits(size=size)
    for index, status in wanted.items():
        bits = statuses.with_status(bits, index, status, size=size)
    text = bin(
        int.from_bytes(b"\1" + gzip.decompress(multibase.decode_base64url(statuses.encode_list(bits)[1:])), "big")
    )[3:]
    for index in {*wanted, *(index + 1 for index in wanted), 0} - {131072}:
        expected = wanted.get(index, 0)
        assert expected == int(text[index * size : (index + 1) * size], 2)
        assert expected == statuses.status_at(bits, index, size=size)
    assert sum(status.bit_count() for status in wanted.values()) == text.count("1")


def test_statuses_can_be_taken_back() -> None:
    """Setting and unsetting gives the same bits again."""
    assert ZEROS == statuses.with_status(statuses.with_status(ZEROS, 9, 1), 9, 0)


@pytest.mark.parametrize(("index", "size"), [(-1, 1), (131072, 1), (2**63, 1), (-(2**70), 1), (65536, 2), (16384, 8)])
def test_indexes_outside_of_the_list(index: int, size: int) -> None:
    """The last status is read; one beyond it, or before the first, is a RANGE_ERROR and no wrap."""
    assert 0 == statuses.status_at(ZEROS, 131072 // size - 1, size=size)
    for attempt in (
        lambda: statuses.status_at(ZEROS, index, size=size),
        lambda: statuses.with_status(ZEROS, index, 1, size=size),
    ):
        with pytest.raises(NoStatus) as caught:
            attempt()
        assert StatusError.RANGE_ERROR is caught.value.error


@pytest.mark.parametrize("status", [-1, 2, 256])
def test_statuses_that_do_not_fit(status: int) -> None:
    """A status that needs more bits is refused, and does not spill into its neighbours."""
    with pytest.raises(NoStatus, match="does not fit"):
        statuses.with_status(ZEROS, 0, status)
    with pytest.raises(NoStatus, match="at least 131072"):
        statuses.empty_bits(entries=131071)


# Encoding


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (PUBLISHED[1:], "begins with 'u'"),
        ("z" + PUBLISHED[1:], "begins with 'u'"),
        (PUBLISHED + "=", "without padding"),
        (PUBLISHED.replace("-", "+"), "alphabet"),
        (PUBLISHED[:-1], "cut off"),
        (PUBLISHED[:40], "cut off"),
        ("u", "cut off"),
        (encoded(ZEROS, wbits=15), "no GZIP"),
        (encoded(ZEROS, wbits=-15), "no GZIP"),
        (PUBLISHED + "AAAA", "no GZIP"),
        (PUBLISHED[:30] + "A" + PUBLISHED[31:], "no GZIP"),
        ("u" + multibase.encode_base64url(gzip.compress(ZEROS) + gzip.compress(b"") * 20), "more than 8 members"),
        (7, "it is int"),
        (None, "it is NoneType"),
    ],
)
def test_other_texts_are_no_list(text: object, reason: str) -> None:
    """The published text is read; without prefix, with padding, in another format, cut off or prolonged it is malformed."""
    assert statuses.expand_list(PUBLISHED)
    with pytest.raises(NoStatus, match=reason) as caught:
        statuses.expand_list(text)
    assert StatusError.MALFORMED_VALUE_ERROR is caught.value.error


def test_several_members_are_one_list() -> None:
    """A GZIP of two members, which RFC 1952 allows, is read as one."""
    halves = gzip.compress(ZEROS[:8192]) + gzip.compress(ZEROS[8192:])
    assert ZEROS == statuses.expand_list(f"u{multibase.encode_base64url(halves)}")


def test_bombs_do_not_go_off() -> None:
    """A text that expands to a thousand times its size is refused early, with little memory; so is one in many members."""
    assert 2**21 == len(statuses.expand_list(encoded(bytes(2**21))))
    block = bytes(2**20)
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(packer.compress(block) for _ in range(64)) + packer.flush()
    pieces = gzip.compress(bytes(2**19)) * 8
    texts = [f"u{multibase.encode_base64url(each)}" for each in (bomb, pieces)]
    tracemalloc.start()
    for text in texts:
        with pytest.raises(NoStatus, match="expands to more than 2097152 bytes"):
            statuses.expand_list(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 * 2**20


def test_the_limit_is_the_callers() -> None:
    """A list of exactly the limit is read, one byte more is not."""
    text = encoded(bytes(20_000))
    assert bytes(20_000) == statuses.expand_list(text, limit=20_000)
    with pytest.raises(NoStatus, match="more than 19999"):
        statuses.expand_list(text, limit=19_999)


# Entries and lists


def test_a_status_is_read_from_its_list() -> None:
    """Unset is valid and set is not; the result names status and purpose."""
    assert Status(status=0, purpose="revocation") == check(entry(), status_list(41, 43))
    found = check(entry(), status_list(42))
    assert (1, "revocation", False) == (found.status, found.purpose, found.valid)
    assert check(entry(), status_list(41)).valid


def test_a_list_may_serve_several_purposes() -> None:
    """An entry asks for one of them; a single purpose may be an array too."""
    for purposes in (["suspension", "revocation"], ["revocation"]):
        assert not check(entry(), status_list(42, statusPurpose=purposes)).valid


def test_messages_name_the_status() -> None:
    """A status of two bits is read from the left, and has its message."""
    words = ["received", "accepted", "rejected", "undefined"]
    listed = [{"status": f"0x{number:x}", "message": word} for number, word in enumerate(words)]
    bits = statuses.with_status(statuses.empty_bits(size=2), 42, 2, size=2)
    assert 0b00001000 == bits[10]
    subject = statuses.list_subject(StatusList(status_purpose=("message",), bits=bits))
    credential = {"type": "BitstringStatusListCredential", "credentialSubject": subject}
    asked = entry(statusPurpose="message", statusSize=2, statusMessage=listed)
    assert Status(status=2, purpose="message", message="rejected") == check(asked, credential)


def test_the_subject_of_a_list_comes_back() -> None:
    """Purposes, bits and ttl are written and read."""
    healthy = StatusList(status_purpose=("revocation", "suspension"), bits=ZEROS, ttl=datetime.timedelta(seconds=300))
    subject = statuses.list_subject(healthy)
    assert 300_000 == subject["ttl"]
    assert healthy == statuses.read_list({"type": ["BitstringStatusListCredential"], "credentialSubject": subject})


MALFORMED, RANGE = StatusError.MALFORMED_VALUE_ERROR, StatusError.RANGE_ERROR
LENGTH, VERIFICATION = StatusError.STATUS_LIST_LENGTH_ERROR, StatusError.STATUS_VERIFICATION_ERROR


def messages(*states: str) -> list[Record]:
    """Return messages to some statuses."""
    return [{"status": state, "message": "text"} for state in states]


@pytest.mark.parametrize(
    ("members", "error", "reason"),
    [
        ({"type": "StatusList2021Entry"}, MALFORMED, "expected is BitstringStatusListEntry"),
        ({"type": None}, MALFORMED, "expected is BitstringStatusListEntry"),
        ({"id": LIST}, MALFORMED, "must not be the URL of the list"),
        ({"statusPurpose": None}, MALFORMED, "statusPurpose of an entry is one text"),
        ({"statusPurpose": ["revocation"]}, MALFORMED, "statusPurpose of an entry is one text"),
        ({"statusListCredential": None}, MALFORMED, "statusListCredential is a URL"),
        ({"statusListCredential": "status/1"}, MALFORMED, "statusListCredential is a URL"),
        ({"statusListIndex": None}, MALFORMED, "it is None"),
        ({"statusListIndex": 42}, MALFORMED, "it is 42"),
        ({"statusListIndex": "-1"}, MALFORMED, "it is '-1'"),
        ({"statusListIndex": "-0"}, MALFORMED, "it is '-0'"),
        ({"statusListIndex": "1.5"}, MALFORMED, "it is '1.5'"),
        ({"statusListIndex": "0x10"}, MALFORMED, "it is '0x10'"),
        ({"statusListIndex": "007"}, MALFORMED, "it is '007'"),
        ({"statusListIndex": " 7"}, MALFORMED, "it is ' 7'"),
        ({"statusListIndex": "1_0"}, MALFORMED, "it is '1_0'"),
        ({"statusListIndex": "\u0667"}, MALFORMED, "it is '\u0667'"),
        ({"statusListIndex": ""}, MALFORMED, "it is ''"),
        ({"statusListIndex": "9" * 5000}, RANGE, "outside of every list"),
        ({"statusListIndex": "9223372036854775808"}, RANGE, "outside of every list"),
        ({"statusListIndex": "131072"}, RANGE, "which has 131072 statuses"),
        ({"statusSize": 0}, MALFORMED, "it is 0"),
        ({"statusSize": -1}, MALFORMED, "it is -1"),
        ({"statusSize": "1"}, MALFORMED, "it is '1'"),
        ({"statusSize": True}, MALFORMED, "it is True"),
        ({"statusSize": 1.0}, MALFORMED, "it is 1.0"),
        ({"statusSize": 64}, VERIFICATION, "is not supported"),
        ({"statusSize": 2}, MALFORMED, "an array of 4 messages"),
        ({"statusSize": 2, "statusMessage": messages("0x0", "0x1")}, MALFORMED, "an array of 4 messages"),
        (
            {"statusSize": 2, "statusMessage": messages("0x0", "0x1", "0x2", "0x2")},
            MALFORMED,
            "each status from 0x0 to 0x3",
        ),
        ({"statusSize": 2, "statusMessage": messages("0x0", "0x1", "0x2", "3")}, MALFORMED, "a status such as 0x1"),
        (
            {"statusMessage": [{"status": 0, "message": "x"}, {"status": "0x1", "message": "y"}]},
            MALFORMED,
            "such as 0x1",
        ),
        ({"statusMessage": [{"status": "0x0"}, {"status": "0x1", "message": "y"}]}, MALFORMED, "and a message"),
        ({"statusMessage": ["a", "b"]}, MALFORMED, "and a message"),
        ({"statusSize": 2, "statusMessage": messages("0x0", "0x1", "0x2", "0x3")}, LENGTH, "the list has 65536"),
        ({"statusReference": "no-url"}, MALFORMED, "statusReference is a URL"),
        ({"statusReference": ["https://a.example", 5]}, MALFORMED, "statusReference is a URL"),
        ({"statusPurpose": "suspension"}, VERIFICATION, "asks for suspension; the list is about revocation"),
        ({"statusPurpose": "Revocation"}, VERIFICATION, "asks for Revocation"),
    ],
)
def test_one_fault_in_the_entry(members: Record, error: StatusError, reason: str) -> None:
    """The healthy entry has a status; with one fault it has none, with the error that the standard names."""
    assert check(entry(), status_list()).valid
    with pytest.raises(NoStatus, match=reason) as caught:
        check(entry(**members), status_list())
    assert error is caught.value.error


@pytest.mark.parametrize(
    ("members", "error", "reason"),
    [
        ({"type": "StatusList2021"}, MALFORMED, "is no BitstringStatusList"),
        ({"statusPurpose": None}, MALFORMED, "one text or several"),
        ({"statusPurpose": []}, MALFORMED, "one text or several"),
        ({"statusPurpose": ["revocation", 7]}, MALFORMED, "one text or several"),
        ({"statusPurpose": ["suspension"]}, VERIFICATION, "the list is about suspension"),
        ({"encodedList": None}, MALFORMED, "it is NoneType"),
        ({"encodedList": encoded(ZEROS[:-1])}, LENGTH, "the list has 131064"),
        ({"encodedList": encoded(b"")}, LENGTH, "the list has 0"),
        ({"encodedList": encoded(bytes(2**21 + 1))}, MALFORMED, "which is the limit"),
        ({"ttl": -1}, MALFORMED, "ttl is an integer"),
        ({"ttl": "300000"}, MALFORMED, "ttl is an integer"),
        ({"ttl": 1.5}, MALFORMED, "ttl is an integer"),
    ],
)
def test_one_fault_in_the_list(members: Record, error: StatusError, reason: str) -> None:
    """The healthy list has a status; with one fault it has none, with the error that the standard names."""
    assert check(entry(), status_list(ttl=0)).valid
    with pytest.raises(NoStatus, match=reason) as caught:
        check(entry(), status_list(**members))
    assert error is caught.value.error


@pytest.mark.parametrize(
    "listed",
    [
        {**status_list(), "type": ["VerifiableCredential"]},
        {**status_list(), "credentialSubject": None},
        {**status_list(), "credentialSubject": [status_list()["credentialSubject"]] * 2},
    ],
)
def test_other_credentials_are_no_list(listed: Record) -> None:
    """A credential of another type, without subject or with several, is malformed."""
    with pytest.raises(NoStatus) as caught:
        check(entry(), listed)
    assert MALFORMED is caught.value.error


def test_errors_are_named_by_url() -> None:
    """The problem types are those of the standard (3.5)."""
    assert "https://www.w3.org/ns/credentials/status-list#STATUS_LIST_LENGTH_ERROR" == LENGTH.value
    assert "https://www.w3.org/TR/vc-data-model#RANGE_ERROR" == RANGE.value
