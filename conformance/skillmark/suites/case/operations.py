"""The twelve operations: REST Binding 2.1 and 8.4, Information Model 5."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.target import Claim, Feature
from skillmark.suites.case.answers import Answer, told
from skillmark.suites.case.suite import CASE
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.case.evidence import CaseEvidence
    from skillmark.suites.case.records import Sighting
    from skillmark_reference.standards import Operation

_BASE_PATHS = ("CASE10-R-004", "CASE11-R-020", "CASE11-R-024")
_PREFIX = "The binding puts the base path directly after the host name; whether a deployment may have a prefix is open."
_CHILDREN = "How a hierarchyCode tells its parent is nowhere defined; dot-separated prefixes are the common form."
#: Items outside the packages that were read, of which the document is looked up.
_FOREIGN = 10
_SETS = ("getCFConcept", "getCFSubject", "getCFItemType")


def named(answer: Answer) -> str | None:
    """Return the identifier of the record that a 200 answer delivers, ``None`` when it delivers none."""
    operation, payload = answer.operation, answer.payload
    if operation is None or payload is None:
        return None
    match operation.payload:
        case "CFPackage":
            record: Any = payload.get("CFDocument")
        case "CFAssociationSet":
            record = payload.get("CFItem")
        case name if name.endswith("Set"):
            return _named_in_set(answer, payload.get(operation.collection))
        case _:
            record = payload
    identifier = record.get("identifier") if isinstance(record, dict) else None
    return identifier if isinstance(identifier, str) else None


def _named_in_set(answer: Answer, entries: object) -> str | None:
    """Return the requested identifier if the set has it, else the first one it has."""
    if not isinstance(entries, list):
        return None
    found = [entry.get("identifier") for entry in entries if isinstance(entry, dict)]
    if answer.sourced_id in found:
        return answer.sourced_id
    return next((each for each in found if isinstance(each, str)), None)


def _declare_read(requirement: str, operation: Operation) -> None:
    def check(case: CaseEvidence) -> Iterator[Observation]:
        mine = case.standard.operations[operation.id]
        _require_rubrics(case, mine)
        tried = case.reads(mine.id)
        if not tried:
            raise Untested(f"No {mine.sourced_id_of} is known that {mine.id} could be asked for.")
        shown = case.pool(mine.sourced_id_of or "").keys() | set(
            case.context.target.known.get(mine.sourced_id_of or "", ())
        )
        for answer in told(tried):
            if named(answer) == answer.sourced_id:
                yield answer.held()
            elif answer.sourced_id in shown:
                yield answer.finding(
                    requirement,
                    expected=f"200 and a {mine.payload} for the {mine.sourced_id_of} with this identifier",
                    actual=_delivered(answer),
                    cause=f"{mine.id}: {_delivered_kind(answer)}",
                )

    CASE.add(
        f"operations.{operation.id}",
        (requirement,),
        check,
        title=f"GET {operation.path} delivers a {operation.payload} for every known {operation.sourced_id_of}.",
    )


def _delivered(answer: Answer) -> str:
    other = named(answer)
    return f"200 with the record {other}" if other else answer.said


def _delivered_kind(answer: Answer) -> str:
    if answer.exchange.trouble is not None:
        return answer.exchange.trouble.kind.value
    return "another record" if named(answer) else f"status {answer.status}"


def _require_rubrics(case: CaseEvidence, operation: Operation) -> None:
    if operation.id != "getCFRubric":
        return
    offered = any(answer.payload is not None for answer in case.reads("getCFRubric"))
    case.require(Feature.RUBRICS, has_effect=lambda: offered)


for _entry in CASE.catalogue.requirements.values():
    if _entry.operation and _entry.operation != "getAllCFDocuments":
        _declare_read(_entry.id, load_standard("case-1.1").operations[_entry.operation])


@CASE.check("CASE-R-051")
def the_list_is_a_document_set(case: CaseEvidence) -> Iterator[Observation]:
    """GET /CFDocuments delivers a CFDocumentSet, and every entry can be read singly."""
    for answer in told(case.list_pages):
        if answer.payload is not None and isinstance(answer.payload.get("CFDocuments"), list):
            yield answer.held()
        else:
            yield answer.finding("CASE-R-051", expected="200 and a CFDocumentSet")
    listed = {document.identifier: document for document in case.documents}
    for read in told(case.reads("getCFDocument")):
        if read.sourced_id in listed and named(read) != read.sourced_id:
            yield read.finding(
                "CASE-R-051",
                expected="a listed document can be read with getCFDocument",
                further=(listed[read.sourced_id].answer.id,),
            )


@CASE.check(*_BASE_PATHS)
def endpoints_live_under_the_base_path(case: CaseEvidence) -> Iterator[Observation]:
    """All endpoints live under the base path of the version, directly after the host name."""
    answers = list(told(case.gathered))
    right = [answer for answer in answers if answer.payload is not None]
    for requirement in _BASE_PATHS:
        if not right and answers:
            yield answers[0].finding(
                requirement,
                expected=f"operations that answer 200 with JSON under {case.standard.base_path}",
                actual=f"none of {len(answers)} requests was answered so, the first: {answers[0].said}",
            )
        elif right and urlsplit(case.context.target.url).path:
            yield right[0].finding(
                requirement,
                expected=f"{case.standard.base_path} directly after the host name",
                actual=f"a prefix before it: {urlsplit(case.context.target.url).path}",
                dispute=_PREFIX,
            )
    for answer in right:
        yield answer.held()


@CASE.check("CASE-R-068")
def packages_belong_to_the_requested_document(case: CaseEvidence) -> Iterator[Observation]:
    """The sourcedId of getCFPackage is the identifier of the document whose package is delivered."""
    for answer in told(case.packages.values()):
        if answer.payload is None:
            continue
        if named(answer) == answer.sourced_id:
            yield answer.held()
        else:
            yield answer.finding(
                "CASE-R-068",
                expected=f"CFDocument.identifier {answer.sourced_id}",
                actual=f"{named(answer)}",
                pointer="/CFDocument/identifier",
                cause="package of another document",
            )


@CASE.check("CASE-R-069")
def the_list_offers_every_document(case: CaseEvidence) -> Iterator[Observation]:
    """The document list holds every document of the provider, each once."""
    documents = case.need_documents()
    seen: set[str] = set()
    for page in case.list_pages:
        yield from _repeated(page, seen)
    if len(documents) >= case.depth.documents:
        raise CannotTell(f"The list is longer than the {case.depth.documents} documents that this level reads.")
    listed = {document.identifier for document in documents}
    for identifier, place in _documents_elsewhere(case):
        if identifier in listed:
            yield place.held()
            continue
        read = case.ask("getCFDocument", identifier)
        if named(read) == identifier:
            yield read.finding(
                "CASE-R-069",
                expected="a document that can be read is in the list",
                actual=f"{identifier} can be read and is not listed",
                further=(place.id, case.first_list.id),
                cause="readable but not listed",
            )


def _repeated(page: Answer, seen: set[str]) -> Iterator[Observation]:
    """Look for documents that this page or an earlier one has shown before."""
    entries = (page.payload or {}).get("CFDocuments")
    for index, entry in enumerate(entries if isinstance(entries, list) else ()):
        identifier = entry.get("identifier") if isinstance(entry, dict) else None
        if isinstance(identifier, str) and identifier in seen:
            yield page.finding(
                "CASE-R-069",
                expected="each document once",
                actual=f"{identifier} again",
                pointer=f"/CFDocuments/{index}",
                cause="listed twice",
            )
        elif isinstance(identifier, str):
            seen.add(identifier)
    if seen:
        yield page.held()


def _documents_elsewhere(case: CaseEvidence) -> Iterator[tuple[str, Answer]]:
    """Yield the documents that items, associations, the items at their far ends, and the user name: each once."""
    seen: set[str] = set()
    for answer in (*case.reads("getCFItem"), *case.reads("getCFAssociation"), *foreign_items(case)):
        link = (answer.payload or {}).get("CFDocumentURI")
        identifier = link.get("identifier") if isinstance(link, dict) else None
        if isinstance(identifier, str) and identifier not in seen:
            seen.add(identifier)
            yield identifier, answer
    for identifier in case.context.target.known.get("CFDocument", ()):
        if identifier not in seen:
            yield identifier, case.ask("getCFDocument", identifier)


def foreign_items(case: CaseEvidence) -> list[Answer]:
    """Read some of the items that associations lead to and no package that was read holds."""
    pooled = {*case.pool("CFItem"), *case.pool("CFDocument")}
    ends = (
        found[0].record.get(member)
        for found in case.pool("CFAssociation").values()
        for member in ("originNodeURI", "destinationNodeURI")
    )
    identifiers = {str(end["identifier"]): None for end in ends if isinstance(end, dict) and end.get("identifier")}
    pattern = re.compile((case.standard.datatypes["UUID"].pattern or "").strip("^$"))
    foreign = [each for each in identifiers if each not in pooled and pattern.fullmatch(each)]
    chosen = case.rng("foreign_items").sample(foreign, min(len(foreign), _FOREIGN))
    return [case.ask("getCFItem", each) for each in chosen]


def _set_entries(answer: Answer) -> list[dict[str, Any]]:
    entries = (answer.payload or {}).get(answer.operation.collection if answer.operation else "")
    return [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


@CASE.check("CASE-R-065")
def sets_begin_with_the_requested_record(case: CaseEvidence) -> Iterator[Observation]:
    """The sets of concepts, subjects and item types begin with the requested record."""
    for operation_id in _SETS:
        for answer in told(case.reads(operation_id)):
            entries = _set_entries(answer)
            if not entries:
                continue
            if entries[0].get("identifier") == answer.sourced_id:
                yield answer.held()
            else:
                yield answer.finding(
                    "CASE-R-065",
                    expected="the requested record first",
                    actual=f"{entries[0].get('identifier')!r} first",
                    pointer=f"/{answer.operation.collection if answer.operation else ''}/0/identifier",
                    cause=f"{operation_id}: another record first",
                )


@CASE.check("CASE-R-066")
def sets_hold_the_children(case: CaseEvidence) -> Iterator[Observation]:
    """The sets of concepts, subjects and item types hold the descendants of the requested record and nothing else."""
    for operation_id in _SETS:
        operation = case.standard.operations[operation_id]
        pool = case.pool(operation.sourced_id_of or "")
        for answer in told(case.reads(operation_id)):
            entries = _set_entries(answer)
            if entries and answer.sourced_id is not None and answer.sourced_id in pool:
                yield from _judged_children(answer, entries, pool[answer.sourced_id][0], pool)


def _judged_children(
    answer: Answer,
    entries: list[dict[str, Any]],
    requested: Sighting,
    pool: Any,  # noqa: ANN401 - a mapping
) -> Iterator[Observation]:
    code = requested.record.get("hierarchyCode")
    if not isinstance(code, str) or not code:
        return
    package = requested.answer.id
    expected = {
        identifier
        for identifier, places in pool.items()
        if any(
            place.answer.id == package and str(place.record.get("hierarchyCode", "")).startswith(f"{code}.")
            for place in places
        )
    }
    delivered = {str(entry.get("identifier")) for entry in entries} - {answer.sourced_id}
    strangers = {
        str(entry.get("identifier")) for entry in entries if not str(entry.get("hierarchyCode", "")).startswith(code)
    } - {answer.sourced_id}
    if strangers or expected - delivered:
        yield answer.finding(
            "CASE-R-066",
            expected=f"the descendants of hierarchyCode {code}: {len(expected)} in the package",
            actual=f"{len(expected - delivered)} of them missing, {len(strangers)} record(s) outside that branch",
            further=(package,),
            cause=f"{answer.operation.id if answer.operation else ''}: children",
        )
    else:
        yield answer.held()


@CASE.check("CASE-R-067")
def item_associations_are_complete(case: CaseEvidence) -> Iterator[Observation]:
    """The answer to getCFItemAssociations holds all associations of the item, and only those."""
    by_item: dict[str, set[str]] = {}
    for sighting in case.packaged("CFAssociation"):
        for member in ("originNodeURI", "destinationNodeURI"):
            end = sighting.record.get(member)
            if isinstance(end, dict) and isinstance(end.get("identifier"), str):
                by_item.setdefault(end["identifier"], set()).add(sighting.identifier)
    for answer in told(case.reads("getCFItemAssociations")):
        entries = (answer.payload or {}).get("CFAssociations")
        if not isinstance(entries, list) or named(answer) != answer.sourced_id:
            continue
        delivered = [entry for entry in entries if isinstance(entry, dict)]
        missing = by_item.get(answer.sourced_id or "", set()) - {str(entry.get("identifier")) for entry in delivered}
        strangers = [entry for entry in delivered if answer.sourced_id not in _ends(entry)]
        if missing:
            yield answer.finding(
                "CASE-R-067",
                expected="every association of the packages with the item as origin or destination",
                actual=f"{len(missing)} missing, for example {min(missing)}",
                cause="associations missing",
            )
        if strangers:
            yield answer.finding(
                "CASE-R-067",
                expected="only associations with the item as origin or destination",
                actual=f"{len(strangers)} of other items",
                cause="associations of other items",
            )
        yield from _in_no_package(case, answer, delivered)
        if not missing and not strangers:
            yield answer.held()


def _in_no_package(case: CaseEvidence, answer: Answer, delivered: list[dict[str, Any]]) -> Iterator[Observation]:
    """Look for associations that no package has, where all packages were read."""
    is_read = len(case.packages) == len(case.documents) and all(
        each.payload is not None for each in case.packages.values()
    )
    if not is_read or len(case.documents) >= case.depth.documents:
        return
    known = case.pool("CFAssociation")
    unknown = [
        entry for entry in delivered if isinstance(entry.get("identifier"), str) and entry["identifier"] not in known
    ]
    if unknown:
        yield answer.finding(
            "CASE-R-067",
            expected="associations that a package of the provider has",
            actual=f"{len(unknown)} that none has, for example {unknown[0]['identifier']}",
            cause="associations of no package",
        )


def _ends(association: dict[str, Any]) -> set[object]:
    ends = (association.get("originNodeURI"), association.get("destinationNodeURI"))
    return {end["identifier"] for end in ends if isinstance(end, dict) and isinstance(end.get("identifier"), str)}


@CASE.check("CASE-R-070")
def rubrics_embed_their_criteria(case: CaseEvidence) -> Iterator[Observation]:
    """The answer to getCFRubric embeds the criteria and levels that the package shows."""
    _require_rubrics(case, case.standard.operations["getCFRubric"])
    pool = case.pool("CFRubric")
    for answer in told(case.reads("getCFRubric")):
        if answer.payload is None or answer.sourced_id is None or answer.sourced_id not in pool:
            continue
        packaged = pool[answer.sourced_id][0]
        expected, actual = _grid(packaged.record), _grid(answer.payload)
        if not expected and not actual:
            # A rubric without criteria shows nothing of how they are embedded.
            continue
        if expected == actual:
            yield answer.held()
        else:
            yield answer.finding(
                "CASE-R-070",
                expected=f"{len(expected)} criteria and levels, as in the package",
                actual=f"{len(actual & expected)} of them, and {len(actual - expected)} others",
                pointer="/CFRubricCriteria",
                further=(packaged.answer.id,),
                cause="rubric differs",
            )


def _grid(rubric: dict[str, Any]) -> set[tuple[str, str]]:
    """Return the identifiers of the criteria and of their levels, as (criterion, level)."""
    found: set[tuple[str, str]] = set()
    for criterion in _dicts(rubric.get("CFRubricCriteria")):
        found.add((str(criterion.get("identifier")), ""))
        for level in _dicts(criterion.get("CFRubricCriterionLevels")):
            found.add((str(criterion.get("identifier")), str(level.get("identifier"))))
    return found


def _dicts(value: object) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


@CASE.check("CASE-R-086")
def operations_that_are_not_offered_say_so(case: CaseEvidence) -> Iterator[Observation]:
    """An operation that the provider does not support is answered as unsupported."""
    if case.context.target.claim(Feature.RUBRICS) is Claim.CLAIMED:
        raise NotApplicable("Every operation is claimed.")
    tried = case.reads("getCFRubric") or (
        case.ask("getCFRubric", str(_fresh_uuid(case, "operations_that_are_not_offered_say_so"))),
    )
    if any(answer.payload is not None and named(answer) for answer in tried):
        raise NotApplicable("Every operation is offered.")
    for answer in told(tried):
        body = answer.value if isinstance(answer.value, dict) else {}
        if answer.status in {404, 405} and body.get("imsx_codeMajor") in ("failure", "unsupported"):
            yield answer.held()
        else:
            yield answer.finding("CASE-R-086", expected="404 or 405 with an imsx_StatusInfo", cause="getCFRubric")


def _fresh_uuid(case: CaseEvidence, purpose: str) -> object:
    import uuid  # noqa: PLC0415 - needed where nothing was read

    return uuid.UUID(int=case.rng(purpose).getrandbits(128), version=4)
