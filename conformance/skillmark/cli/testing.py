"""Verbs that test a product: test, replay, report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from skillmark.cli import consoles
from skillmark.cli.application import app, examples
from skillmark.cli.options import (
    DEFAULT_FOLDER,
    AtOption,
    CaFileOption,
    ClaimsOption,
    LabOption,
    LevelOption,
    ListenOption,
    OfflineOption,
    OriginsOption,
    OutOption,
    PublicUrlOption,
    QuietOption,
    ResultsOption,
    SeedOption,
    TargetOption,
    UrlOption,
    chosen_claims,
    chosen_submissions,
    chosen_target,
    plan_ids,
    served,
)
from skillmark.cli.running import conclude, refuse_if_blocked, watched
from skillmark.core.errors import Misconfigured
from skillmark.core.outcomes import ExitCode, Outcome
from skillmark.engine import find_depth
from skillmark.plans import PLANS, find_plan
from skillmark.reporting import load_results, refuse_unless_writable, render
from skillmark.runs import DEFAULT_SEED, RunOptions
from skillmark.suites import suite_of
from skillmark.wire.settings.configuration import target_as_described

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.core.findings import JudgedFinding
    from skillmark.core.results import CheckResult, RunResult
    from skillmark.core.target import Target
    from skillmark.engine import Check
    from skillmark.plans import Plan

_OBSERVED = frozenset({Outcome.PASSED, Outcome.FAILED, Outcome.WARNED})


@app.command(
    epilog=examples(
        "skillmark test case-1.1-provider --url https://case.example.org",
        "skillmark test case-1.0-provider --target target.toml --level smoke",
        "skillmark test ob-3.0-issuer --credential badges/",
        "skillmark test vc-verifier --url https://verifier.example.org",
        "skillmark test vc-verifier --url https://verifier.example.org --public-url https://bench.example.org",
        "skillmark test case-1.1-provider --target target.toml --json | jq .verdict",
    )
)
def test(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help=f"One of: {', '.join(PLANS)}.", autocompletion=plan_ids)],
    *,
    url: UrlOption = None,
    target: TargetOption = None,
    out: OutOption = DEFAULT_FOLDER,
    level: LevelOption = "full",
    seed: SeedOption = DEFAULT_SEED,
    only: Annotated[
        str | None,
        typer.Option(
            "--only", metavar="TEXT", help="Only checks whose name or requirement contains this: never conformant."
        ),
    ] = None,
    claims: ClaimsOption = None,
    ca_file: CaFileOption = None,
    lab: LabOption = False,
    credential: Annotated[
        list[str] | None,
        typer.Option(
            "--credential",
            metavar="SOURCE",
            help="What an issuer made: a file, all files of a folder, or an https address; repeatable.",
        ),
    ] = None,
    at: AtOption = None,
    offline: OfflineOption = False,
    allow_origin: OriginsOption = None,
    public_url: PublicUrlOption = None,
    listen: ListenOption = None,
    as_json: ResultsOption = False,
    quiet: QuietOption = False,
) -> int:
    """Run a plan against a product.

    Writes results.json, report.html and junit.xml. Ctrl-C ends the run; what was decided until then is reported, marked as
    partial.
    """
    chosen, depth = find_plan(plan), find_depth(level)
    submissions = chosen_submissions(credential, at=at, offline=offline, origins=allow_origin)
    product = chosen_target(
        chosen,
        url=url,
        file=target,
        lab=lab,
        ca_file=ca_file,
        claims=chosen_claims(claims),
        submissions=submissions,
    )
    product = served(chosen, product, public_url=public_url, listen=listen)
    options = RunOptions(seed=seed, depth=depth, only=_selection(chosen, only))
    refuse_unless_writable(out)
    refuse_if_blocked(chosen, product)
    return conclude(watched(chosen, product, options, quiet=quiet), out=out, as_json=as_json)


def _selection(plan: Plan, text: str | None) -> Callable[[Check], bool]:
    if text is None:
        return lambda _: True

    def is_meant(check: Check) -> bool:
        return text in check.name or any(text in requirement for requirement in check.requirements)

    if not any(is_meant(check) for check in suite_of(plan).checks_of(plan)):
        raise Misconfigured(f"No check of {plan.id} has {text!r} in its name. `skillmark requirements` lists them.")
    return is_meant


@app.command(
    epilog=examples(
        "skillmark replay F3",
        "skillmark replay F3 --from ci/skillmark-report --target target.toml",
    )
)
def replay(
    finding: Annotated[str, typer.Argument(metavar="ID", help="The id of a finding, for example F3.")],
    *,
    folder: Annotated[Path, typer.Option("--from", metavar="DIR", help="Folder of the report.")] = DEFAULT_FOLDER,
    url: UrlOption = None,
    target: TargetOption = None,
    ca_file: CaFileOption = None,
) -> int:
    """Run the check of one finding again.

    Asks the product of the report, with the seed of the report, and says FIXED (exit code 0), STILL FAILING (1) or CANNOT
    TELL (3). Credentials are not in reports: where they are needed, name the target file.
    """
    before = load_results(folder)
    wanted = _finding(before, finding, folder)
    chosen = find_plan(before.plan)
    product = _again(before, chosen, url=url, file=target, ca_file=ca_file)
    refuse_if_blocked(chosen, product)
    options = RunOptions(
        seed=before.seed, depth=find_depth(before.depth), only=lambda check: check.name == wanted.check
    )
    return _compared(wanted, watched(chosen, product, options, quiet=False))


def _finding(before: RunResult, identifier: str, folder: Path) -> JudgedFinding:
    wanted = next((each for each in before.findings if each.id == identifier.upper()), None)
    if wanted is None:
        known = ", ".join(each.id for each in before.findings) or "none"
        raise Misconfigured(f"The report in {folder} has no finding {identifier!r}. Findings: {known}.")
    return wanted


def _again(before: RunResult, plan: Plan, *, url: str | None, file: Path | None, ca_file: Path | None) -> Target:
    """Return the product of a report, or the one that is named instead."""
    described = target_as_described(before.configuration, ca_file=ca_file, is_complete=url is None and file is None)
    if url is None and file is None:
        return described
    return chosen_target(plan, url=url, file=file, lab=before.lab, ca_file=ca_file, claims=described.claims)


def _compared(wanted: JudgedFinding, after: RunResult) -> int:
    same = next((each for each in after.findings if each.finding.key == wanted.finding.key), None)
    check = next(iter(after.checks), None)
    if same is not None:
        _print_failing(same, after)
        return int(ExitCode.NOT_CONFORMANT)
    if check is None or check.outcome not in _OBSERVED:
        consoles.say(f"CANNOT TELL {wanted.finding.requirement}: {_hindrance(check, wanted)}")
        return int(ExitCode.NOT_FULLY_VERIFIED)
    consoles.say(f"FIXED {wanted.finding.requirement}: {wanted.finding.expected}")
    return int(ExitCode.CONFORMANT)


def _print_failing(same: JudgedFinding, after: RunResult) -> None:
    finding = same.finding
    consoles.say(f"STILL FAILING {finding.requirement}")
    consoles.say(f"  expected {finding.expected}")
    consoles.say(f"  actual   {finding.actual}")
    for name in finding.evidence[:1]:
        consoles.say(f"  {after.exchanges[name].curl}")


def _hindrance(check: CheckResult | None, wanted: JudgedFinding) -> str:
    if check is None:
        return f"this version of Skillmark has no check {wanted.check}, or it was stopped."
    return check.reason or check.outcome.value


@app.command(
    epilog=examples(
        "skillmark report skillmark-report/results.json",
        "skillmark report ci/skillmark-report --out rendered",
    )
)
def report(
    results: Annotated[Path, typer.Argument(metavar="RESULTS", help="results.json, or the folder that holds it.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Folder for the reports; that of the results without it."),
    ] = None,
) -> None:
    """Render the reports of a run again.

    Everything is made from results.json, now or years later.
    """
    result = load_results(results)
    folder = results if results.is_dir() else results.parent
    for path in render(result, out or folder):
        consoles.say(str(path))
