"""The host that the harness plays: it answers as a host should, remembers everything, and departs in its rounds."""

from __future__ import annotations

import contextlib
import datetime
import random
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from skillmark.faults.clients.world import Clock
from skillmark.suites.hosts.client_evidence import profile_of
from skillmark.suites.hosts.schemas import departures
from skillmark.wire.in_process import AsgiTransport
from skillmark.wire.peers.calls import Round
from skillmark.wire.peers.host import ClientPeer, Offered
from skillmark.wire.peers.host_description import description_of_host
from skillmark_reference.services import load_service, service_ids

if TYPE_CHECKING:
    from collections.abc import Iterator

URL = "https://peer.example"
ASKED = {"response_type": "code", "redirect_uri": "https://app.example/cb?x=1", "scope": "a b", "state": "s t&="}


def peer_of(standard: str = "ob-3.0", *, count: int = 5) -> ClientPeer:
    """Return a host with some credentials, issued one a month."""
    credentials = [
        Offered(
            text="a.b.c" if number == 3 else f'{{"n": {number}}}',
            is_token=number == 3,
            issued=datetime.datetime(2025, number, 1, tzinfo=datetime.UTC),
        )
        for number in range(1, count + 1)
    ]
    service = load_service(standard)
    peer = ClientPeer(
        service,
        credentials=credentials,
        profile=profile_of(service),
        random=random.Random(1),  # noqa: S311 - secrets of a test
        clock=Clock(),
    )
    peer.url = URL
    return peer


@contextlib.contextmanager
def browser_at(peer: ClientPeer) -> Iterator[httpx.Client]:
    """Give a client for a peer."""
    with httpx.Client(transport=AsgiTransport(peer), base_url=URL) as client:
        yield client


def token_from(client: httpx.Client) -> dict[str, str]:
    """Return the header with a token."""
    location = client.get("/oauth2/authorize", params=ASKED).headers["location"]
    code = dict(parse_qsl(urlsplit(location).query))["code"]
    answer = client.post("/oauth2/token", data={"grant_type": "authorization_code", "code": code}).json()
    return {"Authorization": f"Bearer {answer['access_token']}"}


@pytest.mark.parametrize("standard", service_ids())
def test_what_the_host_says_fits_its_classes(standard: str) -> None:
    """Description, registration, tokens, lists, profile and refusals are of the classes of the standard."""
    service = load_service(standard)
    assert [] == list(departures(standard, "ServiceDescriptionDocument", description_of_host(service, URL)))
    with browser_at(peer_of(standard)) as client:
        given = {
            "client_name": "A",
            **dict.fromkeys(("client_uri", "logo_uri", "tos_uri", "policy_uri"), "https://a.example/"),
        }
        given |= {"software_id": "a", "software_version": "1", "redirect_uris": ["https://a.example/cb"], "scope": "a"}  # type: ignore[dict-item]
        registered = client.post("/oauth2/register", json=given)
        assert (201, []) == (
            registered.status_code,
            list(departures(standard, "ClientRegistrationResponse", registered.json())),
        )
        headers = token_from(client)
        profile = client.get(f"{service.base_path}/profile", headers=headers).json()
        assert [] == list(departures(standard, "Profile", profile))
        refused = client.get(f"{service.base_path}/profile")
        assert (401, []) == (refused.status_code, list(departures(standard, "Imsx_StatusInfo", refused.json())))
        assert "Bearer" in refused.headers["www-authenticate"]


def test_lists_are_paged() -> None:
    """Pages hold two, whatever is asked for; links lead on to the end and back; since leaves out what is older."""
    with browser_at(peer_of()) as client:
        headers, url, sizes = token_from(client), "/ims/ob/v3p0/credentials?limit=50", []
        while url:
            answer = client.get(url, headers=headers)
            sizes.append({name: len(value) for name, value in answer.json().items()})
            url = answer.links.get("next", {}).get("url", "")
        assert [{"credential": 2}, {"credential": 1, "compactJwsString": 1}, {"credential": 1}] == sizes
        assert {"first", "last", "prev"} == set(answer.links)
        later = client.get("/ims/ob/v3p0/credentials", params={"since": "2025-04-01T00:00:00Z"}, headers=headers)
        assert ("1", {"credential": [{"n": 5}]}) == (later.headers["x-total-count"], later.json())
        strange = client.get(
            "/ims/ob/v3p0/credentials", params={"since": "soon", "offset": "-1", "limit": "x"}, headers=headers
        )
        assert ("5", 2) == (strange.headers["x-total-count"], len(strange.json()["credential"]))


def test_an_empty_host_has_an_empty_list() -> None:
    """Nothing there is an object without arrays, and links to the one page."""
    with browser_at(peer_of(count=0)) as client:
        answer = client.get("/ims/ob/v3p0/credentials", headers=token_from(client))
        assert ({}, "0", {"first", "last"}) == (answer.json(), answer.headers["x-total-count"], set(answer.links))


def test_browsers_come_back_with_what_they_brought() -> None:
    """State and scope come back as they are, beside what the redirect URI has; in its round the state is another one."""
    peer = peer_of()
    with browser_at(peer) as client:
        location = client.get("/oauth2/authorize", params=ASKED).headers["location"]
        told = dict(parse_qsl(urlsplit(location).query))
        assert ("s t&=", "a b", "1") == (told["state"], told["scope"], told["x"])
        peer.begin(Round.OTHER_STATE)
        other = dict(parse_qsl(urlsplit(client.get("/oauth2/authorize", params=ASKED).headers["location"]).query))
        assert "s t&=" != other["state"]
        nowhere = client.get("/oauth2/authorize", params={**ASKED, "redirect_uri": ""})
        assert 400 == nowhere.status_code
    assert [False, True, False] == [each.gave.is_state_changed for each in peer.calls]


def test_rounds_begin_anew() -> None:
    """Tokens of a round are not good in the next one; a busy host is busy once, and its description may be kept."""
    peer = peer_of()
    with browser_at(peer) as client:
        headers = token_from(client)
        assert "no-store" == client.get("/ims/ob/v3p0/discovery").headers["cache-control"]
        peer.begin(Round.BUSY)
        assert 401 == client.get("/ims/ob/v3p0/credentials", headers=headers).status_code
        headers = token_from(client)
        busy = client.get("/ims/ob/v3p0/credentials", headers=headers)
        assert (503, "1") == (busy.status_code, busy.headers["retry-after"])
        assert 200 == client.get("/ims/ob/v3p0/credentials", headers=headers).status_code
        kept = client.get("/ims/ob/v3p0/discovery")
        assert "private, max-age=60" == kept.headers["cache-control"]
        peer.begin(Round.AGAIN)
        same = client.get("/ims/ob/v3p0/discovery", headers={"If-None-Match": kept.headers["etag"]})
        assert (304, b"") == (same.status_code, same.content)
        busy = client.get("/ims/ob/v3p0/profile", headers=token_from(client))
        assert (503, None) == (busy.status_code, busy.headers.get("retry-after"))


def test_everything_is_kept_whatever_it_is() -> None:
    """Odd methods, odd bodies, repeated parameters and unknown paths are answered and kept, and nothing is thrown."""
    peer = peer_of()
    with browser_at(peer) as client:
        client.request("PATCH", "/ims/ob/v3p0/credentials", content=b"\xff\x00")
        client.get("/oauth2/authorize?state=1&state=2&redirect_uri=wallet%3A%2F%2Fcb%2F%0d%0aX%C3%A4")
        client.post("/oauth2/token", content=b'{"code": 1}', headers={"Content-Type": "application/json"})
        client.post("/oauth2/register", content=b"[" * 100_000)
        client.get("/nothing", headers={"Authorization": "Basic !!!"})
        preflight = client.options("/ims/ob/v3p0/credentials")
        assert (204, "*") == (preflight.status_code, preflight.headers["access-control-allow-origin"])
        client.put("/ims/ob/v3p0/profile", content=b"a" * (2**20 + 5))
        client.options("/oauth2/register")
        client.head("/oauth2/authorize")
    calls = peer.calls
    assert ["c1", "c2", "c3", "c4", "c5", "c6", "c7", "c8", "c9"] == [each.id for each in calls]
    assert ["", "authorize", "token", "registerClient", "", "", "putProfile", "", ""] == [
        each.operation for each in calls
    ]
    assert (("state", "1"), ("state", "2")) == calls[1].query[:2]
    assert (None, None) == (calls[4].basic, calls[4].bearer)
    assert 2**20 == len(calls[6].body)
    assert {"PATCH", "GET", "POST", "OPTIONS", "PUT", "HEAD"} == {each.exchange(str).method for each in calls}
