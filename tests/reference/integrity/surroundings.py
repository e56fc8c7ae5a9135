"""What the tests of proofs share: contexts, keys, and documents with a healthy proof."""

from __future__ import annotations

import copy
import functools
import json
from typing import TYPE_CHECKING, Any

from tests.reference.integrity.known_answers import D1, ED, HMAC_KEY, P256, P384, SD_PROOF, KeyPair

from skillmark_reference.securing.integrity.contexts import ED25519_2020_V1, Contexts, bundled_contexts
from skillmark_reference.securing.integrity.cryptosuites import create_proof
from skillmark_reference.securing.integrity.selective import Disclosure
from skillmark_reference.securing.integrity.transforming import Environment
from skillmark_reference.securing.keys import PublicKey, SecretKey

if TYPE_CHECKING:
    from skillmark_reference.securing.integrity.problems import Problem, ProblemKind

EXAMPLES_V2 = "https://www.w3.org/ns/credentials/examples/v2"
VOCABULARY = "https://vocabulary.example/v1"

#: Terms for what credentials/v2 has none of: every kind of container, coercion and null.
_VOCABULARY = {
    "@context": {
        "@version": 1.1,
        "ex": "https://vocabulary.example/terms#",
        "link": {"@id": "ex:link", "@type": "@id"},
        "word": {"@id": "ex:word", "@type": "@vocab"},
        "known": "ex:known",
        "note": "ex:note",
        "count": "ex:count",
        "data": {"@id": "ex:data", "@type": "@json"},
        "steps": {"@id": "ex:steps", "@container": "@list"},
        "label": {"@id": "ex:label", "@container": "@language"},
        "title": {"@id": "ex:title", "@language": "no_tag"},
        "entries": {"@id": "ex:entries", "@container": "@index"},
        "people": {"@id": "ex:people", "@container": "@id"},
        "things": {"@id": "ex:things", "@container": "@type"},
        "graph": {"@id": "ex:graph", "@type": "@id", "@container": "@graph"},
        "nothing": None,
        "Known": "ex:Known",
    }
}


@functools.cache
def contexts() -> Contexts:
    """The bundled contexts, W3C's examples context (only a vocabulary for all other terms), and one for these tests."""
    examples = {"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}
    added = {EXAMPLES_V2: examples, VOCABULARY: _VOCABULARY}
    return bundled_contexts().with_documents({url: json.dumps(each).encode() for url, each in added.items()})


def environment() -> Environment:
    return Environment(contexts=contexts())


def secret(pair: KeyPair) -> SecretKey:
    return SecretKey.from_multikey(pair.secret)


def public(pair: KeyPair) -> PublicKey:
    return PublicKey.from_multikey(pair.public)


def find_key(method: str, _purpose: str) -> PublicKey:
    """Read the key out of a did:key."""
    return PublicKey.from_multikey(method.partition("#")[2])


def disclosure(*pointers: str) -> Disclosure:
    return Disclosure(mandatory_pointers=pointers, hmac_key=HMAC_KEY, proof_key=secret(SD_PROOF))


def options(suite: str, pair: KeyPair, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - any member
    return {
        "type": "DataIntegrityProof",
        "cryptosuite": suite,
        "created": "2025-01-02T03:04:05Z",
        "verificationMethod": pair.verification_method,
        "proofPurpose": "assertionMethod",
        **more,
    }


#: Every suite that signs whole documents, with a key of each curve.
SUITES = (
    ("eddsa-rdfc-2022", ED),
    ("eddsa-jcs-2022", ED),
    ("ecdsa-rdfc-2019", P256),
    ("ecdsa-rdfc-2019", P384),
    ("ecdsa-jcs-2019", P256),
    ("ecdsa-jcs-2019", P384),
)
RDFC_SUITES = tuple((suite, pair) for suite, pair in SUITES if "rdfc" in suite)
JCS_SUITES = tuple((suite, pair) for suite, pair in SUITES if "jcs" in suite)


def signed(suite: str, pair: KeyPair, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - as above
    """Return D1 with a healthy proof."""
    return create_proof(copy.deepcopy(D1), options(suite, pair, **more), secret(pair), environment=environment())


def with_legacy_context(document: dict[str, Any]) -> dict[str, Any]:
    return {**document, "@context": [*document["@context"], ED25519_2020_V1]}


def kinds(problems: tuple[Problem, ...] | list[Problem]) -> list[tuple[ProblemKind, str]]:
    """Return what tells problems apart."""
    return [(problem.kind, problem.pointer) for problem in problems]
