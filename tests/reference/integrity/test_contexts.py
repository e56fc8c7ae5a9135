from __future__ import annotations

import hashlib
import json

import pytest
from tests.reference.integrity.known_answers import D1

from skillmark_reference.securing.integrity.contexts import (
    CREDENTIALS_V1,
    CREDENTIALS_V2,
    ED25519_2020_V1,
    Contexts,
    UnknownContext,
    UnreadableContext,
    bundled_contexts,
)
from skillmark_reference.securing.integrity.expansion import expand
from skillmark_reference.securing.integrity.statements import iri, value_of

_URL = "https://contexts.example/a"
_OTHER = "https://contexts.example/b"


def _context(**terms: object) -> bytes:
    return json.dumps({"@context": terms}).encode()


def test_w3c_contexts_are_known() -> None:
    """The contexts of both data models and of Ed25519Signature2020 are there without network."""
    assert {CREDENTIALS_V1, CREDENTIALS_V2, ED25519_2020_V1} <= set(bundled_contexts())
    assert bundled_contexts() is bundled_contexts()


def test_an_unknown_context_is_named() -> None:
    """Who asks for a context that is not in the table is told its URL."""
    for ask in (bundled_contexts().document, bundled_contexts().digest):
        with pytest.raises(UnknownContext, match=r"https://contexts\.example/a"):
            ask(_URL)


@pytest.mark.parametrize("content", [b"<html>", b"[]", b"{}", b'{"@context": {}, "@context": {}}'])
def test_what_is_no_context_is_refused(content: bytes) -> None:
    """Bytes that are no JSON object with one @context do not get into a table."""
    with pytest.raises(UnreadableContext, match=r"https://contexts\.example/a"):
        Contexts({_URL: content})


def test_used_contexts_are_recorded_with_their_digests() -> None:
    """The record has what the document used, directly and through another context, also the second time; and nothing else."""
    inner, outer = _context(name="https://schema.org/name"), json.dumps({"@context": [_OTHER, {"a": "urn:a"}]}).encode()
    table = bundled_contexts().with_documents({_URL: outer, _OTHER: inner})
    expected = {_URL: hashlib.sha256(outer).hexdigest(), _OTHER: hashlib.sha256(inner).hexdigest()}
    for _ in range(2):
        assert expected == expand({"@context": _URL, "a": "x", "name": "y"}, contexts=table).contexts
    assert list(expand(D1, contexts=table).contexts) == [CREDENTIALS_V2]


def test_tables_do_not_mix() -> None:
    """Two tables give one URL two meanings at the same time, whether the context is named in a document or in another context."""
    document = {"@context": {"@import": _URL, "@version": 1.1}, "a": "x"}
    for meaning in ("urn:one", "urn:two"):
        table = Contexts({_URL: _context(a=meaning)})
        for each in (document, {"@context": _URL, "a": "x"}):
            found = expand(each, contexts=table)
            assert found.problems == ()
            assert iri(meaning) == found.statements[0].predicate
    assert expand(document, contexts=bundled_contexts()).problems


def test_what_a_document_adds_to_an_import_stays_in_it() -> None:
    """A document that imports a context and changes a term does not change it for itself elsewhere, nor for the next one."""
    table = Contexts({_URL: _context(a="urn:one", b="urn:b")})
    importing = {"@version": 1.1, "@import": _URL, "a": "urn:two"}
    for _ in range(2):
        found = expand({"@context": [importing], "b": {"@context": _URL, "a": "x"}, "a": "y"}, contexts=table)
        assert found.problems == ()
        meant = {value_of(each.object): value_of(each.predicate) for each in found.statements}
        assert ("urn:one", "urn:two") == (meant["x"], meant["y"])
        assert expand({"@context": _URL, "a": "x"}, contexts=table).statements[0].predicate == iri("urn:one")
