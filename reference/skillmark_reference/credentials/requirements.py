"""The subjects of the steps, and the requirements of each standard that they decide."""

from __future__ import annotations

import enum


class Subject(enum.Enum):
    """What a step is about, in the order of the algorithm."""

    PARSING = "parsing"
    NESTING = "nesting"
    TYPE = "type"
    CONTEXT_ORDER = "order of contexts"
    CONTEXT_VERSIONS = "versions of contexts"
    EMPTY_VALUES = "empty values"
    STRUCTURE = "structure"
    SUBJECT_IDENTIFIED = "subject is identified"
    RESULTS = "results"
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
    Subject.SIGNED_AS_READ,
    Subject.CONTROLLER,
})  # fmt: skip

#: Requirement of Open Badges 3.0, requirement of CLR 2.0.
_IDS = {
    Subject.PARSING: ("OB30-R-065", "CLR20-R-024"),
    Subject.NESTING: ("OB30-R-131", "CLR20-R-030"),
    Subject.CONTEXT_ORDER: ("OB30-R-059", "CLR20-R-100"),
    Subject.CONTEXT_VERSIONS: ("OB30-R-063", "CLR20-R-008"),
    Subject.EMPTY_VALUES: ("OB30-R-056", "CLR20-R-098"),
    Subject.SUBJECT_IDENTIFIED: ("OB30-R-122", "CLR20-R-013"),
    Subject.EXPANSION: ("OB30-R-062", "CLR20-R-009"),
    Subject.SCHEMA_NAMED: ("OB30-R-043", "CLR20-R-085"),
    Subject.CREDENTIAL_SCHEMA: ("OB30-R-121", "CLR20-R-026"),
    Subject.TOKEN_FORM: ("OB30-R-104", "CLR20-R-122"),
    Subject.TOKEN_HEADER: ("OB30-R-091", "CLR20-R-109"),
    Subject.TOKEN_KEY: ("OB30-R-093", "CLR20-R-111"),
    Subject.TOKEN_SIGNATURE: ("OB30-R-105", "CLR20-R-123"),
    Subject.TOKEN_PAYLOAD: ("OB30-R-097", "CLR20-R-115"),
    Subject.TOKEN_CLAIMS: ("OB30-R-106", "CLR20-R-124"),
    Subject.PROOF_PRESENT: ("OB30-R-085", "CLR20-R-103"),
    Subject.PROOF_KEY: ("OB30-R-115", "CLR20-R-133"),
    Subject.PROOF_PURPOSE: ("OB30-R-044", "CLR20-R-086"),
    Subject.PROOF: ("OB30-R-114", "CLR20-R-132"),
    Subject.CONTEXT_STATE: ("OB30-R-114", "CLR20-R-132"),
    Subject.PROOF_SUITE: ("OB30-R-112", "CLR20-R-130"),
    Subject.SIGNED_AS_READ: ("OB30-R-123", "CLR20-R-026"),
    Subject.CONTROLLER: ("OB30-R-118", "CLR20-R-136"),
    Subject.REFRESH: ("OB30-R-125", "CLR20-R-026"),
    Subject.STATUS: ("OB30-R-127", "CLR20-R-039"),
    Subject.NOT_YET_VALID: ("OB30-R-128", "CLR20-R-026"),
    Subject.EXPIRED: ("OB30-R-129", "CLR20-R-038"),
    Subject.RECIPIENT: ("OB30-R-130", "CLR20-R-032"),
    Subject.ENDORSEMENTS: ("OB30-R-131", "CLR20-R-029"),
}
#: Requirements of one standard, or of the documents of W3C that both stand on.
_OWN = {
    Subject.RESULTS: "OB30-R-036",
    Subject.PERIOD: "VCDM20-R-026",
    Subject.RELATED_RESOURCES: "VCDM20-R-044",
    Subject.MEMBERS: "CLR20-R-027",
    Subject.MERGED_MEMBERS: "CLR20-R-031",
    Subject.SAME_LEARNER: "CLR20-R-018",
    Subject.ASSOCIATION_ENDS: "CLR20-R-020",
    Subject.ASSOCIATION_SENSE: "CLR20-R-021",
}


def requirement_of(subject: Subject, *, clr: bool) -> str:
    """Return the id of the requirement that a step about the subject decides.

    Raises:
        KeyError: It depends on the kind of credential, which knows it itself.
    """
    if subject in _OWN:
        return _OWN[subject]
    open_badges, comprehensive_learner_record = _IDS[subject]
    return comprehensive_learner_record if clr else open_badges
