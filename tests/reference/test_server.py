"""The twelve operations of the reference provider in both versions, and how it speaks HTTP."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from tests.bundled import SLUGS, VERSIONS, Record, package, packages, records, standard
from tests.reference.provider import (
    BASE,
    UNKNOWN,
    address,
    assert_refused,
    bundled,
    client_of,
    identifiers,
    sampled,
    store,
    stored,
    values,
)

from skillmark.strategies.identifiers import Malformed, malformed
from skillmark_fixtures.generator import small_frameworks, write_framework
from skillmark_reference.frameworks.presenting import FrameworkReplaced, Presenter
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.standards.structure import violations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

OPERATIONS = tuple(standard("1.1").operations)
SINGLE_READS = tuple(name for name in OPERATIONS if name != "getAllCFDocuments")
SETS = {"getCFConcept": "CFConcepts", "getCFSubject": "CFSubjects", "getCFItemType": "CFItemTypes"}
CONTAINERS = {"getCFDocument": "CFPackageURI", "getCFItem": "CFDocumentURI", "getCFAssociation": "CFDocumentURI"}
ENDS = ("originNodeURI", "destinationNodeURI")
LIST = "/ims/case/v1p1/CFDocuments"

both_versions = pytest.mark.parametrize("version", VERSIONS)
every_operation = pytest.mark.parametrize(
    ("version", "operation"),
    [pytest.param(version, name, id=f"{version}-{name}") for version in VERSIONS for name in OPERATIONS],
)
every_single_read = pytest.mark.parametrize(
    ("version", "operation"),
    [pytest.param(version, name, id=f"{version}-{name}") for version in VERSIONS for name in SINGLE_READS],
)


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    """Reach the provider of the bundled frameworks."""
    with client_of(bundled()) as found:
        yield found


def read(client: httpx.Client, version: str, operation: str, identifier: str | None = None) -> Any:  # noqa: ANN401 - any JSON value
    """Return the body of a read."""
    response = client.get(address(version, operation, identifier))
    assert 200 == response.status_code, response.text
    return response.json()


def first(operation: str) -> str | None:
    """Return an identifier that an operation takes."""
    return identifiers(standard("1.1").operations[operation].sourced_id_of)[0]


# The operations


@every_operation
def test_answers_conform_to_the_table(client: httpx.Client, version: str, operation: str) -> None:
    """Every operation answers JSON of the class that it promises, without null and without members outside the model."""
    row = standard(version).operations[operation]
    for identifier in sampled(row.sourced_id_of):
        response = client.get(address(version, operation, identifier))
        assert (200, "application/json") == (response.status_code, response.headers["content-type"])
        assert [] == violations(standard(version), row.payload, response.json())
        assert None not in list(values(response.json()))


@pytest.mark.parametrize("slug", SLUGS)
def test_packages_come_as_they_were_published(client: httpx.Client, slug: str) -> None:
    """A 1.1 package is the bundled framework, member by member."""
    published = package(slug)
    assert published == read(client, "1.1", "getCFPackage", published["CFDocument"]["identifier"])


@pytest.mark.parametrize("slug", SLUGS)
def test_packages_of_1_0_leave_out_what_1_1_brought(client: httpx.Client, slug: str) -> None:
    """A 1.0 package is the framework as it is published for 1.0, adoption status included."""
    published = package(slug, "1.0")
    assert published == read(client, "1.0", "getCFPackage", published["CFDocument"]["identifier"])


@both_versions
@pytest.mark.parametrize("operation", [name for name in SINGLE_READS if name not in {"getCFPackage", *SETS}])
def test_single_reads_are_the_records_of_the_package(client: httpx.Client, version: str, operation: str) -> None:
    """A record reads the same alone and in its package, but for the link to what holds it."""
    row = standard(version).operations[operation]
    held: dict[str, Record] = {}
    for identifier in identifiers("CFDocument"):
        held |= {
            each["identifier"]: each for _, each in records(read(client, version, "getCFPackage", identifier), version)
        }
    for identifier in sampled(row.sourced_id_of):
        found = read(client, version, operation, identifier)
        found = found["CFItem"] if operation == "getCFItemAssociations" else found
        assert held[str(identifier)] == {
            name: value for name, value in found.items() if name not in CONTAINERS.values()
        }


@both_versions
@pytest.mark.parametrize(("operation", "member"), CONTAINERS.items())
def test_full_forms_link_to_what_holds_them(client: httpx.Client, version: str, operation: str, member: str) -> None:
    """A document links to its package, items and associations to their document, by identifier and by address."""
    target = "getCFPackage" if member == "CFPackageURI" else "getCFDocument"
    for value in packages():
        head = value["CFDocument"]
        inner = {"getCFDocument": [head], "getCFItem": value["CFItems"], "getCFAssociation": value["CFAssociations"]}
        link = read(client, version, operation, inner[operation][-1]["identifier"])[member]
        uri = BASE + address(version, target, head["identifier"])
        assert {"title": head["title"], "identifier": head["identifier"], "uri": uri} == link


@both_versions
def test_package_forms_have_no_links_to_what_holds_them(client: httpx.Client, version: str) -> None:
    """Neither a package nor the associations of an item say again where they are."""
    for identifier in identifiers("CFDocument"):
        text = json.dumps(read(client, version, "getCFPackage", identifier))
        assert "CFPackageURI" not in text
        assert "CFDocumentURI" not in text
    found = read(client, version, "getCFItemAssociations", first("getCFItem"))["CFAssociations"]
    assert "CFDocumentURI" not in json.dumps(found)


@both_versions
@pytest.mark.parametrize(("operation", "collection"), SETS.items())
def test_sets_begin_with_what_was_asked_for(
    client: httpx.Client, version: str, operation: str, collection: str
) -> None:
    """A set of definitions is the one that was asked for, and behind it those below it in the order of their codes."""
    sizes = []
    for value in packages():
        table = value["CFDefinitions"][collection]
        for asked in table:
            found = read(client, version, operation, asked["identifier"])[collection]
            below = sorted(each["hierarchyCode"] for each in table if is_below(each, asked))
            assert [asked["hierarchyCode"], *below] == [each["hierarchyCode"] for each in found]
            assert asked["identifier"] == found[0]["identifier"]
            sizes.append(len(found))
    assert max(sizes) > 2


def is_below(definition: Record, other: Record) -> bool:
    """Whether a definition is a descendant of another one."""
    return bool(definition["hierarchyCode"].startswith(f"{other['hierarchyCode']}."))


@both_versions
def test_associations_of_an_item_are_all_that_touch_it(client: httpx.Client, version: str) -> None:
    """The associations of an item are those that begin or end at it, of all frameworks, each once."""
    every = [each for value in packages() for each in value["CFAssociations"]]
    for identifier in sampled("CFItem"):
        found = read(client, version, "getCFItemAssociations", identifier)
        mine = [each["identifier"] for each in every if identifier in {each[end]["identifier"] for end in ENDS}]
        assert identifier == found["CFItem"]["identifier"]
        assert sorted(mine) == sorted(each["identifier"] for each in found["CFAssociations"])


def test_an_item_without_associations_has_an_empty_set(tmp_path: Path) -> None:
    """Where there is no association the array is empty, and the answer still a success (the documents are at odds here)."""
    value = next(small_frameworks(1, seed=1)) | {"CFAssociations": []}
    with client_of(stored(tmp_path, value)) as client:
        found = read(client, "1.1", "getCFItemAssociations", value["CFItems"][0]["identifier"])
    assert [] == found["CFAssociations"]


@both_versions
def test_addresses_lead_to_their_records(client: httpx.Client, version: str) -> None:
    """The address of a record, and of a link to a record that is held, leads to that very record."""
    known = {each["identifier"] for value in packages() for _, each in records(value)}
    seen = {}
    for identifier in identifiers("CFDocument"):
        for each in values(read(client, version, "getCFPackage", identifier)):
            if isinstance(each, dict) and each.get("identifier") in known:
                seen[each["uri"].partition("#")[0]] = each["identifier"]
    for uri in sorted(seen)[::20]:
        response = client.get(uri)
        assert 200 == response.status_code
        assert uri in response.text


def test_the_order_of_a_package_is_kept(client: httpx.Client) -> None:
    """Items come in the order in which they were published."""
    for value in packages():
        found = read(client, "1.1", "getCFPackage", value["CFDocument"]["identifier"])
        assert [each["identifier"] for each in value["CFItems"]] == [each["identifier"] for each in found["CFItems"]]


def test_tokens_that_1_0_lacks_become_words_that_it_has(client: httpx.Client) -> None:
    """Translations and the associations of vendors are related nodes to a 1.0 consumer."""
    legal = set(standard("1.0").enums["CFAssociationTypeExtEnum"].values)
    newer = [e for value in packages() for e in value["CFAssociations"] if e["associationType"] not in legal]
    assert newer
    for each in newer:
        found = read(client, "1.0", "getCFAssociation", each["identifier"])
        assert "isRelatedTo" == found["associationType"]


def test_a_large_package_is_whole(tmp_path: Path) -> None:
    """A package that is sent in several pieces is the package that was imported."""
    stream = io.BytesIO()
    write_framework(stream, items=1_500, seed=4)
    value = json.loads(stream.getvalue())
    assert len(stream.getvalue()) > 1_500_000
    with client_of(stored(tmp_path, value)) as client:
        assert value == read(client, "1.1", "getCFPackage", value["CFDocument"]["identifier"])


# Refusals


@every_single_read
def test_unknown_identifiers_are_refused(client: httpx.Client, version: str, operation: str) -> None:
    """A well-formed identifier that no record of the class has is answered with 404 and unknownobject."""
    other = identifiers("CFRubric" if operation != "getCFRubric" else "CFItem")[0]
    for identifier in (UNKNOWN, other):
        text = f"Unknown Object: {identifier}"
        response = client.get(address(version, operation, identifier))
        assert_refused(response, version, 404, code="unknownobject", text=text)


@every_single_read
def test_malformed_identifiers_are_refused(client: httpx.Client, version: str, operation: str) -> None:
    """What is no UUID of the standard is answered with 404 and the version's token for it."""
    code = {"1.0": "invaliduuid", "1.1": "invalid_uuid"}[version]
    for identifier in (
        "x",
        UNKNOWN.replace("-4000-", "-7000-"),
        UNKNOWN[:-1],
        f"{UNKNOWN}0",
        str(first(operation)).upper(),
    ):
        response = client.get(address(version, operation, identifier))
        assert_refused(response, version, 404, code=code, text=f"Invalid UUID: {identifier}")


@given(identifier=malformed())
@settings(deadline=None, derandomize=True)
def test_any_other_text_is_no_identifier(identifier: Malformed) -> None:
    """Whatever stands in the place of a UUID is refused as none, signs and all, and named in no more than a line."""
    with client_of(bundled()) as client:
        response = client.get(address("1.1", "getCFItem", quote(identifier.text, safe="")))
    assert_refused(response, "1.1", 404, code="invalid_uuid")
    assert len(response.json()["imsx_description"]) <= 120


@every_operation
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(client: httpx.Client, version: str, operation: str, method: str) -> None:
    """What is no read is answered with 405 and the methods that are."""
    response = client.request(method, address(version, operation, first(operation)))
    assert_refused(response, version, 405, text="Only GET and HEAD.")
    assert {"GET", "HEAD"} == {each.strip() for each in response.headers["allow"].split(",")}


@both_versions
@pytest.mark.parametrize(
    "path",
    ["/", "/Nothing", "/CFDocuments/", "/CFItems", "/CFItems/", f"/CFItems/{UNKNOWN}/", "/CFItems/a/b", "/cfdocuments"],
)
def test_unknown_addresses_are_refused(client: httpx.Client, version: str, path: str) -> None:
    """An address below the base path that no operation has is answered with 404 and a status body, never a redirect."""
    response = client.get(standard(version).base_path + path)
    assert_refused(response, version, 404, code="unknownobject")


@both_versions
def test_unknown_addresses_are_refused_for_every_method(client: httpx.Client, version: str) -> None:
    """Where nothing is there is nothing to write either."""
    assert_refused(client.post(f"{standard(version).base_path}/Nothing"), version, 404, code="unknownobject")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("POST", "/", 405), ("GET", "/ims", 404)]
)
def test_addresses_outside_of_the_interface_are_pages(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    """Outside of the base paths people are told in HTML, and 405 names the methods there too."""
    response = client.request(method, path)
    assert (status, "text/html; charset=utf-8") == (response.status_code, response.headers["content-type"])
    assert (status == 405) is ("allow" in response.headers)


@every_single_read
def test_query_parameters_of_the_list_mean_nothing_to_single_reads(
    client: httpx.Client, version: str, operation: str
) -> None:
    """Single reads have no query parameters; those of the list change nothing and refuse nothing."""
    plain = address(version, operation, first(operation))
    query = {"fields": "title", "limit": "0", "filter": "nonsense", "sort": "colour"}
    assert client.get(plain).json() == client.get(plain, params=query).json()


@both_versions
def test_a_failure_is_told_as_one(tmp_path: Path, version: str) -> None:
    """When the database fails, the answer is 500 with a status body that tells nothing of the inside."""
    path = tmp_path / "case.sqlite"
    repository = Repository.open(f"sqlite:///{path}")
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE frameworks")
    with client_of(repository) as client:
        response = client.get(address(version, "getAllCFDocuments"))
    assert_refused(response, version, 500, code="internal_server_error", text="The provider failed.")
    repository.close()


# HTTP


@every_operation
def test_head_is_get_without_a_body(client: httpx.Client, version: str, operation: str) -> None:
    """HEAD answers with the status and the headers of GET."""
    path = address(version, operation, first(operation))
    plain = {"Accept-Encoding": "identity"}
    one, other = client.get(path, headers=plain), client.head(path, headers=plain)
    assert (200, b"") == (other.status_code, other.content)
    assert one.headers == other.headers


@every_operation
def test_what_is_unchanged_is_not_sent_again(client: httpx.Client, version: str, operation: str) -> None:
    """Every answer has a tag, and a client that names it is told 304 without a body."""
    path = address(version, operation, first(operation))
    tag = client.get(path).headers["etag"]
    for known in (tag, tag.removeprefix("W/"), f'"x", {tag}', "*"):
        response = client.get(path, headers={"If-None-Match": known})
        assert (304, b"", tag) == (response.status_code, response.content, response.headers["etag"])
    assert 200 == client.get(path, headers={"If-None-Match": 'W/"x"'}).status_code


def test_tags_differ_from_answer_to_answer(client: httpx.Client) -> None:
    """Versions, queries and hosts have tags of their own."""
    addresses = [LIST, LIST.replace("v1p1", "v1p0"), f"{LIST}?limit=1", f"http://127.0.0.1{LIST}"]
    assert 4 == len({client.get(each).headers["etag"] for each in addresses})


def test_a_tag_ends_with_an_import(tmp_path: Path) -> None:
    """After an import the old tag is not current any more, even when the same framework came again."""
    value = next(small_frameworks(1, seed=1))
    repository = stored(tmp_path, value)
    with client_of(repository) as client:
        tag = client.get(LIST).headers["etag"]
        store(repository, tmp_path, [value])
        response = client.get(LIST, headers={"If-None-Match": tag})
    assert 200 == response.status_code
    assert tag != response.headers["etag"]


def test_refusals_are_never_told_as_unchanged(client: httpx.Client) -> None:
    """Any-tag matches what there is: unknown records and wrong queries stay refused, and have no tag."""
    for path in (address("1.1", "getCFItem", UNKNOWN), f"{LIST}?limit=0", "/ims/case/v1p1/Nothing"):
        response = client.get(path, headers={"If-None-Match": "*"})
        assert response.status_code in {400, 404}
        assert "etag" not in response.headers


@pytest.mark.parametrize("operation", ["getCFPackage", "getAllCFDocuments"])
def test_large_answers_are_compressed_on_demand(client: httpx.Client, operation: str) -> None:
    """A client that takes gzip gets gzip, with the same content, and caches are told."""
    path = address("1.1", operation, first(operation))
    plain = client.get(path, headers={"Accept-Encoding": "identity"})
    request = client.build_request("GET", path, headers={"Accept-Encoding": "gzip"})
    packed = client.send(request, stream=True)
    assert "content-encoding" not in plain.headers
    assert "gzip" == packed.headers["content-encoding"]
    assert "Accept-Encoding" in packed.headers["vary"]
    content = b"".join(packed.iter_raw())
    assert len(content) < len(plain.content) / 2
    assert plain.content == gzip.decompress(content)


def test_small_answers_are_not_compressed(client: httpx.Client) -> None:
    """A refusal is not worth compressing."""
    response = client.get(address("1.1", "getCFItem", UNKNOWN), headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in response.headers


def test_pages_of_other_hosts_may_read(client: httpx.Client) -> None:
    """Scripts of any origin may read answers, and the headers that paging and caching need."""
    response = client.get(LIST, headers={"Origin": "https://tool.example.net"})
    assert "*" == response.headers["access-control-allow-origin"]
    exposed = {each.strip() for each in response.headers["access-control-expose-headers"].split(",")}
    assert {"X-Total-Count", "Link", "ETag"} <= exposed


def test_pages_of_other_hosts_may_send_a_token(client: httpx.Client) -> None:
    """The request that browsers send ahead is answered: reads with a token or a tag are allowed, writes are not."""
    asked = {"Origin": "https://tool.example.net", "Access-Control-Request-Headers": "authorization, if-none-match"}
    response = client.options(LIST, headers=asked | {"Access-Control-Request-Method": "GET"})
    assert 200 == response.status_code
    assert {"authorization", "if-none-match"} <= set(
        response.headers["access-control-allow-headers"].lower().split(", ")
    )
    assert 400 == client.options(LIST, headers=asked | {"Access-Control-Request-Method": "PUT"}).status_code


# Addresses


@pytest.mark.parametrize("given_base", ["https://frameworks.example.net/case", "https://frameworks.example.net/case/"])
def test_records_are_named_by_the_public_address(given_base: str) -> None:
    """Behind a proxy, addresses and page links are those of the base that was configured, whatever host was asked."""
    with client_of(bundled(), base_url=given_base) as client:
        response = client.get(f"{LIST}?limit=1")
    root = f"https://frameworks.example.net/case{LIST}"
    (document,) = response.json()["CFDocuments"]
    assert f"{root}/{document['identifier']}" == document["uri"]
    assert f"<{root}?limit=1&offset=0>" in response.headers["link"]


def test_records_are_named_by_the_host_that_was_asked(client: httpx.Client) -> None:
    """Without a configured base, addresses are below scheme, host and port of the request."""
    document = client.get(f"http://127.0.0.1:8000{LIST}?limit=1").json()["CFDocuments"][0]
    assert f"http://127.0.0.1:8000{LIST}/{document['identifier']}" == document["uri"]


# Imports


def test_an_answer_that_an_import_overtakes_is_not_cut_short(tmp_path: Path) -> None:
    """When a framework is replaced while its package is sent, the sending fails: half a package never looks like a whole one."""
    value = next(small_frameworks(1, seed=1))
    repository = stored(tmp_path, value)
    pieces = Presenter(repository, version="1.1", base=BASE).package(repository.frameworks()[0])
    next(pieces)
    store(repository, tmp_path, [value])
    with pytest.raises(FrameworkReplaced):
        list(pieces)
