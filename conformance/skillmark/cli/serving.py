"""Verbs of the reference provider: serve, import, demo."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skillmark import __version__
from skillmark.cli import consoles
from skillmark.cli.application import app
from skillmark.cli.testing import DEFAULT_FOLDER, LevelOption, OutOption, SeedOption, conclude, watched
from skillmark.core.errors import Misconfigured
from skillmark.core.outcomes import ExitCode
from skillmark.core.target import Feature, Product, Target
from skillmark.engine import find_depth
from skillmark.plans import find_plan
from skillmark.runs import DEFAULT_SEED, RunOptions
from skillmark_fixtures.frameworks import framework, slugs
from skillmark_reference.frameworks.importing import import_files
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import OAuthOptions, RunningServer, ServerOptions, create_app, serve_forever

if TYPE_CHECKING:
    from skillmark_reference.frameworks.importing import ImportReport

_MEMORY = "sqlite://"
_SHOWN = 50

DatabaseOption = Annotated[
    str,
    typer.Option(
        "--database", metavar="URL", help="sqlite:///FILE, postgresql+psycopg://..., or sqlite:// for memory."
    ),
]


@app.command(
    name="import",
    epilog="Example: skillmark import framework.json more.json.gz --database sqlite:///case.sqlite",
)
def import_packages(
    files: Annotated[list[Path], typer.Argument(help="CFPackage JSON, 1.0 or 1.1, plain or .gz.")],
    *,
    database: DatabaseOption,
) -> int:
    """Load packages into a database: all of them, or none with every violation listed."""
    report = import_files(Repository.open(database), files)
    _print_import(report)
    return int(ExitCode.NOT_CONFORMANT if report.violations else ExitCode.CONFORMANT)


def _print_import(report: ImportReport) -> None:
    console = consoles.output()
    if not report.violations:
        console.print(f"Imported {report.documents} framework(s), {report.records} records.", markup=False)
        return
    for violation in report.violations:
        console.print(str(violation), markup=False)
    console.print(f"{report.count} violation(s). Nothing was imported; the database is as it was.", markup=False)


def bundled(repository: Repository) -> None:
    """Load the bundled frameworks into a repository."""
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / f"{slug}.json" for slug in slugs()]
        for slug, path in zip(slugs(), paths, strict=True):
            path.write_text(json.dumps(framework(slug, version="1.1")), encoding="utf-8")
        import_files(repository, paths)


@app.command(
    epilog="Examples: skillmark serve; skillmark serve --database sqlite:///case.sqlite --self-signed --port 8443"
)
def serve(
    *,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8000,
    database: DatabaseOption = _MEMORY,
    empty: Annotated[
        bool, typer.Option("--empty", help="Do not load the bundled frameworks into an empty database.")
    ] = False,
    base_url: Annotated[
        str | None, typer.Option("--base-url", metavar="URL", help="Address that records are named by, behind a proxy.")
    ] = None,
    certfile: Annotated[Path | None, typer.Option("--certfile", help="PEM file of the server certificate.")] = None,
    keyfile: Annotated[Path | None, typer.Option("--keyfile", help="PEM file of its key.")] = None,
    self_signed: Annotated[
        bool, typer.Option("--self-signed", help="Make a certificate for this run, and say where its authority is.")
    ] = False,
    oauth_client: Annotated[
        str | None, typer.Option("--oauth-client", metavar="ID", help="Ask for OAuth 2.0 tokens of this client.")
    ] = None,
    oauth_secret_env: Annotated[
        str | None,
        typer.Option("--oauth-secret-env", metavar="NAME", help="Environment variable with the client's secret."),
    ] = None,
    rate_limit: Annotated[
        float | None, typer.Option("--rate-limit", help="Requests a second before 429 is answered.")
    ] = None,
) -> None:
    """Serve the reference CASE provider, 1.0 and 1.1, until it is stopped."""
    repository = Repository.open(database)
    if not empty and not repository.frameworks():
        bundled(repository)
    options = ServerOptions(
        base_url=base_url.rstrip("/") if base_url else None,
        oauth=_oauth(oauth_client, oauth_secret_env),
        rate_limit=rate_limit,
    )
    serve_forever(
        create_app(repository, options=options),
        host=host,
        port=port,
        certfile=certfile,
        keyfile=keyfile,
        self_signed=self_signed,
        announce=lambda line: consoles.progress().print(line, markup=False),
    )


def _oauth(client: str | None, secret_env: str | None) -> OAuthOptions | None:
    if client is None and secret_env is None:
        return None
    secret = os.environ.get(secret_env or "", "")
    if not client or not secret:
        raise Misconfigured(
            "OAuth needs --oauth-client ID and --oauth-secret-env NAME, with a secret in that variable."
        )
    return OAuthOptions(client_id=client, client_secret=secret)


@app.command(epilog="Examples: skillmark demo; skillmark demo --plan case-1.0-provider --level smoke")
def demo(
    *,
    plan: Annotated[str, typer.Option(help="The plan to run.")] = "case-1.1-provider",
    out: OutOption = DEFAULT_FOLDER,
    level: LevelOption = "full",
    seed: SeedOption = DEFAULT_SEED,
    as_json: Annotated[bool, typer.Option("--json", help="Print results.json instead of the summary.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> int:
    """Start the reference provider over TLS with the bundled frameworks, run a plan against it, write the report."""
    chosen, depth = find_plan(plan), find_depth(level)
    repository = Repository.open(_MEMORY)
    bundled(repository)
    with RunningServer(create_app(repository, options=ServerOptions()), self_signed=True) as server:
        consoles.progress().print(
            f"The reference provider serves {len(slugs())} frameworks at {server.url}.", markup=False
        )
        target = Target(
            url=server.url,
            product=Product(
                name="Skillmark reference provider", version=__version__, vendor="The Skillmark developers"
            ),
            ca_file=server.ca_file,
            claims=frozenset(Feature) - {Feature.ACCESS_CONTROL},
            attestations={
                "CASE-R-088": "With --rate-limit it answers 429, server_busy and Retry-After; tests/reference shows it.",
            },
        )
        result = watched(chosen, target, RunOptions(seed=seed, depth=depth), quiet=quiet)
    return conclude(result, out=out, as_json=as_json)
