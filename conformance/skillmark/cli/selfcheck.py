"""The verb ``selfcheck``: is every fault caught, and every persona spared?"""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.progress import track

from skillmark.cli import consoles
from skillmark.cli.application import app
from skillmark.core.errors import Misconfigured
from skillmark.core.outcomes import ExitCode
from skillmark.faults.selfcheck import Kind, Row, decide, subjects
from skillmark.plans import PLANS, find_plan

if TYPE_CHECKING:
    from collections.abc import Iterable

_HEADINGS = {
    Kind.FAULT: "Faults: has to be caught",
    Kind.PERSONA: "Personas: has to be spared",
    Kind.NULL: "Null products: has to be caught",
}


@app.command(
    epilog="Examples: skillmark selfcheck; skillmark selfcheck --list; skillmark selfcheck --only next-link --jobs 1"
)
def selfcheck(
    *,
    only: Annotated[
        str | None, typer.Option("--only", metavar="TEXT", help="Only subjects whose id contains this.")
    ] = None,
    plan: Annotated[str | None, typer.Option("--plan", help="Only this plan.")] = None,
    listing: Annotated[bool, typer.Option("--list", help="List the subjects, one a line, and run nothing.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", min=1, help="Processes.")] = os.cpu_count() or 1,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the detection matrix.")] = Path(
        "skillmark-selfcheck"
    ),
    as_json: Annotated[bool, typer.Option("--json", help="Print the matrix as JSON.")] = False,
) -> int:
    """Run the plans against hundreds of broken, odd and empty products, and write the detection matrix."""
    plans = (find_plan(plan).id,) if plan else tuple(PLANS)
    chosen = [subject for subject in subjects(plans) if only is None or only in subject.id]
    if not chosen:
        raise Misconfigured(f"No subject has {only!r} in its id. `skillmark selfcheck --list` shows them.")
    if listing:
        for subject in chosen:
            consoles.output().print(subject.id, markup=False)
        return int(ExitCode.CONFORMANT)
    rows = list(_watched(decide(chosen, jobs=min(jobs, len(chosen))), total=len(chosen)))
    out.mkdir(parents=True, exist_ok=True)
    (out / "matrix.json").write_text(json.dumps([_document(row) for row in rows], indent=2) + "\n", encoding="utf-8")
    (out / "matrix.md").write_text(_markdown(rows), encoding="utf-8")
    if as_json:
        consoles.print_json([_document(row) for row in rows])
    else:
        _summarise(rows, out)
    right = all(row.judgement.is_right and not row.defects for row in rows)
    return int(ExitCode.CONFORMANT if right else ExitCode.NOT_CONFORMANT)


def _watched(rows: Iterable[Row], *, total: int) -> Iterable[Row]:
    console = consoles.progress()
    if not console.is_terminal:
        return rows
    return track(rows, total=total, description="self-check", console=console, transient=True)


def _document(row: Row) -> dict[str, Any]:
    return {
        "plan": row.subject.plan,
        "kind": row.subject.kind.value,
        "name": row.subject.name,
        "judgement": row.judgement.value,
        "verdict": row.verdict.value,
        "expected": list(row.expected),
        "failed": list(row.failed),
        "warned": list(row.warned),
        "requests": row.requests,
        "defects": list(row.defects),
    }


def _summarise(rows: list[Row], out: Path) -> None:
    console = consoles.output()
    for (kind, judgement), count in sorted(Counter((row.subject.kind, row.judgement) for row in rows).items()):
        console.print(f"{kind}: {count} {judgement}", markup=False)
    for row in rows:
        if not row.judgement.is_right or row.defects:
            accused = ", ".join(row.failed + row.warned) or "nothing"
            console.print(f"  {row.judgement.upper()} {row.subject.id}: accused of {accused}", markup=False)
            for defect in row.defects:
                console.print(f"    {defect}", markup=False)
    console.print(f"The detection matrix is in {out / 'matrix.md'}.", markup=False)


def _markdown(rows: list[Row]) -> str:
    lines = ["# Detection matrix", "", "What the plans say of products that are broken, odd or empty on purpose.", ""]
    for kind in Kind:
        mine = [row for row in rows if row.subject.kind is kind]
        if not mine:
            continue
        right = sum(row.judgement.is_right for row in mine)
        lines += [f"## {_HEADINGS[kind]} ({right} of {len(mine)})", ""]
        lines += ["| plan | name | judgement | expected | failed | warned |", "|---|---|---|---|---|---|"]
        lines += [_line(row) for row in mine]
        lines.append("")
    return "\n".join(lines)


def _line(row: Row) -> str:
    mark = "" if row.judgement.is_right else "**"
    cells = (
        row.subject.plan,
        row.subject.name,
        f"{mark}{row.judgement.value}{mark}",
        ", ".join(row.expected),
        ", ".join(row.failed),
        ", ".join(row.warned),
    )
    return "| " + " | ".join(cells) + " |"
