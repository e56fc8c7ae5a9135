"""Revoking tokens: Open Badges API Security, Token Revocation; RFC 7009."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import NotApplicable, Untested
from skillmark.suites.hosts.answers import OK, finding, held, is_success, refusal_findings, told
from skillmark.suites.hosts.refreshing import refreshed
from skillmark.suites.hosts.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.exchanges import Reply
    from skillmark.engine import Observation
    from skillmark.suites.hosts.clients import Session
    from skillmark.suites.hosts.evidence import Evidence

_UNSUPPORTED = "unsupported_token_type"
_MOST_ENDED = 3
_CLIENTS_DUTY = "RFC 7009 demands authentication of the client; the standard names it in the request only."


def revocation_url(evidence: Evidence) -> str:
    """Return where tokens are revoked: as the settings say, the description, or the metadata of the server (RFC 8414).

    Raises:
        NotApplicable: nobody says so.
    """
    named = evidence.context.target.host.revocation_url or evidence.description().revocation_url
    found = named or evidence.metadata.get("revocation_endpoint")
    if not isinstance(found, str) or not found:
        raise NotApplicable("No revocation endpoint is known; revocation_url under [host] names it.")
    return found


def _revoked(evidence: Evidence, session: Session, token: str, hint: str, *, is_authenticated: bool = True) -> Reply:
    form = {"token": token, "token_type_hint": hint}
    header = session.client.basic if is_authenticated else None
    return told(evidence.token_request(form, authorization=header, url=revocation_url(evidence)))


def _error(evidence: Evidence, reply: Reply) -> object:
    answer = evidence.json(reply)
    return answer.get("error") if isinstance(answer, dict) else None


@RULES.rule("OB30-R-216", "OB30-R-218", "OB30-R-246")
def access_tokens_end(evidence: Evidence) -> Iterator[Observation]:
    """An access token that was revoked opens nothing any more."""
    revocation_url(evidence)
    session = evidence.fresh_session()
    before = told(evidence.call("getCredentials", session))
    if not is_success(before):
        raise Untested("The token opens nothing before it is revoked.")
    reply = _revoked(evidence, session, session.access_token, "access_token")
    if reply.exchange.status != OK:
        yield from _rejection(evidence, reply)
        return
    yield held(reply)
    after = told(evidence.call("getCredentials", session))
    if is_success(after):
        expected = "a call with a token that was revoked fails"
        for requirement in ("OB30-R-218", "OB30-R-246"):
            yield finding(requirement, after, expected=expected, actual="it works", further=[reply.exchange.id])
    else:
        yield held(after)


def _rejection(evidence: Evidence, reply: Reply) -> Iterator[Observation]:
    """Yield what is wrong with an endpoint that does not revoke a kind of token."""
    if _error(evidence, reply) == _UNSUPPORTED:
        found: list[Observation] = [*refusal_findings(evidence, "OB30-R-218", reply)]
        yield from found or [held(reply)]
    else:
        expected = f"200, or an error {_UNSUPPORTED}, for a token that is good"
        yield finding("OB30-R-218", reply, expected=expected)


@RULES.rule("OB30-R-216", "OB30-R-218", "OB30-R-246")
def refresh_tokens_end(evidence: Evidence) -> Iterator[Observation]:
    """A refresh token that was revoked gives no token any more."""
    revocation_url(evidence)
    session = evidence.fresh_session()
    if session.refresh_token is None:
        raise NotApplicable("The host gives out no refresh tokens.")
    reply = _revoked(evidence, session, session.refresh_token, "refresh_token")
    if reply.exchange.status != OK:
        if _error(evidence, reply) == _UNSUPPORTED:
            yield finding("OB30-R-216", reply, expected="refresh tokens can be revoked where anything can")
        else:
            yield from _rejection(evidence, reply)
        return
    yield held(reply)
    after = refreshed(evidence, session)
    if is_success(after) and _error(evidence, after) is None:
        expected = "a refresh token that was revoked is refused"
        for requirement in ("OB30-R-218", "OB30-R-246"):
            yield finding(requirement, after, expected=expected, actual="it gives a token", further=[reply.exchange.id])
    else:
        yield held(after)


@RULES.rule("OB30-R-218")
def unknown_tokens_are_no_error(evidence: Evidence) -> Iterator[Observation]:
    """A token that the host does not know is answered by 200."""
    revocation_url(evidence)
    session = evidence.session()
    for hint in ("access_token", "refresh_token"):
        reply = _revoked(evidence, session, "skillmark-knows-no-such-token", hint)
        if reply.exchange.status == OK or _error(evidence, reply) == _UNSUPPORTED:
            yield held(reply)
        else:
            yield finding("OB30-R-218", reply, expected="200 for a token that is invalid")


@RULES.rule("OB30-R-218")
def revoking_needs_the_client(evidence: Evidence) -> Iterator[Observation]:
    """Nobody but the client revokes its tokens."""
    revocation_url(evidence)
    session = evidence.fresh_session()
    reply = _revoked(evidence, session, session.access_token, "access_token", is_authenticated=False)
    still = told(evidence.call("getCredentials", session))
    if is_success(reply) and not is_success(still):
        expected = "a token is not revoked by somebody who does not authenticate"
        yield finding("OB30-R-218", reply, expected=expected, actual="it is revoked", dispute=_CLIENTS_DUTY)
    else:
        yield held(reply)


@RULES.rule("OB30-R-151")
def tokens_end_with_their_time(evidence: Evidence) -> Iterator[Observation]:
    """A token that has come to the end of its life opens nothing.

    Raises:
        NotApplicable: none has, and a run does not wait for it.
    """
    ended = list(evidence.ended_sessions())[:_MOST_ENDED]
    if not ended:
        raise NotApplicable("No token of the run came to the end of its life, and a run does not wait for it.")
    for session in ended:
        reply = told(evidence.call("getCredentials", session))
        if is_success(reply):
            expected = f"a token that was good for {session.seconds:.0f} seconds opens nothing after them"
            yield finding("OB30-R-151", reply, expected=expected, actual="it works", further=[session.exchange])
        else:
            yield held(reply)
