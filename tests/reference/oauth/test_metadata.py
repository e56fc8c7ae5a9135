"""The metadata of the authorization server (RFC 8414), and the accounts that `skillmark serve` starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.reference.hosts.surroundings import assert_fits
from tests.reference.oauth.surroundings import BASE, SCOPES, Site, asking

from skillmark.cli.serving import known_accounts
from skillmark_fixtures.learners import learners
from skillmark_reference.server import OAuthOptions

if TYPE_CHECKING:
    from skillmark_reference.server import Account


def test_the_metadata_lead_to_everything() -> None:
    """Every address that is named is there, and what is supported is what works."""
    site = Site()
    document = site.http.get("/.well-known/oauth-authorization-server").json()
    assert BASE == document["issuer"]
    assert {*SCOPES, "offline_access"} == set(document["scopes_supported"])
    assert (["code"], ["S256"], ["client_secret_basic"]) == (
        document["response_types_supported"],
        document["code_challenge_methods_supported"],
        document["token_endpoint_auth_methods_supported"],
    )
    for name, address in document.items():
        if name.endswith("_endpoint"):
            assert site.http.get(address).status_code in {400, 405}, name
    site.close()


def test_the_client_of_the_settings_is_told_of_as_well() -> None:
    """With a client of its own, a host says that it gives tokens for client credentials, too."""
    site = Site(oauth=OAuthOptions(client_id="a", client_secret="b"))
    document = site.http.get("/.well-known/oauth-authorization-server").json()
    assert ["authorization_code", "refresh_token", "client_credentials"] == document["grant_types_supported"]
    assert ["client_secret_basic", "client_secret_post"] == document["token_endpoint_auth_methods_supported"]
    site.close()


def test_every_learner_has_an_account() -> None:
    """The learners of the case study can sign in with the password that is printed, and have a profile."""
    accounts: tuple[Account, ...] = known_accounts()
    assert [each.slug for each in learners()] == [each.name for each in accounts]
    site = Site(accounts=accounts)
    token = site.tokens(site.register(), account=accounts[0])["access_token"]
    profile = site.read(token, "/ims/ob/v3p0/profile").json()
    assert accounts[0].full_name == profile["name"]
    assert_fits("Profile", profile)
    assert accounts[0].password not in repr(accounts)
    assert 200 == site.shown(asking(site.register())).status_code
    site.close()
