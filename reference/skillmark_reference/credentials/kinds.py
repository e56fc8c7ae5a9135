"""The kinds of credentials: how a document says which one it is, and what the tables know about it."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Standard, Subject, requirement_of
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
    #: A Verifiable Credential that is neither of Open Badges nor of CLR.
    OTHER = "VerifiableCredential"
    #: No credential, but what holds some of them for one verifier.
    PRESENTATION = "VerifiablePresentation"

    @property
    def vocabulary(self) -> Vocabulary:
        """The table that has its class."""
        return load_vocabulary(_TABLES.get(self, "ob-3.0"))

    @property
    def names(self) -> tuple[str, ...]:
        """The names by which ``type`` tells it."""
        return (self.value, "OpenBadgeCredential") if self is CredentialKind.ACHIEVEMENT else (self.value,)

    @property
    def base_type(self) -> str:
        """The name that ``type`` always holds."""
        return "VerifiablePresentation" if self is CredentialKind.PRESENTATION else "VerifiableCredential"

    @property
    def is_of_w3c(self) -> bool:
        """Whether the rules are those of W3C alone, without what Open Badges and CLR demand beyond them."""
        return self in _OF_W3C

    def record_class(self, credential: Mapping[str, Any]) -> RecordClass:
        """Return the class of a credential, by its version of the data model."""
        older = claims_of.is_version_1(credential) and self is not CredentialKind.STATUS_LIST
        suffix = "" if not older else "11" if self.is_of_w3c else "v1p1"
        return self.vocabulary.classes[f"{self.value}{suffix}"]

    def requirement(self, subject: Subject) -> str:
        """Return the id of the requirement that a step about the subject decides for this kind."""
        if subject is Subject.STRUCTURE:
            return _STRUCTURE[self]
        if subject is Subject.TYPE:
            return _TYPE[self]
        return requirement_of(subject, self._standard)

    @property
    def _standard(self) -> Standard:
        if self.is_of_w3c:
            return Standard.VERIFIABLE_CREDENTIALS
        return Standard.CLR if self is CredentialKind.CLR else Standard.OPEN_BADGES


_OF_W3C = frozenset({CredentialKind.STATUS_LIST, CredentialKind.OTHER, CredentialKind.PRESENTATION})
_TABLES = {CredentialKind.CLR: "clr-2.0", **dict.fromkeys(_OF_W3C, "vc-2.0")}
_STRUCTURE = {
    CredentialKind.ACHIEVEMENT: "OB30-R-001",
    CredentialKind.ENDORSEMENT: "OB30-R-007",
    CredentialKind.CLR: "CLR20-R-001",
    CredentialKind.STATUS_LIST: "BSL10-R-011",
    CredentialKind.OTHER: "VCDM20-R-001",
    CredentialKind.PRESENTATION: "VCDM20-R-032",
}
_TYPE = {
    CredentialKind.ACHIEVEMENT: "OB30-R-031",
    CredentialKind.ENDORSEMENT: "OB30-R-033",
    CredentialKind.CLR: "CLR20-R-006",
    CredentialKind.STATUS_LIST: "BSL10-R-011",
    CredentialKind.OTHER: "VCDM20-R-015",
    CredentialKind.PRESENTATION: "VCDM20-R-015",
}
_TOLD = (CredentialKind.CLR, CredentialKind.ACHIEVEMENT, CredentialKind.ENDORSEMENT, CredentialKind.STATUS_LIST)


def kinds_of(credential: Mapping[str, Any]) -> tuple[CredentialKind, ...]:
    """Return every kind that ``type`` names; a credential is of one."""
    types = as_list(credential.get("type"))
    return tuple(kind for kind in _TOLD if any(name in types for name in kind.names))


def kind_of(credential: Mapping[str, Any]) -> CredentialKind:
    """Return the kind that a credential is read as: the first that it names."""
    return next(iter(kinds_of(credential)), CredentialKind.OTHER)
