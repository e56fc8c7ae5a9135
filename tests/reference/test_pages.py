"""The pages for people: what they show, what they escape, where they lead."""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urldefrag, urljoin

import httpx
import pytest

from skillmark.wire.in_process import AsgiTransport
from skillmark_fixtures.frameworks import framework, slugs
from skillmark_reference.frameworks.importing import import_files
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import ServerOptions, create_app
from skillmark_reference.server.pages import wording
from skillmark_reference.server.pages.tree import items_in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path


BASE = "http://case.example.org"
SCRIPT = "<script>alert(1)</script>"
NOBODY = "00000000-0000-0000-0000-000000000000"
VOID = {"meta", "link", "input", "br"}
POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: Item pages whose links to JSON are followed; those of all other pages are.
FOLLOWED = 12

Record = dict[str, Any]


class Page(HTMLParser):
    """What a test looks at in a page; a page whose elements do not nest is refused."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.source = text
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[tuple[tuple[str, ...], str]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element without content."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Close the innermost element, and no other."""
        assert tag == self._open.pop()

    def handle_data(self, data: str) -> None:
        """Note text, and what it stands in."""
        self.texts.append((tuple(self._open), data))

    def named(self, *names: str) -> list[dict[str, str | None]]:
        """Return the attributes of all elements of some names."""
        return [attributes for name, attributes in self.elements if name in names]

    def values(self, attribute: str) -> list[str]:
        """Return all values of an attribute."""
        return [attributes[attribute] or "" for _, attributes in self.elements if attribute in attributes]

    def text(self) -> str:
        """Return the whole text with single blanks."""
        return " ".join(" ".join(data for _, data in self.texts).split())


def stored(folder: Path, packages: Iterable[Record]) -> Repository:
    """Return a repository that holds packages."""
    repository = Repository.open("sqlite://")
    paths = []
    for number, package in enumerate(packages):
        paths.append(folder / f"{number}.json")
        paths[-1].write_text(json.dumps(package), encoding="utf-8")
    assert not import_files(repository, paths).violations
    return repository


def client_of(repository: Repository) -> httpx.Client:
    """Return a client of the provider of a repository."""
    return httpx.Client(transport=AsgiTransport(create_app(repository, options=ServerOptions())), base_url=BASE)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Reach the provider of the bundled frameworks."""
    with client_of(stored(tmp_path_factory.mktemp("packages"), map(framework, slugs()))) as client:
        yield client


def is_page(address: str) -> bool:
    """Tell pages from assets and from the interface by their address."""
    return address.startswith(BASE) and not address.startswith((f"{BASE}/ims/", f"{BASE}/assets/"))


@pytest.fixture(scope="module")
def site(client: httpx.Client) -> dict[str, Page]:
    """Return every page that can be reached from the first one."""
    found: dict[str, Page] = {}
    waiting = [f"{BASE}/"]
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        response = client.get(address)
        assert (200, "text/html; charset=utf-8", address) == (
            response.status_code,
            response.headers["content-type"],
            str(response.url),
        )
        found[address] = Page(response.text)
        waiting += filter(is_page, links(address, found[address]))
    return found


def links(address: str, page: Page) -> set[str]:
    """Return where the links and the assets of a page lead, without fragments."""
    return {urldefrag(urljoin(address, target)).url for target in [*page.values("href"), *page.values("src")]}


def kind(address: str) -> str:
    """Return which page it is: the first segment of the path."""
    return address.removeprefix(f"{BASE}/").partition("/")[0] or "index"


@pytest.fixture(scope="module")
def packages() -> list[Record]:
    """Return the bundled frameworks."""
    return [framework(slug) for slug in slugs()]


# All pages


def test_everything_has_a_page(site: dict[str, Page], packages: list[Record]) -> None:
    """From the first page a reader reaches every framework, item and rubric, and a crosswalk for every pair."""
    expected = Counter(
        index=1,
        frameworks=len(packages),
        items=sum(len(package["CFItems"]) for package in packages),
        rubrics=sum(len(package["CFRubrics"]) for package in packages),
        crosswalks=3,
        verify=1,
    )
    assert expected == Counter(map(kind, site))


def test_every_link_answers(client: httpx.Client, site: dict[str, Page]) -> None:
    """No link to an asset or to JSON is broken; the pages themselves were reached by links."""
    items = [address for address in site if kind(address) == "items"]
    asking = set(site) - set(items[FOLLOWED:])
    targets = {target for address in asking for target in links(address, site[address]) if target.startswith(BASE)}
    answers = {target: client.get(target).status_code for target in targets if not is_page(target)}
    assert set(answers.values()) == {200}, [target for target, status in answers.items() if status != 200]


def test_every_fragment_leads_somewhere(site: dict[str, Page]) -> None:
    """A link into a page finds its target there."""
    for address, page in site.items():
        for target in page.values("href"):
            whole, fragment = urldefrag(urljoin(address, target))
            if fragment and whole in site:
                assert unquote(fragment) in site[whole].values("id"), target


def test_pages_work_below_any_prefix(site: dict[str, Page]) -> None:
    """Addresses are relative, so a proxy may serve the provider below a path."""
    for page in site.values():
        assert not [target for target in [*page.values("href"), *page.values("src")] if target.startswith("/")]


def test_nothing_is_inline(client: httpx.Client, site: dict[str, Page]) -> None:
    """The policy forbids inline scripts and styles, and no page has any."""
    for address, page in site.items():
        assert all(attributes.get("src") for attributes in page.named("script")), address
        assert not page.named("style", "iframe", "object", "base"), address
        assert not page.values("style"), address
        assert not [name for _, each in page.elements for name in each if name.startswith("on")], address
    for address in (f"{BASE}/", f"{BASE}/nothing", *[each for each in site if kind(each) == "rubrics"]):
        headers = client.get(address).headers
        expected = (POLICY, "nosniff", "no-referrer")
        named = ("content-security-policy", "x-content-type-options", "referrer-policy")
        assert expected == tuple(headers[name] for name in named)


def test_pages_are_built_for_everybody(site: dict[str, Page]) -> None:
    """Every page has a language, one main landmark, a way past the header, and headings without gaps."""
    for address, page in site.items():
        assert "en" == page.named("html")[0]["lang"], address
        assert ["main"] == [each["id"] for each in page.named("main")], address
        assert "#main" == next(each["href"] for each in page.named("a")), address
        levels = [int(name[1]) for name, _ in page.elements if re.fullmatch("h[1-6]", name)]
        assert 1 == levels[0] == levels.count(1), address
        assert all(deeper - level <= 1 for level, deeper in itertools.pairwise(levels)), address
        assert len(set(page.values("id"))) == len(page.values("id")), address
        assert all(each.get("aria-label") or each.get("aria-labelledby") for each in page.named("nav")), address
        assert set(page.values("aria-labelledby")) <= set(page.values("id")), address


def test_tools_that_need_scripts_are_hidden_without_them(site: dict[str, Page]) -> None:
    """What does nothing without JavaScript is hidden until a script shows it; the tree opens, and a form is sent, without."""
    for address, page in site.items() - {(f"{BASE}/verify", site[f"{BASE}/verify"])}:
        tools = page.named("form", "fieldset")
        drawing = [each for each in page.named("section") if each.get("id") == "drawing"]
        assert all("hidden" in each for each in page.named("form") + drawing), address
        assert bool(tools) == (kind(address) in {"index", "frameworks", "crosswalks"}), address


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/no/such/page/at/all",
        f"/items/{NOBODY}",
        "/frameworks/%3Cscript%3E",
        "/rubrics/x",
        "/crosswalks/a/b",
    ],
)
def test_what_is_missing_has_a_page_that_says_so(client: httpx.Client, path: str) -> None:
    """Unknown addresses are answered with a page whose style and whose way back work."""
    response = client.get(path)
    page = Page(response.text)
    assert 404 == response.status_code
    assert "Not Found" in page.text()
    assert not page.named("script")
    elsewhere = links(str(response.url), page) - {str(response.url)}
    assert {200} == {client.get(target).status_code for target in elsewhere}


def test_another_method_is_refused(client: httpx.Client) -> None:
    """Pages are only read."""
    response = client.post("/")
    assert 405 == response.status_code
    assert "Method Not Allowed" in Page(response.text).text()


def test_assets_have_their_types(client: httpx.Client) -> None:
    """A browser that believes types only gets the right ones; no other file of the package is served."""
    names = ("pages.css", "search.js", "crosswalk.js", "favicon.svg", "pages.py")
    expected = ["text/css", "text/javascript", "text/javascript", "image/svg+xml", "text/html"]
    responses = [client.get(f"/assets/{name}") for name in names]
    assert expected == [response.headers["content-type"].partition(";")[0] for response in responses]
    assert [200, 200, 200, 200, 404] == [response.status_code for response in responses]


# First page


def test_the_first_page_shows_frameworks_and_interface(site: dict[str, Page], packages: list[Record]) -> None:
    """Every framework stands there with its creator and status, and each version with its address."""
    text = site[f"{BASE}/"].text()
    for package in packages:
        document = package["CFDocument"]
        assert {document[name] in text for name in ("title", "creator", "adoptionStatus")} == {True}
    assert f"{BASE}/ims/case/v1p0" in text
    assert f"{BASE}/ims/case/v1p1" in text


# Framework


def test_the_tree_has_all_items_at_their_places(client: httpx.Client, packages: list[Record]) -> None:
    """Items stand in the order of sequenceNumber below their parents, every item once."""
    for package in packages:
        page = Page(client.get(f"/frameworks/{package['CFDocument']['identifier']}").text)
        shown = [each for each in page.values("id") if each in {item["identifier"] for item in package["CFItems"]}]
        assert [item["identifier"] for item in items_in_order(package)] == shown
        assert len(package["CFItems"]) == len(shown)
        parents = {
            each["destinationNodeURI"]["identifier"]
            for each in package["CFAssociations"]
            if each["associationType"] == "isChildOf"
        } - {package["CFDocument"]["identifier"]}
        assert len(parents) == len(page.named("summary"))


def test_definitions_and_associations_are_listed(client: httpx.Client, packages: list[Record]) -> None:
    """The page of a framework shows every definition, and every association that is no edge of the tree."""
    for package in packages:
        page = Page(client.get(f"/frameworks/{package['CFDocument']['identifier']}").text)
        for records in package["CFDefinitions"].values():
            for record in records if isinstance(records, list) else []:
                assert record["identifier"] in page.values("id")
                assert record["title"] in page.text()
        beside = [each for each in package["CFAssociations"] if each["associationType"] != "isChildOf"]
        assert len(beside) == page.values("data-label").count("Origin")


def test_associations_lead_to_pages_of_other_frameworks(site: dict[str, Page], packages: list[Record]) -> None:
    """An item of another framework is linked to its page here, and its framework is named."""
    one, other = packages[:2]
    page = site[f"{BASE}/frameworks/{one['CFDocument']['identifier']}"]
    theirs = {f"../items/{item['identifier']}" for item in other["CFItems"]}
    assert theirs & set(page.values("href"))
    assert f"in {other['CFDocument']['title']}" in page.text()


# Item


def test_an_item_is_shown_with_all_members(client: httpx.Client, packages: list[Record]) -> None:
    """Every member of an item has a row with its name in the standard's words."""
    for item in packages[0]["CFItems"]:
        page = Page(client.get(f"/items/{item['identifier']}").text)
        names = {data for around, data in page.texts if around[-2:] == ("tr", "th")}
        assert set(item) <= names
        assert item["fullStatement"].split()[-1] in page.text()


def test_associations_are_grouped_by_type_and_direction(client: httpx.Client, packages: list[Record]) -> None:
    """Each type and direction has its heading with one entry for each association."""
    package = packages[0]
    item = next(each for each in package["CFItems"] if each["humanCodingScheme"] == "DA.1.1")
    mine = Counter(
        (each["associationType"], each["originNodeURI"]["identifier"] == item["identifier"])
        for each in package["CFAssociations"]
        if item["identifier"] in {each[end]["identifier"] for end in ("originNodeURI", "destinationNodeURI")}
    )
    page = Page(client.get(f"/items/{item['identifier']}").text)
    headings = {wording.association_heading(name, is_origin=is_origin) for name, is_origin in mine}
    assert headings <= {data.strip() for around, data in page.texts if around[-1:] == ("h3",)}
    assert sum(mine.values()) == page.source.partition('id="associations"')[2].partition("</section>")[0].count("<li>")


def test_the_way_up_is_shown(client: httpx.Client, packages: list[Record]) -> None:
    """An item names its framework and the items above it, from the top down."""
    package = packages[0]
    by_code = {item["humanCodingScheme"]: item["identifier"] for item in package["CFItems"]}
    page = client.get(f"/items/{by_code['DA.1.1.1']}").text
    trail = page.partition('aria-label="Breadcrumb"')[2].partition("</nav>")[0]
    expected = [package["CFDocument"]["identifier"], by_code["DA.1"], by_code["DA.1.1"]]
    assert expected == re.findall(r'href="\.\./\w+/([^"]+)"', trail)


def test_ancestors_in_a_circle_end(tmp_path: Path) -> None:
    """An item that is its own ancestor has a page."""
    package = framework(slugs()[0])
    item, parent = package["CFItems"][:2]
    edges = package["CFAssociations"][:2]
    package["CFAssociations"] = [
        edge | {"originNodeURI": _node(each), "destinationNodeURI": _node(above)}
        for edge, each, above in zip(edges, (item, parent), (parent, item), strict=True)
    ]
    with client_of(stored(tmp_path, [package])) as client:
        assert 200 == client.get(f"/items/{item['identifier']}").status_code


def _node(item: Record) -> Record:
    return {"title": "a node", "identifier": item["identifier"], "uri": item["uri"]}


def test_text_says_which_language_it_is_in(site: dict[str, Page], packages: list[Record]) -> None:
    """An item in a language of its own is marked with it, on its page and in the tree."""
    item = next(each for each in packages[0]["CFItems"] if each.get("language") == "es")
    for address in (f"items/{item['identifier']}", f"frameworks/{packages[0]['CFDocument']['identifier']}"):
        spanish = [each for each in site[f"{BASE}/{address}"].named("span") if each.get("lang") == "es"]
        assert spanish, address


# Rubric


def test_a_rubric_is_a_grid(site: dict[str, Page], packages: list[Record]) -> None:
    """There is a row for every criterion, a column for every level, and a cell with score and feedback for each of both."""
    for package in packages:
        for rubric in package["CFRubrics"]:
            page = site[f"{BASE}/rubrics/{rubric['identifier']}"]
            criteria = rubric["CFRubricCriteria"]
            levels = [level for criterion in criteria for level in criterion["CFRubricCriterionLevels"]]
            width = max(len(criterion["CFRubricCriterionLevels"]) for criterion in criteria)
            assert len(criteria) == len([each for each in page.named("th") if each.get("scope") == "row"])
            assert 1 + width == len([each for each in page.named("th") if each.get("scope") == "col"])
            assert width * len(criteria) == len(page.named("td"))
            for level in levels:
                assert level["identifier"] in page.values("id")
                assert all(
                    level[name].split()[-1] in page.text() for name in ("description", "feedback") if name in level
                )


# Crosswalk


def between(packages: Mapping[str, Record], left: str, right: str) -> list[Record]:
    """Return the associations between the items of two packages."""
    ids = [{item["identifier"] for item in packages[each]["CFItems"]} for each in (left, right)]
    ends = ("originNodeURI", "destinationNodeURI")
    return [
        association
        for package in packages.values()
        for association in package["CFAssociations"]
        if all(any(association[end]["identifier"] in mine for end in ends) for mine in ids)
    ]


def test_a_crosswalk_has_every_pair(site: dict[str, Page], packages: list[Record]) -> None:
    """The table has a row for every association between both frameworks, and both columns have its ends."""
    by_id = {package["CFDocument"]["identifier"]: package for package in packages}
    for address in [each for each in site if kind(each) == "crosswalks"]:
        left, right = address.rsplit("/", 2)[1:]
        expected = between(by_id, left, right)
        page = site[address]
        pairs = [each for each in page.named("tr") if "data-left" in each]
        assert expected
        assert Counter(each["associationType"] for each in expected) == Counter(each["data-type"] for each in pairs)
        stops = {each["id"] for each in page.named("li") if each.get("id")}
        assert stops == {each[side] for each in pairs for side in ("data-left", "data-right")}
        assert f"{len(pairs)} associations" in site[f"{BASE}/"].text()


def test_a_crosswalk_reads_from_both_sides(client: httpx.Client, site: dict[str, Page]) -> None:
    """With its sides exchanged a crosswalk has the same pairs, and their arrows are turned."""
    address = next(each for each in site if kind(each) == "crosswalks")
    left, right = address.rsplit("/", 2)[1:]
    page = Page(client.get(f"/crosswalks/{right}/{left}").text)
    turned = {"left": "right", "right": "left", "both": "both"}
    expected = Counter(turned[each] for each in site[address].values("data-points"))
    assert expected == Counter(page.values("data-points"))


def test_frameworks_that_do_not_meet_say_so(client: httpx.Client, packages: list[Record]) -> None:
    """A crosswalk without associations is no error."""
    first, third = packages[0]["CFDocument"]["identifier"], packages[2]["CFDocument"]["identifier"]
    assert "No item of one is associated" in Page(client.get(f"/crosswalks/{first}/{third}").text).text()


# What a database may hold


def hostile() -> Record:
    """Return a valid package with everything that the standard admits and a page must not take at its word."""
    package = framework(slugs()[0])
    document = package["CFDocument"]
    document |= {"title": SCRIPT, "creator": '"><img src=x onerror=alert(1)>', "language": 'en" onclick="alert(1)'}
    document |= {
        "officialSourceURL": "javascript:alert(1)",
        "adoptionStatus": 'x" class="y',
        "description": "</p></main>",
    }
    item = package["CFItems"][0]
    item |= {
        "fullStatement": SCRIPT,
        "abbreviatedStatement": SCRIPT,
        "humanCodingScheme": "{{ 7 * 7 }}",
        "notes": SCRIPT,
    }
    item |= {"conceptKeywords": [SCRIPT], "educationLevel": [SCRIPT], "CFItemType": SCRIPT, "language": "<b>"}
    item["extensions"] = {SCRIPT: [SCRIPT, "\u202e", {"<b>": None, "identifier": SCRIPT}]}
    for association in package["CFAssociations"]:
        association["destinationNodeURI"]["title"] = SCRIPT
        if association["associationType"] == "exemplar":
            association["destinationNodeURI"] |= {"uri": "javascript:alert(1)", "identifier": SCRIPT}
            association["originNodeURI"] |= {"identifier": item["identifier"]}
    criterion = package["CFRubrics"][0]["CFRubricCriteria"][0]
    criterion |= {"category": SCRIPT, "description": SCRIPT}
    criterion["CFRubricCriterionLevels"][0] |= {"quality": SCRIPT, "feedback": SCRIPT, "description": SCRIPT}
    package["CFDefinitions"]["CFLicenses"][0] |= {"licenseText": "javascript:alert(1)", "title": SCRIPT}
    return package


def test_what_comes_from_a_database_is_only_text(tmp_path: Path) -> None:
    """Markup is shown as text, addresses that are not of the web are no links, templates are not evaluated."""
    package = hostile()
    document, item, rubric = package["CFDocument"], package["CFItems"][0], package["CFRubrics"][0]
    paths = [
        "/",
        f"/frameworks/{document['identifier']}",
        f"/items/{item['identifier']}",
        f"/rubrics/{rubric['identifier']}",
        f"/crosswalks/{document['identifier']}/{framework(slugs()[1])['CFDocument']['identifier']}",
    ]
    with client_of(stored(tmp_path, [package, framework(slugs()[1])])) as client:
        for path in paths:
            page = Page(client.get(path).text)
            assert SCRIPT in page.text(), path
            assert not page.named("img", "b"), path
            assert all((each.get("src") or "").startswith(".") for each in page.named("script")), path
            assert not [name for _, each in page.elements for name in each if name.startswith("on")], path
            assert not [each for each in page.values("href") if each.lower().startswith(("javascript:", "data:"))], path
        assert "{{ 7 * 7 }}" in Page(client.get(f"/items/{item['identifier']}").text).text()
