"""Embedded proofs (Data Integrity 1.0, 4.4 and 4.5; EdDSA and ECDSA Cryptosuites 1.0)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from . import keys
from .finding_keys import Keys, listed
from .statements import Refused, statements

if TYPE_CHECKING:
    from .finding_keys import Found
    from .keys import Key
    from .statements import Further

Record = dict[str, Any]

#: Keys by cryptosuite.
SUITES = {"eddsa-rdfc-2022": {"Ed25519"}, "ecdsa-rdfc-2019": {"P-256", "P-384"}}
_ASSERTION = "assertionMethod"
#: A dateTimeStamp may lack its offset (Data Integrity 1.0, 2.1), and is then in UTC.
_MOMENT = re.compile(r"\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?\Z", re.ASCII)


class Proofs(Keys):
    """Verifies embedded proofs."""

    suites = SUITES

    def check_proofs(self, credential: Record) -> None:
        """Verify every proof; one of them has to be of the issuer.

        Raises:
            Refused: One proves nothing, or none is of the issuer.
        """
        proofs = listed(credential.get("proof"))
        if not proofs or not all(isinstance(each, dict) for each in proofs):
            raise Refused("there is no proof")
        found = [self.check_proof(credential, each, proofs) for each in proofs]
        self.check_controllers(credential, found)

    def check_controllers(self, credential: Record, found: list[Found]) -> None:
        """Refuse proofs of which none is of the issuer."""
        if not any(self.is_issuer(each.controller, self.issuer_of(credential)) for each in found):
            raise Refused("no proof is of the issuer")

    def is_issuer(self, controller: str, issuer: str) -> bool:
        """Tell whether the controller of a key is the issuer."""
        return controller == issuer

    def check_proof(self, credential: Record, proof: Record, proofs: list[Record]) -> Found:
        """Verify one proof and return its key."""
        self.check_members(proof)
        found = self.key_of_method(proof.get("verificationMethod"), self.purpose_of(proof))
        self.check_suite(proof, found.key)
        document = {name: value for name, value in credential.items() if name != "proof"}
        previous = self.previous(proof, proofs)
        if previous:
            document["proof"] = previous if len(previous) > 1 else previous[0]
        message = self.message(document, proof, found.key)
        if not found.key.signed(self.signature(proof, found.key), message):
            raise Refused("the signature of a proof does not fit")
        return found

    def purpose_of(self, proof: Record) -> str:
        """Return for what the key has to be listed."""
        return str(proof.get("proofPurpose"))

    def check_members(self, proof: Record) -> None:
        """Refuse a proof whose members are not those of a credential's."""
        if proof.get("proofPurpose") != _ASSERTION:
            raise Refused("the proof is no assertion")
        self.check_created(proof)
        if "expires" in proof and self.is_past(proof["expires"]):
            raise Refused("the proof is over")

    def check_created(self, proof: Record) -> None:
        """Refuse a proof that was made at no moment."""
        if "created" in proof and not (isinstance(proof["created"], str) and _MOMENT.match(proof["created"])):
            raise Refused("created is no date and time")

    def check_suite(self, proof: Record, key: Key) -> None:
        """Refuse a proof of a type or suite that is not known, or with a key of another kind."""
        if proof.get("type") != "DataIntegrityProof":
            raise Refused("the type of the proof is not known")
        if key.name not in self.suites.get(str(proof.get("cryptosuite")), set()):
            raise Refused("the cryptosuite is not known, or the key does not fit it")

    def previous(self, proof: Record, proofs: list[Record]) -> list[Record]:
        """Return the proofs that one builds on."""
        names = listed(proof.get("previousProof"))
        found = [each for each in proofs if each.get("id") in names]
        if len(found) != len(names):
            raise Refused("a proof builds on one that is not there")
        return found

    def message(self, document: Record, proof: Record, key: Key) -> bytes:
        """Return what was signed: the digest of the proof's options, and that of the document."""
        further = self.further(document)
        options = {name: value for name, value in proof.items() if name != "proofValue"}
        options["@context"] = document.get("@context")
        parts = (self.digest(each, further, key) for each in (options, document))
        return b"".join(parts)

    def digest(self, part: Record, further: Further, key: Key) -> bytes:
        """Return the digest of the statements of a document or of a proof's options."""
        return keys.digest(key.digest, statements(part, further, digest=key.digest))

    def further(self, document: Record) -> Further:
        """Return the contexts that are not among the published ones."""
        raise NotImplementedError

    def signature(self, proof: Record, key: Key) -> bytes:
        """Return the octets of the signature."""
        value = proof.get("proofValue")
        if not isinstance(value, str) or not value.startswith("z"):
            raise Refused("proofValue is no base58btc with its header")
        del key
        return keys.base58(value[1:])

    def issuer_of(self, credential: Record) -> str:
        """Return the id of the issuer."""
        raise NotImplementedError
