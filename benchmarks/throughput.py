"""The request rate of a full run with all checks on, against a bare httpx client sending the same requests."""

from __future__ import annotations

import argparse
import time

import httpx
from served import served

from skillmark.core.clock import SystemClock
from skillmark.core.target import Feature, Target
from skillmark.engine import RunContext, find_depth, run_plan
from skillmark.plans import find_plan
from skillmark.suites import suite_of
from skillmark.wire.client import WireClient


def main() -> None:
    """Run the plan, send its requests again with bare httpx, print both rates and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--plan", default="case-1.1-provider")
    parser.add_argument("--level", default="full")
    options = parser.parse_args()
    with served() as url:
        sent, seconds = _run(options.plan, options.level, url)
        bare = _bare(sent)
    ours, theirs = len(sent) / seconds, len(sent) / bare
    print(f"requests           {len(sent)}")
    print(f"run with checks    {seconds:8.2f} s  {ours:8.0f} requests/s")
    print(f"bare httpx         {bare:8.2f} s  {theirs:8.0f} requests/s")
    print(f"ratio              {ours / theirs:8.2f}")


def _run(plan_id: str, level: str, url: str) -> tuple[list[tuple[str, str]], float]:
    plan, clock = find_plan(plan_id), SystemClock()
    target = Target(url=url, claims=frozenset(Feature) - {Feature.ACCESS_CONTROL}, lab=True)
    client = WireClient(target, clock=clock)
    context = RunContext(plan=plan, target=target, client=client, clock=clock, seed=1, depth=find_depth(level))
    suite = suite_of(plan)
    begin = time.perf_counter()
    run_plan(suite, context)
    seconds = time.perf_counter() - begin
    sent = [(exchange.method, exchange.url) for exchange in client.exchanges.values()]
    client.close()
    return sent, seconds


def _bare(sent: list[tuple[str, str]]) -> float:
    with httpx.Client(trust_env=False) as client:
        begin = time.perf_counter()
        for method, url in sent:
            client.request(method, url)
        return time.perf_counter() - begin


if __name__ == "__main__":
    main()
