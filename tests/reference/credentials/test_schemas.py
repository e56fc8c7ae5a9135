"""Schemas and resources that a credential names: the published ones, foreign ones with a limit on the work, and digests."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from tests.reference.credentials.presenting import STRANGERS, plain
from tests.reference.credentials.surroundings import (
    STATE,
    badge,
    carelessly_signed,
    changed,
    check,
    signed,
    subjects,
    told,
    unknown,
)

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.credentials.steps.bounded_schemas import UnusableSchema, Work, departures
from skillmark_reference.vocabularies import load_vocabulary
from skillmark_reference.vocabularies.json_schema import json_schema

if TYPE_CHECKING:
    from collections.abc import Mapping

Record = dict[str, Any]

PUBLISHED = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
OWN = "https://school.example/schema.json"
OTHER = "https://school.example/other.json"
OB = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
V2 = "https://www.w3.org/ns/credentials/v2"
NEWEST = "https://json-schema.org/draft/2020-12/schema"
OLDER = "https://json-schema.org/draft/2019-09/schema"


def schema_entry(url: str, kind: str = "1EdTechJsonSchemaValidator2019", **members: object) -> Record:
    return {"id": url, "type": kind, **members}


def nothing(url: str) -> bytes:
    raise LookupError(url)


def found_by(schema: Mapping[str, Any], instance: object, others: Mapping[str, bytes] | None = None) -> list[str]:
    """Return where a value departs from a foreign schema."""
    errors = departures({"$schema": NEWEST, **schema}, instance, read=lambda url: (others or {})[url])
    return [each.pointer for each in errors]


# Schemas that a credential names


def test_the_schema_of_the_standard() -> None:
    """The published schema may be at hand or not: the one derived from the table takes its place."""
    made = signed(badge(credentialSchema=[schema_entry(PUBLISHED)]))
    found = check(made)
    assert (Verdict.VALID, []) == (found.verdict, told(found))
    assert "derived" in found.step(Subject.CREDENTIAL_SCHEMA).evidence["/credentialSchema/0"]
    schema = json_schema(load_vocabulary("ob-3.0"), "AchievementCredential")
    assert check(made, {PUBLISHED: schema}).valid


@pytest.mark.parametrize("dialect", [OLDER, NEWEST])
@pytest.mark.parametrize(
    ("schema", "verdict"),
    [
        ({"required": ["name"]}, Verdict.VALID),
        ({"required": ["evidence"]}, Verdict.INVALID),
        ({"$schema": "http://json-schema.org/draft-04/schema#"}, Verdict.UNVERIFIABLE),
        ({"$schema": None}, Verdict.UNVERIFIABLE),
        ({"$ref": OTHER}, Verdict.UNVERIFIABLE),
        ({"$ref": "file:///etc/passwd"}, Verdict.UNVERIFIABLE),
        ({"type": 7}, Verdict.UNVERIFIABLE),
        (None, Verdict.UNVERIFIABLE),
    ],
)
def test_schemas_of_extensions(dialect: str, schema: Record | None, verdict: Verdict) -> None:
    """A further schema has to be satisfied; one that cannot be had or used leaves the credential unverifiable."""
    made = signed(badge(credentialSchema=[schema_entry(PUBLISHED), schema_entry(OWN)]))
    found = check(made, {OWN: {"$schema": dialect, **schema}} if schema is not None else {})
    assert verdict is found.verdict
    assert [Subject.CREDENTIAL_SCHEMA] == subjects(found, Outcome.FAILED, Outcome.CANNOT_TELL) or found.valid


def test_references_come_through_the_door() -> None:
    """A schema that another one refers to is asked for where every document is, and nowhere else."""
    made = signed(badge(credentialSchema=[schema_entry(PUBLISHED), schema_entry(OWN)]))
    given = {OWN: {"$schema": NEWEST, "$ref": OTHER}, OTHER: {"$schema": NEWEST, "required": ["evidence"]}}
    assert Verdict.INVALID is check(made, given).verdict


def test_schemas_of_other_types() -> None:
    """When credentialSchema is used in a badge, one entry is of the type of the standard."""
    found = check(carelessly_signed(badge(credentialSchema=[schema_entry(PUBLISHED, "JsonSchema")])))
    assert [Subject.SCHEMA_NAMED] == subjects(found, Outcome.FAILED)


def test_schemas_of_strangers() -> None:
    """In a credential of W3C alone JsonSchema is enough, and a type that nobody understands is ignored with a remark."""
    schema = {"$schema": NEWEST, "required": ["name"]}
    made = carelessly_signed(plain(credentialSchema=schema_entry(OWN, "JsonSchema")))
    assert Verdict.INVALID is check(made, {OWN: schema}, policy=STRANGERS).verdict
    unheard = carelessly_signed(plain(credentialSchema=schema_entry(OWN, "https://school.example/types#Schema")))
    found = check(unheard, policy=STRANGERS)
    assert (Verdict.VALID, [Subject.CREDENTIAL_SCHEMA]) == (found.verdict, subjects(found, Outcome.WARNED)[:1])


def test_the_digest_of_a_schema() -> None:
    """A schema other than the one whose digest the credential holds is not used."""
    schema = {"$schema": NEWEST, "required": ["issuer"]}
    good = base64.b64encode(hashlib.sha384(json.dumps(schema).encode()).digest()).decode()
    for digest, verdict in ((good, Verdict.VALID), ("A" * 64, Verdict.UNVERIFIABLE)):
        entry = schema_entry(OWN, "JsonSchema", digestSRI=f"sha384-{digest}")
        assert (
            verdict is check(carelessly_signed(plain(credentialSchema=entry)), {OWN: schema}, policy=STRANGERS).verdict
        )


# Schemas in credentials


def schema_credential(schema: Record, **members: object) -> Record:
    """Return a signed JsonSchemaCredential."""
    facts = load_vocabulary("vc-2.0").classes["JsonSchemaCredential"].properties["credentialSchema"].fixed
    usual: Record = {
        "type": ["VerifiableCredential", "JsonSchemaCredential"],
        "credentialSchema": dict(facts),
        "credentialSubject": {"id": OWN, "type": "JsonSchema", "jsonSchema": {"$schema": NEWEST, **schema}},
    }
    return carelessly_signed(plain(STATE, **{**usual, **members}), STATE)


def test_a_schema_in_a_credential() -> None:
    """A JsonSchemaCredential is verified before its schema is used; its own verification is part of the report."""
    made = carelessly_signed(plain(credentialSchema=schema_entry(OTHER, "JsonSchemaCredential")))
    good = schema_credential({"required": ["credentialSubject"]})
    found = check(made, {OTHER: good}, policy=STRANGERS)
    assert (Verdict.VALID, []) == (found.verdict, told(found))
    assert [("/credentialSchema", Verdict.VALID)] == [(each.pointer, each.verdict) for each in found.inner]
    assert Verdict.INVALID is check(made, {OTHER: schema_credential({"required": ["name"]})}, policy=STRANGERS).verdict
    for bad in (
        changed(good, "/credentialSubject/jsonSchema", {"$schema": NEWEST}),
        schema_credential({}, validUntil="2025-02-01T00:00:00Z"),
        carelessly_signed(plain()),
        schema_credential({}, credentialSchema=schema_entry(OTHER, "JsonSchemaCredential")),
    ):
        unusable = check(made, {OTHER: bad}, policy=STRANGERS)
        assert (Verdict.UNVERIFIABLE, [Subject.CREDENTIAL_SCHEMA]) == unknown(unusable)


# Work


@pytest.mark.parametrize(
    ("schema", "instance", "places"),
    [
        ({"properties": {"a": {"pattern": "^[a-z]+$"}}}, {"a": "b"}, []),
        ({"properties": {"a": {"pattern": "^[a-z]+$"}}}, {"a": "B"}, ["/a"]),
        ({"pattern": "^\\u0041\\/\\d$"}, "A/1", []),
        ({"pattern": "\\d"}, "\u0661", [""]),
        ({"patternProperties": {"^x": {"type": "string"}}, "additionalProperties": False}, {"xa": "1"}, []),
        (
            {"patternProperties": {"^x": {"type": "string"}}, "additionalProperties": False},
            {"xa": 1, "b": 2},
            ["", "/xa"],
        ),
        ({"properties": {"a": {}}, "additionalProperties": {"type": "string"}}, {"a": 1, "b": 2}, ["/b"]),
        ({"additionalProperties": True}, {"b": 2}, []),
        ({"uniqueItems": True}, [1, True, "1", {"a": 1}, {"a": 2}, [1], None, 1.5], []),
        ({"uniqueItems": True}, [{"a": 1, "b": 2}, {"b": 2, "a": 1.0}], [""]),
        ({"uniqueItems": False}, [1, 1], []),
        ({"unevaluatedProperties": False, "properties": {"a": {}}}, {"a": 1, "b": 2}, [""]),
        ({"format": "date"}, "2026-02-30", [""]),
        ({"format": "regex"}, "(", []),
        ({"anyOf": [{"const": 1}, {"enum": [2, [3]]}]}, [3], []),
        ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "string"}}}, 1, [""]),
    ],
)
def test_keywords(schema: Record, instance: object, places: list[str]) -> None:
    """Keywords that are evaluated in another way than the library does mean the same."""
    assert places == sorted(found_by(schema, instance))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([1.0, 1.5, "", "a", "b1", "2026-01-01"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b1", "c"]), inner, max_size=3),
    max_leaves=6,
)
SCHEMAS = st.recursive(
    st.fixed_dictionaries(
        {},
        optional={
            "type": st.sampled_from(["object", "array", "string", "integer", "number", "null"]),
            "pattern": st.sampled_from(["^a", "1$", "[a-z]+[0-9]"]),
            "uniqueItems": st.booleans(),
            "const": VALUES,
            "enum": st.lists(VALUES, min_size=1, max_size=2),
            "required": st.just(["a"]),
        },
    ),
    lambda inner: st.fixed_dictionaries(
        {},
        optional={
            "properties": st.dictionaries(st.sampled_from(["a", "c"]), inner, max_size=2),
            "patternProperties": st.dictionaries(st.sampled_from(["^b", "[0-9]$"]), inner, max_size=2),
            "additionalProperties": st.booleans() | inner,
            "items": inner,
            "anyOf": st.lists(inner, min_size=1, max_size=2),
            "not": inner,
        },
    ),
    max_leaves=5,
)


@given(schema=SCHEMAS, instance=VALUES)
@settings(max_examples=300, deadline=None)
def test_the_library_says_the_same(schema: Record, instance: object) -> None:
    """What conforms is what conforms by the reference implementation of JSON Schema."""
    assert Draft202012Validator(schema).is_valid(instance) == (not found_by(schema, instance))


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"pattern": "(?=a)b"}, "linear time"),
        ({"pattern": "(a)\\1"}, "linear time"),
        ({"pattern": "("}, "linear time"),
        ({"patternProperties": {"a{1,9999}": {}}}, "linear time"),
        ({"unevaluatedProperties": False, "allOf": [{"patternProperties": {"a": {}}}]}, "together"),
        ({"$ref": "#"}, "without end"),
        ({"allOf": [{"$ref": "#"}, {"$ref": "#"}]}, "without end"),
        ({"$dynamicRef": "#a", "$dynamicAnchor": "a"}, "without end"),
        ({"$ref": OTHER}, "cannot be used"),
        ({"$id": "https://[", "$ref": "a"}, "cannot be used"),
        ({"enum": list(range(60_000))}, "values"),
        ({"type": ["string", 5]}, "no JSON Schema"),
        ({"properties": {"a": 5}}, "no JSON Schema"),
    ],
)
def test_schemas_that_are_not_evaluated(schema: Record, words: str) -> None:
    """Nothing is known by a schema that is malformed, needs what cannot be had, or could take for ever."""
    whole = {"$schema": NEWEST, "type": ["object", "string"], **schema}
    with pytest.raises(UnusableSchema, match=words):
        departures(whole, "aaaa" if "pattern" in schema else {"a": "aaaa"}, read=nothing)


def doubling(levels: int) -> Record:
    """Return a schema in which every level evaluates the one below twice."""
    defs: Record = {
        f"d{level}": {"allOf": [{"$ref": f"#/$defs/d{level + 1}"}, {"$ref": f"#/$defs/d{level + 1}"}]}
        for level in range(levels)
    }
    return {"$ref": "#/$defs/d0", "$defs": {**defs, f"d{levels}": {"type": "object"}}}


@pytest.mark.parametrize(
    ("schema", "instance"),
    [
        (doubling(40), {}),
        ({"allOf": [{"type": "string"}] * 10_000}, {"a": "b" * 500_000}),
        ({"items": {"enum": [[index] for index in range(20_000)]}}, [0] * 20_000),
        ({"items": {"const": {"a": "b" * 100_000}}}, [{"a": "b" * 100_000}] * 10_000),
        ({"items": {"items": {"items": {"pattern": "(x+x+)+y"}}}}, [[["x" * 100_000] * 100] * 10] * 100),
    ],
)
def test_the_work_is_limited(schema: Record, instance: object) -> None:
    """Whatever multiplies ends when the work is spent: references that double, long values that are shown or compared."""
    work = Work(100_000)
    with pytest.raises(UnusableSchema, match="steps"):
        departures({"$schema": NEWEST, **schema}, instance, read=nothing, work=work)
    with pytest.raises(UnusableSchema, match="steps"):
        departures({"$schema": NEWEST, "type": "object"}, {}, read=nothing, work=work)


def test_a_part_in_another_dialect_is_limited_too() -> None:
    """A part of a schema that names a dialect does not get the library's own regular expressions, which read more digits."""
    part = {"$id": "urn:part", "$schema": OLDER, "pattern": "^\\d$"}
    whole = {"$ref": "urn:part", "$defs": {"part": part}}
    assert ([""], []) == (found_by(whole, "\u0661"), found_by(whole, "1"))


def test_errors_are_limited() -> None:
    """A hundred errors are enough to see what is wrong."""
    assert 100 == len(found_by({"items": {"type": "string"}}, list(range(5000))))


def test_a_regular_expression_that_would_not_end() -> None:
    """An expression that takes other libraries for ever has its answer."""
    assert [""] == found_by({"pattern": "^(a+)+$"}, "a" * 50_000 + "!")


# Related resources


def test_related_resources() -> None:
    """A resource with its digest is accepted, with another refused, and one that cannot be had leaves all unknown."""
    url, content = "https://school.example/rubric.json", b'{"levels": 3}'
    sri = f"sha384-{base64.b64encode(hashlib.sha384(content).digest()).decode()}"
    made = signed(badge(relatedResource=[{"id": url, "digestSRI": sri, "mediaType": "application/json"}]))
    assert check(made, {url: content}).valid
    found = check(made, {url: content + b" "})
    assert (Verdict.INVALID, [Subject.RELATED_RESOURCES]) == (found.verdict, subjects(found, Outcome.FAILED))
    assert (Verdict.UNVERIFIABLE, [Subject.RELATED_RESOURCES]) == unknown(check(made))
    bare = signed(badge(relatedResource=[{"id": url}]))
    assert Verdict.INVALID is check(bare, {url: content}).verdict


def _sri(name: str, digest: bytes) -> str:
    return f"{name}-{base64.b64encode(digest).decode()}"


RIGHT = bytes.fromhex("59955ced6697d61e03f2b2556febe5308ab16842846f5b586d7f1f7adec92734")
RIGHT_384 = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"
MULTIHASH = "uEiBZlVztZpfWHgPyslVv6-UwirFoQoRvW1htfx963sknNA"


@pytest.mark.parametrize(
    ("members", "is_right"),
    [
        ({"digestSRI": _sri("sha256", RIGHT)}, True),
        ({"digestSRI": RIGHT_384}, True),
        ({"digestMultibase": MULTIHASH}, True),
        ({"digestMultibase": [MULTIHASH]}, True),
        ({"digestSRI": RIGHT_384, "digestMultibase": MULTIHASH}, True),
        ({"digestSRI": f"{_sri('sha256', bytes(32))} {RIGHT_384}"}, True),
        ({"digestSRI": f"{_sri('sha256', RIGHT)} {_sri('sha384', bytes(48))}"}, False),
        ({"digestSRI": _sri("sha384", bytes(48)), "digestMultibase": MULTIHASH}, False),
        ({"digestSRI": RIGHT_384, "digestMultibase": "uEiA" + "A" * 43}, False),
        ({"digestSRI": _sri("sha256", bytes(32))}, False),
        ({"digestSRI": "sha384-AAAA"}, False),
        ({"digestSRI": "md5-AAAA"}, False),
        ({"digestMultibase": "z!"}, False),
        ({}, False),
    ],
)
def test_digests_of_the_base_context(members: Record, *, is_right: bool) -> None:
    """The base context never changes: every digest is right or wrong, whether it can be had or not; each one has to be right."""
    found = check(carelessly_signed(plain(relatedResource={"id": V2, **members})), policy=STRANGERS)
    assert is_right is found.valid
    assert is_right or Subject.RELATED_RESOURCES in subjects(found, Outcome.FAILED)


def test_digests_of_contexts_that_change() -> None:
    """A context of Open Badges may be pinned by the digest of any published state; of another one nothing is known."""
    digest = bytes.fromhex("3d34f4d4ef1bce691106e63798beb5e7b862ba841423f5ee1e53ab7ddf3bca84")
    assert check(signed(badge(relatedResource=[{"id": OB, "digestSRI": _sri("sha256", digest)}]))).valid
    other = signed(badge(relatedResource=[{"id": OB, "digestSRI": _sri("sha256", bytes(32))}]))
    assert (Verdict.UNVERIFIABLE, [Subject.RELATED_RESOURCES]) == unknown(check(other))


def test_a_resource_twice() -> None:
    """Each related resource is named once."""
    entry = {"id": V2, "digestSRI": RIGHT_384}
    found = check(carelessly_signed(plain(relatedResource=[entry, entry])), policy=STRANGERS)
    assert Subject.RELATED_RESOURCES in subjects(found, Outcome.FAILED)
