"""What browsers meet at hosts that are right in their own manner: steps, detours, crowded pages, consent that is remembered."""

from __future__ import annotations

import dataclasses
import html
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from skillmark.faults.hosts.behaving import HTML
from skillmark.faults.hosts.ledger import cookie_in, query_of
from skillmark.faults.hosts.world import URL, seal_of
from skillmark.faults.provider import Given

if TYPE_CHECKING:
    from skillmark.faults.hosts.behaving import Behaviour
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.world import Host

_FORM = re.compile(r"<form method=\"post\" action=\"sign-in\?([^\"]*)\">.*?</form>", re.DOTALL)
_SEARCH = (
    '<form action="/search" method="get"><input type="search" name="q"><button>Search</button></form>'
    '<form action="/language" method="post"><select name="language"><option>English<option>Deutsch</select>'
    "<button>Continue in another language</button></form>"
)


def two_steps() -> Behaviour:
    """Ask for the name first, and for the password on a page of its own."""

    def behaviour(call: Call, host: Host) -> Given:
        if call.path == "/oauth2/step":
            return _password_page(call)
        given = host.answer(call)
        text = given.body.decode() if "text/html" in given.headers.get("content-type", "") else ""
        form = _FORM.search(text)
        if form is None:
            return given
        asking = (
            f'<form method="post" action="step?{form[1]}"><input type="hidden" name="seal" value="{seal_of(text)}">'
            '<label>E-mail <input type="email" name="login"></label><button>Next</button></form>'
        )
        return dataclasses.replace(given, body=_FORM.sub(lambda _: asking, text).encode())

    return behaviour


def _password_page(call: Call) -> Given:
    form, query = call.form, html.escape(call.target.partition("?")[2])
    page = (
        f'<!doctype html><title>Password</title><form method="post" action="sign-in?{query}">'
        f'<input type="hidden" name="seal" value="{html.escape(form.get("seal", ""))}">'
        f'<input type="hidden" name="name" value="{html.escape(form.get("login", ""))}">'
        '<label>Password <input type="password" name="password"></label><button>Sign in</button></form>'
    )
    return Given(status=200, headers=dict(HTML), body=page.encode())


def crowded(_: Call, given: Given) -> Given:
    """Put other forms and links before the one that matters."""
    text = given.body.decode()
    if "<form" not in text:
        return given
    more = f'{_SEARCH}<a href="/password-forgotten">Forgotten?</a><a href="https://elsewhere.example/">Sponsor</a>'
    return dataclasses.replace(given, body=text.replace("<form", f"{more}<form", 1).encode())


def remembers() -> Behaviour:
    """Ask nobody twice for the same."""
    allowed: set[tuple[str, str, str]] = set()

    def behaviour(call: Call, host: Host) -> Given:
        account = host.ledger.sessions.get(cookie_in(call.headers.get("cookie", "")), "")
        key = account, call.parameter("client_id") or "", call.parameter("scope") or ""
        given = host.answer(call)
        page = given.body.decode() if call.operation == "authorize" and given.status == 200 else ""
        if key in allowed and 'value="allow"' in page:
            form = {"seal": seal_of(page), "decision": "allow", "scope": key[2].split()}
            headers = {**call.headers, "content-type": "application/x-www-form-urlencoded"}
            body = urlencode(form, doseq=True).encode()
            decided = dataclasses.replace(call, method="POST", operation="decide", headers=headers, body=body)
            return host.answer(decided)
        if call.operation == "decide" and "code" in query_of(given.headers.get("location", "")):
            allowed.add(key)
        return given

    return behaviour


def detour() -> Behaviour:
    """Send browsers to other pages before they see the form."""

    def behaviour(call: Call, host: Host) -> Given:
        if call.operation == "authorize" and call.parameter("hop") is None:
            query = call.target.partition("?")[2]
            return Given(status=302, headers={"location": f"{URL}/oauth2/hop?{query}"}, body=b"")
        if call.path == "/oauth2/hop":
            return host.answer(dataclasses.replace(call, path="/oauth2/authorize", operation="authorize"))
        return host.answer(call)

    return behaviour
