"""The plan of badges on what openbadgeslib issues: the library writes, signs and bakes, and nobody here has a hand in it."""

from __future__ import annotations

import base64
import datetime
import json
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519
from openbadgeslib import ob3

from skillmark.core.outcomes import Outcome, Verdict
from skillmark.core.target import Submissions, Target
from skillmark.engine import find_depth
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark_reference.credentials.issuing import Signer
from skillmark_reference.securing.keys import KeyType, SecretKey

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from skillmark.core.results import RunResult

Record = dict[str, Any]

_RAW = bytes(range(32))
SIGNER = Signer.by_did_key(SecretKey(type=KeyType.ED25519, raw=_RAW), name="School")
PEM = ed25519.Ed25519PrivateKey.from_private_bytes(_RAW).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
BEGIN = datetime.datetime(2025, 1, 1, tzinfo=datetime.UTC)


def badge() -> Any:  # noqa: ANN401 - of the library, which has no types
    """Return a badge as the library builds it."""
    return ob3.OpenBadgeCredential.from_vc_document(
        {
            "@context": [
                "https://www.w3.org/ns/credentials/v2",
                "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            ],
            "id": "urn:uuid:00000000-0000-4000-8000-000000000001",
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "issuer": dict(SIGNER.profile),
            "validFrom": "2025-01-01T00:00:00Z",
            "name": "Schweißen",
            "credentialSubject": {
                "id": "did:example:learner",
                "type": ["AchievementSubject"],
                "achievement": {
                    "id": "https://school.example/achievements/welding",
                    "type": ["Achievement"],
                    "name": "Schweißen",
                    "description": "Joins steel.",
                    "criteria": {"narrative": "Weld three seams."},
                },
            },
        }
    )


def proved() -> Record:
    """Return the badge with its embedded proof."""
    signed: Record = ob3.OB3LdpSigner(PEM, SIGNER.verification_method).sign(badge(), created=BEGIN)
    return signed


def token() -> str:
    """Return the badge as a token."""
    signed: str = ob3.OB3Signer(PEM, algorithm="EdDSA").sign(badge())
    return signed


def ran(folder: Path, secured: Record | str) -> RunResult:
    """Run the plan on a file."""
    name, text = ("badge.jwt", secured) if isinstance(secured, str) else ("badge.json", json.dumps(secured))
    (folder / name).write_text(text, encoding="utf-8")
    given = Submissions(sources=(str(folder),), offline=True)
    return certify(find_plan("ob-3.0-issuer"), Target(submissions=given), options=RunOptions(depth=find_depth("smoke")))


def failed(result: RunResult) -> set[str]:
    """Return the requirements that a run says are broken."""
    return {each.finding.requirement for each in result.findings if each.outcome is Outcome.FAILED}


@pytest.mark.parametrize("secure", [proved, token], ids=["proof", "token"])
def test_what_it_issues_is_not_accused(tmp_path: Path, secure: Callable[[], Record | str]) -> None:
    """Nothing fails, and the signature counts as good."""
    result = ran(tmp_path, secure())
    assert set() == failed(result)
    assert Outcome.PASSED is result.requirements["OB30-R-224"].outcome


def _renamed(signed: Record) -> Record:
    signed["credentialSubject"]["achievement"]["name"] = "Brain surgery"
    return signed


def _given_away(signed: Record) -> Record:
    signed["credentialSubject"]["id"] = "did:example:other"
    return signed


def _prolonged(signed: Record) -> Record:
    return signed | {"validUntil": "2099-01-01T00:00:00Z"}


def _unsigned(signed: Record) -> Record:
    return {name: value for name, value in signed.items() if name != "proof"}


@pytest.mark.parametrize("change", [_renamed, _given_away, _prolonged, _unsigned])
def test_what_was_changed_after_it_was_signed_fails(tmp_path: Path, change: Callable[[Record], Record]) -> None:
    """One change, and the proof does not hold any more."""
    result = ran(tmp_path, change(proved()))
    assert Verdict.NOT_CONFORMANT is result.verdict
    assert {"OB30-R-085", "OB30-R-224"} <= failed(result)


@pytest.mark.parametrize(
    ("part", "change", "requirement"),
    [
        (1, {"name": "Brain surgery"}, "OB30-R-104"),
        (1, {"sub": "did:example:other"}, "OB30-R-104"),
        (0, {"alg": "none"}, "OB30-R-092"),
    ],
    ids=["name", "subject", "algorithm"],
)
def test_a_changed_token_fails(tmp_path: Path, part: int, change: Record, requirement: str) -> None:
    """The signature is over header and payload, and there has to be one."""
    parts = token().split(".")
    value = json.loads(base64.urlsafe_b64decode(parts[part] + "=" * (-len(parts[part]) % 4)))
    parts[part] = base64.urlsafe_b64encode(json.dumps(value | change).encode()).decode().rstrip("=")
    result = ran(tmp_path, ".".join(parts))
    assert Verdict.NOT_CONFORMANT is result.verdict
    assert requirement in failed(result)


def test_its_own_verifier_agrees() -> None:
    """What the plan lets pass the library accepts too, so that the agreement is not of two mistakes of ours."""
    assert ob3.OB3LdpVerifier().verify(proved()) is not None
