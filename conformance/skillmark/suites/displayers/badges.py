"""The credentials that a product is asked to display: in a data model, a format, a container and a state, by one issuer each.

All of it follows from these, from the time of the run, and from where the harness serves the lists.
"""

from __future__ import annotations

import dataclasses
import enum
import json
import uuid
from typing import TYPE_CHECKING, Any

from skillmark.suites.verifiers import old_model, pictures
from skillmark.suites.verifiers.lists import (
    BITSTRING,
    EXTENSIONS,
    HEALTHY,
    OF_1EDTECH,
    REVOKED,
    encoded_list,
    entry_of,
    list_of,
)
from skillmark.suites.verifiers.publishing import CREDENTIAL, TOKEN
from skillmark.suites.verifiers.samples import (
    CREATED,
    Kind,
    Sample,
    encoded,
    is_token,
    signer_of,
    written,
)
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity.transforming import Environment, rdf_steps
from skillmark_reference.securing.keys import Digest, KeyType

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark.suites.verifiers.publishing import Publisher
    from skillmark.suites.verifiers.samples import Record

USUAL = "eddsa-rdfc-2022"
_PAST = "2025-06-01T00:00:00Z"
_SPOILT = "The better one"


class Model(enum.Enum):
    """The data model of Verifiable Credentials."""

    V2 = "2.0"
    V1 = "1.1"

    @property
    def begin(self) -> str:
        """The member that says from when a credential is valid."""
        return "validFrom" if self is Model.V2 else "issuanceDate"

    @property
    def end(self) -> str:
        """The member that says until when a credential is valid."""
        return "validUntil" if self is Model.V2 else "expirationDate"


class State(enum.Enum):
    """How a credential is."""

    VALID = "valid"
    EXPIRED = "expired"
    REVOKED = "revoked"
    #: Valid, and with a place in a list that does not revoke it.
    ACTIVE = "not revoked"
    #: Changed after it was signed.
    TAMPERED = "tampered"


class Container(enum.Enum):
    """What a credential is handed over in."""

    TEXT = "text"
    PNG = "PNG"
    SVG = "SVG"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Badge:
    """One credential to be displayed."""

    kind: Kind
    state: State
    form: str = USUAL
    model: Model = Model.V2
    container: Container = Container.TEXT
    #: Type of the status of what is revoked or active.
    status: str = ""

    @property
    def name(self) -> str:
        """For people."""
        kept = "" if self.container is Container.TEXT else f", baked {self.container.value}"
        by = f" by {self.status}" if self.status else ""
        return f"{self.kind.value} of data model {self.model.value}, {self.state.value}{by}, {self.form}{kept}"

    @property
    def is_good(self) -> bool:
        """Whether it is shown as valid."""
        return self.state in {State.VALID, State.ACTIVE}

    def draft(self) -> Record:
        """Return the credential without status and proof."""
        draft = Sample(kind=self.kind, form=self.form).draft()
        draft |= {"id": _urn(f"{self.kind.name} {self.model.value} {self.form} {self.state.name} {self.status}")}
        if self.model is Model.V1:
            draft = old_model.older_whole(draft, self.form, USUAL)
        return draft | ({self.model.end: _PAST} if self.state is State.EXPIRED else {})

    def made(self, place: Publisher) -> str | bytes:
        """Return the credential as it is handed over; what it points to is served from then on."""
        draft = self.draft()
        text = old_model.secured(draft | _status(self, draft, place), self.form)
        if self.state is State.TAMPERED:
            text = tampered(text)
        match self.container:
            case Container.PNG:
                return pictures.png(text)
            case Container.SVG:
                return pictures.svg(text)
            case _:
                return text


def tampered(text: str) -> str:
    """Return a credential with another name than its issuer signed."""
    if text.startswith("{"):
        return written(json.loads(text) | {"name": _SPOILT})
    header, payload, signature = text.split(".")
    claims = json.loads(multibase.decode_base64url(payload))
    changed = {"vc": claims["vc"] | {"name": _SPOILT}} if "vc" in claims else {"name": _SPOILT}
    return f"{header}.{encoded(claims | changed)}.{signature}"


# Status


def _status(made: Badge, draft: Mapping[str, Any], place: Publisher) -> Record:
    """Return the status of a credential, with the contexts that it needs; the list is served."""
    if made.status == BITSTRING:
        index = REVOKED if made.state is State.REVOKED else HEALTHY
        return {"credentialStatus": entry_of(_bitstring_list(made.form, place), index)}
    if made.status == OF_1EDTECH:
        contexts = draft["@context"]
        where = next((place for place, each in enumerate(contexts) if "data-integrity" in each), len(contexts))
        needed = [*contexts[:where], EXTENSIONS, *contexts[where:]]
        revoked = [draft["id"]] if made.state is State.REVOKED else []
        status = {"id": _revocation_list(made.form, draft["id"], revoked, place), "type": OF_1EDTECH}
        return {"@context": needed, "credentialStatus": status}
    return {}


def _bitstring_list(form: str, place: Publisher) -> str:
    """Serve the list of the issuer of a format, in which one place is revoked."""
    name = f"displayed/{form.lower()}/revocation"
    address = place.address(name)
    signer = signer_of(form)
    # Every displayer reads the usual format, where the key of the issuer fits it.
    form_of_list = USUAL if signer.key.type is KeyType.ED25519 else form
    content = old_model.secured(list_of(address, encoded_list(REVOKED), signer), form_of_list, signer)
    return place.put(name, content, CREDENTIAL if content.startswith("{") else TOKEN)


def _revocation_list(form: str, identifier: str, revoked: list[str], place: Publisher) -> str:
    """Serve the revocation list of 1EdTech of one credential: one that revokes another one, and this one or not."""
    name = f"displayed/{form.lower()}/{uuid.UUID(identifier).hex}"
    listed = [{"id": each, "revoked": True, "revocationReason": "Issued by mistake."} for each in revoked]
    other = {"id": _urn("another one"), "revoked": True, "revocationReason": "It was another one."}
    issuer = signer_of(form).profile["id"]
    return place.put(name, {"id": place.address(name), "issuer": issuer, "revokedCredential": [other, *listed]})


# What the certification does not use any more


def by_older_suite(kind: Kind, options: Mapping[str, str], *contexts: str) -> str:
    """Return a valid credential with a proof of a suite that is read and no more written."""
    draft = Sample(kind=kind, form=USUAL).draft()
    draft |= {"id": _urn(f"older suite {sorted(options.items())}"), "@context": [*draft["@context"], *contexts]}
    signer = signer_of(USUAL)
    proof = {
        **options,
        "created": CREATED,
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    environment = Environment(contexts=newest_contexts())
    steps = rdf_steps(draft, proof, environment=environment, digest=Digest.SHA_256)
    value = multibase.encode(signer.key.sign(steps.hash_data), multibase.Base.BASE58BTC)
    return written(draft | {"proof": {**proof, "proofValue": value}})


def by_unknown_suite(kind: Kind) -> str:
    """Return a credential with a proof of a suite that nobody knows."""
    made = json.loads(Sample(kind=kind, form=USUAL).healthy)
    return written(made | {"proof": made["proof"] | {"cryptosuite": "eddsa-rdfc-2031"}})


def ending(kind: Kind, form: str, end: str) -> str:
    """Return a credential of data model 2.0 that ends at a moment."""
    draft = Sample(kind=kind, form=form).draft() | {"id": _urn(f"ending {kind.name} {form} {end}"), "validUntil": end}
    return old_model.secured(draft, form)


def of_model(kind: Kind, form: str, model: Model) -> Record:
    """Return a valid draft of a data model."""
    return Badge(kind=kind, state=State.VALID, form=form, model=model).draft()


def form_of_tokens(forms: tuple[str, ...]) -> str:
    """Return the format in which tokens are asked about: one with a did:key, if one is claimed; empty without a token."""
    tokens = sorted((each for each in forms if is_token(each)), key=lambda each: each.endswith("RS256"))
    return tokens[0] if tokens else ""


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://skillmark.example/displayed/{name}").urn
