"""The kinds of credentials: how a document says which one it is, and what the tables know about it."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject, requirement_of
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.vocabularies import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.vocabularies import RecordClass, Vocabulary


class CredentialKind(enum.Enum):
    """A kind of credential."""

    ACHIEVEMENT = "AchievementCredential"
    ENDORSEMENT = "EndorsementCredential"
    CLR = "ClrCredential"
    STATUS_LIST = "BitstringStatusListCredential"
    #: A Verifiable Credential of no kind that the standards define.
    OTHER = "VerifiableCredential"

    @property
    def vocabulary(self) -> Vocabulary:
        """The table that has its class."""
        return load_vocabulary(_TABLES.get(self, "ob-3.0"))

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which ``type`` tells it."""
        return (self.value, "OpenBadgeCredential") if self is CredentialKind.ACHIEVEMENT else (self.value,)

    def record_class(self, credential: Mapping[str, Any]) -> RecordClass:
        """Return the class of a credential, by its version of the data model."""
        older = claims_of.is_version_1(credential) and self is not CredentialKind.STATUS_LIST
        return self.vocabulary.classes[f"{self.value}v1p1" if older else self.value]

    def requirement(self, subject: Subject) -> str:
        """Return the id of the requirement that a step about the subject decides for this kind."""
        if subject is Subject.STRUCTURE:
            return _STRUCTURE[self]
        if subject is Subject.TYPE:
            return _TYPE[self]
        return requirement_of(subject, clr=self is CredentialKind.CLR)


_TABLES = {CredentialKind.CLR: "clr-2.0", CredentialKind.STATUS_LIST: "vc-2.0"}
_STRUCTURE = {
    CredentialKind.ACHIEVEMENT: "OB30-R-001",
    CredentialKind.ENDORSEMENT: "OB30-R-007",
    CredentialKind.CLR: "CLR20-R-001",
    CredentialKind.STATUS_LIST: "BSL10-R-011",
    CredentialKind.OTHER: "OB30-R-019",
}
_TYPE = {
    CredentialKind.ACHIEVEMENT: "OB30-R-031",
    CredentialKind.ENDORSEMENT: "OB30-R-033",
    CredentialKind.CLR: "CLR20-R-006",
    CredentialKind.STATUS_LIST: "BSL10-R-011",
    CredentialKind.OTHER: "OB30-R-031",
}
_TOLD = (CredentialKind.CLR, CredentialKind.ACHIEVEMENT, CredentialKind.ENDORSEMENT, CredentialKind.STATUS_LIST)


def kinds_of(credential: Mapping[str, Any]) -> tuple[CredentialKind, ...]:
    """Return every kind that ``type`` names; a credential is of one."""
    types = as_list(credential.get("type"))
    return tuple(kind for kind in _TOLD if any(name in types for name in kind.names))


def kind_of(credential: Mapping[str, Any]) -> CredentialKind:
    """Return the kind that a credential is read as: the first that it names."""
    return next(iter(kinds_of(credential)), CredentialKind.OTHER)
