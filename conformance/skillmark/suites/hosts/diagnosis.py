"""Looking at the settings before a run: is there a host at this address, does it know our clients, can each account sign in?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured, TargetUnreachable, Untested
from skillmark.suites.diagnoses import Cause, blocking, noted, of_silence, of_trouble
from skillmark.suites.hosts.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import RunContext
    from skillmark.suites.diagnoses import Diagnosis


def diagnose(context: RunContext) -> tuple[Diagnosis, ...]:
    """Let a client register at the host and every account sign in, and say what stands in the way of a run."""
    try:
        return tuple(_found(Evidence(context)))
    except TargetUnreachable as error:
        return (of_silence(context, error),)
    except Misconfigured as error:
        return (blocking(Cause.SIGN_IN, str(error), "Correct [host] in the target file."),)


def _found(evidence: Evidence) -> Iterator[Diagnosis]:
    asked = evidence.description_reply.exchange
    if asked.trouble is not None:
        yield of_trouble(asked, evidence.context.target.url)
        return
    try:
        evidence.description()
    except Untested as error:
        next_step = f"Check url under [target]: the address in front of {evidence.service.base_path}."
        yield blocking(Cause.OTHER_PATH, str(error), next_step)
        return
    try:
        evidence.client()
    except Untested as error:
        yield noted(Cause.ODD_ANSWER, str(error), "A run will report it, and test little else.")
        return
    for number in range(len(evidence.accounts)):
        try:
            evidence.session(number)
        except Untested as error:
            next_step = "Check name and password_env, or name the fields and buttons of the pages under [host]."
            yield blocking(Cause.SIGN_IN, str(error), next_step)
    if len(evidence.accounts) == 1:
        message = "With one account nothing shows that people see only what is theirs."
        yield noted(Cause.EMPTY, message, "Name another one: [[host.accounts]].")
