"""What writers send: a small badge for the conformance suite, and others that differ from it in one thing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from skillmark.suites.auditors import RECIPIENT
from skillmark.suites.hosts.samples import EMBEDDED, TOKEN, signed
from skillmark.suites.verifiers.samples import badge, endorsement, signer_of
from skillmark_reference.credentials.steps.recipients import identity_hash

if TYPE_CHECKING:
    from collections.abc import Callable

    Record = dict[str, Any]

_SALT = "salt"
#: An entry of a list that nobody can fetch.
STATUS = {
    "id": "https://lists.skillmark.example/1#7",
    "type": "BitstringStatusListEntry",
    "statusPurpose": "revocation",
    "statusListIndex": "7",
    "statusListCredential": "https://lists.skillmark.example/1",
}


def plain(identity: str = RECIPIENT, *, kind: str = "emailAddress") -> Record:
    """Return an identifier in plain text."""
    return {"type": "IdentityObject", "hashed": False, "identityHash": identity, "identityType": kind}


def hashed(identity: str = RECIPIENT, *, algorithm: str = "sha256") -> Record:
    """Return an identifier that is hashed with a salt."""
    told = identity_hash(identity, _SALT, algorithm=algorithm)
    return plain(told) | {"hashed": True, "salt": _SALT}


def drafted(*identifiers: Record, form: str = EMBEDDED, subject: Record | None = None, **changes: object) -> Record:
    """Return a badge that nobody has signed, for whom the identifiers name; without any, for the conformance suite."""
    made = badge(signer_of(form).profile, "a seam that is tested")
    about = made["credentialSubject"] | {"identifier": list(identifiers or (plain(),))} | (subject or {})
    return made | {"credentialSubject": {name: each for name, each in about.items() if each is not None}} | changes


def sent(*identifiers: Record, form: str = EMBEDDED, subject: Record | None = None, **changes: object) -> str:
    """Return the same as its issuer secures it."""
    return signed(drafted(*identifiers, form=form, subject=subject, **changes), form).text


def enveloped() -> str:
    """Return a token in an envelope (Verifiable Credentials Data Model 2.0, 4.13)."""
    return json.dumps(
        {
            "@context": "https://www.w3.org/ns/credentials/v2",
            "type": "EnvelopedVerifiableCredential",
            "id": f"data:application/vc+jwt,{sent(form=TOKEN)}",
        }
    )


def endorsed() -> str:
    """Return an endorsement that is valid, of the badge for the conformance suite."""
    draft = endorsement(signer_of(EMBEDDED).profile, "an endorsement", of=drafted()["id"])
    return signed(draft, EMBEDDED).text


def changed(edit: Callable[[Record], Any], *identifiers: Record) -> str:
    """Return a badge with something changed after it was signed."""
    document: Record = json.loads(sent(*identifiers))
    edit(document)
    return json.dumps(document)
