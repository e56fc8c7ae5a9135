"""The verb `issue`, used as its user would: what it issues is valid, and nothing else is issued."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.credentials.surroundings import badge, changed, check, endorsement, told

from skillmark.cli.application import run
from skillmark_reference.credentials.results import Verdict
from skillmark_reference.securing.instants import parse_date_time

from .drafts import ACHIEVEMENT, KEYS, LEARNER, PNG, SVG, draft, issued, key_file, names, printed, verdict, written

if TYPE_CHECKING:
    from collections.abc import Iterator

EMAIL = "ada@school.example"
#: Key, suite, and whether a person may leave the suite out.
FORMS = [
    ("ed25519", "eddsa-rdfc-2022", True),
    ("ed25519", "eddsa-jcs-2022", False),
    ("p-256", "ecdsa-rdfc-2019", True),
    ("p-256", "ecdsa-jcs-2019", False),
    ("p-384", "ecdsa-rdfc-2019", True),
    ("p-384", "ecdsa-jcs-2019", False),
    ("rsa", "vc-jwt", True),
    ("ed25519", "vc-jwt", False),
    ("p-256", "vc-jwt", False),
    ("p-384", "vc-jwt", False),
]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials are files in a folder of the test."""
    monkeypatch.chdir(tmp_path)


def suite_of(credential: Any) -> str:  # noqa: ANN401 - JSON or a token
    """Return how a credential is signed."""
    return "vc-jwt" if isinstance(credential, str) else str(credential["proof"]["cryptosuite"])


def refused(capsys: pytest.CaptureFixture[str], *arguments: str, key: str = "ed25519") -> dict[str, str]:
    """Issue, assert that the credential is refused and nothing printed, and return the problems by place."""
    out, err = printed(capsys, 1, "issue", *arguments, "--key", key_file(key))
    assert "" == out
    head, *rest = err.splitlines()
    assert re.match(r"\u2717 Refused: \d+ problems?\. Nothing was written\.", head)
    return dict(line.strip().split(": ", 1) for line in rest if line.startswith("  /"))


def praise(**members: str) -> dict[str, Any]:
    """Return the draft of an endorsement that has no type."""
    return {"name": "Praise", "credentialSubject": {"id": ACHIEVEMENT["id"], **members}}


# What is issued is valid


@pytest.mark.parametrize(("key", "suite", "usual"), FORMS)
def test_every_form_verifies(key: str, suite: str, usual: bool, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001 - a case
    """A badge in any form is valid for `verify`, and with one letter changed it is not; a key has a usual form."""
    made = issued(capsys, written("draft.json", draft()), "--suite", suite, key=key)
    if usual:
        assert suite == suite_of(issued(capsys, "draft.json", key=key))
    assert suite == suite_of(made)
    content = made.encode() if isinstance(made, str) else json.dumps(made).encode()
    assert "VALID" == verdict(capsys, 0, written("badge", content))
    if isinstance(made, str):
        header, payload, signature = made.split(".")
        bad: object = (
            f"{header}.{payload}.{signature[:-9]}{'A' if signature[-9] != 'A' else 'B'}{signature[-8:]}".encode()
        )
    else:
        bad = changed(made, "/credentialSubject/achievement/name", "Forging")
    assert "INVALID" == verdict(capsys, 1, written("bad", bad))


@pytest.mark.parametrize("algorithm", ["RS384", "RS512"])
def test_an_algorithm_can_be_chosen(algorithm: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Where a key has a choice, --algorithm is what the header of the token says."""
    token = issued(capsys, written("draft.json", draft()), "--algorithm", algorithm, key="rsa")
    assert "VALID" == verdict(capsys, 0, written("badge", token.encode()))
    text, _ = printed(capsys, 0, "verify", "badge")
    assert algorithm in text


@pytest.mark.parametrize(
    ("made", "name"),
    [
        ({**badge(), "issuer": None}, "AchievementCredential"),
        ({**endorsement(), "issuer": None}, "EndorsementCredential"),
        (draft(), "AchievementCredential"),
        (praise(endorsementComment="Good."), "EndorsementCredential"),
        (praise(type="EndorsementSubject"), "EndorsementCredential"),
    ],
)
def test_every_kind_is_issued(made: dict[str, Any], name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The kind is what the type says, or the subject where there is no type."""
    bare = {member: value for member, value in made.items() if value is not None}
    found = issued(capsys, written("draft.json", bare))
    assert ["VerifiableCredential", name] == found["type"]
    assert "VALID" == verdict(capsys, 0, written("signed.json", found))


def test_what_is_left_out_is_filled_in_and_told(capsys: pytest.CaptureFixture[str]) -> None:
    """Each member that is filled in is told with its place; --name and --valid-until say what only the issuer knows."""
    arguments = ("--at", "2026-06-01T12:00:00Z", "--valid-until", "2027-01-01T00:00:00Z", "--name", "Welder")
    text, err = printed(capsys, 0, "issue", written("draft.json", draft()), "--key", key_file(), *arguments)
    made = json.loads(text)
    expected = ["@context", "id", "type", "name", "issuer", "validFrom", "validUntil", "credentialSubject", "proof"]
    assert expected == list(made)
    assert ("Welder", "2026-06-01T12:00:00Z") == (made["name"], made["validFrom"])
    assert "2026-06-01T12:00:00Z" == made["proof"]["created"]
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", made["id"])
    filled = re.findall(r"^  (/\S+): was missing, and is now ", err, re.MULTILINE)
    assert ["/@context", "/id", "/type", "/validFrom", "/issuer", "/credentialSubject/type"] == filled
    written("signed.json", made)
    assert "VALID" == verdict(capsys, 0, "signed.json", "--at", "2026-12-31T00:00:00Z")
    assert "EXPIRED" == verdict(capsys, 1, "signed.json", "--at", "2027-01-01T00:00:01Z")
    assert "NOT YET VALID" == verdict(capsys, 1, "signed.json", "--at", "2026-05-31T00:00:00Z")


# Issuers


@pytest.mark.parametrize(
    ("method", "controller"),
    [
        ("did:web:school.example#1", "did:web:school.example"),
        ("https://school.example/issuer#1", "https://school.example/issuer"),
        ("https://school.example/jwks.json", "https://school.example/jwks.json"),
    ],
)
def test_keys_that_are_published_elsewhere(method: str, controller: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The controller of the method is the issuer; that the key is there is not checked, and said so."""
    file = written("draft.json", draft())
    text, err = printed(capsys, 0, "issue", file, "--key", key_file(), "--verification-method", method)
    made = json.loads(text)
    assert (controller, method) == (made["issuer"]["id"], made["proof"]["verificationMethod"])
    assert "! not checked, since nothing is fetched for it: " in err
    assert "key of the proof" in err
    assert "UNVERIFIABLE" == verdict(capsys, 3, written("signed.json", made), "--offline")


def test_a_profile_of_the_issuer(capsys: pytest.CaptureFixture[str]) -> None:
    """--issuer gives the Profile; its id and type are filled in, and an id of its own counts where the key is at an address."""
    file, profile = written("draft.json", draft()), written("profile.json", {"name": "School"})
    made = issued(capsys, file, "--issuer", profile)
    assert "School" == made["issuer"]["name"]
    assert made["proof"]["verificationMethod"].startswith(f"{made['issuer']['id']}#")
    assert "VALID" == verdict(capsys, 0, written("signed.json", made))
    written("profile.json", {"id": "https://school.example", "name": "School"})
    made = issued(capsys, file, "--issuer", profile, "--verification-method", "https://school.example/keys#1")
    assert "https://school.example" == made["issuer"]["id"]
    _, err = printed(capsys, 2, "issue", file, "--key", key_file(), "--issuer", profile)
    assert "--verification-method" in err


def test_a_credential_of_another_issuer(capsys: pytest.CaptureFixture[str]) -> None:
    """A key signs for its own issuer only: the credential is refused, with the place and a way out."""
    file = written("draft.json", draft(issuer="did:example:other"))
    _, err = printed(capsys, 1, "issue", file, "--key", key_file())
    assert "/issuer: the issuer is 'did:example:other', and the signer 'did:key:" in err
    assert "--verification-method URL" in err


def test_a_method_of_another_key_is_found_out(capsys: pytest.CaptureFixture[str]) -> None:
    """What does not verify under the method that it names is not issued."""
    other = KEYS["p-256"].public.multikey
    file = written("draft.json", draft())
    found = refused(capsys, file, "--verification-method", f"did:key:{other}#{other}", "--suite", "eddsa-rdfc-2022")
    assert ["/proof/verificationMethod"] == list(found)


# Recipients


def test_a_simple_badge(capsys: pytest.CaptureFixture[str]) -> None:
    """An achievement and an e-mail address suffice; the address is hashed with a salt of its own, and nowhere readable."""
    arguments = ("--achievement", written("welding.json", ACHIEVEMENT), "--recipient", EMAIL)
    made, again = issued(capsys, *arguments), issued(capsys, *arguments)
    written("signed.json", made)
    assert "VALID" == verdict(capsys, 0, "signed.json", "--recipient", EMAIL)
    assert "INVALID" == verdict(capsys, 1, "signed.json", "--recipient", "b@school.example")
    assert EMAIL not in json.dumps(made)
    (one,), (other,) = (each["credentialSubject"]["identifier"] for each in (made, again))
    assert one["salt"] != other["salt"]
    assert one["identityHash"] != other["identityHash"]


def test_a_plain_recipient(capsys: pytest.CaptureFixture[str]) -> None:
    """With --plain-recipient the address stays readable, and is compared as it is."""
    written("welding.json", ACHIEVEMENT)
    made = issued(capsys, "--achievement", "welding.json", "--recipient", EMAIL, "--plain-recipient")
    (identity,) = made["credentialSubject"]["identifier"]
    assert (EMAIL, False) == (identity["identityHash"], identity["hashed"])
    assert "VALID" == verdict(capsys, 0, written("signed.json", made), "--recipient", EMAIL)


def test_a_recipient_with_a_did(capsys: pytest.CaptureFixture[str]) -> None:
    """A DID becomes the id of the subject; a draft that names its recipient takes no other."""
    bare = {"credentialSubject": {"achievement": ACHIEVEMENT}}
    made = issued(capsys, written("draft.json", bare), "--recipient", LEARNER)
    assert LEARNER == made["credentialSubject"]["id"]
    assert "VALID" == verdict(capsys, 0, written("signed.json", made), "--recipient", LEARNER)
    assert "INVALID" == verdict(capsys, 1, "signed.json", "--recipient", "did:example:other")
    _, err = printed(capsys, 2, "issue", written("draft.json", draft()), "--key", key_file(), "--recipient", LEARNER)
    assert "names its recipient already" in err


# Nothing else is issued


@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "eddsa-jcs-2022", "vc-jwt"])
def test_undefined_terms_are_refused(suite: str, capsys: pytest.CaptureFixture[str]) -> None:
    """A term that no context defines is refused with its pointer, whatever the suite would sign, and no file is made."""
    file = written("draft.json", changed(draft(colour="red"), "/credentialSubject/achievement/size", 7))
    found = refused(capsys, file, "--suite", suite, "--out", "signed.json")
    assert {"/colour", "/credentialSubject/achievement/size"} == set(found)
    assert "no context defines the term 'colour'" in found["/colour"]
    assert "signed.json" not in names()


def test_every_problem_is_told_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """What is missing, what is undefined and whose it is are told together, each with its place, and its clause if known."""
    bad = {
        "type": "AchievementCredential",
        "colour": 1,
        "credentialSubject": {"achievement": {"id": "https://a.example"}},
    }
    text, err = printed(capsys, 1, "issue", written("draft.json", bad), "--key", key_file(), "--json")
    found = json.loads(text)
    assert "" == err
    assert (False, None) == (found["done"], found["credential"])
    pointers = {each["pointer"] for each in found["problems"]}
    assert {"/colour", "/credentialSubject", "/credentialSubject/achievement"} == pointers
    assert any("Data Models" in (each["clause"] or "") for each in found["problems"])


@pytest.mark.parametrize(
    ("bad", "pointer"),
    [
        ({**draft(), "proof": {}}, "/proof"),
        ({"type": "Diploma"}, "/type"),
        ({}, "/type"),
        ({**draft(), "type": ["AchievementCredential", "ClrCredential"]}, "/type"),
        ({**draft(), "validFrom": "yesterday"}, "/validFrom"),
        ({**draft(), "@context": ["https://www.w3.org/ns/credentials/v2"]}, "/@context"),
    ],
    ids=["signed", "unknown kind", "empty", "two kinds", "no date", "no second context"],
)
def test_other_drafts_are_refused(bad: object, pointer: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Signed, of no kind, of two kinds, malformed: refused with the place."""
    assert pointer in refused(capsys, written("draft.json", bad))


# Images


@pytest.mark.parametrize(("image", "name"), [(PNG, "badge.png"), (SVG, "badge.svg")], ids=["PNG", "SVG"])
@pytest.mark.parametrize("suite", ["eddsa-rdfc-2022", "vc-jwt"])
def test_baked_images_verify(image: bytes, name: str, suite: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--image bakes the credential into a copy of the image, which `verify` reads; the image itself stays as it was."""
    arguments = (written("draft.json", draft()), "--image", written(name, image), "--suite", suite, "--key", key_file())
    out, err = printed(capsys, 0, "issue", *arguments, "--out", f"baked-{name}")
    assert "" == out
    assert f"; it is in baked-{name}." in err
    assert "VALID" == verdict(capsys, 0, f"baked-{name}")
    assert image == Path(name).read_bytes()
    _, err = printed(capsys, 2, "issue", *arguments, "--image", f"baked-{name}", "--out", "again")
    assert "Name a PNG or SVG without a credential in it." in err


# What people and scripts read


def test_standard_input_and_output() -> None:
    """- reads the draft from standard input; the credential is all that is on standard output."""
    command = [sys.executable, "-m", "skillmark", "issue", "-", "--key", key_file()]
    content = json.dumps(draft()).encode()
    done = subprocess.run(command, input=content, capture_output=True, check=False, timeout=120)  # noqa: S603 - our own
    assert 0 == done.returncode
    found = check(done.stdout, now=parse_date_time("2099-01-01T00:00:00Z"))
    assert (Verdict.VALID, []) == (found.verdict, told(found))


def secrets_of(name: str) -> Iterator[str]:
    """Yield how a key is written."""
    yield KEYS[name].jwk()["d"]
    if name != "rsa":
        yield KEYS[name].multikey()


@pytest.mark.parametrize("key", KEYS)
def test_json_is_one_object_and_no_secret(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    """--json prints an object with the same members whether issued, written or refused; the key is nowhere in it."""
    members = ["done", "suite", "file", "credential", "told", "remarks", "findings", "problems"]
    written("good.json", draft())
    written("bad.json", draft(colour=1))
    for code, *arguments in ((0, "good.json"), (0, "good.json", "--out", "signed"), (1, "bad.json")):
        out, err = printed(capsys, code, "issue", *arguments, "--key", key_file(key), "--json")
        found = json.loads(out)
        assert ("", members) == (err, list(found))
        assert (code == 0) == found["done"] == (found["credential"] is not None) == (not found["problems"])
        _, told_people = printed(capsys, code, "issue", *arguments, "--key", key_file(key), "--force")
        assert [] == [each for each in secrets_of(key) if each in out + told_people]
    assert [] == [each for each in secrets_of(key) if each in Path("signed").read_text()]


def test_an_existing_file_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """A result never takes the place of a file; --force says that it may, but for the key."""
    file, key = written("draft.json", draft()), key_file()
    for out, options in ((file, ()), (key, ()), (key, ("--force",))):
        before = Path(out).read_bytes()
        _, err = printed(capsys, 2, "issue", file, "--key", key, "--out", out, *options)
        assert f"{out} exists." in err or f"{out} is the issuer's key." in err
        assert before == Path(out).read_bytes()
    printed(capsys, 0, "issue", file, "--key", key, "--out", file, "--force")
    assert "VALID" == verdict(capsys, 0, file)


@pytest.mark.parametrize("text", ["\x1b[2J", "\u202e"])
def test_nothing_from_outside_steers_a_terminal(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """What a draft holds comes out as signs, issued or refused."""
    for members in ({"name": text}, {text: text}):
        file = written("draft.json", draft(**members))
        run(["issue", file, "--key", key_file()])
        shown = capsys.readouterr()
        assert text not in shown.out + shown.err


# Wrong use


@pytest.mark.parametrize(
    ("key", "suite", "advice"),
    [
        ("p-256", "eddsa-rdfc-2022", "--type ed25519"),
        ("p-384", "eddsa-jcs-2022", "--type ed25519"),
        ("ed25519", "ecdsa-rdfc-2019", "--type p-256"),
        ("p-384", "ecdsa-sd-2023", "--type p-256"),
        ("rsa", "ecdsa-jcs-2019", "--type p-256"),
    ],
)
def test_a_key_that_does_not_fit(key: str, suite: str, advice: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, and both ways out: the suite that fits the key, the command that makes a key for the suite."""
    file = written("draft.json", draft())
    out, err = printed(capsys, 2, "issue", file, "--key", key_file(key), "--suite", suite)
    assert "" == out
    assert f"skillmark keys generate {advice}" in err
    usual = next(name for each, name, is_usual in FORMS if each == key and is_usual)
    assert f"Leave --suite out for {usual}" in err


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        ([], "Name one credential: a FILE"),
        (["draft.json", "--achievement", "a.json"], "Name one credential: a FILE"),
        (["draft.json"], "`skillmark keys generate` makes one"),
        (["draft.json", "--key", "missing.json"], "keys generate --out missing.json"),
        (["missing.json", "--key", "ed25519.json"], "Name a credential without proof as JSON, or - for"),
        (["text", "--key", "ed25519.json"], "Expected is a credential without proof as JSON."),
        (["array", "--key", "ed25519.json"], "Expected is a credential without proof as JSON."),
        (["deep", "--key", "ed25519.json"], "nested too deeply"),
        (["large", "--key", "ed25519.json"], "more bytes than the limit, which is 10,485,760"),
        (["draft.json", "--key", "ed25519.json", "--suite", "eddsa-2022"], "Did you mean eddsa-"),
        (["draft.json", "--key", "ed25519.json", "--suite", "x"], "Suites: eddsa-rdfc-2022, "),
        (["draft.json", "--key", "ed25519.json", "--algorithm", "ES256"], "Add --suite vc-jwt."),
        (["draft.json", "--key", "rsa.json", "--algorithm", "none"], "Algorithms: RS256, RS384, RS512."),
        (["draft.json", "--key", "ed25519.json", "--mandatory", "/id"], "Add --suite ecdsa-sd-2023."),
        (["draft.json", "--key", "ed25519.json", "--at", "noon"], "--at: 'noon' is no date and time such as"),
        (["draft.json", "--key", "ed25519.json", "--valid-until", "noon"], "--valid-until: 'noon' is no date"),
        (["draft.json", "--key", "ed25519.json", "--partial"], "Name their credentials with --member FILE."),
        (["draft.json", "--key", "ed25519.json", "--plain-recipient"], "Name the recipient."),
        (["bare.json", "--key", "ed25519.json", "--recipient", "ada"], "neither an e-mail address nor a DID"),
        (["draft.json", "--key", "ed25519.json", "--image", "text"], "--out FILE"),
        (["draft.json", "--key", "ed25519.json", "--image", "missing", "--out", "x"], "Name a PNG or an SVG."),
        (["draft.json", "--key", "ed25519.json", "--image", "text", "--out", "x"], "first bytes of a PNG or of an SVG"),
        (["draft.json", "--key", "ed25519.json", "--json", "--out", "-"], "Leave --out - out."),
        (["draft.json", "--key", "ed25519.json", "--out", "missing/x"], "Name another file or folder."),
        (["draft.json", "--key", "ed25519.json", "--verification-method", "me"], "an https address or a DID URL"),
        (["draft.json", "--key", "ed25519.json", "--verification-method", "did:web:a.example"], "Add its fragment:"),
        (["draft.json", "--key", "ed25519.json", "--allow-origin", "school"], "--allow-origin: 'school' is no origin"),
        (["draft.json", "--key", "ed25519.json", "--issuer", "text"], "Expected is a Profile as JSON."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_use(arguments: list[str], advice: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 2, nothing on standard output, nothing written, and one line that says what to do."""
    key_file()
    key_file("rsa")
    written("draft.json", draft())
    written("bare.json", {"credentialSubject": {"achievement": ACHIEVEMENT}})
    written("text", b"text")
    written("array", b"[]")
    written("deep", b"[" * 100_000)
    written("large", b" " * (10 * 2**20 + 1))
    before = names()
    out, err = printed(capsys, 2, "issue", *arguments)
    (line,) = err.splitlines()
    assert advice in line
    assert ("", before) == (out, names())


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("skillmark issue --suite ecdsa-", {"ecdsa-rdfc-2019", "ecdsa-jcs-2019", "ecdsa-sd-2023"}),
        ("skillmark issue --suite ", {suite for _, suite, _ in FORMS} | {"ecdsa-sd-2023"}),
        ("skillmark issue --algorithm RS", {"RS256", "RS384", "RS512"}),
        ("skillmark issue --associate isP", {"isParentOf", "isPartOf", "isPeerOf"}),
        ("skillmark keys generate --type p", {"p-256", "p-384"}),
    ],
)
def test_options_are_completed(
    words: str, expected: set[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Suites, algorithms, types of associations and of keys are offered."""
    monkeypatch.setenv("COMP_WORDS", words)
    monkeypatch.setenv("COMP_CWORD", str(len(words.split(" ")) - 1))
    monkeypatch.setenv("_SKILLMARK_COMPLETE", "complete_bash")
    with pytest.raises(SystemExit):
        run([])
    assert expected == set(capsys.readouterr().out.split())
