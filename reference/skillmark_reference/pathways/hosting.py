"""What a server at the base of a setting answers with: profiles, keys, lists, images, achievements, credentials."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from skillmark_fixtures.pathways import badge_image, organizations, pathways
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.pathways.achievements import achievement, achievement_id
from skillmark_reference.pathways.catalogue import catalogue
from skillmark_reference.pathways.issuers import controller_document, key_set, signer
from skillmark_reference.pathways.issuing import address, issue, issuer_of
from skillmark_reference.pathways.proof_formats import ProofFormat, secured, written
from skillmark_reference.pathways.settings import Identity
from skillmark_reference.pathways.states import State, list_address, list_index
from skillmark_reference.securing import statuses
from skillmark_reference.securing.dids import did_web_address
from skillmark_reference.securing.instants import write_date_time
from skillmark_reference.securing.keys import KeyType

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from skillmark_reference.pathways.catalogue import Entry
    from skillmark_reference.pathways.issuing import Issued
    from skillmark_reference.pathways.settings import Setting

#: In what a list is signed, by the key of the credentials in it.
_FORMATS = {
    KeyType.ED25519: ProofFormat.EDDSA_RDFC,
    KeyType.P256: ProofFormat.ECDSA_RDFC_P256,
    KeyType.P384: ProofFormat.ECDSA_RDFC_P384,
    KeyType.RSA: ProofFormat.JWT_RS256,
}
_REASON = "Awarded by mistake."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Hosted:
    """A document with its address."""

    address: str
    media_type: str
    content: bytes


def credentials(setting: Setting) -> Iterator[Issued]:
    """Yield every credential of the catalogue, each at `Issued.address`."""
    yield from (issue(entry, setting) for entry in catalogue())


def documents(setting: Setting) -> tuple[Hosted, ...]:
    """Return what credentials refer to: issuers, lists, images, achievements. No address is there twice."""
    return (*issuers(setting), *status_lists(setting), *_images(setting), *_achievements(setting))


def issuers(setting: Setting) -> tuple[Hosted, ...]:
    """Return the documents behind the ids of the issuers, and the key set; nothing where the ids are the keys."""
    slugs = tuple(each.slug for each in organizations())
    found = []
    for slug in slugs if setting.identity is not Identity.DID_KEY else ():
        identifier, media_type = setting.issuer_id(slug), "application/json"
        if setting.identity is Identity.DID_WEB:
            identifier, media_type = did_web_address(identifier), "application/did+json"
        found.append(_json(identifier, controller_document(setting, slug), media_type))
    if setting.identity is Identity.ADDRESS:
        found.append(
            _json(f"{setting.base}/.well-known/jwks.json", key_set(setting, slugs), "application/jwk-set+json")
        )
    return tuple(found)


def status_lists(setting: Setting) -> tuple[Hosted, ...]:
    """Return every list of a status: BitstringStatusListCredentials, and 1EdTech revocation lists."""
    by_address: dict[str, list[Entry]] = {}
    for entry in catalogue():
        if entry.state.has_status:
            where = list_address(setting, issuer_of(entry), entry.proof_format.row.key_type, entry.state)
            by_address.setdefault(where, []).append(entry)
    return tuple(_list(setting, where, entries) for where, entries in by_address.items())


def _list(setting: Setting, where: str, entries: Sequence[Entry]) -> Hosted:
    first = entries[0]
    if first.state.purpose is None:
        return _json(where, _revocation_list(setting, where, entries))
    key_type = first.proof_format.row.key_type
    issuer = signer(setting, issuer_of(first), key_type)
    listed = _bitstring_list(setting, where, entries, first.state.purpose) | {"issuer": issuer.profile["id"]}
    content = written(secured(listed, issuer, _FORMATS[key_type], created=setting.at))
    media_type = "text/plain" if _FORMATS[key_type].is_token else "application/vc"
    return Hosted(address=where, media_type=media_type, content=content)


def _bitstring_list(setting: Setting, where: str, entries: Sequence[Entry], purpose: str) -> dict[str, Any]:
    """Return the credential of a list (Bitstring Status List 1.0, 2.2), without issuer."""
    bits = statuses.empty_bits()
    for entry in entries:
        bits = statuses.with_status(bits, list_index(entry.slug), int(entry.state is not State.ACTIVE))
    subject = statuses.list_subject(statuses.StatusList(status_purpose=(purpose,), bits=bits))
    return {
        "@context": ["https://www.w3.org/ns/credentials/v2"],
        "id": where,
        "type": ["VerifiableCredential", CredentialKind.STATUS_LIST.value],
        "validFrom": write_date_time(setting.at),
        "credentialSubject": {"id": f"{where}#list", **subject},
    }


def _revocation_list(setting: Setting, where: str, entries: Sequence[Entry]) -> dict[str, Any]:
    """Return a 1EdTech revocation list, which nobody signs."""
    first = entries[0]
    issuer = signer(setting, issuer_of(first), first.proof_format.row.key_type).profile["id"]
    revoked = [{"id": address(each, setting), "revoked": True, "revocationReason": _REASON} for each in entries]
    return {"id": where, "issuer": issuer, "revokedCredential": revoked}


def _images(setting: Setting) -> Iterator[Hosted]:
    for suffix, media_type in (("png", "image/png"), ("svg", "image/svg+xml")):
        where = setting.address("images", f"badge.{suffix}")
        yield Hosted(address=where, media_type=media_type, content=badge_image(suffix))


def _achievements(setting: Setting) -> Iterator[Hosted]:
    for goal in pathways():
        for code in goal.codes:
            yield _json(achievement_id(setting, goal, code), achievement(setting, goal, code))


def _json(where: str, value: Mapping[str, Any], media_type: str = "application/json") -> Hosted:
    content = (json.dumps(value, ensure_ascii=False, indent=2) + "\n").encode()
    return Hosted(address=where, media_type=media_type, content=content)
