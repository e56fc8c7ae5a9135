"""The way through the pages of the authorization server: who is it, and what does the person allow?"""

from __future__ import annotations

import dataclasses
import hmac
from typing import TYPE_CHECKING

from . import pages
from .wire import Asked, Reply, of_html, of_move

if TYPE_CHECKING:
    from .authority import Client
    from .keeping import User
    from .switches import Switches


@dataclasses.dataclass(slots=True, kw_only=True)
class Browser:
    """A browser that was given a cookie."""

    token: str
    user: str = ""
    #: Requests for authorization that it brought, and the names that it gave for them.
    requests: dict[str, dict[str, str]] = dataclasses.field(default_factory=dict)
    names: dict[str, str] = dataclasses.field(default_factory=dict)
    agreed: bool = False


class SigningIn:
    """The pages; each is a method."""

    switches: Switches
    users: dict[str, User]
    clients: dict[str, Client]
    browsers: dict[str, Browser]
    consents: set[tuple[str, str]]

    def secret(self, purpose: str) -> str:
        """Return a value that was never given before."""
        raise NotImplementedError

    def decided(self, asked: Asked, browser: Browser, request: str, decision: str) -> Reply:
        """Send the browser back to the client."""
        raise NotImplementedError

    def browser_of(self, asked: Asked) -> tuple[str, Browser]:
        """Return the browser of a cookie, or a new one."""
        identity = asked.cookies.get("wallet", "")
        if identity not in self.browsers:
            identity = self.secret("browser")
            self.browsers[identity] = Browser(token=self.secret("forgery"))
        return identity, self.browsers[identity]

    def step(self, name: str, request: str) -> str:
        """Return where a page is, seen from the others."""
        return f"{self.switches.prefix}/account/{name}?request={request}"

    def action(self, asked: Asked, name: str, request: str) -> str | None:
        """Return where a form goes."""
        return {
            "relative": f"{name}?request={request}",
            "path": self.step(name, request),
            "absolute": asked.origin + self.step(name, request),
            "none": None,
        }[self.switches.actions]

    def page(self, asked: Asked, name: str) -> Reply:
        """Answer with one of the pages, or take in what was filled in."""
        _, browser = self.browser_of(asked)
        request = asked.get("request") or ""
        if request not in browser.requests:
            text = "This page is too old, or your browser takes no cookies."
            return of_html(pages.notice(self.switches, "Start again", text), 400)
        form = asked.form if asked.method == "POST" else {}
        if asked.method == "POST" and form.get("csrf") != browser.token:
            return of_html(pages.notice(self.switches, "Start again", "This form is not from here."), 403)
        return getattr(self, "page_" + name.replace("-", "_"))(asked, browser, request, form)

    def page_sign_in(self, asked: Asked, browser: Browser, request: str, form: dict[str, str]) -> Reply:
        action = self.action(asked, "sign-in", request)
        if not form.get("identifier"):
            return of_html(pages.name_page(self.switches, action, browser.token))
        browser.names[request] = form["identifier"].strip()
        if self.switches.login == "two steps":
            return of_move(self.step("password", request))
        if self.signed_in(browser, browser.names[request], form.get("passphrase", "")):
            return of_move(self.step(self.switches.between or "consent", request))
        return of_html(pages.name_page(self.switches, action, browser.token, "That did not fit."), 401)

    def page_password(self, asked: Asked, browser: Browser, request: str, form: dict[str, str]) -> Reply:
        name = browser.names.get(request, "")
        if "passphrase" in form and self.signed_in(browser, name, form["passphrase"]):
            return of_move(self.step(self.switches.between or "consent", request))
        remark = "That did not fit." if form else ""
        action = self.action(asked, "password", request)
        return of_html(pages.password_page(self.switches, action, browser.token, name, remark))

    def page_meta(self, asked: Asked, browser: Browser, request: str, form: dict[str, str]) -> Reply:
        return of_html(pages.meta_page(self.switches, self.step("consent", request)))

    def page_terms(self, asked: Asked, browser: Browser, request: str, form: dict[str, str]) -> Reply:
        if form.get("agreed"):
            browser.agreed = True
            return of_move(self.step("consent", request))
        return of_html(pages.terms_page(self.switches, self.action(asked, "terms", request), browser.token))

    def signed_in(self, browser: Browser, name: str, password: str) -> bool:
        user = self.users.get(name)
        if user is None or not hmac.compare_digest(user.password.encode(), password.encode()):
            return False
        browser.user = name
        return True

    def page_consent(self, asked: Asked, browser: Browser, request: str, form: dict[str, str]) -> Reply:
        if not browser.user:
            return of_move(self.step("sign-in", request))
        given = browser.requests[request]
        client = self.clients[given["client_id"]]
        scopes = tuple(given["scope"].split())
        decision = form.get("decision") if form else asked.get("decision") if asked.get("decision") == "deny" else None
        decision = asked.get("decision") or decision
        if self.switches.consent == "remembered" and (browser.user, client.id) in self.consents:
            decision = decision or "allow"
        if decision is None:
            action = self.action(asked, "consent", request)
            return of_html(pages.consent_page(self.switches, action, browser.token, client.metadata, scopes))
        return self.decided(asked, browser, request, decision)
