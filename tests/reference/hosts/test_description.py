"""The service description, and what it leads to (Open Badges 3.0, API Security, Service Description)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from tests.reference.hosts.surroundings import CLR, OB, assert_fits
from tests.reference.oauth.surroundings import BASE, Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark_reference.services import Service

both = pytest.mark.parametrize("service", [OB, CLR], ids=["ob", "clr"])
#: Keywords that OpenAPI 3.0 knows beside those that describe (OpenAPI 3.0.3, Schema Object).
KEYWORDS = {
    *("title", "description", "type", "properties", "required", "additionalProperties", "items", "minItems"),
    *("enum", "anyOf", "allOf", "not", "pattern", "format", "minimum", "$ref"),
}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """Run one host."""
    found = Site()
    yield found
    found.close()


def described(site: Site, service: Service) -> dict[str, Any]:
    """Read the description, as anybody may."""
    response = site.http.get(f"{service.base_path}/discovery")
    assert (200, "application/json") == (response.status_code, response.headers["content-type"])
    return dict(response.json())


@both
def test_it_has_what_the_standard_asks_for(site: Site, service: Service) -> None:
    """Title, version, terms, privacy policy, and the security scheme with its addresses and scopes."""
    document = described(site, service)
    assert_fits("ServiceDescriptionDocument", document)
    assert document["openapi"].startswith("3.0.")
    assert [{"url": f"{BASE}{service.base_path}", "description": "This host."}] == document["servers"]
    scheme = document["components"]["securitySchemes"]["OAuth2ACG"]
    flow = scheme["flows"]["authorizationCode"]
    assert set(service.scopes) == set(flow["scopes"])
    assert f"{BASE}/oauth2/register" == scheme["x-imssf-registrationUrl"]
    assert [f"{BASE}/oauth2/{name}" for name in ("authorize", "token", "token")] == [
        flow[name] for name in ("authorizationUrl", "tokenUrl", "refreshUrl")
    ]


@both
def test_its_addresses_lead_somewhere(site: Site, service: Service) -> None:
    """Terms, privacy policy and image are there; every operation answers something else than 404."""
    document = described(site, service)
    info = document["info"]
    for name in ("termsOfService", "x-imssf-privacyPolicyUrl", "x-imssf-image"):
        assert 200 == site.http.get(info[name]).status_code
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            response = site.http.request(method, f"{service.base_path}{path}")
            assert (401 if operation["security"] else 200) == response.status_code


@both
def test_it_is_that_of_the_table(site: Site, service: Service) -> None:
    """Every operation below the base path is there, with scope, parameters, bodies and answers."""
    found = {
        operation["operationId"]: (path, method.upper(), operation)
        for path, methods in described(site, service)["paths"].items()
        for method, operation in methods.items()
    }
    rows = {name: row for name, row in service.operations.items() if row.path}
    assert rows.keys() == found.keys()
    for name, row in rows.items():
        path, method, operation = found[name]
        assert (row.path, row.method) == (path, method)
        assert list(row.query) == [each["name"] for each in operation["parameters"]]
        assert ([row.scope] if row.scope else []) == [
            scope for each in operation["security"] for scope in each["OAuth2ACG"]
        ]
        assert set(row.accepted) == operation.get("requestBody", {"content": {}})["content"].keys()
        assert {"default", *map(str, row.responses)} == operation["responses"].keys()


@both
def test_its_schemas_are_those_of_openapi_3_0(site: Site, service: Service) -> None:
    """No keyword that OpenAPI 3.0 does not know is in a schema, and every reference leads to one."""
    document = described(site, service)
    schemas = document["components"]["schemas"]

    def look(schema: Any) -> None:  # noqa: ANN401 - any JSON value
        if not isinstance(schema, dict):
            assert isinstance(schema, bool)
            return
        assert schema.keys() <= KEYWORDS, schema.keys() - KEYWORDS
        assert isinstance(schema.get("type", ""), str)
        assert ("type" not in schema) or (schema["type"] != "array") or "items" in schema
        for each in (*schema.get("properties", {}).values(), *schema.get("anyOf", ()), *schema.get("allOf", ())):
            look(each)
        for name in ("items", "not", "additionalProperties"):
            if name in schema:
                look(schema[name])

    for each in schemas.values():
        look(each)
    for reference in references(document):
        assert reference.removeprefix("#/components/schemas/") in schemas, reference


def references(value: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Yield every reference in a value."""
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


@both
def test_it_need_not_be_read_twice(site: Site, service: Service) -> None:
    """A client that has it asks whether it is still the same (RFC 9110, 13.1.2)."""
    address = f"{service.base_path}/discovery"
    first = site.http.get(address)
    assert first.headers["cache-control"].endswith("max-age=3600")
    again = site.http.get(address, headers={"If-None-Match": f'"x", W/{first.headers["etag"]}'})
    assert (304, b"") == (again.status_code, again.content)
    assert first.headers["etag"] == again.headers["etag"]
    assert 200 == site.http.get(address, headers={"If-None-Match": '"x"'}).status_code


def test_the_first_page_names_the_services(site: Site) -> None:
    """A person who comes to the server finds the descriptions."""
    text = site.http.get("/").text
    for service in (OB, CLR):
        assert f'href="{BASE}{service.base_path}/discovery"' in text
