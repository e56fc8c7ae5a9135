"""The contexts in use: derived from the tables, by address and state.

A context document changed more than once while its address stayed, and with it what a signature covers. A credential is read
with the newest states first; if its proof holds only under others, the verdict says under which.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.steps.sources import DocumentUnavailable
from skillmark_reference.documents.kinds import DocumentKind
from skillmark_reference.securing.integrity.contexts import Contexts, UnreadableContext
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.vocabularies.contexts import all_states, context_document, states_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from skillmark_reference.credentials.steps.sources import Sources
    from skillmark_reference.vocabularies import ContextState


#: How many tables with older states, or with contexts from outside, are remembered.
_MOST_TABLES = 8


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ContextChoice:
    """A state for each context that a document names."""

    contexts: Contexts
    #: State by address, for those that the tables know.
    states: Mapping[str, str]
    #: Addresses of which another state than the newest is taken.
    outdated: tuple[str, ...] = ()


@functools.cache
def newest_contexts() -> Contexts:
    """Return every context of the tables, each address in its newest state."""
    documents: dict[str, bytes] = {}
    for state in all_states():
        for url in state.urls:
            documents.setdefault(url, _content(state))
    return Contexts(documents)


def choices(document: Mapping[str, Any], sources: Sources) -> Iterator[ContextChoice]:
    """Yield every choice of states for the contexts that a document names, at any depth; the newest states come first.

    Contexts outside of the tables are asked for; those that cannot be had stay unknown.
    """
    named = sorted(context_urls(document))
    known = {url: states_of(url) for url in named if url in newest_contexts()}
    further = tuple(_further((url for url in named if url not in known), sources))
    for chosen in itertools.product(*known.values()):
        states = dict(zip(known, chosen, strict=True))
        outdated = tuple(url for url, state in states.items() if state.id != known[url][0].id)
        older = tuple((url, states[url].id) for url in outdated)
        yield ContextChoice(
            contexts=_with_further(older, further) if further else _contexts(older),
            states={url: state.id for url, state in states.items()},
            outdated=outdated,
        )


def context_urls(value: object) -> set[str]:
    """Return the address of every context that is named anywhere in a document."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        each = waiting.pop()
        if isinstance(each, dict):
            found.update(url for url in as_list(each.get("@context")) if isinstance(url, str))
            waiting += each.values()
        elif isinstance(each, list):
            waiting += each
    return found


@functools.lru_cache(maxsize=_MOST_TABLES)
def _contexts(outdated: tuple[tuple[str, str], ...]) -> Contexts:
    """Return the contexts with the newest states, but for some addresses."""
    if not outdated:
        return newest_contexts()
    return newest_contexts().with_documents({url: _content(_state(url, name)) for url, name in outdated})


def _state(url: str, name: str) -> ContextState:
    return next(state for state in states_of(url) if state.id == name)


def _content(state: ContextState) -> bytes:
    return json.dumps(context_document(state)).encode()


def _further(urls: Iterable[str], sources: Sources) -> Iterator[tuple[str, bytes]]:
    for url in urls:
        try:
            content = sources.read(url, DocumentKind.CONTEXT)
            _read(url, content)
        except (DocumentUnavailable, UnreadableContext):
            continue
        yield url, content


@functools.lru_cache(maxsize=_MOST_TABLES)
def _read(url: str, content: bytes) -> Contexts:
    return Contexts({url: content})


@functools.lru_cache(maxsize=_MOST_TABLES)
def _with_further(outdated: tuple[tuple[str, str], ...], further: tuple[tuple[str, bytes], ...]) -> Contexts:
    """Return a table with contexts of others. What it remembers counts for these very bytes, and for no others."""
    return _contexts(outdated).with_documents(dict(further))
