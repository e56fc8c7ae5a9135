"""The active contexts that PyLD made under one table, so that none is made twice.

Four fifths of the work of expansion is processing the same contexts again: those of types, for every object of the type. What
PyLD makes of a context depends on the active context, the local one and two flags, and on nothing else while the table is the
same; it is kept by these. Contexts inside of a document are never kept: nobody else sees what a document defines.
"""

from __future__ import annotations

import dataclasses
import itertools
import threading
from typing import TYPE_CHECKING, Any

from pyld.jsonld import JsonLdProcessor

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from skillmark_reference.securing.integrity.contexts import ContextReading

#: How many terms the active contexts of a table have together; records with every class of CLR 2.0 make 14,000.
MOST_TERMS = 60_000
#: What an active context without terms counts for.
_LEAST = 100

_Key = tuple[object, ...]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An active context, with what led to it."""

    context: Any
    #: Known by its identity, which is unique as long as it is alive.
    local: object
    #: What was loaded on the way.
    urls: frozenset[str]


class ActiveContexts:
    """What was made under one table; a document that names contexts in ever new orders only makes it forget the others."""

    def __init__(self, *, most_terms: int = MOST_TERMS) -> None:
        self._most_terms = most_terms
        self._lock = threading.Lock()
        #: What is kept counts for that many terms.
        self.terms = 0
        self._made: dict[_Key, Made] = {}
        self._names: set[str] = set()
        #: What others looked up in an active context, by its name; forgotten with it.
        self.notes: dict[str, object] = {}

    def get(self, key: _Key) -> Made | None:
        """Return what was made earlier."""
        return self._made.get(key)

    def knows(self, context: Mapping[str, Any]) -> bool:
        """Tell whether an active context was made here, and not with a context of some document."""
        return context.get("_uuid") in self._names

    def keep(self, key: _Key, made: Made) -> None:
        """Keep what was made, and forget everything else if it is too much."""
        terms = _LEAST + len(made.context["mappings"])
        with self._lock:
            if self.terms + terms > self._most_terms:
                self._made, self._names, self.notes, self.terms = {}, set(), {}, 0
            if terms <= self._most_terms:
                self._made[key] = made
                self._names.add(made.context["_uuid"])
                self.terms += terms


class ContextProcessor(JsonLdProcessor):  # type: ignore[misc]  # PyLD has no types
    """PyLD's processor for one document, which remembers the active contexts of the table."""

    def __init__(self, reading: ContextReading) -> None:
        super().__init__()
        self.reading = reading
        self.options = reading.options()

    @property
    def root(self) -> Any:  # noqa: ANN401 - belongs to PyLD
        """The active context in which a document begins."""
        return self._get_initial_context(self.options)

    def processed(
        self,
        context: Any,  # noqa: ANN401 - belongs to PyLD
        local: object,
        *,
        override_protected: bool = False,
        propagate: bool = True,
    ) -> Any:  # noqa: ANN401 - as above
        """Return the active context that follows from a local one (JSON-LD 1.1 API, 4.1)."""
        return self._process_context(
            context, local, self.options, override_protected=override_protected, propagate=propagate
        )

    def _process_context(  # noqa: PLR0917 - the signature is PyLD's
        self,
        active_ctx: Any,  # noqa: ANN401 - belongs to PyLD
        local_ctx: Any,  # noqa: ANN401 - as above
        options: dict[str, Any],
        override_protected: bool = False,  # noqa: FBT001, FBT002
        propagate: bool = True,  # noqa: FBT001, FBT002
        validate_scoped: bool = True,  # noqa: FBT001, FBT002
        cycles: set[str] | None = None,
    ) -> Any:  # noqa: ANN401 - as above
        make = super()._process_context
        is_kept = self.reading.is_cached and cycles is None
        if not is_kept or not (active_ctx is self.root or self.reading.active.knows(active_ctx)):
            return make(active_ctx, local_ctx, options, override_protected, propagate, validate_scoped, cycles)
        if override_protected or not propagate:  # the context of a type or a term, which is part of the active context
            key: _Key = (active_ctx["_uuid"], id(local_ctx), override_protected, propagate)
            return self._remembered(
                key, local_ctx, lambda: make(active_ctx, local_ctx, options, override_protected, propagate)
            )
        urls, rest = _split(local_ctx)
        if urls:
            key = (active_ctx["_uuid"], *urls)
            active_ctx = self._remembered(key, None, lambda: make(active_ctx, urls, options))
        return make(active_ctx, rest, options) if rest or not urls else active_ctx

    def _remembered(self, key: _Key, local: object, process: Callable[[], Any]) -> Any:  # noqa: ANN401 - belongs to PyLD
        made = self.reading.active.get(key)
        if made is None:
            before = self.reading.watched()
            try:
                made = Made(context=process(), local=local, urls=frozenset(self.reading.used))
            finally:
                self.reading.note(before)
            if "_uuid" in made.context:
                self.reading.active.keep(key, made)
        self.reading.note(made.urls)
        return made.context


def _split(local: object) -> tuple[list[str], Any]:
    """Return the URLs with which ``@context`` begins, and the rest: what a document defines itself, and what comes after.

    ``@propagate`` counts where it comes first, and only there; so it stays where it is.
    """
    contexts = local if isinstance(local, list) else [local]
    urls = list(itertools.takewhile(lambda context: isinstance(context, str), contexts))
    rest = contexts[len(urls) :]
    if any(isinstance(context, dict) and "@propagate" in context for context in rest):
        return [], local
    return (urls, rest) if urls else ([], local)
