"""One instance of the VC API: its issuers, what it keeps, and how it is set up."""

from __future__ import annotations

import dataclasses
import uuid
from typing import TYPE_CHECKING, Any

from skillmark_reference.documents import Documents, Policy, SystemClock
from skillmark_reference.issuers import IssuedCredentials, StatusLists, issuers_of
from skillmark_reference.server.vc_api.bodies import MOST_BYTES
from skillmark_reference.server.vc_api.challenges import Challenges

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from skillmark_reference.credentials.steps.sources import Documents as GivesDocuments
    from skillmark_reference.databases import Database
    from skillmark_reference.documents import Clock
    from skillmark_reference.issuers import Issuer
    from skillmark_reference.server.served import Publisher

#: Seconds for one document of somebody else.
_PATIENCE = 5.0


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class VcApiOptions:
    """How the VC API behaves where the documents leave a choice, or disagree."""

    #: Scheme, host and prefix under which issuers and lists are named; without it, the address that a request came to.
    base_url: str | None = None
    #: The answer to a verification that ran to its end and failed: 400 as the suites of W3C want it, 200 as VCALM has it.
    failed_verification_status: int = 400
    #: Whether outdated digests of https://www.w3.org/ns/credentials/v2 are let pass, see `related_resources`.
    accepts_draft_digests: bool = True
    #: Gives documents of others; without it, those that are at public addresses, by https.
    documents: GivesDocuments | None = None
    #: Tells whether the header Authorization admits to a scope such as ``write:/credentials/issue``; without it, everybody.
    #: Give further documents that this server publishes, see `ServedDocuments`.
    publishers: tuple[Publisher, ...] = ()
    admits: Callable[[str | None, str], bool] | None = None
    most_bytes: int = MOST_BYTES


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """What every operation needs."""

    options: VcApiOptions
    clock: Clock
    issuers: Mapping[str, Issuer]
    issued: IssuedCredentials
    status_lists: StatusLists
    challenges: Challenges
    remote: GivesDocuments
    new_id: Callable[[], str] = lambda: str(uuid.uuid4())

    @classmethod
    def open(cls, database: Database, *, options: VcApiOptions, clock: Clock | None = None) -> Instance:
        """Return the instance that keeps everything in a database.

        Raises:
            DatabaseUnavailable: Its tables cannot be made.
        """
        known = clock or SystemClock()
        return cls(
            options=options,
            clock=known,
            issuers=issuers_of(database),
            issued=IssuedCredentials(database),
            status_lists=StatusLists(database),
            challenges=Challenges(database),
            remote=options.documents or Documents(clock=known, policy=Policy(seconds=_PATIENCE, redirects=2)),
        )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What is answered."""

    status: int
    #: JSON; nothing is an empty body.
    body: Any = None
    media_type: str = "application/json"
    headers: Mapping[str, str] = dataclasses.field(default_factory=dict)
