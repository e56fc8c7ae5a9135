"""Pages of the document list: REST Binding 2.3.1 and 3.1, Certification Guide 1.11."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from skillmark.core.errors import NotApplicable, Untested
from skillmark.core.target import Feature
from skillmark.suites.case.errors import has_status_body
from skillmark.suites.case.lists import (
    LIST,
    accepted,
    ask_list,
    ask_list_again,
    entries,
    filters,
    ineffective,
    is_list,
    is_whole,
    limits,
    offered,
    require,
    settled,
    shown,
)
from skillmark.suites.case.suite import CASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence

_TOTAL = "X-Total-Count"
_DEFAULT_LIMIT = 100
#: Pages of one walk where the provider keeps its pages as large as asked for, and at the very most.
_PAGES = 8
MOST_PAGES = 32
#: Documents of the last page that is looked at.
_LAST = 2
_D08 = "Nothing is defined for a page behind the last document; an empty list is the common answer (D-08)."
_LENIENT = "The reaction to a value outside the range is not defined."
_INVALID = (
    ("limit", "0"),
    ("limit", "-1"),
    ("limit", "abc"),
    ("limit", "1.5"),
    ("limit", ""),
    ("offset", "-1"),
    ("offset", "abc"),
    ("offset", "1.5"),
    ("offset", ""),
)


def _windows(case: CaseEvidence) -> SearchStrategy[tuple[int, int]]:
    """Draw a limit and an offset within the list, the smallest first."""
    total = len(case.documents)
    return st.tuples(st.integers(1, accepted(case, min(total + 2, 20))), st.integers(0, total - 1))


def limits_of_walks(case: CaseEvidence) -> SearchStrategy[int]:
    """Draw a limit with which the whole list takes a handful of pages."""
    total = len(case.documents)
    most = accepted(case, total + 1)
    return st.integers(min(most, max(1, -(-total // _PAGES))), most)


@CASE.check("CASE-R-120")
def the_list_can_be_paged(case: CaseEvidence) -> Iterator[Observation]:
    """The parameters limit and offset cut pages out of the document list."""
    total = len(case.documents)
    if not offered(case, Feature.PAGINATION, limits):
        answer = ask_list(case, limit=1)
        yield ineffective(answer, "CASE-R-120", Feature.PAGINATION, expected=f"limit=1 brings one of {total} documents")
        return
    yield from case.draw("the_list_can_be_paged", _windows(case), lambda window: _cut(case, *window))
    yield from _cut(case, accepted(case, _LAST + 1), max(0, total - _LAST))
    yield from _behind_the_last(case)


def _cut(case: CaseEvidence, limit: int, offset: int) -> Iterator[Observation]:
    page = ask_list(case, limit=limit, offset=offset)
    count, left = len(entries(page)), len(case.documents) - offset
    if is_list(page) and 0 < count <= limit and (count == min(limit, left) or _is_capped(case, count, offset)):
        yield page.held()
        return
    expected, cause = f"{min(limit, left)} document(s)", "page too short"
    if not is_list(page):
        cause = "no page"
    elif count > limit:
        expected, cause = f"at most {limit} document(s)", "limit exceeded"
    yield page.finding(
        "CASE-R-120",
        expected=f"{expected} for limit={limit} and offset={offset} in a list of {len(case.documents)}",
        actual=f"{count} document(s)" if is_list(page) else page.said,
        cause=cause,
    )


def _is_capped(case: CaseEvidence, count: int, offset: int) -> bool:
    """Whether a page that is shorter than asked for, or longer than what should be left, may be so.

    A provider may have a maximum, and then it sends as many documents as its maximum when it is asked for just these, and
    not one more where there are more.
    """
    left = len(case.documents) - offset
    if count > left:
        # Whether the offset counts right is another requirement's matter.
        return True
    most = ask_list(case, limit=count + 1, offset=0)
    return len(entries(ask_list(case, limit=count, offset=offset))) == count >= len(entries(most))


def _behind_the_last(case: CaseEvidence) -> Iterator[Observation]:
    if not is_whole(case):
        return
    known = {document.identifier for document in case.documents}
    page = ask_list(case, limit=1, offset=len(known))
    if is_list(page) and not known.intersection(shown(page)):
        yield page.held()
        return
    yield page.finding(
        "CASE-R-120",
        expected="200 with an empty list behind the last document",
        actual=f"{len(entries(page))} document(s) once more" if is_list(page) else page.said,
        cause="behind the last document",
        dispute=_D08,
    )


@CASE.check("CASE-R-121")
def pages_carry_their_headers(case: CaseEvidence) -> Iterator[Observation]:
    """A page that is not the whole list carries the headers X-Total-Count and Link."""
    require(case, Feature.PAGINATION, limits)
    for offset in (0, 1):
        page = ask_list(case, limit=1, offset=offset)
        if not is_list(page) or len(entries(page)) >= len(case.documents):
            continue
        missing = [name for name in (_TOTAL, "Link") if not (page.exchange.header(name) or "").strip()]
        for name in missing:
            yield page.finding(
                "CASE-R-121", expected=f"the header {name} on a page of the list", actual="no such header", cause=name
            )
        if not missing:
            yield page.held()


@CASE.check("CASE-R-122")
def totals_count_the_whole_list(case: CaseEvidence) -> Iterator[Observation]:
    """The header X-Total-Count is a decimal integer and counts the documents of the whole list, on every page."""
    require(case, Feature.PAGINATION, limits)
    probes = (case.first_list, ask_list(case, limit=1), ask_list(case, limit=1, offset=1))
    if not any(page.exchange.header(_TOTAL) for page in probes):
        yield from _totals_elsewhere(case, probes[1])
        raise NotApplicable("No page carries a total.")
    for page in probes:
        yield from _judged_total(case, page)
    yield from _beyond_the_total(case, probes[0])
    yield from _total_of_a_selection(case)
    yield from case.draw(
        "totals_count_the_whole_list",
        _windows(case),
        lambda window: _judged_total(case, ask_list(case, limit=window[0], offset=window[1])),
    )


def _totals_elsewhere(case: CaseEvidence, page: Answer) -> Iterator[Observation]:
    """Yield a finding for a member of the body that counts the whole list."""
    for name, value in (page.payload or {}).items():
        if type(value) is int and value == len(case.documents) and len(entries(page)) < value:
            yield page.finding(
                "CASE-R-122",
                expected=f"the total in the header {_TOTAL}",
                actual=f"in the member {name} of the body",
                pointer=f"/{name}",
                cause="total in the body",
            )


def _judged_total(case: CaseEvidence, page: Answer) -> Iterator[Observation]:
    if not is_list(page):
        return
    count = len(case.documents)
    text = (page.exchange.header(_TOTAL) or "").strip()
    if not text and len(entries(page)) >= count:
        # What is no part of a longer list needs no total.
        return
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
    if number == count or (number is not None and number > count and not is_whole(case)):
        yield page.held()
        return
    cause = "total absent" if not text else "total no number" if number is None else "total wrong"
    yield page.finding(
        "CASE-R-122",
        expected=f"{_TOTAL} {count}, the documents of the whole list",
        actual=text[:40] or "no such header, although other pages carry it",
        cause=cause,
    )


def _total_of_a_selection(case: CaseEvidence) -> Iterator[Observation]:
    """Look whether the total follows a filter, which the binding leaves open."""
    document = case.documents[0]
    page = ask_list(case, filter=f"identifier='{document.identifier}'", limit=1)
    if not filters(case) or shown(page) != (document.identifier,):
        return
    text = (page.exchange.header(_TOTAL) or "").strip()
    if text == "1":
        yield page.held()
        return
    yield page.finding(
        "CASE-R-122",
        expected=f"{_TOTAL} 1 for a filter that one document satisfies",
        actual=text[:40] or "no such header",
        cause="total under a filter",
        dispute="What the total counts under a filter is not said.",
    )


def _beyond_the_total(case: CaseEvidence, page: Answer) -> Iterator[Observation]:
    """Look whether the list goes on where the total says that it ends."""
    total = len(case.documents)
    if page.exchange.header(_TOTAL) != str(total):
        return
    beyond = ask_list(case, limit=1, offset=total)
    hidden = set(shown(beyond)) - {document.identifier for document in case.documents}
    if hidden:
        yield beyond.finding(
            "CASE-R-122",
            expected=f"no further document at offset {total}, as {_TOTAL} says",
            actual=f"{min(hidden)}",
            further=(page.id,),
            cause="total too small",
        )


@dataclasses.dataclass(slots=True, kw_only=True)
class Walk:
    """The pages of one way through the list."""

    pages: list[Answer]
    #: Identifiers in the order of the pages.
    seen: list[str]
    #: Why the walk cannot be compared with the whole list.
    problem: str = ""
    cause: str = ""

    def take(self, page: Answer) -> bool:
        """Add a page; whether it is one, and shows nothing that an earlier one showed."""
        self.pages.append(page)
        again = next((each for each in shown(page) if each in self.seen), None)
        if not is_list(page):
            self.problem, self.cause = f"page {len(self.pages)} is no list: {page.said}", "no list"
        elif again is not None:
            self.problem, self.cause = f"{again} again on page {len(self.pages)}", "documents repeated"
        self.seen += shown(page)
        return not self.problem

    def judged(self, requirement: str, *, total: set[str] | None, how: str) -> Iterator[Observation]:
        """Yield what the walk shows; without ``total`` nothing can be missing."""
        missing = (total or set()) - set(self.seen)
        if missing and not self.problem:
            self.problem, self.cause = f"{len(missing)} never shown, for example {min(missing)}", "documents missing"
        if not self.problem:
            yield self.pages[0].held()
            return
        yield self.pages[-1].finding(
            requirement,
            expected=f"every document once {how}",
            actual=self.problem,
            further=tuple(page.id for page in self.pages[:-1]),
            cause=self.cause,
        )


def known_documents(case: CaseEvidence) -> set[str] | None:
    """Return the identifiers of all documents; ``None`` where the list is longer than the run reads."""
    return {document.identifier for document in case.documents} if is_whole(case) else None


@CASE.check("CASE-R-124")
def offsets_count_from_zero(case: CaseEvidence) -> Iterator[Observation]:
    """An offset of 0 is no offset, and each further one drops exactly one more document from the front."""
    require(case, Feature.PAGINATION, limits)

    def judge(window: tuple[int, int]) -> Iterator[Observation]:
        limit, offset = window
        yield from _shifted(case, limit, offset)
        if offset == 0:
            yield from _unshifted(case, limit)

    windows = st.tuples(st.integers(2, max(2, accepted(case, 5))), st.integers(0, len(case.documents) - 2))
    yield from case.draw("offsets_count_from_zero", windows, judge)


def _shifted(case: CaseEvidence, limit: int, offset: int) -> Iterator[Observation]:
    here, there = (ask_list(case, limit=limit, offset=each) for each in (offset, offset + 1))
    before, after = shown(here), shown(there)
    right = bool(before) and before[0] not in after and after[: len(before) - 1] == before[1:]
    if right:
        yield there.held()
    elif _is_repeatable(case, here) and _is_repeatable(case, there):
        yield there.finding(
            "CASE-R-124",
            expected=(
                f"offset={offset + 1} shows what offset={offset} shows without its first document: "
                f"{', '.join(before[1:3]) or 'other documents'}"
            ),
            actual=f"{', '.join(after[:2]) or 'no documents'}" if is_list(there) else there.said,
            further=(here.id,),
            cause="offset miscounted" if is_list(there) else "no page",
        )


def _unshifted(case: CaseEvidence, limit: int) -> Iterator[Observation]:
    zero, none = ask_list(case, limit=limit, offset=0), ask_list(case, limit=limit)
    if shown(zero) == shown(none) and is_list(zero):
        yield zero.held()
    elif _is_repeatable(case, zero) and _is_repeatable(case, none):
        yield zero.finding(
            "CASE-R-124",
            expected=f"offset=0 shows what no offset shows: {', '.join(shown(none)[:2])}",
            actual=f"{', '.join(shown(zero)[:2]) or zero.said}",
            further=(none.id,),
            cause="offset=0 is an offset",
        )


def _is_repeatable(case: CaseEvidence, page: Answer) -> bool:
    """Whether the same request shows the same again: without an order, an offset cannot be blamed."""
    return shown(settled(case.ask(LIST, query=page.query, fresh=True))) == shown(page)


@CASE.check("CASE-R-125")
def the_default_limit_is_a_hundred(case: CaseEvidence) -> Iterator[Observation]:
    """Without limit at most 100 documents are returned."""
    require(case, Feature.PAGINATION, limits)
    if len(case.documents) <= _DEFAULT_LIMIT:
        raise Untested(f"Only a list of more than {_DEFAULT_LIMIT} documents shows it; here are {len(case.documents)}.")
    count = len(entries(case.first_list))
    if count <= _DEFAULT_LIMIT:
        yield case.first_list.held()
    else:
        yield case.first_list.finding(
            "CASE-R-125",
            expected=f"at most {_DEFAULT_LIMIT} documents without limit",
            actual=f"{count}",
            cause="default",
        )


@CASE.check("CASE-R-126")
def invalid_pages_are_refused(case: CaseEvidence) -> Iterator[Observation]:
    """A limit that is no integer of at least 1, or an offset that is none of at least 0, is refused."""
    require(case, Feature.PAGINATION, limits)
    for name, value in _INVALID:
        answer = ask_list(case, **{name: value})
        refused = answer.status is not None and 400 <= answer.status < 500
        if refused and has_status_body(answer):
            yield answer.held()
            continue
        treated = is_list(answer) and shown(answer) == shown(case.first_list)
        yield answer.finding(
            "CASE-R-126",
            expected=f"{name}={value} is refused with 400 and an imsx_StatusInfo",
            actual="treated as absent" if treated else answer.said,
            cause=f"{name}: {'treated as absent' if treated else f'status {answer.status}'}",
            dispute=_LENIENT if answer.status is None or answer.status < 500 else "",
        )


@CASE.check("CASE-R-127")
def pages_partition_the_list(case: CaseEvidence) -> Iterator[Observation]:
    """The order of the list is stable, so that pages of any size together show every document once."""
    require(case, Feature.PAGINATION, limits)
    again = ask_list_again(case)
    if shown(again) == shown(case.first_list):
        yield again.held()
    else:
        yield again.finding(
            "CASE-R-127",
            expected="the same order whenever the list is asked for",
            actual=f"first {', '.join(shown(case.first_list)[:2])}, then {', '.join(shown(again)[:2])}",
            further=(case.first_list.id,),
            cause="order changes",
        )

    def judge(limit: int) -> Iterator[Observation]:
        walk = Walk(pages=[], seen=[])
        goes_on = True
        while goes_on and len(walk.seen) < len(case.documents) and len(walk.pages) < MOST_PAGES:
            count = len(walk.seen)
            goes_on = walk.take(ask_list(case, limit=limit, offset=count)) and len(walk.seen) > count
        ended = len(walk.pages) < MOST_PAGES
        yield from walk.judged("CASE-R-127", total=known_documents(case) if ended else None, how=f"in pages of {limit}")

    yield from case.draw("pages_partition_the_list", limits_of_walks(case), judge)
