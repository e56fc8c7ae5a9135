"""The command line on a terminal, in a pipe, and when somebody stops it."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from skillmark.cli.application import run
from skillmark.reporting import load_results
from skillmark_reference.server import RunningServer

from .products import Switched, reference

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAN = "case-1.1-provider"
#: One check, so that a run takes a second.
QUICK = ("--level", "smoke", "--only", "pages_carry", "--claims", "pagination")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is written is written to a folder of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of the reference provider, over plain http."""
    with RunningServer(reference()) as server:
        yield server.url


@pytest.fixture
def switched() -> Iterator[tuple[Switched, str]]:
    """A product that tells of each request that it gets, and its address."""
    product = Switched(reference())
    with RunningServer(product) as server:
        yield product, server.url


def stopped(product: Switched, number: int, which: signal.Signals, *arguments: str) -> tuple[int, str, str]:
    """Run the command, and send it a signal while it waits for the answer to its n-th request."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "skillmark", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    product.listen = lambda count: process.send_signal(which) if count == number else None
    out, err = process.communicate(timeout=60)
    return process.returncode, out, err


@pytest.mark.parametrize(
    ("which", "number"), [(signal.SIGINT, 60), (signal.SIGTERM, 400)], ids=["while reading", "while drawing"]
)
def test_a_stopped_run_leaves_a_partial_report(
    which: signal.Signals, number: int, switched: tuple[Switched, str], tmp_path: Path
) -> None:
    """Ctrl-C, or the end of a job, leaves what was decided so far, marked as partial, and never exit code 0."""
    product, url = switched
    code, out, err = stopped(product, number, which, "test", PLAN, "--url", url, "--level", "smoke")
    assert (3, "") == (code, err)
    assert "  Partial: some checks of the plan were not run.\n" in out
    result = load_results(tmp_path / "skillmark-report")
    assert result.partial
    assert "The run was stopped before its end." == result.sampling[0]
    assert "Partial report." in (tmp_path / "skillmark-report" / "report.html").read_text(encoding="utf-8")


def test_a_run_that_is_stopped_at_once_decides_nothing(switched: tuple[Switched, str], tmp_path: Path) -> None:
    """Ctrl-C before the first check is one line."""
    product, url = switched
    code, out, err = stopped(product, 1, signal.SIGINT, "test", PLAN, "--url", url)
    assert (130, "", "skillmark: stopped; there is no result.\n") == (code, out, err)
    assert not (tmp_path / "skillmark-report" / "results.json").exists()


def test_the_provider_serves_until_it_is_stopped() -> None:
    """`skillmark serve` says where it is and how to stop it, and ends without complaint."""
    process = subprocess.Popen(
        [sys.executable, "-m", "skillmark", "serve", "--port", "0"], stderr=subprocess.PIPE, text=True
    )
    assert process.stderr
    first, accounts, second = (process.stderr.readline() for _ in range(3))
    url = first.split()[-1]
    assert all(each in accounts for each in ("amara-okafor", "learning-in-public"))
    assert "Press Ctrl-C to stop.\n" == second
    assert 0 == run(["doctor", "--url", url])
    process.send_signal(signal.SIGINT)
    assert ("", 0) == (process.communicate(timeout=30)[1], process.returncode)


def on_a_terminal(*arguments: str, **environment: str) -> str:
    """Run the command on a terminal and return everything that it prints there."""
    ours, theirs = pty.openpty()
    surroundings = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "120", **environment}
    process = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "skillmark", *arguments], stdout=theirs, stderr=theirs, stdin=theirs, env=surroundings
    )
    os.close(theirs)
    printed = b""
    with open(ours, "rb", buffering=0) as terminal:  # noqa: PTH123 - a descriptor
        try:
            while chunk := terminal.read(4096):
                printed += chunk
        except OSError:
            # Linux says so when the other side has closed the terminal.
            pass
    process.wait(timeout=30)
    return printed.decode()


def test_a_terminal_has_colour_and_progress(provider: str) -> None:
    """On a terminal the verdict has a colour, and progress tells checks, requests and time, and goes away."""
    text = on_a_terminal("test", PLAN, "--url", provider, *QUICK)
    assert re.search(r"\x1b\[[0-9;]*3[0-7][^m]*m. NOT FULLY VERIFIED", text)
    assert re.search(r"\d+/\d+ checks.* \d+ requests .*\d:\d\d:\d\d", text)
    assert "\x1b[?25h" in text


def test_no_color_is_respected(provider: str) -> None:
    """With NO_COLOR nothing is coloured, on a terminal neither."""
    text = on_a_terminal("test", PLAN, "--url", provider, *QUICK, "--quiet", NO_COLOR="1")
    assert "NOT FULLY VERIFIED" in text
    assert not re.search(r"\x1b\[(\d+;)*(3|4|9|10)[0-8]", text)
    assert "requests" not in text.partition("NOT FULLY VERIFIED")[0]


def test_errors_on_a_terminal_are_one_line() -> None:
    """An error is printed as it is, whatever the width of the terminal."""
    text = on_a_terminal("test", PLAN, "--url", "ftp://case.example.org", COLUMNS="40")
    assert 1 == len(text.splitlines())
    assert "Traceback" not in text
