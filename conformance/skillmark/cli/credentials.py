"""Credentials that a user names: read from a file, a folder, standard input or an address, and verified.

Whatever they hold, they end with a verdict. What is no credential is invalid; what could not be read is unverifiable.
"""

from __future__ import annotations

import dataclasses
import functools
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured
from skillmark_reference.credentials import submissions
from skillmark_reference.credentials.issuance.completing import is_identifier
from skillmark_reference.credentials.results import Verdict
from skillmark_reference.credentials.steps.recipients import Recipient
from skillmark_reference.credentials.submissions import MOST_BYTES, Checked
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import DocumentKind, DocumentProblem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.cli.access import Access
    from skillmark_reference.credentials.results import Verification

#: Stands for the standard input.
STANDARD_INPUT = "-"
#: Begins a source that is an address.
SCHEMES = ("https://", "http://")

#: The most bytes of a source.
LIMIT = MOST_BYTES


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """Reads and verifies sources, all with the same documents, at the same time, for the same person."""

    access: Access
    recipient: Recipient | None

    def check(self, source: str) -> Iterator[Checked]:
        """Read a source, and yield what its credentials are worth."""
        try:
            content = self._content(source)
        except DocumentProblem as problem:
            yield Checked(source=source, verdict=Verdict.UNVERIFIABLE, remarks=(str(problem),))
        except OSError as error:
            remark = f"it cannot be read: {error.strerror or error}"
            yield Checked(source=source, verdict=Verdict.UNVERIFIABLE, remarks=(remark,))
        else:
            yield from submissions.check(content, source=source, verify=self._verify)

    def _content(self, source: str) -> bytes:
        if source.startswith(SCHEMES):
            return self.access.documents.get(source, DocumentKind.SUBMISSION).content
        return read(source)

    @property
    def _verify(self) -> functools.partial[Verification]:
        access = self.access
        return functools.partial(verify, documents=access.documents, now=access.now, recipient=self.recipient)


def checker(access: Access, *, recipient: str | None) -> Checker:
    """Return what checks sources for a person, who is known by an e-mail address, a DID or another URI.

    Raises:
        Misconfigured: The recipient is neither.
    """
    return Checker(access=access, recipient=None if recipient is None else _person(recipient))


def _person(recipient: str) -> Recipient:
    if is_identifier(recipient):
        return Recipient(id=recipient)
    if "@" not in recipient:
        message = "is no e-mail address such as learner@school.example, and no DID or other URI"
        raise Misconfigured(f"--recipient: {recipient!r} {message}.")
    return Recipient(identifier=recipient, identity_type="emailAddress")


def read(source: str) -> bytes:
    """Return what is in a file or on standard input; a byte more than the limit shows that there is more.

    Raises:
        OSError: It cannot be read.
    """
    if source == STANDARD_INPUT:
        return sys.stdin.buffer.read(LIMIT + 1)
    with Path(source).open("rb") as stream:
        return stream.read(LIMIT + 1)
