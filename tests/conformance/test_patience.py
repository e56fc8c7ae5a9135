"""A product that is busy is waited for, but not for ever."""

from __future__ import annotations

import httpx
import pytest

from skillmark.core.clock import SystemClock
from skillmark.core.exchanges import Request
from skillmark.core.target import Target
from skillmark.wire.client import WireClient

URL = "http://127.0.0.1:9/"


def waited(requests: int, *answers: tuple[int, dict[str, str]]) -> tuple[list[float], int, int | None]:
    """Send requests to a product that gives these answers, the last one again and again.

    Returns the waits, the number of requests that it got, and its last status.
    """
    waits: list[float] = []
    left = list(answers)

    def answer(_: httpx.Request) -> httpx.Response:
        status, headers = left.pop(0) if len(left) > 1 else left[0]
        return httpx.Response(status, headers=headers)

    client = WireClient(Target(url=URL), clock=SystemClock(), transport=httpx.MockTransport(answer), wait=waits.append)
    status = None
    for _ in range(requests):
        status = client.send(Request(url=URL)).exchange.status
    return waits, client.requests_sent, status


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_product_is_asked_again(status: int) -> None:
    """A product that says for how many seconds it is busy is asked again after them."""
    assert ([2.0], 2, 200) == waited(1, (status, {"Retry-After": "2"}), (200, {}))


def test_a_product_that_stays_busy_is_believed() -> None:
    """After three waits the answer is taken as it is."""
    assert ([1.0, 1.0, 1.0], 4, 503) == waited(1, (503, {"Retry-After": "1"}))


@pytest.mark.parametrize("value", ["31", "9" * 5_000, "-1", "1.5", "soon", "", "Wed, 21 Oct 2065 07:28:00 GMT"])
def test_long_and_odd_times_are_not_waited_for(value: str) -> None:
    """Only a short number of seconds is waited for."""
    assert ([], 1, 429) == waited(1, (429, {"Retry-After": value}))


def test_other_answers_are_not_waited_for() -> None:
    """A healthy answer with the header, or a busy one without it, is taken as it is."""
    assert ([], 1, 200) == waited(1, (200, {"Retry-After": "5"}))
    assert ([], 1, 503) == waited(1, (503, {}))


def test_the_patience_of_a_run_ends() -> None:
    """A product that is always busy costs a run five minutes of waiting, and not an hour for each request."""
    waits, sent, status = waited(1_000, (503, {"Retry-After": "30"}))
    assert (300.0, 503) == (sum(waits), status)
    assert 1_000 + len(waits) == sent
