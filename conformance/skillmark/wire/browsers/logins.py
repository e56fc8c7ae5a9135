"""Somebody who signs in at a host and decides: through its pages, by a program of the vendor's, or a person."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured
from skillmark.core.interfaces import Login
from skillmark.wire.browsers.browsing import ALLOW, DENY, Browser, Decision, Ended, is_return
from skillmark.wire.redaction import secrets_in

if TYPE_CHECKING:
    from collections.abc import Collection

    from skillmark.core.interfaces import Account, HostInterface
    from skillmark.wire.client import WireClient

__all__ = ["ALLOW", "DENY", "Decision", "Ended", "Logins", "is_return"]

_LONGEST = 8_000


class Logins:
    """Signs accounts in at a host; whoever is signed in stays so."""

    def __init__(self, client: WireClient, host: HostInterface) -> None:
        self._client = client
        self._host = host
        self._browsers: dict[str, Browser] = {}
        #: Accounts that the host does not know. It may lock them if it is asked again.
        self._strangers: dict[str, Ended] = {}

    @property
    def is_scripted(self) -> bool:
        """Whether nobody has to be asked, so that it may be done often."""
        return self._host.login is not Login.INTERACTIVE

    @property
    def sees_pages(self) -> bool:
        """Whether it is seen what somebody is shown, and so what could be decided at all."""
        return self._host.login is Login.FORMS

    def decide(
        self,
        address: str,
        *,
        returns: Collection[str],
        account: Account,
        decision: Decision = ALLOW,
        is_fresh: bool = False,
    ) -> Ended:
        """Open an address, sign in, decide, and return where the browser is sent.

        ``returns`` are the addresses of the client; with ``is_fresh`` nobody is signed in yet.

        Raises:
            Misconfigured: a person is needed and there is no terminal, or the program of the settings cannot be run.
        """
        self._client.learn(account.password)
        if self._host.login is Login.COMMAND:
            return self._by_command(address, returns, account, decision)
        if self._host.login is Login.INTERACTIVE:
            return self._by_person(address, returns, account, decision)
        if account.name in self._strangers:
            return self._strangers[account.name]
        ended = self._browser(account, is_fresh=is_fresh).decide(address, returns, account, decision)
        if ended.is_stranger:
            self._strangers[account.name] = ended
        return ended

    def look(self, address: str, *, returns: Collection[str]) -> Ended:
        """Open an address without signing in, and return where the browser is sent."""
        return Browser(self._client, self._host).look(address, returns)

    def _browser(self, account: Account, *, is_fresh: bool) -> Browser:
        if is_fresh or account.name not in self._browsers:
            self._browsers[account.name] = Browser(self._client, self._host)
        return self._browsers[account.name]

    def _by_command(self, address: str, returns: Collection[str], account: Account, decision: Decision) -> Ended:
        asked = {
            "url": address,
            "name": account.name,
            "password": account.password,
            "decision": "allow" if decision.is_allowed else "deny",
            "scopes": None if decision.scopes is None else list(decision.scopes),
        }
        command, seconds = self._host.login_command, self._host.seconds
        try:
            ran = subprocess.run(  # noqa: S603 - the user's own program, run without a shell
                command, input=json.dumps(asked).encode(), capture_output=True, timeout=seconds, check=False
            )
        except subprocess.TimeoutExpired:
            return Ended(problem=f"{command[0]} did not end within {seconds:.0f} seconds", is_hidden=True)
        except OSError as error:
            raise Misconfigured(f"host.login_command cannot be run: {error}.") from error
        if ran.returncode:
            said = self._client.redacted(ran.stderr[:_LONGEST].decode(errors="replace")).strip()[-200:]
            return Ended(problem=f"{command[0]} ended with exit code {ran.returncode}: {said}", is_hidden=True)
        lines = ran.stdout[-_LONGEST:].decode(errors="replace").split()
        return self._ended(lines[-1] if lines else "", returns, f"{command[0]} printed", decision)

    def _by_person(self, address: str, returns: Collection[str], account: Account, decision: Decision) -> Ended:
        if not (sys.stdin.isatty() and sys.stderr.isatty()):
            raise Misconfigured(
                'host.login is "interactive", and there is no terminal to ask at. Run it on one, or use "forms" or "command".'
            )
        wish = "refuse" if not decision.is_allowed else "allow everything"
        if decision.scopes is not None:
            wish = f"allow only {' '.join(decision.scopes)}"
        sys.stderr.write(f"\nOpen in a browser, sign in as {account.name}, and {wish}:\n  {address}\n")
        sys.stderr.write("Then paste the address at which the browser ended (the page itself cannot be shown):\n> ")
        sys.stderr.flush()
        return self._ended(sys.stdin.readline(_LONGEST).strip(), returns, "what was pasted is", decision)

    def _ended(self, address: str, returns: Collection[str], what: str, decision: Decision) -> Ended:
        """Return what an address that somebody else got to says."""
        self._client.learn(*secrets_in([("Location", address)], b""))
        if is_return(address, returns):
            return Ended(address=address, was_asked=True)
        shown = self._client.redacted(address)[:200]
        is_whole = decision.is_allowed
        return Ended(
            problem=f"{what} {shown!r}, which is not below the redirect URI", is_whole=is_whole, is_hidden=True
        )
