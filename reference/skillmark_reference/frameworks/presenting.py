"""Records as one version of the standard shows them, under one address."""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any

from skillmark_fixtures.frameworks import ADOPTION_WORDS_1_0
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skillmark_reference.frameworks.storing import Framework, Record, Repository
    from skillmark_reference.standards import Standard

#: Type of an association that has no better word in a version.
_NO_BETTER_WORD = "isRelatedTo"
_BREAKS = re.compile(r"\s*[\t\r\n]+\s*")
#: Package form of the classes that have one, by collection.
_PACKAGE_FORMS = {"CFItems": "CFPckgItem", "CFAssociations": "CFPckgAssociation", "CFDocuments": "CFPckgDocument"}
#: Where a linked record of a class is found.
_COLLECTIONS = {
    "CFDocument": "CFDocuments",
    "CFPackage": "CFPackages",
    "CFItem": "CFItems",
    "CFSubject": "CFSubjects",
    "CFConcept": "CFConcepts",
    "CFLicense": "CFLicenses",
    "CFItemType": "CFItemTypes",
    "CFAssociationGrouping": "CFAssociationGroupings",
}


class FrameworkReplaced(Exception):  # noqa: N818 - what happened while a package was read
    """The framework was replaced by an import before its package was read to the end."""


class Presenter:
    """Shows the records of a repository under one base address, in one version.

    Every record is given its address here; links to records that the repository holds follow. What the version lacks is left
    out, or said in the word that it has.
    """

    def __init__(self, repository: Repository, *, version: str, base: str) -> None:
        """Prepare for ``version`` ``1.0`` or ``1.1``; ``base`` is scheme, host and prefix without a final slash."""
        self._repository = repository
        self._standard = load_standard(f"case-{version}")
        self.root = base + self._standard.base_path

    def address(self, collection: str, identifier: str) -> str:
        """Return the address of a record."""
        return f"{self.root}/{collection}/{identifier}"

    def documents(self) -> list[Record]:
        """Return all documents in full form, in the order of their import."""
        return self._documents(self._repository.frameworks())

    def document(self, framework: Framework) -> Record:
        """Return a document in full form (CFDocument)."""
        return self._documents([framework])[0]

    def _documents(self, frameworks: list[Framework]) -> list[Record]:
        shown = self._shown("CFDocuments", [framework.document for framework in frameworks])
        return [
            record | {"CFPackageURI": self._link(framework, "CFPackages")}
            for record, framework in zip(shown, frameworks, strict=True)
        ]

    def _link(self, framework: Framework, collection: str) -> Record:
        """Return the link to a framework, as document or as package."""
        identifier = framework.identifier
        title = framework.document["title"]
        return {"title": title, "identifier": identifier, "uri": self.address(collection, identifier)}

    def single(self, collection: str, record: Record, framework: Framework) -> Record:
        """Return a record in full form: items and associations with the link to their document."""
        (shown,) = self._shown(collection, [record])
        if collection not in _PACKAGE_FORMS:
            return shown
        return shown | {"CFDocumentURI": self._link(framework, "CFDocuments")}

    def associations(self, records: list[Record]) -> list[Record]:
        """Return associations in package form."""
        return self._shown("CFAssociations", records)

    def definitions(self, collection: str, records: list[Record]) -> list[Record]:
        """Return definitions of one kind."""
        return self._shown(collection, records)

    def package(self, framework: Framework) -> Iterator[str]:
        """Yield the JSON text of a package piece by piece, however large it is.

        Raises:
            FrameworkReplaced: an import took the framework away, so that the pieces would not be a whole.
        """
        frame = self._fitted(framework.frame, "CFPackage")
        (document,) = self._shown("CFDocuments", [framework.document])
        yield '{"CFDocument":' + _text(document)
        for name, value in frame.items():
            if name == "CFDefinitions":
                yield ',"CFDefinitions":{'
                yield from _joined(self._member(framework, each, content) for each, content in value.items())
                yield "}"
            else:
                yield ","
                yield from self._member(framework, name, value)
        if not self._repository.holds(framework):
            raise FrameworkReplaced
        yield "}"

    def whole(self, framework: Framework) -> Record:
        """Return a package as one value, for where it is not sent on."""
        package: Record = json.loads("".join(self.package(framework)))
        return package

    def _member(self, framework: Framework, name: str, value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
        """Yield one member: an array of records from the repository, or a value as it is."""
        yield f"{_text(name)}:"
        if value != []:
            yield _text(value)
            return
        yield "["
        batches = (self._shown(name, batch) for batch in self._repository.records(framework, name))
        yield from _joined([",".join(map(_text, batch))] for batch in batches)
        yield "]"

    def _shown(self, collection: str, records: list[Record]) -> list[Record]:
        form = _PACKAGE_FORMS.get(collection, collection.removesuffix("s"))
        fitted = [self._fitted(record, form) for record in records]
        for record in fitted:
            self._address_record(record, collection)
        self._address_links(fitted, form)
        return fitted

    def _address_record(self, record: Record, collection: str) -> None:
        record["uri"] = address = self.address(collection, record["identifier"])
        if collection == "CFDocuments" and "caseVersion" in self._standard.classes["CFDocument"].properties:
            record["caseVersion"] = self._standard.version
        if collection == "CFDocuments" and self._standard.version == "1.0" and "adoptionStatus" in record:
            record["adoptionStatus"] = ADOPTION_WORDS_1_0.get(record["adoptionStatus"], record["adoptionStatus"])
        # Criteria and levels are read with their rubric only.
        for criterion in record.get("CFRubricCriteria", ()):
            criterion["uri"] = f"{address}#{criterion['identifier']}"
            for level in criterion.get("CFRubricCriterionLevels", ()):
                level["uri"] = f"{address}#{level['identifier']}"

    def _address_links(self, records: list[Record], form: str) -> None:
        links = [link for record in records for link in _links(self._standard, form, record)]
        held = self._repository.collections_of(link["identifier"] for _, link in links)
        for targets, link in links:
            known = held.get(link["identifier"], set())
            collection = next((_COLLECTIONS[name] for name in targets if _COLLECTIONS.get(name) in known), None)
            if collection is not None:
                link["uri"] = self.address(collection, link["identifier"])

    def _fitted(self, value: Record, name: str) -> Record:
        """Return an object as the version has it."""
        row = self._standard.classes.get(name)
        if row is None or not row.closed:
            return value
        fitted = {}
        for member, content in value.items():
            if member in row.properties:
                fitted[member] = self._fitted_value(content, row.properties[member].type)
        return fitted

    def _fitted_value(self, value: Any, kind: str) -> Any:  # noqa: ANN401 - any JSON value
        if isinstance(value, list):
            return [self._fitted_value(entry, kind) for entry in value]
        if isinstance(value, dict):
            return self._fitted(value, kind)
        if kind == "NormalizedString":
            return _BREAKS.sub(" ", value)
        if kind in self._standard.enums and not self._standard.enums[kind].admits(value):
            return _NO_BETTER_WORD
        return value


def _links(standard: Standard, form: str, record: Record) -> Iterator[tuple[tuple[str, ...], Record]]:
    """Yield the links of a record, of the records inside of it too, each with the classes that it may point to."""
    for member, targets, inner in _holders(standard.id, form):
        content = record.get(member)
        for entry in content if isinstance(content, list) else [content] if content is not None else []:
            if targets:
                yield targets, entry
            else:
                yield from _links(standard, inner, entry)


@functools.cache
def _holders(standard_id: str, form: str) -> tuple[tuple[str, tuple[str, ...], str], ...]:
    standard = load_standard(standard_id)
    return tuple(
        (row.name, row.target if row.type in {"LinkURI", "LinkGenURI"} else (), row.type)
        for row in standard.classes[form].properties.values()
        if row.type in standard.classes and standard.classes[row.type].closed
    )


def _joined(members: Iterable[Iterable[str]]) -> Iterator[str]:
    """Yield the pieces of several values with commas between the values."""
    for index, pieces in enumerate(members):
        if index:
            yield ","
        yield from pieces


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
