"""What JSON-LD expansion would drop from one object, seen with the context that is in force there (JSON-LD 1.1 API, 5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pyld.jsonld import KEYWORDS

from skillmark_reference.securing.integrity.json_values import as_list, entries
from skillmark_reference.securing.integrity.problems import Problem, ProblemKind, child
from skillmark_reference.securing.integrity.statements import is_blank, is_iri, is_language
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KEYWORDS = frozenset(KEYWORDS)
#: Keywords whose content becomes statements, or is looked at when its turn comes.
_CARRIED = {"@id", "@type", "@value", "@language", "@list", "@set", "@graph", "@included", "@reverse", "@nest"}
_REFERENCES = {"@id", "@vocab"}


class Inspection:
    """The look at the members of one object.

    Args:
        processor: PyLD's processor, which knows how a name expands.
        context: The active context of the object.
        type_context: The active context of its types.
        property: The member whose value the object is.
        options: The options of the expansion.
    """

    def __init__(
        self,
        *,
        processor: Any,  # noqa: ANN401 - PyLD has no types
        context: Any,  # noqa: ANN401 - as above
        type_context: Any,  # noqa: ANN401 - as above
        property: str | None,  # noqa: A002 - the word of the standard
        options: dict[str, Any],
    ) -> None:
        self._processor = processor
        self._context = context
        self._type_context = type_context
        self._property = property
        self._options = options
        #: Objects that become graphs of their own.
        self.in_graph: list[Mapping[str, Any]] = []
        #: Objects whose identifier is the key of a map.
        self.named: list[Mapping[str, Any]] = []

    def problems(self, element: Mapping[str, Any], pointer: str) -> list[Problem]:
        """Return what would be lost of the object, the objects in it not counted."""
        found: list[Problem] = []
        for name, value in element.items():
            if name != "@context":
                found += self._member(name, value, child(pointer, name), element)
        return found

    def _member(self, name: str, value: object, pointer: str, element: Mapping[str, Any]) -> Iterator[Problem]:
        iri = self._iri(self._context, name, vocab=True)
        if iri is not None and iri in _KEYWORDS:
            yield from self._keyword(iri, value, pointer, element)
        elif is_blank(iri):
            yield _lost(ProblemKind.DROPPED, pointer, f"{quoted(name)} stands for a blank node, which is no property")
        elif is_iri(iri):
            yield from self._property_value(name, value, pointer)
        elif iri is not None and ":" in iri:
            yield _lost(
                ProblemKind.INVALID_IRI,
                pointer,
                f"{quoted(name)} stands for {quoted(iri)}, which is no valid absolute IRI",
            )
        else:
            yield _lost(ProblemKind.UNDEFINED_TERM, pointer, f"no context defines the term {quoted(name)}")

    # keywords

    def _keyword(self, keyword: str, value: object, pointer: str, element: Mapping[str, Any]) -> Iterator[Problem]:
        if keyword not in _CARRIED:
            yield _unsigned(keyword, pointer)
        elif keyword == "@value" and self._is_json(element):
            return
        else:
            yield from _nulls(value, pointer)
        match keyword:
            case "@id" if isinstance(value, str):
                yield from self._reference(value, pointer, vocab=False)
            case "@type":
                yield from self._types(value, pointer, element)
            case "@language" if isinstance(value, str) and not is_language(value):
                yield _language(value, pointer)
            case "@graph":
                yield from self._free(value, pointer)
            case "@list" | "@set" if self._property is not None:
                yield from self._values(self._context, self._property, value, pointer)

    def _types(self, value: object, pointer: str, element: Mapping[str, Any]) -> Iterator[Problem]:
        is_value = self._has_keyword(element, "@value")
        for name, place in entries(value, pointer):
            if not isinstance(name, str) or (is_value and name == "@json"):
                continue
            iri = self._iri(self._type_context, name, vocab=True)
            if not is_iri(iri) and not is_blank(iri):
                kind = ProblemKind.INVALID_IRI if iri is not None and ":" in iri else ProblemKind.UNDEFINED_TYPE
                yield _lost(kind, place, f"no context defines the type {quoted(name)}")

    def _free(self, value: object, pointer: str) -> Iterator[Problem]:
        for entry, place in entries(value, pointer):
            if entry is not None and not isinstance(entry, dict):
                yield _lost(ProblemKind.DROPPED, place, "a graph has nodes; the value would be dropped")

    # properties

    def _property_value(self, name: str, value: object, pointer: str) -> Iterator[Problem]:
        if self._facts(self._context, name, "@type") == ["@json"]:
            return
        yield from _nulls(value, pointer)
        container = set(self._facts(self._context, name, "@container"))
        context = self._scoped(name)
        if isinstance(value, dict) and container & {"@language", "@index", "@id", "@type"}:
            yield from self._map(context, name, value, pointer, container)
            return
        if "@graph" in container:
            yield from self._free(value, pointer)
            self.in_graph += (entry for entry, _ in entries(value, pointer) if isinstance(entry, dict))
        yield from self._values(context, name, value, pointer)

    def _values(self, context: Any, name: str, value: object, pointer: str) -> Iterator[Problem]:  # noqa: ANN401
        """Look at the texts among the values of a property."""
        kinds = self._facts(context, name, "@type")
        is_plain = not kinds or kinds == ["@none"]
        languages, directions = (
            self._facts(context, name, fact) if is_plain else [] for fact in ("@language", "@direction")
        )
        for entry, place in entries(value, pointer):
            if not isinstance(entry, str):
                continue
            if _REFERENCES.intersection(kinds):
                yield from self._reference(entry, place, vocab="@vocab" in kinds, context=context)
            yield from (_language(tag, place) for tag in languages if not is_language(tag))
            yield from (_unsigned("@direction", place) for _ in directions)

    def _map(
        self,
        context: Any,  # noqa: ANN401
        name: str,
        value: Mapping[str, Any],
        pointer: str,
        container: set[str],
    ) -> Iterator[Problem]:
        """Look at the keys of a language, index, identifier or type map."""
        if "@language" in container and self._facts(self._context, name, "@direction"):
            yield _unsigned("@direction", pointer)
        indexed_by = self._facts(context, name, "@index")
        for key, member in value.items():
            place = child(pointer, key)
            objects = [entry for entry, _ in entries(member, place) if isinstance(entry, dict)]
            if "@graph" in container:
                self.in_graph += objects
            if self._iri(context, key, vocab=True) == "@none":
                continue
            if "@language" in container:
                yield from () if is_language(key) else (_language(key, place),)
            elif "@index" in container and indexed_by in ([], ["@index"]):
                yield _lost(
                    ProblemKind.UNSIGNED, place, f"the index {quoted(key)} is in no statement, and would not be signed"
                )
            elif "@id" in container:
                self.named += objects
                yield from self._reference(key, place, vocab=False, context=context)
            elif "@type" in container and not is_iri(self._iri(context, key, vocab=True)):
                yield _lost(ProblemKind.UNDEFINED_TYPE, place, f"no context defines the type {quoted(key)}")

    def _reference(self, text: str, pointer: str, *, vocab: bool, context: Any = None) -> Iterator[Problem]:  # noqa: ANN401
        iri = self._iri(self._context if context is None else context, text, vocab=vocab)
        if is_iri(iri) or is_blank(iri):
            return
        if iri is not None and ":" in iri:
            yield _lost(ProblemKind.INVALID_IRI, pointer, f"{quoted(text)} is no valid absolute IRI")
        else:
            yield _lost(
                ProblemKind.RELATIVE_REFERENCE, pointer, f"{quoted(text)} is no absolute IRI, and there is no base URL"
            )

    # what PyLD knows

    def _iri(self, context: Any, name: str, *, vocab: bool) -> str | None:  # noqa: ANN401
        iri = self._processor._expand_iri(context, name, vocab=vocab, base=None)  # noqa: SLF001 - has no public name
        return iri if iri is None else str(iri)

    def _facts(self, context: Any, name: str, fact: str) -> list[Any]:  # noqa: ANN401
        """Return what the definition of a term says, as a list."""
        return as_list(self._processor.get_context_value(context, name, fact))

    def _scoped(self, name: str) -> Any:  # noqa: ANN401
        """Return the context for the values of a property."""
        scoped = self._processor.get_context_value(self._context, name, "@context")
        if scoped is None:
            return self._context
        return self._processor._process_context(  # noqa: SLF001 - has no public name
            self._context, scoped, self._options, propagate=True, override_protected=True
        )

    def _has_keyword(self, element: Mapping[str, Any], keyword: str) -> bool:
        return any(self._iri(self._context, name, vocab=True) == keyword for name in element)

    def _is_json(self, element: Mapping[str, Any]) -> bool:
        names = [name for name in element if self._iri(self._context, name, vocab=True) == "@type"]
        return any(
            self._iri(self._context, kind, vocab=True) == "@json" for name in names for kind in as_list(element[name])
        )


def _nulls(value: object, pointer: str) -> Iterator[Problem]:
    for entry, place in entries(value, pointer):
        if entry is None:
            yield _lost(ProblemKind.NULL_VALUE, place, "null makes no statement; leave the member out")


def _language(tag: object, pointer: str) -> Problem:
    return _lost(ProblemKind.INVALID_LANGUAGE, pointer, f"{quoted(tag)} is no well-formed language tag (BCP 47)")


def _unsigned(keyword: str, pointer: str) -> Problem:
    return _lost(ProblemKind.UNSIGNED, pointer, f"what {keyword} says is in no statement, and would not be signed")


def _lost(kind: ProblemKind, pointer: str, message: str) -> Problem:
    return Problem(kind=kind, pointer=pointer, message=message)
