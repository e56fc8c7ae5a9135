from __future__ import annotations

import time
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pyld.jsonld import to_rdf
from tests.reference.integrity.surroundings import VOCABULARY, contexts

from skillmark_reference.securing.integrity.canonicalization import canonicalize
from skillmark_reference.securing.integrity.contexts import CREDENTIALS_V2
from skillmark_reference.securing.integrity.expansion import expand
from skillmark_reference.securing.integrity.statements import Statement, iri, literal

_IDS = st.sampled_from(["urn:a", "urn:b", "_:x", "_:y"])
_SCALARS = st.sampled_from(
    ["x", "", '\t"\\', True, 0, -1, 2.5, 1e21, 1e-7, {"@value": "1", "@type": "urn:d"}]
) | st.floats(allow_nan=False, allow_infinity=False)
_NODES = st.recursive(
    st.fixed_dictionaries({}, optional={"id": _IDS, "note": _SCALARS, "type": st.just("Known")}),
    lambda inner: st.fixed_dictionaries(
        {"note": _SCALARS | st.lists(_SCALARS, max_size=3)},
        optional={
            "id": _IDS,
            "known": inner | st.lists(inner, max_size=3),
            "steps": st.lists(inner | _SCALARS, max_size=3),
            "graph": st.lists(inner.map(lambda node: {**node, "note": "g"}), max_size=2),
            "link": _IDS | st.lists(_IDS, max_size=2),
            "label": st.dictionaries(st.sampled_from(["en", "de-CH"]), st.just("x"), max_size=2),
            "people": st.dictionaries(st.sampled_from(["urn:a", "urn:c"]), st.just({"note": "p"}), max_size=2),
            "data": st.just({"b": [1, None], "a": {}}),
            "@reverse": inner.map(lambda node: {"ex:known": {**node, "note": "r"}}),
            "@included": st.lists(inner.map(lambda node: {**node, "note": "i"}), max_size=2),
        },
    ),
    max_leaves=6,
)


def _term(component: dict[str, str]) -> str:
    if component["type"] == "literal":
        return literal(component["value"], component["datatype"], component.get("language", ""))
    return component["value"] if component["type"] == "blank node" else iri(component["value"])


def _of_pyld(document: dict[str, Any]) -> list[Statement]:
    """Return the statements as PyLD serializes them, nodes merged."""
    found = []
    for name, triples in to_rdf(document, contexts().reading().options()).items():
        graph = "" if name == "@default" else name if name.startswith("_:") else iri(name)
        places = ("subject", "predicate", "object")
        found += [Statement(*(_term(each[place]) for place in places), graph) for each in triples]
    return found


@settings(max_examples=150, deadline=None)
@given(node=_NODES)
def test_statements_are_those_of_the_standard_algorithm(node: dict[str, Any]) -> None:
    """Merging nodes first, as the standard describes it, gives the same graph."""
    document = {"@context": [CREDENTIALS_V2, VOCABULARY], "word": "known", **node}
    found = expand(document, contexts=contexts())
    assert found.problems == ()
    assert canonicalize(_of_pyld(document)).text == canonicalize(found.statements).text


def test_long_arrays_are_read_in_linear_time() -> None:
    """Twenty thousand values take seconds, where comparing each with each would take minutes."""
    document = {"@context": [CREDENTIALS_V2, VOCABULARY], "note": [str(number) for number in range(20_000)]}
    started = time.perf_counter()
    assert len(expand(document, contexts=contexts()).statements) == 20_000
    assert time.perf_counter() - started < 20
