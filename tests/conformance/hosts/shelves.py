"""A second host: what it does with credentials is written anew, so that each part of it can be another one.

Accounts, tokens and profiles are those of the reference host behind it. It lists the newest first.
"""

from __future__ import annotations

import dataclasses
import datetime
import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlencode

import httpx

from skillmark.core.clock import SystemClock
from skillmark.suites.hosts.samples import Samples, claimed
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import Documents, Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    Plain = Callable[[httpx.Request], httpx.Response]

JSON_TYPES = ("application/json", "application/vc+ld+json")
CLOCK = SystemClock()


@dataclasses.dataclass(slots=True, kw_only=True)
class Record:
    """A credential as it came."""

    text: str
    is_token: bool
    document: dict[str, Any]
    received: int

    @property
    def value(self) -> Any:  # noqa: ANN401 - any JSON
        """It as a list shows it."""
        return self.text if self.is_token else json.loads(self.text)


class Refused(Exception):  # noqa: N818 - an answer
    """A request that is refused."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status, self.code = status, code


def is_operation(request: httpx.Request, name: str) -> bool:
    """Whether a request is about the credentials, the profile or another part of the interface."""
    return request.url.path.endswith(f"/v3p0/{name}") or request.url.path.endswith(f"/v2p0/{name}")


class Host:
    """Keeps credentials; a test replaces what should be otherwise."""

    def __init__(self) -> None:
        self.shelves: dict[str, list[Record]] = {}
        self._accounts: dict[str, str] = {}
        self._count = 0

    def __call__(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        """Answer a request, or let the reference host do it."""
        if not is_operation(request, "credentials") or request.method not in {"GET", "POST"}:
            return self.elsewhere(request, plain)
        account = self._account(request, plain)
        if isinstance(account, httpx.Response):
            return account
        try:
            return self.upsert(account, request) if request.method == "POST" else self.listed(account, request)
        except Refused as refused:
            return self.refuse(refused)

    def elsewhere(self, request: httpx.Request, plain: Plain) -> httpx.Response:
        """Answer what is not about credentials."""
        return plain(request)

    def _account(self, request: httpx.Request, plain: Plain) -> str | httpx.Response:
        """Return whose a token is, or the answer to one that is good for nothing.

        The reference host keeps one credential for each account, whose id tells who may read it.
        """
        authorization = request.headers.get("authorization", "")
        address = str(request.url.copy_with(query=None))
        headers = {"Authorization": authorization}
        answer = plain(httpx.Request("GET", address, headers=headers))
        if answer.status_code != 200:
            return answer
        if authorization not in self._accounts:
            if not answer.json():
                mark = Samples("clr-2.0" if "/clr/" in address else "ob-3.0", stamp=authorization).sent()
                typed = headers | {"Content-Type": "application/json"}
                plain(httpx.Request("POST", address, headers=typed, content=mark.text.encode()))
                answer = plain(httpx.Request("GET", address, headers=headers))
            self._accounts[authorization] = answer.json()["credential"][0]["id"]
        return self._accounts[authorization]

    def refuse(self, refused: Refused) -> httpx.Response:
        """Answer with an Imsx_StatusInfo."""
        entry = {"imsx_codeMinorFieldName": "TargetEndSystem", "imsx_codeMinorFieldValue": refused.code}
        body = {
            "imsx_codeMajor": "failure",
            "imsx_severity": "error",
            "imsx_description": f"It is refused: {refused.code}.",
            "imsx_codeMinor": {"imsx_codeMinorField": [entry]},
        }
        return httpx.Response(refused.status, json=body)

    # Handing in

    def upsert(self, account: str, request: httpx.Request) -> httpx.Response:
        """Keep a credential."""
        record = self.read(request)
        shelf = self.shelves.setdefault(account, [])
        same = next((each for each in shelf if self.key(each.document) == self.key(record.document)), None)
        if same is not None:
            return self.replace(shelf, same, record)
        shelf.append(record)
        return self.answer(201, record)

    def replace(self, shelf: list[Record], same: Record, record: Record) -> httpx.Response:
        """Put a credential in the place of the one that is there."""
        shelf[shelf.index(same)] = record
        return self.answer(200, record)

    def read(self, request: httpx.Request) -> Record:
        """Return the credential of a request."""
        media_type = request.headers.get("content-type", "").partition(";")[0]
        self.check_media_type(media_type)
        try:
            text = request.content.decode().strip()
            document = claimed(text) if media_type == "text/plain" else json.loads(text)
        except (ValueError, RecursionError):
            raise Refused(400, "invalid_data") from None
        if not isinstance(document, dict) or not self.is_valid(text, document):
            raise Refused(400, "invalid_data")
        self._count += 1
        return Record(text=text, is_token=media_type == "text/plain", document=document, received=self._count)

    def check_media_type(self, media_type: str) -> None:
        """Refuse what the operation does not take."""
        if media_type not in {*JSON_TYPES, "text/plain"}:
            raise Refused(415, "not_acceptable")

    def is_valid(self, text: str, document: dict[str, Any]) -> bool:
        """Whether a credential verifies."""
        del document
        found = verify(text, documents=Documents(clock=CLOCK, policy=Policy(offline=True)), now=CLOCK.now())
        return found.valid

    def key(self, document: dict[str, Any]) -> object:
        """Return what makes two credentials the same."""
        issuer = document["issuer"]
        parts = (issuer["id"] if isinstance(issuer, dict) else issuer, document["id"])
        return tuple(unquote(each).strip() for each in parts)

    def answer(self, status: int, record: Record) -> httpx.Response:
        """Answer with the credential."""
        media_type = "text/plain" if record.is_token else "application/json"
        return httpx.Response(status, text=record.text, headers={"Content-Type": media_type})

    # Listing

    usual, most = 7, 200

    def listed(self, account: str, request: httpx.Request) -> httpx.Response:
        """Answer with a page."""
        query = dict(parse_qsl(request.url.query.decode(), keep_blank_values=True))
        limit = min(self.number(query, "limit", self.usual, 1), self.most)
        offset = self.number(query, "offset", 0, 0)
        found = self.since(self.ordered(account), query)
        page = self.page(found, limit, offset)
        headers = self.headers(request, query, limit=limit, offset=offset, found=found, page=page)
        return httpx.Response(200, json=self.body(page), headers=headers)

    def number(self, query: dict[str, str], name: str, usual: int, least: int) -> int:
        """Return a parameter."""
        text = query.get(name)
        if text is None:
            return usual
        if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
            raise Refused(400, "invalid_query_parameter")
        return int(text)

    def ordered(self, account: str) -> list[Record]:
        """Return the credentials of an account in the order of its list."""
        return sorted(self.shelves.get(account, []), key=lambda each: each.received, reverse=True)

    def moment(self, record: Record) -> datetime.datetime:
        """Return when a credential was issued."""
        return datetime.datetime.fromisoformat(record.document["validFrom"])

    def since(self, found: list[Record], query: dict[str, str]) -> list[Record]:
        """Return those that were issued after a moment."""
        if "since" not in query:
            return found
        try:
            moment = datetime.datetime.fromisoformat(query["since"])
            return [each for each in found if self.is_after(self.moment(each), moment)]
        except (ValueError, TypeError):
            raise Refused(400, "invalid_query_parameter") from None

    def is_after(self, issued: datetime.datetime, moment: datetime.datetime) -> bool:
        """Compare two moments."""
        return issued > moment

    def page(self, found: list[Record], limit: int, offset: int) -> list[Record]:
        """Cut a page out of the list."""
        return found[offset : offset + limit]

    def body(self, page: list[Record]) -> dict[str, Any]:
        """Return a page as it is sent."""
        members = {
            "credential": [each.value for each in page if not each.is_token],
            "compactJwsString": [each.value for each in page if each.is_token],
        }
        return {name: found for name, found in members.items() if found}

    def headers(
        self,
        request: httpx.Request,
        query: dict[str, str],
        *,
        limit: int,
        offset: int,
        found: list[Record],
        page: list[Record],
    ) -> dict[str, str]:
        """Return total and links of a page."""
        total = self.total(found, page)
        targets = self.targets(limit, offset, len(found), len(page))
        address = str(request.url.copy_with(query=None))
        links = [
            f'<{address}?{urlencode(self.kept(query) | {"limit": limit, "offset": at})}>; rel="{name}"'
            for name, at in targets.items()
        ]
        return ({"X-Total-Count": str(total)} if total is not None else {}) | (
            {"Link": ", ".join(links)} if links else {}
        )

    def kept(self, query: dict[str, str]) -> dict[str, Any]:
        """Return the parameters that links repeat."""
        return dict(query)

    def total(self, found: list[Record], page: list[Record]) -> int | None:
        """Return how many there are."""
        del page
        return len(found)

    def targets(self, limit: int, offset: int, total: int, shown: int) -> dict[str, int]:
        """Return the offsets of the links by relation."""
        if offset == 0 and shown >= total:
            return {}
        found = {"first": 0, "last": max(0, total - limit)}
        if offset + shown < total:
            found["next"] = offset + shown
        if offset:
            found["prev"] = max(0, offset - limit)
        return found
