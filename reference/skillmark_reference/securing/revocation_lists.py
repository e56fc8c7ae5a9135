"""The 1EdTech revocation list: plain JSON that names revoked credentials (https://www.imsglobal.org/spec/vcrl/v1p0/).

The list is not signed: it is trusted because its address is inside of the signed credential. Two names of its member are in use,
``revokedCredential`` and ``revokedCredentials``; both are read.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.statuses import NoStatus, StatusError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_MEMBERS = ("revokedCredential", "revokedCredentials")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """What a list says about one credential."""

    revoked: bool
    reason: str | None = None
    #: What is not wrong and worth knowing, in words for a person.
    remarks: tuple[str, ...] = ()


def list_address(entry: Mapping[str, Any]) -> str:
    """Return the address of the list that a ``credentialStatus`` of type 1EdTechRevocationList names.

    Raises:
        NoStatus: The type is another one, or the id is no web address.
    """
    if entry.get("type") not in ("1EdTechRevocationList", ["1EdTechRevocationList"]):
        raise _malformed(f"the entry has the type {quoted(entry.get('type'))}; expected is 1EdTechRevocationList")
    address = entry.get("id")
    if not isinstance(address, str) or not address.startswith(("https://", "http://")):
        raise _malformed(f"the id of a 1EdTechRevocationList is the address of the list; it is {quoted(address)}")
    return address


def check_revocation(credential_id: object, revocation_list: object, *, issuer_id: object) -> Revocation:
    """Tell whether a list names the credential.

    Args:
        credential_id: The ``id`` of the credential; without one it cannot be in a list.
        revocation_list: The fetched JSON document.
        issuer_id: The id of the credential's issuer, to compare with that of the list.

    Raises:
        NoStatus: The document is no revocation list.
    """
    if not isinstance(revocation_list, dict):
        raise _malformed(f"a revocation list is a JSON object; it is {type(revocation_list).__name__}")
    present = [member for member in _MEMBERS if member in revocation_list]
    if not present:
        raise _malformed(f"the revocation list has neither {' nor '.join(_MEMBERS)}")
    remarks = _remarks(credential_id, revocation_list, issuer_id)
    entries = [each for member in present for each in _entries(revocation_list[member])]
    for entry in entries:
        if entry.get("id") == credential_id and credential_id is not None and _is_revoked(entry):
            reason = entry.get("revocationReason")
            return Revocation(revoked=True, reason=reason if isinstance(reason, str) else None, remarks=remarks)
    return Revocation(revoked=False, remarks=remarks)


def _entries(listed: object) -> Iterator[Mapping[str, Any]]:
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise _malformed("the revoked credentials are an array of objects")
    yield from listed


def _is_revoked(entry: Mapping[str, Any]) -> bool:
    """Whether the entry revokes: ``revoked`` is true or missing."""
    revoked = entry.get("revoked", True)
    if not isinstance(revoked, bool):
        raise _malformed(f"revoked is true or false; it is {quoted(revoked)}")
    return revoked


def _remarks(credential_id: object, revocation_list: Mapping[str, Any], issuer_id: object) -> tuple[str, ...]:
    remarks = []
    if credential_id is None:
        remarks.append("the credential has no id, so that no list can name it")
    if revocation_list.get("issuer") != issuer_id:
        remarks.append(
            f"the list says it is by {quoted(revocation_list.get('issuer'))}; the credential is by {quoted(issuer_id)}"
        )
    return tuple(remarks)


def _malformed(message: str) -> NoStatus:
    return NoStatus(StatusError.MALFORMED_VALUE_ERROR, message)
