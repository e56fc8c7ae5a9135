"""Where, when, and under which names the learner records of the case study are issued."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import urllib.parse

from skillmark_fixtures.frameworks.naming import BASE_PATHS, DEFAULT_BASE
from skillmark_fixtures.learners import learners
from skillmark_reference.securing.dids import did_web_address
from skillmark_reference.securing.quoting import quoted

#: When everything is issued, unless another time is chosen. It is past, so that nothing depends on when it is looked at.
ISSUED = datetime.datetime(2026, 6, 15, 12, tzinfo=datetime.UTC)
#: Until the end of what is written with four digits, with room for credentials that begin a hundred years later.
_LATEST = datetime.datetime(9000, 1, 1, tzinfo=datetime.UTC)


class Identity(enum.Enum):
    """How issuers are known."""

    #: By their key: everything about the proof can be verified offline. Each type of key is an id of its own.
    DID_KEY = "did:key"
    #: By the https address of their profile, which has their verification methods.
    ADDRESS = "https"
    #: By a did:web, whose document is at the same server.
    DID_WEB = "did:web"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What the bytes of all records depend on: equal settings, equal bytes.

    Raises:
        ValueError: Base, identity and time do not go together; the message says why.
    """

    #: Address of the CASE provider, and of the server that hosts profiles, lists, achievements and credentials.
    base: str = DEFAULT_BASE
    identity: Identity = Identity.DID_KEY
    at: datetime.datetime = ISSUED
    #: The version of CASE at whose addresses the items are.
    case_version: str = "1.1"

    def __post_init__(self) -> None:
        parts = urllib.parse.urlsplit(self.base)
        if parts.scheme not in {"https", "http"} or not parts.netloc or parts.query or parts.fragment:
            raise ValueError(f"{quoted(self.base)} is no base such as {DEFAULT_BASE}")
        if self.case_version not in BASE_PATHS:
            raise ValueError(f"{quoted(self.case_version)} is no version of CASE; {', '.join(BASE_PATHS)} are")
        if self.base.endswith("/"):
            raise ValueError(f"{quoted(self.base)} ends with a slash; leave it out")
        if self.identity is not Identity.DID_KEY and parts.scheme != "https":
            raise ValueError(f"issuers known by {self.identity.value} are at an https address; {self.base} is none")
        if self.identity is Identity.DID_WEB:
            did_web_address(self.issuer_id("issuer"))
        _check_time(self.at)

    def address(self, collection: str, name: str) -> str:
        """Return the address of something that the server hosts."""
        return f"{self.base}/{collection}/{name}"

    def issuer_id(self, slug: str) -> str:
        """Return the id of an issuer that is not known by its key.

        Raises:
            ValueError: Issuers are known by their keys.
        """
        match self.identity:
            case Identity.ADDRESS:
                return self.address("issuers", slug)
            case Identity.DID_WEB:
                parts = urllib.parse.urlsplit(self.address("issuers", slug))
                return ":".join(["did:web", parts.netloc.replace(":", "%3A"), *parts.path.split("/")[1:]])
            case Identity.DID_KEY:
                raise ValueError("an issuer known by its key has an id for each type of key")


def _check_time(at: datetime.datetime) -> None:
    if at.tzinfo is None:
        raise ValueError("the time has no zone; add one, for example Z")
    last = max(award.on for learner in learners() for award in learner.awards())
    if not last < at.astimezone(datetime.UTC).date() or at > _LATEST:
        raise ValueError(
            f"the time is after the last award, on {last}, and before {_LATEST.year}; it is {at.isoformat()}"
        )
