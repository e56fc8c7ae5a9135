"""The status of a credential: revoked, suspended, or not to be told (Open Badges 3.0, Verification, step 4)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, Verdict, conclude
from skillmark_reference.credentials.steps.sources import DocumentUnavailable
from skillmark_reference.documents.kinds import DocumentKind
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing import revocation_lists, statuses, strict_json
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.statuses import NoStatus, StatusError
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from skillmark_reference.credentials.results import Verification
    from skillmark_reference.credentials.steps.sources import Sources

    #: Verifies the credential that holds a list, at an address; the place is where it is named.
    ListVerifier = Callable[[bytes, str, str], Verification]

_VERDICTS = {"revocation": Verdict.REVOKED, "suspension": Verdict.SUSPENDED}


class StatusCheck:
    """The check of every status entry of one credential.

    Args:
        credential: The credential, whose proof has been verified.
        kind: What it is read as.
        sources: The other documents.
        verify_list: Verifies the credential that holds a list.
        issuers: Issuers of lists that are trusted beside the issuer of the credential.
    """

    def __init__(
        self,
        credential: Mapping[str, Any],
        kind: CredentialKind,
        *,
        sources: Sources,
        verify_list: ListVerifier,
        issuers: frozenset[str],
    ) -> None:
        self._credential = credential
        self._kind = kind
        self._sources = sources
        self._verify_list = verify_list
        self._trusted = issuers | {str(claims_of.issuer_id(credential))}
        #: The verifications of the lists.
        self.lists: list[Verification] = []

    def steps(self) -> list[Step]:
        """Return one step for each entry; without entries one that is not applicable."""
        value = self._credential.get("credentialStatus")
        if value is None:
            return [conclude(self._kind, Subject.STATUS, outcome=Outcome.NOT_APPLICABLE)]
        is_array = isinstance(value, list)
        return [
            self._entry(entry, child("/credentialStatus", index) if is_array else "/credentialStatus")
            for index, entry in enumerate(as_list(value))
        ]

    def _entry(self, entry: object, pointer: str) -> Step:
        types = as_list(entry.get("type")) if isinstance(entry, dict) else []
        if isinstance(entry, dict) and "BitstringStatusListEntry" in types:
            return self._bitstring(entry, pointer)
        if isinstance(entry, dict) and "1EdTechRevocationList" in types:
            return self._revocation_list(entry, pointer)
        step = self._unknown(pointer, f"a status of type {quoted(types)} is not understood")
        # "Types that are not understood are ignored" (Securing Verifiable Credentials using JOSE and COSE, 6)
        return dataclasses.replace(step, outcome=Outcome.WARNED) if self._kind is CredentialKind.OTHER else step

    def _unknown(self, pointer: str, message: str) -> Step:
        problem = Problem(pointer=pointer, message=f"the status cannot be told: {message}")
        return conclude(self._kind, Subject.STATUS, [problem], outcome=Outcome.CANNOT_TELL)

    def _malformed(self, pointer: str, error: NoStatus) -> Step:
        if error.error is not StatusError.MALFORMED_VALUE_ERROR:
            return self._unknown(pointer, str(error))
        return conclude(
            self._kind, Subject.STATUS, [Problem(pointer=pointer, message=str(error), clause=error.error.name)]
        )

    # 1EdTechRevocationList

    def _revocation_list(self, entry: Mapping[str, Any], pointer: str) -> Step:
        try:
            address = revocation_lists.list_address(entry)
        except NoStatus as error:
            return self._malformed(pointer, error)
        try:
            listed = strict_json.parse_object(self._sources.read(address, DocumentKind.REVOCATION_LIST))
            found = revocation_lists.check_revocation(
                self._credential.get("id"), listed, issuer_id=claims_of.issuer_id(self._credential)
            )
        except (DocumentUnavailable, MalformedJson, NoStatus) as error:
            return self._unknown(pointer, str(error))
        evidence = {"list": address}
        if not found.revoked and _has_nameless_items(listed):
            return self._unknown(pointer, "the list revokes something that it does not name by an id")
        if found.revoked:
            message = f"it is revoked: {quoted(found.reason)}" if found.reason else "it is revoked"
            return self._set(pointer, message, Verdict.REVOKED, evidence)
        remarks = [Problem(pointer=pointer, message=each) for each in found.remarks]
        outcome = Outcome.WARNED if remarks else None
        return conclude(self._kind, Subject.STATUS, remarks, outcome=outcome, evidence=evidence)

    def _set(self, pointer: str, message: str, verdict: Verdict, evidence: Mapping[str, str]) -> Step:
        problem = Problem(pointer=pointer, message=message)
        return conclude(self._kind, Subject.STATUS, [problem], evidence=evidence, verdict=verdict)

    # BitstringStatusListEntry

    def _bitstring(self, entry: Mapping[str, Any], pointer: str) -> Step:
        try:
            read = statuses.read_entry(entry)
        except NoStatus as error:
            return self._malformed(pointer, error)
        try:
            status = statuses.check_status(read, statuses.read_list(self._list(read.status_list_credential, pointer)))
        except NoStatus as error:
            return self._unknown(pointer, f"{error.error.name}: {error}")
        evidence = {
            "list": read.status_list_credential,
            "index": str(read.status_list_index),
            "purpose": read.status_purpose,
        }
        if status.valid:
            return conclude(self._kind, Subject.STATUS, evidence=evidence)
        message = f"the status for {status.purpose} is {status.status}"
        if status.purpose in _VERDICTS:
            return self._set(pointer, message, _VERDICTS[status.purpose], evidence)
        remark = Problem(pointer=pointer, message=f"{message} {status.message or ''}".strip())
        return conclude(self._kind, Subject.STATUS, [remark], outcome=Outcome.WARNED, evidence=evidence)

    def _list(self, address: str, pointer: str) -> Mapping[str, Any]:
        """Return the credential that holds a list, verified, and by somebody who may say so.

        Raises:
            NoStatus: There is none.
        """
        try:
            content = self._sources.read(address, DocumentKind.STATUS_LIST)
        except DocumentUnavailable as error:
            raise NoStatus(StatusError.STATUS_RETRIEVAL_ERROR, str(error)) from None
        verification = self._verify_list(content, address, pointer)
        self.lists.append(verification)
        credential = verification.credential
        if credential is None or not verification.valid:
            reasons = "; ".join(str(each) for each in verification.problems)
            raise _unverified(f"the list is {verification.verdict.value}: {reasons}")
        if credential.get("id", address) != address:
            raise _unverified(f"the list says it is {quoted(credential['id'])}, and not {address}")
        issuer = str(claims_of.issuer_id(credential))
        if issuer not in self._trusted:
            raise _unverified(f"the list is by {quoted(issuer)}, which nobody said to trust for it")
        return credential


def _has_nameless_items(listed: Mapping[str, Any]) -> bool:
    items = [*as_list(listed.get("revokedCredential")), *as_list(listed.get("revokedCredentials"))]
    return not all(isinstance(each, dict) and isinstance(each.get("id"), str) for each in items)


def _unverified(message: str) -> NoStatus:
    return NoStatus(StatusError.STATUS_VERIFICATION_ERROR, message)
