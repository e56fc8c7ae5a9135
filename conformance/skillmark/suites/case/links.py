"""Identity and links: Information Model 4.2, 4.3, 7.1 and 7.2; REST Binding 2.1."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urldefrag

from skillmark.core.errors import Untested
from skillmark.suites.case.answers import told
from skillmark.suites.case.operations import foreign_items, named
from skillmark.suites.case.records import sightings
from skillmark.suites.case.sameness import canonical, first_difference
from skillmark.suites.case.suite import CASE
from skillmark.wire.addresses import is_private, origin_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skillmark.core.findings import Finding
    from skillmark.engine import Observation
    from skillmark.suites.case.answers import Answer
    from skillmark.suites.case.evidence import CaseEvidence
    from skillmark.suites.case.records import Sighting

_EMPTY: tuple[object, ...] = (None, [], {})
_NODES = ("CFItem", "CFDocument")
_ENDS = ("originNodeURI", "destinationNodeURI")
_LAB = "The endpoint itself is on this machine, so its records may have been made elsewhere."
_RESOLVABLE = "Whether an address that is not http or https counts as resolvable is not said."
_HELD = "The clause demands an existing document; that its package holds the record is said in prose only."
_NO_OPERATION = (
    "Every uri is to be resolvable, but no operation of the standard delivers a record of this class by itself."
)


# Identity


@CASE.check("CASE-R-091")
def identifiers_denote_one_record(case: CaseEvidence) -> Iterator[Observation]:
    """No identifier is used by two different records, whatever their class."""
    owners: dict[str, Sighting] = {}
    for record_class, pool in case.pools.items():
        for identifier, found in pool.items():
            owner = owners.setdefault(identifier, found[0])
            if owner is not found[0]:
                yield _shared(found[0], owner, f"a {record_class} and a {case.standard.full_form(owner.form)}")
            elif other := _other_record(found):
                yield _shared(other, found[0], f"two different {record_class} records")
            else:
                yield found[0].held()


def _shared(sighting: Sighting, other: Sighting, who: str) -> Finding:
    return sighting.finding(
        "CASE-R-091",
        expected="an identifier of its own for every record",
        actual=f"{who} have the identifier {sighting.identifier}",
        member="identifier",
        further=(other.answer.id,),
        cause=who,
    )


def _other_record(found: list[Sighting]) -> Sighting | None:
    """Return a sighting in the same answer whose content is another record's."""
    first: dict[str, Sighting] = {}
    for sighting in found:
        before = first.setdefault(sighting.answer.id, sighting)
        if before is not sighting and canonical(before.record) != canonical(sighting.record):
            return sighting
    return None


def _read_of(case: CaseEvidence, record_class: str) -> dict[str, list[Sighting]]:
    """Return the records in single reads of a class, by identifier."""
    operation = case.standard.operation_of(record_class)
    found: dict[str, list[Sighting]] = {}
    for answer in case.reads(operation.id) if operation else ():
        if answer.operation is None:
            continue
        for sighting in sightings(case.standard, answer.operation.payload, answer):
            if case.standard.full_form(sighting.form) == record_class:
                found.setdefault(sighting.identifier, []).append(sighting)
    return found


@CASE.check("CASE-R-092")
def a_record_is_the_same_everywhere(case: CaseEvidence) -> Iterator[Observation]:
    """List, single read and package show the same record, on the members that they share."""
    for record_class, pool in case.pools.items():
        reads = _read_of(case, record_class)
        for identifier, found in pool.items():
            others = [*found[1:], *reads.get(identifier, ())]
            for other in others:
                yield _same(case, found[0], other) or other.held()


def _same(case: CaseEvidence, known: Sighting, other: Sighting) -> Finding | None:
    if known.record == other.record:
        return None
    classes = case.standard.classes
    for name in classes[known.form].properties:
        if name not in classes[other.form].properties:
            continue
        left, right = known.record.get(name), other.record.get(name)
        if left == right or (left in _EMPTY and right in _EMPTY):
            continue
        difference = first_difference(left, right)
        if difference is not None:
            return other.finding(
                "CASE-R-092",
                expected=f"{name} as {known.answer.id} shows it: {difference[1]}",
                actual=difference[2],
                member=f"{name}{difference[0]}",
                further=(known.answer.id,),
                cause=f"{other.form}.{name} differs",
            )
    return None


# Links between records


def _linked(case: CaseEvidence, classes: Iterable[str], member: str) -> dict[str, Sighting]:
    """Return the identifiers that a link member names in single reads, each with a record that names it."""
    found: dict[str, Sighting] = {}
    for record_class in classes:
        for seen in _read_of(case, record_class).values():
            for sighting in seen:
                link = sighting.record.get(member)
                if isinstance(link, dict) and isinstance(link.get("identifier"), str):
                    found.setdefault(link["identifier"], sighting)
    return found


def _under_base(case: CaseEvidence, uri: object) -> bool:
    return isinstance(uri, str) and uri.startswith(f"{case.asker.base}/")


@CASE.check("CASE-R-093")
def package_links_lead_to_the_package(case: CaseEvidence) -> Iterator[Observation]:
    """CFPackageURI names the document's own package, and its address under the endpoint delivers it."""
    for document in _chosen(case, "package_links", list(case.need_documents())):
        link = document.record.get("CFPackageURI")
        if not isinstance(link, dict):
            continue
        if link.get("identifier") != document.identifier:
            yield document.finding(
                "CASE-R-093",
                expected=f"the document's own identifier, {document.identifier}",
                actual=f"{link.get('identifier')!r:.80}",
                member="CFPackageURI/identifier",
                cause="identifier",
            )
        elif _under_base(case, link.get("uri")):
            yield from _package_at(case, document, link["uri"])
        else:
            yield document.held()


def _package_at(case: CaseEvidence, document: Sighting, uri: str) -> Iterator[Observation]:
    for answer in told([case.ask_url(urldefrag(uri).url)]):
        inner = (answer.payload or {}).get("CFDocument")
        if isinstance(inner, dict) and inner.get("identifier") == document.identifier:
            yield answer.held()
        else:
            yield document.finding(
                "CASE-R-093",
                expected="the address of the document's package",
                actual=f"{uri[:160]} answers {answer.said}",
                member="CFPackageURI/uri",
                further=(answer.id,),
                cause="address",
            )


@CASE.check("CASE-R-094")
def document_links_lead_to_a_document(case: CaseEvidence) -> Iterator[Observation]:
    """CFDocumentURI names an existing document, and for an item the one whose package holds it."""
    for identifier, sighting in _linked(case, ("CFItem", "CFAssociation"), "CFDocumentURI").items():
        for answer in told([case.ask("getCFDocument", identifier)]):
            if named(answer) == identifier:
                yield answer.held()
            else:
                yield sighting.finding(
                    "CASE-R-094",
                    expected="the identifier of an existing document",
                    actual=f"getCFDocument answers {answer.said} for {identifier[:60]!r}",
                    member="CFDocumentURI/identifier",
                    further=(answer.id,),
                    cause=f"{sighting.form}: dangling",
                )
    items = [*_read_of(case, "CFItem").values(), *([each] for each in _foreign(case))]
    yield from _in_their_documents(case, "CFItem", items)
    yield from _in_their_documents(case, "CFAssociation", _read_of(case, "CFAssociation").values())


def _foreign(case: CaseEvidence) -> Iterator[Sighting]:
    """Yield items that no package holds, although associations of packages lead to them."""
    for answer in foreign_items(case):
        yield from (each for each in sightings(case.standard, "CFItem", answer) if each.form == "CFItem")


def _in_their_documents(
    case: CaseEvidence, record_class: str, reads: Iterable[list[Sighting]]
) -> Iterator[Observation]:
    """Look whether the package of the document that a record names holds the record."""
    holders: dict[str, dict[str, str]] = {}
    for sighting in case.packaged(record_class):
        holders.setdefault(sighting.identifier, {})[sighting.answer.sourced_id or ""] = sighting.answer.id
    for found in reads:
        link = found[0].record.get("CFDocumentURI")
        document = str(link.get("identifier")) if isinstance(link, dict) else ""
        held_by = holders.get(found[0].identifier, {})
        package = case.packages.get(document)
        if document in held_by or package is None or package.payload is None:
            continue
        is_certain = bool(held_by) and record_class == "CFItem"
        yield found[0].finding(
            "CASE-R-094",
            expected=f"a document whose package holds the record{', ' if held_by else ''}{next(iter(held_by), '')}",
            actual=f"{document}, whose package does not hold it",
            member="CFDocumentURI/identifier",
            further=(package.id, *held_by.values()),
            cause=f"{record_class}: another document",
            dispute="" if is_certain else _HELD,
        )


@CASE.check("CASE-R-095")
def criteria_assess_existing_items(case: CaseEvidence) -> Iterator[Observation]:
    """CFItemURI of a criterion names an existing item."""
    items = case.pool("CFItem")
    for found in case.pool("CFRubricCriterion").values():
        link = found[0].record.get("CFItemURI")
        if not isinstance(link, dict) or not isinstance(link.get("identifier"), str):
            continue
        identifier = link["identifier"]
        if identifier in items:
            yield found[0].held()
            continue
        for answer in told([case.ask("getCFItem", identifier)]):
            if named(answer) == identifier:
                yield answer.held()
            else:
                yield found[0].finding(
                    "CASE-R-095",
                    expected="the identifier of an existing item",
                    actual=f"getCFItem answers {answer.said} for {identifier[:60]!r}",
                    member="CFItemURI/identifier",
                    further=(answer.id,),
                    cause="dangling",
                )


@CASE.check("CASE-R-096")
def rubric_parts_name_their_parents(case: CaseEvidence) -> Iterator[Observation]:
    """Wherever rubricId and rubricCriterionId are given, they equal the identifiers of the embedding rubric and criterion."""
    for rubric in [found for seen in case.pool("CFRubric").values() for found in seen]:
        for index, criterion in enumerate(_dicts(rubric.record.get("CFRubricCriteria"))):
            yield from _parent(rubric, f"CFRubricCriteria/{index}", criterion, "rubricId", rubric.identifier)
            for number, level in enumerate(_dicts(criterion.get("CFRubricCriterionLevels"))):
                place = f"CFRubricCriteria/{index}/CFRubricCriterionLevels/{number}"
                yield from _parent(rubric, place, level, "rubricCriterionId", criterion.get("identifier"))


def _parent(rubric: Sighting, place: str, record: dict[str, Any], member: str, parent: object) -> Iterator[Observation]:
    if member not in record:
        return
    if record[member] == parent:
        yield rubric.held()
        return
    yield rubric.finding(
        "CASE-R-096",
        expected=f"the identifier of the parent, {parent}",
        actual=f"{record[member]!r:.80}",
        member=f"{place}/{member}",
        cause=member,
    )


def _dicts(value: object) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


# Association ends


@CASE.check("CASE-R-097")
def association_ends_have_their_addresses(case: CaseEvidence) -> Iterator[Observation]:
    """The end of an association that is a record of this provider has that record's address."""
    known = {identifier: found[0] for name in _NODES for identifier, found in case.pool(name).items()}
    unknown: dict[str, tuple[Sighting, str]] = {}
    for association in (found[0] for found in case.pool("CFAssociation").values()):
        for member in _ENDS:
            end = association.record.get(member)
            if not isinstance(end, dict) or not isinstance(end.get("uri"), str):
                continue
            node = known.get(str(end.get("identifier")))
            if node is not None and end["uri"] == node.record.get("uri"):
                yield association.held()
            elif node is not None or _under_base(case, end["uri"]):
                unknown.setdefault(end["uri"], (association, member))
    for uri in _chosen(case, "association_ends", list(unknown)):
        yield from _end_at(case, uri, *unknown[uri], known=known)


def _end_at(
    case: CaseEvidence, uri: str, association: Sighting, member: str, *, known: dict[str, Sighting]
) -> Iterator[Observation]:
    """Judge an address that is not, letter by letter, the one of a known record."""
    identifier = association.record[member].get("identifier")
    node = known.get(str(identifier))
    expected = f"{node.record.get('uri')}, the address of the record" if node else "an address that delivers the record"
    actual = f"{uri[:160]}"
    further: tuple[str, ...] = (node.answer.id,) if node else ()
    if _under_base(case, uri):
        for answer in told([case.ask_url(urldefrag(uri).url)]):
            if _identity(answer) == identifier:
                yield answer.held()
                return
            actual = f"{uri[:160]} answers {answer.said}"
            further = (answer.id, *further)
    yield association.finding(
        "CASE-R-097", expected=expected, actual=actual, member=f"{member}/uri", further=further, cause=member
    )


def _identity(answer: Answer) -> object:
    """Return the identifier of the record that an answer of any operation delivers."""
    payload = answer.payload or {}
    if "identifier" in payload:
        return payload["identifier"]
    for value in payload.values():
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, dict) and "identifier" in first:
            return first["identifier"]
    return None


# Addresses


@CASE.check("CASE-R-098")
def addresses_of_records_resolve(case: CaseEvidence) -> Iterator[Observation]:
    """The uri of a record on the endpoint's host is answered with that record; other hosts are not contacted."""
    own = origin_of(case.context.target.url)
    elsewhere = 0
    for record_class, pool in case.pools.items():
        addresses = {str(found[0].record.get("uri")): found[0] for found in pool.values()}
        for uri in _chosen(case, f"addresses of {record_class}", list(addresses)):
            sighting = addresses[uri]
            origin = origin_of(uri)
            if origin is not None and origin == own:
                yield from _resolved(case, uri, sighting)
            elif origin is None or (is_private(origin[1]) and not (own and origin[1] == own[1])):
                yield _unresolvable(sighting, uri, is_lab=own is not None and is_private(own[1]))
            else:
                elsewhere += 1
    if elsewhere:
        # What other addresses showed counts; these were not asked.
        raise Untested(f"{elsewhere} record(s) have addresses on other hosts, which are not contacted.")


def _unresolvable(sighting: Sighting, uri: str, *, is_lab: bool) -> Finding:
    """Return the finding that an address cannot be resolved from another network."""
    is_web = origin_of(uri) is not None
    return sighting.finding(
        "CASE-R-098",
        expected="an address that other machines can resolve",
        actual=f"{uri[:160]}",
        member="uri",
        cause="an address of the own network" if is_web else "no web address",
        dispute=(_LAB if is_lab else "") if is_web else _RESOLVABLE,
    )


def _resolved(case: CaseEvidence, uri: str, sighting: Sighting) -> Iterator[Observation]:
    for answer in told([case.ask_url(urldefrag(uri).url)]):
        found = _identity(answer)
        if answer.status != 200:
            yield _unresolved(case, sighting, uri, answer, cause="no 200")
        elif found is not None and "#" not in uri and found != sighting.identifier:
            actual = f"the record {found!r:.60}"
            yield _unresolved(case, sighting, uri, answer, cause="another record", actual=actual)
        else:
            yield answer.held()


def _unresolved(
    case: CaseEvidence, sighting: Sighting, uri: str, answer: Answer, *, cause: str, actual: str = ""
) -> Finding:
    is_delivered = case.standard.operation_of(case.standard.full_form(sighting.form)) is not None
    return sighting.finding(
        "CASE-R-098",
        expected="an address that is answered with the record",
        actual=f"{uri[:160]} answers {actual or answer.said}",
        member="uri",
        further=(answer.id,),
        cause=f"{sighting.form}: {cause}",
        dispute="" if is_delivered else _NO_OPERATION,
    )


def _chosen(case: CaseEvidence, name: str, found: list[Any]) -> list[Any]:
    """Return what is looked at: everything, or a sample drawn with the seed."""
    most = case.depth.reads
    if len(found) <= most:
        return found
    return case.rng(name).sample(found, most)
