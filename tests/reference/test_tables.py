"""The tables of CASE 1.0 and 1.1: consistent in themselves, read as they are written, different as the versions are."""

from __future__ import annotations

import dataclasses
import hashlib
import re
import tomllib
from importlib import resources
from typing import Any

import pytest
from tests.bundled import VERSIONS, standard

from skillmark_reference.standards import Cardinality, Property, RecordClass, load_standard, standard_ids

OPERATIONS = {
    "getCFPackage": "/CFPackages/{sourcedId}",
    "getAllCFDocuments": "/CFDocuments",
    "getCFDocument": "/CFDocuments/{sourcedId}",
    "getCFItem": "/CFItems/{sourcedId}",
    "getCFItemAssociations": "/CFItemAssociations/{sourcedId}",
    "getCFAssociation": "/CFAssociations/{sourcedId}",
    "getCFAssociationGrouping": "/CFAssociationGroupings/{sourcedId}",
    "getCFConcept": "/CFConcepts/{sourcedId}",
    "getCFItemType": "/CFItemTypes/{sourcedId}",
    "getCFLicense": "/CFLicenses/{sourcedId}",
    "getCFSubject": "/CFSubjects/{sourcedId}",
    "getCFRubric": "/CFRubrics/{sourcedId}",
}
EXTENDED = {
    "CFPackage": "CFPackageExtension",
    "CFPckgDocument": "CFDocumentExtension",
    "CFPckgItem": "CFItemExtension",
    "CFPckgAssociation": "CFAssociationExtension",
    "CFDefinition": "CFDefinitionExtension",
    "CFConcept": "CFConceptExtension",
    "CFSubject": "CFSubjectExtension",
    "CFItemType": "CFItemTypeExtension",
    "CFLicense": "CFLicenseExtension",
    "CFAssociationGrouping": "CFAssociationGroupingExtension",
    "CFRubric": "CFRubricExtension",
    "CFRubricCriterion": "CFRubricCriterionExtension",
    "CFRubricCriterionLevel": "CFRubricCriterionLevelExtension",
}
FULL_FORMS = {"CFPckgDocument": "CFDocument", "CFPckgItem": "CFItem", "CFPckgAssociation": "CFAssociation"}

both_versions = pytest.mark.parametrize("version", VERSIONS)


def raw(version: str) -> dict[str, Any]:
    """Return a table as it is written."""
    content = (resources.files("skillmark_reference.standards") / f"case-{version}.toml").read_text(encoding="utf-8")
    return tomllib.loads(content)


def members(version: str) -> dict[tuple[str, str], Property]:
    """Return every property by class and name."""
    classes = standard(version).classes
    return {(name, member): row for name, each in classes.items() for member, row in each.properties.items()}


# Consistency


def test_there_is_a_table_for_each_version() -> None:
    """Both versions have a table, and an unknown one is answered with the names of those that exist."""
    assert ("case-1.0", "case-1.1") == standard_ids()
    with pytest.raises(KeyError, match=r"case-1\.0, case-1\.1"):
        load_standard("case-2.0")


@both_versions
def test_the_digest_is_that_of_the_file(version: str) -> None:
    """Reports name a table by the SHA-256 of its bytes."""
    content = (resources.files("skillmark_reference.standards") / f"case-{version}.toml").read_bytes()
    assert hashlib.sha256(content).hexdigest() == standard(version).digest


@both_versions
def test_every_type_is_defined(version: str) -> None:
    """The type of every member is one datatype, one enumeration or one class, and no name is two of them."""
    table = standard(version)
    names = [*table.datatypes, *table.enums, *table.classes]
    assert len(names) == len(set(names))
    assert set() == {row.type for row in members(version).values()} - set(names)


@both_versions
def test_everything_defined_is_used(version: str) -> None:
    """No class is left that no payload, refusal or other class leads to."""
    table = standard(version)
    roots = {operation.payload for operation in table.operations.values()} | {"imsx_StatusInfo"}
    used = {row.type for row in members(version).values()}
    assert set() == set(table.classes) - used - roots


@both_versions
def test_links_name_classes_that_exist(version: str) -> None:
    """Every class that a link or a bare identifier may point to exists, or is outside of CASE by name."""
    table = standard(version)
    for row in members(version).values():
        assert set(row.target) <= {*table.classes, "external"}
        assert (row.type in {"LinkURI", "LinkGenURI"}) <= bool(row.target), row


@both_versions
def test_the_published_order_names_every_member_once(version: str) -> None:
    """The order of a class lists its own and its inherited members, so that none is lost in reading."""
    classes = raw(version)["classes"]
    for name, row in classes.items():
        inherited = classes[row["extends"]]["properties"] if "extends" in row else {}
        own = row.get("properties", {})
        assert sorted([*inherited, *own]) == sorted(row.get("order", own)), name
        assert list(standard(version).classes[name].properties) == row.get("order", list(own))


@both_versions
def test_cardinalities_are_read_as_they_are_written(version: str) -> None:
    """Cardinalities are the four of the standard, and say what is an array and what is mandatory."""
    written = {
        facts["card"] for row in raw(version)["classes"].values() for facts in row.get("properties", {}).values()
    }
    assert {"1", "0..1", "0..*", "1..*"} == written
    facts = {each.value: (each.is_array, each.is_required) for each in Cardinality}
    assert {"1": (False, True), "0..1": (False, False), "0..*": (True, False), "1..*": (True, True)} == facts


@both_versions
def test_every_fact_cites_its_clause(version: str) -> None:
    """Classes, datatypes, enumerations, operations and statuses say where the standard says so."""
    table = standard(version)
    rows = [table.classes, table.datatypes, table.enums, table.operations, table.statuses]
    assert all(each.clause for row in rows for each in row.values())  # type: ignore[attr-defined]


@both_versions
def test_patterns_are_anchored_and_regular_expressions(version: str) -> None:
    """Every pattern compiles, and covers the whole text."""
    table = standard(version)
    patterns = [each.pattern for each in table.datatypes.values() if each.pattern]
    patterns += [each.pattern for each in table.enums.values() if each.pattern]
    assert patterns
    assert all(each.startswith("^") and each.endswith("$") and re.compile(each) for each in patterns)


@both_versions
def test_words_beside_enumerations_are_consistent(version: str) -> None:
    """Defaults and renamed tokens are tokens, recommended words have a vocabulary, meanings belong to tokens."""
    table = standard(version)
    for each in table.enums.values():
        assert {each.default} - {None} <= set(each.values)
        assert set(each.other_version) | set(each.meanings) <= set(each.values)
        assert set() == set(each.demanded_elsewhere) & set(each.values)
    advised = {row.advisory_enum for row in members(version).values()} - {None}
    assert advised <= set(table.vocabularies)


@both_versions
def test_full_forms_add_one_link_to_the_container(version: str) -> None:
    """The stand-alone form of a record is its package form with one link more, that to what holds it."""
    table = standard(version)
    containers = {"CFDocument": "CFPackageURI", "CFItem": "CFDocumentURI", "CFAssociation": "CFDocumentURI"}
    for package_form, full_form in FULL_FORMS.items():
        assert full_form == table.full_form(package_form)
        more = table.classes[full_form].properties.keys() - table.classes[package_form].properties.keys()
        assert {containers[full_form]} == more
    assert "CFConcept" == table.full_form("CFConcept")


@both_versions
def test_records_have_an_identity(version: str) -> None:
    """The classes with identifier, address and time of change are the records, and all three are mandatory."""
    rows = [row for row in standard(version).classes.values() if row.is_record]
    assert 14 == len(rows)
    assert all({"identifier", "uri", "lastChangeDateTime"} <= set(row.required) for row in rows)


# Operations


@both_versions
def test_there_are_twelve_operations(version: str) -> None:
    """The twelve operations have their published paths, all of them reads."""
    operations = standard(version).operations
    assert OPERATIONS == {name: each.path for name, each in operations.items()}
    assert {"GET"} == {each.method for each in operations.values()}
    assert {"getAllCFDocuments"} == {name for name, each in operations.items() if each.query or each.response_headers}


@both_versions
def test_operations_use_what_the_table_defines(version: str) -> None:
    """Payloads and identified classes, parameters and statuses of operations have rows of their own."""
    table = standard(version)
    for operation in table.operations.values():
        assert operation.id in table.classes[operation.payload].payload_of
        assert operation.sourced_id_of is None or table.classes[operation.sourced_id_of].is_record
        assert set(operation.query) <= set(table.parameters)
        assert set(operation.statuses) - {200} <= set(table.statuses)
        assert {"provider", "consumer"} == set(operation.certification)


@both_versions
def test_operations_know_their_addresses(version: str) -> None:
    """An operation says where it is below the base path, and which one reads a class."""
    table = standard(version)
    assert "/CFItems/x" == table.operations["getCFItem"].url_path("x")
    assert "/CFDocuments" == table.operations["getAllCFDocuments"].url_path()
    assert "CFItemAssociations" == table.operations["getCFItemAssociations"].collection
    found = {name: table.operation_of(name) for name in ("CFItem", "CFDocument", "CFConcept", "CFRubricCriterion")}
    expected = {"CFItem": "getCFItem", "CFDocument": "getCFDocument", "CFConcept": "getCFConcept"}
    assert expected == {name: each.id for name, each in found.items() if each}


@both_versions
def test_statuses_speak_the_words_of_the_enumerations(version: str) -> None:
    """Codes of refusals are tokens; only 405 has a code that no enumeration knows."""
    table = standard(version)
    for status, rule in table.statuses.items():
        assert set(rule.code_major) <= set(table.enums["imsx_CodeMajorEnum"].values)
        assert all(rule.severity in table.severity_matrix[major] for major in rule.code_major)
        outside = set(rule.code_minor) - set(table.enums["imsx_CodeMinorValueEnum"].values)
        assert outside == ({"unsupported"} if status == 405 else set())


# The two versions


def shape(row: Property) -> tuple[str, Cardinality, tuple[str, ...], str | None]:
    """Return what a member is, without notes."""
    return row.type, row.card, row.target, row.advisory_enum


def test_1_1_adds_thirteen_extension_classes_and_nothing_else() -> None:
    """The classes that 1.1 adds are open objects for the data of vendors, each with one owner."""
    old, new = (standard(version).classes for version in VERSIONS)
    assert set(EXTENDED.values()) == new.keys() - old.keys()
    assert set() == old.keys() - new.keys()
    added: list[RecordClass] = [new[name] for name in EXTENDED.values()]
    assert EXTENDED == {each.owner: each.name for each in added}
    assert all(not each.closed and not each.properties for each in added)
    assert all(each.closed for name, each in new.items() if name not in EXTENDED.values())


def test_1_1_adds_these_members_and_nothing_else() -> None:
    """Six members are new besides the extensions, and each of them says since when."""
    old, new = (members(version) for version in VERSIONS)
    novelties = {
        ("CFPckgDocument", "frameworkType"),
        ("CFPckgDocument", "caseVersion"),
        ("CFPckgItem", "subject"),
        ("CFPckgItem", "subjectURI"),
        ("CFPckgAssociation", "notes"),
        ("LinkGenURI", "targetType"),
        *((owner, "extensions") for owner in EXTENDED),
    }
    inherited = {(FULL_FORMS[owner], member) for owner, member in novelties if owner in FULL_FORMS}
    assert novelties | inherited == new.keys() - old.keys()
    assert set() == old.keys() - new.keys()
    assert novelties | inherited == {name for name, row in new.items() if row.since == "1.1"}


def test_1_1_admits_breaks_of_lines_in_three_texts() -> None:
    """Of the members that both versions have, three texts are freer in 1.1; everything else is the same."""
    old, new = (members(version) for version in VERSIONS)
    changed = {name for name in old if shape(old[name]) != shape(new[name])}
    freer = {("CFPckgDocument", "description"), ("CFPckgItem", "fullStatement"), ("CFRubric", "description")}
    assert freer | {("CFDocument", "description"), ("CFItem", "fullStatement")} == changed
    assert {("NormalizedString", "String")} == {(old[name].type, new[name].type) for name in changed}
    assert not any(row.markup for row in old.values())


def test_extensions_are_one_object_except_in_levels_of_rubrics() -> None:
    """Only the levels of a rubric have an array of extensions."""
    arrays = {owner for (owner, member), row in members("1.1").items() if member == "extensions" and row.card.is_array}
    assert {"CFRubricCriterionLevel"} == arrays


def test_tokens_differ_as_the_versions_do() -> None:
    """1.1 has one association type more, opens that list, knows two new lists, and spells two codes anew."""
    old, new = (standard(version).enums for version in VERSIONS)
    assert {"TargetTypeExtEnum", "CaseVersionEnum"} == new.keys() - old.keys()
    types = [enums["CFAssociationTypeExtEnum"] for enums in (old, new)]
    assert [*types[0].values, "isTranslationOf"] == list(types[1].values)
    assert [False, True] == [each.admits("ext:covers") for each in types]
    codes = [enums["imsx_CodeMinorValueEnum"] for enums in (old, new)]
    assert {"unauthorisedrequest", "invaliduuid"} == set(codes[0].values) - set(codes[1].values)
    assert dict(codes[1].other_version) == {mine: other for other, mine in codes[0].other_version.items()}
    changed = {"CFAssociationTypeExtEnum", "imsx_CodeMinorValueEnum"}
    assert changed == {name for name in old if old[name].values != new[name].values}


def test_datatypes_are_the_same_in_both_versions() -> None:
    """1.1 adds the datatypes of extension tokens and extension members, and changes none."""
    old, new = (standard(version).datatypes for version in VERSIONS)
    assert {"EnumExtString", "Namespace"} == new.keys() - old.keys()
    facts = ("base", "pattern", "format", "minimum")
    assert all(getattr(old[name], fact) == getattr(new[name], fact) for name in old for fact in facts)


def test_operations_are_the_same_in_both_versions() -> None:
    """Paths, payloads, parameters, headers and statuses did not change; a 1.1 consumer may choose between two reads."""
    old, new = (standard(version).operations for version in VERSIONS)
    plain = [{name: dataclasses.replace(each, certification={}) for name, each in side.items()} for side in (old, new)]
    assert plain[0] == plain[1]
    chosen = {name for name, each in new.items() if each.certification["consumer"] == "alternative"}
    assert {"getCFItem", "getCFPackage"} == chosen
    assert {"getCFRubric"} == {name for name, each in old.items() if each.certification["provider"] == "optional"}


def test_the_binding_differs_in_addresses_codes_and_discovery() -> None:
    """Base path, discovery document, a default and the spelling of two codes are what else differs."""
    old, new = (standard(version) for version in VERSIONS)
    assert ("/ims/case/v1p0", "/ims/case/v1p1") == (old.base_path, new.base_path)
    assert (None, "/discovery/imscasev1p1_openapi3_v1p0.json") == (old.discovery_path, new.discovery_path)
    assert [100, None] == [each.parameters["limit"].get("default") for each in (old, new)]
    assert {405} == new.statuses.keys() - old.statuses.keys()
    changed = {status for status in old.statuses if old.statuses[status].code_minor != new.statuses[status].code_minor}
    assert {401, 404} == changed
    same = ("media_type", "predicates", "relations", "tls_versions", "severity_matrix")
    assert all(getattr(old, name) == getattr(new, name) for name in same)
