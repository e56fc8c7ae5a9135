"""Known answers: the published vectors of W3C, and further ones that two independent implementations agreed on.

Published: GitHub w3c/vc-di-eddsa and w3c/vc-di-ecdsa, folder TestVectors. Signatures are deterministic, so that they are
compared byte for byte.
"""
# ruff: noqa: E501 - canonical N-Quads have one statement in a line

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class KeyPair:
    """A published key pair, as Multikeys."""

    public: str
    secret: str

    @property
    def verification_method(self) -> str:
        return f"did:key:{self.public}#{self.public}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a suite makes of a document."""

    type: str
    cryptosuite: str | None
    key: KeyPair
    created: str
    proof_hash: str
    document_hash: str
    proof_value: str

    @property
    def options(self) -> dict[str, Any]:
        suite = {"cryptosuite": self.cryptosuite} if self.cryptosuite else {}
        return {
            "type": self.type,
            **suite,
            "created": self.created,
            "verificationMethod": self.key.verification_method,
            "proofPurpose": "assertionMethod",
        }


ED = KeyPair(
    public="z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2",
    secret="z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq",
)
P256 = KeyPair(
    public="zDnaepBuvsQ8cpsWrVKw8fbpGpvPeNSjVPTWoq6cRqaYzBKVP",
    secret="z42twTcNeSYcnqg1FLuSFs2bsGH3ZqbRHFmvS9XMsYhjxvHN",
)
P384 = KeyPair(
    public="z82LkuBieyGShVBhvtE2zoiD6Kma4tJGFtkAhxR5pfkp5QPw4LutoYWhvQCnGjdVn14kujQ",
    secret="z2fanyY7zgwNpZGxX5fXXibvScNaUWNprHU9dKx7qpVj7mws9J8LLt4mDB5TyH2GLHWkUc",
)
SD_PROOF = KeyPair(
    public="zDnaeTHfhmSaQKBc7CmdL3K7oYg3D6SC7yowe2eBeVd2DH32r",
    secret="z42tqvNGyzyXRzotAYn43UhcFtzDUVdxJ7461fwrfhBPLmfY",
)
CHAIN_1 = KeyPair(
    public="z6MktgKTsu1QhX6QPbyqG6geXdw6FQCZBPq7uQpieWbiQiG7",
    secret="z3u2W4YnTstS1nSSBAgZcYSJF43JuZ9uLV6bF38B1Bf8NugW",
)
CHAIN_2 = KeyPair(
    public="z6MkhWqdDBPojHA7cprTGTt5yHv5yUi1B8cnXn8ReLumkw6E",
    secret="z3u2cfp4Q17kMGhNCh348a3yw3cUBiWK6RXRzyJE54sixMFn",
)
CHAIN_3 = KeyPair(
    public="z6MkmEq87wkHCYnWnNZkigeDMGTN7oUw1upkhzd77KuXERS1",
    secret="z3u2Zr3tcDLBDQKGxVa9SRDFNLqNqPWsa8p9rWPvCEH6bADB",
)
CHAIN_4 = KeyPair(
    public="z6Mkm1S51iPHJvDEkJ9MRtxJmT8Pqo6wHipAFwBAjN83vntT",
    secret="z3u2ZTWiFwM17veUR7sXniY66Gf14SqMdpMLy7SW9x4EDdmw",
)
HMAC_KEY = bytes.fromhex("00112233445566778899aabbccddeeff" * 2)

#: unsigned.json of both repositories.
ALUMNI: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
#: Two blank nodes, text outside of ASCII, an escape.
D1: dict[str, Any] = {
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "id": "urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10",
    "type": ["VerifiableCredential"],
    "name": "Known answer 1",
    "issuer": {"id": "https://issuer.example/profile", "name": "Issuer é€"},
    "validFrom": "2025-01-01T00:00:00Z",
    "credentialStatus": [
        {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "42",
            "statusListCredential": "https://issuer.example/status/1",
        },
        {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "suspension",
            "statusListIndex": "43",
            "statusListCredential": "https://issuer.example/status/2",
        },
    ],
    "credentialSubject": {"id": "did:example:learner-1", "name": "Ada", "description": 'line one\nline "two"'},
}
D1_NQUADS = """<did:example:learner-1> <https://schema.org/description> "line one\\nline \\"two\\"" .
<did:example:learner-1> <https://schema.org/name> "Ada" .
<https://issuer.example/profile> <https://schema.org/name> "Issuer é€" .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/2018/credentials#VerifiableCredential> .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <https://schema.org/name> "Known answer 1" .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <https://www.w3.org/2018/credentials#credentialStatus> _:c14n0 .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <https://www.w3.org/2018/credentials#credentialStatus> _:c14n1 .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <https://www.w3.org/2018/credentials#credentialSubject> <did:example:learner-1> .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <https://www.w3.org/2018/credentials#issuer> <https://issuer.example/profile> .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <https://www.w3.org/2018/credentials#validFrom> "2025-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/ns/credentials/status#BitstringStatusListEntry> .
_:c14n0 <https://www.w3.org/ns/credentials/status#statusListCredential> <https://issuer.example/status/2> .
_:c14n0 <https://www.w3.org/ns/credentials/status#statusListIndex> "43" .
_:c14n0 <https://www.w3.org/ns/credentials/status#statusPurpose> "suspension" .
_:c14n1 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/ns/credentials/status#BitstringStatusListEntry> .
_:c14n1 <https://www.w3.org/ns/credentials/status#statusListCredential> <https://issuer.example/status/1> .
_:c14n1 <https://www.w3.org/ns/credentials/status#statusListIndex> "42" .
_:c14n1 <https://www.w3.org/ns/credentials/status#statusPurpose> "revocation" .
"""
D1_JCS = (
    '{"@context":["https://www.w3.org/ns/credentials/v2"],"credentialStatus":[{"statusListCredential":"ht'
    'tps://issuer.example/status/1","statusListIndex":"42","statusPurpose":"revocation","type":"Bitstring'
    'StatusListEntry"},{"statusListCredential":"https://issuer.example/status/2","statusListIndex":"43","'
    'statusPurpose":"suspension","type":"BitstringStatusListEntry"}],"credentialSubject":{"description":"'
    'line one\\nline \\"two\\"","id":"did:example:learner-1","name":"Ada"},"id":"urn:uuid:0d3a6f4e-6a51-4c0f'
    '-9b53-2f6c1a7e4b10","issuer":{"id":"https://issuer.example/profile","name":"Issuer é€"},"name":"Know'
    'n answer 1","type":["VerifiableCredential"],"validFrom":"2025-01-01T00:00:00Z"}'
)
D1_CONFIGURATION = """_:c14n0 <http://purl.org/dc/terms/created> "2025-01-02T03:04:05Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
_:c14n0 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://w3id.org/security#DataIntegrityProof> .
_:c14n0 <https://w3id.org/security#cryptosuite> "eddsa-rdfc-2022"^^<https://w3id.org/security#cryptosuiteString> .
_:c14n0 <https://w3id.org/security#proofPurpose> <https://w3id.org/security#assertionMethod> .
_:c14n0 <https://w3id.org/security#verificationMethod> <did:key:z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2#z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2> .
"""
#: Statements of D1 under the labels of `HMAC_KEY`.
D1_SIGNED_NQUADS = """<did:example:learner-1> <https://schema.org/description> "line one\\nline \\"two\\"" .
<did:example:learner-1> <https://schema.org/name> "Ada" .
<https://issuer.example/profile> <https://schema.org/name> "Issuer é€" .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/2018/credentials#VerifiableCredential> .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <https://schema.org/name> "Known answer 1" .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <https://www.w3.org/2018/credentials#credentialStatus> _:u3Lv2QpFgo-YAegc1cQQKWJFW2sEjQF6FfuZ0VEoMKHg .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <https://www.w3.org/2018/credentials#credentialStatus> _:u4YIOZn1MHES1Z4Ij2hWZG3R4dEYBqg5fHTyDEvYhC38 .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <https://www.w3.org/2018/credentials#credentialSubject> <did:example:learner-1> .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <https://www.w3.org/2018/credentials#issuer> <https://issuer.example/profile> .
<urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10> <https://www.w3.org/2018/credentials#validFrom> "2025-01-01T00:00:00Z"^^<http://www.w3.org/2001/XMLSchema#dateTime> .
_:u3Lv2QpFgo-YAegc1cQQKWJFW2sEjQF6FfuZ0VEoMKHg <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/ns/credentials/status#BitstringStatusListEntry> .
_:u3Lv2QpFgo-YAegc1cQQKWJFW2sEjQF6FfuZ0VEoMKHg <https://www.w3.org/ns/credentials/status#statusListCredential> <https://issuer.example/status/1> .
_:u3Lv2QpFgo-YAegc1cQQKWJFW2sEjQF6FfuZ0VEoMKHg <https://www.w3.org/ns/credentials/status#statusListIndex> "42" .
_:u3Lv2QpFgo-YAegc1cQQKWJFW2sEjQF6FfuZ0VEoMKHg <https://www.w3.org/ns/credentials/status#statusPurpose> "revocation" .
_:u4YIOZn1MHES1Z4Ij2hWZG3R4dEYBqg5fHTyDEvYhC38 <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <https://www.w3.org/ns/credentials/status#BitstringStatusListEntry> .
_:u4YIOZn1MHES1Z4Ij2hWZG3R4dEYBqg5fHTyDEvYhC38 <https://www.w3.org/ns/credentials/status#statusListCredential> <https://issuer.example/status/2> .
_:u4YIOZn1MHES1Z4Ij2hWZG3R4dEYBqg5fHTyDEvYhC38 <https://www.w3.org/ns/credentials/status#statusListIndex> "43" .
_:u4YIOZn1MHES1Z4Ij2hWZG3R4dEYBqg5fHTyDEvYhC38 <https://www.w3.org/ns/credentials/status#statusPurpose> "suspension" .
"""
D1_MANDATORY = (2, 3, 5, 8, 9, 10, 11, 12, 13)
D1_BASE = (
    "u2V0AhVhAEdcZSCH85_U6MPFOU-Zf03bV2u2oysXBD0_H4pwIfZQ2IB02VNsVC4SSb-BZrfKce-Id1YN3ZHkeWu3S9db0q1gjgCQ"
    "CKnLOGbY_FuM-ASpSkkOxsIR2E8n7Ml2q1UQ6tEwzi5NYIAARIjNEVWZ3iJmqu8zd7v8AESIzRFVmd4iZqrvM3e7_iVhAsu7NP4I"
    "sCj8z5X2N4JEqcRd2djCztb79TxT_HJNcCWcQISQTuqYx5a4lox9czDfQyDTJAANx4zoU-Q8ODbAsiFhAbKNQ_zPfW50WB2MXPYA"
    "ydvB8I9XvtUgbpQ0HZLFPCWZ3DSCGUzNdzaVM_GUXWKVz6pUzIghPICyMmD8eIEglFlhADZ9aSnKo95Wl6rjj09Ry7gidZiZcb-t"
    "1nSn0YfHs8lbwT_tfv3x2U27Xqq8WeZ0qjppHcJ0e6NAOepkUEZDCZ1hAZvGZyMjs9BjFxOy4GRLApapb9JdWgvpTZ_7wF7Wh6xJ"
    "Rj9X9iknDrp4yZO_jSGnNBQ0IIKtfq8Jj6LAdc513T1hAi3F2HWa9xZZtpOu2tsSFogPvNSOAcVVyW53vi4PwzSajXnc3hIGLAAc"
    "ACHx9WfNAkAKKYcdLMwxphGqbQtiwzlhARNGpiwJG1v1XEjDkh0TROQ9UC4msrJiq2eaJrya4Xdh-0EQilOFqvwQgoygNHL1ZmkQ"
    "qvWL73FyeXdXY1KFyo1hA-CLcZRrfX_0Mo1tLP20Hy6GRJYlf56aUQGUOAbiswatfDXy4YDmjUiRc0D6Jit2upBTRA4EVQIEWFOx"
    "jNx1ej1hA4n0TnpZRVCYZAaE8uxqE3o4QNs70F1jCxwXvSYKY6F_v22Wv1HnIHEbbkw1BOFDinWIwaWkkDsbM52tZ7aJjvlhAgwt"
    "RZtSzeQd_IQwwmWMHJFQvkcU-M49I_nb8GGeVctuONohzxTuwIn3XY7WEsffLkGrlt1IMsw_2w9iq5e2FRINnL2lzc3VlcmovdmF"
    "saWRGcm9tcy9jcmVkZW50aWFsU3RhdHVzLzA"
)
D1_DERIVED = (
    "u2V0BhVhAEdcZSCH85_U6MPFOU-Zf03bV2u2oysXBD0_H4pwIfZQ2IB02VNsVC4SSb-BZrfKce-Id1YN3ZHkeWu3S9db0q1gjgCQ"
    "CKnLOGbY_FuM-ASpSkkOxsIR2E8n7Ml2q1UQ6tEwzi5ODWEBso1D_M99bnRYHYxc9gDJ28Hwj1e-1SBulDQdksU8JZncNIIZTM13"
    "NpUz8ZRdYpXPqlTMiCE8gLIyYPx4gSCUWWEANn1pKcqj3laXquOPT1HLuCJ1mJlxv63WdKfRh8ezyVvBP-1-_fHZTbteqrxZ5nSq"
    "OmkdwnR7o0A56mRQRkMJnWECLcXYdZr3Flm2k67a2xIWiA-81I4BxVXJbne-Lg_DNJqNedzeEgYsABwAIfH1Z80CQAophx0szDGm"
    "EaptC2LDOoQBYINy79kKRYKPmAHoHNXEECliRVtrBI0BehX7mdFRKDCh4iQECBAYHCAkKCw"
)
D1_REVEALED: dict[str, Any] = {
    "id": "urn:uuid:0d3a6f4e-6a51-4c0f-9b53-2f6c1a7e4b10",
    "type": ["VerifiableCredential"],
    "@context": ["https://www.w3.org/ns/credentials/v2"],
    "issuer": {"id": "https://issuer.example/profile", "name": "Issuer é€"},
    "validFrom": "2025-01-01T00:00:00Z",
    "credentialStatus": [
        {
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "42",
            "statusListCredential": "https://issuer.example/status/1",
        }
    ],
    "credentialSubject": {"id": "did:example:learner-1", "name": "Ada"},
    "name": "Known answer 1",
}
#: Of `ALUMNI`.
PUBLISHED = (
    Answer(
        type="DataIntegrityProof",
        cryptosuite="eddsa-rdfc-2022",
        key=ED,
        created="2023-02-24T23:36:38Z",
        proof_hash=("bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"),
        document_hash=("517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"),
        proof_value=("z2YwC8z3ap7yx1nZYCg4L3j3ApHsF8kgPdSb5xoS1VR7vPG3F561B52hYnQF9iseabecm3ijx4K1FBTQsCZahKZme"),
    ),
    Answer(
        type="DataIntegrityProof",
        cryptosuite="eddsa-jcs-2022",
        key=ED,
        created="2023-02-24T23:36:38Z",
        proof_hash=("66ab154f5c2890a140cb8388a22a160454f80575f6eae09e5a097cabe539a1db"),
        document_hash=("59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"),
        proof_value=("z2HnFSSPPBzR36zdDgK8PbEHeXbR56YF24jwMpt3R1eHXQzJDMWS93FCzpvJpwTWd3GAVFuUfjoJdcnTMuVor51aX"),
    ),
    Answer(
        type="Ed25519Signature2020",
        cryptosuite=None,
        key=ED,
        created="2023-02-24T23:36:38Z",
        proof_hash=("04e14bcf5727cba0c0aa04a04d22a56fef915d5f8f7756bb92ae67cb1d0c4847"),
        document_hash=("517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"),
        proof_value=("z57Mm1vboMtZiCyJ4aReZsv8co4Re64Y8GEjL1ZARzMbXZgkARFLqFs1P345NpPGG2hgCrS4nNdvJhpwnrNyG3kEF"),
    ),
    Answer(
        type="DataIntegrityProof",
        cryptosuite="ecdsa-rdfc-2019",
        key=P256,
        created="2023-02-24T23:36:38Z",
        proof_hash=("3a8a522f689025727fb9d1f0fa99a618da023e8494ac74f51015d009d35abc2e"),
        document_hash=("517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"),
        proof_value=("zaHXrr7AQdydBk3ahpCDpWbxfLokDqmCToYm2dyWvpcFVyWooC2he63w1f7UNQoAMKdhaRtcnaE2KTo5o5vTCcfw"),
    ),
    Answer(
        type="DataIntegrityProof",
        cryptosuite="ecdsa-rdfc-2019",
        key=P384,
        created="2023-02-24T23:36:38Z",
        proof_hash=("e32805a26492eac777aa7a138f6d8da3c74e0c7be7b296dcaccf97420c3b92eaad7be6449ca565e165031567f5c7cbc1"),
        document_hash=(
            "8bf6e01df72c5b62f91b685231915ac4b8c58ea95f002c6b8f6bfafa1b251df476b56b8e01518e317dab099d3ecbff96"
        ),
        proof_value=(
            "z967Mvv5bxtmLNqTzPZ8KmJjFmFXaAKeQNzq7GWnQkMcLtaGSSmuozE5WtJ8PipMe178B1tE28K1vsJur9bGVJhz6jgSJsRH"
            "FSQeqgH8hhjcg8gZDFJC1b9FsR5ggNmDBqHv"
        ),
    ),
    Answer(
        type="DataIntegrityProof",
        cryptosuite="ecdsa-jcs-2019",
        key=P256,
        created="2023-02-24T23:36:38Z",
        proof_hash=("fe5799489119c7fe3c528715e72bd39d2ec6b4ab345978df32e9a9312648ec25"),
        document_hash=("59b7cb6251b8991add1ce0bc83107e3db9dbbab5bd2c28f687db1a03abc92f19"),
        proof_value=("z5ptCet75SaEgzG4v4zJhbJtfNi74Wv7Fq15hhKouJQQjEPQvPZKaYxcMXAMLPQS2FXrkCWokNJkFVkwxNzZfD5oT"),
    ),
    Answer(
        type="DataIntegrityProof",
        cryptosuite="ecdsa-jcs-2019",
        key=P384,
        created="2023-02-24T23:36:38Z",
        proof_hash=("83e5057817abb0c6872eafeaba1a9e53893c58eeb7414fb6d8aa3fa8c7917f7ad4792890b257c598baa17f4fbe6d183c"),
        document_hash=(
            "3e0be671cc1881035d463158c80921973dab3534d4f8dfacf4ff2725a4115eb718e49d66de0e90e7365cd6062abf2259"
        ),
        proof_value=(
            "zq3EuTeLiGurmB2JR5oL8oWEsT7u2tba4HT1oZbiMYWc5qzsoW2kLYcBcF4HM5vCpJyTkceULKrVXuJQkXeN5seL4uXrFNFR"
            "Mm53GWy1Yrto8rTWxZi9DkNeWP7yUPs7ELAm"
        ),
    ),
)
#: Of a document whose context (https://w3id.org/citizenship/v4rc1) is not at hand: the signature over the published hashes.
PUBLISHED_HASHES = (
    Answer(
        type="DataIntegrityProof",
        cryptosuite="eddsa-rdfc-2022",
        key=ED,
        created="2023-02-24T23:36:38Z",
        proof_hash=("bea7b7acfbad0126b135104024a5f1733e705108f42d59668b05c0c50004c6b0"),
        document_hash=("03f59e5b04ab575b1172cb684f22eede72f0e9033e0b5c67d0e2506768d6ce11"),
        proof_value=("zeuuS9pi2ZR8Q41bFFJKS9weSWkwa7pRcxHTHzxjDEHtVSZp3D9Rm3JdzT82EQpmXMb9wvfFJLuDPeSXZaRX1q1c"),
    ),
    Answer(
        type="DataIntegrityProof",
        cryptosuite="ecdsa-rdfc-2019",
        key=P256,
        created="2023-02-24T23:36:38Z",
        proof_hash=("3a8a522f689025727fb9d1f0fa99a618da023e8494ac74f51015d009d35abc2e"),
        document_hash=("03f59e5b04ab575b1172cb684f22eede72f0e9033e0b5c67d0e2506768d6ce11"),
        proof_value=("z4y9rJ7JxwfZZUBAHgDHJh7FzMbsycPhEtcSHqrfyn7fx3S5MWdajNu1r6SsJmirzfcWHe7vp9XKHmRqW6qe7u3d3"),
    ),
    Answer(
        type="DataIntegrityProof",
        cryptosuite="ecdsa-rdfc-2019",
        key=P384,
        created="2023-02-24T23:36:38Z",
        proof_hash=("e32805a26492eac777aa7a138f6d8da3c74e0c7be7b296dcaccf97420c3b92eaad7be6449ca565e165031567f5c7cbc1"),
        document_hash=(
            "1033878f36ffb458c6495fec9c8814dad5215aad131041e6667db28fef6ea718d0de0eb4546bf527746ad2bc908a4320"
        ),
        proof_value=(
            "zz3ca1oME3iYPHM8SgApWFUFVQjiaL9moPqCZ1NAENj3biEQ34qc1ex5VJNLD4jh4N4MY2cmDyDCYGv7EyD87yCGYwag8wRw"
            "iJE1xiHKLhTEhDQFNfuNMsgLiZnqpkCDJPye"
        ),
    ),
)
#: Of `D1`.
OURS = (
    Answer(
        type="DataIntegrityProof",
        cryptosuite="eddsa-rdfc-2022",
        key=ED,
        created="2025-01-02T03:04:05Z",
        proof_hash=("104a542fa6398c24eec7acc91e50a207f5553eb9e75465ec05c4e0f32a7fa41a"),
        document_hash=("aa6e05edfa330518cfbd16c51913686e557c46c7d9b5bfdea69eca6189ec7791"),
        proof_value=("z5qkBFK9X9ripUGY28cXwJUuvqEDp3maMs6s1XmsmpCyZM45e9gaumHFiZo7dZQciyvhJx2u1Dj9H9GAuM6NdSF7g"),
    ),
    Answer(
        type="DataIntegrityProof",
        cryptosuite="eddsa-jcs-2022",
        key=ED,
        created="2025-01-02T03:04:05Z",
        proof_hash=("f3397ac57c795b8c9f7a59b3ad0c0964ad9fb3308ce10a0a906781752f5a5961"),
        document_hash=("f1eac49824c5120144409ee91429211eb282493340a8401cd8b022a0d653d628"),
        proof_value=("z4KZ8A8ma3PZVoJKTzprH2H5F5qUS2Kh6SqFLrZVQiNfnTmawLHfxKiguYhNgLnsPm6ZcBa5fob2MbcmSFdXN2Uqg"),
    ),
    Answer(
        type="DataIntegrityProof",
        cryptosuite="ecdsa-rdfc-2019",
        key=P256,
        created="2025-01-02T03:04:05Z",
        proof_hash=("30bfa0e0082b6b0b18211969edbc5252591324167fe8d82a9aebaf1a8124c9ef"),
        document_hash=("aa6e05edfa330518cfbd16c51913686e557c46c7d9b5bfdea69eca6189ec7791"),
        proof_value=("z2xqWVFrvarDYPMfMwUQ8Vz7m3oEU5ogZ1y1KjS1jzUfabhLK9QyKEt2423drvUGm3pwYZSfsmNoSuythBiV6VvCi"),
    ),
    Answer(
        type="DataIntegrityProof",
        cryptosuite="ecdsa-rdfc-2019",
        key=P384,
        created="2025-01-02T03:04:05Z",
        proof_hash=("b4d0365fc92573bd3df42043aa3d19ceb63bd67fc0904715fed19193e54d5f8b8e2f65f225f1faaffd43b3a614e80e8a"),
        document_hash=(
            "1eb8dfaad3e35e8f50e7c37501d6c94da35df35db169ac2da9da1f29e4135aece946301bfac3a077742dffa83d8b372b"
        ),
        proof_value=(
            "zV2uV6Y9ZCbRpnYeRu3iJvCgevYEVRA3ssLKDq95J9isuDrQHXBCVa31xhiDfuHAcv7kksZv6rzELF6WM8bARhmnoefRSNbj"
            "TnxBqqNLKbrNu3eryuTP7uLY2veX9uoLkoMX"
        ),
    ),
    Answer(
        type="DataIntegrityProof",
        cryptosuite="ecdsa-jcs-2019",
        key=P256,
        created="2025-01-02T03:04:05Z",
        proof_hash=("efe64aeb9b490e5b94fec43f1ab0fef776f60c65c4a73d23e7a0467725cc300a"),
        document_hash=("f1eac49824c5120144409ee91429211eb282493340a8401cd8b022a0d653d628"),
        proof_value=("z3D1ERTPqiX9KaQtRH8ydTgYQTB7msco24MYRMYzp5VfAhoBiXrHjSZfySCctJf8xtqjAcMbbkoqUUwjADZSdiEXc"),
    ),
    Answer(
        type="DataIntegrityProof",
        cryptosuite="ecdsa-jcs-2019",
        key=P384,
        created="2025-01-02T03:04:05Z",
        proof_hash=("cce3c765c14014095c208f09399c77ff87a53330940890b16d63247cf1cd52ebb613fbf79511ba11e947df999d58b15a"),
        document_hash=(
            "269a663a4d5f32e2a42a43a8783083c178527b931be783952b015a1ab76eeff3624bf5e75a4d8cd30170fb72980fe5d6"
        ),
        proof_value=(
            "zEpN87YUMuS2EVSfYZ3Nexxu2feAKiCXYnHGmhCXken7KzpJTEttPGjep7DJC1RXPCumRgwKDEiAQNKxz6xnMwdVeL43XwcM"
            "jqcV5dvb3EXruoeZ2oEB2ocy5oqmTLQ44s1a"
        ),
    ),
    Answer(
        type="Ed25519Signature2020",
        cryptosuite=None,
        key=ED,
        created="2025-01-02T03:04:05Z",
        proof_hash=("724e3b6f179936c795d250fbc1343bd7a89bdcd22414f09e05fa530c250a468e"),
        document_hash=("aa6e05edfa330518cfbd16c51913686e557c46c7d9b5bfdea69eca6189ec7791"),
        proof_value=("z3BoyLmwyrcDWF9bFYsTu6zqVChEazgjWhapHmPDMdBAuMYoxW3ruHqAF1oWnkHqSeAos7uKoEtTkYmDRdiZ6ocLM"),
    ),
)
#: Proofs of proof-set-chain, in order: two of a set, two of a chain behind it.
CHAIN: tuple[tuple[KeyPair, dict[str, Any]], ...] = (
    (
        CHAIN_1,
        {
            "id": "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544",
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2023-02-24T23:36:38Z",
            "proofPurpose": "assertionMethod",
            "proofValue": "z66vWyqwAghu52WbpRkCwFRTu6Msn92ArtjpJ3gGMSVoU5RADwBfszoDt1QWY8owqLPz4nTj7hAwV7xFti1p93zdr",
        },
    ),
    (
        CHAIN_2,
        {
            "id": "urn:uuid:8cc9022b-6b14-4cf3-8571-74972c5feb54",
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2023-02-24T23:36:38Z",
            "proofPurpose": "assertionMethod",
            "proofValue": "z2scr94SNNrGpP2bE7ajvKWeUHm7HJ2edDkxpARvFAQ8V3USzwEzibqrXKaLHBrWostswsfvg82twQR88BgtnsrXY",
        },
    ),
    (
        CHAIN_3,
        {
            "id": "urn:uuid:d94f792a-c546-4d06-b38a-da070ab56c23",
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2023-02-26T22:06:38Z",
            "previousProof": [
                "urn:uuid:26329423-bec9-4b2e-88cb-a7c7d9dc4544",
                "urn:uuid:8cc9022b-6b14-4cf3-8571-74972c5feb54",
            ],
            "proofPurpose": "assertionMethod",
            "proofValue": "zWaPeEvBAkhQpNQj8pknuvg5STcKnt3cvM9t4kAYeJETFjvVMSXEEjadC4uxC9fKCn6JHbjt6fj2fhoaVNynBm6J",
        },
    ),
    (
        CHAIN_4,
        {
            "type": "DataIntegrityProof",
            "cryptosuite": "eddsa-rdfc-2022",
            "created": "2023-02-26T22:16:38Z",
            "previousProof": "urn:uuid:d94f792a-c546-4d06-b38a-da070ab56c23",
            "proofPurpose": "assertionMethod",
            "proofValue": "z4b5uUtxNiV4E541LiR8qLvA21xM1Vt4Hfn6nLmmDePdFvLB3jFj3HyEEJyRMbpJzv4Gfdr8ABeuRTxAvZv6KWRRh",
        },
    ),
)
