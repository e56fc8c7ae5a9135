"""Nodes in which every term of a context stands, drawn from the tables; and the records that the harness draws."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from skillmark.strategies.credentials import records
from skillmark.strategies.credentials_values import DATATYPES, LETTERS, NUMBERS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark_reference.vocabularies import Scope, Term

__all__ = ["is_class", "members", "nodes", "records"]


def is_class(name: str) -> bool:
    """Whether a term of the top level names a class."""
    return name[0].isupper() or name[0].isdigit()


def members(scope: Scope) -> Iterator[Term]:
    """Yield the terms of a scope that name no class."""
    yield from (term for term in scope.terms.values() if not is_class(term.name))


@st.composite
def nodes(draw: st.DrawFn, scope: Scope, url: str) -> dict[str, Any]:
    """Draw a document in which every term of a context stands where it is defined, with values of every kind."""
    counter = iter(range(10**6))

    def node(inner: Scope, types: list[str]) -> dict[str, Any]:
        name = {"@id": f"urn:n:{next(counter)}"} | ({"@type": types} if types else {})
        return name | {term.name: values(term) for term in members(inner)}

    def values(term: Term) -> Any:  # noqa: ANN401 - any JSON
        if term.coercion == "@json":
            return draw(DATATYPES["JsonObject"])
        if term.coercion == "@vocab" and term.scope is not None:
            return list(term.scope.terms)
        address = f"urn:v:{next(counter)}"
        other = (
            node(term.scope, [name for name in term.scope.terms if is_class(name)]) if term.scope else {"@id": address}
        )
        if term.container == "@graph":
            return [{"@id": address, "@type": "urn:some:type"}]
        if term.coercion == "@id":
            return [f"urn:v:{next(counter)}", other]
        return [draw(LETTERS), draw(NUMBERS), draw(st.booleans()), other]

    classes = [(name, term.scope) for name, term in scope.terms.items() if is_class(name)]
    scoped = [
        node(inner, [name]) if inner else {"@id": f"urn:n:{next(counter)}", "@type": name} for name, inner in classes
    ]
    return {"@context": url, "@graph": [node(scope, []), *scoped]}
