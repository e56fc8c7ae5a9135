"""Verbs of the bundled frameworks: export, generate."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from skillmark.cli import consoles
from skillmark.cli.application import app
from skillmark_fixtures.frameworks import write_all
from skillmark_fixtures.generator import write_framework

fixtures = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="The bundled frameworks, and frameworks of any size."
)
app.add_typer(fixtures, name="fixtures")


@fixtures.command(epilog="Example: skillmark fixtures export frameworks/")
def export(
    folder: Annotated[Path, typer.Argument(help="Folder to write to.")],
) -> None:
    """Write the bundled frameworks as CFPackage JSON, in 1.0 and 1.1 form."""
    for version in ("1.0", "1.1"):
        place = folder / f"case-{version}"
        place.mkdir(parents=True, exist_ok=True)
        write_all(place, version)
    consoles.output().print(f"Wrote the frameworks to {folder}, in 1.0 and 1.1 form.", markup=False)


@fixtures.command(epilog="Example: skillmark fixtures generate --items 50000 --seed 1 --out large.json")
def generate(
    *,
    items: Annotated[int, typer.Option(min=1, help="How many items.")],
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 1,
    version: Annotated[str, typer.Option(help="1.0 or 1.1.")] = "1.1",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="File to write; standard output without it.")
    ] = None,
) -> None:
    """Generate a framework of any size, as a stream."""
    if version not in {"1.0", "1.1"}:
        raise typer.BadParameter("1.0 or 1.1", param_hint="--version")
    if out is None:
        write_framework(sys.stdout.buffer, items=items, seed=seed, version=version)
        return
    with out.open("wb") as stream:
        write_framework(stream, items=items, seed=seed, version=version)
