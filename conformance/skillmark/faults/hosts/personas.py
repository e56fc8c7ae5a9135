"""Hosts that are right in their own manner: what the standards leave open, each used by itself."""

from __future__ import annotations

import dataclasses
import functools
import json
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlencode

from skillmark.faults.credentials import healthy as credentials
from skillmark.faults.credentials.securing import proved
from skillmark.faults.hosts.behaving import (
    HTML,
    JSON_TYPE,
    Behaviour,
    Make,
    answers,
    as_account,
    becomes,
    bodies,
    healthy,
    is_at,
    linking,
    links_of,
    oauth_error,
    refused,
    said,
)
from skillmark.faults.hosts.browsing import crowded, detour, remembers, two_steps
from skillmark.faults.hosts.calls import PROTECTED
from skillmark.faults.hosts.ledger import query_of
from skillmark.faults.hosts.shelves import shelving
from skillmark.faults.hosts.world import URL, target_for
from skillmark.faults.provider import Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.core.target import Target
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.world import Host

Record = dict[str, Any]
_DESCRIPTION, _LIST, _UPSERT, _PUT = "getServiceDescription", "getCredentials", "upsertCredential", "putProfile"
_TOKENS = ("token", "refreshToken")
_BROWSER = ("authorize", "signIn", "decide")
_OTHER_ORIGIN = "http://127.0.0.1:8443"
_LIKE_JWT = "eyJhbGciOiJFUzI1NiIsInR5cCI6ImF0K2p3dCJ9.eyJzdWIiOiJhZGEifQ."
_ODD = "+/%2B=:"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Persona:
    """A host that has to be spared."""

    name: str
    make: Make
    target: Callable[[], Target] = target_for
    #: Requirements that may be warned of.
    warns: tuple[str, ...] = ()


def _together(*makes: Make) -> Make:
    """Return a host with several peculiarities, of which each one sees what the ones before it answered."""

    def make() -> Behaviour:
        behaviours = [each() for each in makes]

        def behaviour(call: Call, host: Host) -> Given:
            return _Layers(host, behaviours).answer(call)

        return behaviour

    return make


class _Layers:
    """A host for the outer one of several behaviours: the inner ones and the healthy host."""

    def __init__(self, host: Host, behaviours: list[Behaviour]) -> None:
        self._host = host
        self._behaviours = behaviours

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the host has
        return getattr(self._host, name)

    def answer(self, call: Call) -> Given:
        """Answer by the last behaviour, which asks the ones before it."""
        if not self._behaviours:
            return self._host.answer(call)
        inner = _Layers(self._host, self._behaviours[:-1])
        return self._behaviours[-1](call, cast("Host", inner))


def _without(at: str | tuple[str, ...], *names: str) -> Make:
    return bodies(
        at, lambda body: {name: value for name, value in body.items() if name not in names}, status=(200, 201)
    )


def _described(change: Callable[[Record], object]) -> Make:
    def changed(document: Record) -> Record:
        change(document)
        return document

    return bodies(_DESCRIPTION, changed)


def _flow(document: Record) -> Record:
    flow: Record = document["components"]["securitySchemes"]["OAuth2ACG"]["flows"]["authorizationCode"]
    return flow


def _registers_without_refresh(answer: Record) -> Record:
    return answer | {"grant_types": ["authorization_code"]}


def _absent(operation: str) -> Behaviour:
    """Have an endpoint not at all."""

    def behaviour(call: Call, host: Host) -> Given:
        is_meant = call.operation == operation
        return Given(status=404, headers=dict(HTML), body=b"<p>Nothing here.</p>") if is_meant else host.answer(call)

    return behaviour


_NO_REFRESH = _together(
    _without(_TOKENS, "refresh_token"),
    _described(lambda document: _flow(document).pop("refreshUrl")),
    bodies("registerClient", _registers_without_refresh, status=201),
    bodies("metadata", lambda body: body | {"grant_types_supported": ["authorization_code"]}),
    lambda: (
        lambda call, host: (
            oauth_error("unsupported_grant_type") if call.operation == "refreshToken" else host.answer(call)
        )
    ),
)
_NO_REVOCATION = _together(_without("metadata", "revocation_endpoint"), lambda: _absent("revokeToken"))


def _no_put_profile() -> Behaviour:
    def behaviour(call: Call, host: Host) -> Given:
        if call.operation == _PUT:
            given = refused(host, 405)
            given.headers["allow"] = "GET, HEAD"
            return given
        given = host.answer(call)
        if call.operation == _DESCRIPTION and given.status == 200:
            document = given.json
            del document["paths"]["/profile"]["put"]
            del _flow(document)["scopes"][host.service.operations[_PUT].scope]
            return given.become(document)
        return given

    return behaviour


def _not_modified() -> Behaviour:
    """Say of a credential that is there already, byte for byte, that nothing changed."""
    known: set[tuple[str, bytes]] = set()

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        if call.operation == _UPSERT and given.status in {200, 201}:
            key = host.ledger.access[call.token].account, call.body
            if key in known:
                return Given(status=304, headers={}, body=b"")
            known.add(key)
        return given

    return behaviour


def _no_tags() -> Behaviour:
    def behaviour(call: Call, host: Host) -> Given:
        if call.operation != _DESCRIPTION:
            return host.answer(call)
        given = host.answer(call.headed(if_none_match=None))
        given.headers.pop("etag", None)
        given.headers["cache-control"] = "no-cache"
        return given

    return behaviour


_MORE = _together(
    _described(lambda document: document.update({"tags": [{"name": "badges"}], "x-vendor": {"since": 2015}})),
    bodies(
        "registerClient",
        lambda answer: answer | {"registration_client_uri": f"{URL}/clients/7", "registration_access_token": "7"},
        status=201,
    ),
    bodies(_TOKENS, lambda answer: answer | {"created_at": 1_780_315_200, "user_id": 7}),
    bodies("metadata", lambda body: body | {"service_documentation": f"{URL}/help"}),
    answers(
        _BROWSER,
        lambda _, given: _readdressed(given, session_state="7") if "location" in given.headers else given,
    ),
)


def _readdressed(given: Given, **parameters: str) -> Given:
    location = given.headers["location"]
    if "code" in query_of(location) or "error" in query_of(location):
        given.headers["location"] = f"{location}&{urlencode(parameters)}"
    return given


def _marked(mark: Callable[[str], str], unmark: Callable[[str], str]) -> Make:
    """Return a host whose tokens are written in another way."""

    def behaviour(call: Call, host: Host) -> Given:
        if call.token:
            call = call.headed(authorization=f"Bearer {unmark(call.token)}")
        fields = {name: unmark(call.form[name]) for name in ("refresh_token", "token") if name in call.form}
        given = host.answer(call.filled(**fields) if fields else call)
        if is_at(call, _TOKENS) and given.status == 200:
            answer = given.json
            return given.become(
                answer | {name: mark(answer[name]) for name in ("access_token", "refresh_token") if name in answer}
            )
        return given

    return lambda: behaviour


def _odd_secrets() -> Behaviour:
    """Give out secrets and codes with letters that mean something in forms and headers."""

    def behaviour(call: Call, host: Host) -> Given:
        name, secret = call.client
        if secret.endswith(_ODD):
            call = call.from_client(name, secret.removesuffix(_ODD))
        if call.operation == "token" and call.form.get("code", "").endswith(_ODD):
            call = call.filled(code=call.form["code"].removesuffix(_ODD))
        given = host.answer(call)
        if call.operation == "registerClient" and given.status == 201:
            return given.become(given.json | {"client_secret": given.json["client_secret"] + _ODD})
        location = given.headers.get("location", "")
        if is_at(call, _BROWSER) and "code" in query_of(location):
            pairs = {**query_of(location), "code": query_of(location)["code"] + _ODD}
            given.headers["location"] = f"{location.partition('?')[0]}?{urlencode(pairs)}"
        return given

    return behaviour


def _as_stored(answer: Record) -> Record:
    """Return a registration as a host keeps it: names cut, scopes in its own order."""
    scope = " ".join(sorted(answer["scope"].split(), reverse=True))
    return answer | {"client_name": answer["client_name"][:20].strip(), "scope": scope, "application_type": "web"}


def _elsewhere() -> Behaviour:
    """Have the authorization server on a port of its own."""

    def behaviour(call: Call, host: Host) -> Given:
        given = host.answer(call)
        if call.operation in {_DESCRIPTION, "metadata"}:
            given.body = given.body.replace(f"{URL}/oauth2".encode(), f"{_OTHER_ORIGIN}/oauth2".encode())
        return given

    return behaviour


def _written_anew(_: Call, given: Given) -> Given:
    """Write JSON with its members in another order, and blanks between them."""
    if given.headers.get("content-type", "").startswith("text/plain"):
        return given
    given.body = json.dumps(given.json, sort_keys=True, indent=2).encode()
    return given


@functools.cache
def _old_entries(standard: str) -> tuple[str, ...]:
    """Return what accounts have before anybody comes: expired, revoked for all that is known, and minimal."""
    badges = [credentials.minimal() | {"id": f"urn:uuid:0000-{number}"} for number in range(3)]
    badges[1]["validUntil"] = "2025-06-01T00:00:00Z"
    if standard == "ob-3.0":
        return tuple(json.dumps(proved(each)) for each in badges)
    records = [credentials.record(proved(each)) | {"id": each["id"].replace("0000", "0001")} for each in badges]
    return tuple(json.dumps(proved(each)) for each in records)


def _has_a_past() -> Behaviour:
    seeded: set[str] = set()

    def behaviour(call: Call, host: Host) -> Given:
        grant = host.ledger.access.get(call.token)
        if call.operation in PROTECTED and grant and grant.account and grant.account not in seeded:
            seeded.add(grant.account)
            bare = dataclasses.replace(
                call,
                method="POST",
                path=f"{host.service.base_path}/credentials",
                query=(),
                raw_query="",
                operation=_UPSERT,
                headers={"content-type": JSON_TYPE},
            )
            for text in _old_entries(host.service.id):
                given = host.answer(dataclasses.replace(as_account(bare, host, grant.account), body=text.encode()))
                if given.status != 201:
                    raise AssertionError(given.body)
        return host.answer(call)

    return behaviour


def _uncounted(_: Call, given: Given) -> Given:
    given.headers.pop("x-total-count", None)
    return given


def _complete_without_links(_: Call, given: Given) -> Given:
    links = links_of(given)
    return given if {"next", "prev"} & links.keys() else linking(given, {})


def _relative(_: Call, given: Given) -> Given:
    return linking(given, {name: address.removeprefix(URL) for name, address in links_of(given).items()})


def _dressed(_: Call, given: Given) -> Given:
    links = sorted(links_of(given).items())
    given.headers["link"] = ",".join(f'<{address}>;title="a, b";rel={name}' for name, address in links)
    return given


def _busy_once() -> Behaviour:
    seen: set[str] = set()

    def behaviour(call: Call, host: Host) -> Given:
        if call.operation in PROTECTED and call.token and call.operation not in seen:
            seen.add(call.operation)
            given = refused(host, 429)
            given.headers["retry-after"] = "0"
            return given
        return host.answer(call)

    return behaviour


def _later(_: Call, __: Host) -> Given:
    return said(202, {"imsx_codeMajor": "processing", "imsx_severity": "status"})


def _puts(answer: Callable[[Call, Host], Given]) -> Make:
    """Return a host that answers changes of a profile that are right in one way, and does not do them."""

    def behaviour(call: Call, host: Host) -> Given:
        is_right = call.operation == _PUT and call.token in host.ledger.access and isinstance(call.json, dict)
        needed = host.service.operations[_PUT].scope
        if is_right and needed in host.ledger.access[call.token].scopes:
            return answer(call, host)
        return host.answer(call)

    return lambda: behaviour


def _old_profile(call: Call, host: Host) -> Given:
    grant = host.ledger.access[call.token]
    reading = dataclasses.replace(call, method="GET", operation="getProfile", body=b"")
    given = host.answer(as_account(reading, host, grant.account))
    return given if given.status == 200 else refused(host, 400)


def _charset(call: Call, given: Given) -> Given:
    kind = given.headers.get("content-type", "")
    if kind in {JSON_TYPE, "text/plain", "application/vc+ld+json"} and call.operation:
        given.headers["content-type"] = f"{kind}; charset=utf-8"
    return given


def _unchallenged(_: Call, given: Given) -> Given:
    given.headers.pop("www-authenticate", None)
    return dataclasses.replace(given, status=400)


def _unauthorized(_: Call, given: Given) -> Given:
    return dataclasses.replace(given, status=401, body=given.body.replace(b"forbidden", b"unauthorizedrequest"))


def _with_accounts(count: int) -> Callable[[], Target]:
    def target() -> Target:
        usual = target_for()
        return dataclasses.replace(usual, host=dataclasses.replace(usual.host, accounts=usual.host.accounts[:count]))

    return target


PERSONAS = {
    each.name: each
    for each in (
        Persona(name="reference", make=lambda: healthy),
        Persona(name="has-small-pages", make=shelving(most=3)),
        Persona(name="does-not-count", make=answers(_LIST, _uncounted)),
        Persona(name="lists-the-newest-first", make=shelving(order=lambda entries: entries[::-1])),
        Persona(name="takes-whatever-came-last", make=shelving()),
        Persona(name="links-only-where-there-is-more", make=answers(_LIST, _complete_without_links, status=200)),
        Persona(name="links-relatively", make=answers(_LIST, _relative, status=200)),
        Persona(name="links-in-its-own-style", make=answers(_LIST, _dressed, status=200)),
        Persona(name="has-a-past", make=_has_a_past),
        Persona(name="has-no-refresh", make=_NO_REFRESH),
        Persona(name="has-no-revocation", make=_NO_REVOCATION),
        Persona(name="has-no-metadata", make=lambda: _absent("metadata")),
        Persona(name="has-no-put-profile", make=_no_put_profile),
        Persona(name="says-not-modified", make=_not_modified),
        Persona(name="has-no-tags", make=_no_tags),
        Persona(name="has-more-members", make=_MORE),
        Persona(
            name="has-tokens-like-jwts",
            make=_marked(lambda token: _LIKE_JWT + token, lambda token: token.removeprefix(_LIKE_JWT)),
        ),
        Persona(name="has-odd-secrets", make=_odd_secrets),
        Persona(name="calls-tokens-bearer", make=bodies(_TOKENS, lambda answer: answer | {"token_type": "bearer"})),
        Persona(name="tells-no-lifetime", make=_without(_TOKENS, "expires_in"), warns=("OB30-R-210",)),
        Persona(name="changes-registrations", make=bodies("registerClient", _as_stored, status=201)),
        Persona(name="signs-in-in-two-steps", make=two_steps),
        Persona(name="has-crowded-pages", make=answers(_BROWSER, crowded, status=(200, 403))),
        Persona(name="makes-detours", make=detour),
        Persona(name="remembers-consent", make=remembers),
        Persona(name="has-its-authorization-server-elsewhere", make=_elsewhere),
        Persona(name="says-400-to-unknown-clients", make=answers(_TOKENS, _unchallenged, status=401)),
        Persona(name="redirects-with-303", make=becomes(_BROWSER, 303, of=302)),
        Persona(name="says-401-to-missing-scopes", make=answers(PROTECTED, _unauthorized, status=403)),
        Persona(name="writes-credentials-anew", make=answers((_LIST, _UPSERT), _written_anew, status=(200, 201))),
        Persona(name="names-charsets", make=answers(None, _charset)),
        Persona(name="is-busy-once", make=_busy_once),
        Persona(name="changes-profiles-later", make=_puts(_later)),
        Persona(name="answers-with-old-profiles", make=_puts(_old_profile)),
        Persona(name="never-changes-profiles", make=_puts(lambda _, host: refused(host, 400))),
        Persona(name="has-one-account", make=lambda: healthy, target=_with_accounts(1)),
    )
}
