"""What an issuer of the VC API refuses to sign, beside what nobody signs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.issuance import preconditions
from skillmark_reference.credentials.results import Problem
from skillmark_reference.credentials.steps.references import compare_resources
from skillmark_reference.credentials.steps.sources import Sources
from skillmark_reference.securing.integrity.directions import undirected
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.statuses import NoStatus, read_entry
from skillmark_reference.server.vc_api.problem_details import ProblemDetails, of_problems
from skillmark_reference.server.vc_api.related_resources import excepted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.steps.sources import Documents


#: Documents that are read for one credential.
_MOST_DOCUMENTS = 8
_ENTRY = "BitstringStatusListEntry"
#: The base directions of JSON-LD 1.1.


def problems_of(
    credential: Mapping[str, Any], *, documents: Documents, signs_json: bool, accepts_drafts: bool
) -> list[ProblemDetails]:
    """Return everything for which a credential is not signed.

    A related resource that cannot be compared with its digest is among it: an issuer does not sign what it has not seen.

    Args:
        credential: The credential.
        documents: Gives related resources.
        signs_json: Whether the JSON itself is signed. Then base directions are signed too, which are in no statement.
        accepts_drafts: Whether outdated digests are let pass.
    """
    looked_at = undirected(credential) if signs_json else credential
    found = [*preconditions.problems_of(looked_at), *_bad_proofs(credential), *_bad_statuses(credential)]
    failed, unknown = compare_resources(credential, Sources(documents, limit=_MOST_DOCUMENTS))
    passed = excepted(credential) if accepts_drafts else frozenset[str]()
    return of_problems(each for each in (*found, *failed, *unknown) if each.pointer not in passed)


def _bad_statuses(credential: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield entries of status lists that no list could answer (Bitstring Status List 1.0, 2.1)."""
    for entry in as_list(credential.get("credentialStatus")):
        if isinstance(entry, dict) and _ENTRY in as_list(entry.get("type")):
            try:
                read_entry(entry)
            except NoStatus as error:
                yield Problem(pointer="/credentialStatus", message=str(error), clause=error.error.name)


def _bad_proofs(credential: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield proofs that are none: a new one is put beside those that are there (data model 2.0, 4.12)."""
    for proof in as_list(credential.get("proof", [])) or [None]:
        if "proof" in credential and not (isinstance(proof, dict) and isinstance(proof.get("type"), str)):
            message = "a proof is an object with a type; leave out what is none"
            yield Problem(pointer="/proof", message=message)
