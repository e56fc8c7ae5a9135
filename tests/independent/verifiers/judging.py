"""Running the plan of verifiers against the independent one, and what is read off the results."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.outcomes import Outcome
from skillmark.core.target import Limits, Target, VerifierInterface
from skillmark.engine import Depth
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.wire.peers.serving import Shelf

from .documents import from_shelf
from .product import Product, by_status
from .verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.core.results import RunResult
    from skillmark.engine import Check

    from .product import Answered

URL = "https://verifier.example.net"
PLAN = "vc-verifier"
#: What the plain verifier claims.
FORMATS = ("eddsa-rdfc-2022", "ecdsa-rdfc-2019", "vc-jwt-RS256", "vc-jwt-ES256", "vc-jwt-EdDSA")
CLAIMS = VerifierInterface(formats=FORMATS)
#: Enough to look at everything once, and quick.
QUICK = Depth(name="smoke", examples=4, reads=20, packages=4, documents=40, steps=4, walks=1, shrinks=4)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a run says, as far as tests read it."""

    result: RunResult
    crashes: tuple[str, ...] = ()

    @property
    def failed(self) -> set[str]:
        """The requirements with a failed finding."""
        return self._with(Outcome.FAILED)

    @property
    def warned(self) -> set[str]:
        """The requirements with nothing worse than a warning."""
        return self._with(Outcome.WARNED) - self.failed

    @property
    def named(self) -> set[str]:
        """The checks with a finding."""
        return {each.check for each in self.result.findings}

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
            f"actual {each.finding.actual} {each.finding.dispute and '(disputed)'}"
            for each in sorted(self.result.findings, key=lambda each: (each.outcome.value, each.finding.requirement))
        )


def judged(
    make: Callable[..., Verifier] = Verifier,
    *,
    claims: VerifierInterface = CLAIMS,
    answers: Callable[[str], Answered] = by_status,
    only: Callable[[Check], bool] = lambda _: True,
    depth: Depth = QUICK,
) -> Judged:
    """Run the plan, or some of its checks, against a verifier in process."""
    shelf = Shelf()
    product = Product(make(from_shelf(shelf)), answers)
    target = Target(url=URL, verifier=claims, limits=Limits(requests=4000), lab=True)
    options = RunOptions(seed=7, depth=depth, only=only)
    result = certify(find_plan(PLAN), target, options=options, transport=product, shelf=shelf)
    return Judged(result=result, crashes=tuple(product.crashes))
