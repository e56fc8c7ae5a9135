"""Proofs, whose keys they are, and what certification takes (Proofs; Linked Data Proof Format; Certification Guide)."""

from __future__ import annotations

import urllib.parse
from typing import TYPE_CHECKING, Any

from skillmark.suites.credentials.shown import JUDGED
from skillmark.suites.credentials.sightings import RULES
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.documents import DocumentKind, DocumentProblem, Unusable
from skillmark_reference.securing.dids import did_web_address
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.keys import PublicKey
from skillmark_reference.securing.multibase import MalformedMultibase
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson, parse_object

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.suites.credentials.evidence import Evidence
    from skillmark.suites.credentials.shown import Shown
    from skillmark.suites.credentials.sightings import Sighting

CERTIFIED = ("eddsa-rdfc-2022", "ecdsa-sd-2023")
_SELECTIVE = "ecdsa-sd-2023"
_RECOMMENDED = frozenset({"eddsa-jcs-2022", "ecdsa-rdfc-2019", "ecdsa-jcs-2019"})
_SIGNATURE = "DataIntegrityProof"
_NO_PROOF = "No credential with an embedded proof was handed in."
_NO_TOKEN = "No VC-JWT was handed in."  # noqa: S105 - no secret
_READING = (
    "The main document names Data Integrity EdDSA, and W3C recommends other suites beside those of the guide (D-02)."
)
_FURTHER = (
    "Several proofs may be there (Proof Formats), and the certification guide takes another one of this credential."
)
_DID_KEY = "did:key:"


def suite_of(proof: Mapping[str, Any]) -> object:
    """Return the name of a suite: ``cryptosuite``, or the type of an older proof."""
    return proof.get("cryptosuite") or proof.get("type")


@RULES.decides("OB30-R-086", absent="No credential with a proof was handed in.", is_demanded=True)
def mechanism_is_supported(evidence: Evidence) -> Iterator[Sighting]:
    """Look for one proof of each credential that certification takes."""
    for each in evidence.of(*JUDGED):
        suites = [suite_of(proof) for proof in each.proofs]
        if each.token is not None or any(suite in CERTIFIED for suite in suites):
            yield each.holds()
        elif suites:
            dispute = _READING if any(suite in _RECOMMENDED for suite in suites) else ""
            expected = f"VC-JWT, {' or '.join(CERTIFIED)}"
            yield each.departs("/proof", quoted(suites), expected=expected, dispute=dispute)


def suites_are_certified(evidence: Evidence, *, takes_others: bool) -> Iterator[Sighting]:
    """Look at the suite of each embedded proof; one beside another that certification takes is a matter of reading."""
    for each in evidence.of(*JUDGED):
        further = _FURTHER if any(suite_of(proof) in CERTIFIED for proof in each.proofs) else ""
        for index, proof in enumerate(each.proofs):
            suite = suite_of(proof)
            if suite in CERTIFIED:
                yield each.holds()
            else:
                pointer = child("/proof", index) if isinstance(each.document.get("proof"), list) else "/proof"
                dispute = _READING if takes_others and suite in _RECOMMENDED else further
                yield each.departs(pointer, quoted(suite), expected=" or ".join(CERTIFIED), dispute=dispute)


@RULES.decides("OB30-R-112", absent=_NO_PROOF)
def suite_is_that_of_the_conformance_suite(evidence: Evidence) -> Iterator[Sighting]:
    """Report every suite."""
    yield from suites_are_certified(evidence, takes_others=False)


@RULES.decides("OB30-R-222", absent=_NO_PROOF)
def suite_is_certified(evidence: Evidence) -> Iterator[Sighting]:
    """Hold suites against the certification guide."""
    yield from suites_are_certified(evidence, takes_others=True)


@RULES.decides("CLR20-R-034", absent="No record with a proof was handed in.", is_demanded=True)
def proof_of_records_is_certified(evidence: Evidence) -> Iterator[Sighting]:
    """Hold suites and purposes against the certification guide; a VC-JWT is taken, too."""
    yield from suites_are_certified(evidence, takes_others=True)
    for each in evidence.outermost:
        if each.token is not None:
            yield each.holds()
        yield from each.said(Subject.PROOF_PURPOSE)


@RULES.decides("OB30-R-087", absent="No credential with several proofs was handed in.")
def several_proofs(evidence: Evidence) -> Iterator[Sighting]:
    """Tell which credentials make use of the permission."""
    yield from (each.holds() for each in evidence.of(*JUDGED) if len(each.proofs) > 1)


@RULES.decides("OB30-R-089", absent=_NO_TOKEN)
def tokens_without_embedded_proof(evidence: Evidence) -> Iterator[Sighting]:
    """Tell which credentials make use of the permission."""
    yield from (each.holds() for each in evidence.of(*JUDGED) if each.token is not None and not each.proofs)


@RULES.decides("OB30-R-090", absent="No VC-JWT with an embedded proof was handed in.")
def embedded_proof_comes_first(evidence: Evidence) -> Iterator[Sighting]:
    """Yield what the verifier says of embedded proofs inside of tokens."""
    for each in evidence.of(*JUDGED):
        if each.token is not None and each.proofs:
            yield from each.said(Subject.PROOF)


@RULES.decides("OB30-R-113", absent=_NO_PROOF)
def proof_is_in_its_place(evidence: Evidence) -> Iterator[Sighting]:
    """Look at the proof, and for proofs in other places."""
    for each in evidence.of(*JUDGED):
        for pointer in _strays(each.subject, "/credentialSubject"):
            yield each.departs(pointer, "a proof that is no member of the credential")
        for proof in each.proofs:
            if proof.get("type") == _SIGNATURE and proof.get("proofPurpose") != "assertionMethod":
                yield each.departs("/proof/proofPurpose", quoted(proof.get("proofPurpose")), expected="assertionMethod")
            elif each.has_passed(Subject.PROOF):
                yield each.holds()
        if each.proofs and each.has_failed(Subject.PROOF):
            yield from each.said(Subject.PROOF)


def _strays(subject: Mapping[str, Any], pointer: str) -> Iterator[str]:
    for name, value in subject.items():
        if name == "proof":
            yield f"{pointer}/proof"
        elif name == "achievement" and isinstance(value, dict):
            yield from _strays(value, f"{pointer}/achievement")


# Keys


@RULES.decides("OB30-R-117", absent="No proof that was handed in is by a key that is known as Multikey.")
def multikeys_have_their_prefix(evidence: Evidence) -> Iterator[Sighting]:
    """Decode the keys that are in identifiers, and yield what the verifier says of others."""
    for each in evidence.of(*JUDGED):
        for pointer, method in _methods(each):
            if method.startswith(_DID_KEY):
                text = method.removeprefix(_DID_KEY).partition("#")[0]
                try:
                    PublicKey.from_multikey(text)
                except (ValueError, MalformedMultibase) as error:
                    yield each.departs(pointer, str(error), expected="a Multikey with its multicodec prefix")
                else:
                    yield each.holds()
            else:
                yield from _published(each, pointer, method, evidence)


def _published(shown: Shown, pointer: str, method: str, evidence: Evidence) -> Iterator[Sighting]:
    """Look at the keys in the document that a method leads to."""
    try:
        address, kind = _document_of(method)
        document = parse_object(evidence.documents.get(address, kind).content) if address else {}
    except (DocumentProblem, MalformedJson):
        return
    listed = document.get("verificationMethod")
    for entry in listed if isinstance(listed, list) else [document]:
        text = entry.get("publicKeyMultibase") if isinstance(entry, dict) else None
        if text is None or entry.get("id") not in {method, f"#{method.partition('#')[2]}"}:
            continue
        try:
            PublicKey.from_multikey(text)
        except (ValueError, MalformedMultibase) as error:
            yield shown.departs(pointer, f"publicKeyMultibase at {address}: {error}")
        else:
            yield shown.holds()


def _document_of(method: str) -> tuple[str, DocumentKind]:
    bare = method.partition("#")[0]
    if bare.startswith("did:web:"):
        return did_web_address(bare), DocumentKind.DID_DOCUMENT
    return (bare if bare.startswith(("https:", "http:")) else ""), DocumentKind.PROFILE


def _methods(shown: Shown) -> Iterator[tuple[str, str]]:
    listed = shown.document.get("proof")
    for index, proof in enumerate(shown.proofs):
        method = proof.get("verificationMethod")
        if isinstance(method, str):
            yield (child("/proof", index) if isinstance(listed, list) else "/proof") + "/verificationMethod", method


@RULES.decides("OB30-R-119", absent="No VC-JWT of an issuer that is known by an https address was handed in.")
def keys_of_tokens_are_published(evidence: Evidence) -> Iterator[Sighting]:
    """Read the key set at the authority of the issuer."""
    for each in evidence.of(*JUDGED):
        authority = urllib.parse.urlsplit(str(each.issuer)).netloc
        if each.token is None or not str(each.issuer).startswith("https://") or not authority:
            continue
        address = f"https://{authority}/.well-known/jwks.json"
        try:
            keys = parse_object(evidence.documents.get(address, DocumentKind.KEY_SET).content).get("keys")
        except (Unusable, MalformedJson) as error:
            yield each.departs("/issuer", str(error), expected=f"a key set at {address}")
        except DocumentProblem as error:
            is_told = error.fetch is not None and error.fetch.status is not None
            yield (
                each.departs("/issuer", str(error), expected=f"a key set at {address}")
                if is_told
                else each.unknown(str(error))
            )
        else:
            private = [key for key in keys if isinstance(key, dict) and "d" in key] if isinstance(keys, list) else []
            if private or not isinstance(keys, list):
                yield each.departs("/issuer", "a private key" if private else "no keys", expected="public keys")
            else:
                yield each.holds()


@RULES.decides("OB30-R-223", absent="No credential with ecdsa-sd-2023 was handed in.")
def derived_credentials_are_whole(evidence: Evidence) -> Iterator[Sighting]:
    """Yield what the verifier says of the structure of what was derived."""
    for each in evidence.of(*JUDGED):
        if any(suite_of(proof) == _SELECTIVE for proof in each.proofs):
            yield from each.said(Subject.STRUCTURE)
