"""The evidence of a run: everything that was handed in or issued on request, read and verified once."""

from __future__ import annotations

import collections
import functools
from typing import TYPE_CHECKING

from skillmark.core.errors import Broken, Misconfigured, TargetUnreachable
from skillmark.core.target import Submissions
from skillmark.suites.credentials import sources
from skillmark.suites.credentials.fidelity import alterations
from skillmark.suites.credentials.issued import Issuance
from skillmark.suites.credentials.sightings import Departs, Unknown
from skillmark.suites.credentials.submissions import Reader
from skillmark.suites.doors import door_of

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping

    from skillmark.core.exchanges import Exchange
    from skillmark.engine import RunContext
    from skillmark.suites.credentials.shown import Shown
    from skillmark.suites.credentials.sightings import Sighting
    from skillmark.suites.credentials.submissions import Submission
    from skillmark_reference.credentials.kinds import CredentialKind
    from skillmark_reference.documents import Documents

#: Plans that are about the other kinds, for people.
_OTHERS = {"open_badges": "clr-2.0-issuer", "clr": "ob-3.0-issuer"}
_SILENT = "No document says that what an issuer is asked to issue has to come back unchanged."


class Evidence:
    """What is known of an issuer: the documents that it made, and the credentials in them."""

    def __init__(
        self,
        submissions: tuple[Submission, ...],
        *,
        catalogue_id: str,
        now: datetime.datetime,
        documents: Documents,
        is_offline: bool = False,
    ) -> None:
        self.submissions = submissions
        self.catalogue_id = catalogue_id
        self.now = now
        self.documents = documents
        self.is_offline = is_offline

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """The records of the documents, by id."""
        return {each.id: each.source.exchange for each in self.submissions}

    @functools.cached_property
    def outermost(self) -> tuple[Shown, ...]:
        """The credentials of the documents."""
        return tuple(each for submission in self.submissions for each in submission.credentials)

    @functools.cached_property
    def credentials(self) -> tuple[Shown, ...]:
        """The credentials of the documents, and those inside of them."""
        return tuple(inner for each in self.outermost for inner in each.walk())

    def of(self, *kinds: CredentialKind) -> Iterator[Shown]:
        """Yield the credentials of some kinds, at any depth."""
        return (each for each in self.credentials if each.kind in kinds)

    def unread(self) -> Iterator[Sighting]:
        """Yield every document that shows no credential: what cannot be had tells nothing, and what is none is a poor one."""
        for each in self.submissions:
            trouble = each.source.exchange.trouble
            if each.source.missing:
                yield Unknown(evidence=each.id, reason=f"nothing was issued: {each.source.missing}")
            elif trouble is not None and not each.source.is_unusable:
                yield Unknown(evidence=each.id, reason=f"{each.source.exchange.url} was not read: {trouble.message}")
            elif each.source.is_unusable or (each.is_judged and not each.credentials):
                reason = trouble.message if trouble else next(each.reasons, "it holds no credential")
                yield Departs(evidence=each.id, pointer="", actual=reason, expected="a valid credential")

    def altered(self) -> Iterator[Sighting]:
        """Yield what was issued otherwise than it was asked for."""
        for each in self.submissions:
            for shown in each.credentials if each.sent is not None else ():
                for place, what in alterations(each.sent or {}, shown):
                    yield shown.departs(place, what, expected="what the product was asked to issue", dispute=_SILENT)

    def sampling(self) -> Iterator[str]:
        """Say as of when the credentials were judged, and what was left aside."""
        door = ", without opening a connection" if self.is_offline else ""
        yield f"Credentials judged as of {self.now.isoformat()}{door}: {len(self.outermost)}."
        others = sum(each.others for each in self.submissions)
        if others:
            yield f"Credentials of other kinds, not judged: {others}. {_OTHERS[self.catalogue_id]} is about them, or no plan."
        for each in self.submissions:
            if each.source.exchange.trouble and not each.source.is_issued:
                yield f"{each.source.exchange.url} was not read: {each.source.exchange.trouble.message}."

    def record_counts(self) -> Mapping[str, int]:
        """Return how many credentials of each kind were seen, those inside of others included."""
        return dict(collections.Counter(each.kind.value for each in self.credentials))


class RunEvidence(Evidence):
    """What a run gathers: reads what was handed in, and has credentials issued where the product can be asked.

    Raises:
        Misconfigured: Nothing was handed in, or nothing that the plan is about; or the product cannot be asked.
        TargetUnreachable: Nothing of it can be read, or nothing answers.
        Broken: The verifier failed on all of it.
    """

    def __init__(self, context: RunContext) -> None:
        given = context.target.submissions or Submissions(sources=())
        if not given.sources and context.target.issuing is None:
            raise Misconfigured(f"{context.plan.id} asks for credentials: --credential SOURCE, or --target FILE.")
        documents = door_of(
            context,
            offline=given.offline,
            allowed_origins=given.allowed_origins,
            given=given.documents,
            is_asked=context.target.issuing is not None,
        )
        self._reader = Reader(context.plan.catalogue_id, documents)
        self._begin = given.at or context.clock.now()
        handed_in = tuple(self._handed_in(given))
        interface = context.target.issuing
        self._issuance = Issuance(context, interface, self._reader, self._seen) if interface is not None else None
        super().__init__(
            (*handed_in, *(self._issuance.submissions if self._issuance else ())),
            catalogue_id=context.plan.catalogue_id,
            # Nothing is from the future that was issued a moment ago.
            now=given.at or context.clock.now(),
            documents=documents,
            is_offline=given.offline,
        )
        if self._issuance is None:
            self._refuse_nothing()

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """The records of the documents, and of what the product was asked, by id."""
        return {**super().exchanges, **(self._issuance.exchanges if self._issuance else {})}

    def sampling(self) -> Iterator[str]:
        """Say how the credentials came about, as of when they were judged, and what was left aside."""
        yield from super().sampling()
        if self._issuance is not None:
            yield from self._issuance.sampling()

    def _handed_in(self, given: Submissions) -> Iterator[Submission]:
        for number, name in enumerate(sources.named(given.sources), start=1):
            yield self._reader.read(sources.read(name, f"d{number}", self._reader.documents), now=self._begin)

    def _seen(self, submission: Submission) -> Evidence:
        """Return the evidence of one document."""
        reader = self._reader
        return Evidence((submission,), catalogue_id=reader.catalogue_id, now=self._begin, documents=reader.documents)

    def _refuse_nothing(self) -> None:
        if not any(each.source.is_read or each.source.is_unusable for each in self.submissions):
            if self._reader.defects:
                raise Broken(self._reader.defects[0])
            first = self.submissions[0].source.exchange
            reason = first.trouble.message if first.trouble else "it is empty"
            raise TargetUnreachable(f"Nothing that was handed in can be read. {first.url}: {reason}.")
        read = [each for each in self.submissions if each.source.is_read]
        if read and not any(each.is_judged for each in read):
            other = _OTHERS[self.catalogue_id]
            raise Misconfigured(f"None of the credentials is of a kind that this plan is about. Try {other}.")
