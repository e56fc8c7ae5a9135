"""Undoing the content encoding of an answer, no further than a limit."""

from __future__ import annotations

import zlib

from skillmark_reference.documents.records import Refused, Unusable
from skillmark_reference.securing.quoting import quoted

#: The one encoding that is asked for.
ENCODING = "gzip"
_GZIP = 16 + zlib.MAX_WBITS
_MOST_MEMBERS = 8


class BodyReader:
    """Collects the body of one answer, and stops where it grows beyond the limit; memory never holds more.

    Raises:
        Unusable: The encoding was not asked for (RFC 9110, 8.4).
    """

    def __init__(self, content_encoding: str, *, limit: int) -> None:
        names = [name for part in content_encoding.split(",") if (name := part.strip().lower()) not in {"", "identity"}]
        if names not in ([], [ENCODING], ["x-gzip"]):
            raise Unusable(f"Content-Encoding {quoted(content_encoding)} was not asked for; expected is {ENCODING}")
        self._limit = limit
        self._gzip = _Gzip() if names else None
        self._body = bytearray()
        self._received = 0

    def feed(self, chunk: bytes) -> None:
        """Take some bytes as they came over the wire.

        Raises:
            Refused: The body is larger than the limit, before or after decompression.
            Unusable: It cannot be decompressed.
        """
        self._received += len(chunk)
        if self._received > self._limit:
            raise self._too_large()
        if self._gzip is None:
            self._body += chunk
        else:
            self._inflate(self._gzip, chunk)

    def finish(self) -> bytes:
        """Return the complete body.

        Raises:
            Unusable: The compressed data ends early.
        """
        if self._gzip is not None and self._received and not self._gzip.is_complete:
            raise Unusable("the compressed body ends early")
        return bytes(self._body)

    def _inflate(self, layer: _Gzip, data: bytes) -> None:
        while data:
            room = self._limit - len(self._body)
            piece, data = layer.step(data, room + 1)
            if len(piece) > room:
                raise self._too_large()
            self._body += piece

    def _too_large(self) -> Refused:
        return Refused(f"the document is larger than {self._limit:,} bytes, the limit for its kind")


class _Gzip:
    """A GZIP, which may have several members (RFC 1952, 2.2)."""

    def __init__(self) -> None:
        self._decoder = zlib.decompressobj(_GZIP)
        self._members = 1

    @property
    def is_complete(self) -> bool:
        return self._decoder.eof

    def step(self, data: bytes, most: int) -> tuple[bytes, bytes]:
        """Return some decompressed bytes, no more than stated, and the data that is left."""
        if self._decoder.eof:
            self._begin_member()
        try:
            piece = self._decoder.decompress(data, most)
        except zlib.error as error:
            raise Unusable(f"the body is not the {ENCODING} that Content-Encoding states: {error}") from None
        return piece, self._decoder.unused_data if self._decoder.eof else self._decoder.unconsumed_tail

    def _begin_member(self) -> None:
        self._members += 1
        if self._members > _MOST_MEMBERS:
            raise Unusable(f"the compressed body has more than {_MOST_MEMBERS} parts")
        self._decoder = zlib.decompressobj(_GZIP)
