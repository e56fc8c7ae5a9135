"""RDF statements, and their canonical N-Quads (RDF Dataset Canonicalization 1.0, 5; RDF 1.1 N-Quads)."""

from __future__ import annotations

import dataclasses
import enum
import re
from typing import TYPE_CHECKING

from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
#: An IRI with a scheme, as N-Quads can write it: whatever else got between ``<`` and ``>`` could end the IRI and add statements.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\ud800-\udfff]*")
_BLANK = re.compile(r"_:[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_-])?")
_LANGUAGE = re.compile(r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")
#: What canonical N-Quads escape; U+FFFE and U+FFFF are no characters of XML 1.1.
_ESCAPED = re.compile('[\x00-\x1f\x7f"\\\\\ufffe\uffff]')
_SHORT = {"\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


class TermKind(enum.Enum):
    """The three kinds of RDF terms."""

    IRI = "IRI"
    BLANK = "blank node"
    LITERAL = "literal"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One RDF term; the value of a blank node begins with ``_:``."""

    kind: TermKind
    value: str
    datatype: str = ""
    language: str = ""

    @property
    def text(self) -> str:
        """The term in canonical N-Quads."""
        if self.kind is TermKind.BLANK:
            return self.value
        if self.kind is TermKind.IRI:
            return f"<{self.value}>"
        quoted = f'"{_ESCAPED.sub(_escape, self.value)}"'
        if self.datatype == RDF_LANG_STRING:
            return f"{quoted}@{self.language}"
        return quoted if self.datatype == XSD_STRING else f"{quoted}^^<{self.datatype}>"

    def problems(self) -> Iterator[str]:
        """Yield what keeps the term from being written as N-Quads."""
        if self.kind is TermKind.IRI and not is_iri(self.value):
            yield f"{quoted(self.value)} is no absolute IRI"
        if self.kind is TermKind.BLANK and not is_blank(self.value):
            yield f"{quoted(self.value)} is no label of a blank node"
        if self.kind is TermKind.LITERAL and not is_iri(self.datatype):
            yield f"the datatype {quoted(self.datatype)} is no absolute IRI"
        if self.datatype == RDF_LANG_STRING and not is_language(self.language):
            yield f"{quoted(self.language)} is no well-formed language tag"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement: a triple, in a graph if it has one."""

    subject: Term
    predicate: Term
    object: Term
    graph: Term | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        """The terms in the order in which they are written."""
        triple = (self.subject, self.predicate, self.object)
        return triple if self.graph is None else (*triple, self.graph)

    @property
    def line(self) -> str:
        """The statement in canonical N-Quads, newline included."""
        return " ".join([*(term.text for term in self.terms), ".\n"])

    def replaced(self, terms: Mapping[Term, Term]) -> Statement:
        """Return the statement with other terms in the place of some."""
        return Statement(
            subject=terms.get(self.subject, self.subject),
            predicate=self.predicate,
            object=terms.get(self.object, self.object),
            graph=terms.get(self.graph, self.graph) if self.graph else None,
        )


def blank(label: str) -> Term:
    """Return the blank node with a label, which is written without ``_:``."""
    return Term(kind=TermKind.BLANK, value=f"_:{label}")


def blank_nodes(statements: Iterable[Statement]) -> dict[Term, None]:
    """Return the blank nodes in the order in which they are mentioned first."""
    return {term: None for each in statements for term in each.terms if term.kind is TermKind.BLANK}


def is_iri(text: object) -> bool:
    """Tell whether a value is an IRI with a scheme that N-Quads can write (RDF 1.1 N-Quads, IRIREF)."""
    return isinstance(text, str) and _IRI.fullmatch(text) is not None


def is_blank(text: object) -> bool:
    """Tell whether a value is the label of a blank node, ``_:`` included."""
    return isinstance(text, str) and _BLANK.fullmatch(text) is not None


def is_language(text: object) -> bool:
    """Tell whether a value has the form of a language tag (BCP 47, as JSON-LD 1.1 checks it)."""
    return isinstance(text, str) and _LANGUAGE.fullmatch(text) is not None


def _escape(match: re.Match[str]) -> str:
    letter = match[0]
    return _SHORT.get(letter) or f"\\u{ord(letter):04X}"
