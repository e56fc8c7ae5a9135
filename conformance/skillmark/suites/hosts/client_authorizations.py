"""How a product gets, uses and gives back tokens (Open Badges API Security, from Authorization Request on)."""

from __future__ import annotations

import base64
import collections
import hashlib
import re
from typing import TYPE_CHECKING

from skillmark.core.errors import NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.hosts.client_evidence import client_calls
from skillmark.suites.hosts.rules import RULES
from skillmark.wire.peers.calls import Round

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.hosts.asking import Asking
    from skillmark.suites.hosts.client_evidence import ClientCalls, Redemption
    from skillmark.wire.peers.calls import Call

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)
_HINTS = frozenset({"access_token", "refresh_token"})
_FORM = "application/x-www-form-urlencoded"


def _authorizations(evidence: Asking) -> list[Call]:
    """Return the authorization requests.

    Raises:
        Untested: There are none.
    """
    found = client_calls(evidence).of("authorize")
    if not found:
        raise Untested("The product sent no authorization request.")
    return found


@RULES.rule("OB30-R-193")
def authorization_requests_are_whole(evidence: Asking) -> Iterator[Observation]:
    """An authorization request has its seven parameters in the query, each once, with a S256 challenge, over TLS."""
    required = evidence.service.operations["authorize"].required
    for call in _authorizations(evidence):
        wrong = [*_missing(call, required), *_unfit(call)]
        yield from wrong
        if not wrong:
            yield Held(evidence=(call.id,))


def _departs(call: Call, expected: str, actual: str) -> Finding:
    return Finding(requirement="OB30-R-193", expected=expected, actual=actual, evidence=(call.id,))


def _missing(call: Call, required: tuple[str, ...]) -> Iterator[Finding]:
    counts = collections.Counter(name for name, value in call.query if value)
    for name in required:
        if counts[name] != 1:
            actual = "it is missing or empty" if not counts[name] else f"it is there {counts[name]} times"
            yield _departs(call, f"{name} is there once, in the query", actual)


def _unfit(call: Call) -> Iterator[Finding]:
    given = dict(call.query)
    for name, wanted in (("response_type", "code"), ("code_challenge_method", "S256")):
        if given.get(name) and given[name] != wanted:
            yield _departs(call, f"{name} is {wanted}", f"it is {given[name]!r:.60}")
    challenge = given.get("code_challenge", "")
    if challenge and not _CHALLENGE.fullmatch(challenge):
        yield _departs(call, "code_challenge is the BASE64URL of a SHA-256 digest, 43 characters", f"{challenge!r:.80}")
    if call.method != "GET":
        yield _departs(call, "the browser is redirected: GET", call.method)
    if not call.is_secure:
        yield _departs(call, "TLS 1.2 or 1.3", "plain http")


@RULES.rule("OB30-R-193")
def challenges_are_those_of_their_verifiers(evidence: Asking) -> Iterator[Observation]:
    """The code_challenge is the S256 transformation of the verifier that comes with the code, and a new one each time."""
    calls = client_calls(evidence)
    redeemed = [each for each in calls.redemptions if each.call.form.get("code_verifier")]
    if not redeemed:
        raise Untested("The product redeemed no code with a code_verifier.")
    seen: dict[str, Redemption] = {}
    for each in redeemed:
        verifier = each.call.form["code_verifier"]
        shown = (each.authorization.id, each.call.id)
        digest = hashlib.sha256(verifier.encode("utf-8", "replace")).digest()
        wanted = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        given = dict(each.authorization.query).get("code_challenge")
        if given != wanted:
            yield Finding(
                requirement="OB30-R-193",
                expected="code_challenge is the S256 transformation of the verifier (RFC 7636, 4.2)",
                actual="it is the verifier itself" if given == verifier else "it is that of another one",
                evidence=shown,
            )
        elif (before := seen.setdefault(verifier, each)).authorization is not each.authorization:
            yield Finding(
                requirement="OB30-R-193",
                expected="every authorization request has a verifier of its own",
                actual="two have the same",
                evidence=(before.authorization.id, *shown),
                dispute="RFC 7636, 4.1, recommends random verifiers; the clause says nothing of it.",
            )
        else:
            yield Held(evidence=shown)


@RULES.rule("OB30-R-195")
def redirect_uris_are_registered(evidence: Asking) -> Iterator[Observation]:
    """The redirect_uri of an authorization request is one that the client registered."""
    calls = client_calls(evidence)
    is_unknown = True
    for call in _authorizations(evidence):
        given = dict(call.query)
        registration = calls.registration_of(given.get("client_id", ""))
        if registration is None or not isinstance(registration.json, dict):
            continue
        is_unknown = False
        listed = registration.json.get("redirect_uris")
        registered = listed if isinstance(listed, list) else [listed]
        if given.get("redirect_uri") in registered:
            yield Held(evidence=(registration.id, call.id))
        else:
            yield Finding(
                requirement="OB30-R-195",
                expected="redirect_uri is one of those that were registered, letter by letter",
                actual=f"it is {given.get('redirect_uri')!r:.120}; registered are {registered!r:.200}",
                evidence=(registration.id, call.id),
            )
    if is_unknown:
        raise Untested("The product asks as a client that did not register here, whose addresses nobody knows.")


# State


@RULES.rule("OB30-R-197")
def states_are_drawn_anew(evidence: Asking) -> Iterator[Observation]:
    """Every authorization request has a state of its own."""
    seen: dict[str, Call] = {}
    for call in _authorizations(evidence):
        state = dict(call.query).get("state", "")
        if state and state in seen and seen[state].query != call.query:
            yield Finding(
                requirement="OB30-R-197",
                expected="a state that nobody can know before, and so a new one for each request",
                actual=f"two requests have the state {state[:60]!r}",
                evidence=(seen[state].id, call.id),
            )
        elif state:
            seen[state] = call
            yield Held(evidence=(call.id,))


@RULES.rule("OB30-R-197")
def another_state_is_refused(evidence: Asking) -> Iterator[Observation]:
    """A code that comes back with another state is not redeemed."""
    calls = client_calls(evidence)
    answered = [each for each in calls.of("authorize") if each.gave.is_state_changed]
    if not answered:
        raise Untested("The product sent no authorization request while the host gave back another state.")
    for call in answered:
        used = next((each for each in calls.calls if _has(each, call.gave.code) and each is not call), None)
        if used is not None:
            yield Finding(
                requirement="OB30-R-197",
                expected="a code that comes with another state than the one that was sent is not redeemed",
                actual=f"it was sent to {used.url}",
                evidence=(call.id, used.id),
            )
        else:
            yield Held(evidence=(call.id,))


def _has(call: Call, code: str) -> bool:
    return code in dict(call.query).values() or code in call.form.values()


# Codes and tokens


@RULES.rule("OB30-R-207")
def codes_are_redeemed_at_the_token_url(evidence: Asking) -> Iterator[Observation]:
    """A code is redeemed at the token URL."""
    calls = client_calls(evidence)
    given = [each for each in calls.of("authorize", rounds=(Round.HEALTHY,)) if each.gave.code]
    if not given:
        raise Untested("The product was given no code.")
    redeemed = {each.authorization.id: each.call for each in calls.redemptions}
    for call in given:
        elsewhere = next((e for e in calls.calls if e.operation != "token" and _has(e, call.gave.code)), None)
        if call.id in redeemed and elsewhere is None:
            yield Held(evidence=(call.id, redeemed[call.id].id))
        elif elsewhere is not None:
            yield _not_redeemed(call, f"it was sent to {elsewhere.method} {elsewhere.url}", elsewhere)
    if not redeemed:
        calls.missing("A request for a token")
        yield _not_redeemed(given[0], "it was not redeemed", given[0])


def _not_redeemed(call: Call, actual: str, other: Call) -> Finding:
    return Finding(
        requirement="OB30-R-207",
        expected="the code is redeemed at the token URL, and sent nowhere else",
        actual=actual,
        evidence=tuple(dict.fromkeys((call.id, other.id))),
    )


@RULES.rule("OB30-R-208")
def token_requests_are_whole(evidence: Asking) -> Iterator[Observation]:
    """A token request is a form with its five fields, by a client that shows who it is with HTTP Basic."""
    calls = client_calls(evidence)
    made = calls.token_requests
    if not made:
        raise Untested("The product sent no token request.")
    redeemed = {each.call.id: each for each in calls.redemptions}
    for call in made:
        problems = [*_form_problems(call, calls), *_basic_problems(call, calls), *_pair_problems(redeemed.get(call.id))]
        for expected, actual in problems:
            yield Finding(requirement="OB30-R-208", expected=expected, actual=actual, evidence=(call.id,))
        if not problems:
            yield Held(evidence=(call.id,))


def _form_problems(call: Call, calls: ClientCalls) -> Iterator[tuple[str, str]]:
    if call.method != "POST":
        yield "POST", call.method
    if not call.is_form:
        yield f"a form with Content-Type {_FORM}", f"Content-Type {call.media_type or 'is missing'}"
    counts = collections.Counter(name for name, value in call.fields if value)
    for name in calls.service.operations["token"].required:
        if counts[name] != 1:
            actual = "it is missing or empty" if not counts[name] else f"it is there {counts[name]} times"
            yield f"the field {name} once", actual
    if call.form.get("grant_type", "authorization_code") != "authorization_code":
        yield "grant_type authorization_code", f"{call.form['grant_type']!r:.60}"
    verifier = call.form.get("code_verifier", "")
    if verifier and not _VERIFIER.fullmatch(verifier):
        yield "a code_verifier of 43 to 128 unreserved characters (RFC 7636, 4.1)", f"it has {len(verifier)} characters"


def _basic_problems(call: Call, calls: ClientCalls) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with how the client shows who it is; of a client from elsewhere nobody knows the secret."""
    if call.form.get("client_secret"):
        yield "the secret of the client in the Basic header only", "it is in the body"
    if call.basic is None:
        yield "Authorization: Basic with client_id and client_secret", "there is no such header"
        return
    identifier, secret = call.basic
    registration = calls.registration_of(identifier)
    if registration is not None and secret != registration.gave.client_secret:
        yield "the secret that the registration gave", "it is another one"


def _pair_problems(redemption: Redemption | None) -> Iterator[tuple[str, str]]:
    """Yield where a token request departs from the authorization request that it belongs to."""
    if redemption is None:
        return
    asked, form = dict(redemption.authorization.query), redemption.call.form
    if form.get("redirect_uri") and form["redirect_uri"] != asked.get("redirect_uri"):
        yield "the redirect_uri of the authorization request", "it is another one"
    extra = sorted(set(form.get("scope", "").split()) - set(asked.get("scope", "").split()))
    if extra:
        yield "scopes of the authorization request", f"{' '.join(extra)[:160]} was not asked for there"
    identifier = redemption.call.basic[0] if redemption.call.basic else form.get("client_id", "")
    if identifier and asked.get("client_id") and identifier != asked["client_id"]:
        yield "the client of the authorization request", "it is another one"


@RULES.rule("OB30-R-217")
def revocations_are_whole(evidence: Asking) -> Iterator[Observation]:
    """A revocation request is a form with token and token_type_hint."""
    made = client_calls(evidence).of("revokeToken")
    if not made:
        raise NotApplicable("The product revokes no tokens.")
    for call in made:
        problems = list(_revocation_problems(call))
        for expected, actual in problems:
            yield Finding(requirement="OB30-R-217", expected=expected, actual=actual, evidence=(call.id,))
        if not problems:
            yield Held(evidence=(call.id,))


def _revocation_problems(call: Call) -> Iterator[tuple[str, str]]:
    if call.method != "POST" or not call.is_form:
        yield (
            f"POST of a form with Content-Type {_FORM}",
            f"{call.method} with Content-Type {call.media_type or 'missing'}",
        )
    if not call.form.get("token"):
        yield "the field token", "it is missing or empty"
    hint = call.form.get("token_type_hint", "")
    if hint not in _HINTS:
        yield "the field token_type_hint: access_token or refresh_token", f"{hint!r:.60}" if hint else "it is missing"
