from __future__ import annotations

import itertools
import json
import math
import random
import struct
import time
from typing import Any

import pyoxigraph
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.reference.integrity.known_answers import D1
from tests.reference.integrity.surroundings import contexts

from skillmark_reference.securing.integrity.canonicalization import (
    TooMuchWork,
    WorkLimit,
    canonicalize,
    canonicalize_json,
)
from skillmark_reference.securing.integrity.expansion import statements_of
from skillmark_reference.securing.integrity.problems import Refused
from skillmark_reference.securing.integrity.statements import (
    RDF_LANG_STRING,
    Statement,
    blank,
    iri,
    literal,
    term_problems,
    value_of,
)
from skillmark_reference.securing.keys import Digest

_P, _Q, _S = iri("urn:p"), iri("urn:q"), iri("urn:s")
_NODES = st.integers(0, 4).map(lambda number: blank(f"x{number}"))
_STATEMENTS = st.lists(
    st.builds(
        Statement,
        subject=_NODES | st.just(_S),
        predicate=st.sampled_from([_P, _Q]),
        object=_NODES | st.just(literal("x")),
        graph=st.just("") | _NODES,
    ),
    min_size=1,
    max_size=9,
    unique=True,
)
_QUIET = settings(max_examples=150, deadline=None)


def _literal(text: str) -> Statement:
    return Statement(_S, _P, literal(text))


def _clique(size: int) -> list[Statement]:
    nodes = [blank(f"x{number}") for number in range(size)]
    return [Statement(one, _P, other) for one in nodes for other in nodes if one != other]


def _shuffled(statements: list[Statement], seed: int) -> list[Statement]:
    """Return the same graph in another order and under other labels."""
    order = random.Random(seed)  # noqa: S311 - for a test
    names = [f"y{number}" for number in range(5)]
    order.shuffle(names)
    renamed = {blank(f"x{number}"): blank(name) for number, name in enumerate(names)}
    changed = [each.replaced(renamed) for each in statements]
    order.shuffle(changed)
    return changed


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('\b\t\n\f\r"\\', r"\b\t\n\f\r\"\\"),
        ("\x00\x07\x0b\x0e\x1f\x7f", r"\u0000\u0007\u000B\u000E\u001F\u007F"),
        ("\ufffe\uffff", r"\uFFFE\uFFFF"),
        ("é€\u0080\u2028\U0001f600", "é€\u0080\u2028\U0001f600"),
    ],
)
def test_canonical_n_quads_escape_what_they_have_to(text: str, expected: str) -> None:
    """Control characters and what is no character of XML 1.1 are escaped, everything else is raw."""
    assert f'<urn:s> <urn:p> "{expected}" .\n' == canonicalize([_literal(text)]).text


def test_literals_are_written_with_language_or_datatype() -> None:
    """A text has neither, unless it is more than a text; the graph comes last."""
    tagged, typed = literal("x", RDF_LANG_STRING, "en-gb"), literal("1", "urn:d")
    lines = [Statement(blank("s"), _P, each, _Q).line for each in (tagged, typed)]
    assert ['_:s <urn:p> "x"@en-gb <urn:q> .\n', '_:s <urn:p> "1"^^<urn:d> <urn:q> .\n'] == lines


@_QUIET
@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_terms_keep_what_they_are_made_of(text: str) -> None:
    """The text of a literal is read back from its term, whatever stands in it, and the term has no problem."""
    for term in (literal(text), literal(text, "urn:d"), literal(text, RDF_LANG_STRING, "en")):
        assert (text, []) == (value_of(term), list(term_problems(term)))
    assert ("urn:a", "_:b") == (value_of(iri("urn:a")), value_of(blank("b")))


@pytest.mark.parametrize(
    "term",
    [
        iri("a"),
        iri("urn:a> <urn:b"),
        iri("_:b"),
        blank(""),
        blank("b "),
        literal("x", "d"),
        literal("x", "urn:d> <urn:e"),
        literal("x", RDF_LANG_STRING),
        literal("x", RDF_LANG_STRING, "en_us"),
        literal("x", RDF_LANG_STRING, 'en <urn:g> .\n"'),
        '"x" "y"',
        "",
    ],
)
def test_what_is_no_term_is_told(term: str) -> None:
    """Whatever would end early, or is no absolute IRI, label or language tag, is a problem."""
    assert 1 == len(list(term_problems(term)))


def test_statements_are_a_set() -> None:
    """A statement that is given twice is there once."""
    assert len(canonicalize([_literal("x"), _literal("x")]).lines) == 1


@_QUIET
@given(statements=_STATEMENTS, seed=st.integers(0, 2**16))
def test_labels_and_order_do_not_matter(statements: list[Statement], seed: int) -> None:
    """The canonical form depends on the graph alone: renamed and reordered it is the same, with either hash function."""
    for digest in (Digest.SHA_256, Digest.SHA_384):
        try:
            expected = canonicalize(statements, digest=digest).text
        except TooMuchWork:
            assume(False)
        assert expected == canonicalize(_shuffled(statements, seed), digest=digest).text


@_QUIET
@given(statements=_STATEMENTS, seed=st.integers(0, 2**16))
def test_different_graphs_have_different_forms(statements: list[Statement], seed: int) -> None:
    """One statement less is another canonical form, and the labels are those that the form is written with."""
    form = canonicalize(statements)
    assert len(set(form.labels.values())) == len(form.labels)
    renamed = {node: blank(label) for node, label in form.labels.items()}
    assert tuple(sorted(each.replaced(renamed).line for each in statements)) == form.lines
    fewer = [each for each in statements if each != statements[seed % len(statements)]]
    assert canonicalize(fewer).lines != form.lines


def _mentions_twice(statements: list[Statement]) -> bool:
    """Tell whether a node is related to another twice in the same way, where other libraries take it once."""
    seen: set[tuple[str, str, str, str]] = set()
    for each in statements:
        places = {"s": each.subject, "o": each.object, "g": each.graph}
        for one, (position, other) in itertools.product(set(places.values()), places.items()):
            if one == other or {one[:2], other[:2]} != {"_:"}:
                continue
            key = (one, other, position, "" if position == "g" else each.predicate)
            if key in seen:
                return True
            seen.add(key)
    return False


@_QUIET
@given(statements=_STATEMENTS)
def test_another_implementation_agrees(statements: list[Statement]) -> None:
    """Where no node is mentioned twice in one list, an implementation in another language writes the same."""
    assume(not _mentions_twice(statements))

    def term(each: str) -> Any:  # noqa: ANN401 - of an optional library
        if each.startswith('"'):
            return pyoxigraph.Literal(value_of(each))
        return pyoxigraph.NamedNode(value_of(each)) if each.startswith("<") else pyoxigraph.BlankNode(each[2:])

    quads = [
        pyoxigraph.Quad(
            term(each.subject), term(each.predicate), term(each.object), term(each.graph) if each.graph else None
        )
        for each in statements
    ]
    dataset = pyoxigraph.Dataset(quads)
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    lines = pyoxigraph.serialize(iter(dataset), format=pyoxigraph.RdfFormat.N_QUADS).decode().splitlines(keepends=True)
    assert sorted(lines) == list(canonicalize(statements).lines)


def _hubs(*words: str) -> list[Statement]:
    """Return hubs that mention nodes twice each, which differ only by what the nodes behind them say."""
    graph = []
    for number, letters in enumerate(words):
        for place, letter in enumerate(letters):
            near, far = blank(f"near{number}{place}"), blank(f"far{number}{place}")
            hub = blank(f"hub{number}")
            graph += [Statement(hub, _P, near, name) for name in (_P, _Q)]
            graph += [Statement(near, _P, far), Statement(far, _P, literal(letter))]
    return graph


def test_nodes_that_are_mentioned_twice() -> None:
    """Every order of repeated mentions is compared: with those that PyLD 3.3 compares, this graph has several forms."""
    graph = _hubs("abcc", "abdd")
    shuffled = [random.Random(seed).sample(graph, len(graph)) for seed in range(6)]  # noqa: S311 - for a test
    assert len({canonicalize(each).text for each in shuffled}) == 1


def test_a_node_that_is_related_to_itself() -> None:
    """A statement about a node and itself mentions the node once, which decides the labels here; PyLD 3.3 counts two."""
    loop = Statement(blank("x"), _P, blank("x"), blank("y"))
    assert canonicalize([loop]).text == "_:c14n0 <urn:p> _:c14n0 _:c14n1 .\n"


def test_the_predicate_does_not_count_for_graphs() -> None:
    """A node that names a graph is told apart without the predicate (4.7.3), which decides the labels here."""
    graph = [Statement(blank("a"), _Q, blank("b"), blank("c")), Statement(blank("d"), _Q, blank("c"), blank("c"))]
    expected = "_:c14n2 <urn:q> _:c14n0 _:c14n0 .\n_:c14n3 <urn:q> _:c14n1 _:c14n0 .\n"
    assert expected == canonicalize(graph).text


@pytest.mark.parametrize("size", [7, 8, 10, 40])
def test_poison_graphs_end(size: int) -> None:
    """Nodes that are all related to each other would take centuries; they are given up within a second."""
    assert canonicalize(_clique(4)).lines
    started = time.perf_counter()
    with pytest.raises(TooMuchWork):
        canonicalize(_clique(size))
    assert time.perf_counter() - started < 5


def test_long_chains_end() -> None:
    """A ring of hundreds of nodes that look alike is given up instead of using up the stack."""
    nodes = [blank(f"x{number}") for number in range(600)]
    ring = [Statement(one, _P, other) for one, other in zip(nodes, [*nodes[1:], nodes[0]], strict=True)]
    with pytest.raises(TooMuchWork):
        canonicalize(ring)


def test_the_limit_is_a_parameter() -> None:
    """A lower limit refuses what the usual one accepts."""
    statements = statements_of(
        {**D1, "credentialStatus": [{"type": "BitstringStatusListEntry"}] * 2}, contexts=contexts()
    )
    assert canonicalize(statements).lines
    with pytest.raises(TooMuchWork):
        canonicalize(statements, limit=WorkLimit(calls=0, least_calls=0))
    with pytest.raises(TooMuchWork):
        canonicalize(_clique(4), limit=WorkLimit(orders=5))


def test_identical_proofs_in_embedded_credentials_are_canonicalized() -> None:
    """Three embedded credentials with one and the same proof, the slow case that occurs in practice."""
    proof = {
        "type": "DataIntegrityProof",
        "cryptosuite": "eddsa-rdfc-2022",
        "created": "2025-01-02T03:04:05Z",
        "proofValue": "z1",
    }
    presentation = {
        "@context": D1["@context"],
        "type": "VerifiablePresentation",
        "verifiableCredential": [{**D1, "id": f"urn:uuid:{number}", "proof": proof} for number in range(3)],
    }
    presentation["verifiableCredential"] = [
        {**each, "@context": D1["@context"]} for each in presentation["verifiableCredential"]
    ]
    forward = canonicalize(statements_of(presentation, contexts=contexts()))
    presentation["verifiableCredential"].reverse()
    assert forward.text == canonicalize(statements_of(presentation, contexts=contexts())).text


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        ("4340000000000001", "9007199254740994"),
        ("444b1ae4d6e2ef50", "1e+21"),
        ("3eb0c6f7a0b5ed8d", "0.000001"),
        ("3eb0c6f7a0b5ed8c", "9.999999999999997e-7"),
        ("8000000000000000", "0"),
    ],
)
def test_json_numbers(bits: str, expected: str) -> None:
    """The published number samples of RFC 8785."""
    assert expected == canonicalize_json(struct.unpack(">d", bytes.fromhex(bits))[0]).decode()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9007199254740993", "9007199254740992"),
        ("1.0", "1"),
        ("333333333.33333329", "333333333.3333333"),
        ('{"b":1,"a":[true,null,"/\\u001f\\u007f"]}', '{"a":[true,null,"/\\u001f\x7f"],"b":1}'),
        ('{"\\ue000":1,"\\ud83d\\ude00":2}', '{"\U0001f600":2,"\ue000":1}'),
    ],
)
def test_json_forms(text: str, expected: str) -> None:
    """Numbers are doubles, members are sorted by UTF-16 code units, only what has to be is escaped."""
    assert expected == canonicalize_json(json.loads(text)).decode()


@pytest.mark.parametrize("value", ["\udc00", {"\ud800": 1}, math.nan, math.inf, 10**400, {1: 2}, b"x", [{"a": {1}}]])
def test_what_has_no_json_form_is_refused(value: object) -> None:
    """Lone surrogates, numbers that are none, and types of Python are refused with their place."""
    with pytest.raises(Refused):
        canonicalize_json(value)
