"""What lists say of a credential (Bitstring Status List 1.0, 3.2; revocation lists of 1EdTech)."""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING, Any

from .finding_keys import Keys, listed
from .keys import base64url
from .statements import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

Record = dict[str, Any]

BITSTRING, OF_1EDTECH = "BitstringStatusListEntry", "1EdTechRevocationList"
LEAST = 131_072
#: No list of a sensible size is larger.
_MOST = 2**24
_NUMBER = re.compile(r"\d+\Z", re.ASCII)
#: What takes validity away.
PURPOSES = frozenset({"revocation", "suspension"})


class Statuses(Keys):
    """Asks lists."""

    purposes = PURPOSES

    def check_statuses(self, credential: Record) -> None:
        """Look at every status of a credential; what is of a type that is not known is passed over.

        Raises:
            Refused: It is revoked, or whether it is cannot be told.
        """
        for entry in self.entries(credential):
            kinds = listed(entry.get("type"))
            if BITSTRING in kinds:
                self.check_place(entry, credential)
            elif OF_1EDTECH in kinds:
                self.check_named(entry, credential)

    def entries(self, credential: Record) -> Iterator[Record]:
        """Yield every status."""
        for each in listed(credential.get("credentialStatus")):
            if not isinstance(each, dict):
                raise Refused("a status is no object")
            yield each

    def check_place(self, entry: Record, credential: Record) -> None:
        """Look at the place of a credential in a list."""
        purpose = entry.get("statusPurpose")
        if purpose not in self.purposes:
            return
        listed_in = self.list_of(str(entry.get("statusListCredential")), credential)
        subject = listed_in["credentialSubject"]
        if purpose not in listed(subject.get("statusPurpose")):
            raise Refused("the list is of another purpose")
        bits = self.expanded(subject.get("encodedList"))
        if self.is_set(bits, self.index(entry)):
            raise Refused(f"its bit is set for {purpose}")

    def list_of(self, url: str, credential: Record) -> Record:
        """Return the credential that holds a list, verified.

        Raises:
            Refused: It cannot be had, or is not valid.
        """
        found = self.verified_list(self.documents.text(url))
        if "BitstringStatusListCredential" not in listed(found.get("type")):
            raise Refused("what is in the place of a list is none")
        self.check_list_issuer(found, credential)
        if not isinstance(found.get("credentialSubject"), dict):
            raise Refused("the list has no subject")
        return found

    def check_list_issuer(self, found: Record, credential: Record) -> None:
        """Refuse a list of somebody else, whom nobody said to trust."""
        if self.issuer_of(found) != self.issuer_of(credential):
            raise Refused("the list is of somebody else")

    def verified_list(self, text: str) -> Record:
        """Return a credential of which everything was verified that has to do with its proof and its dates."""
        raise NotImplementedError

    def index(self, entry: Record) -> int:
        """Return the place in a list."""
        found = entry.get("statusListIndex")
        if not isinstance(found, str) or not _NUMBER.match(found):
            raise Refused("statusListIndex is no number in quotes")
        return int(found)

    def expanded(self, encoded: object) -> bytes:
        """Return the bits of a list."""
        if not isinstance(encoded, str) or not encoded.startswith("u"):
            raise Refused("encodedList is no base64url with its header")
        reader = zlib.decompressobj(wbits=16 + zlib.MAX_WBITS)
        try:
            bits = reader.decompress(base64url(encoded[1:]), _MOST)
        except zlib.error as problem:
            raise Refused("encodedList is not compressed by gzip") from problem
        self.check_end(reader.eof)
        if len(bits) * 8 < LEAST:
            raise Refused("the list is too short")
        return bits

    def check_end(self, at_end: bool) -> None:  # noqa: FBT001 - what zlib says
        """Refuse a list that is cut off."""
        if not at_end:
            raise Refused("the list is cut off")

    def is_set(self, bits: bytes, index: int) -> bool:
        """Tell whether a bit is set; the first one is the leftmost."""
        if index >= len(bits) * 8:
            raise Refused("the place is beyond the list")
        return bool(bits[index // 8] & (0x80 >> index % 8))

    def check_named(self, entry: Record, credential: Record) -> None:
        """Look for a credential in a revocation list; one member or the other holds what is revoked."""
        found = self.documents.json(str(entry.get("id")))
        for name in ("revokedCredential", "revokedCredentials"):
            for each in listed(found.get(name)):
                if isinstance(each, dict) and self.is_revoked(each, credential):
                    raise Refused("it is named in a revocation list")

    def is_revoked(self, item: Record, credential: Record) -> bool:
        """Tell whether an item of a revocation list is about a credential."""
        return item.get("id") == credential.get("id") and item.get("revoked", True) is not False

    def issuer_of(self, credential: Record) -> str:
        """Return the id of the issuer."""
        raise NotImplementedError
