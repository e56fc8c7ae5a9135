"""Loading packages into a repository: all of them, or none with every violation listed."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from skillmark_fixtures.frameworks import slugs, write_all
from skillmark_reference.frameworks.reading import Part, Unreadable, opened, parts
from skillmark_reference.standards import load_standard
from skillmark_reference.standards.structure import violations

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skillmark_reference.frameworks.storing import Import, Repository
    from skillmark_reference.standards import Standard

#: 1.1 admits every package that 1.0 admits, so one table checks both.
_STANDARD = "case-1.1"
_MOST_KEPT = 10_000
_FORMS = {"CFItems": "CFPckgItem", "CFAssociations": "CFPckgAssociation"}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ImportViolation:
    """One reason why a file was not imported."""

    file: str
    #: JSON pointer into the file.
    pointer: str
    expected: str
    actual: str
    #: Where the standard says so; empty for files that cannot be read.
    clause: str = ""

    def __str__(self) -> str:
        place = f"{self.file}{f'#{self.pointer}' if self.pointer else ''}"
        source = f" ({self.clause})" if self.clause else ""
        return f"{place}: expected {self.expected}, found {self.actual}{source}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ImportReport:
    """What an import did."""

    #: Frameworks and records that were stored; 0 when there is a violation.
    documents: int
    records: int
    #: The violations, the first ten thousand of them.
    violations: tuple[ImportViolation, ...]
    #: How many violations there are in all.
    count: int


class _Refused(Exception):  # noqa: N818 - ends the transaction
    pass


def import_files(repository: Repository, paths: Iterable[Path]) -> ImportReport:
    """Import CFPackage files, plain or compressed, in one transaction; a framework that is there already is replaced.

    With any violation nothing is stored and the database is as it was.
    """
    load = _Load()
    try:
        with repository.importing() as target:
            for position, path in enumerate(paths):
                load.file(path, target, position=position)
            if load.count:
                raise _Refused  # noqa: TRY301 - leaving the block undoes the transaction
    except _Refused:
        return ImportReport(documents=0, records=0, violations=tuple(load.violations), count=load.count)
    return ImportReport(documents=load.documents, records=load.records, violations=(), count=0)


def import_bundled(repository: Repository) -> ImportReport:
    """Import the bundled frameworks."""
    with tempfile.TemporaryDirectory() as folder:
        write_all(Path(folder), version="1.1")
        return import_files(repository, [Path(folder) / f"{slug}.json" for slug in slugs()])


class _Load:
    """Counts what an import reads and finds."""

    def __init__(self) -> None:
        self._standard: Standard = load_standard(_STANDARD)
        self.documents = 0
        self.records = 0
        self.count = 0
        self.violations: list[ImportViolation] = []

    def file(self, path: Path, target: Import, *, position: int) -> None:
        """Read one package into the transaction; after the first violation it is only checked."""
        frame: dict[str, Any] = {}
        seen: set[bytes] = set()
        target.begin(position)
        try:
            with opened(path) as stream:
                for part in parts(stream):
                    self._part(part, target, frame, seen=seen, file=path.name)
        except Unreadable as error:
            self._note(
                ImportViolation(file=path.name, pointer="", expected="a CFPackage", actual=f"a file that {error}")
            )
            return
        if not self._structure("CFPackage", frame, "", file=path.name):
            self._unique("/CFDocument", frame["CFDocument"], seen, file=path.name)
        if not self.count:
            target.end(frame.pop("CFDocument"), frame)
            self.documents += 1

    def _part(self, part: Part, target: Import, frame: dict[str, Any], *, seen: set[bytes], file: str) -> None:
        if not part.collection:
            _place(frame, part)
            return
        form = _FORMS.get(part.collection, part.collection.removesuffix("s"))
        found = self._structure(form, part.value, part.pointer, file=file)
        if not found:
            self._unique(part.pointer, part.value, seen, file=file)
        if not self.count:
            target.add(part.collection, part.value)
            self.records += 1

    def _structure(self, form: str, value: object, pointer: str, *, file: str) -> bool:
        found = False
        for each in violations(self._standard, form, value):
            found = True
            self._note(
                ImportViolation(
                    file=file,
                    pointer=f"{pointer}{each.pointer}",
                    expected=each.expected,
                    actual=each.actual,
                    clause=each.clause,
                )
            )
        return found

    def _unique(self, place: str, record: dict[str, Any], seen: set[bytes], *, file: str) -> None:
        for pointer, identifier in _identifiers(place, record):
            key = bytes.fromhex(identifier.replace("-", ""))
            if key in seen:
                self._note(
                    ImportViolation(
                        file=file,
                        pointer=pointer,
                        expected="an identifier of its own for every record",
                        actual=f"{identifier} a second time",
                        clause="Information Model, 4.2",
                    )
                )
            seen.add(key)

    def _note(self, violation: ImportViolation) -> None:
        self.count += 1
        if len(self.violations) < _MOST_KEPT:
            self.violations.append(violation)


def _place(frame: dict[str, Any], part: Part) -> None:
    """Put a member where it belongs in the package without its records."""
    names = [name.replace("~1", "/").replace("~0", "~") for name in part.pointer.split("/")[1:]]
    holder = frame.setdefault(names[0], {}) if len(names) > 1 else frame
    holder.setdefault(names[-1], part.value)


def _identifiers(place: str, record: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the identifiers of a record and of the records inside of it, with their pointers."""
    yield f"{place}/identifier", record["identifier"]
    for index, criterion in enumerate(record.get("CFRubricCriteria", ())):
        row = f"{place}/CFRubricCriteria/{index}"
        yield f"{row}/identifier", criterion["identifier"]
        for number, level in enumerate(criterion.get("CFRubricCriterionLevels", ())):
            yield f"{row}/CFRubricCriterionLevels/{number}/identifier", level["identifier"]
