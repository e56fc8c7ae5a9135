"""What a test opens is closed when it ends."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from tests.reference.test_database import KINDS, postgresql
from tests.reference.vc_api.surroundings import OPENED

from skillmark_reference.databases import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close what was opened during a test."""
    before = len(OPENED)
    yield
    while len(OPENED) > before:
        OPENED.pop().close()


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """Open an empty database of each kind."""
    with contextlib.ExitStack() as resources:
        if request.param == "postgresql":
            url = resources.enter_context(postgresql())
        else:
            url = "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'vc.sqlite'}"
        yield resources.enter_context(contextlib.closing(Database.open(url)))
