"""What a check, a requirement and a plan can end as, and how one follows from the other."""

from __future__ import annotations

import enum
from typing import TYPE_CHECKING, assert_never

if TYPE_CHECKING:
    from collections.abc import Iterable


class Level(enum.StrEnum):
    """Keyword of a clause (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


class Outcome(enum.StrEnum):
    """How a check or a requirement ended. There is no skip."""

    PASSED = "passed"
    #: A MUST of the standard is broken.
    FAILED = "failed"
    #: A SHOULD is not followed, or the point is disputed.
    WARNED = "warned"
    #: The product does not claim the feature.
    NOT_APPLICABLE = "not applicable"
    #: Trouble of the harness or on the way to the target.
    CANNOT_TELL = "cannot tell"
    #: A prerequisite was missing, for example there was no record of the class.
    UNTESTED = "untested"


#: The outcome of a requirement is the first of these that one of its checks ended with.
PRECEDENCE = (
    Outcome.FAILED,
    Outcome.CANNOT_TELL,
    Outcome.WARNED,
    Outcome.PASSED,
    Outcome.UNTESTED,
    Outcome.NOT_APPLICABLE,
)


class Verdict(enum.StrEnum):
    """What a plan says about a product."""

    CONFORMANT = "CONFORMANT"
    NOT_CONFORMANT = "NOT CONFORMANT"
    NOT_FULLY_VERIFIED = "NOT FULLY VERIFIED"


class ExitCode(enum.IntEnum):
    """What the process says; never a count."""

    CONFORMANT = 0
    NOT_CONFORMANT = 1
    MISUSE = 2
    NOT_FULLY_VERIFIED = 3
    UNREACHABLE = 4
    INTERNAL = 70


def combined(outcomes: Iterable[Outcome]) -> Outcome:
    """Return the outcome of a requirement from those of its checks; untested when it has none."""
    found = set(outcomes)
    return next((outcome for outcome in PRECEDENCE if outcome in found), Outcome.UNTESTED)


def verdict(deciding: Iterable[Outcome]) -> Verdict:
    """Return the verdict from the outcomes of the requirements that decide it.

    More evidence of failure never improves it. A disputed point warns and does not hinder. A plan without a deciding
    requirement that passed verifies nothing.
    """
    found = set(deciding)
    if Outcome.FAILED in found:
        return Verdict.NOT_CONFORMANT
    if found & {Outcome.CANNOT_TELL, Outcome.UNTESTED} or Outcome.PASSED not in found:
        return Verdict.NOT_FULLY_VERIFIED
    return Verdict.CONFORMANT


def exit_code(result: Verdict) -> ExitCode:
    """Return the exit code of a run that came to its end."""
    match result:
        case Verdict.CONFORMANT:
            return ExitCode.CONFORMANT
        case Verdict.NOT_CONFORMANT:
            return ExitCode.NOT_CONFORMANT
        case Verdict.NOT_FULLY_VERIFIED:
            return ExitCode.NOT_FULLY_VERIFIED
        case _:
            assert_never(result)
