"""The JSON Schemas and the structural checks that are derived from a table: right by themselves, and of one opinion."""

from __future__ import annotations

import datetime
import functools
import json
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.bundled import VERSIONS, standard

from skillmark.strategies.mutations import Mutation, mutated, mutations
from skillmark.strategies.records import Variant, example_base, valid
from skillmark_reference.standards.json_schema import json_schema
from skillmark_reference.standards.structure import (
    Kind,
    Violation,
    escape,
    excerpt,
    is_absolute_uri,
    is_date,
    is_date_time,
    violations,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

every_class = pytest.mark.parametrize(
    ("version", "name"),
    [pytest.param(version, name, id=f"{version}-{name}") for version in VERSIONS for name in standard(version).classes],
)
#: Drawing whole packages takes its time on a busy machine.
patient = settings(
    deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@functools.cache
def schema(version: str, name: str) -> dict[str, Any]:
    """Return the schema of a class, to be looked at and not to be changed."""
    return json_schema(standard(version), name)


@functools.cache
def validator(version: str, name: str) -> jsonschema.Draft202012Validator:
    """Return what validates objects of a class, formats asserted."""
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(schema(version, name), format_checker=checker)


def pointers(version: str, name: str, value: object) -> set[str]:
    """Return where the schema finds something."""
    return {pointer(error.absolute_path) for error in validator(version, name).iter_errors(value)}


def pointer(path: Sequence[str | int]) -> str:
    """Return a path as JSON pointer."""
    return "".join(f"/{escape(str(step))}" for step in path)


def nested(value: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - any JSON value
    """Yield a schema and all schemas inside of it."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from nested(each)


def bases(version: str, name: str) -> list[dict[str, Any]]:
    """Return the smallest and the largest example of a class."""
    return [example_base(standard(version), name, maximal=maximal) for maximal in (False, True)]


# Schemas


@every_class
def test_every_schema_is_a_schema(version: str, name: str) -> None:
    """The schema of every class is valid 2020-12, refers only to what it holds, and is JSON."""
    made = schema(version, name)
    jsonschema.Draft202012Validator.check_schema(made)
    assert "https://json-schema.org/draft/2020-12/schema" == made["$schema"]
    references = {each["$ref"] for each in nested(made) if "$ref" in each}
    assert references <= {f"#/$defs/{inner}" for inner in made["$defs"]}
    assert made == json.loads(json.dumps(made))


@every_class
def test_schemas_are_closed_where_the_classes_are(version: str, name: str) -> None:
    """Members outside the model are refused in every class but those for extensions, and mandatory ones are required."""
    made = schema(version, name)
    for inner, each in {name: made, **made["$defs"]}.items():
        row = standard(version).classes[inner]
        assert row.closed is not each["additionalProperties"]
        assert list(row.required) == each.get("required", [])
        assert list(row.properties) == list(each["properties"])


@every_class
def test_patterns_cover_the_whole_text(version: str, name: str) -> None:
    """No pattern of a schema is satisfied by a part of a text."""
    patterns = {each["pattern"] for each in nested(schema(version, name)) if isinstance(each.get("pattern"), str)}
    assert all(each.startswith("^") and each.endswith("$") for each in patterns)


@pytest.mark.parametrize("version", VERSIONS)
def test_numbers_have_the_range_of_32_bits(version: str) -> None:
    """Integers are whole numbers of 32 bits, floats are any number."""
    position = schema(version, "CFRubricCriterion")["properties"]["position"]
    assert {"type": "integer", "minimum": -2147483648, "maximum": 2147483647} == position
    assert {"type": "number"} == schema(version, "CFRubricCriterionLevel")["properties"]["score"]


def test_unknown_classes_are_refused() -> None:
    """Neither a schema nor a check is made for a class that the standard lacks."""
    with pytest.raises(KeyError):
        json_schema(standard("1.0"), "CFItemExtension")
    with pytest.raises(KeyError):
        violations(standard("1.0"), "CFItemExtension", {})


# Valid records


@every_class
def test_examples_conform(version: str, name: str) -> None:
    """The smallest and the largest example of a class conform, by the schema and by the check."""
    for value in bases(version, name):
        assert [] == violations(standard(version), name, value)
        assert set() == pointers(version, name, value)


@every_class
@given(data=st.data())
@settings(patient, max_examples=10)
def test_valid_records_conform(version: str, name: str, data: st.DataObject) -> None:
    """Whatever conforms by construction has no violation, by the schema and by the check."""
    value = data.draw(valid(standard(version), name))
    assert [] == violations(standard(version), name, value)
    assert set() == pointers(version, name, value)


@given(value=valid(standard("1.0"), "CFPackage", variant=Variant.FREE))
@settings(patient, max_examples=25)
def test_1_1_admits_what_1_0_admits(value: dict[str, Any]) -> None:
    """Every package of 1.0 is one of 1.1 too, so that an import can check both with one table."""
    assert [] == violations(standard("1.1"), "CFPackage", value)


# Departures


def assert_found(version: str, name: str, mutation: Mutation) -> None:
    """Assert that the check finds the one violation that a mutation makes, and the schema the same if it can."""
    value = mutation.apply()
    (found,) = violations(standard(version), name, value)
    assert (mutation.kind, mutation.pointer) == (found.kind, found.pointer), mutation
    assert (mutation.record_class, mutation.member) == (found.record_class, found.member), mutation
    assert found.expected
    assert found.actual
    assert standard(version).classes[found.record_class].clause == found.clause
    assert pointers(version, name, value) == ({mutation.pointer} if mutation.schema_sees else set()), mutation


@every_class
def test_every_mutation_of_an_example_is_found(version: str, name: str) -> None:
    """Every single change to an example makes exactly the violation that it names, at its place, by the check."""
    table = standard(version)
    for base in bases(version, name):
        for mutation in mutations(table, name, base):
            found = [(each.kind, each.pointer) for each in violations(table, name, mutation.apply())]
            assert [(mutation.kind, mutation.pointer)] == found, mutation


@every_class
@given(data=st.data())
@settings(patient, max_examples=25)
def test_check_and_schema_agree_on_mutations(version: str, name: str, data: st.DataObject) -> None:
    """The check and the schema find a change to an example at the same place."""
    assert_found(version, name, data.draw(mutated(standard(version), name)))


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", ["CFPackage", "CFItem", "CFAssociation", "CFRubric", "imsx_StatusInfo"])
@given(data=st.data())
@settings(patient, max_examples=25)
def test_check_and_schema_agree_on_mutations_of_drawn_records(version: str, name: str, data: st.DataObject) -> None:
    """The check and the schema find a change to any valid record at the same place."""
    table = standard(version)
    assert_found(version, name, data.draw(mutated(table, name, bases=valid(table, name))))


@pytest.mark.parametrize("version", VERSIONS)
def test_every_kind_of_violation_occurs(version: str) -> None:
    """The mutations of a package show every way in which a value can depart from its table."""
    made = [each for base in bases(version, "CFPackage") for each in mutations(standard(version), "CFPackage", base)]
    made += mutations(standard(version), "imsx_StatusInfo", bases(version, "imsx_StatusInfo")[1])
    assert set(Kind) == {each.kind for each in made}
    assert any(not each.schema_sees for each in made)


def test_several_violations_are_all_named() -> None:
    """Each of several departures in one record is named once, with its place and its cause."""
    value = {"identifier": "x", "uri": None, "title": 5, "hierarchyCode": "1", "colour": "red", "a/b~c": 1}
    found = violations(standard("1.1"), "CFSubject", value)
    expected = {
        ("/identifier", "CFSubject.identifier: pattern broken"),
        ("/uri", "CFSubject.uri: null"),
        ("/title", "CFSubject.title: wrong JSON type"),
        ("", "CFSubject.colour: member outside the model"),
        ("", "CFSubject.a/b~c: member outside the model"),
        ("", "CFSubject.lastChangeDateTime: mandatory member missing"),
    }
    assert expected == {(each.pointer, each.cause) for each in found}
    assert len(expected) == len(found)


def test_the_cause_of_a_wrong_whole_names_its_class() -> None:
    """A value that is no object at all is named by its class."""
    (found,) = violations(standard("1.1"), "CFItem", [])
    assert ("CFItem: not an object", "") == (found.cause, found.pointer)


def test_a_violation_seen_from_above_has_a_longer_pointer() -> None:
    """A violation can be seen from what holds the value."""
    (found,) = violations(standard("1.1"), "CFItem", None)
    assert isinstance(found, Violation)
    assert "/CFItems/3" == found.below("/CFItems/3").pointer


# Formats


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-02-29T23:59:59Z", True),
        ("2024-02-29t23:59:59z", True),
        ("2024-02-29T23:59:60Z", True),
        ("2024-02-29T23:59:59.123456789+05:45", True),
        ("2024-02-29T23:59:59-00:00", True),
        ("2023-02-29T23:59:59Z", False),
        ("2024-02-29T23:59:61Z", False),
        ("2024-02-29T24:00:00Z", False),
        ("2024-02-29T23:59:59+24:00", False),
        ("2024-02-29T23:59:59+01:60", False),
        ("2024-02-29T23:59:59", False),
        ("2024-02-29 23:59:59Z", False),
        ("2024-02-29T23:59:59Z\n", False),
        ("२०२४-०२-२९T२३:५९:५९Z", False),
    ],
)
def test_date_times_are_those_of_rfc_3339(text: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """A date-time is a calendar date, a time of day and a zone."""
    assert expected is is_date_time(text)


@pytest.mark.parametrize(
    ("text", "expected"), [("2024-02-29", True), ("2023-02-29", False), ("2024-2-9", False), ("2024-02-29\n", False)]
)
def test_dates_are_days_of_the_calendar(text: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """A date is a day that exists, and nothing else."""
    assert expected is is_date(text)


@given(st.dates(), st.times())
def test_every_instant_is_a_date_time(day: datetime.date, time: datetime.time) -> None:
    """Every day and every instant that Python writes is taken."""
    assert is_date(day.isoformat())
    assert is_date_time(datetime.datetime.combine(day, time, datetime.UTC).isoformat())


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://case.example.org/ims/case/v1p1/CFItems/1", True),
        ("http://[2001:db8::1]:8000/a?b=c#d", True),
        ("urn:uuid:0b0f7f52-3c1e-4d0a-9a55-5d6c1f0e2a01", True),
        ("tag:example.org,2024:a", True),
        ("/ims/case/v1p1/CFItems/1", False),
        ("https://case.example.org/a b", False),
        ("https://case.example.org/größe", False),
        ("https://case.example.org/%zz", False),
        ("", False),
        ("https://case.example.org/\n", False),
    ],
)
def test_addresses_are_absolute_uris(text: str, expected: bool) -> None:  # noqa: FBT001 - a table
    """An address is a URI of RFC 3986 with a scheme."""
    assert expected is is_absolute_uri(text)


@pytest.mark.parametrize(
    ("value", "expected"), [(None, "null"), (True, "true"), (False, "false"), (5, "5"), ("a", '"a"'), ([1], "[1]")]
)
def test_values_are_printed_as_json(value: object, expected: str) -> None:
    """A found value is shown as it stood on the wire."""
    assert expected == excerpt(value)


def test_long_values_are_cut() -> None:
    """A found value takes no more than a line."""
    assert 120 == len(excerpt("x" * 1_000))
