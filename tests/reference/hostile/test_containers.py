"""Hostile containers: what unpacks to more than it looks like, in images, status lists and tokens."""

from __future__ import annotations

import gzip
import struct
import tracemalloc
import zlib
from typing import Any

import pytest
from tests.reference.credentials.surroundings import (
    LIST,
    SCHOOL,
    badge,
    carelessly_signed,
    changed,
    check,
    signed,
    status_entry,
    unknown,
    unsigned_list,
)

from skillmark_reference.credentials.baking import UnusableImage, find_baked
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Verdict
from skillmark_reference.securing import multibase

Record = dict[str, Any]

MEBIBYTE = 2**20
#: Far below what the bombs hold, far above what a reader needs.
MOST_MEMORY = 64 * MEBIBYTE


def peak_of(action: Any) -> tuple[Any, int]:  # noqa: ANN401 - any function
    """Return what a function returns, and the most memory that it took."""
    tracemalloc.start()
    try:
        return action(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


# Status lists


def packed(encoded: bytes) -> str:
    return multibase.encode(encoded, multibase.Base.BASE64URL)


@pytest.mark.parametrize(
    "encoded",
    [
        gzip.compress(bytes(512 * MEBIBYTE), 1),
        gzip.compress(bytes(MEBIBYTE)) * 500,
        gzip.compress(bytes(16 * 2**10))[:-9],
        zlib.compress(bytes(16 * 2**10)),
        b"PK\x03\x04" + bytes(100),
        b"",
    ],
    ids=["bomb", "many members", "cut off", "zlib", "zip", "nothing"],
)
def test_status_lists_that_unpack(encoded: bytes) -> None:
    """A list expands to a fixed limit and no further; whatever is in it otherwise, the status cannot be told."""
    listed = changed(unsigned_list(), "/credentialSubject/encodedList", packed(encoded))
    made, held = signed(badge(credentialStatus=status_entry())), carelessly_signed(listed)
    found, peak = peak_of(lambda: check(made, {LIST: held}))
    assert (Verdict.UNVERIFIABLE, [Subject.STATUS]) == unknown(found)
    assert MOST_MEMORY > peak


# Images


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes) -> bytes:
    """Return a PNG image with some chunks between the first and the last."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\x00\x00"))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + pixels + chunk(b"IEND", b"")


def compressed_text(keyword: bytes, text: bytes) -> bytes:
    return chunk(b"iTXt", keyword + b"\x00\x01\x00\x00\x00" + zlib.compress(text))


LAUGHS = "".join(f'<!ENTITY a{level} "{f"&a{level - 1};" * 10}">' for level in range(1, 10))
SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0">{}</svg>'
CREDENTIAL = '<openbadges:credential verify="{}"></openbadges:credential>'


@pytest.mark.parametrize(
    "image",
    [
        png(compressed_text(b"openbadgecredential", b"{" * (256 * MEBIBYTE))),
        png(*(compressed_text(b"openbadgecredential", b"x" * MEBIBYTE) for _ in range(200))),
        png(chunk(b"zTXt", b"openbadgecredential\x00\x00" + zlib.compress(b"{" * (256 * MEBIBYTE)))),
        b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 2**31 - 1) + b"iTXt",
        f'<!DOCTYPE svg [<!ENTITY a0 "ha">{LAUGHS}]>{SVG.format(CREDENTIAL.format("&a9;"))}'.encode(),
        f'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>{SVG.format(CREDENTIAL.format("&x;"))}'.encode(),
        f'<!DOCTYPE svg SYSTEM "https://elsewhere.example/x.dtd">{SVG.format("")}'.encode(),
        (SVG.format("<g>" * 100_000 + "</g>" * 100_000)).encode(),
        SVG.format(CREDENTIAL.format("x" * (40 * MEBIBYTE))).encode(),
    ],
    ids=["bomb", "many", "zTXt", "length", "laughs", "file", "dtd", "depth", "long"],
)
def test_images_that_unpack(image: bytes) -> None:
    """Images are read within limits of memory; entities are never replaced, and nothing outside is opened."""

    def read() -> str:
        try:
            return " ".join(each.text for each in find_baked(image))
        except UnusableImage as error:
            return f"refused: {error}"

    said, peak = peak_of(read)
    assert said == "" or said.startswith("refused")
    assert MOST_MEMORY + len(image) > peak


# Tokens


def test_tokens_that_say_that_they_are_compressed() -> None:
    """A payload is never unpacked: ``zip`` in a header is a member that is not allowed (RFC 7516 has it, RFC 7515 does not)."""
    payload = zlib.compress(b"{" * (64 * MEBIBYTE))
    header = b'{"alg":"EdDSA","zip":"DEF","kid":"' + SCHOOL.verification_method.encode() + b'"}'
    signing_input = ".".join(multibase.encode_base64url(each) for each in (header, payload))
    token = f"{signing_input}.{multibase.encode_base64url(SCHOOL.key.sign(signing_input.encode()))}"
    found, peak = peak_of(lambda: check(token))
    assert (Verdict.INVALID, True) == (found.verdict, peak < MOST_MEMORY)
