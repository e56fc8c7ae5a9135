"""Reaching products that issue: settings, answers, commands, the command line, and files for pages of any origin."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from skillmark.cli.application import run
from skillmark.core.clock import SystemClock
from skillmark.core.errors import Misconfigured
from skillmark.core.interfaces import IssuingAdapter, IssuingInterface
from skillmark.core.outcomes import Outcome
from skillmark.core.target import Submissions, Target
from skillmark.engine import find_depth
from skillmark.faults.credentials import healthy, securing
from skillmark.faults.credentials.endpoint_faults import ENDPOINT_FAULTS
from skillmark.faults.credentials.endpoints import IssuerTransport
from skillmark.faults.credentials.handing_in import NOW
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.wire.asking.issuing import Ending, IssuingByCommand, credential_in
from skillmark.wire.in_process import AsgiTransport
from skillmark.wire.settings.configuration import load_target
from skillmark.wire.settings.issuers import issuing_of, issuing_settings
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.pathways import hosting
from skillmark_reference.pathways.settings import Setting
from skillmark_reference.server import ServerOptions, create_app
from skillmark_reference.server.vc_api import VcApiOptions
from skillmark_reference.sockets import RunningServer

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request

SMOKE = find_depth("smoke")
TOKEN = "eyJh.eyJi.c2ln"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"/>'

# Settings


@pytest.mark.parametrize(
    "content",
    [
        {"adapter": "vc-api"},
        {"adapter": "http", "path": "/b", "body": '{"c": {credential}}', "pointer": "/data/0", "method": "PUT"},
        {"adapter": "command", "command": ["issue", "{file}"], "seconds": 5.0, "kinds": ["ClrCredential"], "count": 3},
        {"issuer": "did:example:a"},
        {"issuer": {"id": "did:example:a", "name": "A"}},
    ],
    ids=["vc-api", "http", "command", "id", "profile"],
)
def test_settings_come_back_from_a_report(content: dict[str, Any]) -> None:
    """What a report says of the section is read as the same section."""
    interface = issuing_of(content)
    assert interface is not None
    assert interface == issuing_of(issuing_settings(interface))
    assert content == {name: value for name, value in issuing_settings(interface).items() if name in content}


def test_an_empty_section_is_none() -> None:
    """The template has the section with nothing in it."""
    assert issuing_of({}) is None
    assert {} == issuing_settings(None)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({"adapter": "soap"}, "one of vc-api, http, command"),
        ({"adapter": "command"}, "issuing.command is missing"),
        ({"body": "{}"}, "has no {credential}"),
        ({"pointer": "data"}, "a JSON pointer"),
        ({"kinds": ["Badge"]}, "a list of some of AchievementCredential"),
        ({"kinds": []}, "a list of some of"),
        ({"count": -1}, "a whole number"),
        ({"issuer": 3}, "an id, or the name"),
        ({"issuer": {"name": "A"}}, "a Profile that has an id"),
        ({"issuer": "missing.json"}, "cannot be read"),
    ],
)
def test_wrong_settings_are_told(content: dict[str, Any], says: str, tmp_path: Path) -> None:
    """Each message says what is expected."""
    with pytest.raises(ValueError, match="issuing") as told:
        issuing_of(content, folder=tmp_path)
    assert says in str(told.value)


def test_a_target_file_may_name_the_profile_of_the_issuer(tmp_path: Path) -> None:
    """The file is beside the target file; no address is needed for a command."""
    (tmp_path / "profile.json").write_text('{"id": "did:example:a", "name": "A"}', encoding="utf-8")
    target = tmp_path / "target.toml"
    target.write_text('[issuing]\nadapter = "command"\ncommand = ["x"]\nissuer = "profile.json"\n', encoding="utf-8")
    found = load_target(target, environ={})
    assert found.issuing is not None
    assert {"id": "did:example:a", "name": "A"} == found.issuing.issuer
    assert "x" == found.place


# Answers


@pytest.mark.parametrize(
    ("body", "pointer", "content"),
    [
        (b'{"type": "x"}', None, b'{"type": "x"}'),
        (b'{"verifiableCredential": {"type": "x"}}', None, b'{"type": "x"}'),
        (b'{"verifiableCredential": "a.b.c"}', None, b"a.b.c"),
        (b'"a.b.c"', None, b"a.b.c"),
        (TOKEN.encode(), None, TOKEN.encode()),
        (b'{"type": "EnvelopedVerifiableCredential", "id": "data:application/vc+jwt,a.b.c"}', None, b"a.b.c"),
        (b'{"d": [{"type": "x"}]}', "/d/0", b'{"type": "x"}'),
        (b'{"type": "x", "type": "y"}', None, b'{"type": "x", "type": "y"}'),
        (b'{"type": "x"', None, b'{"type": "x"'),
        (SVG, None, SVG),
        (b"\x89PNG", None, b"\x89PNG"),
    ],
)
def test_where_the_credential_is(body: bytes, pointer: str | None, content: bytes) -> None:
    """Bare, wrapped, in an envelope, as text, at a pointer; what cannot be read is for the rules to say."""
    assert content == credential_in(body, pointer)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", None),
        (b"{}", None),
        (b"[]", None),
        (b"null", None),
        (b"<html></html>", None),
        (b"Created.", None),
        (b'{"error": "no"}', None),
        (b'{"d": []}', "/d/0"),
        (b"not json", "/d"),
    ],
)
def test_answers_without_a_credential(body: bytes, pointer: str | None) -> None:
    """They are told as such, whatever they are."""
    with pytest.raises(LookupError, match="with"):
        credential_in(body, pointer)


# Commands

_FILE = "import sys; print(open(sys.argv[1], encoding='utf-8').read(), end='')"


def program(tmp_path: Path, code: str, *arguments: str) -> IssuingInterface:
    """Return the way to a program in Python."""
    file = tmp_path / "issue.py"
    file.write_text(code, encoding="utf-8")
    command = (sys.executable, "-S", "-E", "-X", "utf8", str(file), *arguments)
    kinds = ("AchievementCredential",)
    return IssuingInterface(adapter=IssuingAdapter.COMMAND, command=command, kinds=kinds, count=1, seconds=60)


@pytest.mark.parametrize(
    ("code", "arguments", "ending", "content"),
    [
        ("import sys; print(sys.stdin.read(), end='')", (), Ending.ISSUED, b'{"type": "\xc3\xa9"}'),
        (_FILE, ("{file}",), Ending.ISSUED, b'{"type": "\xc3\xa9"}'),
        ("print('a.b.c')", (), Ending.ISSUED, b"a.b.c\n"),
        ("import sys; print(sys.argv[0])", (), Ending.ISSUED, b"import sys; print(sys.argv[0])"),
        ("import sys; print('a.b.c'); print('note', file=sys.stderr)", (), Ending.ISSUED, b"a.b.c\n"),
        ("import sys; sys.exit(3)", (), Ending.REFUSED, b""),
        ("import os; os.kill(os.getpid(), 9)", (), Ending.FAILED, b""),
        ("", (), Ending.FAILED, b""),
    ],
    ids=["stdin", "file", "token", "name", "notes", "exit-code", "killed", "silent"],
)
def test_what_a_program_says(
    tmp_path: Path, code: str, arguments: tuple[str, ...], ending: Ending, content: bytes
) -> None:
    """It prints the credential or the name of a file; another exit code than 0 is a refusal."""
    way = IssuingByCommand(program(tmp_path, code, *arguments), clock=SystemClock())
    answer = way.issue({"type": "é"})
    assert ending is answer.ending
    assert content == answer.content
    assert {"r1"} == set(way.exchanges)
    assert '{"type": "é"}' == way.exchanges["r1"].request_body


def test_a_program_that_is_not_there() -> None:
    """It is a matter of the settings."""
    way = IssuingByCommand(IssuingInterface(command=("/nowhere/issue",)), clock=SystemClock())
    with pytest.raises(Misconfigured, match="cannot be run"):
        way.issue({})


def test_a_program_that_prints_a_token_is_judged(tmp_path: Path) -> None:
    """A whole run: the tokens are read, and the exchange is the command that repeats it."""
    token = securing.token(healthy.minimal())
    given = Submissions(sources=(), at=NOW, offline=True, documents=healthy.documents())
    target = Target(submissions=given, issuing=program(tmp_path, f"print({token!r})"))
    result = certify(find_plan("ob-3.0-issuer"), target, options=RunOptions(depth=SMOKE))
    assert Outcome.PASSED is result.requirements["OB30-R-104"].outcome
    assert Outcome.NOT_APPLICABLE is result.requirements["OB30-R-068"].outcome
    assert "RUN" == next(iter(result.exchanges.values())).method


# The command line


class Broken:
    """A product of the faults at an address."""

    def __init__(self, name: str) -> None:
        self._transport = IssuerTransport(ENDPOINT_FAULTS[f"endpoint-{name}"].product)

    def app(self) -> Starlette:
        """Return it as an application."""
        return Starlette(routes=[Route("/credentials/issue", self._answer, methods=["POST"])])

    async def _answer(self, request: Request) -> Response:
        asked = httpx.Request("POST", str(request.url), content=await request.body())
        answer = self._transport.handle_request(asked)
        return Response(answer.content, status_code=answer.status_code, media_type="application/json")


def test_the_command_line_asks_an_issuer_and_asks_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A report with the finding, and a replay that says the same of the same product."""
    target, out = tmp_path / "issuer.toml", tmp_path / "report"
    with RunningServer(Broken("forgets-to-sign").app()) as server:
        target.write_text(
            f'[target]\nurl = "{server.url}"\n[credentials]\nsources = []\noffline = true\n'
            '[issuing]\nadapter = "vc-api"\ncount = 1\nkinds = ["EndorsementCredential"]\n',
            encoding="utf-8",
        )
        asked = ["test", "ob-3.0-issuer", "--target", str(target), "--level", "smoke", "--out", str(out)]
        assert 1 == run(asked)
        capsys.readouterr()
        found = json.loads((out / "results.json").read_text(encoding="utf-8"))["findings"]
        wanted = next(each["id"] for each in found if "OB30-R-085" == each["requirement"])
        assert 1 == run(["replay", wanted, "--from", str(out)])
        assert "STILL FAILING" in capsys.readouterr().out


def test_a_target_file_without_credentials_and_issuer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told what is missing, both ways."""
    target = tmp_path / "issuer.toml"
    target.write_text('[target]\nurl = "https://issuer.example"\n', encoding="utf-8")
    assert 2 == run(["test", "ob-3.0-issuer", "--target", str(target), "--out", str(tmp_path / "report")])
    assert "[issuing]" in capsys.readouterr().err


# Files for pages of any origin (OB30-R-143)

CONTEXT = {"@context": {"vendorRemark": "https://school.example/terms#remark"}}


@pytest.mark.parametrize(
    ("allowed", "outcome"),
    [
        ("*", Outcome.PASSED),
        ("https://any.example", Outcome.PASSED),
        ("https://school.example", Outcome.FAILED),
        (None, Outcome.FAILED),
    ],
    ids=["everybody", "whoever-asks", "one-other", "nobody"],
)
def test_files_of_extensions_are_for_pages_of_any_origin(tmp_path: Path, allowed: str | None, outcome: Outcome) -> None:
    """The header decides, as it would for the browser of somebody else's page."""
    headers = {} if allowed is None else {"Access-Control-Allow-Origin": allowed}

    async def answer(_: Request) -> Response:
        return Response(json.dumps(CONTEXT), media_type="application/ld+json", headers=headers)

    with RunningServer(Starlette(routes=[Route("/context", answer)])) as server:
        badge = healthy.minimal()
        badge["@context"].append(f"{server.url}/context")
        badge["credentialSubject"]["vendorRemark"] = "Fine."
        signed = securing.proved(badge, cryptosuite="eddsa-jcs-2022")
        (tmp_path / "badge.json").write_bytes(securing.written(signed))
        given = Submissions(sources=(str(tmp_path),), at=NOW, allowed_origins=(server.url,))
        result = certify(find_plan("ob-3.0-issuer"), Target(submissions=given), options=RunOptions(depth=SMOKE))
    assert outcome is result.requirements["OB30-R-143"].outcome, result.requirements["OB30-R-143"].reason


def test_what_the_reference_serves_is_for_pages_of_any_origin() -> None:
    """Status lists, documents of its issuers, and hosted records are answered with the header."""
    options = ServerOptions(vc_api=VcApiOptions(), learner_records=True, base_url="https://records.example")
    app = create_app(Repository.open("sqlite://"), options=options)
    with httpx.Client(transport=AsgiTransport(app), base_url="https://records.example") as client:
        made = client.post("/status-lists", json={"statusPurpose": "revocation"}).json()
        listed = next(iter(hosting.status_lists(Setting(base="https://records.example")))).address
        for address in (made["id"], listed, "/.well-known/did.json", "/records/amara-okafor-da"):
            answer = client.get(address, headers={"Origin": "https://any.example"})
            assert 200 == answer.status_code, address
            assert "*" == answer.headers["Access-Control-Allow-Origin"], address
