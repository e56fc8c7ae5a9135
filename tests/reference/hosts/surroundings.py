"""Credentials to be hosted, and a client with a token of a person."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from tests.reference.credentials.surroundings import SCHOOL, STATE, badge, record, signed
from tests.reference.oauth.surroundings import ADA, SCOPES, Site

from skillmark_reference.credentials import issuing
from skillmark_reference.services import load_service
from skillmark_reference.vocabularies.json_schema import json_schema

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    import httpx

    from skillmark_reference.credentials.issuing import Signer
    from skillmark_reference.server import Account

Record = dict[str, Any]

OB, CLR = load_service("ob-3.0"), load_service("clr-2.0")
LD_JSON = "application/vc+ld+json"


class Wallet:
    """A client that one person allowed everything."""

    def __init__(self, site: Site, account: Account = ADA, *, service: str = "ob-3.0") -> None:
        self.site = site
        self.base = load_service(service).base_path
        self.token = site.tokens(site.register(), SCOPES, account=account)["access_token"]
        # The tables are made by the first reading.
        assert 200 == self.listed().status_code

    def send(self, method: str, path: str, **arguments: Any) -> httpx.Response:  # noqa: ANN401 - of httpx
        """Send a request below the base path of the service."""
        headers = {"Authorization": f"Bearer {self.token}", **arguments.pop("headers", {})}
        return self.site.http.request(method, f"{self.base}{path}", headers=headers, **arguments)

    def upsert(self, content: Record | str | bytes, media_type: str | None = None) -> httpx.Response:
        """Hand in a credential: a text as it is, anything else as JSON."""
        body = content if isinstance(content, str | bytes) else json.dumps(content)
        usual = "text/plain" if isinstance(content, str) and not content.startswith("{") else "application/json"
        return self.send("POST", "/credentials", content=body, headers={"Content-Type": media_type or usual})

    def forget(self) -> None:
        """Remove everything that the host keeps for anybody."""
        with self.site.repository.database.writing() as connection:
            connection.execute(sa.text("DELETE FROM hosted_credentials"))

    def listed(self, **query: object) -> httpx.Response:
        """List credentials."""
        return self.send("GET", "/credentials", params=query)


def dated(moment: datetime.datetime, identifier: str = "urn:uuid:1", *, name: str = "Welding", **frame: Any) -> Record:  # noqa: ANN401 - of a credential
    """Return a signed badge that is valid from a moment on."""
    credential = badge(identifier=identifier, **frame) | {
        "validFrom": moment.isoformat().replace("+00:00", "Z"),
        "name": name,
    }
    return signed(credential)


def token_of(credential: Record, signer: Signer = SCHOOL) -> str:
    """Return a credential as VC-JWT."""
    return issuing.as_vc_jwt(credential, signer)


def learner_record() -> Record:
    """Return a signed learner record with a badge in it."""
    return signed(record(signed(badge())), STATE)


def assert_status_info(response: httpx.Response, status: int, code: str, *, field: str | None = None) -> None:
    """Assert that an answer is an Imsx_StatusInfo as the tables have it."""
    assert status == response.status_code, response.text
    assert "application/json" == response.headers["content-type"]
    body = response.json()
    assert_fits("Imsx_StatusInfo", body)
    (found,) = body["imsx_codeMinor"]["imsx_codeMinorField"]
    row = OB.status(status)
    assert (code, row.code_major, row.severity) == (
        found["imsx_codeMinorFieldValue"],
        body["imsx_codeMajor"],
        body["imsx_severity"],
    )
    assert body["imsx_description"]
    assert field in {None, found["imsx_codeMinorFieldName"]}


def assert_fits(record_class: str, value: Mapping[str, Any], *, vocabulary: str = "ob-3.0") -> None:
    """Assert that a value is one of a class."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - as in the product

    schema = json_schema(load_service(vocabulary).vocabulary, record_class)
    checker = Draft202012Validator.FORMAT_CHECKER
    assert [] == [each.message for each in Draft202012Validator(schema, format_checker=checker).iter_errors(value)]
