"""The bundled frameworks as packages, and every object inside of them with its class."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from skillmark_fixtures.frameworks import framework, slugs
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.standards import Standard

Record = dict[str, Any]

VERSIONS = ("1.0", "1.1")
SLUGS = slugs()


@functools.cache
def package(slug: str, version: str = "1.1") -> Record:
    """Return a bundled framework, to be looked at and not to be changed."""
    return framework(slug, version=version)


def packages(version: str = "1.1") -> list[Record]:
    """Return all bundled frameworks, to be looked at and not to be changed."""
    return [package(slug, version) for slug in SLUGS]


def standard(version: str) -> Standard:
    """Return the table of a version of CASE."""
    return load_standard(f"case-{version}")


def objects(table: Standard, record_class: str, value: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield a valid object and all objects inside of it, each with the name of its class."""
    yield record_class, value
    for name, row in table.classes[record_class].properties.items():
        if row.type in table.classes and name in value:
            for entry in value[name] if row.card.is_array else [value[name]]:
                yield from objects(table, row.type, entry)


def records(value: Record, version: str = "1.1") -> Iterator[tuple[str, Record]]:
    """Yield every record of a package, criteria and levels of rubrics too, each with the name of its class."""
    table = standard(version)
    for name, each in objects(table, "CFPackage", value):
        if table.classes[name].is_record:
            yield name, dict(each)
