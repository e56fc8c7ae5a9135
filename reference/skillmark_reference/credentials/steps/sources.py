"""Where a verification gets other documents from: the door of `skillmark_reference.documents`, a limited number of times."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from skillmark_reference.documents.records import DocumentProblem
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from skillmark_reference.documents.kinds import DocumentKind


class DocumentUnavailable(Exception):  # noqa: N818 - what stands in the way, in words for a person
    """The document cannot be had. That says nothing about the credential that needs it."""


class Content(Protocol):
    """A document that entered."""

    @property
    def content(self) -> bytes:
        """Its bytes."""
        ...


class Documents(Protocol):
    """Gives documents by address. Whether it may use the network is its own affair."""

    def get(self, url: str, kind: DocumentKind) -> Content:
        """Return a document.

        Raises:
            DocumentProblem: It cannot be had.
        """
        ...


#: Documents that could not be had, after which no more are asked for: each may have cost the patience for one.
_MOST_FAILURES = 20


class Sources:
    """The documents of one verification; the credential decides how many it names, and not how many are read."""

    def __init__(self, documents: Documents, *, limit: int) -> None:
        self._documents = documents
        self._limit = limit
        self._read: dict[tuple[str, DocumentKind], bytes | str] = {}
        self._failures = 0

    def read(self, url: str, kind: DocumentKind) -> bytes:
        """Return the bytes of a document; each is asked for once.

        Raises:
            DocumentUnavailable: It cannot be had, or as many as allowed were read already.
        """
        key = (url, kind)
        if key not in self._read:
            if len(self._read) >= self._limit:
                raise DocumentUnavailable(
                    f"{quoted(url)} is not read: the credential needs more than {self._limit} documents"
                )
            if self._failures >= _MOST_FAILURES:
                raise DocumentUnavailable(
                    f"{quoted(url)} is not read: {self._failures} documents could not be had, and no more are asked for"
                )
            self._read[key] = self._ask(url, kind)
        found = self._read[key]
        if isinstance(found, str):
            raise DocumentUnavailable(found)
        return found

    def _ask(self, url: str, kind: DocumentKind) -> bytes | str:
        try:
            return self._documents.get(url, kind).content
        except DocumentProblem as problem:
            self._failures += 1
            return str(problem)
