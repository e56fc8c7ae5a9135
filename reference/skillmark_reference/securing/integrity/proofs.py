"""Proof sets and proof chains (Data Integrity 1.0, 2.1.1, 2.1.2, 4.3, 4.5)."""

from __future__ import annotations

import copy
import dataclasses
from collections import Counter
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing.dids import UnusableDid
from skillmark_reference.securing.integrity.cryptosuites import Outcome, is_of_unknown_type, make_proof, verify_proof
from skillmark_reference.securing.integrity.json_values import as_list, without
from skillmark_reference.securing.integrity.problems import Problem, ProblemKind, ProofGenerationRefused, child
from skillmark_reference.securing.integrity.proof_options import Expectations, expectation_problems
from skillmark_reference.securing.keys import UnusableKey
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.verification_methods import NoVerificationMethod

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from skillmark_reference.securing.integrity.selective import Disclosure
    from skillmark_reference.securing.integrity.transforming import Environment
    from skillmark_reference.securing.keys import PublicKey, SecretKey

    #: Returns the key of a verification method if its controller lists it for the purpose; raises one of `NO_KEY` otherwise.
    KeyFinder = Callable[[str, str], PublicKey]


#: What a finder of keys raises when there is none.
NO_KEY = (NoVerificationMethod, UnusableDid, UnusableKey, LookupError)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What came of the verification of a secured document: every proof has to hold."""

    #: Of each proof, in the order in which they are in the document.
    outcomes: tuple[Outcome, ...]
    #: Of the set or chain as a whole.
    problems: tuple[Problem, ...]
    #: The document without its proofs, if it is verified.
    verified_document: Mapping[str, Any] | None

    @property
    def verified(self) -> bool:
        """Whether every proof holds."""
        return self.verified_document is not None

    @property
    def all_problems(self) -> tuple[Problem, ...]:
        """Everything that speaks against the document, each once."""
        found = (*self.problems, *(problem for outcome in self.outcomes for problem in outcome.problems))
        return tuple(dict.fromkeys(found))


def add_proof(
    document: Mapping[str, Any],
    options: Mapping[str, Any],
    key: SecretKey,
    *,
    environment: Environment,
    disclosure: Disclosure | None = None,
) -> dict[str, Any]:
    """Return the document with one proof more; ``previousProof`` in the options makes it part of a chain (4.3).

    Raises:
        ProofGenerationRefused: A previous proof is missing, or the reasons of `make_proof`.
    """
    proofs = as_list(document.get("proof"))
    problems = tuple(_previous_problems(options, proofs, "/proof"))
    if problems:
        raise ProofGenerationRefused(problems)
    proof = make_proof(
        _covered(document, options, proofs), options, key, environment=environment, disclosure=disclosure
    )
    return {**copy.deepcopy(dict(document)), "proof": [*copy.deepcopy(proofs), proof] if proofs else proof}


def verify_proofs(
    document: object, find_key: KeyFinder, *, environment: Environment, expected: Expectations | None = None
) -> Verification:
    """Verify every proof of a document (4.4, 4.5).

    Args:
        document: The secured document.
        find_key: Finds the key of a verification method and a purpose; raises one of `NO_KEY` otherwise.
        environment: The known contexts and the limit of work.
        expected: What is expected of every proof.
    """
    if not isinstance(document, dict):
        return _failed(ProblemKind.NOT_AN_OBJECT, "", "a secured document is a JSON object")
    proofs = as_list(document.get("proof"))
    if not proofs:
        return _failed(ProblemKind.MISSING_PROOF, "/proof", "the document has no proof")
    is_set = isinstance(document["proof"], list)
    problems = tuple(_set_problems(proofs))
    outcomes = []
    for index, proof in enumerate(proofs):
        outcome = _verify_one(
            document,
            proof,
            proofs=proofs,
            find_key=find_key,
            environment=environment,
            expected=expected or Expectations(),
        )
        outcomes.append(_placed(outcome, index) if is_set else outcome)
    holds = not problems and all(outcome.verified for outcome in outcomes)
    return Verification(
        outcomes=tuple(outcomes),
        problems=problems,
        verified_document=without(document, "proof") if holds else None,
    )


def _verify_one(
    document: Mapping[str, Any],
    proof: object,
    *,
    proofs: Sequence[object],
    find_key: KeyFinder,
    environment: Environment,
    expected: Expectations,
) -> Outcome:
    if not isinstance(proof, dict):
        return Outcome(problems=(_problem(ProblemKind.NOT_AN_OBJECT, "/proof", "a proof is a JSON object"),))
    problems = [*_previous_problems(proof, proofs, "/proof"), *expectation_problems(proof, expected)]
    method, purpose = proof.get("verificationMethod"), proof.get("proofPurpose")
    is_named = isinstance(method, str) and isinstance(purpose, str)
    if not is_named and is_of_unknown_type(proof):
        message = f"nothing is known of proofs of the type {quoted(proof['type'])}"
        return Outcome(problems=(*problems, _problem(ProblemKind.UNKNOWN_SUITE, "/proof", message)))
    if not isinstance(method, str) or not isinstance(purpose, str):
        message = "verificationMethod and proofPurpose are texts; without them there is no key to verify with"
        return Outcome(problems=(*problems, _problem(ProblemKind.MISSING_MEMBER, "/proof", message)))
    try:
        key = find_key(method, purpose)
    except NO_KEY as error:
        message = f"there is no key of {quoted(method)} for {quoted(purpose)}: {error.args[0] if error.args else error}"
        return Outcome(problems=(*problems, _problem(ProblemKind.WRONG_KEY, "/proof/verificationMethod", message)))
    outcome = verify_proof(_covered(document, proof, proofs), proof, key, environment=environment)
    return dataclasses.replace(outcome, problems=(*problems, *outcome.problems))


def _covered(document: Mapping[str, Any], proof: Mapping[str, Any], proofs: Sequence[object]) -> dict[str, Any]:
    """Return what a proof covers: the document, and the proofs that it names, values included.

    An empty set stands for no member: the published vectors are made so, although the text sets ``proof`` to an empty list.
    """
    bare = without(document, "proof")
    names = as_list(proof.get("previousProof"))
    if not names:
        return bare
    previous = [each for each in proofs if isinstance(each, dict) and "id" in each and each["id"] in names]
    return {**bare, "proof": previous} if previous else bare


def _previous_problems(proof: Mapping[str, Any], proofs: Sequence[object], pointer: str) -> Iterator[Problem]:
    names = as_list(proof.get("previousProof"))
    known = [each.get("id") for each in proofs if isinstance(each, dict)] if names else []
    for name in names:
        if name not in known or name == proof.get("id"):
            message = f"the previous proof {quoted(name)} is not among the other proofs of the document"
            yield _problem(ProblemKind.MISSING_PREVIOUS_PROOF, f"{pointer}/previousProof", message)


def _set_problems(proofs: Sequence[object]) -> Iterator[Problem]:
    """Yield ids that two proofs have, and that name neither; the same proof twice without an id says nothing more than once."""
    if len(proofs) == 1:
        return
    ids = Counter(str(proof["id"]) for proof in proofs if isinstance(proof, dict) and "id" in proof)
    for name, count in ids.items():
        if count > 1:
            yield _problem(ProblemKind.DUPLICATE_PROOF, "/proof", f"{count} proofs have the id {quoted(name)}")


def _placed(outcome: Outcome, index: int) -> Outcome:
    """Return the outcome with pointers into the array of proofs."""
    place = child("/proof", index)
    problems = (
        dataclasses.replace(each, pointer=place + each.pointer.removeprefix("/proof"))
        if each.pointer == "/proof" or each.pointer.startswith("/proof/")
        else each
        for each in outcome.problems
    )
    return dataclasses.replace(outcome, problems=tuple(problems))


def _failed(kind: ProblemKind, pointer: str, message: str) -> Verification:
    return Verification(outcomes=(), problems=(_problem(kind, pointer, message),), verified_document=None)


def _problem(kind: ProblemKind, pointer: str, message: str) -> Problem:
    return Problem(kind=kind, pointer=pointer, message=message)
