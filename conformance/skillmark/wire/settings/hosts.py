"""The sections of a target file about a host, and about a product that calls hosts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from skillmark.core.interfaces import Account, ClientInterface, HostInterface, Login
from skillmark.wire.settings.sections import Section

if TYPE_CHECKING:
    from collections.abc import Mapping

_TEXTS = ("name_field", "password_field", "allow", "deny", "client_url", "revocation_url")
_COMMANDS = ("login_command", "import_command")
HOST_KEYS = ("accounts", "login", "seconds", *_TEXTS, *_COMMANDS)
CLIENT_KEYS = ("command", "seconds", "offline", "allow_origins")
_ACCOUNT_KEYS = ("name", "password_env", "profile_id")


def host_of(content: Mapping[str, Any], *, environ: Mapping[str, str]) -> HostInterface:
    """Return what the section ``host`` says, and the defaults for the rest.

    Raises:
        ValueError: A value is wrong; the message says which, and what it should be.
    """
    section, usual = Section("host", content, environ=environ), HostInterface()
    given: dict[str, Any] = {name: section.text(name, getattr(usual, name)) for name in _TEXTS}
    given |= {name: section.texts(name) for name in _COMMANDS}
    login = Login(section.one_of("login", [each.value for each in Login], usual.login.value))
    found = HostInterface(
        accounts=tuple(_account(each) for each in section.tables("accounts")),
        login=login,
        seconds=section.seconds("seconds", usual.seconds),
        **given,
    )
    if login is Login.COMMAND and not found.login_command:
        raise ValueError('host.login_command is missing; write it like login_command = ["python", "sign_in.py"]')
    if urlsplit(found.client_url).scheme != "https" or not urlsplit(found.client_url).hostname:
        raise section.wrong("client_url", "an https address", found.client_url)
    return found


def _account(section: Section) -> Account:
    section.refuse_unknown(_ACCOUNT_KEYS)
    name = section.text("name")
    if not name:
        raise ValueError("an account under [[host.accounts]] has no name")
    return Account(name=name, password=section.secret("password_env"), profile_id=section.text("profile_id"))


def host_settings(host: HostInterface) -> dict[str, object]:
    """Return the section as reports show it: passwords are not in it."""
    return {
        "accounts": [{"name": each.name, "profile_id": each.profile_id} for each in host.accounts],
        "login": host.login.value,
        "seconds": host.seconds,
        **{name: getattr(host, name) for name in _TEXTS},
        **{name: list(getattr(host, name)) for name in _COMMANDS},
    }


def client_of(content: Mapping[str, Any]) -> ClientInterface:
    """Return what the section ``client`` says, and the defaults for the rest.

    Raises:
        ValueError: A value is wrong; the message says which, and what it should be.
    """
    section, usual = Section("client", content), ClientInterface()
    return ClientInterface(
        command=section.texts("command"),
        seconds=section.seconds("seconds", usual.seconds),
        offline=section.truth("offline", default=usual.offline),
        allowed_origins=section.texts("allow_origins"),
    )


def client_settings(client: ClientInterface) -> dict[str, object]:
    """Return the section as `client_of` reads it."""
    return {
        "command": list(client.command),
        "seconds": client.seconds,
        "offline": client.offline,
        "allow_origins": list(client.allowed_origins),
    }
