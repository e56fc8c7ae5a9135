"""The credentials that a verifier is asked about: of each kind, secured in each format, by issuers that are known by their key.

Nothing in them has to be fetched: the issuer is a did:key, for RSA a did:jwk, and there is neither status nor schema. All of it
follows from the kind and the format, so that two runs ask the same. What points to documents is made of them elsewhere, with
the `published` that a sample knows.
"""

from __future__ import annotations

import copy
import dataclasses
import datetime
import enum
import functools
import hashlib
import json
import uuid
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import Broken
from skillmark_fixtures.pathways import organizations
from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.issuance.deriving import derive
from skillmark_reference.credentials.issuing import Frame, Signer
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.pathways.issuers import secret_key
from skillmark_reference.securing import jose, multibase, vc_jwt
from skillmark_reference.securing.dids import did_jwk
from skillmark_reference.securing.integrity.proofs import add_proof
from skillmark_reference.securing.integrity.selective import Disclosure
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.keys import KeyType, SecretKey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from skillmark.suites.verifiers.publishing import Publisher
    from skillmark_reference.securing.integrity.contexts import Contexts

Record = dict[str, Any]

CREATED = "2025-01-02T00:00:00Z"
_BEGIN = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)
_END = datetime.datetime(2098, 1, 1, tzinfo=datetime.UTC)
_LEARNER = "did:example:learner"
_TOKEN = "vc-jwt-"  # noqa: S105 - the beginning of a name
_USUAL = "eddsa-rdfc-2022"
#: The format of endorsements as tokens.
INNER_TOKEN = "vc-jwt-EdDSA"  # noqa: S105 - a name
#: Selective disclosure: what a verifier sees is what the holder made of it.
SELECTIVE = "ecdsa-sd-2023"
#: One cryptosuite with the other curve of its keys (ECDSA Cryptosuites 1.0, 3.1).
P384 = "ecdsa-rdfc-2019 P-384"
#: The badges in a record.
MEMBERS = ("first", "second")
#: What the holder shows beside what is mandatory.
_SHOWN = "activityEndDate"
_KEY_TYPES = {
    "eddsa": KeyType.ED25519,
    "ecdsa": KeyType.P256,
    "EdDSA": KeyType.ED25519,
    "ES256": KeyType.P256,
    "RS256": KeyType.RSA,
}


class Kind(enum.StrEnum):
    """What is asked about."""

    ACHIEVEMENT = "AchievementCredential"
    #: A badge with endorsements by others, as object and as token.
    ENDORSED = "AchievementCredential with endorsements"
    ENDORSEMENT = "EndorsementCredential"
    CLR = "ClrCredential"

    @property
    def claim(self) -> str:
        """The kind that a product claims to verify."""
        return self.value.partition(" ")[0]


class Part(enum.IntEnum):
    """Who signs."""

    ISSUER = 0
    #: Who signs what is inside.
    INNER = 1
    #: Who is nobody to the credential.
    STRANGER = 2


def is_token(form: str) -> bool:
    """Tell whether a format is a token."""
    return form.startswith(_TOKEN)


def suite_of(form: str) -> str:
    """Return the cryptosuite of an embedded format, which is how products claim it."""
    return form.partition(" ")[0]


@functools.cache
def signer_of(form: str, part: Part = Part.ISSUER) -> Signer:
    """Return a signer with a key that fits the format."""
    name = form.removeprefix(_TOKEN)
    organization = organizations()[part]
    kind = KeyType.P384 if form == P384 else _KEY_TYPES[name.partition("-")[0]]
    key = secret_key(organization.slug, kind)
    if key.type is not KeyType.RSA:
        return Signer.by_did_key(key, name=organization.name)
    did = did_jwk(key.public.jwk())
    profile = {"id": did, "type": ["Profile"], "name": organization.name}
    return Signer(profile=profile, key=key, verification_method=f"{did}#0")


def proved(
    document: Mapping[str, Any],
    form: str,
    signer: Signer,
    *,
    contexts: Contexts | None = None,
    is_base: bool = False,
    **options: Any,  # noqa: ANN401 - members of the proof
) -> Record:
    """Return a document with a proof more, whatever it says; options given as ``...`` are left out.

    With selective disclosure it is what the holder shows of it, unless the base proof of the issuer is wanted.

    Raises:
        ProofGenerationRefused: It cannot be signed without losing data.
    """
    members = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite_of(form),
        "created": CREATED,
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
        **options,
    }
    chosen = {name: value for name, value in members.items() if value is not ...}
    known = contexts or newest_contexts()
    disclosure = _disclosure(document) if form == SELECTIVE else None
    whole = add_proof(document, chosen, signer.key, environment=Environment(contexts=known), disclosure=disclosure)
    if form != SELECTIVE or is_base:
        return whole
    is_shown = _SHOWN in document.get("credentialSubject", {})
    return derive(whole, [f"/credentialSubject/{_SHOWN}"] if is_shown else [], contexts=known)


def _disclosure(document: Mapping[str, Any]) -> Disclosure:
    """Return what the issuer makes mandatory, and the keys of one proof, which follow from the document."""
    said = jose.to_json(document)
    hmac_key, scalar = (hashlib.sha256(each + said).digest() for each in (b"hmac", b"proof"))
    return Disclosure(
        mandatory_pointers=issuing.mandatory_pointers(document),
        hmac_key=hmac_key,
        proof_key=SecretKey(type=KeyType.P256, raw=scalar),
    )


def token_of(header: Mapping[str, Any], payload: Mapping[str, Any], key: SecretKey, form: str) -> str:
    """Return a token with any header and any payload."""
    algorithm = jose.Algorithm(form.removeprefix(_TOKEN))
    return jose.sign_compact(jose.to_json(payload), key=key, header=header, algorithm=algorithm)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One kind in one format, healthy, with what it takes to break it."""

    kind: Kind
    form: str
    #: The embedded format of what is inside; empty if nothing inside has a proof of its own.
    inner_form: str = _USUAL
    #: Whether endorsements are there as tokens too.
    inner_tokens: bool = True
    #: Where documents are that a credential points to.
    published: Publisher | None = dataclasses.field(default=None, compare=False, repr=False)

    @property
    def place(self) -> Publisher:
        """Where documents are that a credential points to.

        Raises:
            Broken: Nobody said where.
        """
        if self.published is None:
            raise Broken("a sample points to documents, and nobody said where they are")
        return self.published

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.kind.value}, {self.form}"

    @property
    def is_token(self) -> bool:
        """Whether it is a token."""
        return is_token(self.form)

    @property
    def issuer(self) -> Signer:
        """Who issued it."""
        return signer_of(self.form)

    @property
    def stranger(self) -> Signer:
        """Who has nothing to do with it."""
        return signer_of(self.form, Part.STRANGER)

    def draft(self) -> Record:
        """Return the credential without its own proof; what is inside is signed."""
        return copy.deepcopy(_draft(self))

    def secured(self, draft: Record, signer: Signer | None = None) -> str:
        """Return a draft as the issuer, or somebody else, secures it, whatever it says.

        Raises:
            ProofGenerationRefused: It cannot be signed without losing data.
            MalformedCredential: A claim of a token cannot be filled.
        """
        who = signer or self.issuer
        if not self.is_token:
            return written(proved(draft, self.form, who))
        return token_of(self.header(who), vc_jwt.payload_of(draft), who.key, self.form)

    @property
    def healthy(self) -> str:
        """The credential as it should be."""
        return _healthy(self)

    def signed(self) -> Record:
        """Return the healthy credential with its embedded proof."""
        document: Record = json.loads(self.healthy)
        return document

    def header(self, signer: Signer | None = None) -> Record:
        """Return the header of the token without its algorithm."""
        return {"kid": (signer or self.issuer).verification_method, "typ": "JWT"}

    def payload(self) -> Record:
        """Return the claims of the token, and the credential in it."""
        return vc_jwt.payload_of(self.draft())

    def token(
        self, *, header: Record | None = None, payload: Record | None = None, signer: Signer | None = None
    ) -> str:
        """Return a token with another header or payload, signed with the key of the issuer or of somebody else."""
        who = signer or self.issuer
        return token_of(
            self.header(who) if header is None else header,
            self.payload() if payload is None else payload,
            who.key,
            self.form,
        )


def written(document: Mapping[str, Any]) -> str:
    """Return a document as it is sent."""
    return json.dumps(document, ensure_ascii=False)


def encoded(part: Mapping[str, Any]) -> str:
    """Return a part of a token."""
    return multibase.encode_base64url(jose.to_json(part))


@functools.cache
def _healthy(sample: Sample) -> str:
    return sample.secured(sample.draft())


@functools.cache
def _draft(sample: Sample) -> Record:
    profile, inner_form = sample.issuer.profile, sample.inner_form
    match sample.kind:
        case Kind.ACHIEVEMENT:
            made = badge(profile, "badge")
            if sample.form == SELECTIVE:
                # Something that the holder keeps back.
                made["credentialSubject"]["licenseNumber"] = "L-100"
            return made
        case Kind.ENDORSED:
            return _endorsed(sample)
        case Kind.ENDORSEMENT:
            return endorsement(profile, "endorsement", of=_urn("achievement"))
        case Kind.CLR:
            return record(profile, "record", [member(inner_form, name) for name in MEMBERS])


def badge(profile: Mapping[str, Any], name: str) -> Record:
    """Return a badge that nobody has signed."""
    achievement = {
        "id": _urn(f"achievement of the {name}"),
        "name": f"Welding, {name}",
        "description": "Joins steel.",
        "criteria": {"narrative": "Weld three seams."},
    }
    subject = {"id": _LEARNER, "activityEndDate": "2024-12-20T00:00:00Z"}
    return issuing.achievement_credential(_frame(name), profile, subject=subject, achievement=achievement)


def record(profile: Mapping[str, Any], name: str, members: Sequence[Mapping[str, Any]]) -> Record:
    """Return a record that nobody has signed."""
    return issuing.clr_credential(_frame(name), profile, subject={"id": _LEARNER}, credentials=members)


def endorsement(profile: Mapping[str, Any], name: str, *, of: str) -> Record:
    """Return an endorsement that nobody has signed."""
    return issuing.endorsement_credential(_frame(name), profile, endorsed=of, comment="It is worth what it says.")


def member(form: str, name: str) -> Record:
    """Return a signed badge, as a record holds it."""
    who = signer_of(form, Part.INNER)
    return proved(badge(who.profile, name), form, who)


def inner_endorsement(form: str, **members: Any) -> Record:  # noqa: ANN401 - any JSON
    """Return the signed endorsement of the badge, with other members; those given as ``...`` are left out."""
    who = signer_of(form, Part.INNER)
    draft = endorsement(who.profile, "endorsement of the badge", of=_urn("badge")) | members
    return proved({name: value for name, value in draft.items() if value is not ...}, form, who)


def inner_token(signer: Signer | None = None, *, of: str = "") -> str:
    """Return the endorsement of the badge, or of something else, as a token, signed by the endorser or by somebody else."""
    who = signer_of(INNER_TOKEN, Part.INNER)
    told = endorsement(who.profile, "endorsement as a token", of=of or _urn("badge"))
    header = {"kid": who.verification_method, "typ": "JWT"}
    return token_of(header, vc_jwt.payload_of(told), (signer or who).key, INNER_TOKEN)


def _endorsed(sample: Sample) -> Record:
    made = badge(sample.issuer.profile, "badge")
    if sample.inner_form:
        made["endorsement"] = [inner_endorsement(sample.inner_form)]
    if sample.inner_tokens:
        made["endorsementJwt"] = [inner_token()]
    return made


def _frame(name: str) -> Frame:
    return Frame(id=_urn(name), name=f"The {name}", valid_from=_BEGIN, valid_until=_END)


def _urn(name: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"https://skillmark.example/{name}").urn
