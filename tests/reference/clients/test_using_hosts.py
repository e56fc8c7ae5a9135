"""The reference client at hosts in process: what it asks, in which order, and what it makes of the answers."""

from __future__ import annotations

import base64
import hashlib
import json
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
from tests.reference.clients.surroundings import (
    CLIENT,
    DESCRIPTION,
    ROOT,
    SCOPES,
    URL,
    Clock,
    Network,
    host_on,
    json_answer,
    returning,
    session_on,
)

from skillmark_reference.clients import AnswerUnusable, HostBusy, HostTrouble, RequestRefused, StateMismatch
from skillmark_reference.clients.links import next_link


def form_of(request: httpx.Request) -> dict[str, str]:
    return dict(parse_qsl(request.content.decode()))


def test_the_whole_way_is_asked_in_order() -> None:
    """Description, registration, decision, token, credentials, profile: nothing is asked twice, and nothing is left out."""
    network = Network()
    session = session_on(network)
    found = list(session.credentials())
    assert [('{"id": "urn:x:1"}', False), ("a.b.c", True)] == [(each.text, each.is_token) for each in found]
    assert {"id": "urn:x:ada"} == session.profile()
    assert [
        "GET /ims/ob/v3p0/discovery",
        "POST /register",
        "GET /ims/ob/v3p0/discovery",
        "GET /authorize",
        "POST /token",
        "GET /ims/ob/v3p0/credentials",
        "GET /ims/ob/v3p0/profile",
    ] == network.asked
    assert "Bearer access" == network.requests[-1].headers["authorization"]


def test_requests_of_oauth_are_those_of_the_standard() -> None:
    """The registration has arrays, the authorization request its seven parameters, the token request Basic and five fields."""
    network = Network()
    session_on(network)
    registration = json.loads(network.requests[1].content)
    asked = dict(parse_qsl(network.requests[3].url.query.decode()))
    redeemed = network.requests[4]
    assert ["https://client.example/callback"] == registration["redirect_uris"]
    assert {
        "response_type",
        "client_id",
        "redirect_uri",
        "scope",
        "state",
        "code_challenge",
        "code_challenge_method",
    } == set(asked)
    digest = hashlib.sha256(form_of(redeemed)["code_verifier"].encode()).digest()
    assert asked["code_challenge"] == base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    assert {"grant_type", "code", "redirect_uri", "scope", "code_verifier"} == set(form_of(redeemed))
    assert f"Basic {base64.b64encode(b'client:secret+of+~it').decode()}" == redeemed.headers["authorization"]


def test_states_and_verifiers_are_new_each_time() -> None:
    """Nobody can know a state or a verifier before."""
    network = Network()
    for _ in range(2):
        session_on(network)
    asked = [dict(parse_qsl(each.url.query.decode())) for each in network.requests if each.url.path == "/authorize"]
    assert 2 == len({each["state"] for each in asked})
    assert 2 == len({each["code_challenge"] for each in asked})


@pytest.mark.parametrize(
    ("changes", "error", "words"),
    [
        pytest.param({"state": "another"}, StateMismatch, "another state", id="another state"),
        pytest.param({"state": None}, StateMismatch, "another state", id="no state"),
        pytest.param({"code": None}, AnswerUnusable, "without a code", id="no code"),
        pytest.param({"error": "access_denied"}, RequestRefused, "access_denied", id="denied"),
    ],
)
def test_no_code_is_redeemed_unless_all_is_well(
    changes: dict[str, str | None], error: type[HostTrouble], words: str
) -> None:
    """A browser that comes back with another state, without a code or with an error leads to no token request."""
    network = Network(lambda request: returning(request, **changes) if request.url.path == "/authorize" else None)
    with pytest.raises(error, match=words):
        session_on(network)
    assert "POST /token" not in network.asked


def test_codes_of_oauth_are_told() -> None:
    """A refusal carries the code and the description of OAuth 2.0."""
    refusal = json_answer({"error": "invalid_grant", "error_description": "The code is old."}, 400)
    network = Network(lambda request: refusal if request.url.path == "/token" else None)
    with pytest.raises(RequestRefused, match=r"400 \(invalid_grant\): The code is old\.$") as caught:
        session_on(network)
    assert (400, "invalid_grant") == (caught.value.status, caught.value.code)


def test_pages_are_read_to_the_end() -> None:
    """Every next page is asked for as it is linked, with the token, and the query of the first one is the caller's."""

    def answer(request: httpx.Request) -> httpx.Response | None:
        if request.url.path != "/ims/ob/v3p0/credentials":
            return None
        offset = int(request.url.params.get("offset", 0))
        link = (
            f'<{ROOT.replace("host.example", "HOST.example:443")}/credentials?limit=1&offset={offset + 1}>; rel="next"'
            if offset < 2
            else ""
        )
        return json_answer({"credential": [{"n": offset}]}, link=link)

    network = Network(answer)
    session = session_on(network)
    texts = [each.text for each in session.credentials(since="2026-01-01T00:00:00+01:00", limit=1)]
    assert ['{"n": 0}', '{"n": 1}', '{"n": 2}'] == texts
    assert {"limit": "1", "since": "2026-01-01T00:00:00+01:00"} == dict(network.requests[5].url.params)
    assert ["1", "2"] == [each.url.params["offset"] for each in network.requests[6:]]


def test_an_old_token_is_renewed_once() -> None:
    """After 401 the refresh token gets another one, and the call is made again; a second 401 is told."""
    tokens = iter(["access", "fresh"])

    def answer(request: httpx.Request) -> httpx.Response | None:
        if request.url.path in {"/token", "/refresh"}:
            return json_answer({"access_token": next(tokens), "token_type": "Bearer", "refresh_token": "again"})
        if request.url.path.endswith("/profile") and request.headers["authorization"] != "Bearer fresh":
            return json_answer({}, 401)
        return None

    network = Network(answer)
    session = session_on(network)
    assert {"id": "urn:x:ada"} == session.profile()
    refreshed = form_of(network.requests[-2])
    assert ("refresh_token", "again", " ".join(SCOPES)) == tuple(
        refreshed[name] for name in ("grant_type", "refresh_token", "scope")
    )
    refused = session_on(
        Network(lambda request: json_answer({}, 401) if request.url.path.endswith("/profile") else None)
    )
    with pytest.raises(RequestRefused, match="401"):
        refused.profile()


def test_without_refresh_token_nothing_is_renewed() -> None:
    """A host that gives no refresh token is asked once."""
    network = Network(
        lambda request: (
            json_answer({"access_token": "a", "token_type": "Bearer"})
            if request.url.path == "/token"
            else json_answer({}, 401)
            if request.url.path.endswith("/profile")
            else None
        )
    )
    session = session_on(network)
    with pytest.raises(RequestRefused, match="401"):
        session.profile()
    with pytest.raises(RequestRefused, match="no refresh token"):
        session.refresh()
    assert 1 == network.asked.count("GET /ims/ob/v3p0/profile")


@pytest.mark.parametrize(
    ("text", "media_type"),
    [('{"id": "urn:x:1"}', "application/vc+ld+json"), ("a.b.c", "text/plain")],
    ids=["json", "token"],
)
def test_credentials_are_sent_as_what_they_are(text: str, media_type: str) -> None:
    """JSON goes as JSON, a token as text, without a change."""
    network = Network(
        lambda request: json_answer({}, 201) if request.method == "POST" and "ims" in request.url.path else None
    )
    assert 201 == session_on(network).upsert(f"{text}\n")
    assert (text, media_type) == (network.requests[-1].content.decode(), network.requests[-1].headers["content-type"])


def test_a_profile_is_put_whole() -> None:
    """The profile is sent as it is, in JSON, with PUT; 202 is enough."""
    network = Network(lambda request: httpx.Response(202) if request.method == "PUT" else None)
    session_on(network).put_profile({"id": "urn:x:ada", "name": "Ada"})
    assert {"id": "urn:x:ada", "name": "Ada"} == json.loads(network.requests[-1].content)


def test_tokens_are_revoked_where_the_server_says() -> None:
    """The refresh token is given back at the address of the metadata; a host without one is left alone."""

    def answer(request: httpx.Request) -> httpx.Response | None:
        known = {
            "/.well-known/oauth-authorization-server": json_answer({"revocation_endpoint": f"{URL}/revoke"}),
            "/revoke": httpx.Response(200),
        }
        return known.get(request.url.path)

    network = Network(answer)
    assert session_on(network).revoke()
    assert {"token": "again", "token_type_hint": "refresh_token"} == form_of(network.requests[-1])
    assert not session_on(Network()).revoke()


# The description, and copies of it


@pytest.mark.parametrize(
    ("headers", "seconds", "asked"),
    [
        pytest.param({"cache_control": "max-age=60"}, 59, 1, id="within max-age"),
        pytest.param({"cache_control": "max-age=60"}, 61, 2, id="after max-age"),
        pytest.param({"cache_control": "max-age=60", "age": "50"}, 11, 2, id="age counts"),
        pytest.param({"cache_control": "private, no-store, max-age=60"}, 0, 2, id="no-store"),
        pytest.param({"cache_control": "no-cache, max-age=60"}, 0, 2, id="no-cache"),
        pytest.param({"expires": "Mon, 01 Jun 2026 12:01:00 GMT"}, 59, 1, id="within expires"),
        pytest.param({"expires": "Mon, 01 Jun 2026 12:01:00 GMT"}, 61, 2, id="after expires"),
        pytest.param({"expires": "0"}, 0, 2, id="expires in words"),
        pytest.param({"cache_control": "max-age=999999999"}, 90_000, 2, id="never longer than a day"),
        pytest.param({}, 0, 2, id="nothing said"),
    ],
)
def test_descriptions_are_kept_as_the_host_says(headers: dict[str, str], seconds: float, asked: int) -> None:
    """Cache-Control and Expires decide for how long a description is used (RFC 9111, 4.2)."""
    clock, network = Clock(), Network(lambda _: json_answer(DESCRIPTION, **headers))
    host = host_on(network, clock=clock)
    host.describe()
    clock.now += seconds
    host.describe()
    assert asked == len(network.asked)


def test_a_304_renews_the_copy() -> None:
    """An old copy is asked about by its tag; the headers of the 304 give it a new life."""
    clock = Clock()

    def answer(request: httpx.Request) -> httpx.Response | None:
        headers = {"ETag": '"1"', "Cache-Control": "max-age=60"}
        if request.headers.get("if-none-match") == '"1"':
            return httpx.Response(304, headers=headers)
        return json_answer(DESCRIPTION, etag='"1"', cache_control="max-age=60")

    network = Network(answer)
    host = host_on(network, clock=clock)
    for seconds in (0, 61, 59):
        clock.now += seconds
        assert f"{URL}/token" == host.describe().token_url
    assert ["", '"1"'] == [each.headers.get("if-none-match", "") for each in network.requests]


def test_a_304_that_nobody_asked_for_is_refused() -> None:
    """Without a copy there is nothing that could be unchanged."""
    with pytest.raises(RequestRefused, match="answers 304"):
        host_on(Network(lambda _: httpx.Response(304))).describe()


def test_busy_hosts_are_asked_again_when_they_say() -> None:
    """Retry-After in seconds is waited for, twice at most; without it nobody waits for half an hour."""
    clock, answers = Clock(), iter([503, 429, 200])

    def answer(_: httpx.Request) -> httpx.Response:
        status = next(answers)
        return json_answer(DESCRIPTION) if status == 200 else json_answer({}, status, retry_after="7")

    host_on(Network(answer), clock=clock).describe()
    assert [7.0, 7.0] == clock.waited
    endless = Network(lambda _: json_answer({}, 503, retry_after="1"))
    with pytest.raises(HostBusy, match="half an hour"):
        host_on(endless).describe()
    assert 3 == len(endless.asked)
    silent = Network(lambda _: json_answer({}, 503))
    with pytest.raises(HostBusy, match="half an hour"):
        host_on(silent).describe()
    assert 1 == len(silent.asked)


@pytest.mark.parametrize(
    ("headers", "found"),
    [
        (['<https://h/2>; rel="next"'], "https://h/2"),
        (["<https://h/1>; rel=first, </2?a=1,2>;rel=next"], "/2?a=1,2"),
        (['<a>; rel="prev"', '<b>; title="x, y"; rel="last NEXT"'], "b"),
        (["<a>; rel=nextish", "no link at all"], ""),
        ([], ""),
    ],
)
def test_the_next_page_is_found(headers: list[str], found: str) -> None:
    """Relations are words, in any case, quoted or not (RFC 8288)."""
    assert found == next_link(headers)


def test_secrets_are_not_shown() -> None:
    """Nobody who prints a client, tokens or an attempt sees a secret."""
    network = Network()
    host = host_on(network)
    client = host.register(CLIENT, SCOPES)
    session = session_on(network)
    shown = f"{client!r} {session.tokens!r}"
    assert "secret of" not in shown
    assert "access'" not in shown
    assert urlsplit(client.redirect_uri).scheme == "https"
