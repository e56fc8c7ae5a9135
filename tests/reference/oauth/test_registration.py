"""Dynamic client registration (RFC 7591; Open Badges 3.0, Register with Authorization Server)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.oauth.surroundings import REGISTRATION, SCOPES, Site, assert_oauth_error

from skillmark_reference.server.oauth import storing
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

ROW = load_service("ob-3.0").vocabulary.classes["ClientRegistrationRequest"]


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Run one host for all tests."""
    found = Site()
    yield found
    found.close()


def answered(site: Site, body: object) -> httpx.Response:
    """Ask to be registered."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return site.http.post("/oauth2/register", content=content, headers={"Content-Type": "application/json"})


def test_a_client_is_told_what_was_registered(site: Site) -> None:
    """Everything that was sent comes back, with an identifier, a secret and the time; nothing may be kept by caches."""
    response = answered(site, REGISTRATION)
    assert (201, "no-store") == (response.status_code, response.headers["cache-control"])
    told = response.json()
    own = {name: told.pop(name) for name in ("client_id", "client_secret", "client_id_issued_at")}
    defaults = {"token_endpoint_auth_method": "client_secret_basic", "response_types": ["code"]}
    assert REGISTRATION | defaults | {"client_secret_expires_at": 0} == told
    assert int(site.clock.now) == own["client_id_issued_at"]
    assert len(own["client_secret"]) >= 43


def test_clients_differ(site: Site) -> None:
    """The same request twice makes two clients."""
    first, second = site.register(), site.register()
    assert first.id != second.id
    assert first.secret != second.secret


def test_the_secret_is_not_in_the_database() -> None:
    """Who reads the database cannot be the client."""
    site = Site()
    app = site.register()
    assert app.secret not in repr(site.repository.database.rows(storing.clients.select()))
    site.close()


@pytest.mark.parametrize("name", ROW.required)
def test_a_required_member_may_not_be_missing(site: Site, name: str) -> None:
    """Without any of the required members a request is refused, and the answer names it."""
    response = answered(site, {key: value for key, value in REGISTRATION.items() if key != name})
    code = "invalid_redirect_uri" if name == "redirect_uris" else "invalid_client_metadata"
    assert_oauth_error(response, code)
    assert name in response.json()["error_description"]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"redirect_uris": "https://app.example.net/callback"}, "invalid_redirect_uri"),
        ({"redirect_uris": []}, "invalid_redirect_uri"),
        ({"redirect_uris": ["http://app.example.net/callback"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://app.example.net/callback#part"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://app.example.net/callback#"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://app.example.net@evil.example/"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://app.example.net/; script-src *"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://app.example.net:99999/"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["/callback"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://app.example.net/\r\nX: y"]}, "invalid_redirect_uri"),
        ({"redirect_uris": ["https://other.example.net/callback"]}, "invalid_client_metadata"),
        ({"redirect_uris": ["https://app.example.net/" + "x" * 2_000]}, "invalid_redirect_uri"),
        ({"client_uri": "http://app.example.net/"}, "invalid_client_metadata"),
        ({"logo_uri": "https://images.example.net/logo.png"}, "invalid_client_metadata"),
        ({"logo_uri": "javascript:alert(1)"}, "invalid_client_metadata"),
        ({"client_name": 1}, "invalid_client_metadata"),
        ({"scope": "nothing known"}, "invalid_client_metadata"),
        ({"scope": ""}, "invalid_client_metadata"),
        ({"grant_types": "authorization_code"}, "invalid_client_metadata"),
        ({"grant_types": ["implicit"]}, "invalid_client_metadata"),
        ({"grant_types": ["client_credentials"]}, "invalid_client_metadata"),
        ({"grant_types": ["refresh_token"]}, "invalid_client_metadata"),
        ({"grant_types": []}, "invalid_client_metadata"),
        ({"response_types": ["token"]}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "client_secret_post"}, "invalid_client_metadata"),
        ({"token_endpoint_auth_method": "none"}, "invalid_client_metadata"),
        ({"contacts": "ada@example.net"}, "invalid_client_metadata"),
    ],
)
def test_what_the_standard_does_not_allow_is_refused(site: Site, changes: dict[str, Any], code: str) -> None:
    """One wrong member is enough to be refused, with the error that the standard has for it."""
    assert_oauth_error(answered(site, REGISTRATION | changes), code)


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"scope": "a", "scope": "b"}', b"\xff", b"[" * 20_000, b" " * 60_000]
)
def test_a_body_that_is_no_object_is_refused(site: Site, body: bytes) -> None:
    """Anything but one JSON object of a decent size is refused."""
    assert_oauth_error(answered(site, body), "invalid_client_metadata")


def test_scopes_that_are_not_known_are_left_out(site: Site) -> None:
    """A client learns from the answer which scopes it may ask for."""
    told = answered(
        site, REGISTRATION | {"scope": f"{SCOPES[1]} unknown {SCOPES[0]} {SCOPES[1]} offline_access"}
    ).json()
    assert f"{SCOPES[1]} {SCOPES[0]} offline_access" == told["scope"]


def test_members_that_are_not_known_are_ignored(site: Site) -> None:
    """What the server does not know it does not keep (RFC 7591, 2)."""
    told = answered(site, REGISTRATION | {"software_statement": "x.y.z", "jwks_uri": "http://10.0.0.1/"}).json()
    assert not {"software_statement", "jwks_uri"} & told.keys()


def test_registering_is_slowed_down() -> None:
    """Beyond the rate nobody is registered, so that no stranger fills the database at will; the error is one of OAuth."""
    site = Site(rate_limit=1.0)
    site.register()
    response = answered(site, REGISTRATION)
    assert_oauth_error(response, "temporarily_unavailable", 429)
    assert "1" == response.headers["retry-after"]
    site.close()


def test_other_methods_are_told(site: Site) -> None:
    """The addresses of the authorization server answer in its form, whatever is asked."""
    response = site.http.get("/oauth2/register")
    assert_oauth_error(response, "invalid_request", 405)
    assert "POST" == response.headers["allow"]
    assert_oauth_error(site.http.get("/oauth2/nothing"), "invalid_request", 404)


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([*ROW.properties, "other"]),
        st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists),
    )
)
def test_whatever_is_sent_is_answered(site: Site, changes: dict[str, Any]) -> None:
    """Any members of any types make a client or are refused: nothing makes the server fail."""
    response = answered(site, REGISTRATION | changes)
    assert response.status_code in {201, 400}, response.text
    if response.status_code == 400:
        assert_oauth_error(response, response.json()["error"])
