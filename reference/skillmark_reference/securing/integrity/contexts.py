"""The JSON-LD contexts that are known, and the only door through which a context enters.

A context decides what a signed document says, so none is ever fetched: a URL is known with its bytes, or the document
is refused (Data Integrity 1.0, 2.4.1; Verifiable Credentials Data Model 2.0, B.1). PyLD caches contexts for the whole
process by their content, whatever loader they came through; here every table remembers for itself, so that two tables
never mix.
"""

from __future__ import annotations

import copy
import functools
import hashlib
from typing import TYPE_CHECKING, Any

from pyld.context_resolver import ContextResolver
from pyld.documentloader.frozen import BUNDLED_CONTEXTS

from skillmark_reference.securing.integrity.active_contexts import ActiveContexts
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson, parse_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
CREDENTIALS_V2 = "https://www.w3.org/ns/credentials/v2"
ED25519_2020_V1 = "https://w3id.org/security/suites/ed25519-2020/v1"


class UnknownContext(LookupError):  # noqa: N818 - which context is missing, in words for a person
    """A document refers to a context that is not in the table."""

    def __init__(self, url: str) -> None:
        self.url = url
        super().__init__(f"the context {quoted(url)} is not known; give its document to read what refers to it")


class UnreadableContext(ValueError):  # noqa: N818 - what the document is, in words for a person
    """The bytes given for a URL are no JSON-LD context."""


class Contexts:
    """A table of contexts: the exact bytes by URL.

    Raises:
        UnreadableContext: The bytes are no JSON object with ``@context``, or name a member twice.
    """

    def __init__(self, documents: Mapping[str, bytes]) -> None:
        self._documents = {url: _read(url, content) for url, content in documents.items()}
        self._digests = {url: hashlib.sha256(content).hexdigest() for url, content in documents.items()}
        #: PyLD writes into the contexts that ``@import`` names; where one is in sight, nothing is kept.
        self.has_imports = any(_imports(document) for document in self._documents.values())
        self.active = ActiveContexts()

    def __contains__(self, url: object) -> bool:
        return url in self._documents

    def __iter__(self) -> Iterator[str]:
        return iter(self._documents)

    def with_documents(self, documents: Mapping[str, bytes]) -> Contexts:
        """Return a table that knows more, or knows some in other bytes.

        Raises:
            UnreadableContext: As for a new table.
        """
        table = Contexts(documents)
        table._documents = self._documents | table._documents
        table._digests = self._digests | table._digests
        table.has_imports = self.has_imports or table.has_imports
        return table

    def digest(self, url: str) -> str:
        """Return the SHA-256 of the bytes of a context, hexadecimal.

        Raises:
            UnknownContext: The table does not know it.
        """
        if url not in self._digests:
            raise UnknownContext(url)
        return self._digests[url]

    def document(self, url: str) -> dict[str, Any]:
        """Return a copy of a context document.

        Raises:
            UnknownContext: The table does not know it.
        """
        if url not in self._documents:
            raise UnknownContext(url)
        return copy.deepcopy(self._documents[url])

    def reading(self, document: object = None) -> ContextReading:
        """Return the door for one document.

        PyLD writes into the contexts that ``@import`` names; where one is in sight, every use of a context gets its own copy.
        """
        return ContextReading(self, is_cached=not (self.has_imports or _imports(document)))


class ContextReading:
    """What one document sees of a table; it keeps a record of the contexts that were used."""

    def __init__(self, contexts: Contexts, *, is_cached: bool) -> None:
        self._contexts = contexts
        self.is_cached = is_cached
        self.active = contexts.active
        self._urls: set[str] = set()

    @property
    def used(self) -> dict[str, str]:
        """The SHA-256 of each context that was used, by URL."""
        return {url: self._contexts.digest(url) for url in sorted(self._urls)}

    def options(self) -> dict[str, Any]:
        """Return the options of PyLD: this table only, and no base URL, so that relative references stay what they are."""
        return {
            "base": None,
            "documentLoader": self.load,
            "contextResolver": _Resolver(self),
            "processingMode": "json-ld-1.1",
        }

    def load(self, url: str, _options: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return a context as PyLD's document loaders do.

        Raises:
            UnknownContext: The table does not know it.
        """
        document = self._contexts.document(url)
        self._urls.add(url)
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}

    def watched(self) -> set[str]:
        """Return a copy of the URLs that were used so far, and forget them."""
        urls, self._urls = self._urls, set()
        return urls

    def note(self, urls: Iterable[str]) -> None:
        """Add URLs to those that were used."""
        self._urls.update(urls)


class _Resolver(ContextResolver):  # type: ignore[misc]  # PyLD has no types
    """PyLD's resolver for one document; what it makes of contexts is kept for that document only."""

    def __init__(self, reading: ContextReading) -> None:
        super().__init__({}, reading.load)
        self._reading = reading
        #: What was loaded for each context.
        self._loaded: dict[str, frozenset[str]] = {}

    def _get(self, key: str) -> Any:  # noqa: ANN401 - PyLD's
        if not self._reading.is_cached:
            return None
        self._reading.note(self._loaded.get(key, ()))
        return super()._get(key)

    def _resolve_remote_context(self, active_ctx: Any, url: str, base: Any, cycles: set[str]) -> Any:  # noqa: ANN401 - PyLD's
        before = self._reading.watched()
        try:
            resolved = super()._resolve_remote_context(active_ctx, url, base, cycles)
            self._loaded[url] = frozenset(self._reading.used)
        finally:
            self._reading.note(before)
        return resolved


@functools.cache
def bundled_contexts() -> Contexts:
    """Return the contexts of W3C that come with PyLD, one table for the whole process.

    Some are copies with other white space than the published files: their statements are the same, their digests are not.
    """
    return Contexts({url: path.read_bytes() for url, path in BUNDLED_CONTEXTS.items()})


def _read(url: str, content: bytes) -> dict[str, Any]:
    try:
        document = parse_object(content)
    except MalformedJson as error:
        raise UnreadableContext(f"the document given for {url} is unusable: {error}") from None
    if "@context" not in document:
        raise UnreadableContext(f"the document given for {url} has no member @context")
    return document


def _imports(value: object) -> bool:
    """Tell whether a member is called ``@import``, somewhere."""
    if isinstance(value, dict):
        return "@import" in value or any(_imports(member) for member in value.values())
    return isinstance(value, list) and any(_imports(entry) for entry in value)
