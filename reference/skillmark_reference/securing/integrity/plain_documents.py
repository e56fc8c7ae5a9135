"""The statements of plain documents, straight from JSON.

Most documents are plain: contexts named by URL, terms that these define, texts, numbers, objects, arrays. Their statements are
written here in one walk, with the active contexts that PyLD makes. Whatever is not plain in any way, and so whatever could be
lost or be wrong, ends the walk without a result; then the whole document goes to PyLD's expansion, which says what is the
matter. That both write the same statements is a property that the tests draw documents for.
"""

from __future__ import annotations

import dataclasses
import math
import re
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing.integrity.active_contexts import ContextProcessor
from skillmark_reference.securing.integrity.deserialization import FIRST, NIL, REST, TYPE
from skillmark_reference.securing.integrity.json_values import MAX_DEPTH, as_list, json_problems
from skillmark_reference.securing.integrity.scopes import XSD_DOUBLE, NotPlain, scope_of
from skillmark_reference.securing.integrity.statements import Statement, blank, escaped, literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.securing.integrity.contexts import Contexts
    from skillmark_reference.securing.integrity.scopes import Property, Scope

_XSD = "http://www.w3.org/2001/XMLSchema#"
#: What a literal cannot hold as it is.
_SPECIAL = re.compile('[\x00-\x1f\x7f"\\\\\ud800-\udfff\ufffe\uffff]')
_SURROGATE = re.compile("[\ud800-\udfff]")
#: Whole numbers up to here are doubles.
_EXACT = 2**53


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PlainStatements:
    """What a plain document says."""

    statements: tuple[Statement, ...]
    #: SHA-256 of each context that was used, by URL.
    contexts: Mapping[str, str]


def plain_statements(document: Mapping[str, Any], contexts: Contexts) -> PlainStatements | None:
    """Return the statements of a document, or nothing if it is not plain, which says nothing against it."""
    if contexts.has_imports:
        return None
    reading = contexts.reading()
    walk = _Walk(ContextProcessor(reading))
    try:
        walk.begin(document)
    except NotPlain:
        return None
    return PlainStatements(statements=tuple(dict.fromkeys(walk.statements)), contexts=reading.used)


class _Walk:
    """The walk through one document."""

    def __init__(self, processor: ContextProcessor) -> None:
        self._processor = processor
        self._nodes = 0
        self.statements: list[Statement] = []

    def begin(self, document: Mapping[str, Any]) -> None:
        """Write the statements of the document; one that has none is not plain."""
        self._node(document, scope_of(self._processor.root, self._processor), "", 0)
        if not self.statements:
            raise NotPlain

    def _node(self, element: Mapping[str, Any], scope: Scope, graph: str, depth: int) -> str:
        """Write the statements of an object, and return its node (JSON-LD 1.1 API, 5.1.2, 7.2)."""
        if depth >= MAX_DEPTH - 1:  # with an array in it, it would be too deep
            raise NotPlain
        if "@context" in element:
            scope = scope.named(element["@context"], self._processor)
        types: tuple[str, ...] = ()
        kind = scope.type_alias
        if kind is not None and kind in element:
            scope, types = scope.typed(element[kind], self._processor)
        identifier = scope.id_alias
        subject = (
            self._blank() if identifier is None or identifier not in element else scope.reference(element[identifier])
        )
        for each in types:
            self.statements.append(Statement(subject, TYPE, each, graph))
        terms = scope.terms
        for name, value in element.items():
            term = terms.get(name)
            if term is None:
                if name in {identifier, kind, "@context"}:
                    continue
                term = scope.property(name, self._processor)
            self._member(subject, term, value, graph, depth + 1)
        return subject

    def _member(self, subject: str, term: Property, value: object, graph: str, depth: int) -> None:
        """Write the statements of a member."""
        if not term.is_simple:
            self._special(subject, term, value, graph, depth)
        elif type(value) is list:
            for each in value:
                self.statements.append(
                    Statement(subject, term.predicate, self._object(each, term, graph, depth + 1), graph)
                )
        else:
            self.statements.append(Statement(subject, term.predicate, self._object(value, term, graph, depth), graph))

    def _special(self, subject: str, term: Property, value: object, graph: str, depth: int) -> None:
        """Write the statements of a member with a container or with JSON literals."""
        write, predicate = self.statements.append, term.predicate
        if term.reference == "@json":
            write(Statement(subject, predicate, self._json(value, depth), graph))
        elif term.is_list:
            write(Statement(subject, predicate, self._list(value, term, graph, depth), graph))
        elif term.is_graph:
            for each in as_list(value) or [value]:
                name = self._blank()
                write(Statement(subject, predicate, name, graph))
                self._inner(each, term, name, depth + 1)
        elif isinstance(value, dict):
            raise NotPlain
        else:
            for each in value if isinstance(value, list) else [value]:
                write(Statement(subject, predicate, self._object(each, term, graph, depth + 1), graph))

    def _inner(self, value: object, term: Property, graph: str, depth: int) -> None:
        """Write an object as a graph of its own; one that says nothing would be dropped (JSON-LD 1.1, 4.9)."""
        if type(value) is not dict:
            raise NotPlain
        before = len(self.statements)
        self._object(value, term, graph, depth)
        if len(self.statements) == before:
            raise NotPlain

    def _list(self, value: object, term: Property, graph: str, depth: int) -> str:
        """Write the cells of a list and return the first, or the empty list (JSON-LD 1.1 API, 8.3)."""
        head = NIL
        for each in reversed(value if isinstance(value, list) else [value]):
            cell = self._blank()
            self.statements.append(Statement(cell, FIRST, self._object(each, term, graph, depth + 1), graph))
            self.statements.append(Statement(cell, REST, head, graph))
            head = cell
        return head

    def _object(self, value: Any, term: Property, graph: str, depth: int) -> str:  # noqa: ANN401 - any JSON
        """Return the term of one value, and write what an object says (JSON-LD 1.1 API, 5.3, 8.2)."""
        kind = type(value)
        if kind is str:
            if term.reference:
                return term.values.reference(value) if term.reference == "@id" else term.values.word(value)
            if term.suffix is None:
                raise NotPlain
            return f'"{_escaped(value) if _SPECIAL.search(value) else value}"{term.suffix}'
        if kind is dict:
            is_bare = len(value) == 1 and term.values.id_alias in value
            return self._node(value, term.references if is_bare else term.objects, graph, depth)
        return self._number(value, term.datatype)

    def _number(self, value: object, datatype: str) -> str:
        kind = type(value)
        if kind is bool:
            return literal("true" if value else "false", datatype or f"{_XSD}boolean")
        if kind is int and -_EXACT <= value <= _EXACT and datatype != XSD_DOUBLE:  # type: ignore[operator]  # a number
            return literal(str(value), datatype or f"{_XSD}integer")
        if kind is float and math.isfinite(value):  # type: ignore[arg-type]  # as above
            return self._made({"@value": value} | ({"@type": datatype} if datatype else {}))
        raise NotPlain

    def _json(self, value: object, depth: int) -> str:
        if any(json_problems(value, depth=depth)):
            raise NotPlain
        return self._made({"@type": "@json", "@value": value})

    def _made(self, value: Mapping[str, Any]) -> str:
        """Return the literal that PyLD makes of a value object."""
        processor = self._processor
        made = processor._object_to_rdf(value, None, [], processor.options)  # noqa: SLF001 - has no public name
        return literal(made["value"], made["datatype"])

    def _blank(self) -> str:
        self._nodes += 1
        return blank(f"b{self._nodes}")


def _escaped(value: str) -> str:
    if _SURROGATE.search(value):
        raise NotPlain
    return escaped(value)
