"""Reading packages as streams: whatever a file holds, it is read as it stands or named, and never takes the reader down."""

from __future__ import annotations

import gzip
import io
import json
import math
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bundled import packages, standard

from skillmark.strategies.records import valid
from skillmark_reference.frameworks.importing import import_files
from skillmark_reference.frameworks.reading import Part, Unreadable, _value, opened, parts
from skillmark_reference.frameworks.storing import Repository

if TYPE_CHECKING:
    from pathlib import Path

DOCUMENT = {
    "identifier": "0b0f7f52-3c1e-4d0a-9a55-5d6c1f0e2a01",
    "uri": "https://case.example.org/1",
    "creator": "a",
    "title": "b",
    "lastChangeDateTime": "2025-02-03T10:15:00Z",
}
ITEM = {
    "identifier": "7d9d3a34-8f0b-4c55-8a6a-0b6f7f1f3b02",
    "uri": "https://case.example.org/2",
    "fullStatement": "c",
    "lastChangeDateTime": "2025-02-03T10:15:00Z",
}
HEAD = f'{{"CFDocument": {json.dumps(DOCUMENT)}'


def read(text: str) -> list[Part]:
    """Return the parts of a text."""
    return list(parts(io.BytesIO(text.encode())))


def joined(found: list[Part]) -> dict[str, Any]:
    """Put the parts of a package together again."""
    made: dict[str, Any] = {}
    for part in found:
        *way, last = part.pointer.removeprefix("/").split("/")
        holder: Any = made
        for step in way:
            holder = holder[step]
        if isinstance(holder, list):
            assert len(holder) == int(last)
            holder.append(part.value)
        else:
            holder[last] = part.value
    return made


def outcome(folder: Path, text: str) -> str:
    """Import a text; return what was wrong with it, or nothing."""
    path = folder / "package.json"
    path.write_text(text, encoding="utf-8")
    report = import_files(Repository.open("sqlite://"), [path])
    return str(report.violations[0]) if report.violations else ""


# What is read


@pytest.mark.parametrize("value", packages(), ids=lambda value: value["CFDocument"]["title"][:20])
def test_the_parts_are_the_package(value: dict[str, Any]) -> None:
    """The parts of a package, put together at their pointers, are the package."""
    assert value == joined(read(json.dumps(value)))


@given(valid(standard("1.1"), "CFPackage"))
@settings(deadline=None, derandomize=True, max_examples=50, suppress_health_check=[HealthCheck.too_slow])
def test_any_package_is_read_as_it_is_written(value: dict[str, Any]) -> None:
    """Texts, numbers and objects of every kind come out as they went in."""
    assert value == joined(read(json.dumps(value)))


def test_records_come_one_by_one() -> None:
    """Every record is a part of its own with its collection, in the order of the file, tables of definitions too."""
    text = f'{HEAD}, "CFDefinitions": {{"CFSubjects": [1, 2], "x": 3}}, "CFItems": [{{}}, {{"a": [4]}}], "y~/": null}}'
    expected = [
        ("/CFDefinitions", "", {}),
        ("/CFDefinitions/CFSubjects", "", []),
        ("/CFDefinitions/CFSubjects/0", "CFSubjects", 1),
        ("/CFDefinitions/CFSubjects/1", "CFSubjects", 2),
        ("/CFDefinitions/x", "", 3),
        ("/CFItems", "", []),
        ("/CFItems/0", "CFItems", {}),
        ("/CFItems/1", "CFItems", {"a": [4]}),
        ("/y~0~1", "", None),
    ]
    assert expected == [(part.pointer, part.collection, part.value) for part in read(text)[1:]]


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(derandomize=True)
def test_names_of_members_are_no_paths(name: str) -> None:
    """A member is what it is called: dots and slashes in its name lead nowhere."""
    (part,) = read(json.dumps({name: {"a": [1]}}))
    assert "/" + name.replace("~", "~0").replace("/", "~1") == part.pointer
    assert "" == part.collection


@pytest.mark.parametrize("suffix", ["", ".gz"])
def test_files_are_known_by_their_bytes(tmp_path: Path, suffix: str) -> None:
    """A compressed file is read whatever it is called."""
    path = tmp_path / f"package.json{suffix}"
    path.write_bytes(gzip.compress(b'{"a": 1}'))
    with opened(path) as stream:
        assert [Part(pointer="/a", collection="", value=1)] == list(parts(stream))


# What is refused


@pytest.mark.parametrize(
    ("rest", "reason"),
    [
        pytest.param(f', "CFItems.item": {json.dumps(ITEM)}}}', "members of the model only", id="dotted name"),
        pytest.param(', "CFDefinitions.CFConcepts": []}', "members of the model only", id="dotted definitions"),
        pytest.param(f', "CFDocument": {json.dumps(DOCUMENT)}}}', "'CFDocument' twice", id="document twice"),
        pytest.param(', "CFItems": [], "CFItems": []}', "'CFItems' twice", id="items twice"),
        pytest.param(', "CFDefinitions": 5, "CFDefinitions": {"CFConcepts": []}}', "twice", id="definitions twice"),
        pytest.param(', "CFItems": [{"a": {"b": 1, "b": 2}}]}', "'b' twice", id="inner member twice"),
        pytest.param(', "x": ' + "[" * 100_000 + "]" * 100_000 + "}", "more than 64 deep", id="deep arrays"),
        pytest.param(', "x": ' + '{"a":' * 100_000 + "1" + "}" * 100_001, "more than 64 deep", id="deep objects"),
        pytest.param(', "x": 1e400}', "a file that", id="too large a number"),
        pytest.param(', "x": NaN}', "not JSON", id="not a number"),
        pytest.param("} x", "not JSON", id="more behind"),
        pytest.param("} {}", "not JSON", id="two packages"),
        pytest.param("", "not JSON", id="no end"),
        pytest.param(', "CFItems": [', "not JSON", id="no end of an array"),
        pytest.param(', "CFItems": null}', "a JSON array", id="null for an array"),
        pytest.param(', "CFItems": [null]}', "a CFPckgItem object", id="null for a record"),
    ],
)
def test_files_that_cannot_be_kept_as_they_are_are_named(tmp_path: Path, rest: str, reason: str) -> None:
    """What is no JSON, ambiguous, too deep or too large is named in one line, and so is what only looks like records."""
    found = outcome(tmp_path, HEAD + rest)
    assert reason in found
    assert "\n" not in found


def test_a_healthy_file_is_taken(tmp_path: Path) -> None:
    """The file that the broken ones are made of is imported."""
    assert "" == outcome(tmp_path, f'{HEAD}, "CFItems": [{json.dumps(ITEM)}]}}')


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_numbers_that_json_has_not_are_refused(number: float) -> None:
    """Whatever the parser makes of a number, what could not be written again is refused."""
    with pytest.raises(Unreadable, match="too large"):
        _value("number", number, iter(()))


def test_depth_has_a_limit_that_extensions_can_live_with() -> None:
    """Sixty arrays inside of each other are read."""
    (part,) = read('{"x": ' + "[" * 60 + "]" * 60 + "}")
    assert json.loads("[" * 60 + "]" * 60) == part.value
