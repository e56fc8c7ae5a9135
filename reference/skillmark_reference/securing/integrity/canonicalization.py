"""Canonical forms: RDFC-1.0 of statements, JCS of JSON.

RDF Dataset Canonicalization 1.0 (https://www.w3.org/TR/rdf-canon/) is built on PyLD's URDNA2015, the older name of the
algorithm. What differs: the hash function is a parameter; canonical N-Quads escape every control character; work is
limited, for some graphs of a few nodes cost centuries; and Hash N-Degree Quads tries every order of nodes that are
mentioned more than once, of which PyLD 3.3 leaves out some. RFC 8785 is the package c14n that comes with PyLD, behind a
check of what it is given.
"""

from __future__ import annotations

import dataclasses
import hashlib
import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from c14n import canonicalize as c14n_canonicalize
from pyld.canon import URDNA2015
from pyld.identifier_issuer import IdentifierIssuer

from skillmark_reference.securing.integrity.json_values import json_problems
from skillmark_reference.securing.integrity.problems import Refused
from skillmark_reference.securing.integrity.statements import XSD_STRING, Statement, Term, TermKind, blank, blank_nodes
from skillmark_reference.securing.keys import Digest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_POSITIONS = ("subject", "predicate", "object", "name")


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
    labels: Mapping[Term, str]

    @property
    def text(self) -> str:
        """The canonical form as one text."""
        return "".join(self.lines)


def hash_of(data: bytes, digest: Digest) -> bytes:
    """Return the digest of some bytes."""
    return hashlib.new(_hash_name(digest), data).digest()


def canonicalize(
    statements: Iterable[Statement], *, digest: Digest = Digest.SHA_256, limit: WorkLimit | None = None
) -> CanonicalForm:
    """Return the canonical form of RDFC-1.0. The digest is the one inside of the algorithm; it decides about labels.

    Raises:
        TooMuchWork: The limit was reached.
    """
    unique = tuple(dict.fromkeys(statements))
    nodes = blank_nodes(unique)
    algorithm = _Rdfc(digest=digest, limit=limit or WorkLimit(), nodes=len(nodes))
    try:
        algorithm.main(_dataset(unique, nodes), {"format": "application/n-quads"})
    except RecursionError:
        raise TooMuchWork("the blank nodes form a chain that is too long to follow") from None
    labels = {node: algorithm.label(f"_:n{index}") for index, node in enumerate(nodes)}
    renamed = {node: blank(label) for node, label in labels.items()}
    return CanonicalForm(lines=tuple(sorted(each.replaced(renamed).line for each in unique)), labels=labels)


def canonicalize_json(value: object) -> bytes:
    """Return the JCS form of a JSON value in UTF-8 (RFC 8785). Numbers are doubles, as the RFC defines them.

    Raises:
        Refused: The value has no such form: lone surrogates, numbers beyond the doubles, types that JSON does not have.
    """
    problems = tuple(json_problems(value, exact_integers=False))
    if problems:
        raise Refused(problems)
    return bytes(c14n_canonicalize(value))


class _Rdfc(URDNA2015):  # type: ignore[misc]  # PyLD has no types
    """RDFC-1.0, 4.4 to 4.8; the state and the order of steps are PyLD's."""

    def __init__(self, *, digest: Digest, limit: WorkLimit, nodes: int) -> None:
        super().__init__()
        self._hash = _hash_name(digest)
        self._limit = limit
        self._calls_left = self._calls = max(limit.calls * nodes, limit.least_calls)

    def label(self, node: str) -> str:
        """Return the canonical label that was issued."""
        return str(self.canonical_issuer.get_id(node)).removeprefix("_:")

    def create_hash(self) -> Any:  # noqa: ANN401 - a hash object, whose type is private
        """Return the hash function of every step."""
        return hashlib.new(self._hash)

    def hash_first_degree_quads(self, id_: str) -> str:
        """Hash First Degree Quads (4.6)."""
        info = self.blank_node_info[id_]
        if "hash" not in info:
            # a statement about a node and itself mentions the node once; PyLD lists it twice
            info["quads"] = list({id(quad): quad for quad in info["quads"]}.values())
            info["hash"] = self.hash_nquads(sorted(_masked(quad, id_) for quad in info["quads"]))
        return str(info["hash"])

    def hash_n_degree_quads(self, id_: str, issuer: IdentifierIssuer) -> dict[str, Any]:
        """Hash N-Degree Quads (4.8)."""
        self._calls_left -= 1
        if self._calls_left < 0:
            raise TooMuchWork(f"telling the blank nodes apart takes more than {self._calls} comparisons")
        data = self.create_hash()
        for related_hash, nodes in sorted(self.create_hash_to_related(id_, issuer).items()):
            path, issuer = self._chosen(nodes, issuer)
            data.update(f"{related_hash}{path}".encode())
        return {"hash": data.hexdigest(), "issuer": issuer}

    def _chosen(self, nodes: list[str], issuer: IdentifierIssuer) -> tuple[str, IdentifierIssuer]:
        """Return the smallest path through a list of related nodes, with the issuer that it leaves (4.8.3, step 5)."""
        if _orders_of(nodes) > self._limit.orders:
            raise TooMuchWork(f"{len(nodes)} mentions of blank nodes that look alike have too many orders to compare")
        chosen: tuple[str, IdentifierIssuer] | None = None
        for order in _orders(nodes):
            found = self._path(order, issuer, chosen[0] if chosen else "")
            if found and (chosen is None or found[0] < chosen[0]):
                chosen = found
        assert chosen is not None  # noqa: S101 - the first order is compared with nothing
        return chosen

    def _path(self, order: Sequence[str], issuer: IdentifierIssuer, best: str) -> tuple[str, IdentifierIssuer] | None:
        """Return the path of one order and its issuer, or nothing once it cannot be the smallest (steps 5.4.4 and 5.4.5)."""
        issuer = _copy(issuer)
        path, unvisited = "", []
        for node in order:
            if self.canonical_issuer.has_id(node):
                path += self.canonical_issuer.get_id(node)
            else:
                if not issuer.has_id(node):
                    unvisited.append(node)
                path += issuer.get_id(node)
            if _is_worse(path, best):
                return None
        for node in unvisited:
            result = self.hash_n_degree_quads(node, issuer)
            path += f"{issuer.get_id(node)}<{result['hash']}>"
            issuer = result["issuer"]
            if _is_worse(path, best):
                return None
        return path, issuer


def _is_worse(path: str, best: str) -> bool:
    return bool(best) and len(path) >= len(best) and path > best


def _copy(issuer: IdentifierIssuer) -> IdentifierIssuer:
    copy = IdentifierIssuer(issuer.prefix)
    copy.counter, copy.existing, copy.order = issuer.counter, issuer.existing.copy(), issuer.order.copy()
    return copy


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


def _masked(quad: Mapping[str, Mapping[str, str]], node: str) -> str:
    """Write a statement as the node sees it: itself is ``_:a``, every other blank node ``_:z`` (4.6.3)."""
    texts = [_masked_term(quad[position], node) for position in _POSITIONS if position in quad]
    return " ".join([*texts, ".\n"])


def _masked_term(term: Mapping[str, str], node: str) -> str:
    match term["type"]:
        case "blank node":
            return "_:a" if term["value"] == node else "_:z"
        case "IRI":
            return f"<{term['value']}>"
        case _:
            return term["text"]


def _dataset(statements: Iterable[Statement], nodes: Iterable[Term]) -> dict[str, list[dict[str, dict[str, str]]]]:
    """Return the statements as PyLD has them, under labels that cannot be confused with canonical ones."""
    names = {node: f"_:n{index}" for index, node in enumerate(nodes)}
    dataset: dict[str, list[dict[str, dict[str, str]]]] = {}
    for each in statements:
        graph = (
            "@default" if each.graph is None else names.get(each.graph, each.graph.value)
        )  # PyLD adds it as ``name``
        terms = zip(_POSITIONS, (each.subject, each.predicate, each.object), strict=False)
        dataset.setdefault(graph, []).append({position: _component(term, names) for position, term in terms})
    return dataset


def _component(term: Term, names: Mapping[Term, str]) -> dict[str, str]:
    if term.kind is TermKind.LITERAL:
        # PyLD sees a literal by its text only: whatever it would write of it is not used
        return {"type": "literal", "value": "", "datatype": XSD_STRING, "text": term.text}
    return {"type": term.kind.value, "value": names.get(term, term.value)}


def _hash_name(digest: Digest) -> str:
    return digest.value.replace("-", "").lower()
