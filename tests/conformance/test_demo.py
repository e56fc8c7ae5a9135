"""The demo: every plan against the part of the reference that it is about, from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from skillmark.cli.application import run
from skillmark.core.outcomes import Outcome, Verdict
from skillmark.reporting import load_results

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "plan",
    ["ob-3.0-issuer", "ob-3.0-displayer", "vc-verifier", "clr-2.0-verifier", "clr-2.0-host", "ob-3.0-client"],
)
def test_the_reference_passes_its_plans(plan: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run against the reference over TLS is conformant, with a report in which nothing failed, and no place of this machine."""
    out = tmp_path / "report"
    assert 0 == run(["demo", "--plan", plan, "--level", "smoke", "--out", str(out), "--quiet"])
    result = load_results(out)
    assert Verdict.CONFORMANT is result.verdict
    assert [] == [each for each in result.findings if each.outcome is Outcome.FAILED]
    assert result.product.name.startswith("Skillmark reference ")
    assert "skillmark-demo-" not in (out / "results.json").read_text(encoding="utf-8")
    assert "" == capsys.readouterr().err
