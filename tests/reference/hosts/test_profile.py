"""The profile of a person (Open Badges 3.0, getProfile and putProfile)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.hosts.surroundings import Wallet, assert_fits, assert_status_info
from tests.reference.oauth.surroundings import ADA, BOB, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

PROFILE: dict[str, Any] = {
    "@context": ["https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
    "id": "urn:uuid:bob",
    "type": ["Profile"],
    "name": "Bob",
    "otherIdentifier": [{"type": "IdentifierEntry", "identifier": "B-1", "identifierType": "sourcedId"}],
}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Run one host."""
    found = Site()
    yield found
    found.close()


@pytest.fixture(scope="module")
def ada(site: Site) -> Wallet:
    """Return a client that Ada allowed everything."""
    return Wallet(site, ADA)


@pytest.fixture(scope="module")
def bob(site: Site) -> Wallet:
    """Return a client that Bob allowed everything."""
    return Wallet(site, BOB)


def put(wallet: Wallet, content: object, media_type: str = "application/json") -> Any:  # noqa: ANN401 - a response
    """Replace the profile."""
    body = content if isinstance(content, str | bytes) else json.dumps(content)
    return wallet.send("PUT", "/profile", content=body, headers={"Content-Type": media_type})


def test_a_profile_is_that_of_the_person(ada: Wallet) -> None:
    """A person with a profile has it shown, as it was given."""
    response = ada.send("GET", "/profile")
    assert (200, ADA.profile, "no-store") == (response.status_code, response.text, response.headers["cache-control"])
    assert_fits("Profile", response.json())


def test_a_profile_is_replaced_whole(bob: Wallet, ada: Wallet, site: Site) -> None:
    """Who has none is told so; what is put is there, in both services, byte for byte, and nobody else's changes."""
    assert_status_info(bob.send("GET", "/profile"), 404, "not_found", field="profile")
    text = json.dumps(PROFILE, indent=1)
    response = put(bob, text)
    assert (200, text) == (response.status_code, response.text)
    assert text == bob.send("GET", "/profile").text == Wallet(site, BOB, service="clr-2.0").send("GET", "/profile").text
    less = {name: PROFILE[name] for name in ("id", "type")}
    assert 200 == put(bob, less).status_code
    assert less == bob.send("GET", "/profile").json()
    assert ADA.profile == ada.send("GET", "/profile").text


@pytest.mark.parametrize(
    "content",
    [
        {},
        PROFILE | {"type": ["Person"]},
        PROFILE | {"name": 1},
        PROFILE
        | {"address": {"type": ["Address"], "geo": {"type": "GeoCoordinates", "latitude": "x", "longitude": 1}}},
        {name: value for name, value in PROFILE.items() if name != "id"},
        [PROFILE],
        "",
        "null",
        b"\xff",
        '{"id": "a", "id": "b"}',
        '{"parentOrg": ' * 400 + json.dumps(PROFILE) + "}" * 400,
        PROFILE | {"x": [[]] * 60_000},
    ],
)
def test_what_is_no_profile_is_refused(ada: Wallet, content: object) -> None:
    """What is malformed is refused with the reason, and the profile stays."""
    assert_status_info(put(ada, content), 422, "invalid_data", field="body")
    assert ADA.profile == ada.send("GET", "/profile").text


def test_a_profile_is_json(ada: Wallet) -> None:
    """No other media type is taken."""
    assert_status_info(put(ada, PROFILE, "text/plain"), 415, "unknown")
