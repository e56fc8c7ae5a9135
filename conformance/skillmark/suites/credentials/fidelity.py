"""Whether an issued credential says what its issuer was asked to say: members that were lost or changed on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.suites.credentials.shown import Shown

#: What an issuer fills in itself, whatever it is asked for: who it is, its own name for the credential, its proof.
_ITS_OWN = frozenset({"issuer", "id", "proof"})
#: What a token of data model 1.1 has in its claims instead (Verifiable Credentials Data Model 1.1, 6.3.1).
_CLAIMED = frozenset({"issuanceDate", "expirationDate"})


def alterations(sent: Mapping[str, Any], shown: Shown) -> Iterator[tuple[str, str]]:
    """Yield the place and the kind of everything that was asked for and is not there; what was added is not told.

    One value and an array with it are the same, and so are arrays in another order, and date-times of one instant.
    """
    own = _ITS_OWN | (_CLAIMED if shown.token and claims_of.is_version_1(shown.document) else frozenset())
    asked = {name: value for name, value in sent.items() if name not in own}
    yield from _alterations(asked, shown.document, "")


def _alterations(asked: Any, got: Any, pointer: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any JSON
    if isinstance(asked, dict) and isinstance(got, dict):
        for name, value in asked.items():
            if name in got:
                yield from _alterations(value, got[name], child(pointer, name))
            else:
                yield child(pointer, name), f"without {quoted(name)}"
    elif isinstance(asked, list) or isinstance(got, list):
        yield from _of_arrays(as_list(asked), as_list(got), pointer)
    elif not _is_same(asked, got):
        yield pointer, f"{quoted(got)} in the place of {quoted(asked)}"


def _of_arrays(asked: list[Any], got: list[Any], pointer: str) -> Iterator[tuple[str, str]]:
    rest = list(got)
    missing = []
    for number, value in enumerate(asked):
        found = next((each for each in rest if not any(True for _ in _alterations(value, each, ""))), None)
        if found is None:
            missing.append((number, value))
        else:
            rest.remove(found)
    for (number, value), other in zip(missing, rest, strict=False):
        yield from _alterations(value, other, child(pointer, number))
    for number, _ in missing[len(rest) :]:
        yield child(pointer, number), f"{len(got)} entries in the place of {len(asked)}"


def _is_same(asked: Any, got: Any) -> bool:  # noqa: ANN401 - any JSON
    if isinstance(asked, bool) or isinstance(got, bool):
        return asked is got
    if isinstance(asked, str) and isinstance(got, str) and asked != got:
        return _is_same_instant(asked, got)
    return bool(asked == got)


def _is_same_instant(asked: str, got: str) -> bool:
    try:
        return parse_date_time(asked) == parse_date_time(got)
    except MalformedInstant:
        return False
