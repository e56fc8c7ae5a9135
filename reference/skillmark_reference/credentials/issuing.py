"""Issuing credentials of Open Badges 3.0 and CLR 2.0 from plain values, with an embedded proof or as VC-JWT.

Nothing is signed that the verifier of this package would refuse for its form: every problem is told before.
"""

from __future__ import annotations

import copy
import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.kinds import CredentialKind, kind_of
from skillmark_reference.credentials.results import Outcome, Problem
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.credentials.steps.inner_credentials import inner_credentials
from skillmark_reference.credentials.steps.structure import structure_steps
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing import vc_jwt
from skillmark_reference.securing.dids import did_key, did_key_method
from skillmark_reference.securing.instants import write_date_time
from skillmark_reference.securing.integrity.cryptosuites import (
    DATA_INTEGRITY_PROOF,
    Transformation,
    find_cryptosuite,
)
from skillmark_reference.securing.integrity.expansion import expand
from skillmark_reference.securing.integrity.proofs import add_proof
from skillmark_reference.securing.integrity.selective import Disclosure
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.vocabularies import load_vocabulary

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterable, Mapping, Sequence

    from skillmark_reference.securing.integrity.contexts import Contexts
    from skillmark_reference.securing.jose import Algorithm
    from skillmark_reference.securing.keys import SecretKey

#: What a holder may not withhold in selective disclosure: without it nobody can tell who says what, and until when.
_MANDATORY = (
    "id",
    "type",
    "issuer",
    "name",
    "validFrom",
    "validUntil",
    "credentialStatus",
    "credentialSchema",
    "refreshService",
)
_SELECTIVE = "ecdsa-sd-2023"


class IssuingRefused(ValueError):  # noqa: N818 - what was refused, in words for a person
    """A credential that is not signed; `problems` has every reason, the message lists them."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(str(problem) for problem in self.problems))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """An issuer, with the key with which it asserts."""

    #: The Profile; its id is that of the controller of the key.
    profile: Mapping[str, Any]
    key: SecretKey = dataclasses.field(repr=False)
    #: Absolute URL of the key in the document of its controller.
    verification_method: str

    @classmethod
    def by_did_key(cls, key: SecretKey, *, name: str, **members: object) -> Signer:
        """Return an issuer that is known by nothing but its key."""
        profile = {"id": did_key(key.public), "type": ["Profile"], "name": name, **members}
        return cls(profile=profile, key=key, verification_method=did_key_method(key.public))


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What every credential has beside its subject."""

    id: str
    name: str
    valid_from: datetime.datetime
    valid_until: datetime.datetime | None = None
    #: Addresses of contexts after those of the standard, for extensions.
    contexts: tuple[str, ...] = ()
    #: Further members of the credential, for example ``credentialStatus``.
    members: Mapping[str, Any] = dataclasses.field(default_factory=dict)


def achievement_credential(
    frame: Frame, issuer: Mapping[str, Any], *, subject: Mapping[str, Any], achievement: Mapping[str, Any]
) -> dict[str, Any]:
    """Return an AchievementCredential that is not signed yet.

    Args:
        frame: What every credential has.
        issuer: The Profile of the issuer.
        subject: Members of the AchievementSubject, among them ``id`` or ``identifier``.
        achievement: Members of the Achievement: id, name, description, criteria at least.
    """
    about = {"type": ["AchievementSubject"], **subject, "achievement": {"type": ["Achievement"], **achievement}}
    return _credential(CredentialKind.ACHIEVEMENT, frame, issuer, about)


def endorsement_credential(
    frame: Frame, issuer: Mapping[str, Any], *, endorsed: str, comment: str | None = None
) -> dict[str, Any]:
    """Return an EndorsementCredential that is not signed yet.

    Args:
        frame: What every credential has.
        issuer: The Profile of the endorser.
        endorsed: The id of what is endorsed: a profile, an achievement or a credential.
        comment: What the endorser says, in Markdown.
    """
    about: dict[str, Any] = {"id": endorsed, "type": ["EndorsementSubject"]}
    if comment is not None:
        about["endorsementComment"] = comment
    return _credential(CredentialKind.ENDORSEMENT, frame, issuer, about)


def clr_credential(
    frame: Frame,
    issuer: Mapping[str, Any],
    *,
    subject: Mapping[str, Any],
    credentials: Sequence[Mapping[str, Any]],
    achievements: Sequence[Mapping[str, Any]] = (),
    associations: Sequence[tuple[str, str, str]] = (),
    partial: bool | None = None,
) -> dict[str, Any]:
    """Return a ClrCredential that is not signed yet.

    Args:
        frame: What every credential has.
        issuer: The Profile of the publisher.
        subject: ``id`` or ``identifier`` of the learner, and further members of the ClrSubject.
        credentials: The members, each signed by its own issuer.
        achievements: Definitions that the associations speak of.
        associations: Type, id of the source, id of the target.
        partial: Whether the publisher has more than the record holds.
    """
    about: dict[str, Any] = {"type": ["ClrSubject"], **subject}
    about["verifiableCredential"] = [copy.deepcopy(dict(each)) for each in credentials]
    if achievements:
        about["achievement"] = [{"type": ["Achievement"], **each} for each in achievements]
    if associations:
        about["association"] = [_association(*each) for each in associations]
    credential = _credential(CredentialKind.CLR, frame, issuer, about)
    return credential if partial is None else {**credential, "partial": partial}


def with_proof(
    credential: Mapping[str, Any],
    signer: Signer,
    *,
    created: datetime.datetime,
    cryptosuite: str = "eddsa-rdfc-2022",
    contexts: Contexts | None = None,
    disclosure: Disclosure | None = None,
) -> dict[str, Any]:
    """Return a credential with an embedded proof; ecdsa-sd-2023 gives a base proof, from which the holder derives.

    Args:
        credential: The credential.
        signer: Its issuer.
        created: When it is signed.
        cryptosuite: The suite of the proof.
        contexts: Known contexts, if others than those of the standards are used.
        disclosure: What ecdsa-sd-2023 makes mandatory; else all that decides about the credential, with new keys.

    Raises:
        IssuingRefused: The credential is not as the standard wants it.
        ProofGenerationRefused: The suite is not known, the key does not fit, or signing would lose data.
    """
    known = contexts or newest_contexts()
    options = {
        "type": DATA_INTEGRITY_PROOF,
        "cryptosuite": cryptosuite,
        "created": write_date_time(created),
        "verificationMethod": signer.verification_method,
        "proofPurpose": "assertionMethod",
    }
    suite = find_cryptosuite(options)
    # The other suites refuse by themselves what JSON-LD processing would lose.
    _check(credential, signer, known, expands=suite is not None and suite.transformation is Transformation.JCS)
    if cryptosuite == _SELECTIVE and disclosure is None:
        disclosure = Disclosure.fresh(mandatory_pointers(credential))
    return add_proof(credential, options, signer.key, environment=Environment(contexts=known), disclosure=disclosure)


def as_vc_jwt(
    credential: Mapping[str, Any],
    signer: Signer,
    *,
    algorithm: Algorithm | None = None,
    contexts: Contexts | None = None,
) -> str:
    """Return a credential as VC-JWT, which names the key by ``kid``.

    Raises:
        IssuingRefused: The credential is not as the standard wants it, or would lose data as linked data.
        MalformedCredential: A claim cannot be filled.
        UnusableKey: The algorithm does not fit the key.
    """
    _check(credential, signer, contexts or newest_contexts(), expands=True)
    return vc_jwt.issue(credential, key=signer.key, kid=signer.verification_method, algorithm=algorithm)


def mandatory_pointers(credential: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the JSON pointers of what a holder has to show: who says what of whom, and until when it is valid.

    Results, evidence and texts about the subject are left to the holder, and so are the members of a record.
    """
    subject = credential.get("credentialSubject")
    members = subject if isinstance(subject, dict) else {}
    named = ("type", "id" if "id" in members else "identifier")
    about = named if kind_of(credential) is CredentialKind.CLR else (*named, "achievement", "endorsementComment")
    return (
        *(f"/{name}" for name in _MANDATORY if name in credential),
        *(f"/credentialSubject/{name}" for name in about if name in members),
    )


def _credential(
    kind: CredentialKind, frame: Frame, issuer: Mapping[str, Any], subject: Mapping[str, Any]
) -> dict[str, Any]:
    vocabulary = load_vocabulary("clr-2.0" if kind is CredentialKind.CLR else "ob-3.0")
    credential: dict[str, Any] = {
        "@context": [*(state.url for state in vocabulary.current_contexts()), *frame.contexts],
        "id": frame.id,
        "type": ["VerifiableCredential", kind.value],
        "name": frame.name,
        "issuer": copy.deepcopy(dict(issuer)),
        "validFrom": write_date_time(frame.valid_from),
    }
    if frame.valid_until is not None:
        credential["validUntil"] = write_date_time(frame.valid_until)
    return {**credential, **copy.deepcopy(dict(frame.members)), "credentialSubject": copy.deepcopy(dict(subject))}


def _association(name: str, source: str, target: str) -> dict[str, str]:
    return {"type": "Association", "associationType": name, "sourceId": source, "targetId": target}


def _check(credential: Mapping[str, Any], signer: Signer, contexts: Contexts, *, expands: bool) -> None:
    """Hold a credential against its table, and its issuer against the signer; beside other problems, or if wanted, expand it.

    Raises:
        IssuingRefused: There are problems.
    """
    kind = kind_of(credential)
    inner = [each.pointer for each in inner_credentials(credential, kind)]
    problems = [
        problem
        for step in structure_steps(credential, kind, inner)
        if step.outcome is Outcome.FAILED
        for problem in step.problems
    ]
    problems += _issuer_problems(credential, signer)
    if problems or expands:
        problems += _lost(credential, contexts)
    if problems:
        raise IssuingRefused(dict.fromkeys(problems))


def _issuer_problems(credential: Mapping[str, Any], signer: Signer) -> list[Problem]:
    issuer = claims_of.issuer_id(credential)
    if issuer == signer.profile.get("id"):
        return []
    message = f"the issuer is {quoted(issuer)}, and the signer {quoted(signer.profile.get('id'))}"
    return [Problem(pointer="/issuer", message=message)]


def _lost(credential: Mapping[str, Any], contexts: Contexts) -> list[Problem]:
    """Return what JSON-LD processing would lose."""
    return [
        Problem(pointer=each.pointer, message=each.message) for each in expand(credential, contexts=contexts).problems
    ]
