"""Whose a credential is: by the id of the subject, and by identifiers (Open Badges 3.0, Verify the Recipient)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.verifiers.samples import SELECTIVE
from skillmark.wire.asking.verifiers import Recipient, Verdict, no_recipients
from skillmark_reference.credentials.steps.recipients import identity_hash

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.engine import Observation
    from skillmark.suites.verifiers.evidence import Evidence
    from skillmark.suites.verifiers.samples import Record, Sample
    from skillmark.wire.asking.verifiers import Answer

BY_ID, TYPES, OTHER_TYPES, HASHED, PLAIN, ALL = (f"OB30-R-{number}" for number in (130, 134, 135, 136, 137, 138))
_LEARNER, _SOMEBODY = "learner@school.example", "somebody@school.example"
_EMAIL, _EXTENSION, _SALT = "emailAddress", "ext:studentCard", "a7f2"
_SYSTEM = "systemId"

#: A credential, the person that it is asked for, whether it is that person's, and how that is told.
_Case = tuple[str, Recipient, bool, str]


def _identity(value: str = _LEARNER, *, kind: str = _EMAIL, salt: str | None = None, hashed: bool = False) -> Record:
    stated = identity_hash(value, salt or "") if hashed else value
    found = {"type": "IdentityObject", "hashed": hashed, "identityHash": stated, "identityType": kind}
    return found if salt is None else {**found, "salt": salt}


def _with(sample: Sample, *identities: Record) -> str:
    draft = sample.draft()
    draft["credentialSubject"]["identifier"] = list(identities)
    return sample.secured(draft)


def _email(value: str = _LEARNER) -> Recipient:
    return Recipient(identity=value, identity_type=_EMAIL)


def _by_id(sample: Sample) -> Iterator[_Case]:
    own = str(sample.draft()["credentialSubject"]["id"])
    yield sample.healthy, Recipient(identity=own), True, "with the id of the subject"
    yield sample.healthy, Recipient(identity=f"{own}-2"), False, "with an id that begins like that of the subject"


def _types(sample: Sample) -> Iterator[_Case]:
    yield _with(sample, _identity()), _email(), True, "with its emailAddress"
    extended = _with(sample, _identity("4711", kind=_EXTENSION))
    yield extended, Recipient(identity="4711", identity_type=_EXTENSION), True, f"with its {_EXTENSION}"


def _other_types(sample: Sample) -> Iterator[_Case]:
    text = _with(sample, _identity(kind=_SYSTEM))
    yield text, _email(), False, f"with an emailAddress, where a {_SYSTEM} has the same text"


def _hashed(sample: Sample) -> Iterator[_Case]:
    yield _with(sample, _identity(hashed=True, salt=_SALT)), _email(), True, "with its emailAddress, hashed with a salt"
    yield _with(sample, _identity(hashed=True)), _email(), True, "with its emailAddress, hashed without a salt"
    other = _with(sample, _identity(hashed=True, salt=_SALT))
    yield other, _email(_SOMEBODY), False, "with the emailAddress of somebody else, hashed"
    salted = _identity(hashed=True, salt=_SALT) | {"salt": "b801"}
    yield _with(sample, salted), _email(), False, "with its emailAddress, hashed with another salt than it says"
    shown = _identity(hashed=True, salt=_SALT)
    known = _email(str(shown["identityHash"]))
    yield _with(sample, shown), known, False, "with the hash of its emailAddress for the emailAddress"


def _plain(sample: Sample) -> Iterator[_Case]:
    yield _with(sample, _identity()), _email(), True, "with its emailAddress in plain text"
    yield _with(sample, _identity()), _email(_SOMEBODY), False, "with the emailAddress of somebody else"


def _all(sample: Sample) -> Iterator[_Case]:
    several = (_identity("4711", kind=_SYSTEM), _identity(_SOMEBODY), _identity(hashed=True, salt=_SALT))
    yield _with(sample, *several), _email(), True, "with the last of several identifiers"


_CASES = {BY_ID: _by_id, TYPES: _types, OTHER_TYPES: _other_types, HASHED: _hashed, PLAIN: _plain, ALL: _all}
#: What has to hold, as the title of the check.
TITLES = {
    BY_ID: "Whose a credential is can be told by the id of the subject.",
    TYPES: "The known identifier is plain text of a type of the standard or of an extension.",
    OTHER_TYPES: "An identifier of another type is skipped.",
    HASHED: "A hashed identifier is compared with the hash of the known one and its salt.",
    PLAIN: "An identifier in plain text is compared as it is.",
    ALL: "All identifiers are tried until one matches.",
}


def recipients(evidence: Evidence, *, requirement: str) -> Iterator[Observation]:
    """Yield what became of a credential when it was asked for as that of somebody.

    Raises:
        NotApplicable: The product does not say how it is told whose a credential should be.
        Untested: No healthy one is accepted.
        CannotTell: The product did not answer.
    """
    if reason := no_recipients(evidence.context.target.verifier):
        raise NotApplicable(reason)
    hindrance = ""
    for sample in _samples(evidence):
        for observed in _observed(evidence, sample, requirement, _CASES[requirement]):
            if isinstance(observed, str):
                hindrance = hindrance or observed
            else:
                yield observed
    if hindrance:
        raise CannotTell(hindrance)


def _observed(
    evidence: Evidence, sample: Sample, requirement: str, cases: Callable[[Sample], Iterator[_Case]]
) -> Iterator[Observation | str]:
    for text, known, is_own, what in cases(sample):
        answer = evidence.answer_of(text, known)
        if answer.verdict is Verdict.NEITHER and evidence.exchanges[answer.exchange].trouble is not None:
            yield f"{sample.name}: {answer.says}."
        elif (answer.verdict is Verdict.ACCEPTED) is is_own:
            yield Held(evidence=(answer.exchange,))
        else:
            yield _finding(requirement, sample, what, answer, is_own=is_own)


def _finding(requirement: str, sample: Sample, what: str, answer: Answer, *, is_own: bool) -> Finding:
    return Finding(
        requirement=requirement,
        expected=f"a credential asked for {what} is {'accepted' if is_own else 'refused'} ({sample.name})",
        actual=f"it was {answer.verdict.value} ({answer.says})",
        evidence=(answer.exchange,),
    )


def _samples(evidence: Evidence) -> list[Sample]:
    """Return one with an embedded proof and one as a token, which are accepted when nobody asks whose they are."""
    main = evidence.scope.main
    mine = [each for each in evidence.samples if each.kind is main and each.form != SELECTIVE]
    if not mine:
        raise NotApplicable(f"The product claims no {main.value}, and only that is asked for here.")
    found = [each for each in mine if evidence.healthy(each).verdict is Verdict.ACCEPTED]
    if not found:
        raise Untested(f"No healthy one was accepted. {mine[0].name}: {evidence.healthy(mine[0]).says}.")
    return list({each.is_token: each for each in reversed(found)}.values())
