"""Making a product call the host that the harness plays: by a command of the vendor's, or by a person at a terminal."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import subprocess
import sys
import tempfile
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from skillmark.core.errors import Misconfigured, Untested
from skillmark.wire.peers.calls import Round
from skillmark.wire.peers.serving import ServingPeer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from skillmark.core.clock import Clock
    from skillmark.core.interfaces import ClientInterface
    from skillmark.core.target import Target
    from skillmark.wire.peers.calls import Call
    from skillmark.wire.peers.errands import Errand
    from skillmark.wire.peers.host import ClientPeer

#: Variables by which programs are told whom to trust.
_TRUST = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
#: Seconds without a call after which a round is over: products may go on after the command that started them. Longer while what
#: a round is about has not come, and after what a person does.
_QUIET, _NOT_YET, _OF_A_PERSON = 1.0, 10.0, 5.0
_MOST_OUTPUT = 4_000
_SHOWN = 300
_DONE = frozenset({HTTPStatus.OK, HTTPStatus.CREATED})
_NEXT_STEP = (
    'Name a program that makes the product connect to the host {url}: command = ["my-product", "connect", "{url}"] under '
    "[client]. Without one, run it on a terminal, where a person is asked to do it."
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """How a round came to its end."""

    #: Whether the product did all that it meant to do.
    is_whole: bool
    says: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """What a product did as a client."""

    calls: tuple[Call, ...]
    #: The rounds that were begun.
    rounds: Mapping[Round, Ran]


class Driving(Protocol):
    """A way to make a product call a host, once."""

    def __call__(self, peer: ClientPeer, which: Round) -> Ran:
        """Make it call, and return when it is done."""


def observe(peer: ClientPeer, drive: Driving) -> Observed:
    """Return what a product does in every round; only the first one, if it calls nothing there."""
    rounds: dict[Round, Ran] = {}
    for which in Round:
        peer.begin(which)
        rounds[which] = drive(peer, which)
        if not peer.calls:
            break
    return Observed(calls=peer.calls, rounds=rounds)


@contextlib.contextmanager
def driving(peer: ClientPeer, target: Target, clock: Clock, *, is_in_process: bool) -> Iterator[Driving]:
    """Serve the host, and give the way in which the settings make the product call it.

    Raises:
        Untested: There is none; the message says what to do.
        Misconfigured: It cannot be served.
    """
    has_terminal = sys.stdin.isatty() and sys.stderr.isatty() and not is_in_process
    if not target.client.command and not has_terminal:
        raise Untested(_NEXT_STEP)
    with tempfile.TemporaryDirectory(prefix="skillmark-") as folder:
        settings = target.peer
        authority = settings.authority or Path(folder) / "authority.pem"
        with ServingPeer(peer, dataclasses.replace(settings, authority=authority)) as serving:
            peer.url = serving.url
            trusted = settings.certificate or authority
            if target.client.command:
                yield ByCommand(target.client, authority=trusted, clock=clock)
            else:
                yield ByPerson(target.client, authority=trusted, clock=clock)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Settling:
    """Waits until a product goes on no longer."""

    clock: Clock
    seconds: float

    def until_quiet(self, peer: ClientPeer, which: Round, since: int, *, quiet: float) -> None:
        """Return when no call came for a while, or the time is over."""
        end = self.clock.elapsed() + self.seconds
        while (left := end - self.clock.elapsed()) > 0:
            calls = peer.calls
            peer.wait(min(left, quiet if _is_there(which, calls[since:], peer.errand) else _NOT_YET))
            if len(peer.calls) == len(calls):
                return


class ByCommand:
    """Runs a program of the vendor's for each round, without a shell."""

    def __init__(self, settings: ClientInterface, *, authority: Path, clock: Clock) -> None:
        self._settings = settings
        self._authority = str(authority)
        self._settling = _Settling(clock=clock, seconds=settings.seconds)

    def __call__(self, peer: ClientPeer, which: Round) -> Ran:
        """Run it, and wait until its calls are over.

        Raises:
            Misconfigured: It cannot be started.
        """
        since = len(peer.calls)
        ran = self._ran(peer.url)
        if ran.is_whole:
            self._settling.until_quiet(peer, which, since, quiet=_QUIET)
        return ran

    def _ran(self, url: str) -> Ran:
        places = {"{url}": url, "{authority}": self._authority}
        command = [_filled(each, places) for each in self._settings.command]
        # Nothing is written where the harness serves plain http.
        trust = dict.fromkeys(_TRUST, self._authority) if Path(self._authority).exists() else {}
        with tempfile.TemporaryFile() as output:
            try:
                done = subprocess.run(  # noqa: S603 - the program is the user's own, and no shell reads the arguments
                    command,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    timeout=self._settings.seconds,
                    check=False,
                    env=os.environ | trust,
                )
            except subprocess.TimeoutExpired:
                return Ran(is_whole=False, says=f"{command[0]} did not end within {self._settings.seconds:g} seconds")
            except OSError as error:
                raise Misconfigured(
                    f"{command[0]} cannot be run: {error.strerror or error}. Check command under [client]."
                ) from error
            output.seek(0)
            said = " ".join(output.read(_MOST_OUTPUT).decode(errors="replace").split())[-_SHOWN:]
        told = f" and printed {said!r}" if said and done.returncode else ""
        return Ran(is_whole=done.returncode == 0, says=f"{command[0]} ended with exit code {done.returncode}{told}")


def _filled(text: str, places: Mapping[str, str]) -> str:
    for name, value in places.items():
        text = text.replace(name, value)
    return text


class ByPerson:
    """Asks a person at the terminal, for each round."""

    def __init__(self, settings: ClientInterface, *, authority: Path, clock: Clock) -> None:
        self._seconds = settings.seconds
        self._authority = authority
        self._clock = clock
        self._settling = _Settling(clock=clock, seconds=settings.seconds)

    def __call__(self, peer: ClientPeer, which: Round) -> Ran:
        """Say what to do, and wait until it is done."""
        number = list(Round).index(which) + 1
        sys.stderr.write(
            f"\nYour product as a client, {number} of {len(Round)}. Host: {peer.url} (authority to trust: {self._authority})\n"
            f"  {peer.errand.says[which]}\n  Waiting for its calls, at most {self._seconds:g} seconds.\n"
        )
        sys.stderr.flush()
        since, end = len(peer.calls), self._clock.elapsed() + self._seconds
        while not _is_there(which, peer.calls[since:], peer.errand):
            left = end - self._clock.elapsed()
            if left <= 0:
                return Ran(is_whole=False, says=f"the time was over after {self._seconds:g} seconds")
            peer.wait(min(left, 1.0))
        self._settling.until_quiet(peer, which, since, quiet=_OF_A_PERSON)
        return Ran(is_whole=True, says="a person let it connect")


def _is_there(which: Round, calls: Sequence[Call], errand: Errand) -> bool:
    """Whether what a round is about has come."""
    match which:
        case Round.OTHER_STATE:
            return any(call.gave.is_state_changed for call in calls)
        case Round.AGAIN:
            return any(call.status == HTTPStatus.SERVICE_UNAVAILABLE for call in calls)
        case Round.HEALTHY | Round.BUSY:
            return {call.operation for call in calls if call.status in _DONE} >= errand.operations
