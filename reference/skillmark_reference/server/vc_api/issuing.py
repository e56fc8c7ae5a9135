"""The services of issuer, status and holder: issue, derive, set a status, read and delete what was issued (VC API, 3)."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.issuance.deriving import derive
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.issuers import FinalStatus, UnknownEntry, secured
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.instants import write_date_time
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import ProofGenerationRefused
from skillmark_reference.server.vc_api.bodies import are_texts, document, is_text, only, options
from skillmark_reference.server.vc_api.data_model import problems_of
from skillmark_reference.server.vc_api.instance import Answer
from skillmark_reference.server.vc_api.own_documents import own_documents, status_list
from skillmark_reference.server.vc_api.problem_details import (
    MALFORMED_VALUE_ERROR,
    RequestRefused,
    of_proof,
    refused,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.issuers import IssuedCredential, Issuer
    from skillmark_reference.server.vc_api.instance import Instance

_CREDENTIAL = "verifiableCredential"
#: For which a credential of an issuer that adds a status gets one each.
_PURPOSES = ("revocation", "suspension")
_DATA_INTEGRITY = "https://w3id.org/security/data-integrity/v2"
_ISSUE_OPTIONS = {"credentialId": is_text, "mandatoryPointers": are_texts}
_DERIVE_OPTIONS = {"selectivePointers": are_texts}
_STATUS_MEMBERS = ("type", "id", "statusPurpose", "statusListIndex", "statusListCredential")
_INDEX_DIGITS = 9


def issue(instance: Instance, slug: str, body: Mapping[str, Any], base: str) -> Answer:
    """Issue a credential (VC API, Issue Credential).

    Raises:
        RequestRefused: The request or the credential is not as it should be, or signing would lose data.
    """
    issuer = _issuer(instance, slug)
    only(body, "credential", "options")
    chosen = options(body, _ISSUE_OPTIONS)
    local_id = instance.new_id()
    credential = _completed(document(body, "credential"), issuer, local_id, instance)
    _check(credential, issuer, instance, base)
    if issuer.kind.adds_status:
        credential = _with_status(credential, issuer, local_id, instance, base)
    try:
        made = secured(
            credential,
            issuer,
            verification_method=issuer.verification_method(claims_of.issuer_id(credential), base),
            created=instance.clock.now(),
            contexts=newest_contexts(),
            pointers=chosen.get("mandatoryPointers"),
        )
    except ProofGenerationRefused as error:
        raise RequestRefused(400, of_proof(error.problems)) from None
    instance.issued.keep(
        made,
        local_id=local_id,
        issuer=slug,
        credential_id=credential["id"],
        given_id=chosen.get("credentialId"),
    )
    return Answer(status=201, body={_CREDENTIAL: made}, headers={"Location": f"{base}/credentials/{local_id}"})


def _completed(given: dict[str, Any], issuer: Issuer, local_id: str, instance: Instance) -> dict[str, Any]:
    """Return a credential with what the issuer puts where nothing was given; whatever was given stays as it is."""
    credential = copy.deepcopy(given)
    credential.setdefault("id", f"urn:uuid:{local_id}")
    credential.setdefault("issuer", issuer.did)
    if claims_of.is_version_1(credential):
        credential.setdefault("issuanceDate", write_date_time(instance.clock.now().replace(microsecond=0)))
        contexts = claims_of.contexts(credential)
        if issuer.kind.cryptosuite is not None and _DATA_INTEGRITY not in contexts:
            # Data model 1.1 does not define the terms of such a proof (Data Integrity 1.0, 2.4.2).
            credential["@context"] = [*contexts, _DATA_INTEGRITY]
    return credential


def _check(credential: Mapping[str, Any], issuer: Issuer, instance: Instance, base: str) -> None:
    problems = problems_of(
        credential,
        documents=own_documents(instance, base),
        signs_json=issuer.kind.signs_json,
        accepts_drafts=instance.options.accepts_draft_digests,
    )
    if problems:
        raise RequestRefused(400, problems)


def _with_status(
    credential: dict[str, Any], issuer: Issuer, local_id: str, instance: Instance, base: str
) -> dict[str, Any]:
    now = instance.clock.now()
    entries = [
        instance.status_lists.allot(local_id, base=base, issuer=issuer.kind.slug, purpose=purpose, now=now)
        for purpose in _PURPOSES
    ]
    return {**credential, "credentialStatus": [*as_list(credential.get("credentialStatus")), *entries]}


def derive_credential(body: Mapping[str, Any]) -> Answer:
    """Derive from a credential what a holder shows of it (VC API, Derive Credential).

    Raises:
        RequestRefused: It has no base proof of ecdsa-sd-2023, or a pointer leads nowhere.
    """
    only(body, _CREDENTIAL, "options")
    chosen = options(body, _DERIVE_OPTIONS)
    credential = document(body, _CREDENTIAL)
    try:
        shown = derive(credential, chosen.get("selectivePointers", ()), contexts=newest_contexts())
    except ProofGenerationRefused as error:
        raise RequestRefused(400, of_proof(error.problems)) from None
    return Answer(status=201, body={_CREDENTIAL: shown})


# What was issued


def read(instance: Instance, local_id: str) -> Answer:
    """Return a credential that was issued.

    Raises:
        RequestRefused: There is none, or it was deleted.
    """
    return Answer(status=200, body={_CREDENTIAL: _issued(instance, local_id).content})


def delete(instance: Instance, local_id: str) -> Answer:
    """Delete a credential that was issued.

    Raises:
        RequestRefused: There is none, or it was deleted before.
    """
    instance.issued.delete(_issued(instance, local_id).local_id)
    return Answer(status=202)


def _issued(instance: Instance, local_id: str) -> IssuedCredential:
    found = None if "\0" in local_id else instance.issued.get(local_id)
    if found is None:
        raise refused(404, "no credential was issued under this address")
    if found.content is None:
        raise refused(410, "the credential was deleted")
    return found


# Status


def set_status(instance: Instance, body: Mapping[str, Any]) -> Answer:
    """Set or unset the status of a credential for one purpose (VC API, Update Status).

    Raises:
        RequestRefused: The credential is not known, has no such status, or a revocation would be taken back.
    """
    only(body, "credentialId", "credentialStatus", "status", "indexAllocator")
    name, value = body.get("credentialId"), body.get("status", True)
    if not isinstance(name, str) or not isinstance(value, bool):
        raise refused(400, "credentialId is a text, and status is true or false", kind=MALFORMED_VALUE_ERROR)
    entry = document(body, "credentialStatus")
    only(entry, *_STATUS_MEMBERS)
    purpose, place = entry.get("statusPurpose"), _place(entry.get("statusListIndex"))
    if entry.get("type") != "BitstringStatusListEntry" or not isinstance(purpose, str):
        detail = "credentialStatus has the type BitstringStatusListEntry and one statusPurpose"
        raise refused(400, detail, kind=MALFORMED_VALUE_ERROR, pointer="/credentialStatus")
    found = instance.issued.named(name)
    if found is None:
        raise refused(404, "no credential was issued under this name", pointer="/credentialId")
    try:
        instance.status_lists.set_status(found.local_id, purpose=purpose, value=value, place=place)
    except UnknownEntry as error:
        raise refused(404, str(error), pointer="/credentialStatus") from None
    except FinalStatus as error:
        raise refused(400, str(error), kind=MALFORMED_VALUE_ERROR, pointer="/status") from None
    return Answer(status=200)


def _place(index: object) -> int | None:
    if index is None:
        return None
    if isinstance(index, str) and index.isascii() and index.isdigit() and len(index) <= _INDEX_DIGITS:
        return int(index)
    raise refused(
        400,
        "statusListIndex is a text with an integer of 0 or more",
        kind=MALFORMED_VALUE_ERROR,
        pointer="/credentialStatus",
    )


def open_list(instance: Instance, body: Mapping[str, Any], base: str) -> Answer:
    """Open a status list, which credentials issued from now on may share (VC API, Create Status List).

    Raises:
        RequestRefused: The purpose is not one for which the issuer gives a status.
    """
    only(body, "statusPurpose", "options")
    options(body, {})
    purpose = body.get("statusPurpose")
    if purpose not in _PURPOSES:
        detail = f"statusPurpose is {' or '.join(_PURPOSES)}; there is no credential with another status here"
        raise refused(400, detail, kind=MALFORMED_VALUE_ERROR, pointer="/statusPurpose")
    slug = next(each.kind.slug for each in instance.issuers.values() if each.kind.adds_status)
    name = instance.status_lists.open(base=base, issuer=slug, purpose=str(purpose), now=instance.clock.now())
    url = f"{base}/status-lists/{name}"
    made = status_list(instance, name, url)
    return Answer(status=201, body={"id": url, _CREDENTIAL: made}, headers={"Location": url})


def _issuer(instance: Instance, slug: str) -> Issuer:
    if slug not in instance.issuers:
        raise refused(404, f"there is no such issuer; there are {', '.join(instance.issuers)}")
    return instance.issuers[slug]
