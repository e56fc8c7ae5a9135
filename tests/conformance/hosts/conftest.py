"""The reference host in process, and runs of the host plans against it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.conformance.hosts.products import PLANS, Product

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=PLANS)
def plan_id(request: pytest.FixtureRequest) -> str:
    """Return the id of each host plan."""
    return str(request.param)


@pytest.fixture
def product() -> Iterator[Product]:
    """Run the reference host, and close it."""
    with Product() as running:
        yield running
