"""What is noticed of the settings before a run."""

from __future__ import annotations

import dataclasses
import enum


class Cause(enum.Enum):
    """What can be wrong with the settings, or worth knowing before a run."""

    UNREACHABLE = "unreachable"
    TLS = "tls"
    TOKEN_ENDPOINT = "token endpoint"  # noqa: S105 - a name
    SIGN_IN = "sign-in"
    CALLS = "calls"
    UNAUTHORISED = "unauthorised"
    FORBIDDEN = "missing scope"
    OTHER_VERSION = "other version"
    OTHER_PATH = "other base path"
    REDIRECTED = "redirected"
    NO_JSON = "no JSON"
    EMPTY = "empty repository"
    CLOCK = "clock skew"
    BUDGET = "request budget"
    ODD_ANSWER = "unexpected answer"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was noticed."""

    cause: Cause
    #: Whether nothing can be judged because of it.
    is_blocking: bool
    message: str
    next_step: str
