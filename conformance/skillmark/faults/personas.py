"""Conformant products unlike the reference: odd but right, so that nothing may accuse them."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any

from skillmark.core.target import Feature
from skillmark.faults.editing import edited
from skillmark.faults.provider import Behaviour, Call, Given, Healthy
from skillmark.faults.requerying import requeried
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Callable

#: Everything that a vendor may claim, but for access control, which a provider without credentials does not have.
ALL_CLAIMS = frozenset(Feature) - {Feature.ACCESS_CONTROL}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A conformant product with one peculiarity."""

    name: str
    #: Why the standard allows it.
    allowed_by: str
    behaviour: Behaviour
    claims: frozenset[Feature] | None = ALL_CLAIMS
    versions: tuple[str, ...] = ("1.0", "1.1")
    #: Requirements of which the run may warn: recommendations that the product does not follow, disputed readings.
    warns: frozenset[str] = frozenset()


PERSONAS: dict[str, Persona] = {}


def _persona(
    *,
    allowed_by: str,
    claims: frozenset[Feature] | None = ALL_CLAIMS,
    versions: tuple[str, ...] = ("1.0", "1.1"),
    ask: Callable[[Call], Call] | None = None,
    warns: tuple[str, ...] = (),
) -> Callable[[Callable[[Call, Given, Healthy], Given]], Callable[[Call, Given, Healthy], Given]]:
    def declare(function: Callable[[Call, Given, Healthy], Given]) -> Callable[[Call, Given, Healthy], Given]:
        name = function.__name__.replace("_", "-")
        PERSONAS[name] = Persona(
            name=name,
            allowed_by=allowed_by,
            behaviour=Behaviour(ask=ask, answer=function),
            claims=claims,
            versions=versions,
            warns=frozenset(warns),
        )
        return function

    return declare


def _is_data(call: Call, given: Given) -> bool:
    return bool(call.version) and given.status == 200 and bool(given.body) and not call.path.startswith("/discovery")


@_persona(
    allowed_by="The multiplicities: optional members are left out.",
    claims=frozenset(),
    warns=("CASE-R-190", "CASE11-R-012"),
)
def minimal_data(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send mandatory members only, but for the arrays that hold the records."""
    standard = load_standard(f"case-{call.version or '1.1'}")
    kept = {"CFItems", "CFAssociations", "CFDefinitions"}

    def trim(name: str) -> Callable[[dict[str, Any]], None]:
        required = {*standard.classes[name].required, *kept}

        def change(record: dict[str, Any]) -> None:
            for member in [each for each in record if each not in required and not each.startswith(_ARRAYS)]:
                # An end without targetType is a record of CASE, which an end outside is not.
                if record[member] == "CASE" or member != "targetType":
                    del record[member]

        return change

    if not call.version or (call.operation == "getAllCFDocuments" and call.parameter("fields") is not None):
        return given
    for name in standard.classes:
        if not name.startswith("imsx_"):
            given = edited(call, given, (name,), trim(name))
    return given


_ARRAYS = ("CFConcepts", "CFSubjects", "CFLicenses", "CFItemTypes", "CFAssociationGroupings")


@_persona(
    allowed_by="No optional feature is mandatory (Certification Guide, 1.6.2).",
    claims=frozenset(),
    ask=lambda call: call.asking(()) if call.operation == "getAllCFDocuments" and call.version else call,
)
def no_optional_features(call: Call, given: Given, healthy: Healthy) -> Given:
    """Ignore every query parameter of the list, and send no paging headers."""
    given.headers.pop("x-total-count", None)
    given.headers.pop("link", None)
    return given


@_persona(allowed_by="Nothing has to be stated before a run.", claims=None)
def nothing_stated(call: Call, given: Given, healthy: Healthy) -> Given:
    """Offer everything, claim nothing."""
    return given


@_persona(
    allowed_by="Nothing has to be stated before a run.",
    claims=None,
    ask=lambda call: call.asking(()) if call.operation == "getAllCFDocuments" and call.version else call,
    warns=("CASE-R-120", "CASE-R-130", "CASE-R-140", "CASE-R-155"),
)
def nothing_offered_and_nothing_stated(call: Call, given: Given, healthy: Healthy) -> Given:
    """Ignore every query parameter, send no paging headers, and claim nothing."""
    given.headers.pop("x-total-count", None)
    given.headers.pop("link", None)
    return given


def _reversed(value: object) -> object:
    if isinstance(value, dict):
        return {name: _reversed(value[name]) for name in reversed(value)}
    return [_reversed(each) for each in value] if isinstance(value, list) else value


@_persona(allowed_by="The order of members carries no meaning (Implementation Guide, A.11).")
def other_key_order(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send the members of every object in reverse."""
    return given.become(_reversed(given.json)) if call.version and given.body else given


@_persona(allowed_by="JSON allows white space and escapes (RFC 8259).")
def pretty_printed_and_escaped(call: Call, given: Given, healthy: Healthy) -> Given:
    """Indent bodies and escape every letter beyond ASCII."""
    if call.version and given.body:
        given.body = json.dumps(given.json, indent=4, ensure_ascii=True).encode() + b"\n"
    return given


@_persona(allowed_by="HTTP allows further headers.")
def extra_headers(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send the headers of a proxy, a tracer and a cookie."""
    given.headers |= {
        "server": "Apache/2.4",
        "via": "1.1 proxy",
        "x-request-id": "7f3a",
        "set-cookie": "lb=a1; Path=/; HttpOnly",
        "strict-transport-security": "max-age=31536000",
    }
    return given


@_persona(allowed_by="Media types are case-insensitive and take parameters (RFC 9110, 8.3.1).")
def media_type_with_parameters(call: Call, given: Given, healthy: Healthy) -> Given:
    """State the media type in capitals and with a charset."""
    given.headers["content-type"] = "Application/JSON; Charset=UTF-8"
    return given


@_persona(
    allowed_by="The effect of a limit above the provider's maximum is undefined (REST Binding, 3.1).",
    ask=lambda call: call.changed(
        "limit", lambda text: str(min(int(text), 4)) if text.isdecimal() and 0 < len(text) < 9 else text
    ),
)
def small_page_cap(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send at most four documents, whatever the limit."""
    return given


def _default_page(call: Call) -> Call:
    if call.operation != "getAllCFDocuments" or not call.version or call.parameter("limit") is not None:
        return call
    return call.asking((*call.query, ("limit", "3")))


@_persona(allowed_by="The default of limit is disputed (D-10).", ask=_default_page)
def small_default_page(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send three documents where no limit is given."""
    return given


def _rewritten(call: Call, given: Given, healthy: Healthy, rewrite: Callable[[bytes], bytes]) -> Given:
    """Change what the product stores: lists are found, sorted and cut by the changed values, as its users see them."""
    if not _is_data(call, given):
        return given
    if call.operation == "getAllCFDocuments":
        return requeried(call, given, healthy, lambda found: json.loads(rewrite(json.dumps(found).encode())))
    given.body = rewrite(given.body)
    return given


@_persona(allowed_by="A uri is the address at the source of truth, not at the host that was asked.")
def canonical_host(call: Call, given: Given, healthy: Healthy) -> Given:
    """Name every record by its address on another host."""
    host = b"https://standards.example.org/ims/case/"
    return _rewritten(call, given, healthy, lambda text: re.sub(rb"https?://[^/\"]+/ims/case/", host, text))


@_persona(allowed_by="A uri may be version-free and canonical (Implementation Guide, 5.6).")
def version_free_addresses(call: Call, given: Given, healthy: Healthy) -> Given:
    """Name every record by an address without a version, on another host."""
    place = b"https://purl.example.org/case/CF"
    return _rewritten(call, given, healthy, lambda text: re.sub(rb"https?://[^/\"]+/ims/case/v1p[01]/CF", place, text))


@_persona(allowed_by="RFC 3339 allows fractions of a second, and +00:00 for Z.")
def date_times_with_fractions(call: Call, given: Given, healthy: Healthy) -> Given:
    """Write date-times with a fraction and a numeric offset."""
    return _rewritten(call, given, healthy, lambda text: re.sub(rb'(T\d\d:\d\d:\d\d)Z"', rb'\1.250+00:00"', text))


@_persona(allowed_by="5 and 5.0 are equal (REST Binding, 6.7 Float).")
def floats_with_a_point(call: Call, given: Given, healthy: Healthy) -> Given:
    """Write weights and scores with a decimal point in single reads only."""

    def change(record: dict[str, Any]) -> None:
        for name in ("weight", "score"):
            if isinstance(record.get(name), int):
                record[name] = float(record[name])

    if call.operation != "getCFRubric":
        return given
    return edited(call, given, ("CFRubricCriterion", "CFRubricCriterionLevel"), change)


@_persona(allowed_by="A repeatable member may be an empty array (multiplicity 0..*).")
def empty_arrays(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send empty arrays where a repeatable member has no entry."""
    if not call.version or (call.operation == "getAllCFDocuments" and call.parameter("fields") is not None):
        return given

    def item(record: dict[str, Any]) -> None:
        record.setdefault("conceptKeywords", [])
        record.setdefault("educationLevel", [])

    return edited(call, given, ("CFItem", "CFPckgItem"), item)


def _other_code(given: Given, code: str) -> Given:
    body = given.json
    body["imsx_codeMinor"] = {
        "imsx_codeMinorField": [{"imsx_codeMinorFieldName": "service", "imsx_codeMinorFieldValue": code}]
    }
    return given.become(body)


@_persona(
    allowed_by="Unknown sort and selection fields: the other published readings (D-02, D-03).",
    warns=("CASE-R-132", "CASE-R-159"),
)
def refuses_unknown_fields(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer 400 for unknown sort and selection fields."""
    known = load_standard(f"case-{call.version or '1.1'}").classes["CFDocument"].properties
    if call.operation != "getAllCFDocuments" or given.status != 200:
        return given
    sort, fields = call.parameter("sort"), call.parameter("fields")
    if sort is not None and sort.split(".")[0] not in known:
        return _refusal(given, "invalid_sort_field")
    if fields and any(each.split(".")[0] not in known for each in fields.split(",")):
        return _refusal(given, "invalid_selection_field")
    return given


def _refusal(given: Given, code: str) -> Given:
    body = {"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": "Unknown field"}
    return _other_code(given.become(body, status=400), code)


@_persona(allowed_by="The prose demands invalid_filter_field (D-01).", warns=("CASE-R-026",))
def filter_code_of_the_prose(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer an unknown filter field with the code that the enumeration lacks."""
    if call.parameter("filter") is not None and given.status == 400:
        return _other_code(given, "invalid_filter_field")
    return given


@_persona(
    allowed_by="getCFRubric may be left out (Certification Guide, tables 3.1/3.2).",
    claims=ALL_CLAIMS - {Feature.RUBRICS, Feature.ALL_FIELDS},
)
def no_rubrics(call: Call, given: Given, healthy: Healthy) -> Given:
    """Show no rubrics, and answer the operation with 404."""
    if call.operation == "getCFRubric" and given.status == 200:
        body = {"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": "Unknown Object"}
        return _other_code(given.become(body, status=404), "unknownobject")
    if call.operation == "getCFPackage" and given.status == 200:
        return given.become({name: value for name, value in given.json.items() if name != "CFRubrics"})
    return given


@_persona(allowed_by="The reaction to a query parameter of a single read is not defined.")
def refuses_queries_on_single_reads(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer 400 when a single read carries a parameter of the list."""
    mine = {"limit", "offset", "sort", "orderBy", "filter", "fields"}
    if call.sourced_id and call.operation and any(name in mine for name, _ in call.query) and given.status == 200:
        return _refusal(given, "invalid_selection_field")
    return given


@_persona(allowed_by="Links may be relative references (RFC 8288, 3.1).")
def relative_page_links(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send links without scheme and host, in another order."""
    if link := given.headers.get("link"):
        parts = [part.strip() for part in re.sub(r"<https?://[^/]+", "<", link).split(",")]
        given.headers["link"] = ", ".join(reversed(parts))
    return given


@_persona(allowed_by="Page links are recommended, their parameters are the provider's own business.")
def page_links_with_a_cursor(call: Call, given: Given, healthy: Healthy) -> Given:
    """Add a parameter of its own to every page link."""
    if link := given.headers.get("link"):
        given.headers["link"] = re.sub(r"<([^>]*)>", r"<\1&cursor=b3Bh>", link)
    return given


@_persona(allowed_by="imsx_description is free text; the statement may be part of a sentence.")
def wordy_descriptions(call: Call, given: Given, healthy: Healthy) -> Given:
    """Write a sentence around the statement."""
    if given.status == 404 and call.version and given.body:
        body = given.json
        text = f"Sorry: {str(body.get('imsx_description', '')).upper()}. See our manual."
        return given.become(body | {"imsx_description": text})
    return given


@_persona(allowed_by="Unknown paths may be refused before the method is looked at.")
def not_found_instead_of_wrong_method(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer other methods with 404 and a status body."""
    if given.status == 405:
        body = {"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": "Unknown Object"}
        return _other_code(given.become(body, status=404), "unknownobject")
    return given


@_persona(allowed_by="targetType and its default mean the same (Information Model, 7.1.35).", versions=("1.1",))
def default_target_type_left_out(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave targetType out where it is the default."""

    def change(record: dict[str, Any]) -> None:
        if record.get("targetType") == "CASE":
            del record["targetType"]

    return edited(call, given, ("LinkGenURI",), change)
