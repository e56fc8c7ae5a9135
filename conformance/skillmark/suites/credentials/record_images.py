"""Learner records in images, at the places that CLR 2.0 has for them; the verifier knows those of Open Badges."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from skillmark_reference.credentials.baking import ImageFormat, UnusableImage
from skillmark_reference.credentials.baking.embedding import format_of
from skillmark_reference.credentials.baking.images import MOST_TEXT
from skillmark_reference.credentials.baking.png import parse

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYWORD = "clrcredential"
NAMESPACE = "https://purl.imsglobal.org/clr/v2p0"
_FLAGS = 2


def baked_records(image: bytes) -> list[str]:
    """Return the texts at the place of a record in an image; empty where there is none.

    Raises:
        UnusableImage: The bytes are neither PNG nor SVG.
    """
    if format_of(image) is ImageFormat.PNG:
        return [text for text, _ in chunks(image)]
    return list(_elements(image))


def chunks(image: bytes) -> Iterator[tuple[str, bool]]:
    """Yield the text of each iTXt chunk of a record, and whether it was compressed."""
    for chunk in parse(image):
        keyword, _, rest = chunk.data.partition(b"\0")
        if chunk.type != b"iTXt" or keyword != KEYWORD.encode() or len(rest) < _FLAGS:
            continue
        _, _, text = rest[_FLAGS:].partition(b"\0")[2].partition(b"\0")
        is_compressed = rest[0] == 1
        yield (_unpacked(text) if is_compressed else text).decode("utf-8", "replace"), is_compressed


def _unpacked(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MOST_TEXT)
    except zlib.error:
        return b""


def _elements(image: bytes) -> Iterator[str]:
    try:
        root = fromstring(image.decode("utf-8", "replace"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError):
        return
    for element in root.iter(f"{{{NAMESPACE}}}credential"):
        yield (element.get("verify") or element.text or "").strip()


__all__ = ["KEYWORD", "NAMESPACE", "UnusableImage", "baked_records", "chunks"]
