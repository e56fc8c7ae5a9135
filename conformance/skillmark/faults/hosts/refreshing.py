"""Hosts that refresh or revoke tokens badly (Open Badges API Security, Token Refresh and Token Revocation)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.faults.hosts.behaving import (
    admits,
    answers,
    becomes,
    bodies,
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
    from skillmark.faults.hosts.world import Host

_AT, _REVOKE = "refreshToken", "revokeToken"
_OFFERED, _REQUEST, _RESPONSE, _WORKS = "OB30-R-213", "OB30-R-214", "OB30-R-215", "OB30-R-245"
_KINDS, _REVOKED, _FAILS = "OB30-R-216", "OB30-R-218", "OB30-R-246"
_OUT = "People have to sign in again every hour."
_UNKNOWN = "A client cannot tell what went wrong."
_ALIVE = "A token that a person withdrew still opens everything."


def _widens() -> Behaviour:
    """Grant whatever scopes are asked for at a refresh."""

    def behaviour(call: Call, host: Host) -> Given:
        grant = host.ledger.refresh.get(call.form.get("refresh_token", "")) if call.operation == _AT else None
        asked = tuple(call.form.get("scope", "").split())
        known = set(asked) & set(host.service.scopes)
        if grant is None or not host.ledger.is_client(call) or set(asked) <= set(grant.scopes):
            return host.answer(call)
        answer = host.issued(grant.account, sorted(known) or grant.scopes)
        return answer.become(answer.json | {"scope": " ".join(asked)})

    return behaviour


def _same_token() -> Behaviour:
    """Answer a refresh with the access token that there is."""
    known: dict[str, str] = {}

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        if call.operation in {"token", _AT} and given.status == 200:
            answer = given.json
            old = known.get(call.form.get("refresh_token", ""), answer["access_token"])
            known[answer.get("refresh_token", "")] = old
            return given.become(answer | {"access_token": old})
        return given

    return behaviour


def _refreshed_are(answer: Callable[[Host], Given]) -> Make:
    """Return a host that answers calls with refreshed tokens in one way."""

    def make() -> Behaviour:
        fresh: set[str] = set()

        def behaviour(call: Call, host: Host) -> Given:
            if call.operation in PROTECTED and call.token in fresh:
                return answer(host)
            given = host.answer(call)
            if call.operation == _AT and given.status == 200:
                fresh.add(given.json["access_token"])
            return given

        return behaviour

    return make


def _revokes(when: Callable[[Call, Host], bool], answer: Given) -> Make:
    """Return a host that answers some revocations without doing anything."""

    def behaviour(call: Call, host: Host) -> Given:
        if call.operation == _REVOKE and host.ledger.is_client(call) and when(call, host):
            return Given(status=answer.status, headers=dict(answer.headers), body=answer.body)
        return host.answer(call)

    return lambda: behaviour


def _token(call: Call) -> str:
    return call.form.get("token", "")


def _is_unknown(call: Call, host: Host) -> bool:
    return _token(call) not in host.ledger.access and _token(call) not in host.ledger.refresh


def _caches() -> Behaviour:
    """Remember who is admitted, and look again only after some calls."""
    admitted: dict[str, str] = {}
    left: dict[str, int] = {}

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        if call.operation not in PROTECTED or call.token not in host.ledger.access:
            return given
        grant = host.ledger.access[call.token]
        if given.status == 200:
            admitted[call.token], left[call.token] = grant.account, 3
        elif given.status == 401 and left.get(call.token, 0):
            left[call.token] -= 1
            token = host.token_of(admitted[call.token], grant.scopes)
            return host.answer(call.headed(authorization=f"Bearer {token}"))
        return given

    return behaviour


_DONE = Given(status=200, headers={"cache-control": "no-store"}, body=b"")

FAULTS = (
    fault("refreshes-wider-than-granted", _REQUEST, effect="A client gets what nobody allowed.", make=_widens),
    fault(
        "gives-the-same-access-token",
        _RESPONSE,
        _WORKS,
        effect=_OUT,
        make=_same_token,
    ),
    fault(
        "refuses-every-refresh",
        _OFFERED,
        _RESPONSE,
        _WORKS,
        effect=_OUT,
        make=instead(_AT, oauth_error("invalid_grant"), status=200),
    ),
    fault(
        "knows-no-refresh-after-all",
        _OFFERED,
        _RESPONSE,
        _WORKS,
        effect=_OUT,
        make=instead(_AT, oauth_error("unsupported_grant_type")),
    ),
    fault(
        "refreshed-tokens-are-unknown",
        _WORKS,
        _RESPONSE,
        effect=_OUT,
        make=_refreshed_are(lambda host: refused(host, 401)),
    ),
    fault(
        "refreshed-tokens-have-no-scope",
        _WORKS,
        _RESPONSE,
        effect=_OUT,
        make=_refreshed_are(lambda host: refused(host, 403)),
    ),
    fault(
        "refreshes-without-a-token",
        _RESPONSE,
        effect=_OUT,
        make=bodies(_AT, lambda answer: {key: value for key, value in answer.items() if key != "access_token"}),
    ),
    fault("says-201-to-a-refresh", _RESPONSE, effect=_OUT, make=becomes(_AT, 201, of=200)),
    fault(
        "refuses-refresh-tokens-with-200",
        _RESPONSE,
        effect="A client takes the error for a token.",
        make=instead(_AT, said(200, {"error": "invalid_grant"}), status=400),
    ),
    fault("refuses-refresh-tokens-with-401", _RESPONSE, effect=_UNKNOWN, make=becomes(_AT, 401, of=400)),
    fault(
        "fails-at-wrong-refresh-tokens",
        _RESPONSE,
        "OB30-R-163",
        effect=_UNKNOWN,
        make=instead(_AT, said(500, {"error": "server_error"}), status=400),
    ),
    fault(
        "takes-every-refresh-token",
        _RESPONSE,
        effect="Whoever guesses gets in.",
        make=answers(
            _AT,
            lambda _, __: said(
                200, {"access_token": "guessed", "token_type": "Bearer", "scope": "", "expires_in": 3600}
            ),
            status=400,
        ),
    ),
    fault(
        "refreshes-for-other-clients",
        _RESPONSE,
        _REQUEST,
        effect="A client uses the refresh tokens of another.",
        make=admits(_AT, lambda call, grant, host: host.ledger.is_client(call) and call.client[0] != grant.client),
    ),
    fault(
        "revokes-nothing",
        _REVOKED,
        _FAILS,
        _KINDS,
        effect=_ALIVE,
        make=_revokes(lambda _, __: True, _DONE),
    ),
    fault(
        "revokes-no-refresh-tokens",
        _KINDS,
        _REVOKED,
        effect=_ALIVE,
        make=_revokes(lambda call, host: _token(call) in host.ledger.refresh, oauth_error("unsupported_token_type")),
    ),
    fault(
        "forgets-to-revoke-refresh-tokens",
        _REVOKED,
        _KINDS,
        _FAILS,
        effect=_ALIVE,
        make=_revokes(lambda call, host: _token(call) in host.ledger.refresh, _DONE),
    ),
    fault(
        "forgets-to-revoke-access-tokens",
        _REVOKED,
        _FAILS,
        effect=_ALIVE,
        make=_revokes(lambda call, host: _token(call) in host.ledger.access, _DONE),
    ),
    fault(
        "says-404-of-unknown-tokens",
        _REVOKED,
        effect="A client believes that it did not withdraw anything.",
        make=_revokes(_is_unknown, said(404, {"error": "not_found"})),
    ),
    fault(
        "says-400-of-unknown-tokens",
        _REVOKED,
        effect="A client believes that it did not withdraw anything.",
        make=_revokes(_is_unknown, oauth_error("invalid_request")),
    ),
    fault(
        "says-202-to-revocations",
        _REVOKED,
        effect="A client cannot tell whether it is done.",
        make=becomes(_REVOKE, 202, of=200),
    ),
    fault("remembers-who-was-admitted", _FAILS, _REVOKED, effect=_ALIVE, make=_caches),
    fault(
        "fails-at-revocations",
        _REVOKED,
        effect=_ALIVE,
        make=instead(_REVOKE, said(500, {"error": "server_error"}), status=200),
    ),
)
