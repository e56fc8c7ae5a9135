"""Multibase, base64url and multicodec prefixes, read strictly: one value has one text.

Multibase: Controlled Identifiers 1.0, 2.4. Base64url: RFC 7515, 2. Varint: https://github.com/multiformats/unsigned-varint.
"""

from __future__ import annotations

import base64
import binascii
import enum
import re

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_DIGITS = {letter: value for value, letter in enumerate(_BASE58)}
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*", re.ASCII)
#: Reading base58 takes time that grows with the square of its length; the longest real value, an RSA key of 8192 bits, has 1,450.
_LONGEST_BASE58 = 4096
#: Bits of the longest varint that the specification of unsigned varints allows.
_VARINT_BITS = 63
_MORE = 0x80
_SEVEN_BITS = 0x7F


class MalformedMultibase(ValueError):  # noqa: N818 - what is wrong with the text, in words for a person
    """The text is not the one legal text of any bytes."""


class Base(enum.Enum):
    """The two bases that the standards use, by their prefix."""

    BASE58BTC = "z"
    BASE64URL = "u"


def encode(data: bytes, base: Base) -> str:
    """Return the multibase text of the bytes, prefix included."""
    text = encode_base58(data) if base is Base.BASE58BTC else encode_base64url(data)
    return base.value + text


def decode(text: str, base: Base) -> bytes:
    """Return the bytes of a multibase text that has to be in the given base.

    Raises:
        MalformedMultibase: The prefix, the alphabet or the length is not that of the base.
    """
    if not text.startswith(base.value):
        found = f"it begins with {text[:1]!r}" if text else "it is empty"
        raise MalformedMultibase(f"a multibase text in {base.name.lower()} begins with {base.value!r}; {found}")
    return decode_base58(text[1:]) if base is Base.BASE58BTC else decode_base64url(text[1:])


def encode_base58(data: bytes) -> str:
    """Return the bytes in base58btc, without prefix; leading zero bytes are leading ``1``."""
    number = int.from_bytes(data, "big")
    letters = []
    while number:
        number, digit = divmod(number, 58)
        letters.append(_BASE58[digit])
    zeros = len(data) - len(data.lstrip(b"\0"))
    return "1" * zeros + "".join(reversed(letters))


def decode_base58(text: str) -> bytes:
    """Return the bytes of a base58btc text without prefix.

    Raises:
        MalformedMultibase: The text has a letter outside the alphabet, or is longer than anything that is written so.
    """
    if len(text) > _LONGEST_BASE58:
        raise MalformedMultibase(f"a base58 text of {len(text)} letters is too long; the limit is {_LONGEST_BASE58}")
    number = 0
    for position, letter in enumerate(text, 1):
        if letter not in _DIGITS:
            raise MalformedMultibase(f"{letter!r} at place {position} is not in the base58btc alphabet")
        number = number * 58 + _DIGITS[letter]
    zeros = len(text) - len(text.lstrip("1"))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode_base64url(data: bytes) -> str:
    """Return the bytes in base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_base64url(text: str) -> bytes:
    """Return the bytes of a base64url text without padding (RFC 7515, 2).

    Raises:
        MalformedMultibase: Padding, letters of another alphabet, an impossible length, or unused bits that are not zero.
    """
    if "=" in text:
        raise MalformedMultibase("base64url is written without padding; remove the = signs")
    if not _BASE64URL.fullmatch(text):
        raise MalformedMultibase("the text has letters outside the base64url alphabet (A-Z, a-z, 0-9, - and _)")
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise MalformedMultibase(f"no bytes have a base64url text of {len(text)} letters") from None
    if encode_base64url(data) != text:
        raise MalformedMultibase("the last letter of the base64url text has unused bits that are not zero")
    return data


def with_multicodec(code: int, data: bytes) -> bytes:
    """Return the bytes behind the varint of a multicodec code, for example ``0xed`` for an Ed25519 public key."""
    prefix = bytearray()
    while code > _SEVEN_BITS:
        prefix.append(code & _SEVEN_BITS | _MORE)
        code >>= 7
    prefix.append(code)
    return bytes(prefix) + data


def split_multicodec(data: bytes) -> tuple[int, bytes]:
    """Return the multicodec code and the bytes behind it.

    Raises:
        MalformedMultibase: The varint does not end, is longer than nine bytes, or is not the shortest of its value.
    """
    code = 0
    for position, byte in enumerate(data[: _VARINT_BITS // 7]):
        code |= (byte & _SEVEN_BITS) << 7 * position
        if byte & _MORE:
            continue
        if position and not byte:
            raise MalformedMultibase("the multicodec prefix is not written in its shortest form")
        return code, data[position + 1 :]
    raise MalformedMultibase("the multicodec prefix does not end")
