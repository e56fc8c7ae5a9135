"""Tokens and scopes of the operations: Open Badges API, Scopes; Certification Guide, Service Provider."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.errors import Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.hosts.answers import FORBIDDEN, UNAUTHORIZED, finding, held, is_success, told
from skillmark.suites.hosts.holdings import holdings
from skillmark.suites.hosts.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.core.exchanges import Reply
    from skillmark.engine import Observation
    from skillmark.suites.hosts.clients import Session
    from skillmark.suites.hosts.evidence import Evidence

_READ, _WRITE = "OB30-R-241", "OB30-R-247"
_ABSENT = frozenset({404, 405, 501})
_CLOSED = frozenset({UNAUTHORIZED, FORBIDDEN})
_ELSEWHERE = "The clause about the header binds clients; RFC 6750 knows other ways."
_JSON = "application/json"
_FAILED = 500


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """An operation, with what it is asked."""

    operation: str
    requirement: str

    def ask(self, evidence: Evidence, *, token: str | None) -> Reply:
        """Call it; what is handed in is a credential of the run's, or the profile that is there already.

        Raises:
            CannotTell: no answer came.
        """
        body, content_type = b"", ""
        if self.operation == "upsertCredential":
            sent = holdings(evidence).samples().sent()
            body, content_type = sent.text.encode(), sent.media_type
        elif self.operation == "putProfile":
            body, content_type = _profile(evidence), _JSON
        reply = told(evidence.call(self.operation, token=token, body=body, content_type=content_type))
        if self.operation == "upsertCredential" and is_success(reply):
            holdings(evidence).remember(sent.identity, 0)
        return reply


def _profile(evidence: Evidence) -> bytes:
    """Return the profile of the first account, so that it is the same after it was put; what is none where there is none."""
    known = evidence.kept.get("scopes.profile")
    if not isinstance(known, bytes):
        reply = evidence.call("getProfile", evidence.session())
        known = evidence.kept["scopes.profile"] = reply.body if is_success(reply) else b"{}"
    return known


_ALL = (
    _Asked(operation="getCredentials", requirement=_READ),
    _Asked(operation="getProfile", requirement=_READ),
    _Asked(operation="upsertCredential", requirement=_WRITE),
    _Asked(operation="putProfile", requirement=_WRITE),
)


def _offered(evidence: Evidence) -> Iterator[_Asked]:
    """Yield the operations that a host has to have, and those that it describes."""
    required = _required(evidence)
    yield from (each for each in _ALL if each.operation in required or evidence.is_described(each.operation))


def _required(evidence: Evidence) -> frozenset[str]:
    return frozenset(
        each
        for role in ("service_provider_read", "service_provider_write")
        for each in evidence.service.certification[role].required
    )


@RULES.rule("OB30-R-151", "OB30-R-241", "OB30-R-247")
def the_right_token_opens(evidence: Evidence) -> Iterator[Observation]:
    """Every operation that a host has to support is there, and opens to a token with its scope."""
    session = _living(evidence)
    for asked in _offered(evidence):
        if evidence.scope_of(asked.operation) not in session.scopes:
            if asked.operation in _required(evidence):
                yield _not_given(evidence, asked)
            continue
        reply = asked.ask(evidence, token=session.access_token)
        if reply.exchange.status in _CLOSED:
            expected = f"{asked.operation} opens to a token with the scope {evidence.scope_of(asked.operation)}"
            yield finding("OB30-R-151", reply, expected=expected, further=[session.exchange])
            yield finding(asked.requirement, reply, expected=expected, further=[session.exchange])
        elif reply.exchange.status in _ABSENT and not _may_be_absent(asked, reply):
            yield finding(asked.requirement, reply, expected=f"{asked.operation} is supported")
        else:
            yield held(reply)


def _living(evidence: Evidence) -> Session:
    """Return tokens for everything, obtained anew where a host ended them by a later grant to the same client."""
    session = evidence.session()
    is_over = evidence.call("getCredentials", session).exchange.status == UNAUTHORIZED
    return evidence.fresh_session() if is_over and evidence.logins.is_scripted else session


def _may_be_absent(asked: _Asked, reply: Reply) -> bool:
    """Whether it is the profile that is not there, and not the operation."""
    return asked.operation == "getProfile" and reply.exchange.status == 404


def _not_given(evidence: Evidence, asked: _Asked) -> Finding:
    """Return the finding that a client cannot have a scope."""
    session = evidence.session()
    scope = evidence.scope_of(asked.operation)
    return Finding(
        requirement=asked.requirement,
        expected=f"a token with the scope {scope} for a client that registers for it, and that somebody allows it",
        actual=f"the token has {' '.join(session.scopes) or 'no scope':.300}",
        evidence=(session.exchange,),
        cause="scope not given",
    )


@RULES.rule("OB30-R-151", "OB30-R-241", "OB30-R-247")
def its_own_scope_is_enough(evidence: Evidence) -> Iterator[Observation]:
    """Every operation opens to a token that has its scope and no other one."""
    for asked in _offered(evidence):
        scope, whole = evidence.scope_of(asked.operation), _living(evidence)
        if scope not in whole.scopes or asked.ask(evidence, token=whole.access_token).exchange.status in _CLOSED:
            # It does not open to the widest token, which is judged elsewhere.
            continue
        session = evidence.session(scopes=(scope,))
        reply = asked.ask(evidence, token=session.access_token)
        if reply.exchange.status == UNAUTHORIZED and evidence.logins.is_scripted:
            # A host may end what was granted before when the same client is granted something again.
            session = evidence.fresh_session(scopes=(scope,))
            reply = asked.ask(evidence, token=session.access_token)
        if reply.exchange.status in _CLOSED and scope in session.scopes:
            expected = f"{asked.operation} opens to a token with the scope {scope} alone"
            for requirement in ("OB30-R-151", asked.requirement):
                yield finding(requirement, reply, expected=expected, further=[session.exchange])
        else:
            yield held(reply)


@RULES.rule("OB30-R-151", "OB30-R-163", "OB30-R-241", "OB30-R-247")
def nothing_opens_without_a_token(evidence: Evidence) -> Iterator[Observation]:
    """No operation opens without a token, or with one that nobody gave out."""
    session = evidence.session()
    cases = [
        (None, "without a token"),
        ("skillmark-knows-no-such-token", "with an unknown token"),
        (_changed(session.access_token), "with a token that was changed at its end"),
    ]
    if session.refresh_token is not None:
        cases.append((session.refresh_token, "with a refresh token"))
    for asked in _offered(evidence):
        for token, what in cases:
            yield from _stays_closed(asked, asked.ask(evidence, token=token), what)


def _changed(token: str) -> str:
    """Return a token with other characters before its last ones, which may hold bits that count for nothing."""
    place = max(0, len(token) - 8)
    other = "".join("B" if each == "A" else "A" for each in token[place : place + 4])
    return token[:place] + other + token[place + 4 :]


@RULES.rule("OB30-R-151", "OB30-R-163", "OB30-R-241", "OB30-R-247")
def no_other_scope_opens(evidence: Evidence) -> Iterator[Observation]:
    """No operation opens to a token with the scope of another one.

    Raises:
        Untested: there is no token with one scope only.
    """
    evidence.session()
    offered = list(_offered(evidence))
    scopes = {each.operation: evidence.scope_of(each.operation) for each in offered}
    pairs = [
        (each, scopes[other.operation])
        for each in offered
        for other in offered
        if scopes[each.operation] != scopes[other.operation]
    ]
    hindrance = ""
    for asked, scope in pairs:
        try:
            session = evidence.session(scopes=(scope,))
        except Untested as error:
            hindrance = hindrance or str(error)
            continue
        if scopes[asked.operation] in session.scopes:
            hindrance = hindrance or f"Whoever asks for {scope} gets {' '.join(session.scopes)}."
            continue
        reply = asked.ask(evidence, token=session.access_token)
        yield from _stays_closed(asked, reply, f"to a token with the scope {scope} only", further=(session.exchange,))
    if hindrance:
        raise Untested(hindrance)


def _stays_closed(asked: _Asked, reply: Reply, what: str, *, further: tuple[str, ...] = ()) -> Iterator[Observation]:
    """Yield whether an operation did not open; it may not say why, and should not fail."""
    status = reply.exchange.status or 0
    if status >= _FAILED:
        expected = f"{asked.operation} {what} is answered by 401 or 403, and not by a failure"
        yield finding("OB30-R-163", reply, expected=expected, further=further, cause="fails at tokens")
        return
    if not is_success(reply):
        yield held(reply)
        return
    expected = f"{asked.operation} does not open {what}"
    for requirement in ("OB30-R-151", asked.requirement):
        yield finding(requirement, reply, expected=expected, actual=f"status {status}", further=further)


@RULES.rule("OB30-R-151")
def tokens_elsewhere_do_not_count(evidence: Evidence) -> Iterator[Observation]:
    """A token in the query, or in a header without a scheme, opens nothing."""
    token = evidence.session().access_token
    replies = {
        "a token in the query": evidence.call("getCredentials", query=[("access_token", token)]),
        "a token without the word Bearer": evidence.call("getCredentials", headers=[("Authorization", token)]),
    }
    for what, reply in replies.items():
        told(reply)
        if is_success(reply):
            actual = "it opens getCredentials"
            yield finding("OB30-R-151", reply, expected=f"{what} opens nothing", actual=actual, dispute=_ELSEWHERE)
        else:
            yield held(reply)


@RULES.rule("OB30-R-151", "CLR20-R-045")
def scopes_have_their_names(evidence: Evidence) -> Iterator[Observation]:
    """The scopes of the operations have the names of the standard."""
    description = evidence.description()
    requirement = "CLR20-R-045" if evidence.service.id.startswith("clr") else "OB30-R-151"
    for asked in _offered(evidence):
        standard = str(evidence.service.operations[asked.operation].scope)
        described = evidence.scope_of(asked.operation)
        is_listed = not description.scopes or described in description.scopes
        if described == standard and is_listed:
            yield Held(evidence=(description.exchange,))
            continue
        actual = described if described != standard else f"scopes has {', '.join(description.scopes)}"
        yield Finding(
            requirement=requirement,
            expected=f"{asked.operation} has the scope {standard}",
            actual=f"{actual:.300}",
            pointer=f"{description.pointer}/flows/authorizationCode/scopes",
            evidence=(description.exchange,),
        )
