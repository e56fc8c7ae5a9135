"""The verb ``selfcheck``: is every fault caught, and every persona spared?"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import track

from skillmark.cli import consoles
from skillmark.cli.application import app, examples
from skillmark.cli.options import JsonOption, plan_ids
from skillmark.core.errors import Misconfigured
from skillmark.core.outcomes import ExitCode
from skillmark.plans import PLANS, find_plan
from skillmark.reporting.writing import dumped, refuse_unless_writable, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import FrameType

    from skillmark.faults.selfcheck import Row


@app.command(
    epilog=examples(
        "skillmark selfcheck", "skillmark selfcheck --list", "skillmark selfcheck --only next-link --jobs 1"
    )
)
def selfcheck(
    *,
    only: Annotated[
        str | None, typer.Option("--only", metavar="TEXT", help="Only subjects whose id contains this.")
    ] = None,
    plan: Annotated[
        str | None, typer.Option("--plan", metavar="PLAN", help="Only this plan.", autocompletion=plan_ids)
    ] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the subjects, one a line, and run nothing.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", metavar="N", min=1, help="Processes.")] = os.cpu_count() or 1,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the detection matrix.")] = Path(
        "skillmark-selfcheck"
    ),
    as_json: JsonOption = False,
) -> int:
    """Test the harness against broken and odd products.

    Runs the plans against hundreds of them: every fault has to be caught, every conformant persona spared. Writes the
    detection matrix. Exit code 1 when one was judged wrongly.
    """
    # The faults take as long to load as everything else together, and no other verb needs them.
    from skillmark.cli import matrix  # noqa: PLC0415

    plans = (find_plan(plan).id,) if plan else tuple(PLANS)
    chosen = [subject for subject in matrix.subjects(plans) if only is None or only in subject.id]
    if not chosen:
        raise Misconfigured(f"No subject has {only!r} in its id. `skillmark selfcheck --list` shows them.")
    if listing:
        for subject in chosen:
            consoles.say(subject.id)
        return int(ExitCode.CONFORMANT)
    refuse_unless_writable(out)
    with _ending_with_workers():
        rows = list(_watched(matrix.decide(chosen, jobs=min(jobs, len(chosen))), total=len(chosen)))
    document = [matrix.as_document(row) for row in rows]
    write_atomically(out / "matrix.json", dumped(document))
    write_atomically(out / "matrix.md", matrix.as_markdown(rows))
    if as_json:
        consoles.print_json(document)
    else:
        matrix.summarise(rows, out)
    right = all(row.judgement.is_right and not row.defects for row in rows)
    return int(ExitCode.CONFORMANT if right else ExitCode.NOT_CONFORMANT)


def _watched(rows: Iterable[Row], *, total: int) -> Iterable[Row]:
    console = consoles.progress()
    if not console.is_terminal:
        return rows
    return track(rows, total=total, description="self-check", console=console, transient=True)


@contextlib.contextmanager
def _ending_with_workers() -> Iterator[None]:
    """End the processes of a pool when the user stops it; they would go on with what they were given, and be waited for."""

    def stop(number: int, frame: FrameType | None) -> None:
        for worker in multiprocessing.active_children():
            worker.kill()
        signal.default_int_handler(number, frame)

    before = {each: signal.signal(each, stop) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
