"""The subjects of the steps, and the requirements of each standard that they decide."""

from __future__ import annotations

import enum


class Standard(enum.Enum):
    """The standards whose requirements the steps decide."""

    OPEN_BADGES = "Open Badges 3.0"
    CLR = "CLR 2.0"
    #: The recommendations of W3C that both stand on.
    VERIFIABLE_CREDENTIALS = "Verifiable Credentials"


class Subject(enum.Enum):
    """What a step is about, in the order of the algorithm."""

    PARSING = "parsing"
    ENVELOPE = "envelope"
    NESTING = "nesting"
    TYPE = "type"
    CONTEXT_ORDER = "order of contexts"
    CONTEXT_VERSIONS = "versions of contexts"
    EMPTY_VALUES = "empty values"
    STRUCTURE = "structure"
    SUBJECT_IDENTIFIED = "subject is identified"
    RESULTS = "results"
    IMAGES = "images"
    LOOK_ALIKES = "identifiers that look like others"
    EXPANSION = "safe expansion"
    SCHEMA_NAMED = "schema of the standard is named"
    CREDENTIAL_SCHEMA = "credential schema"
    TOKEN_FORM = "form of the token"  # noqa: S105 - no secret
    TOKEN_HEADER = "header of the token"  # noqa: S105 - as above
    TOKEN_KEY = "key of the token"  # noqa: S105 - as above
    TOKEN_SIGNATURE = "signature of the token"  # noqa: S105 - as above
    TOKEN_PAYLOAD = "payload of the token"  # noqa: S105 - as above
    TOKEN_CLAIMS = "claims of the token"  # noqa: S105 - as above
    PROOF_PRESENT = "proof is there"
    PROOF_KEY = "key of the proof"
    PROOF_PURPOSE = "purpose of the proof"
    PROOF = "proof"
    AUDIENCE = "challenge and domain"
    PROOF_SUITE = "suite of the proof"
    CONTEXT_STATE = "state of contexts under which the proof holds"
    SIGNED_AS_READ = "what is read is what is signed"
    CONTROLLER = "the issuer controls the key"
    REFRESH = "refresh"
    STATUS = "status"
    PERIOD = "validity period"
    NOT_YET_VALID = "has begun"
    EXPIRED = "has not ended"
    RELATED_RESOURCES = "related resources"
    RECIPIENT = "recipient"
    ENDORSEMENTS = "endorsements"
    MEMBERS = "members"
    MERGED_MEMBERS = "members that one proof does not tell apart"
    SAME_LEARNER = "members are about the learner"
    ASSOCIATION_ENDS = "ends of associations"
    ASSOCIATION_SENSE = "associations agree"

    @property
    def secures(self) -> bool:
        """Whether nothing is known about a credential as long as this cannot be told."""
        return self in _SECURING


_SECURING = frozenset({
    Subject.PARSING,
    Subject.ENVELOPE,
    Subject.NESTING,
    Subject.EXPANSION,
    Subject.TOKEN_FORM,
    Subject.TOKEN_HEADER,
    Subject.TOKEN_KEY,
    Subject.TOKEN_SIGNATURE,
    Subject.TOKEN_PAYLOAD,
    Subject.TOKEN_CLAIMS,
    Subject.PROOF_PRESENT,
    Subject.PROOF_KEY,
    Subject.PROOF_PURPOSE,
    Subject.PROOF,
    Subject.AUDIENCE,
    Subject.SIGNED_AS_READ,
    Subject.CONTROLLER,
})  # fmt: skip

#: Requirement of Open Badges 3.0, requirement of CLR 2.0, requirement of the recommendations of W3C.
_IDS = {
    Subject.PARSING: ("OB30-R-065", "CLR20-R-024", "DI10-R-029"),
    Subject.NESTING: ("OB30-R-131", "CLR20-R-030", "DI10-R-040"),
    Subject.CONTEXT_ORDER: ("OB30-R-059", "CLR20-R-100", "VCDM20-R-007"),
    Subject.CONTEXT_VERSIONS: ("OB30-R-063", "CLR20-R-008", "VCDM20-R-043"),
    Subject.EMPTY_VALUES: ("OB30-R-056", "CLR20-R-098", "DI10-R-023"),
    Subject.SUBJECT_IDENTIFIED: ("OB30-R-122", "CLR20-R-013", "VCDM20-R-023"),
    Subject.RESULTS: ("OB30-R-036", "CLR20-R-078", "OB30-R-036"),
    Subject.EXPANSION: ("OB30-R-062", "CLR20-R-009", "DI10-R-023"),
    Subject.SCHEMA_NAMED: ("OB30-R-043", "CLR20-R-085", "VCJS-R-001"),
    Subject.CREDENTIAL_SCHEMA: ("OB30-R-121", "CLR20-R-026", "VCJS-R-007"),
    Subject.TOKEN_FORM: ("OB30-R-104", "CLR20-R-122", "JOSE-R-006"),
    Subject.TOKEN_HEADER: ("OB30-R-091", "CLR20-R-109", "JOSE-R-001"),
    Subject.TOKEN_KEY: ("OB30-R-093", "CLR20-R-111", "JOSE-R-011"),
    Subject.TOKEN_SIGNATURE: ("OB30-R-105", "CLR20-R-123", "JOSE-R-014"),
    Subject.TOKEN_PAYLOAD: ("OB30-R-097", "CLR20-R-115", "JOSE-R-016"),
    Subject.TOKEN_CLAIMS: ("OB30-R-106", "CLR20-R-124", "JOSE-R-010"),
    Subject.PROOF_PRESENT: ("OB30-R-085", "CLR20-R-103", "VCDM20-R-003"),
    Subject.PROOF_KEY: ("OB30-R-115", "CLR20-R-133", "DI10-R-006"),
    Subject.PROOF_PURPOSE: ("OB30-R-044", "CLR20-R-086", "DI10-R-031"),
    Subject.PROOF: ("OB30-R-114", "CLR20-R-132", "DI10-R-036"),
    Subject.CONTEXT_STATE: ("OB30-R-114", "CLR20-R-132", "VCDM20-R-065"),
    Subject.PROOF_SUITE: ("OB30-R-112", "CLR20-R-130", "DI10-R-007"),
    Subject.SIGNED_AS_READ: ("OB30-R-123", "CLR20-R-026", "DI10-R-019"),
    Subject.CONTROLLER: ("OB30-R-118", "CLR20-R-136", "VCDM20-R-021"),
    Subject.REFRESH: ("OB30-R-125", "CLR20-R-026", "VCDM20-R-049"),
    Subject.STATUS: ("OB30-R-127", "CLR20-R-039", "BSL10-R-023"),
    Subject.NOT_YET_VALID: ("OB30-R-128", "CLR20-R-026", "VCDM20-R-027"),
    Subject.EXPIRED: ("OB30-R-129", "CLR20-R-038", "VCDM20-R-027"),
    Subject.RECIPIENT: ("OB30-R-130", "CLR20-R-032", "VCDM20-R-024"),
    Subject.ENDORSEMENTS: ("OB30-R-131", "CLR20-R-029", "OB30-R-131"),
    Subject.IMAGES: ("OB30-R-041", "CLR20-R-083", "OB30-R-041"),
    Subject.MEMBERS: ("CLR20-R-027", "CLR20-R-027", "VCDM20-R-034"),
}
#: Requirements of one standard, or of the documents of W3C that all stand on.
_OWN = {
    Subject.ENVELOPE: "VCDM20-R-037",
    Subject.AUDIENCE: "DI10-R-033",
    Subject.LOOK_ALIKES: "VCDM20-R-020",
    Subject.PERIOD: "VCDM20-R-026",
    Subject.RELATED_RESOURCES: "VCDM20-R-044",
    Subject.MERGED_MEMBERS: "CLR20-R-031",
    Subject.SAME_LEARNER: "CLR20-R-018",
    Subject.ASSOCIATION_ENDS: "CLR20-R-020",
    Subject.ASSOCIATION_SENSE: "CLR20-R-021",
}


def requirement_of(subject: Subject, standard: Standard) -> str:
    """Return the id of the requirement that a step about the subject decides.

    Raises:
        KeyError: It depends on the kind of credential, which knows it itself.
    """
    if subject in _OWN:
        return _OWN[subject]
    return _IDS[subject][list(Standard).index(standard)]
