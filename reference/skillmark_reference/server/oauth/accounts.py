"""Persons with an account: their passwords, their sessions in a browser, their profiles."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import hmac
import secrets
import threading
from typing import TYPE_CHECKING

import sqlalchemy as sa

from skillmark_reference.server.oauth import storing
from skillmark_reference.server.oauth.storing import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from skillmark_reference.server.oauth.storing import Store

#: Seconds that a person stays signed in.
SESSION_SECONDS = 3600
#: Of scrypt (RFC 7914): as much work as OWASP's Password Storage Cheat Sheet asks for, in 16 MB.
_COST, _BLOCK, _PARALLEL = 2**14, 8, 5
_MEMORY = 64 * 2**20
_SALT_BYTES = 16
#: After so many wrong passwords for one name, it has to be waited.
_MOST_FAILURES = 5
_PAUSE_SECONDS = 60.0
_MOST_NAMES = 10_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account that a server starts with."""

    #: What the person signs in with.
    name: str
    full_name: str
    password: str = dataclasses.field(repr=False)
    #: Text of a Profile (Open Badges 3.0); without it, the person has none yet.
    profile: str | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who is signed in."""

    account: int
    name: str
    full_name: str


class TooManyAttempts(Exception):  # noqa: N818 - what a person has to do, no defect
    """Wrong passwords were given too often for one name."""


class Accounts:
    """The accounts of one server."""

    def __init__(self, store: Store, given: Iterable[Account], *, clock: Callable[[], float]) -> None:
        self._store = store
        self._given = {each.name: each for each in given}
        self._clock = clock
        self._turn = threading.Lock()
        #: Wrong passwords in a row, and when the last one was given.
        self._failures: dict[str, tuple[int, float]] = {}

    def check(self, name: str, password: str) -> int | None:
        """Return the account that name and password are those of.

        Raises:
            TooManyAttempts: passwords for the name were wrong too often; whether there is such a name is not told.
        """
        with self._turn:
            # One after the other: a crowd of guesses takes no more memory than one.
            count, at = self._failures.get(name, (0, 0.0))
            if count >= _MOST_FAILURES and self._clock() < at + _PAUSE_SECONDS:
                raise TooManyAttempts
            account = self._checked(name, password)
            self._failures.pop(name, None)
            if account is None:
                if len(self._failures) >= _MOST_NAMES:
                    self._failures.pop(next(iter(self._failures)))
                self._failures[name] = (count + 1, self._clock())
            return account

    def find(self, name: str) -> int | None:
        """Return the account of a name, for whoever has the database anyway."""
        row = self._row(name)
        return None if row is None else int(row.id)

    def _checked(self, name: str, password: str) -> int | None:
        row = self._row(name)
        known = row.password if row else _UNKNOWN
        return row.id if _fits(password, known) and row else None

    def _row(self, name: str) -> sa.Row[tuple[int, str]] | None:
        query = sa.select(storing.accounts.c.id, storing.accounts.c.password).where(storing.accounts.c.name == name)
        # No name of ours has this character, and PostgreSQL takes no text with it.
        for _ in range(0 if "\0" in name else 2):
            if rows := self._store.database.rows(query):
                return rows[0]
            if name not in self._given:
                return None
            self._add(self._given[name])
        return None

    def _add(self, account: Account) -> None:
        values = {
            "name": account.name,
            "full_name": account.full_name,
            "password": _hashed(account.password, secrets.token_bytes(_SALT_BYTES)),
            "profile": account.profile,
        }
        try:
            with self._store.database.writing() as connection:
                connection.execute(storing.accounts.insert().values(**values))
        except sa.exc.IntegrityError:
            # Another process of the same database was faster.
            return

    # Sessions

    def begin(self, account: int) -> str:
        """Begin a session, and return the secret that the browser keeps of it."""
        secret = secrets.token_urlsafe(32)
        now = self._clock()
        with self._store.database.writing() as connection:
            connection.execute(storing.sessions.delete().where(storing.sessions.c.ends_at <= now))
            row = {"digest": digest(secret), "account": account, "ends_at": now + SESSION_SECONDS}
            connection.execute(storing.sessions.insert().values(**row))
        return secret

    def person(self, secret: str) -> Person | None:
        """Return whose session it is; ``None`` when it is over, or none at all."""
        table = storing.accounts.c
        query = (
            sa.select(table.id, table.name, table.full_name)
            .join(storing.sessions, storing.sessions.c.account == table.id)
            .where(storing.sessions.c.digest == digest(secret), storing.sessions.c.ends_at > self._clock())
        )
        rows = self._store.database.rows(query)
        return Person(account=rows[0].id, name=rows[0].name, full_name=rows[0].full_name) if rows else None

    def end(self, secret: str) -> None:
        """End a session."""
        with self._store.database.writing() as connection:
            connection.execute(storing.sessions.delete().where(storing.sessions.c.digest == digest(secret)))

    # Profiles

    def profile(self, account: int) -> str | None:
        """Return the text of a person's profile, if there is one."""
        found = self._store.database.scalar(
            sa.select(storing.accounts.c.profile).where(storing.accounts.c.id == account)
        )
        return None if found is None else str(found)

    def put_profile(self, account: int, text: str) -> None:
        """Keep the text of a profile in the place of the one before."""
        with self._store.database.writing() as connection:
            connection.execute(storing.accounts.update().where(storing.accounts.c.id == account).values(profile=text))


def _hashed(password: str, salt: bytes) -> str:
    key = hashlib.scrypt(
        password.encode("utf-8", "surrogatepass"), salt=salt, n=_COST, r=_BLOCK, p=_PARALLEL, maxmem=_MEMORY
    )
    return f"scrypt${base64.b64encode(salt).decode()}${base64.b64encode(key).decode()}"


def _fits(password: str, hashed: str) -> bool:
    salt = base64.b64decode(hashed.split("$")[1])
    return hmac.compare_digest(_hashed(password, salt), hashed)


#: Of nobody: a name that is unknown takes as long to refuse as a password that is wrong.
_UNKNOWN = f"scrypt${base64.b64encode(bytes(_SALT_BYTES)).decode()}$"
