"""The evidence of a run: everything that was handed in, read and verified once."""

from __future__ import annotations

import collections
import dataclasses
import functools
import ssl
from typing import TYPE_CHECKING

from skillmark.core.errors import Broken, Misconfigured, TargetUnreachable
from skillmark.core.exchanges import Trouble, TroubleKind
from skillmark.suites.credentials import sources
from skillmark.suites.credentials.shown import BADGES, Shown, opened
from skillmark.suites.credentials.sightings import Departs, Unknown
from skillmark_reference.credentials import submissions
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import Documents, Policy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.core.exchanges import Exchange
    from skillmark.core.target import Submissions
    from skillmark.engine import RunContext
    from skillmark.suites.credentials.sightings import Sighting
    from skillmark.suites.credentials.sources import Source
    from skillmark_reference.credentials.results import Verification
    from skillmark_reference.credentials.submissions import Checked

#: What a plan is about, by its catalogue.
SUBJECTS = {"open_badges": BADGES, "clr": frozenset({CredentialKind.CLR})}
#: Plans that are about the other kinds, for people.
_OTHERS = {"open_badges": "clr-2.0-issuer", "clr": "ob-3.0-issuer"}
#: Kinds by which a document says that it is of no interest to a plan, rather than being a poor one of its own.
_TOLD = frozenset({*BADGES, CredentialKind.CLR, CredentialKind.STATUS_LIST})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One document that was handed in, with the credentials in it that a plan is about."""

    source: Source
    checked: tuple[Checked, ...]
    #: The outermost ones that can be read, and are of the plan or of no kind that is known.
    credentials: tuple[Shown, ...]
    #: How many were set aside.
    others: int = 0

    @property
    def id(self) -> str:
        """The id of its record."""
        return self.source.exchange.id

    @property
    def reasons(self) -> Iterator[str]:
        """Why there is no credential in it."""
        for each in self.checked:
            yield from each.remarks
            yield from (problem.message for problem in each.verification.problems) if each.verification else ()

    @property
    def is_judged(self) -> bool:
        """Whether it was read, and not all in it was set aside."""
        return self.source.is_read and not (self.others and not self.credentials)


class Evidence:
    """What a run knows of an issuer.

    Raises:
        Misconfigured: Nothing was handed in, or nothing that the plan is about.
        TargetUnreachable: Nothing of it can be read.
        Broken: The verifier failed on all of it.
    """

    def __init__(self, context: RunContext) -> None:
        given = context.target.submissions
        if given is None:
            raise Misconfigured(f"{context.plan.id} asks for credentials: --credential SOURCE, or --target FILE.")
        self.catalogue_id = context.plan.catalogue_id
        self.now = given.at or context.clock.now()
        self.is_offline = given.offline
        self.documents = _door(context, given)
        self._defects: list[str] = []
        self.submissions = tuple(self._submissions(given))
        self._refuse_nothing()

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """The records of what was handed in, by id."""
        return {each.id: each.source.exchange for each in self.submissions}

    @functools.cached_property
    def outermost(self) -> tuple[Shown, ...]:
        """The credentials that were handed in."""
        return tuple(each for submission in self.submissions for each in submission.credentials)

    @functools.cached_property
    def credentials(self) -> tuple[Shown, ...]:
        """The credentials that were handed in, and those inside of them."""
        return tuple(inner for each in self.outermost for inner in each.walk())

    def of(self, *kinds: CredentialKind) -> Iterator[Shown]:
        """Yield the credentials of some kinds, at any depth."""
        return (each for each in self.credentials if each.kind in kinds)

    def unread(self) -> Iterator[Sighting]:
        """Yield every document that shows no credential: what cannot be had tells nothing, and what is none is a poor one."""
        for each in self.submissions:
            trouble = each.source.exchange.trouble
            if trouble is not None and not each.source.is_unusable:
                yield Unknown(evidence=each.id, reason=f"{each.source.exchange.url} was not read: {trouble.message}")
            elif each.source.is_unusable or (each.is_judged and not each.credentials):
                reason = trouble.message if trouble else next(each.reasons, "it holds no credential")
                yield Departs(evidence=each.id, pointer="", actual=reason, expected="a valid credential")

    def sampling(self) -> Iterator[str]:
        """Say as of when the credentials were judged, and what was left aside."""
        door = ", without opening a connection" if self.is_offline else ""
        yield f"Credentials judged as of {self.now.isoformat()}{door}: {len(self.outermost)}."
        others = sum(each.others for each in self.submissions)
        if others:
            yield f"Credentials of other kinds, not judged: {others}. {_OTHERS[self.catalogue_id]} is about them, or no plan."
        for each in self.submissions:
            if each.source.exchange.trouble:
                yield f"{each.source.exchange.url} was not read: {each.source.exchange.trouble.message}."

    def record_counts(self) -> Mapping[str, int]:
        """Return how many credentials of each kind were seen, those inside of others included."""
        return dict(collections.Counter(each.kind.value for each in self.credentials))

    # Reading

    def _submissions(self, given: Submissions) -> Iterator[Submission]:
        for number, name in enumerate(sources.named(given.sources), start=1):
            source = sources.read(name, f"d{number}", self.documents)
            yield self._judged(source) if source.is_read else Submission(source=source, checked=(), credentials=())

    def _judged(self, source: Source) -> Submission:
        try:
            return self._read(source)
        except Exception as error:  # noqa: BLE001 - a defect of the verifier must neither end the run nor count against the issuer
            defect = f"Skillmark failed on it ({type(error).__name__}); please report it"
            self._defects.append(f"{source.exchange.url}: {defect}.")
            trouble = Trouble(kind=TroubleKind.UNREACHABLE, message=defect)
            failed = dataclasses.replace(source, exchange=dataclasses.replace(source.exchange, trouble=trouble))
            return Submission(source=failed, checked=(), credentials=())

    def _read(self, source: Source) -> Submission:
        texts: list[bytes | str] = []

        def verified(document: bytes | str) -> Verification:
            texts.append(document)
            return verify(document, documents=self.documents, now=self.now)

        # Each is verified when it is asked for, so that the last text is its own.
        found: list[tuple[Checked, bytes | str | None]] = [
            (checked, texts[-1] if checked.verification else None)
            for checked in submissions.check(source.content, source=source.exchange.url, verify=verified)
        ]
        opened_ones = (_shown(source, checked, text) for checked, text in found)
        shown = [one for one in opened_ones if one is not None]
        mine = tuple(each for each in shown if each.kind not in _TOLD - SUBJECTS[self.catalogue_id])
        return Submission(
            source=source,
            checked=tuple(each for each, _ in found),
            credentials=mine,
            others=len(shown) - len(mine),
        )

    def _refuse_nothing(self) -> None:
        if not any(each.source.is_read or each.source.is_unusable for each in self.submissions):
            if self._defects:
                raise Broken(self._defects[0])
            first = self.submissions[0].source.exchange
            reason = first.trouble.message if first.trouble else "it is empty"
            raise TargetUnreachable(f"Nothing that was handed in can be read. {first.url}: {reason}.")
        read = [each for each in self.submissions if each.source.is_read]
        if read and not any(each.is_judged for each in read):
            other = _OTHERS[self.catalogue_id]
            raise Misconfigured(f"None of the credentials is of a kind that this plan is about. Try {other}.")


def _shown(source: Source, checked: Checked, text: bytes | str | None) -> Shown | None:
    if checked.verification is None or text is None:
        return None
    document, token = opened(text.decode("utf-8", "replace") if isinstance(text, bytes) else text)
    if document is None:
        return None
    place = checked.source.removeprefix(source.exchange.url).removeprefix("#")
    return Shown(
        evidence=source.exchange.id,
        place=place,
        document=document,
        kind=checked.verification.kind,
        verification=checked.verification,
        token=token,
    )


def _door(context: RunContext, given: Submissions) -> Documents:
    try:
        policy = Policy(offline=given.offline, allowed_origins=given.allowed_origins)
    except ValueError as error:
        raise Misconfigured(f"allow_origins: {error}.") from error
    ca_file = context.target.ca_file
    trust = ssl.create_default_context(cafile=str(ca_file)) if ca_file else None
    return Documents(clock=context.clock, policy=policy, given=given.documents, trust=trust)
