"""What is noticed of the settings before a run."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

from skillmark.core.errors import TargetUnreachable
from skillmark.core.exchanges import TroubleKind

if TYPE_CHECKING:
    from skillmark.core.exchanges import Exchange
    from skillmark.engine import RunContext


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
    SETTINGS = "settings"
    KIT = "kit"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was noticed."""

    cause: Cause
    #: Whether nothing can be judged because of it.
    is_blocking: bool
    message: str
    next_step: str


def blocking(cause: Cause, message: str, next_step: str) -> Diagnosis:
    """Return what makes a judgement impossible."""
    return Diagnosis(cause=cause, is_blocking=True, message=message, next_step=next_step)


def noted(cause: Cause, message: str, next_step: str) -> Diagnosis:
    """Return what is worth knowing, and stands in the way of nothing."""
    return Diagnosis(cause=cause, is_blocking=False, message=message, next_step=next_step)


def of_trouble(exchange: Exchange, url: str) -> Diagnosis:
    """Return what an exchange without a complete answer says of the settings; ``url`` is the address that they give."""
    kind, message = (
        (exchange.trouble.kind, exchange.trouble.message) if exchange.trouble else ("no answer", "no reason")
    )
    text = f"{exchange.url}: {kind} ({message})."
    match kind:
        case TroubleKind.TLS:
            return blocking(Cause.TLS, text, _step_to_tls(message))
        case TroubleKind.UNREACHABLE:
            return blocking(Cause.UNREACHABLE, text, "Check host and port, and that the product is running.")
        case TroubleKind.TIMEOUT if exchange.method == "RUN":
            step = "Let the program end by itself, and read nothing that nobody gives it; or allow it more seconds."
            return blocking(Cause.SETTINGS, text, step)
        case TroubleKind.TIMEOUT | TroubleKind.CLOSED:
            step = "Check the scheme (http or https) and that the product is running; allow more time under [http]."
            return blocking(Cause.UNREACHABLE, text, step)
        case TroubleKind.REDIRECT_FORBIDDEN | TroubleKind.REDIRECT_LOOP:
            return blocking(
                Cause.REDIRECTED, text, f"Name the address that the product really answers at, instead of {url}."
            )
        case _:
            return noted(Cause.ODD_ANSWER, text, "The run will report it.")


def _step_to_tls(message: str) -> str:
    """Say what helps when no TLS connection came about; the parameter is the reason as OpenSSL words it."""
    lowered = message.lower()
    if "expired" in lowered:
        return "Renew the certificate of the target, or set this machine's clock."
    if "mismatch" in lowered or "not valid for" in lowered:
        return "Name the host as the certificate does."
    if "verify failed" in lowered:
        return "Name the authority of the certificate: --ca-file FILE, or ca_file under [target]."
    return "Check the port: it may speak plain http, or only versions of TLS that are too old."


def out_of_reach(exchange: Exchange) -> TargetUnreachable:
    """Return the error that ends a run whose first question nobody answers, with what would help."""
    message = exchange.trouble.message if exchange.trouble else "no reason"
    return TargetUnreachable(
        f"{exchange.url} cannot be reached: {message}. {of_trouble(exchange, exchange.url).next_step}"
    )


def of_silence(context: RunContext, error: TargetUnreachable) -> Diagnosis:
    """Return why nobody answers the first question of a run."""
    failed = next((each for each in context.client.exchanges.values() if each.trouble), None)
    if failed is None:
        return blocking(Cause.UNREACHABLE, str(error), "Check what the target file names.")
    return of_trouble(failed, context.target.url)
