"""Expired means that the end is over, revoked that a list says so (Certification Guides, Displayer status)."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from skillmark.core.errors import CannotTell
from skillmark.suites.displayers.badges import USUAL, Badge, State, ending
from skillmark.suites.displayers.states import HOLE, OF_1EDTECH_ONLY
from skillmark.suites.verifiers.comparing import Comparison
from skillmark.suites.verifiers.lists import BITSTRING, OF_1EDTECH
from skillmark_reference.securing.instants import write_date_time

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.displayers.evidence import Evidence

_ONE_HOUR = datetime.timedelta(hours=1)
_DISPUTES = {BITSTRING: "", OF_1EDTECH: OF_1EDTECH_ONLY}


def ends_at_the_moment(evidence: Evidence) -> Iterator[Observation]:
    """What ended an hour ago is expired, and what ends in an hour is not yet.

    Raises:
        Untested: A valid one is not accepted, so that refusing says nothing.
        CannotTell: The product did not answer.
    """
    comparison, kind = Comparison(evidence, evidence.duties.expired), evidence.duties.kind
    now = evidence.context.clock.now().replace(microsecond=0)
    for form in _forms(evidence):
        healthy = evidence.made(Badge(kind=kind, state=State.VALID, form=form))
        before, after = (ending(kind, form, write_date_time(now + each)) for each in (-_ONE_HOUR, _ONE_HOUR))
        over = f"{kind.claim}, {form}, that ended an hour ago"
        yield from comparison.refuses(before, over, healthy=healthy, remark=HOLE)
        # A person may need more than an hour.
        if not evidence.is_by_hand and comparison.is_accepted(healthy):
            yield from comparison.accepts(after, f"{kind.claim}, {form}, that ends in an hour")
    comparison.end()


def list_decides(evidence: Evidence) -> Iterator[Observation]:
    """What a list revokes is revoked, and what it does not revoke is not, although it has a status; of both types of lists.

    Raises:
        Untested: A valid one is not accepted, so that refusing says nothing.
        CannotTell: The product did not answer, or fetches no lists.
    """
    comparison, kind = Comparison(evidence, evidence.duties.revoked), evidence.duties.kind
    for form in _forms(evidence):
        healthy = evidence.made(Badge(kind=kind, state=State.VALID, form=form))
        for status, dispute in _DISPUTES.items():
            active, revoked = (
                Badge(kind=kind, state=each, form=form, status=status) for each in (State.ACTIVE, State.REVOKED)
            )
            evidence.about(active)
            evidence.about(revoked)
            if not evidence.may_reach:
                continue
            if comparison.is_accepted(healthy):
                yield from comparison.accepts(evidence.made(active), active.name, dispute=dispute)
            yield from comparison.refuses(
                evidence.made(revoked), revoked.name, healthy=evidence.made(active), remark=HOLE, dispute=dispute
            )
    comparison.end_if_silent()
    if not evidence.may_reach:
        raise CannotTell(evidence.unreached)
    comparison.end()


def _forms(evidence: Evidence) -> tuple[str, ...]:
    return (USUAL, *((evidence.token_form,) if evidence.token_form else ()))
