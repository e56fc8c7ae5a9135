"""Clients that find their way to a host, or use it, as they should not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from skillmark.faults.clients.changes import (
    CREDENTIALS,
    DISCOVERY,
    PROFILE,
    at,
    one_after_the_other,
    remade,
    with_header,
)
from skillmark.faults.clients.world import CLIENT_URL, READING, URL, broken, connected, reads
from skillmark.wire.peers.host_description import description_of_host
from skillmark_reference.clients import RedirectFollower, RegisteredClient
from skillmark_reference.clients.descriptions import description_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from skillmark.faults.clients.world import Change, Send
    from skillmark_reference.clients import Host, Session

_TOKEN_TEXT = "eyJhbGciOiJFZERTQSJ9.e30.c2lnbmF0dXJl"  # noqa: S105 - no secret, and no credential
_CREDENTIAL = {"id": "urn:x:1", "type": ["VerifiableCredential"], "proof": {}}
_WRITING = ("getCredentials", "getProfile", "upsertCredential", "putProfile")


def _token_into_query(request: httpx.Request, *, keeps_header: bool) -> httpx.Request:
    token = request.headers["authorization"].partition(" ")[2]
    url = request.url.copy_merge_params({"access_token": token})
    return remade(request, url=url, headers={} if keeps_header else {"authorization": None})


def in_quotes(request: httpx.Request) -> httpx.Request:
    """Send what is sent as a text of JSON."""
    if request.method != "POST":
        return request
    return remade(request, content=b'"' + request.content + b'"', headers={"content-type": "application/json"})


def _other_scheme(request: httpx.Request) -> httpx.Request:
    token = request.headers["authorization"].partition(" ")[2]
    return remade(request, headers={"authorization": f"Token {token}"})


def _first_page(session: Session) -> None:
    next(session.credentials())
    session.profile()


def _with_words(session: Session) -> None:
    list(session.credentials(since="yesterday"))
    session.profile()


def _with_no_limit(session: Session) -> None:
    list(session.credentials(limit=-1))
    session.profile()


def _no_profile(session: Session) -> None:
    list(session.credentials())


def _no_credentials(session: Session) -> None:
    session.profile()


def knowing_all(use: Callable[[Session], None] = reads, wants: tuple[str, ...] = READING) -> Callable[[Host], None]:
    """Go to addresses that are typed into the product."""

    def course(host: Host) -> None:
        known = description_of(description_of_host(host.service, URL), root=host.root, service=host.service)
        host.describe = lambda: known  # type: ignore[method-assign]  # a product that was told once
        use(connected(host, wants))

    return course


def _described_late(host: Host) -> None:
    usual = host.describe
    knowing_all()(host)
    host.describe = usual  # type: ignore[method-assign]  # as above
    host.describe()


def as_somebody_known(
    use: Callable[[Session], None] = reads, wants: tuple[str, ...] = READING
) -> Callable[[Host], None]:
    """Be a client that nobody registered at this host."""
    client = RegisteredClient(
        id="typed-in",
        secret="typed-in-secret",  # noqa: S106 - of nobody
        redirect_uri=f"{CLIENT_URL}/callback",
        scopes=(),
    )

    def course(host: Host) -> None:
        host.describe()
        scopes = tuple(str(host.service.operations[each].scope) for each in wants)
        use(host.authorize(client, scopes, RedirectFollower(host.exchanger, client.redirect_uri)))

    return course


def _told(cache_control: str) -> Callable[[], Change]:
    """Let the client believe that descriptions come with another rule."""

    def change(request: httpx.Request, send: Send) -> httpx.Response:
        answer = send(request)
        if request.url.path.endswith(DISCOVERY):
            answer.headers["cache-control"] = cache_control
        return answer

    return lambda: change


def _on_and_on(request: httpx.Request, send: Send) -> httpx.Response:
    answer = send(request)
    for _ in range(5):
        if answer.status_code == 503 and not answer.headers.get("retry-after"):
            answer = send(request)
    return answer


def _sending(text: str) -> Callable[[Session], None]:
    def use(session: Session) -> None:
        reads(session)
        session.upsert(text)

    return use


def _putting(profile: dict[str, object]) -> Callable[[Session], None]:
    def use(session: Session) -> None:
        reads(session)
        session.put_profile(profile)

    return use


INTERFACE = (
    broken(
        "token-in-the-query",
        "OB30-R-212",
        effect="Tokens end up in logs.",
        change=one_after_the_other(
            *(at(end, lambda request: _token_into_query(request, keeps_header=False)) for end in (CREDENTIALS, PROFILE))
        ),
    ),
    broken(
        "token-in-both-places",
        "OB30-R-212",
        effect="Tokens end up in logs.",
        change=at(CREDENTIALS, lambda request: _token_into_query(request, keeps_header=True)),
        disputed=True,
    ),
    broken("other-scheme", "OB30-R-212", effect="Hosts do not see the token.", change=at(CREDENTIALS, _other_scheme)),
    broken("first-page-only", "OB30-R-240", effect="Most records are missing.", use=_first_page),
    broken("since-in-words", "OB30-R-240", effect="Hosts refuse it.", use=_with_words),
    broken("limit-below-one", "OB30-R-240", effect="Hosts refuse it.", use=_with_no_limit),
    broken("no-profile", "OB30-R-238", "OB30-R-239", effect="Nobody sees whose records they are.", use=_no_profile),
    broken("no-credentials", "OB30-R-238", "OB30-R-239", effect="Nothing is read.", use=_no_credentials),
    broken(
        "asks-for-the-wrong-scope",
        "OB30-R-239",
        effect="Hosts give it no records.",
        wants=("upsertCredential", "getProfile"),
    ),
    broken(
        "scope-of-the-profile-forgotten", "OB30-R-239", effect="Hosts give it no profile.", wants=("getCredentials",)
    ),
    broken(
        "addresses-typed-in", "OB30-R-172", "OB30-R-238", effect="No other host can be connected.", course=knowing_all()
    ),
    broken("description-comes-last", "OB30-R-172", effect="No other host can be connected.", course=_described_late),
    broken(
        "client-typed-in",
        "OB30-R-238",
        "OB30-R-179",
        effect="No other host can be connected.",
        course=as_somebody_known(),
    ),
    broken(
        "description-kept-for-ever",
        "OB30-R-177",
        effect="It goes to addresses that are gone.",
        change=_told("max-age=86400"),
    ),
    broken("description-never-kept", "OB30-R-177", effect="Hosts are asked too often.", change=_told("no-store")),
    broken(
        "hammers-a-busy-host",
        "OB30-R-170",
        effect="A host that is busy stays busy.",
        is_patient=False,
        disputed=True,
    ),
    broken(
        "asks-a-busy-host-on-and-on",
        "OB30-R-170",
        effect="A host that is busy stays busy.",
        change=lambda: _on_and_on,
    ),
    broken(
        "token-as-json-text",
        "OB30-R-157",
        effect="Hosts do not read it.",
        use=_sending(_TOKEN_TEXT),
        wants=_WRITING,
        change=at(CREDENTIALS, in_quotes),
    ),
    broken(
        "token-as-jwt-type",
        "OB30-R-157",
        effect="Hosts do not know the media type.",
        use=_sending(_TOKEN_TEXT),
        wants=_WRITING,
        change=with_header(CREDENTIALS, content_type="application/jwt"),
    ),
    broken(
        "json-as-text",
        "OB30-R-157",
        effect="Hosts take it for a token.",
        use=_sending(json.dumps(_CREDENTIAL)),
        wants=_WRITING,
        change=with_header(CREDENTIALS, content_type="text/plain"),
    ),
    broken(
        "profile-in-part",
        "OB30-R-160",
        effect="Hosts refuse it, or the rest of the profile is lost.",
        use=_putting({"name": "Robin"}),
        wants=_WRITING,
    ),
)
