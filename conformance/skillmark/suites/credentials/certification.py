"""What certification asks of issuers as a whole (Certification Guides of Open Badges 3.0 and CLR 2.0)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.suites.auditors import RECIPIENT, is_for_auditors
from skillmark.suites.credentials.sightings import RULES
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.results import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.suites.credentials.evidence import Evidence
    from skillmark.suites.credentials.shown import Shown
    from skillmark.suites.credentials.sightings import Sighting

_NO_BADGE_FOR_IT = (
    f"No badge that was handed in is for {RECIPIENT}. Issue one to this address (an identifier of the type emailAddress, plain "
    f"or hashed), and hand it in; where the product issues on request, the run asks for one."
)
_NO_API = "Credentials alone do not show it: it takes the interface of the product, which this plan does not ask."
_NO_CALLS = "Credentials alone do not show it: the plan ob-3.0-client looks at what the product sends."


def _verdict(shown: Shown) -> Sighting:
    """Return what the whole verification makes of a credential: what it has become in the meantime is no fault."""
    verification = shown.verification
    if verification.verdict is Verdict.INVALID:
        failed = [step for step in verification.with_outcome(Outcome.FAILED) if step.verdict is Verdict.INVALID]
        problems = [problem for step in failed for problem in step.problems_of(Outcome.FAILED)]
        more = f", and {len(problems) - 1} more" if len(problems) > 1 else ""
        actual = f"invalid: {problems[0].message}{more}" if problems else "invalid"
        return shown.departs(problems[0].pointer if problems else "", actual, expected="a valid credential")
    if verification.verdict is Verdict.UNVERIFIABLE:
        return shown.unknown("; ".join(str(each) for each in verification.problems[:1]) or "it cannot be verified")
    return shown.holds()


@RULES.decides("OB30-R-224", absent="No badge was handed in.", is_demanded=True)
def badges_are_valid(evidence: Evidence) -> Iterator[Sighting]:
    """Take every credential through the whole verification."""
    yield from (_verdict(each) for each in evidence.outermost)
    yield from evidence.unread()
    yield from evidence.altered()


@RULES.decides("OB30-R-219", absent=_NO_BADGE_FOR_IT, is_demanded=True)
def badge_for_the_conformance_suite(evidence: Evidence) -> Iterator[Sighting]:
    """Look for a valid badge that was issued to the conformance suite."""
    mine = [
        each
        for each in evidence.outermost
        if each.kind is CredentialKind.ACHIEVEMENT and is_for_auditors(each.document, each.kind)
    ]
    if any(each.verification.verdict is Verdict.VALID for each in mine):
        yield from (each.holds() for each in mine if each.verification.verdict is Verdict.VALID)
        return
    for each in mine:
        if each.verification.verdict is Verdict.UNVERIFIABLE:
            yield each.unknown("; ".join(str(problem) for problem in each.verification.problems[:1]))
        else:
            yield each.departs("", each.verification.verdict.value, expected=f"a valid badge for {RECIPIENT}")


@RULES.decides("CLR20-R-033", absent="No record was handed in.", is_demanded=True)
def records_are_valid(evidence: Evidence) -> Iterator[Sighting]:
    """Take every record through the whole verification."""
    for each in evidence.outermost:
        missing = [name for name in ("id", "@context", "issuer", "credentialSubject") if name not in each.document]
        yield each.departs("", f"without {', '.join(missing)}") if missing else _verdict(each)
        state = each.verification.verdict
        if state not in {Verdict.VALID, Verdict.INVALID, Verdict.UNVERIFIABLE}:
            yield each.departs("", state.value, expected="a record that is valid when it is submitted")
    yield from evidence.unread()
    yield from evidence.altered()


@RULES.decides("OB30-R-221", absent=_NO_CALLS)
def issuers_may_write(evidence: Evidence) -> Iterator[Sighting]:
    """Yield nothing: it takes an interface."""
    del evidence
    yield from ()


@RULES.decides("CLR20-R-035", absent=_NO_API)
def issuers_write(evidence: Evidence) -> Iterator[Sighting]:
    """Yield nothing: it takes an interface."""
    del evidence
    yield from ()
