"""The command ``skillmark``: its verbs, and what it does with errors."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Annotated

import typer

from skillmark import __version__
from skillmark.cli import consoles
from skillmark.core.errors import SkillmarkError
from skillmark.core.outcomes import ExitCode

#: Conventional codes of processes that a signal ends: 128 and its number.
_INTERRUPTED, _READER_GONE = 130, 141
_STORAGE = "HYPOTHESIS_STORAGE_DIRECTORY"


def examples(*lines: str) -> str:
    """Return the epilog of a verb: one example a line, as it can be copied."""
    title = "Example:" if len(lines) == 1 else "Examples:"
    # The backspace keeps the lines of the paragraph apart.
    return "\n".join(["\b", title, *(f"  {line}" for line in lines)])


app = typer.Typer(
    name="skillmark",
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Does a product really speak CASE, Open Badges 3.0 and CLR 2.0? Runs conformance plans against any product, issues and "
    "verifies credentials, and serves a reference implementation.",
    epilog=examples(
        "skillmark demo",
        "skillmark init && skillmark doctor --target target.toml",
        "skillmark test case-1.1-provider --target target.toml",
        "skillmark verify badge.png",
    )
    + "\n\nExit codes: 0 conformant, 1 not conformant, 2 wrong use or configuration, 3 not fully verified, "
    "4 target unreachable, 70 internal error.",
)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        consoles.write(f"skillmark {__version__}\n")
        raise typer.Exit


def show_help(context: typer.Context) -> None:
    """Show the help of a command whose verb is missing, and leave with the exit code for wrong use."""
    if context.invoked_subcommand is None:
        consoles.write(f"{context.get_help()}\n")
        raise typer.Exit(ExitCode.MISUSE)


@app.callback()
def _options(
    context: typer.Context,
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=lambda value: _print_version(wanted=value), is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Hold the options that come before a verb."""
    if not version:
        show_help(context)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A console that cannot show a sign shows its number, rather than nothing at all.
            stream.reconfigure(errors="backslashreplace")
    # What Hypothesis keeps between runs does not belong into the user's folder.
    with contextlib.suppress(RuntimeError):
        cache = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        os.environ.setdefault(_STORAGE, str(Path(cache) / "skillmark" / "hypothesis"))
    # Who ends a job in CI, or runs out of time, gets what was decided so far, as with Ctrl-C.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; a traceback never reaches the user.

    With ``SKILLMARK_DEBUG`` set, an internal error shows where it came from.
    """
    try:
        from skillmark.cli import verbs  # noqa: F401, PLC0415 - registers the verbs, after `app` exists

        with consoles.reader():
            result = int(app(args=arguments, prog_name="skillmark", standalone_mode=False) or 0)
    except typer.TyperException as error:
        return _misused(error)
    except SkillmarkError as error:
        consoles.tell(f"skillmark: {error}")
        return int(error.exit_code)
    except consoles.ReaderGone:
        consoles.let_go()
        return _READER_GONE
    except (typer.Abort, KeyboardInterrupt):
        result = _INTERRUPTED
    except OSError as error:
        return _internal(error) if error.filename is None else _unusable(error)
    except Exception as error:  # noqa: BLE001 - the last resort
        return _internal(error)
    if result == _INTERRUPTED:
        consoles.tell("skillmark: stopped; there is no result.")
    return result


def _misused(error: typer.TyperException) -> int:
    context = getattr(error, "ctx", None)
    command = context.command_path if context else "skillmark"
    text = error.format_message().rstrip()
    consoles.tell(f"skillmark: {text}{'' if text.endswith(('.', '?', ')')) else '.'} Try `{command} --help`.")
    return int(ExitCode.MISUSE)


def _unusable(error: OSError) -> int:
    consoles.tell(f"skillmark: {error.filename} cannot be used: {error.strerror}. Name another file or folder.")
    return int(ExitCode.MISUSE)


def _internal(error: Exception) -> int:
    if os.environ.get("SKILLMARK_DEBUG"):
        consoles.progress().print("".join(traceback.format_exception(error)))
    consoles.tell(
        f"skillmark: internal error ({type(error).__name__}: {error}). Nothing was decided. Set SKILLMARK_DEBUG=1 for "
        f"details, and please report it."
    )
    return int(ExitCode.INTERNAL)
