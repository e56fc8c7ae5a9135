"""What members of a credential say of each other: results and their descriptions, associations and their ends."""

from __future__ import annotations

import dataclasses
import decimal
import re
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_NUMBER = re.compile(r"-?[0-9]{1,30}(?:\.[0-9]{1,30})?", re.ASCII)
#: The requirements of Open Badges 3.0 on results, and their twins of CLR 2.0.
_OF_RECORDS = {f"OB30-R-{number:03}": f"CLR20-R-{number + 42:03}" for number in range(35, 41)}
#: Associations of which an achievement cannot have both directions, or be its own.
_DIRECTED = frozenset({"isChildOf", "isParentOf", "isPartOf", "precedes", "replacedBy"})
_OPPOSITES = {"isParentOf": "isChildOf"}


def results_step(credential: Mapping[str, Any], kind: CredentialKind) -> Step:
    """Hold results against the descriptions in the achievement of the same subject (Open Badges 3.0, Data Models, Result).

    A record has no results of its own, and defines several achievements (CLR 2.0, Data Models, ClrSubject).
    """
    subject = _object(credential.get("credentialSubject"))
    described = [
        (f"{place}{pointer}", each)
        for place, achievement in _objects(subject, "achievement")
        for pointer, each in _objects(achievement, "resultDescription")
    ]
    descriptions = {str(each["id"]): each for _, each in described if "id" in each}
    results = list(_objects(subject, "result"))
    if not results and not descriptions:
        return conclude(kind, Subject.RESULTS, outcome=Outcome.NOT_APPLICABLE)
    problems = [problem for pointer, each in results for problem in _result_problems(each, pointer, descriptions)]
    for pointer, each in described:
        required = each.get("requiredLevel")
        if required is not None and required not in _levels(each):
            message = f"requiredLevel {quoted(required)} is none of the rubricCriterionLevel"
            place = f"/credentialSubject{pointer}/requiredLevel"
            problems.append(Problem(pointer=place, message=message, clause="OB30-R-038"))
    remarks = [
        each.below(f"/credentialSubject{pointer}")
        for pointer, description in described
        for each in _value_remarks(description)
    ]
    outcome = Outcome.FAILED if problems else Outcome.WARNED if remarks else None
    found = [_of_kind(each, kind) for each in (*problems, *remarks)]
    return conclude(kind, Subject.RESULTS, found, outcome=outcome)


def _of_kind(problem: Problem, kind: CredentialKind) -> Problem:
    """Return a problem with the requirement of the standard of its kind."""
    is_record = kind is CredentialKind.CLR
    return dataclasses.replace(problem, clause=_OF_RECORDS[problem.clause]) if is_record else problem


def _result_problems(result: Mapping[str, Any], place: str, descriptions: Mapping[str, Any]) -> Iterator[Problem]:
    pointer = f"/credentialSubject{place}"
    if "resultDescription" not in result:
        return
    description = descriptions.get(str(result["resultDescription"]))
    if description is None:
        message = f"{quoted(result['resultDescription'])} is no resultDescription of the achievement"
        yield Problem(pointer=f"{pointer}/resultDescription", message=message, clause="OB30-R-036")
        return
    if description.get("resultType") == "Status" and "status" not in result:
        message = "the result is of the type Status, and has no status"
        yield Problem(pointer=pointer, message=message, clause="OB30-R-035")
    if "achievedLevel" in result and result["achievedLevel"] not in _levels(description):
        message = f"achievedLevel {quoted(result['achievedLevel'])} is none of the levels of the resultDescription"
        yield Problem(pointer=f"{pointer}/achievedLevel", message=message, clause="OB30-R-037")


def _value_remarks(description: Mapping[str, Any]) -> Iterator[Problem]:
    """Yield what a description should not say of values (Open Badges 3.0, Data Models, ResultDescription)."""
    allowed = as_list(description.get("allowedValue"))
    required = description.get("requiredValue")
    low, high, value = (_number(description.get(name)) for name in ("valueMin", "valueMax", "requiredValue"))
    is_outside = value is not None and ((low is not None and value < low) or (high is not None and value > high))
    if required is not None and ((allowed and required not in allowed) or (not allowed and is_outside)):
        message = f"requiredValue {quoted(required)} is none of allowedValue, and not between valueMin and valueMax"
        yield Problem(pointer="/requiredValue", message=message, clause="OB30-R-039")
    numbers = [_number(each) for each in allowed]
    known = [each for each in numbers if each is not None]
    if len(known) == len(allowed) and known != sorted(known):
        message = "allowedValue is ordered from the lowest to the highest value"
        yield Problem(pointer="/allowedValue", message=message, clause="OB30-R-040")
    if low is not None and high is not None and low > high:
        message = f"valueMin {quoted(description['valueMin'])} is more than valueMax {quoted(description['valueMax'])}"
        yield Problem(pointer="/valueMin", message=message, clause="OB30-R-039")


def _number(text: object) -> decimal.Decimal | None:
    """Return the number that a text is; grades such as B+ are none."""
    if not isinstance(text, str) or not _NUMBER.fullmatch(text):
        return None
    return decimal.Decimal(text)


def _levels(description: Mapping[str, Any]) -> list[Any]:
    return [each.get("id") for _, each in _objects(description, "rubricCriterionLevel")]


# Associations


def association_steps(credential: Mapping[str, Any], kind: CredentialKind) -> tuple[Step, Step]:
    """Return the steps about associations: their ends are in the record, and they agree; no clause says so with MUST."""
    subject = _object(credential.get("credentialSubject"))
    links = list(_objects(subject, "association"))
    if not links:
        return (
            conclude(kind, Subject.ASSOCIATION_ENDS, outcome=Outcome.NOT_APPLICABLE),
            conclude(kind, Subject.ASSOCIATION_SENSE, outcome=Outcome.NOT_APPLICABLE),
        )
    ends = list(_loose_ends(links, set(_achievements(subject))))
    sense = list(_contradictions(links))
    return (
        conclude(kind, Subject.ASSOCIATION_ENDS, ends, outcome=Outcome.WARNED if ends else None),
        conclude(kind, Subject.ASSOCIATION_SENSE, sense, outcome=Outcome.WARNED if sense else None),
    )


def _achievements(subject: Mapping[str, Any]) -> Iterator[str]:
    """Yield the id of every achievement in the record: defined by the subject, or in a member."""
    for _, each in _objects(subject, "achievement"):
        yield str(each.get("id"))
    for _, member in _objects(subject, "verifiableCredential"):
        inner = _object(member.get("credentialSubject"))
        yield from _achievements(inner)


def _loose_ends(links: list[tuple[str, Mapping[str, Any]]], known: set[str]) -> Iterator[Problem]:
    for pointer, each in links:
        for name in ("sourceId", "targetId"):
            if str(each.get(name)) not in known:
                message = f"{name} {quoted(each.get(name))} is the id of no achievement in the record"
                yield Problem(pointer=f"/credentialSubject{pointer}/{name}", message=message)


def _contradictions(links: list[tuple[str, Mapping[str, Any]]]) -> Iterator[Problem]:
    seen: set[tuple[str, str, str]] = set()
    for pointer, each in links:
        name, source, target = (str(each.get(member)) for member in ("associationType", "sourceId", "targetId"))
        if source == target:
            message = f"the achievement {quoted(source)} is associated with itself"
            yield Problem(pointer=f"/credentialSubject{pointer}", message=message)
        elif name in _DIRECTED:
            link = (_OPPOSITES[name], target, source) if name in _OPPOSITES else (name, source, target)
            if (link[0], link[2], link[1]) in seen:
                message = f"{name} holds in both directions between {quoted(source)} and {quoted(target)}"
                yield Problem(pointer=f"/credentialSubject{pointer}", message=message)
            seen.add(link)


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(holder: Mapping[str, Any], name: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the objects of a member, each with its pointer from the holder."""
    value = holder.get(name)
    for index, each in enumerate(as_list(value)):
        if isinstance(each, dict):
            yield (child(f"/{name}", index) if isinstance(value, list) else f"/{name}"), each
