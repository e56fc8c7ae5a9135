"""The product under test: where it is, how to speak to it, what its vendor says of it."""

from __future__ import annotations

import dataclasses
import enum
import shlex
from typing import TYPE_CHECKING

from skillmark.core.interfaces import ClientInterface, HostInterface, IssuingInterface, Peer

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping
    from pathlib import Path


class Feature(enum.StrEnum):
    """Optional features that a vendor may claim (Certification Guide, 1.6.2 and 1.11)."""

    PAGINATION = "pagination"
    SORTING = "sorting"
    FILTERING = "filtering"
    FIELD_SELECTION = "field-selection"
    RUBRICS = "rubrics"
    EXTENSIONS = "extensions"
    ACCESS_CONTROL = "access-control"
    #: The data under test populates every optional member.
    ALL_FIELDS = "all-fields"


class Claim(enum.Enum):
    """What the vendor says of a feature."""

    CLAIMED = "claimed"
    NOT_CLAIMED = "not claimed"
    #: Nothing was said: the harness looks whether the feature has an effect.
    UNSTATED = "unstated"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Who made what (Certification Guide, 1.6.1); empty where it was not stated."""

    name: str = ""
    version: str = ""
    vendor: str = ""
    contact: str = ""


class AuthenticationMethod(enum.StrEnum):
    """How the target knows its clients."""

    NONE = "none"
    BEARER = "bearer"
    CLIENT_CREDENTIALS = "oauth2-client-credentials"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Authentication:
    """How to be admitted; secrets are resolved from the environment and never shown."""

    method: AuthenticationMethod = AuthenticationMethod.NONE
    token: str = dataclasses.field(default="", repr=False)
    token_url: str = ""
    client_id: str = ""
    client_secret: str = dataclasses.field(default="", repr=False)
    scope: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much may be asked of the target, and how much it may ask of the harness."""

    #: Requests of one run.
    requests: int = 20_000
    #: Requests a second; ``None`` for no limit.
    rate: float | None = None
    #: Requests in flight while records are gathered.
    concurrency: int = 1
    #: Seconds to connect, seconds without a byte, and seconds for one whole exchange.
    connect_seconds: float = 10.0
    read_seconds: float = 20.0
    exchange_seconds: float = 60.0
    #: Bytes of one decoded body.
    body_bytes: int = 128 * 2**20
    redirects: int = 5


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Submissions:
    """Credentials that an issuer made, handed in to be judged."""

    #: Files, folders and https addresses.
    sources: tuple[str, ...]
    #: The time as of which they are judged; ``None`` for the time of the run.
    at: datetime.datetime | None = None
    #: Whether no connection is opened for what they refer to.
    offline: bool = False
    #: Plain http or private origins that they may refer to, on a test bench.
    allowed_origins: tuple[str, ...] = ()
    #: Contents by address that are at hand, and not fetched.
    documents: Mapping[str, bytes] = dataclasses.field(default_factory=dict)


class Adapter(enum.StrEnum):
    """How a product that verifies is asked."""

    #: ``POST /credentials/verify`` of the VC API.
    VC_API = "vc-api"
    #: A request of the vendor's own.
    HTTP = "http"
    #: A program on this machine.
    COMMAND = "command"
    #: A person, with a kit of files and a page to tick.
    MANUAL = "manual"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """What counts as yes: everything that is stated has to hold. Without a statement the adapter's own rule counts."""

    #: Statuses of an answer, or exit codes of a command.
    statuses: tuple[int, ...] = ()
    #: JSON pointer into the answer, and the value there.
    pointer: str | None = None
    equals: object = True
    #: Regular expression that is found in the answer, or in what a command prints.
    pattern: str = ""


#: Ways of securing credentials, and kinds of credentials, that a product can claim to verify.
VERIFIABLE_FORMATS = (
    "eddsa-rdfc-2022",
    "eddsa-jcs-2022",
    "ecdsa-rdfc-2019",
    "ecdsa-jcs-2019",
    "ecdsa-sd-2023",
    "vc-jwt-RS256",
    "vc-jwt-EdDSA",
    "vc-jwt-ES256",
)
VERIFIABLE_KINDS = ("AchievementCredential", "EndorsementCredential", "ClrCredential")
#: Types of status that it can claim to know.
VERIFIABLE_STATUSES = ("BitstringStatusListEntry", "1EdTechRevocationList")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class VerifierInterface:
    """How a product that verifies is asked, and what it claims to verify."""

    adapter: Adapter = Adapter.VC_API
    #: Below the address of the target.
    path: str = "/credentials/verify"
    method: str = "POST"
    content_type: str = "application/json"
    #: ``{credential}`` stands for the credential as a JSON value, ``{text}`` for its bare text.
    body: str = '{"verifiableCredential": {credential}}'
    #: Whether tokens are sent in an envelope (data model 2.0, 4.13) where the body is JSON, or as strings.
    envelopes: bool = True
    accepted: Acceptance = dataclasses.field(default_factory=Acceptance)
    #: Program and arguments; ``{file}`` stands for a file with the credential, which else comes by standard input.
    command: tuple[str, ...] = ()
    #: Whether baked images can be given to it, as they can be to people.
    images: bool = False
    #: Seconds that a command may take.
    seconds: float = 30.0
    #: Folder of the kit that a person works through.
    kit: Path | None = None
    #: File with what the person found; without it nothing is answered yet.
    answers: Path | None = None
    #: What the product claims to verify.
    formats: tuple[str, ...] = ("eddsa-rdfc-2022", "vc-jwt-RS256", "vc-jwt-EdDSA", "vc-jwt-ES256")
    kinds: tuple[str, ...] = VERIFIABLE_KINDS
    statuses: tuple[str, ...] = VERIFIABLE_STATUSES


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Everything a run has to know about the product."""

    #: Scheme, host, port and a deployment prefix, without the standard's base path and without a final slash; empty for a
    #: product that is judged by what it made.
    url: str = ""
    product: Product = dataclasses.field(default_factory=Product)
    authentication: Authentication = dataclasses.field(default_factory=Authentication)
    #: Sent with every request; values are redacted in reports.
    headers: tuple[tuple[str, str], ...] = ()
    submissions: Submissions | None = None
    #: How a product that verifies is asked; by the VC API if nothing is said.
    verifier: VerifierInterface = dataclasses.field(default_factory=VerifierInterface)
    #: How a product is asked to issue; ``None`` for one that is judged by what is handed in.
    issuing: IssuingInterface | None = None
    host: HostInterface = dataclasses.field(default_factory=HostInterface)
    #: How the product is made to call a host.
    client: ClientInterface = dataclasses.field(default_factory=ClientInterface)
    #: Where the harness serves what the product fetches.
    peer: Peer = dataclasses.field(default_factory=Peer)
    ca_file: Path | None = None
    #: Identifiers of records that cannot be found by walking, by class.
    known: Mapping[str, tuple[str, ...]] = dataclasses.field(default_factory=dict)
    #: ``None`` when nothing was said about optional features.
    claims: frozenset[Feature] | None = None
    #: Statements of the vendor by requirement id, for what no test can decide.
    attestations: Mapping[str, str] = dataclasses.field(default_factory=dict)
    limits: Limits = dataclasses.field(default_factory=Limits)
    #: Transport requirements are taken out of the verdict.
    lab: bool = False

    @property
    def place(self) -> str:
        """Where the product is, what it made, or what makes it do something, for people; empty for one that a person uses."""
        sources = self.submissions.sources if self.submissions else ()
        commands = (self.issuing.command if self.issuing else (), self.verifier.command, self.client.command)
        return self.url or ", ".join(sources) or next((shlex.join(each) for each in commands if each), "")

    def claim(self, feature: Feature) -> Claim:
        """Return what was said of a feature."""
        if self.claims is None:
            return Claim.UNSTATED
        return Claim.CLAIMED if feature in self.claims else Claim.NOT_CLAIMED
