"""A run whose questions a person answers: the kit is written first, and asked again with what it was made with."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.errors import Interrupted, Misconfigured
from skillmark.core.target import Adapter
from skillmark.engine import DEPTHS, RunContext, run_plan
from skillmark.plans import Asks
from skillmark.suites import suite_of
from skillmark.wire.client import WireClient
from skillmark.wire.kits.answers import SERVED, Statement
from skillmark.wire.kits.kits import Checklist, Making, finish, is_made, prepare, progress_of, read_kit, with_statements
from skillmark.wire.peers.serving import Shelf

if TYPE_CHECKING:
    import datetime
    from pathlib import Path

    from skillmark.core.clock import Clock
    from skillmark.core.target import Target
    from skillmark.engine import Depth, Evidence
    from skillmark.plans import Plan
    from skillmark.wire.kits.kits import Kit

#: Where `skillmark kit --serve` serves, if nothing is said under [peer].
PORT = 8643


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class KitRun:
    """What a run asks a person with: the same as the kit was made with."""

    target: Target
    seed: int
    depth: Depth
    clock: Clock
    #: How far the person is.
    note: str


class _KitClock:
    """A clock that stands at the time of a kit, and still measures how long something takes."""

    def __init__(self, at: datetime.datetime, clock: Clock) -> None:
        self._at = at
        self._clock = clock

    def now(self) -> datetime.datetime:
        return self._at

    def elapsed(self) -> float:
        return self._clock.elapsed()


def is_by_hand(plan: Plan, target: Target) -> bool:
    """Tell whether a person answers the questions of a run."""
    return plan.asks is Asks.ANSWERS and target.verifier.adapter is Adapter.MANUAL


def asking_again(plan: Plan, target: Target, *, seed: int, depth: Depth, clock: Clock) -> KitRun:
    """Return what a run asks a person with; the first one writes the kit.

    Raises:
        Misconfigured: No kit is named, it cannot be written or read, or it is one for another plan; or the answers do not fit.
    """
    folder = _folder(target)
    kit = read_kit(folder) if is_made(folder) else write_kit(plan, target, seed=seed, depth=depth, clock=clock)
    if kit.making.plan != plan.id:
        raise Misconfigured(f"The kit in {folder} is one for {kit.making.plan}. Name another folder as kit.")
    peer = dataclasses.replace(target.peer, public_url=kit.making.address)
    return KitRun(
        target=dataclasses.replace(with_statements(target), peer=peer),
        seed=kit.making.seed,
        depth=DEPTHS.get(kit.making.level, depth),
        clock=_KitClock(kit.making.at, clock),
        note=progress_of(kit, target.verifier),
    )


def write_kit(plan: Plan, target: Target, *, seed: int, depth: Depth, clock: Clock, replace: bool = False) -> Kit:
    """Write a kit: every question of a plan, as if all that is asked before it were answered well.

    Raises:
        Misconfigured: No folder is named, it cannot be written, or something else is in it.
        Interrupted: The user stopped it.
    """
    folder, address = _folder(target), address_of(target)
    prepare(folder, replace=replace)
    peer = dataclasses.replace(target.peer, public_url=address)
    asked, shelf = dataclasses.replace(target, peer=peer), Shelf()
    # A kit asks the same whenever it is read: parts of a second are lost in what it is written with.
    standing = _KitClock(clock.now().replace(microsecond=0), clock)
    client = WireClient(asked, clock=standing)
    context = RunContext(plan=plan, target=asked, client=client, clock=standing, seed=seed, depth=depth, shelf=shelf)
    try:
        run = run_plan(suite_of(plan), context)
    finally:
        context.resources.close()
        client.close()
    if run.stopped:
        raise Interrupted(f"The kit in {folder} is not complete: {run.stopped}")
    making = Making(plan=plan.id, at=standing.now(), seed=seed, level=depth.name, address=address)
    return finish(folder, making, _checklist(run.evidence, shelf, address), shelf.documents())


def address_of(target: Target) -> str:
    """Return where the documents are that the records of a kit point to."""
    return target.peer.public_url or f"https://localhost:{target.peer.port or PORT}"


def _folder(target: Target) -> Path:
    if target.verifier.kit is None:
        raise Misconfigured('Name the folder of the kit: kit = "skillmark-kit" under [verifier].')
    return target.verifier.kit


def _checklist(evidence: Evidence, shelf: Shelf, address: str) -> Checklist:
    """Return what the page asks beside whether each credential is accepted."""
    make = getattr(evidence, "checklist", Checklist)
    checklist: Checklist = make()
    if not shelf.documents():
        return checklist
    says = f"The product could fetch documents from {address} while it looked at the files (skillmark kit --serve)."
    return dataclasses.replace(checklist, statements=(*checklist.statements, Statement(requirement=SERVED, says=says)))
