"""Filtering the document list: REST Binding 3.3."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from hypothesis import strategies as st

from skillmark.core.errors import Untested
from skillmark.core.target import Feature
from skillmark.strategies.filters import comparisons, is_expressible
from skillmark.suites.case.errors import codes, has_status_body
from skillmark.suites.case.filter_oracle import Comparison, Filter, Match, matched
from skillmark.suites.case.filter_values import telling, various
from skillmark.suites.case.lists import (
    LIST,
    accepted,
    ask_list,
    entries,
    filters,
    ineffective,
    is_list,
    is_whole,
    offered,
    require,
    settled,
    shown,
)
from skillmark.suites.case.suite import CASE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from hypothesis.strategies import SearchStrategy

    from skillmark.core.findings import Finding
    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence

#: Documents that a page of a filtered list is asked for, and pages that are read of it.
_PAGE = 100
_MOST_PAGES = 25
_D08 = (
    "For an empty selection nothing is defined but that a set has an entry (D-08); 200 with an empty array is expected."
)
_D01 = "The enumeration of code-minor values lacks invalid_filter_field, which the prose demands (D-01)."
_KEPT_BY_URLS = "'~!-._()*:@/,;$"
#: Signs that a wrong decoding changes.
_SIGNS = frozenset("%+&#=<>é")


def _require(case: CaseEvidence) -> None:
    require(case, Feature.FILTERING, filters)
    if not is_whole(case):
        raise Untested("The document list is longer than this level of the run reads; use --level thorough.")


# The data that filters are made of


def _texts(case: CaseEvidence, *, nested: bool = False) -> dict[str, list[str]]:
    """Return the values of the members that are single texts, or with ``nested`` of the members of links, by field."""
    found: dict[str, dict[str, None]] = {}
    for document in case.documents:
        for field, value in _fields(case, document.record, nested=nested):
            if is_expressible(value):
                found.setdefault(field, {})[value] = None
    return {field: list(values) for field, values in found.items()}


def _fields(case: CaseEvidence, record: dict[str, object], *, nested: bool) -> Iterator[tuple[str, str]]:
    for row in case.standard.classes["CFDocument"].properties.values():
        value = record.get(row.name)
        if not nested and isinstance(value, str) and not row.card.is_array:
            yield row.name, value
        if nested and row.type == "LinkURI":
            for link in value if isinstance(value, list) else [value]:
                if isinstance(link, dict):
                    yield from ((f"{row.name}.{name}", part) for name, part in link.items() if isinstance(part, str))


def _lists(case: CaseEvidence) -> dict[str, list[list[str]]]:
    """Return the values of the members that are arrays of texts, by field."""
    found: dict[str, list[list[str]]] = {}
    for row in case.standard.classes["CFDocument"].properties.values():
        for document in case.documents:
            value = document.record.get(row.name)
            if row.card.is_array and isinstance(value, list) and value and all(isinstance(e, str) for e in value):
                found.setdefault(row.name, []).append(value)
    return found


def _need(fields: dict[str, list[str]], what: str) -> dict[str, list[str]]:
    if not fields:
        raise Untested(f"No document has {what} that a filter could name.")
    return fields


def _drawn(case: CaseEvidence, fields: dict[str, list[str]], predicates: Iterable[str]) -> SearchStrategy[Filter]:
    usable = tuple(predicate for predicate in case.standard.predicates if predicate in set(predicates))
    return comparisons(fields, usable).map(
        lambda drawn: Filter(first=Comparison(field=drawn.field, predicate=drawn.predicate, value=drawn.value))
    )


# Asking and judging


def _asked(case: CaseEvidence, text: str) -> list[Answer]:
    """Return the pages of a filtered list."""
    pages = [ask_list(case, filter=text)]
    full = len(entries(case.first_list))
    seen = set(shown(pages[0]))
    while len(entries(pages[-1])) >= full > 0 and len(seen) < len(case.documents) and len(pages) < _MOST_PAGES:
        page = ask_list(case, filter=text, limit=max(full, accepted(case, _PAGE)), offset=len(seen))
        if not set(shown(page)) - seen:
            break
        pages.append(page)
        seen |= set(shown(page))
    return pages


def _is_cut(pages: list[Answer]) -> bool:
    """Whether a filter may find more than was read."""
    return len(pages) >= _MOST_PAGES


def _judged(case: CaseEvidence, requirement: str, asked: Filter, **rest: str) -> Iterator[Observation]:
    """Compare what a filter finds with what it should find."""
    pages = _asked(case, str(asked))
    yield from _compared(case, requirement, asked, pages, **rest)


def _compared(
    case: CaseEvidence, requirement: str, asked: Filter, pages: list[Answer], **rest: str
) -> Iterator[Observation]:
    refused = next((page for page in pages if not is_list(page)), None)
    if refused is not None:
        yield refused.finding(
            requirement,
            expected=f"200 and the documents with {asked}",
            cause=_cause(asked, "refused"),
            dispute=rest.get("dispute") or ("" if _finds_something(case, asked) or not _is_empty(refused) else _D08),
        )
        return
    found = {identifier for page in pages for identifier in shown(page)}
    missing, extra = [], []
    for document in case.documents:
        match = asked.match(document.record)
        if match is Match.YES and document.identifier not in found and not _is_cut(pages):
            missing.append(document.identifier)
        elif match is Match.NO and document.identifier in found:
            extra.append(document.identifier)
    # What the whole list does not hold, a filter cannot find.
    extra += sorted(found - {document.identifier for document in case.documents})
    if missing or extra:
        yield _mismatch(requirement, asked, pages, missing=missing, extra=extra, **rest)
    else:
        yield pages[0].held()


def _is_empty(answer: Answer) -> bool:
    """Whether an answer may be how a provider says that there is nothing; a crash or a refusal of the filter is not."""
    return answer.status in {200, 204, 404}


def _finds_something(case: CaseEvidence, asked: Filter) -> bool:
    return any(asked.match(document.record) is Match.YES for document in case.documents)


def _mismatch(
    requirement: str, asked: Filter, pages: list[Answer], *, missing: list[str], extra: list[str], **rest: str
) -> Finding:
    parts = [
        f"{len(found)} document(s) {what}, first {found[0]}"
        for found, what in ((missing, "missing"), (extra, "that do not match"))
        if found
    ]
    return pages[0].finding(
        requirement,
        expected=f"exactly the documents with {asked}",
        actual="; ".join(parts),
        cause=_cause(asked, "missing" if missing else "extra"),
        further=tuple(page.id for page in pages[1:]),
        **rest,
    )


def _cause(asked: Filter, what: str) -> str:
    return f"{asked.first.field}{asked.first.predicate}{asked.operator} {what}"


def _judge(case: CaseEvidence, requirement: str) -> Callable[[Filter], Iterator[Observation]]:
    return lambda asked: _judged(case, requirement, asked)


@CASE.check("CASE-R-140")
def the_list_can_be_filtered(case: CaseEvidence) -> Iterator[Observation]:
    """The document list can be filtered on any member of the document."""
    document = case.need_documents()[-1]
    if not offered(case, Feature.FILTERING, filters):
        answer = ask_list(case, filter=f"identifier='{document.identifier}'")
        expected = "a filter on identifier returns one document"
        yield ineffective(answer, "CASE-R-140", Feature.FILTERING, expected=expected)
        return
    _require(case)
    fields = _need(_texts(case), "a text")
    yield from case.draw("filter_any_member", _drawn(case, fields, ("=", "~")), _judge(case, "CASE-R-140"))


@CASE.check("CASE-R-141")
def filters_follow_the_grammar(case: CaseEvidence) -> Iterator[Observation]:
    """A filter of one or two comparisons returns exactly the documents that satisfy it."""
    _require(case)
    fields = _need(_texts(case), "a text")
    single = _drawn(case, fields, case.standard.predicates)
    double = st.tuples(single, st.sampled_from(("AND", "OR")), single).map(
        lambda drawn: Filter(first=drawn[0].first, operator=drawn[1], second=drawn[2].first)
    )
    yield from case.draw("filter_grammar", st.one_of(single, double), _judge(case, "CASE-R-141"))
    for first, second in _pairs(fields):
        for operator in ("AND", "OR"):
            yield from _judged(case, "CASE-R-141", Filter(first=first, operator=operator, second=second))


def _pairs(fields: dict[str, list[str]]) -> Iterator[tuple[Comparison, Comparison]]:
    """Yield two comparisons of one member that no document satisfies both: they tell AND from OR."""
    for field, values in itertools.islice(((f, v) for f, v in fields.items() if len(v) > 1), 1):
        first, second = (Comparison(field=field, predicate="=", value=value) for value in values[:2])
        yield first, second


@CASE.check("CASE-R-142")
def every_member_is_filterable(case: CaseEvidence) -> Iterator[Observation]:
    """Each member that occurs can be searched by equality and by containment."""
    _require(case)
    for field, values in _texts(case).items():
        for value, predicate in itertools.product(various(values), ("=", "~")):
            asked = Filter(first=Comparison(field=field, predicate=predicate, value=value))
            yield from _judged(case, "CASE-R-142", asked)
    for field, lists in _lists(case).items():
        entry = next((each for found in lists for each in found if is_expressible(each) and "," not in each), None)
        if entry is not None:
            yield from _judged(case, "CASE-R-142", Filter(first=Comparison(field=field, predicate="~", value=entry)))


def _declare_predicate(predicate: str, name: str) -> None:
    def check(case: CaseEvidence) -> Iterator[Observation]:
        _require(case)
        fields = _need(_texts(case), "a text")
        drawn = _drawn(case, fields, (predicate,))
        yield from case.draw(f"predicate_{name}", drawn, _judge(case, "CASE-R-143"))
        for comparison, dispute in telling(predicate, _texts(case)):
            yield from _judged(case, "CASE-R-143", Filter(first=comparison), dispute=dispute)

    CASE.add(
        f"filtering.predicate_{name}",
        ("CASE-R-143",),
        check,
        title=f"The predicate {predicate} finds exactly what it says.",
    )


for _predicate, _name in {
    "=": "equal",
    "!=": "not_equal",
    ">": "greater",
    ">=": "at_least",
    "<": "less",
    "<=": "at_most",
    "~": "contains",
}.items():
    _declare_predicate(_predicate, _name)


@CASE.check("CASE-R-144")
def values_have_no_case(case: CaseEvidence) -> Iterator[Observation]:
    """A value in other capitals finds the same documents."""
    _require(case)
    fields = {
        field: cased
        for field, values in _texts(case).items()
        if (cased := [value for value in values if value.isascii() and value.upper() != value.lower()])
    }
    # Only texts: the letters of a date-time or of an address are no words.
    wordy = {
        field: values
        for field, values in fields.items()
        if case.standard.classes["CFDocument"].properties[field].type in {"NormalizedString", "String"}
    }
    _need(wordy, "a text with letters")

    def judge(asked: Filter) -> Iterator[Observation]:
        first = asked.first
        plain = {identifier for page in _asked(case, str(first)) for identifier in shown(page)}
        for value in sorted({first.value.upper(), first.value.lower(), first.value.swapcase()} - {first.value}):
            changed = Comparison(field=first.field, predicate=first.predicate, value=value)
            pages = _asked(case, str(changed))
            found = {identifier for page in pages for identifier in shown(page)}
            if all(is_list(page) for page in pages) and (found == plain or _is_cut(pages)):
                yield pages[0].held()
            else:
                yield pages[0].finding(
                    "CASE-R-144",
                    expected=f"{changed} finds what {first} finds",
                    actual=f"{len(found)} document(s) instead of {len(plain)}" if found or plain else pages[0].said,
                    cause=f"{first.predicate} minds capitals",
                )

    yield from case.draw("filter_case", _drawn(case, wordy, ("=", "!=", "~")), judge)
    for field, values in itertools.islice(wordy.items(), 1):
        for predicate in ("=", "!=", "~"):
            yield from judge(Filter(first=Comparison(field=field, predicate=predicate, value=values[0])))


@CASE.check("CASE-R-145")
def comparisons_can_be_joined(case: CaseEvidence) -> Iterator[Observation]:
    """AND finds the intersection of what its two comparisons find, OR their union."""
    _require(case)
    fields = _need(_texts(case), "a text")
    single = _drawn(case, fields, ("=", "~"))

    def judge(drawn: tuple[Filter, str, Filter]) -> Iterator[Observation]:
        first, operator, second = drawn
        joined = Filter(first=first.first, operator=operator, second=second.first)
        parts = [_asked(case, str(each)) for each in (first, second)]
        pages = _asked(case, str(joined))
        if not all(is_list(page) for page in (*parts[0], *parts[1])) or any(map(_is_cut, (*parts, pages))):
            return
        left, right, found = ({i for page in each for i in shown(page)} for each in (*parts, pages))
        wanted = left & right if operator == "AND" else left | right
        if found == wanted and is_list(pages[0]):
            yield pages[0].held()
        else:
            yield pages[0].finding(
                "CASE-R-145",
                expected=f"{joined} finds the {'intersection' if operator == 'AND' else 'union'} of both: {len(wanted)}",
                actual=f"{len(found)} document(s)" if is_list(pages[0]) else pages[0].said,
                cause=f"{operator}",
                further=(parts[0][0].id, parts[1][0].id),
            )

    pairs = st.tuples(single, st.sampled_from(("AND", "OR")), single)
    yield from case.draw("filter_joined", pairs, judge)
    # Two documents that differ in one member tell AND from OR, whatever was drawn.
    for ends in _pairs(fields):
        for operator in ("AND", "OR"):
            yield from judge((Filter(first=ends[0]), operator, Filter(first=ends[1])))


@CASE.check("CASE-R-146")
def dots_reach_into_links(case: CaseEvidence) -> Iterator[Observation]:
    """A dotted name reaches the members of a link."""
    _require(case)
    for field, values in _need(_texts(case, nested=True), "a link").items():
        is_array = case.standard.classes["CFDocument"].properties[field.partition(".")[0]].card.is_array
        usable = [value for value in values if not (is_array and "," in value)]
        for predicate in ("~",) if is_array else ("=", "~"):
            if usable:
                value = min(usable, key=len)
                yield from _judged(
                    case, "CASE-R-146", Filter(first=Comparison(field=field, predicate=predicate, value=value))
                )


@CASE.check("CASE-R-147")
def arrays_are_compared_whole_or_in_part(case: CaseEvidence) -> Iterator[Observation]:
    """On an array = compares with the complete list, and ~ with any of the named entries."""
    _require(case)
    tried = 0
    for field, lists in _lists(case).items():
        longest = max((found for found in lists if all(_is_entry(entry) for entry in found)), key=len, default=[])
        if len(longest) < 2:
            continue
        tried += 1
        for count in range(1, len(longest) + 1):
            for predicate in ("=", "~"):
                value = ",".join(longest[:count])
                yield from _judged(
                    case, "CASE-R-147", Filter(first=Comparison(field=field, predicate=predicate, value=value))
                )
    if not tried:
        raise Untested("No document has an array of two entries or more.")


def _is_entry(entry: str) -> bool:
    return is_expressible(entry) and "," not in entry


@CASE.check("CASE-R-148")
def unknown_filter_fields_are_refused(case: CaseEvidence) -> Iterator[Observation]:
    """A filter on a field that does not exist returns no data, and says why."""
    _require(case)
    names = st.text("abcdefghijklmnopqrstuvwxyz", min_size=6, max_size=12).map(lambda text: f"x{text.capitalize()}")

    def judge(name: str) -> Iterator[Observation]:
        answer = ask_list(case, filter=f"{name}='x'")
        right = answer.status != 200 and has_status_body(answer) and _majors(answer)
        accepted = {"invalid_filter_field", "invalid_selection_field"}
        if right and set(codes(answer)) & accepted:
            yield answer.held()
        else:
            yield answer.finding(
                "CASE-R-148",
                expected="400 with failure, error and invalid_filter_field, and no documents",
                actual=answer.said
                if answer.status == 200
                else f"status {answer.status}: {', '.join(codes(answer)) or 'no code-minor'}",
                cause=f"unknown filter field: {answer.status}",
            )

    yield from case.draw("unknown_filter_field", names, judge)


def _majors(answer: Answer) -> bool:
    return (answer.value.get("imsx_codeMajor"), answer.value.get("imsx_severity")) == ("failure", "error")


@CASE.check("CASE-R-150")
def encoded_filters_are_understood(case: CaseEvidence) -> Iterator[Observation]:
    """A filter means the same, however much of it is percent-encoded, and a value is decoded once."""
    _require(case)
    fields = _need(_texts(case), "a text")
    signs = {field: [value for value in values if set(value) & _SIGNS] or values for field, values in fields.items()}

    def judge(asked: Filter) -> Iterator[Observation]:
        text = str(asked)
        full = settled(case.ask(LIST, query=(("filter", text),)))
        least = settled(case.ask(LIST, raw_query=f"filter={quote(text, safe=_KEPT_BY_URLS, errors='replace')}"))
        if is_list(full) and is_list(least) and set(shown(full)) == set(shown(least)):
            wrong = _misread(case, asked, {identifier for page in _asked(case, text) for identifier in shown(page)})
            if not wrong:
                yield full.held()
                return
            yield full.finding("CASE-R-150", expected=f"exactly the documents with {asked}", actual=wrong, cause=wrong)
        elif is_list(full):
            yield least.finding(
                "CASE-R-150",
                expected="the same documents, whether a reserved character of the filter is encoded or not",
                actual=f"{len(shown(least))} document(s) instead of {len(shown(full))}"
                if is_list(least)
                else least.said,
                cause="encoding changes the result",
                further=(full.id,),
            )

    yield from case.draw("filter_encoding", _drawn(case, signs, ("=",)), judge)
    for field, values in signs.items():
        for value in (*values[:2], *_decoded_by_mistake(values)):
            yield from judge(Filter(first=Comparison(field=field, predicate="=", value=value)))


def _misread(case: CaseEvidence, asked: Filter, found: set[str]) -> str:
    """Say what shows that a value was decoded wrongly; empty for other defects of a filter, and for none."""
    again = Comparison(field=asked.first.field, predicate="=", value=unquote(asked.first.value))
    for document in case.documents:
        match = asked.match(document.record)
        if match is Match.YES and document.identifier not in found and _SIGNS & set(asked.first.value):
            return "a document with signs in the value is missing"
        is_decoded_twice = again.value != asked.first.value and matched(again, document.record) is Match.YES
        if match is Match.NO and document.identifier in found and is_decoded_twice:
            return "a document that has the value decoded once more"
    return ""


def _decoded_by_mistake(values: list[str]) -> Iterator[str]:
    """Yield a value that turns into one of the data when it is decoded once too often."""
    yield from itertools.islice((value.replace(" ", "%20", 1) for value in values if " " in value), 1)
