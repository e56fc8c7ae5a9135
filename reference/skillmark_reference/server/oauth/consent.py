"""What a person sees of the authorization server: signing in, and the question whether a client may act for them."""

from __future__ import annotations

import functools
import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.responses import HTMLResponse, RedirectResponse, Response

from skillmark_reference.server.oauth.accounts import SESSION_SECONDS, TooManyAttempts
from skillmark_reference.server.oauth.grants import Permission
from skillmark_reference.server.oauth.requests import AuthorizationRefused, Unanswerable, authorization_request
from skillmark_reference.server.pages.rendering import CONTENT_SECURITY_POLICY, render
from skillmark_reference.server.receiving import MalformedForm, received_form

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    from skillmark_reference.server.oauth.accounts import Accounts, Person
    from skillmark_reference.server.oauth.clients import Client, Clients
    from skillmark_reference.server.oauth.grants import Grants
    from skillmark_reference.server.oauth.requests import AuthorizationRequest

    Form = Mapping[str, str]

COOKIE = "skillmark-session"
_ROOT = "../"
_NONCE_BYTES = 16
_HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
}
_WRONG = "Name and password do not go together."
_PAUSE = "There were too many wrong passwords for this name. Try again in a minute."
_FOREIGN = "This form was not sent from the page that shows it, or your browser keeps no cookies. Start again at the application."


class ConsentPages:
    """Answers browsers."""

    def __init__(
        self,
        clients: Clients,
        grants: Grants,
        accounts: Accounts,
        *,
        consents: Mapping[str, str],
        base_of: Callable[[Request], str],
    ) -> None:
        self._clients = clients
        self._grants = grants
        self._accounts = accounts
        self._consents = consents
        self._base_of = base_of

    def show(self, request: Request) -> Response:
        """Show what a person has to do: sign in, or decide."""
        return self._guarded(request, self._shown)

    async def sign_in(self, request: Request) -> Response:
        """Take name and password, or a no."""
        return await self._posted(request, self._signed_in)

    async def decide(self, request: Request) -> Response:
        """Take a decision."""
        return await self._posted(request, self._decided, lists=("scope",))

    async def _posted(
        self,
        request: Request,
        answer: Callable[[Request, AuthorizationRequest, Form], Response],
        *,
        lists: tuple[str, ...] = (),
    ) -> Response:
        try:
            form = await received_form(request, lists=lists)
        except MalformedForm as error:
            return _notice(str(error))
        return await run_in_threadpool(self._guarded, request, functools.partial(self._own, form, answer))

    def _guarded(self, request: Request, answer: Callable[[Request, AuthorizationRequest], Response]) -> Response:
        """Answer a request that is well-formed; one that is not is refused as its sender deserves."""
        try:
            asked = authorization_request(request.query_params.multi_items(), find=self._clients.find)
        except Unanswerable as error:
            return _notice(str(error))
        except AuthorizationRefused as refused:
            return _sent(refused.location)
        return answer(request, asked)

    def _own(
        self,
        form: Form,
        answer: Callable[[Request, AuthorizationRequest, Form], Response],
        request: Request,
        asked: AuthorizationRequest,
    ) -> Response:
        """Answer a form that our own page sent, and not one that another site made a browser send."""
        cookie = request.cookies.get(COOKIE, "")
        if not cookie or not _fits(form.get("seal", ""), cookie):
            return _notice(_FOREIGN, status=403)
        return answer(request, asked, form)

    def _shown(
        self, request: Request, asked: AuthorizationRequest, *, problem: str = "", status: int = 200
    ) -> Response:
        cookie = request.cookies.get(COOKIE, "")
        person = self._accounts.person(cookie) if cookie else None
        if person is not None:
            return self._page("consent.html", asked, cookie, person=person, consents=self._asks(asked))
        fresh = cookie or secrets.token_urlsafe(32)
        response = self._page("sign_in.html", asked, fresh, problem=problem, status=status)
        if fresh != cookie:
            self._keep(request, response, fresh)
        return response

    def _signed_in(self, request: Request, asked: AuthorizationRequest, form: Form) -> Response:
        if form.get("decision") == "deny":
            return _sent(asked.denied())
        try:
            account = self._accounts.check(form.get("name", ""), form.get("password", ""))
        except TooManyAttempts:
            return self._shown(request, asked, problem=_PAUSE, status=429)
        if account is None:
            return self._shown(request, asked, problem=_WRONG, status=403)
        response = RedirectResponse(f"authorize?{asked.query}", status_code=303, headers=_HEADERS)
        # Another secret than before: who knew that one, or set it, is not signed in with it.
        self._keep(request, response, self._accounts.begin(account))
        return response

    def _decided(self, request: Request, asked: AuthorizationRequest, form: Form) -> Response:
        cookie = request.cookies[COOKIE]
        person = self._accounts.person(cookie)
        if form.get("decision") == "deny":
            return _sent(asked.denied())
        if person is None or form.get("decision") != "allow":
            self._accounts.end(cookie)
            return self._again(request, asked)
        allowed = [each for each in asked.scopes if each in form.get("scope", "").split()]
        if not allowed:
            return _sent(asked.denied())
        permission = Permission(
            account=person.account,
            scopes=tuple(allowed),
            redirect_uri=asked.redirect_uri,
            code_challenge=asked.code_challenge,
        )
        return _sent(asked.granted(self._grants.allow(asked.client, permission), allowed))

    def _again(self, request: Request, asked: AuthorizationRequest) -> Response:
        response = RedirectResponse(f"authorize?{asked.query}", status_code=303, headers=_HEADERS)
        self._keep(request, response, secrets.token_urlsafe(32))
        return response

    def _asks(self, asked: AuthorizationRequest) -> dict[str, str]:
        return {scope: self._consents.get(scope, scope) for scope in asked.scopes}

    def _page(
        self,
        template: str,
        asked: AuthorizationRequest,
        cookie: str,
        *,
        status: int = 200,
        person: Person | None = None,
        **values: Any,  # noqa: ANN401 - whatever the template shows
    ) -> Response:
        text = render(
            template,
            root=_ROOT,
            client=asked.client.registration,
            host=urlsplit(asked.redirect_uri).hostname,
            query=asked.query,
            seal=_seal(cookie, secrets.token_hex(_NONCE_BYTES)),
            person=person,
            **values,
        )
        headers = _HEADERS | {"Content-Security-Policy": _policy(asked.client, asked.redirect_uri)}
        return HTMLResponse(text, status_code=status, headers=headers)

    def _keep(self, request: Request, response: Response, secret: str) -> None:
        response.set_cookie(
            COOKIE,
            secret,
            max_age=SESSION_SECONDS,
            path=f"{request.scope.get('root_path', '')}/oauth2",
            secure=self._base_of(request).startswith("https:"),
            httponly=True,
            samesite="lax",
        )


def _seal(cookie: str, nonce: str) -> str:
    """Return what shows that a form comes from a page that was made for this browser; the cookie cannot be found from it.

    It differs from page to page, so that nothing is learnt from how well pages compress.
    """
    return nonce + hashlib.sha256(f"form {nonce} {cookie}".encode("utf-8", "surrogatepass")).hexdigest()


def _fits(seal: str, cookie: str) -> bool:
    nonce = seal[: 2 * _NONCE_BYTES]
    return hmac.compare_digest(seal.encode(), _seal(cookie, nonce).encode())


def _sent(location: str) -> Response:
    return RedirectResponse(location, status_code=302, headers=_HEADERS)


def _notice(message: str, *, status: int = 400) -> Response:
    text = render("notice.html", root=_ROOT, message=message)
    headers = _HEADERS | {"Content-Security-Policy": CONTENT_SECURITY_POLICY}
    return HTMLResponse(text, status_code=status, headers=headers)


def _policy(client: Client, redirect_uri: str) -> str:
    """Let the forms of a page end at the client, where browsers hold redirects against the policy, and show its logo."""
    target, logo = _origin(redirect_uri), _origin(str(client.registration["logo_uri"]))
    return CONTENT_SECURITY_POLICY.replace("form-action 'none'", f"form-action 'self' {target}").replace(
        "img-src 'self'", f"img-src 'self' {logo}"
    )


def _origin(address: str) -> str:
    place = urlsplit(address)
    return f"{place.scheme}://{place.netloc}"
