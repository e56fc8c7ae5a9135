"""The detection matrix: what the plans say of products that are broken, odd or empty on purpose."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from skillmark.cli import consoles
from skillmark.faults.selfcheck import Kind, Row, decide, subjects

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["as_document", "as_markdown", "decide", "subjects", "summarise"]

_HEADINGS = {
    Kind.FAULT: "Faults: each has to be caught",
    Kind.PERSONA: "Personas: each has to be spared",
    Kind.NULL: "Null products: each has to be caught",
}


def as_document(row: Row) -> dict[str, Any]:
    """Return a row of the matrix as JSON has it."""
    return {
        "plan": row.subject.plan,
        "kind": row.subject.kind.value,
        "name": row.subject.name,
        "judgement": row.judgement.value,
        "verdict": row.verdict.value if row.verdict else None,
        "expected": list(row.expected),
        "failed": list(row.failed),
        "warned": list(row.warned),
        "requests": row.requests,
        "defects": list(row.defects),
    }


def summarise(rows: list[Row], out: Path) -> None:
    """Print how many subjects were judged rightly, and each that was not."""
    for (kind, judgement), count in sorted(Counter((row.subject.kind, row.judgement) for row in rows).items()):
        consoles.say(f"{kind}: {count} {judgement}")
    for row in rows:
        if not row.judgement.is_right or row.defects:
            accused = ", ".join(row.failed + row.warned) or "nothing"
            consoles.say(f"  {row.judgement.upper()} {row.subject.id}: accused of {accused}")
            for defect in row.defects:
                consoles.say(f"    {defect}")
    consoles.say(f"The detection matrix is in {out / 'matrix.md'}.")


def as_markdown(rows: list[Row]) -> str:
    """Return the matrix as Markdown."""
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
