"""Digests of resources: ``digestSRI`` and ``digestMultibase`` (data model 2.0, 5.3; Controlled Identifiers 1.0, 2.5)."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing import multibase
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.multibase import MalformedMultibase

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Algorithms of Subresource Integrity, the strongest last.
_SRI = ("sha256", "sha384", "sha512")
#: Multihash codes.
_MULTIHASH = {0x12: "sha256", 0x13: "sha512", 0x20: "sha384"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What the hash of a resource has to be."""

    algorithm: str
    #: One of them.
    values: frozenset[bytes]

    def fits(self, content: bytes) -> bool:
        """Tell whether some bytes are the resource."""
        found = hashlib.new(self.algorithm, content).digest()
        return any(hmac.compare_digest(found, each) for each in self.values)


def digests_of(entry: Mapping[str, Any]) -> list[Digest | None]:
    """Return each digest that an object holds; nothing for one that is malformed."""
    found = [_of_sri(entry["digestSRI"])] if "digestSRI" in entry else []
    return found + [_of_multibase(each) for each in as_list(entry.get("digestMultibase"))]


def _of_sri(text: object) -> Digest | None:
    """Return the strongest of several digests; of those that are as strong, one is enough (Subresource Integrity, 3.3.2)."""
    values: dict[str, set[bytes]] = {}
    for part in text.split() if isinstance(text, str) else ():
        name, _, value = part.partition("?")[0].partition("-")
        try:
            digest = base64.b64decode(value, validate=True)
        except binascii.Error:
            return None
        if name not in _SRI or len(digest) != hashlib.new(name).digest_size:
            return None
        values.setdefault(name, set()).add(digest)
    if not values:
        return None
    strongest = max(values, key=_SRI.index)
    return Digest(algorithm=strongest, values=frozenset(values[strongest]))


def _of_multibase(text: object) -> Digest | None:
    if not isinstance(text, str):
        return None
    for base in multibase.Base:
        try:
            code, digest = multibase.split_multicodec(multibase.decode(text, base))
        except MalformedMultibase:
            continue
        name = _MULTIHASH.get(code)
        if name and digest[:1] == bytes([len(digest) - 1]) == bytes([hashlib.new(name).digest_size]):
            return Digest(algorithm=name, values=frozenset({digest[1:]}))
    return None
