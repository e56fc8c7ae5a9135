"""Parameters of the document list together: REST Binding 3, where each of them is about the list that the others make."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import NotApplicable, Untested
from skillmark.core.target import Feature
from skillmark.suites.case.lists import (
    accepted,
    ask_list,
    entries,
    filters,
    is_list,
    is_whole,
    limits,
    offered,
    require,
    selects,
    shown,
    sorts,
)
from skillmark.suites.case.ordering import is_moment, uncapped
from skillmark.suites.case.paging import MOST_PAGES, Walk, known_documents
from skillmark.suites.case.suite import CASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence

_WINDOW = 2
_FILTERED = 3
_DIRECTIONS = ("asc", "desc")
#: Members by which a walk over pages is sorted, and pages of one such walk.
_MEMBERS = 2
_STEPS = 12


def _need(case: CaseEvidence, *features: tuple[Feature, Callable[[CaseEvidence], bool]]) -> None:
    """Return when the product has all of these features.

    Raises:
        NotApplicable: it lacks one, which other checks look at.
        Untested: the list is too short, or too long for this level.
    """
    case.need_documents(_FILTERED)
    for feature, effect in features:
        require(case, feature, effect)
        if not offered(case, feature, effect):
            raise NotApplicable(f"{feature.value} has no effect, which is told elsewhere.")
    if not is_whole(case):
        raise Untested("The document list is longer than this level of the run reads; use --level thorough.")


_PAGES = (Feature.PAGINATION, limits)
_ORDERS = (Feature.SORTING, sorts)
_FILTERS = (Feature.FILTERING, filters)
_SELECTIONS = (Feature.FIELD_SELECTION, selects)


@CASE.check("CASE-R-141")
def filters_come_before_pages(case: CaseEvidence) -> Iterator[Observation]:
    """A page of a filtered list is cut out of what the filter finds, not the filter applied to a page."""
    _need(case, _PAGES, _FILTERS)
    for document in (case.documents[0], case.documents[-1]):
        found = ask_list(case, filter=f"identifier='{document.identifier}'")
        if shown(found) != (document.identifier,):
            continue
        page = ask_list(case, filter=f"identifier='{document.identifier}'", limit=1)
        if shown(page) == shown(found):
            yield page.held()
        else:
            yield page.finding(
                "CASE-R-141",
                expected="limit=1 shows the one document that the filter finds",
                actual=f"{len(shown(page))} document(s)" if is_list(page) else page.said,
                further=(found.id,),
                cause="filter within a page",
            )


def _unlike_the_first(case: CaseEvidence) -> str:
    return f"identifier!='{case.documents[0].identifier}'"


@CASE.check("CASE-R-131")
def filtered_lists_are_sorted(case: CaseEvidence) -> Iterator[Observation]:
    """What a filter finds is sorted as the whole list is."""
    _need(case, _ORDERS, _FILTERS)
    text = _unlike_the_first(case)
    plain = ask_list(case, filter=text)
    for direction in _DIRECTIONS:
        whole = ask_list(case, sort="identifier", orderBy=direction)
        part = ask_list(case, filter=text, sort="identifier", orderBy=direction)
        is_complete = len(shown(whole)) == len(case.documents) and len(shown(plain)) == len(case.documents) - 1
        if not (is_list(part) and is_complete and set(shown(part)) == set(shown(plain))):
            continue
        if shown(part) == tuple(each for each in shown(whole) if each in set(shown(part))):
            yield part.held()
        else:
            yield part.finding(
                "CASE-R-131",
                expected=f"sorted by identifier ({direction}) with a filter as without one",
                actual=f"first {', '.join(shown(part)[:2])}",
                further=(whole.id, plain.id),
                cause="filtered list out of order",
            )


@CASE.check("CASE-R-157")
def filtered_lists_are_reduced(case: CaseEvidence) -> Iterator[Observation]:
    """What a filter finds is reduced to the selected members as the whole list is."""
    _need(case, _SELECTIONS, _FILTERS)
    document = case.documents[-1]
    text = f"identifier='{document.identifier}'"
    if shown(ask_list(case, filter=text)) != (document.identifier,):
        raise Untested("A filter on identifier does not find one document.")
    part = ask_list(case, filter=text, fields="identifier,title")
    added = sorted({name for entry in entries(part) for name in entry} - {"identifier", "title"})
    if is_list(part) and shown(part) == (document.identifier,) and not added:
        yield part.held()
    else:
        yield part.finding(
            "CASE-R-157",
            expected="exactly identifier and title of the document that the filter finds",
            actual=f"also {', '.join(added[:4])}" if added else f"{len(entries(part))} document(s)",
            cause="selection under a filter",
        )


@CASE.check("CASE-R-131")
def sorted_pages_are_cut_from_the_sorted_list(case: CaseEvidence) -> Iterator[Observation]:
    """A page of a sorted list is cut out of the sorted list, not a page of the plain list sorted in itself."""
    _need(case, _PAGES, _ORDERS)
    size = accepted(case, len(case.documents))
    for member in ("identifier", "title", "lastChangeDateTime"):
        for direction in _DIRECTIONS:
            whole = ask_list(case, sort=member, orderBy=direction, limit=size)
            values = _values(whole, member)
            if len(values) < _FILTERED or not _has_order(values):
                continue
            for offset in (0, len(values) - _WINDOW):
                page = ask_list(case, sort=member, orderBy=direction, limit=_WINDOW, offset=offset)
                yield from _judged_window(page, _values(page, member), values[offset : offset + _WINDOW], whole)


def _values(answer: Answer, member: str) -> list[Any]:
    """Return what the entries are sorted by; times as they are written, texts without capitals."""
    found = [entry.get(member) for entry in entries(answer)]
    return [uncapped(value) if isinstance(value, str) and not is_moment(value) else value for value in found]


def _has_order(values: list[Any]) -> bool:
    """Whether an order shows: no value is missing, and both ends differ."""
    return all(isinstance(value, str) for value in values) and values[0] != values[-1]


def _judged_window(page: Answer, found: list[Any], wanted: list[Any], whole: Answer) -> Iterator[Observation]:
    # Pages that are too short, or refused, are another requirement's matter; an empty one shows nothing of the order.
    if found != wanted[: len(found)]:
        yield page.finding(
            "CASE-R-131",
            expected=f"the page of the sorted list with {', '.join(map(str, wanted))[:120]}",
            actual=f"{', '.join(map(str, found))[:120]}",
            further=(whole.id,),
            cause="sorted within a page",
        )
    elif found:
        yield page.held()


@CASE.check("CASE-R-127")
def sorted_pages_partition_the_list(case: CaseEvidence) -> Iterator[Observation]:
    """The pages of a sorted list together show every document once, those that are equal in the sorted member, too."""
    _need(case, _PAGES, _ORDERS)
    for member in itertools.islice(_tied(case), _MEMBERS):
        walk = Walk(pages=[], seen=[])
        limit = accepted(case, -(-len(case.documents) // _STEPS))
        goes_on = True
        while goes_on and len(walk.seen) < len(case.documents) and len(walk.pages) < MOST_PAGES:
            count = len(walk.seen)
            page = ask_list(case, sort=member, orderBy="asc", limit=limit, offset=count)
            goes_on = walk.take(page) and len(walk.seen) > count
        total = known_documents(case) if len(walk.pages) < MOST_PAGES else None
        yield from walk.judged("CASE-R-127", total=total, how=f"in pages of {limit}, sorted by {member}")


def _tied(case: CaseEvidence) -> Iterator[str]:
    """Yield the members in which documents are equal, so that sorting leaves their order open."""
    for row in case.standard.classes["CFDocument"].properties.values():
        values = [document.record[row.name] for document in case.documents if row.name in document.record]
        texts = [value for value in values if isinstance(value, str)]
        if len(set(texts)) < len(texts):
            yield row.name
