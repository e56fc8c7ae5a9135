"""Status of credentials: Bitstring Status List 1.0.

https://www.w3.org/TR/vc-bitstring-status-list/. Everything works on documents that were fetched already; a list credential has
to be verified, as any credential is, before its bits mean anything.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import re
import zlib
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing import multibase
from skillmark_reference.securing.multibase import MalformedMultibase
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The fewest statuses in a list, for the privacy of the herd (3.2, step 9).
MINIMUM_ENTRIES = 131_072
#: Bytes to which a list may expand unless the caller allows more: 128 times the least (3.4).
EXPANSION_LIMIT = 2 * 2**20
#: Bits of one status; more are permitted, need more than 256 messages, and are not supported here (1.3 allows that).
_LARGEST_SIZE = 8
#: Members of a GZIP; writers make one.
_MOST_MEMBERS = 8
_INDEX = re.compile(r"0|[1-9][0-9]*", re.ASCII)
#: Digits of an index that is worth reading; any longer one is outside of every list.
_LONGEST_INDEX = 18
_HEXADECIMAL = re.compile(r"0x[0-9A-Fa-f]{1,8}", re.ASCII)
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S+", re.ASCII)
_GZIP = 16 + zlib.MAX_WBITS


class StatusError(enum.Enum):
    """Why there is no status: the processing errors (3.5)."""

    STATUS_RETRIEVAL_ERROR = "https://www.w3.org/ns/credentials/status-list#STATUS_RETRIEVAL_ERROR"
    STATUS_VERIFICATION_ERROR = "https://www.w3.org/ns/credentials/status-list#STATUS_VERIFICATION_ERROR"
    STATUS_LIST_LENGTH_ERROR = "https://www.w3.org/ns/credentials/status-list#STATUS_LIST_LENGTH_ERROR"
    RANGE_ERROR = "https://www.w3.org/TR/vc-data-model#RANGE_ERROR"
    MALFORMED_VALUE_ERROR = "https://www.w3.org/TR/vc-data-model#MALFORMED_VALUE_ERROR"


class NoStatus(Exception):  # noqa: N818 - what stands in the way, in words for a person
    """The status cannot be read."""

    def __init__(self, error: StatusError, message: str) -> None:
        super().__init__(message)
        #: The error of the standard.
        self.error = error


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StatusEntry:
    """A BitstringStatusListEntry (2.1)."""

    status_purpose: str
    status_list_index: int
    status_list_credential: str
    #: Bits of one status.
    status_size: int = 1
    #: The message to each status that has one.
    status_message: Mapping[int, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StatusList:
    """The subject of a BitstringStatusListCredential (2.2), expanded."""

    status_purpose: tuple[str, ...]
    bits: bytes
    #: How long the list may be kept; it prolongs no ``validUntil``.
    ttl: datetime.timedelta | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The status of one credential for one purpose (3.2)."""

    status: int
    purpose: str
    message: str | None = None

    @property
    def valid(self) -> bool:
        """Whether the status is 0. What another one means for acceptance is a matter of the purpose, and of policy."""
        return not self.status


# Bits


def empty_bits(*, entries: int = MINIMUM_ENTRIES, size: int = 1) -> bytes:
    """Return the bits of a list in which every status is 0.

    Raises:
        NoStatus: There are fewer entries than a list must have.
    """
    if entries < MINIMUM_ENTRIES:
        error = StatusError.STATUS_LIST_LENGTH_ERROR
        raise NoStatus(error, f"a list has at least {MINIMUM_ENTRIES} statuses; {entries} were asked for")
    return bytes((entries * size + 7) // 8)


def status_at(bits: bytes, index: int, *, size: int = 1) -> int:
    """Return a status: its bits begin at index times size, counted from the left-most bit, the most significant first (3.2).

    Raises:
        NoStatus: The index is outside of the list.
    """
    first, last, shift = _place(bits, index, size)
    return int.from_bytes(bits[first:last], "big") >> shift & ((1 << size) - 1)


def with_status(bits: bytes, index: int, status: int, *, size: int = 1) -> bytes:
    """Return the list with one status changed.

    Raises:
        NoStatus: The index is outside of the list, or the status needs more bits.
    """
    if not 0 <= status < 1 << size:
        raise NoStatus(StatusError.RANGE_ERROR, f"the status {status} does not fit into {size} bits")
    first, last, shift = _place(bits, index, size)
    octets = int.from_bytes(bits[first:last], "big") & ~(((1 << size) - 1) << shift) | status << shift
    return bits[:first] + octets.to_bytes(last - first, "big") + bits[last:]


def _place(bits: bytes, index: int, size: int) -> tuple[int, int, int]:
    """Return the octets that hold a status, from and to, and how many bits follow it there."""
    begin = index * size
    end = begin + size
    if index < 0 or end > 8 * len(bits):
        entries = 8 * len(bits) // size
        raise NoStatus(
            StatusError.RANGE_ERROR, f"the index {index} is outside of the list, which has {entries} statuses"
        )
    last = (end + 7) // 8
    return begin // 8, last, 8 * last - end


# Encoding


def encode_list(bits: bytes) -> str:
    """Return the ``encodedList`` of the bits: GZIP in multibase base64url (3.3). The same bits give the same text."""
    packer = zlib.compressobj(9, zlib.DEFLATED, _GZIP)
    return multibase.encode(packer.compress(bits) + packer.flush(), multibase.Base.BASE64URL)


def expand_list(encoded_list: object, *, limit: int = EXPANSION_LIMIT) -> bytes:
    """Return the bits of an ``encodedList`` (3.4), never more than the limit.

    Raises:
        NoStatus: The text is no multibase base64url, no complete GZIP, or expands to more.
    """
    if not isinstance(encoded_list, str):
        raise _malformed(f"encodedList is a text that begins with u; it is {type(encoded_list).__name__}")
    try:
        packed = multibase.decode(encoded_list, multibase.Base.BASE64URL)
    except MalformedMultibase as error:
        raise _malformed(f"encodedList cannot be read: {error}") from None
    bits = bytearray()
    for _ in range(_MOST_MEMBERS):
        packed = _expand_member(packed, bits, limit)
        if not packed:
            return bytes(bits)
    raise _malformed(f"the GZIP in encodedList has more than {_MOST_MEMBERS} members")


def _expand_member(packed: bytes, bits: bytearray, limit: int) -> bytes:
    """Append what one GZIP member holds, and return what follows it (RFC 1952, 2.2)."""
    unpacker = zlib.decompressobj(_GZIP)
    try:
        bits += unpacker.decompress(packed, limit + 1 - len(bits))
    except zlib.error:
        raise _malformed("encodedList holds no GZIP: zlib and raw deflate are other formats") from None
    if len(bits) > limit:
        raise _malformed(f"encodedList expands to more than {limit} bytes, which is the limit")
    if not unpacker.eof:
        raise _malformed("the GZIP in encodedList is cut off")
    return unpacker.unused_data


# Reading


def read_entry(entry: Mapping[str, Any]) -> StatusEntry:
    """Read a BitstringStatusListEntry (2.1).

    Raises:
        NoStatus: A member is missing or malformed.
    """
    if "BitstringStatusListEntry" not in _list(entry.get("type")):
        raise _malformed(f"the entry has the type {quoted(entry.get('type'))}; expected is BitstringStatusListEntry")
    purpose, address, size = entry.get("statusPurpose"), entry.get("statusListCredential"), entry.get("statusSize", 1)
    if not isinstance(purpose, str) or not purpose:
        raise _malformed(f"statusPurpose of an entry is one text; it is {quoted(purpose)}")
    if not isinstance(address, str) or not _URL.fullmatch(address):
        raise _malformed(f"statusListCredential is a URL; it is {quoted(address)}")
    if entry.get("id") == address:
        raise _malformed("the id of the entry must not be the URL of the list")
    references = _list(entry.get("statusReference", []))
    if not all(isinstance(each, str) and _URL.fullmatch(each) for each in references):
        raise _malformed(f"statusReference is a URL or an array of URLs; it is {quoted(entry['statusReference'])}")
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise _malformed(f"statusSize is an integer of 1 or more; it is {quoted(size)}")
    if size > _LARGEST_SIZE:
        message = f"statusSize {size} is not supported; Skillmark reads up to {_LARGEST_SIZE} bits"
        raise NoStatus(StatusError.STATUS_VERIFICATION_ERROR, message)
    return StatusEntry(
        status_purpose=purpose,
        status_list_index=_index(entry.get("statusListIndex")),
        status_list_credential=address,
        status_size=size,
        status_message=_messages(entry.get("statusMessage"), size),
    )


def read_list(credential: Mapping[str, Any], *, limit: int = EXPANSION_LIMIT) -> StatusList:
    """Read a BitstringStatusListCredential (2.2) that has been verified.

    Args:
        credential: The credential.
        limit: The bytes to which the list may expand.

    Raises:
        NoStatus: A member is missing or malformed, or the list is too short or too long.
    """
    if "BitstringStatusListCredential" not in _list(credential.get("type")):
        raise _malformed(
            f"the list has the type {quoted(credential.get('type'))}; expected is BitstringStatusListCredential"
        )
    subject = credential.get("credentialSubject")
    if not isinstance(subject, dict) or "BitstringStatusList" not in _list(subject.get("type")):
        raise _malformed("credentialSubject of the list is no BitstringStatusList")
    purposes = _list(subject.get("statusPurpose"))
    if not purposes or not all(isinstance(each, str) and each for each in purposes):
        raise _malformed(
            f"statusPurpose of a list is one text or several; it is {quoted(subject.get('statusPurpose'))}"
        )
    bits = expand_list(subject.get("encodedList"), limit=limit)
    return StatusList(status_purpose=tuple(purposes), bits=bits, ttl=_ttl(subject.get("ttl")))


def check_status(entry: StatusEntry, status_list: StatusList) -> Status:
    """Return the status of an entry in its list (3.2, from step 6 on).

    Raises:
        NoStatus: The list serves another purpose, is too short, or does not reach the index.
    """
    if entry.status_purpose not in status_list.status_purpose:
        purposes = ", ".join(status_list.status_purpose)
        message = f"the entry asks for {entry.status_purpose}; the list is about {purposes}"
        raise NoStatus(StatusError.STATUS_VERIFICATION_ERROR, message)
    entries = 8 * len(status_list.bits) // entry.status_size
    if entries < MINIMUM_ENTRIES:
        message = f"the list has {entries} statuses; it must have at least {MINIMUM_ENTRIES}"
        raise NoStatus(StatusError.STATUS_LIST_LENGTH_ERROR, message)
    status = status_at(status_list.bits, entry.status_list_index, size=entry.status_size)
    return Status(status=status, purpose=entry.status_purpose, message=entry.status_message.get(status))


def list_subject(status_list: StatusList) -> dict[str, Any]:
    """Return the ``credentialSubject`` of the credential that publishes a list."""
    purposes = list(status_list.status_purpose)
    subject = {
        "type": "BitstringStatusList",
        "statusPurpose": purposes[0] if len(purposes) == 1 else purposes,
        "encodedList": encode_list(status_list.bits),
    }
    if status_list.ttl is None:
        return subject
    return {**subject, "ttl": status_list.ttl // datetime.timedelta(milliseconds=1)}


def _index(text: object) -> int:
    if not isinstance(text, str) or not _INDEX.fullmatch(text):
        raise _malformed(f"statusListIndex is a text with an integer of 0 or more in base 10; it is {quoted(text)}")
    if len(text) > _LONGEST_INDEX:
        raise NoStatus(StatusError.RANGE_ERROR, f"the index {text[:_LONGEST_INDEX]}... is outside of every list")
    return int(text)


def _messages(listed: object, size: int) -> dict[int, str]:
    """Return the messages by status; there is one for each, and none is needed for a single bit (2.1)."""
    if listed is None and size == 1:
        return {}
    if not isinstance(listed, list) or len(listed) != 1 << size:
        raise _malformed(f"statusMessage of an entry with statusSize {size} is an array of {1 << size} messages")
    messages = {}
    for item in listed:
        status, message = (item.get("status"), item.get("message")) if isinstance(item, dict) else (None, None)
        if not isinstance(message, str) or not isinstance(status, str) or not _HEXADECIMAL.fullmatch(status):
            raise _malformed(f"a statusMessage has a status such as 0x1 and a message; it is {quoted(item)}")
        messages[int(status, 16)] = message
    if messages.keys() != set(range(1 << size)):
        raise _malformed(f"statusMessage does not have one message for each status from 0x0 to {(1 << size) - 1:#x}")
    return messages


def _ttl(milliseconds: object) -> datetime.timedelta | None:
    if milliseconds is None:
        return None
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int) or milliseconds < 0:
        raise _malformed(f"ttl is an integer of 0 or more milliseconds; it is {quoted(milliseconds)}")
    try:
        return datetime.timedelta(milliseconds=milliseconds)
    except OverflowError:
        return datetime.timedelta.max


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _malformed(message: str) -> NoStatus:
    return NoStatus(StatusError.MALFORMED_VALUE_ERROR, message)
