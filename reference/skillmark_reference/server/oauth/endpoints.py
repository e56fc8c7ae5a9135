"""What clients ask the authorization server for: registration, tokens, revocation."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus

from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse, Response

from skillmark_reference.server.oauth.clients import Client, Clients, RegistrationRefused
from skillmark_reference.server.oauth.grants import GrantRefused, Grants, Issued
from skillmark_reference.server.receiving import BodyTooLarge, MalformedForm, received, received_form
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

    Form = Mapping[str, str]

_MOST_REGISTRATION = 50_000
#: RFC 6749, 5.1.
_NOT_KEPT = {"Cache-Control": "no-store", "Pragma": "no-cache"}
#: What a description may not have in it (ASCIIString).
_NOT_DESCRIBING = re.compile(r"[^\x20\x21\x23-\x5B\x5D-\x7E]")
_LONGEST_DESCRIPTION = 300


class ClientEndpoints:
    """Answers clients."""

    def __init__(self, clients: Clients, grants: Grants) -> None:
        self._clients = clients
        self._grants = grants

    async def register(self, request: Request) -> Response:
        """Register a client (Open Badges 3.0, Register with Authorization Server)."""
        try:
            body = await received(request, limit=_MOST_REGISTRATION)
            answer = await run_in_threadpool(self._clients.register, body)
        except BodyTooLarge as error:
            return _error("invalid_client_metadata", str(error))
        except RegistrationRefused as refused:
            return _error(refused.code, str(refused))
        return JSONResponse(answer, status_code=201, headers=_NOT_KEPT)

    async def token(self, request: Request) -> Response:
        """Answer a token request (RFC 6749, 4.1.3, 4.4 and 6)."""
        return await self._answered(request, self._token)

    async def revoke(self, request: Request) -> Response:
        """Answer a revocation request (RFC 7009, 2)."""
        return await self._answered(request, self._revoke)

    async def _answered(self, request: Request, answer: Callable[[Client, Form], Response]) -> Response:
        try:
            form = await received_form(request)
        except MalformedForm as error:
            return _error("invalid_request", str(error))
        return await run_in_threadpool(self._authenticated, request.headers.get("authorization", ""), form, answer)

    def _authenticated(self, header: str, form: Form, answer: Callable[[Client, Form], Response]) -> Response:
        client = self._client(header, form)
        if client is None:
            challenge = {"WWW-Authenticate": 'Basic realm="skillmark"'}
            return _error("invalid_client", "Client and secret are not known here.", status=401, headers=challenge)
        try:
            return answer(client, form)
        except GrantRefused as refused:
            return _error(refused.code, str(refused))

    def _client(self, header: str, form: Form) -> Client | None:
        """Return the client that a request is from, if it shows so in one of its ways (RFC 6749, 2.3.1)."""
        basic = _basic(header)
        identifier, secret = basic or (form.get("client_id", ""), form.get("client_secret", ""))
        method = "client_secret_post" if basic is None else "client_secret_basic"
        client = self._clients.find(identifier)
        return client if client and method in client.authentication and client.has_secret(secret) else None

    def _token(self, client: Client, form: Form) -> Response:
        kind = form.get("grant_type")
        if kind is None:
            raise GrantRefused("invalid_request", "grant_type is missing.")
        answers = {
            "authorization_code": self._redeemed,
            "refresh_token": self._refreshed,
            "client_credentials": self._given,
        }
        if kind not in answers:
            raise GrantRefused("unsupported_grant_type", f"Supported are {', '.join(answers)}.")
        if kind not in client.grant_types:
            raise GrantRefused("unauthorized_client", f"The client may use {', '.join(client.grant_types)}.")
        return _issued(answers[kind](client, form, tuple(dict.fromkeys(form.get("scope", "").split()))))

    def _redeemed(self, client: Client, form: Form, scopes: tuple[str, ...]) -> Issued:
        _check_fields("token", form)
        return self._grants.redeem(
            client,
            code=form["code"],
            redirect_uri=form["redirect_uri"],
            verifier=form["code_verifier"],
            scopes=scopes,
        )

    def _refreshed(self, client: Client, form: Form, scopes: tuple[str, ...]) -> Issued:
        _check_fields("refreshToken", form)
        return self._grants.refresh(client, refresh_token=form["refresh_token"], scopes=scopes)

    def _given(self, client: Client, _: Form, scopes: tuple[str, ...]) -> Issued:
        return self._grants.issue(client, scopes=scopes)

    def _revoke(self, client: Client, form: Form) -> Response:
        _check_fields("revokeToken", form)
        self._grants.revoke(client, form["token"])
        return Response(headers=_NOT_KEPT)


def _check_fields(operation: str, form: Form) -> None:
    missing = [name for name in load_service("ob-3.0").operations[operation].required if name not in form]
    if missing:
        raise GrantRefused("invalid_request", f"{', '.join(missing)} is missing.")


def _issued(issued: Issued) -> Response:
    body: dict[str, Any] = {
        "access_token": issued.access_token,
        "token_type": "Bearer",
        "expires_in": issued.seconds,
    }
    if issued.scopes:
        body["scope"] = " ".join(issued.scopes)
    if issued.refresh_token:
        body["refresh_token"] = issued.refresh_token
    return JSONResponse(body, headers=_NOT_KEPT)


def _basic(header: str) -> tuple[str, str] | None:
    """Return identifier and secret of a Basic header; ``None`` when it is none."""
    scheme, _, value = header.partition(" ")
    if scheme.lower() != "basic":
        return None
    try:
        identifier, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return unquote_plus(identifier), unquote_plus(secret)


def refusal(status: int, description: str, *, field: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer to a request that the authorization server does not get to see, or fails at."""
    code = {429: "temporarily_unavailable", 500: "server_error"}.get(status, "invalid_request")
    return _error(code, f"{field}: {description}" if field else description, status=status, headers=headers)


def describing(text: str) -> str:
    """Return a text as a description of an error may be: ASCII without quotes and backslashes (RFC 6749, 5.2)."""
    return _NOT_DESCRIBING.sub("'", text)[:_LONGEST_DESCRIPTION]


def _error(code: str, description: str, *, status: int = 400, headers: Mapping[str, str] | None = None) -> Response:
    body = {"error": code, "error_description": describing(description)}
    return JSONResponse(body, status_code=status, headers={**_NOT_KEPT, **(headers or {})})
