"""Presentations: who presents, to whom, and what the credentials inside are worth (data model 2.0, 4.13 and 5.12; 1.1, 4.10)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import STATES, Outcome, Problem, Step, Verdict, conclude
from skillmark_reference.credentials.steps.context_states import choices
from skillmark_reference.credentials.steps.key_discovery import REFUSED, FoundKey
from skillmark_reference.credentials.steps.proofs import controller_step, find_proofs
from skillmark_reference.credentials.steps.tokens import holder_id
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.integrity.proof_options import Expectations, expectation_problems
from skillmark_reference.securing.jose import KeyUnavailable
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping, Sequence

    from skillmark_reference.credentials.results import Verification
    from skillmark_reference.credentials.steps.context_states import ContextChoice
    from skillmark_reference.credentials.steps.key_discovery import KeyDiscovery
    from skillmark_reference.credentials.steps.sources import Sources

_KIND = CredentialKind.PRESENTATION
_MEMBERS = "verifiableCredential"
#: The purposes with which presentations are signed (data model 2.0, 4.13; VC API).
_PURPOSES = ("authentication", "assertionMethod")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """To whom something should be presented, and in answer to what; nothing expects nothing."""

    challenge: str | None = None
    domain: frozenset[str] | None = None

    @property
    def is_asked(self) -> bool:
        """Whether anything is expected."""
        return self.challenge is not None or self.domain is not None


def presented(presentation: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any] | str]]:
    """Yield the credentials in a presentation with their pointers; as texts, tokens, in data model 1.1 only."""
    value = presentation.get(_MEMBERS)
    takes_tokens = claims_of.is_version_1(presentation)
    for index, each in enumerate(as_list(value)):
        if isinstance(each, dict) or (isinstance(each, str) and takes_tokens):
            yield (child(f"/{_MEMBERS}", index) if isinstance(value, list) else f"/{_MEMBERS}"), each


# Who presents


def proof_steps(
    presentation: Mapping[str, Any],
    audience: Audience,
    *,
    keys: KeyDiscovery,
    sources: Sources,
    now: datetime.datetime,
) -> tuple[tuple[Step, ...], ContextChoice]:
    """Return the steps about the embedded proofs of a presentation, and the states of contexts under which they hold."""
    proofs = as_list(presentation.get("proof"))
    if not proofs:
        return (_unsigned(presentation, audience), _audience_step([], audience)), next(choices(presentation, sources))
    found = find_proofs(presentation, _KIND, keys=keys, sources=sources, now=now)
    places = [
        child("/proof", index) if isinstance(presentation["proof"], list) else "/proof" for index in range(len(proofs))
    ]
    placed = list(zip(places, proofs, strict=True))
    own = {
        Subject.PROOF_PURPOSE: conclude(_KIND, Subject.PROOF_PURPOSE, _purpose_problems(placed)),
        Subject.CONTROLLER: _holder_step(presentation, placed, keys),
        Subject.AUDIENCE: _audience_step(placed, audience),
    }
    shared = [each for each in found.steps if each.subject not in own]
    return (*shared, *own.values()), found.choice


def token_audience_step(claims: Mapping[str, Any], audience: Audience) -> Step:
    """Return the step about challenge and domain of a token: its ``nonce`` and its ``aud`` (RFC 7519, 4.1.3)."""
    if not audience.is_asked:
        return conclude(_KIND, Subject.AUDIENCE, outcome=Outcome.NOT_APPLICABLE)
    problems = []
    if audience.challenge is not None and claims.get("nonce") != audience.challenge:
        message = f"expected is the challenge {quoted(audience.challenge)}; nonce is {quoted(claims.get('nonce'))}"
        problems.append(Problem(pointer="", message=message, clause="DI10-R-033"))
    stated = as_list(claims.get("aud"))
    if audience.domain is not None and not all(each in stated for each in audience.domain):
        message = f"expected is the domain {sorted(audience.domain)}; aud is {quoted(stated)}"
        problems.append(Problem(pointer="", message=message, clause="DI10-R-032"))
    return conclude(_KIND, Subject.AUDIENCE, problems)


def _unsigned(presentation: Mapping[str, Any], audience: Audience) -> Step:
    """Return the step about a missing proof: the credentials inside stand on their own, but nobody has presented them."""
    message = "nobody signed the presentation: it does not tell who presents the credentials, nor to whom"
    problem = Problem(pointer="/proof", message=message)
    stands = not audience.is_asked and any(presented(presentation))
    return conclude(_KIND, Subject.PROOF_PRESENT, [problem], outcome=Outcome.WARNED if stands else Outcome.FAILED)


def _audience_step(proofs: Sequence[tuple[str, Any]], audience: Audience) -> Step:
    if not audience.is_asked or not proofs:
        return conclude(_KIND, Subject.AUDIENCE, outcome=Outcome.NOT_APPLICABLE)
    expected = Expectations(challenge=audience.challenge, domain=audience.domain)
    problems = [
        Problem(pointer=place + each.pointer.removeprefix("/proof"), message=each.message, clause=each.error.value)
        for place, proof in proofs
        if isinstance(proof, dict)
        for each in expectation_problems(proof, expected)
    ]
    return conclude(_KIND, Subject.AUDIENCE, problems)


def _purpose_problems(proofs: Sequence[tuple[str, Any]]) -> Iterator[Problem]:
    for place, proof in proofs:
        purpose = proof.get("proofPurpose") if isinstance(proof, dict) else None
        if purpose not in _PURPOSES:
            message = f"expected is the purpose {' or '.join(_PURPOSES)}; found is {quoted(purpose)}"
            yield Problem(pointer=f"{place}/proofPurpose", message=message)


def _holder_step(presentation: Mapping[str, Any], proofs: Sequence[tuple[str, Any]], keys: KeyDiscovery) -> Step:
    """Hold who controls the keys against the holder, if there is one."""
    holder = holder_id(presentation)
    if holder is None:
        return conclude(_KIND, Subject.CONTROLLER, outcome=Outcome.NOT_APPLICABLE)
    found = [(place, key) for place, proof in proofs if (key := _key_of(proof, keys)) is not None]
    step = controller_step(_KIND, found, holder)
    return dataclasses.replace(step, evidence={"holder": str(holder), **step.evidence})


def _key_of(proof: object, keys: KeyDiscovery) -> FoundKey | None:
    """Return the key of a proof again; what stands in the way was told by the step about keys."""
    members = proof if isinstance(proof, dict) else {}
    method, purpose = members.get("verificationMethod"), members.get("proofPurpose")
    if not isinstance(method, str) or not isinstance(purpose, str):
        return None
    try:
        return keys.find(method, purpose)
    except (KeyUnavailable, *REFUSED):
        return None


# What is presented


def vouching(presentation: Mapping[str, Any], steps: Sequence[Step]) -> object:
    """Return the holder, if the presentation is secured: whose own credentials inside need no other proof (5.12)."""
    is_secured = any(each.subject in {Subject.PROOF, Subject.TOKEN_SIGNATURE} for each in steps) and not any(
        each.subject.secures and each.outcome in {Outcome.FAILED, Outcome.CANNOT_TELL} for each in steps
    )
    return holder_id(presentation) if is_secured else None


def self_asserted_step(credential: Mapping[str, Any], kind: CredentialKind, holder: object) -> Step:
    """Return the step about the proof of a credential without one, in a presentation of the holder (data model 2.0, 4.13)."""
    issuer = claims_of.issuer_id(credential)
    if holder is not None and issuer == holder:
        message = "the holder says it of themselves: the only proof is that of the presentation"
        problem = Problem(pointer="/proof", message=message)
        return conclude(kind, Subject.PROOF_PRESENT, [problem], outcome=Outcome.WARNED)
    message = (
        f"the credential has no proof; the presentation is of {quoted(holder)}, and the issuer is {quoted(issuer)}"
    )
    return conclude(kind, Subject.PROOF_PRESENT, [Problem(pointer="/proof", message=message, clause="VCDM20-R-039")])


def members_step(members: Sequence[Verification]) -> Step:
    """Sum up the credentials inside: the presentation is worth what the worst of them is (data model 2.0, 4.13)."""
    if not members:
        return conclude(_KIND, Subject.MEMBERS, outcome=Outcome.NOT_APPLICABLE)
    verdicts = {each.verdict for each in members}
    evidence = {each.pointer: each.verdict.value for each in members}
    problems = [problem for each in members if not each.valid for problem in _reasons(each)]
    worst = next((each for each in (Verdict.INVALID, *STATES) if each in verdicts), None)
    if worst is not None:
        return conclude(_KIND, Subject.MEMBERS, problems, evidence=evidence, verdict=worst)
    outcome = Outcome.CANNOT_TELL if problems else Outcome.PASSED
    return conclude(_KIND, Subject.MEMBERS, problems, outcome=outcome, evidence=evidence)


def _reasons(member: Verification) -> Iterator[Problem]:
    yield Problem(pointer=member.pointer, message=f"the credential is {member.verdict.value}")
    for each in member.problems:
        yield each.below(member.pointer)
