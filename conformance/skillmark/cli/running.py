"""What every verb that runs a plan does: look at the settings, show progress, write the reports, say how it ended."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from skillmark.cli import consoles
from skillmark.core.clock import SystemClock
from skillmark.core.errors import Misconfigured, TargetUnreachable
from skillmark.core.interfaces import Login
from skillmark.core.outcomes import ExitCode, exit_code
from skillmark.engine import CheckStarted, RunContext, find_depth
from skillmark.plans import Asks, Plan
from skillmark.reporting import to_document, write_reports
from skillmark.reporting.terminal import print_summary
from skillmark.runs import DEFAULT_SEED, certify
from skillmark.suites.case.diagnosis import diagnose
from skillmark.suites.diagnoses import Cause
from skillmark.suites.hosts.client_diagnosis import diagnose as diagnose_client
from skillmark.suites.hosts.diagnosis import diagnose as diagnose_host
from skillmark.wire.client import WireClient
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from skillmark.core.results import RunResult
    from skillmark.core.target import Target
    from skillmark.engine import Event
    from skillmark.runs import RunOptions
    from skillmark.suites.diagnoses import Diagnosis

#: What is wrong when the target cannot be reached at all.
OUT_OF_REACH = frozenset({Cause.UNREACHABLE, Cause.TLS})


def diagnosed(plan: Plan, target: Target) -> tuple[Diagnosis, ...]:
    """Look at the settings, and return what was noticed; there is nothing to notice of a product that is not asked."""
    look = {Asks.ADDRESS: _diagnosed_provider, Asks.ACCOUNTS: diagnose_host, Asks.CALLS: diagnose_client}.get(plan.asks)
    if look is None:
        return ()
    clock = SystemClock()
    client = WireClient(target, clock=clock)
    context = RunContext(
        plan=plan, target=target, client=client, clock=clock, seed=DEFAULT_SEED, depth=find_depth("smoke")
    )
    try:
        return look(context)
    finally:
        context.resources.close()
        client.close()


def _diagnosed_provider(context: RunContext) -> tuple[Diagnosis, ...]:
    return diagnose(context.target, load_standard(context.plan.standard_id), context.client, context.clock)


def refuse_if_blocked(plan: Plan, target: Target) -> None:
    """Look at the settings before the run; at those of a host or a client the run looks by itself, since people may be asked.

    Raises:
        TargetUnreachable: nothing answers.
        Misconfigured: the settings do not fit the target, so nothing can be judged.
    """
    for each in diagnosed(plan, target) if plan.asks is Asks.ADDRESS else ():
        text = f"{each.message} {each.next_step}"
        if each.is_blocking and each.cause in OUT_OF_REACH:
            raise TargetUnreachable(text)
        if each.is_blocking:
            raise Misconfigured(text)


def watched(plan: Plan, target: Target, options: RunOptions, *, quiet: bool) -> RunResult:
    """Run a plan, with progress on standard error when that is a terminal."""
    console = consoles.progress()
    # Whoever is asked to sign in, or to let the product call, must be able to read it.
    signs_in = plan.asks is Asks.ACCOUNTS and target.host.login is Login.INTERACTIVE
    asks_somebody = signs_in or (plan.asks is Asks.CALLS and not target.client.command)
    if quiet or asks_somebody or not console.is_terminal:
        return certify(plan, target, options=options)
    with _progress(console) as bar:
        task = bar.add_task(plan.title, total=None, requests=0, checks="", check="")

        def listen(event: Event) -> None:
            if isinstance(event, CheckStarted):
                done, checks = event.number - 1, f"{event.number - 1}/{event.total} checks"
                bar.update(task, completed=done, total=event.total, checks=checks, check=event.check.name)

        def count(requests: int) -> None:
            bar.update(task, requests=requests)

        return certify(plan, target, options=dataclasses.replace(options, listen=listen, count=count))


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[checks]}", markup=False),
        TextColumn("{task.fields[requests]:,} requests", markup=False),
        TimeElapsedColumn(),
        TextColumn("{task.fields[check]}", style="bright_black", markup=False),
        console=console,
        transient=True,
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
