"""Credentials that users held before anybody connected: VC-JWTs of an issuer who signs by Ed25519."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256

from .keeping import Entry, identity

if TYPE_CHECKING:
    from collections.abc import Iterator

_KEYS: list[rsa.RSAPrivateKey] = []


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _key() -> rsa.RSAPrivateKey:
    if not _KEYS:
        _KEYS.append(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    return _KEYS[0]


def stocked(name: str, count: int) -> Iterator[Entry]:
    """Yield credentials of somebody, signed by RS256."""
    numbers = _key().public_key().public_numbers()
    jwk = {"kty": "RSA", "n": _text(numbers.n.to_bytes(256, "big")), "e": "AQAB"}
    issuer = "did:jwk:" + _text(json.dumps(jwk).encode())
    for number in range(count):
        value = _credential(name, number, issuer)
        claims = value | {
            "iss": issuer,
            "jti": value["id"],
            "nbf": 1577836800 + number,
            "sub": value["credentialSubject"]["id"],
        }
        head = {"alg": "RS256", "typ": "JWT", "kid": issuer + "#0"}
        text = f"{_text(json.dumps(head).encode())}.{_text(json.dumps(claims).encode())}"
        token = f"{text}.{_text(_key().sign(text.encode(), padding.PKCS1v15(), SHA256()))}"
        yield Entry(key=identity(value) or ("", ""), text=token, is_token=True, value=claims)


def _credential(name: str, number: int, issuer: str) -> dict[str, Any]:
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": f"urn:example:{name}:{number}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": f"Badge {number}",
        "issuer": {"id": issuer, "type": ["Profile"], "name": "An older issuer"},
        "validFrom": f"2020-01-01T00:00:{number:02}Z",
        "credentialSubject": {
            "id": f"mailto:{name}@example.org",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": f"urn:example:achievement:{number}",
                "type": ["Achievement"],
                "name": f"Badge {number}",
                "description": "Something done well",
                "criteria": {"narrative": "Done well"},
            },
        },
    }
