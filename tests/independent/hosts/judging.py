"""Running whole plans against the independent host, in process, and what is read off their results."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.interfaces import Account, HostInterface
from skillmark.core.outcomes import Outcome
from skillmark.core.target import Limits, Product, Target
from skillmark.engine import Depth
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.wire.in_process import AsgiTransport

from .host import HOST, PASSWORDS, Host

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark.core.results import RunResult

#: Enough to look at everything once, and quick.
QUICK = Depth(name="smoke", examples=4, reads=20, packages=14, documents=400, steps=8, walks=1, shrinks=6)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a run says, as far as tests read it."""

    result: RunResult

    @property
    def failed(self) -> set[str]:
        """The requirements with a failed finding."""
        return self._with(Outcome.FAILED)

    @property
    def warned(self) -> set[str]:
        """The requirements with nothing worse than a warning."""
        return self._with(Outcome.WARNED) - self.failed

    def _with(self, outcome: Outcome) -> set[str]:
        return {each.finding.requirement for each in self.result.findings if each.outcome is outcome}

    @property
    def defects(self) -> list[str]:
        """What Skillmark itself failed at."""
        return [f"{check.name}: {check.reason}" for check in self.result.checks if check.defect]

    @property
    def untested(self) -> dict[str, str]:
        """The checks that decided nothing, and why."""
        undecided = {Outcome.UNTESTED, Outcome.CANNOT_TELL}
        return {check.name: check.reason for check in self.result.checks if check.outcome in undecided}

    def told(self) -> str:
        """Return the findings, one a line, for the message of a failing test."""
        return "\n".join(
            f"{each.outcome.value} {each.finding.requirement} [{each.check}] expected {each.finding.expected}; "
            f"actual {each.finding.actual} at {each.finding.pointer} {each.finding.dispute and '(disputed)'}"
            for each in sorted(self.result.findings, key=lambda each: (each.outcome.value, each.finding.requirement))
        )


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
