"""Credentials that a user names: read from a file, a folder, standard input or an address, and verified.

Whatever they hold, they end with a verdict. What is no credential is invalid; what could not be read is unverifiable.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import Misconfigured
from skillmark_reference.credentials.baking import BakingVersion, UnusableImage, find_baked
from skillmark_reference.credentials.recipients import Recipient
from skillmark_reference.credentials.results import Verdict
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import DocumentKind, DocumentProblem, Documents, Policy, SystemClock
from skillmark_reference.securing import strict_json
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator

    from skillmark_reference.credentials.results import Verification

#: Stands for the standard input.
STANDARD_INPUT = "-"
#: Begins a source that is an address.
SCHEMES = ("https://", "http://")

_MOST_BYTES = 10 * 2**20
_PNG = b"\x89PNG"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_IMAGES = (".png", ".svg")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One credential, or what was found in its place."""

    source: str
    verdict: Verdict
    #: Nothing where no credential was found.
    verification: Verification | None = None
    #: About the source, rather than the credential: why it was not read, how its image departs from the standard.
    remarks: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    """Reads and verifies sources, all with the same documents, at the same time, for the same person."""

    documents: Documents
    now: datetime.datetime
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
            yield from self._checked(source, content)

    def _content(self, source: str) -> bytes:
        if source == STANDARD_INPUT:
            return sys.stdin.buffer.read(_MOST_BYTES + 1)
        if source.startswith(SCHEMES):
            is_image = source.lower().endswith(_IMAGES)
            return self.documents.get(source, DocumentKind.IMAGE if is_image else DocumentKind.CREDENTIAL).content
        with Path(source).open("rb") as stream:
            return stream.read(_MOST_BYTES + 1)

    def _checked(self, source: str, content: bytes) -> Iterator[Checked]:
        start = content.removeprefix(_BYTE_ORDER_MARK).lstrip()
        if len(content) > _MOST_BYTES:
            remark = f"it has more bytes than the limit, which is {_MOST_BYTES:,}, and is not read"
            yield Checked(source=source, verdict=Verdict.UNVERIFIABLE, remarks=(remark,))
        elif content.startswith(_PNG) or start.startswith(b"<"):
            yield self._image(source, content)
        elif start.startswith(b"["):
            yield from self._array(source, content)
        else:
            yield self._credential(source, content)

    def _image(self, source: str, content: bytes) -> Checked:
        try:
            baked = find_baked(content)
        except UnusableImage as error:
            return _refused(source, str(error))
        if not baked:
            return _refused(source, "no credential is baked into the image")
        if baked[0].version is not BakingVersion.OPEN_BADGES_3:
            return _refused(
                source, f"expected is a credential of Open Badges 3.0; the image has {baked[0].version.value}"
            )
        remarks = tuple(each.value for each in baked[0].departures)
        return self._credential(source, baked[0].text, remarks)

    def _array(self, source: str, content: bytes) -> Iterator[Checked]:
        try:
            found = strict_json.parse(content)
        except MalformedJson as error:
            yield _refused(source, str(error))
            return
        if not found:
            yield _refused(source, "the array is empty; expected are credentials")
        for index, each in enumerate(found):
            yield self._member(f"{source}#/{index}", each)

    def _member(self, source: str, value: Any) -> Checked:  # noqa: ANN401 - any JSON value
        if isinstance(value, dict):
            return self._credential(source, json.dumps(value))
        if isinstance(value, str):
            return self._credential(source, value)
        return _refused(source, "expected is a credential: a JSON object, or a text with a compact JWS")

    def _credential(self, source: str, document: bytes | str, remarks: tuple[str, ...] = ()) -> Checked:
        found = verify(document, documents=self.documents, now=self.now, recipient=self.recipient)
        return Checked(source=source, verdict=found.verdict, verification=found, remarks=remarks)


def checker(*, recipient: str | None, at: str | None, offline: bool, origins: list[str]) -> Checker:
    """Return what checks sources as the options say.

    Raises:
        Misconfigured: an option cannot be read.
    """
    clock = SystemClock()
    try:
        policy = Policy(offline=offline, allowed_origins=tuple(origins), most_bytes=_MOST_BYTES)
    except ValueError as error:
        raise Misconfigured(f"--allow-origin: {error}.") from error
    try:
        now = clock.now() if at is None else parse_date_time(at)
    except MalformedInstant as error:
        raise Misconfigured(f"--at: {error}.") from error
    person = None if recipient is None else Recipient(identifier=recipient, identity_type="emailAddress")
    return Checker(documents=Documents(clock=clock, policy=policy), now=now, recipient=person)


def _refused(source: str, remark: str) -> Checked:
    return Checked(source=source, verdict=Verdict.INVALID, remarks=(remark,))
