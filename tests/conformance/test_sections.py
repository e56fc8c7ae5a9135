"""The sections of a target file about hosts, clients, and where the harness serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from skillmark.core.errors import Misconfigured
from skillmark.core.interfaces import Account, Login
from skillmark.wire.settings.configuration import describe, load_target, target_as_described

if TYPE_CHECKING:
    from pathlib import Path

FULL = """
[target]
url = "https://host.example"
[host]
login = "command"
login_command = ["sign-in"]
name_field = "user"
client_url = "https://client.example/app"
revocation_url = "https://host.example/revoke"
seconds = 5
[[host.accounts]]
name = "ada"
password_env = "ADA"
profile_id = "urn:ada"
[[host.accounts]]
name = "bob"
[client]
command = ["connect", "{url}"]
[peer]
port = 8443
public_url = "https://bench.example/"
certificate = "peer.pem"
key = "key.pem"
"""
ENVIRONMENT = {"ADA": "her-own-password"}


def written(folder: Path, text: str) -> Path:
    """Write a target file and return its path."""
    path = folder / "target.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_everything_is_read(tmp_path: Path) -> None:
    """The sections end up in the target: passwords from the environment, files beside the file, the rest by default."""
    target = load_target(written(tmp_path, FULL), environ=ENVIRONMENT)
    ada = Account(name="ada", password="her-own-password", profile_id="urn:ada")
    assert (ada, Account(name="bob")) == target.host.accounts
    assert (Login.COMMAND, ("sign-in",), "user", 5.0) == (
        target.host.login,
        target.host.login_command,
        target.host.name_field,
        target.host.seconds,
    )
    assert (("connect", "{url}"), 120.0) == (target.client.command, target.client.seconds)
    assert (8443, "https://bench.example", tmp_path / "key.pem") == (
        target.peer.port,
        target.peer.public_url,
        target.peer.key,
    )


def test_reports_hold_the_sections_without_passwords(tmp_path: Path) -> None:
    """What reports show is read back as it was, but for secrets and files; a replay that needs them says so."""
    target = load_target(written(tmp_path, FULL), environ=ENVIRONMENT)
    described = describe(target)
    assert "her-own-password" not in str(described)
    assert "her-own-password" not in repr(target)
    again = target_as_described(described, ca_file=None, is_complete=False)
    assert target.client == again.client
    assert [each.name for each in target.host.accounts] == [each.name for each in again.host.accounts]
    with pytest.raises(Misconfigured, match="--target FILE"):
        target_as_described(described, ca_file=None, is_complete=True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[host]\nlogin = "magic"', "host.login has to be one of forms, command, interactive"),
        ('[host]\nlogin = "command"', "host.login_command is missing"),
        ("[host]\nseconds = 0", "host.seconds has to be a positive number"),
        ('[host]\nclient_url = "http://client.example"', "an https address"),
        ('[host]\nlogin_command = "x"', "a list of strings"),
        ('[[host.accounts]]\npassword_env = "ADA"', "has no name"),
        ('[[host.accounts]]\nname = "ada"\npassword = "x"', "Did you mean 'password_env'?"),
        ('[[host.accounts]]\nname = "ada"\npassword_env = "EVE"', "EVE, which is not set"),
        ("[host]\naccounts = 1", r"tables \[\[host.accounts\]\]"),
        ("[client]\nseconds = true", "client.seconds has to be a positive number"),
        ("[peer]\nport = 70000", "a whole number from 0 to 65535"),
        ('[peer]\npublic_url = "bench"', "an http\\(s\\) address"),
        ('[peer]\nkey = "k.pem"', "peer.certificate, which is missing"),
        ("[peer]\nlisten = 1", "peer.listen has to be a string"),
        ('[peer]\npublik_url = "x"', "Did you mean 'public_url'"),
    ],
)
def test_wrong_values_are_told(tmp_path: Path, text: str, reason: str) -> None:
    """Every wrong value is named, with what it should be."""
    with pytest.raises(Misconfigured, match=reason):
        load_target(written(tmp_path, f'[target]\nurl = "https://host.example"\n{text}'), environ=ENVIRONMENT)
