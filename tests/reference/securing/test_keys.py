"""Keys: published keys and signatures byte for byte, round trips, and malformed keys refused for what is wrong with them."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.reference.securing import vectors

from skillmark_reference.securing import multibase
from skillmark_reference.securing.keys import Digest, KeyType, PublicKey, SecretKey, UnusableKey

#: One secret key of each type that signs.
SIGNERS = (vectors.ED25519, vectors.P256, vectors.P384, vectors.RSA)
signers = pytest.mark.parametrize("secret", SIGNERS, ids=lambda key: key.type.value)
#: The order of P-256 (FIPS 186-4, D.1.2.3).
P256_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
ED25519_FIELD = 2**255 - 19


def b64(data: bytes) -> str:
    """Return base64url."""
    return multibase.encode_base64url(data)


def changed(jwk: dict[str, Any], **members: object) -> dict[str, Any]:
    """Return the JWK with members replaced, or removed where the value is nothing."""
    return {name: value for name, value in {**jwk, **members}.items() if value is not None}


# Published vectors


@pytest.mark.parametrize("name", vectors.MULTIKEYS)
def test_published_multikeys(name: str) -> None:
    """The published pairs are read and written as they are, with the same raw bytes and thumbprint."""
    public, secret, raw_public, raw_secret, thumbprint = vectors.MULTIKEYS[name]
    key = SecretKey.from_multikey(secret)
    assert (public, secret) == (key.public.multikey, key.multikey())
    assert key.public == PublicKey.from_multikey(public)
    assert raw_secret == key.raw.hex()
    assert bytes.fromhex(raw_public) == multibase.with_multicodec(key.type.facts.public_code, key.public.raw)
    assert thumbprint == key.public.thumbprint()
    assert KeyType(name) is key.type


@pytest.mark.parametrize(("did", "jwk"), vectors.DID_KEY_JWKS.items(), ids=lambda each: str(each)[:20])
def test_multikey_and_jwk_of_published_dids_are_the_same_key(did: str, jwk: dict[str, str]) -> None:
    """P-256, P-384 and RSA: both forms in the vectors of did:key lead to each other."""
    key = PublicKey.from_multikey(did.removeprefix("did:key:"))
    assert jwk == key.jwk()
    assert key == PublicKey.from_jwk(jwk)


@pytest.mark.parametrize(("seed", "did"), list(enumerate(vectors.DID_KEY_SEEDS)))
def test_ed25519_seeds_of_published_dids(seed: int, did: str) -> None:
    """The seeds in the vectors of did:key lead to their DIDs."""
    key = SecretKey(type=KeyType.ED25519, raw=seed.to_bytes(32, "big"))
    assert did.removeprefix("did:key:") == key.public.multikey


@pytest.mark.parametrize(("secret", "did"), vectors.SECP256K1_SECRETS.items())
def test_secp256k1_only_verifies(secret: str, did: str) -> None:
    """A signature by another library verifies under the published key, and its secret is not taken for signing."""
    key = PublicKey.from_multikey(did.removeprefix("did:key:"))
    other = ec.derive_private_key(int(secret, 16), ec.SECP256K1())
    r, s = utils.decode_dss_signature(other.sign(b"data", ec.ECDSA(hashes.SHA256())))
    assert key.verify(r.to_bytes(32, "big") + s.to_bytes(32, "big"), b"data")
    assert key == PublicKey.from_jwk(key.jwk())
    with pytest.raises(UnusableKey, match="only verifies"):
        SecretKey(type=KeyType.SECP256K1, raw=bytes.fromhex(secret))
    with pytest.raises(UnusableKey, match="secp256k1 secret key"):
        SecretKey.from_multikey("z" + multibase.encode_base58(bytes.fromhex("8126" + secret)))


@pytest.mark.parametrize(
    ("jwk", "thumbprint"),
    [(vectors.THUMBPRINT_JWK, vectors.THUMBPRINT), (changed(vectors.EDDSA_JWK, d=None), vectors.EDDSA_THUMBPRINT)],
)
def test_published_thumbprints(jwk: dict[str, str], thumbprint: str) -> None:
    """RFC 7638, 3.1 and RFC 8037, A.3: only the required members count."""
    assert thumbprint == PublicKey.from_jwk(jwk).thumbprint()


@pytest.mark.parametrize(
    ("key", "message", "signature"),
    [
        (
            vectors.P256,
            b"sample",
            (
                "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
            ),
        ),
        (
            vectors.P256,
            b"test",
            (
                "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
                "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083"
            ),
        ),
        (
            vectors.P384,
            b"sample",
            (
                "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46"
                "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"
            ),
        ),
        (
            vectors.P384,
            b"test",
            (
                "8203b63d3c853e8d77227fb377bcf7b7b772e97892a80f36ab775d509d7a5feb0542a7f0812998da8f1dd3ca3cf023db"
                "ddd0760448d42d8a43af45af836fce4de8be06b485e9b61b827c2f13173923e06a739f040649a667bf3b828246baa5a5"
            ),
        ),
        (
            SecretKey.from_jwk(vectors.EDDSA_JWK),
            b"",
            (
                "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                "d25bf5f0595bbe24655141438e7a100b"
            ),
        ),
        (
            SecretKey(
                type=KeyType.ED25519,
                raw=bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"),
            ),
            b"\x72",
            (
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                "387b2eaeb4302aeeb00d291612bb0c00"
            ),
        ),
    ],
)
def test_published_signatures(key: SecretKey, message: bytes, signature: str) -> None:
    """RFC 6979, A.2.5 and A.2.6 with the digest of the curve, and RFC 8032, 7.1, tests 1 and 2."""
    assert signature == key.sign(message).hex()
    assert key.public.verify(bytes.fromhex(signature), message)


# Round trips


@signers
def test_every_form_comes_back(secret: SecretKey) -> None:
    """Multikey, JWK and raw bytes, secret and public, are the same key again."""
    public = secret.public
    assert secret == SecretKey.from_multikey(secret.multikey())
    assert secret == SecretKey.from_jwk(secret.jwk())
    assert public == PublicKey.from_multikey(public.multikey)
    assert public == PublicKey.from_jwk({**public.jwk(), "use": "sig", "key_ops": ["verify"], "x-unknown": 1})
    assert public == PublicKey(type=public.type, raw=public.raw)
    assert public.jwk().items() < secret.jwk().items()


@pytest.mark.parametrize("kind", [KeyType.ED25519, KeyType.P256, KeyType.P384, KeyType.RSA])
def test_generated_keys_sign(kind: KeyType) -> None:
    """A generated key signs what its public key verifies."""
    key = SecretKey.generate(kind)
    assert key.public.verify(key.sign(b"data"), b"data")
    assert key != SecretKey.generate(kind)


@signers
@given(data=st.binary(max_size=64), flipped=st.integers(0, 10_000))
@settings(max_examples=8, deadline=None)
def test_signatures_hold_for_their_data_and_key_only(secret: SecretKey, data: bytes, flipped: int) -> None:
    """A signature verifies; with one bit of it flipped, other data or another key, it does not. It is always the same."""
    signature, public = secret.sign(data), secret.public
    assert signature == secret.sign(data)
    assert public.signature_length == len(signature)
    assert public.verify(signature, data)
    bit = flipped % (8 * len(signature))
    broken = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(len(signature), "big")
    assert not public.verify(broken, data)
    assert not public.verify(signature, data + b"\0")
    assert not any(other.public.verify(signature, data) for other in SIGNERS if other is not secret)


@signers
def test_signatures_of_another_length_do_not_verify(secret: SecretKey) -> None:
    """Cut off, prolonged, empty, and in DER: none of them is the signature."""
    signature = secret.sign(b"data")
    assert secret.public.verify(signature, b"data")
    half = len(signature) // 2
    padded = signature[:half] + b"\0" + signature[half:]
    for other in (signature[:-1], signature + b"\0", b"\0" + signature, padded, b"", signature[:half]):
        assert not secret.public.verify(other, b"data")
    if secret.type in {KeyType.P256, KeyType.P384}:
        r, s = int.from_bytes(signature[:half], "big"), int.from_bytes(signature[half:], "big")
        assert not secret.public.verify(utils.encode_dss_signature(r, s), b"data")
        assert not secret.public.verify(bytes(len(signature)), b"data")


def test_high_and_low_s_both_verify() -> None:
    """ECDSA signatures with the other s are signatures too; JOSE and Data Integrity demand no low one."""
    signature = vectors.P256.sign(b"data")
    other = P256_ORDER - int.from_bytes(signature[32:], "big")
    assert vectors.P256.public.verify(signature, b"data")
    assert vectors.P256.public.verify(signature[:32] + other.to_bytes(32, "big"), b"data")


def test_only_rsa_has_a_choice_of_digests() -> None:
    """RSA signs with each digest and verifies with that one; the others refuse one that is not theirs."""
    for digest in Digest:
        signature = vectors.RSA.sign(b"data", digest=digest)
        assert [digest] == [each for each in Digest if vectors.RSA.public.verify(signature, b"data", digest=each)]
    for key in (vectors.ED25519, vectors.P256, vectors.P384):
        assert not key.public.verify(key.sign(b"data"), b"data", digest=Digest.SHA_512)
        with pytest.raises(UnusableKey, match="its own digest"):
            key.sign(b"data", digest=Digest.SHA_512)


@signers
def test_nothing_private_is_shown(secret: SecretKey) -> None:
    """Neither the text form of a secret key nor the error of a broken one holds private material."""
    assert f"SecretKey(type=<KeyType.{secret.type.name}: '{secret.type.value}'>)" == repr(secret) == str(secret)
    assert secret.multikey() not in repr(dataclasses.replace(secret))
    broken = {**secret.jwk(), "d": secret.jwk()["d"] + "!"}
    with pytest.raises(UnusableKey) as caught:
        SecretKey.from_jwk(broken)
    assert secret.jwk()["d"] not in str(caught.value)


# Malformed keys: each is a healthy key with one fault


def raw_multikey(prefix: str, raw: bytes) -> str:
    """Return a Multikey of any bytes."""
    return "z" + multibase.encode_base58(bytes.fromhex(prefix) + raw)


ED_RAW, P256_RAW, P384_RAW, RSA_RAW = (each.public.raw for each in SIGNERS)
#: The same RSA key in the envelopes of X.509 and PKCS #8.
RSA_SPKI = serialization.load_der_public_key(RSA_RAW).public_bytes(
    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
)
RSA_PKCS8 = serialization.load_der_private_key(vectors.RSA.raw, None).private_bytes(
    serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (raw_multikey("ed01", ED_RAW[:-1]), "has 32 bytes; this one has 31"),
        (raw_multikey("ed01", ED_RAW + b"\0"), "has 32 bytes; this one has 33"),
        (raw_multikey("ed01", P256_RAW), "has 32 bytes; this one has 33"),
        (raw_multikey("8024", P256_RAW[:-1]), "has 33 bytes; this one has 32"),
        (raw_multikey("8024", P256_RAW[1:] + b"\0\0"), "has 33 bytes; this one has 34"),
        (raw_multikey("8024", b"\x04" + P256_RAW[1:]), "no compressed point"),
        (raw_multikey("8024", b"\x05" + P256_RAW[1:]), "no compressed point"),
        (raw_multikey("8024", b"\x02" + b"\xff" * 32), "no compressed point"),
        (raw_multikey("8124", P256_RAW), "has 49 bytes; this one has 33"),
        (raw_multikey("8124", P384_RAW + b"\0"), "has 49 bytes; this one has 50"),
        (raw_multikey("e701", b"\x02" + b"\xff" * 32), "no compressed point"),
        (raw_multikey("8524", RSA_RAW + b"\0"), "no RSA public key in the DER"),
        (raw_multikey("8524", RSA_RAW[:-1]), "no RSA public key in the DER"),
        (raw_multikey("8524", RSA_SPKI), "no RSA public key in the DER"),
        (raw_multikey("ed01", ED25519_FIELD.to_bytes(32, "little")), "no point on the curve"),
        (raw_multikey("ed01", b"\x02" + bytes(31)), "no point on the curve"),
        (raw_multikey("ed01", b"\x01" + bytes(30) + b"\x80"), "no point on the curve"),
        (raw_multikey("ed01", b"\x01" + bytes(31)), "small order"),
        (raw_multikey("ed01", bytes(32)), "small order"),
        (
            raw_multikey("ed01", bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
            "small order",
        ),
        (raw_multikey("8026", vectors.ED25519.raw), "secret key where a public key belongs"),
        (raw_multikey("ec01", ED_RAW), "X25519"),
        (raw_multikey("8224", bytes(67)), "P-521"),
        (raw_multikey("ff7f", bytes(32)), "unknown type 0x3fff"),
        (raw_multikey("ed8100", ED_RAW), "shortest form"),
        (vectors.ED25519.public.multikey[1:], "begins with 'z'"),
        ("u" + b64(bytes.fromhex("ed01") + ED_RAW), "begins with 'z'"),
        (vectors.ED25519.public.multikey + "0", "alphabet"),
        ("z", "does not end"),
        (None, "it is NoneType"),
    ],
)
def test_malformed_public_multikeys(text: object, reason: str) -> None:
    """Wrong length, form, curve, order, type, prefix or base: each is refused for that reason."""
    for key in SIGNERS:
        assert PublicKey.from_multikey(key.public.multikey)
    with pytest.raises(UnusableKey, match=reason):
        PublicKey.from_multikey(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (vectors.ED25519.public.multikey, "public key where a secret key belongs"),
        (raw_multikey("8026", vectors.ED25519.raw[1:]), "has 32 bytes; this one has 31"),
        (raw_multikey("8026", vectors.ED25519.raw + ED_RAW), "has 32 bytes; this one has 64"),
        (raw_multikey("8626", bytes(32)), "zero or too large"),
        (raw_multikey("8626", P256_ORDER.to_bytes(32, "big")), "zero or too large"),
        (raw_multikey("8626", b"\xff" * 32), "zero or too large"),
        (raw_multikey("8726", b"\xff" * 48), "zero or too large"),
        (raw_multikey("8726", vectors.P256.raw), "has 48 bytes; this one has 32"),
        (raw_multikey("8526", vectors.RSA.raw + b"\0"), "no RSA private key"),
        (raw_multikey("8526", RSA_RAW), "no RSA private key"),
        (raw_multikey("8526", RSA_PKCS8), "no RSA private key"),
    ],
)
def test_malformed_secret_multikeys(text: str, reason: str) -> None:
    """A public key, a wrong length, or a scalar out of range: each is refused for that reason."""
    assert SecretKey.from_multikey(raw_multikey("8626", (P256_ORDER - 1).to_bytes(32, "big")))
    for key in SIGNERS:
        assert SecretKey.from_multikey(key.multikey())
    with pytest.raises(UnusableKey, match=reason):
        SecretKey.from_multikey(text)


OKP, EC, EC384, RSA = (each.public.jwk() for each in SIGNERS)


@pytest.mark.parametrize(
    ("jwk", "reason"),
    [
        (vectors.ED25519.jwk(), "private members where a public key belongs: d"),
        (vectors.RSA.jwk(), "private members where a public key belongs: d, dp, dq, p, q, qi"),
        ({"kty": "oct", "k": "AAAA"}, "private members"),
        ({"kty": "oct"}, "shared secret"),
        (changed(OKP, kty="EC"), "kty 'EC' with crv 'Ed25519'"),
        (changed(EC, kty="OKP"), "kty 'OKP' with crv 'P-256'"),
        (changed(EC, kty="RSA"), "n of the JWK is missing"),
        (changed(EC, crv="P-384"), "x of the JWK has 32 bytes; expected are 48"),
        (changed(EC384, crv="P-256"), "x of the JWK has 48 bytes; expected are 32"),
        (changed(EC, crv="secp256k1"), "no point on the curve secp256k1"),
        (changed(EC, crv="P-521"), "crv 'P-521'"),
        (changed(OKP, crv="X25519"), "crv 'X25519'"),
        (changed(OKP, kty=None), "kty None"),
        (changed(OKP, kty=["OKP"]), "no key that Skillmark knows"),
        (changed(EC, y=EC["x"]), "no point on the curve"),
        (changed(EC, y=None), "y of the JWK is missing"),
        (changed(EC, x=""), "x of the JWK is missing"),
        (changed(EC, x=7), "x of the JWK is missing or no text"),
        (changed(EC, x=b64(multibase.decode_base64url(EC["x"])[1:])), "has 31 bytes"),
        (changed(EC, x=b64(b"\0" + multibase.decode_base64url(EC["x"]))), "has 33 bytes"),
        (changed(OKP, x=OKP["x"] + "="), "without padding"),
        (changed(OKP, x=OKP["x"][:-1] + "9"), "unused bits"),
        (changed(OKP, x=OKP["x"].replace("_", "/")), "alphabet"),
        (changed(RSA, n=b64(b"\0" + multibase.decode_base64url(RSA["n"]))), "begins with a zero byte"),
        (changed(RSA, n=b64(multibase.decode_base64url(RSA["n"])[:128])), "this one has 1024"),
        (changed(RSA, n=b64(b"\xff" * 1025)), "this one has 8200"),
        (changed(RSA, e="AQ"), "exponent"),
        (changed(RSA, e="AQAA"), "exponent"),
        (changed(RSA, e=b64(b"\x01" * 9)), "exponent"),
        (changed(EC, use="enc"), "its use is 'enc'"),
        (changed(EC, key_ops=["encrypt"]), "key_ops"),
        (changed(EC, key_ops="verify"), "key_ops"),
        (changed(EC, alg="ES384"), "alg 'ES384' does not fit a P-256 key; ES256 would"),
        (changed(RSA, alg="HS256"), "alg 'HS256' does not fit"),
        (changed(RSA, alg="PS256"), "alg 'PS256' does not fit"),
        ([OKP], "it is list"),
        ("{}", "it is str"),
    ],
)
def test_malformed_public_jwks(jwk: object, reason: str) -> None:
    """Private, confused, incomplete, off the curve, in another encoding, or meant for something else: each is refused."""
    for each in (OKP, EC, EC384, RSA):
        assert PublicKey.from_jwk(each)
    with pytest.raises(UnusableKey, match=reason):
        PublicKey.from_jwk(jwk)


@pytest.mark.parametrize(
    ("jwk", "reason"),
    [
        (EC, "no member d"),
        (changed(vectors.P256.jwk(), d=b64(bytes(32))), "zero or too large"),
        (changed(vectors.P256.jwk(), d=b64(vectors.P256.raw[:-1])), "has 31 bytes"),
        (changed(vectors.P256.jwk(), d=b64(vectors.ED25519.raw)), "do not belong together"),
        (changed(vectors.ED25519.jwk(), d=b64(vectors.P256.raw)), "do not belong together"),
        (changed(vectors.RSA_JWK, p=None), "p of the JWK is missing"),
        (changed(vectors.RSA_JWK, p=vectors.RSA_JWK["q"]), "do not belong together"),
        (changed(vectors.RSA_JWK, n=vectors.THUMBPRINT_JWK["n"]), "do not belong together"),
        (changed(vectors.RSA_JWK, d=vectors.RSA_JWK["dp"]), "do not belong together"),
        (changed(vectors.RSA_JWK, oth=[]), "more than two primes"),
    ],
)
def test_malformed_private_jwks(jwk: dict[str, Any], reason: str) -> None:
    """Public, out of range, or with members of different keys: each is refused for that reason."""
    for key in SIGNERS:
        assert SecretKey.from_jwk(key.jwk())
    with pytest.raises(UnusableKey, match=reason):
        SecretKey.from_jwk(jwk)
