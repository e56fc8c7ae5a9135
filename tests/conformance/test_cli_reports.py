"""The command line and its files: settings that are written, findings that are replayed, reports that are rendered again."""

from __future__ import annotations

import json
import socket
from typing import TYPE_CHECKING

import pytest

from skillmark.cli.application import run
from skillmark.plans import PLANS, Asks
from skillmark.wire.settings.configuration import load_target
from skillmark_reference.server import RunningServer

from .products import Switched, WithoutTotal, reference, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from skillmark.plans import Plan

PLAN = "case-1.1-provider"
#: One check, so that a run takes a second.
QUICK = ("--level", "smoke", "--only", "pages_carry", "--claims", "pagination")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is written is written to a folder of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def switched() -> Iterator[tuple[Switched, str]]:
    """A product that can be replaced while it runs, broken at first, and its address."""
    product = Switched(WithoutTotal(reference()))
    with RunningServer(product) as server:
        yield product, server.url


def one_line(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> str:
    """Assert that the command ends with an exit code and one line of advice, and return the line."""
    assert code == run(list(arguments))
    printed = capsys.readouterr()
    assert "" == printed.out
    (line,) = printed.err.splitlines()
    assert line.startswith("skillmark: ")
    assert "Traceback" not in line
    return line


def test_init_writes_a_file_that_can_be_used(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The written file loads, an existing one is kept unless it may be replaced."""
    assert 0 == run(["init"])
    assert "skillmark doctor --target target.toml" in capsys.readouterr().out
    assert "https://product.example.org" == load_target(tmp_path / "target.toml", environ={}).url
    (tmp_path / "target.toml").write_text("mine", encoding="utf-8")
    assert "--force" in one_line(capsys, 2, "init")
    assert "mine" == (tmp_path / "target.toml").read_text(encoding="utf-8")
    assert 0 == run(["init", "--force"])
    assert "https://product.example.org" == load_target(tmp_path / "target.toml", environ={}).url


@pytest.mark.parametrize("plan", PLANS.values(), ids=lambda plan: plan.id)
def test_init_writes_what_a_plan_reads(plan: Plan, tmp_path: Path) -> None:
    """The sections of other plans are left out, those of this one and those that all read are there, and the file loads."""
    assert 0 == run(["init", "--plan", plan.id])
    text = (tmp_path / "target.toml").read_text(encoding="utf-8")
    own = {
        Asks.ADDRESS: "known",
        Asks.CREDENTIALS: "issuing",
        Asks.ACCOUNTS: "host.accounts",
        Asks.ANSWERS: "verifier",
    }
    found = {asks for asks, name in own.items() if f"[{name}]" in text}
    assert {plan.asks} - {Asks.CALLS} == found
    assert ("[client]" in text) is (plan.asks in {Asks.ACCOUNTS, Asks.CALLS})
    assert all(f"[{name}]" in text for name in ("product", "target", "http", "http.headers", "attestations"))
    address = "" if plan.asks is Asks.CALLS else "https://product.example.org"
    assert address == load_target(tmp_path / "target.toml", environ={}).url


def test_a_finding_is_replayed(switched: tuple[Switched, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A finding is still failing while the product is broken, fixed when it is not, and open when it cannot be seen."""
    product, url = switched
    assert 1 == run(["test", PLAN, "--url", url, *QUICK])
    capsys.readouterr()
    assert 1 == run(["replay", "F1"])
    text = capsys.readouterr().out
    assert text.startswith("STILL FAILING CASE-R-")
    assert "expected" in text
    assert "curl --include" in text
    product.app = reference()
    assert 0 == run(["replay", "f1"])
    assert capsys.readouterr().out.startswith("FIXED CASE-R-")
    product.app = reference(empty=True)
    assert 3 == run(["replay", "F1"])
    assert capsys.readouterr().out.startswith("CANNOT TELL CASE-R-")
    assert "F1" in one_line(capsys, 2, "replay", "F99")


def test_a_replay_keeps_what_was_claimed(switched: tuple[Switched, str], capsys: pytest.CaptureFixture[str]) -> None:
    """The settings of the report are those of the replay: a claim does not get lost."""
    _, url = switched
    run(["test", PLAN, "--url", url, *QUICK])
    run(["replay", "F1"])
    first = capsys.readouterr().out.partition("STILL FAILING")[2]
    run(["replay", "F1", "--url", url])
    assert first == capsys.readouterr().out.partition("STILL FAILING")[2]


def test_a_replay_asks_for_what_reports_do_not_hold(
    switched: tuple[Switched, str], capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Credentials are not in a report, so a replay that needs them asks for the target file."""
    monkeypatch.setenv("MY_TOKEN", "a-token-of-mine")
    file = written(tmp_path, switched[1], '[authentication]\nmethod = "bearer"\ntoken_env = "MY_TOKEN"\n')
    assert 1 == run(["test", PLAN, "--target", str(file), *QUICK])
    capsys.readouterr()
    assert "--target" in one_line(capsys, 2, "replay", "F1")
    assert 1 == run(["replay", "F1", "--target", str(file)])


def test_a_replay_of_a_product_that_is_gone(switched: tuple[Switched, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A product that no longer answers is told as in a run."""
    run(["test", PLAN, "--url", switched[1], *QUICK])
    capsys.readouterr()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert "unreachable" in one_line(capsys, 4, "replay", "F1", "--url", url)


def test_reports_are_rendered_again(
    switched: tuple[Switched, str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """From results.json, or from its folder, into the same folder or another, to the same bytes."""
    run(["test", PLAN, "--url", switched[1], *QUICK])
    folder = tmp_path / "skillmark-report"
    before = {name: (folder / name).read_bytes() for name in ("report.html", "junit.xml")}
    (folder / "report.html").unlink()
    capsys.readouterr()
    assert 0 == run(["report", str(folder / "results.json")])
    assert [str(folder / name) for name in before] == capsys.readouterr().out.split()
    assert 0 == run(["report", str(folder), "--out", "again"])
    assert before == {name: (folder / name).read_bytes() for name in before}
    assert before == {name: (tmp_path / "again" / name).read_bytes() for name in before}


def test_fixtures_are_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The bundled frameworks come in both versions; a generated one has the size that was asked for."""
    assert 0 == run(["fixtures", "export", "frameworks"])
    assert "frameworks" in capsys.readouterr().out
    old, new = (
        {path.name for path in (tmp_path / "frameworks" / version).iterdir()} for version in ("case-1.0", "case-1.1")
    )
    assert old == new != set()
    assert 0 == run(["fixtures", "generate", "--items", "7", "--out", "seven.json"])
    assert 7 == len(json.loads((tmp_path / "seven.json").read_text(encoding="utf-8"))["CFItems"])


def test_frameworks_are_imported_or_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What is right is imported; what is wrong is listed, with exit code 1, and nothing imported."""
    database = f"sqlite:///{tmp_path / 'case.sqlite'}"
    run(["fixtures", "generate", "--items", "3", "--out", "three.json"])
    assert 0 == run(["import", "three.json", "--database", database])
    assert "Imported 1 framework, " in capsys.readouterr().out
    (tmp_path / "bad.json").write_text('{"CFDocument": {}}', encoding="utf-8")
    assert 1 == run(["import", "bad.json", "--database", database])
    assert "Nothing was imported" in capsys.readouterr().out


def test_subjects_of_the_self_check_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """The names that --only understands are listed, one a line."""
    assert 0 == run(["selfcheck", "--list", "--plan", PLAN])
    names = capsys.readouterr().out.splitlines()
    assert len(names) == len(set(names)) > 100
    assert all(name.startswith(f"{PLAN}/") for name in names)
