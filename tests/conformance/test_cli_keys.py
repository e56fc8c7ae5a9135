"""The verbs `keys generate` and `keys show`, used as their user would."""

from __future__ import annotations

import datetime
import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.credentials.surroundings import badge, check, told

from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.issuance.key_files import KeyFile, controller_document, own_method, read_key_file
from skillmark_reference.credentials.issuing import Signer
from skillmark_reference.credentials.results import Verdict
from skillmark_reference.securing.dids import local_document

from .drafts import KEYS, key_file, names, printed, written

if TYPE_CHECKING:
    from collections.abc import Iterator

TYPES = list(KEYS)
#: Members that hold private material.
SECRETS = {"secretKeyMultibase", "secretKeyJwk", "d", "p", "q", "dp", "dq", "qi"}


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are files in a folder of the test."""
    monkeypatch.chdir(tmp_path)


def secrets_in(value: Any) -> Iterator[str]:  # noqa: ANN401 - any part of a key file
    """Yield the texts that are secret."""
    for name, member in value.items():
        if isinstance(member, dict):
            yield from secrets_in(member)
        elif name in SECRETS:
            yield member


# Making keys


@pytest.mark.parametrize("name", TYPES)
def test_a_new_key_is_a_file_for_its_owner(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The file has mode 0600 whatever the umask, its key is of the type, and nothing of the secret is printed."""
    mask = os.umask(0)
    try:
        out, err = printed(capsys, 0, "keys", "generate", "--type", name, "--out", "key.json")
    finally:
        os.umask(mask)
    assert 0o600 == stat.S_IMODE(Path("key.json").stat().st_mode)
    content = Path("key.json").read_bytes()
    held = read_key_file(content)
    assert name == held.key.type.value.lower()
    assert held.verification_method in out
    found = list(secrets_in(json.loads(content)))
    assert found
    assert [] == [each for each in found if each in out + err]


def test_new_keys_differ(capsys: pytest.CaptureFixture[str]) -> None:
    """Without options it is an Ed25519 key in issuer-key.json, another one each time."""
    printed(capsys, 0, "keys", "generate")
    first = read_key_file(Path("issuer-key.json").read_bytes())
    printed(capsys, 0, "keys", "generate", "--force")
    second = read_key_file(Path("issuer-key.json").read_bytes())
    assert first.key.type is second.key.type
    assert first.key != second.key


def test_a_key_is_never_overwritten(capsys: pytest.CaptureFixture[str]) -> None:
    """An existing file is left as it is, exit code 2; with --force it is replaced, and private even if it was not."""
    written("issuer-key.json", b"precious")
    Path("issuer-key.json").chmod(0o644)
    out, err = printed(capsys, 2, "keys", "generate")
    assert ("", b"precious") == (out, Path("issuer-key.json").read_bytes())
    assert "--force" in err
    printed(capsys, 0, "keys", "generate", "--force")
    assert 0o600 == stat.S_IMODE(Path("issuer-key.json").stat().st_mode)
    assert ["issuer-key.json"] == names()
    read_key_file(Path("issuer-key.json").read_bytes())


def test_the_secret_is_printed_on_request() -> None:
    """--out - prints the file and nothing else, so that it can go wherever secrets are kept; the terminal is told."""
    command = [sys.executable, "-m", "skillmark", "keys", "generate", "--out", "-"]
    done = subprocess.run(command, capture_output=True, check=False, timeout=120)  # noqa: S603 - our own command
    assert 0 == done.returncode
    held = read_key_file(done.stdout)
    assert own_method(held.key.public) == held.verification_method
    assert b"secret" in done.stderr
    assert [] == names()


@pytest.mark.parametrize("name", TYPES)
def test_scripts_read_the_public_part(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints one object of which every member may be known; RSA has no Multikey."""
    made = json.loads(printed(capsys, 0, "keys", "generate", "--type", name, "--out", "key.json", "--json")[0])
    expected = ["file", "type", "did", "verificationMethod", "did:jwk", "publicKeyMultibase", "publicKeyJwk"]
    assert [each for each in expected if name != "rsa" or each != "publicKeyMultibase"] == list(made)
    shown = json.loads(printed(capsys, 0, "keys", "show", "key.json", "--json")[0])
    assert {**made, "file": None} == {**shown, "file": None}
    assert [] == list(secrets_in(shown))


# Showing keys


@pytest.mark.parametrize("name", TYPES)
def test_nothing_secret_is_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is asked for, no secret of the file is printed."""
    file = key_file(name)
    found = list(secrets_in(json.loads(Path(file).read_text())))
    for options in (
        [],
        ["--json"],
        ["--controller", "did:web:school.example"],
        ["--controller", "https://school.example/i"],
    ):
        out, err = printed(capsys, 0, "keys", "show", file, *options)
        assert [] == [each for each in found if each in out + err]


@pytest.mark.parametrize("name", TYPES)
@pytest.mark.parametrize(
    ("controller", "address"),
    [
        ("did:web:school.example", "https://school.example/.well-known/did.json"),
        ("did:web:school.example:issuers:1", "https://school.example/issuers/1/did.json"),
        ("https://school.example/issuer", "https://school.example/issuer"),
    ],
)
def test_what_a_controller_publishes_verifies(
    name: str, controller: str, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A token signed under the method that is named verifies with the document at the address that is named."""
    out, err = printed(capsys, 0, "keys", "show", key_file(name), "--controller", controller)
    method = err.split()[-1]
    assert f"Publish it at {address}," in err
    signer = Signer(profile={"id": controller, "type": ["Profile"]}, key=KEYS[name], verification_method=method)
    token = issuing.as_vc_jwt(badge(signer), signer)
    found = check(token, {address: json.loads(out)})
    assert (Verdict.VALID, []) == (found.verdict, told(found))
    assert Verdict.UNVERIFIABLE is check(token).verdict


@pytest.mark.parametrize("name", TYPES)
def test_the_document_of_an_own_did_follows_from_it(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """For the DID of the key itself the document is the one that everybody derives; there is nothing to publish."""
    did = json.loads(printed(capsys, 0, "keys", "show", key_file(name), "--json")[0])["did"]
    out, err = printed(capsys, 0, "keys", "show", key_file(name), "--controller", did)
    assert local_document(did) == json.loads(out)
    assert "Publish" not in err


# Reading key files


@pytest.mark.parametrize("name", TYPES)
def test_what_is_written_is_read(name: str) -> None:
    """A key file gives back its key, and so does a bare private JWK; the method is that of the key's own DID."""
    expected = KeyFile(key=KEYS[name], verification_method=own_method(KEYS[name].public))
    assert expected == read_key_file(Path(key_file(name)).read_bytes())
    assert expected == read_key_file(json.dumps(KEYS[name].jwk()).encode())
    assert KEYS[name].multikey() not in repr(expected)


def test_a_key_file_may_name_its_method(capsys: pytest.CaptureFixture[str]) -> None:
    """The id of the file is where the key is published; without one that is an address, the key's own DID is."""
    members = json.loads(Path(key_file()).read_text())
    file = written("named.json", {**members, "id": "did:web:school.example#1"})
    shown = json.loads(printed(capsys, 0, "keys", "show", file, "--json")[0])
    assert "did:web:school.example#1" == shown["verificationMethod"]
    named = read_key_file(json.dumps({**members, "id": "did:web:school.example#1"}).encode())
    assert "did:web:school.example#1" == named.verification_method
    unnamed = read_key_file(json.dumps({**members, "id": "#1"}).encode())
    assert own_method(KEYS["ed25519"].public) == unnamed.verification_method


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the text is no JSON"),
        (b"-----BEGIN PRIVATE KEY-----", "the file is PEM; expected is JSON with secretKeyMultibase"),
        ({}, "the file has no secret key"),
        (KEYS["p-256"].public.jwk(), "it is a public key"),
        ({"secretKeyMultibase": KEYS["p-256"].public.multikey}, "is a public key where a secret key belongs"),
        (
            {"secretKeyMultibase": KEYS["ed25519"].multikey(), "publicKeyMultibase": KEYS["p-256"].public.multikey},
            "do not belong together",
        ),
        ({"secretKeyJwk": KEYS["p-256"].jwk(), "publicKeyJwk": KEYS["p-384"].public.jwk()}, "do not belong together"),
        (b" " * 70_000, "is no key file: it has more than 65,536 bytes"),
    ],
    ids=["empty", "PEM", "nothing", "public JWK", "public Multikey", "two Multikeys", "two JWKs", "large"],
)
def test_what_is_no_key_file(content: object, reason: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and one line with what was expected and the next step, without any secret."""
    out, err = printed(capsys, 2, "keys", "show", written("key.json", content))
    assert "" == out
    (line,) = err.splitlines()
    assert line.startswith("skillmark: key.json")
    assert reason in line
    assert "Name another one." in line or "`skillmark keys generate`" in line
    for key in KEYS.values():
        assert key.multikey() not in line
        assert key.jwk()["d"] not in line


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["generate", "--type", "dsa"], "Types: ed25519, p-256, p-384, rsa."),
        (["generate", "--json", "--out", "-"], "Leave one of them out."),
        (["generate", "--out", "missing/key.json"], "Name another file or folder."),
        (["show", "missing.json"], "`skillmark keys generate --out missing.json` makes one."),
        (["show", "ed25519.json", "--controller", "school"], "Expected is did:web:school.example, or https://"),
        (["show", "ed25519.json", "--controller", "did:web:127.0.0.1"], "is an IP address"),
        (["show", "ed25519.json", "--controller", "https://school.example/#1"], "Expected is did:web:"),
        (["show", "ed25519.json", "--controller", "did:key:z6Mk"], "Expected is did:web:"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use(arguments: list[str], advice: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, nothing on standard output, nothing written, and one line that says what to do."""
    key_file()
    out, err = printed(capsys, 2, "keys", *arguments)
    (line,) = err.splitlines()
    assert advice in line
    assert ("", ["ed25519.json"]) == (out, names())


def test_a_controller_may_have_several_keys() -> None:
    """Documents of two keys can be joined: their methods have different ids."""
    first, second = (controller_document(KEYS[name].public, "did:web:school.example") for name in ("ed25519", "rsa"))
    assert first["assertionMethod"] != second["assertionMethod"]
    joined = {
        **first,
        "verificationMethod": first["verificationMethod"] + second["verificationMethod"],
        "assertionMethod": first["assertionMethod"] + second["assertionMethod"],
    }
    for name, document in (("ed25519", first), ("rsa", second)):
        method = document["assertionMethod"][0]
        profile = {"id": "did:web:school.example", "type": ["Profile"]}
        signer = Signer(profile=profile, key=KEYS[name], verification_method=method)
        token = issuing.as_vc_jwt(badge(signer), signer)
        found = check(
            token, {"https://school.example/.well-known/did.json": joined}, now=datetime.datetime.now(datetime.UTC)
        )
        assert (Verdict.VALID, []) == (found.verdict, told(found))
