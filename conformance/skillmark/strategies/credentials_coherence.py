"""What the members of a drawn credential say of each other, made to agree, and its signing from the inside out.

Results point to the descriptions in their achievement, endorsements to what they stand at, associations to achievements of the
record; members of a record are about its learner; a status and a schema have what their types demand.
"""

from __future__ import annotations

import base64
import itertools
import json
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.kinds import CredentialKind, kind_of
from skillmark_reference.securing.credential_claims import issuer_id
from skillmark_reference.securing.integrity.json_values import as_list

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Record = dict[str, Any]

_ENDORSEMENTS = ("endorsement", "endorsementJwt")
_MEMBERS = "verifiableCredential"
_EMBEDDED = ("endorsement", _MEMBERS)
#: In a compact JWS.
_DOTS = 2
_SCHEMAS = {
    CredentialKind.ACHIEVEMENT: "ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
    CredentialKind.ENDORSEMENT: "ob/v3p0/schema/json/ob_v3p0_endorsementcredential_schema.json",
    CredentialKind.CLR: "clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json",
}


def coherent(credential: Record) -> Record:
    """Return a drawn credential whose members agree; it is changed in place."""
    kind = kind_of(credential)
    subject = credential["credentialSubject"]
    for schema in as_list(credential.get("credentialSchema", [])):
        schema["id"] = f"https://purl.imsglobal.org/spec/{_SCHEMAS[kind]}"
    if "credentialStatus" in credential:
        credential["credentialStatus"].setdefault("id", f"{credential['id']}/status")
    if kind is CredentialKind.ACHIEVEMENT:
        _results(subject)
    if kind is CredentialKind.CLR:
        subject.setdefault("id", f"{credential['id']}/learner")
        for member in as_list(subject[_MEMBERS]):
            member["credentialSubject"]["id"] = subject["id"]
            coherent(member)
        for defined in subject.get("achievement", []):
            _described(defined)
        _associations(subject)
    _endorsements(credential, credential)
    return credential


# Results


def _results(subject: Record) -> None:
    descriptions = _described(subject["achievement"])
    for place, result in enumerate(subject.get("result", [])):
        described = descriptions[place % len(descriptions)] if descriptions else {}
        _pointed(result, "resultDescription", [described["id"]] if described else [])
        linked = "resultDescription" in result
        _pointed(result, "achievedLevel", _levels(described) if linked else [])
        if linked and described["resultType"] == "Status":
            result.setdefault("status", "Completed")


def _described(achievement: Record) -> list[Record]:
    """Return the descriptions of results of an achievement, after each agrees with itself."""
    descriptions: list[Record] = achievement.get("resultDescription", [])
    for each in descriptions:
        _pointed(each, "requiredLevel", _levels(each))
        if "requiredValue" in each:
            each.update(_required_value(each))
    return descriptions


def _required_value(description: Record) -> Record:
    if "allowedValue" in description:
        return {"requiredValue": description["allowedValue"][-1]}
    limits = {name: text for name, text in (("valueMin", "0"), ("valueMax", "100")) if name in description}
    return limits | {"requiredValue": "50"}


def _levels(description: Record) -> list[str]:
    return [each["id"] for each in description.get("rubricCriterionLevel", [])]


def _pointed(holder: Record, member: str, ids: Sequence[str]) -> None:
    """Let a member point to one of some ids, or leave it out where there is none."""
    if member in holder and ids:
        holder[member] = ids[-1]
    else:
        holder.pop(member, None)


# Associations


def _associations(subject: Record) -> None:
    """Let each association lead from one achievement to a later one, no two of them between the same ones."""
    own = [each["id"] for each in subject.get("achievement", [])]
    awarded = [each["credentialSubject"]["achievement"]["id"] for each in as_list(subject[_MEMBERS])]
    pairs = itertools.combinations([*own, *awarded], 2)
    links = [
        each | {"sourceId": source, "targetId": target}
        for each, (source, target) in zip(subject.pop("association", []), pairs, strict=False)
    ]
    if links:
        subject["association"] = links


# Endorsements


def _endorsements(value: object, credential: Record) -> None:
    """Let each endorsement be about the object that holds it; what stands in an inner credential is its own affair."""
    if isinstance(value, list):
        for each in value:
            _endorsements(each, credential)
    if not isinstance(value, dict) or (value is not credential and "credentialSubject" in value):
        return
    for name, member in value.items():
        if name not in _ENDORSEMENTS:
            _endorsements(member, credential)
    for each in value.get("endorsement", ()):
        each["credentialSubject"]["id"] = value["id"]
        coherent(each)
    if "endorsementJwt" in value:
        number = len(value["endorsementJwt"])
        value["endorsementJwt"] = [_token(_about(value["id"], credential, place)) for place in range(number)]


def _about(identifier: str, credential: Record, place: int) -> Record:
    """Return a small endorsement, under the contexts of the credential that holds it."""
    contexts = [each for each in credential["@context"] if "/clr/" not in str(each)]
    begin = "issuanceDate" if "issuanceDate" in credential else "validFrom"
    return {
        "@context": contexts,
        "id": f"{identifier}/endorsements/{place}",
        "type": ["VerifiableCredential", "EndorsementCredential"],
        "issuer": {"id": issuer_id(credential), "type": ["Profile"], "name": "Endorser"},
        "name": "Endorsement",
        begin: "2020-01-01T00:00:00Z",
        "credentialSubject": {"id": identifier, "type": ["EndorsementSubject"], "endorsementComment": "Good."},
    }


def _token(credential: Record) -> str:
    """Return a compact JWS whose signature is none, with the credential as its payload."""
    return f"{_encoded({'alg': 'none'})}.{_encoded(credential)}.AA"


def _encoded(value: Record) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _is_token(value: object) -> bool:
    return isinstance(value, str) and value.count(".") == _DOTS


def _decoded(token: str) -> Record:
    payload = token.split(".")[1]
    content: Record = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return content


# Signing


def secured(
    credential: Mapping[str, Any], *, sign: Callable[[Record], Record], token: Callable[[Record], str]
) -> dict[str, Any]:
    """Return a copy in which every credential inside is signed, from the inside out; the outermost one is left to the caller.

    Args:
        credential: A drawn credential, or what has become of it.
        sign: Returns a credential with a proof.
        token: Returns a credential as VC-JWT.
    """

    def inside(name: str, member: Any) -> Any:  # noqa: ANN401 - any JSON
        if name in _EMBEDDED:
            if isinstance(member, list):
                return [sign(whole(each)) if isinstance(each, dict) else each for each in member]
            return sign(whole(member)) if isinstance(member, dict) else member
        if name == "endorsementJwt" and isinstance(member, list):
            return [token(whole(_decoded(each))) if _is_token(each) else each for each in member]
        if isinstance(member, list):
            return [inside("", each) for each in member]
        return whole(member) if isinstance(member, dict) else member

    def whole(value: Mapping[str, Any]) -> dict[str, Any]:
        return {name: inside(name, member) for name, member in value.items()}

    return whole(credential)
