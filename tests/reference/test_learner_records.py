"""The learner records of the case study as the server hosts them, and everything that it serves side by side."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import httpx
import pytest
from tests.reference.provider import bundled

from skillmark.wire.in_process import AsgiTransport
from skillmark_fixtures.learners import learners
from skillmark_reference.pathways.catalogue import catalogue, find_entry
from skillmark_reference.pathways.states import State
from skillmark_reference.server import OAuthOptions, ServerOptions, create_app
from skillmark_reference.server.vc_api import VcApiOptions

if TYPE_CHECKING:
    from collections.abc import Iterator

BASES = ("http://127.0.0.1:8000", "https://school.example")
#: One record of every state and kind, and one of every proof format.
SAMPLE = {(each.state, each.kind): each.slug for each in catalogue()} | {
    (each.proof_format, None): each.slug for each in catalogue()
}
PLAIN = [each for each in catalogue() if not each.image and not each.proof_format.is_token]


@pytest.fixture(scope="module", params=BASES, ids=["http", "https"])
def client(request: pytest.FixtureRequest) -> Iterator[httpx.Client]:
    """Return a client of a server that does everything."""
    options = ServerOptions(learner_records=True, vc_api=VcApiOptions())
    app = create_app(bundled(), options=options)
    with httpx.Client(transport=AsgiTransport(app), base_url=request.param) as client:
        yield client


def verdict_at(client: httpx.Client, slug: str) -> str:
    """Return the verdict that the page of a record shows in large."""
    response = client.get(f"/records/{slug}", headers={"Accept": "text/html"})
    assert 200 == response.status_code
    found = re.search(r'<span class="badge large \w+">([^<]+)</span>', response.text)
    assert found
    return found[1]


@pytest.mark.parametrize("slug", sorted(set(SAMPLE.values())))
def test_the_page_of_a_record_shows_the_verdict_that_it_deserves(client: httpx.Client, slug: str) -> None:
    """Issuers, keys and lists are read from the server itself, without a connection."""
    assert find_entry(slug).verdict.value == verdict_at(client, slug)


def test_programs_are_given_the_record_itself(client: httpx.Client) -> None:
    """Without a wish for HTML a record is what was issued, named by the address at which it was asked for."""
    entry = next(each for each in PLAIN if each.state is State.VALID)
    response = client.get(f"/records/{entry.slug}")
    assert (200, "application/vc+ld+json") == (response.status_code, response.headers["content-type"])
    assert f"{client.base_url}/records/{entry.slug}".replace("//records", "/records") == response.json()["id"]
    assert response.content == client.get(f"/records/{entry.slug}").content


def test_skills_lead_to_their_pages(client: httpx.Client) -> None:
    """The page of a record links the CASE items behind it, and the pages are there."""
    page = client.get("/records/amara-okafor-da-1-1-1", headers={"Accept": "text/html"}).text
    links = re.findall(r'<a href="\.\./(items/[^"]+)">', page)
    assert links
    assert {200} == {client.get(f"/{each}").status_code for each in links}


def test_every_record_is_listed(client: httpx.Client) -> None:
    """The list has every record and every learner."""
    page = client.get("/records").text
    assert [] == [each.slug for each in catalogue() if f'href="./records/{each.slug}"' not in page]
    assert [] == [each.name for each in learners() if each.name not in page]
    assert "TD Ameritrade / Schwab endorses" in page


def test_the_first_page_leads_to_the_records(client: httpx.Client) -> None:
    """A reader finds the records, and the page that verifies one."""
    page = client.get("/").text
    assert 'href="./records"' in page
    assert 'href="./verify"' in page


def test_a_record_is_verified_by_the_vc_api(client: httpx.Client) -> None:
    """The interface says of a hosted record what its page says, the lists of the same server included."""
    for state, status in ((State.ACTIVE, 200), (State.REVOKED, 400)):
        entry = next(each for each in PLAIN if each.state is state)
        body = {"verifiableCredential": client.get(f"/records/{entry.slug}").json()}
        response = client.post("/credentials/verify", json=body)
        assert status == response.status_code, response.text


def test_what_records_refer_to_is_there(client: httpx.Client) -> None:
    """Achievements, images and lists that a record names at the server can be read."""
    entry = next(each for each in PLAIN if each.state is State.REVOKED)
    base = str(client.base_url).rstrip("/")
    text = json.dumps(client.get(f"/records/{entry.slug}").json())
    named = {each for each in re.findall(rf'"({re.escape(base)}/[^"#]+)', text) if "/ims/" not in each}
    assert {"achievements", "status"} <= {each.removeprefix(f"{base}/").split("/")[0] for each in named}
    assert {200} == {client.get(each).status_code for each in named}


@pytest.mark.parametrize("path", ["/records/nobody", "/status/nothing", "/achievements/no/such", "/images/other.png"])
def test_what_is_not_there_is_not_found(client: httpx.Client, path: str) -> None:
    """An address at which nothing is hosted is answered with 404."""
    assert 404 == client.get(path).status_code


def test_issuers_of_the_vc_api_are_found_beside_those_of_the_case_study(client: httpx.Client) -> None:
    """Both kinds of issuers are published below the same address."""
    for each in client.get("/issuers").json()["issuers"]:
        assert 200 == client.get(each["url"]).status_code
    expected = 200 if str(client.base_url).startswith("https") else 404
    assert expected == client.get("/issuers/university-of-north-texas").status_code


def test_a_provider_that_asks_for_tokens_keeps_its_records() -> None:
    """Where the interface asks for tokens there are no pages, and the VC API asks as well."""
    options = ServerOptions(
        oauth=OAuthOptions(client_id="one", client_secret="two"), learner_records=True, vc_api=VcApiOptions()
    )
    with httpx.Client(transport=AsgiTransport(create_app(bundled(), options=options)), base_url=BASES[0]) as client:
        assert 404 == client.get("/records").status_code
        assert 404 == client.get("/verify").status_code
        refused = client.post("/credentials/verify", json={})
        assert 401 == refused.status_code
        form = {"grant_type": "client_credentials"}
        token = client.post("/oauth2/token", data=form, auth=("one", "two")).json()["access_token"]
        admitted = client.post("/credentials/verify", json={}, headers={"Authorization": f"Bearer {token}"})
        assert 400 == admitted.status_code


def test_case_alone_has_neither(client: httpx.Client) -> None:
    """Without the options there are no records, and no issuers; the page that verifies is there."""
    with httpx.Client(
        transport=AsgiTransport(create_app(bundled(), options=ServerOptions())), base_url=client.base_url
    ) as bare:
        found = {path: bare.get(path).status_code for path in ("/records", "/issuers", "/verify")}
    assert {"/records": 404, "/issuers": 404, "/verify": 200} == found
