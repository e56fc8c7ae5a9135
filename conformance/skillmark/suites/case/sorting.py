"""Sorting the document list: REST Binding 3.2."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from skillmark.core.errors import Untested
from skillmark.core.findings import Finding
from skillmark.core.target import Feature
from skillmark.suites.case.lists import (
    accepted,
    ask_list,
    ask_list_again,
    entries,
    ineffective,
    is_list,
    is_whole,
    offered,
    require,
    shown,
    sorts,
)
from skillmark.suites.case.ordering import Order, bare, compared, folded, instant
from skillmark.suites.case.suite import CASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence

#: Longest list that is compared in one answer.
_LONGEST = 500
_D02 = "400 with invalid_sort_field is the other published reading (Information Model, table B1.4; D-02)."


def _sorted(case: CaseEvidence, **parameters: str) -> Answer:
    return ask_list(case, **parameters, limit=accepted(case, min(_LONGEST, max(len(case.documents), 1))))


def _members(case: CaseEvidence) -> list[str]:
    """Return the members with a single text that differ between documents, in the order of the model."""
    found: dict[str, set[str]] = {}
    for document in case.documents:
        for name, value in document.record.items():
            if isinstance(value, str):
                found.setdefault(name, set()).add(value)
    rows = case.standard.classes["CFDocument"].properties.values()
    members = [row.name for row in rows if not row.card.is_array and len(found.get(row.name, ())) > 1]
    if not members:
        raise Untested("No member differs between the documents, so that no order shows.")
    return members


def _require(case: CaseEvidence) -> None:
    require(case, Feature.SORTING, sorts)


@CASE.check("CASE-R-130")
def the_list_can_be_sorted(case: CaseEvidence) -> Iterator[Observation]:
    """The document list can be sorted on any single-valued member of the document."""
    if not offered(case, Feature.SORTING, sorts):
        answer = ask_list(case, sort="title", orderBy="desc")
        expected = "sort=title gives two orders with orderBy=asc and desc"
        yield ineffective(answer, "CASE-R-130", Feature.SORTING, expected=expected)
        return
    _require(case)
    for member in _members(case):
        answer = _sorted(case, sort=member, orderBy="asc")
        yield _judged(case, answer, member, requirement="CASE-R-130", descending=False)


@CASE.check("CASE-R-131")
def both_directions_sort(case: CaseEvidence) -> Iterator[Observation]:
    """With orderBy=asc a sorted list ascends, with orderBy=desc it descends, and without orderBy it does one of both."""
    _require(case)
    effective = [member for member in _members(case) if _has_effect(case, member)]
    if not effective:
        raise Untested("No member has an effect on the order.")

    def judge(drawn: tuple[str, str]) -> Iterator[Observation]:
        member, direction = drawn
        parameters = {"sort": member} | ({"orderBy": direction} if direction else {})
        answer = _sorted(case, **parameters)
        found = _judged(case, answer, member, requirement="CASE-R-131", descending=direction == "desc")
        if not direction and isinstance(found, Finding):
            # Without orderBy the direction is up to the provider.
            other = _judged(case, answer, member, requirement="CASE-R-131", descending=True)
            found = found if isinstance(other, Finding) else other
        yield found

    for member in effective:
        for direction in ("asc", "desc"):
            yield from judge((member, direction))
    drawn = st.tuples(st.sampled_from(effective), st.sampled_from(("asc", "desc", "")))
    yield from case.draw("both_directions_sort", drawn, judge)


def _has_effect(case: CaseEvidence, member: str) -> bool:
    """Whether sorting by a member changes the order in some direction; SHOULD is all that the binding says of each one."""
    plain = shown(_sorted(case))
    changed = (_sorted(case, sort=member, orderBy=direction) for direction in ("asc", "desc"))
    return any(is_list(answer) and shown(answer) != plain for answer in changed)


@CASE.check("CASE-R-131")
def a_direction_alone_changes_nothing(case: CaseEvidence) -> Iterator[Observation]:
    """Without sort, orderBy leaves the order as it is."""
    _require(case)
    plain = _sorted(case)
    if shown(plain) != shown(ask_list_again(case, limit=accepted(case, min(_LONGEST, len(case.documents))))):
        raise Untested("The order of the list changes by itself.")
    for direction in ("asc", "desc"):
        answer = _sorted(case, orderBy=direction)
        if is_list(answer) and shown(answer) == shown(plain):
            yield answer.held()
        else:
            yield answer.finding(
                "CASE-R-131",
                expected=f"orderBy={direction} without sort leaves the list as it is",
                actual="another order" if is_list(answer) else answer.said,
                cause="direction alone",
                further=(plain.id,),
                dispute="What orderBy means without sort is not said; a default sort field is a possible reading.",
            )


@CASE.check("CASE-R-132")
def unknown_sort_fields_change_nothing(case: CaseEvidence) -> Iterator[Observation]:
    """An unknown sort field gives the same documents, in the provider's default order."""
    _require(case)
    plain = set(shown(_sorted(case)))

    def judge(name: str) -> Iterator[Observation]:
        answer = _sorted(case, sort=name)
        if is_list(answer) and set(shown(answer)) == plain:
            yield answer.held()
            return
        yield answer.finding(
            "CASE-R-132",
            expected="200 and the documents in the default order",
            actual=answer.said if not is_list(answer) else f"{len(shown(answer))} of {len(plain)} document(s)",
            cause=f"unknown sort field: {answer.status}",
            dispute=_D02 if answer.status == 400 else "",
        )

    names = st.text("abcdefghijklmnopqrstuvwxyz", min_size=6, max_size=12).map(lambda text: f"x{text.capitalize()}")
    yield from case.draw("unknown_sort_fields", names, judge)


@CASE.check("CASE-R-133")
def texts_are_collated(case: CaseEvidence) -> Iterator[Observation]:
    """Titles are sorted without minding capitals and accents, as the Unicode Collation Algorithm does."""
    _require(case)
    for member in ("title", "creator"):
        answer = _sorted(case, sort=member, orderBy="asc")
        values = [value for entry in entries(answer) if isinstance(value := entry.get(member), str)]
        # A text whose place shows capitals or accents: its order by bytes is not its order by letters.
        if values and sorted(values) != sorted(values, key=bare):
            wrong = next((pair for pair in itertools.pairwise(values) if _is_byte_order(*pair)), None)
            if wrong is None:
                yield answer.held()
            else:
                yield answer.finding(
                    "CASE-R-133",
                    expected="the order of the Unicode Collation Algorithm",
                    actual=f"{wrong[0][:60]!r} before {wrong[1][:60]!r}",
                    cause=f"{member} in byte order",
                )


def _is_byte_order(first: str, second: str) -> bool:
    return bool(bare(first)) and bool(bare(second)) and bare(first) > bare(second) and first < second


def _is_by_characters(texts: list[tuple[int, str]], *, descending: bool) -> bool:
    """Whether texts, none of them a time, are in the order of their characters."""
    values = [value for _, value in texts]
    return not any(map(instant, values)) and values == sorted(values, reverse=descending)


def _judged(case: CaseEvidence, answer: Answer, member: str, *, requirement: str, descending: bool) -> Observation:
    """Look at one sorted list: nothing lost, nothing out of order."""
    direction = "descends" if descending else "ascends"
    expected = f"sorted by {member}, the list {direction} and is complete"
    if not is_list(answer):
        return answer.finding(requirement, expected=expected, cause=f"{member} refused")
    if is_whole(case) and len(case.documents) <= _LONGEST:
        lost = _lost(case, answer)
        if lost:
            actual = f"{lost} document(s) are missing"
            return answer.finding(requirement, expected=expected, actual=actual, cause="documents lost")
    values = [entry.get(member) for entry in entries(answer)]
    wrong = _out_of_order(values, descending=descending)
    if wrong is not None:
        first, second = values[wrong], values[wrong + 1]
        return answer.finding(
            requirement,
            expected=expected,
            actual=f"{first!r:.80} before {second!r:.80}",
            pointer=f"/CFDocuments/{wrong + 1}/{member}",
            cause=f"out of order, {direction}",
        )
    return answer.held()


def _lost(case: CaseEvidence, answer: Answer) -> int:
    """Return how many documents a sorted list lacks, where the provider's pages are large enough to hold them all."""
    plain = set(shown(_sorted(case)))
    return len(plain - set(shown(answer))) if len(plain) == len(case.documents) else 0


def _out_of_order(values: list[Any], *, descending: bool) -> int | None:
    """Return the index of the first value that should stand behind its successor; ``None`` when there is none.

    Values that are absent stand in one block at either end; pairs whose order is open are passed over. So is a list that is
    in the order of its characters as a whole: collation is a recommendation, with a requirement of its own.
    """
    texts = [(index, value) for index, value in enumerate(values) if isinstance(value, str) and folded(value)]
    for (index, first), (_, second) in itertools.pairwise(texts):
        order = compared(first, second)
        if order is (Order.LESS if descending else Order.GREATER) and not _is_by_characters(
            texts, descending=descending
        ):
            return index
    present = [isinstance(value, str) for value in values]
    switches = sum(first != second for first, second in itertools.pairwise(present))
    return None if switches <= 1 else next(i for i, (a, b) in enumerate(itertools.pairwise(present)) if a != b)
