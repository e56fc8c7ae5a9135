"""The words and signs that all reports share."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from skillmark.core.outcomes import Outcome, Verdict
from skillmark.reporting.summary import deciding, undecided

if TYPE_CHECKING:
    import datetime

    from skillmark.core.results import RunResult

#: Stands at the end of every report for people.
DISCLAIMER = "This is a conformance report made by Skillmark. It is not a certification by 1EdTech."

#: One sign for each outcome, so that colour is never the only one.
SIGNS = {
    Outcome.PASSED: "\u2713",
    Outcome.FAILED: "\u2717",
    Outcome.WARNED: "!",
    Outcome.CANNOT_TELL: "?",
    Outcome.UNTESTED: "\u25cb",
    Outcome.NOT_APPLICABLE: "\u2013",
}

#: What each outcome means, for the legend.
MEANINGS = {
    Outcome.PASSED: "the requirement was tested, or attested by the vendor, and holds",
    Outcome.FAILED: "a MUST of the standard is broken",
    Outcome.WARNED: "a recommendation is not followed, or the documents leave room for another reading",
    Outcome.CANNOT_TELL: "trouble on the way to the product, or in Skillmark, prevented a decision",
    Outcome.UNTESTED: "a prerequisite was missing, for example there was no record of the kind",
    Outcome.NOT_APPLICABLE: "the product does not claim the feature",
}


#: What a verdict means where one requirement decides it.
_OF_ONE = {
    Verdict.CONFORMANT: "The one requirement that decides the verdict was tested or attested, and holds.",
    Verdict.NOT_CONFORMANT: "The one requirement that decides the verdict is broken.",
    Verdict.NOT_FULLY_VERIFIED: "Nothing required failed, but the one requirement that decides is undecided.",
}


def verdict_outcome(result: Verdict) -> Outcome:
    """Return the outcome whose sign and colour a verdict shares."""
    match result:
        case Verdict.CONFORMANT:
            return Outcome.PASSED
        case Verdict.NOT_CONFORMANT:
            return Outcome.FAILED
        case Verdict.NOT_FULLY_VERIFIED:
            return Outcome.CANNOT_TELL
        case _:
            assert_never(result)


def meaning(result: RunResult) -> str:
    """Say in one sentence what the verdict of a run means."""
    total = len(deciding(result))
    if total == 1:
        return _OF_ONE[result.verdict]
    match result.verdict:
        case Verdict.CONFORMANT:
            return f"All {total} requirements that decide the verdict were tested or attested, and hold."
        case Verdict.NOT_CONFORMANT:
            broken = sum(entry.outcome is Outcome.FAILED for entry in deciding(result))
            return f"{broken} of the {total} requirements that decide the verdict {_verb(broken)} broken."
        case Verdict.NOT_FULLY_VERIFIED if total == 0:
            return "Nothing required failed, but every requirement of this plan rests on what could not be read, so none decides."
        case Verdict.NOT_FULLY_VERIFIED:
            missing = len(undecided(result))
            return f"Nothing required failed, but {missing} of the {total} requirements that decide are undecided."
        case _:
            assert_never(result.verdict)


def remedy(result: RunResult) -> str:
    """Say what would change the verdict of a run."""
    match result.verdict:
        case Verdict.CONFORMANT:
            return (
                "It holds for this version of the product, this data and this seed; a change of the product asks again."
            )
        case Verdict.NOT_CONFORMANT:
            failed = sum(finding.outcome is Outcome.FAILED for finding in result.findings)
            return f"To change it, correct what the {counted(failed, 'failed finding')} show, and run the plan again."
        case Verdict.NOT_FULLY_VERIFIED if result.partial:
            return "Some checks were not run: run the whole plan to decide the rest."
        case Verdict.NOT_FULLY_VERIFIED:
            return "To change it, supply what is named under \u201cWhat to do next\u201d, and run the plan again."
        case _:
            assert_never(result.verdict)


def _verb(number: int) -> str:
    return "is" if number == 1 else "are"


def counted(number: int, noun: str) -> str:
    """Return a number with its noun, in the plural where it needs one."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def spoken_time(moment: datetime.datetime) -> str:
    """Return a time for people, in the offset that it carries."""
    return f"{moment.day} {moment:%B %Y, %H:%M} {moment.tzname() or ''}".strip()


def spoken_span(seconds: float) -> str:
    """Return a duration for people; the parameter is in seconds."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
