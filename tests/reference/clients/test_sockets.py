"""The reference client at the reference host, over TLS: a person signs in with a browser of the test."""

from __future__ import annotations

import contextlib
import json
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest
from tests.reference.credentials.surroundings import badge, record, signed
from tests.reference.hosts.surroundings import STATE, token_of
from tests.reference.oauth.surroundings import ADA, action_of, seal_of

from skillmark_reference.clients import (
    AddressForbidden,
    ClientMetadata,
    Exchanger,
    Host,
    HostUnreachable,
    NetworkTransport,
    Permissions,
    RequestRefused,
    trust,
)
from skillmark_reference.clients.browsers import LoopbackBrowser
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import RunningServer, ServerOptions, create_app
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BADGE = signed(badge())
SAMPLES = {
    "ob-3.0": (json.dumps(BADGE), token_of(badge(identifier="urn:x:2"))),
    "clr-2.0": (json.dumps(signed(record(BADGE), STATE)), token_of(record(BADGE) | {"id": "urn:x:2"}, STATE)),
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """Run the reference host over TLS."""
    repository = Repository.open(f"sqlite:///{tmp_path / 'host.sqlite'}")
    app = create_app(repository, options=ServerOptions(accounts=(ADA,)))
    with RunningServer(app, self_signed=True) as running:
        yield running
    repository.close()


@contextlib.contextmanager
def host_of(server: RunningServer, standard: str = "ob-3.0") -> Iterator[Host]:
    """Connect to a server as the host that the user named."""
    permissions = Permissions.for_host(server.url)
    with NetworkTransport(permissions, trust(server.ca_file)) as network:
        yield Host(server.url, load_service(standard), Exchanger(network, permissions))


def person(server: RunningServer, *, decision: str = "allow") -> object:
    """Return a browser in which Ada signs in and decides; it ends at the client, over TLS that it does not check."""

    def open_page(url: str) -> None:
        context = ssl.create_default_context(cafile=server.ca_file)
        with httpx.Client(base_url=server.url, verify=context, trust_env=False) as browser:
            page = browser.get(url)
            form = {"seal": seal_of(page), "name": ADA.name, "password": ADA.password}
            page = browser.post(action_of(page), data=form, follow_redirects=True)
            asked = httpx.URL(url).params["scope"].split()
            decided = {"seal": seal_of(page), "decision": decision, "scope": asked}
            location = browser.post(action_of(page), data=decided).headers["location"]
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with httpx.Client(verify=trusting, trust_env=False) as browser:
            assert 200 == browser.get(location).status_code

    return open_page


@pytest.mark.parametrize("standard", ["ob-3.0", "clr-2.0"])
def test_a_person_gets_back_what_was_sent(server: RunningServer, standard: str) -> None:
    """What one client sends, another one reads, in both forms; then tokens are renewed and given back, and are void."""
    with (
        host_of(server, standard) as host,
        LoopbackBrowser(open_page=person(server), seconds=30) as browser,  # type: ignore[arg-type]
    ):
        scopes = tuple(host.describe().scopes)
        client = host.register(ClientMetadata(name="Wallet", url=browser.url, version="1"), scopes)
        session = host.authorize(client, scopes, browser)
        assert [201, 201] == [session.upsert(text) for text in SAMPLES[standard]]
        found = list(session.credentials(limit=1))
        assert [json.loads(SAMPLES[standard][0])] == [json.loads(each.text) for each in found if not each.is_token]
        assert [SAMPLES[standard][1]] == [each.text for each in found if each.is_token]
        session.put_profile(session.profile() | {"name": "Countess"})
        session.refresh()
        assert "Countess" == session.profile()["name"]
        assert session.revoke()
        with pytest.raises(RequestRefused):
            session.profile()


def test_who_says_no_is_heard(server: RunningServer) -> None:
    """A person who refuses leaves the client without a token."""
    with (
        host_of(server) as host,
        LoopbackBrowser(open_page=person(server, decision="deny"), seconds=30) as browser,  # type: ignore[arg-type]
    ):
        scopes = tuple(host.describe().scopes)
        client = host.register(ClientMetadata(name="Wallet", url=browser.url, version="1"), scopes)
        with pytest.raises(RequestRefused, match="access_denied"):
            host.authorize(client, scopes, browser)


def test_the_client_has_the_pages_that_it_registers() -> None:
    """Everything that a registration names is there: the logo is an image, the others are pages."""
    with LoopbackBrowser(open_page=lambda _: None, seconds=0.01) as browser:
        metadata = ClientMetadata(name="Wallet", url=browser.url, version="1").request(["a"])
        trusting = ssl.create_default_context()
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
        with httpx.Client(verify=trusting, trust_env=False) as client:
            kinds = {
                name: client.get(metadata[name]).headers["content-type"].partition(";")[0]
                for name in ("client_uri", "tos_uri", "policy_uri", "logo_uri")
            }
        with pytest.raises(HostUnreachable, match="did not come back"):
            browser("https://host.example/")
    assert {
        "client_uri": "text/html",
        "tos_uri": "text/html",
        "policy_uri": "text/html",
        "logo_uri": "image/svg+xml",
    } == kinds
    assert {"localhost"} == {urlsplit(metadata[name]).hostname for name in kinds}


def test_who_is_not_trusted_is_not_spoken_to(server: RunningServer) -> None:
    """A certificate of an authority that nobody named, and a host that the user did not name, are errors."""
    permissions = Permissions.for_host(server.url)
    with NetworkTransport(permissions, trust()) as network, pytest.raises(HostUnreachable, match="certificate"):
        Host(server.url, load_service("ob-3.0"), Exchanger(network, permissions)).describe()
    other = Permissions.for_host("https://host.example")
    with NetworkTransport(other, trust(server.ca_file)) as network, pytest.raises(AddressForbidden, match="private"):
        Host(server.url, load_service("ob-3.0"), Exchanger(network, other)).describe()
