"""A rubric as a grid: a row for every criterion, a column for every level."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from skillmark_reference.frameworks.storing import Record


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What a page shows of a rubric."""

    #: Headers of the columns.
    levels: list[str]
    #: The headers are the qualities of the levels, so that no cell has to name its own.
    is_named: bool
    #: Each criterion with its cells; ``None`` where it has no level for a column.
    rows: list[tuple[Record, list[Record | None]]]


def grid_of(rubric: Record) -> Grid:
    """Return the grid of a rubric.

    Levels stand below their quality where the criteria agree on qualities and their order, else one after the other.
    """
    criteria = _ordered(rubric.get("CFRubricCriteria"))
    levels = [_ordered(criterion.get("CFRubricCriterionLevels")) for criterion in criteria]
    names = _common_qualities(levels)
    if names is not None:
        rows = [_below_qualities(mine, names) for mine in levels]
        return Grid(levels=names, is_named=True, rows=list(zip(criteria, rows, strict=True)))
    width = max(map(len, levels), default=0)
    filled = [[*mine, *[None] * (width - len(mine))] for mine in levels]
    numbered = [f"Level {number}" for number in range(1, width + 1)]
    return Grid(levels=numbered, is_named=False, rows=list(zip(criteria, filled, strict=True)))


def _ordered(parts: list[Record] | None) -> list[Record]:
    """Return criteria or levels by their position; those without one come last."""
    return sorted(parts or [], key=lambda part: (part.get("position") is None, part.get("position") or 0))


def _common_qualities(levels: list[list[Record]]) -> list[str] | None:
    """Return the qualities of the longest row if every other row has some of them, in the same order."""
    rows = [[level.get("quality") for level in mine] for mine in levels]
    names = max(rows, key=len, default=[])
    agrees = all(row == [name for name in names if name in row] for row in rows)
    return [str(name) for name in names] if agrees and all(names) and len(set(names)) == len(names) else None


def _below_qualities(levels: list[Record], names: list[str]) -> list[Record | None]:
    by_quality = {level["quality"]: level for level in levels}
    return [by_quality.get(name) for name in names]
