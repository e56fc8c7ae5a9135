"""Credentials in PNG: one uncompressed iTXt chunk (Open Badges 3.0, 5.3.1; CLR 2.0; Portable Network Graphics, 5 and 11.3)."""

from __future__ import annotations

import dataclasses
import struct
import zlib
from typing import TYPE_CHECKING

from skillmark_reference.credentials.baking.images import (
    MOST_TEXT,
    BakingVersion,
    Departure,
    Finding,
    ImageProblem,
    UnusableImage,
)
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: The first bytes of every PNG (5.2).
SIGNATURE = b"\x89PNG\r\n\x1a\n"
#: Length and type before the data of a chunk, the checksum behind it (5.3).
_HEAD, _TAIL = 8, 4
_MOST_CHUNKS = 10_000
_LONGEST_CHUNK = 2**31 - 1
#: Bit depths by colour type (11.2.1).
_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}
_INDEXED = 3
_GREYSCALE = frozenset({0, 4})
_COLOUR, _MOST_COLOURS = 3, 256
_CRITICAL = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND"})
#: The bit of a letter that makes it lower case: in the first one an ancillary chunk, in the third one no chunk of today (5.4).
_LOWER = 0x20
_STEP = 2**16


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """One chunk (5.3)."""

    type: bytes
    data: bytes
    #: The whole of it, as it stands in the file.
    raw: bytes


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Text:
    """An iTXt chunk (11.3.3.4), not yet unpacked."""

    keyword: bytes
    is_compressed: bool
    data: bytes


def read(image: bytes) -> list[Finding]:
    """Return the text of every version that is baked into a PNG; the first one of each version counts.

    Raises:
        UnusableImage: The bytes are no PNG, the text is malformed, or something in the image unpacks to too much.
    """
    chunks = parse(image)
    _refuse_bombs(chunks)
    findings = (_finding(chunks, version) for version in BakingVersion)
    return [finding for finding in findings if finding is not None]


def write(image: bytes, text: str, *, version: BakingVersion, replace: bool) -> bytes:
    """Return a PNG with a text at the place of a version; everything else stays, byte for byte.

    Raises:
        UnusableImage: The bytes are no PNG, or there is such a text already and it may not be replaced.
    """
    chunks = parse(image)
    others = [chunk for chunk in chunks if not _is_place(chunk, version)]
    if len(others) < len(chunks) and not replace:
        raise UnusableImage(ImageProblem.ALREADY_BAKED, f"the image has a credential of {version.value} already")
    keyword = version.place.keyword.encode("latin-1")
    baked = _encoded(b"iTXt", keyword + b"\0\0\0\0\0" + text.encode("utf-8"))
    header, *rest = others
    return SIGNATURE + header.raw + baked + b"".join(chunk.raw for chunk in rest)


def parse(image: bytes) -> list[Chunk]:
    """Return the chunks of a PNG.

    Raises:
        UnusableImage: The signature, a checksum, a length, or the order of the critical chunks is wrong.
    """
    if not image.startswith(SIGNATURE):
        raise UnusableImage(ImageProblem.NOT_AN_IMAGE, "the first bytes are not those of a PNG")
    chunks = list(_chunks(image))
    _check_header(chunks[0])
    _check_order(chunks)
    _check_palette(chunks)
    return chunks


def _chunks(image: bytes) -> Iterator[Chunk]:
    position = len(SIGNATURE)
    for _ in range(_MOST_CHUNKS):
        chunk = _chunk(image, position)
        yield chunk
        position += len(chunk.raw)
        if chunk.type == b"IEND":
            break
    else:
        raise UnusableImage(ImageProblem.TOO_LARGE, f"the image has more than {_MOST_CHUNKS:,} chunks")
    if position != len(image):
        message = f"{len(image) - position:,} bytes follow the end of the image"
        raise UnusableImage(ImageProblem.TRAILING_DATA, message)


def _chunk(image: bytes, position: int) -> Chunk:
    if len(image) < position + _HEAD + _TAIL:
        raise UnusableImage(ImageProblem.TRUNCATED, f"the image ends at byte {len(image):,} without the chunk IEND")
    length, kind = struct.unpack_from(">I4s", image, position)
    if length > _LONGEST_CHUNK or not kind.isalpha() or kind[2] & _LOWER:
        message = f"byte {position:,} begins no chunk: length {length:,}, type {quoted(kind)}"
        raise UnusableImage(ImageProblem.MALFORMED_CHUNK, message)
    end = position + _HEAD + length
    if len(image) < end + _TAIL:
        message = f"the chunk {kind.decode()} at byte {position:,} has {length:,} bytes; the image ends before"
        raise UnusableImage(ImageProblem.TRUNCATED, message)
    if zlib.crc32(image[position + 4 : end]) != int.from_bytes(image[end : end + _TAIL], "big"):
        message = f"the checksum of the chunk {kind.decode()} at byte {position:,} is wrong"
        raise UnusableImage(ImageProblem.WRONG_CHECKSUM, message)
    if kind not in _CRITICAL and not kind[0] & _LOWER:
        message = f"nobody knows the chunk {kind.decode()}, without which the image cannot be shown"
        raise UnusableImage(ImageProblem.UNKNOWN_CHUNK, message)
    return Chunk(type=kind, data=image[position + _HEAD : end], raw=image[position : end + _TAIL])


def _check_header(chunk: Chunk) -> None:
    if chunk.type != b"IHDR":
        raise UnusableImage(ImageProblem.WRONG_ORDER, f"the first chunk is {chunk.type.decode()}; expected is IHDR")
    try:
        width, height, depth, colour, compression, filtering, interlacing = struct.unpack(">IIBBBBB", chunk.data)
    except struct.error:
        message = f"IHDR has {len(chunk.data)} bytes; expected are 13"
        raise UnusableImage(ImageProblem.MALFORMED_CHUNK, message) from None
    is_sound = 0 < width <= _LONGEST_CHUNK and 0 < height <= _LONGEST_CHUNK and depth in _DEPTHS.get(colour, ())
    if not is_sound or compression or filtering or interlacing > 1:
        raise UnusableImage(ImageProblem.MALFORMED_CHUNK, "IHDR has values that no PNG has")


def _check_order(chunks: list[Chunk]) -> None:
    """Check the critical chunks: header, palette, data without a gap, end (5.6)."""
    types = [chunk.type for chunk in chunks]
    first = types.index(b"IDAT") if b"IDAT" in types else len(types)
    is_ordered = (
        types.count(b"IHDR") == 1
        and types.count(b"PLTE") == types[:first].count(b"PLTE") <= 1
        and set(types[first : first + types.count(b"IDAT")]) == {b"IDAT"}
        and not chunks[-1].data
    )
    if not is_ordered:
        message = "expected are IHDR, at most one PLTE, IDAT chunks without others in between, and an empty IEND"
        raise UnusableImage(ImageProblem.WRONG_ORDER, message)


def _check_palette(chunks: list[Chunk]) -> None:
    colour = chunks[0].data[9]
    palette = next((chunk.data for chunk in chunks if chunk.type == b"PLTE"), None)
    if palette is None:
        is_sound = colour != _INDEXED
    else:
        is_sound = colour not in _GREYSCALE and not len(palette) % _COLOUR and len(palette) <= _COLOUR * _MOST_COLOURS
    if not is_sound or palette == b"":
        raise UnusableImage(ImageProblem.MALFORMED_CHUNK, f"the palette does not fit the colour type {colour}")


# Text


def _finding(chunks: Iterable[Chunk], version: BakingVersion) -> Finding | None:
    places = [chunk for chunk in chunks if _is_place(chunk, version)]
    if not places:
        return None
    text = _text_of(places[0].data)
    if text is None:
        message = "the iTXt chunk of the credential is malformed"
        raise UnusableImage(ImageProblem.MALFORMED_TEXT, message)
    departures = {Departure.SEVERAL: len(places) > 1, Departure.COMPRESSED: text.is_compressed}
    return Finding(
        text=_decoded(text),
        version=version,
        departures=tuple(departure for departure, is_true in departures.items() if is_true),
    )


def _is_place(chunk: Chunk, version: BakingVersion) -> bool:
    return chunk.type == b"iTXt" and chunk.data.startswith(version.place.keyword.encode("latin-1") + b"\0")


def _text_of(data: bytes) -> _Text | None:
    """Take an iTXt chunk apart: keyword, flag, method, language, translated keyword, text; nothing where it is none."""
    keyword, _, rest = data.partition(b"\0")
    _, first, rest_of_language = rest[2:].partition(b"\0")
    _, second, text = rest_of_language.partition(b"\0")
    if not first or not second or rest[0] > 1 or rest[1] != 0:
        return None
    return _Text(keyword=keyword, is_compressed=rest[0] == 1, data=text)


def _decoded(text: _Text) -> str:
    try:
        data = b"".join(_inflated(text.data)) if text.is_compressed else text.data
        decoded = data.decode("utf-8")
    except (zlib.error, UnicodeDecodeError) as error:
        message = f"the text of the credential cannot be read: {error}"
        raise UnusableImage(ImageProblem.MALFORMED_TEXT, message) from None
    if "\0" in decoded:
        raise UnusableImage(ImageProblem.MALFORMED_TEXT, "the text of the credential has a null character")
    return decoded


def _refuse_bombs(chunks: Iterable[Chunk]) -> None:
    """Unpack what is packed beside the pixels, in small pieces and into nothing, up to the limit for all of it."""
    total = 0
    for chunk in chunks:
        try:
            for piece in _inflated(_packed(chunk)):
                total += len(piece)
                if total > MOST_TEXT:
                    message = f"text in the image unpacks to more than {MOST_TEXT:,} bytes"
                    raise UnusableImage(ImageProblem.TOO_COMPRESSED, message)
        except zlib.error:
            continue


def _packed(chunk: Chunk) -> bytes:
    """Return what a zTXt, an iCCP or an iTXt chunk has compressed."""
    if chunk.type in {b"zTXt", b"iCCP"}:
        return chunk.data.partition(b"\0")[2][1:]
    text = _text_of(chunk.data) if chunk.type == b"iTXt" else None
    return text.data if text is not None and text.is_compressed else b""


def _inflated(data: bytes) -> Iterator[bytes]:
    """Yield what zlib has compressed in small pieces; a stream that ends early is an error."""
    if not data:
        return
    decoder = zlib.decompressobj()
    while not decoder.eof:
        piece = decoder.decompress(data, _STEP)
        data = decoder.unconsumed_tail
        if not piece and not data and not decoder.eof:
            raise zlib.error("the compressed text ends early")
        yield piece


def _encoded(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")
