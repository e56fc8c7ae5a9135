"""What members say, beyond their form: criteria, schemas, identities, results and evidence (Data Models; Privacy)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.suites.credentials.shown import JUDGED
from skillmark.suites.credentials.sightings import RULES
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.suites.credentials.evidence import Evidence
    from skillmark.suites.credentials.sightings import Sighting

#: Types of identifiers that tell who a person is to anyone who reads the credential.
_PERSONAL = frozenset({"emailAddress", "name", "nationalIdentityNumber", "userName"})
_SCHEMA_TYPE = "1EdTechJsonSchemaValidator2019"
_SCHEMA = "https://purl.imsglobal.org/spec/"


@RULES.decides("OB30-R-034", absent="No criteria were handed in.")
def criteria_say_something(evidence: Evidence) -> Iterator[Sighting]:
    """Look for an address or a text."""
    for each in evidence.of(*JUDGED):
        for node in each.nodes_of("Criteria"):
            if {"id", "narrative"} & node.value.keys():
                yield each.holds()
            else:
                yield each.departs(node.pointer, "criteria with neither id nor narrative")


@RULES.decides("OB30-R-043", absent="No credential that was handed in uses credentialSchema.")
def standard_schema_is_named(evidence: Evidence) -> Iterator[Sighting]:
    """Look for the entry of the standard, and hold the credential against its schema."""
    for each in evidence.of(*JUDGED):
        if "credentialSchema" not in each.document:
            continue
        entries = [entry for entry in as_list(each.document["credentialSchema"]) if isinstance(entry, dict)]
        mine = [entry for entry in entries if str(entry.get("id", "")).startswith(_SCHEMA)]
        types = [name for entry in mine for name in as_list(entry.get("type", []))]
        if not mine:
            yield each.departs("/credentialSchema", "no entry with the address of a schema of the standard")
        elif _SCHEMA_TYPE not in types:
            yield each.departs("/credentialSchema", quoted(types), expected=f"the type {_SCHEMA_TYPE}")
        elif each.has_failed(Subject.CREDENTIAL_SCHEMA):
            yield from each.said(Subject.CREDENTIAL_SCHEMA)
        else:
            yield each.holds()


@RULES.decides("OB30-R-060", absent="No credential that was handed in has one value where the standard permits it.")
def compacted_form(evidence: Evidence) -> Iterator[Sighting]:
    """Tell which credentials make use of the permission."""
    for each in evidence.of(*JUDGED):
        members = [(facts, value) for node in each.nodes for facts, _, value in node.members]
        if any(facts.compactable and not isinstance(value, list) for facts, value in members):
            yield each.holds()


@RULES.decides("OB30-R-061", absent="No credential that was handed in names the schema for compacted documents.")
def compacted_schema(evidence: Evidence) -> Iterator[Sighting]:
    """Tell which credentials name the variant."""
    for each in evidence.of(*JUDGED):
        for entry in as_list(each.document.get("credentialSchema", [])):
            if isinstance(entry, dict) and "compact" in str(entry.get("id", "")).lower():
                yield each.holds()


@RULES.decides("OB30-R-046", absent="No recipient that was handed in is identified by an identifier.")
def personal_identifiers_are_hashed(evidence: Evidence) -> Iterator[Sighting]:
    """Look for plain identifiers of types that name a person."""
    for each in evidence.of(*JUDGED):
        for node in each.nodes_of("IdentityObject"):
            kind = node.value.get("identityType")
            if node.value.get("hashed") is False and kind in _PERSONAL:
                yield each.departs(f"{node.pointer}/identityHash", f"a plain {kind}", expected="a hashed identity")
            else:
                yield each.holds()


@RULES.decides("OB30-R-250", absent="No credential that was handed in has several results.")
def results_tell_their_status(evidence: Evidence) -> Iterator[Sighting]:
    """Look for results without status beside others that have one."""
    for each in evidence.of(CredentialKind.ACHIEVEMENT):
        results = list(each.nodes_of("Result"))
        told = [node for node in results if "status" in node.value]
        if not told:
            continue
        for node in results:
            if "status" in node.value:
                yield each.holds()
            else:
                yield each.departs(node.pointer, "a result without status beside one that has it")


@RULES.decides("OB30-R-252", absent="No evidence with an id was handed in.")
def evidence_is_not_embedded_in_its_id(evidence: Evidence) -> Iterator[Sighting]:
    """Look for data: URLs."""
    for each in evidence.of(*JUDGED):
        for node in each.nodes_of("Evidence"):
            identifier = node.value.get("id")
            if isinstance(identifier, str) and identifier.lower().startswith("data:"):
                yield each.departs(f"{node.pointer}/id", "a data: URL", expected="an address, or a urn:")
            elif identifier is not None:
                yield each.holds()


@RULES.decides("CLR20-R-011", absent="No record that was handed in has partial.")
def partial_is_a_boolean(evidence: Evidence) -> Iterator[Sighting]:
    """Look at the member of records."""
    for each in evidence.of(CredentialKind.CLR):
        value = each.document.get("partial")
        if isinstance(value, bool):
            yield each.holds()
        elif "partial" in each.document:
            yield each.departs("/partial", quoted(value), expected="true or false")
