"""Compact JWS: signing, and verifying step by step (RFC 7515, RFC 7518, RFC 8037, RFC 8725).

A verification names everything that is wrong, not only the first: every step has its own result, and one that needs an earlier
one is not reached. Whoever verifies says how the key is found; the header proposes, and never decides alone.
"""

from __future__ import annotations

import dataclasses
import enum
import json
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing import multibase, strict_json
from skillmark_reference.securing.dids import UnusableDid
from skillmark_reference.securing.keys import Digest, KeyType, PublicKey, SecretKey, UnusableKey
from skillmark_reference.securing.multibase import MalformedMultibase
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson
from skillmark_reference.securing.verification_methods import NoVerificationMethod

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    #: Finds the key that a header names. Nothing, when it names none.
    #: Raises UnusableKey, UnusableDid or NoVerificationMethod when the key is wrong, KeyUnavailable when it could not be had.
    KeyFinder = Callable[[Mapping[str, Any]], PublicKey | None]

#: Letters of a token, and of its header: far more than credentials with images have.
_LONGEST_TOKEN = 16 * 2**20
_LONGEST_HEADER = 16 * 2**10
_PARTS = 3


class KeyUnavailable(Exception):  # noqa: N818 - what stands in the way, in words for a person
    """The key could not be fetched: whether the signature is right cannot be told."""


class Algorithm(enum.Enum):
    """The values of ``alg`` that are accepted. There is no ``none``, and nothing with a shared secret."""

    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    ES256 = "ES256"
    ES384 = "ES384"
    ES256K = "ES256K"
    EDDSA = "EdDSA"
    #: The newer name of EdDSA with this curve (RFC 9864, 2.2).
    ED25519 = "Ed25519"

    @property
    def key_type(self) -> KeyType:
        """The only type of key that fits."""
        return next(kind for kind in KeyType if self.value in kind.facts.algorithms)

    @property
    def digest(self) -> Digest | None:
        """The digest to sign, where the key leaves a choice."""
        return {"RS256": Digest.SHA_256, "RS384": Digest.SHA_384, "RS512": Digest.SHA_512}.get(self.value)

    @classmethod
    def of(cls, kind: KeyType) -> Algorithm:
        """Return the usual algorithm of a type of key."""
        return cls(kind.facts.algorithms[0])


class Step(enum.Enum):
    """The steps of a verification, in order."""

    FORM = "form"
    HEADER = "header"
    KEY = "key"
    SIGNATURE = "signature"
    PAYLOAD = "payload"
    CLAIMS = "claims"


class StepOutcome(enum.Enum):
    """How a step ended."""

    PASSED = "passed"
    FAILED = "failed"
    #: Something could not be had that says nothing about the token.
    CANNOT_TELL = "cannot tell"
    #: An earlier step left nothing to look at.
    NOT_REACHED = "not reached"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What one step found."""

    step: Step
    outcome: StepOutcome
    #: What is wrong, in words for a person.
    problems: tuple[str, ...] = ()
    #: What is not wrong and worth knowing: a SHOULD, or a point on which the texts are silent or disagree.
    remarks: tuple[str, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class JwsVerification:
    """The verification of a compact JWS. Header and payload are what the token says, verified or not."""

    steps: tuple[StepResult, ...]
    header: Mapping[str, Any] | None = None
    payload: bytes | None = None
    key: PublicKey | None = None

    @property
    def verified(self) -> bool:
        """Whether every step passed."""
        return all(each.outcome is StepOutcome.PASSED for each in self.steps)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CompactJws:
    """The parts of a compact JWS, decoded, and not verified."""

    header: bytes
    payload: bytes
    signature: bytes
    signing_input: bytes


def to_json(value: Mapping[str, Any]) -> bytes:
    """Return the JSON of a header or a payload: no white space, the members in their order."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def sign_compact(
    payload: bytes, *, key: SecretKey, header: Mapping[str, Any], algorithm: Algorithm | None = None
) -> str:
    """Return the compact JWS of a payload (RFC 7515, 5.1).

    Args:
        payload: What is signed.
        key: The key to sign with.
        header: Members of the header beside ``alg``, which comes first.
        algorithm: For RSA another one than RS256.

    Raises:
        UnusableKey: The algorithm does not fit the key.
    """
    chosen = algorithm or Algorithm.of(key.type)
    if chosen.key_type is not key.type:
        raise UnusableKey(f"alg {chosen.value} needs a {chosen.key_type.value} key; this is a {key.type.value} key")
    protected = multibase.encode_base64url(to_json({"alg": chosen.value, **header}))
    signing_input = f"{protected}.{multibase.encode_base64url(payload)}"
    signature = key.sign(signing_input.encode("ascii"), digest=chosen.digest)
    return f"{signing_input}.{multibase.encode_base64url(signature)}"


def verify_compact(
    token: str,
    *,
    find_key: KeyFinder,
    check_header: Callable[[Mapping[str, Any]], StepResult] | None = None,
    allowed: Iterable[Algorithm] = Algorithm,
) -> JwsVerification:
    """Verify a compact JWS (RFC 7515, 5.2).

    Args:
        token: The compact form.
        find_key: Finds the key that the header names.
        check_header: What a profile demands of the header in addition.
        allowed: The algorithms that are accepted, a subset of those known.
    """
    form, parts = read_compact(token)
    if parts is None:
        return JwsVerification(steps=(form, *not_reached(Step.HEADER, Step.KEY, Step.SIGNATURE)))
    try:
        header = strict_json.parse_object(parts.header)
    except MalformedJson as error:
        failed = step_result(Step.HEADER, [f"the header cannot be read: {error}"])
        return JwsVerification(steps=(form, failed, *not_reached(Step.KEY, Step.SIGNATURE)), payload=parts.payload)
    algorithm, problems = _algorithm(header, frozenset(allowed))
    more = check_header(header) if check_header else step_result(Step.HEADER, [])
    checked = step_result(Step.HEADER, [*problems, *_extensions(header), *more.problems], more.remarks)
    found, key = _find(header, find_key, algorithm)
    usable = found.outcome is StepOutcome.PASSED
    signed = _check_signature(parts, key if usable else None, algorithm)
    return JwsVerification(steps=(form, checked, found, signed), header=header, payload=parts.payload, key=key)


def read_compact(token: str) -> tuple[StepResult, CompactJws | None]:
    """Take a compact JWS apart: three parts of strict base64url (RFC 7515, 7.1). Nothing is verified."""
    texts = token.split(".", _PARTS) if len(token) <= _LONGEST_TOKEN else []
    if not texts:
        return step_result(Step.FORM, [f"the token has {len(token)} letters; the limit is {_LONGEST_TOKEN}"]), None
    if len(texts) != _PARTS:
        found = "more" if len(texts) > _PARTS else str(len(texts))
        return step_result(Step.FORM, [f"a compact JWS has three parts between dots; this one has {found}"]), None
    problems, parts = [], []
    for name, text in zip(("header", "payload", "signature"), texts, strict=True):
        try:
            parts.append(multibase.decode_base64url(text))
        except MalformedMultibase as error:
            problems.append(f"the {name} cannot be read: {error}")
        if not text:
            problems.append(f"the {name} is empty")
    if len(texts[0]) > _LONGEST_HEADER:
        problems.append(f"the header has {len(texts[0])} letters; the limit is {_LONGEST_HEADER}")
    if problems:
        return step_result(Step.FORM, problems), None
    header, payload, signature = parts
    signing_input = f"{texts[0]}.{texts[1]}".encode("ascii")
    jws = CompactJws(header=header, payload=payload, signature=signature, signing_input=signing_input)
    return step_result(Step.FORM, []), jws


def step_result(step: Step, problems: Iterable[str], remarks: Iterable[str] = ()) -> StepResult:
    """Return the result of a step that was reached: it failed when there is a problem."""
    found = tuple(problems)
    outcome = StepOutcome.FAILED if found else StepOutcome.PASSED
    return StepResult(step=step, outcome=outcome, problems=found, remarks=tuple(remarks))


def not_reached(*steps: Step) -> tuple[StepResult, ...]:
    """Return the results of steps that had nothing to look at."""
    return tuple(StepResult(step=step, outcome=StepOutcome.NOT_REACHED) for step in steps)


def _algorithm(header: Mapping[str, Any], allowed: frozenset[Algorithm]) -> tuple[Algorithm | None, list[str]]:
    name = header.get("alg")
    known = next((each for each in allowed if each.value == name), None)
    if known is not None:
        return known, []
    if name is None:
        return None, ["the header has no alg"]
    if isinstance(name, str) and name.lower() == "none":
        return None, [f"alg {quoted(name)} is no signature"]
    if isinstance(name, str) and name.upper().startswith("HS"):
        return None, [f"alg {quoted(name)} uses a shared secret, which everybody who verifies could sign with"]
    return None, [
        f"alg {quoted(name)} is not accepted; {', '.join(each.value for each in Algorithm if each in allowed)} are"
    ]


def _extensions(header: Mapping[str, Any]) -> list[str]:
    """Refuse what changes how the rest is read: no extension is understood (RFC 7515, 4.1.11; RFC 7797, 3)."""
    problems = []
    if "crit" in header:
        problems.append(f"crit names extensions that have to be understood, and are not: {quoted(header['crit'])}")
    if header.get("b64", True) is not True:
        problems.append("b64 says that the payload is not encoded; credentials always are")
    return problems


def _find(
    header: Mapping[str, Any], find_key: KeyFinder, algorithm: Algorithm | None
) -> tuple[StepResult, PublicKey | None]:
    try:
        key = find_key(header)
    except KeyUnavailable as error:
        return StepResult(step=Step.KEY, outcome=StepOutcome.CANNOT_TELL, remarks=(str(error),)), None
    except (UnusableKey, UnusableDid, NoVerificationMethod) as error:
        return step_result(Step.KEY, [str(error)]), None
    if key is None:
        return StepResult(step=Step.KEY, outcome=StepOutcome.NOT_REACHED), None
    if algorithm is not None and algorithm.key_type is not key.type:
        problem = (
            f"alg {algorithm.value} needs a {algorithm.key_type.value} key; the key found is a {key.type.value} key"
        )
        return step_result(Step.KEY, [problem]), key
    return step_result(Step.KEY, []), key


def _check_signature(parts: CompactJws, key: PublicKey | None, algorithm: Algorithm | None) -> StepResult:
    if key is None or algorithm is None:
        return StepResult(step=Step.SIGNATURE, outcome=StepOutcome.NOT_REACHED)
    length, expected = len(parts.signature), key.signature_length
    if length != expected:
        problem = f"a signature with {algorithm.value} and this key has {expected} bytes; this one has {length}"
        return step_result(Step.SIGNATURE, [problem])
    if not key.verify(parts.signature, parts.signing_input, digest=algorithm.digest):
        return step_result(
            Step.SIGNATURE, ["the signature does not verify: header or payload changed, or another key signed"]
        )
    return step_result(Step.SIGNATURE, [])
