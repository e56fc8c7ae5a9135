"""Running whole plans against the independent provider, in process, and what is read off their results."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.outcomes import Outcome
from skillmark.core.target import Authentication, AuthenticationMethod, Feature, Limits, Product, Target
from skillmark.engine import Depth
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.wire.in_process import AsgiTransport

from .provider import CLIENT, HOST, SECRET, TOKEN, Provider

if TYPE_CHECKING:
    from skillmark.core.results import RunResult

#: Enough to look at everything once, and quick.
QUICK = Depth(name="smoke", examples=4, reads=20, packages=14, documents=400, steps=8, walks=1, shrinks=6)
LIST_FEATURES = frozenset({Feature.PAGINATION, Feature.SORTING, Feature.FILTERING, Feature.FIELD_SELECTION})
EVERYTHING = LIST_FEATURES | {Feature.RUBRICS, Feature.EXTENSIONS, Feature.ALL_FIELDS}


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
        return [check.reason for check in self.result.checks if check.defect]

    @property
    def undecided(self) -> set[str]:
        """The checks that could not tell."""
        return {check.name for check in self.result.checks if check.outcome is Outcome.CANNOT_TELL}

    def told(self) -> str:
        """Return the findings, one a line, for the message of a failing test."""
        return "\n".join(
            f"{each.outcome.value} {each.finding.requirement} [{each.check}] expected {each.finding.expected}; "
            f"actual {each.finding.actual} at {each.finding.pointer} {each.finding.dispute and '(disputed)'}"
            for each in sorted(self.result.findings, key=lambda each: (each.outcome.value, each.finding.requirement))
        )


def judged(
    provider: Provider,
    *,
    claims: frozenset[Feature] | None = None,
    depth: Depth = QUICK,
    seed: int = 7,
    requests: int = 4000,
    access: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Judged:
    """Run the whole plan of the provider's version against it.

    ``access`` gives credentials to a provider that may not ask for any.
    """
    switches = provider.switches
    authentication = {
        "": Authentication(),
        "bearer": Authentication(method=AuthenticationMethod.BEARER, token=TOKEN),
        "client credentials": Authentication(
            method=AuthenticationMethod.CLIENT_CREDENTIALS,
            token_url=f"{HOST}{switches.prefix}/oauth2/token",
            client_id=CLIENT,
            client_secret=SECRET,
        ),
    }[switches.access if access is None else access]
    target = Target(
        url=HOST + switches.prefix,
        product=Product(name="Independent", version="1", vendor="Somebody else"),
        authentication=authentication,
        claims=claims,
        headers=headers,
        limits=Limits(requests=requests),
        lab=True,
    )
    transport = AsgiTransport(provider)
    try:
        result = certify(
            find_plan(f"case-{provider.version}-provider"),
            target,
            options=RunOptions(seed=seed, depth=depth),
            transport=transport,
        )
    finally:
        transport.close()
    return Judged(result=result)
