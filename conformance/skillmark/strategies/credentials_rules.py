"""The requirements that a change to a credential breaks, by what it does."""

from __future__ import annotations

import enum
import functools
from typing import TYPE_CHECKING

from skillmark.catalogue import load_catalogue
from skillmark_reference.credentials.kinds import CredentialKind

if TYPE_CHECKING:
    from skillmark_reference.vocabularies import RecordClass


class Rule(enum.Enum):
    """A rule with its requirements: those of Open Badges 3.0, those of CLR 2.0; what holds for both is in both."""

    TYPE = ("OB30-R-031 OB30-R-033 VCDM20-R-015", "CLR20-R-006 VCDM20-R-015")
    CONTEXT_ORDER = ("OB30-R-059 OB30-R-032", "CLR20-R-100 CLR20-R-005")
    CONTEXT_VERSIONS = ("OB30-R-063", "CLR20-R-008")
    DEFINED = ("OB30-R-062", "CLR20-R-009")
    NO_EMPTY_VALUES = ("OB30-R-056", "CLR20-R-098")
    JSON = ("OB30-R-065 DI10-R-029", "CLR20-R-024 DI10-R-029")
    NUMBERS = ("OB30-R-051", "CLR20-R-093")
    BOOLEANS = ("OB30-R-052", "CLR20-R-094")
    OBJECTS = ("OB30-R-054", "CLR20-R-096")
    STRINGS = ("OB30-R-055", "CLR20-R-097")
    OPEN_ENUMERATIONS = ("OB30-R-145", "CLR20-R-152")
    CLOSED_ENUMERATIONS = ("OB30-R-146", "CLR20-R-153")
    ASSOCIATION_TYPES = ("", "CLR20-R-019")
    IDENTITY_HASHES = ("OB30-R-045", "CLR20-R-087")
    MOMENTS = ("OB30-R-047", "CLR20-R-089")
    COUNTRIES = ("OB30-R-049", "CLR20-R-091")
    LANGUAGES = ("OB30-R-050", "CLR20-R-092")
    IDENTIFIED = ("OB30-R-122 OB30-R-030", "CLR20-R-013")
    STATUS_OF_RESULT = ("OB30-R-035", "CLR20-R-077")
    RESULT_DESCRIPTION = ("OB30-R-036", "CLR20-R-078")
    ACHIEVED_LEVEL = ("OB30-R-037", "CLR20-R-079")
    REQUIRED_LEVEL = ("OB30-R-038", "CLR20-R-080")
    REQUIRED_VALUE = ("OB30-R-039", "CLR20-R-081")
    PERIOD = ("VCDM20-R-026", "VCDM20-R-026")
    ENDORSEMENTS = ("OB30-R-131", "CLR20-R-029")
    MEMBERS = ("", "CLR20-R-014")
    SAME_LEARNER = ("", "CLR20-R-018")
    ASSOCIATION_ENDS = ("", "CLR20-R-020")
    ASSOCIATION_SENSE = ("", "CLR20-R-021")

    def requirements(self, kind: CredentialKind) -> tuple[str, ...]:
        """Return the ids of the requirements for a kind of credential."""
        open_badges, clr = self.value
        return tuple((clr if kind is CredentialKind.CLR else open_badges).split())


def structural(row: RecordClass, kind: CredentialKind) -> str:
    """Return the id of the requirement about the structure of a class, in the catalogue of the credential around it.

    Raises:
        KeyError: The catalogue has no requirement about the class.
    """
    return _by_class("clr" if kind is CredentialKind.CLR else "open_badges")[row.name.removesuffix("v1p1")]


@functools.cache
def _by_class(catalogue: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in load_catalogue(catalogue).requirements.values():
        if entry.model_class is not None:
            found.setdefault(entry.model_class, entry.id)
    return found
