"""Importing packages: all of them, or none."""

from __future__ import annotations

import gzip
import io
import json
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from skillmark_fixtures.generator import small_frameworks, write_framework
from skillmark_reference.databases import DatabaseUnavailable
from skillmark_reference.frameworks.importing import ImportReport, import_files
from skillmark_reference.frameworks.presenting import Presenter
from skillmark_reference.frameworks.storing import Repository

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

BASE = "https://case.example.org"


def generated(items: int = 12, version: str = "1.1") -> dict[str, Any]:
    """Return a generated package."""
    stream = io.BytesIO()
    write_framework(stream, items=items, seed=5, version=version)
    package: dict[str, Any] = json.loads(stream.getvalue())
    return package


def imported(repository: Repository, folder: Path, *packages: object) -> ImportReport:
    """Import packages from files."""
    paths = [folder / f"{number}.json" for number in range(len(packages))]
    for path, package in zip(paths, packages, strict=True):
        path.write_text(json.dumps(package), encoding="utf-8")
    return import_files(repository, paths)


def shown(repository: Repository, version: str = "1.1") -> list[dict[str, Any]]:
    """Return every package of a repository, as it was published."""
    presenter = Presenter(repository, version=version, base=BASE)
    return [presenter.whole(framework) for framework in repository.frameworks()]


@pytest.mark.parametrize("version", ["1.0", "1.1"])
def test_what_goes_in_comes_out(tmp_path: Path, version: str) -> None:
    """A package that was imported is served as it was published."""
    repository = Repository.open(f"sqlite:///{tmp_path / 'case.sqlite'}")
    package = generated(version=version)
    report = imported(repository, tmp_path, package)
    assert (1, 26, 0) == (report.documents, report.records, report.count)
    assert [package] == shown(repository, version)


def test_compressed_files_are_known_by_their_bytes(tmp_path: Path) -> None:
    """A gzip file is imported, whatever it is called."""
    path = tmp_path / "package.json"
    path.write_bytes(gzip.compress(json.dumps(generated()).encode()))
    repository = Repository.open("sqlite://")
    assert 1 == import_files(repository, [path]).documents


def test_a_second_import_replaces_the_first(tmp_path: Path) -> None:
    """A framework that is imported again is replaced, and the revision grows."""
    repository = Repository.open("sqlite://")
    package = generated()
    imported(repository, tmp_path, package)
    before = repository.revision
    package["CFItems"] = package["CFItems"][:3]
    imported(repository, tmp_path, package)
    assert [3] == [len(each["CFItems"]) for each in shown(repository)]
    assert before < repository.revision


def without_title(package: dict[str, Any]) -> None:
    """Drop the document's title."""
    del package["CFDocument"]["title"]


def unknown_member(package: dict[str, Any]) -> None:
    """Add a member that the model lacks."""
    package["CFItems"][3]["colour"] = "red"


def twice(package: dict[str, Any]) -> None:
    """Use an identifier for two items."""
    package["CFItems"][3]["identifier"] = package["CFItems"][2]["identifier"]


def no_array(package: dict[str, Any]) -> None:
    """Send an object for an array."""
    package["CFItems"] = {"a": 1}


def no_definitions(package: dict[str, Any]) -> None:
    """Send an array for an object."""
    package["CFDefinitions"] = []


def bare_value(package: dict[str, Any]) -> None:
    """Send a number for an association."""
    package["CFAssociations"][1] = 5


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        (without_title, "/CFDocument"),
        (unknown_member, "/CFItems/3"),
        (twice, "/CFItems/3/identifier"),
        (no_array, "/CFItems"),
        (no_definitions, "/CFDefinitions"),
        (bare_value, "/CFAssociations/1"),
    ],
)
def test_a_violation_leaves_the_database_as_it_was(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], pointer: str
) -> None:
    """With one violation in the second file nothing is stored, and the violation is named with pointer and clause."""
    repository = Repository.open(f"sqlite:///{tmp_path / 'case.sqlite'}")
    good = next(small_frameworks(1, seed=9))
    imported(repository, tmp_path, good)
    broken = generated()
    change(broken)
    report = imported(repository, tmp_path, next(small_frameworks(1, seed=10)), broken)
    assert (0, 0) == (report.documents, report.records)
    assert pointer in {violation.pointer for violation in report.violations}
    assert all(violation.clause and violation.file == "1.json" for violation in report.violations)
    assert [good["CFDocument"]["identifier"]] == [each.identifier for each in repository.frameworks()]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not JSON"),
        (b"[]", "no JSON object"),
        (b'{"CFItems": [', "not JSON"),
        (b'{"CFItems": [}', "not JSON"),
        (b"\x1f\x8b\x08\x00garbage", "broken gzip"),
        (b'{"CFDocument": {"title": "\xff"}}', "not"),
    ],
)
def test_unreadable_files_are_named(tmp_path: Path, content: bytes, message: str) -> None:
    """A file that is no package is named, and nothing is stored."""
    path = tmp_path / "broken.json"
    path.write_bytes(content)
    report = import_files(Repository.open("sqlite://"), [path])
    assert 1 == report.count
    assert message in str(report.violations[0])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """A file that is not there is a violation, no traceback."""
    report = import_files(Repository.open("sqlite://"), [tmp_path / "none.json"])
    assert "cannot be opened" in str(report.violations[0])


@pytest.mark.parametrize("url", ["nonsense", "sqlite:////no/such/folder/x.sqlite", "postgresql+nothing://x/y"])
def test_wrong_databases_are_named(url: str) -> None:
    """A database that cannot be opened is refused in one line."""
    with pytest.raises(DatabaseUnavailable) as caught:
        Repository.open(url)
    assert "\n" not in str(caught.value)


def test_memory_does_not_grow_with_the_package(tmp_path: Path) -> None:
    """Importing ten times as many items takes nearly the same memory; only identifiers are remembered."""
    peaks = []
    for items in (2_000, 20_000):
        path = tmp_path / f"{items}.json"
        with path.open("wb") as stream:
            write_framework(stream, items=items, seed=1)
        repository = Repository.open(f"sqlite:///{tmp_path / f'{items}.sqlite'}")
        tracemalloc.start()
        assert 1 == import_files(repository, [path]).documents
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        repository.close()
    assert 10_000_000 > peaks[1] - peaks[0]
