"""JSON-LD to statements, without losing anything.

JSON-LD processing drops in silence what no context defines, what has a relative identifier, and more; a signature over
the statements would not cover it. Data Integrity 1.0, 2.4.1 demands an error instead, when signing and when verifying,
for the document and for the proof options. Here the whole document is walked, and every loss is told with its JSON
pointer. The walk is PyLD's own expansion: each object is looked at with the context that is in force where it stands,
before PyLD expands it. There is no base URL, and nothing is fetched.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from pyld.jsonld import JsonLdError

from skillmark_reference.securing.integrity.active_contexts import ContextProcessor
from skillmark_reference.securing.integrity.contexts import UnknownContext
from skillmark_reference.securing.integrity.deserialization import Deserializer
from skillmark_reference.securing.integrity.inspection import Inspection
from skillmark_reference.securing.integrity.json_values import entries, json_problems
from skillmark_reference.securing.integrity.plain_documents import plain_statements
from skillmark_reference.securing.integrity.problems import Problem, ProblemKind, Refused, child
from skillmark_reference.securing.integrity.statements import literal, term_problems

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.securing.integrity.contexts import ContextReading, Contexts
    from skillmark_reference.securing.integrity.statements import Statement


class DataLost(Refused):
    """A document that JSON-LD processing would change (DATA_LOSS_DETECTION_ERROR), or cannot process at all."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """What JSON-LD processing makes of a document."""

    #: Empty if there are problems: what is left then is not what the document says.
    statements: tuple[Statement, ...]
    problems: tuple[Problem, ...]
    #: SHA-256 of each context that was used, by URL.
    contexts: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ThoroughExpansion(Expansion):
    """What the walk through PyLD's expansion makes of a document."""

    #: Pointers of the node objects without identifier: each is a blank node.
    anonymous: tuple[str, ...] = ()


def expand(document: Mapping[str, Any], *, contexts: Contexts) -> Expansion:
    """Return the statements of a document, or everything that keeps it from being statements."""
    plain = plain_statements(document, contexts)
    if plain is None:
        return expand_thoroughly(document, contexts=contexts)
    return Expansion(statements=plain.statements, problems=(), contexts=plain.contexts)


def expand_thoroughly(document: Mapping[str, Any], *, contexts: Contexts) -> ThoroughExpansion:
    """Return the same of any document, plain or not, by PyLD's expansion."""
    problems = list(json_problems(document))
    if problems:
        return ThoroughExpansion(statements=(), problems=tuple(problems), contexts={})
    reading = contexts.reading(document)
    processor = _Processor(dict(document), reading, contexts)
    statements = processor.statements()
    return ThoroughExpansion(
        statements=() if processor.problems else statements,
        problems=tuple(processor.problems),
        contexts=reading.used,
        anonymous=tuple(processor.anonymous),
    )


def statements_of(document: Mapping[str, Any], *, contexts: Contexts) -> tuple[Statement, ...]:
    """Return the statements of a document.

    Raises:
        DataLost: Something would be lost.
    """
    expansion = expand(document, contexts=contexts)
    if expansion.problems:
        raise DataLost(expansion.problems)
    return expansion.statements


class _Processor(ContextProcessor):
    """PyLD's processor, which shows every object to the inspection before it expands it."""

    def __init__(self, document: dict[str, Any], reading: ContextReading, contexts: Contexts) -> None:
        super().__init__(reading)
        self._document = document
        self._contexts = contexts
        self._pointers: dict[int, str] = {}
        #: Objects of graph containers: what has no statement there is lost.
        self._in_graph: set[int] = set()
        #: Objects whose identifier is the key of the map in which they are.
        self._named: set[int] = set()
        #: Pointers of the objects that PyLD could not expand.
        self._failed: list[str] = []
        self.problems: list[Problem] = []
        self.anonymous: list[str] = []

    def statements(self) -> tuple[Statement, ...]:
        """Expand the document; the problems are complete afterwards."""
        try:
            expanded = self.expand(self._document, self.options)
        except Exception as error:  # noqa: BLE001 - PyLD raises more than its own errors, for example KeyError
            self._tell_error("", error)
            return ()
        if self.problems:
            return ()
        deserializer = Deserializer(lambda value: _literal(self._object_to_rdf(value, None, [], self.options)))
        deserializer.add(expanded)
        statements = deserializer.statements
        for term in dict.fromkeys(term for each in statements for term in each if term):
            self.problems += map(_malformed, term_problems(term))
        if not statements:
            self._tell(ProblemKind.DROPPED, "", "the document has no statement that could be signed")
        return statements

    def _expand(
        self,
        active_ctx: Any,  # noqa: ANN401 - the signature is PyLD's
        active_property: str | None,
        element: Any,  # noqa: ANN401
        *args: Any,  # noqa: ANN401
        **options: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        if not self._pointers:
            self._locate(element, "")
        if not isinstance(element, dict):
            return super()._expand(active_ctx, active_property, element, *args, **options)
        pointer = self._pointers.get(id(element), "")
        try:
            expanded = super()._expand(active_ctx, active_property, element, *args, **options)
        except Exception as error:  # noqa: BLE001 - as above; the rest of the document is still looked at
            self._tell_error(pointer, error, element)
            return None
        self._judge(element, expanded, pointer)
        return expanded

    def _expand_object(  # noqa: PLR0917 - the signature is PyLD's
        self,
        active_ctx: Any,  # noqa: ANN401
        active_property: str | None,
        expanded_active_property: str | None,
        element: dict[str, Any],
        expanded_parent: dict[str, Any],
        options: dict[str, Any],
        inside_list: bool = False,  # noqa: FBT001, FBT002
        type_key: str | None = None,
        type_scoped_ctx: Any = None,  # noqa: ANN401
    ) -> None:
        inspection = Inspection(
            processor=self, context=active_ctx, type_context=type_scoped_ctx, property=active_property, options=options
        )
        self.problems += inspection.problems(element, self._pointers.get(id(element), ""))
        self._in_graph |= {id(each) for each in inspection.in_graph}
        self._named |= {id(each) for each in inspection.named}
        super()._expand_object(
            active_ctx,
            active_property,
            expanded_active_property,
            element,
            expanded_parent,
            options,
            inside_list,
            type_key,
            type_scoped_ctx,
        )

    def _locate(self, value: object, pointer: str) -> None:
        """Note where each object is; they stay alive, and so their identities unique, as long as the document."""
        if isinstance(value, dict):
            self._pointers[id(value)] = pointer
            for name, member in value.items():
                self._locate(member, child(pointer, name))
        elif isinstance(value, list):
            for index, entry in enumerate(value):
                self._locate(entry, child(pointer, index))

    def _judge(self, element: dict[str, Any], expanded: Any, pointer: str) -> None:  # noqa: ANN401 - PyLD's
        """Look at what an object became."""
        is_node = isinstance(expanded, dict) and not expanded.keys() & {"@value", "@list", "@set"}
        says_nothing = expanded is None or (is_node and not expanded.keys() - {"@id"} and id(element) in self._in_graph)
        if says_nothing and not self._is_told(pointer):
            message = "the object makes no statement where it stands, and would be dropped"
            self._tell(ProblemKind.DROPPED, pointer, message)
        elif is_node and "@id" not in expanded and id(element) not in self._named:
            self.anonymous.append(pointer)

    def _tell_error(self, pointer: str, error: BaseException, element: Mapping[str, Any] | None = None) -> None:
        """Note an error of PyLD, unless it only follows from one further in."""
        if any(place == pointer or place.startswith(f"{pointer}/") for place in self._failed):
            return
        self._failed.append(pointer)
        unknown = _unknown_context(error)
        if unknown is None:
            code = error.code if isinstance(error, JsonLdError) else None
            text = error.args[0] if isinstance(error, JsonLdError) else f"{type(error).__name__} while it was processed"
            self._tell(ProblemKind.INVALID_SYNTAX, pointer, f"{code}: {text}" if code else str(text))
            return
        places = list(self._unknown_contexts(element or {}, child(pointer, "@context")))
        for place, url in places or [(pointer, unknown.url)]:
            self._tell(ProblemKind.UNKNOWN_CONTEXT, place, str(UnknownContext(url)))

    def _unknown_contexts(self, element: Mapping[str, Any], pointer: str) -> Iterator[tuple[str, str]]:
        """Yield every context that an object names and nobody knows; PyLD stops at the first."""
        for context, place in entries(element.get("@context"), pointer):
            if isinstance(context, str) and context not in self._contexts:
                yield place, context

    def _is_told(self, pointer: str) -> bool:
        return any(problem.pointer == pointer or problem.pointer.startswith(f"{pointer}/") for problem in self.problems)

    def _tell(self, kind: ProblemKind, pointer: str, message: str) -> None:
        self.problems.append(Problem(kind=kind, pointer=pointer, message=message))


def _unknown_context(error: BaseException | None) -> UnknownContext | None:
    while error is not None and not isinstance(error, UnknownContext):
        error = error.__cause__
    return error


def _literal(component: Mapping[str, str]) -> str:
    """Return the literal that PyLD made of a value object."""
    return literal(component["value"], component["datatype"], component.get("language", ""))


def _malformed(text: str) -> Problem:
    return Problem(kind=ProblemKind.INVALID_VALUE, pointer="", message=f"a statement is malformed: {text}")
