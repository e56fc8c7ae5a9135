"""Broken tokens: how they are given, what they open, how they end."""

from __future__ import annotations

import base64
import dataclasses
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus, urlencode

from .deviations import deviates
from .host import Host, Standard
from .wire import Asked, RefusedOAuth, Reply

if TYPE_CHECKING:
    from .authority import Client, Grant, Ticket
    from .keeping import User


@deviates(208, 211, 194, warns=True)
class SecretsUnchecked(Host):
    """Knows clients by their id alone."""

    def is_secret(self, client: Client, secret: str) -> bool:
        return True


@deviates(209, also=(215,))
class TokensWithoutScope(Host):
    """Leaves the scope out."""

    def tokens(self, grant: Grant, scopes: tuple[str, ...], previous: str = "") -> dict[str, Any]:
        return {name: value for name, value in super().tokens(grant, scopes, previous).items() if name != "scope"}


@deviates(209, also=(214, 215))
class ScopesAsArray(Host):
    """Writes the scopes as an array."""

    def tokens(self, grant: Grant, scopes: tuple[str, ...], previous: str = "") -> dict[str, Any]:
        return super().tokens(grant, scopes, previous) | {"scope": [*scopes]}


@deviates(209, also=(210, 215))
class LifetimeAsText(Host):
    """Writes the lifetime as text."""

    def tokens(self, grant: Grant, scopes: tuple[str, ...], previous: str = "") -> dict[str, Any]:
        return super().tokens(grant, scopes, previous) | {"expires_in": "3600"}


@deviates(209)
class TokenTypeOfItsOwn(Host):
    """Calls its tokens JWT."""

    def tokens(self, grant: Grant, scopes: tuple[str, ...], previous: str = "") -> dict[str, Any]:
        return super().tokens(grant, scopes, previous) | {"token_type": "JWT"}


@deviates(209, warns=True)
class TokensAreCached(Host):
    """Lets tokens be cached."""

    def answers_token_request(self, asked: Asked) -> Reply:
        return super().answers_token_request(asked).put("Cache-Control", "max-age=60").put("Pragma", None)


@deviates(209, warns=True)
class TokensAsForm(Host):
    """Answers the token request with a form."""

    def answers_token_request(self, asked: Asked) -> Reply:
        reply = super().answers_token_request(asked)
        reply.body = urlencode(reply.value).encode()
        return reply.put("Content-Type", "application/x-www-form-urlencoded")


@deviates(210, warns=True)
class TokensForAYear(Host):
    """Gives tokens that live a year."""

    def tokens(self, grant: Grant, scopes: tuple[str, ...], previous: str = "") -> dict[str, Any]:
        return super().tokens(grant, scopes, previous) | {"expires_in": 31536000}


@deviates(211, also=(194, 200, 203, 214, 215, 246))
class TokenErrorsWith200(Host):
    """Refuses token requests with 200."""

    def oauth_error(self, error: RefusedOAuth) -> Reply:
        reply = super().oauth_error(error)
        reply.status = 200 if error.error in {"invalid_grant", "unsupported_grant_type"} else reply.status
        return reply


@deviates(211, also=(194, 200, 203, 214, 215, 191, 184))
class ErrorsAsObjects(Host):
    """Puts the error into an object."""

    def oauth_error(self, error: RefusedOAuth) -> Reply:
        reply = super().oauth_error(error)
        return reply.show({"error": {"code": error.error, "message": error.text}})


@deviates(211, also=(194, 200, 203, 214, 215))
class UnauthorizedForEveryError(Host):
    """Refuses every token request with 401."""

    def answers_token_request(self, asked: Asked) -> Reply:
        try:
            return super().answers_token_request(asked)
        except RefusedOAuth as error:
            raise RefusedOAuth(error.error, error.text, 401) from error


@deviates(211)
class AnyGrantType(Host):
    """Does not look at the grant type."""

    def answers_token_request(self, asked: Asked) -> Reply:
        form = asked.form
        kind = "refresh_token" if form.get("grant_type") == "refresh_token" else "authorization_code"
        body = urlencode(form | {"grant_type": kind}).encode()
        return super().answers_token_request(dataclasses.replace(asked, body=body))


@deviates(208, 209, 211, ending="+/%25", also=(194, 200, 203))
class SecretsNotDecoded(Host):
    """Compares secrets as they stand in the header, although they are encoded there."""

    def client_of(self, asked: Asked) -> Client:
        content = base64.b64decode(asked.headers.get("authorization", "").partition(" ")[2]).decode()
        again = quote_plus(content.partition(":")[0]) + ":" + quote_plus(content.partition(":")[2])
        value = "Basic " + base64.b64encode(again.encode()).decode()
        return super().client_of(dataclasses.replace(asked, headers=asked.headers | {"authorization": value}))


# Scopes


@deviates(151, also=(241, 247))
class ScopesUnchecked(Host):
    """Never looks at scopes."""

    def opens(self, ticket: Ticket, operation: str, scope: str) -> bool:
        return True


@deviates(151, also=(241, 247))
class ReadersMayWrite(Host):
    """Lets whoever may read write."""

    def opens(self, ticket: Ticket, operation: str, scope: str) -> bool:
        readers = {scope.replace("upsert", "readonly"), scope.replace("update", "readonly")}
        return bool(readers & {*ticket.scopes}) or super().opens(ticket, operation, scope)


@deviates(151, also=(241, 247))
class WritersMayRead(Host):
    """Lets whoever may write read."""

    def opens(self, ticket: Ticket, operation: str, scope: str) -> bool:
        writers = {scope.replace("readonly", "upsert"), scope.replace("readonly", "update")}
        return bool(writers & {*ticket.scopes}) or super().opens(ticket, operation, scope)


@deviates(151, also=(241, 247))
class ProfilesOpenToAll(Host):
    """Shows the profile to whoever has a token."""

    def opens(self, ticket: Ticket, operation: str, scope: str) -> bool:
        return operation == "getProfile" or super().opens(ticket, operation, scope)


@deviates(151, also=(241, 247))
class ScopesByPrefix(Host):
    """Compares scopes up to the last point."""

    def opens(self, ticket: Ticket, operation: str, scope: str) -> bool:
        return any(each.startswith(scope.rpartition(".")[0]) for each in ticket.scopes)


@deviates(151, also=(241, 247, 212))
class UnsignedTokensTrusted(Host):
    """Trusts what a token says, and looks neither at its signature nor at its age."""

    def admitted(self, asked: Asked, standard: Standard, operation: str, scope: str) -> Ticket:
        token = self.token_of(asked)
        known = {each.rpartition(".")[0]: ticket for each, ticket in self.access.items()}
        ticket = known.get(token.rpartition(".")[0])
        if ticket and self.is_alive(ticket) and self.opens(ticket, operation, scope):
            return ticket
        return super().admitted(asked, standard, operation, scope)


@deviates(212, 151, warns=True, also=(241,))
class TokensInTheQuery(Host):
    """Takes tokens of the query."""

    def token_of(self, asked: Asked) -> str:
        return super().token_of(asked) or asked.get("access_token") or ""


@deviates(151, also=(212, 241, 247))
class RefreshTokensOpenTheApi(Host):
    """Takes a refresh token as an access token."""

    def admitted(self, asked: Asked, standard: Standard, operation: str, scope: str) -> Ticket:
        ticket = self.refresh.get(self.token_of(asked))
        if ticket and self.is_alive(ticket) and self.opens(ticket, operation, scope):
            return ticket
        return super().admitted(asked, standard, operation, scope)


@deviates(152, 158, 244, also=(248, 236, 155))
class LastUserOfTheClient(Host):
    """Takes whoever allowed a client something last for its user."""

    def user_of(self, ticket: Ticket) -> User:
        grants = [each.grant for each in self.access.values() if each.grant.client == ticket.grant.client]
        return self.users[grants[-1].user]


# Refreshing


@deviates(214)
class RefreshingWidens(Host):
    """Gives every scope for a refresh token, where it is asked for."""

    def scopes_for_refresh(self, ticket: Ticket, scope: str) -> tuple[str, ...]:
        return tuple(scope.split()) or ticket.grant.scopes


@deviates(214, 245, also=(215, 151))
class RefreshingForgetsScopes(Host):
    """Gives tokens without a scope."""

    def scopes_for_refresh(self, ticket: Ticket, scope: str) -> tuple[str, ...]:
        super().scopes_for_refresh(ticket, scope)
        return ("offline_access",)


@deviates(215, 245)
class RefreshedTokensAreDead(Host):
    """Gives tokens that do not work."""

    def refreshed(self, client: Client, form: dict[str, str]) -> dict[str, Any]:
        found = super().refreshed(client, form)
        self.access.pop(found["access_token"])
        return found


@deviates(215, 245)
class RefreshingGivesTheSame(Host):
    """Gives the access token that there was."""

    def refreshed(self, client: Client, form: dict[str, str]) -> dict[str, Any]:
        ticket = self.refresh.get(form.get("refresh_token", ""))
        found = super().refreshed(client, form)
        first = next(token for token, each in self.access.items() if ticket and each.grant is ticket.grant)
        return found | {"access_token": first}


@deviates(215, 213, 245)
class RefreshTokensNeverWork(Host):
    """Gives refresh tokens that it does not know."""

    def refreshed(self, client: Client, form: dict[str, str]) -> dict[str, Any]:
        raise RefusedOAuth("invalid_grant", "The refresh token is not valid.")


@deviates(215, 214, also=(203,))
class RefreshTokensOfOthers(Host):
    """Takes a refresh token from any client."""

    def is_for(self, client: Client, grant: Grant) -> bool:
        return grant.used or super().is_for(client, grant)


@deviates(215, 211)
class BadRefreshTokensFail(Host):
    """Fails on a refresh token that it does not know."""

    def refreshed(self, client: Client, form: dict[str, str]) -> dict[str, Any]:
        if form.get("refresh_token") not in self.refresh:
            raise RefusedOAuth("server_error", "NullPointerException", 500)
        return super().refreshed(client, form)


@deviates(158, 244, 245, 215)
class RefreshingChangesTheUser(Host):
    """Gives the tokens of another user."""

    def refreshed(self, client: Client, form: dict[str, str]) -> dict[str, Any]:
        found = super().refreshed(client, form)
        ticket = self.access[found["access_token"]]
        other = next(each for each in self.users if each != ticket.grant.user)
        self.access[found["access_token"]] = dataclasses.replace(
            ticket, grant=dataclasses.replace(ticket.grant, user=other)
        )
        return found


# Revoking


@deviates(218, 246)
class RevocationDoesNothing(Host):
    """Says that tokens are revoked, and lets them work."""

    def revoke(self, ticket: Ticket, *, is_refresh: bool) -> None:
        return


@deviates(216, 218, 246)
class RevokesAccessTokensOnly(Host):
    """Does not revoke refresh tokens."""

    def revoke(self, ticket: Ticket, *, is_refresh: bool) -> None:
        ticket.revoked = not is_refresh


@deviates(218)
class UnknownTokensAreAnError(Host):
    """Refuses to revoke a token that it does not know."""

    def revokes(self, asked: Asked) -> Reply:
        token = asked.form.get("token")
        if token and token not in self.access and token not in self.refresh:
            return Reply(status=404)
        return super().revokes(asked)


@deviates(218, 246, warns=True)
class AnyoneRevokes(Host):
    """Revokes tokens without knowing who asks."""

    def revokes(self, asked: Asked) -> Reply:
        ticket = self.access.get(asked.form.get("token", "")) or self.refresh.get(asked.form.get("token", ""))
        if ticket:
            self.revoke(ticket, is_refresh=asked.form["token"] in self.refresh)
        return Reply()
