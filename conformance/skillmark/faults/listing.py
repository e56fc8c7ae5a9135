"""Faults of the document list: paging, sorting, filtering, field selection."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from skillmark.faults.fault import FAULTS, Fault
from skillmark.faults.operations import ask
from skillmark.faults.provider import Behaviour, Call, Given, Healthy
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Callable

_LIST = ("getAllCFDocuments",)
_COMPARISON = re.compile(r"(?P<field>[A-Za-z.]+)(?P<predicate>!=|>=|<=|=|>|<|~)'(?P<value>[^']*)'")


def _is_list(call: Call) -> bool:
    return call.operation == "getAllCFDocuments"


def _documents(given: Given) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = given.json["CFDocuments"]
    return found


def _all_documents(call: Call, healthy: Healthy) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = ask(healthy, call, "CFDocuments")["CFDocuments"]
    return found


def _refused(call: Call, given: Given, code: str = "invalid_selection_field") -> Given:
    field = {"imsx_codeMinorFieldName": "query", "imsx_codeMinorFieldValue": code}
    return given.become(
        {
            "imsx_codeMajor": "failure",
            "imsx_severity": "error",
            "imsx_description": "The query is not supported.",
            "imsx_codeMinor": {"imsx_codeMinorField": [field]},
        },
        status=400,
    )


# Paging


@FAULTS.misunderstands("CASE-R-120", effect="Clients cannot page.")
def limit_ignored(call: Call) -> Call:
    """Ignore the page size."""
    return call.without("limit") if _is_list(call) else call


@FAULTS.misunderstands("CASE-R-124", "CASE-R-120", effect="Clients see the first page for ever.")
def offset_ignored(call: Call) -> Call:
    """Ignore where a page begins."""
    return call.without("offset") if _is_list(call) else call


@FAULTS.misunderstands("CASE-R-124", effect="Clients miss records or see them twice.")
def offset_counts_from_one(call: Call) -> Call:
    """Take an offset of one for the first record."""
    return call.changed("offset", lambda text: str(max(0, int(text) - 1)) if text.isdecimal() else text)


@FAULTS.misunderstands("CASE-R-124", effect="Clients miss records.")
def offset_counts_pages(call: Call) -> Call:
    """Take the offset for the number of a page."""
    limit = call.parameter("limit") or "1"
    if not limit.isdecimal():
        return call
    return call.changed("offset", lambda text: str(int(text) * int(limit)) if text.isdecimal() else text)


@FAULTS.misunderstands("CASE-R-120", effect="Clients get more than they can hold.")
def one_record_more_than_asked(call: Call) -> Call:
    """Send one record more than the page size."""
    return call.changed("limit", lambda text: str(int(text) + 1) if text.isdecimal() else text)


@FAULTS.spoils("CASE-R-121", effect="Clients cannot show how much there is.", at=_LIST)
def paging_without_headers(call: Call, given: Given, healthy: Healthy) -> Given:
    """Page, and send neither total nor links."""
    given.headers.pop("x-total-count", None)
    given.headers.pop("link", None)
    return given


@FAULTS.spoils("CASE-R-121", effect="Clients cannot follow pages.", at=_LIST)
def paging_without_links(call: Call, given: Given, healthy: Healthy) -> Given:
    """Page, and send no Link header."""
    given.headers.pop("link", None)
    return given


@FAULTS.spoils("CASE-R-121", "CASE-R-122", effect="Clients cannot show how much there is.", at=_LIST)
def total_missing_on_later_pages(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send the total with the first page only."""
    if call.parameter("offset") not in {None, "0"}:
        given.headers.pop("x-total-count", None)
    return given


@FAULTS.spoils("CASE-R-122", effect="Clients stop after one page.", at=_LIST)
def total_counts_the_page(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send the number of records on the page as total."""
    given.headers["x-total-count"] = str(len(_documents(given)))
    return given


@FAULTS.spoils("CASE-R-122", effect="Clients ask for records that do not exist.", at=_LIST)
def total_one_too_high(call: Call, given: Given, healthy: Healthy) -> Given:
    """Count one record too many."""
    given.headers["x-total-count"] = str(int(given.headers.get("x-total-count", "0")) + 1)
    return given


@FAULTS.spoils("CASE-R-122", effect="Clients fail on the header.", at=_LIST)
def total_in_words(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send the total with a unit."""
    given.headers["x-total-count"] = f"{given.headers.get('x-total-count', '0')} documents"
    return given


@FAULTS.spoils("CASE-R-122", effect="Clients show a wrong number of matches.", at=_LIST, disputed=True)
def total_ignores_the_filter(call: Call, given: Given, healthy: Healthy) -> Given:
    """Count all records, whatever the filter."""
    given.headers["x-total-count"] = str(len(_all_documents(call, healthy)))
    return given


@FAULTS.spoils("CASE-R-123", effect="Importers loop for ever or import records twice.", at=_LIST)
def next_link_repeats_the_page(call: Call, given: Given, healthy: Healthy) -> Given:
    """Link the same page as the next one."""
    offset = call.parameter("offset") or "0"
    given.headers["link"] = re.sub(
        r"offset=\d+([^>]*>; rel=\"next\")", rf"offset={offset}\1", given.headers.get("link", "")
    )
    return given


@FAULTS.spoils("CASE-R-123", effect="Importers skip records.", at=_LIST)
def next_link_skips_a_record(call: Call, given: Given, healthy: Healthy) -> Given:
    """Link a next page that begins one record too late."""
    given.headers["link"] = re.sub(
        r"offset=(\d+)([^>]*>; rel=\"next\")",
        lambda match: f"offset={int(match[1]) + 1}{match[2]}",
        given.headers.get("link", ""),
    )
    return given


@FAULTS.spoils("CASE-R-123", effect="The filter is lost on the second page.", at=_LIST)
def links_forget_the_query(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave filter and sort out of the links."""
    given.headers["link"] = re.sub(r"&?(filter|sort|orderBy|fields)=[^&>]*", "", given.headers.get("link", ""))
    return given


@FAULTS.spoils("CASE-R-127", "CASE-R-124", effect="Records are missed and seen twice.", at=_LIST)
def order_depends_on_the_page(call: Call, given: Given, healthy: Healthy) -> Given:
    """Cut every page out of a list in another order."""
    limit, offset = call.parameter("limit") or "", call.parameter("offset") or "0"
    if not (limit.isdecimal() and offset.isdecimal()) or call.parameter("filter") or call.parameter("sort"):
        return given
    documents = _all_documents(call, healthy)
    start = int(offset)
    turn = start // max(1, int(limit)) % max(1, len(documents))
    turned = documents[turn:] + documents[:turn]
    return given.become({"CFDocuments": turned[start : start + int(limit)]})


@FAULTS.spoils("CASE-R-127", "CASE-R-124", effect="Records are seen twice.", at=_LIST)
def pages_overlap(call: Call, given: Given, healthy: Healthy) -> Given:
    """Begin each later page with the last record of the page before."""
    offset, limit = call.parameter("offset") or "0", call.parameter("limit") or ""
    if not (offset.isdecimal() and limit.isdecimal() and int(offset) > 0) or call.parameter("filter"):
        return given
    before = _all_documents(call, healthy)[int(offset) - 1 : int(offset)]
    return given.become({"CFDocuments": [*before, *_documents(given)][: max(1, int(limit))]})


@FAULTS.spoils("CASE-R-126", effect="Mistaken requests crash the service.")
def limit_zero_crashes(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer a page size below one with 500."""
    if _is_list(call) and (call.parameter("limit") or "1").lstrip("-") in {"0", "1"} and given.status == 400:
        given.status = 500
    return given


@FAULTS.spoils("CASE-R-120", "CASE-R-141", effect="Clients take an empty selection for an error.", disputed=True)
def not_found_for_empty_selections(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer an offset past the end with 404."""
    if _is_list(call) and given.status == 200 and not _documents(given):
        refused = _refused(call, given, "unknownobject")
        refused.status = 404
        return refused
    return given


@FAULTS.spoils("CASE-R-141", effect="A search without a match crashes the service.")
def empty_searches_crash(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer a filter that finds nothing with 500."""
    if _is_list(call) and call.parameter("filter") and given.status == 200 and not _documents(given):
        refused = _refused(call, given, "internal_server_error")
        refused.status = 500
        return refused
    return given


# Sorting


@FAULTS.misunderstands("CASE-R-130", effect="Lists come in no useful order.")
def sort_ignored(call: Call) -> Call:
    """Ignore the sort field."""
    return call.without("sort", "orderBy") if _is_list(call) else call


@FAULTS.misunderstands("CASE-R-131", effect="Lists come the wrong way round.")
def descending_ignored(call: Call) -> Call:
    """Sort upwards, whatever was asked."""
    return call.without("orderBy") if _is_list(call) else call


@FAULTS.misunderstands("CASE-R-131", effect="Lists come the wrong way round.")
def order_accepted_in_capitals_only(call: Call) -> Call:
    """Know DESC, and take desc for no direction."""
    return call.changed("orderBy", lambda text: "desc" if text == "DESC" else "asc") if _is_list(call) else call


@FAULTS.misunderstands("CASE-R-130", effect="Lists come in no useful order.")
def sort_by_title_whatever_was_asked(call: Call) -> Call:
    """Sort by title for every field."""
    return call.changed("sort", lambda _: "title") if _is_list(call) else call


@FAULTS.spoils("CASE-R-130", "CASE-R-131", effect="Records vanish from sorted lists.", at=_LIST)
def sorting_drops_records_without_the_member(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave records out of a sorted list that lack the sort member."""
    field = call.parameter("sort")
    known = load_standard(f"case-{call.version}").classes["CFDocument"].properties
    if field is None or field not in known:
        return given
    return given.become({"CFDocuments": [each for each in _documents(given) if field in each]})


@FAULTS.spoils("CASE-R-132", effect="Lists come back empty.")
def unknown_sort_field_gives_nothing(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer an unknown sort field with an empty list."""
    field = call.parameter("sort")
    known = load_standard(f"case-{call.version}").classes["CFDocument"].properties
    if not _is_list(call) or field is None or field.split(".")[0] in known:
        return given
    return given.become({"CFDocuments": []}, status=200)


@FAULTS.spoils("CASE-R-131", effect="Lists change their order for no reason.", at=_LIST, disputed=True)
def direction_alone_reverses(call: Call, given: Given, healthy: Healthy) -> Given:
    """Reverse the default order when only a direction is given."""
    if call.parameter("orderBy") == "desc" and call.parameter("sort") is None:
        return given.become({"CFDocuments": _documents(given)[::-1]})
    return given


# Filtering


def _translated(name: str, requirements: tuple[str, ...], effect: str, change: Callable[[str], str]) -> None:
    """Add a fault in which the provider reads another filter than the one it was given."""
    FAULTS.add(
        Fault(
            name=name,
            requirements=requirements,
            effect=effect,
            make=lambda: Behaviour(ask=lambda call: call.changed("filter", change) if _is_list(call) else call),
        )
    )


_WRONG = "Searches find the wrong records."
_translated("not-equal-read-as-equal", ("CASE-R-143",), _WRONG, lambda text: text.replace("!=", "="))
_translated("at-least-read-as-more-than", ("CASE-R-143",), _WRONG, lambda text: text.replace(">=", ">"))
_translated("at-most-read-as-less-than", ("CASE-R-143",), _WRONG, lambda text: text.replace("<=", "<"))
_translated("more-than-read-as-at-least", ("CASE-R-143",), _WRONG, lambda text: re.sub(r">(?!=)", ">=", text))
_translated("less-than-read-as-more-than", ("CASE-R-143",), _WRONG, lambda text: re.sub(r"<(?!=)", ">", text))
_translated("contains-read-as-equal", ("CASE-R-143", "CASE-R-142"), _WRONG, lambda text: text.replace("~", "="))
_translated(
    "equal-read-as-contains", ("CASE-R-143", "CASE-R-142"), _WRONG, lambda text: re.sub(r"(?<![!<>])=", "~", text)
)
_translated("and-read-as-or", ("CASE-R-145", "CASE-R-141"), _WRONG, lambda text: text.replace("' AND ", "' OR "))
_translated("or-read-as-and", ("CASE-R-145", "CASE-R-141"), _WRONG, lambda text: text.replace("' OR ", "' AND "))
_translated(
    "second-comparison-ignored", ("CASE-R-145", "CASE-R-141"), _WRONG, lambda text: re.sub(r"' (AND|OR) .*", "'", text)
)
_translated("filter-decoded-twice", ("CASE-R-150",), "Values with a percent sign find nothing.", unquote)
_translated(
    "plus-in-values-read-as-blank",
    ("CASE-R-150",),
    "Values with a plus sign find nothing.",
    lambda text: text.replace("+", " "),
)


@FAULTS.misunderstands("CASE-R-140", effect="Searches find everything.")
def filter_ignored(call: Call) -> Call:
    """Ignore the filter."""
    return call.without("filter") if _is_list(call) else call


@FAULTS.spoils("CASE-R-144", effect="Searches in other capitals find nothing.", at=_LIST)
def filter_is_case_sensitive(call: Call, given: Given, healthy: Healthy) -> Given:
    """Find only records that hold the value in the same capitals."""
    match = _COMPARISON.fullmatch(call.parameter("filter") or "")
    if match is None or match["predicate"] not in {"=", "~"}:
        return given
    kept = [each for each in _documents(given) if _has(each, match["field"], match["value"])]
    return given.become({"CFDocuments": kept})


def _has(document: dict[str, Any], field: str, value: str) -> bool:
    member = document.get(field.split(".", maxsplit=1)[0])
    text = json.dumps(member, ensure_ascii=False)
    return all(part.strip() in text for part in value.split(","))


@FAULTS.spoils("CASE-R-141", "CASE-R-140", "CASE-R-142", "CASE-R-143", effect=_WRONG, at=_LIST)
def filter_searches_the_whole_record(call: Call, given: Given, healthy: Healthy) -> Given:
    """Take the value of a filter for a full-text search."""
    match = _COMPARISON.match(call.parameter("filter") or "")
    if match is None:
        return given
    value = match["value"].lower()
    kept = [each for each in _all_documents(call, healthy) if value in json.dumps(each, ensure_ascii=False).lower()]
    return given.become({"CFDocuments": kept})


@FAULTS.spoils("CASE-R-146", effect="Nested members cannot be searched.")
def dotted_names_unknown(call: Call, given: Given, healthy: Healthy) -> Given:
    """Refuse filters on nested members."""
    match = _COMPARISON.match(call.parameter("filter") or "")
    return _refused(call, given) if _is_list(call) and match and "." in match["field"] else given


@FAULTS.spoils("CASE-R-142", effect="Frameworks cannot be found by subject.")
def subject_not_filterable(call: Call, given: Given, healthy: Healthy) -> Given:
    """Refuse filters on subject."""
    refused = _is_list(call) and (call.parameter("filter") or "").startswith("subject")
    return _refused(call, given) if refused else given


@FAULTS.spoils("CASE-R-142", effect="Frameworks cannot be found by their dates.", at=_LIST)
def status_start_date_not_filterable(call: Call, given: Given, healthy: Healthy) -> Given:
    """Find nothing by statusStartDate."""
    mine = (call.parameter("filter") or "").startswith("statusStartDate")
    return given.become({"CFDocuments": []}) if mine else given


@FAULTS.spoils("CASE-R-147", effect="Searches for exact subjects find too much.", at=_LIST)
def array_equals_any_entry(call: Call, given: Given, healthy: Healthy) -> Given:
    """Take equality on an array for containment."""
    text = call.parameter("filter") or ""
    if not text.startswith("subject='"):
        return given
    return healthy.answer(call.changed("filter", lambda each: each.replace("subject=", "subject~", 1)))


@FAULTS.spoils("CASE-R-148", effect="A misspelt filter finds everything.")
def unknown_filter_field_gives_everything(call: Call, given: Given, healthy: Healthy) -> Given:
    """Ignore a filter on a field that does not exist."""
    if _is_list(call) and call.parameter("filter") and given.status == 400:
        return healthy.answer(call.without("filter"))
    return given


# Field selection


@FAULTS.misunderstands("CASE-R-155", "CASE-R-160", effect="Clients get more than they want.")
def fields_ignored(call: Call) -> Call:
    """Ignore the selection."""
    return call.without("fields") if _is_list(call) else call


@FAULTS.spoils("CASE-R-157", effect="Clients get members that they did not ask for.", at=_LIST)
def identifier_always_added(call: Call, given: Given, healthy: Healthy) -> Given:
    """Add the identifier to every selection."""
    if call.parameter("fields") is None:
        return given
    whole = healthy.answer(call.without("fields")).json["CFDocuments"]
    merged = [each | {"identifier": full["identifier"]} for each, full in zip(_documents(given), whole, strict=False)]
    return given.become({"CFDocuments": merged})


@FAULTS.spoils("CASE-R-157", effect="Selected members are empty.", at=_LIST)
def selected_values_cut(call: Call, given: Given, healthy: Healthy) -> Given:
    """Cut texts in selections to eight characters."""
    if call.parameter("fields") is None:
        return given
    cut = [
        {name: value[:8] if isinstance(value, str) and name == "title" else value for name, value in each.items()}
        for each in _documents(given)
    ]
    return given.become({"CFDocuments": cut})


@FAULTS.misunderstands("CASE-R-158", "CASE-R-157", effect="Clients get one member of many.")
def only_the_first_field_selected(call: Call) -> Call:
    """Select the first of several members only."""
    return call.changed("fields", lambda text: text.split(",")[0]) if _is_list(call) else call


@FAULTS.spoils("CASE-R-159", effect="A misspelt member empties every record.", at=_LIST)
def unknown_field_empties_records(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send empty objects when a selected member does not exist."""
    fields = (call.parameter("fields") or "").split(",")
    known = load_standard(f"case-{call.version}").classes["CFDocument"].properties
    if fields == [""] or all(field in known for field in fields):
        return given
    return given.become({"CFDocuments": [{} for _ in _documents(given)]})


@FAULTS.misunderstands("CASE-R-160", effect="A client's mistake goes unnoticed.")
def blank_selection_accepted(call: Call) -> Call:
    """Take a blank selection for none."""
    return call.without("fields") if _is_list(call) and call.parameter("fields") == "" else call


@FAULTS.spoils("CASE-R-160", effect="Clients cannot tell what was wrong.")
def blank_selection_with_another_code(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer a blank selection with the code of sort fields."""
    return _refused(call, given, "invalid_sort_field") if _is_list(call) and call.parameter("fields") == "" else given


@FAULTS.spoils("CASE-R-156", "CASE-R-092", effect="Lists hide what single reads show.", at=_LIST)
def list_shows_summaries(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave optional members out of the list."""
    if call.parameter("fields") is not None:
        return given
    optional = {"description", "notes", "subject", "subjectURI", "licenseURI", "publisher"}
    kept = [{name: value for name, value in each.items() if name not in optional} for each in _documents(given)]
    return given.become({"CFDocuments": kept})
