"""Drafts of credentials: what may be left out, whatever else they hold, and what the library tells who issues in a program."""

from __future__ import annotations

import copy
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.reference.credentials.surroundings import BEGIN, SCHOOL, badge

from skillmark.cli import outputs
from skillmark.cli.application import run
from skillmark.core.errors import Misconfigured
from skillmark_reference.credentials.issuance.completing import complete
from skillmark_reference.credentials.issuing import IssuingRefused, with_proof
from skillmark_reference.securing.instants import parse_date_time

from .drafts import LEARNER, draft, key_file, written

if TYPE_CHECKING:
    from pathlib import Path

NOW = parse_date_time("2026-06-01T12:00:00Z")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Drafts are files in a folder of the test."""
    monkeypatch.chdir(tmp_path)


@given(left_out=st.sets(st.sampled_from(["@context", "id", "type", "name", "issuer", "validFrom"])))
def test_filling_in_leaves_the_rest_alone(left_out: set[str]) -> None:
    """Whatever may be left out is filled in, told, and nothing else is changed; what was complete is not touched."""
    whole = badge()
    completed = complete(
        {name: value for name, value in whole.items() if name not in left_out},
        profile=whole["issuer"],
        now=NOW,
        identifier="urn:uuid:1",
    )
    assert {f"/{name}" for name in left_out} == {each.pointer for each in completed.filled}
    assert whole.keys() == completed.credential.keys()
    kept = whole.keys() - left_out
    assert {name: whole[name] for name in kept} == {name: completed.credential[name] for name in kept}
    assert (
        completed.credential
        == complete(completed.credential, profile=whole["issuer"], now=NOW, identifier="urn:uuid:2").credential
    )


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from([LEARNER, "Achievement"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "type", "name", "@id"]), inner),
    max_leaves=5,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    members=st.dictionaries(
        st.sampled_from(["@context", "id", "type", "issuer", "name", "validFrom", "credentialSubject", "evidence"]),
        _JSON,
    ),
    suite=st.sampled_from(["eddsa-rdfc-2022", "eddsa-jcs-2022", "vc-jwt"]),
)
def test_whatever_the_draft_holds(members: dict[str, Any], suite: str) -> None:
    """A draft with anything in the place of a member is issued or refused, and never a defect of ours."""
    file = written("draft.json", draft() | members)
    assert run(["issue", file, "--key", key_file(), "--suite", suite, "--json"]) in {0, 1}


@pytest.mark.parametrize("depth", [70, 300, 900, 5000])
@pytest.mark.parametrize(
    "arguments",
    [
        "issue deep.json",
        "issue --achievement deep.json",
        "issue draft.json --issuer deep.json",
        "issue --member deep.json",
        "derive deep.json",
    ],
)
def test_deep_documents(arguments: str, depth: int, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is nested too deeply is refused as that, and never a defect of ours."""
    written("draft.json", draft())
    text = json.dumps(draft(proof={})).removesuffix("}") + ', "name": ' + "[" * depth + "]" * depth + "}"
    written("deep.json", text.encode())
    key = [] if arguments.startswith("derive") else ["--key", key_file()]
    assert run([*arguments.split(" "), *key]) in {1, 2}
    assert "nested" in capsys.readouterr().err


def test_a_refusal_of_the_library_has_all_problems() -> None:
    """Who completes a draft in a program gets every reason as values."""
    with pytest.raises(IssuingRefused) as caught:
        complete({"proof": {}}, profile={"id": LEARNER}, now=NOW, identifier="urn:uuid:1")
    assert ["/type", "/proof"] == [each.pointer for each in caught.value.problems]
    original = draft()
    kept = copy.deepcopy(original)
    complete(original, profile={"id": LEARNER}, now=NOW, identifier="urn:uuid:1")
    assert kept == original


def test_no_suite_signs_what_no_context_defines() -> None:
    """JCS would sign an undefined term, which a verifier refuses: so does the library."""
    with pytest.raises(IssuingRefused) as caught:
        with_proof({**badge(), "colour": "red"}, SCHOOL, created=BEGIN, cryptosuite="eddsa-jcs-2022")
    assert ["/colour"] == [each.pointer for each in caught.value.problems]


def test_a_file_that_appears_meanwhile_is_kept(tmp_path: Path) -> None:
    """Between the question whether there is a file and the writing of it another program may make it: it stays."""
    place = tmp_path / "key.json"
    outputs.refuse_existing(str(place), force=False)
    place.write_bytes(b"precious")
    with pytest.raises(Misconfigured, match="exists"):
        outputs.write(str(place), b"new", force=False)
    assert b"precious" == place.read_bytes()
