"""The same frameworks in SQLite and in PostgreSQL: imported whole or not at all, read alike, one import at a time."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from tests.bundled import VERSIONS, Record, packages, standard
from tests.conftest import required_in_ci
from tests.reference.provider import BASE, UNKNOWN, address, bundled, client_of, sampled, store

from skillmark_fixtures.generator import small_frameworks
from skillmark_reference.frameworks.importing import import_files
from skillmark_reference.frameworks.presenting import Presenter
from skillmark_reference.frameworks.storing import Repository

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

KINDS = ("memory", "file", "postgresql")
#: Megabytes that a process may take which imports a package of fifty thousand items.
MOST_MEMORY = 200
ITEMS = 50_000
#: Other than ru_maxrss, what it says of a process does not include the memory of the process that started it.
STATUS = Path("/proc/self/status")
IMPORT = """
import pathlib, sys
from skillmark_fixtures.generator import write_framework
from skillmark_reference.frameworks.importing import import_files
from skillmark_reference.frameworks.storing import Repository
path, items = pathlib.Path(sys.argv[1]), int(sys.argv[2])
with path.open("wb") as stream:
    write_framework(stream, items=items, seed=1)
report = import_files(Repository.open(f"sqlite:///{path}.sqlite"), [path])
status = pathlib.Path("/proc/self/status").read_text(encoding="ascii")
print(report.documents, report.records, int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Name an empty database of each kind."""
    if request.param == "postgresql":
        with postgresql() as found:
            yield found
    else:
        yield "sqlite://" if request.param == "memory" else f"sqlite:///{tmp_path / 'case.sqlite'}"


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Make a database of its own on the PostgreSQL server of the surroundings, and drop it afterwards."""
    server = os.environ.get("SKILLMARK_TEST_POSTGRESQL")
    if not server:
        required_in_ci("SKILLMARK_TEST_POSTGRESQL names no PostgreSQL database")
    name = f"skillmark_{uuid.uuid4().hex}"
    engine = sa.create_engine(server or "", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
        yield sa.make_url(server or "").set(database=name).render_as_string(hide_password=False)
        connection.execute(sa.text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.fixture
def repository(url: str) -> Iterator[Repository]:
    """Open an empty database of each kind."""
    with contextlib.closing(Repository.open(url)) as found:
        yield found


def state(repository: Repository) -> list[Record]:
    """Return everything that a repository holds, as it is published."""
    presenter = Presenter(repository, version="1.1", base=BASE)
    return [presenter.whole(framework) for framework in repository.frameworks()]


def two(seed: int = 1) -> list[Record]:
    """Return two small packages."""
    return list(small_frameworks(2, seed=seed))


# Reading


@pytest.mark.parametrize("version", VERSIONS)
def test_every_database_answers_alike(repository: Repository, tmp_path: Path, version: str) -> None:
    """The bundled frameworks read the same from every database, operation by operation, byte by byte."""
    store(repository, tmp_path, packages())
    with client_of(repository) as client, client_of(bundled()) as other:
        for name, row in standard(version).operations.items():
            for identifier in sampled(row.sourced_id_of)[:6]:
                path = address(version, name, identifier)
                assert other.get(path).content == client.get(path).content
        query = {"filter": "creator~'a' AND language='en'", "sort": "title", "orderBy": "desc"}
        path = address(version, "getAllCFDocuments")
        assert other.get(path, params=query).content == client.get(path, params=query).content
        assert 404 == client.get(address(version, "getCFItem", UNKNOWN)).status_code


def test_what_was_imported_is_there_when_it_is_opened_again(tmp_path: Path) -> None:
    """A database in a file keeps frameworks and revision from process to process."""
    url = f"sqlite:///{tmp_path / 'case.sqlite'}"
    with contextlib.closing(Repository.open(url)) as repository:
        store(repository, tmp_path, packages())
        before = (state(repository), repository.revision)
    with contextlib.closing(Repository.open(url)) as repository:
        assert before == (state(repository), repository.revision)
    assert packages() == before[0]


def test_databases_in_memory_are_separate(tmp_path: Path) -> None:
    """Two databases in memory have nothing in common."""
    with (
        contextlib.closing(Repository.open("sqlite://")) as one,
        contextlib.closing(Repository.open("sqlite://")) as two,
    ):
        store(one, tmp_path, list(small_frameworks(1, seed=1)))
        assert [1, 0] == [len(each.frameworks()) for each in (one, two)]


def test_codes_are_ordered_and_compared_alike(repository: Repository, tmp_path: Path) -> None:
    """What is below a code is found by its dotted parts, capitals and signs of patterns included, in the order of numbers."""
    codes = [
        "1",
        "1.2",
        "1.10",
        "1.1",
        "1.1.1",
        "1.x",
        "11",
        "1_",
        "1_.1",
        "1%.1",
        "A",
        "A.1",
        "a.1",
        "1.02",
        f"1.{'9' * 5_000}",
    ]
    value = next(small_frameworks(1, seed=1))
    value["CFDefinitions"] = {"CFSubjects": [subject(number, code) for number, code in enumerate(codes)]}
    store(repository, tmp_path, [value])
    below = {
        "1": ["1.1", "1.1.1", "1.2", "1.02", "1.10", f"1.{'9' * 5_000}", "1.x"],
        "1_": ["1_.1"],
        "A": ["A.1"],
        "11": [],
    }
    (framework,) = repository.frameworks()
    for code, expected in below.items():
        assert expected == [each["hierarchyCode"] for each in repository.descendants(framework, "CFSubjects", code)]


def subject(number: int, code: str) -> Record:
    """Return a subject with a code."""
    identifier = f"{number:08x}-0000-4000-8000-000000000000"
    uri = f"{BASE}/ims/case/v1p1/CFSubjects/{identifier}"
    time = "2026-09-01T08:00:00Z"
    return {"identifier": identifier, "uri": uri, "title": code, "hierarchyCode": code, "lastChangeDateTime": time}


@pytest.mark.parametrize(
    "text", ["\0", "ß\u2028😀", "x" * 5_000, '"\\/', "%_'"], ids=["nul", "signs", "long", "json", "sql"]
)
def test_every_legal_text_comes_back(repository: Repository, tmp_path: Path, text: str) -> None:
    """Texts, codes and foreign nodes with any sign, and of any length, are kept as they came."""
    value = next(small_frameworks(1, seed=1))
    value["CFItems"][0]["fullStatement"] = text
    value["CFDefinitions"]["CFItemTypes"][0]["hierarchyCode"] = text
    value["CFAssociations"][0]["destinationNodeURI"] |= {"identifier": text, "targetType": "ext:elsewhere"}
    store(repository, tmp_path, [value])
    assert [value] == state(repository)
    identifier = value["CFDefinitions"]["CFItemTypes"][0]["identifier"]
    with client_of(repository) as client:
        (found,) = client.get(address("1.1", "getCFItemType", identifier)).json()["CFItemTypes"]
    assert text == found["hierarchyCode"]


def test_what_is_no_identifier_finds_nothing(repository: Repository) -> None:
    """Whatever text is looked up, the database takes no harm and has no record of it."""
    for text in ("", "\0", "x" * 5_000, "%", "' OR 1=1 --", UNKNOWN):
        assert (None, None) == (repository.framework(text), repository.find("CFItems", text))
        assert {} == repository.collections_of([text])


# Importing


def test_an_import_replaces_what_was_there(repository: Repository, tmp_path: Path) -> None:
    """A framework that comes again takes the place of the old one, records and associations too; others stay."""
    one, other = two()
    store(repository, tmp_path, [one, other])
    item = one["CFItems"].pop()
    one["CFAssociations"] = one["CFAssociations"][:1]
    store(repository, tmp_path, [one])
    assert [other, one] == state(repository)
    assert 2 == repository.revision
    assert repository.find("CFItems", item["identifier"]) is None
    assert [] == repository.associations_of(item["identifier"])
    assert {} == repository.collections_of([item["identifier"]])


def untitled(package: Record) -> tuple[str, str]:
    """Drop the title of the document."""
    del package["CFDocument"]["title"]
    return "/CFDocument", "Information Model, 7.1 CFPckgDocument"


def mistyped(package: Record) -> tuple[str, str]:
    """Send a word for a date."""
    package["CFItems"][1]["lastChangeDateTime"] = "yesterday"
    return "/CFItems/1/lastChangeDateTime", "Information Model, 7.1 CFPckgItem"


def full(package: Record) -> tuple[str, str]:
    """Send the link to the document inside of the package."""
    package["CFItems"][2]["CFDocumentURI"] = package["CFAssociations"][0]["destinationNodeURI"]
    return "/CFItems/2", "Information Model, 7.1 CFPckgItem"


def wrong_end(package: Record) -> tuple[str, str]:
    """Send a bare string for the end of an association."""
    package["CFAssociations"][0]["originNodeURI"] = "x"
    return "/CFAssociations/0/originNodeURI", "Information Model, 7.1 CFPckgAssociation"


def unlicensed(package: Record) -> tuple[str, str]:
    """Send null in a definition."""
    package["CFDefinitions"]["CFItemTypes"][0]["description"] = None
    return "/CFDefinitions/CFItemTypes/0/description", "Information Model, 7.1 CFItemType"


def second(package: Record) -> tuple[str, str]:
    """Use the identifier of the document for an item."""
    package["CFItems"][0]["identifier"] = package["CFDocument"]["identifier"]
    return "/CFDocument/identifier", "Information Model, 4.2"


def outside(package: Record) -> tuple[str, str]:
    """Add a table of definitions that the model lacks."""
    package["CFDefinitions"]["CFColours"] = []
    return "/CFDefinitions", "Information Model, 7.1 CFDefinition"


@pytest.mark.parametrize("spoil", [untitled, mistyped, full, wrong_end, unlicensed, second, outside])
def test_a_violation_in_the_second_file_undoes_the_first(
    repository: Repository, tmp_path: Path, spoil: Callable[[Record], tuple[str, str]]
) -> None:
    """One violation anywhere leaves the database as it was, and is told with file, pointer and clause."""
    store(repository, tmp_path, two(seed=1))
    before = (state(repository), repository.revision)
    good, bad = two(seed=2)
    pointer, clause = spoil(bad)
    report = imported(repository, tmp_path, good, bad, before[0][0])
    (found,) = report.violations
    assert ("1.json", pointer, clause) == (found.file, found.pointer, found.clause)
    assert found.expected
    assert found.actual
    assert (0, 0, 1) == (report.documents, report.records, report.count)
    assert before == (state(repository), repository.revision)


def imported(repository: Repository, folder: Path, *values: Record) -> Any:  # noqa: ANN401 - the report
    """Import packages from files, good or bad."""
    for number, value in enumerate(values):
        (folder / f"{number}.json").write_text(json.dumps(value), encoding="utf-8")
    return import_files(repository, [folder / f"{number}.json" for number in range(len(values))])


def test_violations_of_all_files_are_told(repository: Repository, tmp_path: Path) -> None:
    """Every file is checked to its end, whatever was wrong before."""
    spoilt = two()
    pointers = [[spoil(value)[0] for spoil in (mistyped, full, outside)] for value in spoilt]
    report = imported(repository, tmp_path, *spoilt)
    assert [(f"{number}.json", pointer) for number, found in enumerate(pointers) for pointer in found] == [
        (each.file, each.pointer) for each in report.violations
    ]


def test_violations_without_number_are_counted(tmp_path: Path) -> None:
    """Of very many violations the first ten thousand are told, and all of them counted."""
    value = next(small_frameworks(1, seed=1))
    value["CFItems"] = [{}] * 4_000
    with contextlib.closing(Repository.open("sqlite://")) as repository:
        report = imported(repository, tmp_path, value)
    assert (10_000, 16_000) == (len(report.violations), report.count)


# One after the other


def test_two_imports_at_once_both_count(url: str, tmp_path: Path) -> None:
    """Imports at the same time go one after the other: both are kept, and each makes a new revision."""
    repositories = [Repository.open(url)]
    repositories.append(repositories[0] if url == "sqlite://" else Repository.open(url))
    gate = threading.Barrier(2)

    def run(number: int) -> None:
        folder = tmp_path / f"{number}"
        folder.mkdir()
        made = list(small_frameworks(30, seed=number))
        gate.wait()
        store(repositories[number], folder, made)

    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(60, 2)] * 2 == [(len(each.frameworks()), each.revision) for each in repositories]
    for each in repositories:
        each.close()


def test_the_same_framework_imported_twice_at_once_is_there_once(url: str, tmp_path: Path) -> None:
    """Two imports of one framework at the same time leave one framework."""
    value = next(small_frameworks(1, seed=1))
    repositories = [Repository.open(url)]
    repositories.append(repositories[0] if url == "sqlite://" else Repository.open(url))
    folders = [tmp_path / "0", tmp_path / "1"]
    for folder in folders:
        folder.mkdir()
    threads = [
        threading.Thread(target=store, args=(each, folder, [value]))
        for each, folder in zip(repositories, folders, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [value] == state(repositories[1])
    for each in repositories:
        each.close()


def test_an_import_is_not_seen_before_it_ends(url: str, tmp_path: Path) -> None:
    """Whoever reads while a large import is under way sees the frameworks as they were, or waits; never a half."""
    old, new = two()
    repository = Repository.open(url)
    store(repository, tmp_path, [old])
    reader = repository if url == "sqlite://" else Repository.open(url)
    seen: list[list[Record]] = []
    thread = threading.Thread(target=lambda: seen.append(state(reader)), daemon=True)
    with repository.importing() as target:
        target.begin(0)
        # More than a database keeps in memory until the end of a transaction.
        for _ in range(1_000):
            target.add("CFItems", new["CFItems"][0] | {"notes": "x" * 10_000})
        target.end(new["CFDocument"], {"CFItems": []})
        thread.start()
        if reader is not repository:
            thread.join(timeout=20)
            assert [[old]] == seen
    thread.join()
    assert [2 if reader is repository else 1, 2] == [len(each) for each in (*seen, state(reader))]
    reader.close()
    repository.close()


def test_a_failed_import_leaves_nothing_behind(repository: Repository, tmp_path: Path) -> None:
    """When an import is broken off, the database is as it was and the next import goes through."""
    old, new = two()
    store(repository, tmp_path, [old])
    with pytest.raises(ZeroDivisionError):
        broken_off(repository, new)
    assert [old] == state(repository)
    store(repository, tmp_path, [new])
    assert [old, new] == state(repository)


def broken_off(repository: Repository, value: Record) -> None:
    """Begin an import and fail."""
    with repository.importing() as target:
        target.begin(0)
        target.add("CFItems", value["CFItems"][0])
        raise ZeroDivisionError


# Size


@pytest.mark.skipif(not STATUS.exists(), reason="the most memory of a process is read from /proc")
def test_fifty_thousand_items_fit_into_little_memory(tmp_path: Path) -> None:
    """A package of fifty thousand items is imported by a process that never takes more than a fixed amount of memory."""
    command = [sys.executable, "-c", IMPORT, str(tmp_path / "large.json"), f"{ITEMS}"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own script
    documents, found, megabytes = map(int, done.stdout.split())
    assert (1, 2 * ITEMS + (ITEMS - 1) // 10 + 1) == (documents, found)
    assert (tmp_path / "large.json").stat().st_size > 60_000_000
    assert megabytes < MOST_MEMORY
