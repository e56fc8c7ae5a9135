"""Credentials that were issued after a moment: Open Badges API, getCredentials, since."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from skillmark.core.errors import CannotTell, Untested
from skillmark.core.findings import Finding, Held
from skillmark.engine.drawing import explore
from skillmark.suites.hosts.holdings import holdings, query_of
from skillmark.suites.hosts.rules import RULES
from skillmark.suites.hosts.samples import signed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence
    from skillmark.suites.hosts.holdings import Holdings, Listing
    from skillmark.suites.hosts.samples import Sent

_SINCE, _RELATIONS = "OB30-R-153", "OB30-R-167"
_FIRST = datetime.datetime(2021, 3, 5, 10, 30, tzinfo=datetime.UTC)
_APART = datetime.timedelta(days=40)
_COUNT = 4
_LONG_AGO, _FAR_AHEAD = "1990-01-01T00:00:00Z", "2097-01-01T00:00:00Z"
_AWARDED = "2020-01-01T00:00:00Z"
_RECEIVED = "Which date is compared is not said; this host seems to compare when it received a credential."
_MEMBER = "Which date is compared is not said; validFrom is the natural reading."
_MALFORMED = "What a host makes of a moment that is none is not said, but that the operation knows the answer 400."
_WRONG = ("yesterday", "2023-13-01T00:00:00Z", "2023-02-30T00:00:00Z", "1677664800", "")
_BAD = 400
_SHIFTS = (-3600.0, -1.0, 0.0, 0.5, 1.0, 3600.0)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """Credentials that were issued one after the other."""

    mine: Holdings
    sent: tuple[Sent, ...]
    moments: tuple[datetime.datetime, ...]

    def after(self, moment: datetime.datetime) -> frozenset[int]:
        """Return the numbers of those that were issued after a moment."""
        return frozenset(number for number, each in enumerate(self.moments) if each > moment)

    def shown(self, text: str) -> tuple[Listing, frozenset[int]]:
        """Return the list since a moment, and the numbers of those in it."""
        listing = self.mine.listing(query=(("since", text),))
        found = frozenset(number for number, each in enumerate(self.sent) if listing.find(each.identity) is not None)
        return listing, found


def _row(evidence: Evidence, *, awarded: str = "") -> _Row:
    """Hand in some credentials, and see that the list has them.

    Args:
        evidence: What is known.
        awarded: When they were all awarded; when they were issued, if nothing is said.

    Raises:
        Untested: The host does not keep or show them.
        CannotTell: No answer came back.
    """
    mine = holdings(evidence)
    forms = mine.forms()
    moments = tuple(_FIRST + _APART * number for number in range(_COUNT))
    made: list[Sent] = []
    for number, moment in enumerate(moments):
        form, text = forms[number % len(forms)], _written(moment)
        draft = mine.samples().draft(form, validFrom=text, awardedDate=awarded or text)
        made.append(mine.need(signed(draft, form)).sent)
    listing = mine.listing()
    if any(listing.find(each.identity) is None for each in made):
        raise Untested("What was kept, as the status says, is in no list.")
    return _Row(mine=mine, sent=tuple(made), moments=moments)


def _written(moment: datetime.datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


@RULES.rule("OB30-R-153")
def since_restricts_to_later_ones(evidence: Evidence) -> Iterator[Observation]:
    """With since, those credentials are listed that were issued after the moment, whatever its zone and its fraction."""
    row = _row(evidence)
    everything, nothing = frozenset(range(_COUNT)), frozenset[int]()
    yield from _judged(row, _LONG_AGO, everything)
    yield from _judged(row, _FAR_AHEAD, nothing)
    ignored = row.shown(_FAR_AHEAD)[1]

    def judge(case: tuple[int, float, int]) -> Iterator[Observation]:
        number, shift, minutes = case
        moment = row.moments[number] + datetime.timedelta(seconds=shift)
        zone = datetime.timezone(datetime.timedelta(minutes=minutes))
        text = _written(moment.astimezone(zone) if minutes else moment)
        yield from _judged(row, text, row.after(moment), other=everything if not ignored else None)

    cases = st.tuples(st.integers(0, _COUNT - 1), st.sampled_from(_SHIFTS), st.sampled_from((0, 120, -210, 840)))
    seed = evidence.context.seed_of("since_restricts_to_later_ones")
    yield from explore(cases, judge, depth=evidence.context.depth, seed=seed)
    yield from _judged(row, _written(row.moments[1]), row.after(row.moments[1]), other=None if ignored else everything)


def _judged(
    row: _Row, text: str, expected: frozenset[int], other: frozenset[int] | None = None
) -> Iterator[Observation]:
    try:
        listing, found = row.shown(text)
    except Untested as error:
        yield Finding(requirement=_SINCE, expected=f"a list for since={text}", actual=str(error), cause="no list")
        return
    if found == expected:
        yield Held(evidence=listing.ids[:1])
        return
    yield Finding(
        requirement=_SINCE,
        expected=f"since={text} lists {_told(row, expected)}",
        actual=f"{_told(row, found)}",
        evidence=listing.ids,
        cause="since restricts to others",
        dispute=_RECEIVED if found == other else "",
    )


def _told(row: _Row, numbers: frozenset[int]) -> str:
    dates = ", ".join(f"{row.moments[each]:%Y-%m-%d}" for each in sorted(numbers))
    return f"those issued on {dates}" if dates else "none of those that were handed in"


@RULES.rule("OB30-R-153")
def valid_from_is_compared(evidence: Evidence) -> Iterator[Observation]:
    """It is validFrom that since is compared with, not when something was awarded."""
    row = _row(evidence, awarded=_AWARDED)
    text = _written(row.moments[1] + _APART / 2)
    listing, found = row.shown(text)
    if found == row.after(row.moments[1]):
        yield Held(evidence=listing.ids[:1])
        return
    yield Finding(
        requirement=_SINCE,
        expected=f"since={text} lists {_told(row, row.after(row.moments[1]))}, by their validFrom",
        actual=f"{_told(row, found)}; all were awarded on {_AWARDED[:10]}",
        evidence=listing.ids,
        cause="another date is compared",
        dispute=_MEMBER,
    )


@RULES.rule("OB30-R-152")
def since_lists_are_parts_of_the_list(evidence: Evidence) -> Iterator[Observation]:
    """A list since a moment shows nothing that the list of the account does not have."""
    row = _row(evidence)
    row.mine.crowd()
    part = row.mine.listing(query=(("since", _LONG_AGO),))
    # The whole comes last, so that what somebody adds in between is in it.
    whole = row.mine.listing()
    if not whole.is_whole:
        raise CannotTell("The list of the account does not come to its end, so that nothing can be missing in it.")
    known = {each.identity or each.key for each in whole.entries}
    strange = [each for each in part.entries if (each.identity or each.key) not in known]
    for entry in strange:
        yield Finding(
            requirement="OB30-R-152",
            expected="a list since a moment is a part of the list of the account",
            actual=f"{entry.name} is in it, and not in the list",
            pointer=entry.pointer,
            evidence=(entry.exchange, *whole.ids[:1]),
        )
    if part.entries and not strange:
        yield Held(evidence=(*part.ids[:1], *whole.ids[:1]))


@RULES.rule("OB30-R-153", "OB30-R-167")
def links_keep_since(evidence: Evidence) -> Iterator[Observation]:
    """The link next of a list since a moment leads to what offset shows of that list, and so has the moment in it."""
    row = _row(evidence)
    since = ("since", _written(row.moments[1]))
    page = row.mine.page(query=(since, ("limit", "1")))
    if "next" not in page.links or not page.entries:
        raise Untested("The first page since a moment has no link next.")
    header = evidence.service.paging.total_header
    # Which credentials since leaves is judged elsewhere: here the same question is asked in two ways.
    asked = row.mine.page(query=(since, ("limit", "1"), ("offset", str(len(page.entries)))))
    linked = row.mine.page(query=query_of(page.links["next"]) or ())
    if not asked.is_list or not asked.entries:
        raise Untested("The second page since a moment is no list.")
    if linked.keys[:1] == asked.keys[:1] and linked.total(header) == asked.total(header):
        yield Held(evidence=(page.id, linked.id))
        return
    yield Finding(
        requirement=_RELATIONS,
        expected=f"next leads to the second page of the list since={since[1]}",
        actual=f"{page.links['next']} shows {linked.said}, X-Total-Count {linked.total(header)}",
        evidence=(page.id, linked.id, asked.id),
    )


@RULES.rule("OB30-R-153")
def malformed_moments_are_refused(evidence: Evidence) -> Iterator[Observation]:
    """A since that is no moment is refused with 400."""
    mine = holdings(evidence)
    for text in _WRONG:
        page = mine.page(query=(("since", text),))
        status = page.reply.exchange.status
        if status == _BAD:
            yield Held(evidence=(page.id,))
            continue
        yield Finding(
            requirement=_SINCE,
            expected=f"since={text} is refused with 400",
            actual=page.said,
            evidence=(page.id,),
            cause=f"status {status}",
            dispute=_MALFORMED,
        )
