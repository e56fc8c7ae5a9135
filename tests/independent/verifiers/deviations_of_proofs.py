"""Broken reading of embedded proofs: what is signed, by whom, and how it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from . import keys
from .deviations import ECDSA, EDDSA, ES256, EVERY_KIND, deviates
from .finding_keys import Found, listed
from .statements import Refused, statements
from .verifier import Verifier

if TYPE_CHECKING:
    from .keys import Key
    from .statements import Further

Record = dict[str, Any]


@deviates(114)
class DocumentBeforeOptions(Verifier):
    """Hashes the document first, so that no proof of anybody fits."""

    def message(self, document: Record, proof: Record, key: Key) -> bytes:
        whole = super().message(document, proof, key)
        return whole[len(whole) // 2 :] + whole[: len(whole) // 2]


@deviates(114)
class OptionsWithoutContexts(Verifier):
    """Hashes the options of a proof as they stand, without the contexts of the document."""

    def digest(self, part: Record, further: Further, key: Key) -> bytes:
        bare = {name: value for name, value in part.items() if name != "@context"} if "cryptosuite" in part else part
        return keys.digest(key.digest, statements(bare, further, digest=key.digest, safe=False))


@deviates(114)
class DatesOfProofsUnsigned(Verifier):
    """Knows proofs with the date that they had when it saw them first."""

    def check_proof(self, credential: Record, proof: Record, proofs: list[Record]) -> Found:
        self._first: dict[str, str] = getattr(self, "_first", {})
        value = str(proof.get("proofValue"))
        created = self._first.setdefault(value, str(proof.get("created")))
        return super().check_proof(credential, proof | {"created": created}, proofs)


@deviates(114, also=(123,), formats=(EDDSA, ECDSA))
class PurposeOfOneSuiteUnread(Verifier):
    """Looks at the purpose of EdDSA alone."""

    def check_members(self, proof: Record) -> None:
        of_curves = str(proof.get("cryptosuite")).startswith("ecdsa")
        super().check_members(proof | {"proofPurpose": "assertionMethod"} if of_curves else proof)


@deviates(114)
class AnyPurposeThatIsListed(Verifier):
    """Takes the purpose from the proof, whatever it is, and asks whether the key is for it."""

    def check_members(self, proof: Record) -> None:
        super().check_members(proof | {"proofPurpose": "assertionMethod"})


@deviates(114)
class NoPurposeIsAnAssertion(Verifier):
    """Takes a proof without purpose for an assertion."""

    def check_members(self, proof: Record) -> None:
        super().check_members({"proofPurpose": "assertionMethod"} | proof)

    def purpose_of(self, proof: Record) -> str:
        return "assertionMethod"


@deviates(114)
class SuiteByTheKey(Verifier):
    """Chooses the suite by the key."""

    def check_suite(self, proof: Record, key: Key) -> None:
        return


@deviates(114)
class NoSuiteIsTheUsualOne(Verifier):
    """Takes a proof without cryptosuite for one of the usual suite."""

    def check_suite(self, proof: Record, key: Key) -> None:
        super().check_suite({"cryptosuite": EDDSA} | proof, key)


@deviates(114, warns=True)
class CreatedUnread(Verifier):
    """Does not look at the date of a proof."""

    def check_created(self, proof: Record) -> None:
        return


@deviates(114)
class MissingPreviousProofs(Verifier):
    """Goes on without a previous proof that is not there."""

    def previous(self, proof: Record, proofs: list[Record]) -> list[Record]:
        return [each for each in proofs if each.get("id") in listed(proof.get("previousProof"))]


@deviates(114)
class LastProofAlone(Verifier):
    """Verifies the last proof of a chain alone."""

    def check_proofs(self, credential: Record) -> None:
        found = listed(credential.get("proof"))
        if not found:
            raise Refused("there is no proof")
        self.check_controllers(credential, [self.check_proof(credential, found[-1], found)])


@deviates(114)
class BeginningOfValues(Verifier):
    """Reads as many octets of a value as a signature has."""

    def signature(self, proof: Record, key: Key) -> bytes:
        return super().signature(proof, key)[: key.size]


@deviates(114)
class AnyBase(Verifier):
    """Reads values in any base of multibase."""

    def signature(self, proof: Record, key: Key) -> bytes:
        value = str(proof.get("proofValue"))
        return keys.base64url(value[1:]) if value.startswith("u") else super().signature(proof, key)


@deviates(114, formats=(ECDSA,))
class DerIsRead(Verifier):
    """Reads signatures of curves as structures of ASN.1, too."""

    def signature(self, proof: Record, key: Key) -> bytes:
        found = super().signature(proof, key)
        if len(found) == key.size or found[:1] != b"\x30":
            return found
        return b"".join(each.to_bytes(key.size // 2, "big") for each in decode_dss_signature(found))


@deviates(114)
class HalfOfTheValue(Verifier):
    """Compares the first half of a signature, as far as it has been seen before."""

    def check_proof(self, credential: Record, proof: Record, proofs: list[Record]) -> Found:
        seen: dict[str, Found] = self.__dict__.setdefault("seen", {})
        begin = str(proof.get("proofValue"))[:40]
        if begin not in seen:
            seen[begin] = super().check_proof(credential, proof, proofs)
        return seen[begin]


@deviates(114, also=(123,))
class VerdictsById(Verifier):
    """Remembers for each id that the credential was valid."""

    def check_proofs(self, credential: Record) -> None:
        seen: set[object] = self.__dict__.setdefault("seen", set())
        if credential.get("id") not in seen:
            super().check_proofs(credential)
            seen.add(credential.get("id"))


# What is signed


class Unsafe(Verifier):
    """Drops what says nothing in some parts."""

    def is_dropped(self, part: Record) -> bool:
        raise NotImplementedError

    def digest(self, part: Record, further: Further, key: Key) -> bytes:
        safe = not self.is_dropped(part)
        return keys.digest(key.digest, statements(part, further, digest=key.digest, safe=safe))


@deviates(114)
class OptionsUnsafe(Unsafe):
    """Drops what no context defines in the options of a proof."""

    def is_dropped(self, part: Record) -> bool:
        return "cryptosuite" in part


@deviates(114)
class TermsOfTheSubjectAlone(Unsafe):
    """Asks of the members of credential and subject whether they are defined, and not further down."""

    def is_dropped(self, part: Record) -> bool:
        subject = part.get("credentialSubject")
        if isinstance(subject, dict):
            flat = {name: value for name, value in subject.items() if name != "achievement"}
            statements({**part, "credentialSubject": flat})
        return True


@deviates(114)
class UndefinedTypes(Unsafe):
    """Drops types that no context defines."""

    def is_dropped(self, part: Record) -> bool:
        subject = part.get("credentialSubject")
        if not isinstance(subject, dict):
            return False
        known = [each for each in listed(subject.get("type")) if each != "SummaCumLaude"]
        statements({**part, "credentialSubject": subject | {"type": known}}, self.further(part))
        return True


@deviates(114)
class RelativeIdentifiers(Unsafe):
    """Drops whatever has no absolute id."""

    def is_dropped(self, part: Record) -> bool:
        statements({name: value for name, value in part.items() if name != "evidence"})
        return True


@deviates(114)
class NamesOfContexts(Unsafe):
    """Takes a member for defined when a context of the document has its name."""

    def is_dropped(self, part: Record) -> bool:
        named = {name for each in part["@context"] if isinstance(each, dict) for name in each}
        subject = part.get("credentialSubject")
        if isinstance(subject, dict):
            kept = {name: value for name, value in subject.items() if name not in named}
            statements({**part, "credentialSubject": kept})
        return bool(named)


@deviates(114)
class ContextsByTheirNames(Verifier):
    """Reads the contexts of others as they were when it saw them first."""

    def further(self, document: Record) -> Further:
        found = super().further(document)
        kept: dict[str, str] = self.__dict__.setdefault("kept", {})
        return tuple((url, kept.setdefault(url.rpartition("/")[0], text)) for url, text in found)


@deviates(114)
class MembersInOneOrder(Verifier):
    """Refuses a credential whose members are in another order than it writes them."""

    def check_proofs(self, credential: Record) -> None:
        if list(credential)[:1] != ["@context"]:
            raise Refused("the contexts come first")
        super().check_proofs(credential)


# Whose proof


@deviates(114, formats=(EDDSA, ES256))
class AnyFragment(Verifier):
    """Takes the first key of a document, whatever fragment is named."""

    def method_in(self, document: Record, url: str) -> Record:
        return dict(listed(document.get("verificationMethod"))[0])


@deviates(123)
class IssuersByMethod(Verifier):
    """Takes two DIDs of one method for the same issuer."""

    def is_issuer(self, controller: str, issuer: str) -> bool:
        return controller.partition("z")[0] == issuer.partition("z")[0]


@deviates(123)
class IssuersByHost(Verifier):
    """Takes two addresses at one host for the same issuer."""

    def is_issuer(self, controller: str, issuer: str) -> bool:
        return controller.split("/")[:3] == issuer.split("/")[:3]


@deviates(123)
class IssuersByBeginning(Verifier):
    """Takes whoever has an id that begins with that of the issuer for the issuer."""

    def is_issuer(self, controller: str, issuer: str) -> bool:
        return controller.startswith(issuer)


@deviates(123)
class IssuersByName(Verifier):
    """Takes whoever is called like the issuer for the issuer."""

    def check_controllers(self, credential: Record, found: list[Found]) -> None:
        issuer = credential.get("issuer")
        if not isinstance(issuer, dict) or not issuer.get("name"):
            super().check_controllers(credential, found)


@deviates(114, kinds=EVERY_KIND)
class EndorsementsUnsigned(Verifier):
    """Verifies no proof of an endorsement that comes alone."""

    def check_proofs(self, credential: Record) -> None:
        if "EndorsementCredential" not in listed(credential.get("type")):
            super().check_proofs(credential)


@deviates(114, kinds=EVERY_KIND)
class RecordsUnsigned(Verifier):
    """Verifies what is in a record, and not the record."""

    def check_proofs(self, credential: Record) -> None:
        if "ClrCredential" not in listed(credential.get("type")):
            super().check_proofs(credential)


@deviates(123, also=(132,), kinds=EVERY_KIND)
class NoProofIsNoFlaw(Verifier):
    """Verifies the proofs that are there, and takes none for no flaw."""

    def check_proofs(self, credential: Record) -> None:
        if "proof" in credential:
            super().check_proofs(credential)
