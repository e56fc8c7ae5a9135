"""What tests of the reference implementation share."""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING

import pytest
from tests.browser import Tab
from tests.conftest import required_in_ci

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def program() -> str:
    """Find Chromium: named by SKILLMARK_TEST_CHROMIUM, or on the path."""
    found = os.environ.get("SKILLMARK_TEST_CHROMIUM") or shutil.which("chromium")
    if not found:
        required_in_ci("no Chromium: install it, or name it in SKILLMARK_TEST_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def browser(program: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tab]:
    """Start one browser for all tests."""
    with contextlib.closing(Tab(program, tmp_path_factory.mktemp("browser"))) as tab:
        tab.start()
        yield tab


@pytest.fixture
def tab(browser: Tab) -> Iterator[Tab]:
    """Return the tab, and see to it that no page made the browser complain."""
    browser.complaints.clear()
    yield browser
    assert [] == browser.complaints
