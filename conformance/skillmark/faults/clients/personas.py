"""Clients that are peculiar and right: none of them may be accused."""

from __future__ import annotations

import functools
import json
from typing import TYPE_CHECKING

import httpx

from skillmark.faults.clients import badges, changes
from skillmark.faults.clients.changes import (
    AUTHORIZE,
    CREDENTIALS,
    DISCOVERY,
    PROFILE,
    REGISTER,
    at,
    one_after_the_other,
    registering,
    registering_as,
    remade,
    with_form,
    with_header,
    with_query,
)
from skillmark.faults.clients.world import CLIENT_URL, READING, URL, WRITING, ClientProduct, connected, reads, writes
from skillmark.faults.clients.writing import putting, sending
from skillmark.suites.auditors import PROFILE_ID
from skillmark.suites.hosts.samples import RSA_TOKEN, TOKEN
from skillmark.wire.peers import errands
from skillmark_reference.clients import ClientMetadata, HostTrouble, RedirectFollower, Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.clients.world import Change, Send
    from skillmark_reference.clients import Host, RegisteredClient

_WRITING = ("getCredentials", "getProfile", "upsertCredential", "putProfile")
_TOKEN_TEXT = "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl"  # noqa: S105 - no secret, and no credential
_CERTIFIED: dict[str, object] = {"id": PROFILE_ID, "type": ["Profile"], "name": "Robin"}
_SOMEBODY = badges.plain("somebody@example.org")
_CREDENTIAL = json.dumps({"id": "urn:x:1", "type": ["VerifiableCredential"], "proof": {}})


def _only_reads(session: Session) -> None:
    list(session.credentials())
    session.profile()


def _first_page(session: Session) -> None:
    next(session.credentials())
    session.profile()


def _with_parameters(session: Session) -> None:
    list(session.credentials(since="2024-12-31T23:00:00+01:00", limit=100))
    session.profile()


def _refreshing(session: Session) -> None:
    list(session.credentials())
    session.refresh()
    session.profile()


def _writing(session: Session) -> None:
    reads(session)
    session.upsert(_CREDENTIAL)
    session.upsert(_TOKEN_TEXT)
    session.put_profile(session.profile() | {"name": "Robin"})


def _profile_first(session: Session) -> None:
    session.profile()
    list(session.credentials())


def _step_by_step(host: Host) -> None:
    """Ask for each scope when it is needed."""
    list(connected(host, ("getCredentials",)).credentials())
    connected(host, ("getProfile",)).profile()


def _asking_without_token(host: Host) -> None:
    """See whether a token is needed at all, once the description is known."""
    host.describe()
    host.exchanger.send("GET", f"{host.root}/credentials", expected=(401,))
    reads(connected(host, READING))


def _looking_around(host: Host) -> None:
    """Ask for what the description does not name."""
    host.describe()
    for path in ("/.well-known/oauth-authorization-server", "/favicon.ico"):
        host.exchanger.send("GET", f"{URL}{path}", expected=(200, 404))
    reads(connected(host, READING))


def _one_registration() -> Callable[[Host], None]:
    """Register once, and be the same client in every round; try old tokens before asking anybody."""
    kept: dict[str, RegisteredClient] = {}
    tokens: dict[str, Session] = {}

    def course(host: Host) -> None:
        host.describe()
        scopes = tuple(str(host.service.operations[each].scope) for each in READING)
        if "client" not in kept:
            kept["client"] = host.register(ClientMetadata(name="C", url=CLIENT_URL, version="1"), scopes)
        client = kept["client"]
        if "session" in tokens:
            try:
                return _only_reads(Session(host, client, tokens["session"].tokens))
            except HostTrouble:
                pass
        tokens["session"] = host.authorize(client, scopes, RedirectFollower(host.exchanger, client.redirect_uri))
        return _only_reads(tokens["session"])

    return course


def _staying_connected() -> Callable[[Host], None]:
    """Connect once, and go on with what one has; ask a person again only when told to."""
    sessions: list[Session] = []

    def course(host: Host) -> None:
        if not sessions:
            sessions.append(connected(host, READING))
        kept = sessions[0]
        _only_reads(Session(host, kept.client, kept.tokens))

    return course


def _asking_by_tag() -> Change:
    """Ask for the description each time, by its tag."""
    tags: list[str] = []

    def change(request: httpx.Request, send: Send) -> httpx.Response:
        if not request.url.path.endswith(DISCOVERY):
            return send(request)
        headers = {"if-none-match": tags[-1]} if tags else {}
        answer = send(remade(request, headers=headers))
        if answer.headers.get("etag"):
            tags.append(answer.headers["etag"])
        if answer.status_code == httpx.codes.NOT_MODIFIED:
            answer = send(remade(request, headers={"if-none-match": None}))
        return answer

    return change


def _reversed_members(request: httpx.Request) -> httpx.Request:
    return remade(request, content=json.dumps(dict(reversed(json.loads(request.content).items())), indent=2).encode())


def _small_scheme(request: httpx.Request) -> httpx.Request:
    scheme, _, value = request.headers["authorization"].partition(" ")
    return remade(request, headers={"authorization": f"{scheme.lower()} {value}"})


def _sending_back(session: Session) -> None:
    """Send a badge, and the profile of the person with another name."""
    writes(session)
    session.put_profile(session.profile() | {"name": "Robin"})


def _writing_step_by_step(host: Host) -> None:
    """Ask for each scope when it is needed."""
    connected(host, ("putProfile",)).put_profile(_CERTIFIED)
    writes(connected(host, WRITING))


def _indented(request: httpx.Request) -> httpx.Request:
    return remade(request, content=json.dumps(json.loads(request.content), indent=2, ensure_ascii=True).encode())


def _both(*changes: Callable[[], Change]) -> Callable[[], Change]:
    return one_after_the_other(*changes)


_ALL = (
    ClientProduct(name="reference-client"),
    ClientProduct(name="reads-and-no-more", use=_only_reads),
    ClientProduct(name="reads-the-profile-first", use=_profile_first),
    ClientProduct(name="with-since-and-limit", use=_with_parameters),
    ClientProduct(name="refreshes", use=_refreshing),
    ClientProduct(name="writes-as-well", use=_writing, wants=_WRITING),
    ClientProduct(name="asks-for-every-scope", wants=_WRITING),
    ClientProduct(name="step-by-step", course=_step_by_step),
    ClientProduct(name="asks-without-token-before", course=_asking_without_token),
    ClientProduct(name="looks-around", course=_looking_around),
    ClientProduct(
        name="minimal-registration",
        change=registering(token_endpoint_auth_method=None, grant_types=None, response_types=None),
    ),
    ClientProduct(
        name="other-order",
        change=_both(
            at(REGISTER, _reversed_members),
            with_query(lambda pairs: list(reversed(pairs))),
            with_form(lambda pairs: list(reversed(pairs))),
        ),
    ),
    ClientProduct(
        name="charset-everywhere",
        change=_both(
            with_header(REGISTER, content_type="application/json; charset=utf-8"),
            with_header(changes.TOKEN, content_type="application/x-www-form-urlencoded;charset=UTF-8"),
        ),
    ),
    ClientProduct(
        name="schemes-in-small-letters",
        change=_both(at(changes.TOKEN, _small_scheme), at(CREDENTIALS, _small_scheme), at(PROFILE, _small_scheme)),
    ),
    ClientProduct(
        name="extra-parameters",
        change=_both(
            with_query(lambda pairs: [*pairs, ("prompt", "consent"), ("ui_locales", "de fr")], AUTHORIZE),
            with_form(lambda pairs: [*pairs, ("client_id", "")]),
            registering_as(
                lambda given: given | {"client_name#de": "Mappe", "x_vendor": {"a": 1}, "contacts": ["a@b.example"]}
            ),
        ),
    ),
    ClientProduct(
        name="several-redirects",
        change=registering(redirect_uris=[f"{CLIENT_URL}/other?x=1", f"{CLIENT_URL}/callback", f"{CLIENT_URL}:8443/"]),
    ),
    ClientProduct(name="asks-by-tag", change=_asking_by_tag),
)


_writer = functools.partial(ClientProduct, errand=errands.WRITING)
_WRITERS = (
    _writer(name="sends-a-token", use=sending(lambda: badges.sent(form=RSA_TOKEN))),
    _writer(name="sends-a-token-of-an-edwards-curve", use=sending(lambda: badges.sent(form=TOKEN))),
    _writer(name="sends-a-token-in-an-envelope", use=sending(badges.enveloped)),
    _writer(name="hashes-the-recipient", use=sending(lambda: badges.sent(badges.hashed()))),
    _writer(name="hashes-the-recipient-with-md5", use=sending(lambda: badges.sent(badges.hashed(algorithm="md5")))),
    _writer(
        name="names-others-beside-the-recipient",
        use=sending(lambda: badges.sent(_SOMEBODY, badges.plain("s-1", kind="systemId"), badges.hashed())),
    ),
    _writer(
        name="sends-several",
        use=sending(
            lambda: badges.sent(_SOMEBODY, id="urn:uuid:5c0e7b7a-6e0c-4f0e-8d53-0d3f7c1a0c11"),
            lambda: badges.changed(lambda document: document.pop("proof"), _SOMEBODY),
            badges.endorsed,
            badges.sent,
            lambda: badges.sent(form=TOKEN),
        ),
    ),
    _writer(name="sends-twice", use=sending(badges.sent, badges.sent)),
    _writer(name="sends-what-points-to-a-list", use=sending(lambda: badges.sent(credentialStatus=badges.STATUS))),
    _writer(name="sends-a-profile", use=putting(_CERTIFIED), wants=(*WRITING, "putProfile")),
    _writer(
        name="sends-two-profiles",
        use=putting(_CERTIFIED | {"id": "urn:x:1"}, _CERTIFIED),
        wants=(*WRITING, "putProfile"),
    ),
    _writer(name="sends-a-profile-back", use=_sending_back, wants=(*WRITING, "getProfile", "putProfile")),
    _writer(name="sends-step-by-step", course=_writing_step_by_step),
    _writer(name="sends-and-asks-for-every-scope", use=writes, wants=_WRITING),
    _writer(name="sends-indented-json", change=at(CREDENTIALS, _indented), use=writes),
    _writer(name="sends-plain-json", change=with_header(CREDENTIALS, content_type="application/json"), use=writes),
    _writer(
        name="sends-json-with-charset",
        change=with_header(CREDENTIALS, content_type="application/vc+ld+json; charset=utf-8"),
        use=writes,
    ),
)


def personas() -> dict[str, ClientProduct]:
    """Return the personas by name; those that remember something begin anew."""
    remembering = (
        ClientProduct(name="one-registration", course=_one_registration()),
        ClientProduct(name="stays-connected", course=_staying_connected()),
    )
    return {product.name: product for product in (*_ALL, *_WRITERS, *remembering)}
