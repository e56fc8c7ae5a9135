"""What a document says in statements, and what is lost on the way there (JSON-LD 1.1, RDF Dataset Canonicalization 1.0).

The texts of the contexts are the only thing that is taken from the project: there is no network to fetch them from.
"""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any

import pyoxigraph
from pyld import jsonld
from pyld.context_resolver import ContextResolver

from skillmark_reference.vocabularies.contexts import all_states, context_document

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ABSOLUTE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]*|_:\S+)\Z")
_ALGORITHMS = {
    "sha256": pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0,
    "sha384": pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0_SHA_384,
}
#: Contexts that a document brought along: address and text.
Further = tuple[tuple[str, str], ...]


class Refused(Exception):  # noqa: N818 - what a verifier says, not what went wrong with it
    """A credential is not valid; the text says why."""


@functools.cache
def known_contexts() -> dict[str, dict[str, Any]]:
    """Return the published contexts by address, each in its newest state."""
    found: dict[str, dict[str, Any]] = {}
    for state in all_states():
        for url in state.urls:
            found.setdefault(url, context_document(state))
    return found


def statements(document: dict[str, Any], further: Further = (), *, digest: str = "sha256", safe: bool = True) -> str:
    """Return the canonical statements of a document.

    Raises:
        Refused: Something in it says nothing, or it is no JSON-LD.
    """
    return _statements(json.dumps(document, ensure_ascii=False), further, digest, safe)


@functools.lru_cache(maxsize=4096)
def _statements(text: str, further: Further, digest: str, safe: bool) -> str:  # noqa: FBT001 - remembered by position
    written = _to_rdf(text, further, safe)
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(written, format=pyoxigraph.RdfFormat.N_QUADS))
    dataset.canonicalize(_ALGORITHMS[digest])
    lines = pyoxigraph.serialize(iter(dataset), format=pyoxigraph.RdfFormat.N_QUADS).decode()
    return "".join(sorted(lines.splitlines(keepends=True)))


@functools.lru_cache(maxsize=4096)
def _to_rdf(text: str, further: Further, safe: bool) -> bytes:  # noqa: FBT001 - remembered by position
    load = _loader(further)
    options = {"base": None, "documentLoader": load, "contextResolver": _resolver(further, load)}
    try:
        expanded = jsonld.expand(json.loads(text), options, on_property_dropped=_refuse if safe else _nothing)
        if safe:
            for problem in _relative(expanded):
                raise Refused(problem)
        return jsonld.to_rdf(expanded, {**options, "format": "application/n-quads"}).encode()
    except jsonld.JsonLdError as problem:
        raise Refused(f"it is no JSON-LD: {problem}"[:300]) from problem


def _refuse(name: object) -> None:
    raise Refused(f"a member says nothing, since no context defines it ({name})")


def _nothing(_: object) -> None:
    return


def _relative(value: object) -> Iterator[str]:
    """Yield what has no absolute address in an expanded document: types, nodes, and what is said of them."""
    if isinstance(value, list):
        for each in value:
            yield from _relative(each)
    elif isinstance(value, dict):
        named = value.get("@type", []) if "@value" not in value else []
        for each in (*(named if isinstance(named, list) else [named]), *([value["@id"]] if "@id" in value else [])):
            if not isinstance(each, str) or not _ABSOLUTE.match(each):
                yield f"{each!r} is no absolute address"
        for name, each in value.items():
            if name not in {"@value", "@type", "@id"}:
                yield from _relative(each)


def _loader(further: Further) -> Callable[..., dict[str, Any]]:
    brought = dict(further)

    def load(url: str, _: object = None) -> dict[str, Any]:
        if url in brought:
            try:
                document = json.loads(brought[url])
            except ValueError as problem:
                raise Refused(f"the context {url} is no JSON") from problem
        elif url in known_contexts():
            document = known_contexts()[url]
        else:
            raise Refused(f"the context {url} is not known")
        return {"contentType": "application/ld+json", "contextUrl": None, "documentUrl": url, "document": document}

    return load


@functools.lru_cache(maxsize=64)
def _shared(_: Further) -> dict[Any, Any]:
    return {}


def _resolver(further: Further, load: Callable[..., dict[str, Any]]) -> ContextResolver:
    """Return a resolver that remembers nothing of other documents' contexts."""
    return ContextResolver(_shared(further), load)
