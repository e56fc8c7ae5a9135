"""Where the command line prints: results on standard output, everything about a run on standard error."""

from __future__ import annotations

import json
import sys

from rich.console import Console

#: Wide enough that a line for a script is never folded.
_PLAIN_WIDTH = 200


def output() -> Console:
    """Return the console of results; colour only on a terminal."""
    return _console(stderr=False)


def progress() -> Console:
    """Return the console of progress, advice and errors; colour only on a terminal."""
    return _console(stderr=True)


def print_json(value: object) -> None:
    """Print a value for scripts: stable order, two spaces, one final line feed."""
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PLAIN_WIDTH
    return Console(stderr=stderr, width=width, highlight=False, soft_wrap=not stream.isatty())
