"""What terms mean where they stand: active contexts, with what was looked up in them (JSON-LD 1.1, 4; API, 4 and 5).

Only what a plain document needs is read here; the rest is left to PyLD's expansion. The contexts themselves are PyLD's.
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from pyld.jsonld import JsonLdProcessor

from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.statements import RDF_LANG_STRING, XSD_STRING, iri, is_iri

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.securing.integrity.active_contexts import ContextProcessor

XSD_DOUBLE = "http://www.w3.org/2001/XMLSchema#double"
_SURROGATE = re.compile("[\ud800-\udfff]")
#: Containers in which an object is a map.
_MAPS = frozenset({"@language", "@index", "@id", "@type"})
#: Types and contexts of one object; nobody has more, and what is remembered stays small.
_MOST_NAMES = 16
_MOST_TYPINGS = 32


class NotPlain(Exception):  # noqa: N818 - no error: another way has to be taken
    """The document, or this part of it, is not plain."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """What a term means as a member of an object."""

    predicate: str
    #: ``@id``, ``@vocab``, ``@json``, or nothing for literals.
    reference: str
    datatype: str
    #: What a text has after its quotation marks; nothing if it takes more than that to write it.
    suffix: str | None
    is_list: bool
    is_graph: bool
    #: An object is a map, and no node.
    is_map: bool
    #: Where texts are read.
    values: Scope
    #: Where objects are read, and those that have nothing but an identifier.
    objects: Scope
    references: Scope

    @property
    def is_simple(self) -> bool:
        """Whether every value is one object of the predicate."""
        return not (self.is_list or self.is_graph or self.is_map or self.reference == "@json")


class Scope:
    """An active context.

    Raises:
        NotPlain: Several terms stand for ``@id`` or for ``@type``.
    """

    __slots__ = (
        "_named",
        "_typed",
        "context",
        "has_values",
        "has_vocabulary",
        "id_alias",
        "mappings",
        "terms",
        "type_alias",
    )

    def __init__(self, context: Any) -> None:  # noqa: ANN401 - belongs to PyLD
        self.context = context
        self.mappings: Mapping[str, Any] = context["mappings"]
        self.id_alias = self._alias("@id")
        self.type_alias = self._alias("@type")
        self.has_values = any(mapping and mapping["@id"] == "@value" for mapping in self.mappings.values())
        self.has_vocabulary = "@vocab" in context
        #: The terms that were looked up.
        self.terms: dict[str, Property] = {}
        self._named: dict[object, tuple[Scope, frozenset[str]]] = {}
        self._typed: dict[object, tuple[Scope, tuple[str, ...]]] = {}

    def named(self, value: object, processor: ContextProcessor) -> Scope:
        """Return the scope that follows from ``@context``.

        Raises:
            NotPlain: It is no URL and no array of URLs, or cannot be processed.
        """
        key = _names(value)
        found = self._named.get(key)
        if found is None:
            before = processor.reading.watched()
            scope = _processed(processor, self.context, list(key))
            found = self._named[key] = (scope, frozenset(processor.reading.used))
            processor.reading.note(before)
        processor.reading.note(found[1])
        return found[0]

    def typed(self, value: object, processor: ContextProcessor) -> tuple[Scope, tuple[str, ...]]:
        """Return the scope of an object with these types, and the terms of the types.

        Raises:
            NotPlain: They are no terms, or their contexts cannot be processed.
        """
        key = _names(value)
        found = self._typed.get(key)
        if found is None:
            if len(self._typed) >= _MOST_TYPINGS:
                self._typed.clear()
            found = self._typed[key] = self._of_types(key, processor)
        return found

    def _of_types(self, names: tuple[str, ...], processor: ContextProcessor) -> tuple[Scope, tuple[str, ...]]:
        scope = self
        for name in sorted(names):
            local = self._fact(name, "@context")
            if local is not None and local is not False:
                scope = _processed(processor, scope.context, local, propagate=False)
                if scope.type_alias != self.type_alias:
                    raise NotPlain
        return scope, tuple(self.word(name) for name in names)

    def reference(self, text: object) -> str:
        """Return the term of an absolute IRI; compact ones are left to PyLD (JSON-LD 1.1 API, 5.2).

        Raises:
            NotPlain: The text is none.
        """
        if type(text) is not str or not is_iri(text):
            raise NotPlain
        prefix, _, rest = text.partition(":")
        if prefix in self.mappings and not rest.startswith("//"):
            raise NotPlain
        return iri(text)

    def word(self, text: str) -> str:
        """Return the term of a text that is a term of the context, or an absolute IRI.

        Raises:
            NotPlain: It is neither.
        """
        if text not in self.mappings:
            if self.has_vocabulary:
                raise NotPlain
            return self.reference(text)
        mapping = self.mappings[text]
        if not mapping or not is_iri(mapping["@id"]):
            raise NotPlain
        return iri(mapping["@id"])

    def property(self, name: str, processor: ContextProcessor) -> Property:
        """Return what a term means, and remember it.

        Raises:
            NotPlain: It is no term, or stands for something else than a plain property.
        """
        mapping = self.mappings.get(name)
        if not mapping or not is_iri(mapping["@id"]) or name.startswith("@") or _SURROGATE.search(name):
            raise NotPlain
        values = _within(processor, self, self._fact(name, "@context"))
        container = set(as_list(self._fact(name, "@container")))
        reference, datatype = self._coercion(name, values)
        is_list, is_graph, is_map = "@list" in container, "@graph" in container, bool(container & _MAPS)
        if is_list + is_graph + is_map + (reference == "@json") > 1 or not _agree(
            name, mapping, values, is_list=is_list
        ):
            raise NotPlain
        further = values._fact(name, "@context")  # noqa: SLF001 - of the same class
        self.terms[name] = Property(
            predicate=iri(mapping["@id"]),
            reference=reference,
            datatype=datatype,
            suffix=values._suffix(name, datatype),  # noqa: SLF001 - as above
            is_list=is_list,
            is_graph=is_graph,
            is_map=is_map,
            values=values,
            objects=_within(processor, values._outer(processor), further),  # noqa: SLF001 - as above
            references=_within(processor, values, further),
        )
        return self.terms[name]

    def _coercion(self, name: str, values: Scope) -> tuple[str, str]:
        """Return as what values are read, and their datatype; JSON literals are told by the context outside."""
        if self._fact(name, "@type") == "@json":
            return "@json", ""
        kind = values._fact(name, "@type")
        if kind is None or kind == "@none":
            return "", ""
        if kind in {"@id", "@vocab"}:
            return kind, ""
        if not is_iri(kind) or kind == RDF_LANG_STRING:
            raise NotPlain
        return "", kind

    def _suffix(self, name: str, datatype: str) -> str | None:
        if datatype:
            return None if datatype == XSD_DOUBLE else "" if datatype == XSD_STRING else f"^^<{datatype}>"
        is_tagged = any(self._fact(name, fact) is not None for fact in ("@language", "@direction"))
        return None if is_tagged else ""

    def _outer(self, processor: ContextProcessor) -> Scope:
        """Return the scope that is left when the types of the object around do not count any more."""
        previous = self.context.get("previousContext")
        return self if previous is None else scope_of(previous, processor)

    def _fact(self, name: str, fact: str) -> Any:  # noqa: ANN401 - belongs to PyLD
        return JsonLdProcessor.get_context_value(self.context, name, fact)

    def _alias(self, keyword: str) -> str | None:
        names = [name for name, mapping in self.mappings.items() if mapping and mapping["@id"] == keyword]
        if len(names) > 1:
            raise NotPlain
        return names[0] if names else None


def scope_of(context: Any, processor: ContextProcessor) -> Scope:  # noqa: ANN401 - belongs to PyLD
    """Return the scope of an active context: one for each that the table keeps.

    Raises:
        NotPlain: As for a new scope.
    """
    notes = processor.reading.active.notes
    name = context["_uuid"]
    found = notes.get(name)
    if not isinstance(found, Scope):
        found = notes[name] = Scope(context)
    return found


def _processed(processor: ContextProcessor, context: Any, local: object, **flags: bool) -> Scope:  # noqa: ANN401 - as above
    try:
        return scope_of(processor.processed(context, local, **flags), processor)
    except NotPlain:
        raise
    except Exception:  # noqa: BLE001 - PyLD raises more than its own errors; its expansion will say what is wrong
        raise NotPlain from None


def _within(processor: ContextProcessor, scope: Scope, local: object) -> Scope:
    """Return the scope of a term's own context."""
    return scope if local is None else _processed(processor, scope.context, local, override_protected=True)


def _agree(name: str, mapping: Mapping[str, Any], values: Scope, *, is_list: bool) -> bool:
    """Tell whether a term is a plain property for its values too, which are read with its own context."""
    inner = values.mappings.get(name)
    if mapping["reverse"] or ("previousContext" in values.context and values.has_values):
        return False
    inner_list = "@list" in as_list(inner.get("@container") if inner else None)
    kind = inner.get("@type") if inner else None
    is_plain = not inner or not (inner["@id"].startswith("@") or inner["reverse"])
    return is_plain and inner_list == is_list and (kind != "@json" or mapping.get("@type") == "@json")


def _names(value: object) -> tuple[str, ...]:
    """Return one text or an array of texts as a key."""
    names = tuple(value) if isinstance(value, list) else (value,)
    if len(names) > _MOST_NAMES or not all(type(name) is str for name in names):
        raise NotPlain
    return names
