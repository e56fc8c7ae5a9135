"""The authorization request and its answer: Open Badges API Security, Authorization Request and Authorization Response."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from hypothesis import strategies as st

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.engine.drawing import explore
from skillmark.suites.hosts.answers import redirect_findings
from skillmark.suites.hosts.evidence import sent_with
from skillmark.suites.hosts.rules import RULES
from skillmark.wire.browsers.logins import DENY, Decision, is_return

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from skillmark.engine import Observation
    from skillmark.suites.hosts.clients import AuthorizationRequest
    from skillmark.suites.hosts.evidence import Evidence
    from skillmark.wire.browsers.logins import Ended

_UNKNOWN_SCOPE = "https://skillmark.example/scope/nobody.knows"
_CLIENTS_DUTY = "The clause binds clients; that a host has to refuse it is not said."
_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
#: Characters of a long state, which still fits into every header line.
_LONG = 600
#: Statuses with which a page is shown.
_REFUSED, _FAILED = 400, 500


# What comes back when somebody allows it


@RULES.rule("OB30-R-199", "OB30-R-196")
def grants_with_code_scope_and_state(evidence: Evidence) -> Iterator[Observation]:
    """Whoever allows it is sent back with code, scope and state in the query.

    Raises:
        CannotTell: nobody could allow anything.
    """
    request, ended = _first(evidence)
    if not ended.address:
        raise CannotTell(f"Nobody was sent back: {ended.problem}.")
    sent = sent_with(ended.address)
    if "error" in sent and "code" not in sent:
        raise CannotTell(
            f"The host refused a request that is right: {sent['error']!r:.60} {sent.get('error_description', '')!r:.160}."
        )
    found: list[Observation] = [*_grant_findings(request, ended, sent)]
    yield from found or [Held(evidence=ended.evidence[-1:])]


def _first(evidence: Evidence) -> tuple[AuthorizationRequest, Ended]:
    """Return a request and how it ended; where a person decides, those that the run needs in any case."""
    if evidence.logins.is_scripted:
        request = evidence.authorization_request()
        return request, evidence.authorize(request)
    flow = evidence.flow()
    return flow.request, flow.ended


def _grant_findings(request: AuthorizationRequest, ended: Ended, sent: Mapping[str, str]) -> Iterator[Finding]:
    shown = ended.evidence[-1:]

    def found(requirement: str, expected: str, actual: str) -> Finding:
        return Finding(requirement=requirement, expected=expected, actual=actual, evidence=shown)

    if not is_return(ended.address, [request.redirect_uri]):
        actual = ended.address.partition("?")[0][:200]
        yield found("OB30-R-199", f"a redirect to {request.redirect_uri}, which was asked for", actual)
    fragment = dict(parse_qsl(urlsplit(ended.address).fragment))
    for name in ("code", "scope", "state"):
        if not sent.get(name):
            where = "it is in the fragment" if name in fragment else "there is none"
            yield found("OB30-R-199", f"{name} in the query of the redirect", where)
    if "scope" not in sent:
        yield found("OB30-R-196", "the response has a scope parameter", "there is none")
    if sent.get("state") and sent["state"] != request.state:
        yield found("OB30-R-199", "the state of the request comes back unchanged", f"{sent['state']!r:.160}")
    wider = set(sent.get("scope", "").split()) - set(request.scopes)
    if wider:
        yield found("OB30-R-196", "no scope that was not asked for", f"{' '.join(sorted(wider)):.200}")


@RULES.rule("OB30-R-196")
def grants_no_more_than_is_asked(evidence: Evidence) -> Iterator[Observation]:
    """Whoever asks for one scope gets no other one, in the response and with the token."""
    for scope in evidence.all_scopes[: 1 if not evidence.logins.is_scripted else None]:
        if scope == "offline_access":
            continue
        flow = evidence.flow(scopes=(scope,))
        session = evidence.session(scopes=(scope,))
        for said, shown in (
            (flow.sent.get("scope", ""), flow.ended.evidence[-1:]),
            (" ".join(session.scopes), (session.exchange,)),
        ):
            wider = set(said.split()) - {scope}
            if wider:
                yield Finding(
                    requirement="OB30-R-196",
                    expected=f"{scope}, which was asked for, and nothing else",
                    actual=said[:300],
                    evidence=shown,
                    cause="wider than asked",
                )
            else:
                yield Held(evidence=shown)


@RULES.rule("OB30-R-196")
def grants_no_more_than_is_allowed(evidence: Evidence) -> Iterator[Observation]:
    """Whoever allows one of several scopes gives no other one.

    Raises:
        NotApplicable: the host does not let people choose.
        Untested: nobody was asked, or whoever was asked may have allowed more.
    """
    request = evidence.authorization_request()
    chosen = request.scopes[:1]
    ended = evidence.authorize(request, decision=Decision(scopes=chosen), is_fresh=True)
    if not ended.was_asked:
        raise Untested(f"Nobody was asked for a decision: {ended.problem or 'the host allows it by itself'}.")
    if not ended.is_whole:
        raise NotApplicable("The host does not let people choose among the scopes.")
    sent = sent_with(ended.address)
    wider = set(sent.get("scope", "").split()) - set(chosen)
    if "code" in sent and wider and not evidence.logins.sees_pages:
        raise Untested(
            f"More than {chosen[0]} was granted, and it is not seen whether a page lets people choose. Where it does, let the "
            "login command tick only what scopes names."
        )
    if "code" in sent and wider:
        yield _found(ended, "OB30-R-196", f"only {chosen[0]}, which was allowed", sent["scope"][:300])
    elif "code" in sent:
        yield Held(evidence=ended.evidence[-1:])
    else:
        raise Untested(f"Nobody was sent back with a code: {ended.problem or sent.get('error', '')}.")


@RULES.rule("OB30-R-196", "OB30-R-206")
def scopes_are_checked(evidence: Evidence) -> Iterator[Observation]:
    """A scope that the host does not know is not granted."""
    evidence.flow()
    known = evidence.all_scopes[0]
    for scopes in ((_UNKNOWN_SCOPE,), (known, _UNKNOWN_SCOPE)):
        request = evidence.authorization_request(scopes=scopes)
        ended = _asked(evidence, request)
        sent = sent_with(ended.address)
        if "code" in sent and _UNKNOWN_SCOPE in sent.get("scope", "").split():
            yield _found(ended, "OB30-R-196", f"{_UNKNOWN_SCOPE} is not granted", f"scope is {sent['scope'][:200]}")
        elif "code" in sent or scopes != (_UNKNOWN_SCOPE,):
            yield Held(evidence=ended.evidence[-1:])
        else:
            yield from _refused(evidence, request, ended, "a request for no scope that is known", worded_only=True)


# State

#: States that are tried in any case: everything that is written otherwise in a query, and blanks at both ends.
_STATES = (_PRINTABLE[1:], " a state ~ with blanks at both ends ")


def _states(evidence: Evidence) -> st.SearchStrategy[str]:
    """Return states as RFC 6749 has them (A.5), with everything that is written otherwise in a query."""
    plain = st.text(_PRINTABLE, min_size=1, max_size=60)
    parts = st.sampled_from(
        ["%", "%20", "%2B", "+", "&", "=", "#", ";", "/", "?", "\\", '"', "<b>", "  ", "~", "a=b&c=d"]
    )
    awkward = st.lists(parts, min_size=1, max_size=8).map("".join)
    long = st.integers(300, _LONG).map(lambda length: ("0123456789abcdef~+%&" * length)[:length])
    return st.one_of(plain, awkward, long) if evidence.logins.is_scripted else plain


@RULES.rule("OB30-R-199", "OB30-R-206")
def any_state_comes_back(evidence: Evidence) -> Iterator[Observation]:
    """Whatever the state is, it comes back the same, with a code and with an error."""
    evidence.flow()

    def judge(state: str) -> Iterator[Observation]:
        request = evidence.authorization_request(state=state)
        if evidence.logins.is_scripted:
            yield from _same_state(evidence.authorize(request), state, "OB30-R-199")
        changes = {"response_type": "skillmark"}
        yield from _same_state(_asked(evidence, request, changes), state, "OB30-R-206")

    for state in evidence.cases(_STATES):
        yield from judge(state)
    yield from explore(
        _states(evidence), judge, depth=evidence.context.depth, seed=evidence.context.seed_of("hosts.any_state")
    )


def _same_state(ended: Ended, state: str, requirement: str) -> Iterator[Observation]:
    if not ended.address:
        # That somebody is sent back at all is judged by other checks.
        return
    given = sent_with(ended.address).get("state")
    if given == state:
        yield Held(evidence=ended.evidence[-1:])
    else:
        actual = "none" if given is None else f"{given!r:.200}"
        yield _found(ended, requirement, f"the state comes back as it was sent: {state!r:.200}", actual, cause="state")


# What comes back when something is wrong


@RULES.rule("OB30-R-206")
def a_no_is_told(evidence: Evidence) -> Iterator[Observation]:
    """Whoever says no is sent back with access_denied and the state.

    Raises:
        Untested: nobody was asked, or there is no way to say no.
    """
    request = evidence.authorization_request()
    ended = evidence.authorize(request, decision=DENY, is_fresh=True)
    sent = sent_with(ended.address)
    if "code" in sent and ended.was_asked:
        yield _found(ended, "OB30-R-206", "no code where somebody said no", "a code")
    elif not ended.address and ended.was_asked and ended.is_final:
        yield _found(ended, "OB30-R-206", "whoever says no is sent back with an error", ended.problem)
    elif not ended.address or "code" in sent or not ended.was_asked:
        raise Untested(f"Nobody could say no: {ended.problem or 'the host asks nobody'}.")
    else:
        yield from _as_error(evidence, request, ended, sent, expected_error="access_denied")


@RULES.rule("OB30-R-206")
def failures_are_told(evidence: Evidence) -> Iterator[Observation]:
    """A request with something wrong in it is sent back with an error and the state."""
    evidence.flow()
    for changes, what, dispute in (
        ({"response_type": "skillmark"}, "a response_type that nobody knows", ""),
        ({"response_type": None}, "a request without response_type", ""),
        ({"response_type": "token"}, "response_type token", ""),
        ({"scope": None}, "a request without scope", _CLIENTS_DUTY),
        ({"state": None}, "a request without state", _CLIENTS_DUTY),
        ({"code_challenge_method": "skillmark"}, "a code_challenge_method that nobody knows", _CLIENTS_DUTY),
        ({"code_challenge_method": None}, "a request without code_challenge_method", _CLIENTS_DUTY),
    ):
        request = evidence.authorization_request()
        ended = _asked(evidence, request, changes)
        state = None if changes.get("state", "") is None else request.state
        in_fragment = changes.get("response_type") == "token"
        yield from _refused(evidence, request, ended, what, dispute=dispute, state=state, in_fragment=in_fragment)


def _asked(
    evidence: Evidence,
    request: AuthorizationRequest,
    changes: Mapping[str, str | None] | None = None,
    returns: Sequence[str] = (),
) -> Ended:
    """Return where a request ends that should not be granted: without signing in where that says enough, or a person would."""
    if evidence.logins.sees_pages:
        return evidence.authorize(request, changes=changes, returns=returns)
    address = request.address(evidence.description().authorization_url, changes)
    ended = evidence.logins.look(address, returns=(*request.client.redirect_uris, *returns))
    is_told = ended.address or (ended.is_final and (ended.status or 0) >= _REFUSED)
    if is_told or not evidence.logins.is_scripted:
        return ended
    return evidence.authorize(request, changes=changes, returns=returns)


def _refused(
    evidence: Evidence,
    request: AuthorizationRequest,
    ended: Ended,
    what: str,
    *,
    dispute: str = "",
    state: str | None = "",
    worded_only: bool = False,
    in_fragment: bool = False,
) -> Iterator[Observation]:
    """Yield whether a request was refused by a redirect with an error; the implicit grant has it in the fragment.

    Raises:
        CannotTell: no answer came, or it needs a person to go on.
    """
    sent = sent_with(ended.address)
    tokens = dict(parse_qsl(urlsplit(ended.address).fragment)) if ended.address else {}
    if ended.is_hidden or not (ended.address or ended.is_final):
        raise CannotTell(f"{what}: {ended.problem}.")
    if "code" in sent or "access_token" in tokens:
        given = "a code" if "code" in sent else "a token in the fragment"
        yield _found(ended, "OB30-R-206", f"{what} is sent back with an error", given, dispute=dispute)
    elif not ended.address:
        text = dispute or ("What to do with it may depend on the scope." if worded_only else "")
        yield _found(ended, "OB30-R-206", f"{what} is sent back with an error", ended.problem, dispute=text)
    else:
        told = tokens | sent if in_fragment else sent
        yield from _as_error(evidence, request, ended, told, state=request.state if state == "" else state)


def _as_error(
    evidence: Evidence,
    request: AuthorizationRequest,
    ended: Ended,
    sent: Mapping[str, str],
    *,
    state: str | None = "",
    expected_error: str = "",
) -> Iterator[Observation]:
    shown = ended.evidence[-1:]
    expected_state = request.state if state == "" else state
    # What comes after # is no query, so an error there is none (RFC 6749, 4.1.2.1).
    found: list[Observation] = [*redirect_findings(evidence, "OB30-R-206", sent, state=expected_state, shown=shown)]
    if expected_error and not found and sent.get("error") != expected_error:
        found.append(_found(ended, "OB30-R-206", f"error is {expected_error}", f"{sent.get('error')!r:.80}"))
    yield from found or [Held(evidence=shown)]


# Redirect URIs


def _foreign(known: str) -> Iterator[tuple[str, str]]:
    """Yield addresses that are not registered, and how each is made of one that is."""
    parts = urlsplit(known)
    host, path = parts.netloc, parts.path
    yield "https://elsewhere.example/callback", "another host"
    yield f"https://{host}{path}/more", "a registered one and more of a path"
    yield f"https://{host}{path}2", "a registered one and one more character"
    yield f"https://{host}{path.rpartition('/')[0]}/", "a part of a registered one"
    yield f"https://{host}.elsewhere.example{path}", "a host that begins as the registered one"
    yield f"https://{host}@elsewhere.example{path}", "the registered host as the name of a user"
    yield f"https://elsewhere.{host}{path}", "a host below the registered one"
    yield f"https://{host}{path}?elsewhere=1", "a registered one with a query"
    yield f"http://{host}{path}", "a registered one with plain http"
    yield f"https://{host}{path}/../elsewhere", "a registered one that is left by its path"


@RULES.rule("OB30-R-205", "OB30-R-204")
def nobody_is_sent_to_unknown_addresses(evidence: Evidence) -> Iterator[Observation]:
    """Whoever comes with a redirect URI that the client did not register stays, and is told so."""
    evidence.flow()
    other = evidence.client("second").redirect_uri
    request = evidence.authorization_request()
    variants = [*_foreign(request.redirect_uri), (other, "one of another client")]
    for address, what in variants:
        ended = _with_redirect_uri(evidence, request, address, returns=[address])
        yield from _stays(request, ended, what)


@RULES.rule("OB30-R-205")
def nobody_is_sent_away_without_client(evidence: Evidence) -> Iterator[Observation]:
    """Where the client is not known, no redirect URI is."""
    evidence.flow()
    request = evidence.authorization_request()
    for client_id, what in (("skillmark-nobody", "an unknown client"), (None, "no client")):
        ended = _asked(evidence, request, {"client_id": client_id})
        if ended.is_hidden:
            raise CannotTell(f"{what}: {ended.problem}.")
        if ended.address:
            yield _found(ended, "OB30-R-205", f"no redirect for {what}", f"a redirect to {ended.address[:200]}")
        else:
            yield Held(evidence=ended.evidence[-1:])


def _with_redirect_uri(
    evidence: Evidence, request: AuthorizationRequest, address: str | None, *, returns: list[str]
) -> Ended:
    return _asked(evidence, request, {"redirect_uri": address}, returns)


def _stays(request: AuthorizationRequest, ended: Ended, what: str) -> Iterator[Observation]:
    if ended.is_hidden and not ended.is_final:
        raise CannotTell(f"{what}: {ended.problem}.")
    if ended.address and not is_return(ended.address, request.client.redirect_uris):
        yield _found(
            ended,
            "OB30-R-205",
            f"no redirect to {what}",
            f"a redirect there{', with a code' if 'code' in sent_with(ended.address) else ''}: this is a security hole",
            cause="redirect to an unknown address",
        )
        return
    yield Held(evidence=ended.evidence[-1:])
    if ended.address:
        actual = "a redirect to a registered one"
        yield _found(
            ended, "OB30-R-204", f"a page that tells of the wrong redirect URI ({what})", actual, cause="not told"
        )
    elif not ended.is_final or not ended.has_text or (ended.status or 0) >= _FAILED:
        actual = ended.problem or "a blank page"
        yield _found(
            ended, "OB30-R-204", f"a page that tells of the wrong redirect URI ({what})", actual, cause="not told"
        )


@RULES.rule("OB30-R-206")
def a_redirect_uri_is_needed(evidence: Evidence) -> Iterator[Observation]:
    """A request without a redirect URI is not granted, where the client has several."""
    evidence.flow()
    request = evidence.authorization_request()
    ended = _with_redirect_uri(evidence, request, None, returns=[])
    if ended.is_hidden:
        raise CannotTell(f"A request without redirect_uri: {ended.problem}.")
    if "code" in sent_with(ended.address):
        expected = "no code for a request without redirect_uri"
        yield _found(ended, "OB30-R-206", expected, "a code", dispute=_CLIENTS_DUTY)
    else:
        yield Held(evidence=ended.evidence[-1:])


def _found(
    ended: Ended, requirement: str, expected: str, actual: str, *, dispute: str = "", cause: str = ""
) -> Finding:
    return Finding(
        requirement=requirement,
        expected=expected,
        actual=actual,
        evidence=ended.evidence[-2:],
        dispute=dispute,
        cause=cause,
    )
