"""Faults of refusals: statuses, codes and bodies of unsuccessful answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark.core.target import Feature
from skillmark.faults.fault import FAULTS

if TYPE_CHECKING:
    from skillmark.faults.provider import Call, Given, Healthy


def _is_status(given: Given, *statuses: int) -> bool:
    return given.status >= 400 and (not statuses or given.status in statuses)


def _field(body: dict[str, Any]) -> dict[str, Any]:
    fields = body.get("imsx_codeMinor", {}).get("imsx_codeMinorField", [{}])
    first: dict[str, Any] = fields[0]
    return first


@FAULTS.spoils("CASE-R-024", "CASE-R-080", effect="Clients cannot tell what went wrong.")
def framework_default_error_body(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send the web framework's own error body."""
    return given.become({"detail": "Not Found"}) if _is_status(given) else given


@FAULTS.spoils("CASE-R-024", "CASE-R-080", effect="Clients cannot tell what went wrong.")
def message_for_not_found(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send a message object with 404 only."""
    return given.become({"message": "no such thing"}) if _is_status(given, 404) else given


@FAULTS.spoils("CASE-R-024", effect="Typed clients fail on the body.")
def description_null(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send null where there is no description."""
    return given.become(given.json | {"imsx_description": None}) if _is_status(given) and given.body else given


@FAULTS.spoils("CASE-R-024", effect="Typed clients fail on the body.")
def severity_missing(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave the severity out."""
    if not _is_status(given) or not given.body:
        return given
    return given.become({name: value for name, value in given.json.items() if name != "imsx_severity"})


@FAULTS.spoils("CASE-R-024", effect="Typed clients fail on the body.")
def status_body_with_a_timestamp(call: Call, given: Given, healthy: Healthy) -> Given:
    """Add a member to the status body."""
    return (
        given.become(given.json | {"timestamp": "2025-01-01T00:00:00Z"}) if _is_status(given) and given.body else given
    )


@FAULTS.spoils("CASE-R-025", effect="Typed clients fail on the body.")
def code_minor_field_as_object(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send one code object instead of an array."""
    if not _is_status(given, 404):
        return given
    body = given.json
    body["imsx_codeMinor"]["imsx_codeMinorField"] = _field(body)
    return given.become(body)


@FAULTS.spoils("CASE-R-025", effect="Typed clients fail on the body.")
def code_minor_without_fields(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send an empty list of codes."""
    if not _is_status(given, 404):
        return given
    return given.become(given.json | {"imsx_codeMinor": {"imsx_codeMinorField": []}})


@FAULTS.spoils("CASE-R-026", effect="Clients do not find the code.")
def code_members_without_x(call: Call, given: Given, healthy: Healthy) -> Given:
    """Spell the members of a code with ims_ instead of imsx_."""
    if not _is_status(given, 404):
        return given
    return given.become(_renamed(given.json, "imsx_codeMinorField", "ims_codeMinorField"))


def _renamed(body: dict[str, Any], old: str, other: str) -> dict[str, Any]:
    field = {name.replace(old, other): value for name, value in _field(body).items()}
    return body | {"imsx_codeMinor": {"imsx_codeMinorField": [field]}}


def _with_code(given: Given, code: str) -> Given:
    body = given.json
    return given.become(
        body | {"imsx_codeMinor": {"imsx_codeMinorField": [_field(body) | {"imsx_codeMinorFieldValue": code}]}}
    )


@FAULTS.spoils("CASE-R-026", effect="Clients do not know the code.")
def code_minor_as_number(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send a number of the product's own as code."""
    return _with_code(given, "1337") if _is_status(given, 404) else given


@FAULTS.spoils("CASE-R-062", effect="Clients take an unknown record for an empty one.")
def empty_object_for_unknown_identifiers(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer unknown identifiers with 200 and an empty object."""
    return given.become({}, status=200) if _is_status(given, 404) and call.sourced_id else given


@FAULTS.spoils("CASE-R-062", effect="Clients retry what will never be there.")
def bad_request_for_unknown_identifiers(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer unknown identifiers with 400."""
    if _is_status(given, 404) and call.sourced_id:
        given.status = 400
    return given


@FAULTS.spoils("CASE-R-062", effect="Clients cannot tell unknown from malformed.")
def no_code_for_unknown_identifiers(call: Call, given: Given, healthy: Healthy) -> Given:
    """Leave the code out of 404 answers."""
    if not _is_status(given, 404) or not call.sourced_id:
        return given
    return given.become({name: value for name, value in given.json.items() if name != "imsx_codeMinor"})


@FAULTS.spoils("CASE-R-062", effect="Clients cannot tell unknown from malformed.")
def unknown_items_called_invalid(call: Call, given: Given, healthy: Healthy) -> Given:
    """Give well-formed unknown identifiers of items the code of malformed ones."""
    if not _is_status(given, 404) or call.operation != "getCFItem":
        return given
    return _with_code(given, "invaliduuid" if call.version == "1.0" else "invalid_uuid")


@FAULTS.spoils("CASE-R-063", effect="Clients cannot tell unknown from malformed.")
def malformed_identifiers_called_unknown(call: Call, given: Given, healthy: Healthy) -> Given:
    """Give malformed identifiers the code of unknown ones."""
    return _with_code(given, "unknownobject") if _is_status(given, 404) and call.sourced_id else given


@FAULTS.spoils("CASE-R-063", effect="Clients see a crash where they made a mistake.")
def malformed_identifiers_crash(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer malformed identifiers with 500."""
    if _is_status(given, 404) and b"nvalid" in given.body:
        given.status = 500
    return given


@FAULTS.spoils("CASE-R-064", effect="People cannot read what went wrong.")
def description_empty(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send an empty description."""
    return given.become(given.json | {"imsx_description": ""}) if _is_status(given) and given.body else given


@FAULTS.spoils("CASE-R-080", "CASE-R-044", effect="Clients cannot tell what went wrong.")
def html_error_pages(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send an HTML page with every error."""
    if _is_status(given):
        given.headers["content-type"] = "text/html; charset=utf-8"
        given.body = b"<!doctype html><title>Error</title><h1>Something went wrong</h1>"
    return given


@FAULTS.spoils("CASE-R-080", effect="Clients cannot tell what went wrong.")
def empty_error_bodies(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send no body with errors."""
    if _is_status(given):
        given.body = b""
    return given


@FAULTS.spoils("CASE-R-080", effect="Clients cannot tell a wrong path.")
def html_for_unknown_paths(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send an HTML page for paths that no operation has."""
    if _is_status(given) and call.operation is None:
        given.headers["content-type"] = "text/html"
        given.body = b"<html><body>404</body></html>"
    return given


@FAULTS.spoils("CASE-R-082", effect="Clients log errors as notes.")
def severity_status_on_not_found(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send severity status with 404."""
    return given.become(given.json | {"imsx_severity": "status"}) if _is_status(given, 404) and given.body else given


@FAULTS.spoils("CASE-R-082", effect="Clients take refusals for successes.")
def major_success_on_errors(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send codeMajor success with errors."""
    body = {"imsx_codeMajor": "success", "imsx_severity": "status"}
    return given.become(given.json | body) if _is_status(given) and given.body else given


@FAULTS.spoils("CASE-R-083", effect="Clients cannot interpret the status.")
def failure_with_warning(call: Call, given: Given, healthy: Healthy) -> Given:
    """Combine failure with warning."""
    return given.become(given.json | {"imsx_severity": "warning"}) if _is_status(given) and given.body else given


@FAULTS.spoils("CASE-R-083", effect="Clients cannot interpret the status.")
def success_with_error(call: Call, given: Given, healthy: Healthy) -> Given:
    """Combine success with error."""
    return given.become(given.json | {"imsx_codeMajor": "success"}) if _is_status(given, 404) and given.body else given


@FAULTS.spoils("CASE-R-084", effect="Clients ask for credentials where none are missing.")
def forbidden_as_code_of_not_found(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send the code forbidden with 404."""
    return _with_code(given, "forbidden") if _is_status(given, 404) and given.body else given


@FAULTS.spoils("CASE-R-084", effect="Clients take a bad request for a missing record.")
def unknown_object_as_code_of_bad_request(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send the code unknownobject with 400."""
    return _with_code(given, "unknownobject") if _is_status(given, 400) and given.body else given


@FAULTS.spoils("CASE-R-085", "CASE-R-080", effect="Clients cannot tell what went wrong.")
def method_not_allowed_without_body(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send 405 without a body."""
    if given.status == 405:
        given.body = b""
    return given


@FAULTS.spoils("CASE-R-085", effect="Clients take a refusal for progress.")
def method_not_allowed_as_processing(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send 405 with codeMajor processing and severity status."""
    body = {"imsx_codeMajor": "processing", "imsx_severity": "status"}
    return given.become(given.json | body) if given.status == 405 and given.body else given


@FAULTS.spoils(
    "CASE-R-086", effect="Clients store empty rubrics.", unclaimed=frozenset({Feature.RUBRICS, Feature.ALL_FIELDS})
)
def unsupported_rubrics_answer_with_an_empty_one(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer every rubric with 200 and an empty object, and show none in packages."""
    if call.operation == "getCFRubric":
        return given.become({}, status=200)
    if call.operation == "getCFPackage" and given.status == 200:
        return given.become({name: value for name, value in given.json.items() if name != "CFRubrics"})
    return given


@FAULTS.spoils("CASE-R-089", effect="Requests of any client can crash the service.")
def quotes_crash_the_filter(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer 500 for filters that the provider cannot parse."""
    if call.parameter("filter") is not None and given.status == 400:
        given.status = 500
    return given


@FAULTS.spoils("CASE-R-089", effect="Requests of any client can crash the service.")
def malformed_identifiers_break_the_database(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer 500 for identifiers that are no UUID."""
    if _is_status(given, 404) and call.operation == "getCFItem" and len(call.sourced_id or "") != 36:
        given.status = 500
    return given


@FAULTS.spoils("CASE-R-090", effect="The origin of a code is unknown.")
def code_field_name_empty(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send an empty name with every code."""
    if not _is_status(given, 404):
        return given
    body = given.json
    field = _field(body) | {"imsx_codeMinorFieldName": ""}
    return given.become(body | {"imsx_codeMinor": {"imsx_codeMinorField": [field]}})


@FAULTS.spoils("CASE10-R-003", effect="Clients of 1.0 do not know the code.", versions=("1.0",))
def codes_of_1_1_at_1_0(call: Call, given: Given, healthy: Healthy) -> Given:
    """Spell the code of a malformed identifier as 1.1 does."""
    return _with_code(given, "invalid_uuid") if b"invaliduuid" in given.body else given


@FAULTS.spoils("CASE11-R-010", effect="Clients of 1.1 do not know the code.", versions=("1.1",))
def codes_of_1_0_at_1_1(call: Call, given: Given, healthy: Healthy) -> Given:
    """Spell the code of a malformed identifier as 1.0 does."""
    return _with_code(given, "invaliduuid") if b"invalid_uuid" in given.body else given


@FAULTS.spoils("CASE-R-087", effect="Clients cannot tell that they are locked out.", protected=True)
def empty_list_instead_of_401(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer 200 with an empty list to a client without credentials."""
    return given.become({"CFDocuments": []}, status=200) if given.status == 401 else given


@FAULTS.spoils("CASE-R-087", effect="Clients are told to give up instead of to authorise.", protected=True)
def not_found_instead_of_401(call: Call, given: Given, healthy: Healthy) -> Given:
    """Answer 404 to a client without credentials."""
    if given.status == 401:
        given.status = 404
        return _with_code(given, "unknownobject")
    return given


@FAULTS.spoils("CASE-R-087", "CASE-R-080", effect="Clients cannot read why they are refused.", protected=True)
def message_with_401(call: Call, given: Given, healthy: Healthy) -> Given:
    """Send a message object with 401."""
    return given.become({"message": "Unauthorized"}) if given.status == 401 else given


@FAULTS.spoils("CASE-R-087", effect="Anybody reads everything.", protected=True)
def garbage_tokens_are_accepted(call: Call, given: Given, healthy: Healthy) -> Given:
    """Accept any bearer token."""
    if given.status != 401 or not call.headers.get("authorization"):
        return given
    return given.become({"CFDocuments": []}, status=200)
