from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.reference.integrity.spoiling import spoiled
from tests.reference.vocabularies.drawing import records

from skillmark_reference.credentials.steps.schema_predicates import UnknownKeyword, predicate
from skillmark_reference.vocabularies import load_vocabulary, vocabulary_ids
from skillmark_reference.vocabularies.json_schema import Form, json_schema

if TYPE_CHECKING:
    from collections.abc import Callable

_CHECKER = Draft202012Validator.FORMAT_CHECKER
_BASE = "https://www.w3.org/ns/credentials/v2"
_OPEN_BADGES = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
_CONTEXTS = {
    "ob-3.0": (_BASE, _OPEN_BADGES),
    "clr-2.0": (_BASE, "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", _OPEN_BADGES),
    "vc-2.0": (_BASE,),
}
_CLASSES = (
    ("ob-3.0", "AchievementCredential"),
    ("ob-3.0", "EndorsementCredential"),
    ("clr-2.0", "ClrCredential"),
    ("vc-2.0", "VerifiableCredential"),
    ("vc-2.0", "BitstringStatusListCredential"),
)


def _both(schema: dict[str, Any]) -> tuple[Callable[[object], bool], Callable[[object], bool]]:
    """Return what jsonschema says, and the predicate."""
    return Draft202012Validator(schema, format_checker=_CHECKER).is_valid, predicate(schema)


_of_class = functools.cache(
    lambda table, name, form: _both(json_schema(load_vocabulary(table), name, form))  # made once, used for every record
)


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize("identifier", vocabulary_ids())
def test_every_schema_of_the_tables_is_understood(identifier: str, form: Form) -> None:
    """No table uses a keyword that the predicates do not know."""
    vocabulary = load_vocabulary(identifier)
    for name in vocabulary.classes:
        assert predicate(json_schema(vocabulary, name, form))(7) is False


@pytest.mark.parametrize("form", list(Form))
@pytest.mark.parametrize(("table", "name"), _CLASSES)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_predicates_say_what_jsonschema_says(table: str, name: str, form: Form, data: st.DataObject) -> None:
    """Records of the tables, healthy and with changes of every kind, conform by both or by none."""
    expected, found = _of_class(table, name, form)
    record = data.draw(records(load_vocabulary(table), name, _CONTEXTS[table], depth=3))
    changed = spoiled(data, record)
    assert (expected(record), expected(changed)) == (found(record), found(changed))


@pytest.mark.parametrize(
    "schema",
    [
        {"const": True},
        {"const": "x"},
        {"type": "integer"},
        {"type": "number", "minimum": 1},
        {"type": ["string", "null"]},
        {"enum": ["x", "y"]},
        {"items": {"type": "string"}, "prefixItems": [{"const": "a"}], "minItems": 2},
        {"contains": {"const": "x"}},
        {"properties": {"a": {"type": "string"}}, "additionalProperties": False, "required": ["a"]},
        {"patternProperties": {"^x": {"type": "string"}, "y$": {"const": "y"}}, "additionalProperties": False},
        {"if": {"required": ["a"]}, "then": {"required": ["b"]}},
        {"not": {"pattern": "x"}},
        {"format": "date-time"},
        {"format": "date"},
        {"$ref": "#/$defs/A", "$defs": {"A": {"properties": {"a": {"$ref": "#/$defs/A"}}, "type": "object"}}},
    ],
    ids=str,
)
def test_keywords_mean_what_jsonschema_takes_them_for(schema: dict[str, Any]) -> None:
    """Values of every JSON type are told apart alike, ``true`` from ``1`` too."""
    scalars = [None, True, False, 0, 1, 1.0, 1.5, 2, "", "a", "x", "xy", "y", "2025-01-01", "2025-01-01T00:00:00Z"]
    objects = [
        {},
        {"a": "x"},
        {"a": {}},
        {"b": 1},
        {"a": 1, "b": 2},
        {"x": "x"},
        {"xy": "x"},
        {"xy": "y"},
        {"a": {"a": 1}},
    ]
    arrays = [[], ["a"], ["a", "x"], ["a", 1], ["x", "x"], [True]]
    expected, found = _both(schema)
    for value in (*scalars, *objects, *arrays):
        assert expected(value) == found(value)


@pytest.mark.parametrize("schema", [{"maxItems": 1}, {"const": {}}, {"enum": [1]}, {"prefixItems": []}])
def test_what_is_not_known_is_refused(schema: dict[str, Any]) -> None:
    """A schema that says more than the predicates tell is not taken for one that says less."""
    with pytest.raises(UnknownKeyword):
        predicate(schema)
