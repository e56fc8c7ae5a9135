"""The derived JSON Schemas: valid objects validate, an object with one fault does not, in every class of every table."""

from __future__ import annotations

import copy
import functools
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from tests.reference.vocabularies.drawing import records

from skillmark_reference.vocabularies import load_vocabulary
from skillmark_reference.vocabularies.json_schema import Form, json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark_reference.vocabularies import Property, RecordClass, Vocabulary

IDS = ("clr-2.0", "ob-3.0", "vc-2.0")
#: The contexts of generated credentials: those that the patterns of the tables allow.
CONTEXTS = {
    "2.0": ["https://www.w3.org/ns/credentials/v2"],
    "1.1": ["https://www.w3.org/2018/credentials/v1"],
}
FURTHER = [
    "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
    "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
]
CLASSES = [
    pytest.param(table, name, id=f"{table}-{name}")
    for table in IDS
    for name, row in load_vocabulary(table).classes.items()
    if row.vocabulary == table
]
every_class = pytest.mark.parametrize(("table", "name"), CLASSES)
#: Drawing whole credentials takes its time on a busy machine.
few = settings(
    max_examples=4,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
#: A value of each JSON type, unlike any that the tables allow.
STRANGERS: dict[str, Any] = {"string": "text", "number": 12.5, "boolean": True, "object": {"text": 1}}


@functools.cache
def validator(table: str, name: str, form: Form) -> jsonschema.Draft202012Validator:
    """Return what validates objects of a class, formats asserted."""
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    schema = json_schema(load_vocabulary(table), name, form)
    return jsonschema.Draft202012Validator(schema, format_checker=checker)


def contexts(row: RecordClass) -> list[str]:
    """Return the contexts of a document of the class."""
    return CONTEXTS[row.data_model] + FURTHER


def accepts(table: str, name: str, value: object, form: Form = Form.COMPACTED) -> bool:
    """Whether the schema takes a value."""
    return bool(validator(table, name, form).is_valid(value))


@pytest.mark.parametrize("form", Form, ids=lambda form: form.value)
@pytest.mark.parametrize("table", IDS)
def test_a_schema_is_a_schema(table: str, form: Form) -> None:
    """What is derived is a JSON Schema of 2020-12, for every class, and every reference in it resolves."""
    vocabulary = load_vocabulary(table)
    schemas = {name: json_schema(vocabulary, name, form) for name in vocabulary.classes}
    everything = {
        name: {key: each for key, each in schema.items() if key != "$defs"} for name, schema in schemas.items()
    }
    jsonschema.Draft202012Validator.check_schema({"$defs": everything})
    for schema in schemas.values():
        assert set(references(schema)) <= schema["$defs"].keys()


@every_class
@few
@given(data=st.data())
def test_valid_objects_validate(table: str, name: str, data: st.DataObject) -> None:
    """Objects drawn from the table validate, with all members and with some."""
    vocabulary = load_vocabulary(table)
    value = data.draw(drawn(vocabulary, name, full=data.draw(st.booleans())))
    errors = [
        f"{error.json_path}: {error.message}" for error in validator(table, name, Form.COMPACTED).iter_errors(value)
    ]
    assert [] == errors
    assert accepts(table, name, value, Form.LENIENT)


@every_class
@settings(few, max_examples=1)
@given(data=st.data())
def test_one_fault_is_found(table: str, name: str, data: st.DataObject) -> None:
    """A valid object with one mandatory member less, one value of a wrong type, one unknown token or one stranger is refused."""
    vocabulary = load_vocabulary(table)
    row = vocabulary.classes[name]
    value = data.draw(drawn(vocabulary, name, full=True))
    assert accepts(table, name, value)
    missed = [fault for fault, mutated in faults(vocabulary, row, value) if accepts(table, name, mutated)]
    assert [] == missed


def drawn(vocabulary: Vocabulary, name: str, *, full: bool) -> st.SearchStrategy[dict[str, Any]]:
    """Return a strategy for objects of a class, or of the first record of a union."""
    row = vocabulary.classes[name]
    record = next((each for each in row.union if each in vocabulary.classes), name)
    return records(vocabulary, record, contexts(row), full=full, depth=3)


def faults(vocabulary: Vocabulary, row: RecordClass, value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the object with single faults in its own members."""
    if row.union:
        return
    for member in row.required:
        yield f"{member} missing", {name: each for name, each in value.items() if name != member}
    if row.at_least_one:
        yield "none of several", {name: each for name, each in value.items() if name not in row.at_least_one}
    if row.closed:
        yield "a stranger", value | {"stranger": 1}
    for facts in row.properties.values():
        if facts.name in value:
            yield from (
                (f"{facts.name} {what}", value | {facts.name: each}) for what, each in wrong(vocabulary, facts, value)
            )


def wrong(vocabulary: Vocabulary, facts: Property, value: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield wrong values of a member."""
    yield from mistyped(vocabulary, facts, value[facts.name])
    if facts.contains:
        yield "without its type", ["Another"]
    if facts.const:
        yield "another constant", "Another"
    if facts.items:
        yield "other items", ["https://example.org/context"] * len(facts.items)
    tokens = [vocabulary.enums[name] for name in facts.types if name in vocabulary.enums]
    if tokens and not tokens[0].open:
        for token in ("no such token", "other:ext:token"):
            yield token, [token] if facts.card.is_array else token


def mistyped(vocabulary: Vocabulary, facts: Property, value: object) -> Iterator[tuple[str, Any]]:
    """Yield values of JSON types that a member does not allow, and wrong numbers of values."""
    yield "null", None
    legal = kinds(vocabulary, facts.types)
    for kind, stranger in STRANGERS.items():
        if kind not in legal:
            yield kind, [stranger] if facts.card.is_array else stranger
    if not facts.card.is_array:
        yield "in an array", [value]
    elif facts.card.is_required:
        yield "empty", []
    if facts.card.is_array and not facts.compactable and isinstance(value, list):
        yield "without its array", value[0]


def kinds(vocabulary: Vocabulary, types: tuple[str, ...]) -> set[str]:
    """Return the JSON types that are legal for types of the table."""
    found: set[str] = set()
    for name in types:
        if name in vocabulary.classes:
            union = vocabulary.classes[name].union
            found |= kinds(vocabulary, union) if union else {"object"}
        elif name in vocabulary.enums:
            found.add("string")
        else:
            found |= set(vocabulary.datatypes[name].base)
    return found


def references(schema: object) -> Iterator[str]:
    """Yield the names of the definitions that a schema refers to."""
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"].removeprefix("#/$defs/")
        for each in schema.values():
            yield from references(each)
    if isinstance(schema, list):
        for each in schema:
            yield from references(each)


# Forms


@functools.cache
def badge() -> dict[str, Any]:
    """Return a small badge in canonical form."""
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": "urn:uuid:1",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": "https://example.org/issuer",
        "validFrom": "2026-01-01T00:00:00Z",
        "credentialSubject": {
            "id": "did:example:learner",
            "type": ["AchievementSubject"],
            "achievement": {
                "id": "urn:uuid:2",
                "type": ["Achievement"],
                "name": "Welding",
                "description": "Joins steel",
                "criteria": {"narrative": "Weld"},
                "tag": ["steel"],
            },
        },
    }


def changed(**members: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    """Return the badge with other members of its achievement."""
    document = copy.deepcopy(badge())
    document["credentialSubject"]["achievement"] |= members
    return document


@pytest.mark.parametrize(
    ("document", "forms"),
    [
        (badge(), set(Form)),
        (changed(type="Achievement"), {Form.COMPACTED, Form.LENIENT}),
        (changed(tag="steel"), {Form.LENIENT}),
        (changed(name={"en": "Welding"}), {Form.LENIENT}),
        (changed(name=["Welding"]), set()),
        (changed(achievementType="Diplom"), set()),
        (badge() | {"type": "VerifiableCredential"}, {Form.LENIENT}),
        (badge() | {"type": ["VerifiableCredential"]}, set()),
        (badge() | {"validFrom": "2026-01-01"}, set()),
        (badge() | {"@context": badge()["@context"][::-1]}, set()),
    ],
)
def test_a_form_takes_what_it_says(document: dict[str, Any], forms: set[Form]) -> None:
    """Canonical JSON has arrays, compacted JSON-LD single values where the text marks them, the lenient form anywhere."""
    assert forms == {form for form in Form if accepts("ob-3.0", "AchievementCredential", document, form)}


def test_the_hash_of_an_identity_has_a_pattern_only_while_it_is_a_hash() -> None:
    """A plain identifier is free text; a hashed one names its algorithm."""
    identity = {"type": "IdentityObject", "identityType": "emailAddress", "identityHash": "a@example.com"}
    assert accepts("ob-3.0", "IdentityObject", identity | {"hashed": False})
    assert not accepts("ob-3.0", "IdentityObject", identity | {"hashed": True})
    assert accepts("ob-3.0", "IdentityObject", identity | {"hashed": True, "identityHash": f"md5${'0' * 32}"})


def test_a_record_needs_three_contexts_in_their_order() -> None:
    """A ClrCredential names the base context, the CLR context and the Open Badges context, and may name more."""
    table = load_vocabulary("clr-2.0")
    schema = json_schema(table, "ClrCredential")["properties"]["@context"]
    check = jsonschema.Draft202012Validator(schema | {"$defs": json_schema(table, "ClrCredential")["$defs"]})
    right = [*CONTEXTS["2.0"], *FURTHER]
    assert check.is_valid(right)
    assert check.is_valid(right[:3])
    assert not check.is_valid(right[:2])
    assert not check.is_valid([right[0], right[2], right[1]])


def test_an_unknown_class_is_answered_with_those_that_exist() -> None:
    """The message lists the classes of the vocabulary."""
    with pytest.raises(KeyError, match="AchievementCredential"):
        json_schema(load_vocabulary("ob-3.0"), "Assertion")
