"""Reads change nothing and depend on nothing else: REST Binding 2.1, 8.4 and 9.1, Information Model 4.3 and 10.1."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from skillmark.core.errors import Untested
from skillmark.suites.case.answers import told
from skillmark.suites.case.evidence import LARGE
from skillmark.suites.case.lists import LIST, settled
from skillmark.suites.case.records import sightings
from skillmark.suites.case.sameness import first_difference
from skillmark.suites.case.suite import CASE
from skillmark.suites.case.walking import walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence
    from skillmark.suites.case.records import Sighting

_REPEATED = 3
_TIME = "lastChangeDateTime"
#: Statuses that say that the provider wants to be asked less often, not what it holds.
_BUSY = frozenset({429, 503})
_STRANGE_QUERIES = (
    (("x-skillmark", "1"),),
    (("extended", "true"),),
    (("include", "extensions"), ("version", "2")),
)
_STRANGE_HEADERS = (
    (("X-Vendor-Extensions", "all"),),
    (("X-Requested-With", "Skillmark"), ("X-Api-Version", "2")),
    (("Prefer", "return=minimal"),),
)
_LIST_PARAMETERS = ((("limit", "1"),), (("sort", "title"), ("orderBy", "desc")), (("fields", "identifier"),))
_MARKUP = re.compile(r"[\\*_$`#\[\]<>&^{}|~]")


def _examples(case: CaseEvidence) -> list[Answer]:
    """Return one good answer of the list and of each single-read operation that has one."""
    found = [case.first_list] if case.first_list.payload is not None else []
    for operation in case.standard.operations.values():
        if operation.sourced_id_of is not None:
            found += _smallest(case.reads(operation.id))[:1]
    return [answer for answer in found if answer.exchange.size <= LARGE]


def _smallest(answers: Iterable[Answer]) -> list[Answer]:
    """Return the good answers, those that cost least to be asked for again first."""
    return sorted((answer for answer in answers if answer.payload is not None), key=lambda answer: answer.exchange.size)


def _asked_again(case: CaseEvidence, answer: Answer, **changes: Any) -> Answer:  # noqa: ANN401 - as ask takes them
    operation = answer.operation.id if answer.operation else LIST
    return settled(case.ask(operation, answer.sourced_id, **({"query": answer.query} | changes)))


def _operation(answer: Answer) -> str:
    return answer.operation.id if answer.operation else answer.exchange.url


def _differs(left: Answer, right: Answer) -> tuple[str, str, str] | None:
    """Return where two answers differ, and what stands there; ``None`` when they say the same."""
    if left.status == right.status and left.exchange.digest == right.exchange.digest:
        return None
    if left.status != right.status:
        return "", f"status {left.status}", f"status {right.status}"
    return first_difference(left.value, right.value)


@CASE.check("CASE-R-071")
def strange_requests_change_nothing(case: CaseEvidence) -> Iterator[Observation]:
    """Unknown query parameters and headers of vendors do not change the body of an operation."""
    examples = _examples(case)
    if not examples:
        raise Untested("No operation answers.")

    def judge(drawn: tuple[Answer, dict[str, Any]]) -> Iterator[Observation]:
        plain, change = drawn
        changed = _asked_again(case, plain, **change)
        difference = _differs(plain, changed)
        if difference is None or changed.status in _BUSY | {400}:
            yield changed.held()
        elif _differs(plain, _asked_again(case, plain, fresh=True)) is None:
            what = " ".join(f"{name}={value}" for pairs in change.values() for name, value in pairs)
            yield changed.finding(
                "CASE-R-071",
                expected=f"{_operation(plain)} answers with {what} as it does without",
                actual=f"{difference[2]} instead of {difference[1]}",
                pointer=difference[0],
                further=(plain.id,),
                cause=f"{'headers' if 'headers' in change else 'query'} change the body",
            )

    changes = st.one_of(
        st.sampled_from(_STRANGE_QUERIES).map(lambda query: {"query": query}),
        st.sampled_from(_STRANGE_HEADERS).map(lambda headers: {"headers": headers}),
    )
    yield from case.draw("strange_requests", st.tuples(st.sampled_from(examples), changes), judge)
    for headers in _STRANGE_HEADERS:
        yield from judge((examples[0], {"headers": headers}))


@CASE.check("CASE-R-073")
def single_reads_take_no_parameters(case: CaseEvidence) -> Iterator[Observation]:
    """Parameters of the list leave a single read unchanged, or are refused with 400."""
    for plain in _examples(case):
        if plain.sourced_id is None:
            continue
        for query in _LIST_PARAMETERS:
            changed = _asked_again(case, plain, query=query)
            difference = _differs(plain, changed)
            if difference is None or changed.status in _BUSY | {400}:
                yield changed.held()
            else:
                yield changed.finding(
                    "CASE-R-073",
                    expected=f"{_operation(plain)} answers the same with {query[0][0]}={query[0][1]}, or with 400",
                    actual=f"{difference[2]} instead of {difference[1]}",
                    pointer=difference[0],
                    further=(plain.id,),
                    cause=f"{query[0][0]} has an effect on single reads",
                )


@CASE.check("CASE-R-074")
def repeated_reads_agree(case: CaseEvidence) -> Iterator[Observation]:
    """A resource that is read again is the same, and its lastChangeDateTime does not move."""
    for operation in case.standard.operations.values():
        answers = case.list_pages[:1] if operation.id == LIST else case.reads(operation.id)
        good = _smallest(answers)
        for plain in [*good[:1], *(answer for answer in good[1:_REPEATED] if answer.exchange.size <= LARGE)]:
            again = _asked_again(case, plain, fresh=True)
            difference = _differs(plain, again)
            if difference is None:
                yield again.held()
            elif again.status not in _BUSY:
                pointer, first, second = difference
                moved = pointer.endswith(f"/{_TIME}")
                yield again.finding(
                    "CASE-R-074",
                    expected=f"{_TIME} stays, since nothing was changed" if moved else "the same body when read again",
                    actual=f"first {first}, then {second}",
                    pointer=pointer,
                    further=(plain.id,),
                    cause=_TIME if moved else f"{operation.id}: body changes",
                )


@CASE.check("CASE-R-074", "CASE-R-092")
def walks_meet_the_same_records(case: CaseEvidence) -> Iterator[Observation]:
    """In whatever order the provider is read, the same address says the same, and a record is the same everywhere."""
    yield from walk(case)


@CASE.check("CASE11-R-017")
def rich_text_survives(case: CaseEvidence) -> Iterator[Observation]:
    """Text with Markdown or LaTeX is the same, character by character, in lists, packages and single reads."""
    first: dict[tuple[str, str, str], Sighting] = {}
    has_markup = False
    for answer in told(case.gathered):
        for sighting, name, text in _rich_texts(case, answer):
            key = (case.standard.full_form(sighting.form), sighting.identifier, name)
            before = first.setdefault(key, sighting)
            if before.answer.operation is answer.operation:
                continue
            has_markup |= bool(_MARKUP.search(text))
            if before.record[name] == text:
                if _MARKUP.search(text):
                    yield sighting.held()
                continue
            yield sighting.finding(
                "CASE11-R-017",
                expected=f"{key[0]}.{name} as {_operation(before.answer)} delivers it: {before.record[name][:60]!r}",
                actual=f"{text[:60]!r}",
                member=name,
                further=(before.answer.id,),
                cause=f"{key[0]}.{name}: {_operation(before.answer)} and {_operation(answer)} differ",
            )
    if not has_markup:
        raise Untested("No text with Markdown or LaTeX was delivered by two operations.")


def _rich_texts(case: CaseEvidence, answer: Answer) -> Iterator[tuple[Sighting, str, str]]:
    """Yield the members of an answer that may have markup, each with its record and its text."""
    if answer.operation is None:
        return
    for sighting in sightings(case.standard, answer.operation.payload, answer):
        for row in case.standard.classes[sighting.form].properties.values():
            text = sighting.record.get(row.name)
            if row.markup and isinstance(text, str):
                yield sighting, row.name, text
