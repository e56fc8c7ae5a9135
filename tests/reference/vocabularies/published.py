"""The published context documents, as other people's packages bring them, and a JSON-LD processor over given documents.

Older states of a document whose URL stayed are cut from the bytes of the newest one: where the digest of the result is the
published one, the cut is exact.
"""

from __future__ import annotations

import functools
import hashlib
import json
from importlib import resources
from typing import TYPE_CHECKING, Any

from pyld import jsonld
from pyld.context_resolver import ContextResolver
from tests.conftest import required_in_ci

from skillmark_reference.vocabularies.contexts import all_states, context_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from skillmark_reference.vocabularies import ContextState

#: Files by state: package, folder, name.
_FILES = {
    "2.0.1-2025-03-24": ("openbadgeslib.ob3", "contexts", "clr_context_2.0.1.json"),
    "3.0.1": ("openbadgeslib.ob3", "contexts", "ob-v3p0-context-3.0.1.json"),
    "3.0.2": ("openbadgeslib.ob3", "contexts", "ob-v3p0-context-3.0.2.json"),
    "3.0.3-2026-06-29": ("openbadgeslib.ob3", "contexts", "ob-v3p0-context-3.0.3.json"),
    "extensions": ("openbadgeslib.ob3", "contexts", "ob-v3p0-extensions.json"),
    "credentials-v2": ("openbadgeslib.ob3", "contexts", "credentials-v2.json"),
    "data-integrity-v2": ("openbadgeslib.ob3", "contexts", "security-data-integrity-v2.json"),
    "multikey-v1": ("openbadgeslib.ob3", "contexts", "security-multikey-v1.json"),
    "credentials-v1": ("pyld.documentloader.frozen", "bundled", "credentials-v1.jsonld"),
    "ed25519-2020-v1": ("pyld.documentloader.frozen", "bundled", "security-ed25519-2020-v1.jsonld"),
}
#: Older states: the newer one, and the members that it does not have yet.
_CUT = {
    "2.0.1-2024-02-19": ("2.0.1-2025-03-24", ("partial",)),
    "3.0.3-2025-11-06": ("3.0.3-2026-06-29", ("endorsementJwt",)),
    "3.0.3-2024-08-27": ("3.0.3-2025-11-06", ("jti",)),
    "3.0.3-2024-02-19": ("3.0.3-2024-08-27", ("inLanguage", "awardedDate")),
}
#: States whose bytes nobody packages: two that digests prove, two that hold one entry.
WITHOUT_BYTES = {"2.0.0", "3.0.0", "undefined-terms-v2", "examples-v2"}
#: Copies with other white space, and how the published bytes come back.
_RESTORED: dict[str, Callable[[bytes], bytes]] = {
    "3.0.1": lambda content: content + b"\n",
    "extensions": lambda content: json.dumps(json.loads(content), indent=4).encode(),
    "credentials-v1": lambda content: json.dumps(json.loads(content), indent=4).encode(),
}


def published_states() -> list[ContextState]:
    """Return the states whose published documents are at hand."""
    return [state for state in all_states() if state.id in _FILES or state.id in _CUT]


@functools.cache
def published_bytes(state: str) -> bytes:
    """Return a published document, or skip where the packages are not installed."""
    if state in _CUT:
        newer, members = _CUT[state]
        content = published_bytes(newer)
        for member in members:
            content = _without(content, member)
        return content
    package, folder, name = _FILES[state]
    try:
        content = (resources.files(package) / folder / name).read_bytes()
    except ModuleNotFoundError:
        required_in_ci(f"{package.split('.')[0]} is not installed")
        raise
    return _RESTORED[state](content) if state in _RESTORED else content


def published_document(state: str) -> dict[str, Any]:
    """Return a published document, read."""
    document: dict[str, Any] = json.loads(published_bytes(state))
    return document


def json_digest(document: object) -> str:
    """Return the SHA-256 of JSON with sorted keys and without white space."""
    return hashlib.sha256(json.dumps(document, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def _without(content: bytes, member: str) -> bytes:
    """Remove every object member of a name from indented JSON, and the comma that it needed."""
    lines = content.decode().splitlines(keepends=True)
    kept: list[str] = []
    rest = iter(lines)
    for line in rest:
        if line.strip() != f'"{member}": {{':
            kept.append(line)
            continue
        last = next(each for each in rest if each.strip() in {"}", "},"})
        if last.strip() == "}":
            kept[-1] = kept[-1].replace(",\n", "\n")
    return "".join(kept).encode()


class Processor:
    """A JSON-LD processor that knows nothing but the given context documents."""

    def __init__(self, documents: Mapping[str, dict[str, Any]]) -> None:
        self._documents = documents
        self._options = {
            "base": None,
            "documentLoader": self._load,
            "contextResolver": ContextResolver({}, self._load),
        }

    def _load(self, url: str, _options: object) -> dict[str, Any]:
        document = self._documents[url]
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}

    def expand(self, document: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
        """Return the expanded form."""
        return jsonld.expand(document, self._options)

    def canonical(self, document: dict[str, Any]) -> str:
        """Return the canonical N-Quads."""
        options = self._options | {"algorithm": "URDNA2015", "format": "application/n-quads"}
        text: str = jsonld.normalize(document, options)
        return text


def ours(*states: ContextState) -> Processor:
    """Return a processor with the derived documents."""
    return Processor({url: context_document(state) for state in states for url in state.urls})


def theirs(*states: ContextState) -> Processor:
    """Return a processor with the published documents."""
    return Processor({url: published_document(state.id) for state in states for url in state.urls})


def expanded_definitions(context: object) -> Iterator[tuple[str, object]]:
    """Yield a context as paths and values, a term with nothing but an IRI always written as an object."""
    yield from _flat("", context)


def _flat(path: str, value: object) -> Iterator[tuple[str, object]]:
    if not isinstance(value, dict):
        yield path, value
        return
    for name, each in value.items():
        below = f"{path}/{name}"
        is_short = isinstance(each, str) and not name.startswith("@")
        yield from _flat(f"{below}/@id" if is_short else below, each)
