"""Best practice: Implementation Guide 3.3, 4 and 5. Nothing here decides a verdict."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import NotApplicable
from skillmark.suites.case.suite import CASE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.case.evidence import CaseEvidence
    from skillmark.suites.case.records import Sighting

_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")
_EXTENSION_NAME = re.compile(r"[a-z][a-zA-Z0-9]*|[A-Za-z0-9_-]+[.:].+")
_TAG = re.compile(r"</?(p|br|div|span|b|i|em|strong|ul|ol|li|table|tr|td|a|img|sub|sup|h[1-6])\b[^<>]*>", re.IGNORECASE)
_UTC = re.compile(r".*(Z|z|[+-]00:00)")
_WEB = ("http://", "https://")


def _each(case: CaseEvidence, record_class: str) -> Iterator[Sighting]:
    """Yield the records of a class, each once."""
    for found in case.pool(record_class).values():
        yield found[0]


def _everything(case: CaseEvidence) -> Iterator[Sighting]:
    for record_class in case.pools:
        yield from _each(case, record_class)


@CASE.check("CASE-R-107")
def addresses_are_those_of_the_interface(case: CaseEvidence) -> Iterator[Observation]:
    """The uri of a record is its REST address, with its collection and identifier."""
    for sighting in _everything(case):
        operation = case.standard.operation_of(case.standard.full_form(sighting.form))
        if operation is None:
            continue
        if str(sighting.record.get("uri")).endswith(f"/{operation.collection}/{sighting.identifier}"):
            yield sighting.held()
        else:
            yield sighting.finding(
                "CASE-R-107",
                expected=f"…/{operation.collection}/{sighting.identifier}",
                actual=f"{sighting.record.get('uri')!s:.160}",
                member="uri",
                cause=f"{sighting.form}: other address",
            )


@CASE.check("CASE-R-190")
def adoption_statuses_are_the_recommended_words(case: CaseEvidence) -> Iterator[Observation]:
    """AdoptionStatus is given, in one of the recommended words."""
    words = case.standard.vocabularies["AdoptionStatus"]
    for document in case.need_documents():
        value = document.record.get("adoptionStatus")
        if value in words:
            yield document.held()
        else:
            yield document.finding(
                "CASE-R-190",
                expected=f"one of {', '.join(words)}",
                actual=f"{value!r:.60}" if value is not None else "no adoptionStatus",
                member="adoptionStatus",
                cause="other word" if value is not None else "absent",
            )


@CASE.check("CASE-R-191")
def codes_are_unique(case: CaseEvidence) -> Iterator[Observation]:
    """Within a framework two items with one humanCodingScheme are copies of each other."""
    first: dict[tuple[str, object], Sighting] = {}
    for sighting in case.packaged("CFItem"):
        code = sighting.record.get("humanCodingScheme")
        if not isinstance(code, str) or not code:
            continue
        other = first.setdefault((sighting.answer.id, code), sighting)
        if other.record.get("fullStatement") == sighting.record.get("fullStatement"):
            yield sighting.held()
        else:
            yield sighting.finding(
                "CASE-R-191",
                expected="a code of its own for every statement",
                actual=f"{code[:60]!r} denotes two statements",
                member="humanCodingScheme",
                cause="code twice",
            )


@CASE.check("CASE-R-192")
def languages_are_tags(case: CaseEvidence) -> Iterator[Observation]:
    """Language is a language tag: BCP 47, ISO 639-2, or the form with an underscore."""
    for sighting in [*_each(case, "CFDocument"), *_each(case, "CFItem")]:
        value = sighting.record.get("language")
        if value is None:
            continue
        if isinstance(value, str) and _LANGUAGE.fullmatch(value):
            yield sighting.held()
        else:
            yield sighting.finding(
                "CASE-R-192",
                expected="a tag such as en, en-US or en_US",
                actual=f"{value!r:.60}",
                member="language",
                cause="no tag",
            )


@CASE.check("CASE-R-193")
def times_are_in_utc(case: CaseEvidence) -> Iterator[Observation]:
    """Every lastChangeDateTime is given in UTC."""
    for sighting in _everything(case):
        value = sighting.record.get("lastChangeDateTime")
        if not isinstance(value, str):
            continue
        if _UTC.fullmatch(value):
            yield sighting.held()
        else:
            yield sighting.finding(
                "CASE-R-193",
                expected="a time in UTC, ending in Z",
                actual=f"{value!r:.60}",
                member="lastChangeDateTime",
                cause="local offset",
            )


@CASE.check("CASE-R-194")
def alternative_labels_are_not_used(case: CaseEvidence) -> Iterator[Observation]:
    """No item uses alternativeLabel, although certification wants every optional member populated."""
    for sighting in _each(case, "CFItem"):
        if "alternativeLabel" not in sighting.record:
            yield sighting.held()
        else:
            yield sighting.finding(
                "CASE-R-194",
                expected="no alternativeLabel",
                actual=f"{sighting.record['alternativeLabel']!r:.60}",
                member="alternativeLabel",
                cause="used",
            )


@CASE.check("CASE-R-195")
def outside_nodes_have_web_addresses_or_urns(case: CaseEvidence) -> Iterator[Observation]:
    """The end of an association that has no web address has a urn."""
    for sighting in _each(case, "CFAssociation"):
        for member in ("originNodeURI", "destinationNodeURI"):
            end = sighting.record.get(member)
            uri = end.get("uri") if isinstance(end, dict) else None
            if not isinstance(uri, str):
                continue
            if uri.startswith((*_WEB, "urn:")):
                yield sighting.held()
            else:
                yield sighting.finding(
                    "CASE-R-195",
                    expected="an http(s) address or a urn",
                    actual=f"{uri!r:.80}",
                    member=f"{member}/uri",
                    cause="neither",
                )


# 1.1 only


def _extensions(sighting: Sighting) -> Iterator[dict[str, Any]]:
    value = sighting.record.get("extensions")
    yield from (each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict))


@CASE.check("CASE11-R-005")
def extension_names_are_camel_case(case: CaseEvidence) -> Iterator[Observation]:
    """The names of extension members are camelCase, prefixed, or URIs."""
    for sighting in _everything(case):
        for name in [name for each in _extensions(sighting) for name in each]:
            if _EXTENSION_NAME.fullmatch(name):
                yield sighting.held()
            else:
                yield sighting.finding(
                    "CASE11-R-005",
                    expected="camelCase",
                    actual=f"{name!r:.60}",
                    member="extensions",
                    cause="other spelling",
                )


@CASE.check("CASE11-R-012")
def documents_state_the_version_of_case(case: CaseEvidence) -> Iterator[Observation]:
    """A document at the 1.1 path carries caseVersion."""
    for document in case.need_documents():
        if "caseVersion" in document.record:
            yield document.held()
        else:
            yield document.finding(
                "CASE11-R-012", expected="caseVersion 1.1", actual="no caseVersion", cause="caseVersion absent"
            )


@CASE.check("CASE11-R-019")
def texts_have_no_html(case: CaseEvidence) -> Iterator[Observation]:
    """No HTML tag stands in a member that may hold Markdown."""
    for sighting in _everything(case):
        rows = case.standard.classes[sighting.form].properties.values()
        for name in [row.name for row in rows if row.markup and isinstance(sighting.record.get(row.name), str)]:
            tag = _TAG.search(sighting.record[name])
            if tag is None:
                yield sighting.held()
            else:
                yield sighting.finding(
                    "CASE11-R-019", expected="no HTML tag", actual=f"{tag[0]!r:.60}", member=name, cause="HTML tag"
                )


@CASE.check("CASE11-R-040")
def copies_name_their_source(case: CaseEvidence) -> Iterator[Observation]:
    """A copy that names its source item names an existing item other than itself."""
    items = case.pool("CFItem")
    tried = False
    for sighting in _each(case, "CFItem"):
        for extension in _extensions(sighting):
            source = extension.get("sourceItemIdentifier")
            if source is None:
                continue
            tried = True
            if isinstance(source, str) and source in items and source != sighting.identifier:
                yield sighting.held()
            else:
                yield sighting.finding(
                    "CASE11-R-040",
                    expected="the identifier of the item that was copied",
                    actual=f"{source!r:.60}" + (", its own" if source == sighting.identifier else ""),
                    member="extensions/sourceItemIdentifier",
                    cause="source of a copy",
                )
    if not tried:
        raise NotApplicable("No item says that it is a copy.")


@CASE.check("CASE11-R-041")
def reused_items_name_their_framework(case: CaseEvidence) -> Iterator[Observation]:
    """An item reused from another framework is in the package, and its single read names the original framework."""
    tried = False
    for sighting in case.packaged("CFAssociation"):
        for extension in _extensions(sighting):
            source = extension.get("sourceDocumentIdentifier")
            origin = sighting.record.get("originNodeURI")
            if source is None or not isinstance(origin, dict):
                continue
            tried = True
            yield _reused(case, sighting, str(source), str(origin.get("identifier")))
    if not tried:
        raise NotApplicable("No association says that its item is reused from another framework.")


def _reused(case: CaseEvidence, sighting: Sighting, source: str, item: str) -> Observation:
    places = [found.answer.id for found in case.pool("CFItem").get(item, ())]
    answer = case.ask("getCFItem", item)
    link = (answer.payload or {}).get("CFDocumentURI")
    if sighting.answer.id in places and isinstance(link, dict) and link.get("identifier") == source:
        return sighting.held()
    actual = "the item is not in the package" if sighting.answer.id not in places else f"CFDocumentURI {link!r:.120}"
    return sighting.finding(
        "CASE11-R-041",
        expected=f"the item in the package, and the framework {source[:60]} in its CFDocumentURI",
        actual=actual,
        further=(answer.id,),
        cause="reused item",
    )


@CASE.check("CASE11-R-042")
def course_codes_have_their_item_type(case: CaseEvidence) -> Iterator[Observation]:
    """A framework of the type CourseCodes has an item type CourseCode."""
    tried = False
    for document in case.need_documents():
        kind = document.record.get("frameworkType")
        package = case.packages.get(document.identifier)
        if not isinstance(kind, str) or kind.lower() != "coursecodes" or package is None:
            continue
        tried = True
        types = [
            found[0].record.get("title")
            for found in case.pool("CFItemType").values()
            if any(each.answer.id == package.id for each in found)
        ]
        if kind == "CourseCodes" and "CourseCode" in types:
            yield package.held()
        else:
            yield package.finding(
                "CASE11-R-042",
                expected="frameworkType CourseCodes and an item type CourseCode",
                actual=f"frameworkType {kind!r}, item types {', '.join(map(str, types))[:80] or 'none'}",
                cause="course codes",
            )
    if not tried:
        raise NotApplicable("No framework is one of course codes.")
