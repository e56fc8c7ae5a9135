"""Securing a credential as an issuer does it: with a proof of its cryptosuite, or in an envelope."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.issuing import mandatory_pointers
from skillmark_reference.securing import vc_jose_cose
from skillmark_reference.securing.instants import write_date_time
from skillmark_reference.securing.integrity.cryptosuites import DATA_INTEGRITY_PROOF
from skillmark_reference.securing.integrity.proofs import add_proof
from skillmark_reference.securing.integrity.selective import Disclosure
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.vc_jose_cose import Secured

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping, Sequence

    from skillmark_reference.issuers.identities import Issuer
    from skillmark_reference.securing.integrity.contexts import Contexts

_SELECTIVE = "ecdsa-sd-2023"


def secured(
    credential: Mapping[str, Any],
    issuer: Issuer,
    *,
    verification_method: str,
    created: datetime.datetime,
    contexts: Contexts,
    pointers: Sequence[str] | None = None,
) -> dict[str, Any]:
    """Return a credential as its issuer secures it.

    Args:
        credential: The credential; a proof that it has already stays beside the new one.
        issuer: Who signs.
        verification_method: By which name of the key.
        created: When.
        contexts: Known contexts.
        pointers: What every derived document has to show, with ecdsa-sd-2023; else all that decides about the credential.

    Raises:
        ProofGenerationRefused: Signing would lose data, or a pointer leads nowhere.
    """
    if issuer.kind.cryptosuite is None:
        token = vc_jose_cose.secure(credential, key=issuer.key, kid=verification_method, what=Secured.CREDENTIAL)
        return vc_jose_cose.envelope(token)
    options = {
        "type": DATA_INTEGRITY_PROOF,
        "cryptosuite": issuer.kind.cryptosuite,
        "created": write_date_time(created.replace(microsecond=0)),
        "verificationMethod": verification_method,
        "proofPurpose": "assertionMethod",
    }
    disclosure = None
    if issuer.kind.cryptosuite == _SELECTIVE:
        disclosure = Disclosure.fresh(mandatory_pointers(credential) if pointers is None else pointers)
    environment = Environment(contexts=contexts)
    return add_proof(
        copy.deepcopy(dict(credential)), options, issuer.key, environment=environment, disclosure=disclosure
    )
