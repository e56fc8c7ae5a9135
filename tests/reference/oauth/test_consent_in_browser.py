"""Signing in and deciding in a real browser, which is what keeps other sites out."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import HTMLResponse
from starlette.routing import Route
from tests.browser import TOO_FAINT, Tab
from tests.reference.oauth.surroundings import (
    ADA,
    BOB,
    CALLBACK,
    REGISTRATION,
    SCOPES,
    STATE,
    VERIFIER,
    App,
    asking,
)

from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import RunningServer, ServerOptions, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The client of the tests cannot be reached, neither its logo nor its address to return to.
UNREACHABLE = "net::ERR_NAME_NOT_RESOLVED"


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """Run a host on a socket."""
    repository = Repository.open("sqlite://")
    with RunningServer(create_app(repository, options=ServerOptions(accounts=(ADA, BOB)))) as server:
        yield server.url
    repository.close()


@pytest.fixture(scope="module")
def app(base: str) -> App:
    """Register a client."""
    told = httpx.post(f"{base}/oauth2/register", json=REGISTRATION, trust_env=False).json()
    return App(told["client_id"], told["client_secret"])


@pytest.fixture
def tab(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """Start a browser without cookies, and see to it that it complains of nothing but what it cannot reach."""
    with contextlib.closing(Tab(program, tmp_path_factory.mktemp("browser"))) as found:
        found.start()
        yield found
        assert [] == [each for each in found.complaints if UNREACHABLE not in each]


def asked(base: str, app: App) -> str:
    """Return the address that a client sends a browser to."""
    return f"{base}/oauth2/authorize?{urlencode(asking(app))}"


def click(tab: Tab, selector: str) -> str:
    """Click on what leads away, and return the address where that ends."""
    # The click waits until the command is answered, so that the navigation is not missed.
    tab.send("Runtime.evaluate", expression=f"setTimeout(() => document.querySelector({selector!r}).click(), 50)")
    event = tab._wait(lambda each: each.get("method") == "Page.frameNavigated")
    tab._wait(lambda each: each.get("method") == "Page.loadEventFired")
    frame = event["params"]["frame"]
    return str(frame.get("unreachableUrl") or frame["url"])


def sign_in(tab: Tab, name: str, password: str) -> str:
    """Fill in the form as a person does, from the field that has the focus."""
    assert "name" == tab.evaluate("document.activeElement.id")
    tab.send("Input.insertText", text=name)
    tab.evaluate("document.querySelector('label[for=password]').click()")
    tab.send("Input.insertText", text=password)
    return click(tab, "button.main")


def test_a_person_allows_a_part(tab: Tab, base: str, app: App) -> None:
    """Signed in, a person unticks a scope and allows the rest; the browser follows to the client, whose code is good."""
    tab.open(asked(base, app))
    assert sign_in(tab, ADA.name, ADA.password).startswith(f"{base}/oauth2/authorize?")
    assert "Ada Lovelace" in tab.evaluate("document.body.innerText")
    tab.evaluate("document.querySelector('.tick').click()")
    location = click(tab, "button[value=allow]")
    assert location.startswith(f"{CALLBACK}?")
    told = dict(parse_qsl(urlsplit(location).query))
    assert (STATE, " ".join(SCOPES[1:])) == (told["state"], told["scope"])
    form = {
        "grant_type": "authorization_code",
        "code": told["code"],
        "redirect_uri": CALLBACK,
        "scope": SCOPES[1],
        "code_verifier": VERIFIER,
    }
    response = httpx.post(f"{base}/oauth2/token", data=form, headers=app.basic, trust_env=False)
    assert (200, SCOPES[1]) == (response.status_code, response.json()["scope"])


def test_a_person_says_no(tab: Tab, base: str, app: App) -> None:
    """Cancelling needs no name; the browser follows to the client with the answer."""
    tab.open(asked(base, app))
    told = dict(parse_qsl(urlsplit(click(tab, "button[value=deny]")).query))
    assert ("access_denied", STATE) == (told["error"], told["state"])


def test_a_wrong_password_is_told(tab: Tab, base: str, app: App) -> None:
    """The page comes again with the problem announced, and the person can go on."""
    tab.open(asked(base, app))
    sign_in(tab, BOB.name, "wrong")
    tab.complaints.clear()
    assert "Name and password do not go together." == tab.evaluate("document.querySelector('[role=alert]').textContent")
    sign_in(tab, BOB.name, BOB.password)
    assert "<b>Bob</b>" in tab.evaluate("document.body.innerText")
    click(tab, "button[value=other]")
    assert "Sign in" == tab.evaluate("document.querySelector('h1').textContent")


@pytest.mark.parametrize("width", [1280, 360])
def test_the_pages_can_be_read(tab: Tab, base: str, app: App, width: int) -> None:
    """Text has contrast, nothing is wider than the window, every field has a label, at any width."""
    tab.open(asked(base, app), width=width)
    for _ in range(2):
        assert [] == tab.evaluate(TOO_FAINT)
        assert tab.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        fields = "Array.from(document.querySelectorAll('input:not([type=hidden])'))"
        assert tab.evaluate(f"{fields}.every((each) => each.labels.length === 1)")
        if tab.evaluate("document.querySelector('#name') !== null"):
            sign_in(tab, ADA.name, ADA.password)


def test_another_site_cannot_decide_for_a_person(tab: Tab, base: str, app: App) -> None:
    """A page of another origin that sends the form for a person who is signed in, or shows it in a frame, gets nothing."""
    tab.open(asked(base, app))
    sign_in(tab, ADA.name, ADA.password)
    address = asked(base, app).replace("&", "&amp;")
    form = f'<form method="post" action="{address}"><input name="decision" value="allow"><button>x</button></form>'

    def forged(_: object) -> HTMLResponse:
        return HTMLResponse(f'<title>x</title><link rel="icon" href="data:,">{form}')

    def framed(_: object) -> HTMLResponse:
        return HTMLResponse(f'<title>x</title><link rel="icon" href="data:,"><iframe src="{address}"></iframe>')

    with RunningServer(Starlette(routes=[Route("/forged", forged), Route("/framed", framed)])) as evil:
        tab.open(f"{evil.url}/forged")
        assert click(tab, "button").startswith(f"{base}/oauth2/authorize?")
        assert "This cannot go on" == tab.evaluate("document.querySelector('h1').textContent")
        tab.complaints.clear()
        tab.open(f"{evil.url}/framed")
        tab.evaluate("1")
        assert any("frame" in each for each in tab.complaints), tab.complaints
        tab.complaints.clear()
