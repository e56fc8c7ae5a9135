"""What every verb that runs a plan does: look at the settings, show progress, write the reports, say how it ended."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from skillmark.asking_by_hand import asking_again, is_by_hand
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
from skillmark.suites.case.diagnosis import diagnose as diagnose_provider
from skillmark.suites.diagnoses import Cause, blocking, noted
from skillmark.suites.hosts.client_diagnosis import diagnose as diagnose_client
from skillmark.suites.hosts.diagnosis import diagnose as diagnose_host
from skillmark.wire.client import WireClient
from skillmark.wire.kits.kits import is_made
from skillmark.wire.peers.serving import refuse_unless_served
from skillmark.wire.settings.verifiers import DEFAULT_KIT
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
    """Ask the first questions of a run, and return what was noticed."""
    clock = SystemClock()
    if is_by_hand(plan, target):
        return _of_kit(plan, target, clock)
    target = _with_one_question(target)
    client = WireClient(target, clock=clock)
    context = RunContext(
        plan=plan, target=target, client=client, clock=clock, seed=DEFAULT_SEED, depth=find_depth("smoke")
    )
    try:
        return (*_of_peer(plan, target), *_LOOKS[plan.asks](context))
    finally:
        context.resources.close()
        client.close()


def _of_provider(context: RunContext) -> tuple[Diagnosis, ...]:
    return diagnose_provider(context.target, load_standard(context.plan.standard_id), context.client, context.clock)


def _of_first_question(context: RunContext) -> tuple[Diagnosis, ...]:
    from skillmark.suites.first_questions import diagnose  # noqa: PLC0415 - brings the libraries of signatures

    return diagnose(context)


#: What is looked at, by what a product has to give.
_LOOKS = {
    Asks.ADDRESS: _of_provider,
    Asks.ACCOUNTS: diagnose_host,
    Asks.CALLS: diagnose_client,
    Asks.CREDENTIALS: _of_first_question,
    Asks.ANSWERS: _of_first_question,
}


def _with_one_question(target: Target) -> Target:
    """Return a target of which no more than one credential of each kind is issued."""
    if target.issuing is None:
        return target
    return dataclasses.replace(target, issuing=dataclasses.replace(target.issuing, count=1))


def _of_kit(plan: Plan, target: Target, clock: SystemClock) -> tuple[Diagnosis, ...]:
    """Look at a kit and its answers, and write neither."""
    folder = target.verifier.kit
    if folder is None or not is_made(folder):
        step = f"Write it: skillmark kit --plan {plan.id} --target FILE."
        return (blocking(Cause.SETTINGS, f"There is no kit in {folder or DEFAULT_KIT}.", step),)
    try:
        asking = asking_again(plan, target, seed=DEFAULT_SEED, depth=find_depth("smoke"), clock=clock)
    except Misconfigured as error:
        return (blocking(Cause.SETTINGS, str(error), "Correct [verifier] in the target file."),)
    return (noted(Cause.KIT, asking.note, "A run says what is left open."),)


def _of_peer(plan: Plan, target: Target) -> tuple[Diagnosis, ...]:
    try:
        _refuse_unserved(plan, target)
    except Misconfigured as error:
        return (blocking(Cause.SETTINGS, str(error), "Correct [peer] in the target file."),)
    return ()


def _refuse_unserved(plan: Plan, target: Target) -> None:
    if plan.asks in {Asks.ACCOUNTS, Asks.CALLS, Asks.ANSWERS} and not is_by_hand(plan, target):
        refuse_unless_served(target.peer)


def refuse_if_blocked(plan: Plan, target: Target) -> None:
    """Look at the settings before the run, which looks by itself at all that it asks a product anyway.

    Raises:
        TargetUnreachable: nothing answers.
        Misconfigured: the settings do not fit the target or this machine, so nothing can be judged.
    """
    _refuse_unserved(plan, target)
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
