"""Verifying credentials of Open Badges 3.0 and CLR 2.0, and presentations: every step, every problem, one verdict.

The documents that a credential needs come from the caller, and so does the time: the same credential, documents and time have
the same verdict, always. What cannot be checked is never taken for granted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark_reference.credentials.policies import Policy
from skillmark_reference.credentials.steps.algorithm import Place, Verifier
from skillmark_reference.credentials.steps.presentations import Audience
from skillmark_reference.credentials.steps.sources import Sources

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable

    from skillmark_reference.credentials.results import Verification
    from skillmark_reference.credentials.steps.recipients import Recipient
    from skillmark_reference.credentials.steps.sources import Documents

__all__ = ["Policy", "verify", "verify_presentation"]


def verify(
    document: bytes | str,
    *,
    documents: Documents,
    now: datetime.datetime,
    recipient: Recipient | None = None,
    policy: Policy | None = None,
) -> Verification:
    """Verify a credential: JSON with embedded proofs, a token, or a token in an envelope.

    Args:
        document: The credential as it was received.
        documents: Gives the documents that it refers to.
        now: The time of the verification, with a zone.
        recipient: The person whose it should be, if that is to be checked.
        policy: What the relying party decides.

    Raises:
        ValueError: The time has no zone.
    """
    return _verifier(documents, now, policy).credential(_bytes(document), Place(recipient=recipient))


def verify_presentation(
    document: bytes | str,
    *,
    documents: Documents,
    now: datetime.datetime,
    challenge: str | None = None,
    domain: str | Iterable[str] | None = None,
    policy: Policy | None = None,
) -> Verification:
    """Verify a presentation of data model 2.0 or 1.1, and each credential inside.

    With a challenge or a domain the presentation has to be signed, and to name them. Without either it may be unsigned: then
    it is worth what its credentials are, and nobody has presented them.

    Args:
        document: JSON with or without embedded proofs, a token, or a token in an envelope.
        documents: Gives the documents that it refers to.
        now: The time of the verification, with a zone.
        challenge: What the presenter was asked to sign.
        domain: To whom it should be presented: one domain, or all of them.
        policy: What the relying party decides.

    Raises:
        ValueError: The time has no zone.
    """
    domains = [domain] if isinstance(domain, str) else domain
    audience = Audience(challenge=challenge, domain=None if domains is None else frozenset(domains))
    return _verifier(documents, now, policy).presentation(_bytes(document), audience)


def _verifier(documents: Documents, now: datetime.datetime, policy: Policy | None) -> Verifier:
    if now.tzinfo is None:
        raise ValueError("the time of a verification has a zone; add one, for example datetime.UTC")
    chosen = policy or Policy()
    return Verifier(sources=Sources(documents, limit=chosen.most_documents), now=now, policy=chosen)


def _bytes(document: bytes | str) -> bytes:
    return document.encode("utf-8", "surrogatepass") if isinstance(document, str) else document
