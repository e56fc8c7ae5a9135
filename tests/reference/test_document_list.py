"""The document list of the reference provider over HTTP: pages, order, filters, selections, and what is refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from tests.bundled import VERSIONS, Record, packages, standard
from tests.reference.provider import BASE, address, assert_refused, bundled, client_of, stored

from skillmark_fixtures.generator import small_frameworks
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.standards.structure import violations

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx

DOCUMENTS = 105
LIST = address("1.1", "getAllCFDocuments")
SPECIAL = {
    0: {"creator": "O'Brien Institute", "statusStartDate": "2024-03-01", "subject": ["Maths", "Art"], "language": "de"},
    1: {"creator": "écoles du nord", "statusStartDate": "2023-12-31", "subject": ["Maths"], "language": "DE"},
    2: {"creator": "R&D + more 100%", "publisher": "Zeta", "lastChangeDateTime": "2026-09-01T10:00:00+02:00"},
    3: {"creator": "A AND B", "publisher": "alpha", "lastChangeDateTime": "2026-09-01T08:00:01Z"},
}

both_versions = pytest.mark.parametrize("version", VERSIONS)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    """Hold more documents than a page has by default, four of them with contents of their own."""
    values = list(small_frameworks(DOCUMENTS, seed=7))
    for number, members in SPECIAL.items():
        values[number]["CFDocument"] |= members
    return stored(tmp_path_factory.mktemp("packages"), *values)


@pytest.fixture(scope="module")
def client(repository: Repository) -> Iterator[httpx.Client]:
    """Reach the provider of the many documents."""
    with client_of(repository) as found:
        yield found


def ask(client: httpx.Client, **query: Any) -> list[Record]:  # noqa: ANN401 - values of parameters
    """Return the documents that a query finds."""
    response = client.get(LIST, params=query)
    assert 200 == response.status_code, response.text
    found: list[Record] = response.json()["CFDocuments"]
    return found


def numbers(client: httpx.Client, documents: list[Record]) -> list[int]:
    """Return the numbers of those documents that have contents of their own."""
    known = {document["identifier"]: number for number, document in enumerate(ask(client, limit=len(SPECIAL)))}
    return [known[each["identifier"]] for each in documents if each["identifier"] in known]


def links(response: httpx.Response) -> dict[str, str]:
    """Return the targets of a Link header by relation."""
    found = re.findall(r'<([^<>]*)>; rel="(\w+)"(?:, |$)', response.headers["link"])
    assert len(found) == response.headers["link"].count("<")
    return {relation: target for target, relation in found}


def walked(client: httpx.Client, start: str, relation: str) -> list[list[str]]:
    """Return the identifiers on the pages that a relation leads along."""
    pages = []
    target: str | None = start
    while target is not None:
        response = client.get(target)
        assert 200 == response.status_code
        assert f"{DOCUMENTS}" == response.headers["x-total-count"]
        pages.append([document["identifier"] for document in response.json()["CFDocuments"]])
        target = links(response).get(relation)
        assert len(pages) <= DOCUMENTS
    return pages


# Pages


@pytest.mark.parametrize("limit", [1, 7, 15, 104, 105, 106])
def test_next_leads_through_all_documents(client: httpx.Client, limit: int) -> None:
    """Following next from the start meets every document once, in one order, on full pages up to the last."""
    every = [document["identifier"] for document in ask(client, limit=DOCUMENTS)]
    pages = walked(client, f"{LIST}?limit={limit}", "next")
    assert DOCUMENTS == len(set(every))
    assert every == [identifier for page in pages for identifier in page]
    assert {limit} >= {len(page) for page in pages[:-1]}


@pytest.mark.parametrize("limit", [7, 15, 106])
def test_prev_leads_back(client: httpx.Client, limit: int) -> None:
    """Following prev from the last page meets the pages of the way there, backwards."""
    there = walked(client, f"{LIST}?limit={limit}", "next")
    last = links(client.get(LIST, params={"limit": limit}))["last"]
    assert there == walked(client, last, "prev")[::-1]


def test_relations_are_those_of_the_example(client: httpx.Client) -> None:
    """In the middle of the list all four relations are there, absolute and with the size of the page."""
    root = f"{BASE}{LIST}"
    expected = {
        "first": f"{root}?limit=10&offset=0",
        "last": f"{root}?limit=10&offset=100",
        "next": f"{root}?limit=10&offset=20",
        "prev": f"{root}?limit=10&offset=0",
    }
    assert expected == links(client.get(LIST, params={"limit": 10, "offset": 10}))


def test_the_ends_of_the_list_have_no_neighbours_outside(client: httpx.Client) -> None:
    """The first page has no prev, the last page no next, and a page past the end leads back into the list."""
    assert {"first", "last", "next"} == set(links(client.get(LIST, params={"limit": 10})))
    assert {"first", "last", "prev"} == set(links(client.get(LIST, params={"limit": 10, "offset": 100})))
    assert {"first", "last"} == set(links(client.get(LIST, params={"limit": DOCUMENTS})))
    past = links(client.get(LIST, params={"limit": 10, "offset": 5_000}))
    assert past["prev"].endswith("limit=10&offset=95")


def test_links_keep_the_rest_of_the_query(client: httpx.Client) -> None:
    """A link asks for the same filter, order and selection, whatever signs they have."""
    query = {
        "filter": "title~'framework' AND creator!='a+b & ü'",
        "sort": "title",
        "orderBy": "desc",
        "fields": "title",
    }
    response = client.get(LIST, params=query | {"limit": "20"})
    following = client.get(links(response)["next"])
    assert ask(client, **query, limit=DOCUMENTS)[20:40] == following.json()["CFDocuments"]
    assert response.headers["x-total-count"] == following.headers["x-total-count"]


@both_versions
def test_a_page_has_a_hundred_documents_by_default(client: httpx.Client, version: str) -> None:
    """Without limit a page has a hundred documents from the start, and says that there are more."""
    response = client.get(address(version, "getAllCFDocuments"))
    assert 100 == len(response.json()["CFDocuments"])
    assert "next" in links(response)
    assert "offset=0" not in links(response)["next"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"offset": 104}, 1),
        ({"offset": 105}, 0),
        ({"offset": 2147483647}, 0),
        ({"limit": 2147483647}, 105),
        ({"limit": "007"}, 7),
        ({"filter": "title='nothing'"}, 0),
    ],
    ids=str,
)
def test_edges_of_the_list_are_pages_too(client: httpx.Client, query: dict[str, Any], expected: int) -> None:
    """A page past the end, of the largest size, or of a filter without matches is a success with so many documents."""
    assert expected == len(ask(client, **query))


def test_an_empty_provider_has_an_empty_list() -> None:
    """Where there are no documents the list is empty, its total 0, and first and last lead to it."""
    with client_of(Repository.open("sqlite://")) as client:
        response = client.get(LIST)
    assert ({"CFDocuments": []}, "0") == (response.json(), response.headers["x-total-count"])
    target = f"{BASE}{LIST}?limit=100&offset=0"
    assert {"first": target, "last": target} == links(response)


# Refusals


@both_versions
@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        *(("limit", value) for value in ("0", "-1", "", "ten", "1.5", "1e3", "2147483648", "+5", "5 ", "٣")),
        *(("offset", value) for value in ("-1", "", "x", "0.0", "2147483648")),
        *(("fields", value) for value in ("", " ", ",", "title,,creator")),
        *(("filter", value) for value in ("", "title", "title=apple", 'title="apple"', "='apple'", "title='apple")),
        *(("filter", value) for value in ("title = 'apple'", "title=='apple'", "colour='red'", "licenseURI='x'")),
        *(("filter", value) for value in ("title='a' and title='b'", "title='a'  AND title='b'", "title='a' AND ")),
        *(("filter", value) for value in ("title='a' AND colour='b'", "title='a' OR title='b' OR title='c'")),
        *(("filter", value) for value in ("licenseURI.colour='x'", "title.x='a'", "' AND '" * 2_000)),
    ],
    ids=lambda value: value[:24] or "blank",
)
def test_wrong_parameters_are_refused(client: httpx.Client, version: str, parameter: str, value: str) -> None:
    """A parameter that cannot be understood is answered with 400, a code of the enumeration, and its name."""
    response = client.get(address(version, "getAllCFDocuments"), params={parameter: value})
    assert_refused(response, version, 400, code="invalid_selection_field", field=parameter)
    assert {"x-total-count", "link"} & response.headers.keys() == set()


def test_what_1_0_does_not_know_is_no_field_there() -> None:
    """A filter on a member that 1.1 brought is refused in 1.0; a selection and an order by it change nothing there."""
    with client_of(bundled()) as client:
        addresses = [address(version, "getAllCFDocuments") for version in VERSIONS]
        query = {"filter": "frameworkType~'certificate'"}
        assert [400, 200] == [client.get(each, params=query).status_code for each in addresses]
        plain = client.get(addresses[0]).json()
        for query in ({"fields": "frameworkType"}, {"sort": "frameworkType"}):
            assert plain == client.get(addresses[0], params=query).json()


# Order


@pytest.mark.parametrize(
    ("member", "ascending", "descending"),
    [
        ("creator", [3, 1, 0, 2], [2, 0, 1, 3]),
        ("statusStartDate", [1, 0], [0, 1]),
        ("publisher", [3, 2], [2, 3]),
        ("subject", [1, 0], [0, 1]),
        ("lastChangeDateTime", [0, 1, 2, 3], [3, 0, 1, 2]),
        ("CFPackageURI.identifier", [], []),
    ],
)
def test_sorted_lists_have_an_order(
    client: httpx.Client, member: str, ascending: list[int], descending: list[int]
) -> None:
    """Texts, dates, instants and arrays are sorted in both directions; equal ones keep their places, absent ones come last."""
    for order, expected in (("asc", ascending), ("desc", descending)):
        found = ask(client, sort=member, orderBy=order, limit=DOCUMENTS)
        named = [member.partition(".")[0] in document for document in found]
        assert sorted(named, reverse=True) == named
        assert expected in (numbers(client, found)[: len(expected)], [])


def test_an_order_is_the_same_on_pages_and_as_a_whole(client: httpx.Client) -> None:
    """Documents of equal rank keep their places from page to page."""
    whole = ask(client, sort="creator", limit=DOCUMENTS)
    pages = [ask(client, sort="creator", limit=10, offset=offset) for offset in range(0, DOCUMENTS, 10)]
    assert whole == [document for page in pages for document in page]


@pytest.mark.parametrize(
    "query", [{"sort": "colour"}, {"sort": ""}, {"sort": "licenseURI"}, {"orderBy": "desc"}], ids=str
)
def test_an_order_by_nothing_is_the_default(client: httpx.Client, query: dict[str, str]) -> None:
    """An unknown or missing field leaves the documents in their default order, as a success."""
    assert ask(client) == ask(client, **query)


# Filters


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("creator='O'Brien Institute'", [0]),
        ("creator='o'brien institute'", [0]),
        ("creator='ÉCOLES DU NORD'", [1]),
        ("creator='R&D + more 100%'", [2]),
        ("creator='A AND B'", [3]),
        ("creator='A AND B' OR creator~'brien'", [0, 3]),
        ("creator~'o' AND creator~'nord'", [1]),
        ("statusStartDate='2024-03-01'", [0]),
        ("statusStartDate<'2024-01-01'", [1]),
        ("statusStartDate>='2023-12-31'", [0, 1]),
        ("statusStartDate!='2024-03-01'", [1]),
        ("lastChangeDateTime='2026-09-01T08:00:00Z'", [0, 1, 2]),
        ("lastChangeDateTime>'2026-09-01T10:00:00+02:00'", [3]),
        ("lastChangeDateTime>'2026-08-31'", [0, 1, 2, 3]),
        ("subject='Maths'", [1]),
        ("subject='maths,art'", [0]),
        ("subject~'art,music'", [0]),
        ("subject~'MATHS'", [0, 1]),
        ("language='de'", [0, 1]),
        ("CFPackageURI.title~'generated framework'", [0, 1, 2, 3]),
        ("publisher>'beta'", [2]),
        ("publisher~''", [2, 3]),
    ],
)
def test_filters_find_what_they_say(client: httpx.Client, text: str, expected: list[int]) -> None:
    """Quotes, signs, dates, instants, arrays and dotted names are compared as the grammar says, capitals or not."""
    assert expected == numbers(client, ask(client, filter=text, limit=DOCUMENTS))


def test_the_total_of_a_filter_is_what_it_finds(client: httpx.Client) -> None:
    """X-Total-Count counts after filtering and before paging."""
    response = client.get(LIST, params={"filter": "language='de'", "limit": 1})
    assert ("2", 1) == (response.headers["x-total-count"], len(response.json()["CFDocuments"]))


@both_versions
@pytest.mark.parametrize("name", ["identifier", "creator", "title", "subject", "statusStartDate"])
def test_the_fields_that_must_work_do(version: str, name: str) -> None:
    """A document is found by each of the fields that the binding names, and the identifier finds it alone."""
    wanted = packages(version)[0]["CFDocument"]
    value = wanted[name] if isinstance(wanted[name], str) else ",".join(wanted[name])
    with client_of(bundled()) as client:
        response = client.get(address(version, "getAllCFDocuments"), params={"filter": f"{name}='{value}'"})
    found = [document["identifier"] for document in response.json()["CFDocuments"]]
    assert wanted["identifier"] in found
    assert name != "identifier" or 1 == len(found)


def test_a_plus_sign_is_a_blank(client: httpx.Client) -> None:
    """The query is URL encoded: both ways to write a blank find the same."""
    totals = {
        client.get(f"{LIST}?filter=title~%27generated{blank}framework%27").headers["x-total-count"]
        for blank in ("+", "%20")
    }
    assert {f"{DOCUMENTS}"} == totals


# Selections


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("title", {"title"}),
        ("creator,title", {"creator", "title"}),
        ("CFPackageURI", {"CFPackageURI"}),
        ("officialSourceURL", set()),
        ("title,title", {"title"}),
        ("title, creator", {"creator", "title"}),
    ],
)
def test_selections_have_the_named_members_only(client: httpx.Client, fields: str, expected: set[str]) -> None:
    """A selection has the named members and no others, mandatory ones neither."""
    found = ask(client, fields=fields, limit=DOCUMENTS)
    assert DOCUMENTS == len(found)
    assert all(expected == set(document) for document in found)


@pytest.mark.parametrize("fields", ["colour", "title,colour", "TITLE"])
def test_an_unknown_name_selects_everything(client: httpx.Client, fields: str) -> None:
    """With a name that no document can have, all data is returned."""
    assert ask(client) == ask(client, fields=fields)


@both_versions
def test_without_a_selection_everything_is_there(version: str) -> None:
    """Listed documents are the documents of single reads, in full form."""
    with client_of(bundled()) as client:
        body = client.get(address(version, "getAllCFDocuments")).json()
        singles = [
            client.get(address(version, "getCFDocument", each["identifier"])).json() for each in body["CFDocuments"]
        ]
    assert [] == violations(standard(version), "CFDocumentSet", body)
    assert singles == body["CFDocuments"]
    assert [each["CFDocument"]["identifier"] for each in packages()] == [each["identifier"] for each in singles]
