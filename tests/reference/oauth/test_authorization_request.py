"""The authorization request and its answer (Open Badges 3.0, Authorization Request and Response; RFC 6749, 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.oauth.surroundings import CALLBACK, SCOPES, STATE, Site, asking, sent_to

from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reference.oauth.surroundings import App

OTHER = "https://app.example.net/other?x=1"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Run one host for all tests."""
    found = Site()
    yield found
    found.close()


@pytest.fixture(scope="module")
def app(site: Site) -> App:
    """Register one client for all tests."""
    return site.register(scope=" ".join(SCOPES[:3]))


# Nobody is sent anywhere


@pytest.mark.parametrize(
    "redirect_uri",
    [
        None,
        "https://evil.example/",
        f"{CALLBACK}/more",
        f"{CALLBACK}?more=1",
        f"{CALLBACK}#part",
        CALLBACK.upper(),
        CALLBACK.replace("https", "http"),
        "https://app.example.net/",
        "https://app.example.net.evil.example/callback",
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_registered(site: Site, app: App, redirect_uri: str | None) -> None:
    """Any other address, however alike, is told to the person, and is not gone to."""
    response = site.shown(asking(app, SCOPES[:1], redirect_uri=redirect_uri))
    assert 400 == response.status_code
    assert "location" not in response.headers
    assert "address that it did not register" in response.text
    assert "evil" not in response.text


@pytest.mark.parametrize("client_id", [None, "client-unknown", "", "x\0y", "x" * 5_000])
def test_nobody_is_sent_anywhere_by_a_stranger(site: Site, app: App, client_id: str | None) -> None:
    """A client that is not registered is told to the person."""
    response = site.shown(asking(app, SCOPES[:1], client_id=client_id))
    assert (400, None) == (response.status_code, response.headers.get("location"))
    assert "not registered" in response.text


@pytest.mark.parametrize("name", ["client_id", "redirect_uri"])
def test_two_clients_or_addresses_are_none(site: Site, app: App, name: str) -> None:
    """Where it is not clear who asks, nobody is answered."""
    query = [*asking(app, SCOPES[:1]).items(), (name, asking(app)[name])]
    response = site.http.get(f"/oauth2/authorize?{urlencode(query)}")
    assert (400, None) == (response.status_code, response.headers.get("location"))


# The client is told


@pytest.mark.parametrize("name", load_service("ob-3.0").operations["authorize"].required)
def test_every_parameter_is_required(site: Site, app: App, name: str) -> None:
    """Without one of the seven parameters the client is told which, wherever it is known who asks."""
    response = site.shown(asking(app, SCOPES[:1], **{name: None}))
    if name in {"client_id", "redirect_uri"}:
        assert 400 == response.status_code
        return
    told = sent_to(response)
    assert ("invalid_request", f"{name} is missing.") == (told["error"], told["error_description"])
    assert (None if name == "state" else STATE) == told.get("state")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"response_type": "code token"}, "unsupported_response_type"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": "s256"}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge": "=" * 43}, "invalid_request"),
        ({"scope": SCOPES[5]}, "invalid_scope"),
        ({"scope": f"{SCOPES[0]} everything"}, "invalid_scope"),
        ({"scope": " "}, "invalid_scope"),
    ],
)
def test_the_client_is_told_what_is_wrong(site: Site, app: App, changes: dict[str, str], error: str) -> None:
    """Everything else that is wrong is told to the client, with its state, before the person is bothered."""
    told = sent_to(site.shown(asking(app, SCOPES[:1], **changes)))
    assert (error, STATE) == (told["error"], told["state"])


def test_a_parameter_that_is_there_twice_is_refused(site: Site, app: App) -> None:
    """What two readers could understand in two ways is not understood at all."""
    query = [*asking(app, SCOPES[:1]).items(), ("scope", SCOPES[1])]
    assert "invalid_request" == sent_to(site.http.get(f"/oauth2/authorize?{urlencode(query)}"))["error"]


@settings(deadline=None)
@given(st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FF), min_size=1))
def test_the_state_comes_back_as_it_was(site: Site, app: App, state: str) -> None:
    """Whatever the client puts in state comes back to it."""
    told = sent_to(site.shown(asking(app, SCOPES[:1], state=state, response_type="token")))
    assert state == told["state"]


# The person decides


def test_the_client_gets_a_code_for_what_is_allowed(site: Site, app: App) -> None:
    """With the code come the scopes that were allowed, in the query, and the state as it was."""
    page = site.consent_page(asking(app, SCOPES[:3]))
    told = sent_to(site.decide(page, SCOPES[:3]))
    assert {"code", "scope", "state"} == told.keys()
    assert (" ".join(SCOPES[:3]), STATE) == (told["scope"], told["state"])


def test_less_may_be_allowed_than_is_asked_for(site: Site, app: App) -> None:
    """A person unticks a scope, and neither the answer nor the token has it."""
    page = site.consent_page(asking(app, SCOPES[:3]))
    told = sent_to(site.decide(page, SCOPES[1:2]))
    assert SCOPES[1] == told["scope"]
    assert SCOPES[1] == site.redeemed(app, told["code"], scope=SCOPES[1]).json()["scope"]


def test_more_cannot_be_allowed_than_is_asked_for(site: Site, app: App) -> None:
    """A form that was tampered with grants nothing beside what the page asked."""
    page = site.consent_page(asking(app, SCOPES[:1]))
    assert SCOPES[0] == sent_to(site.decide(page, SCOPES))["scope"]
    assert "access_denied" == sent_to(site.decide(page, SCOPES[1:]))["error"]


@pytest.mark.parametrize("scopes", [SCOPES[:1], ()])
def test_a_no_is_told(site: Site, app: App, scopes: tuple[str, ...]) -> None:
    """Who does not agree, or unticks everything, is sent back with access_denied."""
    page = site.consent_page(asking(app, SCOPES[:1]))
    told = sent_to(site.decide(page, scopes, decision="deny" if scopes else "allow"))
    assert ("access_denied", STATE) == (told["error"], told["state"])
    assert "code" not in told


def test_an_address_with_a_query_keeps_it(site: Site, app: App) -> None:
    """The code is added to the query that a registered address has."""
    page = site.consent_page(asking(app, SCOPES[:1], redirect_uri=OTHER))
    location = site.decide(page, SCOPES[:1]).headers["location"]
    assert location.startswith(f"{OTHER}&")
    assert {"x", "code", "scope", "state"} == dict(parse_qsl(urlsplit(location).query)).keys()
