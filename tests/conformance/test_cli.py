"""The command line, used as its user would."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest

from skillmark import __version__
from skillmark.catalogue import catalogue_ids, load_catalogue
from skillmark.cli import verbs
from skillmark.cli.application import app, run
from skillmark.core.findings import Held
from skillmark.engine import Check
from skillmark.plans import PLANS
from skillmark.reporting import load_results, results_schema
from skillmark.suites.case import SUITE
from skillmark_reference.server import RunningServer

from .products import Switched, WithoutTotal, reference, written

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAN = "case-1.1-provider"
CLAIMS = "pagination,sorting,filtering,field-selection,rubrics,extensions"
ATTESTED = '[attestations]\n"CASE-R-088" = "With a rate limit it answers 429."\n'
#: One check, so that a run takes a second.
QUICK = ("--level", "smoke", "--only", "pages_carry", "--claims", "pagination")
TOP = [verb.name or verb.callback.__name__ for verb in app.registered_commands]  # type: ignore[union-attr]
GROUPED = [
    ["fixtures", "export"],
    ["fixtures", "generate"],
    ["fixtures", "learners"],
    ["keys", "generate"],
    ["keys", "show"],
]
VERBS = [[name] for name in TOP] + GROUPED


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is written is written to a folder of the test."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of the reference provider, over plain http."""
    with RunningServer(reference()) as server:
        yield server.url


@pytest.fixture
def switched() -> Iterator[tuple[Switched, str]]:
    """A product that can be replaced while it runs, broken at first, and its address."""
    product = Switched(WithoutTotal(reference()))
    with RunningServer(product) as server:
        yield product, server.url


def command(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "skillmark", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
        timeout=120,
    )


def one_line(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> str:
    """Assert that the command ends with an exit code and one line of advice, and return the line."""
    assert code == run(list(arguments))
    printed = capsys.readouterr()
    assert "" == printed.out
    (line,) = printed.err.splitlines()
    assert line.startswith("skillmark: ")
    assert "Traceback" not in line
    return line


# Help


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_every_verb_has_help_with_an_example(verb: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Help says what a verb does, what its options are, and shows a command that can be copied."""
    assert 0 == run([*verb, "--help"])
    text = capsys.readouterr().out
    assert text.startswith(f"Usage: skillmark {' '.join(verb)} ")
    assert re.search(rf"\n  Examples?:\n    (\w+=\w+ )?skillmark {' '.join(verb)}", text)
    assert not re.findall(r"<\w+( \w+)?>", text.replace("<str>", "").replace("<path>", "").replace("<list[Path]>", ""))
    assert run([*verb, "-h"]) == 0
    assert text == capsys.readouterr().out


def test_the_overview_lists_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    """Each verb stands in the overview with a whole sentence, and the exit codes stand below."""
    assert 0 == run(["--help"])
    text = capsys.readouterr().out
    listed = dict(
        re.findall(r"^  ([a-z]+) +(\S.*)$", text.partition("Commands:")[2].partition("Examples:")[0], re.MULTILINE)
    )
    assert {verb[0] for verb in VERBS} == set(listed)
    assert [] == [sentence for sentence in listed.values() if not sentence.endswith(".") or sentence.endswith("...")]
    assert "70 internal error" in text
    assert "--install-completion" in text


def test_verbs_are_registered_in_one_place() -> None:
    """Importing the verbs is all that a command needs."""
    expected = {
        "demonstrating",
        "fetching",
        "fixtures",
        "information",
        "issuing",
        "keys",
        "kits",
        "selfcheck",
        "serving",
        "settings",
        "testing",
        "verifying",
    }
    assert expected == set(verbs.__all__)


@pytest.mark.parametrize("arguments", [[], ["fixtures"], ["keys"]], ids=["skillmark", "fixtures", "keys"])
def test_without_a_verb_help_is_shown(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing asked for is wrong use, and is answered with help."""
    assert 2 == run(arguments)
    assert "Commands:" in capsys.readouterr().out


def test_the_version_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """--version names program and version."""
    assert 0 == run(["--version"])
    assert f"skillmark {__version__}\n" == capsys.readouterr().out


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_shells_can_complete(shell: str) -> None:
    """The completion script of a shell is printed on request, and can be installed."""
    shown = command("--show-completion", shell)
    assert (0, "") == (shown.returncode, shown.stderr)
    assert "skillmark" in shown.stdout


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("skillmark re", {"replay", "report", "requirements"}),
        ("skillmark test case", {"case-1.0-provider", "case-1.1-provider"}),
        ("skillmark test case-1.1-provider --level ", {"smoke", "full", "thorough"}),
        ("skillmark test case-1.1-provider --claims pagination,so", {"pagination,sorting"}),
        ("skillmark explain CASE-R-093", {"CASE-R-093"}),
        ("skillmark schema ", {"case-1.0", "case-1.1"}),
        ("skillmark schema case-1.1 CFRubricCriterionL", {"CFRubricCriterionLevel", "CFRubricCriterionLevelExtension"}),
    ],
)
def test_arguments_are_completed(
    words: str, expected: set[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Verbs, plans, levels, features, requirements, standards and classes are offered."""
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
    monkeypatch.setenv("_SKILLMARK_COMPLETE", "complete_bash")
    with pytest.raises(SystemExit) as ended:
        run([])
    assert (0, expected) == (ended.value.code, set(capsys.readouterr().out.split()))


# Wrong use

WRONG = [
    (["tset"], "Did you mean 'test'?"),
    (["test"], "Missing argument 'PLAN'"),
    (["test", PLAN, "--bogus"], "No such option"),
    (["test", PLAN, "--seed", "many"], "--seed"),
    (["test", "case-9"], "case-1.0-provider, case-1.1-provider"),
    (["test", PLAN], "skillmark init"),
    (["test", PLAN, "--url", "http://127.0.0.1:9", "--target", "t.toml"], "Leave --url out"),
    (["test", PLAN, "--target", "missing.toml"], "skillmark init missing.toml"),
    (["test", PLAN, "--target", "."], "cannot be read"),
    (["test", PLAN, "--url", ""], "no http(s) address"),
    (["test", PLAN, "--url", "http://["], "no http(s) address"),
    (["test", PLAN, "--url", "https://two words.example"], "no http(s) address"),
    (["test", PLAN, "--url", "http://case.example.org"], "--lab"),
    (["test", PLAN, "--url", "https://user:word@case.example.org"], "[authentication]"),
    (["test", PLAN, "--url", "http://127.0.0.1:9", "--level", "deep"], "smoke, full, thorough"),
    (["test", PLAN, "--url", "http://127.0.0.1:9", "--claims", "paging"], "pagination"),
    (["test", PLAN, "--url", "http://127.0.0.1:9", "--only", "nonsense"], "skillmark requirements"),
    (["test", PLAN, "--url", "http://127.0.0.1:9", "--out", "/dev/null/x"], "--out"),
    (["doctor"], "skillmark init"),
    (["doctor", "--url", "https://case.example.org", "--plan", "x"], "case-1.1-provider"),
    (["demo", "--plan", "x"], "case-1.1-provider"),
    (["demo", "--level", "x"], "smoke"),
    (["requirements", "--plan", "x"], "case-1.1-provider"),
    (["requirements", "--catalogue", "x"], "open_badges"),
    (["explain", "CASE-R-999"], "skillmark requirements"),
    (["schema", "case-2.0", "CFItem"], "case-1.0, case-1.1"),
    (["schema", "case-1.1", "CFNothing"], "CFItem"),
    (["replay", "F1"], "skillmark test"),
    (["report", "missing"], "skillmark test"),
    (["init", "/dev/null/x.toml"], "/dev/null/x.toml"),
    (["import", "missing.json", "--database", "sqlite://"], "missing.json"),
    (["import", "{here}", "--database", "nonsense://x"], "--database"),
    (["import", "{here}", "--database", "sqlite:////nowhere/at/all.sqlite"], "--database"),
    (["serve", "--database", "postgresql+psycopg://nobody@127.0.0.1:9/x"], "--database"),
    (["serve", "--port", "70000"], "--port"),
    (["serve", "--certfile", "missing.pem", "--port", "0"], "--certfile"),
    (["serve", "--oauth-client", "me", "--port", "0"], "--oauth-secret-env"),
    (["fixtures", "export", "/dev/null/x"], "/dev/null/x"),
    (["fixtures", "generate", "--items", "0"], "--items"),
    (["fixtures", "generate", "--items", "1", "--version", "2"], "1.0, 1.1"),
    (["fixtures", "generate", "--items", "1", "--out", "/dev/null/x"], "/dev/null/x"),
    (["selfcheck", "--only", "no-such-subject"], "skillmark selfcheck --list"),
]


@pytest.mark.parametrize(
    ("arguments", "advice"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
def test_wrong_use_is_one_line_with_the_next_step(
    arguments: list[str], advice: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Whatever is wrong with a command ends with exit code 2 and one line that says what to do."""
    (tmp_path / "here.json").write_text("{}", encoding="utf-8")
    assert advice in one_line(capsys, 2, *[each.replace("{here}", "here.json") for each in arguments])


def test_a_port_that_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    """A server that cannot listen says so in one line."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        assert "--port" in one_line(capsys, 2, "serve", "--port", str(listener.getsockname()[1]))


@pytest.mark.parametrize(
    ("more", "advice"),
    [
        ('[attestations]\n"CASE-R-8" = "We do."\n', "Did you mean 'CASE-R-"),
        ('[known]\nCFItms = ["a"]\n', "Did you mean 'CFItem"),
        ("[produkt]\n", "Did you mean 'product'"),
    ],
)
def test_mistakes_in_the_target_file(
    more: str, advice: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A name that nothing has, in any table of the target file, is told with the one that was meant."""
    file = written(tmp_path, "http://127.0.0.1:9", more)
    assert advice in one_line(capsys, 2, "test", PLAN, "--target", str(file))


def test_a_damaged_report_is_refused(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Verbs that read a report say when it is none."""
    (tmp_path / "results.json").write_bytes(b"\xff\xfe{")
    assert "not JSON in UTF-8" in one_line(capsys, 2, "report", str(tmp_path))
    assert "not JSON in UTF-8" in one_line(capsys, 2, "replay", "F1", "--from", str(tmp_path))


def test_errors_hold_nothing_that_steers_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """What a user pastes comes back as it can be printed, in one line."""
    line = one_line(capsys, 2, "explain", "CASE\x1b[2J\nR\u202e")
    assert not {"\x1b", "\u202e"} & set(line)


# Exit codes


def test_the_reference_over_tls_is_conformant(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Everything claimed, attested and reached over TLS: exit code 0, and a report in all formats."""
    with RunningServer(reference(), self_signed=True) as server:
        file = written(tmp_path, server.url, ATTESTED)
        arguments = ["test", PLAN, "--target", str(file), "--claims", CLAIMS, "--level", "smoke", "--out", "report"]
        code = run([*arguments, "--ca-file", str(server.ca_file)])
    printed = capsys.readouterr()
    assert (0, "") == (code, printed.err)
    assert printed.out.startswith("\u2713 CONFORMANT  P 1, CASE 1.1 provider\n")
    assert {"results.json", "report.html", "junit.xml"} == {path.name for path in (tmp_path / "report").iterdir()}


def test_plain_http_leaves_the_transport_undecided(
    provider: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Over plain http on this machine a MUST stays open: exit code 3; with --lab it is taken out of the verdict: 0."""
    file = written(tmp_path, provider, ATTESTED)
    arguments = ["test", PLAN, "--target", str(file), "--claims", CLAIMS, "--level", "smoke"]
    assert 3 == run(arguments)
    assert "Give its https address." in capsys.readouterr().out
    assert 0 == run([*arguments, "--lab"])
    assert "Lab run" in capsys.readouterr().out


def test_a_broken_product_is_not_conformant(switched: tuple[Switched, str], capsys: pytest.CaptureFixture[str]) -> None:
    """A product that breaks a MUST: exit code 1, and the summary names requirement, clause, expected, actual, replay."""
    assert 1 == run(["test", PLAN, "--url", switched[1], *QUICK])
    text = capsys.readouterr().out
    assert text.startswith("\u2717 NOT CONFORMANT")
    assert re.search(r"F1 CASE-R-\d+  \S+.*\n     expected .*; actual .*\n     at .*; skillmark replay F1\n", text)


def test_a_product_that_does_not_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """A closed port: exit code 4."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    assert "Check host and port" in one_line(capsys, 4, "test", PLAN, "--url", url)


def _failing_check(_: Any) -> Iterator[Held]:  # noqa: ANN401 - any evidence
    yield Held()
    raise ZeroDivisionError


def test_a_defect_of_ours(
    provider: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A check of ours that crashes counts neither for nor against the product: exit code 70, and a report that says so."""
    check = Check(name="a.crash", title="It crashes.", requirements=("CASE-R-140",), function=_failing_check)
    monkeypatch.setitem(SUITE._checks, "a.crash", check)
    assert 70 == run(["test", PLAN, "--url", provider, "--only", "a.crash", "--level", "smoke"])
    assert "NOT CONFORMANT" not in capsys.readouterr().out
    (result,) = load_results(tmp_path / "skillmark-report").checks
    assert result.defect
    assert "Please report it." in result.reason


def test_a_defect_of_a_verb(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """A verb that crashes says so in one line; where it happened is told to those who ask."""
    monkeypatch.setattr("skillmark.cli.information.PLANS", None)
    line = one_line(capsys, 70, "plans")
    assert "SKILLMARK_DEBUG=1" in line
    assert "report it" in line
    monkeypatch.setenv("SKILLMARK_DEBUG", "1")
    assert 70 == run(["plans"])
    assert "Traceback" in capsys.readouterr().err


# What scripts read


def test_json_is_all_that_is_printed(provider: str, tmp_path: Path) -> None:
    """--json prints results.json and nothing else, and progress is kept away from those who are no terminal."""
    done = command("test", PLAN, "--url", provider, *QUICK, "--json")
    assert (3, "") == (done.returncode, done.stderr)
    assert done.stdout == (tmp_path / "skillmark-report" / "results.json").read_text(encoding="utf-8")
    jsonschema.Draft202012Validator(results_schema()).validate(json.loads(done.stdout))


def test_nothing_is_left_in_the_folder(provider: str, tmp_path: Path) -> None:
    """A run leaves its report, and nothing else, where it was started."""
    command("test", PLAN, "--url", provider, *QUICK)
    assert {"skillmark-report", "cache"} >= {path.name for path in tmp_path.iterdir()}


def test_the_same_seed_sends_the_same_requests(provider: str, tmp_path: Path) -> None:
    """Two runs with one seed ask the same, in the same order; another seed asks for something else."""

    def asked(seed: str, out: str) -> list[str]:
        run(["test", PLAN, "--url", provider, "--level", "smoke", "--only", "pages_part", "--seed", seed, "--out", out])
        return [exchange.url for exchange in load_results(tmp_path / out).exchanges.values()]

    first = asked("1", "a")
    assert first == asked("1", "b")
    assert first != asked("2", "c")


def test_requirements_can_be_processed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each requirement is an object with what a script asks for, and tests wherever one is automated."""
    assert 0 == run(["requirements", "--plan", PLAN, "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert all({"id", "level", "role", "clause", "decided", "tests"} <= set(row) for row in rows)
    assert {"MUST", "SHOULD", "MAY"} >= {row["level"] for row in rows}
    assert {"provider"} == {row["role"] for row in rows}
    assert [] == [row["id"] for row in rows if row["decided"] == "automated" and not row["tests"]]


@pytest.mark.parametrize("name", catalogue_ids())
def test_every_catalogue_can_be_listed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A catalogue lists its requirements in its order, whether a plan decides them or not, and each can be explained."""
    assert 0 == run(["requirements", "--catalogue", name, "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert list(load_catalogue(name).requirements) == [row["id"] for row in rows]
    assert 0 == run(["explain", rows[-1]["id"], "--json"])
    assert rows[-1]["says"] == json.loads(capsys.readouterr().out)["says"]


def test_tables_are_one_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    """Away from a terminal each row is a line, whatever its length, without blanks at its end."""
    assert 0 == run(["requirements", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert 0 == run(["requirements"])
    lines = capsys.readouterr().out.splitlines()
    assert [row["id"] for row in rows] == [line.split()[0] for line in lines[1:]]
    assert lines == [line.rstrip() for line in lines]


def test_plans_can_be_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Plans are listed for people and for scripts."""
    assert 0 == run(["plans", "--json"])
    rows = json.loads(capsys.readouterr().out)
    assert list(PLANS) == [row["id"] for row in rows]
    assert 0 == run(["plans"])
    assert all(str(row["deciding"]) in capsys.readouterr().out for row in rows[:1])


def test_a_dispute_is_explained_where_it_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """An entry that names a dispute by its number says what the documents say, to people and to scripts."""
    assert 0 == run(["explain", "CASE-R-148"])
    assert "D-01: Unknown field in a filter" in capsys.readouterr().out
    assert 0 == run(["explain", "CASE-R-148", "--json"])
    assert ["D-01"] == list(json.loads(capsys.readouterr().out)["disputes"])


@pytest.mark.parametrize("identifier", ["CASE-R-093", "case-r-093"])
def test_a_requirement_is_explained(identifier: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What it says, where, how it is decided, by which tests; in capitals or not."""
    assert 0 == run(["explain", identifier])
    text = capsys.readouterr().out
    for part in ("says", "level", "clause", "decided", "broken by", "tests"):
        assert re.search(rf"^ ?{part} ", text, re.MULTILINE)
    assert 0 == run(["explain", identifier, "--json"])
    assert "CASE-R-093" == json.loads(capsys.readouterr().out)["id"]


def test_brackets_are_no_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """Texts with brackets and colons come out as they are."""
    assert 0 == run(["requirements", "--json"])
    rows = json.loads(capsys.readouterr().out)
    for row in [row for row in rows if "[" in row["says"] or ":" in row["says"]][:3]:
        assert 0 == run(["explain", row["id"]])
        assert row["says"] in capsys.readouterr().out


def test_a_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """The schema of a class is a schema."""
    assert 0 == run(["schema", "case-1.0", "CFPackage"])
    jsonschema.Draft202012Validator.check_schema(json.loads(capsys.readouterr().out))


def test_a_reader_that_goes_away_is_no_verdict(provider: str) -> None:
    """`skillmark ... | head` ends with the code of a closed pipe, neither conformant nor not, and without complaint."""
    ends, mine = os.pipe()
    os.close(ends)
    for arguments in (
        ["requirements"],
        ["fixtures", "generate", "--items", "500"],
        ["test", PLAN, "--url", provider, *QUICK],
    ):
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "skillmark", *arguments],
            stdout=mine,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
        assert (141, b"") == (done.returncode, done.stderr)
    os.close(mine)


@pytest.mark.parametrize("encoding", ["ascii", "latin-1"])
def test_poor_consoles_are_no_trouble(encoding: str, provider: str) -> None:
    """A console that cannot show our signs is given others."""
    done = command("doctor", "--url", provider, PYTHONIOENCODING=encoding)
    assert (0, "") == (done.returncode, done.stderr)
    assert "can be tested" in done.stdout
