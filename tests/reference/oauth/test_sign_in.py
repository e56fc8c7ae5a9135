"""Signing in and deciding: who may, how often, and that no other site does it for a person."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from tests.reference.oauth.surroundings import (
    ADA,
    BASE,
    BOB,
    SCOPES,
    STATE,
    Site,
    action_of,
    asking,
    seal_of,
    sent_to,
)

from skillmark.wire.in_process import AsgiTransport
from skillmark_reference.server import ServerOptions, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.reference.oauth.surroundings import App

COOKIE = "skillmark-session"


@pytest.fixture
def site() -> Iterator[Site]:
    """Run a host of its own for each test: it remembers attempts."""
    found = Site()
    yield found
    found.close()


@pytest.fixture
def app(site: Site) -> App:
    """Register a client."""
    return site.register()


@pytest.fixture
def page(site: Site, app: App) -> httpx.Response:
    """Open the page to sign in."""
    return site.shown(asking(app))


def test_the_page_says_who_asks(page: httpx.Response) -> None:
    """Name, address, logo, terms and policy of the client are shown, and where it will get its answer; all escaped."""
    assert 200 == page.status_code
    assert "A &amp; B &lt;Wallet&gt;" in page.text
    for member in ('href="https://app.example.net/"', 'src="https://app.example.net/logo.png"', "/terms", "/privacy"):
        assert member in page.text
    assert '<strong class="mono">app.example.net</strong>' in page.text


def test_the_page_cannot_be_framed_or_kept(site: Site, app: App, page: httpx.Response) -> None:
    """No frame, no script of others, no cache; its form ends here or at the client."""
    for each in (page, site.consent_page(asking(app)), site.shown(asking(app, client_id="x"))):
        policy = each.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert ("DENY", "no-store") == (each.headers["x-frame-options"], each.headers["cache-control"])
        assert ("nosniff", "no-referrer") == (each.headers["x-content-type-options"], each.headers["referrer-policy"])
    assert "form-action 'self' https://app.example.net;" in page.headers["content-security-policy"]
    assert "img-src 'self' https://app.example.net data:;" in page.headers["content-security-policy"]


def test_the_cookie_is_for_this_server_alone(page: httpx.Response) -> None:
    """Scripts do not see it, other sites do not send it with forms, plain connections do not carry it."""
    attributes = {each.strip().lower() for each in page.headers["set-cookie"].split(";")[1:]}
    assert {"httponly", "secure", "samesite=lax", "path=/oauth2", "max-age=3600"} == attributes


def test_a_person_signs_in_and_is_asked(site: Site, page: httpx.Response) -> None:
    """The right password leads to the question, which names the person and everything that is asked for."""
    response = site.sign_in(page, BOB)
    assert 303 == response.status_code
    assert response.headers["location"].startswith("authorize?")
    asked = site.http.get(f"/oauth2/{response.headers['location']}")
    assert "&lt;b&gt;Bob&lt;/b&gt;" in asked.text
    assert all(f'value="{scope}" checked' in asked.text for scope in SCOPES)
    assert "Read your badges" in asked.text


@pytest.mark.parametrize(
    "changes",
    [{"password": "wrong"}, {"password": ""}, {"name": "nobody"}, {"name": ""}, {"name": "ada\0"}, {"name": "ADA"}],
)
def test_wrong_names_and_passwords_are_not_told_apart(
    site: Site, page: httpx.Response, changes: dict[str, str]
) -> None:
    """Whatever is wrong, the answer is the same, and nobody is signed in."""
    response = site.sign_in(page, **changes)
    assert 403 == response.status_code
    assert "Name and password do not go together." in response.text
    assert "sign-in?" in site.http.get(action_of(response).replace("sign-in", "authorize")).text


def test_guessing_takes_patience(site: Site, app: App, page: httpx.Response) -> None:
    """After five wrong passwords not even the right one is looked at for a minute; names that are none behave the same."""
    for name in ("ada", "nobody"):
        assert [403] * 5 == [site.sign_in(page, name=name, password=f"{number}").status_code for number in range(5)]
        assert 429 == site.sign_in(page, name=name).status_code
    assert 303 == site.sign_in(page, BOB).status_code
    site.clock.now += 60
    site.http.cookies.clear()
    assert 303 == site.sign_in(site.shown(asking(app)), ADA).status_code


def test_a_session_ends(site: Site, app: App) -> None:
    """After an hour a person signs in again."""
    site.consent_page(asking(app))
    site.http.cookies.jar.clear_expired_cookies()
    secret = site.http.cookies[COOKIE]
    site.clock.now += 3600
    site.http.cookies.set(COOKIE, secret, path="/oauth2")
    assert "sign-in?" in site.shown(asking(app)).text


def test_signing_in_changes_the_secret(site: Site, page: httpx.Response) -> None:
    """Who planted a cookie before is not signed in with it afterwards."""
    before = site.http.cookies[COOKIE]
    site.sign_in(page)
    after = site.http.cookies[COOKIE]
    assert before != after
    site.http.cookies.clear()
    site.http.cookies.set(COOKIE, before)
    assert "sign-in?" in site.http.get(action_of(page).replace("sign-in", "authorize")).text


def test_another_account_can_be_used(site: Site, app: App) -> None:
    """Who is signed in as somebody else signs out, and the old secret is worth nothing."""
    page = site.consent_page(asking(app), ADA)
    secret = site.http.cookies[COOKIE]
    response = site.decide(page, decision="other")
    assert (303, True) == (response.status_code, response.headers["location"].startswith("authorize?"))
    assert "sign-in?" in site.shown(asking(app)).text
    site.http.cookies.clear()
    site.http.cookies.set(COOKIE, secret)
    assert "sign-in?" in site.shown(asking(app)).text


def test_a_no_needs_no_account(site: Site, page: httpx.Response) -> None:
    """Who does not want to sign in is sent back to the client."""
    told = sent_to(site.http.post(action_of(page), data={"seal": seal_of(page), "decision": "deny"}))
    assert ("access_denied", STATE) == (told["error"], told["state"])


# Other sites


@pytest.mark.parametrize("seal", [None, "", "0" * 96, "ä"])
def test_a_form_of_another_site_does_nothing(site: Site, app: App, seal: str | None) -> None:
    """A site that makes a browser send the form cannot know the seal, and gets no code."""
    page = site.consent_page(asking(app))
    form = {"decision": "allow", "scope": list(SCOPES)} | ({} if seal is None else {"seal": seal})
    response = site.http.post(action_of(page), data=form)
    assert (403, None) == (response.status_code, response.headers.get("location"))
    own = {"name": ADA.name, "password": ADA.password} | ({} if seal is None else {"seal": seal})
    assert 403 == site.http.post(action_of(page).replace("authorize?", "sign-in?", 1), data=own).status_code


def test_the_seal_differs_from_page_to_page(site: Site, app: App) -> None:
    """Who sees how well pages compress, with what an attacker put into them, learns nothing of the next one; each is good."""
    pages = [site.consent_page(asking(app)) for _ in range(2)]
    assert seal_of(pages[0]) != seal_of(pages[1])
    assert [302, 302] == [site.decide(each).status_code for each in pages]


def test_the_seal_is_of_one_browser(site: Site, app: App) -> None:
    """The seal of an attacker's own page is none in the browser of another person."""
    theirs = seal_of(site.consent_page(asking(app), BOB))
    site.http.cookies.clear()
    page = site.consent_page(asking(app), ADA)
    response = site.http.post(action_of(page), data={"seal": theirs, "decision": "allow", "scope": list(SCOPES)})
    assert 403 == response.status_code


def test_a_form_without_a_cookie_does_nothing(site: Site, page: httpx.Response) -> None:
    """A browser that keeps no cookies is told so."""
    site.http.cookies.clear()
    response = site.sign_in(page)
    assert 403 == response.status_code
    assert "keeps no cookies" in response.text


def test_a_page_is_opened_by_its_address_alone(site: Site, app: App) -> None:
    """Opening the page decides nothing, whatever is in its address."""
    site.consent_page(asking(app))
    response = site.shown(asking(app, decision="allow", seal="x"))
    assert (200, None) == (response.status_code, response.headers.get("location"))


def test_the_request_is_looked_at_again(site: Site, app: App) -> None:
    """A form that is sent to a tampered address sends nobody to a foreign one."""
    page = site.consent_page(asking(app))
    address = action_of(page).replace("app.example.net", "evil.example")
    response = site.http.post(address, data={"seal": seal_of(page), "decision": "allow", "scope": list(SCOPES)})
    assert (400, None) == (response.status_code, response.headers.get("location"))


def test_over_a_plain_connection_the_cookie_is_plain() -> None:
    """A server on the loopback interface without TLS can be tried in a browser."""
    site = Site(base_url="http://127.0.0.1:8000")
    assert "secure" not in site.shown(asking(site.register())).headers["set-cookie"].lower()
    site.close()


def test_below_a_prefix_everything_is_below_it(site: Site) -> None:
    """Mounted below a prefix, pages, forms and cookie stay below it, and a code is to be had."""
    options = ServerOptions(accounts=(ADA,), base_url=f"{BASE}/tenant")
    inner = create_app(site.repository, options=options, clock=site.clock)
    outer = Starlette(routes=[Mount("/tenant", app=inner)])
    with httpx.Client(transport=AsgiTransport(outer), base_url=f"{BASE}/tenant") as client:
        site.http.close()
        site.http = client
        page = site.shown(asking(site.register()))
        assert "path=/tenant/oauth2;" in page.headers["set-cookie"].lower()
        (style,) = re.findall(r'href="\.\./(assets/pages\.css[^"]*)"', page.text)
        assert 200 == client.get(f"/{style}").status_code
        response = site.sign_in(page)
        assert "code" in sent_to(site.decide(client.get(f"/oauth2/{response.headers['location']}")))
        metadata = client.get("/.well-known/oauth-authorization-server").json()
        assert f"{BASE}/tenant/oauth2/authorize" == metadata["authorization_endpoint"]
