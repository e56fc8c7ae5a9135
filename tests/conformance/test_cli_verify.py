"""The verb `verify`, used as its user would; nothing here leaves the machine."""

from __future__ import annotations

import json
import os
import pty
import re
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from tests.reference.credentials.surroundings import (
    SCHOOL,
    STATE,
    badge,
    changed,
    controlled,
    endorsement,
    record,
    signed,
    status_entry,
)

from skillmark.cli.application import run
from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.baking import bake
from skillmark_reference.credentials.steps.recipients import identity_hash
from skillmark_reference.server import RunningServer

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

#: One pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'
GOOD = signed(badge())
BAD = changed(GOOD, "/name", "Brazing")
WEB = controlled("did:web:school.example")
UNREACHABLE = signed(badge(WEB), WEB)
TOKEN = issuing.as_vc_jwt(badge(), SCHOOL)


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sources are files in a folder of the test."""
    monkeypatch.chdir(tmp_path)


def written(folder: Path, content: object, name: str = "badge.json") -> str:
    """Write a source, and return its name."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / name).write_bytes(data)
    return str(folder / name)


def shown(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> str:
    """Assert the exit code and that nothing is complained of, and return what was printed."""
    assert code == run(["verify", *arguments])
    printed = capsys.readouterr()
    assert "" == printed.err
    return printed.out


def rows(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> list[dict[str, Any]]:
    """Assert the exit code, and return what a script reads."""
    found = json.loads(shown(capsys, code, *arguments, "--json"))
    assert isinstance(found, list)
    return found


def piped(content: bytes, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Run the command in a process of its own, with something on its standard input."""
    command = [sys.executable, "-m", "skillmark", "verify", "-", *arguments]
    return subprocess.run(command, input=content, capture_output=True, check=False, timeout=120)  # noqa: S603 - our own


# Verdicts and exit codes


def test_a_valid_credential(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Exit code 0, and a line with the verdict, then each step with its requirement."""
    name = written(tmp_path, GOOD)
    first, *steps = shown(capsys, 0, name).splitlines()
    assert f"\u2713 VALID  {name}  AchievementCredential" == first
    assert "  \u2713 OB30-R-114   proof" in steps
    assert [] == [line for line in steps if not re.match(r"  [\u2713\u2013] \w+-R-\d{3} +\w", line)]


def test_a_tampered_credential(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Exit code 1, and the requirement that failed, with its place and its reason below."""
    text = shown(capsys, 1, written(tmp_path, BAD))
    assert text.startswith("\u2717 INVALID  ")
    assert re.search(
        r"^  \u2717 OB30-R-114   proof\n      /proof/proofValue: the signature does not fit", text, re.MULTILINE
    )


@pytest.mark.parametrize(
    ("at", "verdict", "requirement"),
    [("2100-01-01T00:00:00Z", "EXPIRED", "OB30-R-129"), ("2024-01-01T00:00:00", "NOT YET VALID", "OB30-R-128")],
)
def test_another_time(
    at: str, verdict: str, requirement: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """--at verifies as of that time: exit code 1 after the end and before the beginning."""
    text = shown(capsys, 1, written(tmp_path, GOOD), "--at", at)
    assert text.startswith(f"\u2717 {verdict}  ")
    assert f"\u2717 {requirement} " in text


@pytest.mark.parametrize(
    "credential", [UNREACHABLE, signed(badge(credentialStatus=status_entry()))], ids=["key", "status"]
)
def test_what_needs_the_network_is_unverifiable_offline(
    credential: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With --offline no name is looked up and no socket is made: exit code 3, and the reason says so."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("offline is offline")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)
    text = shown(capsys, 3, written(tmp_path, credential), "--offline")
    assert text.startswith("? UNVERIFIABLE  ")
    assert "do not work offline" in text


def test_invalid_outweighs_unverifiable(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """One exit code for many: 1 as soon as one is invalid, 3 if none is and one is unverifiable; a last line counts."""
    good, bad = written(tmp_path, GOOD, "a"), written(tmp_path, BAD, "b")
    open_one = written(tmp_path, UNREACHABLE, "c")
    text = shown(capsys, 3, good, open_one, "--offline", "--quiet")
    assert [f"\u2713 VALID  {good}", f"? UNVERIFIABLE  {open_one}"] == re.findall(
        r"^(. [A-Z]+  \S+)", text, re.MULTILINE
    )
    last = shown(capsys, 1, good, open_one, bad, "--offline", "-q").splitlines()[-1]
    assert "3 credentials: 1 valid, 1 unverifiable, 1 invalid." == last


@pytest.mark.parametrize(
    ("person", "code", "sign"), [("a@school.example", 0, "\u2713"), ("b@school.example", 1, "\u2717")]
)
def test_the_recipient(person: str, code: int, sign: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A hashed e-mail address is compared with that of --recipient."""
    identity = {
        "type": "IdentityObject",
        "hashed": True,
        "identityType": "emailAddress",
        "identityHash": identity_hash("a@school.example", "salt"),
        "salt": "salt",
    }
    name = written(tmp_path, signed(badge(subject={"type": ["AchievementSubject"], "identifier": [identity]})))
    text = shown(capsys, code, name, "--recipient", person)
    assert f"{sign} OB30-R-130   recipient" in text


# Sources


@pytest.mark.parametrize(("image", "name"), [(PNG, "badge.png"), (SVG, "badge.svg")], ids=["PNG", "SVG"])
@pytest.mark.parametrize("text", [json.dumps(GOOD), TOKEN], ids=["JSON", "JWT"])
def test_a_baked_image(image: bytes, name: str, text: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The credential inside of an image is verified."""
    assert shown(capsys, 0, written(tmp_path, bake(image, text), name)).startswith("\u2713 VALID  ")


def test_a_token_from_standard_input() -> None:
    """A compact JWT is read from standard input, white space around it left out."""
    done = piped(TOKEN.encode() + b"\n")
    assert (0, b"") == (done.returncode, done.stderr)
    assert "\u2713 VALID  -  AchievementCredential" == done.stdout.decode().splitlines()[0]


def test_an_array(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Each member of an array has a verdict of its own, and is named by its pointer."""
    name = written(tmp_path, [GOOD, BAD, TOKEN, 7])
    expected = [(f"{name}#/0", "valid"), (f"{name}#/1", "invalid"), (f"{name}#/2", "valid"), (f"{name}#/3", "invalid")]
    assert expected == [(row["source"], row["verdict"]) for row in rows(capsys, 1, name)]


def test_a_folder(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The files of a folder are verified in the order of their names, hidden ones and folders aside."""
    for name, content in (("b.json", BAD), ("a.json", GOOD), (".c.json", BAD)):
        written(tmp_path, content, name)
    (tmp_path / "more").mkdir()
    found = rows(capsys, 1, str(tmp_path))
    expected = [(str(tmp_path / "a.json"), "valid"), (str(tmp_path / "b.json"), "invalid")]
    assert expected == [(row["source"], row["verdict"]) for row in found]


def test_members_and_endorsements_are_indented(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What is inside of a record is shown below it, each level further to the right, with its own verdict."""
    praised = signed(badge(endorsement=[signed(endorsement(), STATE)]))
    text = shown(capsys, 0, written(tmp_path, signed(record(praised), STATE)))
    place = "/credentialSubject/verifiableCredential/0"
    assert f"\n  \u2713 VALID  {place}  AchievementCredential\n    \u2713 OB30-R-065 " in text
    assert "\n    \u2713 VALID  /endorsement/0  EndorsementCredential\n      \u2713 OB30-R-065 " in text


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "neither a JSON object nor a compact JWS"),
        (b"garbage", "neither a JSON object nor a compact JWS"),
        (b"\xff\xfe\x00", "neither a JSON object nor a compact JWS"),
        (b"{", "the text is no JSON"),
        (b"{}", "type"),
        (b"[", "the text is no JSON"),
        (b"[]", "the array is empty"),
        (b"[" * 100_000, "nested too deeply"),
        (b'{"a":' * 100_000, "nested too deeply"),
        (PNG, "no credential is baked into the image"),
        (PNG[:40], "the image ends at byte"),
        (b"<html></html>", "root"),
        (SVG.replace(b"<g/>", b"<g>"), "XML"),
    ],
    ids=lambda value: repr(value[:12]) if isinstance(value, bytes) else "",
)
def test_what_is_no_credential_is_invalid(
    content: bytes, reason: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Whatever a file holds ends with a verdict and its reason: exit code 1, and never an internal error."""
    (row,) = rows(capsys, 1, written(tmp_path, content))
    assert "invalid" == row["verdict"]
    told = " ".join([*row["problems"], *(step["reason"] or "" for step in row["steps"])])
    assert reason in told


def test_a_badge_of_open_badges_2(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """An image with a badge of Open Badges 2.0 is told as that."""
    old = SVG.replace(b"<g/>", b'<b:assertion xmlns:b="http://openbadges.org" verify="https://school.example/1"/>')
    assert "the image has Open Badges 2.0" in shown(capsys, 1, written(tmp_path, old))


def test_departures_of_an_image_are_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What an image does otherwise than the standard is a warning below the verdict, which it leaves alone."""
    image = bake(SVG, TOKEN).replace(b"<g/>", b"")
    moved = re.sub(rb"(<svg[^>]*>)", rb"\1<g/>", image)
    assert "\n  ! the element is not the first child of the root\n" in shown(capsys, 0, written(tmp_path, moved))


def test_a_source_has_a_limit(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """More bytes than the limit are not read: nothing is known, and the message says how many may be there."""
    text = shown(capsys, 3, written(tmp_path, b" " * (10 * 2**20 + 1)))
    assert "limit, which is 10,485,760" in text


@pytest.mark.parametrize("address", ["https://school.example/badge.json", "https://school.example/badge.png"])
def test_an_address_offline(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    """An address goes through the door for documents, which stays closed offline."""
    assert "do not work offline" in shown(capsys, 3, address, "--offline")


def test_an_address_on_a_test_bench(capsys: pytest.CaptureFixture[str]) -> None:
    """Plain http on this machine is refused, and nothing is known; with its origin allowed the credential is verified."""

    async def answer(request: Request) -> Response:
        is_image = request.url.path.endswith(".png")
        content = bake(PNG, TOKEN) if is_image else json.dumps(GOOD).encode()
        return Response(content, media_type="image/png" if is_image else "application/vc")

    with RunningServer(Starlette(routes=[Route("/{name}", answer)])) as server:
        assert "is plain http" in shown(capsys, 3, f"{server.url}/badge")
        for name in ("badge", "badge.png"):
            text = shown(capsys, 0, f"{server.url}/{name}", "--allow-origin", server.url)
            assert text.startswith(f"\u2713 VALID  {server.url}/{name}  ")


def test_a_source_that_cannot_be_read(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """What the system refuses to read is unverifiable, and the others are verified all the same."""
    (tmp_path / "badge.json").symlink_to("/proc/self/mem")
    written(tmp_path, GOOD, "other.json")
    refused, good = rows(capsys, 3, str(tmp_path))
    assert ("unverifiable", "valid") == (refused["verdict"], good["verdict"])
    assert refused["problems"][0].startswith("it cannot be read: ")


# Wrong use


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        ([], "Missing argument"),
        (["missing.json"], "missing.json"),
        (["empty"], "There are no files in the folder"),
        (["-", "-"], "Name - once"),
        (["badge.json", "--at", "yesterday"], "--at: 'yesterday' is no date and time such as"),
        (["badge.json", "--allow-origin", "school"], "--allow-origin: 'school' is no origin such as"),
        (["badge.json", "--recipient", "me"], "--recipient: 'me' is no e-mail address such as"),
        (["badge.json", "--at"], "--at"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use(arguments: list[str], advice: str, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Exit code 2, nothing on standard output, and one line that says what to do."""
    written(tmp_path, GOOD)
    (tmp_path / "empty").mkdir()
    assert 2 == run(["verify", *arguments])
    printed = capsys.readouterr()
    assert "" == printed.out
    (line,) = printed.err.splitlines()
    assert advice in line


# What people and scripts read


def test_json_is_a_list_and_nothing_else(tmp_path: Path) -> None:
    """--json prints one list of objects with the same members, whether there is a credential or not."""
    written(tmp_path, GOOD, "a.json")
    written(tmp_path, BAD, "b.json")
    written(tmp_path, b"garbage", "c.json")
    command = [sys.executable, "-m", "skillmark", "verify", str(tmp_path), "--json"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)  # noqa: S603 - our own command
    assert (1, b"") == (done.returncode, done.stderr)
    found = json.loads(done.stdout)
    members = ["source", "verdict", "kind", "steps", "problems", "inner"]
    assert [members] * 3 == [list(row) for row in found]
    assert ["valid", "invalid", "invalid"] == [row["verdict"] for row in found]
    assert {("requirement", "step", "outcome", "reason", "pointer", "evidence")} == {
        tuple(step) for row in found for step in row["steps"]
    }
    (broken,) = [step for step in found[1]["steps"] if step["outcome"] == "failed"]
    assert ("OB30-R-114", "proof", "/proof/proofValue") == (broken["requirement"], broken["step"], broken["pointer"])
    assert [f"{broken['pointer']}: {broken['reason']}"] == found[1]["problems"]


def test_json_has_what_is_inside(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """The members of a record are objects of their own, with their place."""
    (row,) = rows(capsys, 1, written(tmp_path, signed(record(GOOD, BAD), STATE)))
    place = "/credentialSubject/verifiableCredential"
    assert [(f"{place}/0", "valid"), (f"{place}/1", "invalid")] == [(x["pointer"], x["verdict"]) for x in row["inner"]]


@pytest.mark.parametrize("options", [[], ["--json"]], ids=["people", "scripts"])
def test_nothing_from_outside_steers_a_terminal(
    options: list[str], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """Names of files and members, and texts of credentials, come out as signs; brackets are no markup."""
    hostile = "\x1b[2J\u202e[red]\n"
    named = changed(GOOD, "/type", ["VerifiableCredential", "AchievementCredential", hostile])
    name = written(tmp_path, {**named, hostile: {hostile: None}, "issuer": hostile}, "\x1b[31m\u202e[bold]")
    assert 1 == run(["verify", name, *options])
    text = capsys.readouterr().out
    assert not {"\x1b", "\u202e"} & set(text)
    assert "[bold]" in text


def test_colour_is_for_terminals(tmp_path: Path) -> None:
    """On a terminal the sign and the verdict are coloured; progress is left to the lines themselves."""
    name = written(tmp_path, GOOD)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "skillmark", "verify", name, "--quiet"]
    environment = {**os.environ, "TERM": "xterm-256color"}
    environment.pop("NO_COLOR", None)
    done = subprocess.run(command, stdout=theirs, stderr=theirs, check=False, timeout=120, env=environment)  # noqa: S603
    os.close(theirs)
    printed = os.read(ours, 65536).decode()
    os.close(ours)
    assert 0 == done.returncode
    assert printed.startswith("\x1b[1;32m\u2713 VALID\x1b[0m  ")


@pytest.mark.parametrize(("options", "expected"), [([], True), (["--quiet"], False)], ids=["loud", "quiet"])
def test_progress_is_for_terminals(options: list[str], expected: bool, tmp_path: Path) -> None:  # noqa: FBT001 - a case
    """With many sources and their results elsewhere, the terminal tells how far it is, and results stay clean."""
    names = [written(tmp_path, GOOD, name) for name in ("a.json", "b.json")]
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "skillmark", "verify", *names, "--json", *options]
    environment = {**os.environ, "TERM": "xterm-256color"}
    done = subprocess.run(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=theirs, check=False, timeout=120, env=environment
    )
    os.write(theirs, b".")
    os.close(theirs)
    told = os.read(ours, 65536).decode()
    os.close(ours)
    assert (0, names) == (done.returncode, [row["source"] for row in json.loads(done.stdout)])
    assert expected is ("2/2 sources" in told)


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    """Help shows commands that can be copied, and what the exit codes mean."""
    text = shown(capsys, 0, "--help")
    assert text.startswith("Usage: skillmark verify [OPTIONS] {SOURCE}...")
    assert "\n    skillmark verify badge.json\n" in text
    assert "Exit codes: 0 all valid, 1 one is invalid" in text
