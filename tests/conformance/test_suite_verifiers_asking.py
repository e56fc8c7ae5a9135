"""How a verifier is asked, and how its answer is read: over HTTP, by the VC API or in the vendor's way, and as a command."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import jsonschema
import pytest

from skillmark.core.clock import SystemClock
from skillmark.core.errors import Misconfigured
from skillmark.core.target import Acceptance, Adapter, Target, VerifierInterface
from skillmark.reporting import results_schema
from skillmark.suites.verifiers.samples import Kind, Sample
from skillmark.wire.asking.verifiers import Verdict, asking
from skillmark.wire.client import WireClient
from skillmark.wire.settings.configuration import describe, load_target, target_as_described

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.wire.asking.verifiers import Answer

URL = "https://verifier.example/base"
DOCUMENT = '{"id": "urn:a", "id": "urn:b"}'
TOKEN = "e30.e30.c2ln"
SKILLMARK = str(Path(sys.executable).with_name("skillmark"))
YES, NO, NEITHER = Verdict.ACCEPTED, Verdict.REFUSED, Verdict.NEITHER


def answered(
    interface: VerifierInterface, respond: Callable[[httpx.Request], httpx.Response], credential: str = DOCUMENT
) -> tuple[Answer, str]:
    """Ask over HTTP; return the answer, and the command line that asks again."""
    target = Target(url=URL, verifier=interface)
    client = WireClient(target, clock=SystemClock(), transport=httpx.MockTransport(respond))
    answer = asking(target, client, SystemClock()).ask(credential)
    return answer, client.exchanges[answer.exchange].curl


def sent(interface: VerifierInterface, credential: str) -> httpx.Request:
    """Return the request with which a credential is sent."""
    requests: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200)

    answered(interface, respond, credential)
    return requests[0]


def read(status: int, body: Any, **accepted: Any) -> Verdict:  # noqa: ANN401 - any JSON
    """Return how an answer is read, by the vendor's statement if there is one, else by the VC API."""
    adapter = Adapter.HTTP if accepted else Adapter.VC_API
    interface = VerifierInterface(adapter=adapter, accepted=Acceptance(**accepted))
    return answered(interface, lambda _: httpx.Response(status, json=body))[0].verdict


# Requests


def test_the_vc_api_is_asked_as_it_says() -> None:
    """A document goes as it is written, even with a name twice; a token goes in an envelope."""
    request = sent(VerifierInterface(), DOCUMENT)
    assert ("POST", f"{URL}/credentials/verify") == (request.method, str(request.url))
    assert "application/json" == request.headers["content-type"]
    assert f'{{"verifiableCredential": {DOCUMENT}}}' == request.content.decode()
    enveloped = json.loads(sent(VerifierInterface(), TOKEN).content)["verifiableCredential"]
    assert ("EnvelopedVerifiableCredential", f"data:application/jwt,{TOKEN}") == (enveloped["type"], enveloped["id"])


def test_a_template_is_filled() -> None:
    """Path, method, type and body are the vendor's; a token becomes a string, and the bare text stays bare."""
    interface = VerifierInterface(
        adapter=Adapter.HTTP, path="check", method="PUT", content_type="text/plain", body="a {text} b", envelopes=False
    )
    request = sent(interface, TOKEN)
    assert ("PUT", f"{URL}/check", "text/plain") == (request.method, str(request.url), request.headers["content-type"])
    assert f"a {TOKEN} b" == request.content.decode()
    assert {"verifiableCredential": TOKEN} == json.loads(sent(VerifierInterface(envelopes=False), TOKEN).content)


def test_a_question_can_be_repeated() -> None:
    """The command line in the report sends the same body."""
    _, curl = answered(VerifierInterface(), lambda _: httpx.Response(200))
    words = shlex.split(curl)
    assert f'{{"verifiableCredential": {DOCUMENT}}}' == words[words.index("--data-binary") + 1]


# Answers


@pytest.mark.parametrize(
    ("expected", "status", "body"),
    [
        (YES, 200, {"verified": True}),
        (YES, 200, {}),
        (YES, 204, None),
        (YES, 200, {"verified": True, "errors": []}),
        (NO, 200, {"verified": False}),
        (NO, 200, {"verified": "true"}),
        (NO, 200, {"errors": ["proof"]}),
        (NO, 400, {}),
        (NO, 422, {}),
        (NEITHER, 500, {}),
        (NEITHER, 404, {}),
        (NEITHER, 429, {}),
        (NEITHER, 302, {}),
    ],
)
def test_answers_of_the_vc_api(expected: Verdict, status: int, body: object) -> None:
    """Success is a yes unless it says otherwise, two statuses are a no, and every other one says nothing."""
    assert expected is read(status, body)


@pytest.mark.parametrize(
    ("expected", "status", "body", "accepted"),
    [
        (YES, 200, {"a": {"b": [True]}}, {"pointer": "/a/b/0"}),
        (NO, 200, {"a": {"b": [False]}}, {"pointer": "/a/b/0"}),
        (NO, 200, {"a": 1}, {"pointer": "/a", "equals": True}),
        (YES, 200, {"a~/": "good"}, {"pointer": "/a~0~1", "equals": "good"}),
        (NEITHER, 200, {"b": True}, {"pointer": "/a"}),
        (YES, 200, "it is genuine", {"pattern": "gen.ine"}),
        (NO, 200, "it is not", {"pattern": "gen.ine"}),
        (YES, 202, {}, {"statuses": (202,)}),
        (NO, 200, {}, {"statuses": (202,)}),
        (NO, 202, {"a": False}, {"statuses": (202,), "pointer": "/a"}),
        (NO, 400, {"a": True}, {"pointer": "/a"}),
        (NEITHER, 503, {"a": True}, {"pointer": "/a"}),
    ],
)
def test_answers_in_the_vendors_way(expected: Verdict, status: int, body: object, accepted: dict[str, Any]) -> None:
    """Status, pointer and pattern have to hold, as far as they are stated; a missing value is no answer."""
    assert expected is read(status, body, **accepted)


# Commands


def ran(*command: str, credential: str = DOCUMENT, seconds: float = 30.0, **accepted: Any) -> Answer:  # noqa: ANN401 - any JSON
    """Ask a command."""
    interface = VerifierInterface(
        adapter=Adapter.COMMAND, command=command, seconds=seconds, accepted=Acceptance(**accepted)
    )
    target = Target(verifier=interface)
    return asking(target, WireClient(target, clock=SystemClock()), SystemClock()).ask(credential)


def python(program: str, *arguments: str) -> tuple[str, ...]:
    """Return a command that runs a program."""
    return (sys.executable, "-c", program, *arguments)


def test_commands_get_the_credential() -> None:
    """By standard input, or as a file with the fitting ending; no shell reads the arguments."""
    by_input = python("import sys; sys.exit(sys.stdin.read() != sys.argv[1])", DOCUMENT)
    assert YES is ran(*by_input).verdict
    assert NO is ran(*by_input, credential=TOKEN).verdict
    by_file = python("import sys; sys.exit(open(sys.argv[1]).read() != sys.argv[2])", "{file}", DOCUMENT)
    assert YES is ran(*by_file).verdict
    ending = python("import sys; sys.exit(not sys.argv[1].endswith('.jwt'))", "{file}")
    assert (NO, YES) == (ran(*ending).verdict, ran(*ending, credential=TOKEN).verdict)
    assert YES is ran(*python("import sys; sys.exit(sys.argv[1] != '$(id); *')", "$(id); *")).verdict


@pytest.mark.parametrize(
    ("expected", "program", "accepted"),
    [
        (YES, "pass", {}),
        (NO, "raise SystemExit(3)", {}),
        (YES, "raise SystemExit(3)", {"statuses": (3,)}),
        (NEITHER, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", {}),
        (YES, "print('genuine')", {"pattern": "^genuine"}),
        (NO, "print('not genuine')", {"pattern": "^genuine"}),
        (YES, "print('{\"ok\": true}'); raise SystemExit(1)", {"pointer": "/ok"}),
        (NO, "print('genuine'); raise SystemExit(1)", {"pattern": "genuine", "statuses": (0,)}),
    ],
)
def test_answers_of_commands(expected: Verdict, program: str, accepted: dict[str, Any]) -> None:
    """The exit code counts, unless the vendor names a place or a pattern in the output; a killed program said nothing."""
    assert expected is ran(*python(program), **accepted).verdict


def test_commands_that_do_not_end_or_begin() -> None:
    """One that takes too long gives no answer; one that does not exist is a wrong setting."""
    answer = ran(*python("import threading; threading.Event().wait()"), seconds=0.2)
    assert (NEITHER, True) == (answer.verdict, "did not end" in answer.says)
    with pytest.raises(Misconfigured, match="cannot be run"):
        ran("/does/not/exist")


# Settings


def written(folder: Path, text: str) -> Path:
    """Write a target file."""
    path = folder / "target.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_settings_are_read_and_described(tmp_path: Path) -> None:
    """The section of the target file becomes the interface, and comes back out of a report as it was."""
    path = written(
        tmp_path,
        '[verifier]\nadapter = "command"\ncommand = ["verify", "{file}"]\nseconds = 5\ntokens = "string"\n'
        'formats = ["vc-jwt-ES256"]\nkinds = ["AchievementCredential"]\n'
        'accepted = { pointer = "/ok", equals = "yes", statuses = [0, 3], pattern = "x" }\n',
    )
    target = load_target(path, environ={})
    accepted = Acceptance(statuses=(0, 3), pointer="/ok", equals="yes", pattern="x")
    expected = VerifierInterface(
        adapter=Adapter.COMMAND,
        command=("verify", "{file}"),
        seconds=5.0,
        envelopes=False,
        formats=("vc-jwt-ES256",),
        kinds=("AchievementCredential",),
        accepted=accepted,
    )
    assert expected == target.verifier
    assert expected == target_as_described(describe(target), ca_file=None, is_complete=True).verifier


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('adapter = "post"', "one of vc-api, http, command"),
        ('adapter = "command"', "command is missing"),
        ('body = "{}"', "neither {credential} nor {text}"),
        ('formats = ["rsa"]', "one of eddsa-rdfc-2022"),
        ("formats = []", "at least one"),
        ("seconds = 0", "a positive number"),
        ('accepted = { pattern = "(" }', "no regular expression"),
        ('accepted = { pointer = "ok" }', "a JSON pointer"),
        ("accepted = { status = [200] }", "one of statuses"),
        ('accepted = { statuses = ["200"] }', "a list of numbers"),
        ('verb = "GET"', "no key in .verifier. called 'verb'"),
    ],
)
def test_wrong_settings_are_told(line: str, message: str, tmp_path: Path) -> None:
    """Each wrong value is refused with what it should be."""
    path = written(tmp_path, f'[target]\nurl = "https://verifier.example"\n[verifier]\n{line}\n')
    with pytest.raises(Misconfigured, match=message):
        load_target(path, environ={})


# The verifier of the reference as a command


def test_skillmark_verify_is_asked_as_a_command() -> None:
    """The command accepts the samples of two formats, and refuses one with a defect in each way of being given it."""
    for form, arguments in (("eddsa-rdfc-2022", ("{file}",)), ("vc-jwt-ES256", ("-",))):
        sample = Sample(kind=Kind.ACHIEVEMENT, form=form)
        command = (SKILLMARK, "verify", "--offline", *arguments)
        assert YES is ran(*command, credential=sample.healthy).verdict
        assert NO is ran(*command, credential=sample.healthy.replace("W", "w", 1)).verdict


def test_the_plan_runs_from_the_command_line(tmp_path: Path) -> None:
    """`skillmark test vc-verifier` asks `skillmark verify`, and its results hold what was asked."""
    path = written(
        tmp_path,
        f'[verifier]\nadapter = "command"\ncommand = [{json.dumps(SKILLMARK)}, "verify", "--offline", "{{file}}"]\n'
        'formats = ["eddsa-rdfc-2022"]\nkinds = ["AchievementCredential"]\n',
    )
    options = ("--level", "smoke", "--only", "tampered_value", "--json")
    done = subprocess.run(  # noqa: S603 - our own command
        (SKILLMARK, "test", "vc-verifier", "--target", str(path), *options),
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert 3 == done.returncode, done.stderr
    report = json.loads(done.stdout)
    assert [] == report["findings"]
    shown = report["exchanges"].values()
    assert {("RUN", 0), ("RUN", 1)} == {(each["method"], each["status"]) for each in shown}
    assert all(each["request_body"].startswith("{") for each in shown)
    jsonschema.validate(report, results_schema())
