"""The typed form of a service's table, and its loader."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

from skillmark_reference.vocabularies import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.vocabularies import Vocabulary

_ANY = "default"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation, of the API itself or of its authorization server."""

    id: str
    method: str
    clause: str
    about: str
    #: Path below the base path; ``None`` for one that is elsewhere.
    path: str | None = None
    #: The member of the service description that has the address of one that is elsewhere.
    address: str | None = None
    #: The scope that a token needs; ``None`` for an operation without a token.
    scope: str | None = None
    #: What a person is asked when a client asks for the scope.
    consent: str = ""
    query: tuple[str, ...] = ()
    #: Fields of a form.
    fields: tuple[str, ...] = ()
    #: Query parameters or fields that have to be there.
    required: tuple[str, ...] = ()
    grant_type: str | None = None
    #: Media types by the class that the body of a request is of; ``form`` for a form.
    bodies: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    #: Classes that the body of an answer may be of, by HTTP status.
    responses: Mapping[int, tuple[str, ...]]
    #: The same for every other status.
    default_response: tuple[str, ...] = ()
    response_headers: tuple[str, ...] = ()
    #: Of the body of a success.
    media_types: tuple[str, ...] = ()
    note: str = ""
    #: What no document that could be read says.
    unsure: str = ""

    @property
    def accepted(self) -> tuple[str, ...]:
        """Every media type that the body of a request may have."""
        return tuple(media_type for each in self.bodies.values() for media_type in each)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """A query parameter."""

    name: str
    #: A datatype of the vocabulary.
    type: str
    about: str
    note: str = ""
    unsure: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What an ``Imsx_StatusInfo`` says with one HTTP status."""

    code_minor: str
    code_major: str
    severity: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Paging:
    """How a list is cut into pages."""

    operation: str
    clause: str
    total_header: str
    link_header: str
    #: Relations that a Link header has: in any case, when more follows, when something goes before.
    always: tuple[str, ...]
    incomplete: tuple[str, ...]
    beyond_first: tuple[str, ...]
    unsure: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Security:
    """What the authorization server has to know."""

    #: Name of the security scheme in the service description.
    scheme: str
    grant_types: tuple[str, ...]
    response_types: tuple[str, ...]
    challenge_methods: tuple[str, ...]
    client_authentication: tuple[str, ...]
    #: Seconds that a code and an access token live.
    code_seconds: int
    token_seconds: int
    #: Scopes of no operation.
    also_scopes: tuple[str, ...]
    note: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Certification:
    """The operations of one role of the certification guide."""

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """The API of one version of one standard."""

    #: That of the vocabulary whose classes are exchanged, for example ``ob-3.0``.
    id: str
    name: str
    version: str
    title: str
    base_path: str
    tls_versions: tuple[str, ...]
    sources: tuple[str, ...]
    operations: Mapping[str, Operation]
    parameters: Mapping[str, Parameter]
    statuses: Mapping[int, Status]
    #: For a status that has no code-minor of its own.
    other_status: Status
    paging: Paging
    security: Security
    #: By role.
    certification: Mapping[str, Certification]
    #: SHA-256 of the table, and of the one that it is like, hexadecimal.
    digest: str

    @property
    def vocabulary(self) -> Vocabulary:
        """The table that has the classes."""
        return load_vocabulary(self.id)

    @property
    def scopes(self) -> Mapping[str, str]:
        """What a person is asked for each scope."""
        return {each.scope: each.consent for each in self.operations.values() if each.scope}

    def status(self, status: int) -> Status:
        """Return what is said with an HTTP status."""
        return self.statuses.get(status, self.other_status)


@functools.cache
def service_ids() -> tuple[str, ...]:
    """Return the ids of all tables, for example ``ob-3.0``."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


@functools.cache
def load_service(identifier: str) -> Service:
    """Read one table, with what it shares with another.

    Raises:
        KeyError: there is no such table; the message lists those that exist.
    """
    if identifier not in service_ids():
        raise KeyError(f"no service {identifier!r}; there are: {', '.join(service_ids())}")
    content = _content(identifier)
    table = tomllib.loads(content.decode())
    like = table.pop("like", None)
    if like is not None:
        shared = _content(like)
        table, content = _replaced(tomllib.loads(shared.decode()), table), shared + content
    return _service(table, digest=hashlib.sha256(content).hexdigest())


def _content(identifier: str) -> bytes:
    return (resources.files(__package__) / f"{identifier}.toml").read_bytes()


def _replaced(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Return a table with the values of another one in the place of its own."""
    both = old | new
    return {
        name: _replaced(old[name], value) if isinstance(value, dict) and name in old else value
        for name, value in both.items()
    }


def _service(table: dict[str, Any], *, digest: str) -> Service:
    plain = ("id", "name", "version", "title", "base_path")
    statuses = {name: Status(**row) for name, row in table["statuses"].items()}
    other = statuses.pop(_ANY)
    return Service(
        **{name: table[name] for name in plain},
        tls_versions=tuple(table["tls_versions"]),
        sources=tuple(table["sources"]),
        operations={name: _operation(name, row) for name, row in table["operations"].items()},
        parameters={name: Parameter(name=name, **row) for name, row in table["parameters"].items()},
        statuses={int(name): row for name, row in statuses.items()},
        other_status=other,
        paging=Paging(**_with_tuples(table["paging"])),
        security=Security(**_with_tuples(table["security"])),
        certification={role: Certification(**_with_tuples(row)) for role, row in table["certification"].items()},
        digest=digest,
    )


def _operation(name: str, row: dict[str, Any]) -> Operation:
    rest = {key: value for key, value in row.items() if key not in {"bodies", "responses"}}
    responses = {status: tuple(classes) for status, classes in row["responses"].items()}
    return Operation(
        id=name,
        bodies={body: tuple(media_types) for body, media_types in row.get("bodies", {}).items() if media_types},
        default_response=responses.pop(_ANY, ()),
        responses={int(status): classes for status, classes in responses.items()},
        **_with_tuples(rest),
    )


def _with_tuples(row: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in row.items()}
