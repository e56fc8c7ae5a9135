"""Looking at the settings before a run of products that verify, display or issue: is the first question understood?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured, TargetUnreachable
from skillmark.suites import suite_of
from skillmark.suites.credentials.evidence import RunEvidence as Issued
from skillmark.suites.diagnoses import Cause, blocking, noted, of_silence, of_trouble
from skillmark.suites.displayers.badges import Badge, State
from skillmark.suites.displayers.evidence import Evidence as Displayed
from skillmark.suites.verifiers.evidence import Evidence as Verified
from skillmark.wire.asking.answers import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Evidence, RunContext
    from skillmark.suites.diagnoses import Diagnosis
    from skillmark.wire.asking.answers import Answer


def diagnose(context: RunContext) -> tuple[Diagnosis, ...]:
    """Ask what a run begins with, and say what stands in its way: no answer, or settings that lead nowhere."""
    try:
        return tuple(_found(suite_of(context.plan).gather(context), context.target.url))
    except TargetUnreachable as error:
        return (of_silence(context, error),)
    except Misconfigured as error:
        return (blocking(Cause.SETTINGS, str(error), "Correct it in the target file, and look again."),)


def _found(evidence: Evidence, url: str) -> Iterator[Diagnosis]:
    first = next(iter(evidence.exchanges.values()), None)
    if first is not None and first.trouble is not None:
        yield of_trouble(first, url)
        return
    answer = _answer(evidence)
    if answer is not None and answer.verdict is not Verdict.ACCEPTED:
        message = f"The first credential, which is as it should be, was not accepted: {answer.says}."
        step = (
            "If the product did say yes, correct accepted, body or command under [verifier]; else the run reports it."
        )
        yield noted(Cause.ODD_ANSWER, message, step)
    if isinstance(evidence, Issued):
        yield from _of_nothing_issued(evidence)


def _answer(evidence: Evidence) -> Answer | None:
    """Return what is said of the first credential, which is as it should be; nothing of those who are not asked that."""
    if isinstance(evidence, Verified):
        return evidence.healthy(evidence.samples[0])
    if isinstance(evidence, Displayed):
        return evidence.about(Badge(kind=evidence.duties.kind, state=State.VALID))
    return None


def _of_nothing_issued(evidence: Issued) -> Iterator[Diagnosis]:
    issued = [each.source for each in evidence.submissions if each.source.is_issued]
    if issued and all(each.missing for each in issued):
        message = f"Nothing was issued: {issued[0].missing}."
        yield noted(Cause.ODD_ANSWER, message, "Correct [issuing] in the target file; otherwise the run reports it.")
