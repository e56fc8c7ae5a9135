"""Hosts that look badly at tokens and their scopes (Open Badges API, Scopes; Certification Guide, Service Provider)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.faults.hosts.behaving import HTML, answers, refused, said
from skillmark.faults.hosts.calls import PROTECTED
from skillmark.faults.hosts.fault import fault
from skillmark.faults.provider import Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.hosts.behaving import Behaviour, Make
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.world import Host

_SCOPES, _READING, _WRITING, _OWN = "OB30-R-151", "OB30-R-241", "OB30-R-247", "CLR20-R-045"
_MORE = "A client can do what nobody allowed."
_LESS = "A client cannot do what a person allowed."


def _kind(scope: str) -> str:
    """Return the end of a scope, which is the same in both standards."""
    return scope.rpartition("/")[2]


def _suffices(operation: str, *kinds: str) -> Make:
    """Return a host at which tokens with one of some scopes, or with any of them, are good for an operation too."""

    def behaviour(call: Call, host: Host) -> Given:
        grant = host.ledger.access.get(call.token)
        if call.operation != operation or grant is None:
            return host.answer(call)
        given = host.answer(call)
        held = {_kind(each) for each in grant.scopes}
        if given.status != 403 or (kinds and not held & set(kinds)):
            return given
        needed = str(host.service.operations[operation].scope)
        return host.answer(call.headed(authorization=f"Bearer {host.token_of(grant.account, (needed,))}"))

    return lambda: behaviour


def _never_looks() -> Behaviour:
    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        grant = host.ledger.access.get(call.token)
        if call.operation not in PROTECTED or given.status != 403 or grant is None:
            return given
        token = host.token_of(grant.account, tuple(host.service.scopes))
        return host.answer(call.headed(authorization=f"Bearer {token}"))

    return behaviour


def _wants_all(operation: str) -> Make:
    """Return a host at which an operation needs every scope."""

    def behaviour(call: Call, host: Host) -> Given:
        grant = host.ledger.access.get(call.token)
        if call.operation == operation and grant and set(grant.scopes) < set(host.service.scopes):
            return refused(host, 403)
        return host.answer(call)

    return lambda: behaviour


def _without_token(answer: Callable[[Call, Host], Given], *, only_missing: bool = True) -> Make:
    """Return a host that answers calls without a token in its own manner, or calls with a wrong one."""

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        is_missing = not call.headers.get("authorization")
        if call.operation in PROTECTED and given.status == 401 and is_missing is only_missing:
            return answer(call, host)
        return given

    return lambda: behaviour


def _as_somebody(call: Call, host: Host) -> Given:
    token = host.token_of("ada", tuple(host.service.scopes))
    return host.answer(call.headed(authorization=f"Bearer {token}"))


def _sends_to_login() -> Behaviour:
    """Send whoever has no token to a page for people, as frameworks do by themselves."""

    def behaviour(call: Call, host: Host) -> Given:
        if call.path == "/login":
            return Given(status=200, headers=dict(HTML), body=b"<h1>Sign in</h1>")
        given = host.answer(call)
        is_meant = call.operation in PROTECTED and given.status == 401
        return Given(status=302, headers={"location": "/login"}, body=b"") if is_meant else given

    return behaviour


def _page(_: Call, __: Host) -> Given:
    return Given(status=200, headers=dict(HTML), body=b"<h1>Sign in</h1>")


def _fails(_: Call, __: Host) -> Given:
    return said(500, {"error": "internal"})


FAULTS = (
    fault("looks-at-no-scope", _SCOPES, _READING, _WRITING, _OWN, effect=_MORE, make=_never_looks),
    fault(
        "lets-readers-write",
        _SCOPES,
        _WRITING,
        _OWN,
        effect=_MORE,
        make=_suffices("upsertCredential", "credential.readonly"),
    ),
    fault(
        "lets-writers-read",
        _SCOPES,
        _READING,
        _OWN,
        effect=_MORE,
        make=_suffices("getCredentials", "credential.upsert"),
    ),
    fault(
        "lets-readers-of-profiles-read-credentials",
        _SCOPES,
        _READING,
        effect=_MORE,
        make=_suffices("getCredentials", "profile.readonly"),
    ),
    fault(
        "lets-readers-of-credentials-read-profiles",
        _SCOPES,
        _READING,
        effect=_MORE,
        make=_suffices("getProfile", "credential.readonly"),
    ),
    fault(
        "lets-readers-of-profiles-change-them",
        _SCOPES,
        _WRITING,
        effect=_MORE,
        make=_suffices("putProfile", "profile.readonly"),
    ),
    fault("lets-everybody-read-profiles", _SCOPES, _READING, effect=_MORE, make=_suffices("getProfile")),
    fault("wants-all-scopes-to-read", _SCOPES, _READING, effect=_LESS, make=_wants_all("getCredentials")),
    fault("wants-all-scopes-to-write", _SCOPES, _WRITING, effect=_LESS, make=_wants_all("upsertCredential")),
    fault(
        "needs-no-token",
        _SCOPES,
        _READING,
        effect="Everybody reads the badges of a person.",
        make=_without_token(_as_somebody),
    ),
    fault(
        "takes-every-token",
        _SCOPES,
        _READING,
        effect="Everybody reads the badges of a person.",
        make=_without_token(_as_somebody, only_missing=False),
    ),
    fault(
        "has-empty-lists-for-strangers",
        _SCOPES,
        effect="A client believes that a person has no badges.",
        make=_without_token(lambda _, __: said(200, {})),
    ),
    fault(
        "sends-clients-to-a-login-page",
        _SCOPES,
        effect="A client reads a page for people.",
        make=_sends_to_login,
    ),
    fault(
        "shows-clients-a-login-page",
        _SCOPES,
        effect="A client reads a page for people.",
        make=_without_token(_page),
    ),
    fault(
        "fails-at-wrong-tokens",
        _SCOPES,
        "OB30-R-163",
        effect="A client does not get a new token, but tries again.",
        make=_without_token(_fails, only_missing=False),
    ),
    fault(
        "says-200-to-what-it-refuses",
        _SCOPES,
        effect="A client takes the error for an answer.",
        make=answers(
            PROTECTED, lambda _, given: Given(status=200, headers=given.headers, body=given.body), status=(401, 403)
        ),
    ),
)
