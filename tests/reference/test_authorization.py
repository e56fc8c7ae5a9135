"""Who is admitted, and how often: OAuth 2.0 client credentials (RFC 6749, RFC 6750) and the limit of the rate."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import httpx
import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.bundled import VERSIONS
from tests.reference.provider import BASE, address, assert_refused, bundled, client_of, identifiers

from skillmark.wire.in_process import AsgiTransport
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import OAuthOptions, ServerOptions, create_app
from skillmark_reference.server.oauth import storing

if TYPE_CHECKING:
    from collections.abc import Iterator

TOKEN = "/oauth2/token"
IDENTIFIER = "case client"
SECRET = "s3cret: ä+%&"
GRANT = {"grant_type": "client_credentials"}
CREDENTIALS = {"client_id": IDENTIFIER, "client_secret": SECRET}
#: The version's token for a request that is not admitted.
CODES = {"1.0": "unauthorisedrequest", "1.1": "unauthorised_request"}
DISCOVERY = "/ims/case/v1p1/discovery/imscasev1p1_openapi3_v1p0.json"

both_versions = pytest.mark.parametrize("version", VERSIONS)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Stand still until the test says otherwise."""
    return Clock()


@pytest.fixture
def client(clock: Clock) -> Iterator[httpx.Client]:
    """Reach a provider that asks for tokens with two scopes."""
    options = OAuthOptions(client_id=IDENTIFIER, client_secret=SECRET, scopes=("core", "all"), token_seconds=60)
    with client_of(bundled(), clock=clock, oauth=options) as found:
        yield found


def basic(identifier: str = IDENTIFIER, secret: str = SECRET) -> dict[str, str]:
    """Return the header of HTTP Basic with both parts encoded as forms are (RFC 6749, 2.3.1)."""
    pair = f"{quote_plus(identifier)}:{quote_plus(secret)}"
    return {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def token(client: httpx.Client) -> str:
    """Return a good token."""
    response = client.post(TOKEN, data=GRANT, headers=basic())
    assert 200 == response.status_code, response.text
    return str(response.json()["access_token"])


def listed(client: httpx.Client, authorization: str | None, version: str = "1.1") -> httpx.Response:
    """Read the document list with an Authorization header."""
    headers = {} if authorization is None else {"Authorization": authorization}
    return client.get(address(version, "getAllCFDocuments"), headers=headers)


# The token endpoint


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        pytest.param(GRANT, basic(), id="basic"),
        pytest.param(GRANT | CREDENTIALS, {}, id="body"),
        pytest.param(GRANT | {"scope": "core"}, basic(), id="scope"),
        pytest.param(GRANT | {"audience": "ignored"}, basic(), id="unknown parameter"),
    ],
)
def test_a_known_client_is_given_a_token(client: httpx.Client, form: dict[str, str], headers: dict[str, str]) -> None:
    """With HTTP Basic or with credentials in the body a token is given, not to be kept by caches, and it is good."""
    response = client.post(TOKEN, data=form, headers=headers)
    assert (200, "application/json") == (response.status_code, response.headers["content-type"])
    assert ("no-store", "no-cache") == (response.headers["cache-control"], response.headers["pragma"])
    given: dict[str, Any] = response.json()
    assert ("Bearer", 60) == (given["token_type"], given["expires_in"])
    assert form.get("scope") == given.get("scope")
    assert 200 == listed(client, f"Bearer {given['access_token']}").status_code


@pytest.mark.parametrize(
    ("form", "headers"),
    [
        pytest.param(GRANT, basic(secret="wrong"), id="wrong secret"),
        pytest.param(GRANT, basic(identifier="stranger"), id="wrong client"),
        pytest.param(GRANT, basic(identifier="", secret=""), id="blank"),
        pytest.param(GRANT, {}, id="nothing"),
        pytest.param(GRANT, {"Authorization": "Basic !"}, id="no base64"),
        pytest.param(GRANT, {"Authorization": "Basic /w=="}, id="no UTF-8"),
        pytest.param(GRANT, {"Authorization": "Bearer x"}, id="other scheme"),
        pytest.param(GRANT | {"client_id": IDENTIFIER}, {}, id="no secret in the body"),
        pytest.param(GRANT | {"client_id": IDENTIFIER, "client_secret": "wrong"}, {}, id="wrong secret in the body"),
        pytest.param(GRANT | CREDENTIALS, basic(secret="wrong"), id="wrong header and right body"),
        pytest.param({"grant_type": "password"}, basic(secret="wrong"), id="wrong secret and wrong grant"),
    ],
)
def test_an_unknown_client_is_given_nothing(
    client: httpx.Client, form: dict[str, str], headers: dict[str, str]
) -> None:
    """Wrong or missing credentials are answered with 401, invalid_client and a challenge."""
    response = client.post(TOKEN, data=form, headers=headers)
    assert (401, "invalid_client") == (response.status_code, response.json()["error"])
    assert response.headers["www-authenticate"].startswith("Basic ")
    assert "no-store" == response.headers["cache-control"]


@pytest.mark.parametrize(
    ("form", "error"),
    [
        pytest.param({"grant_type": "password"}, "unsupported_grant_type", id="another grant"),
        pytest.param({"grant_type": "CLIENT_CREDENTIALS"}, "unsupported_grant_type", id="in capitals"),
        pytest.param({}, "invalid_request", id="no grant"),
        pytest.param({"grant_type": ""}, "invalid_request", id="blank grant"),
        pytest.param({"grant_type": ["client_credentials"] * 2}, "invalid_request", id="twice"),
        pytest.param(GRANT | {"scope": "write"}, "invalid_scope", id="unknown scope"),
        pytest.param(GRANT | {"scope": "core write"}, "invalid_scope", id="one unknown scope"),
        pytest.param(GRANT | {"padding": "x" * 10_000}, "invalid_request", id="too large"),
    ],
)
def test_wrong_token_requests_are_named(client: httpx.Client, form: dict[str, Any], error: str) -> None:
    """What a known client asks wrongly is answered with 400 and the error that RFC 6749, 5.2, has for it."""
    response = client.post(TOKEN, data=form, headers=basic())
    assert (400, error) == (response.status_code, response.json()["error"])
    assert "no-store" == response.headers["cache-control"]


def test_several_scopes_are_given_together(client: httpx.Client) -> None:
    """Scopes are separated by spaces, and given as they were asked for."""
    response = client.post(TOKEN, data=GRANT | {"scope": "all core"}, headers=basic())
    assert "all core" == response.json()["scope"]


def test_any_scope_is_given_where_none_is_configured() -> None:
    """A provider without scopes of its own does not refuse those of others."""
    options = OAuthOptions(client_id=IDENTIFIER, client_secret=SECRET)
    with client_of(bundled(), oauth=options) as client:
        response = client.post(TOKEN, data=GRANT | {"scope": "whatever"}, headers=basic())
    assert (200, "whatever") == (response.status_code, response.json()["scope"])


def test_tokens_are_posted_for(client: httpx.Client) -> None:
    """The token endpoint is no address to read from."""
    response = client.get(TOKEN)
    assert (405, "POST") == (response.status_code, response.headers["allow"])


def test_an_open_provider_gives_no_tokens() -> None:
    """Without a client there is no token endpoint."""
    with client_of(bundled()) as client:
        assert 404 == client.post(TOKEN, data=GRANT, headers=basic()).status_code


def test_tokens_differ(client: httpx.Client) -> None:
    """Every token is new, long, and good beside the others."""
    tokens = [token(client) for _ in range(3)]
    assert 3 == len(set(tokens))
    assert all(len(each) >= 43 for each in tokens)
    assert {200} == {listed(client, f"Bearer {each}").status_code for each in tokens}


def test_expired_tokens_are_forgotten(clock: Clock) -> None:
    """Tokens that are not good any more take no room for ever."""
    repository = Repository.open("sqlite://")
    options = OAuthOptions(client_id=IDENTIFIER, client_secret=SECRET, token_seconds=60)
    with client_of(repository, clock=clock, oauth=options) as client:
        for _ in range(10):
            token(client)
        clock.now += 60
        token(client)
    for table in (storing.tokens, storing.grants):
        assert 1 == repository.database.scalar(sa.select(sa.func.count()).select_from(table))
    repository.close()


def test_nothing_that_can_be_used_is_in_the_database() -> None:
    """Who reads the database finds no token in it."""
    repository = Repository.open("sqlite://")
    with client_of(repository, oauth=OAuthOptions(client_id=IDENTIFIER, client_secret=SECRET)) as client:
        given = token(client)
    found = repository.database.rows(sa.select(storing.tokens))
    assert 1 == len(found)
    assert given not in repr(found)
    repository.close()


def test_a_token_can_be_made_void(client: httpx.Client) -> None:
    """A client that is done with a token says so (RFC 7009), and the token is good no more."""
    good = token(client)
    assert 200 == client.post("/oauth2/revoke", data={"token": good}, headers=basic()).status_code
    assert 401 == listed(client, f"Bearer {good}").status_code


def test_a_client_learns_where_tokens_are(client: httpx.Client) -> None:
    """The metadata of the authorization server say what there is, and nothing else (RFC 8414)."""
    document = client.get("/.well-known/oauth-authorization-server").json()
    assert (f"{BASE}{TOKEN}", ["client_credentials"]) == (document["token_endpoint"], document["grant_types_supported"])
    assert "authorization_endpoint" not in document
    assert 404 == client.get("/oauth2/authorize").status_code
    assert 404 == client.post("/oauth2/register", json={}).status_code


def test_secrets_are_not_shown() -> None:
    """The secret is in no representation of the options."""
    assert SECRET not in repr(OAuthOptions(client_id=IDENTIFIER, client_secret=SECRET))


# The guard


@both_versions
@pytest.mark.parametrize("operation", ["getAllCFDocuments", "getCFItem", "getCFPackage"])
def test_without_a_token_nothing_is_read(client: httpx.Client, version: str, operation: str) -> None:
    """A request without a token is answered with 401, the version's code, and a challenge without an error."""
    record_class = {"getAllCFDocuments": None, "getCFItem": "CFItem", "getCFPackage": "CFDocument"}[operation]
    response = client.get(address(version, operation, identifiers(record_class)[0]))
    assert_refused(response, version, 401, code=CODES[version], field="Authorization")
    assert "Bearer" == response.headers["www-authenticate"]


@both_versions
@pytest.mark.parametrize(
    "authorization", ["Bearer x", "Bearer ", "Bearer", "", "Basic Y2FzZTpjYXNl", "x"], ids=lambda text: text or "blank"
)
def test_a_wrong_token_is_called_invalid(client: httpx.Client, version: str, authorization: str) -> None:
    """Anything but a good token is answered with 401 and invalid_token (RFC 6750, 3.1)."""
    token(client)
    response = listed(client, authorization, version)
    assert_refused(response, version, 401, code=CODES[version])
    assert 'Bearer error="invalid_token"' == response.headers["www-authenticate"]


def test_a_token_ends_on_time(client: httpx.Client, clock: Clock) -> None:
    """A token is good until its last second, and invalid from then on."""
    good = f"Bearer {token(client)}"
    clock.now += 59.9
    assert 200 == listed(client, good).status_code
    clock.now += 0.1
    assert_refused(listed(client, good), "1.1", 401, code="unauthorised_request")


def test_the_scheme_is_written_in_any_case(client: httpx.Client) -> None:
    """The name of the scheme does not depend on capitals (RFC 9110, 11.1); the token does."""
    good = token(client)
    assert 200 == listed(client, f"bearer {good}").status_code
    assert 401 == listed(client, f"Bearer {good.swapcase()}").status_code


@both_versions
def test_unknown_addresses_are_guarded_too(client: httpx.Client, version: str) -> None:
    """Strangers do not learn which records there are."""
    for path in ("/Nothing", "/CFItems/x", "/CFDocuments?limit=0"):
        response = client.get(address(version, "getAllCFDocuments").replace("/CFDocuments", path))
        assert_refused(response, version, 401, code=CODES[version])


def test_the_discovery_document_is_for_everybody(client: httpx.Client) -> None:
    """A client learns without a token where tokens are given."""
    assert 200 == client.get(DISCOVERY).status_code


def test_a_guarded_provider_shows_no_pages(client: httpx.Client) -> None:
    """The pages for people show everything, so there are none where tokens are asked for."""
    assert 404 == client.get("/").status_code
    assert 404 == client.get(f"/frameworks/{identifiers('CFDocument')[0]}").status_code


@both_versions
def test_a_prefix_before_the_base_path_opens_nothing(version: str) -> None:
    """Mounted below a prefix, the provider asks for tokens as it does at the root."""
    options = ServerOptions(oauth=OAuthOptions(client_id=IDENTIFIER, client_secret=SECRET))
    outer = Starlette(routes=[Mount("/tenant", app=create_app(bundled(), options=options))])
    with httpx.Client(transport=AsgiTransport(outer), base_url="https://case.example.org/tenant") as client:
        response = client.get(address(version, "getAllCFDocuments"))
        given = client.post(TOKEN, data=GRANT, headers=basic()).json()
        assert 200 == listed(client, f"Bearer {given['access_token']}", version).status_code
    assert_refused(response, version, 401, code=CODES[version])


# The rate


def statuses(client: httpx.Client, times: int, version: str = "1.1") -> list[int]:
    """Return the statuses of so many requests at once."""
    return [client.get(address(version, "getAllCFDocuments")).status_code for _ in range(times)]


@both_versions
def test_requests_beyond_the_rate_are_refused(clock: Clock, version: str) -> None:
    """Beyond the rate the answer is 429 with server_busy and the seconds to wait; after them there is room again."""
    with client_of(bundled(), clock=clock, rate_limit=2.0) as client:
        assert [200, 200, 429] == statuses(client, 3, version)
        response = client.get(address(version, "getAllCFDocuments"))
        assert_refused(response, version, 429, code="server_busy", text="Too many requests.")
        assert "1" == response.headers["retry-after"]
        clock.now += 0.5
        assert [200, 429] == statuses(client, 2, version)


def test_a_rate_below_one_says_how_long_to_wait(clock: Clock) -> None:
    """One request in ten seconds: the first is answered, and the wait counts down in whole seconds."""
    with client_of(bundled(), clock=clock, rate_limit=0.1) as client:
        assert [200] == statuses(client, 1)
        waits = []
        for _ in range(4):
            waits.append(client.get(address("1.1", "getAllCFDocuments")).headers["retry-after"])
            clock.now += 3
        assert ["10", "7", "4", "1"] == waits
        assert [200] == statuses(client, 1)


def test_rest_is_not_saved_up(clock: Clock) -> None:
    """However long nobody asked, no more than one second's worth is answered at once."""
    with client_of(bundled(), clock=clock, rate_limit=3.0) as client:
        clock.now += 3_600
        assert [200, 200, 200, 429] == statuses(client, 4)


def test_the_rate_counts_the_interface_only(clock: Clock) -> None:
    """Pages and tokens are not counted, refusals are."""
    with client_of(bundled(), clock=clock, rate_limit=1.0) as client:
        assert [404, 404] == [client.get("/nothing").status_code for _ in range(2)]
        assert [404, 429] == [client.get("/ims/case/v1p1/Nothing").status_code for _ in range(2)]


def test_without_a_limit_nothing_is_counted(clock: Clock) -> None:
    """A provider without a limit answers as often as it is asked."""
    with client_of(bundled(), clock=clock) as client:
        assert {200} == set(statuses(client, 50))


def test_the_rate_is_kept_before_the_token_is_looked_at(clock: Clock) -> None:
    """A stranger who guesses tokens is slowed down."""
    options = OAuthOptions(client_id=IDENTIFIER, client_secret=SECRET)
    with client_of(bundled(), clock=clock, oauth=options, rate_limit=1.0) as client:
        assert [401, 429] == [listed(client, f"Bearer {number}").status_code for number in range(2)]
