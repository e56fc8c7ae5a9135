"""From a result to the reports: ``results.json`` first, everything else rendered from it."""

from skillmark.reporting.document import from_document, load_results, results_schema, to_document, write_results
from skillmark.reporting.files import FORMATS, ReportPaths, render, write_reports
from skillmark.reporting.writing import dumped, refuse_unless_writable

__all__ = [
    "FORMATS",
    "ReportPaths",
    "dumped",
    "from_document",
    "load_results",
    "refuse_unless_writable",
    "render",
    "results_schema",
    "to_document",
    "write_reports",
    "write_results",
]
