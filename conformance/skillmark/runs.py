"""One run of one plan against one product, from its settings to its result."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.asking_by_hand import asking_again, is_by_hand
from skillmark.core.clock import SystemClock
from skillmark.engine import DEPTHS, RunContext, joined, run_plan
from skillmark.suites import suite_of
from skillmark.wire.client import WireClient
from skillmark.wire.peers.serving import Shelf
from skillmark.wire.settings.configuration import describe

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from skillmark.core.clock import Clock
    from skillmark.core.results import RunResult
    from skillmark.core.target import Target
    from skillmark.engine import Check, Depth, Event
    from skillmark.plans import Plan

#: The seed of a run that was not given one: runs are repeatable by default.
DEFAULT_SEED = 20170707


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How a run is done; the defaults are those of the command line."""

    seed: int = DEFAULT_SEED
    depth: Depth = DEPTHS["full"]
    #: Which checks of the plan are run.
    only: Callable[[Check], bool] = lambda _: True
    #: Told of every check that begins or ends.
    listen: Callable[[Event], None] = lambda _: None
    #: Told of every request, by its number.
    count: Callable[[int], None] = lambda _: None


def certify(
    plan: Plan,
    target: Target,
    *,
    options: RunOptions | None = None,
    transport: httpx.BaseTransport | None = None,
    shelf: Shelf | None = None,
    clock: Clock | None = None,
) -> RunResult:
    """Run a plan against a product and return the result.

    With ``transport`` the product is reached in process instead of over the network, and with ``shelf`` it looks there for
    what records point to. Where a person is asked, the first run writes the kit, and the others read what the person says.

    Raises:
        Misconfigured: the settings do not allow a request, or the token endpoint refuses them.
    """
    options = options or RunOptions()
    clock = clock or SystemClock()
    if not is_by_hand(plan, target):
        return _certified(plan, target, options=options, transport=transport, shelf=shelf, clock=clock)
    started = clock.now()
    asking = asking_again(plan, target, seed=options.seed, depth=options.depth, clock=clock)
    options = dataclasses.replace(options, seed=asking.seed, depth=asking.depth)
    result = _certified(
        plan, asking.target, options=options, transport=transport, shelf=shelf or Shelf(), clock=asking.clock
    )
    sampling = (*result.sampling, asking.note)
    return dataclasses.replace(result, started=started, finished=clock.now(), sampling=sampling)


def _certified(
    plan: Plan,
    target: Target,
    *,
    options: RunOptions,
    transport: httpx.BaseTransport | None,
    shelf: Shelf | None,
    clock: Clock,
) -> RunResult:
    client = WireClient(target, clock=clock, transport=transport, count=options.count)
    context = RunContext(
        plan=plan, target=target, client=client, clock=clock, seed=options.seed, depth=options.depth, shelf=shelf
    )
    try:
        run = run_plan(suite_of(plan), context, only=options.only, listen=options.listen)
        return joined(run, configuration=describe(target))
    finally:
        context.resources.close()
        client.close()
