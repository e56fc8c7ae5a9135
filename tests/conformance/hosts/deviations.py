"""Hosts that do one thing wrong, each with the check that sees it and the requirement that it breaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest
from tests.conformance.hosts.products import Product, findings

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.hosts.shelves import Host


class Deviations:
    """The hosts of one module of tests."""

    def __init__(self) -> None:
        self.cases: list[Any] = []

    def caught_by(self, check: str, requirement: str) -> Callable[[type[Host]], type[Host]]:
        """Declare a deviating host."""

        def declare(host: type[Host]) -> type[Host]:
            name = f"{host.__name__}-{check.partition('.')[2]}-{requirement}"
            self.cases.append(pytest.param(host, check, f"OB30-R-{requirement}", id=name))
            return host

        return declare


def assert_caught(host: type[Host], check: str, requirement: str) -> None:
    """Assert that a check names the requirement that a host breaks, and that no dispute excuses it."""
    with Product(host()) as product:
        found = findings(product, check)
    assert requirement in {each.requirement for each in found if not each.dispute}, found


def edited(answer: httpx.Response, **changes: Any) -> httpx.Response:  # noqa: ANN401 - any JSON
    """Return an answer whose JSON has other members; those given as ``...`` are left out."""
    body = {name: value for name, value in (answer.json() | changes).items() if value is not ...}
    return httpx.Response(answer.status_code, json=body)
