"""What can be wrong with a secured document, each with the place where it is."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class ErrorName(enum.Enum):
    """The errors that Data Integrity 1.0 names (4.7, 2.3, 4.4)."""

    PARSING = "PARSING_ERROR"
    PROOF_GENERATION = "PROOF_GENERATION_ERROR"
    PROOF_VERIFICATION = "PROOF_VERIFICATION_ERROR"
    PROOF_TRANSFORMATION = "PROOF_TRANSFORMATION_ERROR"
    INVALID_DOMAIN = "INVALID_DOMAIN_ERROR"
    INVALID_CHALLENGE = "INVALID_CHALLENGE_ERROR"
    DATA_LOSS = "DATA_LOSS_DETECTION_ERROR"

    @property
    def url(self) -> str:
        """The ``type`` of a problem details object (Data Integrity 1.0, 4.7)."""
        return f"https://w3id.org/security#{self.value}"


class ProblemKind(enum.Enum):
    """Why a document or a proof is refused."""

    # what JSON-LD processing would drop or change (Data Integrity 1.0, 2.4.1; JSON-LD 1.1 API)
    UNDEFINED_TERM = "undefined term"
    UNDEFINED_TYPE = "undefined type"
    RELATIVE_REFERENCE = "relative reference"
    INVALID_IRI = "invalid IRI"
    NULL_VALUE = "null value"
    DROPPED = "dropped"
    UNSIGNED = "in no statement"
    INVALID_LANGUAGE = "invalid language tag"
    INVALID_VALUE = "invalid value"
    INVALID_SYNTAX = "invalid JSON-LD"
    UNKNOWN_CONTEXT = "unknown context"
    TOO_MUCH_WORK = "too much work"
    # the proof and its options (Data Integrity 1.0, 2.1, 4.4, 4.5)
    NOT_AN_OBJECT = "not an object"
    MISSING_PROOF = "missing proof"
    DUPLICATE_PROOF = "duplicate proof"
    MISSING_MEMBER = "missing member"
    INVALID_MEMBER = "invalid member"
    UNKNOWN_SUITE = "unknown cryptosuite"
    INVALID_DATE = "invalid date"
    EXPIRED = "expired"
    WRONG_PURPOSE = "wrong proof purpose"
    WRONG_DOMAIN = "wrong domain"
    WRONG_CHALLENGE = "wrong challenge"
    MISSING_PREVIOUS_PROOF = "missing previous proof"
    # what the signature says
    CONTEXT_MISMATCH = "other context than was signed"
    WRONG_KEY = "unfit key"
    MALFORMED_PROOF_VALUE = "malformed proof value"
    WRONG_SIGNATURE = "wrong signature"
    # selective disclosure (ECDSA cryptosuites 1.0, 3.4)
    BASE_PROOF = "base proof"
    UNKNOWN_POINTER = "unknown pointer"
    NOT_SELECTABLE = "not selectable"


_DATA_LOSS = {
    ProblemKind.UNDEFINED_TERM,
    ProblemKind.UNDEFINED_TYPE,
    ProblemKind.RELATIVE_REFERENCE,
    ProblemKind.INVALID_IRI,
    ProblemKind.NULL_VALUE,
    ProblemKind.DROPPED,
    ProblemKind.UNSIGNED,
    ProblemKind.INVALID_LANGUAGE,
    ProblemKind.INVALID_VALUE,
}
_NAMES = {
    ProblemKind.NOT_AN_OBJECT: ErrorName.PARSING,
    ProblemKind.WRONG_DOMAIN: ErrorName.INVALID_DOMAIN,
    ProblemKind.WRONG_CHALLENGE: ErrorName.INVALID_CHALLENGE,
    ProblemKind.UNKNOWN_SUITE: ErrorName.PROOF_TRANSFORMATION,
    ProblemKind.INVALID_SYNTAX: ErrorName.PROOF_TRANSFORMATION,
    ProblemKind.UNKNOWN_CONTEXT: ErrorName.PROOF_TRANSFORMATION,
    ProblemKind.TOO_MUCH_WORK: ErrorName.PROOF_TRANSFORMATION,
    **dict.fromkeys(_DATA_LOSS, ErrorName.DATA_LOSS),
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong, in words for a person."""

    kind: ProblemKind
    #: JSON pointer (RFC 6901) into the secured document; the empty text is the whole of it.
    pointer: str
    message: str

    @property
    def error(self) -> ErrorName:
        """The name that Data Integrity 1.0 has for it in a verification."""
        return _NAMES.get(self.kind, ErrorName.PROOF_VERIFICATION)

    def below(self, pointer: str) -> Problem:
        """Return the problem of a part as one of the whole, in which the part is at the pointer."""
        return dataclasses.replace(self, pointer=pointer + self.pointer)

    def __str__(self) -> str:
        return f"{self.pointer or '(document)'}: {self.message}"


class Refused(ValueError):  # noqa: N818 - what was refused, in words for a person
    """A document or a proof that is not processed; `problems` has every reason, the message lists them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


class ProofGenerationRefused(Refused):
    """A proof that was not made (PROOF_GENERATION_ERROR)."""


def child(pointer: str, name: str | int) -> str:
    """Return the JSON pointer of a member or an entry (RFC 6901, 3)."""
    return f"{pointer}/{str(name).replace('~', '~0').replace('/', '~1')}"
