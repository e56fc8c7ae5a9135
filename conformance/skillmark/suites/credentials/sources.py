"""Where what was handed in is read: files, all files of a folder, and addresses."""

from __future__ import annotations

import dataclasses
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured
from skillmark.core.exchanges import Exchange, Trouble, TroubleKind
from skillmark_reference.credentials.submissions import MOST_BYTES
from skillmark_reference.documents import DocumentKind, DocumentProblem, Documents, Unusable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skillmark_reference.documents import Fetch

_SCHEMES = ("https://", "http://")
#: Characters of a document that a report shows.
_EXCERPT = 2_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One document that was handed in, or what stood in the way."""

    exchange: Exchange
    content: bytes
    #: The media type of the answer of an address; ``None`` for everything else.
    media_type: str | None = None
    #: Whether it was issued on request, so that neither a name nor a media type is its own.
    is_issued: bool = False
    #: Why there is no credential in the answer to a request to issue one; empty where there is one.
    missing: str = ""
    #: Whether an address answered with what is no document of a credential.
    is_unusable: bool = False

    @property
    def is_read(self) -> bool:
        """Whether its bytes are known."""
        return self.exchange.trouble is None and not self.missing

    @property
    def is_file(self) -> bool:
        """Whether it was handed in as a file."""
        return self.media_type is None and not self.is_issued

    @property
    def suffix(self) -> str:
        """The suffix of a file, in lower case; empty for everything else."""
        return Path(self.exchange.url).suffix.lower() if self.is_file else ""


def named(sources: Iterable[str]) -> Iterator[str]:
    """Yield files and addresses; folders become their files, without hidden ones.

    Raises:
        Misconfigured: Something is missing, or a folder is empty.
    """
    for source in sources:
        path = Path(source)
        if source.startswith(_SCHEMES):
            yield source
        elif path.is_dir():
            files = sorted(each for each in path.iterdir() if each.is_file() and not each.name.startswith("."))
            if not files:
                raise Misconfigured(f"There are no files in the folder {source}. Name one that has credentials.")
            yield from map(str, files)
        elif path.exists():
            yield source
        else:
            raise Misconfigured(f"There is no file {source}. Name a file, a folder, or an https address.")


def read(name: str, identifier: str, documents: Documents) -> Source:
    """Read a file or an address; what stands in the way is in its record."""
    return _fetched(name, identifier, documents) if name.startswith(_SCHEMES) else _file(name, identifier)


def _file(name: str, identifier: str) -> Source:
    try:
        with Path(name).open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as error:
        trouble = Trouble(kind=TroubleKind.UNREACHABLE, message=f"it cannot be read: {error.strerror or error}")
        return Source(exchange=_record(identifier, "FILE", name, trouble=trouble), content=b"")
    return Source(exchange=_record(identifier, "FILE", name, content=content), content=content)


def _fetched(name: str, identifier: str, documents: Documents) -> Source:
    try:
        document = documents.get(name, DocumentKind.SUBMISSION)
    except DocumentProblem as problem:
        trouble = Trouble(kind=TroubleKind.UNREACHABLE, message=str(problem))
        record = _record(identifier, "GET", name, fetch=problem.fetch, trouble=trouble)
        media_type = problem.fetch.media_type if problem.fetch else ""
        return Source(exchange=record, content=b"", media_type=media_type, is_unusable=isinstance(problem, Unusable))
    record = _record(identifier, "GET", name, content=document.content, fetch=document.fetch)
    return Source(exchange=record, content=document.content, media_type=document.fetch.media_type)


def _record(
    identifier: str,
    method: str,
    name: str,
    *,
    content: bytes = b"",
    fetch: Fetch | None = None,
    trouble: Trouble | None = None,
) -> Exchange:
    return Exchange(
        id=identifier,
        method=method,
        url=name,
        request_headers=(),
        status=fetch.status if fetch else None,
        headers=(("content-type", fetch.media_type),) if fetch and fetch.media_type else (),
        excerpt=content[: 4 * _EXCERPT].decode("utf-8", "replace")[:_EXCERPT],
        size=len(content),
        digest=hashlib.sha256(content).hexdigest() if trouble is None else "",
        trouble=trouble,
    )
