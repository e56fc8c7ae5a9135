"""What the tests of issuing share: keys in files, drafts of credentials, images, and runs of the command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.reference.credentials.surroundings import secret
from tests.reference.securing import vectors

from skillmark.cli.application import run
from skillmark_reference.credentials.issuance.key_files import key_document
from skillmark_reference.securing.keys import KeyType

if TYPE_CHECKING:
    import pytest

    from skillmark_reference.securing.keys import SecretKey

Record = dict[str, Any]

#: One pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f64540"
    "0000000049454e44ae426082"
)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'
LEARNER = "did:example:learner"
ACHIEVEMENT = {
    "id": "https://school.example/achievements/welding",
    "type": ["Achievement"],
    "name": "Welding",
    "description": "Joins steel.",
    "criteria": {"narrative": "Weld three seams."},
}
#: Fixed keys by the name of their type.
KEYS: dict[str, SecretKey] = {
    "ed25519": secret(1),
    "p-256": secret(5, KeyType.P256),
    "p-384": secret(6, KeyType.P384),
    "rsa": vectors.RSA,
}


def key_file(name: str = "ed25519") -> str:
    """Write a file with one of the fixed keys, and return its name."""
    return written(f"{name}.json", key_document(KEYS[name]))


def written(name: str, content: object) -> str:
    """Write a file in the folder of the test, and return its name."""
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    Path(name).write_bytes(data)
    return name


def names() -> list[str]:
    """Return the names of the files in the folder of the test."""
    return sorted(each.name for each in Path().iterdir())


def draft(**members: object) -> Record:
    """Return the least that an issuer has to say of a badge."""
    return {"credentialSubject": {"id": LEARNER, "achievement": ACHIEVEMENT}, **members}


def printed(capsys: pytest.CaptureFixture[str], code: int, *arguments: str) -> tuple[str, str]:
    """Assert the exit code, and return what was printed as a result and beside."""
    found = run(list(arguments))
    told = capsys.readouterr()
    assert code == found, told.err
    assert "internal error" not in told.err
    return told.out, told.err


def issued(capsys: pytest.CaptureFixture[str], *arguments: str, key: str = "ed25519") -> Any:  # noqa: ANN401 - JSON or a token
    """Issue, and return the credential."""
    text, _ = printed(capsys, 0, "issue", *arguments, "--key", key_file(key))
    return json.loads(text) if text.startswith("{") else text.strip()


def verdict(capsys: pytest.CaptureFixture[str], code: int, name: str, *arguments: str) -> str:
    """Verify a file, assert the exit code, and return the verdict."""
    text, _ = printed(capsys, code, "verify", name, "--quiet", *arguments)
    return text.partition(name)[0][2:].strip()
