"""Who verifies: this project, PyLD as it comes, and the libraries of others."""

from __future__ import annotations

import abc
import hashlib
import json
import subprocess
import time
from typing import TYPE_CHECKING, Any

from credential_records import NOW
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from openbadgeslib import ob3
from openbadgeslib.errors import LibOpenBadgesException
from openvc.errors import OpenvcError
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.di_ecdsa_rdfc import EcdsaRdfcProofSuite
from openvc.proof.di_jcs import EcdsaJcsProofSuite, EddsaJcsProofSuite
from pyld import jsonld

from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.credentials.verifying import Policy, verify
from skillmark_reference.documents import Documents, SystemClock
from skillmark_reference.documents import Policy as Door
from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity.proofs import verify_proofs
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.keys import KeyType, PublicKey

if TYPE_CHECKING:
    from pathlib import Path

    from credential_records import Sample, Suite

_BASE = "https://www.w3.org/ns/credentials/v2"


class Refused(Exception):  # noqa: N818 - why, in words for a person
    """The library does not verify what is right; it may have done all the work before it says so."""

    def __init__(self, reason: str, milliseconds: float = 0) -> None:
        super().__init__(reason)
        self.milliseconds = milliseconds


class Side(abc.ABC):
    """One library."""

    name: str
    suites: frozenset[str]

    def knows(self, suite: Suite) -> bool:
        """Tell whether it has the suite at all."""
        return suite.name in self.suites

    def milliseconds(self, sample: Sample) -> float:
        """Return how long the processor works to verify everything in a sample; what else runs on the machine does not count.

        Raises:
            Refused: It does not hold.
        """
        begin = time.process_time()
        reason = ""
        try:
            self.verify(sample)
        except Refused as refused:
            reason = str(refused)
        milliseconds = 1000 * (time.process_time() - begin)
        if reason:
            raise Refused(reason, milliseconds)
        return milliseconds

    @abc.abstractmethod
    def verify(self, sample: Sample) -> None:
        """Verify everything in a sample.

        Raises:
            Refused: It does not hold.
        """


class OurProofs(Side):
    """The proofs alone, with everything that could be lost looked for."""

    name = "Skillmark, proofs"
    suites = frozenset({"eddsa-rdfc-2022", "ecdsa-rdfc-2019", "eddsa-jcs-2022", "ecdsa-jcs-2019"})

    def verify(self, sample: Sample) -> None:
        """Verify the proofs of each credential."""
        environment = Environment(contexts=newest_contexts())
        for credential in sample.credentials:
            found = verify_proofs(credential, _find_key, environment=environment)
            if not found.verified:
                raise Refused("; ".join(map(str, found.all_problems)))


class OurVerdict(Side):
    """The whole verification: structure, proofs, keys, status, periods, recipients, and all credentials inside."""

    name = "Skillmark, whole verdict"
    suites = OurProofs.suites | {"vc-jwt"}

    def verify(self, sample: Sample) -> None:
        """Verify the record, or each token, as the command line does."""
        for text in sample.tokens or (sample.text,):
            found = verify(
                text,
                documents=Documents(clock=SystemClock(), policy=Door(offline=True), given={}),
                now=NOW,
                policy=Policy(most_credentials=10_000, most_bytes=2**30),
            )
            if not found.valid:
                raise Refused("; ".join(map(str, found.problems)))


class PlainPyld(Side):
    """PyLD without any check, and a signature."""

    name = "PyLD as it comes"
    suites = frozenset({"eddsa-rdfc-2022", "ecdsa-rdfc-2019"})

    def knows(self, suite: Suite) -> bool:
        """Tell whether it has the suite: SHA-384 inside of the canonicalization cannot be chosen."""
        return super().knows(suite) and suite.key is not KeyType.P384

    def verify(self, sample: Sample) -> None:
        """Canonicalize, hash, and verify each signature."""
        for credential in sample.credentials:
            document = {name: value for name, value in credential.items() if name != "proof"}
            options = {name: value for name, value in credential["proof"].items() if name != "proofValue"}
            data = _hashed({"@context": document["@context"], **options}) + _hashed(document)
            signature = multibase.decode(credential["proof"]["proofValue"], multibase.Base.BASE58BTC)
            if not _find_key(options["verificationMethod"]).verify(signature, data):
                raise Refused("the signature does not fit")


class OpenBadgesLib(Side):
    """openbadgeslib."""

    name = "openbadgeslib"
    suites = frozenset({"eddsa-rdfc-2022", "vc-jwt"})

    def verify(self, sample: Sample) -> None:
        """Verify each proof or token with the key of its issuer."""
        clr = ob3.bundled_clr_contexts()
        reasons = []
        for credential in sample.credentials:
            key = _pem(credential["proof"]["verificationMethod"])
            try:
                ob3.verify_data_integrity_proof(credential, key, extra_contexts=clr)
            except LibOpenBadgesException as error:
                reasons.append(str(error))
        for token in sample.tokens:
            ob3.OB3Verifier(_pem(_kid(token))).verify(token)
        if reasons:
            raise Refused(reasons[0])


class OpenvcCore(Side):
    """openvc-core."""

    name = "openvc-core"
    suites = OurProofs.suites

    def __init__(self) -> None:
        self._contexts = {url: document for url, document in contexts().items() if url != _BASE}
        self._suites = {
            "eddsa-rdfc-2022": DataIntegrityProofSuite(),
            "ecdsa-rdfc-2019": EcdsaRdfcProofSuite(),
            "eddsa-jcs-2022": EddsaJcsProofSuite(),
            "ecdsa-jcs-2019": EcdsaJcsProofSuite(),
        }

    def verify(self, sample: Sample) -> None:
        """Verify each proof; the library finds the key."""
        suite = self._suites[sample.suite.name]
        further = {"extra_contexts": self._contexts} if "rdfc" in sample.suite.name else {}
        reasons = []
        for credential in sample.credentials:
            try:
                suite.verify(credential, now=NOW, **further)
            except OpenvcError as error:
                reasons.append(str(error))
        if reasons:
            raise Refused(reasons[0])


class InNode(Side):
    """Libraries in Node.js, which measures itself."""

    def __init__(self, name: str, suites: frozenset[str], process: subprocess.Popen[str]) -> None:
        self.name, self.suites, self._process = name, suites, process

    def milliseconds(self, sample: Sample) -> float:
        """Return what the other process measured.

        Raises:
            Refused: It does not hold.
        """
        request: dict[str, Any] = {"suite": sample.suite.name, "now": NOW.isoformat()}
        if sample.tokens:
            request |= {"tokens": sample.tokens, "jwk": _find_key(_kid(sample.tokens[0])).jwk()}
        else:
            request |= {"credentials": sample.credentials}
        answer = _asked(self._process, request)
        if "refused" in answer:
            raise Refused(answer["refused"])
        return float(answer["milliseconds"])

    def verify(self, sample: Sample) -> None:
        """Verify each proof or token."""
        self.milliseconds(sample)


def sides(peers: Path | None) -> list[Side]:
    """Return everybody, ours first; Node.js only where its packages are installed."""
    found: list[Side] = [OurProofs(), OurVerdict(), PlainPyld(), OpenBadgesLib(), OpenvcCore()]
    if peers is not None:
        script = peers / "node_modules" / "skillmark-benchmark-peers" / "verify.mjs"
        command = ["node", str(script)]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)  # noqa: S603 - fixed
        _asked(process, {"documents": contexts(), "credentials": []})
        found += [
            InNode("@digitalbazaar/vc", frozenset({"eddsa-rdfc-2022", "ecdsa-rdfc-2019"}), process),
            InNode("jose", frozenset({"vc-jwt"}), process),
        ]
    return found


def contexts() -> dict[str, dict[str, Any]]:
    """Return every context in its newest state."""
    table = newest_contexts()
    return {url: table.document(url) for url in table}


def _asked(process: subprocess.Popen[str], request: dict[str, Any]) -> dict[str, Any]:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(json.dumps({"now": NOW.isoformat(), **request}) + "\n")
    process.stdin.flush()
    answer: dict[str, Any] = json.loads(process.stdout.readline())
    return answer


def _find_key(method: str, _purpose: str = "") -> PublicKey:
    return PublicKey.from_multikey(method.partition("#")[2])


def _pem(method: str) -> bytes:
    key = Ed25519PublicKey.from_public_bytes(_find_key(method).raw)
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)


def _kid(token: str) -> str:
    header = multibase.decode_base64url(token.partition(".")[0])
    return str(json.loads(header)["kid"])


def _load(url: str, _options: object) -> dict[str, Any]:
    return {"contentType": None, "contextUrl": None, "documentUrl": url, "document": newest_contexts().document(url)}


def _hashed(document: dict[str, Any]) -> bytes:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "base": None, "documentLoader": _load}
    return hashlib.sha256(str(jsonld.normalize(document, options)).encode()).digest()
