"""Canonical forms: RDFC-1.0 of statements, JCS of JSON.

RDF Dataset Canonicalization 1.0 (https://www.w3.org/TR/rdf-canon/) works on the texts of terms here. In most graphs every blank
node is told apart by the statements that mention it, and nothing is left to do after one hash for each. What is limited is
the rest: for some graphs of a few nodes, telling them apart costs centuries. RFC 8785 is the package c14n that comes with
PyLD, behind a check of what it is given; values of which every program writes the same text are written by the standard library.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
from collections import Counter
from typing import TYPE_CHECKING

from c14n import canonicalize as c14n_canonicalize

from skillmark_reference.securing.integrity.json_values import is_simple, json_problems
from skillmark_reference.securing.integrity.problems import Refused
from skillmark_reference.securing.keys import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from skillmark_reference.securing.integrity.statements import Statement

_HASHES = {Digest.SHA_256: hashlib.sha256, Digest.SHA_384: hashlib.sha384, Digest.SHA_512: hashlib.sha512}
_POSITIONS = "spog"
_ITSELF, _ANOTHER = "_:a", "_:z"


class TooMuchWork(ValueError):  # noqa: N818 - what was given up, in words for a person
    """The statements would take unreasonable work: a poison graph (RDFC-1.0, 7.1)."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class WorkLimit:
    """How much work a canonicalization may take.

    The hardest valid test of W3C's suite needs 39 calls of Hash N-Degree Quads for each blank node.
    """

    #: Calls of Hash N-Degree Quads for each blank node, on average.
    calls: int = 100
    #: Calls that every graph may take, however small it is: about half a second.
    least_calls: int = 5000
    #: Orders that are tried for one list of related blank nodes: 5040 are all orders of seven.
    orders: int = 5040


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CanonicalForm:
    """Statements in canonical form."""

    #: Canonical N-Quads, sorted by code point, each with its newline.
    lines: tuple[str, ...]
    #: The canonical label of each blank node, for example ``c14n0``.
    labels: Mapping[str, str]

    @property
    def text(self) -> str:
        """The canonical form as one text."""
        return "".join(self.lines)


def hash_of(data: bytes, digest: Digest) -> bytes:
    """Return the digest of some bytes."""
    return _HASHES[digest](data).digest()


def canonicalize(
    statements: Iterable[Statement], *, digest: Digest = Digest.SHA_256, limit: WorkLimit | None = None
) -> CanonicalForm:
    """Return the canonical form of RDFC-1.0. The digest is the one inside of the algorithm; it decides about labels.

    Raises:
        TooMuchWork: The limit was reached.
    """
    unique = tuple(dict.fromkeys(statements))
    try:
        names = _Rdfc(unique, digest=digest, limit=limit or WorkLimit()).names()
    except RecursionError:
        raise TooMuchWork("the blank nodes form a chain that is too long to follow") from None
    lines = tuple(sorted(_renamed(unique, names)))
    return CanonicalForm(lines=lines, labels={node: name.removeprefix("_:") for node, name in names.items()})


def _renamed(statements: Iterable[Statement], names: Mapping[str, str]) -> Iterator[str]:
    """Yield the lines of statements with other names of blank nodes."""
    get = names.get
    for subject, predicate, value, graph in statements:
        named = f"{get(graph, graph)} .\n" if graph else ".\n"
        yield f"{get(subject, subject)} {predicate} {get(value, value)} {named}"


def canonicalize_json(value: object) -> bytes:
    """Return the JCS form of a JSON value in UTF-8 (RFC 8785). Numbers are doubles, as the RFC defines them.

    Raises:
        Refused: The value has no such form: lone surrogates, numbers beyond the doubles, types that JSON does not have.
    """
    if is_simple(value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
    problems = tuple(json_problems(value, exact_integers=False))
    if problems:
        raise Refused(problems)
    return bytes(c14n_canonicalize(value))


class _Issuer(dict[str, str]):
    """Gives blank nodes names in the order in which they ask for one (4.3, 4.5)."""

    def __init__(self, prefix: str, issued: Mapping[str, str] | None = None) -> None:
        super().__init__(issued or {})
        self.prefix = prefix

    def name(self, node: str) -> str:
        """Return the name of a node, a new one if it has none."""
        if node not in self:
            self[node] = f"{self.prefix}{len(self)}"
        return self[node]

    def copy(self) -> _Issuer:
        """Return an issuer that goes on from here."""
        return _Issuer(self.prefix, self)


class _Rdfc:
    """The canonicalization of one graph (RDFC-1.0, 4.4 to 4.8)."""

    def __init__(self, statements: Iterable[Statement], *, digest: Digest, limit: WorkLimit) -> None:
        self._hash = _HASHES[digest]
        self._mentions = _mentions(statements)
        self._first: dict[str, str] = {}
        self._canonical = _Issuer("_:c14n")
        self._limit = limit
        self._calls_left = self._calls = max(limit.calls * len(self._mentions), limit.least_calls)

    def names(self) -> Mapping[str, str]:
        """Return the canonical name of each blank node (4.4.3)."""
        alike: dict[str, list[str]] = {}
        for node, mentions in self._mentions.items():
            self._first[node] = self._first_degree(node, mentions)
            alike.setdefault(self._first[node], []).append(node)
        groups = [nodes for _, nodes in sorted(alike.items())]
        for nodes in groups:
            if len(nodes) == 1:
                self._canonical.name(nodes[0])
        for nodes in groups:
            if len(nodes) > 1:
                self._tell_apart(nodes)
        return self._canonical

    def _first_degree(self, node: str, mentions: Iterable[Statement]) -> str:
        """Hash First Degree Quads (4.6): a node sees itself as one name, and all others as another."""
        lines = []
        for subject, predicate, value, graph in mentions:
            one = subject if subject[:2] != "_:" else _ITSELF if subject == node else _ANOTHER
            other = value if value[:2] != "_:" else _ITSELF if value == node else _ANOTHER
            place = graph if graph[:2] != "_:" else _ITSELF if graph == node else _ANOTHER
            lines.append(f"{one} {predicate} {other} {place} .\n" if place else f"{one} {predicate} {other} .\n")
        return self._hashed("".join(sorted(lines)))

    def _hashed(self, text: str) -> str:
        return self._hash(text.encode()).hexdigest()

    def _tell_apart(self, nodes: Iterable[str]) -> None:
        """Name nodes that look alike in the order of the paths that start at them (4.4.3, step 5)."""
        results = []
        for node in nodes:
            if node not in self._canonical:
                issuer = _Issuer("_:b")
                issuer.name(node)
                results.append(self._n_degree(node, issuer))
        for _, issuer in sorted(results, key=lambda result: result[0]):
            for node in issuer:
                self._canonical.name(node)

    def _n_degree(self, node: str, issuer: _Issuer) -> tuple[str, _Issuer]:
        """Hash N-Degree Quads (4.8)."""
        self._calls_left -= 1
        if self._calls_left < 0:
            raise TooMuchWork(f"telling the blank nodes apart takes more than {self._calls} comparisons")
        data = []
        for related_hash, nodes in sorted(self._related(node, issuer).items()):
            path, issuer = self._chosen(nodes, issuer)
            data.append(f"{related_hash}{path}")
        return self._hashed("".join(data)), issuer

    def _related(self, node: str, issuer: _Issuer) -> dict[str, list[str]]:
        """Return the nodes that statements relate to a node, by Hash Related Blank Node (4.7, 4.8.3, step 3)."""
        found: dict[str, list[str]] = {}
        for statement in self._mentions[node]:
            for position, term in zip(_POSITIONS, statement, strict=True):
                if term[:2] == "_:" and term != node:
                    name = self._canonical.get(term) or issuer.get(term) or self._first[term]
                    predicate = "" if position == "g" else statement.predicate
                    found.setdefault(self._hashed(f"{position}{predicate}{name}"), []).append(term)
        return found

    def _chosen(self, nodes: list[str], issuer: _Issuer) -> tuple[str, _Issuer]:
        """Return the smallest path through a list of related nodes, with the issuer that it leaves (4.8.3, step 5)."""
        if _orders_of(nodes) > self._limit.orders:
            raise TooMuchWork(f"{len(nodes)} mentions of blank nodes that look alike have too many orders to compare")
        chosen: tuple[str, _Issuer] | None = None
        for order in _orders(nodes):
            found = self._path(order, issuer, chosen[0] if chosen else "")
            if found and (chosen is None or found[0] < chosen[0]):
                chosen = found
        assert chosen is not None  # noqa: S101 - the first order is compared with nothing
        return chosen

    def _path(self, order: Sequence[str], issuer: _Issuer, best: str) -> tuple[str, _Issuer] | None:
        """Return the path of one order and its issuer, or nothing once it cannot be the smallest (steps 5.4.4 and 5.4.5)."""
        issuer = issuer.copy()
        path, unvisited = "", []
        for node in order:
            if node not in self._canonical and node not in issuer:
                unvisited.append(node)
            path += self._canonical.get(node) or issuer.name(node)
            if _is_worse(path, best):
                return None
        for node in unvisited:
            result, following = self._n_degree(node, issuer)
            path += f"{issuer.name(node)}<{result}>"
            issuer = following
            if _is_worse(path, best):
                return None
        return path, issuer


def _mentions(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    """Return the statements that mention each blank node; one that mentions a node twice is there once."""
    found: dict[str, list[Statement]] = {}
    for statement in statements:
        subject, _, value, graph = statement
        if subject[:2] == "_:":
            found.setdefault(subject, []).append(statement)
        if value[:2] == "_:" and value != subject:
            found.setdefault(value, []).append(statement)
        if graph[:2] == "_:" and graph not in {subject, value}:
            found.setdefault(graph, []).append(statement)
    return found


def _is_worse(path: str, best: str) -> bool:
    return bool(best) and len(path) >= len(best) and path > best


def _orders_of(nodes: list[str]) -> int:
    """Return how many different orders a list with repetitions has."""
    return math.factorial(len(nodes)) // math.prod(math.factorial(count) for count in Counter(nodes).values())


def _orders(nodes: list[str]) -> Iterator[list[str]]:
    """Yield every different order of a list with repetitions, smallest first."""
    order = sorted(nodes)
    while True:
        yield order
        rising = [index for index in range(len(order) - 1) if order[index] < order[index + 1]]
        if not rising:
            return
        pivot = rising[-1]
        larger = max(index for index in range(pivot + 1, len(order)) if order[index] > order[pivot])
        order[pivot], order[larger] = order[larger], order[pivot]
        order[pivot + 1 :] = reversed(order[pivot + 1 :])
