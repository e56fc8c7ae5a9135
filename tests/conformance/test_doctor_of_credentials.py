"""Products that verify, issue or are looked at: what is wrong with their settings is named before a run, too."""

from __future__ import annotations

import json
import shlex
import socket
import sys
import tomllib
from typing import TYPE_CHECKING, Any

import pytest
import trustme

from skillmark.cli.application import run
from skillmark.plans import PLANS, Asks

from .products import answering, tls_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERIFIER, ISSUER = "vc-verifier", "ob-3.0-issuer"
ASKED = [plan.id for plan in PLANS.values() if plan.asks is not Asks.ADDRESS]
#: A product that says yes to everything, and one that waits for ever.
YES, WAITS = [sys.executable, "-c", ""], [sys.executable, "-c", "import time; time.sleep(600)"]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is written is written to a folder of the test."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def closed() -> Iterator[int]:
    """A port at which nothing listens."""
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


def settings(tmp_path: Path, *lines: str) -> str:
    """Return the name of a target file with these lines."""
    file = tmp_path / "target.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file.name


def told(capsys: pytest.CaptureFixture[str], plan: str, file: str) -> tuple[int, list[dict[str, Any]]]:
    """Return the exit code of the doctor, and what it noticed."""
    code = run(["doctor", "--json", "--plan", plan, "--target", file])
    return code, json.loads(capsys.readouterr().out)


def command(words: list[str]) -> str:
    """Return the line of a target file that names a program."""
    return f"command = {json.dumps(words)}"


@pytest.mark.parametrize(
    ("plan", "lines"),
    [
        (VERIFIER, []),
        ("ob-3.0-displayer", []),
        (ISSUER, ["[issuing]", 'adapter = "vc-api"']),
        ("clr-2.0-host", ["[[host.accounts]]", 'name = "ada"']),
    ],
    ids=["verifier", "displayer", "issuer", "host"],
)
def test_a_closed_port_is_told(
    plan: str, lines: list[str], closed: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the product is, a port at which nothing listens is told with the next step, by the doctor and by a run."""
    file = settings(tmp_path, "[target]", f'url = "https://127.0.0.1:{closed}"', *lines)
    code, found = told(capsys, plan, file)
    assert (4, ["unreachable"]) == (code, [each["cause"] for each in found])
    assert 4 == run(["test", plan, "--target", file])
    assert "Check host and port, and that the product is running." in capsys.readouterr().err


def test_an_unknown_authority_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who certifies itself is told how its authority is named."""
    with answering(
        lambda _path, _headers: (200, {}, b"{}"), tls=tls_of(trustme.CA().issue_cert("localhost", "127.0.0.1"))
    ) as url:
        file = settings(tmp_path, "[target]", f'url = "{url}"')
        code, found = told(capsys, VERIFIER, file)
        assert (4, ["tls"]) == (code, [each["cause"] for each in found])
        assert 4 == run(["test", VERIFIER, "--target", file])
    assert "--ca-file FILE, or ca_file under [target]." in capsys.readouterr().err


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["seconds = 0.2", command(WAITS)], "did not end within 0.2 seconds"),
        ([command(["no-such-program"])], "no-such-program cannot be run"),
    ],
    ids=["waits", "missing"],
)
def test_a_program_that_gives_no_answer(
    lines: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A program that cannot be started, or never ends, is named before a run waits for it a hundred times."""
    code, found = told(capsys, VERIFIER, settings(tmp_path, "[verifier]", 'adapter = "command"', *lines))
    assert (2, ["settings"]) == (code, [each["cause"] for each in found])
    assert message in found[0]["message"]


@pytest.mark.parametrize(
    ("plan", "lines", "message"),
    [
        (
            VERIFIER,
            ["[verifier]", 'adapter = "command"', 'accepted = { pattern = "VALID" }'],
            "'VALID' is not in the answer",
        ),
        ("clr-2.0-displayer", ["[verifier]", 'adapter = "command"', "accepted = { statuses = [9] }"], "exit code 0"),
        (ISSUER, ["[issuing]", 'adapter = "command"'], "Nothing was issued"),
    ],
    ids=["verifier", "displayer", "issuer"],
)
def test_a_first_answer_that_is_no_yes(
    plan: str, lines: list[str], message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Settings under which a healthy credential is not accepted, or nothing issued, are noticed; a run is still possible."""
    code, found = told(capsys, plan, settings(tmp_path, *lines, command(YES)))
    assert (0, ["unexpected answer"]) == (code, [each["cause"] for each in found])
    assert message in found[0]["message"]


def test_a_content_type_that_is_not_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A product that does not take the form of the request is asked wrongly, and accused of nothing."""
    with answering(lambda _path, _headers: (415, {}, b"")) as url:
        file = settings(tmp_path, "[target]", f'url = "{url}"')
        assert 2 == run(["test", VERIFIER, "--target", file])
    assert "Check content_type under [verifier]." in capsys.readouterr().err


def test_a_port_of_the_harness_that_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where the harness cannot serve what it is told to serve, nothing is asked of the product, and nothing reported."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        peer = ["[peer]", f"port = {taken.getsockname()[1]}"]
        file = settings(tmp_path, "[verifier]", 'adapter = "command"', command(YES), *peer)
        code, found = told(capsys, VERIFIER, file)
        assert (2, ["settings"]) == (code, [each["cause"] for each in found])
        assert 2 == run(["test", VERIFIER, "--target", file])
    assert "Check listen, port, certificate, key and authority under [peer]." in capsys.readouterr().err
    assert not (tmp_path / "skillmark-report" / "results.json").exists()


def test_a_kit_that_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The doctor says how a kit is written, and writes none."""
    file = settings(tmp_path, "[verifier]", 'adapter = "manual"', 'kit = "kit"')
    code, found = told(capsys, "ob-3.0-displayer", file)
    assert (2, "Write it: skillmark kit --plan ob-3.0-displayer --target FILE.") == (code, found[0]["next_step"])
    assert not (tmp_path / "kit").exists()


def test_the_next_command_can_be_copied(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What the doctor names next is the run of this plan with these settings."""
    file = settings(tmp_path, "[verifier]", 'adapter = "command"', command(YES))
    assert 0 == run(["doctor", "--plan", VERIFIER, "--target", file])
    named = shlex.join(YES)
    assert f"\u2713 {named} can be tested: skillmark test {VERIFIER} --target {file}\n" == capsys.readouterr().out


@pytest.mark.parametrize("plan", ASKED)
def test_what_follows_settings_of_a_plan(plan: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever writes the settings of a plan is told to have them looked at for that plan."""
    assert 0 == run(["init", "--plan", plan, "mine.toml"])
    assert capsys.readouterr().out.endswith(f"skillmark doctor --plan {plan} --target mine.toml\n")


@pytest.mark.parametrize("plan", PLANS)
def test_the_example_of_a_statement_is_about_the_plan(plan: str, tmp_path: Path) -> None:
    """Who takes the comment from the example of an attestation names a requirement that the plan has."""
    assert 0 == run(["init", "--plan", plan, "mine.toml"])
    shown = (tmp_path / "mine.toml").read_text(encoding="utf-8").partition("\n[attestations]")[2].splitlines()[1]
    (stated,) = tomllib.loads(shown.removeprefix("# "))
    assert stated in {each.id for each in PLANS[plan].requirements}
