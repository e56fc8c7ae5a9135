"""Contexts that a user gives, and copies of what was fetched: `--context-dir`, `--cache-dir`."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from tests.reference.credentials.surroundings import badge, signed
from tests.reference.vocabularies.published import published_bytes, published_states

from skillmark_reference.credentials.issuance.context_files import INDEX, REQUIREMENT, read_context_folder
from skillmark_reference.server import RunningServer
from skillmark_reference.vocabularies.contexts import states_of

from .drafts import draft, key_file, names, printed, verdict, written

if TYPE_CHECKING:
    from starlette.requests import Request

OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
NEWEST, OLDER = "3.0.3-2026-06-29", "3.0.3-2024-08-27"
SKILLS = "https://school.example/contexts/skills.json"
SKILLS_CONTEXT = {"@context": {"colour": "https://school.example/terms#colour"}}
EXTENDED = ["https://www.w3.org/ns/credentials/v2", OB, SKILLS]


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Contexts are files in a folder of the test."""
    monkeypatch.chdir(tmp_path)


def put(path: str, content: object) -> str:
    """Write a file of the folder of contexts, and return the name of the folder."""
    place = Path("contexts", path)
    place.parent.mkdir(parents=True, exist_ok=True)
    written(str(place), content)
    return "contexts"


def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse names and sockets altogether."""

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("offline is offline")

    monkeypatch.setattr(socket, "socket", refused)
    monkeypatch.setattr(socket, "getaddrinfo", refused)


def steps(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    """Verify, and return the steps about given contexts."""
    (row,) = json.loads(printed(capsys, 0, "verify", *arguments, "--json")[0])
    return [each for each in row["steps"] if each["step"] == "given contexts"]


# Published documents


def test_published_documents_are_recognised(capsys: pytest.CaptureFixture[str]) -> None:
    """Every published state is known by its bytes, whatever the file is called, and nothing is said of it."""
    for number, state in enumerate(published_states()):
        put(f"{number}.json", published_bytes(state.id))
        found = read_context_folder(Path("contexts"))
        assert () == found.findings
        assert dict.fromkeys(state.urls, state.id) == dict(found.states)
        Path("contexts", f"{number}.json").unlink()
    put("any.json", published_bytes(NEWEST))
    file = written("badge.json", signed(badge()))
    assert ("", []) == (printed(capsys, 0, "verify", file, "--context-dir", "contexts")[1], steps(capsys, file))


def test_an_older_state_is_told_when_signing(capsys: pytest.CaptureFixture[str]) -> None:
    """A verifier tries every state anyway; an issuer is told that the newest one is signed under."""
    folder = put("context-3.0.3.json", published_bytes(OLDER))
    assert [] == steps(capsys, written("badge.json", signed(badge())), "--context-dir", folder)
    arguments = ("issue", written("draft.json", draft()), "--key", key_file(), "--context-dir", folder)
    text, err = printed(capsys, 0, *arguments)
    assert f"! the file for {OB} is the state {OLDER}, which is not the newest; the newest is used" in err
    assert "VALID" == verdict(capsys, 0, written("signed.json", json.loads(text)))


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_other_byte_is_a_finding(data: st.DataObject) -> None:
    """One byte changed, left out or added anywhere in a published document: told with both digests, and not used."""
    content = bytearray(published_bytes(NEWEST))
    place = data.draw(st.integers(0, len(content) - 1), label="place")
    match data.draw(st.sampled_from(["change", "remove", "add"]), label="kind"):
        case "change":
            content[place] ^= data.draw(st.integers(1, 255), label="bits")
        case "remove":
            del content[place]
        case _:
            content.insert(place, 32)
    put("context-3.0.3.json", bytes(content))
    found = read_context_folder(Path("contexts"))
    (finding,) = found.findings
    assert {} == dict(found.documents)
    assert hashlib.sha256(content).hexdigest() == finding.found
    assert tuple(state.sha256 for state in states_of(OB)) == finding.expected
    assert OB == finding.url


def test_a_mismatch_is_reported_and_not_used(capsys: pytest.CaptureFixture[str]) -> None:
    """A changed document is a warning with requirement, file and digests; neither verdict nor signature rests on it."""
    changed = published_bytes(NEWEST).replace(b"#Achievement", b"#Forgery")
    folder = put("ob/v3p0/context-3.0.3.json", changed)
    file = written("badge.json", signed(badge()))
    digest = hashlib.sha256(changed).hexdigest()
    text, err = printed(capsys, 0, "verify", file, "--context-dir", folder, "--quiet")
    assert text.startswith("\u2713 VALID  ")
    (line,) = err.splitlines()
    assert line.startswith(
        f"! {REQUIREMENT}  contexts/ob/v3p0/context-3.0.3.json: its bytes are no published state of {OB}"
    )
    expected = [str(state.sha256) for state in states_of(OB)]
    assert [] == [each for each in (digest, *expected) if each not in line]
    (step,) = steps(capsys, file, "--context-dir", folder)
    assert (REQUIREMENT, "warned", None) == (step["requirement"], step["outcome"], step["pointer"])
    assert step["reason"] in line
    arguments = ("issue", written("draft.json", draft()), "--key", key_file(), "--context-dir", folder)
    text, err = printed(capsys, 0, *arguments)
    assert line in err
    assert "VALID" == verdict(capsys, 0, written("signed.json", json.loads(text)))
    (row,) = json.loads(printed(capsys, 0, *arguments, "--json")[0])["findings"]
    assert {"requirement", "file", "url", "message", "found", "expected"} == set(row)
    assert (digest, expected) == (row["found"], row["expected"])


def test_given_documents_are_those_that_a_credential_pins(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A credential that holds the digest of its context is verified offline with the published file, and not without."""
    digest = base64.b64encode(hashlib.sha384(published_bytes(NEWEST)).digest()).decode()
    pinned = {"id": OB, "mediaType": "application/ld+json", "digestSRI": f"sha384-{digest}"}
    file = written("badge.json", signed(badge(relatedResource=[pinned])))
    no_network(monkeypatch)
    assert "UNVERIFIABLE" == verdict(capsys, 3, file, "--offline")
    folder = put("context-3.0.3.json", published_bytes(NEWEST))
    assert "VALID" == verdict(capsys, 0, file, "--offline", "--context-dir", folder)
    put("context-3.0.3.json", published_bytes(NEWEST) + b"\n")
    assert "UNVERIFIABLE" == verdict(capsys, 3, file, "--offline", "--context-dir", folder)
    put("context-3.0.3.json", published_bytes(OLDER))
    assert "INVALID" == verdict(capsys, 1, file, "--offline", "--context-dir", folder)


def test_a_copy_with_other_white_space(capsys: pytest.CaptureFixture[str]) -> None:
    """A reformatted copy is a finding that says which state it would be."""
    folder = put("context-3.0.3.json", json.loads(published_bytes(NEWEST)))
    (step,) = steps(capsys, written("badge.json", signed(badge())), "--context-dir", folder)
    assert f"though its JSON is that of {NEWEST}" in step["reason"]


# Which file is which context


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("context-3.0.3.json", OB),
        ("v3p0/context-3.0.3.json", OB),
        ("purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", OB),
        ("ob/v3p0/context.json", "https://purl.imsglobal.org/spec/ob/v3p0/context.json"),
        ("context.json", None),
        ("credentials/v2.json", "https://www.w3.org/ns/credentials/v2"),
        ("credentials/v2", "https://www.w3.org/ns/credentials/v2"),
        ("v2.json", None),
        ("school.example/contexts/skills.json", SKILLS),
        ("skills.json", None),
    ],
)
def test_files_are_named_by_their_address(path: str, url: str | None) -> None:
    """A path that is an address, or that one address of the tables ends with, is its document; any other is told."""
    put(path, SKILLS_CONTEXT)
    found = read_context_folder(Path("contexts"))
    if url == SKILLS:
        assert ({SKILLS}, ()) == (set(found.documents), found.findings)
        return
    (finding,) = found.findings
    assert (f"contexts/{path}", url) == (finding.file, url and finding.url)
    assert {} == dict(found.documents)


def test_an_index_names_files(capsys: pytest.CaptureFixture[str]) -> None:
    """contexts.json goes before bytes and paths; an index that is none, or names what is not there, is wrong use."""
    put("one.json", SKILLS_CONTEXT)
    put(INDEX, {SKILLS: "one.json"})
    assert {SKILLS} == set(read_context_folder(Path("contexts")).documents)
    put("one.json", published_bytes(NEWEST))
    put(INDEX, {"https://www.w3.org/ns/credentials/v2": "one.json"})
    (finding,) = read_context_folder(Path("contexts")).findings
    assert "https://www.w3.org/ns/credentials/v2" == finding.url
    file = written("badge.json", signed(badge()))
    cases = {
        "names the file 'two.json', which is not in the folder": {SKILLS: "two.json"},
        "is no index": {SKILLS: 7},
        "Give it another name": SKILLS_CONTEXT,
        "the text is no JSON": b"{",
    }
    for advice, content in cases.items():
        put(INDEX, content)
        out, err = printed(capsys, 2, "verify", file, "--context-dir", "contexts")
        assert ("", 1) == (out, len(err.splitlines()))
        assert advice in err


def test_files_that_are_no_contexts() -> None:
    """Hidden files and notes are left out; what is no JSON, no context, too large, or there twice is told."""
    put(".hidden.json", b"x")
    put("README.md", b"x")
    for host, content in (("a", b"{"), ("b", b"{}"), ("c", b" " * (2**20 + 1)), ("d", SKILLS_CONTEXT)):
        put(f"{host}.example/context.json", content)
    put("e.json", SKILLS_CONTEXT)
    put("f.json", {"@context": {}})
    put(INDEX, {"https://d.example/context.json": "f.json"})
    found = read_context_folder(Path("contexts"))
    reasons = {each.file.removeprefix("contexts/"): each.message for each in found.findings}
    assert {"a.example/context.json", "b.example/context.json", "c.example/context.json", "e.json", "f.json"} == set(
        reasons
    )
    assert "has no member @context" in reasons["b.example/context.json"]
    assert "limit for a context" in reasons["c.example/context.json"]
    assert "another file is the document" in reasons["f.json"]


def test_folders_that_cannot_be_read(capsys: pytest.CaptureFixture[str]) -> None:
    """A missing folder, a file in its place, too many files: exit code 2 with the option's name."""
    file = written("badge.json", signed(badge()))
    for number in range(501):
        put(f"{number}.json", b"{}")
    cases = (
        ("missing", "there is no folder missing"),
        (file, "there is no folder"),
        ("contexts", "more than 500 files"),
    )
    for folder, advice in cases:
        _, err = printed(capsys, 2, "verify", file, "--context-dir", folder)
        assert "--context-dir: " in err
        assert advice in err
    _, err = printed(capsys, 2, "verify", file, "--cache-dir", file)
    assert "--cache-dir: badge.json is no folder." in err


# Contexts outside of the tables


def test_a_context_of_an_extension(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """With the file an extension is issued, verified and derived from without any connection; without it, neither."""
    no_network(monkeypatch)
    folder = put("school.example/contexts/skills.json", SKILLS_CONTEXT)
    file, key = written("draft.json", draft(**{"@context": EXTENDED, "colour": "red"})), key_file("p-256")
    arguments = ("--offline", "--context-dir", folder)
    for suite in ("ecdsa-rdfc-2019", "vc-jwt"):
        text, _ = printed(capsys, 0, "issue", file, "--key", key, "--suite", suite, *arguments)
        written("signed", text.encode())
        assert "VALID" == verdict(capsys, 0, "signed", *arguments)
        assert "UNVERIFIABLE" == verdict(capsys, 3, "signed", "--offline")
    text, _ = printed(capsys, 0, "issue", file, "--key", key, "--suite", "ecdsa-sd-2023", *arguments)
    written("base.json", json.loads(text))
    shown = printed(capsys, 0, "derive", "base.json", "--reveal", "/colour", *arguments)[0]
    assert "red" == json.loads(shown)["colour"]
    out, err = printed(capsys, 1, "issue", file, "--key", key, "--offline")
    assert "" == out
    assert f"the context '{SKILLS}' is not known" in err
    assert "do not work offline (--context-dir gives it)" in err
    printed(capsys, 1, "derive", "base.json", "--offline")


# Copies


def test_copies_stand_in_for_what_was_fetched(capsys: pytest.CaptureFixture[str]) -> None:
    """What was fetched once is read from the folder, offline too; a damaged copy is none, and is replaced by a whole one."""
    url = ""

    async def context(_request: Request) -> Response:
        return Response(json.dumps(SKILLS_CONTEXT), media_type="application/ld+json")

    with RunningServer(Starlette(routes=[Route("/skills", context)])) as server:
        url = f"{server.url}/skills"
        origin = ("--allow-origin", server.url)
        file = written("draft.json", draft(**{"@context": [*EXTENDED[:2], url], "colour": "red"}))
        cached = (*origin, "--cache-dir", "copies")
        text, _ = printed(capsys, 0, "issue", file, "--key", key_file(), *cached)
        written("signed.json", json.loads(text))
        (copy,) = Path("copies").iterdir()
        whole = copy.read_bytes()
        offline = (*cached, "--offline")
        assert "VALID" == verdict(capsys, 0, "signed.json", *offline)
        assert "UNVERIFIABLE" == verdict(capsys, 3, "signed.json", *origin, "--offline")
        for damaged in (
            b"",
            whole[:40],
            whole[:-1],
            whole.replace(b"terms#", b"other#"),
            b"\xff" * 100,
            b"[" * 100_000,
        ):
            copy.write_bytes(damaged)
            assert "UNVERIFIABLE" == verdict(capsys, 3, "signed.json", *offline)
        assert "VALID" == verdict(capsys, 0, "signed.json", *cached)
        assert [copy.name] == [each.name for each in Path("copies").iterdir()]
        assert "VALID" == verdict(capsys, 0, "signed.json", *offline)
    assert "VALID" == verdict(capsys, 0, "signed.json", *cached)


def test_nothing_is_kept_unasked(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without --cache-dir no file is made anywhere; with it, what its server does not want to be kept is not."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(Path("home").absolute()))
    monkeypatch.setenv("HOME", str(Path("home").absolute()))

    async def credential(_request: Request) -> Response:
        return Response(json.dumps(signed(badge())), media_type="application/vc", headers={"Cache-Control": "no-store"})

    with RunningServer(Starlette(routes=[Route("/badge", credential)])) as server:
        arguments = (f"{server.url}/badge", "--allow-origin", server.url)
        assert "VALID" == verdict(capsys, 0, *arguments)
        assert [] == names()
        assert "VALID" == verdict(capsys, 0, *arguments, "--cache-dir", "copies")
        assert "UNVERIFIABLE" == verdict(capsys, 3, *arguments, "--cache-dir", "copies", "--offline")
