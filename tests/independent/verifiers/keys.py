"""Keys: how they are written, what DIDs say of them, and whether they signed something."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import functools
import hashlib
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature

from .statements import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BASE64URL = re.compile(r"[A-Za-z0-9_-]*\Z")
#: Curves by the name of the key: the curve, the octets of a coordinate, the digest.
_CURVES = {"P-256": (ec.SECP256R1(), 32, "sha256"), "P-384": (ec.SECP384R1(), 48, "sha384")}
#: Multicodec prefixes (Controlled Identifiers 1.0, 2.2.2): the name of the key and the octets behind the prefix.
_PREFIXES = {b"\xed\x01": ("Ed25519", 32), b"\x80\x24": ("P-256", 33), b"\x81\x24": ("P-384", 49)}
_HASHES = {"sha256": hashes.SHA256(), "sha384": hashes.SHA384()}
#: Members of a private JWK.
_PRIVATE = {"d", "p", "q", "dp", "dq", "qi", "k"}
_LEAST_RSA = 2048


def base58(text: str) -> bytes:
    """Return the octets of a text in base58btc.

    Raises:
        Refused: It is none.
    """
    number = 0
    for each in text:
        place = _BASE58.find(each)
        if place < 0:
            raise Refused(f"{text[:20]!r} is no base58btc")
        number = number * 58 + place
    zeros = len(text) - len(text.lstrip("1"))
    return bytes(zeros) + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base64url(text: str) -> bytes:
    """Return the octets of a text in base64url without padding (RFC 7515, 2).

    Raises:
        Refused: It is none, or has bits that are not the ones of its octets.
    """
    try:
        found = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)) if _BASE64URL.match(text) else None
    except binascii.Error:
        found = None
    if found is None or base64.urlsafe_b64encode(found).decode().rstrip("=") != text:
        raise Refused("a part is no base64url")
    return found


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A public key."""

    #: ``Ed25519``, ``P-256``, ``P-384`` or ``RSA``.
    name: str
    public: Any

    @property
    def digest(self) -> str:
        """The digest that goes with it."""
        return _CURVES[self.name][2] if self.name in _CURVES else "sha256"

    @property
    def size(self) -> int:
        """Octets of a signature."""
        if self.name == "RSA":
            return int(self.public.key_size + 7) // 8
        return 64 if self.name == "Ed25519" else 2 * _CURVES[self.name][1]

    def signed(self, signature: bytes, message: bytes) -> bool:
        """Tell whether the key signed a message."""
        if len(signature) != self.size:
            return False
        try:
            if self.name == "Ed25519":
                self.public.verify(signature, message)
            elif self.name == "RSA":
                self.public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            else:
                half = len(signature) // 2
                pair = (int.from_bytes(part, "big") for part in (signature[:half], signature[half:]))
                self.public.verify(encode_dss_signature(*pair), message, ec.ECDSA(_HASHES[self.digest]))
        except InvalidSignature:
            return False
        return True


@functools.lru_cache(maxsize=256)
def of_multikey(text: str) -> Key:
    """Return the key of a ``publicKeyMultibase``.

    Raises:
        Refused: It is none of those that are known.
    """
    raw = base58(text[1:]) if text.startswith("z") else b""
    name, size = _PREFIXES.get(raw[:2], ("", 0))
    if not name or len(raw) != size + 2:
        raise Refused(f"{text[:20]!r} is no key that is known here")
    try:
        if name == "Ed25519":
            return Key(name=name, public=ed25519.Ed25519PublicKey.from_public_bytes(raw[2:]))
        return Key(name=name, public=ec.EllipticCurvePublicKey.from_encoded_point(_CURVES[name][0], raw[2:]))
    except ValueError as problem:
        raise Refused("a key is no point of its curve") from problem


def of_jwk(jwk: object) -> Key:
    """Return the key of a JWK (RFC 7517, RFC 7518, 6, RFC 8037, 2).

    Raises:
        Refused: It is none, or a private one.
    """
    if not isinstance(jwk, dict) or _PRIVATE & jwk.keys():
        raise Refused("there is no public JWK")
    return _of_jwk(json.dumps({name: jwk.get(name) for name in ("kty", "crv", "x", "y", "n", "e")}, sort_keys=True))


@functools.lru_cache(maxsize=256)
def _of_jwk(text: str) -> Key:
    jwk: dict[str, Any] = json.loads(text)
    try:
        if jwk["kty"] == "RSA":
            numbers = (int.from_bytes(base64url(jwk[name]), "big") for name in ("e", "n"))
            public = rsa.RSAPublicNumbers(*numbers).public_key()
            if public.key_size < _LEAST_RSA:
                raise Refused("an RSA key is too short")
            return Key(name="RSA", public=public)
        if jwk["kty"] == "OKP" and jwk["crv"] == "Ed25519":
            raw = base64url(jwk["x"])
            return Key(name="Ed25519", public=ed25519.Ed25519PublicKey.from_public_bytes(raw))
        if jwk["kty"] == "EC" and jwk["crv"] in _CURVES:
            curve, size, _ = _CURVES[jwk["crv"]]
            point = b"\x04" + b"".join(base64url(jwk[name]).rjust(size, b"\0") for name in ("x", "y"))
            return Key(name=jwk["crv"], public=ec.EllipticCurvePublicKey.from_encoded_point(curve, point))
    except (ValueError, TypeError, AttributeError) as problem:
        raise Refused(f"a JWK cannot be read: {problem}") from problem
    raise Refused(f"a JWK of the type {jwk['kty']!r} is not known here")


def document_of_did(did: str) -> Mapping[str, Any] | None:
    """Return the document of a DID that holds its own key; nothing for other methods.

    Raises:
        Refused: It holds no key.
    """
    if did.startswith("did:key:"):
        value = did.removeprefix("did:key:")
        of_multikey(value)
        method = {"id": f"{did}#{value}", "type": "Multikey", "controller": did, "publicKeyMultibase": value}
    elif did.startswith("did:jwk:"):
        try:
            jwk = json.loads(base64url(did.removeprefix("did:jwk:")))
        except ValueError as problem:
            raise Refused("a did:jwk holds no JSON") from problem
        method = {"id": f"{did}#0", "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk}
    else:
        return None
    return {
        "id": did,
        "verificationMethod": [method],
        "assertionMethod": [method["id"]],
        "authentication": [method["id"]],
    }


def address_of_did(did: str) -> str:
    """Return where the document of a did:web is (did:web, 3.2).

    Raises:
        Refused: The method is another one.
    """
    if not did.startswith("did:web:"):
        raise Refused(f"the method of {did} is not known here")
    host, *path = did.removeprefix("did:web:").split(":")
    return f"https://{unquote(host)}/{'/'.join(path or ['.well-known'])}/did.json"


def digest(algorithm: str, text: str) -> bytes:
    """Return the digest of a text."""
    return hashlib.new(algorithm, text.encode()).digest()
