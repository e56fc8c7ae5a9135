"""The typed form of a requirement catalogue, its loader, and the way from an id to its requirement."""

from __future__ import annotations

import dataclasses
import enum
import functools
import hashlib
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

from skillmark.core.outcomes import Level, Outcome

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


class Role(enum.StrEnum):
    """Whom a requirement binds."""

    PROVIDER = "provider"
    #: Who reads from a provider, or calls a service.
    CONSUMER = "consumer"
    #: Who makes a credential, or publishes what it needs: keys, lists, schemas.
    ISSUER = "issuer"
    #: Who keeps credentials for others.
    HOST = "host"
    DISPLAYER = "displayer"
    VERIFIER = "verifier"
    #: Who presents credentials: a wallet.
    HOLDER = "holder"
    #: Who answers the calls of an interface, its authorization server included.
    SERVICE = "service"


class Decision(enum.StrEnum):
    """How a requirement is decided."""

    AUTOMATED = "automated"
    #: By a statement of the vendor.
    ATTESTED = "attested"
    #: Not at all, for a stated reason.
    UNTESTABLE = "untestable"
    #: By a test that only warns, since the documents contradict each other.
    DISPUTED = "disputed"


#: Trust in the 1.0 reading of an entry, weakest last; from ``inferred`` on an entry only warns for 1.0.
CONFIDENCES = ("openapi", "secondary", "carried", "inferred")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One normative statement of the standard."""

    id: str
    #: Versions of the standard that it is part of.
    versions: tuple[str, ...]
    level: Level
    role: Role
    #: ``normative`` or ``informative``.
    status: str
    clause: str
    url: str
    #: The statement in our own words.
    says: str
    decided: Decision
    #: One way to break it.
    example_fault: str
    #: How a test or a statement decides it, in words; empty when nothing does.
    how: str = ""
    confidence_1_0: str | None = None
    #: Versions of the VC Data Model whose credentials it speaks of; all of them when there is none.
    data_models: tuple[str, ...] = ()
    #: The requirement of another catalogue that it repeats, by id.
    repeats: str = ""
    #: Why it cannot be tested, when it cannot.
    reason: str = ""
    #: Both readings of a disputed point.
    readings: tuple[str, ...] = ()
    #: Why the entry only warns although its sources do not contradict each other.
    doubt: str = ""
    #: The class whose structure it is about.
    model_class: str | None = None
    operation: str | None = None
    #: What the certification guide makes of it.
    cert: str = ""
    integrity: tuple[str, ...] = ()

    def is_scored(self, version: str) -> bool:
        """Whether a violation fails: a normative MUST, undisputed, and read in the documents of the version."""
        is_inferred = version == "1.0" and self.confidence_1_0 == CONFIDENCES[-1]
        return self.would_be_scored and not self.doubt and not is_inferred

    @property
    def would_be_scored(self) -> bool:
        """Whether a violation would fail if nobody doubted the entry."""
        is_normative = self.level is Level.MUST and self.status == "normative"
        return is_normative and self.decided is not Decision.DISPUTED

    def violated(self, version: str) -> Outcome:
        """Return what a finding against it is; severity follows the clause, never the author of a check."""
        return Outcome.FAILED if self.is_scored(version) else Outcome.WARNED


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All requirements of one standard."""

    id: str
    name: str
    version: str
    requirements: Mapping[str, Requirement]
    #: What the published documents disagree about, by number, for example ``D-03``.
    disputes: Mapping[str, str]
    #: SHA-256 of the table, hexadecimal.
    digest: str
    #: What could not be read of the documents; entries that rest on it are doubted.
    unread: str = ""

    def of(self, *, version: str, roles: Collection[Role]) -> tuple[Requirement, ...]:
        """Return the requirements that bind some roles in one version of the standard."""
        return tuple(entry for entry in self.requirements.values() if version in entry.versions and entry.role in roles)


def catalogue_ids() -> tuple[str, ...]:
    """Return the ids of all catalogues, for example ``case``."""
    files = resources.files(__package__).iterdir()
    return tuple(sorted(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml")))


def find_requirement(identifier: str) -> tuple[Catalogue, Requirement]:
    """Return a requirement by its id, with the catalogue that has it.

    Raises:
        KeyError: no catalogue has such a requirement.
    """
    for name in catalogue_ids():
        catalogue = load_catalogue(name)
        if identifier in catalogue.requirements:
            return catalogue, catalogue.requirements[identifier]
    raise KeyError(f"no requirement {identifier!r} in the catalogues {', '.join(catalogue_ids())}")


@functools.cache
def load_catalogue(identifier: str) -> Catalogue:
    """Read a catalogue by its id, for example ``case``; of one that repeats entries of another one, both are read.

    Raises:
        FileNotFoundError: there is no such catalogue.
    """
    content, table = _read(identifier)
    shared_content, shared = _read(table["shares"]) if "shares" in table else (b"", {})
    repeated = {row["id"]: row for row in shared.get("requirement", ())}
    entries = [_requirement(_whole(row, repeated)) for row in table["requirement"]]
    return Catalogue(
        id=table["id"],
        name=table["name"],
        version=table["version"],
        requirements={entry.id: entry for entry in entries},
        disputes=shared.get("disputes", {}) | table["disputes"],
        digest=hashlib.sha256(content + shared_content).hexdigest(),
        unread=table.get("unread", ""),
    )


def _read(identifier: str) -> tuple[bytes, dict[str, Any]]:
    content = (resources.files(__package__) / f"{identifier}.toml").read_bytes()
    return content, tomllib.loads(content.decode())


def _whole(row: dict[str, Any], repeated: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """Fill an entry with what it leaves to the one that it repeats."""
    if "as" not in row:
        return row
    own = {name: value for name, value in row.items() if name != "as"}
    return repeated[row["as"]] | own | {"repeats": row["as"]}


def _requirement(row: dict[str, Any]) -> Requirement:
    lists = {name: tuple(value) for name, value in row.items() if isinstance(value, list)}
    kinds = {"level": Level(row["level"]), "role": Role(row["role"]), "decided": Decision(row["decided"])}
    return Requirement(**(row | lists | kinds))
