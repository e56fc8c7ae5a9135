"""How products of the other kinds are reached: hosts, clients of hosts, issuing endpoints; and where the harness serves."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Login(enum.StrEnum):
    """How somebody signs in at a host and decides."""

    #: The harness fills in the forms of the host's pages, as a browser would.
    FORMS = "forms"
    #: A program of the vendor's is given the address, and prints the one at which the browser ended.
    COMMAND = "command"
    #: A person opens the address, and pastes the one at which the browser ended.
    INTERACTIVE = "interactive"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody who has an account at a host."""

    name: str
    password: str = dataclasses.field(default="", repr=False)
    #: The id that the profile of the account has; empty where nothing was said.
    profile_id: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class HostInterface:
    """How a host is used: its accounts, how they sign in, and as which client the harness registers."""

    accounts: tuple[Account, ...] = ()
    login: Login = Login.FORMS
    #: Program and arguments; it reads a JSON object with ``url``, ``name``, ``password``, ``decision`` from standard input.
    login_command: tuple[str, ...] = ()
    #: Names of form fields, where they cannot be found by their type.
    name_field: str = ""
    password_field: str = ""
    #: Labels, names or values of the buttons that grant and that refuse, where they cannot be found by themselves.
    allow: str = ""
    deny: str = ""
    #: Everything that the harness registers as its own is below this address (Open Badges API Security: one host name, https).
    client_url: str = "https://skillmark.example"
    #: Address of the revocation endpoint, for which the service description has no place.
    revocation_url: str = ""
    #: Program that imports a file, ``{file}``, into the first account, in the forms that the API does not take.
    import_command: tuple[str, ...] = ()
    #: Seconds that a program or a person may take.
    seconds: float = 60.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ClientInterface:
    """How a product that calls hosts is made to do so."""

    #: Program that makes the product connect to the host ``{url}``; without it a person is asked to do it.
    command: tuple[str, ...] = ()
    #: Seconds until the product has made its calls.
    seconds: float = 120.0
    #: Whether no connection is opened for what the credentials refer to that it sends.
    offline: bool = False
    #: Plain http or private origins that they may refer to, on a test bench.
    allowed_origins: tuple[str, ...] = ()


class IssuingAdapter(enum.StrEnum):
    """How a product that issues is asked."""

    #: ``POST /credentials/issue`` of the VC API.
    VC_API = "vc-api"
    #: A request of the vendor's own.
    HTTP = "http"
    #: A program on this machine.
    COMMAND = "command"


#: Kinds of credentials that a product can be asked to issue; the last three are of data model 1.1.
ISSUABLE_KINDS = (
    "AchievementCredential",
    "EndorsementCredential",
    "ClrCredential",
    "AchievementCredentialv1p1",
    "EndorsementCredentialv1p1",
    "ClrCredentialv1p1",
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IssuingInterface:
    """How a product is asked to issue a credential that nobody has signed, and what it issues."""

    adapter: IssuingAdapter = IssuingAdapter.VC_API
    #: Below the address of the target.
    path: str = "/credentials/issue"
    method: str = "POST"
    content_type: str = "application/json"
    #: ``{credential}`` stands for the credential as a JSON value.
    body: str = '{"credential": {credential}, "options": {}}'
    #: JSON pointer to the credential in the answer; ``None`` where it is the answer, or its ``verifiableCredential``.
    pointer: str | None = None
    #: Program and arguments; ``{file}`` stands for a file with the credential, which else comes by standard input.
    command: tuple[str, ...] = ()
    #: Seconds that a command may take.
    seconds: float = 30.0
    #: The id or the Profile of the issuer, which the credentials carry; empty for one that the product fills in.
    issuer: str | Mapping[str, object] = ""
    kinds: tuple[str, ...] = ISSUABLE_KINDS[:3]
    #: How many credentials a run asks for; as many as its level says if it is 0.
    count: int = 0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Where the harness serves what products fetch: keys, status lists, schemas, contexts, a host for clients."""

    listen: str = "127.0.0.1"
    #: A free one if it is 0.
    port: int = 0
    #: The address under which a product reaches it, where that is another one.
    public_url: str = ""
    #: PEM files; without them a throw-away authority signs the certificate.
    certificate: Path | None = None
    key: Path | None = None
    #: PEM file that the throw-away authority is written to, so that products can be told to trust it.
    authority: Path | None = None
