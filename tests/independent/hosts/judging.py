"""Running whole plans against the independent host, in process, and what is read off their results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.independent.results import Judged

from skillmark.core.interfaces import Account, HostInterface
from skillmark.core.target import Limits, Product, Target
from skillmark.engine import Depth
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.wire.in_process import AsgiTransport

from .host import HOST, PASSWORDS, Host

if TYPE_CHECKING:
    from collections.abc import Mapping


#: Enough to look at everything once, and quick.
QUICK = Depth(name="smoke", examples=4, reads=20, packages=14, documents=400, steps=8, walks=1, shrinks=6)


def judged(
    host: Host,
    *,
    plan: str = "ob-3.0-host",
    settings: Mapping[str, str] | None = None,
    depth: Depth = QUICK,
    seed: int = 7,
    deciding: frozenset[str] = frozenset(),
) -> Judged:
    """Run a whole plan against a host, or the checks that decide some requirements."""
    accounts = tuple(
        Account(name=name, password=secret, profile_id=f"{HOST}/people/{name}" if host.switches.profiles else "")
        for name, secret in PASSWORDS.items()
    )
    given = {name: value.replace(HOST, HOST + host.switches.prefix) for name, value in (settings or {}).items()}
    target = Target(
        url=HOST + host.switches.prefix,
        product=Product(name="Independent", version="1", vendor="Somebody else"),
        host=HostInterface(accounts=accounts, **given),
        limits=Limits(requests=4000),
        lab=True,
    )
    transport = AsgiTransport(host)
    try:
        options = RunOptions(
            seed=seed, depth=depth, only=lambda check: not deciding or bool(deciding & {*check.requirements})
        )
        result = certify(find_plan(plan), target, options=options, transport=transport)
    finally:
        transport.close()
    return Judged(result=result)
