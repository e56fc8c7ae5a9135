"""The files of a report, and writing them into a folder."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured
from skillmark.reporting.document import write_results
from skillmark.reporting.html import report_html
from skillmark.reporting.junit import report_junit
from skillmark.reporting.writing import write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from skillmark.core.results import RunResult

#: What can be rendered from a result: the name of the format, its file, and how it is made.
_RENDERERS = {"html": ("report.html", report_html), "junit": ("junit.xml", report_junit)}
FORMATS = tuple(_RENDERERS)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ReportPaths:
    """Where the files of a report are."""

    results: Path
    html: Path
    junit: Path


def write_reports(result: RunResult, folder: Path) -> ReportPaths:
    """Write ``results.json`` and everything that is rendered from it.

    Raises:
        Misconfigured: the folder cannot be written to.
    """
    # The source comes first: should a rendering fail, it can be made again from it.
    results = write_results(result, folder)
    html, junit = render(result, folder)
    return ReportPaths(results=results, html=html, junit=junit)


def render(result: RunResult, folder: Path, *, formats: Iterable[str] = FORMATS) -> tuple[Path, ...]:
    """Render a result in some formats into a folder and return the files, in the order of the formats.

    Raises:
        Misconfigured: a format is unknown, or the folder cannot be written to.
    """
    wanted = tuple(formats)
    if unknown := [name for name in wanted if name not in _RENDERERS]:
        raise Misconfigured(f"There is no report format {unknown[0]!r}. Formats: {', '.join(FORMATS)}.")
    return tuple(
        write_atomically(folder / name, renderer(result)) for name, renderer in (_RENDERERS[each] for each in wanted)
    )
