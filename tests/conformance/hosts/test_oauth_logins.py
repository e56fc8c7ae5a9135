"""Signing in and deciding: through pages of many makes, by a program, by a person."""

from __future__ import annotations

import dataclasses
import json
import sys
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.conformance.hosts.products import ADA, target_for

from skillmark.core.clock import SystemClock
from skillmark.core.errors import Misconfigured
from skillmark.core.interfaces import HostInterface, Login
from skillmark.wire.browsers.forms import read_page
from skillmark.wire.browsers.logins import ALLOW, DENY, Decision, Ended, Logins
from skillmark.wire.client import WireClient

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

HOST = "https://127.0.0.1"
START = f"{HOST}/oauth/authorize?client_id=c&state=s"
CLIENT = "https://skillmark.example/first/callback"
CONSENT = (
    '<form method=post action="decide"><button name=d value=1>Allow</button><button name=d value=0>Deny</button></form>'
)
SIGN_IN = (
    "<form method=post action=/login><input name=user><input type=password name=pass><button>Sign in</button></form>"
)

Pages = dict[str, "str | httpx.Response | Callable[[httpx.Request], httpx.Response]"]


class Site(httpx.BaseTransport):
    """A site that has pages by path, and remembers what came."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self.requests: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer by the page of the path."""
        request.read()
        self.requests.append(request)
        assert "127.0.0.1" == request.url.host, "the client itself is never called"
        page = self._pages.get(request.url.path, httpx.Response(404, html="<p>Not here</p>"))
        answer = page(request) if callable(page) else page
        if isinstance(answer, str):
            answer = httpx.Response(200, html=answer)
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(answer.read()))


def moved(location: str, *, status: int = 302, cookie: str = "") -> httpx.Response:
    """Return a redirect."""
    return httpx.Response(status, headers={"Location": location} | ({"Set-Cookie": cookie} if cookie else {}))


def decided(request: httpx.Request) -> httpx.Response:
    """Send the browser to the client, with everything that the form had."""
    given = parse_qs(request.content.decode(), keep_blank_values=True)
    text = "&".join(f"{name}={'+'.join(values)}" for name, values in given.items())
    return moved(f"{CLIENT}?code=a-code-of-the-host&{text}")


def decide(site: Site, decision: Decision = ALLOW, **settings: object) -> Ended:
    """Sign in at a site, and decide."""
    host = HostInterface(accounts=(ADA,), **settings)  # type: ignore[arg-type]
    target = dataclasses.replace(target_for(host), url=HOST)
    client = WireClient(target, clock=SystemClock(), transport=site)
    ended = Logins(client, host).decide(START, returns=[CLIENT], account=ADA, decision=decision)
    told = json.dumps([dataclasses.asdict(each) for each in client.exchanges.values()])
    assert not [each for each in (ADA.password, "correct+horse", "a-code-of-the-host") if each in told]
    return ended


def sent(ended: Ended) -> dict[str, str]:
    """Return what the client is told."""
    assert ended.address.startswith(CLIENT), ended.problem
    return dict(parse_qsl(urlsplit(ended.address).query, keep_blank_values=True))


def form_of(site: Site, path: str) -> dict[str, list[str]]:
    """Return the form that came to a path."""
    (request,) = [each for each in site.requests if each.url.path == path and each.method == "POST"]
    return parse_qs(request.content.decode(), keep_blank_values=True)


def test_name_and_password_then_the_question() -> None:
    """Cookies, hidden inputs and relative addresses are as a browser has them, and both answers can be given."""
    sign_in = SIGN_IN.replace("<input", "<input type=hidden name=csrf value='t&amp;1'><input", 1)
    for decision, value in ((ALLOW, "1"), (DENY, "0")):
        site = Site(
            {
                "/oauth/authorize": sign_in,
                "/login": moved("/oauth/consent", cookie="session=a-session-of-the-browser; Path=/; Secure; HttpOnly"),
                "/oauth/consent": CONSENT,
                "/oauth/decide": decided,
            }
        )
        ended = decide(site, decision)
        assert {"csrf": ["t&1"], "user": ["ada"], "pass": ["correct horse"]} == form_of(site, "/login")
        assert (value, True) == (sent(ended)["d"], ended.was_asked)
        assert "session=a-session-of-the-browser" == site.requests[-1].headers["cookie"]
        assert HOST == site.requests[-1].headers["origin"]


def test_name_on_one_page_and_password_on_the_next() -> None:
    """The name comes first, alone; a password that is hidden there is none."""
    site = Site(
        {
            "/oauth/authorize": "<form action=/who method=post><label for=i>E-mail</label>"
            "<input type=email id=i name=identifier><button>Next</button></form>",
            "/who": "<form method=post action=/pw>Hello <input type=hidden name=identifier value=ada>"
            "<input type=password name=secret><input type=submit value='Log in'></form>",
            "/pw": moved("/oauth/consent", status=303),
            "/oauth/consent": CONSENT,
            "/oauth/decide": decided,
        }
    )
    assert "a-code-of-the-host" == sent(decide(site))["code"]
    assert {"identifier": ["ada"]} == form_of(site, "/who")
    assert {"identifier": ["ada"], "secret": ["correct horse"]} == form_of(site, "/pw")


def test_a_link_says_no() -> None:
    """A link with a word of refusal is followed where there is no such button."""
    page = '<form action=/oauth/decide method=post><button>Grant access</button></form><a href="deny?x=1&amp;y=2">No, thanks</a>'
    site = Site({"/oauth/authorize": page, "/oauth/deny": moved(f"{CLIENT}?error=access_denied&state=s")})
    assert {"error": "access_denied", "state": "s"} == sent(decide(site, DENY))
    assert "x=1&y=2" == site.requests[-1].url.query.decode()


def test_pages_that_work_with_scripts_only() -> None:
    """It is said what to do where a page has nothing but a script."""
    ended = decide(Site({"/oauth/authorize": "<div id=root></div><script src=app.js></script>"}))
    assert not ended.address
    assert ended.is_hidden
    assert "scripts only" in ended.problem
    assert 'login = "command"' in ended.problem


def test_pages_that_lead_on_by_themselves() -> None:
    """A refresh in the markup, a form without buttons, and a link to the client are followed."""
    site = Site(
        {
            "/oauth/authorize": '<META HTTP-EQUIV="Refresh" CONTENT="0; URL=\'hop?a=b\'">',
            "/oauth/hop": '<form method=POST action="/saml"><input type=hidden name=r value=1></form><script>go()</script>',
            "/saml": f'<p>Done.</p><a href="{CLIENT}?code=a-code-of-the-host">Back</a>',
        }
    )
    assert {"code": "a-code-of-the-host"} == sent(decide(site))
    assert {"r": ["1"]} == form_of(site, "/saml")


BOXES = (
    '<form method=post action=decide><input type=checkbox name=scope value="https://x/scope/read" checked>'
    '<input type=checkbox name=scope value="https://x/scope/write"><input type=checkbox name=remember value=1>'
    "<input type=checkbox name=terms value=1 required><input type=checkbox name=news checked disabled>"
    "<select name=days><option value=1>one<option selected>30</select><textarea name=note>hi</textarea>"
    "<button name=ok value=Authorise>Authorise</button><button name=ok value=no>Cancel</button></form>"
)


@pytest.mark.parametrize(
    ("decision", "scopes"),
    [
        pytest.param(ALLOW, ["https://x/scope/read", "https://x/scope/write"], id="all"),
        pytest.param(Decision(scopes=("https://x/scope/write",)), ["https://x/scope/write"], id="one"),
    ],
)
def test_boxes_and_choices(decision: Decision, scopes: list[str]) -> None:
    """Scopes are ticked as decided, what has to be ticked is, and all else is as the page has it."""
    site = Site({"/oauth/authorize": BOXES, "/oauth/decide": decided})
    ended = decide(site, decision)
    expected = {"scope": scopes, "terms": ["1"], "days": ["30"], "note": ["hi"], "ok": ["Authorise"]}
    assert (expected, True) == (form_of(site, "/oauth/decide"), ended.is_whole)


def test_a_part_cannot_be_allowed_without_boxes() -> None:
    """It is told when a page does not let people choose."""
    ended = decide(Site({"/oauth/authorize": CONSENT, "/oauth/decide": decided}), Decision(scopes=("a",)))
    assert not ended.is_whole


def test_the_right_one_of_several_forms() -> None:
    """Forms to search, to sign out or to change the language are left alone."""
    page = (
        "<form action=/search><input name=q type=search><button>Search</button></form>"
        "<form action=/logout method=post><button>Log out</button></form>"
        "<form action=/lang method=post><select name=l><option>en</select><button>Change</button></form>"
        "<form action=/other method=post><button>Continue with another account</button></form>"
    )
    site = Site({"/oauth/authorize": page + CONSENT, "/oauth/decide": decided})
    assert "1" == sent(decide(site))["d"]
    assert ["/oauth/authorize", "/oauth/decide"] == [each.url.path for each in site.requests]


SAYING_YES = {
    "formaction": "<form method=post><button formaction='/oauth/decide'>Yes</button><button formaction=/no>No</button></form>",
    "radio": "<form method=post action=decide><input type=radio name=d value=deny checked>"
    "<input type=radio name=d value=allow><input type=submit value=Send></form>",
    "select": "<form method=post action=decide><select name=d><option value=0>Decline</option>"
    "<option value=1>Accept</option></select><button>Send</button></form>",
    "box": "<form method=post action=decide><label><input type=checkbox name=confirm> Consent?</label>"
    "<label><input type=checkbox name=r> Remember my consent</label><button>Submit</button></form>",
    "timeout": '<meta http-equiv=refresh content="300;url=/gone"><noscript><meta http-equiv=refresh content="0;url=/gone">'
    "</noscript><form method=post action=decide><button>Allow</button><button>Deny</button></form>",
    "link": '<form action=/search><button>Search</button></form><a href="/oauth/decide?d=1">Authorize this app</a>',
    "several": '<form method=post action=decide><input type=submit value="Cancel"><input type=submit name=d value="Authorize">'
    "</form>",
    "do not": "<form method=post action=decide><button name=d value=yes>Yes, Allow</button>"
    "<button name=d value=no>No, Do Not Allow</button></form>",
    "outside": "<form id=f method=post action=decide></form><button form=f name=d value=allow>Go on</button>"
    "<button form=f name=d value=deny>Leave</button>",
    "image": "<form method=post action=decide><input type=image alt=Approve name=d><button type=button>Deny</button></form>",
    "base": "<base href='/oauth/'><form method=post action=decide><button aria-label='Allow access'></button></form>",
}


@pytest.mark.parametrize("page", SAYING_YES.values(), ids=SAYING_YES)
def test_ways_to_say_yes(page: str) -> None:
    """Yes can be said by the address of a button, a radio button, a choice, a button elsewhere, an image, a label."""
    assert "a-code-of-the-host" == sent(decide(Site({"/oauth/authorize": page, "/oauth/decide": decided})))["code"]


def test_a_box_that_is_left_open_says_no() -> None:
    """Where a form has a box for yes and one button, the box is what counts."""
    site = Site({"/oauth/authorize": SAYING_YES["box"], "/oauth/decide": decided})
    decide(site, DENY)
    assert {} == form_of(site, "/oauth/decide")
    site = Site({"/oauth/authorize": SAYING_YES["box"].replace("Submit", "Allow"), "/oauth/decide": decided})
    assert "Allow" in decide(site, DENY).problem
    assert 1 == len(site.requests)


def test_settings_name_fields_and_buttons() -> None:
    """What cannot be guessed is named in the settings."""
    page = (
        "<form method=post action=/login><input name=x1><input name=x2 type=text><button>Los</button></form>",
        "<form method=post action=/oauth/decide><button name=b value=j>Ja</button><button name=b value=n>Nein</button></form>",
    )
    for decision, value in ((ALLOW, "j"), (DENY, "n")):
        site = Site({"/oauth/authorize": page[0], "/login": page[1], "/oauth/decide": decided})
        ended = decide(site, decision, name_field="x1", password_field="x2", allow="ja", deny="Nein")
        assert ({"x1": ["ada"], "x2": ["correct horse"]}, value) == (form_of(site, "/login"), sent(ended)["b"])
    ended = decide(Site({"/oauth/authorize": page[1]}))
    assert "'Ja', 'Nein'" in ended.problem
    assert "allow = ... under [host]" in ended.problem


def test_nothing_of_the_client_is_called() -> None:
    """A browser that is sent to another address of the client ends there, too."""
    ended = decide(Site({"/oauth/authorize": moved("https://skillmark.example/elsewhere?code=a-code-of-the-host")}))
    assert "https://skillmark.example/elsewhere?code=a-code-of-the-host" == ended.address


def test_a_password_that_is_refused() -> None:
    """Name and password are not tried over and over."""
    site = Site({"/oauth/authorize": SIGN_IN, "/login": lambda _: httpx.Response(403, html=f"<p>Wrong!</p>{SIGN_IN}")})
    ended = decide(site)
    assert "ada lead back to the form: Wrong!" in ended.problem
    assert 2 == len([each for each in site.requests if each.method == "POST"])


@pytest.mark.parametrize(
    ("page", "told"),
    [
        pytest.param(
            f'<form method=post action="{CLIENT}"><button>Allow</button></form>', "posts its answer", id="posted"
        ),
        pytest.param(lambda _: moved("/oauth/authorize"), "more than 40 redirects", id="circle"),
        pytest.param('<meta http-equiv=refresh content="0;url=/oauth/authorize">', "after 12 pages", id="no-end"),
        pytest.param(lambda _: moved("skillmark-app://callback?code=1"), "no http(s) address", id="scheme"),
        pytest.param(lambda _: moved("ftp://127.0.0.1/"), "no http(s) address", id="ftp"),
        pytest.param("<h1>Something went wrong</h1>", "Something went wrong", id="page"),
        pytest.param(
            lambda _: httpx.Response(200, json={"error": "x"}), 'with status 200: \'{"error":"x"}\'', id="json"
        ),
        pytest.param("<form><input type=password name=p></form>" * 3000, "lead back", id="large"),
    ],
)
def test_ways_that_do_not_end_at_the_client(page: str | Callable[[httpx.Request], httpx.Response], told: str) -> None:
    """Every other end is told in words."""
    ended = decide(Site({"/oauth/authorize": page, "/": "?"}))
    assert ("", True) == (ended.address, told in ended.problem), ended.problem


@given(st.text(st.sampled_from("<>/='\" \n\0&;afinputormbuselct"), max_size=200))
def test_any_markup_is_read(text: str) -> None:
    """Reading a page never fails."""
    page = read_page(text.encode("utf-8", "surrogatepass"), address=START)
    for form in page.forms:
        page.submitted(form, next(iter(form.buttons), None))


def test_markup_that_nests_without_end() -> None:
    """A hundred thousand open elements are read, some of them."""
    body = b"<form><label><a href=x><button><select><option>" * 20_000
    assert len(read_page(body, address=START).forms) <= 500


# Programs and persons

SCRIPT = """
import json, sys
asked = json.load(sys.stdin)
assert asked["name"] == "ada" and asked["password"] == "correct horse", asked
print("signing in ...")
print(asked["url"].replace("ANY", "") and "https://skillmark.example/first/callback?code=" + asked["decision"] + "-code")
"""


@pytest.mark.parametrize(("decision", "code"), [(ALLOW, "allow-code"), (DENY, "deny-code")], ids=["allow", "deny"])
def test_a_program_signs_in(tmp_path: Path, decision: Decision, code: str) -> None:
    """A program is told everything, and the last line that it prints is where the browser ended."""
    script = tmp_path / "sign_in.py"
    script.write_text(SCRIPT)
    ended = decide(Site({}), decision, login=Login.COMMAND, login_command=(sys.executable, str(script)))
    assert code == sent(ended)["code"]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        pytest.param("import sys; sys.exit('no browser')", "exit code 1: no browser", id="fails"),
        pytest.param("print('https://elsewhere.example/')", "not below the redirect URI", id="elsewhere"),
        pytest.param("import time; time.sleep(60)", "did not end within", id="slow"),
        pytest.param("", "printed ''", id="silent"),
    ],
)
def test_a_program_that_does_not_get_there(code: str, told: str) -> None:
    """It is told what a program did."""
    command = (sys.executable, "-c", code)
    ended = decide(Site({}), login=Login.COMMAND, login_command=command, seconds=2.0)
    assert (True, True) == (ended.is_hidden, told in ended.problem), ended.problem


def test_a_program_that_is_not_there() -> None:
    """Settings that name no program are a mistake of the user."""
    with pytest.raises(Misconfigured, match="login_command cannot be run"):
        decide(Site({}), login=Login.COMMAND, login_command=("/no/such/program",))


def test_nobody_to_ask() -> None:
    """Without a terminal nobody can be asked."""
    with pytest.raises(Misconfigured, match="no terminal"):
        decide(Site({}), login=Login.INTERACTIVE)


class _Terminal:
    """Somebody at a terminal who pastes an address."""

    def __init__(self, line: str = "") -> None:
        self._line = line
        self.written = ""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True

    def readline(self, _: int = -1) -> str:
        """Paste."""
        return self._line

    def write(self, text: str) -> None:
        """Remember what was shown."""
        self.written += text

    def flush(self) -> None:
        """Do nothing."""


def test_a_person_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A person is shown the address and what to decide, and pastes where the browser ended."""
    screen = _Terminal()
    monkeypatch.setattr(sys, "stdin", _Terminal(f"{CLIENT}?error=access_denied\n"))
    monkeypatch.setattr(sys, "stderr", screen)
    ended = decide(Site({}), DENY, login=Login.INTERACTIVE)
    monkeypatch.undo()
    assert {"error": "access_denied"} == sent(ended)
    assert [] == [each for each in (START, "sign in as ada", "refuse") if each not in screen.written]


# Looking without signing in


@pytest.mark.parametrize(
    ("page", "seen"),
    [
        pytest.param("<script src=app.js></script><div id=app></div>", (True, False), id="scripts"),
        pytest.param("<a href=/with-a-friend>Sign in with a friend</a>", (False, False), id="links"),
        pytest.param(SIGN_IN, (False, False), id="form"),
        pytest.param("<p>Nobody knows this client.</p>", (False, True), id="words"),
        pytest.param(httpx.Response(400, html="<script>1</script><a href=/>Home</a>"), (False, True), id="refused"),
    ],
)
def test_a_look_sees_what_needs_no_scripts(page: str | httpx.Response, seen: tuple[bool, bool]) -> None:
    """A page of scripts says nothing, and one that leads on is not the last word: neither is a refusal without a redirect."""
    host = HostInterface(accounts=(ADA,), login=Login.INTERACTIVE)
    client = WireClient(
        dataclasses.replace(target_for(host), url=HOST), clock=SystemClock(), transport=Site({"/oauth/authorize": page})
    )
    ended = Logins(client, host).look(START, returns=[CLIENT])
    assert seen == (ended.is_hidden, ended.is_final), ended.problem
