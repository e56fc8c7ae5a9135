"""An empty database of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.reference.test_database import KINDS, postgresql

from skillmark_reference.databases import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name an empty database of each kind."""
    if request.param == "postgresql":
        with postgresql() as found:
            yield found
    else:
        yield "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'issuers.sqlite'}"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """Open an empty database of each kind."""
    opened = Database.open(url)
    yield opened
    opened.close()
