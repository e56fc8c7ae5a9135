"""The reference provider in a process of its own, so that it does not compete with what is measured."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESS = re.compile(r"http://127\.0\.0\.1:\d+")


@contextlib.contextmanager
def served(*options: str) -> Iterator[str]:
    """Run ``skillmark serve`` on a free port and yield its address."""
    command = [sys.executable, "-m", "skillmark", "serve", "--port", "0", *options]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:  # noqa: S603 - our own command
        try:
            yield _announced(server)
        finally:
            server.terminate()


def _announced(server: subprocess.Popen[str]) -> str:
    for line in server.stderr or ():
        if match := _ADDRESS.search(line):
            return match[0]
    raise SystemExit("The reference provider did not start.")
