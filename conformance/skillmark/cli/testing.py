"""Verbs that test a product: test, replay, report."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from skillmark.cli import consoles
from skillmark.cli.application import app
from skillmark.core.clock import SystemClock
from skillmark.core.errors import Misconfigured, TargetUnreachable
from skillmark.core.outcomes import ExitCode, Outcome, exit_code
from skillmark.core.target import Feature
from skillmark.engine import CheckStarted, find_depth
from skillmark.plans import PLANS, find_plan
from skillmark.reporting import load_results, render, to_document, write_reports
from skillmark.reporting.terminal import print_summary
from skillmark.runs import DEFAULT_SEED, RunOptions, certify
from skillmark.suites.case.diagnosis import Cause, diagnose
from skillmark.wire.client import WireClient
from skillmark.wire.configuration import load_target, target_from_url

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.core.results import RunResult
    from skillmark.core.target import Target
    from skillmark.engine import Check, Event
    from skillmark.plans import Plan

DEFAULT_FOLDER = Path("skillmark-report")

UrlOption = Annotated[
    str | None, typer.Option("--url", metavar="BASE", help="Base address of the product, with or without /ims/case/...")
]
TargetOption = Annotated[
    Path | None, typer.Option("--target", metavar="FILE", help="target.toml; `skillmark init` writes one.")
]
OutOption = Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the reports.")]
LevelOption = Annotated[str, typer.Option("--level", help="smoke, full or thorough.")]
SeedOption = Annotated[int, typer.Option("--seed", help="Same seed, same requests.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print results.json instead of the summary.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]


def chosen_target(
    *, url: str | None, file: Path | None, lab: bool = False, ca_file: Path | None = None, claims: str | None = None
) -> Target:
    """Return the target that the options name.

    Raises:
        Misconfigured: they name none, or two, or a wrong one.
    """
    if (url is None) == (file is None):
        raise Misconfigured(
            "Name the product: either --url BASE or --target FILE (`skillmark init` writes a target.toml)."
        )
    if file is not None:
        return load_target(file, environ=os.environ, lab=lab, claims=_claims(claims), ca_file=ca_file)
    return target_from_url(str(url), lab=lab, claims=_claims(claims), ca_file=ca_file)


def _claims(text: str | None) -> frozenset[Feature] | None:
    if text is None:
        return None
    if text in {"all", "none"}:
        return frozenset(Feature) if text == "all" else frozenset()
    known = {feature.value: feature for feature in Feature}
    words = [word.strip() for word in text.split(",")]
    if unknown := [word for word in words if word not in known]:
        raise Misconfigured(f"Unknown feature {unknown[0]!r} in --claims. Features: all, none, {', '.join(known)}.")
    return frozenset(known[word] for word in words)


@app.command(
    epilog="Examples: skillmark test case-1.1-provider --url https://case.example.org; "
    "skillmark test case-1.0-provider --target target.toml --level smoke --json"
)
def test(
    plan: Annotated[str, typer.Argument(help=f"One of: {', '.join(PLANS)}.")],
    *,
    url: UrlOption = None,
    target: TargetOption = None,
    out: OutOption = DEFAULT_FOLDER,
    level: LevelOption = "full",
    seed: SeedOption = DEFAULT_SEED,
    only: Annotated[
        str | None, typer.Option("--only", metavar="TEXT", help="Only checks whose name or requirement contains this.")
    ] = None,
    claims: Annotated[
        str | None,
        typer.Option(
            "--claims", metavar="FEATURES", help="Optional features claimed: all, none, or a list with commas."
        ),
    ] = None,
    ca_file: Annotated[Path | None, typer.Option("--ca-file", help="PEM file of the authority to trust.")] = None,
    lab: Annotated[
        bool, typer.Option("--lab", help="Take the transport requirements (TLS) out of the verdict.")
    ] = False,
    as_json: JsonOption = False,
    quiet: QuietOption = False,
) -> int:
    """Run a plan against a product and write the conformance report."""
    chosen = find_plan(plan)
    product = chosen_target(url=url, file=target, lab=lab, ca_file=ca_file, claims=claims)
    refuse_if_blocked(chosen, product)
    options = RunOptions(seed=seed, depth=find_depth(level), only=_selection(only))
    result = watched(chosen, product, options, quiet=quiet)
    return conclude(result, out=out, as_json=as_json)


def _selection(text: str | None) -> Callable[[Check], bool]:
    if text is None:
        return lambda _: True
    return lambda check: text in check.name or any(text in requirement for requirement in check.requirements)


def refuse_if_blocked(plan: Plan, target: Target) -> None:
    """Look at the settings before the run.

    Raises:
        TargetUnreachable: nothing answers.
        Misconfigured: the settings do not fit the target, so nothing can be judged.
    """
    clock = SystemClock()
    client = WireClient(target, clock=clock)
    try:
        found = diagnose(target, plan.standard, client, clock)
    finally:
        client.close()
    for each in found:
        text = f"{each.message} {each.next_step}"
        if each.is_blocking and each.cause in {Cause.UNREACHABLE, Cause.TLS}:
            raise TargetUnreachable(text)
        if each.is_blocking:
            raise Misconfigured(text)


def watched(plan: Plan, target: Target, options: RunOptions, *, quiet: bool) -> RunResult:
    """Run a plan, with progress on standard error when that is a terminal."""
    console = consoles.progress()
    if quiet or not console.is_terminal:
        return certify(plan, target, options=options)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total} checks"))
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(plan.title, total=None)

        def listen(event: Event) -> None:
            done = event.number - 1 if isinstance(event, CheckStarted) else event.number
            name = event.check.name if isinstance(event, CheckStarted) else event.result.name
            bar.update(task, completed=done, total=event.total, description=f"{name} ({event.requests} requests)")

        return certify(
            plan,
            target,
            options=RunOptions(seed=options.seed, depth=options.depth, only=options.only, listen=listen),
        )


def conclude(result: RunResult, *, out: Path, as_json: bool) -> int:
    """Write the reports, print the summary or the document, and return the exit code."""
    paths = write_reports(result, out)
    if as_json:
        consoles.print_json(to_document(result))
    else:
        print_summary(result, consoles.output(), report_paths=paths)
    if any(check.defect for check in result.checks):
        return int(ExitCode.INTERNAL)
    return int(exit_code(result.verdict))


@app.command(
    epilog="Examples: skillmark replay F3; skillmark replay F3 --from ci/skillmark-report --target target.toml"
)
def replay(
    finding: Annotated[str, typer.Argument(help="The id of a finding, for example F3.")],
    *,
    folder: Annotated[Path, typer.Option("--from", metavar="DIR", help="Folder of the report.")] = DEFAULT_FOLDER,
    url: UrlOption = None,
    target: TargetOption = None,
    ca_file: Annotated[Path | None, typer.Option("--ca-file", help="PEM file of the authority to trust.")] = None,
) -> int:
    """Run the check of one finding again, with the seed of its report: FIXED, STILL FAILING or CANNOT TELL."""
    before = load_results(folder)
    wanted = next((each for each in before.findings if each.id == finding), None)
    if wanted is None:
        known = ", ".join(each.id for each in before.findings) or "none"
        raise Misconfigured(f"The report in {folder} has no finding {finding!r}. Findings: {known}.")
    chosen = find_plan(before.plan)
    same = url is None and target is None
    product = chosen_target(url=before.target_url if same else url, file=target, lab=before.lab, ca_file=ca_file)
    options = RunOptions(
        seed=before.seed, depth=find_depth(before.depth), only=lambda check: check.name == wanted.check
    )
    after = certify(chosen, product, options=options)
    again = [each for each in after.findings if each.finding.key == wanted.finding.key]
    undecided = [check for check in after.checks if check.outcome is Outcome.CANNOT_TELL]
    console = consoles.output()
    if again:
        finding_now = again[0].finding
        console.print(f"STILL FAILING {wanted.finding.requirement}", markup=False)
        console.print(f"  expected {finding_now.expected}\n  actual   {finding_now.actual}", markup=False)
        if finding_now.evidence:
            console.print(f"  {after.exchanges[finding_now.evidence[0]].curl}", markup=False)
        return int(ExitCode.NOT_CONFORMANT)
    if undecided:
        console.print(f"CANNOT TELL {undecided[0].reason}", markup=False)
        return int(ExitCode.NOT_FULLY_VERIFIED)
    console.print(f"FIXED {wanted.finding.requirement}: {wanted.finding.expected}", markup=False)
    return int(ExitCode.CONFORMANT)


@app.command(epilog="Example: skillmark report skillmark-report/results.json --out rendered")
def report(
    results: Annotated[Path, typer.Argument(help="results.json, or the folder that holds it.")],
    *,
    out: OutOption = DEFAULT_FOLDER,
) -> None:
    """Render the reports of a run again from its results.json."""
    paths = render(load_results(results), out)
    for path in paths:
        consoles.output().print(str(path), markup=False)
