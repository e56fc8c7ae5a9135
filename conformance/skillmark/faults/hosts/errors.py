"""Hosts whose errors are wrong (Open Badges API, errors; Data Models, Imsx_StatusInfo)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark.faults.hosts.behaving import HTML, refused, said
from skillmark.faults.hosts.calls import PROTECTED
from skillmark.faults.hosts.fault import fault
from skillmark.faults.provider import Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.hosts.behaving import Behaviour, Make
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.world import Host

Record = dict[str, Any]
_SAID, _SERVER, _FORM, _FORM_CLR, _RETRY = "OB30-R-162", "OB30-R-163", "OB30-R-026", "CLR20-R-043", "OB30-R-169"
_REFUSALS = (400, 401, 403, 404, 405, 413, 415, 422)
_UNKNOWN = "A client cannot tell what went wrong."
_AGAIN = "A client tries again for ever."


def _errors(change: Callable[[Record], object]) -> Make:
    """Return a host whose errors of the API have another body."""

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        if not call.path.startswith(host.service.base_path) or given.status not in _REFUSALS:
            return given
        value = given.json
        new = change(value)
        return given.become(value if new is None else new)

    return lambda: behaviour


def _plain(given: Given) -> Make:
    def behaviour(call: Call, host: Host) -> Given:
        answer = host.answer(call)
        if not call.path.startswith(host.service.base_path) or answer.status not in _REFUSALS:
            return answer
        return Given(status=answer.status, headers={**answer.headers, **given.headers}, body=given.body)

    return lambda: behaviour


def _renamed(name: str, new: str) -> Callable[[Record], Record]:
    return lambda body: {new if key == name else key: value for key, value in body.items()}


def _field(change: Callable[[Record], object]) -> Callable[[Record], None]:
    def changed(body: Record) -> None:
        change(body["imsx_codeMinor"]["imsx_codeMinorField"][0])

    return changed


def _fails_where(is_so: Callable[[Call, Given], bool]) -> Make:
    """Return a host that fails at some of the requests that it should refuse."""

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        is_api = call.path.startswith(host.service.base_path)
        return refused(host, 500, "Failed.") if is_api and given.status in _REFUSALS and is_so(call, given) else given

    return lambda: behaviour


def _busy(answer: Given) -> Make:
    """Return a host that is too busy for the first call of each operation."""

    def make() -> Behaviour:
        seen: set[str] = set()

        def behaviour(call: Call, host: Host) -> Given:
            if call.operation in PROTECTED and call.token and call.operation not in seen:
                seen.add(call.operation)
                return Given(status=answer.status, headers=dict(answer.headers), body=answer.body)
            return host.answer(call)

        return behaviour

    return make


def _is_unreadable(call: Call, _: Given) -> bool:
    return call.operation in {"upsertCredential", "putProfile"} and not isinstance(call.json, dict)


FAULTS = (
    fault(
        "has-errors-of-its-own",
        _SAID,
        _FORM,
        _FORM_CLR,
        effect=_UNKNOWN,
        make=_errors(lambda body: {"error": body["imsx_description"]}),
    ),
    fault(
        "has-errors-without-success",
        _SAID,
        _FORM,
        _FORM_CLR,
        effect=_UNKNOWN,
        make=_errors(lambda body: {"success": False, "error": {"message": body["imsx_description"]}}),
    ),
    fault(
        "has-problem-details",
        _SAID,
        _FORM,
        _FORM_CLR,
        effect=_UNKNOWN,
        make=_errors(lambda body: {"type": "about:blank", "title": body["imsx_description"]}),
    ),
    fault(
        "has-pages-for-errors",
        _SAID,
        effect=_UNKNOWN,
        make=_plain(Given(status=0, headers=dict(HTML), body=b"<h1>Error</h1>")),
    ),
    fault("has-no-words-for-errors", _SAID, effect=_UNKNOWN, make=_plain(Given(status=0, headers={}, body=b""))),
    fault(
        "writes-code-major-with-a-capital",
        _FORM,
        _FORM_CLR,
        _SAID,
        effect=_UNKNOWN,
        make=_errors(_renamed("imsx_codeMajor", "imsx_CodeMajor")),
    ),
    fault(
        "has-no-code-major",
        _FORM,
        _FORM_CLR,
        _SAID,
        effect=_UNKNOWN,
        make=_errors(_renamed("imsx_codeMajor", "imsx_extra")),
    ),
    fault(
        "has-no-severity",
        _FORM,
        _FORM_CLR,
        _SAID,
        effect=_UNKNOWN,
        make=_errors(lambda body: {key: value for key, value in body.items() if key != "imsx_severity"}),
    ),
    fault(
        "adds-details-to-errors",
        _FORM,
        _SAID,
        effect="A strict client does not read the error.",
        make=_errors(lambda body: body | {"imsx_error_details": ["see above"]}),
    ),
    fault(
        "has-its-own-code-major",
        _FORM,
        _FORM_CLR,
        _SAID,
        effect=_UNKNOWN,
        make=_errors(lambda body: body | {"imsx_codeMajor": "failed"}),
    ),
    fault(
        "has-its-own-severity",
        _FORM,
        _FORM_CLR,
        _SAID,
        effect=_UNKNOWN,
        make=_errors(lambda body: body | {"imsx_severity": "fatal"}),
    ),
    fault(
        "has-its-own-code-minor",
        _FORM,
        _SAID,
        effect=_UNKNOWN,
        make=_errors(_field(lambda field: field.update(imsx_codeMinorFieldValue="bad_things"))),
    ),
    fault(
        "has-one-code-minor-without-an-array",
        _FORM,
        _SAID,
        effect="A client that reads arrays fails.",
        make=_errors(
            lambda body: (
                body | {"imsx_codeMinor": {"imsx_codeMinorField": body["imsx_codeMinor"]["imsx_codeMinorField"][0]}}
            )
        ),
    ),
    fault(
        "has-code-minors-without-a-name",
        _FORM,
        _SAID,
        effect=_UNKNOWN,
        make=_errors(_field(lambda field: field.pop("imsx_codeMinorFieldName"))),
    ),
    fault(
        "says-success-in-errors",
        _SAID,
        effect="A client that reads the body takes the error for an answer.",
        make=_errors(lambda body: body | {"imsx_codeMajor": "success", "imsx_severity": "status"}),
    ),
    fault(
        "says-full-success-in-errors",
        _SAID,
        effect="A client that reads the body takes the error for an answer.",
        make=_errors(_field(lambda field: field.update(imsx_codeMinorFieldValue="fullsuccess"))),
    ),
    fault(
        "says-the-same-of-every-error",
        _SAID,
        effect=_UNKNOWN,
        make=_errors(_field(lambda field: field.update(imsx_codeMinorFieldValue="internal_server_error"))),
    ),
    fault("fails-at-malformed-json", _SERVER, effect=_AGAIN, make=_fails_where(_is_unreadable)),
    fault(
        "fails-at-what-it-should-refuse",
        _SERVER,
        _SAID,
        effect=_AGAIN,
        make=_fails_where(lambda call, given: call.operation in PROTECTED and given.status not in {401, 403}),
    ),
    fault(
        "fails-at-wrong-numbers",
        _SERVER,
        "OB30-R-154",
        effect=_AGAIN,
        make=_fails_where(lambda call, _: bool(call.parameter("limit") or call.parameter("offset"))),
    ),
    fault(
        "fails-at-wrong-moments",
        _SERVER,
        "OB30-R-153",
        effect=_AGAIN,
        make=_fails_where(lambda call, _: bool(call.parameter("since"))),
    ),
    fault(
        "fails-at-other-methods",
        _SERVER,
        _SAID,
        effect=_AGAIN,
        make=_fails_where(lambda _, given: given.status == 405),
    ),
    fault(
        "fails-at-unknown-addresses",
        _SERVER,
        _SAID,
        effect=_AGAIN,
        make=_fails_where(lambda _, given: given.status == 404),
    ),
    fault(
        "fails-at-other-media-types",
        _SERVER,
        "OB30-R-157",
        effect=_AGAIN,
        make=_fails_where(lambda _, given: given.status == 415),
    ),
    fault(
        "is-busy-until-soon",
        _RETRY,
        effect="A client does not know when to ask again.",
        make=_busy(said(429, {"error": "busy"}, retry_after="soon")),
        needs_all=True,
    ),
)
