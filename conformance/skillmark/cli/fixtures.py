"""Verbs of the bundled frameworks: export, generate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from skillmark.cli import consoles
from skillmark.cli.application import app, examples, show_help
from skillmark.core.errors import Misconfigured
from skillmark_fixtures.frameworks import write_all
from skillmark_fixtures.generator import write_framework

_VERSIONS = ("1.0", "1.1")

fixtures = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help="The bundled frameworks, and frameworks of any size.",
    epilog=examples(
        "skillmark fixtures export frameworks/", "skillmark fixtures generate --items 50000 --out large.json"
    ),
)
app.add_typer(fixtures, name="fixtures", callback=show_help)


@fixtures.command(epilog=examples("skillmark fixtures export frameworks/"))
def export(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write to.")],
) -> None:
    """Write the bundled frameworks as files.

    Each is a CFPackage in JSON, in 1.0 and in 1.1 form.
    """
    for version in _VERSIONS:
        place = folder / f"case-{version}"
        place.mkdir(parents=True, exist_ok=True)
        write_all(place, version)
    consoles.say(f"Wrote the frameworks to {folder}, in 1.0 and 1.1 form.")


@fixtures.command(
    epilog=examples(
        "skillmark fixtures generate --items 50000 --seed 1 --out large.json",
        "skillmark fixtures generate --items 10 --version 1.0 | jq .CFDocument",
    )
)
def generate(
    *,
    items: Annotated[int, typer.Option(metavar="N", min=1, help="How many items.")],
    seed: Annotated[int, typer.Option(metavar="N", help="Same seed, same bytes.")] = 1,
    version: Annotated[
        str, typer.Option(metavar="VERSION", help="1.0 or 1.1.", autocompletion=lambda: list(_VERSIONS))
    ] = "1.1",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="File to write; standard output without it.")
    ] = None,
) -> None:
    """Generate a framework of any size."""
    if version not in _VERSIONS:
        raise Misconfigured(f"There is no version {version!r} of CASE here. Versions: {', '.join(_VERSIONS)}.")
    if out is None:
        with consoles.reader():
            write_framework(sys.stdout.buffer, items=items, seed=seed, version=version)
        return
    with out.open("wb") as stream:
        write_framework(stream, items=items, seed=seed, version=version)
