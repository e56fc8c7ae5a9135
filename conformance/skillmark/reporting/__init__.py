"""From a result to the reports: ``results.json`` first, everything else rendered from it."""

from skillmark.reporting.document import dumped, from_document, load_results, results_schema, to_document, write_results
from skillmark.reporting.files import FORMATS, ReportPaths, render, write_reports

__all__ = [
    "FORMATS",
    "ReportPaths",
    "dumped",
    "from_document",
    "load_results",
    "render",
    "results_schema",
    "to_document",
    "write_reports",
    "write_results",
]
