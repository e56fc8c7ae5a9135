"""Refreshing tokens: Open Badges API Security, Token Refresh."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import NotApplicable, Untested
from skillmark.suites.hosts.answers import OK, finding, held, is_success, refused, shape_findings, told
from skillmark.suites.hosts.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.exchanges import Reply
    from skillmark.engine import Observation
    from skillmark.suites.hosts.clients import AuthorizationRequest, Session
    from skillmark.suites.hosts.evidence import Evidence

_NARROW = "The clause says what a refresh may give at most, and not that it gives less where less is asked for."
_UNKNOWN = "skillmark-knows-no-such-refresh-token"


def _refreshable(evidence: Evidence, *, scopes: tuple[str, ...] | None = None, client: str = "first") -> Session:
    """Return a session of its own that can be refreshed.

    Raises:
        NotApplicable: the host gives out no refresh tokens.
    """
    if evidence.session(scopes=scopes, client=client).refresh_token is None:
        raise NotApplicable("The host gives out no refresh tokens, and need not.")
    session = evidence.fresh_session(scopes=scopes, client=client)
    if session.refresh_token is None:
        raise Untested("The host gave out no refresh token this time.")
    return session


def refreshed(
    evidence: Evidence,
    session: Session,
    *,
    scopes: tuple[str, ...] | None = (),
    token: str | None = None,
    authorization: tuple[str, str] | None = None,
) -> Reply:
    """Return the answer to a refresh request; with the scopes of the session, unless others or none are given."""
    form = {"grant_type": "refresh_token", "refresh_token": token or str(session.refresh_token)}
    if scopes is not None:
        form["scope"] = " ".join(scopes or session.scopes)
    url = evidence.description().refresh_url
    return told(evidence.token_request(form, authorization=authorization or session.client.basic, url=url))


@RULES.rule("OB30-R-213", "OB30-R-215", "OB30-R-245")
def a_refresh_gives_a_new_token(evidence: Evidence) -> Iterator[Observation]:
    """A refresh token gives a new access token, which works."""
    session = _refreshable(evidence)
    reply = refreshed(evidence, session)
    if reply.exchange.status != OK:
        for requirement in ("OB30-R-213", "OB30-R-215", "OB30-R-245"):
            yield finding(
                requirement,
                reply,
                expected="200 for a refresh token that was just given out",
                further=[session.exchange],
            )
        return
    found: list[Observation] = [*shape_findings(evidence, "OB30-R-215", reply, "TokenResponse", "a refresh answer")]
    yield from found or [held(reply)]
    again = evidence.session_of(_request_of(evidence, session), reply)
    if again.access_token == session.access_token:
        shown = [session.exchange]
        yield finding("OB30-R-215", reply, expected="a new access token", actual="the same one", further=shown)
    call = told(evidence.call("getCredentials", again))
    if is_success(call):
        yield held(call)
        yield from _same_user(evidence, again)
    elif is_success(told(evidence.call("getCredentials", evidence.session()))):
        for requirement in ("OB30-R-215", "OB30-R-245"):
            yield finding(requirement, call, expected="calls work with the new token", further=[reply.exchange.id])


def _same_user(evidence: Evidence, session: Session) -> Iterator[Observation]:
    """Yield a finding if a token that was refreshed reads the profile of somebody else."""
    replies = [told(evidence.call("getProfile", each)) for each in (evidence.session(), session)]
    ids = [value.get("id") if isinstance(value := evidence.json(each), dict) else None for each in replies]
    if all(map(is_success, replies)) and ids[0] != ids[1]:
        shown, actual = [replies[0].exchange.id], f"the profile {ids[1]!r:.160}"
        expected = f"the new token reads the profile of the same user, {ids[0]!r:.160}"
        yield finding("OB30-R-245", replies[1], expected=expected, actual=actual, further=shown)


def _request_of(evidence: Evidence, session: Session) -> AuthorizationRequest:
    return evidence.authorization_request(scopes=session.asked)


@RULES.rule("OB30-R-214")
def a_refresh_gives_no_wider_scope(evidence: Evidence) -> Iterator[Observation]:
    """A refresh never gives more than was allowed, and without scope as much as was allowed."""
    wide = evidence.all_scopes
    narrow = wide[:1]
    session = _refreshable(evidence, scopes=narrow)
    reply = refreshed(evidence, session, scopes=wide)
    if is_success(reply):
        yield from _no_wider(evidence, session, reply, "a refresh that asks for more than was allowed")
    else:
        yield held(reply)
    session = _refreshable(evidence, scopes=narrow)
    reply = refreshed(evidence, session, scopes=None)
    if is_success(reply):
        yield from _no_wider(evidence, session, reply, "a refresh without scope")
        given = evidence.session_of(_request_of(evidence, session), reply).scopes
        if set(session.scopes) - set(given):
            expected = "without scope, the scopes that were allowed"
            yield finding("OB30-R-214", reply, expected=expected, actual=f"{' '.join(given):.200}")


def _no_wider(evidence: Evidence, session: Session, reply: Reply, what: str) -> Iterator[Observation]:
    given = evidence.session_of(_request_of(evidence, session), reply)
    wider = set(given.scopes) - set(session.scopes)
    if wider:
        yield finding(
            "OB30-R-214",
            reply,
            expected=f"{what} gives no more than {' '.join(session.scopes)}",
            actual=f"{' '.join(given.scopes):.300}",
            further=[session.exchange],
        )
        return
    # What the answer says of the scope is one thing, what the token opens another.
    call = _another_call(evidence, session)
    if call is not None:
        opened = told(evidence.call(call, given))
        if is_success(opened):
            expected = f"{what} gives a token that opens no more than {' '.join(session.scopes)}"
            yield finding(
                "OB30-R-214", opened, expected=expected, actual=f"it opens {call}", further=[reply.exchange.id]
            )
            return
    yield held(reply)


def _another_call(evidence: Evidence, session: Session) -> str | None:
    """Return an operation that the token of a session does not open, and may be asked without a trace."""
    for operation in ("getProfile", "getCredentials"):
        if evidence.scope_of(operation) in session.scopes:
            continue
        if not is_success(evidence.call(operation, session)):
            return operation
    return None


@RULES.rule("OB30-R-214")
def a_refresh_can_narrow_the_scope(evidence: Evidence) -> Iterator[Observation]:
    """A refresh that asks for less gives no more than that."""
    session = _refreshable(evidence)
    narrow = session.scopes[:1]
    reply = refreshed(evidence, session, scopes=narrow)
    given = (
        evidence.session_of(evidence.authorization_request(scopes=narrow), reply).scopes if is_success(reply) else ()
    )
    if set(given) - set(narrow) or not is_success(reply):
        expected = f"a refresh for {' '.join(narrow)} alone gives that"
        actual = f"{' '.join(given):.300}"
        yield finding("OB30-R-214", reply, expected=expected, actual=actual, dispute=_NARROW)
    else:
        yield held(reply)


@RULES.rule("OB30-R-215")
def bad_refreshes_are_refused(evidence: Evidence) -> Iterator[Observation]:
    """A refresh token that is unknown, or another client's, is refused as a token request is."""
    session = _refreshable(evidence)
    reply = refreshed(evidence, session, token=_UNKNOWN)
    yield from refused(evidence, reply, what="an unknown refresh token", accepted="OB30-R-215", worded="OB30-R-215")
    other = evidence.client("second")
    reply = refreshed(evidence, session, authorization=other.basic)
    yield from refused(
        evidence, reply, what="a refresh token of another client", accepted="OB30-R-215", worded="OB30-R-215"
    )
