"""JSON-LD contexts, derived from the tables."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from skillmark_reference.vocabularies.tables import load_vocabulary, vocabulary_ids
from skillmark_reference.vocabularies.terms import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark_reference.vocabularies.terms import ContextState, Scope, Term


def context_document(state: ContextState) -> dict[str, Any]:
    """Return the context document of one state: the same statements as with the published one."""
    return {"@context": _scope(state.scope, short=state.short_terms)}


def all_states() -> Iterator[ContextState]:
    """Yield every state of every context document in the tables, the current one of each document first."""
    for identifier in vocabulary_ids():
        for states in load_vocabulary(identifier).contexts.values():
            yield from states.values()


def states_of(url: str) -> tuple[ContextState, ...]:
    """Return the states in which a URL served a context, the newest first.

    Raises:
        KeyError: no table knows the URL; the message lists those that are known.
    """
    found = _states_by_url()
    if url not in found:
        raise KeyError(f"no context {url!r}; there are: {', '.join(sorted(found))}")
    return found[url]


@functools.cache
def _states_by_url() -> dict[str, tuple[ContextState, ...]]:
    found: dict[str, tuple[ContextState, ...]] = {}
    for state in all_states():
        for url in state.urls:
            found[url] = (*found.get(url, ()), state)
    return found


def state_of_digest(sha256: str) -> ContextState | None:
    """Return the state whose published bytes have this digest, if one is known."""
    return next((state for state in all_states() if sha256 in {state.sha256, *state.copies}), None)


def _scope(scope: Scope, *, short: bool) -> dict[str, Any]:
    context: dict[str, Any] = {}
    if scope.version is not None:
        context["@version"] = scope.version
    if scope.protected:
        context["@protected"] = True
    if scope.vocab is not None:
        context["@vocab"] = scope.vocab
    context |= {alias: KEYWORDS[alias] for alias in scope.aliases}
    context |= scope.prefixes
    return context | {name: _term(term, short=short) for name, term in scope.terms.items()}


def _term(term: Term, *, short: bool) -> dict[str, Any] | str:
    definition: dict[str, Any] = {"@id": term.iri}
    if term.coercion is not None:
        definition["@type"] = term.coercion
    if term.container is not None:
        definition["@container"] = term.container
    if term.resets:
        definition["@context"] = None
    elif term.scope is not None:
        definition["@context"] = _scope(term.scope, short=short)
    return term.iri if short and len(definition) == 1 else definition
