"""Codes and tokens: Open Badges API Security, Authorization Response, Access Token Request and Response."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import Untested
from skillmark.suites.hosts.answers import (
    OK,
    finding,
    held,
    is_granted,
    is_success,
    refusal_findings,
    refused,
    shape_findings,
    told,
)
from skillmark.suites.hosts.clients import basic
from skillmark.suites.hosts.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.hosts.clients import AuthorizationRequest
    from skillmark.suites.hosts.evidence import Evidence

_CLIENTS_DUTY = "The clause binds clients; that a host has to refuse it is not said."
_HOLE = "this is a security hole"


@RULES.rule("OB30-R-209")
def tokens_come_whole(evidence: Evidence) -> Iterator[Observation]:
    """A code is answered by 200 with access_token, token_type bearer and scope, and is kept nowhere."""
    reply = told(evidence.flow().reply)
    if reply.exchange.status != OK:
        yield finding("OB30-R-209", reply, expected="200 for a code that is redeemed as it should be")
        return
    found: list[Observation] = [*shape_findings(evidence, "OB30-R-209", reply, "TokenResponse", "a token answer")]
    answer = evidence.json(reply)
    given = answer if isinstance(answer, dict) else {}
    kind = given.get("token_type")
    if isinstance(kind, str) and kind.lower() != "bearer":
        yield finding("OB30-R-209", reply, expected="token_type bearer", actual=f"{kind!r:.60}", pointer="/token_type")
    if "no-store" not in (reply.exchange.header("cache-control") or "").lower():
        stated = reply.exchange.header("cache-control")
        expected = "Cache-Control: no-store (RFC 6749, 5.1)"
        found.append(finding("OB30-R-209", reply, expected=expected, actual=f"{stated!r:.80}", cause="Cache-Control"))
    yield from found or [held(reply)]


@RULES.rule("OB30-R-196")
def tokens_have_no_wider_scope(evidence: Evidence) -> Iterator[Observation]:
    """A token is good for nothing that was not granted."""
    flow = evidence.flow()
    session = evidence.session()
    granted = set(flow.sent.get("scope", "").split()) or set(flow.request.scopes)
    wider = set(session.scopes) - granted
    if wider:
        actual = f"{' '.join(sorted(wider)):.200} as well"
        yield finding("OB30-R-196", flow.reply, expected="the scopes of the authorization response", actual=actual)
    else:
        yield held(flow.reply)


@RULES.rule("OB30-R-210")
def tokens_end_after_an_hour(evidence: Evidence) -> Iterator[Observation]:
    """A token is good for an hour.

    Raises:
        Untested: the answer does not say how long.
    """
    seconds = evidence.session().seconds
    usual = evidence.service.security.token_seconds
    reply = evidence.flow().reply
    if seconds is None:
        raise Untested("expires_in is left out; whether the lifetime is made known otherwise cannot be seen.")
    if seconds > usual:
        yield finding(
            "OB30-R-210", reply, expected=f"expires_in {usual}", actual=f"{seconds:.0f}", pointer="/expires_in"
        )
    else:
        yield held(reply)


# Codes


@RULES.rule("OB30-R-200", "OB30-R-201", "OB30-R-211")
def codes_work_once(evidence: Evidence) -> Iterator[Observation]:
    """A code that was redeemed is refused the second time, and its token is void then."""
    evidence.session()
    request = evidence.authorization_request()
    code = evidence.code(request)
    first = evidence.redeem(request, code)
    session = evidence.session_of(request, first)
    before = told(evidence.call("getCredentials", session))
    second = told(evidence.redeem(request, code))
    if is_granted(evidence, second):
        actual = f"another token is given: {_HOLE}"
        expected = "a code that was redeemed is refused"
        yield finding("OB30-R-200", second, expected=expected, actual=actual, further=[first.exchange.id])
        return
    found: list[Observation] = [*refusal_findings(evidence, "OB30-R-211", second)]
    yield from found or [held(first, second)]
    if is_success(before):
        after = told(evidence.call("getCredentials", session))
        if is_success(after):
            expected = "the token of a code that came twice is void"
            shown = [first.exchange.id, second.exchange.id]
            yield finding("OB30-R-201", after, expected=expected, actual="it still works", further=shown)
        else:
            yield held(after)


@RULES.rule("OB30-R-202")
def codes_live_ten_minutes(evidence: Evidence) -> Iterator[Observation]:
    """A code lives for 600 seconds.

    Raises:
        Untested: a run does not wait so long.
    """
    evidence.session()
    yield from ()
    raise Untested("A run does not wait for ten minutes to see a code end.")


@RULES.rule("OB30-R-203", "OB30-R-211")
def codes_belong_to_their_client(evidence: Evidence) -> Iterator[Observation]:
    """A code is not redeemed by another client."""
    evidence.session()
    other = evidence.client("second")
    request = evidence.authorization_request()
    form = request.token_form(evidence.code(request))
    reply = evidence.token_request(form, authorization=other.basic)
    yield from refused(evidence, reply, what="a code of another client", accepted="OB30-R-203", worded="OB30-R-211")


@RULES.rule("OB30-R-203", "OB30-R-211")
def codes_belong_to_their_redirect_uri(evidence: Evidence) -> Iterator[Observation]:
    """A code is not redeemed with another redirect URI, or without one."""
    evidence.session()
    registered = evidence.client().redirect_uris
    others: tuple[tuple[str, str | None], ...] = (
        ("another redirect URI of the same client", registered[1]),
        ("a redirect URI of nobody", "https://elsewhere.example/callback"),
        ("no redirect URI", None),
    )
    for what, other in evidence.cases(others):
        request = evidence.authorization_request()
        form = _changed(request, evidence.code(request), redirect_uri=other)
        reply = evidence.token_request(form, authorization=request.client.basic)
        yield from refused(evidence, reply, what=f"a code with {what}", accepted="OB30-R-203", worded="OB30-R-211")


def _changed(request: AuthorizationRequest, given_code: str, **changes: str | None) -> dict[str, str]:
    """Return the fields that redeem a code, some of them changed; what is changed to nothing is left out."""
    given = request.token_form(given_code) | changes
    return {name: value for name, value in given.items() if value is not None}


#: What is wrong with a token request, and the fields that make it so; nothing for one that is left out.
_BAD: tuple[tuple[str, dict[str, str | None]], ...] = (
    ("a token request without grant_type", {"grant_type": None}),
    ("a grant_type that nobody knows", {"grant_type": "skillmark"}),
    ("a token request without code", {"code": None}),
    ("a code that nobody gave out", {"code": "skillmark-knows-no-such-code"}),
    ("a token request without scope", {"scope": None}),
)


@RULES.rule("OB30-R-211")
def bad_token_requests_are_refused(evidence: Evidence) -> Iterator[Observation]:
    """A token request with something wrong in it is refused by 400 with an error of the standard."""
    evidence.session()
    for what, changes in evidence.cases(_BAD):
        request = evidence.authorization_request()
        form = _changed(request, evidence.code(request), **changes)
        reply = evidence.token_request(form, authorization=request.client.basic)
        # RFC 6749 has no scope here, and the standard has.
        dispute = _CLIENTS_DUTY if "scope" in changes else ""
        yield from refused(evidence, reply, what=what, accepted="OB30-R-211", worded="OB30-R-211", dispute=dispute)


@RULES.rule("OB30-R-211")
def clients_are_authenticated(evidence: Evidence) -> Iterator[Observation]:
    """A token request of somebody who does not show to be the client, by HTTP Basic, is refused."""
    client = evidence.session().client
    other = "A" if client.secret[-1] != "A" else "B"
    named, shown = {"client_id": client.id}, {"client_id": client.id, "client_secret": client.secret}
    cases: tuple[tuple[str, tuple[str, str] | None, dict[str, str], str], ...] = (
        ("a wrong secret", basic(client.id, f"{client.secret[:-1]}{other}"), {}, ""),
        ("an empty secret", basic(client.id, ""), {}, ""),
        ("an unknown client", basic("skillmark-nobody", client.secret), {}, ""),
        ("no authentication", None, named, ""),
        ("the secret in the form instead of HTTP Basic", None, shown, _CLIENTS_DUTY),
    )
    for what, header, fields, dispute in evidence.cases(cases):
        request = evidence.authorization_request()
        form = request.token_form(evidence.code(request)) | fields
        reply = evidence.token_request(form, authorization=header)
        yield from refused(
            evidence,
            reply,
            what=f"a token request with {what}",
            accepted="OB30-R-211",
            worded="OB30-R-211",
            dispute=dispute,
        )
