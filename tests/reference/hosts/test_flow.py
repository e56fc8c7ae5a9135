"""The whole way of a client over a real socket: from the service description to a token that is void again."""

from __future__ import annotations

import json
import ssl
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from tests.reference.credentials.surroundings import badge, record, signed
from tests.reference.hosts.surroundings import STATE, token_of
from tests.reference.oauth.surroundings import (
    ADA,
    CALLBACK,
    REGISTRATION,
    VERIFIER,
    App,
    action_of,
    asking,
    seal_of,
)

from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import RunningServer, ServerOptions, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=[False, True], ids=["plain", "tls"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[RunningServer]:
    """Run a host on a socket, its database in a file."""
    repository = Repository.open(f"sqlite:///{tmp_path / 'host.sqlite'}")
    app = create_app(repository, options=ServerOptions(accounts=(ADA,)))
    with RunningServer(app, self_signed=request.param) as running:
        yield running
    repository.close()


def client_of(server: RunningServer) -> httpx.Client:
    """Return a client that trusts a server, and keeps its cookies."""
    context = ssl.create_default_context(cafile=server.ca_file) if server.ca_file else True
    return httpx.Client(base_url=server.url, verify=context, trust_env=False)


@pytest.mark.parametrize(
    ("base_path", "credential"),
    [
        pytest.param("/ims/ob/v3p0", signed(badge()), id="ob"),
        pytest.param("/ims/clr/v2p0", signed(record(signed(badge())), STATE), id="clr"),
    ],
)
def test_a_client_goes_the_whole_way(server: RunningServer, base_path: str, credential: dict[str, object]) -> None:
    """Discovery, registration, sign-in, consent, code, token, upsert, list, refresh, revocation: each from what the last said."""
    with client_of(server) as http:
        description = http.get(f"{base_path}/discovery").json()
        scheme = description["components"]["securitySchemes"]["OAuth2ACG"]
        flow = scheme["flows"]["authorizationCode"]
        scopes = sorted(flow["scopes"])
        registered = http.post(
            scheme["x-imssf-registrationUrl"], json=REGISTRATION | {"scope": " ".join(scopes)}
        ).json()
        app = App(registered["client_id"], registered["client_secret"])

        page = http.get(f"{flow['authorizationUrl']}?{urlencode(asking(app, scopes))}")
        form = {"seal": seal_of(page), "name": ADA.name, "password": ADA.password}
        page = http.post(action_of(page), data=form, follow_redirects=True)
        decision = {"seal": seal_of(page), "decision": "allow", "scope": scopes}
        location = http.post(action_of(page), data=decision).headers["location"]
        assert location.startswith(CALLBACK)

        redeemed = {
            "grant_type": "authorization_code",
            "code": dict(parse_qsl(urlsplit(location).query))["code"],
            "redirect_uri": CALLBACK,
            "scope": " ".join(scopes),
            "code_verifier": VERIFIER,
        }
        tokens = http.post(flow["tokenUrl"], data=redeemed, headers=app.basic).json()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        address = f"{description['servers'][0]['url']}/credentials"
        for content, media_type in (
            (json.dumps(credential), "application/vc+ld+json"),
            (token_of_one(base_path), "text/plain"),
        ):
            response = http.post(address, content=content, headers=bearer | {"Content-Type": media_type})
            assert (201, content) == (response.status_code, response.text)

        first = http.get(address, params={"limit": 1}, headers=bearer)
        second = http.get(first.links["next"]["url"], headers=bearer)
        assert ({"credential": [credential]}, "2") == (first.json(), first.headers["x-total-count"])
        assert ["compactJwsString"] == list(second.json())
        assert "next" not in second.links

        again = {"grant_type": "refresh_token", "refresh_token": tokens["refresh_token"], "scope": scopes[0]}
        tokens = http.post(flow["refreshUrl"], data=again, headers=app.basic).json()
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        assert 200 == http.get(address, headers=bearer).status_code
        revocation = http.get("/.well-known/oauth-authorization-server").json()["revocation_endpoint"]
        void = {"token": tokens["refresh_token"], "token_type_hint": "refresh_token"}
        assert 200 == http.post(revocation, data=void, headers=app.basic).status_code
        assert 401 == http.get(address, headers=bearer).status_code


def token_of_one(base_path: str) -> str:
    """Return another credential of the kind of a service, as VC-JWT."""
    if "/ob/" in base_path:
        return token_of(badge(identifier="urn:x:2"))
    return token_of(record(signed(badge())) | {"id": "urn:x:2"}, STATE)
