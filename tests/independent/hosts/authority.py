"""An OAuth 2.0 authorization server: registration, authorization code with PKCE, refreshing, revoking."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import hmac
import json
import re
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote_plus, urlencode, urlsplit

from . import pages
from .signing_in import Browser, SigningIn
from .wire import Asked, RefusedOAuth, Reply, of_html, of_json, of_move

if TYPE_CHECKING:
    from collections.abc import Callable

    from .keeping import User
    from .switches import Switches

REQUIRED = (
    "client_name",
    "client_uri",
    "logo_uri",
    "tos_uri",
    "policy_uri",
    "software_id",
    "software_version",
    "redirect_uris",
    "scope",
)
ADDRESSES = ("client_uri", "logo_uri", "tos_uri", "policy_uri")
OFFLINE = "offline_access"
NO_STORE = (("Cache-Control", "no-store"), ("Pragma", "no-cache"))
_VERIFIER = re.compile(r"[A-Za-z0-9\-._~]{43,128}")


@dataclasses.dataclass(slots=True, kw_only=True)
class Client:
    """A registered client."""

    id: str
    secret: str
    issued_at: int
    metadata: dict[str, Any]


@dataclasses.dataclass(slots=True, kw_only=True)
class Grant:
    """What a user granted to a client."""

    client: str
    user: str
    scopes: tuple[str, ...]
    redirect_uri: str = ""
    challenge: str = ""
    method: str = "S256"
    made: float = 0.0
    used: bool = False
    revoked: bool = False


@dataclasses.dataclass(slots=True, kw_only=True)
class Ticket:
    """An access or refresh token."""

    grant: Grant
    scopes: tuple[str, ...]
    expires: float
    revoked: bool = False


class Authority(SigningIn):
    """The authorization server; each step is a method that a broken product spoils."""

    def __init__(self, switches: Switches, users: tuple[User, ...], clock: Callable[[], float] = time.time) -> None:
        self.switches, self.clock = switches, clock
        self.users = {each.name: each for each in users}
        self.clients: dict[str, Client] = {}
        self.codes: dict[str, Grant] = {}
        self.access: dict[str, Ticket] = {}
        self.refresh: dict[str, Ticket] = {}
        self.browsers: dict[str, Browser] = {}
        self.consents: set[tuple[str, str]] = set()
        self._made = 0

    def secret(self, purpose: str) -> str:
        """Return a value that was never given before."""
        self._made += 1
        digest = hashlib.sha256(f"{purpose} {self._made}".encode()).digest()
        return base64.urlsafe_b64encode(digest).decode().rstrip("=")

    def known_scopes(self) -> tuple[str, ...]:
        """Return every scope that can be asked for."""
        return (OFFLINE,)

    # Registration

    def registers(self, asked: Asked) -> Reply:
        """Answer a registration request (RFC 7591)."""
        try:
            metadata = json.loads(asked.body)
        except (ValueError, RecursionError) as error:
            raise RefusedOAuth("invalid_client_metadata", "The body is no JSON.") from error
        if not isinstance(metadata, dict):
            raise RefusedOAuth("invalid_client_metadata", "The body is no JSON object.")
        self.check_metadata(metadata)
        client = Client(
            id=self.client_id(metadata),
            secret=self.secret("secret") + self.switches.ending,
            issued_at=int(self.clock()),
            metadata=self.stored(metadata),
        )
        self.clients[client.id] = client
        return of_json(self.registration(client, asked), 201, *NO_STORE)

    def client_id(self, metadata: dict[str, Any]) -> str:
        return f"client-{self.secret('client')[:16]}"

    def check_metadata(self, metadata: dict[str, Any]) -> None:
        """Refuse what is missing or wrong."""
        for name in REQUIRED:
            if not metadata.get(name):
                error = "invalid_redirect_uri" if name == "redirect_uris" else "invalid_client_metadata"
                raise RefusedOAuth(error, f"{name} is missing.")
        uris = metadata["redirect_uris"]
        if not isinstance(uris, list) or not all(isinstance(each, str) for each in uris):
            raise RefusedOAuth("invalid_redirect_uri", "redirect_uris is no array of addresses.")
        if not all(isinstance(metadata[name], str) for name in REQUIRED if name != "redirect_uris"):
            raise RefusedOAuth("invalid_client_metadata", "A member is no string.")
        self.check_addresses(metadata, uris)
        self.check_choices(metadata)

    def check_addresses(self, metadata: dict[str, Any], uris: list[str]) -> None:
        """Refuse addresses that are not https, or not on one host."""
        hosts = {urlsplit(metadata[name]).hostname for name in ADDRESSES}
        for each in uris:
            parts = urlsplit(each)
            if parts.scheme != "https" or parts.fragment or parts.hostname not in hosts:
                raise RefusedOAuth("invalid_redirect_uri", "A redirect URI is https, and on the host of the client.")
        if len(hosts) != 1 or any(urlsplit(metadata[name]).scheme != "https" for name in ADDRESSES):
            raise RefusedOAuth("invalid_client_metadata", "The addresses are https, on one host.")

    def check_choices(self, metadata: dict[str, Any]) -> None:
        """Refuse grants and methods that do not exist here."""
        method = metadata.get("token_endpoint_auth_method", "client_secret_basic")
        grants = metadata.get("grant_types", ["authorization_code"])
        responses = metadata.get("response_types", ["code"])
        if (
            method != "client_secret_basic"
            or not isinstance(grants, list)
            or not isinstance(responses, list)
            or not {str(each) for each in grants} <= {"authorization_code", "refresh_token"}
            or responses != ["code"]
        ):
            raise RefusedOAuth("invalid_client_metadata", "A grant, response type or method is not supported.")

    def stored(self, metadata: dict[str, Any]) -> dict[str, Any]:
        """Return the metadata as they are kept."""
        kept = [each for each in metadata["scope"].split() if each not in self.switches.unregistered]
        return metadata | {"scope": " ".join(kept)}

    def registration(self, client: Client, asked: Asked) -> dict[str, Any]:
        """Return the body of the 201."""
        days = self.switches.secret_days
        own = {
            "client_id": client.id,
            "client_secret": client.secret,
            "client_id_issued_at": client.issued_at,
            "client_secret_expires_at": client.issued_at + 86400 * days if days else 0,
        }
        managed = {
            "registration_access_token": "r-" + client.id,
            "registration_client_uri": f"{asked.origin}{self.switches.prefix}/clients/{client.id}",
            "tenant": {"name": "north"},
        }
        return own | client.metadata | (managed if self.switches.management else {})

    # Authorization

    def authorizes(self, asked: Asked) -> Reply:
        """Answer the browser that a client sent."""
        given = dict(reversed(asked.query))
        client = self.clients.get(given.get("client_id", ""))
        if client is None or not self.may_return(client, given.get("redirect_uri", "")):
            return self.nowhere_to_go(given)
        problem = self.problem_of(client, given)
        if problem:
            return self.returned(given, {"error": problem[0], "error_description": problem[1]})
        identity, browser = self.browser_of(asked)
        request = self.secret("request")
        browser.requests[request] = given
        cookie = ("Set-Cookie", f"wallet={identity}; Path=/; Secure; HttpOnly; SameSite=Lax")
        return of_move(self.step("consent" if browser.user else "sign-in", request), 303, cookie)

    def nowhere_to_go(self, given: dict[str, str]) -> Reply:
        """Tell the user that the client cannot be trusted."""
        text = "The application that sent you here is not known, or asks to send you to an address that it has not registered."
        return of_html(pages.notice(self.switches, "Unknown application", text), self.switches.unknown_redirect)

    def may_return(self, client: Client, address: str) -> bool:
        return address in client.metadata["redirect_uris"]

    def problem_of(self, client: Client, given: dict[str, str]) -> tuple[str, str] | None:
        """Return the error of a request whose client and redirect URI are right."""
        if not given.get("response_type"):
            return "invalid_request", "response_type is missing"
        if given["response_type"] != "code":
            return "unsupported_response_type", "response_type has to be code"
        if not given.get("state"):
            return "invalid_request", "state is missing"
        if not self.takes_challenge(given):
            return "invalid_request", "A code_challenge by S256 is needed"
        asked_for = given.get("scope", "").split()
        if not asked_for or not self.may_ask(client, asked_for):
            return "invalid_scope", "scope is missing, unknown, or was not registered"
        return None

    def takes_challenge(self, given: dict[str, str]) -> bool:
        challenge = given.get("code_challenge", "")
        return given.get("code_challenge_method") == "S256" and bool(re.fullmatch(r"[A-Za-z0-9_-]{43}", challenge))

    def may_ask(self, client: Client, scopes: list[str]) -> bool:
        return set(scopes) <= {*self.known_scopes()} & {*client.metadata["scope"].split(), OFFLINE}

    def decided(self, asked: Asked, browser: Browser, request: str, decision: str) -> Reply:
        """Send the browser back to the client."""
        given = browser.requests.pop(request)
        if decision != "allow":
            return self.returned(given, {"error": "access_denied", "error_description": "The user refused"})
        self.consents.add((browser.user, given["client_id"]))
        scopes = given["scope"].split()
        if self.switches.consent == "checkboxes":
            ticked = asked.body.decode()
            scopes = [each for each in scopes if urlencode({"granted": each}) in ticked]
        grant = self.grant_of(given, browser.user, scopes)
        code = self.secret("code") + self.switches.ending
        self.end_earlier(grant)
        self.codes[code] = grant
        listed = reversed(grant.scopes) if self.switches.scopes_reversed else grant.scopes
        return self.returned(given, {"code": code, "scope": " ".join(listed)})

    def end_earlier(self, grant: Grant) -> None:
        """End what the user granted to the client before, where there is one grant for both."""
        known = [each.grant for each in self.access.values()] if self.switches.one_grant else []
        for each in known:
            each.revoked = each.revoked or (each.user, each.client) == (grant.user, grant.client)

    def grant_of(self, given: dict[str, str], user: str, scopes: list[str]) -> Grant:
        return Grant(
            client=given["client_id"],
            user=user,
            scopes=tuple(dict.fromkeys(each for each in scopes if each not in self.switches.withheld)),
            redirect_uri=given["redirect_uri"],
            challenge=given.get("code_challenge", ""),
            method=given.get("code_challenge_method", "plain"),
            made=self.clock(),
        )

    def returned(self, given: dict[str, str], parameters: dict[str, str]) -> Reply:
        """Redirect to the client, with its state."""
        kept = parameters | ({"state": self.state_back(given["state"])} if "state" in given else {})
        kept |= dict(self.switches.extra_parameters)
        separator = "&" if "?" in given["redirect_uri"] else "?"
        address = given["redirect_uri"] + separator + urlencode(kept) + self.switches.fragment
        return of_move(address, self.switches.final_status)

    def state_back(self, state: str) -> str:
        return state

    # Tokens

    def client_of(self, asked: Asked) -> Client:
        """Return the client that proves who it is by HTTP Basic."""
        scheme, _, content = asked.headers.get("authorization", "").partition(" ")
        try:
            text = base64.b64decode(content.strip(), validate=True).decode() if scheme.lower() == "basic" else ""
        except (ValueError, binascii.Error):
            text = ""
        name, _, secret = text.partition(":")
        client = self.clients.get(unquote_plus(name))
        if client is None or not self.is_secret(client, unquote_plus(secret)):
            raise RefusedOAuth("invalid_client", "Prove who you are by HTTP Basic.", self.switches.wrong_client)
        return client

    def is_secret(self, client: Client, secret: str) -> bool:
        return hmac.compare_digest(client.secret.encode(), secret.encode())

    def answers_token_request(self, asked: Asked) -> Reply:
        """Answer a request for tokens."""
        client, form = self.client_of(asked), asked.form
        kind = form.get("grant_type")
        if not kind:
            raise RefusedOAuth("invalid_request", "grant_type is missing.")
        if kind == "authorization_code":
            return of_json(self.redeemed(client, form), 200, *NO_STORE)
        if kind == "refresh_token" and self.switches.refresh != "none":
            return of_json(self.refreshed(client, form), 200, *NO_STORE)
        raise RefusedOAuth("unsupported_grant_type", "This grant type is not supported.")

    def redeemed(self, client: Client, form: dict[str, str]) -> dict[str, Any]:
        """Return tokens for a code."""
        for name in ("code", "redirect_uri", "code_verifier"):
            if not form.get(name) and self.demands(name):
                raise RefusedOAuth("invalid_request", f"{name} is missing.")
        grant = self.codes.get(form["code"])
        if grant is None or not self.is_for(client, grant):
            raise RefusedOAuth("invalid_grant", "The code is not known.")
        if grant.used:
            self.used_again(grant)
        if self.clock() > grant.made + self.code_seconds():
            raise RefusedOAuth("invalid_grant", "The code is too old.")
        if not self.is_redirect(grant, form.get("redirect_uri", "")):
            raise RefusedOAuth("invalid_grant", "The redirect URI is another one.")
        if not self.proves(grant, form.get("code_verifier", "")):
            raise RefusedOAuth("invalid_grant", "The code verifier does not fit.")
        if not form.get("scope") and self.switches.token_scope == "required":
            raise RefusedOAuth("invalid_request", "scope is missing.")
        scopes = self.scopes_for_code(grant, form.get("scope", ""))
        grant.used = True
        return self.tokens(grant, scopes)

    def demands(self, name: str) -> bool:
        return True

    def code_seconds(self) -> float:
        return 600.0

    def is_for(self, client: Client, grant: Grant) -> bool:
        return grant.client == client.id

    def used_again(self, grant: Grant) -> None:
        """Refuse a code that was used, and whatever it gave."""
        grant.revoked = True
        raise RefusedOAuth("invalid_grant", "The code was used before.")

    def is_redirect(self, grant: Grant, address: str) -> bool:
        return address == grant.redirect_uri

    def proves(self, grant: Grant, verifier: str) -> bool:
        """Tell whether the verifier belongs to the challenge."""
        digest = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        return bool(_VERIFIER.fullmatch(verifier)) and hmac.compare_digest(digest, grant.challenge)

    def scopes_for_code(self, grant: Grant, scope: str) -> tuple[str, ...]:
        wanted = tuple(dict.fromkeys(scope.split()))
        if not {*wanted} <= {*grant.scopes}:
            raise RefusedOAuth("invalid_scope", "The user granted less.")
        return wanted or grant.scopes

    def tokens(self, grant: Grant, scopes: tuple[str, ...], previous: str = "") -> dict[str, Any]:
        """Return the body of a good answer, and keep the tokens."""
        ticket = Ticket(grant=grant, scopes=scopes, expires=self.clock() + (self.switches.lifetime or 3600))
        token = self.access_token(ticket)
        self.access[token] = ticket
        found: dict[str, Any] = {"access_token": token, "token_type": self.switches.token_type}
        found |= {"expires_in": self.switches.lifetime} if self.switches.lifetime else {}
        found["scope"] = " ".join(reversed(scopes) if self.switches.scopes_reversed else scopes)
        if self.switches.refresh == "none":
            return found
        if previous and self.switches.refresh == "kept":
            return found
        fresh = self.secret("refresh")
        self.refresh[fresh] = Ticket(grant=grant, scopes=grant.scopes, expires=self.clock() + 86400 * 90)
        return found | {"refresh_token": fresh}

    def access_token(self, ticket: Ticket) -> str:
        """Return a JSON Web Token, or something that says nothing."""
        if self.switches.tokens != "jwt":
            return self.secret("access")
        claims = {"sub": ticket.grant.user, "exp": int(ticket.expires), "scope": " ".join(ticket.scopes)}
        parts = [{"alg": "HS256", "typ": "at+jwt"}, claims | {"jti": self.secret("jti")}]
        text = ".".join(base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in parts)
        digest = hmac.digest(b"only the host knows", text.encode(), "sha256")
        return f"{text}.{base64.urlsafe_b64encode(digest).decode().rstrip('=')}"

    def refreshed(self, client: Client, form: dict[str, str]) -> dict[str, Any]:
        """Return tokens for a refresh token."""
        token = form.get("refresh_token")
        if not token:
            raise RefusedOAuth("invalid_request", "refresh_token is missing.")
        ticket = self.refresh.get(token)
        if ticket is None or not self.is_for(client, ticket.grant) or not self.is_alive(ticket):
            raise RefusedOAuth("invalid_grant", "The refresh token is not valid.")
        scopes = self.scopes_for_refresh(ticket, form.get("scope", ""))
        ticket.revoked = self.switches.refresh == "rotating"
        return self.tokens(ticket.grant, scopes, token)

    def scopes_for_refresh(self, ticket: Ticket, scope: str) -> tuple[str, ...]:
        return self.scopes_for_code(ticket.grant, scope)

    def is_alive(self, ticket: Ticket) -> bool:
        return not ticket.revoked and not ticket.grant.revoked and self.clock() < ticket.expires

    def revokes(self, asked: Asked) -> Reply:
        """Answer a revocation request (RFC 7009)."""
        client, form = self.client_of(asked), asked.form
        token = form.get("token")
        if not token:
            raise RefusedOAuth("invalid_request", "token is missing.")
        ticket = self.access.get(token) or self.refresh.get(token)
        if ticket is not None and self.is_for(client, ticket.grant):
            self.revoke(ticket, is_refresh=token in self.refresh)
        return Reply(headers=[("Content-Length", "0"), *NO_STORE][1:])

    def revoke(self, ticket: Ticket, *, is_refresh: bool) -> None:
        ticket.revoked = True
        ticket.grant.revoked = ticket.grant.revoked or is_refresh

    def metadata(self, asked: Asked) -> Reply:
        """Answer with the metadata of the server (RFC 8414)."""
        base = (self.switches.accounts_host or asked.origin) + self.switches.prefix
        return of_json(
            {
                "issuer": base,
                "authorization_endpoint": f"{base}/oauth/authorize",
                "token_endpoint": f"{base}/oauth/token",
                "registration_endpoint": f"{base}/oauth/clients",
                "revocation_endpoint": f"{base}/oauth/revoke",
                "code_challenge_methods_supported": ["S256"],
                "response_types_supported": ["code"],
            }
        )
