"""One document that an issuer made, read, and each credential in it verified once."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark.core.exchanges import Trouble, TroubleKind
from skillmark.suites.credentials.shown import BADGES, Shown, opened
from skillmark_reference.credentials import submissions
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.credentials.verifying import verify

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping

    from skillmark.suites.credentials.sources import Source
    from skillmark_reference.credentials.results import Verification
    from skillmark_reference.credentials.submissions import Checked
    from skillmark_reference.documents import Documents

#: What a plan is about, by its catalogue.
SUBJECTS = {"open_badges": BADGES, "clr": frozenset({CredentialKind.CLR})}
#: Kinds by which a document says that it is of no interest to a plan, rather than being a poor one of its own.
_TOLD = frozenset({*BADGES, CredentialKind.CLR, CredentialKind.STATUS_LIST})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """One document that was handed in, or issued on request, with the credentials in it that a plan is about."""

    source: Source
    checked: tuple[Checked, ...] = ()
    #: The outermost ones that can be read, and are of the plan or of no kind that is known.
    credentials: tuple[Shown, ...] = ()
    #: How many were set aside.
    others: int = 0
    #: What the product was asked to issue; ``None`` for what was handed in.
    sent: Mapping[str, Any] | None = None

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


class Reader:
    """Reads what an issuer made, for the plan of a catalogue."""

    def __init__(self, catalogue_id: str, documents: Documents) -> None:
        self.catalogue_id = catalogue_id
        self.documents = documents
        #: What Skillmark failed on.
        self.defects: list[str] = []

    def read(self, source: Source, *, now: datetime.datetime, sent: Mapping[str, Any] | None = None) -> Submission:
        """Return a document with its credentials, verified as of a time."""
        if not source.is_read:
            return Submission(source=source, sent=sent)
        try:
            return self._read(source, now, sent)
        except Exception as error:  # noqa: BLE001 - a defect of the verifier must neither end the run nor count against the issuer
            defect = f"Skillmark failed on it ({type(error).__name__}); please report it"
            self.defects.append(f"{source.exchange.url}: {defect}.")
            return Submission(source=_not_read(source, defect), sent=sent)

    def _read(self, source: Source, now: datetime.datetime, sent: Mapping[str, Any] | None) -> Submission:
        texts: list[bytes | str] = []

        def verified(document: bytes | str) -> Verification:
            texts.append(document)
            return verify(document, documents=self.documents, now=now)

        # Each is verified when it is asked for, so that the last text is its own.
        found: list[tuple[Checked, bytes | str | None]] = [
            (checked, texts[-1] if checked.verification else None)
            for checked in submissions.check(source.content, source=source.exchange.url, verify=verified)
        ]
        opened_ones = (_shown(source, checked, text) for checked, text in found)
        shown = [one for one in opened_ones if one is not None]
        if not shown and (limit := next((each for each, _ in found if _is_beyond_limits(each)), None)) is not None:
            return Submission(source=_not_read(source, _told(limit)), checked=(limit,), sent=sent)
        mine = tuple(each for each in shown if each.kind not in _TOLD - SUBJECTS[self.catalogue_id])
        return Submission(
            source=source,
            checked=tuple(each for each, _ in found),
            credentials=mine,
            others=len(shown) - len(mine),
            sent=sent,
        )


def _not_read(source: Source, message: str) -> Source:
    trouble = Trouble(kind=TroubleKind.UNREACHABLE, message=message)
    return dataclasses.replace(source, exchange=dataclasses.replace(source.exchange, trouble=trouble))


def _is_beyond_limits(checked: Checked) -> bool:
    """Tell whether something is larger, deeper or more compressed than the verifier reads: nobody is to blame for that."""
    found = checked.verification
    if found is None:
        return checked.verdict is Verdict.UNVERIFIABLE
    return any(step.subject is Subject.PARSING and step.outcome is Outcome.CANNOT_TELL for step in found.steps)


def _told(checked: Checked) -> str:
    problems = checked.verification.problems if checked.verification else ()
    return "; ".join(checked.remarks) or next((each.message for each in problems), "")


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
