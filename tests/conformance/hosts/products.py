"""The reference host as a product under test, with a place to change what it is asked and what it answers."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Self

import httpx

from skillmark.core.clock import SystemClock
from skillmark.core.interfaces import Account, HostInterface
from skillmark.core.target import Target
from skillmark.engine import RunContext, find_depth, run_check
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.suites import suite_of
from skillmark.suites.hosts.evidence import Evidence
from skillmark.wire.client import WireClient
from skillmark.wire.in_process import AsgiTransport
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import Account as HostedAccount
from skillmark_reference.server import ServerOptions, create_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.core.findings import Finding
    from skillmark.core.results import RunResult

PLANS = ("ob-3.0-host", "clr-2.0-host")
BASE = "http://127.0.0.1"
_PROFILE = (
    '{"@context": "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", '
    '"id": "https://1edtech.org/issuers/cert", "type": ["Profile"], "name": "Ada Lovelace"}'
)
ADA = Account(name="ada", password="correct horse", profile_id="https://1edtech.org/issuers/cert")
BOB = Account(name="bob", password="battery staple")


class Product(httpx.BaseTransport):
    """A host in process; ``change`` may answer in its place."""

    def __init__(
        self, change: Callable[[httpx.Request, Callable[[httpx.Request], httpx.Response]], httpx.Response] | None = None
    ) -> None:
        self._repository = Repository.open("sqlite://")
        accounts = tuple(
            HostedAccount(name=each.name, full_name=each.name.title(), password=each.password, profile=profile)
            for each, profile in ((ADA, _PROFILE), (BOB, None))
        )
        self._inner = AsgiTransport(create_app(self._repository, options=ServerOptions(accounts=accounts)))
        self._change = change
        #: Every request and its answer, in order.
        self.requests: list[httpx.Request] = []
        self.answers: list[httpx.Response] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the host and its database."""
        self._inner.close()
        self._repository.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request."""
        self.requests.append(request)
        request.read()
        answer = self._plain(request) if self._change is None else self._change(request, self._plain)
        self.answers.append(answer)
        return answer

    def _plain(self, request: httpx.Request) -> httpx.Response:
        answer = self._inner.handle_request(request)
        answer.read()
        return answer


def answered(status: int, *, body: bytes = b"", headers: dict[str, str] | None = None) -> httpx.Response:
    """Return an answer that is sent as a product sends it."""
    return httpx.Response(status, headers=headers or {}, stream=httpx.ByteStream(body))


def target_for(host: HostInterface | None = None, **changes: object) -> Target:
    """Return the settings of the reference host."""
    usual = Target(url=BASE, host=host or HostInterface(accounts=(ADA, BOB)))
    return dataclasses.replace(usual, **changes)  # type: ignore[arg-type]


def context_for(
    product: httpx.BaseTransport, *, plan: str = PLANS[0], depth: str = "smoke", target: Target | None = None
) -> RunContext:
    """Return what a run against a product is made of."""
    target, clock = target or target_for(), SystemClock()
    client = WireClient(target, clock=clock, transport=product)
    return RunContext(plan=find_plan(plan), target=target, client=client, clock=clock, seed=7, depth=find_depth(depth))


def evidence_for(product: httpx.BaseTransport, **rest: object) -> Evidence:
    """Return the evidence of a run that has not asked anything but the description."""
    return Evidence(context_for(product, **rest))  # type: ignore[arg-type]


def run(
    product: httpx.BaseTransport,
    *,
    plan: str = PLANS[0],
    depth: str = "smoke",
    only: Callable[[str], bool] = lambda _: True,
    target: Target | None = None,
) -> RunResult:
    """Run those checks of a plan whose names fit."""
    options = RunOptions(depth=find_depth(depth), only=lambda check: only(check.name))
    return certify(find_plan(plan), target or target_for(), options=options, transport=product)


def findings(product: httpx.BaseTransport, check: str, **rest: object) -> list[Finding]:
    """Return what one check finds."""
    context = context_for(product, **rest)  # type: ignore[arg-type]
    suite = suite_of(context.plan)
    (chosen,) = [each for each in suite.checks_of(context.plan) if each.name == check]
    return [each.finding for each in run_check(chosen, suite.gather(context), context)[1]]
