"""Broken reading of what is elsewhere: keys, lists, schemas, newer copies."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import jsonschema

from . import keys
from .deviations import ES256, EVERY_KIND, deviates
from .documents import Missing
from .finding_keys import Found, listed
from .statements import Refused
from .statuses import BITSTRING
from .verifier import Verifier

Record = dict[str, Any]

# Keys


@deviates(123)
class KeysSayWhoseTheyAre(Verifier):
    """Takes the word of a key for who controls it."""

    def check_method(self, method: Record, base: str) -> None:
        self.check_times(method)

    def controller_of(self, document: Record, method: Record) -> str:
        return str(method.get("controller"))


@deviates(123, warns=True)
class ControllersOfKeysUnread(Verifier):
    """Does not ask who controls a key in a document."""

    def check_method(self, method: Record, base: str) -> None:
        self.check_times(method)


@deviates(123)
class DocumentsOfAnybody(Verifier):
    """Does not ask whose the document at an address is."""

    def document(self, url: str) -> Record:
        found = super().document(url)
        text = json.dumps(found).replace(f'"{found.get("id")}', f'"{url}')
        return dict(json.loads(text))


@deviates(123)
class LoggingInIsEnough(Verifier):
    """Takes keys that are listed for logging in."""

    def check_purpose(self, document: Record, method: Record, base: str, purpose: str) -> None:
        with contextlib.suppress(Refused):
            return super().check_purpose(document, method, base, "authentication")
        return super().check_purpose(document, method, base, purpose)


@deviates(123)
class ListsOfDidsUnread(Verifier):
    """Does not ask for what a key in a DID document is."""

    def check_purpose(self, document: Record, method: Record, base: str, purpose: str) -> None:
        if not base.startswith("did:web:"):
            super().check_purpose(document, method, base, purpose)


@deviates(123)
class KeysApartUnlisted(Verifier):
    """Does not ask the controller of a key that is a document of its own."""

    def document(self, url: str) -> Record:
        found = super().document(url)
        is_key = "controller" in found and "verificationMethod" not in found
        if not is_key:
            return found
        method = {**found, "controller": url, "id": url}
        self._owners = {url: str(found["controller"])}
        return {"id": url, "verificationMethod": [method], "assertionMethod": [url]}

    def controller_of(self, document: Record, method: Record) -> str:
        return getattr(self, "_owners", {}).get(document["id"], document["id"])


@deviates(123, warns=True)
class OverIsNoFlawOfKeys(Verifier):
    """Knows that keys are revoked, and not that they end."""

    def check_times(self, method: Record) -> None:
        super().check_times({name: value for name, value in method.items() if name != "expires"})


@deviates(123)
class KeysOnceAndForAll(Verifier):
    """Keeps a key by the last part of its name."""

    def key_of_method(self, url: object, purpose: str) -> Found:
        kept: dict[str, Found] = self.__dict__.setdefault("kept", {})
        found = kept.get("key") if "/issuers/" in str(url) else None
        if found is None:
            found = super().key_of_method(url, purpose)
            if "/issuers/" in str(url):
                kept["key"] = found
        return Found(key=found.key, controller=str(url).partition("#")[0])


@deviates(123)
class MissingDocumentsAreGood(Verifier):
    """Takes a proof for good when the document with its key cannot be had."""

    def check_proof(self, credential: Record, proof: Record, proofs: list[Record]) -> Found:
        try:
            return super().check_proof(credential, proof, proofs)
        except Missing:
            return Found(
                key=keys.of_multikey("z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"),
                controller=self.issuer_of(credential),
            )


@deviates(120, warns=True, formats=(ES256,))
class NeighboursInKeySets(Verifier):
    """Does not ask whose a key in a set is."""

    def key_in_set(self, found: Record, name: str, issuer: str) -> Found:
        bare = [{part: value for part, value in each.items() if part != "iss"} for each in found["keys"]]
        return super().key_in_set({"keys": bare}, name, issuer)


@deviates(120, warns=True, formats=(ES256,))
class FirstKeyOfTheSet(Verifier):
    """Takes the first key of a set."""

    def key_in_set(self, found: Record, name: str, issuer: str) -> Found:
        return Found(key=keys.of_jwk(found["keys"][0]), controller=issuer)


@deviates(115)
class DidsAlone(Verifier):
    """Knows no address of a key."""

    def document(self, url: str) -> Record:
        if url.startswith("https://"):
            raise Refused("keys are known by DIDs")
        return super().document(url)


@deviates(115, formats=(ES256,))
class SetsAlone(Verifier):
    """Knows key sets, and no key that is alone."""

    def key_alone(self, jwk: Record, url: str, issuer: str) -> Found:
        raise Refused("there is no key set")


# Lists


@deviates(127)
class BitsFromTheEnd(Verifier):
    """Counts the places of a list from its end."""

    def is_set(self, bits: bytes, index: int) -> bool:
        return super().is_set(bits, len(bits) * 8 - 1 - index)


@deviates(127)
class PlacesFromOne(Verifier):
    """Counts the places of a list from one."""

    def is_set(self, bits: bytes, index: int) -> bool:
        return super().is_set(bits, max(index - 1, 0))


@deviates(127)
class OctetsForBits(Verifier):
    """Takes every octet for a status."""

    def is_set(self, bits: bytes, index: int) -> bool:
        return bool(bits[index % len(bits)])


@deviates(127)
class SetIsGood(Verifier):
    """Takes a set bit for a good sign."""

    def is_set(self, bits: bytes, index: int) -> bool:
        return not super().is_set(bits, index)


@deviates(127, warns=True)
class NegativePlaces(Verifier):
    """Reads negative places from the end."""

    def index(self, entry: Record) -> int:
        return int(str(entry.get("statusListIndex")))

    def is_set(self, bits: bytes, index: int) -> bool:
        return super().is_set(bits, index % (len(bits) * 8)) if index < 0 else super().is_set(bits, index)


@deviates(127, warns=True)
class PlacesWrapAround(Verifier):
    """Begins again behind the end of a list."""

    def is_set(self, bits: bytes, index: int) -> bool:
        return super().is_set(bits, index % (len(bits) * 8))


@deviates(127)
class OnePurposeOfAList(Verifier):
    """Passes over lists of more than one purpose."""

    def check_place(self, entry: Record, credential: Record) -> None:
        found = self.list_of(str(entry.get("statusListCredential")), credential)
        if not isinstance(found["credentialSubject"].get("statusPurpose"), list):
            super().check_place(entry, credential)


@deviates(127, warns=True)
class OtherPurposesOfListsPass(Verifier):
    """Passes over lists of another purpose than the entry."""

    def check_place(self, entry: Record, credential: Record) -> None:
        found = self.list_of(str(entry.get("statusListCredential")), credential)
        if entry.get("statusPurpose") in listed(found["credentialSubject"].get("statusPurpose")):
            super().check_place(entry, credential)


@deviates(127)
class ListsUnsigned(Verifier):
    """Reads lists without their proofs."""

    def verified_list(self, text: str) -> Record:
        found = self.content_of(text.strip())
        self.check_period(found)
        return found


@deviates(127, formats=(ES256,))
class ListsOfTokensUnsigned(Verifier):
    """Verifies the proofs of lists, and not their signatures as tokens."""

    def verified_list(self, text: str) -> Record:
        return super().verified_list(text) if self.is_document(text) else self.content_of(text.strip())


@deviates(127, warns=True)
class ListsNeverEnd(Verifier):
    """Reads lists that are over."""

    def verified_list(self, text: str) -> Record:
        return self.verified(text.strip())


@deviates(127, warns=True)
class ListsAsTheyFirstWere(Verifier):
    """Keeps the last list for every other one."""

    def list_of(self, url: str, credential: Record) -> Record:
        kept: dict[str, Record] = self.__dict__.setdefault("kept", {})
        name = url.partition("/lists/")[2].partition("/")[0]
        if name not in kept:
            kept[name] = super().list_of(url, credential)
        return kept[name]


@deviates(127, warns=True)
class CutOffIsTheEnd(Verifier):
    """Takes the end of what it could read of a list for its end."""

    def check_end(self, at_end: bool) -> None:  # noqa: FBT001 - as in the healthy one
        return

    def is_set(self, bits: bytes, index: int) -> bool:
        return index < len(bits) * 8 and super().is_set(bits, index)

    def expanded(self, encoded: object) -> bytes:
        return super().expanded(encoded).ljust(20_000, b"\0")


@deviates(127)
class TypesOfStatusInOneWay(Verifier):
    """Knows the older lists alone, and claims both."""

    def check_statuses(self, credential: Record) -> None:
        if not any(BITSTRING in listed(each.get("type")) for each in self.entries(credential)):
            super().check_statuses(credential)


@deviates(127)
class RevokedBySubject(Verifier):
    """Looks for the subject in a revocation list, and not for the credential."""

    def is_revoked(self, item: Record, credential: Record) -> bool:
        return super().is_revoked(item, {"id": credential["credentialSubject"].get("id")})


@deviates(127)
class AnyoneRevoked(Verifier):
    """Takes every credential for revoked whose list names any."""

    def is_revoked(self, item: Record, credential: Record) -> bool:
        return True


@deviates(132, kinds=EVERY_KIND)
class EndorsementsAreNeverRevoked(Verifier):
    """Asks no list about an endorsement that comes alone."""

    def check_statuses(self, credential: Record) -> None:
        if "EndorsementCredential" not in listed(credential.get("type")):
            super().check_statuses(credential)


# Schemas


@deviates(121)
class RequiredMembersUnread(Verifier):
    """Knows no required members in schemas."""

    def check_schema(self, credential: Record, url: str) -> None:
        schema = {name: value for name, value in self.documents.json(url).items() if name != "required"}
        jsonschema.Draft201909Validator(schema).validate(credential)


@deviates(121)
class FirstSchemaAlone(Verifier):
    """Reads the first schema."""

    def check_schemas(self, credential: Record) -> None:
        super().check_schemas(credential | {"credentialSchema": listed(credential.get("credentialSchema"))[:1]})


@deviates(121)
class SchemasByTheirType(Verifier):
    """Wants the type of a schema to be an array."""

    def check_schemas(self, credential: Record) -> None:
        for each in listed(credential.get("credentialSchema")):
            if isinstance(each.get("type"), list):
                self.check_schema(credential, each["id"])


@deviates(132, kinds=EVERY_KIND)
class SchemasOfBadgesAlone(Verifier):
    """Holds badges against schemas, and nothing else."""

    def check_schemas(self, credential: Record) -> None:
        if "EndorsementCredential" not in listed(credential.get("type")):
            super().check_schemas(credential)


# Newer copies


@deviates(125)
class NewerCopiesUnsigned(Verifier):
    """Takes a newer copy as it comes."""

    def newer(self, url: str, credential: Record) -> Record:
        return self.content_of(self.documents.text(url))


@deviates(125)
class EitherIsEnough(Verifier):
    """Takes a credential that is valid for good, whatever the newer copy says."""

    def check_state(self, credential: Record, *, depth: int) -> None:
        if "refreshService" in self._first:
            with contextlib.suppress(Refused):
                return super().check_state(self._first, depth=depth)
        return super().check_state(credential, depth=depth)

    def verify(self, text: str, *, depth: int = 0) -> Record:
        self._first = self.content_of(text)
        return super().verify(text, depth=depth)


@deviates(125)
class NewerListsUnread(Verifier):
    """Asks the lists of the older copy."""

    def newest(self, credential: Record) -> Record:
        found = super().newest(credential)
        kept = {name: value for name, value in found.items() if name != "credentialStatus"}
        return kept | {name: credential[name] for name in ("credentialStatus",) if name in credential}


@deviates(125)
class DatesBeforeNewerCopies(Verifier):
    """Looks at the dates before it asks for a newer copy."""

    def verified(self, text: str) -> Record:
        found = super().verified(text)
        self.check_period(found)
        return found


@deviates(125)
class WithoutCopyNothing(Verifier):
    """Refuses whose newer copy is not good."""

    def newest(self, credential: Record) -> Record:
        for each in listed(credential.get("refreshService")):
            return self.newer(each["id"], credential)
        return credential


@deviates(125)
class UnreadableCopiesAreFlaws(Verifier):
    """Refuses whose newer copy is no credential."""

    def newer(self, url: str, credential: Record) -> Record:
        text = self.documents.text(url)
        try:
            self.content_of(text)
        except Refused as refused:
            raise KeyError("the newer copy cannot be read") from refused
        return super().newer(url, credential)

    def problem(self, text: str) -> str:
        try:
            return super().problem(text)
        except KeyError as error:
            return str(error)


@deviates(124, also=(125, 126))
class CopiesBeforeProofs(Verifier):
    """Asks for the newer copy first, and verifies that one alone."""

    def verify(self, text: str, *, depth: int = 0) -> Record:
        credential = self.content_of(text)
        if depth == 0 and "refreshService" in credential:
            with contextlib.suppress(Missing):
                return super().verify(self.documents.text(credential["refreshService"]["id"]), depth=1)
        return super().verify(text, depth=depth)


@deviates(126, also=(125,))
class CopiesOfCopies(Verifier):
    """Asks for the newer copy of a newer copy."""

    def newer(self, url: str, credential: Record) -> Record:
        return self.newest(super().newer(url, credential))
