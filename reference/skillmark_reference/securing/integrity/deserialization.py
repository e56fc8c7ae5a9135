"""Expanded JSON-LD to statements (JSON-LD 1.1 API, 7 and 8.1).

PyLD first merges the nodes of one identifier, in a time that grows with the square of their values. Statements are a set, which
merges them by itself; so each is written where it is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyld.identifier_issuer import IdentifierIssuer

from skillmark_reference.securing.integrity.statements import Statement, iri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
TYPE, FIRST, REST, NIL = (iri(_RDF + name) for name in ("type", "first", "rest", "nil"))


class Deserializer:
    """Collects the statements of expanded JSON-LD from which nothing will be dropped.

    Args:
        literal: Makes the literal of a value object.
    """

    def __init__(self, literal: Callable[[Mapping[str, Any]], str]) -> None:
        self._literal = literal
        self._issuer = IdentifierIssuer("_:b")
        self._statements: dict[Statement, None] = {}

    @property
    def statements(self) -> tuple[Statement, ...]:
        """What was found so far, each once."""
        return tuple(self._statements)

    def add(self, nodes: Iterable[Mapping[str, Any]], graph: str = "") -> None:
        """Add the nodes of a graph; values and lists that stand alone say nothing."""
        for node in nodes:
            if not node.keys() & {"@value", "@list"}:
                self._node(node, graph)

    def _node(self, node: Mapping[str, Any], graph: str) -> str:
        subject = self._resource(node.get("@id"))
        for name, values in node.items():
            if name == "@type":
                self._types(subject, values, graph)
            elif name == "@graph":
                self.add(values, subject)
            elif name == "@included":
                self.add(values, graph)
            elif name == "@reverse":
                self._reverse(subject, values, graph)
            elif not name.startswith("@"):
                for value in values:
                    self._state(subject, iri(name), self._object(value, graph), graph)
        return subject

    def _types(self, subject: str, names: Iterable[str], graph: str) -> None:
        for name in names:
            self._state(subject, TYPE, self._resource(name), graph)

    def _reverse(self, subject: str, values: Mapping[str, Sequence[Mapping[str, Any]]], graph: str) -> None:
        for name, nodes in values.items():
            for node in nodes:
                self._state(self._node(node, graph), iri(name), subject, graph)

    def _object(self, value: Mapping[str, Any], graph: str) -> str:
        if "@value" in value:
            return self._literal(value)
        return self._list(value["@list"], graph) if "@list" in value else self._node(value, graph)

    def _list(self, values: Sequence[Mapping[str, Any]], graph: str) -> str:
        """Add the cells of a list and return the first, or the empty list (8.3)."""
        head = NIL
        for value in reversed(values):
            cell = self._resource(None)
            self._state(cell, FIRST, self._object(value, graph), graph)
            self._state(cell, REST, head, graph)
            head = cell
        return head

    def _resource(self, name: str | None) -> str:
        """Return the node of an identifier; blank nodes get new labels, so that those of the document stay apart."""
        if name is None or name.startswith("_:"):
            return str(self._issuer.get_id(name))
        return iri(name)

    def _state(self, subject: str, predicate: str, value: str, graph: str) -> None:
        self._statements[Statement(subject, predicate, value, graph)] = None
