"""Asking by hand: kits are written, worked through and read again."""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import ssl
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import jsonschema
import pytest
from tests.conformance.kit_people import NOW, StandingClock, looked_at, said_of, target_by_hand

from skillmark.asking_by_hand import write_kit
from skillmark.core.errors import Misconfigured
from skillmark.core.outcomes import Outcome, Verdict
from skillmark.core.target import Adapter
from skillmark.engine import find_depth
from skillmark.plans import find_plan
from skillmark.reporting import from_document, results_schema, to_document
from skillmark.runs import RunOptions, certify
from skillmark.wire.kits.kits import KIT, asking_by_hand, is_made, prepare, read_kit
from skillmark.wire.settings.configuration import describe, load_target, target_as_described
from skillmark_reference.credentials.baking import UnusableImage
from skillmark_reference.securing.integrity.contexts import CREDENTIALS_V1

if TYPE_CHECKING:
    from skillmark.core.results import RunResult
    from skillmark.wire.kits.kits import Kit

PLAN = find_plan("ob-3.0-displayer")
SKILLMARK = str(Path(sys.executable).with_name("skillmark"))


def made(folder: Path, plan: str = PLAN.id) -> Kit:
    """Write a kit."""
    target = target_by_hand(folder)
    return write_kit(find_plan(plan), target, seed=7, depth=find_depth("smoke"), clock=StandingClock())


def run(folder: Path, answers: Path | None = None, plan: str = PLAN.id) -> RunResult:
    """Run a plan with a kit."""
    return certify(find_plan(plan), target_by_hand(folder, answers), options=RunOptions(seed=1), clock=StandingClock())


@pytest.fixture(scope="module")
def kit(tmp_path_factory: pytest.TempPathFactory) -> Kit:
    """Return a kit that nobody changes."""
    return made(tmp_path_factory.mktemp("kits") / "kit")


@pytest.fixture(scope="module")
def said(kit: Kit) -> dict[str, Any]:
    """Return what is said of a good product."""
    return said_of(kit.folder)


def answered(folder: Path, said: dict[str, Any], **changes: Any) -> Path:  # noqa: ANN401 - any JSON
    """Write answers, some of them changed."""
    path = folder / "answers.json"
    path.write_text(json.dumps(said | {"answers": said["answers"] | changes}), encoding="utf-8")
    return path


def number_of(kit: Kit, said: dict[str, Any], status: str, *, old: bool = False) -> str:
    """Return the number of a badge that is to be shown with a status."""
    return next(
        each.number
        for each in kit.questions
        if each.display
        and said["answers"][each.number]["status"] == status
        and each.file.endswith("json")
        and (CREDENTIALS_V1 in (kit.folder / each.file).read_text()) is old
    )


# Writing


def test_a_kit_is_complete(kit: Kit) -> None:
    """It has numbered files of every form, a list of them with their digests, a page, and what the records point to."""
    assert {"json", "jwt", "png", "svg"} == {each.file.rpartition(".")[2] for each in kit.questions}
    assert [f"{number:03}" for number in range(1, len(kit.questions) + 1)] == [each.number for each in kit.questions]
    assert len(kit.questions) == len({each.digest for each in kit.questions})
    written = {each.name for each in kit.folder.iterdir()}
    assert {KIT, "checklist.html", "served", *(each.file for each in kit.questions)} == written
    assert ("ob-3.0-displayer", NOW, 7, "smoke") == (
        kit.making.plan,
        kit.making.at,
        kit.making.seed,
        kit.making.level,
    )
    assert {"OB30-R-230", "OB30-R-232", "OB30-R-255", "served"} == {each.requirement for each in kit.statements}
    assert 8 == sum(each.display is not None for each in kit.questions)
    assert kit.documents


def test_a_kit_is_the_same_when_it_is_made_again(kit: Kit, tmp_path: Path) -> None:
    """The same time and seed make the same files, so that a later run knows them."""
    again = made(tmp_path / "again")
    assert kit.digest == again.digest
    assert [each.digest for each in kit.questions] == [each.digest for each in again.questions]


def test_other_folders_are_left_alone(kit: Kit, tmp_path: Path) -> None:
    """What is in a folder already is not written over, unless it is a kit and that is wanted."""
    mine = tmp_path / "letter.txt"
    mine.write_text("dear", encoding="utf-8")
    with pytest.raises(Misconfigured, match=r"has letter.txt in it"):
        made(tmp_path)
    assert "dear" == mine.read_text(encoding="utf-8")
    with pytest.raises(Misconfigured, match="a kit already"):
        made(kit.folder)


def test_a_kit_that_was_not_finished_is_written_anew(tmp_path: Path) -> None:
    """What an interrupted run left is no kit, and does not stand in the way of the next one."""
    folder = tmp_path / "kit"
    with pytest.raises(Misconfigured, match="There is no kit in"):
        asking_by_hand(target_by_hand(folder).verifier)
    prepare(folder)
    (folder / "001.json").write_text("{}", encoding="utf-8")
    assert not is_made(folder)
    assert is_made(made(folder).folder)
    assert "{}" != (folder / "001.json").read_text(encoding="utf-8")


# The first run


def test_the_first_run_writes_the_kit_and_decides_nothing(tmp_path: Path) -> None:
    """Nothing is answered yet: no requirement is decided, nothing is found, and it is told what to do next."""
    result = run(tmp_path / "kit")
    assert (tmp_path / "kit" / "checklist.html").is_file()
    assert (Verdict.NOT_FULLY_VERIFIED, ()) == (result.verdict, result.findings)
    assert {Outcome.CANNOT_TELL, Outcome.UNTESTED} >= {check.outcome for check in result.checks}
    assert not any(check.defect for check in result.checks)
    assert f"0 of the {len(read_kit(tmp_path / 'kit').questions)} files in kit are answered" in result.sampling[-1]
    assert any("answers =" in check.reason and "checklist.html" in check.reason for check in result.checks)
    jsonschema.validate(to_document(result), results_schema())
    assert result.exchanges == from_document(to_document(result)).exchanges


# The second run


def test_answers_become_verdicts_and_attestations(kit: Kit, said: dict[str, Any], tmp_path: Path) -> None:
    """With the answers of a good product the plan is conformant, and what is shown is attested by who looked, and when."""
    result = run(kit.folder, answered(tmp_path, said))
    assert [] == list(result.findings)
    assert [] == [check.reason for check in result.checks if check.outcome is not Outcome.PASSED]
    assert Verdict.CONFORMANT is result.verdict
    for name in ("OB30-R-229", "OB30-R-230", "OB30-R-231", "OB30-R-232", "OB30-R-255"):
        assert "stated by Ada on 2026-06-02" in result.requirements[name].reason
    assert "served" not in result.attestations
    assert {"SHOW"} == {each.method for each in result.exchanges.values()}
    assert (7, "smoke") == (result.seed, result.depth)


def test_answers_can_be_written_by_hand(kit: Kit, said: dict[str, Any], tmp_path: Path) -> None:
    """A few lines of TOML are enough; what they leave out cannot be told."""
    path = tmp_path / "answers.toml"
    rows = "\n".join(f'{number} = "{each["answer"]}"' for number, each in said["answers"].items())
    stated = "\n".join(f'{name} = "yes"' for name in said["statements"])
    text = f'by = "Ada"\non = 2026-06-02\n[answers]\n{rows}\n[statements]\n{stated}\n'
    path.write_text(text, encoding="utf-8")
    result = run(kit.folder, path)
    assert [] == list(result.findings)
    assert Verdict.NOT_FULLY_VERIFIED is result.verdict
    undecided = {check.name for check in result.checks if check.outcome is not Outcome.PASSED}
    assert {"shown.of_model_2", "shown.of_model_1"} == undecided
    assert {"OB30-R-230", "OB30-R-232", "OB30-R-255"} == set(result.attestations)


@pytest.mark.parametrize(
    ("status", "old", "change", "requirement", "told"),
    [
        ("expired", False, {"answer": "accepted"}, "OB30-R-229", "it was accepted"),
        ("revoked", False, {"answer": "accepted"}, "OB30-R-229", "it was accepted"),
        ("valid", False, {"answer": "not-imported"}, "OB30-R-234", "ticked as not-imported by Ada"),
        ("valid", True, {"answer": "refused"}, "OB30-R-231", "ticked as refused by Ada"),
        ("expired", True, {"status": "valid"}, "OB30-R-231", "shown is: valid"),
        ("valid", False, {"status": "none"}, "OB30-R-229", "shown is: none"),
        ("valid", False, {"shown": ["name"], "missing": ["description"]}, "OB30-R-229", "missing or different"),
    ],
)
def test_what_a_person_ticks_as_wrong_is_found(
    kit: Kit,
    said: dict[str, Any],
    tmp_path: Path,
    *,
    status: str,
    old: bool,
    change: dict[str, Any],
    requirement: str,
    told: str,
) -> None:
    """One answer that is not as it should be fails the requirement that it is about, whatever else is attested."""
    number = number_of(kit, said, status, old=old)
    row = said["answers"][number] | change
    if "missing" in change:
        shown = [each for each in said["answers"][number]["shown"] if each not in change["missing"]]
        row |= {"shown": shown}
    result = run(kit.folder, answered(tmp_path, said, **{number: row}))
    mine = [each for each in result.findings if each.finding.requirement == requirement]
    assert any(told in each.finding.actual and f"k{number}" in each.finding.evidence for each in mine)
    assert Outcome.FAILED is result.requirements[requirement].outcome


def test_a_statement_of_no_fails(kit: Kit, said: dict[str, Any], tmp_path: Path) -> None:
    """Who states that viewers cannot start the verification has not attested the contrary."""
    path = answered(tmp_path, said | {"statements": said["statements"] | {"OB30-R-230": "no"}})
    result = run(kit.folder, path)
    assert Outcome.FAILED is result.requirements["OB30-R-230"].outcome
    assert "OB30-R-230" not in result.attestations


def test_lists_that_nobody_served_accuse_nobody(kit: Kit, said: dict[str, Any], tmp_path: Path) -> None:
    """Where the product could not fetch the lists, what it says of revoked badges cannot be told."""
    number = number_of(kit, said, "revoked")
    said = said | {"statements": said["statements"] | {"served": "no"}}
    row = said["answers"][number] | {"answer": "accepted"}
    result = run(kit.folder, answered(tmp_path, said, **{number: row}))
    assert [] == list(result.findings)
    assert any("kit --serve" in check.reason for check in result.checks)


def test_a_person_is_asked_once(kit: Kit, said: dict[str, Any], tmp_path: Path) -> None:
    """What was ticked is no answer to the same question a second time: nothing is said of it."""
    reader = asking_by_hand(target_by_hand(kit.folder, answered(tmp_path, said)).verifier)
    text = (kit.folder / "001.json").read_text(encoding="utf-8")
    first, again = reader.ask(text), reader.ask(text)
    assert ("accepted", "neither accepted nor refused") == (first.verdict.value, again.verdict.value)
    assert reader.exchanges[first.exchange].trouble is None
    assert reader.exchanges[again.exchange].trouble is not None


def test_other_settings_are_another_kit(kit: Kit, said: dict[str, Any], tmp_path: Path) -> None:
    """Questions that the kit does not hold are not answered by it, and nobody is accused."""
    target = target_by_hand(kit.folder, answered(tmp_path, said), formats=("vc-jwt-ES256",))
    result = certify(PLAN, target, clock=StandingClock())
    assert [] == list(result.findings)
    assert any("the kit does not hold this question" in check.reason for check in result.checks)


def test_any_plan_that_asks_has_kits(tmp_path: Path) -> None:
    """Records have their kit as well, and one of them is not taken for that of another plan."""
    records = made(tmp_path / "kit", "clr-2.0-displayer")
    said = said_of(records.folder)
    result = run(records.folder, answered(tmp_path, said), "clr-2.0-displayer")
    assert [] == list(result.findings)
    assert [] == [check.reason for check in result.checks if check.outcome is not Outcome.PASSED]
    with pytest.raises(Misconfigured, match=r"is one for clr-2\.0-displayer"):
        run(records.folder)


def test_verifiers_have_kits(tmp_path: Path) -> None:
    """Everything that is asked of a verifier is in its kit, what is wrong too; without answers nobody is accused."""
    plan = find_plan("vc-verifier")
    target = target_by_hand(tmp_path / "kit", formats=("eddsa-rdfc-2022",), kinds=("AchievementCredential",))
    smoke = RunOptions(depth=find_depth("smoke"))
    result = certify(plan, target, options=smoke, clock=StandingClock())
    assert [] == list(result.findings)
    assert not any(check.defect for check in result.checks)
    verdicts = [is_valid(read_kit(tmp_path / "kit"), each.file) for each in read_kit(tmp_path / "kit").questions]
    assert {True, False} == set(verdicts)
    assert 60 < len(verdicts)


def is_valid(kit: Kit, name: str) -> bool:
    """Tell whether the verifier of the reference accepts a file of a kit."""
    try:
        return looked_at(kit, name).valid
    except UnusableImage:
        return False


# What does not fit


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"kit": "0" * 64}, "another kit"),
        ({"answers": {"999": "accepted"}}, "no file of the kit '999'"),
        ({"answers": {"001": "good"}}, "one of accepted, refused, not-imported"),
        ({"answers": {"001": {"verdict": "accepted"}}}, "no key in the answer to 001 called 'verdict'"),
        ({"answers": {"001": 7}}, "a word or a table"),
        ({"answers": {"001": {"status": "gone"}}}, "one of valid, expired"),
        ({"answers": {"001": {"notes": 7}}}, "is text"),
        ({"answers": []}, "are tables"),
        ({"statements": {"OB30-R-001": "yes"}}, "no statement in the kit about 'OB30-R-001'"),
        ({"statements": {"OB30-R-230": True}}, "is yes or no"),
        ({"by": ""}, "say who looked"),
        ({"extra": 1}, "no key 'extra'"),
    ],
)
def test_answers_that_do_not_fit_are_told(
    kit: Kit, said: dict[str, Any], tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    """Answers about another kit, or with other words, are refused with what is expected."""
    path = tmp_path / "answers.json"
    path.write_text(json.dumps(said | change), encoding="utf-8")
    with pytest.raises(Misconfigured, match=message):
        run(kit.folder, path)


@pytest.mark.parametrize(("name", "text"), [("answers.json", "[1]"), ("answers.json", "{"), ("answers.toml", "by = ")])
def test_answers_that_cannot_be_read_are_told(kit: Kit, tmp_path: Path, name: str, text: str) -> None:
    """What is no JSON or TOML, or something else in it, is the user's to correct."""
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Misconfigured, match=name):
        run(kit.folder, path)
    with pytest.raises(Misconfigured, match="There are no answers at"):
        run(kit.folder, tmp_path / "missing.json")


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda folder: (folder / "001.json").write_text("{}"), "was changed since"),
        (lambda folder: (folder / "001.json").unlink(), "is missing"),
        (lambda folder: (folder / KIT).write_text("{}"), "is damaged"),
        (
            lambda folder: (folder / KIT).write_text((folder / KIT).read_text().replace("001.json", "../x")),
            "is damaged",
        ),
    ],
    ids=["changed", "missing", "empty", "outside"],
)
def test_damaged_kits_are_told(tmp_path: Path, spoil: Any, message: str) -> None:  # noqa: ANN401 - a function
    """A kit is used as it was made, or not at all, and never reads a file outside of it."""
    folder = made(tmp_path / "kit").folder
    spoil(folder)
    with pytest.raises(Misconfigured, match=message):
        read_kit(folder)


# Settings and the command line


def test_settings_name_the_kit(tmp_path: Path) -> None:
    """Kit and answers are beside the target file, the kit has a name if none is given, and reports show both names."""
    path = tmp_path / "target.toml"
    path.write_text('[verifier]\nadapter = "manual"\nanswers = "mine.json"\nimages = true\n', encoding="utf-8")
    found = load_target(path, environ={})
    assert (Adapter.MANUAL, True) == (found.verifier.adapter, found.verifier.images)
    assert (tmp_path / "skillmark-kit", tmp_path / "mine.json") == (found.verifier.kit, found.verifier.answers)
    again = target_as_described(describe(found), ca_file=None, is_complete=True).verifier
    assert (Path("skillmark-kit"), Path("mine.json")) == (again.kit, again.answers)


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ('adapter = "http"\nkit = "kit"', "goes with adapter"),
        ("images = true", "the VC API takes JSON only"),
        ('adapter = "command"\ncommand = ["x"]\nimages = 1', "true or false"),
        ('adapter = "manual"\nkit = 1', "a string"),
    ],
)
def test_wrong_settings_are_told(lines: str, message: str, tmp_path: Path) -> None:
    """What does not go together is refused with what does."""
    path = tmp_path / "target.toml"
    path.write_text(f'[target]\nurl = "https://product.example"\n[verifier]\n{lines}\n', encoding="utf-8")
    with pytest.raises(Misconfigured, match=message):
        load_target(path, environ={})


def test_the_command_line_writes_runs_and_reads(tmp_path: Path) -> None:
    """`skillmark test` writes the kit and leaves with 3; with the answers it leaves with 0."""
    target = tmp_path / "target.toml"
    target.write_text('[verifier]\nadapter = "manual"\nkit = "kit"\n', encoding="utf-8")
    command = (SKILLMARK, "test", PLAN.id, "--target", "target.toml", "--level", "smoke", "--quiet")
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert 3 == done.returncode, done.stderr
    assert "answers" in done.stdout
    answers = said_of(tmp_path / "kit")
    # That file leaves the address of the lists to the harness: what they say of a badge stays open there.
    rows = {number: each for number, each in answers["answers"].items() if "shown" not in each}
    (tmp_path / "answers.json").write_text(json.dumps(answers | {"answers": rows}), encoding="utf-8")
    target.write_text(target.read_text(encoding="utf-8") + 'answers = "answers.json"\n', encoding="utf-8")
    done = subprocess.run((*command, "--json"), cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert "Ada" in json.loads(done.stdout)["attestations"]["OB30-R-230"]


def test_a_kit_is_served(tmp_path: Path) -> None:
    """`skillmark kit --serve` writes a kit and serves what its records point to, until it is stopped."""
    target = tmp_path / "target.toml"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    peer = f'[peer]\nauthority = "ca.pem"\npublic_url = "https://bench.example/lists"\nport = {port}\n'
    target.write_text(f'[verifier]\nadapter = "manual"\n{peer}', encoding="utf-8")
    command = (SKILLMARK, "kit", "--plan", PLAN.id, "--target", str(target), "--out", "kit", "--serve")
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603 - our own
        stopped = contextlib.ExitStack()
        stopped.callback(process.send_signal, signal.SIGINT)
        assert process.stdout is not None
        lines = iter(process.stdout.readline, "")
        # Whatever goes wrong in between, the program is stopped.
        with stopped:
            said = next(line for line in lines if line.startswith("Serving"))
            path, (_, name) = next(iter(read_kit(tmp_path / "kit").documents.items()))
            context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
            with httpx.Client(verify=context, trust_env=False) as client:
                answer = client.get(f"https://127.0.0.1:{port}{path}")
        rest = "".join(lines)
    assert f"on port {port} as https://bench.example/lists until Ctrl-C. Let the product trust" in said
    assert (200, (tmp_path / "kit" / name).read_bytes()) == (answer.status_code, answer.content)
    assert (0, True) == (process.returncode, "asked 1 time" in rest)


def test_only_plans_that_ask_have_kits(tmp_path: Path) -> None:
    """A plan that reads an address has nothing that a person could be given."""
    command = (SKILLMARK, "kit", "--plan", "case-1.1-provider", "--out", str(tmp_path / "kit"))
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own
    assert (2, True) == (done.returncode, "There is no kit for case-1.1-provider" in done.stderr)
    assert not (tmp_path / "kit").exists()
