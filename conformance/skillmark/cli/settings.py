"""Verbs about settings: init, doctor."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from skillmark.cli import consoles
from skillmark.cli.application import app
from skillmark.cli.testing import TargetOption, UrlOption, chosen_target
from skillmark.core.clock import SystemClock
from skillmark.core.errors import Misconfigured
from skillmark.core.outcomes import ExitCode
from skillmark.plans import find_plan
from skillmark.suites.case.diagnosis import Cause, Diagnosis, diagnose
from skillmark.wire.client import WireClient
from skillmark.wire.configuration import TARGET_TEMPLATE


@app.command(epilog="Example: skillmark init my-product.toml")
def init(
    path: Annotated[Path, typer.Argument(help="The file to write.")] = Path("target.toml"),
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
) -> None:
    """Write a commented target.toml."""
    if path.exists() and not force:
        raise Misconfigured(f"{path} exists. Choose another name, or replace it with --force.")
    path.write_text(TARGET_TEMPLATE, encoding="utf-8")
    consoles.output().print(f"Wrote {path}. Fill it in, then: skillmark doctor --target {path}", markup=False)


@app.command(epilog="Example: skillmark doctor --target target.toml --plan case-1.0-provider")
def doctor(
    *,
    url: UrlOption = None,
    target: TargetOption = None,
    plan: Annotated[str, typer.Option(help="The plan that the settings have to fit.")] = "case-1.1-provider",
    ca_file: Annotated[Path | None, typer.Option("--ca-file", help="PEM file of the authority to trust.")] = None,
    lab: Annotated[bool, typer.Option("--lab", help="Allow plain http on a test bench.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")] = False,
) -> int:
    """Look at the settings before a run, and name what is wrong with them."""
    chosen = find_plan(plan)
    product = chosen_target(url=url, file=target, lab=lab, ca_file=ca_file)
    clock = SystemClock()
    client = WireClient(product, clock=clock)
    try:
        found = diagnose(product, chosen.standard, client, clock)
    finally:
        client.close()
    if as_json:
        consoles.print_json([_row(each) for each in found])
    else:
        _print(found)
    return int(_exit_code(found))


def _row(found: Diagnosis) -> dict[str, object]:
    return {
        "cause": found.cause.value,
        "blocking": found.is_blocking,
        "message": found.message,
        "next_step": found.next_step,
    }


def _print(found: tuple[Diagnosis, ...]) -> None:
    console = consoles.output()
    for each in found:
        console.print(f"{'✗' if each.is_blocking else '!'} {each.message}", markup=False)
        console.print(f"  {each.next_step}", markup=False)
    if not any(each.is_blocking for each in found):
        console.print("✓ The settings fit: the plan can be run.", markup=False)


def _exit_code(found: tuple[Diagnosis, ...]) -> ExitCode:
    blocking = [each for each in found if each.is_blocking]
    if any(each.cause in {Cause.UNREACHABLE, Cause.TLS} for each in blocking):
        return ExitCode.UNREACHABLE
    return ExitCode.MISUSE if blocking else ExitCode.CONFORMANT
