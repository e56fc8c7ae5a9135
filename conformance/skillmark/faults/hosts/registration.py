"""Hosts at which clients cannot register, or register with anything (Register with Authorization Server)."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from skillmark.faults.hosts.behaving import JSON_TYPE, answers, becomes, bodies, copy_of, instead, refused, said
from skillmark.faults.hosts.fault import fault
from skillmark.faults.provider import Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.hosts.behaving import Behaviour, Make
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.world import Host

Record = dict[str, Any]
_AT = "registerClient"
_ANSWER, _ERRORS, _REQUIRED = "OB30-R-189", "OB30-R-191", "OB30-R-184"
_NO_CLIENT = "No client can register itself."
_ADDRESSES = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
_USUAL = {
    "client_name": "Some client",
    "software_id": "some-client",
    "software_version": "1",
    "client_uri": "https://some.example/",
}


def _repaired(repair: Callable[[Record, Host], object], *, echoes: bool = True) -> Make:
    """Return a host that makes a registration right before it looks at it, and answers as if it had been taken as it was."""

    def behaviour(call: Call, host: Host) -> Given:
        sent = call.json if call.operation == _AT else None
        if not isinstance(sent, dict):
            return host.answer(call)
        repaired = json.loads(call.body)
        repair(repaired, host)
        given = host.answer(call.sending(repaired))
        if given.status != 201 or not echoes:
            return given
        answer = given.json
        untold = [name for name in answer if name in repaired and name not in sent]
        return given.become({name: value for name, value in answer.items() if name not in untold} | sent)

    return lambda: behaviour


def _fills(name: str) -> Make:
    """Return a host that does without a member."""

    def repair(registration: Record, host: Host) -> None:
        if name == "scope":
            registration.setdefault(name, " ".join(host.service.scopes))
        elif name == "redirect_uris":
            registration.setdefault(name, [registration.get("client_uri", _USUAL["client_uri"])])
        elif name in _ADDRESSES:
            others = (registration[each] for each in _ADDRESSES if each in registration)
            registration.setdefault(name, next(others, _USUAL["client_uri"]))
        else:
            registration.setdefault(name, _USUAL[name])

    return _repaired(repair)


def _takes_plain_http(registration: Record, _: Host) -> None:
    for name, value in registration.items():
        if isinstance(value, str) and name in _ADDRESSES:
            registration[name] = value.replace("http://", "https://")
    if isinstance(registration.get("redirect_uris"), list):
        registration["redirect_uris"] = [
            each.replace("http://", "https://") if isinstance(each, str) else each
            for each in registration["redirect_uris"]
        ]


def _takes_other_hosts(registration: Record, _: Host) -> None:
    """Name every address after the one to return to."""
    uris = registration.get("redirect_uris")
    if isinstance(uris, list) and uris and isinstance(uris[0], str):
        for name in _ADDRESSES:
            if name in registration:
                registration[name] = uris[0]
        registration["redirect_uris"] = [uris[0]]


def _takes_one_for_many(registration: Record, _: Host) -> None:
    for name in ("redirect_uris", "grant_types", "response_types", "contacts"):
        if isinstance(registration.get(name), str):
            registration[name] = [registration[name]]


def _takes_choices(name: str, value: object) -> Callable[[Record, Host], None]:
    def repair(registration: Record, _: Host) -> None:
        registration.pop(name, None)
        registration[name] = value

    return repair


def _guarded(status: int) -> Behaviour:
    def behaviour(call: Call, host: Host) -> Given:
        return refused(host, status) if call.operation == _AT else host.answer(call)

    return behaviour


def _one_client() -> Behaviour:
    """Give everybody the client of the first."""
    first: list[Given] = []

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        if call.operation == _AT and given.status == 201:
            first.append(copy_of(given))
            known = first[0].json
            return given.become(given.json | {name: known[name] for name in ("client_id", "client_secret")})
        return given

    return behaviour


def _without(*names: str) -> Make:
    return bodies(_AT, lambda answer: {name: value for name, value in answer.items() if name not in names}, status=201)


def _with(change: Callable[[Record], Record]) -> Make:
    return bodies(_AT, lambda answer: answer | change(answer), status=201)


def _errors(given: Given) -> Make:
    return instead(_AT, given, status=400)


def _status_info(call: Call, host: Host) -> Given:
    given = host.answer(call)
    return refused(host, 400) if call.operation == _AT and given.status == 400 else given


FAULTS = (
    fault(
        "registration-wants-a-token",
        "OB30-R-181",
        effect=_NO_CLIENT,
        make=lambda: _guarded(401),
    ),
    fault("registration-is-closed", "OB30-R-181", _ANSWER, effect=_NO_CLIENT, make=lambda: _guarded(403)),
    fault(
        "registration-is-not-there",
        "OB30-R-189",
        "OB30-R-181",
        effect=_NO_CLIENT,
        make=lambda: _guarded(404),
    ),
    fault(
        "says-200-to-registrations",
        _ANSWER,
        effect="A client that waits for 201 believes that it is not registered.",
        make=becomes(_AT, 200, of=201),
    ),
    fault("gives-no-identifier", _ANSWER, effect="A client has no name.", make=_without("client_id")),
    fault("gives-no-secret", _ANSWER, effect="A client cannot show who it is.", make=_without("client_secret")),
    fault(
        "tells-not-when-it-registered",
        _ANSWER,
        effect="A client cannot tell how old its registration is.",
        make=_without("client_id_issued_at"),
    ),
    fault(
        "tells-not-when-secrets-end",
        _ANSWER,
        effect="A client is locked out one day without warning.",
        make=_without("client_secret_expires_at"),
    ),
    fault(
        "tells-registration-in-milliseconds",
        _ANSWER,
        effect="The registration lies thousands of years ahead.",
        make=_with(lambda answer: {"client_id_issued_at": answer["client_id_issued_at"] * 1_000}),
    ),
    fault(
        "tells-registration-as-text",
        _ANSWER,
        effect="A client that reads a number fails.",
        make=_with(lambda _: {"client_id_issued_at": "2026-06-01T12:00:00Z"}),
    ),
    fault(
        "says-that-secrets-are-over",
        _ANSWER,
        effect="A client throws its secret away at once.",
        make=_with(lambda answer: {"client_secret_expires_at": answer["client_id_issued_at"] - 86_400}),
    ),
    fault(
        "echoes-nothing-of-a-registration",
        _ANSWER,
        effect="A client does not learn what it may ask for.",
        make=bodies(
            _AT,
            lambda answer: {name: value for name, value in answer.items() if name.startswith("client_")},
            status=201,
        ),
    ),
    fault(
        "echoes-no-redirect-uris",
        _ANSWER,
        effect="A client does not learn what was kept.",
        make=_without("redirect_uris"),
    ),
    fault(
        "registrations-are-in-an-envelope",
        _ANSWER,
        effect="A client finds neither identifier nor secret.",
        make=bodies(_AT, lambda answer: {"data": answer}, status=201),
    ),
    fault(
        "everybody-is-one-client",
        "OB30-R-190",
        effect="A client can do what another one was allowed.",
        make=_one_client,
    ),
    *(
        fault(
            f"does-without-{name.replace('_', '-')}",
            _REQUIRED,
            effect="People are asked by nobody in particular.",
            make=_fills(name),
        )
        for name in (*_ADDRESSES, "client_name", "software_id", "software_version", "redirect_uris", "scope")
    ),
    fault(
        "takes-addresses-over-plain-http",
        "OB30-R-183",
        _ERRORS,
        disputed=True,
        effect="Codes travel in the clear.",
        make=_repaired(_takes_plain_http),
    ),
    fault(
        "takes-addresses-of-other-hosts",
        "OB30-R-183",
        _ERRORS,
        disputed=True,
        effect="A client shows the terms of somebody else.",
        make=_repaired(_takes_other_hosts),
    ),
    fault(
        "takes-texts-for-arrays",
        "OB30-R-185",
        _ERRORS,
        disputed=True,
        effect="Two hosts keep two forms of the same registration.",
        make=_repaired(_takes_one_for_many),
    ),
    fault(
        "takes-secrets-in-forms",
        "OB30-R-186",
        _ERRORS,
        disputed=True,
        effect="Secrets stand in bodies that are logged.",
        make=_repaired(_takes_choices("token_endpoint_auth_method", "client_secret_basic")),
    ),
    fault(
        "takes-the-implicit-grant",
        "OB30-R-186",
        _ERRORS,
        disputed=True,
        effect="Tokens stand in the history of browsers.",
        make=_repaired(_takes_choices("grant_types", ["authorization_code", "refresh_token"])),
    ),
    fault(
        "takes-tokens-as-responses",
        "OB30-R-186",
        _ERRORS,
        disputed=True,
        effect="Tokens stand in the history of browsers.",
        make=_repaired(_takes_choices("response_types", ["code"])),
    ),
    fault(
        "refuses-registrations-as-the-api-does",
        _ERRORS,
        effect="A client cannot tell what to change.",
        make=lambda: _status_info,
    ),
    fault(
        "fails-at-wrong-registrations",
        _ERRORS,
        "OB30-R-163",
        effect="A client cannot tell what to change.",
        make=_errors(said(500, {"error": "server_error"})),
    ),
    fault(
        "refuses-registrations-with-422",
        _ERRORS,
        effect="A client that waits for 400 does not know what happened.",
        make=becomes(_AT, 422, of=400),
    ),
    fault(
        "refuses-registrations-in-its-own-words",
        _ERRORS,
        effect="A client cannot tell what to change.",
        make=_errors(said(400, {"error": "bad_request", "error_description": "Wrong."})),
    ),
    fault(
        "refuses-registrations-in-plain-text",
        _ERRORS,
        effect="A client cannot tell what to change.",
        make=_errors(Given(status=400, headers={"content-type": "text/plain"}, body=b"Wrong.")),
    ),
    fault(
        "refuses-registrations-without-a-code",
        _ERRORS,
        effect="A client cannot tell what to change.",
        make=_errors(Given(status=400, headers={"content-type": JSON_TYPE}, body=b'{"message": "Wrong."}')),
    ),
    fault(
        "calls-refusals-html",
        _ERRORS,
        effect="A client that looks at the media type does not read it.",
        make=answers(
            _AT,
            lambda _, given: dataclasses.replace(given, headers=given.headers | {"content-type": "text/html"}),
            status=400,
        ),
    ),
)
