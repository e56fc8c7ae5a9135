"""How the test suites of W3C drive a server: by the endpoints of a localConfig.cjs, over https, with a certificate of its own."""

from __future__ import annotations

import copy
import dataclasses
import json
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx
    from tests.reference.vc_api.surroundings import Json

#: What shared assertions take as a refusal.
REFUSED = frozenset({400, 422})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """One endpoint of the configuration."""

    id: str
    url: str
    tags: frozenset[str]
    key_types: frozenset[str]


class Driver:
    """The configuration of one server, and a client that trusts it."""

    def __init__(self, configuration: str, client: httpx.Client) -> None:
        text = configuration.partition("module.exports = ")[2].rstrip().removesuffix(";")
        self._implementation = json.loads(text)["implementations"][0]
        self.client = client

    def endpoints(self, role: str, tag: str, key_type: str | None = None) -> list[Endpoint]:
        """Return the endpoints of a role with a tag, for a type of key if one is named."""
        listed = [
            Endpoint(
                id=each["id"],
                url=each["endpoint"],
                tags=frozenset(each["tags"]),
                key_types=frozenset(each.get("supportedEcdsaKeyTypes", ())),
            )
            for each in self._implementation[role]
        ]
        return [each for each in listed if tag in each.tags and (key_type is None or key_type in each.key_types)]

    def only(self, role: str, tag: str, key_type: str | None = None) -> Endpoint:
        """Return the one endpoint of a role with a tag."""
        (found,) = self.endpoints(role, tag, key_type)
        return found

    def issue(self, endpoint: Endpoint, credential: Json, **options: Any) -> httpx.Response:  # noqa: ANN401 - any JSON
        """Post a credential as the suites do: an absent issuer, or id of an issuer, is that of the endpoint."""
        given = copy.deepcopy(credential)
        issuer = given.get("issuer", endpoint.id)
        if isinstance(issuer, dict):
            issuer = {**issuer, "id": issuer.get("id", endpoint.id)}
        body = {"credential": {**given, "issuer": issuer}, "options": options}
        return self.client.post(endpoint.url, json=body)

    def issued(self, endpoint: Endpoint, credential: Json, **options: Any) -> Json:  # noqa: ANN401 - any JSON
        """Return what an issuer makes of a credential with a new id."""
        answer = self.issue(endpoint, {**credential, "id": f"urn:uuid:{uuid.uuid4()}"}, **options)
        assert answer.is_success, answer.text
        made: Json = answer.json().get("verifiableCredential", answer.json())
        return made

    def verify(self, endpoint: Endpoint, credential: object, **options: Any) -> httpx.Response:  # noqa: ANN401 - any JSON
        """Have a credential verified, its proof only."""
        body = {"verifiableCredential": credential, "options": {"checks": ["proof"], **options}}
        return self.client.post(endpoint.url, json=body)

    def verify_presentation(self, endpoint: Endpoint, document: object, **options: Any) -> httpx.Response:  # noqa: ANN401
        """Have a presentation verified."""
        return self.client.post(endpoint.url, json={"verifiablePresentation": document, "options": options})


def proofs_of(document: Json) -> list[Json]:
    """Return the proofs of a document."""
    proof = document["proof"]
    return proof if isinstance(proof, list) else [proof]


def is_refused(answer: httpx.Response) -> bool:
    """Tell whether a suite takes an answer as a refusal, and it says why."""
    said = answer.json()
    return answer.status_code in REFUSED and said["verified"] is False and bool(said["problemDetails"])
