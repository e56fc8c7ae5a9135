"""The proof values of ecdsa-sd-2023: a header and five values in CBOR (ECDSA cryptosuites 1.0, 3.5.2 to 3.5.8; RFC 8949).

Only the five shapes that occur are read: definite lengths, no tags, nothing behind the end. What an attacker writes can
therefore neither nest, nor announce more than there is.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, TypeVar

from skillmark_reference.securing import multibase
from skillmark_reference.securing.keys import KeyType, PublicKey, UnusableKey

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Entry = TypeVar("_Entry")
_BASE = bytes.fromhex("d95d00")
_DERIVED = bytes.fromhex("d95d01")
_PARTS = 5
_SIGNATURE = 64
_HASH = 32
_P256_PUBLIC = 0x1200
#: Major types of CBOR (RFC 8949, 3.1).
_UNSIGNED, _BYTES, _TEXT, _ARRAY, _MAP = 0, 2, 3, 4, 5
#: Arguments up to here are in the first byte; above, they follow in 1, 2, 4 or 8 bytes.
_SMALL = 23
_WIDTHS = {24: 1, 25: 2, 26: 4, 27: 8}


class MalformedValue(ValueError):  # noqa: N818 - what is wrong with the value, in words for a person
    """The text is no proof value of the wanted kind."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class BaseValue:
    """What the issuer gives to the holder."""

    signature: bytes
    #: The key that signed the statements one by one.
    public_key: PublicKey
    hmac_key: bytes
    signatures: tuple[bytes, ...]
    mandatory_pointers: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class DerivedValue:
    """What the holder gives to a verifier."""

    signature: bytes
    public_key: PublicKey
    signatures: tuple[bytes, ...]
    #: Canonical label of the disclosed document, for example ``c14n0``, to the label that was signed.
    labels: Mapping[str, str]
    mandatory_indexes: tuple[int, ...]


def is_base(text: object) -> bool:
    """Tell whether a proof value is that of a base proof, which is not for verifiers."""
    return isinstance(text, str) and text.startswith("u2V0A")


def public_bytes(key: PublicKey) -> bytes:
    """Return the 35 bytes of a P-256 key as they are signed."""
    return multibase.with_multicodec(_P256_PUBLIC, key.raw)


def write_base(value: BaseValue) -> str:
    """Return the proof value of a base proof (3.5.2)."""
    parts = (
        _bytes(value.signature),
        _bytes(public_bytes(value.public_key)),
        _bytes(value.hmac_key),
        _array([_bytes(signature) for signature in value.signatures]),
        _array([_text(pointer) for pointer in value.mandatory_pointers]),
    )
    return multibase.encode(_BASE + _array(parts), multibase.Base.BASE64URL)


def write_derived(value: DerivedValue) -> str:
    """Return the proof value of a derived proof (3.5.7)."""
    labels = sorted((int(name.removeprefix("c14n")), label) for name, label in value.labels.items())
    pairs = [
        _head(_UNSIGNED, number) + _bytes(multibase.decode(label, multibase.Base.BASE64URL)) for number, label in labels
    ]
    parts = (
        _bytes(value.signature),
        _bytes(public_bytes(value.public_key)),
        _array([_bytes(signature) for signature in value.signatures]),
        _head(_MAP, len(pairs)) + b"".join(pairs),
        _array([_head(_UNSIGNED, index) for index in value.mandatory_indexes]),
    )
    return multibase.encode(_DERIVED + _array(parts), multibase.Base.BASE64URL)


def read_base(text: object) -> BaseValue:
    """Read the proof value of a base proof (3.5.3). The public key has 35 bytes, whatever the text of the standard says.

    Raises:
        MalformedValue: The text is something else.
    """
    reader = _Reader.of(text, _BASE, "base")
    value = BaseValue(
        signature=reader.octets(_SIGNATURE),
        public_key=reader.public_key(),
        hmac_key=reader.octets(_HASH),
        signatures=reader.array(lambda: reader.octets(_SIGNATURE)),
        mandatory_pointers=reader.array(reader.text),
    )
    reader.end()
    return value


def read_derived(text: object) -> DerivedValue:
    """Read the proof value of a derived proof (3.5.8).

    Raises:
        MalformedValue: The text is something else, names an index twice, or gives two blank nodes one label.
    """
    reader = _Reader.of(text, _DERIVED, "derived")
    value = DerivedValue(
        signature=reader.octets(_SIGNATURE),
        public_key=reader.public_key(),
        signatures=reader.array(lambda: reader.octets(_SIGNATURE)),
        labels=reader.labels(),
        mandatory_indexes=reader.array(lambda: reader.head(_UNSIGNED)),
    )
    reader.end()
    if len(set(value.mandatory_indexes)) < len(value.mandatory_indexes):
        raise MalformedValue("the proof value names a mandatory statement twice")
    return value


class _Reader:
    """Reads CBOR of known shape from the front."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    @classmethod
    def of(cls, text: object, header: bytes, kind: str) -> _Reader:
        """Return a reader behind the header and the head of the array of five."""
        if not isinstance(text, str):
            raise MalformedValue("proofValue is a text that begins with u")
        try:
            data = multibase.decode(text, multibase.Base.BASE64URL)
        except multibase.MalformedMultibase as error:
            raise MalformedValue(str(error)) from None
        if not data.startswith(header):
            raise MalformedValue(f"the proof value does not begin with the header of a {kind} proof, {header.hex(' ')}")
        reader = cls(data[len(header) :])
        if reader.head(_ARRAY) != _PARTS:
            raise MalformedValue(f"the proof value is no array of {_PARTS}")
        return reader

    def head(self, major: int) -> int:
        """Return the argument of the next item, which has to be of a major type."""
        first = self._take(1)[0]
        info = first & 0x1F
        if first >> 5 != major or (info > _SMALL and info not in _WIDTHS):
            raise MalformedValue(f"an item of the proof value is not what belongs there (byte {first:#04x})")
        return info if info <= _SMALL else int.from_bytes(self._take(_WIDTHS[info]), "big")

    def octets(self, length: int) -> bytes:
        """Return the next byte string, which has to be of a length."""
        found = self.head(_BYTES)
        if found != length:
            raise MalformedValue(f"a part of the proof value has {found} bytes; expected are {length}")
        return self._take(length)

    def text(self) -> str:
        """Return the next text."""
        try:
            return self._take(self.head(_TEXT)).decode()
        except UnicodeDecodeError:
            raise MalformedValue("a text of the proof value is no UTF-8") from None

    def array(self, entry: Callable[[], _Entry]) -> tuple[_Entry, ...]:
        """Return the next array."""
        return tuple(entry() for _ in range(self._count(_ARRAY)))

    def labels(self) -> dict[str, str]:
        """Return the next map, of label numbers to HMACs, as labels."""
        labels: dict[str, str] = {}
        for _ in range(self._count(_MAP)):
            name = f"c14n{self.head(_UNSIGNED)}"
            label = multibase.encode(self.octets(_HASH), multibase.Base.BASE64URL)
            if name in labels or label in labels.values():
                raise MalformedValue("the label map of the proof value merges blank nodes")
            labels[name] = label
        return labels

    def public_key(self) -> PublicKey:
        """Return the next byte string as P-256 key."""
        try:
            code, raw = multibase.split_multicodec(self.octets(35))
            if code != _P256_PUBLIC:
                raise MalformedValue("the key of the proof value is no P-256 key")
            return PublicKey(type=KeyType.P256, raw=raw)
        except (multibase.MalformedMultibase, UnusableKey) as error:
            raise MalformedValue(f"the key of the proof value is unusable: {error}") from None

    def end(self) -> None:
        """Refuse anything behind the last item."""
        if self._at != len(self._data):
            raise MalformedValue("there is something behind the end of the proof value")

    def _count(self, major: int) -> int:
        count = self.head(major)
        if count > len(self._data) - self._at:
            raise MalformedValue("the proof value ends too early")
        return count

    def _take(self, length: int) -> bytes:
        part = self._data[self._at : self._at + length]
        if len(part) < length:
            raise MalformedValue("the proof value ends too early")
        self._at += length
        return part


def _head(major: int, argument: int) -> bytes:
    if argument <= _SMALL:
        return bytes([major << 5 | argument])
    info, width = next((info, width) for info, width in _WIDTHS.items() if argument < 1 << 8 * width)
    return bytes([major << 5 | info]) + argument.to_bytes(width, "big")


def _bytes(data: bytes) -> bytes:
    return _head(_BYTES, len(data)) + data


def _text(text: str) -> bytes:
    return _head(_TEXT, len(text.encode())) + text.encode()


def _array(parts: list[bytes] | tuple[bytes, ...]) -> bytes:
    return _head(_ARRAY, len(parts)) + b"".join(parts)
