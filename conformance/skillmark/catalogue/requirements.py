"""The typed form of a requirement catalogue, and its loader."""

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
    from collections.abc import Mapping


class Role(enum.StrEnum):
    """Whom a requirement binds."""

    PROVIDER = "provider"
    CONSUMER = "consumer"


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
    #: How a test decides it, in words.
    how: str
    #: One way to break it.
    example_fault: str
    confidence_1_0: str | None = None
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
        return (
            self.level is Level.MUST
            and self.status == "normative"
            and self.decided is not Decision.DISPUTED
            and not self.doubt
            and not (version == "1.0" and self.confidence_1_0 == CONFIDENCES[-1])
        )

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

    def of(self, *, version: str, role: Role) -> tuple[Requirement, ...]:
        """Return the requirements that bind one role in one version of the standard."""
        return tuple(entry for entry in self.requirements.values() if version in entry.versions and entry.role is role)


@functools.cache
def load_catalogue(identifier: str) -> Catalogue:
    """Read a catalogue by its id, for example ``case``.

    Raises:
        FileNotFoundError: there is no such catalogue.
    """
    content = (resources.files(__package__) / f"{identifier}.toml").read_bytes()
    table = tomllib.loads(content.decode())
    entries = [_requirement(row) for row in table["requirement"]]
    return Catalogue(
        id=table["id"],
        name=table["name"],
        version=table["version"],
        requirements={entry.id: entry for entry in entries},
        disputes=table["disputes"],
        digest=hashlib.sha256(content).hexdigest(),
    )


def _requirement(row: dict[str, Any]) -> Requirement:
    parsed = row | {
        "versions": tuple(row["versions"]),
        "level": Level(row["level"]),
        "role": Role(row["role"]),
        "decided": Decision(row["decided"]),
        "readings": tuple(row.get("readings", ())),
        "integrity": tuple(row.get("integrity", ())),
    }
    return Requirement(**parsed)
