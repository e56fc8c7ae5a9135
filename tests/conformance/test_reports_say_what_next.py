"""Reports tell a vendor why a run is not whole, how the product was asked, and what would decide the rest."""

from __future__ import annotations

import dataclasses
import io
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from skillmark.core.outcomes import Outcome, Verdict
from skillmark.reporting import ReportPaths
from skillmark.reporting.html import report_html
from skillmark.reporting.terminal import print_summary
from skillmark.reporting.view import settings
from skillmark.reporting.wording import meaning

from .made_results import result
from .page import Page

if TYPE_CHECKING:
    from skillmark.core.results import RunResult

REASON = "The run ended early: the secret is refused."


def printed(run: RunResult) -> str:
    """Return what the summary prints away from a terminal."""
    stream, folder = io.StringIO(), Path("reports")
    paths = ReportPaths(results=folder / "results.json", html=folder / "report.html", junit=folder / "junit.xml")
    print_summary(run, Console(file=stream), report_paths=paths)
    return stream.getvalue()


def test_a_partial_run_says_why() -> None:
    """What stopped a run stands beside the word that it is partial, on the terminal and in the report."""
    partial = dataclasses.replace(result(), sampling=(REASON, "Ten filters were drawn."))
    assert f"  Partial: some checks of the plan were not run.\n  {REASON}\n" in printed(partial)
    assert f"only what was decided is shown. {REASON}" in Page(report_html(partial)).text
    whole = dataclasses.replace(partial, partial=False)
    assert REASON not in printed(whole)


def test_a_next_step_is_printed_whole() -> None:
    """A reason of some sentences, whose last one says what to do, is not cut on the terminal."""
    reason = "The product asked for nothing that this run serves. " * 6 + "State public_url under [peer]."
    base = result()
    entries = {
        name: dataclasses.replace(entry, outcome=Outcome.UNTESTED, deciding=True, reason=reason)
        for name, entry in base.requirements.items()
    }
    assert reason in printed(dataclasses.replace(base, requirements=entries, verdict=Verdict.NOT_FULLY_VERIFIED))


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        (Verdict.CONFORMANT, "The one requirement that decides the verdict was tested or attested, and holds."),
        (Verdict.NOT_CONFORMANT, "The one requirement that decides the verdict is broken."),
        (Verdict.NOT_FULLY_VERIFIED, "Nothing required failed, but the one requirement that decides is undecided."),
    ],
)
def test_one_requirement_is_not_spoken_of_as_many(verdict: Verdict, says: str) -> None:
    """A plan in which a single requirement decides is told of in words for one."""
    base = result()
    entries = {
        name: dataclasses.replace(entry, deciding=number == 0)
        for number, (name, entry) in enumerate(base.requirements.items())
    }
    assert says == meaning(dataclasses.replace(base, requirements=entries, verdict=verdict))


def test_a_product_without_an_address() -> None:
    """Of a product that is asked by a program or a person there is no address, and the report says so."""
    text = Page(report_html(dataclasses.replace(result(), target_url=""))).text
    assert "How it was tested says how the product was asked." in text


def test_settings_that_are_not_set_are_left_out() -> None:
    """Of a target file the report shows what was set; that nothing is claimed is a statement, too."""
    section = {"command": [], "kit": "", "seconds": 30.0, "images": False}
    configuration = {"url": "", "ca_file": None, "claims": [], "verifier": section}
    shown = [("claims", "[]"), ("verifier.seconds", "30.0"), ("verifier.images", "false")]
    assert shown == list(settings(configuration))
