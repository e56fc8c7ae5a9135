"""What happened when a document was asked for, and what can go wrong."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import datetime

    from skillmark_reference.documents.kinds import DocumentKind


class Source(enum.Enum):
    """Where the bytes came from."""

    GIVEN = "given"
    MEMORY = "memory"
    DISK = "disk"
    NETWORK = "network"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One document that was asked for, as a report shows it."""

    #: As it was asked for.
    url: str
    kind: DocumentKind
    #: When it was asked for.
    at: datetime.datetime
    #: Where the bytes came from; ``None`` where there are none.
    source: Source | None
    #: The address at the end of the redirects.
    final_url: str
    #: The HTTP status; ``None`` where none was received.
    status: int | None
    #: In lower case without parameters; empty where none was stated.
    media_type: str
    #: SHA-256 of the bytes, hexadecimal; empty where they did not all arrive.
    digest: str
    #: Bytes after decompression.
    size: int
    #: Why the document did not enter; empty where it did.
    problem: str
    #: The header Access-Control-Allow-Origin of the answer, empty without one; ``None`` where no answer is known.
    allowed_origin: str | None = None

    @property
    def from_cache(self) -> bool:
        """Whether a copy was used that had been fetched before."""
        return self.source in {Source.MEMORY, Source.DISK}


class DocumentProblem(Exception):  # noqa: N818 - what stands in the way, in words for a person
    """A document that does not enter."""

    def __init__(self, message: str, *, fetch: Fetch | None = None) -> None:
        super().__init__(message)
        #: The record of it; always there on problems that leave the door.
        self.fetch = fetch


class Refused(DocumentProblem):
    """The policy forbids it: the scheme, the address of a host, the number of redirects, the number of bytes."""


class Unavailable(DocumentProblem):
    """It cannot be had now: offline, no answer in time, another status than 200. Whether it is right cannot be told."""


class Unusable(DocumentProblem):
    """It is not what it should be: media type, charset, encoding, JSON."""
