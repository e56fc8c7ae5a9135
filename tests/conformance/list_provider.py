"""A tiny healthy provider whose list does everything, open to be spoilt one method at a time, and a way to judge it."""

from __future__ import annotations

import dataclasses
import json
import re
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx

from skillmark.core.clock import SystemClock
from skillmark.core.outcomes import Outcome
from skillmark.core.target import Feature, Target
from skillmark.engine import DEPTHS, RunContext, run_check
from skillmark.plans import find_plan
from skillmark.suites.case import SUITE
from skillmark.wire.client import WireClient

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from skillmark.core.findings import JudgedFinding
    from skillmark.core.results import CheckResult

Record = dict[str, Any]

HOST = "http://127.0.0.1"
BASE = "/ims/case/v1p1"
ALL = frozenset({Feature.PAGINATION, Feature.SORTING, Feature.FILTERING, Feature.FIELD_SELECTION})

_TITLES = (
    ("Algebra, first course", "Boards of Northland", "Adopted", "2021-08-01", ["Mathematics", "Algebra"], "en"),
    ("biology and Health", "boards of Northland", "Draft", "2023-01-15", ["Science"], "en"),
    ("Chemistry", "Aria State Agency", "Adopted", "2019-02-28", ["Science", "Chemistry", "Safety"], "de"),
    ("élan: French as a second language", "Aria State Agency", None, None, ["Languages"], None),
    ("Data 100% explained", "Zeta Institute", "Retired", "2010-12-31", [], "en"),
    ("World history", "Zeta Institute", "Draft", None, ["History", "Geography"], "de"),
)


def identifier_of(name: str) -> str:
    """Make the identifier of a record, the same every time."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def _link(title: str, collection: str, identifier: str) -> Record:
    return {"title": title, "identifier": identifier, "uri": f"{HOST}{BASE}/{collection}/{identifier}"}


def _record(collection: str, name: str, **members: Any) -> Record:  # noqa: ANN401 - any JSON value
    identifier = identifier_of(name)
    record = {
        "identifier": identifier,
        "uri": f"{HOST}{BASE}/{collection}/{identifier}",
        "lastChangeDateTime": "2024-03-01T12:00:00Z",
    }
    return record | {key: value for key, value in members.items() if value not in (None, [])}


def package(number: int, facts: tuple[Any, ...]) -> Record:
    """Make one package of a document, two items and the associations between them."""
    title, creator, status, start, subjects, language = facts
    license_ = _record("CFLicenses", f"license {number % 2}", title=f"Licence {number % 2}", licenseText="Free to use.")
    document = _record(
        "CFDocuments",
        f"document {number}",
        title=title,
        creator=creator,
        adoptionStatus=status,
        statusStartDate=start,
        subject=subjects,
        language=language,
        description=f"The *framework* no. {number} of $x^{number}$",
        licenseURI=_link(license_["title"], "CFLicenses", license_["identifier"]),
    ) | {"lastChangeDateTime": f"2024-03-{28 - number % 28:02}T12:00:00Z"}
    items = [
        _record(
            "CFItems", f"item {number} {each}", fullStatement=f"Can do **{each}** of {number}, $\\frac{{1}}{{{each}}}$"
        )
        for each in (1, 2)
    ]
    associations = [
        _record(
            "CFAssociations",
            f"association {number} {each}",
            associationType="isChildOf",
            sequenceNumber=each,
            originNodeURI=_link("item", "CFItems", item["identifier"]),
            destinationNodeURI=_link(title, "CFDocuments", document["identifier"]),
        )
        for each, item in enumerate(items, start=1)
    ]
    return {
        "CFDocument": document,
        "CFItems": items,
        "CFAssociations": associations,
        "CFDefinitions": {"CFLicenses": [license_]},
    }


PACKAGES = tuple(package(number, facts) for number, facts in enumerate(_TITLES))


def many(count: int) -> tuple[Record, ...]:
    """Make as many packages as wanted."""
    return tuple(
        package(number, (f"Framework {number:05}", "Board", "Draft", None, ["Any"], "en")) for number in range(count)
    )


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was asked of the list."""

    query: dict[str, str]
    raw: str
    #: All documents that the filter selects, in order.
    documents: list[Record]
    limit: int
    offset: int


class Refused(Exception):  # noqa: N818 - a signal within this provider
    """An answer that is no 200."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


_COMPARISON = re.compile(r"([A-Za-z.]+)(!=|>=|<=|=|>|<|~)'([^']*)'")


class ListProvider(httpx.BaseTransport):
    """Answers every operation rightly; each step of the list is one method, so that a fault is one override."""

    default_limit = 100

    def __init__(self, packages: Sequence[Record] = PACKAGES) -> None:
        self.requests: list[str] = []
        self.packages = packages
        self.records = self._single_reads()
        self.documents = [self.records["CFDocuments", each["CFDocument"]["identifier"]] for each in packages]
        self.members = frozenset(find_plan("case-1.1-provider").table.classes["CFDocument"].properties)

    def _single_reads(self) -> dict[tuple[str, str], Record]:
        found: dict[tuple[str, str], Record] = {}
        for each in self.packages:
            document = each["CFDocument"]
            identifier = document["identifier"]
            found["CFPackages", identifier] = each
            found["CFDocuments", identifier] = document | {
                "CFPackageURI": _link(document["title"], "CFPackages", identifier)
            }
            container = {"CFDocumentURI": _link(document["title"], "CFDocuments", identifier)}
            for item in each["CFItems"]:
                found["CFItems", item["identifier"]] = item | container
                found["CFItemAssociations", item["identifier"]] = {
                    "CFItem": item | container,
                    "CFAssociations": [
                        one
                        for one in each["CFAssociations"]
                        if one["originNodeURI"]["identifier"] == item["identifier"]
                    ],
                }
            for one in each["CFAssociations"]:
                found["CFAssociations", one["identifier"]] = one | container
            for one in each["CFDefinitions"]["CFLicenses"]:
                found["CFLicenses", one["identifier"]] = one
        return found

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request in process."""
        address = urlsplit(str(request.url))
        self.requests.append(str(request.url))
        path = address.path.removeprefix(f"{BASE}/")
        try:
            status, headers, value = self.answer(path, address.query, dict(request.headers))
        except Refused as refusal:
            status, headers, value = refusal.status, {}, refused(refusal.code)
        body = json.dumps(value, ensure_ascii=False).encode()
        return httpx.Response(
            status, headers={"content-type": "application/json"} | headers, stream=httpx.ByteStream(body)
        )

    def answer(self, path: str, raw_query: str, headers: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        """Return status, headers and body."""
        if path == "CFDocuments":
            return self.listed(raw_query)
        collection, _, identifier = path.partition("/")
        return 200, {}, self.single(collection, identifier, dict(parse_qsl(raw_query)))

    def single(self, collection: str, identifier: str, query: dict[str, str]) -> Record:
        """Return one record."""
        if (collection, identifier) not in self.records:
            raise Refused(404, "unknownobject")
        return self.records[collection, identifier]

    def listed(self, raw_query: str) -> tuple[int, dict[str, str], Any]:
        """Return the document list."""
        query = dict(self.decoded(raw_query))
        documents = self.filtered(list(self.documents), query)
        documents = self.sorted(documents, query)
        limit, offset = self.window(query)
        page = Page(query=query, raw=raw_query, documents=documents, limit=limit, offset=offset)
        selected = [self.selected(document, query) for document in self.cut(page)]
        return 200, self.headers(page), {"CFDocuments": selected}

    def decoded(self, raw_query: str) -> list[tuple[str, str]]:
        """Return names and values of the query."""
        return parse_qsl(raw_query, keep_blank_values=True)

    # Pages

    def window(self, query: dict[str, str]) -> tuple[int, int]:
        """Return limit and offset."""
        found = []
        for name, default, least in (("limit", self.default_limit, 1), ("offset", 0, 0)):
            text = query.get(name, str(default))
            if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
                raise Refused(400, "invalid_selection_field")
            found.append(int(text))
        return found[0], found[1]

    def cut(self, page: Page) -> list[Record]:
        """Return the documents of one page."""
        return page.documents[page.offset : page.offset + page.limit]

    def total(self, page: Page) -> int:
        """Return what X-Total-Count says."""
        return len(page.documents)

    def headers(self, page: Page) -> dict[str, str]:
        """Return the headers of a page."""
        links = ", ".join(f'<{self.link(page, at)}>; rel="{name}"' for name, at in self.relations(page).items())
        return {"X-Total-Count": str(self.total(page))} | ({"Link": links} if links else {})

    def relations(self, page: Page) -> dict[str, int]:
        """Return the offsets that the links of a page lead to, by relation."""
        last = (len(page.documents) - 1) // page.limit * page.limit
        found = {"first": 0, "last": max(0, last)}
        if page.offset + page.limit < len(page.documents):
            found["next"] = page.offset + page.limit
        if page.offset > 0:
            found["prev"] = max(0, page.offset - page.limit)
        return found

    def link(self, page: Page, offset: int) -> str:
        """Return the address of another page."""
        query = page.query | {"limit": str(page.limit), "offset": str(offset)}
        return f"{HOST}{BASE}/CFDocuments?{urlencode(query)}"

    # Order

    def sorted(self, documents: list[Record], query: dict[str, str]) -> list[Record]:
        """Return the documents in the order that is asked for."""
        member = query.get("sort")
        if member not in self.members:
            return documents
        having = [document for document in documents if member in document]
        having.sort(key=lambda document: self.key(document[member]), reverse=self.is_descending(query))
        return having + [document for document in documents if member not in document]

    def key(self, value: object) -> Any:  # noqa: ANN401 - what sorts
        """Return what a value is sorted by."""
        return str(value).casefold()

    def is_descending(self, query: dict[str, str]) -> bool:
        """Whether the greatest comes first."""
        return query.get("orderBy") == "desc"

    # Filters

    def filtered(self, documents: list[Record], query: dict[str, str]) -> list[Record]:
        """Return the documents that a filter selects."""
        if "filter" not in query:
            return documents
        found = list(_COMPARISON.finditer(query["filter"]))
        logical = query["filter"][found[0].end() : found[1].start()].strip() if len(found) > 1 else "AND"
        if not found:
            raise Refused(400, "invalid_selection_field")
        for each in found:
            self.known(each[1])
        judge = self.joined(logical)
        return [
            document
            for document in documents
            if judge([self.holds(document, each[1], each[2], each[3]) for each in found])
        ]

    def known(self, field: str) -> None:
        """Refuse a field that no document has."""
        if field.partition(".")[0] not in self.members:
            raise Refused(400, "invalid_filter_field")

    def joined(self, logical: str) -> Callable[[list[bool]], bool]:
        """Return how the comparisons are joined."""
        return all if logical == "AND" else any

    def holds(self, document: Record, field: str, predicate: str, text: str) -> bool:
        """Whether one comparison holds for one document."""
        value = self.reached(document, field)
        if value is None:
            return False
        if isinstance(value, list):
            return self.holds_for_array([str(entry) for entry in value], predicate, text)
        return self.compared(self.folded(str(value)), predicate, self.folded(text))

    def reached(self, document: Record, field: str) -> Any:  # noqa: ANN401 - any JSON value
        """Return what stands at a dotted name."""
        value: Any = document
        for name in field.split("."):
            value = value.get(name) if isinstance(value, dict) else None
        return value

    def folded(self, text: str) -> str:
        """Return a text as it is compared."""
        return text.casefold()

    def compared(self, value: str, predicate: str, text: str) -> bool:
        """Compare two folded texts."""
        return {
            "=": value == text,
            "!=": value != text,
            ">": value > text,
            ">=": value >= text,
            "<": value < text,
            "<=": value <= text,
            "~": text in value,
        }[predicate]

    def holds_for_array(self, values: list[str], predicate: str, text: str) -> bool:
        """Compare an array: with the whole list, or with any of the named entries."""
        mine = [self.folded(value) for value in values]
        named = [self.folded(each) for each in text.split(",")]
        if predicate == "~":
            return any(each in mine for each in named)
        return (sorted(mine) == sorted(named)) == (predicate == "=")

    # Selections

    def selected(self, document: Record, query: dict[str, str]) -> Record:
        """Return the members of a document that are asked for."""
        if "fields" not in query:
            return document
        names = self.names(query["fields"])
        if names == [""]:
            raise Refused(400, "invalid_selection_field")
        if any(name not in self.members for name in names):
            return document
        return {name: document[name] for name in names if name in document}

    def names(self, text: str) -> list[str]:
        """Return the names of a selection."""
        return text.split(",")


def refused(code: str) -> Record:
    """Return a status body."""
    return {
        "imsx_codeMajor": "failure",
        "imsx_severity": "error",
        "imsx_description": code,
        "imsx_codeMinor": {
            "imsx_codeMinorField": [{"imsx_codeMinorFieldName": "list", "imsx_codeMinorFieldValue": code}]
        },
    }


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the checks of some areas say of a provider."""

    results: dict[str, CheckResult]
    findings: tuple[JudgedFinding, ...]
    requests: int

    def accused(self, outcome: Outcome = Outcome.FAILED) -> set[str]:
        """Return the requirements with a finding of this weight."""
        return {each.finding.requirement for each in self.findings if each.outcome is outcome}

    def outcomes(self, outcome: Outcome) -> set[str]:
        """Return the checks that ended so."""
        return {name for name, result in self.results.items() if result.outcome is outcome}


def judged(
    provider: httpx.BaseTransport,
    *areas: str,
    claims: frozenset[Feature] | None = None,
    depth: str = "full",
    plan: str = "case-1.1-provider",
) -> Judged:
    """Run the checks of some areas against a provider."""
    target = Target(url=HOST, claims=claims)
    clock = SystemClock()
    client = WireClient(target, clock=clock, transport=provider)
    context = RunContext(plan=find_plan(plan), target=target, client=client, clock=clock, seed=7, depth=DEPTHS[depth])
    evidence = SUITE.gather(context)
    results: dict[str, CheckResult] = {}
    findings: list[JudgedFinding] = []
    for check in SUITE.checks_of(context.plan):
        if check.area in areas or check.name in areas:
            results[check.name], found = run_check(check, evidence, context)
            findings += found
    client.close()
    return Judged(results=results, findings=tuple(findings), requests=client.requests_sent)
