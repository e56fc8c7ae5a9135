"""What a holder shows of a credential with selective disclosure (ECDSA cryptosuites 1.0, 3.4 and 3.6.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark_reference.securing.integrity.json_values import as_list, without
from skillmark_reference.securing.integrity.problems import Problem, ProblemKind, ProofGenerationRefused, child
from skillmark_reference.securing.integrity.selective import derive_proof
from skillmark_reference.securing.integrity.selective_values import is_base
from skillmark_reference.securing.integrity.transforming import Environment

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from skillmark_reference.securing.integrity.contexts import Contexts

#: Reveals everything.
WHOLE = ""
_SUITE = "ecdsa-sd-2023"


def derive(credential: Mapping[str, Any], pointers: Sequence[str], *, contexts: Contexts) -> dict[str, Any]:
    """Return what a verifier sees: what the issuer made mandatory, what the pointers name, and a derived proof.

    Other proofs of the credential are left out: they cover the whole of it.

    Args:
        credential: A credential with one base proof of ecdsa-sd-2023.
        pointers: JSON pointers of what is shown beside.
        contexts: Known contexts.

    Raises:
        ProofGenerationRefused: There is no base proof or more than one, it is not of this credential, or a pointer leads nowhere.
    """
    proof = _base_proof(credential)
    environment = Environment(contexts=contexts)
    return derive_proof(without(credential, "proof"), proof, tuple(pointers), environment=environment)


def withheld(credential: Mapping[str, Any], shown: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the JSON pointers of what is in a credential and not in what was derived from it, the proof left out."""
    return tuple(_missing(without(credential, "proof"), shown, ""))


def _base_proof(credential: Mapping[str, Any]) -> Mapping[str, Any]:
    proofs = [each for each in as_list(credential.get("proof")) if isinstance(each, dict)]
    of_suite = [each for each in proofs if each.get("cryptosuite") == _SUITE]
    found = [each for each in of_suite if is_base(each.get("proofValue"))]
    if len(found) == 1:
        return found[0]
    message = f"the credential has no proof of {_SUITE}; only the issuer can make one that parts can be shown of"
    if found:
        message = f"the credential has {len(found)} base proofs; expected is one"
    elif of_suite:
        message = "the proof is no base proof of the issuer: it is derived already, or damaged"
    raise ProofGenerationRefused([Problem(kind=ProblemKind.MISSING_PROOF, pointer="/proof", message=message)])


def _missing(whole: object, shown: object, pointer: str) -> Iterator[str]:
    if isinstance(whole, dict) and isinstance(shown, dict):
        for name, member in whole.items():
            place = child(pointer, name)
            if name in shown:
                yield from _missing(member, shown[name], place)
            else:
                yield place
    elif isinstance(whole, list) and isinstance(shown, list):
        rest = list(shown)
        for index, entry in enumerate(whole):
            like = next((each for each in rest if _is_part(each, entry)), None)
            if like is None:
                yield child(pointer, index)
            else:
                rest.remove(like)
                yield from _missing(entry, like, child(pointer, index))


def _is_part(part: object, whole: object) -> bool:
    """Tell whether one value can have been made of another by leaving things out."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in whole and _is_part(member, whole[name]) for name, member in part.items())
    if isinstance(part, list) and isinstance(whole, list):
        rest = iter(whole)
        return all(any(_is_part(each, entry) for entry in rest) for each in part)
    return part == whole
