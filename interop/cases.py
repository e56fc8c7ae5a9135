"""Every credential that goes from one implementation to another, and what came of it."""

from __future__ import annotations

import base64
import copy
import dataclasses
import functools
import json
from typing import TYPE_CHECKING, Any

from interop import ours, records
from interop.limits import Limit, limits_of
from interop.peers import didkit_python, node, openbadgeslib_ob3, openvc_core
from interop.peers.asking import Refused
from interop.suites import Kind, Route, Side, Suite, Tampering, Verb

if TYPE_CHECKING:
    from interop.peers.asking import Offer, Peer
    from interop.records import Record

OFFERS = (
    openbadgeslib_ob3.OFFER,
    openvc_core.OFFER,
    node.DIGITALBAZAAR,
    node.VERIFIER_CORE,
    node.JOSE,
    didkit_python.OFFER,
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One credential on one way between this project and a peer."""

    peer: str
    suite: Suite
    kind: Kind
    route: Route
    tampering: Tampering | None = None

    def __str__(self) -> str:
        """Name the case in the output of a run."""
        parts = [self.peer, self.suite.name, self.kind.value, self.route.value]
        return "-".join(parts if self.tampering is None else [*parts, self.tampering.name])

    @property
    def limit(self) -> Limit | None:
        """What is known to stand in the way, the first on the way."""
        for side, verb in self.route.acts:
            for limit in limits_of(self.peer, self.suite, self.kind, self.tampering):
                if (side, verb) == (limit.side, limit.verb):
                    return limit
        return None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What arrives at the one who verifies, an object or a token; not to be changed."""

    secured: Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Where a credential came to its end."""

    side: Side
    verb: Verb
    says: str


def offered(offer: Offer, suite: Suite, route: Route) -> bool:
    """Tell whether a peer has what its part of a way takes."""
    has = {Verb.ISSUE: offer.issues, Verb.DERIVE: offer.derives, Verb.VERIFY: offer.verifies}
    return all(suite in has[verb] for side, verb in route.acts if side is Side.THEIRS)


CASES = tuple(
    Case(peer=offer.name, suite=suite, kind=kind, route=route)
    for offer in OFFERS
    for suite in Suite
    for kind in suite.kinds
    for route in suite.routes
    if offered(offer, suite, route)
)
#: What arrives is tampered with; where nothing arrives there is nothing to tamper with.
TAMPERED = tuple(
    dataclasses.replace(case, tampering=tampering) for case in CASES if case.limit is None for tampering in Tampering
)


def walk(case: Case, peer: Peer) -> Refusal | None:
    """Take a credential along its way; return who refused it, if somebody did."""
    is_by_stranger = case.tampering is Tampering.OTHER_KEY
    arrived = _sent(dataclasses.replace(case, tampering=None), peer, is_by_stranger=is_by_stranger)
    if isinstance(arrived, Refusal):
        return arrived
    side, verb = case.route.acts[-1]
    secured, signer = tampered(arrived.secured, case), records.school(case.suite.value.key)
    try:
        if side is Side.OURS:
            ours.verify(secured, signer, case.suite)
        else:
            peer.verify(secured, records.credential(case.kind, case.suite), signer, case.suite)
    except Refused as refused:
        return Refusal(side=side, verb=verb, says=str(refused))
    return None


@functools.cache
def _sent(case: Case, peer: Peer, *, is_by_stranger: bool) -> Sent | Refusal:
    """Issue a credential, and derive from it where a holder does: once for everything that is done with it."""
    key = case.suite.value.key
    signer = records.stranger(key) if is_by_stranger else records.school(key)
    secured: Any = records.credential(case.kind, case.suite)
    for side, verb in case.route.acts[:-1]:
        actor = ours if side is Side.OURS else peer
        try:
            if verb is Verb.ISSUE:
                secured = actor.issue(secured, signer, case.suite)
            else:
                secured = actor.derive(secured, records.SHOWN[case.kind])
        except Refused as refused:
            return Refusal(side=side, verb=verb, says=str(refused))
    return Sent(secured=secured)


def tampered(secured: Any, case: Case) -> Any:  # noqa: ANN401 - an object, or a token
    """Return a secured credential after the change of a case; another key is a matter of who signs."""
    if case.tampering in {None, Tampering.OTHER_KEY}:
        return secured
    return _tampered_token(secured, case) if isinstance(secured, str) else _tampered_object(secured, case)


def _tampered_object(secured: Record, case: Case) -> Record:
    changed = copy.deepcopy(secured)
    if case.tampering is Tampering.SIGNATURE:
        changed["proof"]["proofValue"] = _with_other_letter(changed["proof"]["proofValue"])
    else:
        _change(changed, case)
    return changed


def _tampered_token(token: str, case: Case) -> str:
    header, payload, signature = token.split(".")
    if case.tampering is Tampering.SIGNATURE:
        return f"{header}.{payload}.{_with_other_letter(signature)}"
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    _change(claims.get("vc", claims), case)
    changed = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
    return f"{header}.{changed}.{signature}"


def _change(document: Record, case: Case) -> None:
    if case.tampering is Tampering.UNDEFINED_TERM:
        document["shoeSize"] = "44"
        return
    *way, last = records.CHANGED[case.kind]
    place: Any = document
    for step in way:
        place = place[step]
    place[last] = "Brain surgery"


def _with_other_letter(text: str, place: int = 20) -> str:
    """Return a value of the same length with one letter changed, far from prefixes and padding."""
    return f"{text[:place]}{'A' if text[place] != 'A' else 'B'}{text[place + 1 :]}"
