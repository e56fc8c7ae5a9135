"""The command ``skillmark``: its verbs, and what it does with errors."""

from __future__ import annotations

import os
import sys
import traceback
from typing import Annotated

import click
import typer

from skillmark import __version__
from skillmark.cli import consoles
from skillmark.core.errors import SkillmarkError
from skillmark.core.outcomes import ExitCode

_INTERRUPTED = 130

app = typer.Typer(
    name="skillmark",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Does a product really speak CASE? Runs conformance plans against any provider, and serves a reference one.",
    epilog="Exit codes: 0 conformant, 1 not conformant, 2 wrong use or configuration, 3 not fully verified, "
    "4 target unreachable, 70 internal error.",
)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"skillmark {__version__}\n")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=lambda value: _print_version(wanted=value), is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Hold the options that come before a verb."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    sys.exit(run(arguments))


def run(arguments: list[str] | None = None) -> int:  # noqa: PLR0911 - one return for each way to end
    """Run the command line and return its exit code; a traceback never reaches the user.

    With ``SKILLMARK_DEBUG`` set, an internal error shows where it came from.
    """
    from skillmark.cli import verbs  # noqa: F401, PLC0415 - registers the verbs, after `app` exists

    try:
        result = app(args=arguments, prog_name="skillmark", standalone_mode=False)
    except click.exceptions.Abort:
        return _INTERRUPTED
    except click.ClickException as error:
        error.show()
        return int(ExitCode.MISUSE)
    except SkillmarkError as error:
        consoles.progress().print(f"skillmark: {error}", markup=False)
        return int(error.exit_code)
    except BrokenPipeError:
        # The reader of a pipe went away: nothing is left to say, and Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return _INTERRUPTED
    except Exception as error:  # noqa: BLE001 - the last resort
        return _internal(error)
    return int(result or 0)


def _internal(error: Exception) -> int:
    console = consoles.progress()
    if os.environ.get("SKILLMARK_DEBUG"):
        console.print("".join(traceback.format_exception(error)), markup=False)
    console.print(
        f"skillmark: internal error ({type(error).__name__}: {error}). Nothing was decided. Set SKILLMARK_DEBUG=1 for "
        f"details, and please report it.",
        markup=False,
    )
    return int(ExitCode.INTERNAL)
