from __future__ import annotations

import concurrent.futures
import itertools
import json
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyld import jsonld
from pyld.context_resolver import ContextResolver
from tests.reference.integrity.known_answers import D1
from tests.reference.integrity.spoiling import spoiled
from tests.reference.integrity.surroundings import VOCABULARY, contexts
from tests.reference.vocabularies.drawing import records

from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.securing.integrity.active_contexts import MOST_TERMS, ActiveContexts, Made
from skillmark_reference.securing.integrity.canonicalization import TooMuchWork, canonicalize
from skillmark_reference.securing.integrity.contexts import CREDENTIALS_V2, Contexts
from skillmark_reference.securing.integrity.expansion import expand, expand_thoroughly
from skillmark_reference.securing.integrity.plain_documents import plain_statements
from skillmark_reference.securing.integrity.statements import Statement, iri, literal
from skillmark_reference.vocabularies import load_vocabulary

_OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_EXTENSIONS = "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json"
_CLR = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json"
_URL = "https://context.example/"
_KINDS = (
    ("ob-3.0", "AchievementCredential", (CREDENTIALS_V2, _OPEN_BADGES, _EXTENSIONS)),
    ("ob-3.0", "EndorsementCredential", (CREDENTIALS_V2, _OPEN_BADGES, _EXTENSIONS)),
    ("clr-2.0", "ClrCredential", (CREDENTIALS_V2, _CLR, _OPEN_BADGES, _EXTENSIONS)),
)
_every_kind = pytest.mark.parametrize(("table", "name", "urls"), _KINDS, ids=[kind[1] for kind in _KINDS])
#: Every kind of container and coercion, without a map.
_PLAIN = {
    "@context": [CREDENTIALS_V2, VOCABULARY],
    "id": "urn:a",
    "type": "Known",
    "note": ["x", '\t"\\', True, 7, 2.5, {"id": "urn:b"}],
    "known": {"known": [{"note": "y"}, {"type": ["Known"]}], "link": ["urn:c", {"note": "z"}]},
    "word": "known",
    "data": {"b": [1, None], "a": {}},
    "steps": [1, "x", {"note": "s"}],
    "graph": [{"note": "g"}, {"id": "urn:d", "graph": {"note": "h"}}],
}


def _by_pyld(document: dict[str, Any], table: Contexts) -> str:
    """Return the canonical form by PyLD as it comes, with nothing that was made before."""

    def load(url: str, _options: object) -> dict[str, Any]:
        return {"contentType": None, "contextUrl": None, "documentUrl": url, "document": table.document(url)}

    options = {
        "algorithm": "URDNA2015",
        "format": "application/n-quads",
        "base": None,
        "documentLoader": load,
        "contextResolver": ContextResolver({}, load),
    }
    return str(jsonld.normalize(document, options))


def _agrees(document: dict[str, Any], table: Contexts) -> bool:
    """Hold the plain statements of a document against PyLD's, with our inspection and as it comes; tell whether there are any."""
    plain = plain_statements(document, table)
    if plain is None:
        return False
    thorough = expand_thoroughly(document, contexts=table)
    assert () == thorough.problems
    assert thorough.contexts == plain.contexts
    try:
        expected = canonicalize(thorough.statements).text
    except TooMuchWork:
        assume(False)
    assert expected == canonicalize(plain.statements).text
    if not any(
        letter in json.dumps(document) for letter in ("\\b", "\\n", "\\t", "\\ufffe")
    ):  # PyLD 3.3 leaves them raw
        assert expected == _by_pyld(document, table)
    return True


@_every_kind
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_credentials_are_plain_and_say_what_pyld_says(
    table: str, name: str, urls: tuple[str, ...], data: st.DataObject
) -> None:
    """Credentials with any members of the tables, or all, are plain documents; their canonical form is that of PyLD alone."""
    is_full = data.draw(st.booleans())
    document = data.draw(records(load_vocabulary(table), name, urls, full=is_full, depth=4))
    assert _agrees(document, newest_contexts())


@_every_kind
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_plain_credential_loses_anything(table: str, name: str, urls: tuple[str, ...], data: st.DataObject) -> None:
    """Whatever is changed in a credential: if it still is plain, the thorough way finds no problem, and the same statements."""
    document = data.draw(records(load_vocabulary(table), name, urls, depth=3))
    _agrees(spoiled(data, document), newest_contexts())


@settings(max_examples=300, deadline=None)
@given(data=st.data())
def test_no_plain_document_loses_anything(data: st.DataObject) -> None:
    """The same with every kind of container and coercion."""
    _agrees(spoiled(data, _PLAIN), contexts())


def test_containers_and_coercions_are_plain() -> None:
    """Lists, graphs, JSON literals, words and numbers do not need the thorough way."""
    assert _agrees(_PLAIN, contexts())


def _table(context: dict[str, Any]) -> Contexts:
    return Contexts({_URL: json.dumps({"@context": context}).encode()})


def test_contexts_of_terms_depend_on_what_is_around() -> None:
    """The context of a term is added to the one in force: the same word under the same term means what a type around it says."""
    term = {"@id": "urn:p", "@type": "@vocab", "@context": {"w": "urn:w"}}
    scoped = {"@id": "urn:T", "@context": {"a": "urn:inner"}}
    table = _table({"type": "@type", "a": "urn:outer", "n": "urn:n", "p": term, "T": scoped})
    for _ in range(2):
        for value, expected in (({"p": "a"}, "<urn:outer>"), ({"type": "T", "p": "a"}, "<urn:inner>")):
            document = {"@context": _URL, "n": value}
            assert _agrees(document, table)
            assert expected in {each.object for each in expand(document, contexts=table).statements}


def test_contexts_of_terms_may_change_what_is_protected() -> None:
    """A term's own context replaces protected terms, which no other context may (JSON-LD 1.1, 4.1.11)."""
    term = {"@id": "urn:p", "@context": {"a": "urn:inner"}}
    table = _table({"@version": 1.1, "a": {"@id": "urn:outer", "@protected": True}, "p": term})
    document = {"@context": _URL, "a": "x", "p": {"a": "y"}}
    assert _agrees(document, table)
    assert ["<urn:inner>", "<urn:outer>"] == sorted(
        each.predicate for each in expand(document, contexts=table).statements if each.object.startswith('"')
    )


@pytest.mark.parametrize("own", [{"b": "urn:own"}, {"@version": 1.1, "@propagate": False, "b": "urn:own"}, {"b": None}])
def test_contexts_after_urls_mean_what_pyld_takes_them_for(own: dict[str, Any]) -> None:
    """A context of the document's own behind a URL, the part that is remembered, is read as if nothing was remembered."""
    table = _table({"a": "urn:a", "b": "urn:b", "n": "urn:n"})
    document = {"@context": [_URL, own], "a": "x", "n": {"a": "y", **({"b": "z"} if own["b"] else {})}}
    found = expand(document, contexts=table)
    assert () == found.problems
    assert canonicalize(found.statements).text == _by_pyld(document, table)


def test_words_in_a_vocabulary_are_not_plain() -> None:
    """A vocabulary makes IRIs of words that look like IRIs and are none to JSON-LD, with white space that is not ASCII."""
    table = _table({"@vocab": "urn:v:", "word": {"@type": "@vocab"}})
    document = {"@context": _URL, "word": "urn:a\u00a0b"}
    assert plain_statements(document, table) is None
    assert ["<urn:v:urn:a\u00a0b>"] == [each.object for each in expand(document, contexts=table).statements]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"id": "urn:x"}, "<urn:x>"),
        ({"q": "x"}, "<urn:outer>"),
        ({"type": "T", "q": "x"}, "<urn:inner>"),
        ({"type": ["U", "T"], "q": "x"}, "<urn:last>"),
        ({"type": ["T", "U"], "q": "x"}, "<urn:last>"),
    ],
)
def test_contexts_of_types_end_at_the_next_object(value: dict[str, Any], expected: str) -> None:
    """What types define, in the order of their names, counts for the object and references in it, not for objects inside."""
    scope = {"id": "@id", "p": "urn:p", "q": "urn:inner"}
    types = {"T": {"@id": "urn:T", "@context": scope}, "U": {"@id": "urn:U", "@context": {"q": "urn:last"}}}
    context = {"type": "@type", "q": "urn:outer", **types}
    table = _table(context)
    document = {"@context": _URL, "type": "T", "p": value}
    assert _agrees(document, table)
    assert expected in {term for each in expand(document, contexts=table).statements for term in each}


@pytest.mark.parametrize(
    "member",
    [
        {"foo": "x"},
        {"note": None},
        {"note": [["x"]]},
        {"id": "a"},
        {"id": "_:a"},
        {"id": 7},
        {"link": "a/b"},
        {"link": "ex:a"},
        {"word": "foo"},
        {"type": "Foo"},
        {"type": None},
        {"title": "x"},
        {"label": {"en": "x"}},
        {"note": {"@value": "x"}},
        {"note": "\ud800"},
        {"note": 2**53 + 1},
        {"note": float("inf")},
        {"graph": "urn:a"},
        {"graph": {"id": "urn:a"}},
        {"data": {"a": "\ud800"}},
        {"nothing": "x"},
        {"@context": {"note": "urn:note"}},
        {"@context": None},
        {"@context": "https://unknown.example/"},
        {"@id": "urn:a"},
        {"ex:note": "x"},
    ],
    ids=repr,
)
def test_what_needs_more_is_not_plain(member: dict[str, Any]) -> None:
    """What could be lost, or needs more than a term and a value, is left to the thorough way, which `expand` takes by itself."""
    document = {"@context": [CREDENTIALS_V2, VOCABULARY], "known": {"note": "x", **member}}
    assert plain_statements(document, contexts()) is None
    assert expand(document, contexts=contexts()).problems == expand_thoroughly(document, contexts=contexts()).problems


def test_documents_that_are_too_deep_are_not_plain() -> None:
    """The limit of depth holds on both ways."""
    deep: dict[str, Any] = {"note": "x"}
    for _ in range(70):
        deep = {"known": deep}
    document = {"@context": [CREDENTIALS_V2, VOCABULARY], **deep}
    assert plain_statements(document, contexts()) is None
    assert expand(document, contexts=contexts()).problems


# What is remembered


def _small(count: int) -> tuple[list[str], Contexts]:
    """Return contexts that all define one term in another way, and a table of them."""
    urls = [f"https://context{number}.example/" for number in range(count)]
    documents = {
        url: json.dumps({"@context": {"a": f"urn:a{number}", "b": {"@id": "urn:b", "@context": {"a": "urn:inner"}}}})
        for number, url in enumerate(urls)
    }
    return urls, Contexts({url: text.encode() for url, text in documents.items()})


def test_what_is_remembered_is_bounded() -> None:
    """Documents that name contexts in ever new orders are read rightly, and never make more than a fixed number remembered."""
    urls, table = _small(5)
    table.active = ActiveContexts(most_terms=1000)
    sizes = []
    for order in itertools.permutations(urls):
        found = expand({"@context": list(order), "a": "x"}, contexts=table)
        assert iri(f"urn:a{urls.index(order[-1])}") == found.statements[0].predicate
        sizes.append(table.active.terms)
    assert max(sizes) <= 1000
    assert sorted(sizes) != sizes


def test_a_context_that_is_too_large_is_not_remembered() -> None:
    """One context with more terms than are kept altogether takes no room."""
    kept = ActiveContexts()
    for size in (7, MOST_TERMS):
        context = {"_uuid": f"{size}", "mappings": dict.fromkeys(range(size))}
        kept.keep((size,), Made(context=context, local=None, urls=frozenset()))
    assert (False, None, 0) == (kept.knows({"_uuid": f"{MOST_TERMS}"}), kept.get((MOST_TERMS,)), kept.terms)


def test_what_was_used_is_told_of_what_is_remembered_too() -> None:
    """A document that names contexts which were loaded before, within another document, has them all in its record."""
    other = "https://other.example/"
    first = json.dumps({"@context": {"a": "urn:a", "m": {"@id": "urn:m", "@context": None}}})
    table = Contexts({_URL: first.encode(), other: b'{"@context": {"b": "urn:b"}}'})
    both = {"@context": [_URL, other], "a": "x", "b": "y"}
    for read in (expand, expand_thoroughly, expand):
        assert {_URL, other} == read({"@context": _URL, "m": both}, contexts=table).contexts.keys()
        assert {_URL, other} == read(both, contexts=table).contexts.keys()
        assert {_URL} == read({"@context": _URL, "a": "x"}, contexts=table).contexts.keys()


def test_contexts_of_a_document_are_not_remembered() -> None:
    """What a document defines for itself counts nowhere else, and takes no room."""
    _, table = _small(1)
    plain = {"@context": "https://context0.example/", "b": {"a": "x"}}
    before = expand(plain, contexts=table)
    size = table.active.terms
    for number in range(20):
        own = {"a": f"urn:own{number}", "b": {"@id": "urn:b", "@context": {"a": f"urn:own{number}"}}}
        found = expand({**plain, "@context": ["https://context0.example/", own]}, contexts=table)
        assert iri(f"urn:own{number}") in {each.predicate for each in found.statements}
    assert size == table.active.terms
    assert before == expand(plain, contexts=table)
    assert before == expand(plain, contexts=_small(1)[1])


def test_threads_share_a_table() -> None:
    """Documents that are read in many threads at once say the same as one after the other."""
    urls, alone = _small(4)
    documents = [
        {"@context": list(order), "a": "x", "b": {"a": ["y", {"a": "z"}], **({} if plain else {"@id": "urn:c"})}}
        for order in itertools.permutations(urls)
        for plain in (True, False)
    ] * 4
    expected = [expand(each, contexts=alone) for each in documents]
    _, shared = _small(4)
    with concurrent.futures.ThreadPoolExecutor(8) as threads:
        assert expected == list(threads.map(lambda each: expand(each, contexts=shared), documents))


def test_a_table_with_other_bytes_has_its_own_memory() -> None:
    """A context that is replaced means the new thing at once, and the old table still the old one."""
    urls, table = _small(1)
    document = {"@context": urls, "a": "x"}
    other = table.with_documents({urls[0]: b'{"@context": {"a": "urn:other"}}'})
    for _ in range(2):
        assert "<urn:a0>" == expand(document, contexts=table).statements[0].predicate
        assert "<urn:other>" == expand(document, contexts=other).statements[0].predicate


def test_statements_are_each_there_once() -> None:
    """A value that is repeated makes one statement, as everywhere in RDF."""
    document = {
        **D1,
        "@context": [CREDENTIALS_V2, VOCABULARY],
        "credentialSubject": {"id": "urn:a", "note": ["x", "x"]},
    }
    found = expand(document, contexts=contexts()).statements
    wanted = Statement(iri("urn:a"), iri("https://vocabulary.example/terms#note"), literal("x"))
    assert 1 == found.count(wanted)
