"""RDF statements, and their canonical N-Quads (RDF Dataset Canonicalization 1.0, 5; RDF 1.1 N-Quads).

A term is its text in canonical N-Quads, which says all of it: `iri`, `blank` and `literal` write one. A record has tens of
thousands of them, so a statement is a tuple of texts: made, compared and hashed without a line of Python.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

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
_LONG = {letter: name for name, letter in _SHORT.items()}
_ESCAPE = re.compile(r"\\(?:u([0-9A-F]{4})|.)")
_LITERAL = re.compile(r'"([^"\\]*(?:\\.[^"\\]*)*)"(?:\^\^<(.*)>|@(.*))?', re.DOTALL)


class Statement(NamedTuple):
    """One statement: a triple of terms, in a graph if it has one."""

    subject: str
    predicate: str
    object: str
    #: Empty in the default graph.
    graph: str = ""

    @property
    def line(self) -> str:
        """The statement in canonical N-Quads, newline included."""
        subject, predicate, value, graph = self
        return f"{subject} {predicate} {value} {graph} .\n" if graph else f"{subject} {predicate} {value} .\n"

    def replaced(self, terms: Mapping[str, str]) -> Statement:
        """Return the statement with other terms in the place of some; the predicate stays."""
        subject, predicate, value, graph = self
        return Statement(terms.get(subject, subject), predicate, terms.get(value, value), terms.get(graph, graph))


def iri(text: str) -> str:
    """Return the term of an IRI."""
    return f"<{text}>"


def blank(label: str) -> str:
    """Return the blank node with a label, which is written without ``_:``."""
    return f"_:{label}"


def literal(value: str, datatype: str = XSD_STRING, language: str = "") -> str:
    """Return the term of a literal."""
    text = f'"{escaped(value)}"'
    if datatype == RDF_LANG_STRING:
        return f"{text}@{language}"
    return text if datatype == XSD_STRING else f"{text}^^<{datatype}>"


def escaped(text: str) -> str:
    """Return a text as it is written between the quotation marks of a literal."""
    return _ESCAPED.sub(_escape, text) if _ESCAPED.search(text) else text


def value_of(term: str) -> str:
    """Return the IRI, the label with ``_:``, or the lexical form of a literal that a term is."""
    if term.startswith("<"):
        return term[1:-1]
    match = _LITERAL.fullmatch(term)
    return term if match is None else _ESCAPE.sub(_letter, match[1])


def is_blank_node(term: str) -> bool:
    """Tell whether a term is a blank node."""
    return term.startswith("_:")


def blank_nodes(statements: Iterable[Statement]) -> dict[str, None]:
    """Return the blank nodes in the order in which they are mentioned first."""
    return {
        term: None for subject, _, value, graph in statements for term in (subject, value, graph) if term[:2] == "_:"
    }


def term_problems(term: str) -> Iterator[str]:
    """Yield what keeps a term from being N-Quads."""
    if term.startswith("<"):
        if not is_iri(term[1:-1]):
            yield f"{quoted(term[1:-1])} is no absolute IRI"
    elif term.startswith("_:"):
        if not is_blank(term):
            yield f"{quoted(term)} is no label of a blank node"
    else:
        match = _LITERAL.fullmatch(term)
        if match is None or (match[2] is not None and not is_iri(match[2])):
            yield f"the datatype of {quoted(term)} is no absolute IRI"
        elif match[3] is not None and not is_language(match[3]):
            yield f"{quoted(match[3])} is no well-formed language tag"


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


def _letter(match: re.Match[str]) -> str:
    return _LONG.get(match[0]) or chr(int(match[1], 16))
