"""The service of a verifier: credentials, presentations, challenges (VC API, 3.3).

A credential is judged by the rules of W3C, or by those of Open Badges or CLR if it is one of them. A set status and a period that
is over make it unverified unless the request says which checks it wants: VCALM would only warn, and a reader who does not
look at warnings would take a revoked credential for good.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.policies import Policy
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict, verdict_of
from skillmark_reference.credentials.steps.presentations import presented
from skillmark_reference.credentials.verifying import verify, verify_presentation
from skillmark_reference.documents import DocumentKind
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import ErrorName
from skillmark_reference.securing.integrity.proof_options import Expectations, expectation_problems
from skillmark_reference.server.vc_api.bodies import (
    are_texts,
    document,
    is_flag,
    is_text,
    only,
    options,
    to_bytes,
)
from skillmark_reference.server.vc_api.instance import Answer
from skillmark_reference.server.vc_api.own_documents import own_documents
from skillmark_reference.server.vc_api.problem_details import (
    ProblemDetails,
    of_steps,
    refused,
    remarks_of,
)
from skillmark_reference.server.vc_api.related_resources import excepted, with_exceptions

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from skillmark_reference.credentials.results import Step, Verification
    from skillmark_reference.credentials.steps.sources import Documents
    from skillmark_reference.securing.integrity.problems import Problem as ProofProblem
    from skillmark_reference.server.vc_api.instance import Instance

_CREDENTIAL, _PRESENTATION = "verifiableCredential", "verifiablePresentation"
#: What is checked beside proof and data model, by the names that requests have for it.
_CHECKS = {
    "credentialStatus": Subject.STATUS,
    "credentialSchema": Subject.CREDENTIAL_SCHEMA,
    "relatedResource": Subject.RELATED_RESOURCES,
    "validFrom": Subject.NOT_YET_VALID,
    "validUntil": Subject.EXPIRED,
}
_PROOF = "proof"
_MOST_DOCUMENTS = 16
_STATUS_KINDS = frozenset({DocumentKind.STATUS_LIST, DocumentKind.REVOCATION_LIST})


def _are_checks(value: object) -> bool:
    return isinstance(value, list) and all(each == _PROOF or each in list(_CHECKS) for each in value)


def _is_domain(value: object) -> bool:
    return is_text(value) or are_texts(value)


_SHARED: dict[str, Callable[[object], bool]] = {
    "checks": _are_checks,
    "challenge": is_text,
    "domain": _is_domain,
    "expectedProofPurpose": is_text,
    "returnResults": is_flag,
    "returnProblemDetails": is_flag,
}
_CREDENTIAL_OPTIONS = {**_SHARED, "returnCredential": is_flag}
_PRESENTATION_OPTIONS = {**_CREDENTIAL_OPTIONS, "returnPresentation": is_flag}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Wish:
    """What a request asks for."""

    options: Mapping[str, Any]

    @property
    def checks(self) -> frozenset[str]:
        """What is checked beside the proof: everything, unless the request names something."""
        named = self.options.get("checks")
        return frozenset(named or _CHECKS)

    @property
    def ignored(self) -> frozenset[Subject]:
        """Subjects of steps that decide nothing here."""
        return frozenset(subject for name, subject in _CHECKS.items() if name not in self.checks)

    @property
    def expected(self) -> Expectations:
        """What is expected of every proof of the outermost document."""
        domain = self.options.get("domain")
        return Expectations(
            purpose=self.options.get("expectedProofPurpose"),
            domain=None if domain is None else frozenset(as_list(domain)),
            challenge=self.options.get("challenge"),
        )

    def has(self, name: str) -> bool:
        """Tell whether a flag is set."""
        return self.options.get(name) is True


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What came of one document."""

    verification: Verification
    errors: tuple[ProblemDetails, ...]
    warnings: tuple[ProblemDetails, ...]


def verify_credential(instance: Instance, body: Mapping[str, Any], base: str) -> Answer:
    """Verify a credential (VC API, Verify Credential).

    Raises:
        RequestRefused: The request is not as it should be.
    """
    only(body, _CREDENTIAL, "options")
    wish = _Wish(options=options(body, _CREDENTIAL_OPTIONS))
    credential = document(body, _CREDENTIAL)
    verification = verify(
        to_bytes(credential),
        documents=_documents(instance, base, wish),
        now=instance.clock.now(),
        policy=_policy(instance),
    )
    found = _judged(instance, verification, credential, wish)
    answer = _outcome([*found.errors, *_unexpected(credential, wish)], found.warnings, wish)
    if wish.has("returnCredential"):
        answer["credential"] = credential
    if wish.has("returnResults"):
        answer["results"] = _results(verification, credential)
    return _answer(instance, answer)


def verify_presented(instance: Instance, body: Mapping[str, Any], base: str) -> Answer:
    """Verify a presentation and each credential in it (VC API, Verify Presentation).

    Raises:
        RequestRefused: The request is not as it should be.
    """
    only(body, _PRESENTATION, "presentation", "options")
    wish = _Wish(options=options(body, _PRESENTATION_OPTIONS))
    presentation = document(body, _PRESENTATION, "presentation")
    if "proof" not in presentation and _PRESENTATION in body and not _is_envelope(presentation):
        raise refused(400, "verifiablePresentation has a proof; one without is sent as presentation", pointer="/proof")
    verification = verify_presentation(
        to_bytes(presentation),
        documents=_documents(instance, base, wish),
        now=instance.clock.now(),
        challenge=wish.options.get("challenge"),
        domain=wish.options.get("domain"),
        policy=_policy(instance),
    )
    own = _judged(instance, verification, presentation, wish)
    held = [_judged(instance, each, _shown(presentation, each.pointer), wish) for each in verification.inner]
    errors = [
        *own.errors,
        *_unexpected(presentation, wish),
        *_used(instance, wish),
        *_of_all(held, lambda each: each.errors),
    ]
    warnings = [*own.warnings, *_of_all(held, lambda each: each.warnings)]
    answer = _outcome(errors, warnings, wish)
    if wish.has("returnPresentation"):
        answer[_PRESENTATION] = presentation
    if wish.has("returnResults"):
        credentials = [_outcome(each.errors, each.warnings, wish) for each in held]
        answer["results"] = {
            "presentation": _presentation_results(verification, presentation),
            "credentials": credentials,
        }
    return _answer(instance, answer)


def create_challenge(instance: Instance) -> Answer:
    """Create a challenge (VC API, Create Challenge)."""
    return Answer(status=200, body={"challenge": instance.challenges.create(instance.clock.now())})


# Judging


def _documents(instance: Instance, base: str, wish: _Wish) -> Documents:
    return own_documents(instance, base, withheld=frozenset() if "credentialStatus" in wish.checks else _STATUS_KINDS)


def _policy(instance: Instance) -> Policy:
    own = frozenset(issuer.did for issuer in instance.issuers.values())
    return Policy(takes_strangers=True, status_issuers=own, most_documents=_MOST_DOCUMENTS)


def _judged(instance: Instance, verification: Verification, shown: Mapping[str, Any], wish: _Wish) -> _Found:
    """Return what came of a document, by the steps that the request asks for; what a presentation holds is judged apart."""
    passed = excepted(shown) if instance.options.accepts_draft_digests else frozenset[str]()
    every = [with_exceptions(each, passed) for each in verification.steps]
    steps = [each for each in every if each.subject not in wish.ignored and each.subject is not _apart(verification)]
    verdict = verdict_of(steps)
    failed = [each for each in steps if each.outcome in {Outcome.FAILED, Outcome.CANNOT_TELL}]
    errors = [] if verdict is Verdict.VALID else of_steps(failed) or [ProblemDetails(detail=f"it is {verdict.value}")]
    warned = [each for each in steps if each.outcome is Outcome.WARNED]
    unasked = [each for each in every if each.subject in wish.ignored and each.outcome is Outcome.FAILED]
    return _Found(verification=verification, errors=tuple(errors), warnings=tuple(remarks_of([*warned, *unasked])))


def _shown(presentation: Mapping[str, Any], pointer: str) -> Mapping[str, Any]:
    """Return a credential in a presentation as it stands there."""
    found = dict(presented(presentation)).get(pointer)
    return found if isinstance(found, dict) else {}


def _apart(verification: Verification) -> Subject | None:
    return Subject.MEMBERS if verification.kind.value == "VerifiablePresentation" else None


def _unexpected(shown: Mapping[str, Any], wish: _Wish) -> Iterable[ProblemDetails]:
    """Yield where an embedded proof is not what the request expects (Data Integrity 1.0, 4.4)."""
    for proof in as_list(shown.get("proof")):
        if isinstance(proof, dict):
            yield from (_expectation(each) for each in expectation_problems(proof, wish.expected))


def _expectation(problem: ProofProblem) -> ProblemDetails:
    return ProblemDetails(type=problem.error.url, detail=problem.message, pointer=problem.pointer)


def _used(instance: Instance, wish: _Wish) -> list[ProblemDetails]:
    """Use up a challenge of this server."""
    challenge = wish.options.get("challenge")
    problem = instance.challenges.use(challenge, instance.clock.now()) if challenge else None
    return [ProblemDetails(type=ErrorName.INVALID_CHALLENGE.url, detail=problem)] if problem else []


def _of_all(found: Sequence[_Found], part: Callable[[_Found], Sequence[ProblemDetails]]) -> list[ProblemDetails]:
    return [
        dataclasses.replace(each, pointer=f"{one.verification.pointer}{each.pointer or ''}")
        for one in found
        for each in part(one)
    ]


def _is_envelope(presentation: Mapping[str, Any]) -> bool:
    return "EnvelopedVerifiablePresentation" in as_list(presentation.get("type"))


# Answers


def _outcome(errors: Sequence[ProblemDetails], warnings: Sequence[ProblemDetails], wish: _Wish) -> dict[str, Any]:
    """Return the answer that every verification has; problems are left out only if the request says so."""
    answer: dict[str, Any] = {"verified": not errors}
    told = [each.to_json() for each in dict.fromkeys([*errors, *warnings])]
    if told and wish.options.get("returnProblemDetails", True):
        answer["problemDetails"] = told
    return answer


def _answer(instance: Instance, answer: dict[str, Any]) -> Answer:
    status = 200 if answer["verified"] else instance.options.failed_verification_status
    return Answer(status=status, body=answer)


def _results(verification: Verification, credential: Mapping[str, Any]) -> dict[str, Any]:
    """Return the results of a credential (VC API, VerifyCredentialResponse)."""
    found: dict[str, Any] = {}
    for name, subject in (("validFrom", Subject.NOT_YET_VALID), ("validUntil", Subject.EXPIRED)):
        if name in credential:
            found[name] = {"verified": _holds(verification, subject), "input": credential[name]}
    for name, subject in (("credentialSchema", Subject.CREDENTIAL_SCHEMA), ("proof", Subject.PROOF)):
        if name in credential:
            holds = _holds(verification, subject)
            found[name] = [{"verified": holds, "input": each} for each in as_list(credential[name])]
    if "credentialStatus" in credential:
        found["credentialStatus"] = list(_status_results(verification, credential))
    return found


def _status_results(verification: Verification, credential: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    steps = [each for each in verification.steps if each.subject is Subject.STATUS]
    for entry, step in zip(as_list(credential["credentialStatus"]), steps, strict=False):
        result = {"verified": step.outcome in {Outcome.PASSED, Outcome.WARNED}, "input": entry}
        known = {Outcome.PASSED: 0, Outcome.FAILED: 1}
        yield {**result, "value": known[step.outcome]} if step.outcome in known else result


def _presentation_results(verification: Verification, presentation: Mapping[str, Any]) -> dict[str, Any]:
    proofs = as_list(presentation.get("proof"))
    holds = _holds(verification, Subject.PROOF)
    found: dict[str, Any] = {"proof": [{"verified": holds, "input": each} for each in proofs]}
    for name in ("challenge", "domain"):
        stated = [each[name] for each in proofs if isinstance(each, dict) and name in each]
        if stated:
            found[name] = {"verified": _holds(verification, Subject.AUDIENCE), "input": stated[0]}
    if "holder" in presentation:
        found["holder"] = {"verified": _holds(verification, Subject.CONTROLLER), "input": presentation["holder"]}
    return found


def _holds(verification: Verification, subject: Subject) -> bool:
    """Tell whether every step about a subject ended well, and there is one."""
    steps: list[Step] = [each for each in verification.steps if each.subject is subject]
    good = {Outcome.PASSED, Outcome.NOT_APPLICABLE, Outcome.WARNED}
    return bool(steps) and all(each.outcome in good for each in steps)
