"""Whom certification wants a badge issued to, and which profile sent (Certification Guide, Issuer, Service Consumer (Write))."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.results import Outcome
from skillmark_reference.credentials.steps.recipients import Recipient, recipient_step

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.credentials.kinds import CredentialKind

RECIPIENT = "conformance@imsglobal.org"
#: The id of the Profile that it wants by putProfile (Service Consumer (Write) test 3).
PROFILE_ID = "https://1edtech.org/issuers/cert"
_PERSON = Recipient(identifier=RECIPIENT, identity_type="emailAddress")


def is_for_auditors(document: Mapping[str, Any], kind: CredentialKind) -> bool:
    """Whether an identifier of a credential's subject is this address, plain or hashed."""
    return recipient_step(document, kind, _PERSON).outcome in {Outcome.PASSED, Outcome.WARNED}
