"""Selecting the members of the document list: REST Binding 3.4."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from skillmark.core.errors import Untested
from skillmark.core.target import Feature
from skillmark.suites.case.errors import codes
from skillmark.suites.case.lists import (
    ask_list,
    ask_list_again,
    entries,
    few,
    ineffective,
    is_list,
    offered,
    require,
    selects,
    shown,
)
from skillmark.suites.case.operations import named
from skillmark.suites.case.sameness import canonical, is_same
from skillmark.suites.case.suite import CASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence

Record = dict[str, Any]

_CODE = "invalid_selection_field"
_D03 = "The sentence that demands invalid_selection_field can be read for a non-existent field, too (D-03)."
_MOST_NAMES = 5


def _populated(case: CaseEvidence) -> list[str]:
    """Return the members of the model that some listed document has, in the order of the model."""
    found = {name for entry in entries(_complete(case)) for name, value in entry.items() if value is not None}
    return [name for name in case.standard.classes["CFDocument"].properties if name in found]


def _complete(case: CaseEvidence) -> Answer:
    """Return the page that selections are compared with."""
    return ask_list(case, **few(case))


def _selected(case: CaseEvidence, names: tuple[str, ...]) -> Answer:
    return ask_list(case, fields=",".join(names), **few(case))


def _need_places(case: CaseEvidence) -> None:
    """Return when every document stays in its place: without identifiers, entries can only be told apart by it.

    Raises:
        Untested: the order of the list changes.
    """
    if shown(_complete(case)) != shown(ask_list_again(case, **few(case))):
        raise Untested("The order of the list changes, so that the entries of a selection cannot be told apart.")


def _pairs(case: CaseEvidence, selected: Answer) -> list[tuple[Record, Record]]:
    """Return the entries of a selection, each with the complete entry in the same place."""
    return list(zip(entries(selected), entries(_complete(case)), strict=False))


def _is_aligned(case: CaseEvidence, selected: Answer) -> bool:
    return is_list(selected) and len(entries(selected)) == len(entries(_complete(case)))


def _misaligned(case: CaseEvidence, selected: Answer, requirement: str) -> Observation:
    count = len(entries(_complete(case)))
    return selected.finding(
        requirement,
        expected="200 and the same documents, reduced to the named members",
        actual=f"{len(entries(selected))} of {count} document(s)" if is_list(selected) else selected.said,
        cause="no selection of the list",
    )


@CASE.check("CASE-R-155")
def members_can_be_selected(case: CaseEvidence) -> Iterator[Observation]:
    """The parameter fields selects the members that the list returns, each member of the class."""
    if not offered(case, Feature.FIELD_SELECTION, selects):
        answer = ask_list(case, fields="identifier")
        expected = "fields=identifier returns entries with fewer members"
        yield ineffective(answer, "CASE-R-155", Feature.FIELD_SELECTION, expected=expected)
        return
    _need_places(case)

    def judge(name: str) -> Iterator[Observation]:
        selected = _selected(case, (name,))
        if not _is_aligned(case, selected):
            yield _misaligned(case, selected, "CASE-R-155")
            return
        pairs = _pairs(case, selected)
        lost = [full for part, full in pairs if full.get(name) is not None and name not in part]
        unreduced = all(part.keys() == full.keys() for part, full in pairs)
        if not lost and not unreduced:
            yield selected.held()
            return
        yield selected.finding(
            "CASE-R-155",
            expected=f"fields={name} returns {name} of every document that has it, and not every member",
            actual=f"{len(lost)} document(s) without it" if lost else "every member",
            cause="member lost" if lost else "nothing selected",
        )

    yield from case.draw("members_can_be_selected", st.sampled_from(_populated(case)), judge)


@CASE.check("CASE-R-156")
def the_list_returns_every_member(case: CaseEvidence) -> Iterator[Observation]:
    """Without fields, the list returns every member that a single read of the document shows."""
    listed = {document.identifier: document for document in case.need_documents()}
    for read in case.reads("getCFDocument"):
        if read.payload is None or read.sourced_id not in listed or named(read) != read.sourced_id:
            continue
        entry = listed[read.sourced_id]
        missing = [
            name for name, value in read.payload.items() if value not in (None, "", [], {}) and name not in entry.record
        ]
        for name in missing:
            yield entry.finding(
                "CASE-R-156",
                expected=f"{name}, as the single read shows it",
                actual="no such member",
                member=name,
                further=(read.id,),
                cause=name,
            )
        if not missing:
            yield entry.held()


@CASE.check("CASE-R-157")
def exactly_the_named_members_are_returned(case: CaseEvidence) -> Iterator[Observation]:
    """With fields, exactly the named members are returned, with the values that they have without it."""
    require(case, Feature.FIELD_SELECTION, selects)
    _need_places(case)
    names = list(case.standard.classes["CFDocument"].properties)

    def judge(drawn: list[str]) -> Iterator[Observation]:
        selected = _selected(case, tuple(drawn))
        if not _is_aligned(case, selected):
            yield _misaligned(case, selected, "CASE-R-157")
            return
        for index, (part, full) in enumerate(_pairs(case, selected)):
            wrong = _departure(part, full, drawn)
            if wrong:
                cause, actual = wrong
                yield selected.finding(
                    "CASE-R-157",
                    expected=f"exactly {', '.join(drawn)} of each document, where it has them",
                    actual=actual,
                    pointer=f"/CFDocuments/{index}",
                    further=(_complete(case).id,),
                    cause=cause,
                )
                return
        yield selected.held()

    subsets = st.lists(st.sampled_from(names), unique=True, min_size=1, max_size=_MOST_NAMES)
    yield from case.draw("exactly_the_named_members_are_returned", subsets, judge)
    # Every member that has a value once, whatever was drawn.
    populated = _populated(case)
    for start in range(0, len(populated), _MOST_NAMES):
        yield from judge(populated[start : start + _MOST_NAMES])


def _departure(part: Record, full: Record, names: list[str]) -> tuple[str, str] | None:
    """Return what is wrong with one entry: a kind, and words for it."""
    added = [name for name in part if name not in names]
    missing = [name for name in names if full.get(name) is not None and name not in part]
    changed = [name for name in names if name in part and name in full and not is_same(part[name], full[name])]
    empty = [name for name in names if name in part and part[name] is None and full.get(name) is None]
    if added:
        return "members added", f"also {', '.join(added[:4])}"
    if empty:
        return "null", f"{', '.join(empty)} as null"
    if missing:
        return "members missing", f"without {', '.join(missing)}"
    if changed:
        return "values changed", f"{changed[0]} is {canonical(part[changed[0]])[:60]}"
    return None


@CASE.check("CASE-R-158")
def selections_are_comma_separated(case: CaseEvidence) -> Iterator[Observation]:
    """One parameter fields takes several names, separated by commas, in any order."""
    require(case, Feature.FIELD_SELECTION, selects)
    # Whether each single member can be selected is another requirement.
    names = _populated(case)
    if selects(case):
        names = [name for name in names if not _misread(case, _selected(case, (name,)), [name])]
    if len(names) < 3:
        raise Untested("Too few members can be selected.")

    def judge(drawn: list[str]) -> Iterator[Observation]:
        forth, back = _selected(case, tuple(drawn)), _selected(case, tuple(reversed(drawn)))
        wrong = _misread(case, forth, drawn)
        if not wrong and _listed(forth) != _listed(back):
            wrong = "other entries than for the reverse order"
        if not wrong:
            yield forth.held()
            return
        yield forth.finding(
            "CASE-R-158",
            expected=f"fields={','.join(drawn)} returns these members, in either order of the names",
            actual=wrong,
            further=(back.id,),
            cause="order of names" if "reverse" in wrong else "names not separated",
        )

    pairs = st.lists(st.sampled_from(names), unique=True, min_size=2, max_size=min(4, len(names) - 1))
    yield from case.draw("selections_are_comma_separated", pairs, judge)


def _listed(answer: Answer) -> list[str]:
    """Return what an answer lists, as texts whose order says nothing."""
    return sorted(canonical(entry) for entry in entries(answer))


def _misread(case: CaseEvidence, selected: Answer, names: list[str]) -> str:
    """Say how a selection of several names was misread; empty when all of them had their effect."""
    if not _is_aligned(case, selected):
        return selected.said
    complete = entries(_complete(case))
    shows = {name for entry in entries(selected) for name in entry}
    lost = [name for name in names if name not in shows and any(entry.get(name) is not None for entry in complete)]
    if lost:
        return f"no entry with {', '.join(lost)}"
    if sum(map(len, entries(selected))) >= sum(map(len, complete)):
        return "every member"
    return ""


@CASE.check("CASE-R-159")
def unknown_members_select_everything(case: CaseEvidence) -> Iterator[Observation]:
    """A selection with a non-existent member returns all data of the records."""
    require(case, Feature.FIELD_SELECTION, selects)
    letters = case.rng("unknown_members").choices(string.ascii_lowercase, k=10)
    word = "x" + "".join(letters)
    for names in ((word,), ("title", word)):
        selected = _selected(case, names)
        if selected.status == 400:
            yield selected.finding(
                "CASE-R-159",
                expected="200 and all data of every document",
                actual=f"status 400 with {', '.join(codes(selected)) or 'no code-minor'}",
                cause=f"refused: {', '.join(codes(selected)) or 'no code'}",
                dispute=_D03,
            )
        elif is_list(selected) and _listed(selected) == _listed(_complete(case)):
            yield selected.held()
        else:
            yield selected.finding(
                "CASE-R-159",
                expected="200 and all data of every document",
                actual=_shortfall(selected),
                cause="not all data",
            )


def _shortfall(answer: Answer) -> str:
    if not is_list(answer):
        return answer.said
    found = entries(answer)
    return (
        f"{len(found)} document(s), the first with {', '.join(list(found[0])[:4]) or 'no members'}" if found else "none"
    )


@CASE.check("CASE-R-160")
def blank_selections_are_refused(case: CaseEvidence) -> Iterator[Observation]:
    """A blank selection is an invalid request: 400 with failure, error and invalid_selection_field."""
    require(case, Feature.FIELD_SELECTION, selects)
    answer = ask_list(case, fields="")
    body = answer.value if isinstance(answer.value, dict) else {}
    kind = (body.get("imsx_codeMajor"), body.get("imsx_severity"))
    if answer.status == 400 and kind == ("failure", "error") and _CODE in codes(answer):
        yield answer.held()
        return
    said = f"status {answer.status} with {', '.join(codes(answer)) or 'no code-minor'}"
    yield answer.finding(
        "CASE-R-160",
        expected=f"400 with failure, error and {_CODE}",
        actual=answer.said if answer.status == 200 else said,
        cause="blank selection accepted" if answer.status == 200 else "other refusal",
    )
