"""The page on which a record is handed in, and what it shows of a verification."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark_reference.credentials.achievements import achieved, name_of_issuer
from skillmark_reference.credentials.results import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.credentials.achievements import Achieved
    from skillmark_reference.credentials.results import Step, Verification
    from skillmark_reference.credentials.submissions import Checked

#: Steps, problems and achievements beyond these are counted, not shown.
MOST_SHOWN = 500

_SENTENCES = {
    Verdict.VALID: "It is genuine, unchanged, and in force.",
    Verdict.INVALID: "Do not rely on it: a rule that protects its readers is broken.",
    Verdict.EXPIRED: "It is genuine, but its time has passed.",
    Verdict.REVOKED: "It is genuine, but its issuer has taken it back.",
    Verdict.SUSPENDED: "It is genuine, but its issuer has suspended it for now.",
    Verdict.NOT_YET_VALID: "It is genuine, but its time has not come.",
    Verdict.UNVERIFIABLE: "Nobody can tell from here: something that it takes to check it could not be had or is not understood.",
}
_TONES = {Verdict.VALID: "settled", Verdict.INVALID: "refused", Verdict.UNVERIFIABLE: "neutral"}
_SIGNS = {
    Outcome.PASSED: "\u2713",
    Outcome.FAILED: "\u2717",
    Outcome.WARNED: "!",
    Outcome.CANNOT_TELL: "?",
    Outcome.NOT_APPLICABLE: "\u00b7",
}
_CLASSES = {
    Outcome.PASSED: "settled",
    Outcome.FAILED: "refused",
    Outcome.WARNED: "pending",
    Outcome.CANNOT_TELL: "neutral",
    Outcome.NOT_APPLICABLE: "past",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ShownStep:
    """One step as a line."""

    sign: str
    tone: str
    outcome: str
    requirement: str
    subject: str
    reasons: tuple[str, ...]
    evidence: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ShownVerification:
    """The verification of one credential, with those inside of it."""

    title: str
    kind: str
    pointer: str
    verdict: str
    tone: str
    steps: tuple[ShownStep, ...]
    inner: tuple[ShownVerification, ...]

    @property
    def counts(self) -> str:
        """How many steps ended how, without those that do not apply."""
        outcomes = [each.outcome for each in self.steps]
        words = ("passed", "failed", "warned", "cannot tell")
        return ", ".join(f"{outcomes.count(word)} {word}" for word in words if word in outcomes)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ShownRecord:
    """What is shown of one credential that was handed in."""

    source: str
    verdict: str
    tone: str
    sentence: str
    #: Who issued it, when it counts; only of a genuine one.
    facts: Mapping[str, str]
    remarks: tuple[str, ...]
    #: What stands against it.
    problems: tuple[str, ...]
    achieved: tuple[Achieved, ...]
    more_achieved: int
    verification: ShownVerification | None


def shown(checked: Checked) -> ShownRecord:
    """Return what a page shows of one credential that was handed in."""
    found = checked.verification
    earned = achieved(found) if found else ()
    return ShownRecord(
        source=checked.source,
        verdict=checked.verdict.value,
        tone=tone_of(checked.verdict),
        sentence=_SENTENCES[checked.verdict],
        facts=_facts(found) if found else {},
        remarks=checked.remarks,
        problems=tuple(str(each) for each in found.problems[:MOST_SHOWN]) if found else (),
        achieved=earned[:MOST_SHOWN],
        more_achieved=max(0, len(earned) - MOST_SHOWN),
        verification=_verification(found) if found else None,
    )


def tone_of(verdict: Verdict) -> str:
    """Return the class of colours that a verdict is shown in."""
    return _TONES.get(verdict, "pending")


def _facts(found: Verification) -> dict[str, str]:
    credential = found.credential
    if credential is None:
        return {}
    subject = credential.get("credentialSubject")
    holder = subject.get("id") if isinstance(subject, dict) else None
    facts = {
        "Issued by": name_of_issuer(credential),
        "Issued to": holder,
        "Valid from": credential.get("validFrom") or credential.get("issuanceDate"),
        "Valid until": credential.get("validUntil") or credential.get("expirationDate"),
    }
    return {name: value for name, value in facts.items() if isinstance(value, str)}


def _verification(found: Verification) -> ShownVerification:
    credential = found.credential or {}
    name = credential.get("name")
    return ShownVerification(
        title=name if isinstance(name, str) else found.kind.value,
        kind=found.kind.value,
        pointer=found.pointer,
        verdict=found.verdict.value,
        tone=tone_of(found.verdict),
        steps=tuple(_step(each) for each in found.steps),
        inner=tuple(_verification(each) for each in found.inner[:MOST_SHOWN]),
    )


def _step(step: Step) -> ShownStep:
    return ShownStep(
        sign=_SIGNS[step.outcome],
        tone=_CLASSES[step.outcome],
        outcome=step.outcome.value,
        requirement=step.requirement,
        subject=step.subject.value,
        reasons=tuple(str(each) for each in step.problems[:MOST_SHOWN]),
        evidence=step.evidence,
    )
