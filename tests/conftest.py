"""What holds for every test: clean surroundings, and no network but loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
from typing import TYPE_CHECKING, Any, NoReturn

import pytest
from tests.browser import Tab

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["pytester"]

_LOOPBACK = {"127.0.0.1", "::1", "localhost"}
_SURROUNDINGS = (
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "SKILLMARK_DEBUG",
)


@pytest.fixture(autouse=True)
def clean_surroundings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove what would change how a client behaves."""
    for name in _SURROUNDINGS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that leaves the machine, so that hermetic is a fact and no claim."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:  # noqa: ANN401 - whatever a socket takes
        allowed = self.family == socket.AF_UNIX or (isinstance(address, tuple) and address[0] in _LOOPBACK)
        if not allowed:
            raise AssertionError(f"unexpected connection to {address}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def required_in_ci(reason: str) -> NoReturn:
    """Skip where something is not installed, and fail where the gate should have installed it."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


# A real browser


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
