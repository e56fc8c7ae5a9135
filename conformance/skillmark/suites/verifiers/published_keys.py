"""Issuers that are known by an address: their keys are fetched (Open Badges 3.0, Dereferencing the Public Key)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark.suites.verifiers.defects import DEFECTS, MAIN, everywhere, in_proofs, in_tokens
from skillmark.suites.verifiers.lists import slug
from skillmark.suites.verifiers.publishing import DID, JSON, KEY_SET
from skillmark_reference.credentials.issuing import Signer

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.suites.verifiers.samples import Record, Sample

#: What has to be found, and what follows where it is not.
ADDRESSES, KEY_SETS, DIDS = "OB30-R-115", "OB30-R-120", "OB30-R-116"
_SATISFIED = "OB30-R-123"
_OF_CONTROLLERS = "Controlled Identifiers 1.0, 3.3, compares the controller of a key; Open Badges 3.0 only advises it."
_CONTEXT = "https://www.w3.org/ns/cid/v1"
_DID_CONTEXTS = (
    "https://www.w3.org/ns/did/v1",
    "https://w3id.org/security/multikey/v1",
    "https://w3id.org/security/jwk/v1",
)
_OF_REVOKED = (
    "Controlled Identifiers 1.0, 2.2, has the members revoked and expires; Open Badges 3.0 does not speak of them."
)


# Credentials of issuers that are somewhere


def _issued(sample: Sample, signer: Signer) -> str:
    """Return the credential as an issuer of another name issues it."""
    return sample.secured(sample.draft() | {"issuer": dict(signer.profile)}, signer)


def _issuer(sample: Sample, identifier: str, method: str) -> Signer:
    usual = sample.issuer
    return Signer(profile={**usual.profile, "id": identifier}, key=usual.key, verification_method=method)


def _method(sample: Sample, controller: str, method: str) -> Record:
    """Return a verification method as readers of the format expect it: for tokens with a JWK."""
    public = sample.issuer.key.public
    head = {"id": method, "controller": controller}
    if sample.is_token:
        return head | {"type": "JsonWebKey", "publicKeyJwk": public.jwk()}
    return head | {"type": "Multikey", "publicKeyMultibase": public.multikey}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Controller:
    """The document of an issuer, and how its credentials name a key in it."""

    sample: Sample
    #: Part of its address; every defect has its own, so that copies do no harm.
    name: str
    is_did: bool = False

    @property
    def path(self) -> str:
        return f"issuers/{slug(self.sample)}/{self.name}"

    @property
    def id(self) -> str:
        """The id of the issuer."""
        did = self.sample.place.did(self.path) if self.is_did else None
        return did or self.sample.place.address(self.path)

    @property
    def signer(self) -> Signer:
        return _issuer(self.sample, self.id, f"{self.id}#key-1")

    def document(self, **members: Any) -> Record:  # noqa: ANN401 - any JSON
        """Return the document with other members; those given as ``...`` are left out."""
        method = _method(self.sample, self.id, f"{self.id}#key-1")
        contexts = list(_DID_CONTEXTS) if self.is_did else _CONTEXT
        whole = {
            "@context": contexts,
            "id": self.id,
            "verificationMethod": [method],
            "assertionMethod": [method["id"]],
            **members,
        }
        return {name: value for name, value in whole.items() if value is not ...}

    def publish(self, document: Record, *, status: int = 200) -> str:
        """Serve the document and return a credential of the issuer."""
        name = f"{self.path}/did.json" if self.is_did else self.path
        self.sample.place.put(name, document, DID if self.is_did else JSON, status=status)
        return _issued(self.sample, self.signer)


def by_controller(sample: Sample) -> str:
    """Return the credential of an issuer whose id is the address of its document."""
    controller = _Controller(sample=sample, name="usual")
    return controller.publish(controller.document())


def by_did_web(sample: Sample) -> str:
    """Return the credential of an issuer that is known by a did:web."""
    controller = _Controller(sample=sample, name="web", is_did=True)
    return controller.publish(controller.document())


def by_method(sample: Sample) -> str:
    """Return the credential of an issuer whose key is a document of its own."""
    place = sample.place
    controller = _Controller(sample=sample, name="apart")
    address = place.address(f"{controller.path}/key")
    place.put(f"{controller.path}/key", {"@context": _CONTEXT, **_method(sample, controller.id, address)})
    place.put(controller.path, controller.document(verificationMethod=..., assertionMethod=[address]))
    return _issued(sample, _issuer(sample, controller.id, address))


def by_jwk(sample: Sample) -> str:
    """Return the token whose kid is the address of a JWK (Open Badges 3.0, JSON Web Token Proof Format, kid)."""
    return _with_jwk(sample, "usual", sample.issuer.key.public.jwk())


def by_address(sample: Sample) -> str:
    """Return the credential of an issuer that is known by an address, as the standard has it for proofs and for tokens."""
    return by_jwk(sample) if sample.is_token else by_controller(sample)


def _with_jwk(sample: Sample, name: str, jwk: Record | str, *, status: int = 200) -> str:
    content = jwk if isinstance(jwk, str) else {**jwk, "iss": platform_of(sample)}
    address = sample.place.put(f"keys/{slug(sample)}/{name}.json", content, JSON, status=status)
    return _issued(sample, _issuer(sample, platform_of(sample), address))


def by_key_set(sample: Sample) -> str:
    """Return the token whose kid names a key in a key set."""
    return with_key_set(sample, "key-sets/usual.json", listed="key-1")


def with_key_set(sample: Sample, path: str, *, listed: str, iss: str = "") -> str:
    """Return the token whose kid names a key in a set, which lists it under some name as that of some issuer."""
    path = f"{slug(sample)}/{path}"
    jwk = {**sample.issuer.key.public.jwk(), "kid": listed, "iss": iss or platform_of(sample)}
    other = {**sample.stranger.key.public.jwk(), "kid": "key-0", "iss": platform_of(sample)}
    address = sample.place.put(path, {"keys": [other, jwk]}, KEY_SET)
    return _issued(sample, _issuer(sample, platform_of(sample), f"{address}#key-1"))


def platform_of(sample: Sample) -> str:
    """Return the id of an issuer on a platform that several share."""
    return sample.place.address(f"issuers/{slug(sample)}/platform")


# Defects


def _addressed(
    says: str, *, is_hole: bool = True, dispute: str = "", where: Callable[[Sample], bool] = everywhere
) -> Callable[[Callable[[Sample], str]], Callable[[Sample], str]]:
    return DEFECTS.add(_SATISFIED, says, where=where, kinds=MAIN, is_hole=is_hole, dispute=dispute, twin=by_address)


@_addressed("the document of its issuer has no longer the key", where=in_proofs)
def removed_key(sample: Sample) -> str:
    """Take the key out of the document."""
    controller = _Controller(sample=sample, name="without-the-key")
    return controller.publish(controller.document(verificationMethod=[], assertionMethod=[]))


@_addressed("there is another key where its key should be")
def replaced_key(sample: Sample) -> str:
    """Put the key of somebody else in the place of the key."""
    public = sample.stranger.key.public
    if sample.is_token:
        return _with_jwk(sample, "replaced", public.jwk())
    controller = _Controller(sample=sample, name="with-another-key")
    method = _method(sample, controller.id, f"{controller.id}#key-1") | {"publicKeyMultibase": public.multikey}
    return controller.publish(controller.document(verificationMethod=[method]))


@_addressed("the key is in the document of its issuer, and not for assertions", where=in_proofs)
def key_for_something_else(sample: Sample) -> str:
    """List the key for logging in only."""
    controller = _Controller(sample=sample, name="other-purpose")
    listed = [f"{controller.id}#key-1"]
    return controller.publish(controller.document(assertionMethod=..., authentication=listed))


@_addressed("the key in the document of its issuer was revoked", where=in_proofs, dispute=_OF_REVOKED)
def revoked_key(sample: Sample) -> str:
    """Say that the key must not be used any more (Controlled Identifiers 1.0, 2.2)."""
    controller = _Controller(sample=sample, name="revoked-key")
    method = _method(sample, controller.id, f"{controller.id}#key-1") | {"revoked": "2024-06-01T00:00:00Z"}
    return controller.publish(controller.document(verificationMethod=[method]))


@_addressed("the document at the address of its issuer is that of somebody else", where=in_proofs)
def document_of_somebody_else(sample: Sample) -> str:
    """Serve a document that says it is another one's."""
    controller = _Controller(sample=sample, name="impostor")
    other = controller.id.replace("impostor", "somebody-else")
    method = _method(sample, other, f"{controller.id}#key-1")
    return controller.publish(controller.document(id=other, verificationMethod=[method]))


@_addressed("the key is at an address of its own, and the document of its issuer does not list it", where=in_proofs)
def unlisted_key(sample: Sample) -> str:
    """Let a key name a controller that knows nothing of it."""
    place = sample.place
    controller = _Controller(sample=sample, name="does-not-list-it")
    address = place.address(f"{controller.path}/key")
    place.put(f"{controller.path}/key", {"@context": _CONTEXT, **_method(sample, controller.id, address)})
    place.put(controller.path, controller.document(verificationMethod=..., assertionMethod=[]))
    return _issued(sample, _issuer(sample, controller.id, address))


@_addressed("the key is good, and in the document of somebody who is not its issuer", where=in_proofs)
def key_of_somebody_else(sample: Sample) -> str:
    """Sign with a key that is under another address than the issuer."""
    controller = _Controller(sample=sample, name="forger")
    sample.place.put(controller.path, controller.document())
    victim = _Controller(sample=sample, name="victim")
    sample.place.put(victim.path, victim.document(verificationMethod=[], assertionMethod=[]))
    return _issued(sample, _issuer(sample, victim.id, controller.signer.verification_method))


@_addressed("the document with its key cannot be had")
def missing_document(sample: Sample) -> str:
    """Serve no document."""
    if sample.is_token:
        return _with_jwk(sample, "missing", {}, status=404)
    return _Controller(sample=sample, name="missing").publish({}, status=404)


@_addressed("the document with its key is no JSON")
def unreadable_document(sample: Sample) -> str:
    """Serve the beginning of a document."""
    if sample.is_token:
        return _with_jwk(sample, "cut-off", '{"kty": "')
    controller = _Controller(sample=sample, name="cut-off")
    sample.place.put(controller.path, '{"id": "', JSON)
    return _issued(sample, controller.signer)


@DEFECTS.add(
    _SATISFIED,
    "the DID document of its issuer, a did:web, does not list the key for assertions",
    where=in_proofs,
    kinds=MAIN,
    is_hole=True,
    twin=by_did_web,
)
def did_without_the_key(sample: Sample) -> str:
    """Leave the key out of the assertions in the DID document."""
    controller = _Controller(sample=sample, name="web-other-purpose", is_did=True)
    return controller.publish(controller.document(assertionMethod=[]))


@DEFECTS.add(
    _SATISFIED,
    "the DID document of its issuer, a did:web, has the key of somebody else",
    where=everywhere,
    kinds=MAIN,
    is_hole=True,
    twin=by_did_web,
)
def did_with_another_key(sample: Sample) -> str:
    """Put the key of somebody else into the DID document."""
    controller = _Controller(sample=sample, name="web-other-key", is_did=True)
    method = _method(sample, controller.id, f"{controller.id}#key-1")
    public = sample.stranger.key.public
    name = "publicKeyJwk" if sample.is_token else "publicKeyMultibase"
    method[name] = public.jwk() if sample.is_token else public.multikey
    return controller.publish(controller.document(verificationMethod=[method]))


@DEFECTS.add(
    _SATISFIED,
    "there is no DID document for its issuer, a did:web",
    where=everywhere,
    kinds=MAIN,
    is_hole=True,
    twin=by_did_web,
)
def missing_did_document(sample: Sample) -> str:
    """Serve no DID document."""
    return _Controller(sample=sample, name="web-missing", is_did=True).publish({}, status=404)


@DEFECTS.add(
    KEY_SETS,
    "the key set of its issuer has no key of that name",
    where=in_tokens,
    kinds=MAIN,
    is_hole=True,
    twin=by_key_set,
)
def key_not_in_the_set(sample: Sample) -> str:
    """List the key under another name."""
    return with_key_set(sample, "key-sets/without.json", listed="key-2")


@_addressed("the key says that its issuer controls it, and is in the document of somebody else", where=in_proofs)
def key_that_names_its_issuer(sample: Sample) -> str:
    """Let somebody's own document say that a key is the issuer's."""
    victim = _Controller(sample=sample, name="robbed")
    sample.place.put(victim.path, victim.document(verificationMethod=[], assertionMethod=[]))
    forger = _Controller(sample=sample, name="robber")
    method = _method(sample, victim.id, f"{forger.id}#key-1")
    sample.place.put(forger.path, forger.document(verificationMethod=[method]))
    return _issued(sample, _issuer(sample, victim.id, method["id"]))


@_addressed("the key is in the document of somebody whose id begins with that of its issuer", where=in_proofs)
def key_of_a_longer_name(sample: Sample) -> str:
    """Sign with a key below the address of the issuer."""
    victim = _Controller(sample=sample, name="school")
    sample.place.put(victim.path, victim.document(verificationMethod=[], assertionMethod=[]))
    forger = _Controller(sample=sample, name="school-of-somebody-else")
    sample.place.put(forger.path, forger.document())
    return _issued(sample, _issuer(sample, victim.id, forger.signer.verification_method))


@_addressed("somebody else controls the key in the document of its issuer", where=in_proofs, dispute=_OF_CONTROLLERS)
def key_of_another_controller(sample: Sample) -> str:
    """Name another controller in the key (Controlled Identifiers 1.0, 3.3, step 7)."""
    controller = _Controller(sample=sample, name="with-the-key-of-another")
    method = _method(sample, f"{controller.id}-2", f"{controller.id}#key-1")
    return controller.publish(controller.document(verificationMethod=[method]))


@_addressed("the key in the document of its issuer is over", where=in_proofs, dispute=_OF_REVOKED)
def expired_key(sample: Sample) -> str:
    """Say that the key ended before now (Controlled Identifiers 1.0, 2.2)."""
    controller = _Controller(sample=sample, name="expired-key")
    method = _method(sample, controller.id, f"{controller.id}#key-1") | {"expires": "2025-06-01T00:00:00Z"}
    return controller.publish(controller.document(verificationMethod=[method]))
