"""What was allowed to whom, and the codes and tokens that show it (RFC 6749, RFC 7636, RFC 7009)."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import re
import secrets
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from skillmark_reference.server.oauth import storing
from skillmark_reference.server.oauth.storing import digest
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from skillmark_reference.server.oauth.clients import Client
    from skillmark_reference.server.oauth.storing import Store

#: Seconds that a refresh token is good for, if it is not used.
REFRESH_SECONDS = 30 * 24 * 3600
#: RFC 7636, 4.1.
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}", re.ASCII)


class GrantRefused(Exception):  # noqa: N818 - what the client did wrong, no defect
    """A token request with something wrong in it (RFC 6749, 5.2)."""

    def __init__(self, code: str, description: str) -> None:
        super().__init__(description)
        self.code = code


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What a person allows a client, and how the client has to ask for the token."""

    account: int
    scopes: tuple[str, ...]
    redirect_uri: str
    code_challenge: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """Tokens that were made."""

    access_token: str = dataclasses.field(repr=False)
    seconds: int
    scopes: tuple[str, ...]
    refresh_token: str | None = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """Whom an access token speaks for."""

    client: str
    #: ``None`` for a client that speaks for itself.
    account: int | None
    scopes: frozenset[str]


class Grants:
    """The grants of one server."""

    def __init__(self, store: Store, *, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock

    def allow(self, client: Client, permission: Permission) -> str:
        """Return a code for what a person allows."""
        code = secrets.token_urlsafe(32)
        end = self._clock() + load_service("ob-3.0").security.code_seconds
        values = {
            "account": permission.account,
            "scope": " ".join(permission.scopes),
            "code_digest": digest(code),
            "code_ends_at": end,
            "redirect_uri": permission.redirect_uri,
            "code_challenge": permission.code_challenge,
        }
        with self._store.database.writing() as connection:
            self._forget(connection)
            self._add_grant(connection, client, ends_at=end, **values)
        return code

    def redeem(self, client: Client, *, code: str, redirect_uri: str, verifier: str, scopes: Sequence[str]) -> Issued:
        """Return tokens for a code, which is good once; a second time makes the tokens of the first void.

        Raises:
            GrantRefused: the code is none of the client's, over, used, or not redeemed as it was asked for.
        """
        table = storing.grants
        with self._store.database.writing() as connection:
            grant = connection.execute(sa.select(table).where(table.c.code_digest == digest(code))).first()
            if grant is None or grant.client != client.id or grant.code_ends_at <= self._clock():
                raise GrantRefused("invalid_grant", "The code is unknown, over, or of another client.")
            if grant.redirect_uri != redirect_uri:
                raise GrantRefused("invalid_grant", "redirect_uri is not the one that the code was asked for with.")
            if not _proves(verifier, grant.code_challenge):
                raise GrantRefused("invalid_grant", "code_verifier does not fit the code_challenge.")
            _check_scopes(scopes, grant)
            unused = sa.and_(table.c.id == grant.id, table.c.code_is_used.is_(False))
            if connection.execute(table.update().where(unused).values(code_is_used=True)).rowcount:
                return self._issue(connection, client, grant.id, scopes=tuple(scopes), whole=grant.scope)
            _end(connection, grant.id)
        raise GrantRefused("invalid_grant", "The code was used before; tokens that it was given for are void now.")

    def refresh(self, client: Client, *, refresh_token: str, scopes: Sequence[str]) -> Issued:
        """Return new tokens, and make the refresh token void; one that is used again ends the whole grant.

        Raises:
            GrantRefused: the token is none of the client's, over, or used, or more is asked than was allowed.
        """
        table = storing.tokens
        with self._store.database.writing() as connection:
            held = connection.execute(_held(refresh_token)).first()
            if held is None or not held.is_refresh or held.client != client.id or held.token_ends_at <= self._clock():
                raise GrantRefused("invalid_grant", "The refresh token is unknown, over, or of another client.")
            _check_scopes(scopes, held)
            unused = sa.and_(table.c.digest == digest(refresh_token), table.c.is_used.is_(False))
            if connection.execute(table.update().where(unused).values(is_used=True)).rowcount:
                chosen = tuple(scopes) or tuple(held.scope.split())
                return self._issue(connection, client, held.id, scopes=chosen, whole=held.scope)
            _end(connection, held.id)
        raise GrantRefused(
            "invalid_grant", "The refresh token was used before; everything that came of it is void now."
        )

    def issue(self, client: Client, *, scopes: Sequence[str]) -> Issued:
        """Return a token for a client that speaks for itself (RFC 6749, 4.4).

        Raises:
            GrantRefused: the client may not have the scopes.
        """
        if not client.may_ask(scopes):
            raise GrantRefused("invalid_scope", f"Allowed is {' '.join(client.scopes)}.")
        with self._store.database.writing() as connection:
            self._forget(connection)
            grant = self._add_grant(connection, client, ends_at=self._clock(), scope=" ".join(scopes))
            return self._issue(connection, client, grant, scopes=tuple(scopes), whole=" ".join(scopes))

    def admission(self, access_token: str) -> Admission | None:
        """Return whom a token speaks for; ``None`` when it is unknown, over or void."""
        rows = self._store.database.rows(_held(access_token))
        found = rows[0] if rows else None
        if found is None or found.is_refresh or found.token_ends_at <= self._clock():
            return None
        return Admission(client=found.client, account=found.account, scopes=frozenset(found.token_scope.split()))

    def revoke(self, client: Client, token: str) -> None:
        """Make a token void; with a refresh token everything that came of the same grant (RFC 7009, 2.1).

        Raises:
            GrantRefused: the token is one of another client.
        """
        with self._store.database.writing() as connection:
            held = connection.execute(_held(token)).first()
            if held is None:
                return
            if held.client != client.id:
                raise GrantRefused("invalid_grant", "The token is one of another client.")
            if held.is_refresh:
                _end(connection, held.id)
            else:
                connection.execute(storing.tokens.delete().where(storing.tokens.c.digest == digest(token)))

    def _add_grant(self, connection: sa.Connection, client: Client, **values: Any) -> int:  # noqa: ANN401 - values of columns
        usual = {"client": client.id, "code_is_used": False, "code_ends_at": 0.0}
        inserted = connection.execute(storing.grants.insert().values(**usual | values))
        return int(inserted.inserted_primary_key[0])  # type: ignore[index]

    def _issue(
        self, connection: sa.Connection, client: Client, grant: int, *, scopes: tuple[str, ...], whole: str
    ) -> Issued:
        """Make tokens of a grant: an access token for some scopes, a refresh token for the whole of it."""
        now = self._clock()
        access, refresh = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        ends = {access: (now + client.token_seconds, " ".join(scopes))}
        if "refresh_token" in client.grant_types:
            ends[refresh] = (now + REFRESH_SECONDS, whole)
        for token, (end, scope) in ends.items():
            row = {"digest": digest(token), "grant_id": grant, "is_refresh": token == refresh, "is_used": False}
            connection.execute(storing.tokens.insert().values(**row, scope=scope, ends_at=end))
        last = max(end for end, _ in ends.values())
        connection.execute(storing.grants.update().where(storing.grants.c.id == grant).values(ends_at=last))
        return Issued(
            access_token=access,
            seconds=client.token_seconds,
            scopes=scopes,
            refresh_token=refresh if refresh in ends else None,
        )

    def _forget(self, connection: sa.Connection) -> None:
        """Remove what is over, so that it takes no room for ever."""
        now = self._clock()
        # A grant ends with the last of its tokens.
        connection.execute(storing.tokens.delete().where(storing.tokens.c.ends_at <= now))
        connection.execute(storing.grants.delete().where(storing.grants.c.ends_at <= now))


#: A token with its grant; made once, since making it takes longer than asking it, and every request with a token asks.
_TOKEN_WITH_GRANT = (
    sa.select(
        storing.grants,
        storing.tokens.c.is_refresh,
        storing.tokens.c.scope.label("token_scope"),
        storing.tokens.c.ends_at.label("token_ends_at"),
    )
    .join(storing.tokens, storing.tokens.c.grant_id == storing.grants.c.id)
    .where(storing.tokens.c.digest == sa.bindparam("token"))
)


def _held(token: str) -> sa.Select[Any]:
    """Select a token with its grant."""
    return _TOKEN_WITH_GRANT.params(token=digest(token))


def _end(connection: sa.Connection, grant: int) -> None:
    connection.execute(storing.tokens.delete().where(storing.tokens.c.grant_id == grant))


def _check_scopes(scopes: Sequence[str], grant: sa.Row[Any]) -> None:
    if not set(scopes) <= set(grant.scope.split()):
        raise GrantRefused("invalid_scope", f"Allowed was {grant.scope}.")


def _proves(verifier: str, challenge: str) -> bool:
    """Whether a verifier is the one that a challenge was made of (RFC 7636, 4.6)."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    hashed = hashlib.sha256(verifier.encode()).digest()
    return hmac.compare_digest(base64.urlsafe_b64encode(hashed).rstrip(b"=").decode(), challenge)
