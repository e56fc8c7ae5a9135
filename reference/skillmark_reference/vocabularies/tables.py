"""The typed form of a vocabulary's table, and its loader."""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any, TypeVar

from skillmark_reference.vocabularies.terms import KEYWORDS, ContextState, Scope, Term, context_states, expanded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_Row = TypeVar("_Row")


class Cardinality(enum.Enum):
    """How often a property occurs; every ``*`` is an array in canonical JSON."""

    ONE = "1"
    OPTIONAL = "0..1"
    ANY = "0..*"
    SOME = "1..*"
    SEVERAL = "2..*"

    @property
    def is_array(self) -> bool:
        """Whether the value is an array in canonical JSON, even with one entry."""
        return self.value.endswith("*")

    @property
    def is_required(self) -> bool:
        """Whether the member has to be present."""
        return self.minimum > 0

    @property
    def minimum(self) -> int:
        """The least number of values."""
        return int(self.value[0])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """What stands at one place of an ordered array."""

    const: str | None = None
    #: Anchored regular expression.
    pattern: str | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One member of a class."""

    name: str
    #: Datatypes, enumerations or classes of the vocabulary; the value is of one of them.
    types: tuple[str, ...]
    card: Cardinality
    #: Whether one value may stand without its array in compacted JSON-LD.
    compactable: bool = False
    #: What the array has to hold: one of the names of each entry.
    contains: tuple[tuple[str, ...], ...] = ()
    #: The only legal value.
    const: str | None = None
    #: The only legal values of members of the value.
    fixed: Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: Leading items of an ordered array.
    items: tuple[Item, ...] = ()
    #: Least number of items, where it is more than the cardinality says.
    min_items: int = 0
    #: Whether the order of the values carries meaning.
    ordered: bool = False
    #: The boolean member that has to be true for the pattern of the datatype to hold.
    pattern_if: str | None = None
    #: The meaning of a property that no context of the tables defines.
    own_term: Term | None = None
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RecordClass:
    """One class of the data model, inherited properties included."""

    name: str
    about: str
    clause: str
    #: Id of the table that defines the class.
    vocabulary: str
    #: Whether members outside the table are forbidden.
    closed: bool
    #: Whether the text leaves it open whether further members are allowed; they are, here.
    closed_unsure: bool
    properties: Mapping[str, Property]
    #: Names of the properties that the class itself declares, inherited ones left out.
    declared: tuple[str, ...]
    abstract: bool = False
    extends: str | None = None
    #: What a class of another name is called in documents: ``Profile`` for ``Profilev1p1``.
    json_name: str = ""
    #: Version of the Verifiable Credentials Data Model that the class belongs to.
    data_model: str = "2.0"
    #: IRI of a class that no context defines.
    own_iri: str | None = None
    #: Terms of the context that leads to the class, for a class that is known by its property.
    scoped_in: tuple[str, ...] = ()
    #: Name of the context that a document needs in addition for objects of the class.
    defined_in: str | None = None
    #: Whether objects are plain JSON, to which no context applies.
    plain: bool = False
    media_type: str | None = None
    #: The alternatives of a union, which has no properties of its own.
    union: tuple[str, ...] = ()
    #: Members of which one has to be present.
    at_least_one: tuple[str, ...] = ()
    #: Members of which one should be present.
    should_have_one: tuple[str, ...] = ()
    note: str = ""

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the mandatory members."""
        return tuple(name for name, row in self.properties.items() if row.card.is_required)

    @property
    def type_names(self) -> tuple[str, ...]:
        """The names that ``type`` holds in every object of the class, the first of alternatives."""
        row = self.properties.get("type")
        if row is None:
            return ()
        return (row.const,) if row.const else tuple(names[0] for names in row.contains)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Datatype:
    """One primitive datatype."""

    name: str
    clause: str
    #: JSON types.
    base: tuple[str, ...]
    #: Anchored regular expression.
    pattern: str | None = None
    #: ``date`` or ``date-time``.
    format: str | None = None
    minimum: int | None = None
    #: Whether carriage return, line feed and tab are forbidden.
    normalized: bool = False
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Enumeration:
    """A list of tokens: closed, open for tokens with a prefix, or open for all."""

    name: str
    clause: str
    values: tuple[str, ...]
    #: Anchored regular expression of further legal tokens.
    pattern: str | None = None
    #: Whether any other token is legal.
    open: bool = False
    #: The token that all others refine.
    base_term: str | None = None
    #: Tokens that older documents carry.
    older: tuple[str, ...] = ()
    #: Tokens that products use beside those of the standard.
    also_seen: tuple[str, ...] = ()
    note: str = ""

    def admits(self, token: str) -> bool:
        """Whether the token is legal."""
        return self.open or token in self.values or bool(self.pattern and re.fullmatch(self.pattern, token))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """One version of one standard of credentials."""

    #: For example ``ob-3.0``.
    id: str
    name: str
    version: str
    title: str
    sources: tuple[str, ...]
    #: Ids of the tables whose classes, datatypes and enumerations are shared.
    imports: tuple[str, ...]
    #: Shared ones included.
    classes: Mapping[str, RecordClass]
    datatypes: Mapping[str, Datatype]
    enums: Mapping[str, Enumeration]
    #: States by document and id, the current one first.
    contexts: Mapping[str, Mapping[str, ContextState]]
    #: Table and document of the contexts of a document by data model, in the order of processing.
    context_order: Mapping[str, tuple[tuple[str, str], ...]]
    #: SHA-256 of the table, hexadecimal.
    digest: str

    def current_contexts(self, data_model: str = "2.0") -> tuple[ContextState, ...]:
        """Return the contexts of a document in their current states, in the order of processing.

        Raises:
            KeyError: no such data model; the message lists those that exist.
        """
        if data_model not in self.context_order:
            raise KeyError(f"no data model {data_model!r}; there are: {', '.join(self.context_order)}")
        return tuple(_current(table, document) for table, document in self.context_order[data_model])

    def term(self, record_class: str, member: str) -> Term | None:
        """Return what a member of a class means, ``None`` when no context says it.

        Found as a JSON-LD processor finds it: terms scoped to the types of the node first, then those of the top level,
        later contexts before earlier ones.

        Raises:
            KeyError: the vocabulary has no such class or member; the message lists those that exist.
        """
        row = _found(self.classes, record_class, "class")
        own = _found(row.properties, member, "member").own_term
        return own or self._terms_of(row).get(member)

    def class_iri(self, record_class: str) -> str | None:
        """Return the IRI of a class, ``None`` for classes outside of the linked data.

        Raises:
            KeyError: the vocabulary has no such class; the message lists those that exist.
        """
        row = _found(self.classes, record_class, "class")
        term = None if row.plain else _top_level(self._contexts_of(row)).get(row.json_name)
        return row.own_iri if term is None else term.absolute_iri

    def _contexts_of(self, row: RecordClass) -> tuple[ContextState, ...]:
        further = () if row.defined_in is None else (_current(row.vocabulary, row.defined_in),)
        return self.current_contexts(row.data_model) + further

    def _terms_of(self, row: RecordClass) -> dict[str, Term]:
        if row.plain:
            return {}
        terms = _top_level(self._contexts_of(row))
        for name in (*sorted(row.type_names), *row.scoped_in):
            scope = terms[name].scope if name in terms else None
            terms = terms if scope is None else terms | _with_keywords(scope)
        return terms


def vocabulary_ids() -> tuple[str, ...]:
    """Return the ids of all tables, for example ``ob-3.0``."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


@functools.cache
def load_vocabulary(identifier: str) -> Vocabulary:
    """Read one table, with what it shares with others.

    Raises:
        KeyError: there is no such table; the message lists those that exist.
    """
    if identifier not in vocabulary_ids():
        raise KeyError(f"no vocabulary {identifier!r}; there are: {', '.join(vocabulary_ids())}")
    content = (resources.files(__package__) / f"{identifier}.toml").read_bytes()
    return _vocabulary(tomllib.loads(content.decode()), digest=hashlib.sha256(content).hexdigest())


def _vocabulary(table: dict[str, Any], *, digest: str) -> Vocabulary:
    imports = tuple(table.get("imports", ()))
    shared = [load_vocabulary(name) for name in imports]
    rows = table["classes"]
    short = table["prefixes"]
    inherited = {name: row for other in shared for name, row in other.classes.items()}
    own: dict[str, RecordClass] = {}
    for name in rows:
        own[name] = _record_class(table, name, inherited)
    return Vocabulary(
        id=table["id"],
        name=table["name"],
        version=table["version"],
        title=table["title"],
        sources=tuple(table["sources"]),
        imports=imports,
        classes=inherited | own,
        datatypes={name: row for other in shared for name, row in other.datatypes.items()}
        | {name: _datatype(name, facts) for name, facts in table.get("datatypes", {}).items()},
        enums={name: row for other in shared for name, row in other.enums.items()}
        | {name: _enumeration(name, facts) for name, facts in table["enums"].items()},
        contexts={name: context_states(table["id"], name, facts, short) for name, facts in table["contexts"].items()},
        context_order={
            model: tuple((identifier, document) for identifier, document in order)
            for model, order in table["context_order"].items()
        },
        digest=digest,
    )


def _record_class(table: dict[str, Any], name: str, inherited: Mapping[str, RecordClass]) -> RecordClass:
    row = table["classes"][name]
    iri = row.get("iri")
    return RecordClass(
        name=name,
        about=row["about"],
        clause=row["clause"],
        vocabulary=table["id"],
        closed=row["closed"],
        closed_unsure=row.get("closed_unsure", False),
        properties=dict(_properties(table, name, inherited)),
        declared=tuple(row.get("properties", {})),
        abstract=row.get("abstract", False),
        extends=row.get("extends"),
        json_name=row.get("json_name", name),
        data_model=row.get("data_model", "2.0"),
        own_iri=None if iri is None else expanded(iri, table["prefixes"]),
        scoped_in=tuple(row.get("scoped_in", ())),
        defined_in=row.get("defined_in"),
        plain=row.get("plain", False),
        media_type=row.get("media_type"),
        union=tuple(row.get("union", ())),
        at_least_one=tuple(row.get("at_least_one", ())),
        should_have_one=tuple(row.get("should_have_one", ())),
        note=row.get("note", ""),
    )


def _properties(
    table: dict[str, Any], name: str, inherited: Mapping[str, RecordClass]
) -> Iterator[tuple[str, Property]]:
    if name not in table["classes"]:
        yield from inherited[name].properties.items()
        return
    row = table["classes"][name]
    if "extends" in row:
        yield from _properties(table, row["extends"], inherited)
    for member, facts in row.get("properties", {}).items():
        yield member, _property(member, facts, table["prefixes"])


def _property(name: str, facts: dict[str, Any], short: Mapping[str, str]) -> Property:
    types = facts["type"]
    return Property(
        name=name,
        types=(types,) if isinstance(types, str) else tuple(types),
        card=Cardinality(facts["card"]),
        compactable=facts.get("compactable", False),
        contains=tuple((each,) if isinstance(each, str) else tuple(each) for each in facts.get("contains", ())),
        const=facts.get("const"),
        fixed=facts.get("fixed", {}),
        items=tuple(Item(const=each) if isinstance(each, str) else Item(**each) for each in facts.get("items", ())),
        min_items=facts.get("min_items", 0),
        ordered=facts.get("ordered", False),
        pattern_if=facts.get("pattern_if"),
        own_term=_own_term(name, facts, short) if "iri" in facts else None,
        note=facts.get("note", ""),
    )


def _own_term(name: str, facts: dict[str, Any], short: Mapping[str, str]) -> Term:
    iri = expanded(facts["iri"], short)
    coercion = expanded(facts["coercion"], short) if "coercion" in facts else None
    return Term(
        name=name, iri=iri, absolute_iri=iri, coercion=coercion, datatype=coercion, container=facts.get("container")
    )


def _datatype(name: str, facts: dict[str, Any]) -> Datatype:
    base = facts["base"]
    return Datatype(name=name, **(facts | {"base": (base,) if isinstance(base, str) else tuple(base)}))


def _enumeration(name: str, facts: dict[str, Any]) -> Enumeration:
    lists = {key: tuple(value) for key, value in facts.items() if isinstance(value, list)}
    return Enumeration(name=name, **(facts | lists))


def _current(table: str, document: str) -> ContextState:
    return next(iter(load_vocabulary(table).contexts[document].values()))


def _top_level(states: tuple[ContextState, ...]) -> dict[str, Term]:
    terms: dict[str, Term] = {}
    for state in states:
        terms |= _with_keywords(state.scope)
    return terms


def _with_keywords(scope: Scope) -> dict[str, Term]:
    aliases = {alias: Term(name=alias, iri=KEYWORDS[alias], absolute_iri=KEYWORDS[alias]) for alias in scope.aliases}
    return aliases | dict(scope.terms)


def _found(rows: Mapping[str, _Row], name: str, kind: str) -> _Row:
    if name not in rows:
        raise KeyError(f"no {kind} {name!r}; there are: {', '.join(rows)}")
    return rows[name]
