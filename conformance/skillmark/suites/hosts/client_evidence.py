"""What a run knows of a product as a client: it is made to call the host that the harness plays, once for all checks."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import json
import random
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import CannotTell, Untested
from skillmark.plans import Asks
from skillmark.suites.hosts.samples import EMBEDDED, RSA_TOKEN, TOKEN, Samples, claimed, identity_of
from skillmark.wire.documents import parse
from skillmark.wire.peers.calls import Round
from skillmark.wire.peers.driving import driving, observe
from skillmark.wire.peers.errands import READING, WRITING
from skillmark.wire.peers.host import CLIENT, ClientPeer, Offered
from skillmark_reference.securing.instants import parse_date_time

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from skillmark.plans import Plan
    from skillmark.suites.hosts.asking import Asking
    from skillmark.wire.peers.calls import Call
    from skillmark.wire.peers.driving import Driving, Observed, Ran
    from skillmark.wire.peers.errands import Errand
    from skillmark_reference.services import Service

#: Where evidence keeps a way to make a product call that no settings name: one in process.
DRIVE = "client_calls.drive"
_KEPT = "client_calls"
_PROFILE_ID = "https://host.skillmark.example/profiles/1"
_CONTEXTS = {
    "ob-3.0": "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "clr-2.0": "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
}
_FORMS = (EMBEDDED, EMBEDDED, RSA_TOKEN, EMBEDDED, TOKEN)
_ISSUED = tuple(f"2025-0{month}-01T00:00:00Z" for month in range(1, 1 + len(_FORMS)))
_READ = ("getCredentials", "getProfile")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """A code, from the request for it to the one that redeems it."""

    authorization: Call
    call: Call


class ClientCalls:
    """The calls of a product, and what belongs together in them."""

    def __init__(self, service: Service, observed: Observed, *, errand: Errand, stamp: str) -> None:
        self.service = service
        #: What the product called for.
        self.errand = errand
        self._stamp = stamp
        self.rounds = observed.rounds
        self.calls = observed.calls

    def of(self, *operations: str, rounds: Sequence[Round] = tuple(Round)) -> list[Call]:
        """Return the calls of some operations, in order."""
        return [call for call in self.calls if call.operation in operations and call.round in rounds]

    def known(self, which: Round) -> list[Call]:
        """Return the calls of a round to any address of the host."""
        return [call for call in self.calls if call.operation and call.round is which]

    @functools.cached_property
    def redemptions(self) -> tuple[Redemption, ...]:
        """Every request that brings a code to the token endpoint."""
        given = {call.gave.code: call for call in self.of("authorize") if call.gave.code}
        return tuple(
            Redemption(authorization=given[call.form["code"]], call=call)
            for call in self.of("token")
            if call.form.get("code") in given
        )

    @property
    def token_requests(self) -> list[Call]:
        """Every request for the first token."""
        return [call for call in self.of("token") if call.form.get("grant_type") != "refresh_token"]

    def scope_of(self, call: Call) -> str:
        """Return the scope of the token that a call brings; empty for a token that this host did not give out."""
        given = call.bearer or dict(call.query).get("access_token", "")
        for each in self.of("token"):
            if given and given == each.gave.access_token:
                return str(json.loads(each.answer).get("scope", ""))
        return ""

    def registration_of(self, client_id: str) -> Call | None:
        """Return the registration from which a client has its identifier."""
        return next((each for each in self.of("registerClient") if each.gave.client_id == client_id), None)

    @property
    def remembers(self) -> bool:
        """Whether the product uses an address or an identifier that it got in an earlier run."""
        used = [dict(call.query).get("client_id", "") for call in self.of("authorize")]
        is_known = any(each.startswith(CLIENT) and self.registration_of(each) is None for each in used)
        return is_known or any(call.stamp not in {"", self._stamp} for call in self.calls)

    def missing(self, what: str, which: Round = Round.HEALTHY) -> None:
        """Refuse to speak of what did not come, where the product may have been kept from it.

        Raises:
            Untested: The product remembers an earlier run.
            CannotTell: It did not come to its end.
        """
        if self.remembers:
            raise Untested(
                f"{what} did not come, and the product remembers an earlier run: let it forget the host, or let port be 0 "
                f"under [peer]."
            )
        if which not in self.rounds or not self.rounds[which].is_whole:
            says = self.rounds[which].says if which in self.rounds else "the round was not begun"
            raise CannotTell(f"{what} did not come, and {says}.")


def client_calls(evidence: Asking) -> ClientCalls:
    """Return what the product did as a client; it is made to do it when this is first asked for.

    Raises:
        Untested: There is no way to make it call, or it called nothing.
        Misconfigured: The host cannot be served, or the command cannot be started.
    """
    found = evidence.kept.get(_KEPT)
    if found is None:
        try:
            found = _observed(evidence)
        except Untested as error:
            found = str(error)
        evidence.kept[_KEPT] = found
    if not isinstance(found, ClientCalls):
        raise Untested(str(found))
    return found


def errand_of(plan: Plan) -> Errand:
    """Return what a product calls for in a plan: hosts read from others, and who is judged by calls alone writes."""
    return WRITING if plan.asks is Asks.CALLS else READING


@contextlib.contextmanager
def calling(evidence: Asking) -> Iterator[tuple[ClientPeer, Driving]]:
    """Play a host, and give it with the way in which the product is made to call it.

    Raises:
        Untested: There is no way to make it call.
        Misconfigured: The host cannot be served.
    """
    context = evidence.context
    peer = ClientPeer(
        evidence.service,
        credentials=tuple(_credentials(evidence)),
        profile=profile_of(evidence.service),
        random=random.Random(context.seed_of("hosts.clients")),  # noqa: S311 - what a test gives out, which can be repeated
        clock=context.clock,
        errand=errand_of(context.plan),
        learn=context.client.learn,
        identity=_identity,
    )
    drive = evidence.kept.get(DRIVE)
    if callable(drive):
        yield peer, drive
        return
    with driving(peer, context.target, context.clock, is_in_process=context.client.is_in_process) as way:
        yield peer, way


def nothing_called(ran: Ran) -> str:
    """Return what is said of a product that left the host alone."""
    return f"The product called nothing of the host that it was given: {ran.says}."


def _observed(evidence: Asking) -> ClientCalls:
    context = evidence.context
    with calling(evidence) as (peer, drive):
        observed = observe(peer, drive)
    for call in observed.calls:
        evidence.received[call.id] = call.exchange(context.client.redacted)
    evidence.kept["sampling.clients"] = context.client.redacted(_summary(observed))
    if not any(call.operation for call in observed.calls):
        raise Untested(nothing_called(observed.rounds[Round.HEALTHY]))
    return ClientCalls(evidence.service, observed, errand=peer.errand, stamp=peer.stamp)


def _identity(body: bytes) -> object:
    """Return what makes a credential that was sent the same as another one; the text of what is none."""
    text = body.decode("utf-8", "replace").strip()
    return identity_of(claimed(text) or parse(body).value) or text


def _summary(observed: Observed) -> str:
    told = "; ".join(f"{which.value}: {ran.says}" for which, ran in observed.rounds.items())
    return f"As a client the product made {len(observed.calls)} calls ({told})."


def _credentials(evidence: Asking) -> Iterator[Offered]:
    samples = Samples(evidence.service.id, stamp=f"clients/{evidence.context.seed}")
    for form, issued in zip(_FORMS, _ISSUED, strict=True):
        sent = samples.sent(form, validFrom=issued)
        yield Offered(text=sent.text, is_token=sent.is_token, issued=parse_date_time(issued))


def profile_of(service: Service) -> dict[str, Any]:
    """Return the profile of the person at the host."""
    return {
        "@context": _CONTEXTS[service.id],
        "id": _PROFILE_ID,
        "type": ["Profile"],
        "name": "Robin Learner",
    }


def scopes_of(service: Service, *operations: str) -> tuple[str, ...]:
    """Return the scopes that some operations need."""
    return tuple(str(service.operations[each].scope) for each in operations)


def reading_scopes(service: Service) -> tuple[str, ...]:
    """Return the scopes of whoever reads."""
    return scopes_of(service, *_READ)


__all__ = [
    "DRIVE",
    "ClientCalls",
    "Redemption",
    "calling",
    "client_calls",
    "errand_of",
    "nothing_called",
    "profile_of",
    "reading_scopes",
    "scopes_of",
]
