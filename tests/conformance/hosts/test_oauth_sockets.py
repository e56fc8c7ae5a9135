"""The checks of the authorization server over sockets, and what the command line says of missing settings."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING

import pytest
from tests.conformance.hosts.products import ADA, target_for

from skillmark.cli.application import run
from skillmark.core.clock import SystemClock
from skillmark.core.exchanges import Request
from skillmark.core.interfaces import HostInterface, Login
from skillmark.core.outcomes import Outcome
from skillmark.engine import find_depth
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.wire.client import WireClient
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import Account, RunningServer, ServerOptions, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RunningServer]:
    """Run a host with TLS on a socket, its database in a file."""
    repository = Repository.open(f"sqlite:///{tmp_path / 'host.sqlite'}")
    account = Account(name=ADA.name, full_name="Ada", password=ADA.password)
    application = create_app(repository, options=ServerOptions(accounts=(account,)))
    with RunningServer(application, self_signed=True) as running:
        yield running
    repository.close()


def test_a_host_with_tls(server: RunningServer, plan_id: str) -> None:
    """The host speaks TLS 1.2 or 1.3 and nothing else, and gives out its tokens over it."""
    host = HostInterface(accounts=(ADA,))
    target = dataclasses.replace(target_for(host), url=server.url, ca_file=server.ca_file)
    areas = ("transport.", "tokens.tokens")
    options = RunOptions(depth=find_depth("smoke"), only=lambda check: check.name.startswith(areas))
    result = certify(find_plan(plan_id), target, options=options)
    assert [] == [(each.check, each.finding.actual) for each in result.findings]
    outcomes = {check.name: (check.outcome, check.reason) for check in result.checks}
    assert {Outcome.PASSED} == {outcome for outcome, _ in outcomes.values()}, outcomes


#: A program that signs in and allows what it is told to allow, or everything.
PROGRAM = """
import json, pathlib, sys, urllib.parse
from skillmark.core.clock import SystemClock
from skillmark.core.interfaces import Account
from skillmark.core.target import Target
from skillmark.wire.browsers.logins import Decision, Logins
from skillmark.wire.client import WireClient

asked, url, authority, heeds = json.load(sys.stdin), *sys.argv[1:]
target = Target(url=url, ca_file=pathlib.Path(authority))
account = Account(name=asked["name"], password=asked["password"])
returns = urllib.parse.parse_qs(urllib.parse.urlsplit(asked["url"]).query)["redirect_uri"]
decision = Decision(is_allowed=asked["decision"] == "allow", scopes=asked["scopes"] if heeds == "yes" else None)
logins = Logins(WireClient(target, clock=SystemClock()), target.host)
print(logins.decide(asked["url"], returns=returns, account=account, decision=decision).address)
"""


@pytest.mark.parametrize(("heeds", "outcome"), [("yes", Outcome.PASSED), ("no", Outcome.UNTESTED)])
def test_a_program_that_allows_everything_accuses_nobody(server: RunningServer, heeds: str, outcome: Outcome) -> None:
    """Whether people can choose among scopes is not seen where a program decides: more than it should allow is no finding."""
    program = (sys.executable, "-c", PROGRAM, server.url, str(server.ca_file), heeds)
    host = HostInterface(accounts=(ADA,), login=Login.COMMAND, login_command=program)
    target = dataclasses.replace(target_for(host), url=server.url, ca_file=server.ca_file)
    options = RunOptions(only=lambda check: check.name == "authorizing.grants_no_more_than_is_allowed")
    result = certify(find_plan("ob-3.0-host"), target, options=options)
    assert [(outcome, 0)] == [(each.outcome, len(result.findings)) for each in result.checks], result.checks[0].reason


def test_refusals_are_seen_where_a_program_signs_in(server: RunningServer) -> None:
    """Where a request is refused before anybody signs in, it is looked at here: a program cannot show the page."""
    program = (sys.executable, "-c", PROGRAM, server.url, str(server.ca_file), "yes")
    host = HostInterface(accounts=(ADA,), login=Login.COMMAND, login_command=program)
    target = dataclasses.replace(target_for(host), url=server.url, ca_file=server.ca_file)
    wanted = {"nobody_is_sent_to_unknown_addresses", "nobody_is_sent_away_without_client", "a_redirect_uri_is_needed"}
    options = RunOptions(only=lambda check: check.name.rpartition(".")[2] in wanted)
    result = certify(find_plan("ob-3.0-host"), target, options=options)
    assert [] == [each.finding.actual for each in result.findings]
    assert {Outcome.PASSED} == {each.outcome for each in result.checks}, [each.reason for each in result.checks]


@pytest.mark.parametrize(
    ("accounts", "trouble"),
    [pytest.param((ADA,), False, id="host"), pytest.param((), True, id="other-product")],
)
def test_other_ports_of_the_same_machine(
    server: RunningServer, accounts: tuple[Account, ...], *, trouble: bool
) -> None:
    """The authorization server of a host may be at another port of a private machine; nothing else may."""
    target = dataclasses.replace(target_for(HostInterface(accounts=accounts)), url="http://127.0.0.1:1")  # type: ignore[arg-type]
    client = WireClient(dataclasses.replace(target, ca_file=server.ca_file), clock=SystemClock())
    found = client.send(Request(url=f"{server.url}/oauth2/authorize")).exchange.trouble
    other = client.send(Request(url="http://127.0.0.2:1/")).exchange.trouble
    client.close()
    assert trouble == (found is not None)
    assert other is not None
    assert "at the private address 127.0.0.2, which the settings do not name" in other.message


# The command line

NO_ACCOUNT = '[target]\nurl = "https://host.example"\n'
NO_ADDRESS = '[host]\n[[host.accounts]]\nname = "ada"\n'


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param(NO_ACCOUNT, "names no account", id="account"),
        pytest.param(NO_ADDRESS, "url under [target] is missing", id="address"),
        pytest.param(None, "asks for an account at the host, too", id="file"),
    ],
)
def test_what_a_host_plan_asks_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, told: str
) -> None:
    """A host plan without an address or an account says what is missing, and where to write it."""
    file = tmp_path / "target.toml"
    file.write_text(content or "")
    given = ["--url", "https://host.example"] if content is None else ["--target", str(file)]
    assert 2 == run(["test", "ob-3.0-host", *given, "--out", str(tmp_path / "out")])
    assert told in " ".join(capsys.readouterr().err.split())
