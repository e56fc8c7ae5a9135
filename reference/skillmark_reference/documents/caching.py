"""Copies of documents, for as long as they count: in memory, and in a folder where the caller names one."""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import datetime
import hashlib
import json
import os
import re
import tempfile
import threading
from typing import TYPE_CHECKING, Any

from skillmark_reference.documents.records import Source

if TYPE_CHECKING:
    from pathlib import Path

    from skillmark_reference.documents.kinds import DocumentKind

#: All copies in memory together.
_MOST_BYTES = 64 * 2**20
#: The first line of a file, which says what the rest of it is.
_LONGEST_HEAD = 64 * 2**10
_MAX_AGE = re.compile(r"""(?:^|[\s,])max-age\s*=\s*"?(\d{1,9})(?!\d)""", re.ASCII | re.IGNORECASE)
_NOT_KEPT = re.compile(r"(?:^|[\s,])no-(?:store|cache)(?:$|[\s,=])", re.ASCII | re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A document as it was received."""

    url: str
    final_url: str
    content_type: str
    content: bytes
    #: SHA-256, hexadecimal.
    digest: str
    fetched: datetime.datetime
    expires: datetime.datetime
    #: Access-Control-Allow-Origin, empty without one; ``None`` in copies that do not say.
    allowed_origin: str | None = None

    def counts(self, now: datetime.datetime, max_age: datetime.timedelta | None) -> bool:
        """Tell whether the copy stands for the document at a time; one from the future does not."""
        age = now - self.fetched
        return datetime.timedelta(0) <= age and now < self.expires and (max_age is None or age < max_age)


def lifetime_of(cache_control: str, longest: datetime.timedelta) -> datetime.timedelta:
    """Return how long a copy counts, which is never longer than its server allows (RFC 9111, 5.2.2)."""
    if _NOT_KEPT.search(cache_control):
        return datetime.timedelta(0)
    ages = [datetime.timedelta(seconds=int(text)) for text in _MAX_AGE.findall(cache_control)]
    return min([longest, *ages])


class Cache:
    """Copies by URL and kind, since a server may answer every Accept header with something else."""

    def __init__(self, folder: Path | None = None, *, most_bytes: int = _MOST_BYTES) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._size = 0
        self._copies: collections.OrderedDict[tuple[str, DocumentKind], Copy] = collections.OrderedDict()
        self._lock = threading.Lock()

    def find(
        self, url: str, kind: DocumentKind, *, now: datetime.datetime, max_age: datetime.timedelta | None, limit: int
    ) -> tuple[Copy, Source] | None:
        """Return a copy that counts, no older than an age and no larger than a limit; nothing without one."""
        with self._lock:
            copy = self._copies.get((url, kind))
        if copy is not None and copy.counts(now, max_age):
            return copy, Source.MEMORY
        copy = self._read(url, kind, limit)
        if copy is None or not copy.counts(now, max_age):
            return None
        self._remember(kind, copy)
        return copy, Source.DISK

    def keep(self, kind: DocumentKind, copy: Copy) -> None:
        """Keep a copy, in place of any other of the same document; one that never counts is none."""
        self._forget(copy.url, kind)
        if copy.fetched < copy.expires:
            self._remember(kind, copy)
            # Without the file the document is fetched once more, and nothing is wrong.
            with contextlib.suppress(OSError):
                self._write(kind, copy)

    def _forget(self, url: str, kind: DocumentKind) -> None:
        with self._lock:
            self._drop((url, kind))
        with contextlib.suppress(OSError):
            if self._folder is not None:
                _path(self._folder, url, kind).unlink()

    def _remember(self, kind: DocumentKind, copy: Copy) -> None:
        with self._lock:
            self._drop((copy.url, kind))
            self._copies[copy.url, kind] = copy
            self._size += len(copy.content)
            while self._size > self._most_bytes:
                self._drop(next(iter(self._copies)))

    def _drop(self, key: tuple[str, DocumentKind]) -> None:
        copy = self._copies.pop(key, None)
        self._size -= len(copy.content) if copy is not None else 0

    # On disk: a line of JSON about the copy, then its bytes, in one file, so that they are replaced together.

    def _read(self, url: str, kind: DocumentKind, limit: int) -> Copy | None:
        if self._folder is None:
            return None
        try:
            with _path(self._folder, url, kind).open("rb") as file:
                head = json.loads(file.readline(_LONGEST_HEAD))
                content = file.read(limit + 1)
            copy = _restored(head, content)
        except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            return None
        is_whole = copy.digest == hashlib.sha256(content).hexdigest() and head.get("kind") == kind.name
        return copy if is_whole and copy.url == url and len(content) <= limit else None

    def _write(self, kind: DocumentKind, copy: Copy) -> None:
        if self._folder is None:
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        head = json.dumps({"kind": kind.name, **_described(copy)}).encode()
        handle, name = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(head + b"\n" + copy.content)
            os.replace(name, _path(self._folder, copy.url, kind))  # noqa: PTH105 - the name is a text
        except OSError:
            os.unlink(name)  # noqa: PTH108 - as above
            raise


def _path(folder: Path, url: str, kind: DocumentKind) -> Path:
    return folder / f"{hashlib.sha256(f'{kind.name} {url}'.encode()).hexdigest()}.document"


def _described(copy: Copy) -> dict[str, Any]:
    return {
        "url": copy.url,
        "finalUrl": copy.final_url,
        "contentType": copy.content_type,
        "sha256": copy.digest,
        "fetched": copy.fetched.isoformat(),
        "expires": copy.expires.isoformat(),
        "allowedOrigin": copy.allowed_origin,
    }


def _restored(head: Any, content: bytes) -> Copy:  # noqa: ANN401 - whatever the file says
    return Copy(
        url=str(head["url"]),
        final_url=str(head["finalUrl"]),
        content_type=str(head["contentType"]),
        content=content,
        digest=str(head["sha256"]),
        fetched=datetime.datetime.fromisoformat(head["fetched"]).astimezone(datetime.UTC),
        expires=datetime.datetime.fromisoformat(head["expires"]).astimezone(datetime.UTC),
        allowed_origin=None if head.get("allowedOrigin") is None else str(head["allowedOrigin"]),
    )
