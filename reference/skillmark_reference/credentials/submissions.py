"""What a person hands in: JSON, an array in JSON, a compact JWS, a baked PNG or SVG; read, and each credential in it verified.

Whatever it holds, it ends with a verdict. What is no credential is invalid; what could not be read is unverifiable.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.baking import BakingVersion, ImageProblem, UnusableImage, find_baked
from skillmark_reference.credentials.results import Verdict
from skillmark_reference.securing import strict_json
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark_reference.credentials.results import Verification

#: The most bytes of one submission.
MOST_BYTES = 10 * 2**20

_PNG = b"\x89PNG"
#: What is wrong with an image that this project does not read, and others may.
_OVER_A_LIMIT = frozenset({ImageProblem.TOO_LARGE, ImageProblem.TOO_COMPRESSED})
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One credential, or what was found in its place."""

    source: str
    verdict: Verdict
    #: Nothing where no credential was found.
    verification: Verification | None = None
    #: About the source, rather than the credential: why it was not read, how its image departs from the standard.
    remarks: tuple[str, ...] = ()


def check(content: bytes, *, source: str, verify: Callable[[bytes | str], Verification]) -> Iterator[Checked]:
    """Yield what the credentials of a submission are worth.

    Args:
        content: What was handed in.
        source: What it is called in the results; a credential of an array is told by its place in it.
        verify: Verifies one credential.
    """
    start = content.removeprefix(_BYTE_ORDER_MARK).lstrip()
    if len(content) > MOST_BYTES:
        remark = f"it has more bytes than the limit, which is {MOST_BYTES:,}, and is not read"
        yield Checked(source=source, verdict=Verdict.UNVERIFIABLE, remarks=(remark,))
    elif content.startswith(_PNG) or start.startswith(b"<"):
        yield _image(source, content, verify)
    elif start.startswith(b"["):
        yield from _array(source, content, verify)
    else:
        # A byte order mark may be left out (RFC 8259, 8.1).
        yield _checked(source, verify(content.removeprefix(_BYTE_ORDER_MARK)))


def _image(source: str, content: bytes, verify: Callable[[bytes | str], Verification]) -> Checked:
    try:
        baked = find_baked(content)
    except UnusableImage as error:
        if error.problem in _OVER_A_LIMIT:
            return Checked(source=source, verdict=Verdict.UNVERIFIABLE, remarks=(str(error),))
        return _refused(source, str(error))
    if not baked:
        return _refused(source, "no credential is baked into the image")
    if baked[0].version is BakingVersion.OPEN_BADGES_2:
        message = f"expected is a credential of Open Badges 3.0 or CLR 2.0; the image has {baked[0].version.value}"
        return _refused(source, message)
    return _checked(source, verify(baked[0].text), tuple(each.value for each in baked[0].departures))


def _array(source: str, content: bytes, verify: Callable[[bytes | str], Verification]) -> Iterator[Checked]:
    try:
        found = strict_json.parse(content)
    except MalformedJson as error:
        yield _refused(source, str(error))
        return
    if not found:
        yield _refused(source, "the array is empty; expected are credentials")
    for index, each in enumerate(found):
        yield _member(f"{source}#/{index}", each, verify)


def _member(source: str, value: Any, verify: Callable[[bytes | str], Verification]) -> Checked:  # noqa: ANN401 - any JSON value
    if isinstance(value, dict):
        return _checked(source, verify(json.dumps(value)))
    if isinstance(value, str):
        return _checked(source, verify(value))
    return _refused(source, "expected is a credential: a JSON object, or a text with a compact JWS")


def _checked(source: str, found: Verification, remarks: tuple[str, ...] = ()) -> Checked:
    return Checked(source=source, verdict=found.verdict, verification=found, remarks=remarks)


def _refused(source: str, remark: str) -> Checked:
    return Checked(source=source, verdict=Verdict.INVALID, remarks=(remark,))
