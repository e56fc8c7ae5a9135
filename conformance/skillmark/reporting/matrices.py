"""What was refused and accepted of what is wrong, as ``results.json`` holds it and as people are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark.core.outcomes import Outcome
from skillmark.core.results import Cell, Matrix, MatrixRow

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: The outcome whose sign and colour a cell shares.
OUTCOMES = {
    Cell.REFUSED: Outcome.PASSED,
    Cell.ACCEPTED: Outcome.FAILED,
    Cell.TOLD: Outcome.PASSED,
    Cell.UNCLEAR: Outcome.CANNOT_TELL,
    Cell.UNTESTED: Outcome.UNTESTED,
}
#: What each cell means, for the legend.
MEANINGS = {
    Cell.REFUSED: "it was refused, and the same without the fault was accepted",
    Cell.ACCEPTED: "it was accepted",
    Cell.TOLD: "it was accepted, which the texts leave open, and the answer says more than to the same without the fault",
    Cell.UNCLEAR: "the answer was neither yes nor no",
    Cell.UNTESTED: "the same without the fault was not accepted, or no answer came",
}


def to_matrix(matrix: Matrix) -> dict[str, Any]:
    """Return what ``results.json`` holds of a matrix."""
    return {"columns": list(matrix.columns), "rows": [_to_row(row) for row in matrix.rows]}


def from_matrix(document: Mapping[str, Any] | None) -> Matrix | None:
    """Return the matrix that a document holds; results of other plans, and older ones, have none.

    Raises:
        KeyError: A member is missing.
        ValueError: A cell is none.
    """
    if document is None:
        return None
    return Matrix(columns=tuple(document["columns"]), rows=tuple(_read_row(row) for row in document["rows"]))


def holes(matrix: Matrix | None) -> Iterator[tuple[MatrixRow, tuple[str, ...]]]:
    """Yield each fault by which whoever accepts it can be deceived, with the columns in which it was accepted."""
    for row in matrix.rows if matrix else ():
        columns = tuple(column for column, cell in row.cells.items() if cell is Cell.ACCEPTED)
        if row.is_hole and columns:
            yield row, columns


def named(row: MatrixRow, columns: tuple[str, ...]) -> str:
    """Return columns for people: all of them together where there are several."""
    return "every format" if len(columns) == len(row.cells) > 1 else ", ".join(columns)


def by_area(matrix: Matrix) -> Mapping[str, tuple[MatrixRow, ...]]:
    """Return the rows by the area of their checks."""
    found: dict[str, tuple[MatrixRow, ...]] = {}
    for row in matrix.rows:
        area = row.check.partition(".")[0]
        found[area] = (*found.get(area, ()), row)
    return found


def word(row: MatrixRow, cell: Cell) -> str:
    """Return how a cell is named."""
    return "security hole" if row.is_hole and cell is Cell.ACCEPTED else cell.value


def _to_row(row: MatrixRow) -> dict[str, Any]:
    cells = {column: cell.value for column, cell in row.cells.items()}
    return {"check": row.check, "says": row.says, "is_hole": row.is_hole, "cells": cells}


def _read_row(row: Mapping[str, Any]) -> MatrixRow:
    cells = {column: Cell(cell) for column, cell in row["cells"].items()}
    return MatrixRow(check=row["check"], says=row["says"], is_hole=row["is_hole"], cells=cells)
