"""Looking at the settings before a run: is there a provider of this version at this address, and may we speak to it?

Only what makes a judgement impossible blocks the run. A product that answers nonsense is judged, not refused.
"""

from __future__ import annotations

import email.utils
from typing import TYPE_CHECKING

from skillmark.core.errors import BudgetExhausted, Misconfigured, TargetUnreachable
from skillmark.core.exchanges import Request
from skillmark.core.target import AuthenticationMethod
from skillmark.suites.diagnoses import Cause, Diagnosis, blocking, noted, of_trouble
from skillmark.wire.documents import media_type_of, parse
from skillmark_reference.standards import load_standard, standard_ids

if TYPE_CHECKING:
    from skillmark.core.clock import Clock
    from skillmark.core.exchanges import Exchange, Reply
    from skillmark.core.target import Target
    from skillmark.wire.client import WireClient
    from skillmark_reference.standards import Standard

#: Seconds between the clocks that nobody minds.
_SKEW = 300.0
_LIST = "getAllCFDocuments"


def diagnose(target: Target, standard: Standard, client: WireClient, clock: Clock) -> tuple[Diagnosis, ...]:
    """Ask the target a handful of questions and say what stands in the way of a run, the worst first."""
    try:
        return tuple(sorted(_found(target, standard, client, clock), key=lambda each: not each.is_blocking))
    except Misconfigured as error:
        return (blocking(Cause.TOKEN_ENDPOINT, str(error), "Correct [authentication] in the target file."),)
    except TargetUnreachable as error:
        return (blocking(Cause.UNREACHABLE, str(error), "Check the address of the token endpoint."),)
    except BudgetExhausted as error:
        return (blocking(Cause.BUDGET, str(error), "Allow more requests under [http]."),)


def _found(target: Target, standard: Standard, client: WireClient, clock: Clock) -> list[Diagnosis]:
    reply = _asked(client, target.url, standard)
    if reply.exchange.trouble is not None:
        return [of_trouble(reply.exchange, target.url)]
    found = [*_of_redirects(reply.exchange), *_of_clock(reply.exchange, clock)]
    if reply.exchange.status in {401, 403}:
        return [*found, _of_refusal(reply.exchange, target)]
    documents = _documents(reply)
    if documents is None:
        return [*found, *_of_no_list(reply, target, standard, client)]
    if not documents:
        found.append(
            noted(
                Cause.EMPTY,
                "The document list is empty, so most requirements cannot be tested.",
                "Load frameworks that use every optional member, and run again.",
            )
        )
    return found


def _asked(client: WireClient, url: str, standard: Standard) -> Reply:
    path = standard.operations[_LIST].url_path(None)
    return client.send(Request(url=f"{url}{standard.base_path}{path}?limit=1"))


def _documents(reply: Reply) -> list[object] | None:
    """Return the listed documents; ``None`` when the answer is no list of documents."""
    value = parse(reply.body).value if reply.exchange.status == 200 and reply.body else None
    found = value.get("CFDocuments") if isinstance(value, dict) else None
    return found if isinstance(found, list) else None


def _of_redirects(exchange: Exchange) -> list[Diagnosis]:
    if not exchange.redirects:
        return []
    last = exchange.redirects[-1]
    return [
        noted(
            Cause.REDIRECTED,
            f"{exchange.url} redirects to {last}.",
            "If that is where the product lives, give that address.",
        )
    ]


def _of_clock(exchange: Exchange, clock: Clock) -> list[Diagnosis]:
    stated = exchange.header("date")
    try:
        theirs = email.utils.parsedate_to_datetime(stated) if stated else None
    except ValueError:
        theirs = None
    if theirs is None or theirs.tzinfo is None:
        return []
    skew = (theirs - clock.now()).total_seconds()
    if abs(skew) <= _SKEW:
        return []
    text = f"The clock of the target is {abs(skew):.0f} seconds {'ahead of' if skew > 0 else 'behind'} this machine's."
    return [noted(Cause.CLOCK, text, "Set both clocks; tokens may seem expired.")]


def _of_refusal(exchange: Exchange, target: Target) -> Diagnosis:
    method = target.authentication.method
    if exchange.status == 403:
        step = "Ask for the scope that reading needs: scope under [authentication]."
        return blocking(Cause.FORBIDDEN, f"{exchange.url} answers 403: access is refused.", step)
    text = f"{exchange.url} answers 401."
    if method is AuthenticationMethod.NONE:
        return blocking(Cause.UNAUTHORISED, text, "Give credentials under [authentication] of a target file.")
    step = "The token is refused: it may be expired, or be meant for another service."
    return blocking(Cause.UNAUTHORISED, text, step)


def _of_no_list(reply: Reply, target: Target, standard: Standard, client: WireClient) -> list[Diagnosis]:
    """Say why there is no list; look whether another version answers, or another path."""
    for other in (load_standard(each) for each in standard_ids() if each != standard.id):
        if _documents(_asked(client, target.url, other)) is not None:
            text = f"Nothing answers at {standard.base_path}, but {other.title} does at {other.base_path}."
            step = f"Run the plan case-{other.version}-provider."
            return [blocking(Cause.OTHER_VERSION, text, step)]
    for parent in _parents(target.url):
        if _documents(_asked(client, parent, standard)) is not None:
            text = f"Nothing answers below {target.url}, but {standard.title} does below {parent}."
            return [blocking(Cause.OTHER_PATH, text, f"Give the address {parent}.")]
    return [_of_odd_answer(reply.exchange)]


def _of_odd_answer(exchange: Exchange) -> Diagnosis:
    """Say what came instead of a list; a web page is no answer of a provider that could be judged."""
    kind = media_type_of(exchange.header("content-type"))
    said = f"{exchange.url} answers {exchange.status} with {kind or 'no stated type'}, and no list of documents."
    if kind.startswith("text/html") and (exchange.status or 500) < 500:
        return blocking(
            Cause.NO_JSON, said, "Give the address of the interface, not of a web site: what is in front of /ims/."
        )
    step = "If this is not the product's base address, correct it; otherwise the run reports it."
    return noted(Cause.ODD_ANSWER, said, step)


def _parents(url: str) -> list[str]:
    """Return the addresses above a base address, up to the host."""
    origin, _, path = url.partition("://")[2].partition("/")
    names = path.split("/") if path else []
    return [
        "/".join([f"{url.partition('://')[0]}://{origin}", *names[:count]]) for count in reversed(range(len(names)))
    ]
