"""Codes, tokens, refreshing and revoking (Open Badges 3.0, API Security; RFC 6749, RFC 7636, RFC 7009)."""

from __future__ import annotations

import dataclasses
import threading
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.oauth.surroundings import (
    ADA,
    BOB,
    CALLBACK,
    SCOPES,
    VERIFIER,
    App,
    Site,
    assert_oauth_error,
    challenge,
)
from tests.reference.test_database import KINDS, postgresql

from skillmark_reference.server import OAuthOptions
from skillmark_reference.server.oauth import storing
from skillmark_reference.server.oauth.grants import GrantRefused, Grants, Issued, Permission
from skillmark_reference.server.oauth.storing import Store
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PROFILE = "/ims/ob/v3p0/profile"
READ, PROFILES = SCOPES[0], SCOPES[2]


@pytest.fixture
def site() -> Iterator[Site]:
    """Run a host of its own for each test: its clock moves."""
    found = Site()
    yield found
    found.close()


@pytest.fixture(scope="module")
def still() -> Iterator[Site]:
    """Run one host whose clock stands still."""
    found = Site()
    yield found
    found.close()


@pytest.fixture(params=KINDS)
def any_site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    """Run a host on each kind of database."""
    if request.param == "postgresql":
        with postgresql() as url:
            found = Site(url)
            yield found
            found.close()
        return
    found = Site("sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'host.sqlite'}")
    yield found
    found.close()


# Codes


def test_a_code_is_worth_tokens_once(any_site: Site) -> None:
    """A code gives tokens; a second time it gives none, and makes those of the first time void."""
    app = any_site.register()
    code = any_site.code(app)
    first = any_site.redeemed(app, code, scope=" ".join(SCOPES)).json()
    assert ("Bearer", 3600, " ".join(SCOPES)) == (first["token_type"], first["expires_in"], first["scope"])
    assert 200 == any_site.read(first["access_token"]).status_code
    assert_oauth_error(any_site.redeemed(app, code), "invalid_grant")
    assert 401 == any_site.read(first["access_token"]).status_code
    assert_oauth_error(any_site.refreshed(app, first["refresh_token"]), "invalid_grant")


def test_a_code_ends_after_ten_minutes(site: Site) -> None:
    """A code is good for 600 seconds and no longer."""
    app = site.register()
    early, late = site.code(app), site.code(app)
    site.clock.now += load_service("ob-3.0").security.code_seconds - 1
    assert 200 == site.redeemed(app, early).status_code
    site.clock.now += 1
    assert_oauth_error(site.redeemed(app, late), "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code": "wrong"}, "invalid_grant"),
        ({"redirect_uri": "https://app.example.net/other?x=1"}, "invalid_grant"),
        ({"redirect_uri": f"{CALLBACK}/"}, "invalid_grant"),
        ({"code_verifier": VERIFIER[:-1] + "x"}, "invalid_grant"),
        ({"code_verifier": challenge()}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"code_verifier": VERIFIER * 4}, "invalid_grant"),
        ({"scope": SCOPES[1]}, "invalid_scope"),
        ({"scope": f"{READ} unknown"}, "invalid_scope"),
        ({"code": None}, "invalid_request"),
        ({"redirect_uri": None}, "invalid_request"),
        ({"code_verifier": None}, "invalid_request"),
        ({"scope": None}, "invalid_request"),
        ({"grant_type": None}, "invalid_request"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "client_credentials"}, "unauthorized_client"),
    ],
)
def test_a_code_is_redeemed_as_it_was_asked_for(still: Site, changes: dict[str, str | None], error: str) -> None:
    """Anything that differs is refused, and the code is good for the right request afterwards."""
    app = still.register()
    code = still.code(app, [READ])
    assert_oauth_error(still.redeemed(app, code, **changes), error)
    assert 200 == still.redeemed(app, code).status_code


def test_a_code_is_of_one_client(still: Site) -> None:
    """Another client gets nothing for it, and spoils nothing."""
    app, thief = still.register(), still.register()
    code = still.code(app)
    assert_oauth_error(still.redeemed(thief, code), "invalid_grant")
    assert 200 == still.redeemed(app, code).status_code


@settings(max_examples=20, deadline=None)
@given(st.text("abcXYZ019-._~", min_size=43, max_size=128), st.text("abcXYZ019-._~", min_size=43, max_size=128))
def test_the_verifier_is_the_one_of_the_challenge(still: Site, right: str, wrong: str) -> None:
    """For any two verifiers: the one that the challenge was made of is good, the other one is not."""
    app = still.register()
    code = still.code(app, [READ], code_challenge=challenge(right))
    if wrong != right:
        assert_oauth_error(still.redeemed(app, code, code_verifier=wrong), "invalid_grant")
    assert 200 == still.redeemed(app, code, code_verifier=right).status_code


@pytest.mark.parametrize("what", ["code", "refresh token"])
def test_what_is_good_once_is_good_once_at_the_same_time(any_site: Site, what: str) -> None:
    """Of four clients that use a code or a refresh token in one moment one gets tokens, and they are void afterwards."""
    any_site.register()
    client = OAuthOptions(client_id="x", client_secret="y").client()
    client = dataclasses.replace(client, grant_types=("authorization_code", "refresh_token"))
    database = any_site.repository.database
    with database.writing() as connection:
        row = {"id": 1, "name": "x", "full_name": "x", "password": "x"}
        connection.execute(storing.accounts.insert().values(**row))
    grants = Grants(Store(database, storing.metadata), clock=any_site.clock)
    permission = Permission(account=1, scopes=(READ,), redirect_uri=CALLBACK, code_challenge=challenge())
    code = grants.allow(client, permission)

    def redeem() -> Issued:
        return grants.redeem(client, code=code, redirect_uri=CALLBACK, verifier=VERIFIER, scopes=[READ])

    use = redeem
    if what == "refresh token":
        token = redeem().refresh_token or ""

        def use() -> Issued:
            return grants.refresh(client, refresh_token=token, scopes=[])

    gate = threading.Barrier(4)
    found: list[Issued | str] = []

    def run() -> None:
        gate.wait()
        try:
            found.append(use())
        except GrantRefused as refused:
            found.append(refused.code)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 3 == found.count("invalid_grant")
    (issued,) = (each for each in found if isinstance(each, Issued))
    assert grants.admission(issued.access_token) is None


# Clients


def test_a_client_shows_who_it_is_in_the_header(still: Site) -> None:
    """With a wrong secret, no header, or the secret in the form, a registered client gets nothing."""
    app = still.register()
    code = still.code(app)
    wrong = App(app.id, "wrong")
    response = still.redeemed(wrong, code)
    assert_oauth_error(response, "invalid_client", 401)
    assert response.headers["www-authenticate"].startswith("Basic ")
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}
    posted = form | {"scope": READ, "client_id": app.id, "client_secret": app.secret}
    assert_oauth_error(still.http.post("/oauth2/token", data=posted), "invalid_client", 401)
    assert 200 == still.redeemed(app, code).status_code


def test_what_is_sent_twice_is_refused(still: Site) -> None:
    """A field that is there twice, or a form that is too large, is no request."""
    app = still.register()
    for form in ({"code": ["a", "b"]}, {"code": "x" * 20_000}):
        response = still.http.post("/oauth2/token", data=form, headers=app.basic)
        assert_oauth_error(response, "invalid_request")


# Access tokens


@settings(max_examples=30, deadline=None)
@given(st.sets(st.sampled_from(SCOPES[:4]), min_size=1))
def test_an_operation_needs_its_scope(still: Site, scopes: set[str]) -> None:
    """For any subset of the scopes: an operation is done exactly when its scope is among them."""
    app = _app_of(still)
    token = still.tokens(app, sorted(scopes))["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    for operation in load_service("ob-3.0").operations.values():
        if operation.scope is None:
            continue
        response = still.http.request(operation.method, f"/ims/ob/v3p0{operation.path}", headers=headers)
        assert (operation.scope in scopes) == (response.status_code != 403), operation.id
        if operation.scope not in scopes:
            challenged = f'Bearer error="insufficient_scope", scope="{operation.scope}"'
            assert challenged == response.headers["www-authenticate"]
            found = response.json()["imsx_codeMinor"]["imsx_codeMinorField"][0]
            assert "forbidden" == found["imsx_codeMinorFieldValue"]


def _app_of(site: Site, known: dict[int, App] = {}) -> App:  # noqa: B006 - one client for all examples
    return known.setdefault(id(site), site.register())


def test_a_token_ends_on_time(site: Site) -> None:
    """A token is good for an hour."""
    token = site.tokens(site.register())["access_token"]
    site.clock.now += 3599
    assert 200 == site.read(token).status_code
    site.clock.now += 1
    response = site.read(token)
    assert (401, 'Bearer error="invalid_token"') == (response.status_code, response.headers["www-authenticate"])


def test_a_token_in_the_address_is_not_looked_at(still: Site) -> None:
    """Tokens are in the header alone: addresses end up in logs."""
    token = still.tokens(_app_of(still))["access_token"]
    response = still.http.get("/ims/ob/v3p0/credentials", params={"access_token": token})
    assert (401, "Bearer") == (response.status_code, response.headers["www-authenticate"])


def test_each_person_has_a_token_of_their_own(still: Site) -> None:
    """The token that Ada allowed shows Ada's profile, and Bob has none."""
    app = _app_of(still)
    ada, bob = (still.tokens(app, account=each)["access_token"] for each in (ADA, BOB))
    assert (200, "Ada Lovelace") == (still.read(ada, PROFILE).status_code, still.read(ada, PROFILE).json()["name"])
    assert 404 == still.read(bob, PROFILE).status_code


def test_nothing_that_can_be_used_is_in_the_database(site: Site) -> None:
    """Who reads the database finds neither passwords nor codes nor tokens nor sessions."""
    app = site.register()
    code = site.code(app)
    tokens = site.redeemed(app, code).json()
    database = site.repository.database
    content = repr([database.rows(sa.select(each)) for each in storing.metadata.sorted_tables])
    cookie = site.http.cookies["skillmark-session"]
    for secret in (ADA.password, app.secret, code, cookie, tokens["access_token"], tokens["refresh_token"]):
        assert secret not in content


# Refreshing


def test_a_refresh_token_is_worth_new_tokens_once(any_site: Site) -> None:
    """New tokens take the place of the refresh token; used again it ends everything that came of it."""
    app = any_site.register()
    first = any_site.tokens(app, [READ])
    second = any_site.refreshed(app, first["refresh_token"]).json()
    assert READ == second["scope"]
    assert len({first["access_token"], first["refresh_token"], second["access_token"], second["refresh_token"]}) == 4
    assert 200 == any_site.read(second["access_token"]).status_code
    assert_oauth_error(any_site.refreshed(app, first["refresh_token"]), "invalid_grant")
    assert 401 == any_site.read(second["access_token"]).status_code
    assert_oauth_error(any_site.refreshed(app, second["refresh_token"]), "invalid_grant")


def test_a_refreshed_token_has_no_more_than_was_allowed(still: Site) -> None:
    """Less may be asked for, and all of it again later; never more, and the refresh token survives the attempt."""
    app = _app_of(still)
    tokens = still.tokens(app, [READ, PROFILES])
    assert_oauth_error(still.refreshed(app, tokens["refresh_token"], scope=SCOPES[1]), "invalid_scope")
    less = still.refreshed(app, tokens["refresh_token"], scope=READ).json()
    assert READ == less["scope"]
    assert 403 == still.read(less["access_token"], PROFILE).status_code
    assert {READ, PROFILES} == set(still.refreshed(app, less["refresh_token"]).json()["scope"].split())


def test_a_refresh_token_is_of_one_client(still: Site) -> None:
    """Another client gets nothing for it, and spoils nothing."""
    app, thief = still.register(), still.register()
    tokens = still.tokens(app)
    assert_oauth_error(still.refreshed(thief, tokens["refresh_token"]), "invalid_grant")
    assert 200 == still.refreshed(app, tokens["refresh_token"]).status_code


def test_a_refresh_token_is_no_access_token(still: Site) -> None:
    """Neither token does the work of the other."""
    app = _app_of(still)
    tokens = still.tokens(app)
    assert 401 == still.read(tokens["refresh_token"]).status_code
    assert_oauth_error(still.refreshed(app, tokens["access_token"]), "invalid_grant")


def test_a_refresh_token_ends_after_a_month(site: Site) -> None:
    """A client that does not come back for thirty days has to ask again; nothing of it is left then."""
    app = site.register()
    tokens = site.tokens(app)
    site.clock.now += 30 * 24 * 3600
    assert_oauth_error(site.refreshed(app, tokens["refresh_token"]), "invalid_grant")
    site.code(app)
    assert 0 == site.repository.database.scalar(sa.select(sa.func.count()).select_from(storing.tokens))


def test_a_client_that_did_not_ask_for_it_has_no_refresh_token(still: Site) -> None:
    """Refresh tokens are for clients that registered for them."""
    app = still.register(grant_types=["authorization_code"])
    tokens = still.tokens(app)
    assert "refresh_token" not in tokens
    assert_oauth_error(still.refreshed(app, "x"), "unauthorized_client")


# Revoking


@pytest.mark.parametrize("hint", [None, "access_token", "refresh_token", "something"])
def test_a_token_is_made_void(still: Site, hint: str | None) -> None:
    """An access token falls alone, a refresh token with everything that came of it; the hint changes nothing."""
    app = _app_of(still)
    hints = {} if hint is None else {"token_type_hint": hint}
    tokens = still.tokens(app)
    assert (200, b"") == (still.revoked(app, tokens["access_token"], **hints).status_code, b"")
    assert 401 == still.read(tokens["access_token"]).status_code
    fresh: dict[str, Any] = still.refreshed(app, tokens["refresh_token"]).json()
    assert 200 == still.revoked(app, fresh["refresh_token"], **hints).status_code
    assert 401 == still.read(fresh["access_token"]).status_code
    assert_oauth_error(still.refreshed(app, fresh["refresh_token"]), "invalid_grant")


def test_an_unknown_token_is_void_already(still: Site) -> None:
    """A client that is not sure whether a token was made void asks again, and is told that all is well."""
    assert 200 == still.revoked(_app_of(still), "unknown").status_code


def test_only_its_client_makes_a_token_void(still: Site) -> None:
    """Another client is refused, and the token stays good; so is one that does not say which."""
    app, thief = still.register(), still.register()
    tokens = still.tokens(app)
    assert_oauth_error(still.revoked(thief, tokens["refresh_token"]), "invalid_grant")
    assert_oauth_error(still.revoked(App(app.id, "wrong"), tokens["refresh_token"]), "invalid_client", 401)
    assert_oauth_error(still.revoked(app, ""), "invalid_request")
    assert 200 == still.read(tokens["access_token"]).status_code


# Beside the client of the settings


def test_tokens_of_persons_do_not_open_the_case_interface() -> None:
    """CASE is for the client of the settings; its tokens in turn speak for no person."""
    site = Site(oauth=OAuthOptions(client_id="case", client_secret="secret"))
    case, app = App("case", "secret"), site.register()
    person = site.tokens(app)["access_token"]
    own = site.http.post(
        "/oauth2/token", data={"grant_type": "client_credentials", "scope": READ}, headers=case.basic
    ).json()["access_token"]
    assert (401, 200) == tuple(site.read(each, "/ims/case/v1p1/CFDocuments").status_code for each in (person, own))
    assert (200, 403) == tuple(site.read(each).status_code for each in (person, own))
    assert 404 == site.http.get("/").status_code
    assert 200 == site.http.get("/assets/pages.css").status_code
    site.close()
