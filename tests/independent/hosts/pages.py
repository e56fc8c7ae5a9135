"""The pages of the authorization server: ordinary HTML of several styles."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .switches import Switches

_TIDY = """<!doctype html><html lang=en><head><meta charset=utf-8><title>{title}</title></head>
<body><main>{body}</main></body></html>"""
_BUSY = """<!DOCTYPE html><html><head><title>{title}</title><style>form > p {{ margin: 0 }}</style>
<script>var form = "<form action='/trap'><input type='password' name='p'></form>";</script></head>
<body><!-- <form action="/trap"><input name="name"><input type="password"></form> -->
<nav><form role="search" action="/find" method="get"><input type="search" name="q"><button>Find</button></form>
<a href="/about">About</a> <a href="/no-account">No account yet?</a></nav>
<main>{body}</main>
<footer><form action="/letters" method="post"><input type="email" name="mail" placeholder="Your e-mail">
<button name="subscribe">Subscribe</button></form><form action="/language" method="post">
<select name="lang"><option value="en">English</option><option value="no">Norsk</option></select></form></footer></body></html>"""
_BANNER = """<!doctype html><title>{title}</title><aside><form method="post" action="{cookies}"><p>We use cookies.</p>
<button name="cookies" value="all">Accept all cookies</button><button name="cookies" value="none">Reject all</button></form>
</aside><main>{body}</main>"""
_PATIENT = """<!doctype html><title>{title}</title><meta http-equiv="refresh" content="1800; url=/account/timeout">
<main>{body}</main>"""
_OLD = "<HTML><HEAD><TITLE>{title}</TITLE><BODY BGCOLOR=white><TABLE><TR><TD>{body}</TABLE>"


def page(switches: Switches, title: str, body: str) -> str:
    """Return a whole page."""
    frames = {"tidy": _TIDY, "busy": _BUSY, "old": _OLD, "patient": _PATIENT, "banner": _BANNER}
    frame = frames[switches.markup]
    if switches.markup == "old":
        body = (
            body.replace("</p>", "").replace("<input", "<INPUT").replace("<form", "<FORM").replace(" type=", " TYPE=")
        )
    return frame.format(title=escape(title), body=body, cookies=f"{switches.prefix}/account/cookies")


def without_banner(text: str) -> str:
    """Return a page whose question about cookies was answered."""
    start, end = text.find("<aside>"), text.find("</aside>")
    return text[:start] + text[end + 8 :] if start >= 0 else text


def notice(switches: Switches, title: str, text: str) -> str:
    """Return a page that says something."""
    return page(switches, title, f"<h1>{escape(title)}</h1><p>{escape(text)}</p>")


def form(action: str | None, token: str, content: str) -> str:
    """Return a form that is protected against forgery."""
    where = "" if action is None else f' action="{escape(action)}"'
    return f'<form{where} method="post"><input type="hidden" name="csrf" value="{escape(token)}">{content}</form>'


def name_field(switches: Switches) -> str:
    """Return the field of the name."""
    return f'<p><label>Name <input type="{switches.name_type}" name="identifier" autocomplete="username" required></label></p>'


PASSWORD = '<p><label>Password <input type="password" name="passphrase"></label></p>'
REMEMBER = '<p><input type="checkbox" name="remember" value="1"> Keep me signed in</p>'


def name_page(switches: Switches, action: str | None, token: str, remark: str = "") -> str:
    """Return the first page: who is it?"""
    one = PASSWORD + REMEMBER if switches.login == "one step" else ""
    content = f'{name_field(switches)}{one}<p><input type="submit" value="Next"></p>'
    return page(switches, "Sign in", f"<h1>Sign in</h1><p>{escape(remark)}</p>{form(action, token, content)}")


def password_page(switches: Switches, action: str | None, token: str, name: str, remark: str = "") -> str:
    """Return the second page: prove it."""
    content = f"<p>{escape(name)}</p>{PASSWORD}{REMEMBER}<p><button>Sign in</button></p>"
    return page(switches, "Sign in", f"<h1>Welcome</h1><p>{escape(remark)}</p>{form(action, token, content)}")


def terms_page(switches: Switches, action: str | None, token: str) -> str:
    """Return a page with something to agree to."""
    box = '<label><input type="checkbox" name="agreed" value="on"> I accept the new terms</label>'
    content = f"<p>{box}</p><button>Continue</button>"
    return page(switches, "New terms", form(action, token, content))


def meta_page(switches: Switches, address: str) -> str:
    """Return a page that goes on by itself."""
    body = f"<p>One moment please.</p><a href='{escape(address)}'>Go on</a>"
    return page(switches, "Just a moment", body).replace(
        "</title>", f'</title><meta http-equiv="refresh" content="0; url={escape(address)}">', 1
    )


def consent_page(
    switches: Switches, action: str | None, token: str, client: Mapping[str, object], scopes: tuple[str, ...]
) -> str:
    """Return the page on which the user decides."""
    listed = "".join(f"<li>{escape(each)}</li>" for each in scopes)
    about = "".join(
        f"<dt>{name}</dt><dd>{escape(str(client.get(name, '')))}</dd>"
        for name in ("client_uri", "logo_uri", "tos_uri", "policy_uri")
    )
    intro = f"<h1>{escape(str(client.get('client_name', '')))}</h1><dl>{about}</dl><ul>{listed}</ul>"
    return page(switches, "Grant access", intro + _choice(switches, action, token, scopes))


def _choice(  # noqa: PLR0911 - a return for each style
    switches: Switches, action: str | None, token: str, scopes: tuple[str, ...]
) -> str:
    allow, deny = escape(switches.allow), escape(switches.deny)
    yes = f'<button type="submit" name="decision" value="allow">{allow}</button>'
    no = f'<button type="submit" name="decision" value="deny">{deny}</button>'
    if switches.consent == "select":
        options = f'<option value="allow">{allow}</option><option value="deny">{deny}</option>'
        return form(action, token, f'<select name="decision">{options}</select><input type="submit" value="Send">')
    if switches.consent == "radio":
        rounds = "".join(
            f'<p><input type="radio" name="decision" value="{value}"{checked}> {text}</p>'
            for value, text, checked in (("allow", allow, " checked"), ("deny", deny, ""))
        )
        return form(action, token, f'{rounds}<button type="submit">Send</button>')
    if switches.consent == "checkboxes":
        boxes = "".join(f'<p><input type="checkbox" name="granted" value="{escape(each)}" checked> {escape(each)}</p>'
                        for each in scopes)  # fmt: skip
        return form(action, token, boxes + no + yes)
    if switches.consent == "deny link":
        separator = "&" if action and "?" in action else "?"
        link = f'<a href="{escape((action or "") + separator)}decision=deny">{deny}</a>'
        return form(action, token, yes) + link
    if switches.consent == "two forms":
        return form(action, token, f'<input type="hidden" name="decision" value="deny"><button>{deny}</button>') + form(
            action, token, f'<input type="hidden" name="decision" value="allow"><button>{allow}</button>'
        )
    if switches.consent == "formaction":
        away = f"{action}&decision=deny"
        return form(action, token, f'<button formaction="{escape(away)}">{deny}</button>{yes}')
    return form(action, token, no + yes)
