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

from skillmark_reference.credentials.sources import DocumentUnavailable
from skillmark_reference.documents.kinds import DocumentKind
from skillmark_reference.securing.integrity.contexts import Contexts, UnreadableContext
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.vocabularies.contexts import all_states, context_document, states_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.sources import Sources
    from skillmark_reference.vocabularies import ContextState


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ContextChoice:
    """A state for each context that a document names."""

    contexts: Contexts
    #: State by address, for those that the tables know.
    states: Mapping[str, str]
    #: Addresses of which another state than the newest is taken.
    outdated: tuple[str, ...] = ()


def newest_contexts() -> Contexts:
    """Return every context of the tables, each address in its newest state."""
    return _contexts(())


def choices(document: Mapping[str, Any], sources: Sources) -> Iterator[ContextChoice]:
    """Yield every choice of states for the contexts that a document names, at any depth; the newest states come first.

    Contexts outside of the tables are asked for; those that cannot be had stay unknown.
    """
    named = sorted(context_urls(document))
    known = {url: states_of(url) for url in named if url in newest_contexts()}
    further = _further(tuple(url for url in named if url not in known), sources)
    for chosen in itertools.product(*known.values()):
        states = dict(zip(known, chosen, strict=True))
        outdated = tuple(url for url, state in states.items() if state.id != known[url][0].id)
        contexts = _contexts(tuple((url, states[url].id) for url in outdated))
        yield ContextChoice(
            contexts=contexts.with_documents(further) if further else contexts,
            states={url: state.id for url, state in states.items()},
            outdated=outdated,
        )


def context_urls(value: object) -> set[str]:
    """Return the address of every context that is named anywhere in a document."""
    if isinstance(value, list):
        return {url for each in value for url in context_urls(each)}
    if not isinstance(value, dict):
        return set()
    own = {each for each in as_list(value.get("@context")) if isinstance(each, str)}
    return own | {url for member in value.values() for url in context_urls(member)}


@functools.cache
def _contexts(outdated: tuple[tuple[str, str], ...]) -> Contexts:
    """Return the contexts with the newest states, but for some addresses."""
    if outdated:
        others = {url: _content(_state(url, name)) for url, name in outdated}
        return newest_contexts().with_documents(others)
    documents: dict[str, bytes] = {}
    for state in all_states():
        for url in state.urls:
            documents.setdefault(url, _content(state))
    return Contexts(documents)


def _state(url: str, name: str) -> ContextState:
    return next(state for state in states_of(url) if state.id == name)


def _content(state: ContextState) -> bytes:
    return json.dumps(context_document(state)).encode()


def _further(urls: tuple[str, ...], sources: Sources) -> dict[str, bytes]:
    found = {}
    for url in urls:
        try:
            content = sources.read(url, DocumentKind.CONTEXT)
            Contexts({url: content})
        except (DocumentUnavailable, UnreadableContext):
            continue
        found[url] = content
    return found
