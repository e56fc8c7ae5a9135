"""Frameworks in a database.

Records are kept as they were published, as JSON text, beside the few values that they are looked up by. How they are shown is
decided when they are read.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import re
import sys
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from skillmark_reference.databases import Database
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Record = dict[str, Any]

_BATCH = 500
#: Records are found by such identifiers alone; an association may also end at a node that is called anything.
_UUID = re.compile(load_standard("case-1.1").datatypes["UUID"].pattern or "")

_metadata = sa.MetaData()

_frameworks = sa.Table(
    "frameworks",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("identifier", sa.String(64), nullable=False, unique=True),
    sa.Column("document", sa.Text, nullable=False),
    #: Members of the package that are no records: its extensions, and the frame of its definitions.
    sa.Column("frame", sa.Text, nullable=False),
    #: Grows with every import, so that a cache knows when it is out of date.
    sa.Column("revision", sa.Integer, nullable=False),
)

_records = sa.Table(
    "records",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("framework", sa.ForeignKey("frameworks.id", ondelete="CASCADE"), nullable=False),
    sa.Column("collection", sa.String(32), nullable=False),
    sa.Column("identifier", sa.String(64), nullable=False),
    #: Only for definitions that form a hierarchy.
    sa.Column("hierarchy_code", sa.Text),
    sa.Column("content", sa.Text, nullable=False),
    sa.Index("records_by_identifier", "identifier", "collection"),
    sa.Index("records_of_framework", "framework", "collection"),
)

_ends = sa.Table(
    "association_ends",
    _metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("node", sa.String(64), nullable=False),
    sa.Column("record", sa.ForeignKey("records.id", ondelete="CASCADE"), nullable=False),
    sa.Index("ends_by_node", "node"),
    sa.Index("ends_of_record", "record"),
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """The head of one stored framework."""

    id: int
    #: Package form of the document (CFPckgDocument).
    document: Record
    frame: Record

    @property
    def identifier(self) -> str:
        """The identifier of the document, which is also that of the package."""
        return str(self.document["identifier"])


class Repository:
    """All frameworks of one provider."""

    def __init__(self, database: Database) -> None:
        """Keep frameworks in a database.

        Raises:
            DatabaseUnavailable: its tables cannot be made.
        """
        #: Where the frameworks are, and everything else that the same server keeps.
        self.database = database
        database.provide(_metadata)

    @classmethod
    def open(cls, url: str) -> Repository:
        """Open a database as `Database.open` does, and make the tables of frameworks where they are missing.

        Raises:
            DatabaseUnavailable: the address is wrong, its driver is not installed, or the server does not answer.
        """
        return cls(Database.open(url))

    def close(self) -> None:
        """Close all connections."""
        self.database.close()

    @property
    def revision(self) -> int:
        """The number of the latest import; 0 for an empty database."""
        return int(self.database.scalar(sa.select(sa.func.coalesce(sa.func.max(_frameworks.c.revision), 0))))

    def frameworks(self) -> list[Framework]:
        """Return the heads of all frameworks in the order of their import."""
        return [_framework(row) for row in self.database.rows(sa.select(_frameworks).order_by(_frameworks.c.id))]

    def framework(self, identifier: str) -> Framework | None:
        """Return the head of the framework whose document has the identifier."""
        if not _UUID.fullmatch(identifier):
            return None
        rows = self.database.rows(sa.select(_frameworks).where(_frameworks.c.identifier == identifier))
        return _framework(rows[0]) if rows else None

    def holds(self, framework: Framework) -> bool:
        """Whether the framework is still there, and no import has replaced it."""
        return self.database.scalar(sa.select(_frameworks.c.id).where(_frameworks.c.id == framework.id)) is not None

    def records(self, framework: Framework, collection: str) -> Iterator[list[Record]]:
        """Yield the records of one collection of a framework, in the order of the package, in batches."""
        last = 0
        while True:
            query = (
                sa.select(_records.c.id, _records.c.content)
                .where(_records.c.framework == framework.id, _records.c.collection == collection, _records.c.id > last)
                .order_by(_records.c.id)
                .limit(_BATCH)
            )
            rows = self.database.rows(query)
            if rows:
                yield [json.loads(row.content) for row in rows]
            if len(rows) < _BATCH:
                return
            last = rows[-1].id

    def find(self, collection: str, identifier: str) -> tuple[Record, Framework] | None:
        """Return a record and the framework that published it first."""
        if not _UUID.fullmatch(identifier):
            return None
        query = (
            sa.select(_records.c.content, _frameworks)
            .join(_frameworks, _frameworks.c.id == _records.c.framework)
            .where(_records.c.collection == collection, _records.c.identifier == identifier)
            .order_by(_records.c.id)
            .limit(1)
        )
        rows = self.database.rows(query)
        return (json.loads(rows[0].content), _framework(rows[0])) if rows else None

    def descendants(self, framework: Framework, collection: str, code: str) -> list[Record]:
        """Return the definitions of a framework whose dotted hierarchyCode continues a code, in the order of the codes."""
        query = (
            sa.select(_records.c.content)
            .where(
                _records.c.framework == framework.id,
                _records.c.collection == collection,
                _records.c.hierarchy_code.startswith(f"{_plain(code)}.", autoescape=True),
            )
            .order_by(_records.c.id)
        )
        # Databases differ in whether capitals count, and in how they sort.
        found = [json.loads(row.content) for row in self.database.rows(query)]
        return sorted((each for each in found if each["hierarchyCode"].startswith(f"{code}.")), key=_place_of)

    def associations_of(self, node: str) -> list[Record]:
        """Return the associations that begin or end at a node, each once."""
        mine = sa.select(_ends.c.record).where(_ends.c.node == node)
        query = (
            sa.select(_records.c.identifier, _records.c.content).where(_records.c.id.in_(mine)).order_by(_records.c.id)
        )
        return list({row.identifier: json.loads(row.content) for row in self.database.rows(query)}.values())

    def crossing(self) -> list[tuple[Framework, Record]]:
        """Return the associations between items of different frameworks, each with the framework that holds it."""
        nodes = _records.alias("nodes")
        query = (
            sa.select(_records.c.content, _frameworks)
            .distinct()
            .join(_frameworks, _frameworks.c.id == _records.c.framework)
            .join(_ends, _ends.c.record == _records.c.id)
            .join(nodes, sa.and_(nodes.c.identifier == _ends.c.node, nodes.c.collection == "CFItems"))
            .where(_records.c.collection == "CFAssociations", nodes.c.framework != _records.c.framework)
        )
        return [(_framework(row), json.loads(row.content)) for row in self.database.rows(query)]

    def collections_of(self, identifiers: Iterable[str]) -> dict[str, set[str]]:
        """Return in which collections each of some identifiers is held; unknown ones are left out."""
        found: dict[str, set[str]] = {}
        wanted = sorted(each for each in set(identifiers) if _UUID.fullmatch(each))
        for start in range(0, len(wanted), _BATCH):
            some = wanted[start : start + _BATCH]
            held = sa.select(_records.c.identifier, _records.c.collection).where(_records.c.identifier.in_(some))
            heads = sa.select(_frameworks.c.identifier, sa.literal("CFDocuments").label("collection")).where(
                _frameworks.c.identifier.in_(some)
            )
            for row in self.database.rows(sa.union_all(held, heads)):
                found.setdefault(row.identifier, set()).add(row.collection)
        return found

    @contextlib.contextmanager
    def importing(self) -> Iterator[Import]:
        """Open a transaction that is kept when the block ends, and undone when it raises."""
        with self.database.writing() as connection:
            yield Import(connection)


class Import:
    """One transaction that adds frameworks."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._revision = 0
        self._framework = 0
        self._pending: list[tuple[str, Record]] = []

    def begin(self, position: int) -> None:
        """Begin a framework whose document may come later; ``position`` tells it from the others of this import.

        Imports go one after the other: while another one has begun, this waits until that one has ended.
        """
        placeholder = {"identifier": f"importing-{position}", "document": "{}", "frame": "{}", "revision": 0}
        inserted = self._connection.execute(_frameworks.insert().values(**placeholder))
        self._framework = int(inserted.inserted_primary_key[0])  # type: ignore[index]
        # Only now is it certain that no other import is under way.
        highest = self._connection.scalar(sa.select(sa.func.max(_frameworks.c.revision)))
        self._revision = self._revision or int(highest or 0) + 1

    def add(self, collection: str, record: Record) -> None:
        """Add a record to the framework that was begun."""
        self._pending.append((collection, record))
        if len(self._pending) >= _BATCH:
            self._flush()

    def end(self, document: Record, frame: Record) -> None:
        """End the framework that was begun; one with the same document that was stored before is replaced."""
        self._flush()
        identifier = str(document["identifier"])
        before = self._connection.scalar(sa.select(_frameworks.c.id).where(_frameworks.c.identifier == identifier))
        if before is not None:
            self._remove(before)
        self._connection.execute(
            _frameworks.update()
            .where(_frameworks.c.id == self._framework)
            .values(identifier=identifier, document=_text(document), frame=_text(frame), revision=self._revision)
        )

    def _flush(self) -> None:
        if not self._pending:
            return
        rows = [
            {
                "framework": self._framework,
                "collection": collection,
                "identifier": record["identifier"],
                "hierarchy_code": _plain(record["hierarchyCode"]) if "hierarchyCode" in record else None,
                "content": _text(record),
            }
            for collection, record in self._pending
        ]
        keys = self._connection.scalars(_records.insert().returning(_records.c.id, sort_by_parameter_order=True), rows)
        ends = [
            {"node": node, "record": key}
            for key, (collection, record) in zip(keys, self._pending, strict=True)
            if collection == "CFAssociations"
            for node in {record[end]["identifier"] for end in ("originNodeURI", "destinationNodeURI")}
            if _UUID.fullmatch(node)
        ]
        if ends:
            self._connection.execute(_ends.insert(), ends)
        self._pending.clear()

    def _remove(self, framework: int) -> None:
        mine = sa.select(_records.c.id).where(_records.c.framework == framework)
        self._connection.execute(_ends.delete().where(_ends.c.record.in_(mine)))
        self._connection.execute(_records.delete().where(_records.c.framework == framework))
        self._connection.execute(_frameworks.delete().where(_frameworks.c.id == framework))


def _plain(code: str) -> str:
    """Return a text as every database takes it."""
    return code.replace("\0", "")


def _place_of(definition: Record) -> list[tuple[int, str]]:
    """Return what definitions are sorted by: their codes part by part, numbers before words and by their value."""
    parts = definition["hierarchyCode"].split(".")
    numbers = [part.lstrip("0") if part.isascii() and part.isdigit() else None for part in parts]
    return [
        (sys.maxsize, part) if number is None else (len(number), number)
        for part, number in zip(parts, numbers, strict=True)
    ]


def _framework(row: sa.Row[Any]) -> Framework:
    return Framework(id=row.id, document=json.loads(row.document), frame=json.loads(row.frame))


def _text(value: Record) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
