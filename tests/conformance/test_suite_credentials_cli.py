"""The plans of issuers from the command line: reports, replay, and what is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from skillmark.cli.application import run
from skillmark.faults.credentials import healthy, securing

if TYPE_CHECKING:
    from pathlib import Path

PLAN = "ob-3.0-issuer"
TIME = ["--at", "2026-06-15T12:00:00Z", "--offline"]


def handed_in(folder: Path, badge: healthy.Record) -> str:
    """Write a badge with its proof, and return the folder."""
    place = folder / "made"
    place.mkdir(exist_ok=True)
    (place / "badge.json").write_bytes(securing.written(securing.whole(badge)))
    return str(place)


def without_a_name() -> healthy.Record:
    """Return a badge whose achievement has no name."""
    badge = healthy.minimal()
    del badge["credentialSubject"]["achievement"]["name"]
    return badge


def test_a_folder_is_judged(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A healthy badge: nothing failed, and what is left to attest is named."""
    out = tmp_path / "report"
    assert 3 == run(["test", PLAN, "--credential", handed_in(tmp_path, healthy.minimal()), *TIME, "--out", str(out)])
    assert "OB30-R-220" in capsys.readouterr().out
    assert {"report.html", "results.json", "junit.xml"} <= {each.name for each in out.iterdir()}


def test_a_target_file_may_attest_the_rest(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the statement of the vendor the issuer is conformant."""
    target = tmp_path / "target.toml"
    target.write_text(
        f"""[product]
name = "P"
version = "1"
vendor = "V"
[credentials]
sources = ["{handed_in(tmp_path, healthy.minimal())}"]
at = 2026-06-15T12:00:00Z
offline = true
[attestations]
"OB30-R-149" = "No profile is followed."
"OB30-R-220" = "Recipients get a mail."
""",
        encoding="utf-8",
    )
    assert 0 == run(["test", PLAN, "--target", str(target), "--out", str(tmp_path / "report")])
    assert "CONFORMANT" in capsys.readouterr().out


def test_a_finding_is_in_the_report_with_the_command_for_it(tmp_path: Path) -> None:
    """The page shows what was handed in, and how to look at it again."""
    out = tmp_path / "report"
    assert 1 == run(["test", PLAN, "--credential", handed_in(tmp_path, without_a_name()), *TIME, "--out", str(out)])
    page = (out / "report.html").read_text(encoding="utf-8")
    for text in ("OB30-R-003", "skillmark verify ", "/credentialSubject/achievement", "Joins steel."):
        assert text in page
    assert 0 == run(["report", str(out), "--out", str(tmp_path / "again")])
    assert page == (tmp_path / "again" / "report.html").read_text(encoding="utf-8")


def test_a_finding_can_be_replayed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Still failing as long as the file is what it was, and fixed when it was issued anew."""
    out = tmp_path / "report"
    run(["test", PLAN, "--credential", handed_in(tmp_path, without_a_name()), *TIME, "--out", str(out)])
    document = json.loads((out / "results.json").read_text(encoding="utf-8"))
    name = next(each["id"] for each in document["findings"] if each["requirement"] == "OB30-R-003")
    capsys.readouterr()
    assert 1 == run(["replay", name, "--from", str(out)])
    told = capsys.readouterr().out
    assert "STILL FAILING OB30-R-003" in told
    assert "skillmark verify " in told
    handed_in(tmp_path, healthy.minimal())
    assert 0 == run(["replay", name, "--from", str(out)])
    assert "FIXED OB30-R-003" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("plan", "message"), [("clr-2.0-issuer", "Try ob-3.0-issuer"), (PLAN, "There are no files in the folder")]
)
def test_what_cannot_be_judged_is_refused(
    plan: str, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Badges under the plan of records, and an empty folder, are wrong settings."""
    empty = tmp_path / "empty"
    empty.mkdir()
    source = handed_in(tmp_path, healthy.minimal()) if plan != PLAN else str(empty)
    assert 2 == run(["test", plan, "--credential", source, *TIME, "--out", str(tmp_path / "report")])
    assert message in capsys.readouterr().err


def test_the_self_check_has_the_issuers(capsys: pytest.CaptureFixture[str]) -> None:
    """Faults, personas and null products of issuers are listed under their plans."""
    assert 0 == run(["selfcheck", "--list", "--plan", "clr-2.0-issuer"])
    lines = capsys.readouterr().out.splitlines()
    assert {"clr-2.0-issuer/fault/member-without-proof", "clr-2.0-issuer/null-product/pages"} <= set(lines)
