"""The discovery document: an OpenAPI description of the very provider that serves it (REST Binding 1.1, 2.5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from tests.bundled import standard
from tests.reference.provider import BASE, address, assert_refused, bundled, client_of, identifiers, values

from skillmark_reference.server import OAuthOptions

if TYPE_CHECKING:
    import httpx

PATH = "/ims/case/v1p1/discovery/imscasev1p1_openapi3_v1p0.json"
OAUTH = OAuthOptions(client_id="client", client_secret="a secret")
OPERATIONS = standard("1.1").operations


def discovered(base: str = BASE, **options: Any) -> dict[str, Any]:  # noqa: ANN401 - the options of the server
    """Return the discovery document of the provider of the bundled frameworks."""
    with client_of(bundled(), base=base, **options) as client:
        response = client.get(PATH)
    assert (200, "application/json") == (response.status_code, response.headers["content-type"])
    document: dict[str, Any] = response.json()
    return document


def described() -> dict[str, dict[str, Any]]:
    """Return the described operations by their operationId."""
    return {row["get"]["operationId"]: row["get"] | {"path": path} for path, row in discovered()["paths"].items()}


def test_the_document_is_an_openapi_3_document() -> None:
    """Everything that OpenAPI demands is there: version, information, paths with operations and answers."""
    document = discovered()
    assert "3.1.0" == document["openapi"]
    assert {"title", "version"} <= document["info"].keys()
    assert all(path.startswith("/") for path in document["paths"])
    for operation in described().values():
        assert operation["responses"]
        assert all(re.fullmatch(r"[1-5]\d\d|default", status) for status in operation["responses"])
        assert all(answer["description"] for answer in operation["responses"].values())


def test_every_reference_leads_somewhere() -> None:
    """Every reference is to a schema of the document, and every schema is one."""
    document = discovered()
    references = {each["$ref"] for each in values(document) if isinstance(each, dict) and "$ref" in each}
    schemas = document["components"]["schemas"]
    assert {f"#/components/schemas/{name}" for name in schemas} == references
    for schema in schemas.values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_document_describes_the_twelve_operations() -> None:
    """Every operation is described with its path, payload and statuses, and no other."""
    found = described()
    assert OPERATIONS.keys() == found.keys()
    for name, row in OPERATIONS.items():
        assert row.path == found[name]["path"]
        assert {*map(str, row.statuses), "default"} == found[name]["responses"].keys()
        payloads = {status: payload(answer) for status, answer in found[name]["responses"].items()}
        assert row.payload == payloads.pop("200")
        assert {"imsx_StatusInfo"} == set(payloads.values())


def payload(answer: dict[str, Any]) -> str:
    """Return the name of the class of a described body."""
    reference: str = answer["content"]["application/json"]["schema"]["$ref"]
    return reference.rpartition("/")[2]


def test_parameters_are_described_as_the_provider_takes_them() -> None:
    """Path parameters are declared and mandatory, query parameters optional, and fields is one comma-separated value."""
    for name, operation in described().items():
        declared = {(each["name"], each["in"]) for each in operation["parameters"]}
        assert len(declared) == len(operation["parameters"])
        assert set(re.findall(r"{(\w+)}", operation["path"])) == {name for name, place in declared if place == "path"}
        assert {name for name, place in declared if place == "query"} == set(OPERATIONS[name].query)
        assert all(each["required"] is (each["in"] == "path") for each in operation["parameters"])
    query = {each["name"]: each for each in described()["getAllCFDocuments"]["parameters"]}
    assert ("form", False) == (query["fields"]["style"], query["fields"]["explode"])
    assert {"type": "array", "items": {"type": "string"}} == query["fields"]["schema"]
    assert {"type": "integer", "format": "int32", "minimum": 1} == query["limit"]["schema"]
    assert {"type": "string", "enum": ["asc", "desc"]} == query["orderBy"]["schema"]


def test_the_headers_of_paging_are_described() -> None:
    """The list promises its two headers, and no other operation does."""
    promised = {name: set(row["responses"]["200"].get("headers", ())) for name, row in described().items()}
    assert {"X-Total-Count", "Link"} == promised.pop("getAllCFDocuments")
    assert {frozenset()} == set(map(frozenset, promised.values()))


@pytest.mark.parametrize("name", OPERATIONS)
def test_answers_are_as_they_are_described(name: str) -> None:
    """What an operation answers satisfies the schema that the document has for it."""
    document = discovered()
    schema = {"$ref": f"#/components/schemas/{OPERATIONS[name].payload}", "components": document["components"]}
    with client_of(bundled()) as client:
        answer = client.get(address("1.1", name, identifiers(OPERATIONS[name].sourced_id_of)[0])).json()
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    assert [] == list(jsonschema.Draft202012Validator(schema, format_checker=checker).iter_errors(answer))


@pytest.mark.parametrize("base", ["https://case.example.org", "http://127.0.0.1:8000", "https://[::1]:8443"])
def test_the_server_is_the_one_that_was_asked(base: str) -> None:
    """The document is localised: its one server is the host that was asked, with the base path of the version."""
    (server,) = discovered(base)["servers"]
    assert f"{base}/ims/case/v1p1" == server["url"]


def test_the_server_is_the_public_one_behind_a_proxy() -> None:
    """A configured base goes before the host that was asked."""
    (server,) = discovered("http://10.0.0.7:8000", base_url="https://frameworks.example.net/case")["servers"]
    assert "https://frameworks.example.net/case/ims/case/v1p1" == server["url"]


def test_tokens_are_described_where_they_are_asked_for() -> None:
    """A guarded provider says where tokens are given, to clients that have none yet; an open one has no scheme."""
    document = discovered(oauth=OAUTH)
    (scheme,) = document["components"]["securitySchemes"].values()
    assert "oauth2" == scheme["type"]
    assert f"{BASE}/oauth2/token" == scheme["flows"]["clientCredentials"]["tokenUrl"]
    assert [{"OAuth2": []}] == document["security"]
    assert "security" not in discovered()
    assert "securitySchemes" not in discovered()["components"]


def test_1_0_has_no_discovery_document() -> None:
    """The address is unknown below the base path of 1.0, which has no such document."""
    with client_of(bundled()) as client:
        response: httpx.Response = client.get(PATH.replace("v1p1", "v1p0", 1))
    assert_refused(response, "1.0", 404, code="unknownobject")
