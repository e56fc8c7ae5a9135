"""The states of a credential: when it is valid, whether it is revoked, whether somebody changed it after it was signed."""

from __future__ import annotations

import copy
import datetime
import enum
import hashlib
import json
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.results import Verdict
from skillmark_reference.securing import jose, multibase
from skillmark_reference.securing.keys import KeyType
from skillmark_reference.securing.statuses import MINIMUM_ENTRIES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.pathways.settings import Setting

#: Context that a status of type 1EdTechRevocationList needs.
_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
_ONE_DAY = datetime.timedelta(days=1)
_TWO_YEARS = datetime.timedelta(days=730)
#: Longer than anybody keeps these files.
_A_CENTURY = datetime.timedelta(days=36525)


class State(enum.Enum):
    """A state, at the time of issuing and a hundred years from then on."""

    VALID = "valid"
    #: In a status list, and neither revoked nor suspended there.
    ACTIVE = "active"
    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    #: By the list of 1EdTech.
    REVOKED_1EDTECH = "revoked-1edtech"
    TAMPERED = "tampered"

    @property
    def verdict(self) -> Verdict:
        """What a verifier finds that can read the lists."""
        return _VERDICTS[self]

    @property
    def purpose(self) -> str | None:
        """The purpose of the Bitstring Status List that has the state; none without one."""
        return {State.ACTIVE: "revocation", State.REVOKED: "revocation", State.SUSPENDED: "suspension"}.get(self)

    @property
    def has_status(self) -> bool:
        """Whether a verifier needs a list to tell it."""
        return self.purpose is not None or self is State.REVOKED_1EDTECH


_VERDICTS = {
    State.VALID: Verdict.VALID,
    State.ACTIVE: Verdict.VALID,
    State.EXPIRED: Verdict.EXPIRED,
    State.NOT_YET_VALID: Verdict.NOT_YET_VALID,
    State.REVOKED: Verdict.REVOKED,
    State.SUSPENDED: Verdict.SUSPENDED,
    State.REVOKED_1EDTECH: Verdict.REVOKED,
    State.TAMPERED: Verdict.INVALID,
}


def period(state: State, at: datetime.datetime) -> tuple[datetime.datetime, datetime.datetime | None]:
    """Return from when and until when a credential in the state is valid; only an expired one has an end."""
    if state is State.EXPIRED:
        return at - _TWO_YEARS, at - _ONE_DAY
    return (at + _A_CENTURY if state is State.NOT_YET_VALID else at), None


def list_address(setting: Setting, issuer: str, key_type: KeyType, state: State) -> str:
    """Return the address of the list that has the state. It is by the issuer of the credential, with the same key."""
    name = state.purpose or "1edtech"
    # A list that an RSA key signs is a VC-JWT; any server knows both suffixes, and answers with a media type that is taken.
    suffix = "txt" if key_type is KeyType.RSA and state.purpose else "json"
    return setting.address("status", f"{issuer}-{key_type.value.lower()}-{name}.{suffix}")


def list_index(slug: str) -> int:
    """Return the place of a credential in its list: it does not tell in which order credentials were issued."""
    return int.from_bytes(hashlib.sha256(slug.encode()).digest(), "big") % MINIMUM_ENTRIES


def status_members(state: State, slug: str, address: str) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return the members by which a credential says where its status is, and the contexts that they need."""
    if state is State.REVOKED_1EDTECH:
        return {"credentialStatus": {"id": address, "type": "1EdTechRevocationList"}}, (_EXTENSIONS,)
    if state.purpose is None:
        return {}, ()
    index = list_index(slug)
    entry = {
        "id": f"{address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": state.purpose,
        "statusListIndex": f"{index}",
        "statusListCredential": address,
    }
    return {"credentialStatus": entry}, ()


def tampered(credential: Mapping[str, Any] | str) -> dict[str, Any] | str:
    """Return a secured credential in which one value was changed: what was achieved, or what was said."""
    if isinstance(credential, str):
        return _tampered_token(credential)
    changed = copy.deepcopy(dict(credential))
    subject = changed["credentialSubject"]
    if "verifiableCredential" in subject:
        subject = subject["verifiableCredential"][0]["credentialSubject"]
    if "achievement" in subject:
        subject["achievement"]["name"] += ", with distinction"
    else:
        subject["endorsementComment"] = "The best that we have ever seen."
    return changed


def _tampered_token(token: str) -> str:
    header, payload, signature = token.split(".")
    changed = tampered(json.loads(multibase.decode_base64url(payload)))
    if isinstance(changed, str):
        raise TypeError("the payload of a token is an object")
    return f"{header}.{multibase.encode_base64url(jose.to_json(changed))}.{signature}"
