"""Looking at the settings of a host before a run."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from starlette.applications import Starlette
from tests.conformance.hosts.products import ADA

from skillmark.cli.application import run
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import Account, RunningServer, ServerOptions, create_app

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ACCOUNT = '[[host.accounts]]\nname = "{name}"\npassword_env = "{variable}"\n'


@pytest.fixture(scope="module")
def host() -> Iterator[str]:
    """Run a host with two accounts, and return its address."""
    accounts = [Account(name=name, full_name=name, password=ADA.password) for name in ("ada", "bob")]
    repository = Repository.open("sqlite://")
    with RunningServer(create_app(repository, options=ServerOptions(accounts=tuple(accounts)))) as server:
        yield server.url
    repository.close()


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Any:  # noqa: ANN401 - a function of tests
    """Return what asks the doctor about a host and accounts, and gives exit code, causes and messages."""
    monkeypatch.setenv("RIGHT", ADA.password)
    monkeypatch.setenv("WRONG", "not her password")

    def asked(url: str, *accounts: tuple[str, str]) -> tuple[int, list[str], str]:
        text = "".join(ACCOUNT.format(name=name, variable=variable) for name, variable in accounts)
        file = tmp_path / "target.toml"
        file.write_text(f'[target]\nurl = "{url}"\n{text}', encoding="utf-8")
        code = run(["doctor", "--plan", "ob-3.0-host", "--target", str(file), "--json"])
        found = json.loads(capsys.readouterr().out)
        return code, [each["cause"] for each in found], " ".join(each["message"] for each in found)

    return asked


def test_accounts_that_sign_in_can_be_tested(host: str, ask: Any) -> None:  # noqa: ANN401 - a function of tests
    """Nothing is noticed of a host whose accounts sign in, with or without the base path in the address; one account is noted."""
    assert (0, [], "") == ask(host, ("ada", "RIGHT"), ("bob", "RIGHT"))
    assert (0, [], "") == ask(f"{host}/ims/ob/v3p0/discovery", ("ada", "RIGHT"), ("bob", "RIGHT"))
    code, causes, message = ask(host, ("ada", "RIGHT"))
    assert (0, ["empty repository"]) == (code, causes)
    assert "With one account" in message


def test_what_stands_in_the_way_is_told(host: str, ask: Any) -> None:  # noqa: ANN401 - a function of tests
    """A wrong password, another product and an address where nobody is are told apart, with the exit codes of a run."""
    code, causes, message = ask(host, ("ada", "RIGHT"), ("bob", "WRONG"))
    assert (2, ["sign-in"]) == (code, causes)
    assert "bob could not allow" in message
    assert "not her password" not in message
    with RunningServer(Starlette()) as other:
        assert (2, ["other base path"]) == ask(other.url, ("ada", "RIGHT"))[:2]
    assert (4, ["unreachable"]) == ask("http://127.0.0.1:1", ("ada", "RIGHT"))[:2]
