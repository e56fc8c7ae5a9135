"""Looking at the settings before a run: is there a host at this address, does it know our clients, can each account sign in?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured, TargetUnreachable, Untested
from skillmark.suites.diagnoses import Cause, Diagnosis
from skillmark.suites.hosts.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import RunContext


def diagnose(context: RunContext) -> tuple[Diagnosis, ...]:
    """Let a client register at the host and every account sign in, and say what stands in the way of a run."""
    try:
        return tuple(_found(Evidence(context)))
    except TargetUnreachable as error:
        return (_noticed(Cause.UNREACHABLE, str(error), "Check url under [target], and that the product runs."),)
    except Misconfigured as error:
        return (_noticed(Cause.SIGN_IN, str(error), "Correct [host] in the target file."),)


def _found(evidence: Evidence) -> Iterator[Diagnosis]:
    try:
        evidence.description()
    except Untested as error:
        next_step = f"Give the address without {evidence.service.base_path}; a product is judged there as it is."
        yield _noticed(Cause.OTHER_PATH, str(error), next_step)
        return
    try:
        evidence.client()
    except Untested as error:
        yield _noticed(Cause.ODD_ANSWER, str(error), "A run will report it, and test little else.", is_blocking=False)
        return
    for number in range(len(evidence.accounts)):
        try:
            evidence.session(number)
        except Untested as error:
            next_step = "Check name and password_env, or name the fields and buttons of the pages under [host]."
            yield _noticed(Cause.SIGN_IN, str(error), next_step)
    if len(evidence.accounts) == 1:
        message = "With one account nothing shows that people see only what is theirs."
        yield _noticed(Cause.EMPTY, message, "Name another one: [[host.accounts]].", is_blocking=False)


def _noticed(cause: Cause, message: str, next_step: str, *, is_blocking: bool = True) -> Diagnosis:
    return Diagnosis(cause=cause, is_blocking=is_blocking, message=message, next_step=next_step)
