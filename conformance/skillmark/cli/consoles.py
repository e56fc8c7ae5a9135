"""Where the command line prints: results on standard output, everything about a run on standard error."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING

from rich.console import Console

from skillmark.core.escaping import visible_line
from skillmark.reporting.writing import dumped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.table import Table

#: Wide enough that a line for a script is never folded.
_PLAIN_WIDTH = 10_000


class ReaderGone(Exception):  # noqa: N818 - nobody's error
    """Whoever read the standard output, say `head`, has read enough."""


def output() -> Console:
    """Return the console of results; colour only on a terminal."""
    return _console(stderr=False)


def progress() -> Console:
    """Return the console of progress, advice and errors; colour only on a terminal."""
    return _console(stderr=True)


def say(text: str) -> None:
    """Print one line of a result; nothing in it is taken as markup or as a control sequence."""
    output().print(visible_line(text), soft_wrap=True)


def tell(text: str) -> None:
    """Print one line about the run: advice, errors."""
    progress().print(visible_line(text), soft_wrap=True)


def print_table(table: Table) -> None:
    """Print a table; away from a terminal one line for each row, without blanks at its end."""
    console = output()
    if console.is_terminal:
        console.print(table)
        return
    with console.capture() as captured:
        console.print(table)
    write("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))


def print_json(value: object) -> None:
    """Print a value for scripts: stable order, two spaces, one final line feed."""
    write(dumped(value))


def write(text: str) -> None:
    """Write a text to standard output as it is.

    Raises:
        ReaderGone: nobody reads it any more.
    """
    with reader():
        sys.stdout.write(text)


@contextlib.contextmanager
def reader() -> Iterator[None]:
    """Tell a reader that went away from every other trouble.

    Raises:
        ReaderGone: nobody reads the standard output any more.
    """
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError as error:
        raise ReaderGone from error


def let_go() -> None:
    """Send what is left to say nowhere, so that Python does not complain at its end."""
    with contextlib.suppress(io.UnsupportedOperation):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Console(Console):
    def on_broken_pipe(self) -> None:
        raise ReaderGone


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else _PLAIN_WIDTH
    return _Console(
        stderr=stderr, width=width, highlight=False, markup=False, emoji=False, soft_wrap=not stream.isatty()
    )
