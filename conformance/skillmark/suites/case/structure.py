"""Structure of every record: Information Model 7, REST Binding 6 and 8.5."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from skillmark.core.errors import NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.core.target import Claim, Feature
from skillmark.suites.case.answers import told
from skillmark.suites.case.records import objects
from skillmark.suites.case.suite import CASE
from skillmark_reference.standards import Cardinality
from skillmark_reference.standards.structure import Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence
    from skillmark_reference.standards import Property
    from skillmark_reference.standards.structure import Violation

_D07 = (
    "The table makes extensions of a CFRubricCriterionLevel an array, those of every other class one object: probably a "
    "slip of the standard (D-07)."
)
#: Containers whose emptiness has a requirement of its own, which is disputed.
_EMPTY_SETS = re.compile(r"CF\w+Set")
_CONTAINER_LINKS = {"CFPackageURI", "CFDocumentURI"}
_NUMBERS = {"Integer", "Float"}
_OPEN_MEMBERS = {"associationType", "targetType"}


def _is_doubtful(violation: Violation) -> bool:
    return violation.record_class == "CFRubricCriterionLevel" and violation.member == "extensions"


def _from(answer: Answer, violation: Violation, requirement: str) -> Finding:
    return Finding(
        requirement=requirement,
        expected=violation.expected,
        actual=violation.actual,
        pointer=violation.pointer,
        evidence=(answer.id,),
        cause=violation.cause,
        dispute=_D07 if _is_doubtful(violation) and violation.kind is Kind.ARRAY else "",
    )


def _is_empty_set(violation: Violation) -> bool:
    return violation.kind is Kind.EMPTY and bool(_EMPTY_SETS.fullmatch(violation.record_class))


def _judged(
    case: CaseEvidence,
    requirement: str,
    concerns: Callable[[Violation], bool],
    *,
    members: Callable[[Property], bool] | None = None,
) -> Iterator[Observation]:
    """Yield a finding for each violation of a kind, and what shows that there is none.

    That is every answer, or with ``members`` every member of these that some record has: where no record has one, nothing was
    looked at.
    """
    for answer, found in case.structural:
        mine = [violation for violation in found if concerns(violation)]
        for violation in mine:
            yield _from(answer, violation, requirement)
        if not mine and members is None:
            yield answer.held()
    if members is not None:
        yield from _shown(case, members)


def _shown(case: CaseEvidence, members: Callable[[Property], bool]) -> Iterator[Held]:
    """Yield one subject for each member that some record has."""
    for row in case.standard.classes.values():
        for member in filter(members, row.properties.values()):
            if place := case.census.members.get((row.name, member.name)):
                yield Held(evidence=(place,))


def _declare_class(requirement: str, name: str) -> None:
    def check(case: CaseEvidence) -> Iterator[Observation]:
        if not case.census.counts[name]:
            # Without an object of the class, an answer that should be one still shows that it is not.
            roots = [answer for answer, _ in case.structural if answer.operation and answer.operation.payload == name]
            if not roots:
                raise Untested(f"No {name} was seen.")
        for answer, found in case.structural:
            for violation in found:
                if violation.record_class == name and not _is_empty_set(violation):
                    yield _from(answer, violation, requirement)
        for _ in range(case.census.counts[name]):
            yield Held(evidence=(case.census.shown_by[name],))

    CASE.add(
        f"structure.{name}",
        (requirement,),
        check,
        title=f"Every {name} has the members, datatypes, multiplicities and enumerations of the model.",
    )


for _entry in CASE.catalogue.requirements.values():
    if _entry.model_class and not _entry.model_class.startswith("imsx_"):
        _declare_class(_entry.id, _entry.model_class)


@CASE.check("CASE-R-030")
def bodies_are_bare(case: CaseEvidence) -> Iterator[Observation]:
    """The body of a 200 answer is the payload object itself, without an enclosing member."""
    for answer in told(case.gathered):
        if answer.operation is None or answer.status != 200 or answer.document is None:
            continue
        if any(problem.fatal for problem in answer.document.problems):
            # What cannot be read at all is another requirement's matter.
            continue
        row = case.standard.classes[answer.operation.payload]
        wrapped = answer.payload is None or not (answer.value.keys() & row.properties.keys())
        wrapped = wrapped or (
            any(isinstance(answer.value[name], dict | list) for name in answer.value.keys() - row.properties.keys())
            and not set(row.required) <= answer.value.keys()
        )
        if wrapped:
            expected = f"a {row.name} object with {', '.join(row.required)} at its top"
            yield answer.finding("CASE-R-030", expected=expected, cause=f"{answer.operation.id}: enclosed")
        else:
            yield answer.held()


@CASE.check("CASE-R-031", "CASE-R-034")
def no_member_outside_the_model(case: CaseEvidence) -> Iterator[Observation]:
    """No record has a member outside the model."""
    for requirement in ("CASE-R-031", "CASE-R-034"):
        yield from _judged(case, requirement, lambda violation: violation.kind is Kind.UNKNOWN)


@CASE.check("CASE-R-032")
def mandatory_members_are_present(case: CaseEvidence) -> Iterator[Observation]:
    """Every mandatory member is present on every record."""
    yield from _judged(case, "CASE-R-032", lambda violation: violation.kind is Kind.MISSING)


@CASE.check("CASE-R-033")
def optional_members_are_populated(case: CaseEvidence) -> Iterator[Observation]:
    """Every optional member of the model is populated somewhere in the data under test.

    Absence in the data does not prove that the product cannot supply a member: only a vendor who claims that the data
    populates everything fails here.
    """
    missing = list(_unpopulated(case))
    if not missing:
        for name in case.census.counts:
            yield Held(evidence=(case.census.shown_by[name],))
        return
    if case.context.target.claim(Feature.ALL_FIELDS) is not Claim.CLAIMED:
        raise Untested(
            f"{len(missing)} optional member(s) are not populated in the data under test: {', '.join(missing)}. Load data "
            f"that populates them."
        )
    if len(case.packages) < len(case.documents):
        raise Untested(
            f"{len(case.packages)} of {len(case.documents)} packages were read, and in these nothing populates "
            f"{', '.join(missing)}. A higher --level reads more."
        )
    for member in missing:
        yield Finding(
            requirement="CASE-R-033",
            expected=f"{member} with a value on some record",
            actual="on no record that was read",
            cause=member,
        )


def _unpopulated(case: CaseEvidence) -> Iterator[str]:
    """Yield the optional members, as ``class.member``, that no record shows; rubrics only where they are offered."""
    rubrics_wanted = case.census.counts["CFRubric"] or (case.context.target.claim(Feature.RUBRICS) is Claim.CLAIMED)
    extensions_wanted = case.context.target.claim(Feature.EXTENSIONS) is Claim.CLAIMED
    for row in case.standard.classes.values():
        if row.name.startswith(("imsx_", "Link")) or row.owner or row.name.endswith("Set"):
            continue
        if row.name.startswith("CFRubric") and not rubrics_wanted:
            continue
        # A package shows the same records as the single reads, of which some are a sample.
        forms = (row.name, *(form for form in (row.extends,) if form))
        seen = set().union(*(case.census.populated.get(form, ()) for form in forms))
        for member in row.properties:
            # What 1.1 brought is not asked for by certification, so that nobody claims it with the rest.
            if (
                member not in seen
                and (row.properties[member].since is None or member == "extensions")
                and (member != "extensions" or extensions_wanted)
                and (member != "CFRubrics" or rubrics_wanted)
            ):
                yield f"{row.name}.{member}"


@CASE.check("CASE-R-035", "CASE-R-036")
def no_member_is_null(case: CaseEvidence) -> Iterator[Observation]:
    """No member is null; a member without a value is left out."""
    for requirement in ("CASE-R-035", "CASE-R-036"):
        yield from _judged(case, requirement, lambda violation: violation.kind is Kind.NULL)


@CASE.check("CASE-R-037")
def identifiers_are_uuids(case: CaseEvidence) -> Iterator[Observation]:
    """Identifiers are lower-case UUIDs of version 1 to 5."""
    yield from _judged(
        case,
        "CASE-R-037",
        lambda violation: violation.kind in {Kind.PATTERN, Kind.TYPE} and violation.type == "UUID",
        members=lambda row: row.type == "UUID",
    )


@CASE.check("CASE-R-038")
def addresses_are_absolute_uris(case: CaseEvidence) -> Iterator[Observation]:
    """Members uri and officialSourceURL are absolute URIs."""
    yield from _judged(
        case,
        "CASE-R-038",
        lambda violation: violation.kind in {Kind.FORMAT, Kind.TYPE} and violation.type in {"AnyURI", "URL"},
        members=lambda row: row.type in {"AnyURI", "URL"},
    )


@CASE.check("CASE-R-039")
def change_times_are_date_times(case: CaseEvidence) -> Iterator[Observation]:
    """The member lastChangeDateTime is a date-time with zone on every record."""
    yield from _judged(
        case,
        "CASE-R-039",
        lambda violation: violation.type == "DateTime",
        members=lambda row: row.type == "DateTime",
    )


@CASE.check("CASE-R-040")
def status_dates_are_dates(case: CaseEvidence) -> Iterator[Observation]:
    """The members statusStartDate and statusEndDate are calendar dates without a time."""
    yield from _judged(
        case,
        "CASE-R-040",
        lambda violation: violation.type == "Date" and violation.kind is not Kind.NULL,
        members=lambda row: row.type == "Date",
    )


@CASE.check("CASE-R-041")
def normalized_strings_have_no_breaks(case: CaseEvidence) -> Iterator[Observation]:
    """Members of datatype NormalizedString contain no tab, carriage return or line feed."""
    yield from _judged(
        case,
        "CASE-R-041",
        lambda violation: violation.kind is Kind.PATTERN and violation.type == "NormalizedString",
        members=lambda row: row.type == "NormalizedString",
    )


@CASE.check("CASE-R-042")
def repeatable_members_are_arrays(case: CaseEvidence) -> Iterator[Observation]:
    """A repeatable member is a JSON array even with one entry."""
    yield from _judged(
        case,
        "CASE-R-042",
        lambda violation: violation.kind is Kind.ARRAY,
        members=lambda row: row.card.is_array,
    )


@CASE.check("CASE-R-043")
def numbers_are_numbers(case: CaseEvidence) -> Iterator[Observation]:
    """Integer members are JSON integers of 32 bits, Float members JSON numbers."""
    yield from _judged(
        case,
        "CASE-R-043",
        lambda violation: violation.type in _NUMBERS and violation.kind in {Kind.TYPE, Kind.RANGE},
        members=lambda row: row.type in _NUMBERS,
    )


@CASE.check("CASE-R-045")
def package_forms_have_no_container_link(case: CaseEvidence) -> Iterator[Observation]:
    """Inside packages and association sets, records carry no link back to their container."""
    yield from _judged(
        case,
        "CASE-R-045",
        lambda violation: violation.kind is Kind.UNKNOWN and violation.member in _CONTAINER_LINKS,
    )


@CASE.check("CASE-R-047")
def tokens_are_of_the_enumeration(case: CaseEvidence) -> Iterator[Observation]:
    """Enumerated members use exactly the listed tokens."""
    yield from _judged(
        case,
        "CASE-R-047",
        lambda violation: violation.kind is Kind.TOKEN,
        members=lambda row: row.type in case.standard.enums,
    )


@CASE.check("CASE-R-081")
def no_status_block_in_data(case: CaseEvidence) -> Iterator[Observation]:
    """A 200 body holds no imsx_ member."""
    yield from _judged(
        case,
        "CASE-R-081",
        lambda violation: violation.kind is Kind.UNKNOWN and violation.member.lower().startswith("imsx_"),
    )


@CASE.check("CASE10-R-001")
def association_types_are_of_1_0(case: CaseEvidence) -> Iterator[Observation]:
    """At the 1.0 base path associationType is one of the nine tokens of 1.0."""
    yield from _judged(
        case,
        "CASE10-R-001",
        lambda violation: violation.kind is Kind.TOKEN and violation.member == "associationType",
        members=lambda row: row.name == "associationType",
    )


def _members_since_1_1(case: CaseEvidence) -> set[tuple[str, str]]:
    from skillmark_reference.standards import load_standard  # noqa: PLC0415 - only 1.0 needs the other table

    other = load_standard("case-1.1")
    return {
        (row.name, member)
        for row in case.standard.classes.values()
        for member in other.classes[row.name].properties.keys() - row.properties.keys()
    }


@CASE.check("CASE10-R-002")
def no_member_of_1_1_leaks(case: CaseEvidence) -> Iterator[Observation]:
    """At the 1.0 base path no member of 1.1 appears."""
    later = _members_since_1_1(case)
    yield from _judged(case, "CASE10-R-002", lambda violation: (violation.record_class, violation.member) in later)


@CASE.check("CASE10-R-005")
def no_case_version_at_1_0(case: CaseEvidence) -> Iterator[Observation]:
    """A document at the 1.0 base path carries no caseVersion."""
    yield from _judged(
        case,
        "CASE10-R-005",
        lambda violation: violation.kind is Kind.UNKNOWN and violation.member == "caseVersion",
    )


@CASE.check("CASE11-R-001")
def extension_data_lives_in_extensions(case: CaseEvidence) -> Iterator[Observation]:
    """Proprietary data appears only inside a member named extensions."""
    yield from _judged(case, "CASE11-R-001", lambda violation: violation.kind is Kind.UNKNOWN)


@CASE.check("CASE11-R-002")
def extensions_are_objects(case: CaseEvidence) -> Iterator[Observation]:
    """The member extensions is one object, and an array of objects on CFRubricCriterionLevel."""
    for answer, found in case.structural:
        mine = [each for each in found if each.member == "extensions" and each.kind is not Kind.UNKNOWN]
        for violation in mine:
            yield _from(answer, violation, "CASE11-R-002")
        payload = answer.operation.payload if answer.operation else ""
        if not mine and any("extensions" in each for _, each, _ in objects(case.standard, payload, answer.payload)):
            yield answer.held()
    if case.context.target.claim(Feature.EXTENSIONS) is Claim.CLAIMED:
        return
    if not any("extensions" in members for members in case.census.populated.values()):
        raise NotApplicable("No record carries extensions, and the vendor does not claim them.")


@CASE.check("CASE11-R-011")
def case_version_is_1_1(case: CaseEvidence) -> Iterator[Observation]:
    """The member caseVersion, where present, is the string 1.1."""
    if ("CFDocument", "caseVersion") not in case.census.members and (
        "CFPckgDocument",
        "caseVersion",
    ) not in case.census.members:
        raise NotApplicable("No document states a caseVersion.")
    yield from _judged(
        case,
        "CASE11-R-011",
        lambda violation: violation.member == "caseVersion",
        members=lambda row: row.name == "caseVersion",
    )


@CASE.check("CASE11-R-013")
def proprietary_tokens_start_with_ext(case: CaseEvidence) -> Iterator[Observation]:
    """A proprietary associationType or targetType has the form ext: and letters, digits, dots, hyphens, underscores."""
    yield from _judged(
        case,
        "CASE11-R-013",
        lambda violation: violation.kind is Kind.TOKEN and violation.member in _OPEN_MEMBERS,
        members=lambda row: row.name in _OPEN_MEMBERS,
    )


@CASE.check("CASE11-R-014")
def target_types_are_case_or_ext(case: CaseEvidence) -> Iterator[Observation]:
    """The member targetType is CASE or an ext: token, and an end without another one has a UUID as identifier."""
    pattern = re.compile((case.standard.datatypes["UUID"].pattern or "").strip("^$"))
    yield from _judged(
        case,
        "CASE11-R-014",
        lambda violation: violation.member == "targetType",
        members=lambda row: row.name == "targetType",
    )
    for sighting in case.packaged("CFAssociation"):
        for member in ("originNodeURI", "destinationNodeURI"):
            end = sighting.record.get(member)
            if not isinstance(end, dict) or end.get("targetType", "CASE") != "CASE":
                continue
            identifier = end.get("identifier")
            if isinstance(identifier, str) and pattern.fullmatch(identifier):
                yield sighting.held()
            else:
                yield sighting.finding(
                    "CASE11-R-014",
                    expected="a UUID, since the end has no targetType other than CASE",
                    actual=f"{identifier!r}",
                    member=f"{member}/identifier",
                )


@CASE.check("CASE-R-110")
def sets_have_entries(case: CaseEvidence) -> Iterator[Observation]:
    """Set containers hold at least one entry."""
    yield from _judged(
        case,
        "CASE-R-110",
        _is_empty_set,
        members=lambda row: row.card is Cardinality.SOME,
    )


@CASE.check("CASE-R-108", "CASE-R-109")
def packages_have_items(case: CaseEvidence) -> Iterator[Observation]:
    """A package has the arrays CFItems and CFAssociations, the first with at least one item."""
    for answer in told(case.packages.values()):
        if answer.payload is None:
            continue
        if answer.payload.get("CFItems"):
            yield answer.held()
        else:
            yield answer.finding(
                "CASE-R-108", expected="at least one item in CFItems", actual="none", pointer="/CFItems"
            )
        for member in ("CFItems", "CFAssociations"):
            if member not in answer.payload:
                yield answer.finding(
                    "CASE-R-109", expected=f"the array {member}, if need be empty", actual="absent", cause=member
                )
