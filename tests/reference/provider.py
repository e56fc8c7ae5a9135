"""The reference provider in process, on the bundled frameworks or on the packages of a test."""

from __future__ import annotations

import functools
import json
import time
from typing import TYPE_CHECKING, Any

import httpx
from tests.bundled import Record, packages, records, standard

from skillmark.wire.in_process import AsgiTransport
from skillmark_reference.frameworks.importing import import_bundled, import_files
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import ServerOptions, create_app
from skillmark_reference.standards.structure import violations

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

BASE = "https://case.example.org"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
_MOST_SAMPLED = 24


@functools.cache
def bundled() -> Repository:
    """Return a repository with the bundled frameworks, to be read only."""
    repository = Repository.open("sqlite://")
    assert 0 == import_bundled(repository).count
    return repository


def store(repository: Repository, folder: Path, values: Iterable[Record]) -> None:
    """Import packages from files, in one import."""
    paths = []
    for number, value in enumerate(values):
        paths.append(folder / f"{number}.json")
        paths[-1].write_text(json.dumps(value), encoding="utf-8")
    assert () == import_files(repository, paths).violations


def stored(folder: Path, *values: Record) -> Repository:
    """Return a repository in memory that holds packages."""
    repository = Repository.open("sqlite://")
    store(repository, folder, values)
    return repository


def client_of(
    repository: Repository,
    *,
    base: str = BASE,
    clock: Callable[[], float] = time.monotonic,
    **options: Any,  # noqa: ANN401 - the options of the server
) -> httpx.Client:
    """Return a client of the provider of a repository."""
    app = create_app(repository, options=ServerOptions(**options), clock=clock)
    return httpx.Client(transport=AsgiTransport(app), base_url=base)


def address(version: str, operation: str, identifier: str | None = None) -> str:
    """Return the path of an operation."""
    table = standard(version)
    return table.base_path + table.operations[operation].url_path(identifier)


@functools.cache
def identifiers(record_class: str | None) -> Sequence[str | None]:
    """Return the identifiers of a class over the bundled frameworks; for no class, the one read without identifier."""
    if record_class is None:
        return (None,)
    names = {record_class, f"CFPckg{record_class.removeprefix('CF')}"}
    return tuple(each["identifier"] for value in packages() for name, each in records(value) if name in names)


def sampled(record_class: str | None) -> Sequence[str | None]:
    """Return some identifiers of a class, evenly spread over the bundled frameworks."""
    found = identifiers(record_class)
    return found[:: max(1, len(found) // _MOST_SAMPLED)]


def assert_refused(response: httpx.Response, version: str, status: int, **expected: str) -> None:
    """Assert that an answer is a refusal as the version has it: status, form of the body, and the codes expected."""
    assert status == response.status_code, response.text
    assert "application/json" == response.headers["content-type"]
    body = response.json()
    assert [] == violations(standard(version), "imsx_StatusInfo", body)
    assert ("failure", "error") == (body["imsx_codeMajor"], body["imsx_severity"])
    (found,) = body.get("imsx_codeMinor", {"imsx_codeMinorField": [{}]})["imsx_codeMinorField"]
    given = {"code": found.get("imsx_codeMinorFieldValue"), "field": found.get("imsx_codeMinorFieldName")}
    given["text"] = body["imsx_description"]
    assert expected == {name: given[name] for name in expected}


def values(body: Any) -> Iterator[Any]:  # noqa: ANN401 - any JSON value
    """Yield a JSON value and every value inside of it."""
    yield body
    for each in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from values(each)
