"""Verifiers that are told whose a credential should be, and do not look, or look at the wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.target import VerifierInterface
from skillmark.faults.verifiers.products import VerifierProduct, vc_api
from skillmark_reference.credentials.steps.recipients import identity_hash

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.verifiers.products import Asked

#: How the vendors of such products describe them.
INTERFACE = VerifierInterface(
    body='{"verifiableCredential": {credential}, "recipient": {recipient}, "recipientType": {recipient_type}}'
)
BY_ID, TYPES, OTHER_TYPES, HASHED, PLAIN, ALL = (f"OB30-R-{number}" for number in (130, 134, 135, 136, 137, 138))
_SUBJECT = "id"
_ANYBODY = "Somebody shows the credential of another one as their own."


def is_right(asked: Asked) -> bool:
    """Accept what is in order, and of the person whose it should be."""
    return asked.is_theirs and not any(asked.complaints)


def _product(
    name: str, requirement: str, is_theirs: Callable[[Asked], bool], effect: str = _ANYBODY
) -> VerifierProduct:
    def accepts(asked: Asked) -> bool:
        return not any(asked.complaints) and (asked.recipient is None or is_theirs(asked))

    return VerifierProduct(
        name=name,
        effect=effect,
        requirements=(requirement,),
        make=lambda: accepts,
        says=vc_api,
        interface=INTERFACE,
    )


def _by_beginning(asked: Asked) -> bool:
    subject = str(asked.content.get("credentialSubject", {}).get("id"))
    known = asked.recipient
    is_alike = known is not None and known.identity_type == _SUBJECT and known.identity.startswith(subject)
    return is_alike or asked.is_theirs


def _whatever_type(asked: Asked) -> bool:
    known = asked.recipient.identity if asked.recipient else ""
    return asked.is_theirs or any(each.get("identityHash") == known for each in asked.identities if not each["hashed"])


def _without_salt(asked: Asked) -> bool:
    known = asked.recipient.identity if asked.recipient else ""
    hashed = [each for each in asked.identities if each["hashed"]]
    return any(each["identityHash"] == identity_hash(known) for each in hashed) or (not hashed and asked.is_theirs)


def _as_written(asked: Asked) -> bool:
    known = asked.recipient.identity if asked.recipient else ""
    return asked.is_theirs or any(each.get("identityHash") == known for each in asked.identities)


def _by_id_only(asked: Asked) -> bool:
    return asked.recipient is not None and (asked.recipient.identity_type != _SUBJECT or asked.is_theirs)


def _first_only(asked: Asked) -> bool:
    first = asked.content | {"credentialSubject": dict(asked.content.get("credentialSubject", {}))}
    if asked.identities:
        first["credentialSubject"]["identifier"] = asked.identities[:1]
    return asked.recipient is not None and asked.fits(first, asked.recipient)


def _known_types(asked: Asked) -> bool:
    return asked.is_theirs and asked.recipient is not None and not asked.recipient.identity_type.startswith("ext:")


ASKING = (
    _product("asks-not-for-whom", BY_ID, lambda _: True),
    _product("compares-ids-by-their-beginning", BY_ID, _by_beginning),
    _product("knows-no-types-of-extensions", TYPES, _known_types, "Identities of extensions are not found."),
    _product("ignores-types-of-identities", OTHER_TYPES, _whatever_type),
    _product("hashes-without-salt", HASHED, _without_salt, "Nobody is found in a credential with salted identities."),
    _product("takes-the-hash-for-the-identity", HASHED, _as_written),
    _product("compares-ids-only", PLAIN, _by_id_only),
    _product("reads-the-first-identity-only", ALL, _first_only, "Somebody with several identities is not found."),
)
