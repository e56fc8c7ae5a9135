"""The configuration file with which the test suites of W3C run against a server (localConfig.cjs)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing.keys import KeyType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from skillmark_reference.issuers import Issuer

_VERSIONS = {"vc": ["1.1", "2.0"]}
_ECDSA_KEYS = [KeyType.P256.value, KeyType.P384.value]
#: Tags of the data model suite. It asks for texts with a base direction, which are in no RDF statement: only what signs the
#: JSON itself signs them too.
_DATA_MODEL = {"eddsa-jcs-2022": ["vc2.0"], "vc-jose-cose": ["EnvelopingProof"]}
_STATUS_TAG = "BitstringStatusList"
_SELECTIVE = "ecdsa-sd-2023"
_HEAD = """\
// localConfig.cjs: put this file into the root folder of a test suite of W3C, and run `npm test` there.
// With a self-signed certificate, start the suite with NODE_EXTRA_CA_CERTS=<the authority file that the server names>.
module.exports = """


def suite_configuration(base_url: str, issuers: Iterable[Issuer]) -> str:
    """Return the text of a localConfig.cjs with every endpoint of a server and the tags of every suite.

    Args:
        base_url: Scheme, host and prefix of the server.
        issuers: Its issuers.
    """
    base = base_url.rstrip("/")
    known = list(issuers)
    implementation = {
        "name": "Skillmark",
        "implementation": "Skillmark reference server",
        "issuers": [_issuer(each, base) for each in known],
        "verifiers": [_verifier(known[0].did, f"{base}/credentials/verify", known)],
        "vpVerifiers": [
            {
                "id": known[0].did,
                "endpoint": f"{base}/presentations/verify",
                "tags": sorted(tag for tags in _DATA_MODEL.values() for tag in tags),
            }
        ],
        "vcHolders": [
            {
                "id": known[0].did,
                "endpoint": f"{base}/credentials/derive",
                "tags": ["vcHolder", _SELECTIVE],
                "supportedEcdsaKeyTypes": [KeyType.P256.value],
                "supports": _VERSIONS,
            }
        ],
    }
    settings = {"enableInteropTests": True, "testAllImplementations": False}
    return f"{_HEAD}{json.dumps({'settings': settings, 'implementations': [implementation]}, indent=2)};\n"


def _issuer(issuer: Issuer, base: str) -> dict[str, Any]:
    endpoint = {
        "id": issuer.did,
        "endpoint": f"{issuer.url(base)}/credentials/issue",
        "tags": _tags(issuer),
        "supports": _VERSIONS,
    }
    if issuer.kind.key_type is KeyType.ED25519:
        return endpoint
    return {**endpoint, "supportedEcdsaKeyTypes": [issuer.kind.key_type.value]}


def _tags(issuer: Issuer) -> list[str]:
    kind = issuer.kind
    if kind.adds_status:
        return [_STATUS_TAG]
    suite = [kind.cryptosuite] if kind.cryptosuite else []
    return [*suite, *_DATA_MODEL.get(kind.slug, [])]


def _verifier(name: str, endpoint: str, issuers: list[Issuer]) -> dict[str, Any]:
    tags = {tag for issuer in issuers for tag in _tags(issuer)} | {"Ed25519Signature2020"}
    return {
        "id": name,
        "endpoint": endpoint,
        "tags": sorted(tags),
        "supports": _VERSIONS,
        "supportedEcdsaKeyTypes": _ECDSA_KEYS,
    }
