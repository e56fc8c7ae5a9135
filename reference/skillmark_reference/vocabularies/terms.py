"""The terms of JSON-LD contexts, in every state in which a context was published.

A context document changed more than once while its URL stayed. Each state is a table of its own: the newest one in full, the
others as differences. A term keeps what the document writes and what a processor understands: where no prefix is declared, the
two are the same, even if that was hardly meant (``xsd:dateTime``).
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: What the alias of a keyword stands for.
KEYWORDS = {"id": "@id", "type": "@type"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of one scope."""

    name: str
    #: As the context document writes it: absolute, with a prefix, or the name of another term.
    iri: str
    #: As a processor expands it.
    absolute_iri: str
    #: ``@id``, ``@vocab``, ``@json`` or a datatype, as the document writes it.
    coercion: str | None = None
    #: The coercion as a processor expands it.
    datatype: str | None = None
    #: ``@set``, ``@list`` or ``@graph``.
    container: str | None = None
    #: The context that holds for nodes of this type, or for values of this property.
    scope: Scope | None = None
    #: Whether the scoped context is null: every term is forgotten for the values of this property.
    resets: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """One context: the top level of a document, or the context scoped to a term."""

    terms: Mapping[str, Term]
    protected: bool = False
    #: Keyword aliases: ``id`` for ``@id``, ``type`` for ``@type``.
    aliases: tuple[str, ...] = ()
    prefixes: Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: What undefined terms are appended to.
    vocab: str | None = None
    version: float | None = None

    def walk(self, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Scope]]:
        """Yield this scope and all below, each with the names of the terms that lead to it."""
        yield path, self
        for name, term in self.terms.items():
            if term.scope is not None:
                yield from term.scope.walk((*path, name))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ContextState:
    """One state of a context document."""

    #: Id of the table, for example ``ob-3.0``.
    vocabulary: str
    #: Name of the document in the table, for example ``context``.
    document: str
    #: For example ``3.0.3-2026-06-29``.
    id: str
    #: Where the document is published; other states may be, or have been, published there too.
    url: str
    clause: str
    scope: Scope
    also: tuple[str, ...] = ()
    #: Of the published bytes, hexadecimal, where known.
    sha256: str | None = None
    #: Of other published copies that are equal as JSON.
    copies: tuple[str, ...] = ()
    #: Of the JSON with sorted keys and without white space, where known.
    json_sha256: str | None = None
    #: The state that this one is a difference to.
    differs_from: str | None = None
    #: Whether the document writes a term with nothing but an IRI as a string.
    short_terms: bool = False
    #: Versions of the Verifiable Credentials Data Model whose base context it may follow.
    data_models: tuple[str, ...] = ("2.0", "1.1")
    note: str = ""

    @property
    def urls(self) -> tuple[str, ...]:
        """Every URL of the document."""
        return (self.url, *self.also)


def context_states(
    vocabulary: str, document: str, table: dict[str, Any], prefixes: Mapping[str, str]
) -> dict[str, ContextState]:
    """Read the states of one context document, the current one first."""
    states = {table["current"]: table["states"][table["current"]]} | table["states"]
    return {name: _state(vocabulary, document, table, prefixes, name) for name in states}


def _state(
    vocabulary: str, document: str, table: dict[str, Any], prefixes: Mapping[str, str], name: str
) -> ContextState:
    row = table["states"][name]
    return ContextState(
        vocabulary=vocabulary,
        document=document,
        id=name,
        url=row["url"],
        clause=table["clause"],
        scope=_Scopes(_rows(table, name), prefixes).scope("top", _Active({}, {})),
        also=tuple(row.get("also", ())),
        sha256=row.get("sha256"),
        copies=tuple(row.get("copies", ())),
        json_sha256=row.get("json_sha256"),
        differs_from=row.get("differs_from"),
        short_terms=table.get("short_terms", False),
        data_models=tuple(row.get("data_models", ("2.0", "1.1"))),
        note=row.get("note", ""),
    )


def _rows(table: dict[str, Any], name: str) -> dict[str, dict[str, Any]]:
    """Return the scopes of a state by path, differences applied."""
    row = table["states"][name]
    if "differs_from" not in row:
        return dict(table["scopes"])
    rows = _rows(table, row["differs_from"])
    for path, difference in row.get("scopes", {}).items():
        rows[path] = _changed(rows[path], difference)
    return rows


def _changed(rows: dict[str, Any], difference: dict[str, Any]) -> dict[str, Any]:
    terms = {name: facts for name, facts in rows["terms"].items() if name not in difference.get("absent", ())}
    for name, facts in difference.get("terms", {}).items():
        merged = terms.get(name, {}) | facts
        terms[name] = {key: value for key, value in merged.items() if value != ""}
    kept = {key: value for key, value in difference.items() if key not in {"absent", "terms"}}
    return rows | kept | {"terms": terms}


@dataclasses.dataclass(frozen=True, slots=True)
class _Active:
    """What a processor knows when it reads a scope: the prefixes, and what each term is written as."""

    prefixes: Mapping[str, str]
    written: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class _Scopes:
    """Builds the nested scopes of one state from the rows of the table, which name each scope by its path."""

    rows: Mapping[str, dict[str, Any]]
    #: Short forms of the table.
    short: Mapping[str, str]

    def scope(self, path: str, outer: _Active) -> Scope:
        row = self.rows[path]
        short = {} if row.get("as_written") else self.short
        rows = {name: _written(facts, short) for name, facts in row.get("terms", {}).items()}
        active = _Active(
            {**outer.prefixes, **row.get("prefixes", {})},
            {**outer.written, **{name: facts["iri"] for name, facts in rows.items()}},
        )
        return Scope(
            terms={name: self._term(path, name, facts, active) for name, facts in rows.items()},
            protected=row.get("protected", False),
            aliases=tuple(row.get("aliases", ())),
            prefixes=row.get("prefixes", {}),
            vocab=row.get("vocab"),
            version=row.get("version"),
        )

    def _term(self, path: str, name: str, facts: dict[str, Any], active: _Active) -> Term:
        iri, coercion = facts["iri"], facts.get("coercion")
        below = name if path == "top" else f"{path}.{name}"
        return Term(
            name=name,
            iri=iri,
            absolute_iri=expanded(active.written.get(iri, iri), active.prefixes),
            coercion=coercion,
            datatype=None if coercion is None else expanded(coercion, active.prefixes),
            container=facts.get("container"),
            scope=self.scope(below, active) if below in self.rows else None,
            resets=facts.get("resets", False),
        )


def _written(facts: dict[str, Any], short: Mapping[str, str]) -> dict[str, Any]:
    iris = {key: expanded(facts[key], short) for key in ("iri", "coercion") if key in facts}
    return facts | iris


def expanded(value: str, prefixes: Mapping[str, str]) -> str:
    """Return an IRI with its prefix replaced, or as it is where the prefix is unknown."""
    prefix, colon, rest = value.partition(":")
    return f"{prefixes[prefix]}{rest}" if colon and prefix in prefixes else value
