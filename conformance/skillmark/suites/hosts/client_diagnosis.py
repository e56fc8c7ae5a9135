"""Looking at the settings before a run: does the product call the host that it is given, and send something?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured
from skillmark.suites.diagnoses import Cause, Diagnosis
from skillmark.suites.hosts.client_evidence import calling, nothing_called
from skillmark.suites.hosts.writers import gathered
from skillmark.wire.peers.calls import Round

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import RunContext

_COMMAND = 'command = ["my-product", "connect", "{url}"] under [client]'


def diagnose(context: RunContext) -> tuple[Diagnosis, ...]:
    """Let a command make the product call once, and say what stands in the way of a run; a person is asked nothing."""
    try:
        return tuple(_found(context))
    except Misconfigured as error:
        return (_noticed(str(error), "Correct [client] and [peer] in the target file."),)


def _found(context: RunContext) -> Iterator[Diagnosis]:
    evidence = gathered(context)
    if not context.target.client.command:
        message = "No command makes the product call, so that a run asks a person at the terminal."
        yield _noticed(message, f"Where nobody is there: {_COMMAND}.", is_blocking=False)
        return
    with calling(evidence) as (peer, drive):
        peer.begin(Round.HEALTHY)
        ran = drive(peer, Round.HEALTHY)
    called = {call.operation for call in peer.calls if call.operation}
    if not called:
        yield _noticed(nothing_called(ran), f"Check {_COMMAND}, and [peer], where the product has to reach Skillmark.")
    elif missing := sorted(peer.errand.operations - called):
        message = f"The product called {', '.join(sorted(called))}, and not {', '.join(missing)}; {ran.says}."
        yield _noticed(message, "A run will report it.", is_blocking=False)


def _noticed(message: str, next_step: str, *, is_blocking: bool = True) -> Diagnosis:
    return Diagnosis(cause=Cause.CALLS, is_blocking=is_blocking, message=message, next_step=next_step)
