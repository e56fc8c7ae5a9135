"""Records of signed credentials, and selective disclosure: `issue --member`, `issue --suite ecdsa-sd-2023`, `derive`."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reference.credentials.surroundings import badge, changed, signed

from skillmark_reference.credentials.baking import bake
from skillmark_reference.credentials.issuance.deriving import WHOLE, derive, withheld
from skillmark_reference.credentials.issuing import Signer, with_proof
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.securing.instants import parse_date_time

from .drafts import ACHIEVEMENT, KEYS, LEARNER, PNG, draft, issued, key_file, names, printed, verdict, written

EMAIL = "ada@school.example"
BASE_SUITE = ("--suite", "ecdsa-sd-2023")
#: What the holder may show or not.
OPTIONAL = ("/credentialSubject/narrative", "/credentialSubject/role", "/evidence/0", "/evidence/1", "/description")

if TYPE_CHECKING:
    Record = dict[str, Any]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials are files in a folder of the test."""
    monkeypatch.chdir(tmp_path)


def rich() -> Record:
    """Return a draft with much that a holder may withhold."""
    evidence = [
        {"id": f"https://school.example/seams/{number}", "type": ["Evidence"], "name": f"Seam {number}"}
        for number in range(2)
    ]
    made = draft(description="First class.", evidence=evidence)
    made["credentialSubject"] |= {"narrative": "Took three years.", "role": "apprentice"}
    return made


def base(capsys: pytest.CaptureFixture[str], *arguments: str) -> Record:
    """Issue a credential with a base proof."""
    made: Record = issued(capsys, written("draft.json", rich()), *BASE_SUITE, *arguments, key="p-256")
    return made


# Records


def member(capsys: pytest.CaptureFixture[str], name: str, identifier: str, key: str = "ed25519") -> Record:
    """Issue a badge for an e-mail address into a file."""
    achievement = {**ACHIEVEMENT, "id": identifier}
    arguments = ("--achievement", written("achievement.json", achievement), "--recipient", EMAIL)
    made: Record = issued(capsys, *arguments, key=key)
    written(name, made)
    return made


def test_a_record(capsys: pytest.CaptureFixture[str]) -> None:
    """Badges of two issuers, JSON and baked, become a record of one learner, whose address is hashed as in the members."""
    first = member(capsys, "a.json", "https://school.example/a")
    second = member(capsys, "b.json", "https://school.example/b", "p-384")
    written("b.png", bake(PNG, json.dumps(second)))
    members = ("--member", "a.json", "--member", "b.png", "--recipient", EMAIL, "--name", "Record", "--partial")
    link = "isPartOf https://school.example/a https://school.example/b"
    text, err = printed(
        capsys, 0, "issue", *members, "--associate", link, "--key", key_file("p-256"), "--suite", "ecdsa-rdfc-2019"
    )
    made = json.loads(text)
    subject = made["credentialSubject"]
    assert [first, second] == subject["verifiableCredential"]
    identities = [each["credentialSubject"]["identifier"][0] for each in (first, second)]
    assert identities == subject["identifier"]
    assert (True, "isPartOf") == (made["partial"], subject["association"][0]["associationType"])
    assert "VALID" == verdict(capsys, 0, written("record.json", made), "--recipient", EMAIL)
    bad = changed(made, "/credentialSubject/verifiableCredential/0/name", "Other")
    assert "INVALID" == verdict(capsys, 1, written("bad.json", bad))
    remarks = [line for line in err.splitlines() if line.startswith("!")]
    assert ["CLR20-R-130"] == [line.split()[1] for line in remarks]


def test_loose_ends_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    """What a verifier would warn of is told when the record is issued."""
    member(capsys, "a.json", "https://school.example/a")
    members = ("--member", "a.json", "--recipient", EMAIL, "--name", "Record")
    _, err = printed(capsys, 0, "issue", *members, "--associate", "isPartOf urn:x urn:y", "--key", key_file())
    assert (
        "! CLR20-R-020 /credentialSubject/association/0/sourceId: sourceId 'urn:x' is the id of no achievement" in err
    )


def test_members_that_do_not_verify(capsys: pytest.CaptureFixture[str]) -> None:
    """A member that is unsigned, or tampered with, is not sealed into a record: refused with its place."""
    member(capsys, "a.json", "https://school.example/a")
    tampered = changed(json.loads(Path("a.json").read_text()), "/name", "Other")
    written("unsigned.json", badge())
    written("tampered.json", tampered)
    for name, reason in (("unsigned.json", "is not signed"), ("tampered.json", "the signature does not fit")):
        members = ("--member", "a.json", "--member", name, "--recipient", LEARNER, "--name", "Record")
        out, err = printed(capsys, 1, "issue", *members, "--key", key_file())
        assert "" == out
        assert "  /credentialSubject/verifiableCredential/1" in err
        assert reason in err


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["--member", "missing.json"], "Name a signed credential as JSON or a baked image"),
        (["--member", "draft.json", "--associate", "isPartOf urn:a"], "three in quotes"),
        (["--member", "plain.png"], "Name an image with a credential, or a JSON file."),
        (["--member", "token"], "Expected is a signed credential as JSON or a baked image."),
        (["--member", "-", "--member", "-"], "Name - once."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_members_that_cannot_be_read(arguments: list[str], advice: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and one line that says what is expected."""
    written("draft.json", signed(badge()))
    written("plain.png", PNG)
    written("token", b"e30.e30.AAAA")
    out, err = printed(capsys, 2, "issue", *arguments, "--key", key_file())
    (line,) = err.splitlines()
    assert "" == out
    assert advice in line


# Selective disclosure


def test_derive_reveals_what_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    """The derived credential is valid and holds what is mandatory and what is revealed; what is withheld is told."""
    file = written("base.json", base(capsys, "--valid-until", "2099-01-01T00:00:00Z"))
    assert "INVALID" == verdict(capsys, 1, file)
    _, err = printed(capsys, 0, "issue", "draft.json", *BASE_SUITE, "--key", key_file("p-256"))
    assert "! the proof is for the holder; `skillmark derive` makes of it what a verifier reads" in err
    text, err = printed(capsys, 0, "derive", file, "--reveal", "/credentialSubject/role", "--reveal", "/evidence/1")
    shown = json.loads(text)
    expected = {"@context", "id", "type", "name", "issuer", "validFrom", "validUntil", "evidence", "credentialSubject"}
    assert expected | {"proof"} == set(shown)
    assert {"id", "type", "achievement", "role"} == set(shown["credentialSubject"])
    assert ["Seam 1"] == [each["name"] for each in shown["evidence"]]
    assert "apprentice" in text
    assert [] == [each for each in ("First class.", "three years", "Seam 0") if each in text]
    hidden = [line.strip() for line in err.splitlines() if line.endswith(": is withheld")]
    expected_hidden = ["/description", "/evidence/0", "/credentialSubject/narrative"]
    assert sorted(f"{each}: is withheld" for each in expected_hidden) == sorted(hidden)
    assert "VALID" == verdict(capsys, 0, written("shown.json", shown))
    assert "INVALID" == verdict(capsys, 1, written("bad.json", changed(shown, "/credentialSubject/role", "master")))
    assert "INVALID" == verdict(capsys, 1, written("bad.json", changed(shown, "/validUntil")))


def test_mandatory_pointers_cannot_be_withheld(capsys: pytest.CaptureFixture[str]) -> None:
    """--mandatory adds to what decides about the credential; a holder who reveals nothing shows that."""
    file = written("base.json", base(capsys, "--mandatory", "/credentialSubject/role", "--mandatory", "/evidence/0"))
    shown = json.loads(printed(capsys, 0, "derive", file)[0])
    assert {"id", "type", "achievement", "role"} == set(shown["credentialSubject"])
    assert ["Seam 0"] == [each["name"] for each in shown["evidence"]]
    assert "description" not in shown
    written("shown.json", shown)
    assert "VALID" == verdict(capsys, 0, "shown.json")


_SCHOOL = Signer.by_did_key(KEYS["p-256"], name="School")
_BEGIN = parse_date_time("2026-01-01T00:00:00Z")


def _base_credential() -> Record:
    frame = badge(_SCHOOL, subject={"id": LEARNER, "narrative": "Took three years.", "role": "apprentice"})
    whole = {**frame, **{name: value for name, value in rich().items() if name != "credentialSubject"}}
    return with_proof(whole, _SCHOOL, created=_BEGIN, cryptosuite="ecdsa-sd-2023")


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(revealed=st.sets(st.sampled_from(OPTIONAL)))
def test_revealed_and_withheld_are_everything(revealed: set[str]) -> None:
    """Whatever is chosen: what is told as withheld is what was not chosen, and its values are nowhere in the result."""
    whole = _base_credential()
    shown = derive(whole, sorted(revealed), contexts=newest_contexts())
    hidden = set(OPTIONAL) - revealed
    told = set(withheld(whole, shown))
    if {"/evidence/0", "/evidence/1"} <= hidden:
        told = (told - {"/evidence"}) | {"/evidence/0", "/evidence/1"}
    assert hidden == told
    values = dict(zip(OPTIONAL, ("three years", "apprentice", "Seam 0", "Seam 1", "First class."), strict=True))
    text = json.dumps(shown)
    assert revealed == {pointer for pointer, value in values.items() if value in text}


def test_everything_can_be_revealed() -> None:
    """The empty pointer is the whole credential, and nothing is withheld."""
    whole = _base_credential()
    shown = derive(whole, [WHOLE], contexts=newest_contexts())
    assert () == withheld(whole, shown)
    assert {**whole, "proof": None} == {**shown, "proof": None}


def test_a_base_proof_from_an_image_and_from_standard_input(capsys: pytest.CaptureFixture[str]) -> None:
    """The holder's credential may be baked, or come over a pipe; --out writes the result, and never over a file."""
    made = base(capsys)
    written("base.png", bake(PNG, json.dumps(made)))
    out, err = printed(capsys, 0, "derive", "base.png", "--out", "shown.json")
    assert "" == out
    assert "Derived; it is in shown.json." in err
    assert "VALID" == verdict(capsys, 0, "shown.json")
    _, err = printed(capsys, 2, "derive", "base.png", "--out", "shown.json")
    assert "shown.json exists." in err
    command = [sys.executable, "-m", "skillmark", "derive", "-", "--json"]
    content = json.dumps(made).encode()
    done = subprocess.run(command, input=content, capture_output=True, check=False, timeout=120)  # noqa: S603 - our own
    assert (0, b"") == (done.returncode, done.stderr)
    found = json.loads(done.stdout)
    assert ["done", "suite", "file", "credential", "told", "remarks", "findings", "problems"] == list(found)
    assert "/description" in [each["pointer"] for each in found["told"]]


def test_credentials_that_nothing_can_be_derived_from(capsys: pytest.CaptureFixture[str]) -> None:
    """Another suite, a derived credential, a tampered one, two base proofs: refused, with the place, and no file is made."""
    made = base(capsys)
    written("base.json", made)
    shown = json.loads(printed(capsys, 0, "derive", "base.json")[0])
    other = base(capsys)["proof"]
    cases = {
        "no proof of ecdsa-sd-2023": signed(badge()),
        "it is derived already, or damaged": shown,
        "is not the one that was signed": changed(made, "/credentialSubject/achievement/name", "Forging"),
        "has 2 base proofs; expected is one": {**made, "proof": [made["proof"], other]},
        "the proof has": changed(made, "/description"),
    }
    for reason, credential in cases.items():
        out, err = printed(capsys, 1, "derive", written("bad.json", credential), "--out", "x.json", "--reveal", "")
        assert "" == out
        assert "  /proof" in err
        assert reason in err or "the base signature does not fit" in err
        assert "x.json" not in names()


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        ([], "Missing argument"),
        (["missing.json"], "a credential with a base proof as JSON or a baked image"),
        (["base.json", "--reveal", "/nothing"], "--reveal: the pointer '/nothing' leads nowhere"),
        (["base.json", "--reveal", "role"], "Expected is a JSON pointer such as /credentialSubject/result."),
        (["base.json", "--reveal", "/evidence/7"], "--reveal: the pointer '/evidence/7' leads nowhere"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use_of_derive(arguments: list[str], advice: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, nothing on standard output, and one line that says what to do."""
    written("base.json", base(capsys))
    out, err = printed(capsys, 2, "derive", *arguments)
    (line,) = err.splitlines()
    assert "" == out
    assert advice in line


def test_a_mandatory_pointer_that_leads_nowhere(capsys: pytest.CaptureFixture[str]) -> None:
    """It is a wrong option, and no fault of the credential: exit code 2."""
    file = written("draft.json", rich())
    arguments = (*BASE_SUITE, "--key", key_file("p-256"), "--mandatory", "/evidence/9")
    _, err = printed(capsys, 2, "issue", file, *arguments)
    assert "--mandatory: the pointer '/evidence/9' leads nowhere" in err
