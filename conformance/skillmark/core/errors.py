"""The errors of the harness, in the order in which a run can meet them.

    SkillmarkError
        Misconfigured        the user's settings: never a finding
        TargetUnreachable    nothing answers at the target
        CannotTell           a check could not be decided
            BudgetExhausted  the request budget is used up
        Untested             a prerequisite of a check is missing
        NotApplicable        the product does not claim the feature
        Interrupted          the user stopped the run
        Broken               a defect of Skillmark itself

What the product does wrong is no error but a finding.
"""

from __future__ import annotations

from skillmark.core.outcomes import ExitCode


class SkillmarkError(Exception):
    """A message for a person: what was expected, what was found, what to do next."""

    exit_code = ExitCode.INTERNAL


class Misconfigured(SkillmarkError):  # noqa: N818 - the four kinds of "no" carry their names
    """The settings of the run are wrong, or do not fit the target; nothing was judged."""

    exit_code = ExitCode.MISUSE


class TargetUnreachable(SkillmarkError):  # noqa: N818 - as above
    """Nothing answers at the address of the target, or not over the demanded TLS."""

    exit_code = ExitCode.UNREACHABLE


class CannotTell(SkillmarkError):  # noqa: N818 - as above
    """A check could not be decided; the reason says why and what would help."""


class BudgetExhausted(CannotTell):
    """The target's request budget is used up; the checks that follow cannot tell."""


class Untested(SkillmarkError):  # noqa: N818 - as above
    """A prerequisite is missing, for example the product shows no record of the class."""


class NotApplicable(SkillmarkError):  # noqa: N818 - as above
    """The product does not claim the feature that the check is about."""


class Interrupted(SkillmarkError):  # noqa: N818 - as above
    """The user stopped the run; what was decided so far is kept."""


class Broken(SkillmarkError):  # noqa: N818 - as above
    """A defect of Skillmark itself: never counted for or against the product."""
