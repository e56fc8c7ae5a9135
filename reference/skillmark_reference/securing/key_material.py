"""Key material: the kinds of keys, what the standards lay down for each, and raw bytes as keys of the cryptographic library.

Sizes and multicodec codes: Controlled Identifiers 1.0, 2.2.2, and the multicodec table. Everything that comes from outside passes
`check_public` or `check_secret` before it is used.
"""

from __future__ import annotations

import dataclasses
import enum

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

#: Bits of the modulus: RFC 7518, 3.3 demands 2048; a longer one than 8192 only costs time.
_RSA_BITS = range(2048, 8193)
#: Bits of the exponent: more of them only cost time.
_RSA_EXPONENT_BITS = 32
COMPRESSED = (serialization.Encoding.X962, serialization.PublicFormat.CompressedPoint)
PKCS1 = (serialization.Encoding.DER, serialization.PublicFormat.PKCS1)
#: The field and the constant of the curve of Ed25519 (RFC 8032, 5.1).
_FIELD = 2**255 - 19
_D = -121665 * pow(121666, -1, _FIELD) % _FIELD
_ROOT_OF_MINUS_ONE = pow(2, (_FIELD - 1) // 4, _FIELD)


class UnusableKey(ValueError):  # noqa: N818 - what is wrong with the key, in words for a person
    """The key is malformed, of an unknown type, or not what the place asks for. The message never holds private material."""


class Digest(enum.Enum):
    """The hash functions of SHA-2 that signatures are made over."""

    SHA_256 = "SHA-256"
    SHA_384 = "SHA-384"
    SHA_512 = "SHA-512"

    @property
    def algorithm(self) -> hashes.HashAlgorithm:
        """The function as the library knows it."""
        return {"SHA-256": hashes.SHA256(), "SHA-384": hashes.SHA384(), "SHA-512": hashes.SHA512()}[self.value]


class KeyType(enum.Enum):
    """The kinds of keys, by the ``crv`` of their JWK, or its ``kty`` where it has none."""

    ED25519 = "Ed25519"
    P256 = "P-256"
    P384 = "P-384"
    SECP256K1 = "secp256k1"
    RSA = "RSA"

    @property
    def facts(self) -> KeyFacts:
        """What the standards lay down for it."""
        return _FACTS[self]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class KeyFacts:
    """What the standards lay down for a kind of key."""

    #: Multicodec codes (https://github.com/multiformats/multicodec).
    public_code: int
    #: ``None`` where Skillmark does not sign.
    secret_code: int | None
    kty: str
    #: Values of ``alg`` that fit (RFC 7518, 3.1; RFC 8037, 3.1; RFC 8812, 3.2; RFC 9864, 2.2).
    algorithms: tuple[str, ...]
    #: Bytes of a coordinate, a scalar or a seed; zero for RSA.
    size: int
    #: The curve of ECDSA.
    curve: ec.EllipticCurve | None = None
    #: The digest that is signed: for RSA the one that is used unless another is named, ``None`` where the algorithm has its own.
    digest: Digest | None = Digest.SHA_256


_FACTS = {
    KeyType.ED25519: KeyFacts(
        public_code=0xED, secret_code=0x1300, kty="OKP", algorithms=("EdDSA", "Ed25519"), size=32, digest=None
    ),
    KeyType.P256: KeyFacts(
        public_code=0x1200, secret_code=0x1306, kty="EC", algorithms=("ES256",), size=32, curve=ec.SECP256R1()
    ),
    KeyType.P384: KeyFacts(
        public_code=0x1201,
        secret_code=0x1307,
        kty="EC",
        algorithms=("ES384",),
        size=48,
        curve=ec.SECP384R1(),
        digest=Digest.SHA_384,
    ),
    KeyType.SECP256K1: KeyFacts(
        public_code=0xE7, secret_code=None, kty="EC", algorithms=("ES256K",), size=32, curve=ec.SECP256K1()
    ),
    KeyType.RSA: KeyFacts(
        public_code=0x1205, secret_code=0x1305, kty="RSA", algorithms=("RS256", "RS384", "RS512"), size=0
    ),
}


# What is usable


def check_public(kind: KeyType, raw: bytes) -> None:
    """Hold the raw bytes of a public key against its type.

    Raises:
        UnusableKey: Wrong length or form, no point on the curve, a point of small order, or an RSA key of unusual size.
    """
    if kind is KeyType.RSA:
        _check_rsa(rsa_public(raw).public_numbers())
        return
    size = kind.facts.size + bool(kind.facts.curve)
    if len(raw) != size:
        raise UnusableKey(f"a {kind.value} public key has {size} bytes; this one has {len(raw)}")
    if kind is KeyType.ED25519:
        _check_edwards(raw)
    else:
        ec_public(kind, raw)


def check_secret(kind: KeyType, raw: bytes) -> None:
    """Hold the raw bytes of a secret key against its type.

    Raises:
        UnusableKey: Wrong length or form, a scalar out of range, or a type with which Skillmark does not sign.
    """
    if kind.facts.secret_code is None:
        raise UnusableKey(f"Skillmark does not sign with {kind.value} keys; it only verifies with them")
    if kind is KeyType.RSA:
        _check_rsa(rsa_secret(raw, checked=True).public_key().public_numbers())
        return
    if len(raw) != kind.facts.size:
        raise UnusableKey(f"a {kind.value} secret key has {kind.facts.size} bytes; this one has {len(raw)}")
    if kind.facts.curve:
        ec_secret(kind, raw)


def _check_edwards(raw: bytes) -> None:
    """Decode the point as RFC 8032, 5.1.3 does, and refuse those of small order, under which anyone can sign."""
    number = int.from_bytes(raw, "little")
    sign, y = number >> 255, number & (2**255 - 1)
    x = _edwards_x(y)
    if y >= _FIELD or x is None or (sign and not x):
        raise UnusableKey("the bytes are no point on the curve Ed25519")
    if _is_of_small_order(x, y):
        raise UnusableKey("the Ed25519 key is a point of small order, under which anyone can sign")


def _is_of_small_order(x: int, y: int) -> bool:
    """Tell whether eight times the point is the neutral one, in projective coordinates, which need no division."""
    z = 1
    for _ in range(3):
        first, second = x * x % _FIELD, y * y % _FIELD
        rest = (second - first - 2 * z * z) % _FIELD
        x, y, z = (
            2 * x * y * rest % _FIELD,
            (second - first) * (-first - second) % _FIELD,
            (second - first) * rest % _FIELD,
        )
    return x == 0 and y == z


def _edwards_x(y: int) -> int | None:
    """Return one of the two x to a y, or none if there is no such point."""
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _FIELD) % _FIELD
    root = pow(square, (_FIELD + 3) // 8, _FIELD)
    for x in (root, root * _ROOT_OF_MINUS_ONE % _FIELD):
        if x * x % _FIELD == square:
            return x
    return None


def _check_rsa(numbers: rsa.RSAPublicNumbers) -> None:
    bits = numbers.n.bit_length()
    if bits not in _RSA_BITS:
        raise UnusableKey(f"an RSA key has {_RSA_BITS[0]} to {_RSA_BITS[-1]} bits; this one has {bits}")
    if numbers.e.bit_length() > _RSA_EXPONENT_BITS or numbers.e < 3 or not numbers.e % 2:  # noqa: PLR2004 - the smallest odd one
        raise UnusableKey(f"the exponent of an RSA key is odd, at least 3 and below 2^{_RSA_EXPONENT_BITS}")


# Elliptic curves


def curve_of(kind: KeyType) -> ec.EllipticCurve:
    """Return the curve of an ECDSA key.

    Raises:
        UnusableKey: The type has none.
    """
    if kind.facts.curve is None:
        raise UnusableKey(f"{kind.value} is no type of ECDSA key")
    return kind.facts.curve


def ec_public(kind: KeyType, raw: bytes) -> ec.EllipticCurvePublicKey:
    """Return the key of a compressed point.

    Raises:
        UnusableKey: The bytes are no compressed point on the curve.
    """
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(curve_of(kind), raw)
    except ValueError:
        raise UnusableKey(f"the bytes are no compressed point on the curve {kind.value}") from None


def compress(kind: KeyType, x: bytes, y: bytes) -> bytes:
    """Return the compressed point of two coordinates.

    Raises:
        UnusableKey: They are no point on the curve.
    """
    try:
        key = ec.EllipticCurvePublicKey.from_encoded_point(curve_of(kind), b"\x04" + x + y)
    except ValueError:
        raise UnusableKey(f"x and y are no point on the curve {kind.value}") from None
    return key.public_bytes(*COMPRESSED)


def ec_secret(kind: KeyType, raw: bytes) -> ec.EllipticCurvePrivateKey:
    """Return the key of a scalar.

    Raises:
        UnusableKey: The scalar is zero, or not below the order of the curve.
    """
    try:
        return ec.derive_private_key(int.from_bytes(raw, "big"), curve_of(kind))
    except ValueError:
        raise UnusableKey(f"the number is no secret key of {kind.value}: it is zero or too large") from None


# RSA


def rsa_public(raw: bytes) -> rsa.RSAPublicKey:
    """Return the key of a PKCS #1 RSAPublicKey.

    Raises:
        UnusableKey: The bytes are something else, or not its DER.
    """
    try:
        key = serialization.load_der_public_key(raw)
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPublicKey) or key.public_bytes(*PKCS1) != raw:
        raise UnusableKey("the bytes are no RSA public key in the DER of PKCS #1")
    return key


def rsa_public_raw(*, modulus: int, exponent: int) -> bytes:
    """Return the PKCS #1 RSAPublicKey of two numbers.

    Raises:
        UnusableKey: Their size is unusual.
    """
    numbers = rsa.RSAPublicNumbers(exponent, modulus)
    _check_rsa(numbers)
    try:
        return numbers.public_key().public_bytes(*PKCS1)
    except ValueError:
        raise UnusableKey("the modulus and the exponent are no RSA key") from None


def rsa_secret(raw: bytes, *, checked: bool = False) -> rsa.RSAPrivateKey:
    """Return the key of a PKCS #1 RSAPrivateKey; checking that its numbers belong together is slow and done once.

    Raises:
        UnusableKey: The bytes are something else, not its DER, or inconsistent.
    """
    try:
        key = serialization.load_der_private_key(raw, password=None, unsafe_skip_rsa_key_validation=not checked)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, rsa.RSAPrivateKey) or rsa_secret_raw(key) != raw:
        raise UnusableKey("the bytes are no RSA private key in the DER of PKCS #1")
    return key


def rsa_secret_raw(key: rsa.RSAPrivateKey) -> bytes:
    """Return the PKCS #1 RSAPrivateKey."""
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
