"""What is wrong, as other programs read it: ProblemDetails (data model 2.0, 7.2; RFC 9457; VC API, Error Handling)."""

from __future__ import annotations

import dataclasses
import http
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.securing.integrity.problems import ErrorName
from skillmark_reference.securing.statuses import StatusError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from skillmark_reference.credentials.results import Problem, Step
    from skillmark_reference.securing.integrity.problems import Problem as ProofProblem

MEDIA_TYPE = "application/problem+json"
_DATA_MODEL = "https://www.w3.org/TR/vc-data-model#"
PARSING_ERROR = f"{_DATA_MODEL}PARSING_ERROR"
CRYPTOGRAPHIC_SECURITY_ERROR = f"{_DATA_MODEL}CRYPTOGRAPHIC_SECURITY_ERROR"
MALFORMED_VALUE_ERROR = f"{_DATA_MODEL}MALFORMED_VALUE_ERROR"
UNKNOWN_OPTION_PROVIDED = "https://www.w3.org/TR/vcalm#UNKNOWN_OPTION_PROVIDED"
#: Nothing more is known than the status says (RFC 9457, 4.2.1).
_BLANK = "about:blank"
_TITLES = {
    PARSING_ERROR: "The document cannot be read.",
    CRYPTOGRAPHIC_SECURITY_ERROR: "The proof does not hold.",
    MALFORMED_VALUE_ERROR: "A value is not as the standard wants it.",
    UNKNOWN_OPTION_PROVIDED: "An option is not known.",
}
_READING = frozenset({Subject.PARSING, Subject.NESTING, Subject.ENVELOPE})
_PROVING = frozenset({
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
    Subject.CONTROLLER,
    Subject.SIGNED_AS_READ,
    Subject.STATUS,
})  # fmt: skip


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ProblemDetails:
    """One problem."""

    detail: str
    type: str = _BLANK
    #: JSON pointer (RFC 6901) into the body of the request, or into the document that it is about; an extension member.
    pointer: str | None = None

    def to_json(self, status: int | None = None) -> dict[str, Any]:
        """Return the object, with a status where it is the whole of an answer."""
        return {
            "type": self.type,
            "title": _title(self.type, status),
            **({} if status is None else {"status": status}),
            "detail": self.detail,
            **({} if self.pointer is None else {"pointer": self.pointer}),
        }


class RequestRefused(Exception):  # noqa: N818 - what was refused, in words for a person
    """A request that is not served: with which status, and every reason."""

    def __init__(
        self, status: int, problems: Iterable[ProblemDetails], *, headers: dict[str, str] | None = None
    ) -> None:
        self.status = status
        self.problems = tuple(problems)
        self.headers = headers or {}
        super().__init__("; ".join(each.detail for each in self.problems))

    def to_json(self) -> dict[str, Any]:
        """Return the body of the answer: the first problem, and all of them."""
        first = self.problems[0].to_json(self.status)
        return {**first, "verified": False, "problemDetails": [each.to_json() for each in self.problems]}


def refused(status: int, detail: str, *, kind: str = _BLANK, pointer: str | None = None) -> RequestRefused:
    """Return the refusal of a request for one reason."""
    return RequestRefused(status, [ProblemDetails(type=kind, detail=detail, pointer=pointer)])


def of_steps(steps: Iterable[Step]) -> list[ProblemDetails]:
    """Return the problems of the steps of a verification, each once."""
    found = [
        ProblemDetails(type=_type(problem, step.subject), detail=problem.message, pointer=problem.pointer)
        for step in steps
        for problem in step.problems
    ]
    return list(dict.fromkeys(found))


def of_problems(problems: Iterable[Problem]) -> list[ProblemDetails]:
    """Return problems that speak against signing, each once."""
    found = [
        ProblemDetails(type=_type(each, Subject.STRUCTURE), detail=each.message, pointer=each.pointer)
        for each in problems
    ]
    return list(dict.fromkeys(found))


def remarks_of(steps: Iterable[Step]) -> list[ProblemDetails]:
    """Return what is worth knowing and speaks against nothing, each once."""
    found = [ProblemDetails(detail=each.message, pointer=each.pointer) for step in steps for each in step.problems]
    return list(dict.fromkeys(found))


def of_proof(problems: Iterable[ProofProblem]) -> list[ProblemDetails]:
    """Return the problems of making a proof."""
    return [
        ProblemDetails(type=_name(each).url, detail=each.message, pointer=each.pointer)
        for each in dict.fromkeys(problems)
    ]


def _name(problem: ProofProblem) -> ErrorName:
    """Return the error of a problem while signing (Data Integrity 1.0, 4.2)."""
    return ErrorName.PROOF_GENERATION if problem.error is ErrorName.PROOF_VERIFICATION else problem.error


def _type(problem: Problem, subject: Subject) -> str:
    name = problem.clause or problem.message.partition(":")[0]
    if any(name == each.value for each in ErrorName):
        return ErrorName(name).url
    if name in StatusError.__members__:
        return StatusError[name].value
    if subject in _READING:
        return PARSING_ERROR
    return CRYPTOGRAPHIC_SECURITY_ERROR if subject in _PROVING else MALFORMED_VALUE_ERROR


def _title(kind: str, status: int | None) -> str:
    if kind in _TITLES:
        return _TITLES[kind]
    if kind == _BLANK:
        return "A remark." if status is None else http.HTTPStatus(status).phrase
    return kind.rpartition("#")[2].replace("_", " ").capitalize()
