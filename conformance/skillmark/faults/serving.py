"""Faults of serving: media types, discovery, drifting data, unasked parameters."""

from __future__ import annotations

import itertools

from skillmark.faults.editing import edited
from skillmark.faults.fault import FAULTS, Fault
from skillmark.faults.operations import NOT_FOUND
from skillmark.faults.provider import Behaviour, Call, Given, Healthy

_V11 = ("1.1",)


def _is_discovery(call: Call) -> bool:
    return call.path.startswith("/discovery/")


@FAULTS.spoils("CASE-R-044", effect="Clients refuse the body.")
def everything_as_html(call: Call, given: Given, healthy: Healthy) -> Given:
    """State text/html for JSON bodies."""
    given.headers["content-type"] = "text/html; charset=utf-8"
    return given


@FAULTS.spoils("CASE-R-044", effect="Clients refuse the body.")
def everything_as_plain_text(call: Call, given: Given, healthy: Healthy) -> Given:
    """State text/plain for JSON bodies."""
    given.headers["content-type"] = "text/plain"
    return given


@FAULTS.spoils("CASE-R-044", effect="Clients that ask for JSON get JSON-LD.")
def json_ld_as_the_only_type(call: Call, given: Given, healthy: Healthy) -> Given:
    """State application/ld+json for JSON bodies."""
    given.headers["content-type"] = "application/ld+json"
    return given


@FAULTS.spoils("CASE-R-044", effect="Clients guess the type.")
def no_content_type(call: Call, given: Given, healthy: Healthy) -> Given:
    """State no type."""
    given.headers.pop("content-type", None)
    return given


@FAULTS.spoils("CASE-R-044", effect="Texts are garbled.")
def bodies_in_latin_1(call: Call, given: Given, healthy: Healthy) -> Given:
    """Encode bodies in ISO 8859-1 with an accented letter in every title."""
    text = given.body.decode().replace('"title": "', '"title": "\u00c9 ').replace('"title":"', '"title":"\u00c9 ')
    given.body = text.encode("latin-1", errors="replace")
    return given


@FAULTS.spoils("CASE-R-044", effect="Parsers fail.", at=("getCFPackage", "getCFItem", "getAllCFDocuments"))
def bodies_cut_short(call: Call, given: Given, healthy: Healthy) -> Given:
    """Cut bodies in the middle."""
    given.body = given.body[: len(given.body) // 2]
    return given


@FAULTS.spoils("CASE-R-044", effect="Parsers fail.", at=("getCFPackage",))
def not_a_number_in_packages(call: Call, given: Given, healthy: Healthy) -> Given:
    """Write NaN for a member."""
    given.body = given.body.rstrip()[:-1] + b', "score": NaN}'
    return given


@FAULTS.spoils("CASE-R-071", effect="Only clients in the know get everything.")
def vendor_header_adds_members(call: Call, given: Given, healthy: Healthy) -> Given:
    """Show fewer members to clients that send an unknown query parameter."""
    known = {"limit", "offset", "sort", "orderBy", "filter", "fields"}
    if given.status != 200 or not any(name not in known for name, _ in call.query):
        return given
    return edited(call, given, ("CFItem", "CFDocument", "CFPckgItem"), lambda record: record.pop("notes", None))


@FAULTS.spoils("CASE-R-073", effect="Mandatory members vanish.", at=("getCFItem",))
def fields_honoured_on_single_reads(call: Call, given: Given, healthy: Healthy) -> Given:
    """Apply a selection to single reads of items."""
    fields = call.parameter("fields")
    if fields is None:
        return given
    return given.become({name: value for name, value in given.json.items() if name in fields.split(",")})


def _drifting() -> Behaviour:
    counter = itertools.count()

    def answer(call: Call, given: Given, _: Healthy) -> Given:
        moment = f"2025-06-01T00:{next(counter) % 60:02d}:00Z"
        return edited(call, given, ("CFItem", "CFDocument"), lambda record: record.update(lastChangeDateTime=moment))

    return Behaviour(answer=answer)


FAULTS.add(
    Fault(
        name="change-time-is-the-time-of-reading",
        requirements=("CASE-R-074", "CASE-R-092"),
        effect="Caches never hold.",
        make=_drifting,
    )
)


def _alternating() -> Behaviour:
    seen: dict[str, int] = {}

    def answer(call: Call, given: Given, _: Healthy) -> Given:
        if call.operation != "getCFItem" or given.status != 200:
            return given
        seen[call.path] = seen.get(call.path, 0) + 1
        if seen[call.path] % 2 == 0:
            return edited(call, given, ("CFItem",), lambda record: record.pop("humanCodingScheme", None))
        return given

    return Behaviour(answer=answer)


FAULTS.add(
    Fault(
        name="every-second-read-lacks-the-code",
        requirements=("CASE-R-074", "CASE-R-092"),
        effect="Replicas disagree.",
        make=_alternating,
    )
)


@FAULTS.spoils(
    "CASE11-R-017", "CASE-R-092", effect="Formulas are destroyed.", at=("getCFItem", "getCFDocument"), versions=_V11
)
def markup_stripped_from_single_reads(call: Call, given: Given, healthy: Healthy) -> Given:
    """Strip asterisks, backslashes and dollar signs from texts."""

    def strip(record: dict[str, object]) -> None:
        for name in ("fullStatement", "notes", "description"):
            text = record.get(name)
            if isinstance(text, str):
                record[name] = text.replace("*", "").replace("\\", "").replace("$", "")

    return edited(call, given, ("CFItem", "CFDocument"), strip)


@FAULTS.spoils("CASE11-R-021", "CASE11-R-022", effect="The service cannot be discovered.", versions=_V11)
def no_discovery_document(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer the discovery address with 404."""
    return given.become(NOT_FOUND, status=404) if _is_discovery(call) else given


@FAULTS.spoils("CASE11-R-021", "CASE11-R-022", effect="The service cannot be discovered.", versions=_V11)
def discovery_is_a_page(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer the discovery address with a page."""
    if _is_discovery(call):
        given.headers["content-type"] = "text/html"
        given.body = b"<html><title>API</title></html>"
    return given


@FAULTS.spoils("CASE11-R-021", effect="Tools cannot read the document.", versions=_V11)
def discovery_is_swagger_2(call: Call, given: Given, healthy: Healthy) -> Given:
    """Publish an OpenAPI 2 document."""
    if not _is_discovery(call):
        return given
    body = {name: value for name, value in given.json.items() if name != "openapi"}
    return given.become({"swagger": "2.0", **body})


@FAULTS.spoils("CASE11-R-021", effect="Tools do not find the operation.", versions=_V11)
def discovery_lacks_an_operation(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave the packages out of the document."""
    if not _is_discovery(call):
        return given
    body = given.json
    body["paths"] = {path: value for path, value in body["paths"].items() if "CFPackages" not in path}
    return given.become(body)


@FAULTS.spoils("CASE11-R-021", effect="Generated clients have other names.", versions=_V11)
def discovery_with_other_operation_ids(call: Call, given: Given, healthy: Healthy) -> Given:
    """Name the operations otherwise."""
    if not _is_discovery(call):
        return given
    body = given.json
    for number, path in enumerate(body["paths"].values()):
        path["get"]["operationId"] = f"read{number}"
    return given.become(body)


@FAULTS.spoils("CASE11-R-023", effect="Tools talk to somebody else.", versions=_V11)
def discovery_names_the_default_host(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave the host of the published document in place."""
    if not _is_discovery(call):
        return given
    return given.become(given.json | {"servers": [{"url": "https://www.imsglobal.org/ims/case/v1p1"}]})


@FAULTS.spoils("CASE11-R-023", effect="Tools talk to the wrong version.", versions=_V11)
def discovery_names_the_other_base_path(call: Call, given: Given, healthy: Healthy) -> Given:
    """Name the 1.0 base path."""
    if not _is_discovery(call):
        return given
    body = given.json
    for server in body["servers"]:
        server["url"] = server["url"].replace("v1p1", "v1p0")
        for variable in server.get("variables", {}).values():
            variable["default"] = variable["default"].replace("v1p1", "v1p0")
    return given.become(body)


@FAULTS.spoils("CASE11-R-023", effect="Tools do not know where the service is.", versions=_V11)
def discovery_without_servers(call: Call, given: Given, healthy: Healthy) -> Given:
    """Name no server."""
    if not _is_discovery(call):
        return given
    return given.become({name: value for name, value in given.json.items() if name != "servers"})
