"""Hosts that answer authorization requests badly (Open Badges API Security, Authorization Request and Response)."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from skillmark.faults.hosts.behaving import HTML, answers, hears, said
from skillmark.faults.hosts.fault import fault
from skillmark.faults.hosts.ledger import query_of
from skillmark.faults.provider import Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.hosts.behaving import Behaviour, Make
    from skillmark.faults.hosts.calls import Call, Pairs
    from skillmark.faults.hosts.world import Host

_BROWSER = ("authorize", "signIn", "decide")
_REQUEST, _PROOF, _REDIRECT, _SCOPE = "OB30-R-193", "OB30-R-194", "OB30-R-195", "OB30-R-196"
_STATE, _GRANTED, _TELL, _NOWHERE, _ERRORS = "OB30-R-197", "OB30-R-199", "OB30-R-204", "OB30-R-205", "OB30-R-206"
_VERIFIER = "the-verifier-of-a-host-that-knows-better-than-clients"
_CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(_VERIFIER.encode()).digest()).rstrip(b"=").decode()
_STOLEN = "Who steals a code gets the tokens."
_SENT_AWAY = "Codes end at somebody who was never registered."
_FORGED = "A client cannot tell its own logins from forged ones."


def _fills(name: str, value: Callable[[Call, Host], str]) -> Make:
    """Return a host that does without a parameter."""

    def behaviour(call: Call, host: Host) -> Given:
        if call.operation == "authorize" and not call.parameter(name):
            return host.answer(call.asking(**{name: value(call, host)}))
        return host.answer(call)

    return lambda: behaviour


def _registered(name: str) -> Callable[[Call, Host], str]:
    def value(call: Call, host: Host) -> str:
        known = host.ledger.registered.get(call.parameter("client_id") or "", {}).get(name, "")
        return str(known[0]) if isinstance(known, list) else str(known)

    return value


def _sends(change: Callable[[Pairs], Pairs], *, of: str = "code", mark: str = "?") -> Make:
    """Return a host that sends browsers back with other parameters, where one of them is there."""

    def changed(_: Call, given: Given) -> Given:
        location = given.headers.get("location", "")
        if of not in query_of(location):
            return given
        place, query = location.split("?", 1)
        pairs = change(tuple(parse_qsl(query, keep_blank_values=True)))
        given.headers["location"] = f"{place}{mark}{urlencode(pairs, quote_via=quote)}"
        return given

    return answers(_BROWSER, changed)


def _value(name: str, change: Callable[[str], str]) -> Callable[[Pairs], Pairs]:
    return lambda pairs: tuple((key, change(value) if key == name else value) for key, value in pairs)


def _without(name: str) -> Callable[[Pairs], Pairs]:
    return lambda pairs: tuple(pair for pair in pairs if pair[0] != name)


class _LooseRedirects:
    """Sends browsers to addresses that were not registered, if they look like one that was."""

    def __init__(self, alike: Callable[[str, str], bool]) -> None:
        self._alike = alike
        #: Address that was asked for, and the one that was registered, by state.
        self._taken: dict[str, tuple[str, str]] = {}

    def __call__(self, call: Call, host: Host) -> Given:
        if call.operation == "authorize":
            call = self._opened(call, host)
        known = dict(self._taken.values())
        if call.operation == "token" and call.form.get("redirect_uri") in known:
            call = call.filled(redirect_uri=known[call.form["redirect_uri"]])
        given = host.answer(call)
        taken = self._taken.get(call.parameter("state") or "") if call.operation in _BROWSER else None
        location = given.headers.get("location", "")
        if taken and location.startswith(taken[1]):
            given.headers["location"] = taken[0] + location.removeprefix(taken[1])
        return given

    def _opened(self, call: Call, host: Host) -> Call:
        asked = call.parameter("redirect_uri") or ""
        known = host.ledger.registered.get(call.parameter("client_id") or "", {}).get("redirect_uris", [])
        alike = next((each for each in known if self._alike(asked, each)), None)
        if not asked or asked in known or alike is None:
            return call
        self._taken[call.parameter("state") or ""] = asked, alike
        return call.asking(redirect_uri=alike)


def _loose(alike: Callable[[str, str], bool]) -> Make:
    return lambda: _LooseRedirects(alike)


def _is_unknown(call: Call, given: Given) -> bool:
    return call.operation == "authorize" and given.status == 400 and bool(call.parameter("redirect_uri"))


def _unknown(change: Callable[[Call, Given], Given]) -> Make:
    """Return a host that answers badly when it does not know where it may send browsers."""
    return answers("authorize", lambda call, given: change(call, given) if _is_unknown(call, given) else given)


def _complains_there(call: Call, _: Given) -> Given:
    place = call.parameter("redirect_uri") or ""
    query = urlencode({"error": "invalid_request", "state": call.parameter("state") or ""})
    return Given(status=302, headers={"location": f"{place}{'&' if '?' in place else '?'}{query}"}, body=b"")


def _stays(given: Given) -> Make:
    """Return a host that does not send browsers back with errors."""

    def changed(_: Call, answer: Given) -> Given:
        return given if "error" in query_of(answer.headers.get("location", "")) else answer

    return answers(_BROWSER, changed)


def _takes_no_for_yes() -> Behaviour:
    def behaviour(call: Call, host: Host) -> Given:
        if call.operation == "decide" and call.form.get("decision") == "deny":
            return host.answer(call.filled(decision="allow"))
        return host.answer(call)

    return behaviour


class _Proofs:
    """Decides by itself whether a verifier is good: the healthy host is shown a challenge of this host's own."""

    def __init__(self, accepts: Callable[[str, str], bool], *, methods: tuple[str, ...], is_optional: bool) -> None:
        self._accepts = accepts
        self._methods = methods
        self._is_optional = is_optional
        self._by_state: dict[str, str] = {}
        self._by_code: dict[str, str] = {}

    def __call__(self, call: Call, host: Host) -> Given:
        state = call.parameter("state") or ""
        if call.operation == "authorize" and self._knows(call):
            self._by_state[state] = call.parameter("code_challenge") or ""
            call = call.asking(code_challenge=_CHALLENGE, code_challenge_method="S256")
        if call.operation == "token":
            call = self._judged(call)
        given = host.answer(call)
        code = query_of(given.headers.get("location", "")).get("code") if call.operation in _BROWSER else None
        if code:
            self._by_code[code] = self._by_state.get(state, "")
        return given

    def _knows(self, call: Call) -> bool:
        challenge = call.parameter("code_challenge")
        if not challenge:
            return self._is_optional
        # A browser comes again with what it was shown.
        return challenge != _CHALLENGE and call.parameter("code_challenge_method") in self._methods

    def _judged(self, call: Call) -> Call:
        form = call.form
        challenge = self._by_code.get(form.get("code", ""))
        if challenge is None or (challenge and not self._accepts(form.get("code_verifier", ""), challenge)):
            return call
        return call.filled(code_verifier=_VERIFIER)


def _challenge_of(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _proving(
    accepts: Callable[[str, str], bool], *, methods: tuple[str, ...] = ("S256",), is_optional: bool = False
) -> Make:
    return lambda: _Proofs(accepts, methods=methods, is_optional=is_optional)


def _proves(verifier: str, challenge: str) -> bool:
    return _challenge_of(verifier) == challenge


def _host(address: str) -> str | None:
    return urlsplit(address).hostname


FAULTS = (
    fault(
        "asks-without-response-type",
        _ERRORS,
        _REQUEST,
        effect="A client cannot tell what it will get.",
        make=_fills("response_type", lambda _, __: "code"),
    ),
    # What a client leaves out breaks the clause by itself; that a host has to refuse it is said of no other parameter.
    *(
        fault(
            f"asks-without-{name.replace('_', '-')}",
            _ERRORS,
            _REQUEST,
            effect=effect,
            make=_fills(name, value),
            disputed=True,
        )
        for name, value, effect in (
            ("redirect_uri", _registered("redirect_uris"), _SENT_AWAY),
            ("scope", _registered("scope"), "A client that asks for nothing gets everything."),
            ("state", lambda _, __: "none", _FORGED),
            ("code_challenge_method", lambda _, __: "S256", "A challenge means what the host guesses."),
        )
    ),
    fault(
        "does-without-challenges",
        _PROOF,
        _REQUEST,
        effect=_STOLEN,
        make=_proving(_proves, is_optional=True),
    ),
    fault(
        "takes-every-response-type",
        _REQUEST,
        _ERRORS,
        effect="A client that asks for a token in the address gets something else.",
        make=hears("authorize", lambda call: call.asking(response_type="code")),
    ),
    fault(
        "takes-plain-challenges",
        _PROOF,
        _REQUEST,
        effect=_STOLEN,
        disputed=True,
        make=_proving(
            lambda verifier, challenge: challenge in {verifier, _challenge_of(verifier)}, methods=("S256", "plain")
        ),
    ),
    fault("checks-no-verifier", _PROOF, effect=_STOLEN, make=_proving(lambda _, __: True)),
    fault(
        "does-without-verifier",
        _PROOF,
        "OB30-R-208",
        effect=_STOLEN,
        make=_proving(lambda verifier, challenge: not verifier or _proves(verifier, challenge)),
    ),
    fault(
        "takes-the-challenge-for-the-verifier",
        _PROOF,
        effect=_STOLEN,
        make=_proving(lambda verifier, challenge: verifier == challenge or _proves(verifier, challenge)),
    ),
    fault(
        "checks-that-there-is-a-verifier",
        _PROOF,
        effect=_STOLEN,
        make=_proving(lambda verifier, _: len(verifier) >= 43),
    ),
    fault(
        "cuts-long-verifiers",
        _PROOF,
        effect="Clients with long verifiers are shut out.",
        make=hears("token", lambda call: call.filled(code_verifier=call.form.get("code_verifier", "")[:64])),
    ),
    fault("redirects-anywhere", _NOWHERE, _REDIRECT, effect=_SENT_AWAY, make=_loose(lambda _, __: True)),
    fault(
        "redirects-to-what-begins-alike",
        _NOWHERE,
        _REDIRECT,
        effect=_SENT_AWAY,
        make=_loose(lambda asked, known: asked.startswith(known)),
    ),
    fault(
        "redirects-within-a-host",
        _REDIRECT,
        _NOWHERE,
        effect=_SENT_AWAY,
        make=_loose(lambda asked, known: _host(asked) == _host(known)),
    ),
    fault(
        "complains-at-unknown-addresses",
        _NOWHERE,
        effect="Anybody can make it an open door.",
        make=_unknown(_complains_there),
    ),
    fault(
        "shows-a-blank-page",
        _TELL,
        effect="A person does not learn what went wrong.",
        make=_unknown(lambda _, __: Given(status=400, headers=dict(HTML), body=b"")),
    ),
    fault("sends-no-code", _GRANTED, effect="Nobody gets in.", make=_sends(_without("code"))),
    fault(
        "sends-no-scope",
        _SCOPE,
        _GRANTED,
        effect="A client does not learn what it was allowed.",
        make=_sends(_without("scope")),
    ),
    fault("sends-no-state", _STATE, _GRANTED, effect=_FORGED, make=_sends(_without("state"))),
    fault(
        "grants-more-than-was-asked",
        _SCOPE,
        effect="A client gets what nobody allowed.",
        make=_sends(_value("scope", lambda scope: f"{scope} https://host.example/scope/admin")),
    ),
    fault("cuts-states", _STATE, _GRANTED, effect=_FORGED, make=_sends(_value("state", lambda state: state[:16]))),
    fault(
        "encodes-states-twice",
        _STATE,
        _GRANTED,
        effect=_FORGED,
        make=_sends(_value("state", lambda state: quote(state, safe=""))),
    ),
    fault(
        "writes-states-in-lower-case",
        _STATE,
        _GRANTED,
        effect=_FORGED,
        make=_sends(_value("state", lambda state: state.lower())),
    ),
    fault(
        "strips-states",
        _STATE,
        _GRANTED,
        effect=_FORGED,
        make=_sends(_value("state", lambda state: " ".join(state.split()))),
    ),
    fault(
        "makes-states-of-its-own",
        _STATE,
        _GRANTED,
        effect=_FORGED,
        make=_sends(_value("state", lambda _: "a-state-of-the-host")),
    ),
    fault(
        "sends-codes-in-the-fragment",
        _GRANTED,
        effect="The client's server never sees the code.",
        make=_sends(lambda pairs: pairs, mark="#"),
    ),
    fault(
        "takes-no-for-yes",
        _ERRORS,
        effect="A client gets what a person refused.",
        make=_takes_no_for_yes,
    ),
    fault(
        "sends-errors-without-state",
        _ERRORS,
        _STATE,
        effect=_FORGED,
        make=_sends(_without("state"), of="error"),
    ),
    fault(
        "sends-errors-without-a-code",
        _ERRORS,
        effect="A client does not learn that it was refused.",
        make=_sends(_without("error"), of="error"),
    ),
    fault(
        "sends-errors-in-its-own-words",
        _ERRORS,
        effect="A client cannot tell what went wrong.",
        make=_sends(_value("error", lambda _: "denied_by_user"), of="error"),
    ),
    fault(
        "quotes-in-descriptions",
        _ERRORS,
        effect="What a client writes into a header breaks it.",
        make=_sends(_value("error_description", lambda _: 'The "person" said no.'), of="error"),
    ),
    fault(
        "describes-errors-in-other-letters",
        _ERRORS,
        effect="What a client writes into a header breaks it.",
        make=_sends(_value("error_description", lambda _: "Die Person hat für sich entschieden: nein."), of="error"),
    ),
    fault(
        "links-errors-with-blanks",
        _ERRORS,
        effect="A link leads nowhere.",
        make=_sends(lambda pairs: (*pairs, ("error_uri", "https://host.example/errors/access denied")), of="error"),
    ),
    fault(
        "keeps-errors-to-itself",
        _ERRORS,
        effect="A client waits for ever.",
        make=_stays(Given(status=200, headers=dict(HTML), body=b"<p>This did not work.</p>")),
    ),
    fault(
        "answers-browsers-with-json",
        _ERRORS,
        effect="A client waits for ever.",
        make=_stays(said(400, {"error": "access_denied"})),
    ),
    fault(
        "sends-errors-in-the-fragment",
        _ERRORS,
        effect="The client's server never sees the error.",
        make=_sends(lambda pairs: pairs, of="error", mark="#"),
    ),
)
