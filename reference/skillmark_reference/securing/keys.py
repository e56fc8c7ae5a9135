"""Keys: what signs and what verifies, in every form in which the standards write it.

Both types hold the key as *raw* bytes: those behind the multicodec prefix of a Multikey (Controlled Identifiers 1.0, 2.2.2):

=========== ========================================= ==============================
type        raw bytes of a public key                 raw bytes of a secret key
=========== ========================================= ==============================
Ed25519     the point of RFC 8032, 32 bytes           the seed, 32 bytes
P-256       the compressed point, 33 bytes            the scalar, 32 bytes
P-384       the compressed point, 49 bytes            the scalar, 48 bytes
secp256k1   the compressed point, 33 bytes            none: it only verifies
RSA         DER of a PKCS #1 RSAPublicKey             DER of a PKCS #1 RSAPrivateKey
=========== ========================================= ==============================

A key that exists is usable: making one checks length, range and curve, and raises `UnusableKey` otherwise. Signatures are 64
bytes for Ed25519 (RFC 8032), r and s in fixed length for ECDSA (IEEE P1363), deterministic (RFC 6979), and PKCS #1 v1.5 for RSA.
"""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
from typing import TYPE_CHECKING, Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils

from skillmark_reference.securing import key_material, multibase
from skillmark_reference.securing.key_material import Digest, KeyType, UnusableKey
from skillmark_reference.securing.multibase import MalformedMultibase
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PRIVATE_MEMBERS", "Digest", "KeyType", "PublicKey", "SecretKey", "UnusableKey"]

#: Members that only a private or a symmetric JWK has (RFC 7518, 6.2.2, 6.3.2, 6.4).
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_BY_PUBLIC_CODE = {kind.facts.public_code: kind for kind in KeyType}
_BY_SECRET_CODE = {kind.facts.secret_code: kind for kind in KeyType if kind.facts.secret_code is not None}
_OTHER_CODES = {
    0xEC: "an X25519 key, which agrees on secrets and signs nothing",
    0xEB: "a BLS12-381 key",
    0x1202: "a P-521 key",
    0x1206: "an SM2 key",
    0x1301: "a secp256k1 secret key, with which Skillmark does not sign",
    0xEB51: "a JWK in JCS form",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A public key. Equal keys have equal raw bytes, whatever they were read from.

    Raises:
        UnusableKey: The raw bytes are not those of a usable key of the type.
    """

    type: KeyType
    raw: bytes

    def __post_init__(self) -> None:
        key_material.check_public(self.type, self.raw)

    @classmethod
    def from_multikey(cls, text: object) -> PublicKey:
        """Read a ``publicKeyMultibase`` (Controlled Identifiers 1.0, 2.2.2; did:key).

        Raises:
            UnusableKey: The text is no multibase, has another prefix, or its key is unusable.
        """
        return _public_of(text) if isinstance(text, str) else _read_public(text)

    @classmethod
    def from_jwk(cls, jwk: object) -> PublicKey:
        """Read a public JWK (RFC 7517; RFC 7518, 6; RFC 8037, 2). Members without meaning are ignored.

        Raises:
            UnusableKey: The JWK is private, symmetric, incomplete, contradicts itself, or is not meant for signatures.
        """
        members = _members(jwk)
        exposed = sorted(PRIVATE_MEMBERS & members.keys())
        if exposed:
            raise UnusableKey(f"the JWK holds private members where a public key belongs: {', '.join(exposed)}")
        kind = _type_of_jwk(members)
        return cls(type=kind, raw=_raw_of_jwk(kind, members))

    @property
    def multikey(self) -> str:
        """The ``publicKeyMultibase``."""
        return _write_multikey(self.type.facts.public_code, self.raw)

    @property
    def signature_length(self) -> int:
        """The number of bytes of every signature that this key verifies."""
        if self.type is KeyType.RSA:
            return (key_material.rsa_public(self.raw).key_size + 7) // 8
        return 2 * self.type.facts.size

    def jwk(self) -> dict[str, str]:
        """Return the JWK with its required members only."""
        if self.type is KeyType.ED25519:
            return {"kty": "OKP", "crv": self.type.value, "x": multibase.encode_base64url(self.raw)}
        if self.type is KeyType.RSA:
            numbers = key_material.rsa_public(self.raw).public_numbers()
            return {"kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)}
        point = key_material.ec_public(self.type, self.raw).public_numbers()
        size = self.type.facts.size
        x, y = (multibase.encode_base64url(value.to_bytes(size, "big")) for value in (point.x, point.y))
        return {"kty": "EC", "crv": self.type.value, "x": x, "y": y}

    def thumbprint(self) -> str:
        """Return the JWK thumbprint with SHA-256 in base64url (RFC 7638, 3)."""
        canonical = json.dumps(self.jwk(), sort_keys=True, separators=(",", ":"))
        return multibase.encode_base64url(hashlib.sha256(canonical.encode()).digest())

    def verify(self, signature: bytes, data: bytes, *, digest: Digest | None = None) -> bool:
        """Tell whether the signature over the data was made with the secret key to this key.

        Only RSA has a choice of digests; elsewhere a signature with another one than that of the key does not verify.
        """
        try:
            if self.type is KeyType.ED25519:
                ed25519.Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
            elif self.type is KeyType.RSA:
                hashed = (digest or Digest.SHA_256).algorithm
                key_material.rsa_public(self.raw).verify(signature, data, padding.PKCS1v15(), hashed)
            else:
                self._verify_ecdsa(signature, data)
        except InvalidSignature:
            return False
        return _fits(self.type, digest)

    def _verify_ecdsa(self, signature: bytes, data: bytes) -> None:
        size = self.type.facts.size
        if len(signature) != self.signature_length:
            raise InvalidSignature
        r, s = (int.from_bytes(half, "big") for half in (signature[:size], signature[size:]))
        algorithm = ec.ECDSA(_digest_of(self.type).algorithm)
        key_material.ec_public(self.type, self.raw).verify(utils.encode_dss_signature(r, s), data, algorithm)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SecretKey:
    """A secret key of Ed25519, P-256, P-384 or RSA. Its text form shows the type only.

    Raises:
        UnusableKey: The raw bytes are not those of a usable key of the type.
    """

    type: KeyType
    raw: bytes = dataclasses.field(repr=False)

    def __post_init__(self) -> None:
        key_material.check_secret(self.type, self.raw)

    @classmethod
    def generate(cls, kind: KeyType) -> SecretKey:
        """Make a new key from the randomness of the operating system; RSA with 2048 bits.

        Raises:
            UnusableKey: Skillmark does not sign with keys of the type.
        """
        if kind is KeyType.ED25519:
            return cls(type=kind, raw=ed25519.Ed25519PrivateKey.generate().private_bytes_raw())
        if kind is KeyType.RSA:
            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            return cls(type=kind, raw=key_material.rsa_secret_raw(key))
        scalar = ec.generate_private_key(key_material.curve_of(kind)).private_numbers().private_value
        return cls(type=kind, raw=scalar.to_bytes(kind.facts.size, "big"))

    @classmethod
    def from_multikey(cls, text: object) -> SecretKey:
        """Read a ``secretKeyMultibase`` (Controlled Identifiers 1.0, 2.2.2).

        Raises:
            UnusableKey: The text is no multibase, has another prefix, or its key is unusable.
        """
        code, raw = _read_multikey(text, "secretKeyMultibase")
        if code in _BY_PUBLIC_CODE:
            raise UnusableKey("the Multikey is a public key where a secret key belongs")
        return cls(type=_type_of_code(code, _BY_SECRET_CODE), raw=raw)

    @classmethod
    def from_jwk(cls, jwk: object) -> SecretKey:
        """Read a private JWK; its public members have to belong to it. RSA needs the primes too (RFC 7518, 6.3.2).

        Raises:
            UnusableKey: The JWK is public, incomplete or contradicts itself.
        """
        members = _members(jwk)
        if "d" not in members:
            raise UnusableKey("the JWK has no member d: it is a public key where a secret key belongs")
        public = PublicKey.from_jwk({name: value for name, value in members.items() if name not in PRIVATE_MEMBERS})
        is_rsa, size = public.type is KeyType.RSA, public.type.facts.size
        key = cls(type=public.type, raw=_rsa_secret_raw(members) if is_rsa else _octets(members, "d", size=size))
        if key.public != public:
            raise UnusableKey("the private and the public members of the JWK do not belong together")
        return key

    @property
    def public(self) -> PublicKey:
        """The public key to it."""
        if self.type is KeyType.ED25519:
            raw = ed25519.Ed25519PrivateKey.from_private_bytes(self.raw).public_key().public_bytes_raw()
        elif self.type is KeyType.RSA:
            raw = key_material.rsa_secret(self.raw).public_key().public_bytes(*key_material.PKCS1)
        else:
            raw = key_material.ec_secret(self.type, self.raw).public_key().public_bytes(*key_material.COMPRESSED)
        return PublicKey(type=self.type, raw=raw)

    def multikey(self) -> str:
        """Return the ``secretKeyMultibase``: private material."""
        code = {kind: code for code, kind in _BY_SECRET_CODE.items()}[self.type]
        return _write_multikey(code, self.raw)

    def jwk(self) -> dict[str, str]:
        """Return the private JWK: private material."""
        public = self.public.jwk()
        if self.type is not KeyType.RSA:
            return {**public, "d": multibase.encode_base64url(self.raw)}
        secret = key_material.rsa_secret(self.raw).private_numbers()
        numbers = {"d": secret.d, "p": secret.p, "q": secret.q, "dp": secret.dmp1, "dq": secret.dmq1, "qi": secret.iqmp}
        return {**public, **{name: _number(value) for name, value in numbers.items()}}

    def sign(self, data: bytes, *, digest: Digest | None = None) -> bytes:
        """Return the signature over the data; only RSA has a choice of digests.

        Raises:
            UnusableKey: The digest does not fit the key.
        """
        if not _fits(self.type, digest):
            raise UnusableKey(f"a {self.type.value} key signs with its own digest only")
        if self.type is KeyType.ED25519:
            return ed25519.Ed25519PrivateKey.from_private_bytes(self.raw).sign(data)
        if self.type is KeyType.RSA:
            hashed = (digest or Digest.SHA_256).algorithm
            return key_material.rsa_secret(self.raw).sign(data, padding.PKCS1v15(), hashed)
        algorithm = ec.ECDSA(_digest_of(self.type).algorithm, deterministic_signing=True)
        numbers = utils.decode_dss_signature(key_material.ec_secret(self.type, self.raw).sign(data, algorithm))
        return b"".join(number.to_bytes(self.type.facts.size, "big") for number in numbers)


def _fits(kind: KeyType, digest: Digest | None) -> bool:
    return kind is KeyType.RSA or digest in {None, kind.facts.digest}


def _digest_of(kind: KeyType) -> Digest:
    return kind.facts.digest or Digest.SHA_256


# Multikey


#: How many keys are remembered once they were read: what a text means never changes, and to check a point takes a while.
_MOST_KEYS = 1024


@functools.lru_cache(maxsize=_MOST_KEYS)
def _public_of(text: str) -> PublicKey:
    return _read_public(text)


def _read_public(text: object) -> PublicKey:
    code, raw = _read_multikey(text, "publicKeyMultibase")
    if code in _BY_SECRET_CODE:
        raise UnusableKey("the Multikey is a secret key where a public key belongs; replace the key, it is exposed")
    return PublicKey(type=_type_of_code(code, _BY_PUBLIC_CODE), raw=raw)


def _read_multikey(text: object, member: str) -> tuple[int, bytes]:
    if not isinstance(text, str):
        raise UnusableKey(f"{member} is a string that begins with z; it is {type(text).__name__}")
    try:
        return multibase.split_multicodec(multibase.decode(text, multibase.Base.BASE58BTC))
    except MalformedMultibase as error:
        raise UnusableKey(f"{member} cannot be read: {error}") from None


def _write_multikey(code: int, raw: bytes) -> str:
    return multibase.encode(multibase.with_multicodec(code, raw), multibase.Base.BASE58BTC)


def _type_of_code(code: int, known: Mapping[int, KeyType]) -> KeyType:
    if code in known:
        return known[code]
    what = _OTHER_CODES.get(code, f"of the unknown type 0x{code:x}")
    raise UnusableKey(f"the Multikey is {what}; expected is {', '.join(kind.value for kind in known.values())}")


# JWK


def _members(jwk: object) -> dict[str, Any]:
    if not isinstance(jwk, dict):
        raise UnusableKey(f"a JWK is a JSON object; it is {type(jwk).__name__}")
    return jwk


def _type_of_jwk(jwk: Mapping[str, Any]) -> KeyType:
    """Return the type that ``kty`` and ``crv`` name together, provided that the JWK is meant for signatures."""
    kty, crv = jwk.get("kty"), jwk.get("crv")
    for kind in KeyType:
        if kind.facts.kty == kty and (kind is KeyType.RSA or kind.value == crv):
            _check_purpose(kind, jwk)
            return kind
    if kty == "oct":
        raise UnusableKey("the JWK is a shared secret (kty oct); a signature that others verify needs a key pair")
    raise UnusableKey(f"no key that Skillmark knows has kty {quoted(kty)} with crv {quoted(crv)}")


def _check_purpose(kind: KeyType, jwk: Mapping[str, Any]) -> None:
    """Refuse a JWK that is said to be for something else (RFC 7517, 4.2 to 4.4)."""
    if jwk.get("use", "sig") != "sig":
        raise UnusableKey(f"the JWK is not meant for signatures: its use is {quoted(jwk['use'])}")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or not any(each in ("sign", "verify") for each in operations):
        raise UnusableKey("the JWK is not meant for signatures: its key_ops name neither sign nor verify")
    alg = jwk.get("alg")
    if alg is not None and alg not in kind.facts.algorithms:
        raise UnusableKey(
            f"alg {quoted(alg)} does not fit a {kind.value} key; {' or '.join(kind.facts.algorithms)} would"
        )


def _raw_of_jwk(kind: KeyType, jwk: Mapping[str, Any]) -> bytes:
    if kind is KeyType.RSA:
        modulus, exponent = (int.from_bytes(_octets(jwk, name), "big") for name in ("n", "e"))
        return key_material.rsa_public_raw(modulus=modulus, exponent=exponent)
    size = kind.facts.size
    x = _octets(jwk, "x", size=size)
    return x if kind is KeyType.ED25519 else key_material.compress(kind, x, _octets(jwk, "y", size=size))


def _rsa_secret_raw(jwk: Mapping[str, Any]) -> bytes:
    if "oth" in jwk:
        raise UnusableKey("the RSA key has more than two primes; Skillmark reads keys with two")
    names = ("n", "e", "d", "p", "q", "dp", "dq", "qi")
    n, e, d, p, q, dp, dq, qi = (int.from_bytes(_octets(jwk, name), "big") for name in names)
    numbers = rsa.RSAPrivateNumbers(p, q, d, dp, dq, qi, rsa.RSAPublicNumbers(e, n))
    try:
        return key_material.rsa_secret_raw(numbers.private_key())
    except ValueError:
        raise UnusableKey("the members of the RSA key do not belong together") from None


def _octets(jwk: Mapping[str, Any], name: str, *, size: int | None = None) -> bytes:
    """Return the bytes of a member: of fixed length, or, without size, of a number in its shortest form (RFC 7518, 2)."""
    text = jwk.get(name)
    if not isinstance(text, str) or not text:
        raise UnusableKey(f"the member {name} of the JWK is missing or no text")
    try:
        octets = multibase.decode_base64url(text)
    except MalformedMultibase as error:
        raise UnusableKey(f"the member {name} of the JWK cannot be read: {error}") from None
    if size is not None and len(octets) != size:
        raise UnusableKey(f"the member {name} of the JWK has {len(octets)} bytes; expected are {size}")
    if size is None and not octets[0]:
        raise UnusableKey(f"the member {name} of the JWK begins with a zero byte; numbers are written without")
    return octets


def _number(value: int) -> str:
    return multibase.encode_base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))
