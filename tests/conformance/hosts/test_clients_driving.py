"""Making products call: commands, and a person at a terminal."""

from __future__ import annotations

import io
import json
import ssl
import sys
import threading
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.responses import Response
from tests.conformance.hosts.test_clients_peer import peer_of, token_from

from skillmark.cli.application import run
from skillmark.core.clock import SystemClock
from skillmark.core.errors import Misconfigured, Untested
from skillmark.core.interfaces import ClientInterface, Peer
from skillmark.core.target import Target
from skillmark.wire.peers.calls import Round
from skillmark.wire.peers.driving import Ran, driving, observe
from skillmark.wire.peers.serving import ServingPeer

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.types import Receive, Scope, Send

    from skillmark.wire.peers.host import ClientPeer

#: A product that asks for the description and ends: with what it is told, over TLS that it checks.
_PRODUCT = """
import json, sys, urllib.request
address = sys.argv[1] + "/ims/ob/v3p0/discovery"
json.load(urllib.request.urlopen(address))
print("connected to", open(sys.argv[2]).readline().strip())
sys.exit(int(sys.argv[3]))
"""


def target_with(*command: str, seconds: float = 30.0, peer: Peer | None = None) -> Target:
    """Return settings with a command."""
    return Target(client=ClientInterface(command=command, seconds=seconds), peer=peer or Peer())


def first_round(peer: ClientPeer, target: Target) -> Ran:
    """Let a command do its first round."""
    with driving(peer, target, SystemClock(), is_in_process=True) as drive:
        return drive(peer, Round.HEALTHY)


def test_a_command_calls_over_tls() -> None:
    """A program is told the address and whom to trust; an exit code other than 0 is told with what it printed."""
    peer = peer_of()
    ran = first_round(peer, target_with(sys.executable, "-c", _PRODUCT, "{url}", "{authority}", "3"))
    assert not ran.is_whole
    assert "ended with exit code 3 and printed 'connected to -----BEGIN CERTIFICATE-----'" in ran.says
    (call,) = peer.calls
    assert ("getServiceDescription", True, 200) == (call.operation, call.is_secure, call.status)
    assert call.url.startswith("https://127.0.0.1:")


@pytest.mark.parametrize(
    ("command", "seconds", "words"),
    [
        pytest.param((sys.executable, "-c", "input()"), 30.0, "exit code 1", id="no standard input"),
        pytest.param((sys.executable, "-c", "while True: pass"), 0.2, "did not end within 0.2 seconds", id="endless"),
    ],
)
def test_commands_that_fail_are_told(command: tuple[str, ...], seconds: float, words: str) -> None:
    """A program that fails or never ends has not done all that it meant to do."""
    ran = first_round(peer_of(), target_with(*command, seconds=seconds))
    assert (False, True) == (ran.is_whole, words in ran.says)


def test_commands_that_are_none_are_wrong_settings(tmp_path: Path) -> None:
    """A program that is not there, and a place that cannot be served at, are errors of the settings."""
    with pytest.raises(Misconfigured, match=r"cannot be run: .*Check command under \[client\]"):
        first_round(peer_of(), target_with(str(tmp_path / "nothing")))
    with pytest.raises(Misconfigured, match=r"under \[peer\]"):
        first_round(peer_of(), target_with("true", peer=Peer(certificate=tmp_path / "absent.pem")))


def test_who_calls_nothing_is_not_asked_again() -> None:
    """After a first round without a call no other one is begun."""
    observed = observe(peer_of(), lambda _, __: Ran(is_whole=True, says="it did nothing"))
    assert ((), [Round.HEALTHY]) == (observed.calls, list(observed.rounds))


def test_without_command_and_terminal_nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next step is told; in process nobody is asked even on a terminal."""
    for is_terminal, is_in_process in ((False, False), (True, True)):
        stream = _Terminal() if is_terminal else io.StringIO()
        monkeypatch.setattr(sys, "stdin", stream)
        monkeypatch.setattr(sys, "stderr", stream)
        with (
            pytest.raises(Untested, match=r'command = \["my-product", "connect", "\{url\}"\] under \[client\]'),
            driving(peer_of(), Target(), SystemClock(), is_in_process=is_in_process),
        ):
            pass


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("comes", [True, False], ids=["comes", "stays away"])
def test_a_person_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch, *, comes: bool) -> None:
    """The address and the authority are printed; the round is whole when the calls have come, and not when the time is over."""
    terminal, peer = _Terminal(), peer_of()
    monkeypatch.setattr(sys, "stdin", terminal)
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr("skillmark.wire.peers.driving._OF_A_PERSON", 0.01)
    target = Target(client=ClientInterface(seconds=20.0 if comes else 0.05))
    with driving(peer, target, SystemClock(), is_in_process=False) as drive:
        visitor = threading.Thread(target=_visited, args=(peer.url, terminal), daemon=True)
        if comes:
            visitor.start()
        ran = drive(peer, Round.HEALTHY)
        if comes:
            visitor.join()
    assert comes is ran.is_whole
    assert f"1 of 4. Host: {peer.url} (authority to trust: " in terminal.getvalue()


def _visited(url: str, terminal: io.StringIO) -> None:
    """Connect as a product does that a person was told to connect."""
    said = ""
    while "(authority to trust: " not in said:
        said = terminal.getvalue()
    authority = said.partition("(authority to trust: ")[2].partition(")")[0]
    context = ssl.create_default_context(cafile=authority)
    with httpx.Client(base_url=url, verify=context, trust_env=False) as client:
        headers = token_from(client)
        for path in ("credentials", "profile"):
            client.get(f"/ims/ob/v3p0/{path}", headers=headers)


# skillmark fetch and send


def test_fetch_stores_everything(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Credentials of all pages, in both forms, and the profile are files; a second time nothing is there twice."""
    peer, authority, out = peer_of(), tmp_path / "authority.pem", tmp_path / "out"
    with ServingPeer(peer, Peer(authority=authority)) as serving:
        peer.url = serving.url
        options = ["--follow", "--ca-file", str(authority), "--cache-dir", str(tmp_path / "cache")]
        for _ in range(2):
            assert 0 == run(["fetch", serving.url, "--out", str(out), *options])
        assert 0 == run(
            ["fetch", serving.url, "--out", str(out), "--since", "2025-04-01T00:00:00Z", "--json", *options]
        )
    printed = capsys.readouterr()
    files = sorted(out.iterdir())
    assert [".json", ".jwt"] == sorted({each.suffix for each in files})
    assert 6 == len(files)
    assert [{"n": 1}, {"n": 2}, {"n": 4}, {"n": 5}] == sorted(
        (
            json.loads(each.read_text())
            for each in files
            if each.name.startswith("credential") and each.suffix == ".json"
        ),
        key=lambda value: value["n"],
    )
    told = json.loads(printed.out[printed.out.index("{\n") :])
    assert (True, 2) == (told["done"], len(told["files"]))
    assert "✓ Fetched 6 files." in printed.err


def test_fetch_lets_a_person_decide_in_a_browser(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without --follow the browser is opened, and its way back ends at this machine, whose addresses are those registered."""
    peer, authority = peer_of(), tmp_path / "authority.pem"
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE

    def opened(url: str) -> bool:
        with httpx.Client(verify=trusting, trust_env=False, follow_redirects=True) as browser:
            return browser.get(url).is_success

    monkeypatch.setattr("webbrowser.open", opened)
    with ServingPeer(peer, Peer(authority=authority)) as serving:
        peer.url = serving.url
        options = ["--ca-file", str(authority), "--cache-dir", str(tmp_path / "cache"), "--out", str(tmp_path / "out")]
        assert 0 == run(["fetch", serving.url, *options])
    (registered,) = [each.json for each in peer.calls if each.operation == "registerClient"]
    assert ["https://localhost:"] == sorted(
        {registered[name][:18] for name in ("client_uri", "logo_uri", "tos_uri", "policy_uri")}
    )
    assert f"  {peer.url}/oauth2/{peer.stamp}/authorize?" in capsys.readouterr().err
    assert 6 == len(list((tmp_path / "out").iterdir()))


def test_fetch_says_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another state ends with 1, nobody there with 4, wrong options with 2; each in one sentence."""
    peer, authority = peer_of(), tmp_path / "authority.pem"
    usual = ["--follow", "--out", str(tmp_path / "out"), "--cache-dir", str(tmp_path / "cache")]
    with ServingPeer(peer, Peer(authority=authority)) as serving:
        peer.url = serving.url
        peer.begin(Round.OTHER_STATE)
        assert 1 == run(["fetch", serving.url, "--ca-file", str(authority), *usual])
        assert "another state than it left with" in capsys.readouterr().err
        assert 4 == run(["fetch", serving.url, *usual])
        assert "certificate" in capsys.readouterr().err
    for arguments, words in (
        (["http://127.0.0.1:9"], "--lab allows plain http"),
        (["https://127.0.0.1:9", "--standard", "ob-2.0"], "there is no 'ob-2.0'"),
        (["https://127.0.0.1:9", "--since", "yesterday"], "--since: 'yesterday' is no date and time"),
        (["https://127.0.0.1:9", "--ca-file", str(tmp_path / "nothing.pem")], "cannot be read as PEM"),
    ):
        assert 2 == run(["fetch", *arguments, *usual])
        assert words in capsys.readouterr().err


@pytest.mark.parametrize(("status", "code"), [(403, 0), (404, 0), (500, 1)])
def test_fetch_does_without_a_profile(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], *, status: int, code: int
) -> None:
    """Who has no profile, or does not allow it, gets the credentials all the same; a host that fails is told of."""
    peer, authority = peer_of(), tmp_path / "authority.pem"

    async def without_profile(scope: Scope, receive: Receive, send: Send) -> None:
        app = Response(status_code=status) if scope["path"].endswith("/profile") else peer
        await app(scope, receive, send)

    with ServingPeer(without_profile, Peer(authority=authority)) as serving:
        peer.url = serving.url
        options = ["--follow", "--ca-file", str(authority), "--cache-dir", str(tmp_path / "cache")]
        assert code == run(["fetch", serving.url, "--out", str(tmp_path / "out"), *options])
    assert 5 == len(list((tmp_path / "out").iterdir()))
    assert f"/profile answers {status}" in capsys.readouterr().err


def test_send_gives_credentials_to_a_host(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON and tokens are sent as what they are, with the scope that this needs and no other one."""
    peer, authority = peer_of(), tmp_path / "authority.pem"
    badge, token = tmp_path / "badge.json", tmp_path / "badge.jwt"
    badge.write_text('{"id": "urn:x:1"}')
    token.write_text("a.b.c\n")
    with ServingPeer(peer, Peer(authority=authority)) as serving:
        peer.url = serving.url
        options = ["--follow", "--ca-file", str(authority), "--cache-dir", str(tmp_path / "cache")]
        assert 0 == run(["send", str(badge), str(token), "--to", serving.url, *options])
    sent = [(each.media_type, each.body) for each in peer.calls if each.operation == "upsertCredential"]
    assert [("application/vc+ld+json", b'{"id": "urn:x:1"}'), ("text/plain", b"a.b.c")] == sent
    (asked,) = [dict(each.query)["scope"] for each in peer.calls if each.operation == "authorize"]
    assert asked.endswith("credential.upsert")
    assert "✓ Sent 2 files." in capsys.readouterr().err


def test_send_gives_a_profile_to_a_host(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A profile is sent after the credentials, with its scope asked for as well; what is no object is a wrong file."""
    peer, authority = peer_of(), tmp_path / "authority.pem"
    badge, profile = tmp_path / "badge.json", tmp_path / "profile.json"
    badge.write_text('{"id": "urn:x:1"}')
    profile.write_text('{"id": "urn:x:me"}')
    with ServingPeer(peer, Peer(authority=authority)) as serving:
        peer.url = serving.url
        options = ["--follow", "--ca-file", str(authority), "--cache-dir", str(tmp_path / "cache")]
        assert 0 == run(["send", str(badge), "--profile", str(profile), "--to", serving.url, *options])
        printed = capsys.readouterr().out
        badge.write_text("[]")
        assert 2 == run(["send", str(profile), "--profile", str(badge), "--to", serving.url, *options])
    assert ["new", "profile"] == [line.rpartition("  ")[2] for line in printed.splitlines()]
    calls = {each.operation: each for each in peer.calls}
    assert {"id": "urn:x:me"} == calls["putProfile"].json
    scopes = dict(calls["authorize"].query)["scope"].split()
    assert ["credential.upsert", "profile.update"] == [each.rpartition("/")[2] for each in scopes]
    assert "Name a file with one JSON object." in capsys.readouterr().err
