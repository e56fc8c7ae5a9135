"""Verbs of the bundled frameworks and learner records: export, generate, learners."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from skillmark.cli import consoles
from skillmark.cli.application import app, examples, show_help
from skillmark.core.errors import Misconfigured
from skillmark_fixtures.frameworks import write_all
from skillmark_fixtures.frameworks.naming import DEFAULT_BASE
from skillmark_fixtures.generator import write_framework

_VERSIONS = ("1.0", "1.1")

fixtures = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help="The bundled frameworks and learner records.",
    epilog=examples(
        "skillmark fixtures export frameworks/",
        "skillmark fixtures generate --items 50000 --out large.json",
        "skillmark fixtures learners records/",
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


@fixtures.command(
    epilog=examples(
        "skillmark fixtures learners records/",
        "skillmark fixtures learners records/ --base http://127.0.0.1:8000",
        "skillmark verify records/amara-okafor --offline",
    )
)
def learners(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write to.")],
    *,
    base: Annotated[
        str,
        typer.Option(metavar="URL", help="Where the items of CASE, the achievements and the lists of statuses are."),
    ] = DEFAULT_BASE,
    at: Annotated[
        str | None,
        typer.Option("--at", metavar="DATE-TIME", help="When they are issued; the same bytes for the same time."),
    ] = None,
) -> None:
    """Write the learner records of the case study as files.

    Badges, endorsements and learner records in every proof format and state, signed with TEST KEYS that everybody has. index.json
    tells the verdict that each deserves. Who serves the folder at the base has the lists of statuses, too.
    """
    # They bring the libraries of signatures and of RDF, which other verbs do without.
    from skillmark.cli.access import moment  # noqa: PLC0415
    from skillmark_reference.pathways.exporting import INDEX, write_records  # noqa: PLC0415
    from skillmark_reference.pathways.settings import ISSUED, Setting  # noqa: PLC0415

    time = ISSUED if at is None else moment(at, "--at")
    try:
        setting = Setting(base=base, at=time)
    except ValueError as error:
        raise Misconfigured(f"The records cannot be issued so: {error}.") from error
    count = write_records(folder, setting)
    consoles.say(f"Wrote {count} credentials to {folder}, with test keys; {INDEX} tells their verdicts.")
