"""Hosts that give out tokens badly (Open Badges API Security, codes, Access Token Request and Response)."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from skillmark.faults.hosts.behaving import (
    admits,
    answers,
    becomes,
    bodies,
    copy_of,
    hears,
    instead,
    oauth_error,
    refused,
    said,
)
from skillmark.faults.hosts.calls import PROTECTED
from skillmark.faults.hosts.fault import fault
from skillmark.faults.provider import Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.hosts.behaving import Behaviour, Make
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.ledger import Grant
    from skillmark.faults.hosts.world import Host

_AT = "token"
_ONCE, _VOID, _BOUND = "OB30-R-200", "OB30-R-201", "OB30-R-203"
_REQUEST, _RESPONSE, _LIFE, _ERRORS, _HEADER = "OB30-R-208", "OB30-R-209", "OB30-R-210", "OB30-R-211", "OB30-R-212"
_STOLEN = "Who steals a code gets the tokens."
_UNKNOWN = "A client cannot tell what went wrong."
_YEAR = 365 * 24 * 3600


def _forgives(*names: str) -> Make:
    """Return a host that gives tokens although some things of a request are wrong, and nothing else."""

    def when(call: Call, grant: Grant, host: Host) -> bool:
        wrong = host.ledger.wrong_in(call, grant)
        return bool(wrong) and wrong <= set(names)

    return admits(_AT, when)


def _takes_forms() -> Make:
    """Return a host that takes the secret of a client from the form."""

    def heard(call: Call) -> Call:
        form = call.form
        if "authorization" in call.headers or "client_secret" not in form:
            return call
        return call.from_client(form.get("client_id", ""), form["client_secret"])

    return hears((_AT, "refreshToken"), heard)


def _again() -> Behaviour:
    """Give the same tokens for a code every time."""
    known: dict[str, Given] = {}

    def behaviour(call: Call, host: Host) -> Given:
        code = call.form.get("code", "") if call.operation == _AT else ""
        if code in known and host.ledger.is_client(call):
            return copy_of(known[code])
        given = host.answer(call)
        if code and given.status == 200:
            known[code] = copy_of(given)
        return given

    return behaviour


def _forgets_to_revoke() -> Behaviour:
    """Refuse a code that was used, without looking what came of it."""

    def behaviour(call: Call, host: Host) -> Given:
        if call.operation == _AT and call.form.get("code", "") in host.ledger.used:
            return oauth_error("invalid_grant")
        return host.answer(call)

    return behaviour


def _never_used() -> Behaviour:
    """Give fresh tokens for a code every time; those of the first time stay good."""

    def behaviour(call: Call, host: Host) -> Given:
        grant = host.ledger.granted(call) if call.operation == _AT else None
        if grant and grant.code in host.ledger.used and host.ledger.wrong_in(call, grant) == {"code"}:
            return host.issued(grant.account, grant.scopes)
        return host.answer(call)

    return behaviour


def _answer(change: Callable[[dict[str, Any]], object]) -> Make:
    return bodies((_AT, "refreshToken"), change)


def _without(name: str) -> Make:
    return _answer(lambda answer: {key: value for key, value in answer.items() if key != name})


def _headers(change: Callable[[dict[str, str]], dict[str, str]], *, status: int = 200) -> Make:
    return answers(
        (_AT, "refreshToken"),
        lambda _, given: dataclasses.replace(given, headers=change(given.headers)),
        status=status,
    )


def _as_form(_: Call, given: Given) -> Given:
    headers = given.headers | {"content-type": "application/x-www-form-urlencoded"}
    return dataclasses.replace(given, headers=headers, body=urlencode(given.json).encode())


def _error(given: Given) -> Make:
    return instead(_AT, given, status=(400, 401))


def _status_info() -> Behaviour:
    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        return refused(host, given.status) if call.operation == _AT and given.status >= 400 else given

    return behaviour


def _query_for_header(call: Call) -> Call:
    token = call.parameter("access_token")
    return call if not token or call.token else call.headed(authorization=f"Bearer {token}")


def _without_header(name: str) -> Callable[[dict[str, str]], dict[str, str]]:
    return lambda headers: {key: value for key, value in headers.items() if key != name}


FAULTS = (
    fault("gives-the-same-tokens-again", _ONCE, effect=_STOLEN, make=_again),
    fault("takes-codes-any-number-of-times", _ONCE, effect=_STOLEN, make=_never_used),
    fault(
        "lets-tokens-of-a-stolen-code-live",
        _VOID,
        effect="The thief of a code keeps the tokens.",
        make=_forgets_to_revoke,
    ),
    fault("takes-codes-of-other-clients", _BOUND, effect=_STOLEN, make=_forgives("client")),
    fault("takes-codes-with-another-address", _BOUND, effect=_STOLEN, make=_forgives("redirect_uri")),
    fault("takes-every-secret", _REQUEST, _ERRORS, effect="Everybody is every client.", make=_forgives("secret")),
    fault(
        "takes-secrets-of-token-requests-from-forms",
        _REQUEST,
        _ERRORS,
        disputed=True,
        effect="Secrets stand in bodies that are logged.",
        make=_takes_forms(),
    ),
    fault("does-without-the-grant-type", _REQUEST, _ERRORS, effect=_UNKNOWN, make=_forgives("grant_type")),
    fault(
        "takes-every-grant-type",
        _ERRORS,
        _REQUEST,
        effect=_UNKNOWN,
        make=hears(
            _AT, lambda call: call.filled(grant_type="authorization_code") if "grant_type" in call.form else call
        ),
    ),
    fault(
        "does-without-the-redirect-uri",
        _REQUEST,
        _ERRORS,
        _BOUND,
        effect=_STOLEN,
        make=admits(_AT, lambda call, _, __: "redirect_uri" not in call.form),
    ),
    fault(
        "does-without-the-scope",
        _REQUEST,
        _ERRORS,
        disputed=True,
        effect="A client gets what it did not ask for.",
        make=admits(_AT, lambda call, _, __: "scope" not in call.form),
    ),
    fault(
        "does-without-the-verifier",
        _REQUEST,
        _ERRORS,
        "OB30-R-194",
        effect=_STOLEN,
        make=admits(_AT, lambda call, _, __: "code_verifier" not in call.form),
    ),
    fault("tells-no-scope", _RESPONSE, effect="A client does not learn what it may do.", make=_without("scope")),
    fault(
        "tells-no-type", _RESPONSE, effect="A client does not learn how to show the token.", make=_without("token_type")
    ),
    fault("gives-no-access-token", _RESPONSE, effect="Nobody gets in.", make=_without("access_token")),
    fault(
        "calls-tokens-mac",
        _RESPONSE,
        effect="A client does not know how to show the token.",
        make=_answer(lambda answer: answer.update({"token_type": "mac"})),
    ),
    fault(
        "tells-lifetimes-as-text",
        _RESPONSE,
        effect="A client that reads a number fails.",
        make=_answer(lambda answer: answer.update(expires_in="3600")),
    ),
    fault(
        "lists-scopes-of-tokens",
        _RESPONSE,
        effect="A client that reads words separated by blanks fails.",
        make=_answer(lambda answer: answer.update(scope=answer["scope"].split())),
    ),
    fault(
        "tells-more-scopes-than-granted",
        _RESPONSE,
        "OB30-R-196",
        effect="A client believes that it may do what nobody allowed.",
        make=_answer(lambda answer: answer.update(scope=f"{answer['scope']} https://host.example/scope/admin")),
    ),
    fault(
        "says-201-to-token-requests",
        _RESPONSE,
        effect="A client that waits for 200 throws the token away.",
        make=becomes(_AT, 201, of=200),
    ),
    fault(
        "gives-tokens-in-a-form",
        _RESPONSE,
        effect="A client that reads JSON fails.",
        make=answers(_AT, _as_form, status=200),
    ),
    fault(
        "gives-tokens-in-an-envelope",
        _RESPONSE,
        effect="A client finds no token.",
        make=_answer(lambda answer: {"data": answer}),
    ),
    fault(
        "lets-tokens-be-cached",
        _RESPONSE,
        effect="Somebody in between keeps the tokens.",
        make=_headers(lambda headers: _without_header("pragma")(headers) | {"cache-control": "public, max-age=600"}),
    ),
    fault(
        "gives-tokens-for-a-year",
        _LIFE,
        effect="A stolen token is good for a year.",
        make=_answer(lambda answer: answer.update(expires_in=_YEAR)),
    ),
    fault(
        "tells-when-tokens-end-by-date",
        _LIFE,
        effect="A client takes the token for one of half a century.",
        make=_answer(lambda answer: answer.update(expires_in=int(time.time()) + 3600)),
    ),
    fault(
        "refuses-tokens-with-200",
        _ERRORS,
        effect="A client takes the error for a token.",
        make=_error(said(200, {"error": "invalid_grant"})),
    ),
    fault(
        "refuses-codes-with-401",
        _ERRORS,
        effect="A client believes that its secret is wrong.",
        make=becomes(_AT, 401, of=400),
    ),
    fault("refuses-codes-with-403", _ERRORS, effect=_UNKNOWN, make=becomes(_AT, 403, of=(400, 401))),
    fault("refuses-codes-with-404", _ERRORS, effect=_UNKNOWN, make=becomes(_AT, 404, of=400)),
    fault(
        "fails-at-wrong-codes",
        _ERRORS,
        "OB30-R-163",
        effect=_UNKNOWN,
        make=_error(said(500, {"error": "server_error"})),
    ),
    fault(
        "refuses-tokens-in-its-own-words",
        _ERRORS,
        effect=_UNKNOWN,
        make=_error(said(400, {"error": "bad_code"})),
    ),
    fault("refuses-tokens-without-a-code", _ERRORS, effect=_UNKNOWN, make=_error(said(400, {"message": "Wrong."}))),
    fault(
        "refuses-tokens-with-a-page",
        _ERRORS,
        effect=_UNKNOWN,
        make=_error(Given(status=400, headers={"content-type": "text/html"}, body=b"<h1>Bad request</h1>")),
    ),
    fault("refuses-tokens-as-the-api-does", _ERRORS, effect=_UNKNOWN, make=_status_info),
    fault(
        "quotes-in-descriptions-of-refused-tokens",
        _ERRORS,
        effect="What a client writes into a header breaks it.",
        make=bodies(_AT, lambda body: body.update(error_description='The "code" is wrong.'), status=(400, 401)),
    ),
    fault(
        "refuses-clients-without-a-challenge",
        _ERRORS,
        effect="A client does not learn how to show who it is.",
        make=answers(
            _AT,
            lambda _, given: dataclasses.replace(given, headers=_without_header("www-authenticate")(given.headers)),
            status=401,
        ),
    ),
    fault(
        "takes-tokens-from-addresses",
        _HEADER,
        "OB30-R-151",
        disputed=True,
        effect="Tokens stand in logs and histories.",
        make=hears(PROTECTED, _query_for_header),
    ),
)
