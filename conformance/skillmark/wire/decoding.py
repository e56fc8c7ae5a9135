"""Undoing a content encoding, no further than a limit."""

from __future__ import annotations

import zlib

_GZIP = 16 + zlib.MAX_WBITS
_GZIP_START = b"\x1f"
#: Bytes that one step may bring forth, so that a bomb is noticed before it fills the memory.
_STEP = 2**20
_MOST_LAYERS = 2


class BrokenEncoding(Exception):  # noqa: N818 - what the body is, in words for the report
    """The body is not what Content-Encoding says."""


class TooLarge(Exception):  # noqa: N818 - as above
    """The decoded body is larger than the limit."""


class BodyReader:
    """Collects the decoded body of one answer."""

    def __init__(self, encodings: str, *, limit: int) -> None:
        """Prepare for the value of a Content-Encoding header.

        Raises:
            BrokenEncoding: the encoding was not asked for.
        """
        names = [name.strip().lower() for name in encodings.split(",") if name.strip().lower() not in {"", "identity"}]
        unknown = [name for name in names if name not in {"gzip", "x-gzip", "deflate"}]
        if unknown:
            raise BrokenEncoding(f"Content-Encoding {unknown[0][:40]!r} was not asked for")
        if len(names) > _MOST_LAYERS:
            raise BrokenEncoding(f"Content-Encoding names {len(names)} layers")
        self._layers = [_Layer(is_gzip=name != "deflate") for name in names]
        self._limit = limit
        self._parts: list[bytes] = []
        #: Bytes so far.
        self.size = 0

    def feed(self, chunk: bytes) -> None:
        """Take some bytes as they came over the wire.

        Raises:
            BrokenEncoding: they cannot be decoded.
            TooLarge: the body has grown beyond the limit; what fits is kept.
        """
        if self._layers:
            self._decode(chunk, depth=len(self._layers) - 1)
        else:
            self._keep(chunk)

    def finish(self) -> None:
        """Say that the body is complete.

        Raises:
            BrokenEncoding: the encoded data is not.
        """
        if any(not layer.is_complete for layer in self._layers):
            raise BrokenEncoding("the compressed data ends early")

    @property
    def body(self) -> bytes:
        """What was collected."""
        if len(self._parts) > 1:
            self._parts = [b"".join(self._parts)]
        return self._parts[0] if self._parts else b""

    def _decode(self, chunk: bytes, *, depth: int) -> None:
        for piece in self._layers[depth].decoded(chunk):
            if depth:
                self._decode(piece, depth=depth - 1)
            else:
                self._keep(piece)

    def _keep(self, piece: bytes) -> None:
        room = self._limit - self.size
        self._parts.append(piece[:room])
        self.size += min(len(piece), room)
        if len(piece) > room:
            raise TooLarge(f"more than {self._limit:,} bytes")


class _Layer:
    """One gzip or deflate encoding; gzip may have several members."""

    def __init__(self, *, is_gzip: bool) -> None:
        self._is_gzip = is_gzip
        self._decoder = zlib.decompressobj(_GZIP if is_gzip else zlib.MAX_WBITS)
        self._started = False

    @property
    def is_complete(self) -> bool:
        return self._decoder.eof or not self._started

    def decoded(self, chunk: bytes) -> _Pieces:
        if not self._started and chunk:
            self._started = True
            # Half of the world sends deflate without the zlib header that its definition asks for.
            if not self._is_gzip and (chunk[0] & 0x0F) != zlib.DEFLATED:
                self._decoder = zlib.decompressobj(-zlib.MAX_WBITS)
        return _Pieces(self, chunk)

    def step(self, data: bytes) -> tuple[bytes, bytes]:
        """Return some decoded bytes and the data that is left; what follows the end and is no further member is dropped."""
        if self._decoder.eof:
            if not self._is_gzip or data[:1] != _GZIP_START:
                return b"", b""
            self._decoder = zlib.decompressobj(_GZIP)
        try:
            piece = self._decoder.decompress(data, _STEP)
        except zlib.error as error:
            raise BrokenEncoding(f"the compressed data is broken ({error})") from error
        return piece, self._decoder.unused_data if self._decoder.eof else self._decoder.unconsumed_tail


class _Pieces:
    """The decoded pieces of one chunk, each no larger than a step."""

    def __init__(self, layer: _Layer, chunk: bytes) -> None:
        self._layer = layer
        self._data = chunk

    def __iter__(self) -> _Pieces:
        return self

    def __next__(self) -> bytes:
        while self._data:
            piece, self._data = self._layer.step(self._data)
            if piece:
                return piece
        raise StopIteration
