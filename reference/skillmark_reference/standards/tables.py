"""The typed form of a standard's table, and its loader."""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


class Cardinality(enum.Enum):
    """How often a property occurs; every ``*`` is a JSON array on the wire."""

    ONE = "1"
    OPTIONAL = "0..1"
    ANY = "0..*"
    SOME = "1..*"

    @property
    def is_array(self) -> bool:
        """Whether the value is a JSON array, even with one entry."""
        return self in {Cardinality.ANY, Cardinality.SOME}

    @property
    def is_required(self) -> bool:
        """Whether the member has to be present."""
        return self in {Cardinality.ONE, Cardinality.SOME}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """One member of a class."""

    name: str
    #: Name of a datatype, an enumeration or a class of the same standard.
    type: str
    card: Cardinality
    #: Version of the standard that introduced the member, when it is not the first.
    since: str | None = None
    #: Classes whose records the link may point to; empty for members that are no links.
    target: tuple[str, ...] = ()
    #: Whether Markdown and LaTeX are allowed in the text.
    markup: bool = False
    #: A vocabulary of recommended words; other words are legal.
    advisory_enum: str | None = None
    default: str | None = None
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RecordClass:
    """One class of the data model, inherited properties included."""

    name: str
    about: str
    clause: str
    #: Whether members outside the table are forbidden.
    closed: bool
    #: In the published order, which carries no meaning on the wire.
    properties: Mapping[str, Property]
    extends: str | None = None
    json_name: str | None = None
    #: The class that an extension class belongs to.
    owner: str | None = None
    since: str | None = None
    #: Operations whose 200 body is an object of this class.
    payload_of: tuple[str, ...] = ()

    @property
    def is_record(self) -> bool:
        """Whether objects of the class are CASE records: they have an identity and a time of last change."""
        return {"identifier", "lastChangeDateTime"} <= self.properties.keys()

    @property
    def required(self) -> tuple[str, ...]:
        """Names of the mandatory members."""
        return tuple(name for name, row in self.properties.items() if row.card.is_required)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Datatype:
    """One primitive datatype."""

    name: str
    clause: str
    #: JSON type: ``string``, ``integer``, ``number`` or ``object``.
    base: str
    #: Anchored regular expression.
    pattern: str | None = None
    #: ``uri``, ``date-time``, ``date``, ``int32`` or ``float``.
    format: str | None = None
    minimum: int | None = None
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Enumeration:
    """A closed list of tokens, possibly open for tokens with a prefix."""

    name: str
    clause: str
    values: tuple[str, ...]
    #: Anchored regular expression of further legal tokens.
    pattern: str | None = None
    default: str | None = None
    #: Tokens of this version, each with the spelling of the other version.
    other_version: Mapping[str, str] = dataclasses.field(default_factory=dict)
    #: Tokens that the prose demands although the enumeration lacks them.
    demanded_elsewhere: tuple[str, ...] = ()
    meanings: Mapping[str, str] = dataclasses.field(default_factory=dict)

    def admits(self, token: str) -> bool:
        """Whether the token is legal."""
        return token in self.values or bool(self.pattern and re.fullmatch(self.pattern, token))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of the REST binding."""

    id: str
    method: str
    #: Template below the base path, for example ``/CFItems/{sourcedId}``.
    path: str
    interface: str
    clause: str
    #: Class of the body of a 200 response.
    payload: str
    #: Class whose identifier the path takes; ``None`` for the list operation.
    sourced_id_of: str | None
    query: tuple[str, ...]
    response_headers: tuple[str, ...]
    statuses: tuple[int, ...]
    #: ``required``, ``optional`` or ``alternative`` by role.
    certification: Mapping[str, str]
    note: str = ""

    @property
    def collection(self) -> str:
        """First segment of the path, for example ``CFItems``."""
        return self.path.split("/")[1]

    def url_path(self, sourced_id: str | None = None) -> str:
        """Return the path below the base path, with the identifier filled in."""
        return self.path if sourced_id is None else self.path.replace("{sourcedId}", sourced_id)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StatusRule:
    """What an ``imsx_StatusInfo`` says with one HTTP status."""

    status: int
    clause: str
    code_major: tuple[str, ...]
    severity: str
    code_minor: tuple[str, ...]
    #: Tokens that only the prose demands.
    code_minor_from_prose: tuple[str, ...]
    meaning: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """One version of one standard."""

    #: For example ``case-1.1``.
    id: str
    name: str
    version: str
    title: str
    base_path: str
    media_type: str
    sources: tuple[str, ...]
    classes: Mapping[str, RecordClass]
    datatypes: Mapping[str, Datatype]
    enums: Mapping[str, Enumeration]
    #: Recommended words by vocabulary.
    vocabularies: Mapping[str, tuple[str, ...]]
    operations: Mapping[str, Operation]
    #: Query parameters, as in the table.
    parameters: Mapping[str, Mapping[str, Any]]
    statuses: Mapping[int, StatusRule]
    #: Permitted severities by code major (table B1.1).
    severity_matrix: Mapping[str, tuple[str, ...]]
    predicates: tuple[str, ...]
    relations: tuple[str, ...]
    #: Path of the discovery document below the base path, where the version has one.
    discovery_path: str | None
    tls_versions: tuple[str, ...]
    #: SHA-256 of the table, hexadecimal.
    digest: str

    def operation_of(self, record_class: str) -> Operation | None:
        """Return the single-read operation that takes the identifier of a record of the class."""
        for operation in self.operations.values():
            if operation.sourced_id_of == record_class and operation.payload in {
                record_class,
                f"{record_class}Set",
            }:
                return operation
        return None

    def full_form(self, name: str) -> str:
        """Return the stand-alone class of a package-form class: ``CFPckgItem`` is ``CFItem``."""
        return next(
            (other.name for other in self.classes.values() if other.extends == name),
            name,
        )


def standard_ids() -> tuple[str, ...]:
    """Return the ids of all tables, for example ``case-1.1``."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


@functools.cache
def load_standard(identifier: str) -> Standard:
    """Read the table of one standard.

    Raises:
        KeyError: there is no such table; the message lists those that exist.
    """
    if identifier not in standard_ids():
        raise KeyError(f"no standard {identifier!r}; there are: {', '.join(standard_ids())}")
    content = (resources.files(__package__) / f"{identifier}.toml").read_bytes()
    return _standard(tomllib.loads(content.decode()), digest=hashlib.sha256(content).hexdigest())


def _standard(table: dict[str, Any], *, digest: str) -> Standard:
    return Standard(
        id=table["id"],
        name=table["name"],
        version=table["version"],
        title=table["title"],
        base_path=table["base_path"],
        media_type=table["media_type"],
        sources=tuple(table["sources"]),
        classes={name: _record_class(table["classes"], name) for name in table["classes"]},
        datatypes={name: _datatype(name, row) for name, row in table["datatypes"].items()},
        enums={name: _enumeration(name, row) for name, row in table["enums"].items()},
        vocabularies={name: tuple(row["values"]) for name, row in table["vocabularies"].items()},
        operations={name: _operation(name, row) for name, row in table["operations"].items()},
        parameters=table["parameters"],
        statuses={int(status): _status(int(status), row) for status, row in table["statuses"].items()},
        severity_matrix={major: tuple(row) for major, row in table["severity_matrix"].items()},
        predicates=tuple(table["filtering"]["predicates"]),
        relations=tuple(table["pagination"]["relations"]),
        discovery_path=table.get("discovery", {}).get("path"),
        tls_versions=tuple(table["security"]["tls_versions"]),
        digest=digest,
    )


def _record_class(classes: dict[str, Any], name: str) -> RecordClass:
    row = classes[name]
    properties = dict(_properties(classes, name))
    order = row.get("order", list(properties))
    return RecordClass(
        name=name,
        about=row["about"],
        clause=row["clause"],
        closed=row["closed"],
        properties={member: properties[member] for member in order},
        extends=row.get("extends"),
        json_name=row.get("json_name"),
        owner=row.get("owner"),
        since=row.get("since"),
        payload_of=tuple(row.get("payload_of", ())),
    )


def _properties(classes: dict[str, Any], name: str) -> Iterator[tuple[str, Property]]:
    row = classes[name]
    if "extends" in row:
        yield from _properties(classes, row["extends"])
    for member, facts in row.get("properties", {}).items():
        rest = {key: value for key, value in facts.items() if key not in {"card", "target"}}
        target = tuple(facts.get("target", ()))
        yield member, Property(name=member, card=Cardinality(facts["card"]), target=target, **rest)


def _datatype(name: str, row: dict[str, Any]) -> Datatype:
    known = {key: row[key] for key in ("base", "pattern", "format", "minimum", "note") if key in row}
    return Datatype(name=name, clause=row["clause"], **known)


def _enumeration(name: str, row: dict[str, Any]) -> Enumeration:
    return Enumeration(
        name=name,
        clause=row["clause"],
        values=tuple(row["values"]),
        pattern=row.get("pattern"),
        default=row.get("default"),
        other_version=row.get("other_version", {}),
        demanded_elsewhere=tuple(row.get("demanded_elsewhere", ())),
        meanings=row.get("meanings", {}),
    )


def _operation(name: str, row: dict[str, Any]) -> Operation:
    return Operation(
        id=name,
        method=row["method"],
        path=row["path"],
        interface=row["interface"],
        clause=row["clause"],
        payload=row["payload"],
        sourced_id_of=row.get("sourced_id_of"),
        query=tuple(row["query"]),
        response_headers=tuple(row["response_headers"]),
        statuses=tuple(row["statuses"]),
        certification=row["certification"],
        note=row.get("note", ""),
    )


def _status(status: int, row: dict[str, Any]) -> StatusRule:
    return StatusRule(
        status=status,
        clause=row["clause"],
        code_major=tuple(row["code_major"]),
        severity=row["severity"],
        code_minor=tuple(row["code_minor"]),
        code_minor_from_prose=tuple(row.get("code_minor_from_prose", ())),
        meaning=row.get("meaning", ""),
    )
