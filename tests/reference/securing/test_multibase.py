"""Multibase, base64url and multicodec prefixes: what is written is read, and everything else is refused."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skillmark_reference.securing import multibase
from skillmark_reference.securing.multibase import Base, MalformedMultibase

bases = pytest.mark.parametrize("base", Base)

#: The first three: https://github.com/multiformats/multibase, tests.
BASE58 = {
    b"": "",
    b"\x00yes mani !": "17paNL19xttacUY",
    b"\x00\x00yes mani !": "117paNL19xttacUY",
    b"Decentralize everything!!": "UXE7GvtEk8XTXs1GF8HSGbVA9FCX9SEBPe",
    b"\x00\x00\x00": "111",
}
BASE64URL = {
    b"": "",
    b"f": "Zg",
    b"fo": "Zm8",
    b"foo": "Zm9v",
    b"\xfb\xff": "-_8",
    b"Decentralize everything!!": "RGVjZW50cmFsaXplIGV2ZXJ5dGhpbmchIQ",
}


@pytest.mark.parametrize(("data", "text"), BASE58.items())
def test_base58_is_written_as_published(data: bytes, text: str) -> None:
    """The published texts are written and read; leading zero bytes are leading ones."""
    assert text == multibase.encode_base58(data)
    assert data == multibase.decode_base58(text)


@pytest.mark.parametrize(("data", "text"), BASE64URL.items())
def test_base64url_is_written_as_published(data: bytes, text: str) -> None:
    """The published texts are written and read, without padding."""
    assert text == multibase.encode_base64url(data)
    assert data == multibase.decode_base64url(text)


@bases
@given(data=st.binary(max_size=100))
@settings(max_examples=40, deadline=None)
def test_what_is_written_is_read(base: Base, data: bytes) -> None:
    """Reading undoes writing, for all bytes."""
    assert data == multibase.decode(multibase.encode(data, base), base)


@bases
@given(text=st.text("-_=+/019AZalzO \n", max_size=12))
@settings(max_examples=100, deadline=None)
def test_what_is_read_has_no_second_text(base: Base, text: str) -> None:
    """A text is either refused or the one that its bytes are written as."""
    try:
        data = multibase.decode(base.value + text, base)
    except MalformedMultibase:
        return
    assert base.value + text == multibase.encode(data, base)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "it is empty"),
        ("6MkrJVn", "begins with 'z'"),
        ("uZm9v", "begins with 'z'"),
        ("Z6MkrJVn", "begins with 'z'"),
        ("z6Mk0JVn", "'0' at place 4"),
        ("z6MkIJVn", "'I' at place 4"),
        ("z6MklJVn", "'l' at place 4"),
        ("z6MkOJVn", "'O' at place 4"),
        ("z6MkrJVn ", "' ' at place 8"),
        ("z6MkrJVn\u0663", "at place 8"),
        ("z" + "2" * 5000, "too long"),
    ],
)
def test_other_texts_are_no_base58(text: str, reason: str) -> None:
    """A healthy text is read; without its prefix, with a letter of another alphabet, or beyond the limit, it is refused."""
    assert multibase.decode("z6MkrJVn", Base.BASE58BTC)
    with pytest.raises(MalformedMultibase, match=reason):
        multibase.decode(text, Base.BASE58BTC)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Zm8", "begins with 'u'"),
        ("uZm8=", "without padding"),
        ("uZm+8", "outside the base64url alphabet"),
        ("uZm/8", "outside the base64url alphabet"),
        ("uZm 8", "outside the base64url alphabet"),
        ("uZm8\n", "outside the base64url alphabet"),
        ("uZm8é", "outside the base64url alphabet"),
        ("uZ", "no bytes have"),
        ("uZm9vZ", "no bytes have"),
        ("uZm9", "unused bits"),
        ("uZh", "unused bits"),
    ],
)
def test_other_texts_are_no_base64url(text: str, reason: str) -> None:
    """A healthy text is read; with padding, another alphabet, an impossible length or unused bits, it is refused."""
    assert b"fo" == multibase.decode("uZm8", Base.BASE64URL)
    with pytest.raises(MalformedMultibase, match=reason):
        multibase.decode(text, Base.BASE64URL)


@given(code=st.integers(0, 2**63 - 1), data=st.binary(max_size=8))
@settings(max_examples=60, deadline=None)
def test_multicodec_prefixes_come_back(code: int, data: bytes) -> None:
    """Every code of up to 63 bits comes back, with what follows it."""
    assert (code, data) == multibase.split_multicodec(multibase.with_multicodec(code, data))


@pytest.mark.parametrize(
    ("code", "prefix"),
    [(0xED, "ed01"), (0xE7, "e701"), (0x1200, "8024"), (0x1205, "8524"), (0x1300, "8026"), (0x12, "12")],
)
def test_prefixes_are_those_of_the_table(code: int, prefix: str) -> None:
    """The varints are those that Controlled Identifiers and did:key print."""
    assert prefix == multibase.with_multicodec(code, b"").hex()


@pytest.mark.parametrize(
    ("prefix", "reason"),
    [
        ("", "does not end"),
        ("ed", "does not end"),
        ("ed8100", "shortest"),
        ("8000", "shortest"),
        ("ff" * 9 + "01", "end"),
    ],
)
def test_other_prefixes_are_refused(prefix: str, reason: str) -> None:
    """A varint that does not end, is longer than nine bytes or than it has to be, is refused."""
    assert (0xED, b"") == multibase.split_multicodec(bytes.fromhex("ed01"))
    with pytest.raises(MalformedMultibase, match=reason):
        multibase.split_multicodec(bytes.fromhex(prefix))
