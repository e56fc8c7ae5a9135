"""An independent CASE provider, written from the standard alone: conformant in its plain form and under every legal switch.

It shares no code with the reference provider. `Provider.answer` is a plain function from a request to an answer; calling the
provider as an ASGI application sends it over the wire. Broken products are subclasses that spoil one step.
"""

from __future__ import annotations

import base64
import dataclasses
import gzip
import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from .data import Entry, Ref, Shelf, full
from .filters import FIELDS, Refused, find
from .forms import KINDS, Forms, is_uuid

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Record = dict[str, Any]
HOST = "http://skills.example.org"
TOKEN = "bW9vbmxpZ2h0"
CLIENT, SECRET = "harness", "p:w d"
OPERATIONS = {
    "CFPackages": "getCFPackage",
    "CFDocuments": "getCFDocument",
    "CFItems": "getCFItem",
    "CFItemAssociations": "getCFItemAssociations",
    "CFAssociations": "getCFAssociation",
    "CFAssociationGroupings": "getCFAssociationGrouping",
    "CFConcepts": "getCFConcept",
    "CFItemTypes": "getCFItemType",
    "CFLicenses": "getCFLicense",
    "CFSubjects": "getCFSubject",
    "CFRubrics": "getCFRubric",
}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """What a conformant provider is free to choose."""

    # Optional features
    paging: bool = True
    sorting: bool = True
    filtering: bool = True
    selection: bool = True
    rubrics: bool = True
    # Pages
    page: int | None = 100
    cap: int | None = None
    #: ``clamp`` or ``refuse`` a limit above the cap.
    above_cap: str = "clamp"
    #: ``refuse`` limits and offsets out of range, or treat them as ``absent``.
    bad_pages: str = "refuse"
    #: ``always``, or only on answers that were asked for a ``page``.
    headers_on: str = "always"
    links: str = "absolute"
    shrinks_last: bool = False
    # Order
    order: str = "as stored"
    collation: str = "lower"
    default_direction: str = "asc"
    absent_last: bool = True
    unknown_sort: int = 200
    # Filters and selections
    unequal_to_absent: bool = False
    normalizes: bool = False
    unknown_filter: str = "invalid_filter_field"
    unknown_selection: int = 200
    # Records
    empty_arrays: bool = False
    items_if_empty: bool = True
    associations_name_document: bool = True
    target_type: bool = True
    dates: str = "Z"
    integral_floats: bool = False
    extensions: bool = True
    reversed_records: bool = False
    uri: str = "versioned"
    criteria: str = "fragment"
    sets: str = "descendants"
    # HTTP
    prefix: str = ""
    head: bool = True
    trailing_slash: str = "refused"
    upper_case: bool = False
    etag: str = ""
    gzip: bool = False
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"
    pretty: bool = False
    # Refusals
    codes: str = "always"
    statement: str = "description"
    unsupported: str = "failure"
    field_name: str = "sourcedId"
    # Discovery and access
    servers: str = "absolute"
    access: str = ""
    public_discovery: bool = True


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What was asked."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...] = ()
    headers: dict[str, str] = dataclasses.field(default_factory=dict)
    #: The body of a token request.
    form: str = ""

    def get(self, name: str) -> str | None:
        """Return the first value of a parameter."""
        return next((value for key, value in self.query if key == name), None)


@dataclasses.dataclass(slots=True, kw_only=True)
class Answer:
    """What is said, before it is written down."""

    status: int = 200
    value: Any = None
    headers: list[tuple[str, str]] = dataclasses.field(default_factory=list)
    #: The body as sent, where it is not the value written as JSON.
    body: bytes | None = None
    media_type: str | None = None
    #: The operation that was answered, empty for none.
    operation: str = ""
    #: The requested identifier.
    sourced_id: str = ""


class Provider:
    """A provider of one version of CASE."""

    def __init__(self, version: str = "1.1", switches: Switches | None = None, shelf: Shelf | None = None) -> None:
        self.version = version
        self.switches = switches or Switches()
        self.shelf = full() if shelf is None else shelf
        self.base = self.switches.prefix + f"/ims/case/v{version.replace('.', 'p')}"
        self.forms = Forms(self.shelf, version, HOST + self.base, self.switches)
        self.by_identifier = {entry.identifier: entry for entry in self.shelf.entries.values()}
        newest = dataclasses.replace(self.switches, uri="versioned")
        #: The provider of 1.1 on the same host, where the addresses of 1.0 lead to it.
        self.newest = Provider("1.1", newest, self.shelf) if self._leads_to_newest() else None
        #: Requests so far.
        self.count = 0

    def _leads_to_newest(self) -> bool:
        return self.version == "1.0" and self.switches.uri == "newest"

    # What is asked, and by whom

    def answer(self, request: Request) -> Answer:
        """Answer one request."""
        self.count += 1
        try:
            answer = self.routed(request)
        except Refused as refused:
            answer = self.refusal(refused)
        return self.finished(request, answer)

    def finished(self, request: Request, answer: Answer) -> Answer:
        """Return the answer as it is sent; broken products spoil it here."""
        return answer

    def routed(self, request: Request) -> Answer:
        """Find out which operation is asked for."""
        if request.path == f"{self.switches.prefix}/oauth2/token":
            return self.token(request)
        if self.newest is not None and request.path.startswith(self.newest.base):
            return self.newest.answer(request)
        parts = request.path.removeprefix(self.base).split("/")[1:] if request.path.startswith(self.base + "/") else []
        if self.switches.trailing_slash != "refused" and len(parts) > 1 and parts[-1] == "":
            parts.pop()
        elif self.switches.trailing_slash == "redirected" and parts and request.method == "GET":
            query = f"?{urlencode(request.query)}" if request.query else ""
            return Answer(status=307, headers=[("Location", f"{request.path}/{query}")])
        is_discovery = parts == ["discovery", "imscasev1p1_openapi3_v1p0.json"] and self.version == "1.1"
        if not (is_discovery and self.switches.public_discovery):
            self.admit(request)
        if request.method not in ({"GET", "HEAD"} if self.switches.head else {"GET"}):
            raise Refused(405, "unsupported", "Method Not Allowed", "method")
        if is_discovery:
            return Answer(value=self.discovery())
        if request.path.startswith(f"{self.switches.prefix}/id/") and self.switches.uri == "canonical":
            return self.canonical(request.path.rpartition("/")[2])
        return self.operation(request, parts)

    def operation(self, request: Request, parts: list[str]) -> Answer:
        """Answer one of the twelve operations, or an address that is none."""
        if parts == ["CFDocuments"]:
            return self.listed(request)
        known = OPERATIONS.keys() if self.switches.rubrics else OPERATIONS.keys() - {"CFRubrics"}
        if len(parts) == 2 and parts[0] in known:
            name, identifier = parts
            identifier = identifier.lower() if self.switches.upper_case else identifier
            if not is_uuid(identifier):
                raise Refused(404, "invalid uuid", "Invalid UUID", self.switches.field_name)
            return Answer(operation=OPERATIONS[name], sourced_id=identifier, value=self.read(name, identifier))
        if len(parts) == 2 and parts[0] == "CFRubricCriteria" and self.switches.criteria == "served":
            return Answer(value=self.forms.part(parts[1]))
        if len(parts) == 2 and parts[0] == "CFRubrics":
            raise Refused(405, "unsupported", "Not offered", "operation")
        raise Refused(404, "unknownobject", "Unknown Object", "path")

    def canonical(self, identifier: str) -> Answer:
        """Lead from the version-free address of a record to the one of this version."""
        entry = self.by_identifier.get(identifier)
        if entry is None:
            raise Refused(404, "unknownobject", "Unknown Object", "id")
        return Answer(status=303, headers=[("Location", self.forms.rest_address(entry))])

    def read(self, name: str, identifier: str) -> Record:
        """Return what a single read delivers."""
        kind = {"CFPackages": "CFDocument", "CFItemAssociations": "CFItem"}.get(name) or KINDS[name]
        entry = self.by_identifier.get(identifier)
        if entry is None or entry.kind != kind:
            raise Refused(404, "unknownobject", "Unknown Object", self.switches.field_name)
        match name:
            case "CFPackages":
                return self.package(entry)
            case "CFItemAssociations":
                found = [self.forms.record(each) for each in self.associations(entry)]
                return {"CFItem": self.forms.full(entry), "CFAssociations": found}
            case "CFConcepts" | "CFSubjects" | "CFItemTypes":
                return {name: [self.forms.record(each) for each in self.family(entry)]}
            case _:
                return self.forms.full(entry)

    def package(self, document: Entry) -> Record:
        """Return the package of a document."""
        return self.forms.package(document)

    def associations(self, item: Entry) -> list[Entry]:
        """Return all associations that begin or end at an item."""
        return [
            each
            for each in self.shelf.of("CFAssociation")
            if Ref(item.key) in (each.members["originNodeURI"], each.members["destinationNodeURI"])
        ]

    def family(self, entry: Entry) -> list[Entry]:
        """Return a definition, and behind it those below it."""
        code = entry.members["hierarchyCode"]
        below = [
            each
            for each in self.shelf.of(entry.kind)
            if each.owner == entry.owner and each.members["hierarchyCode"].startswith(f"{code}.")
        ]
        return [entry, *(below if self.switches.sets == "descendants" else [])]

    # The list

    def listed(self, request: Request) -> Answer:
        """Return the document list."""
        documents = self.ordered([self.forms.full(entry) for entry in self.documents()], request)
        if (text := request.get("filter")) is not None and self.switches.filtering:
            documents = self.filtered(documents, text)
        limit, offset = self.window(request)
        page = self.cut(documents, limit, offset)
        answer = Answer(operation="getAllCFDocuments", value={"CFDocuments": self.selected(page, request)})
        answer.headers += self.page_headers(request, len(documents), limit, offset)
        return answer

    def documents(self) -> list[Entry]:
        """Return all documents in the order of the list."""
        key: dict[str, Callable[[Entry], str]] = {
            "title": lambda entry: str(entry.members["title"]),
            "date": lambda entry: str(entry.members["lastChangeDateTime"]),
            "identifier": lambda entry: entry.identifier,
            "as stored": lambda _: "",
        }
        return sorted(self.shelf.of("CFDocument"), key=key[self.switches.order])

    def filtered(self, documents: list[Record], text: str) -> list[Record]:
        """Return the documents that a filter finds."""
        return find(documents, text, self.switches)

    def ordered(self, documents: list[Record], request: Request) -> list[Record]:
        """Return the documents sorted as asked for."""
        member = request.get("sort")
        if member is None or not self.switches.sorting:
            return documents
        if member not in FIELDS:
            if self.switches.unknown_sort == 400:
                raise Refused(400, "invalid_sort_field", "Unknown sort field", "sort")
            return documents
        descending = (request.get("orderBy") or self.switches.default_direction) == "desc"
        with_value = [each for each in documents if isinstance(each.get(member), str)]
        without = [each for each in documents if not isinstance(each.get(member), str)]
        with_value.sort(key=lambda each: self.forms.sort_key(member, each[member]), reverse=descending)
        return [*with_value, *without] if self.switches.absent_last else [*without, *with_value]

    def window(self, request: Request) -> tuple[int | None, int]:
        """Return limit and offset; a limit of ``None`` is everything."""
        if not self.switches.paging:
            return None, 0
        limit, offset = self.number(request, "limit", 1), self.number(request, "offset", 0)
        cap = self.switches.cap
        if cap is not None and limit is not None and limit > cap and self.switches.above_cap == "refuse":
            raise Refused(400, "invalid_selection_field", f"limit is at most {cap}", "limit")
        limit = self.switches.page if limit is None else limit
        return (limit if cap is None or limit is None else min(limit, cap)), offset or 0

    def number(self, request: Request, name: str, least: int) -> int | None:
        """Return a parameter that counts; ``None`` without it."""
        text = request.get(name)
        if text is None:
            return None
        if text.isascii() and text.isdigit() and int(text) >= least:
            return int(text)
        if self.switches.bad_pages == "refuse":
            raise Refused(400, "invalid_selection_field", f"{name} is out of range", name)
        return None

    def cut(self, documents: list[Record], limit: int | None, offset: int) -> list[Record]:
        """Return one page."""
        return documents[offset:] if limit is None else documents[offset : offset + limit]

    def selected(self, page: list[Record], request: Request) -> list[Record]:
        """Return the documents reduced to the members that were asked for."""
        text = request.get("fields")
        if text is None or not self.switches.selection:
            return page
        names = text.split(",")
        if not text.strip():
            raise Refused(400, "invalid_selection_field", "A blank selection", "fields")
        if not set(names) <= FIELDS:
            if self.switches.unknown_selection == 400:
                raise Refused(400, "invalid_selection_field", "Unknown member", "fields")
            return page
        return [{name: each[name] for name in names if name in each} for each in page]

    def page_headers(self, request: Request, total: int, limit: int | None, offset: int) -> list[tuple[str, str]]:
        """Return X-Total-Count and Link."""
        asked = request.get("limit") is not None or request.get("offset") is not None
        is_part = limit is not None and (offset > 0 or total > limit)
        if not self.switches.paging or (self.switches.headers_on == "page" and not (asked or is_part)):
            return []
        found = [("X-Total-Count", str(total))]
        if limit is None:
            return found
        windows = self.relations(total, limit, offset)
        links = [(name, self.link_target(request, *window)) for name, window in windows.items()]
        match self.switches.links:
            case "many headers":
                return found + [("Link", f"<{target}>; rel={name}") for name, target in links]
            case "decorated":
                text = ",".join(
                    f'<{target}>;title="page, {name}";rel="{name} x-page";type=json' for name, target in links
                )
            case _:
                text = ", ".join(f'<{target}>; rel="{name}"' for name, target in links)
        return [*found, ("Link", text)]

    def relations(self, total: int, limit: int, offset: int) -> dict[str, tuple[int, int]]:
        """Return limit and offset of the neighbours and ends of a page."""
        last = max(0, (total - 1) // limit * limit)
        found = {"first": (limit, 0), "last": (total - last if self.switches.shrinks_last and total else limit, last)}
        if offset + limit < total:
            found["next"] = (limit, offset + limit)
        if offset > 0:
            found["prev"] = (limit, max(0, offset - limit))
        return found

    def link_target(self, request: Request, limit: int, offset: int) -> str:
        """Return the address of a page."""
        others = [(name, value) for name, value in request.query if name not in {"limit", "offset"}]
        query = urlencode([*others, ("limit", limit), ("offset", offset)])
        slash = "/" if self.switches.trailing_slash == "redirected" else ""
        match self.switches.links:
            case "query":
                return f"?{query}"
            case "path":
                return f"{self.base}/CFDocuments{slash}?{query}"
            case _:
                return f"{HOST}{self.base}/CFDocuments{slash}?{query}"

    # Refusals, access, discovery

    def refusal(self, refused: Refused) -> Answer:
        """Return the status payload of a refusal."""
        tokens = {
            "unauthorised": ("unauthorisedrequest", "unauthorised_request"),
            "invalid uuid": ("invaliduuid", "invalid_uuid"),
        }
        token = tokens[refused.code][self.version == "1.1"] if refused.code in tokens else refused.code
        is_unsupported = refused.code == "unsupported"
        value: Record = {
            "imsx_codeMajor": self.switches.unsupported if is_unsupported else "failure",
            "imsx_severity": "error",
        }
        if self.switches.statement == "description":
            value["imsx_description"] = refused.statement
        elif self.switches.statement == "sentence":
            value["imsx_description"] = f"{refused.statement.upper()}: {refused.name}: bitte prüfen."
        is_demanded = refused.code == "unknownobject" or refused.statement == "A blank selection"
        if (self.switches.codes == "always" or is_demanded) and not is_unsupported:
            field = {"imsx_codeMinorFieldName": refused.name, "imsx_codeMinorFieldValue": token}
            value["imsx_codeMinor"] = {"imsx_codeMinorField": [field]}
        headers = [("Allow", "GET")] if refused.status == 405 else []
        headers += [("WWW-Authenticate", 'Bearer realm="case"')] if refused.status == 401 else []
        return Answer(status=refused.status, value=value, headers=headers)

    def admit(self, request: Request) -> None:
        """Refuse strangers."""
        if self.switches.access and request.headers.get("authorization") != f"Bearer {TOKEN}":
            raise Refused(401, "unauthorised", "Unauthorised", "Authorization")

    def token(self, request: Request) -> Answer:
        """Answer the token endpoint (RFC 6749, 4.4)."""
        pair = base64.b64encode(b"harness:p%3Aw%20d").decode()
        if (
            request.headers.get("authorization") != f"Basic {pair}"
            or "grant_type=client_credentials" not in request.form
        ):
            return Answer(status=401, value={"error": "invalid_client"})
        value = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 600}
        return Answer(value=value, headers=[("Cache-Control", "no-store")])

    def discovery(self) -> Record:
        """Return the localized OpenAPI document."""
        names = (
            OPERATIONS.items()
            if self.switches.rubrics
            else [pair for pair in OPERATIONS.items() if pair[0] != "CFRubrics"]
        )
        paths: Record = {f"/{path}/{{sourcedId}}": {"get": {"operationId": name}} for path, name in names}
        paths["/CFDocuments"] = {"get": {"operationId": "getAllCFDocuments"}}
        servers: dict[str, Record] = {
            "absolute": {"url": HOST + self.base},
            "relative": {"url": self.base},
            "slash": {"url": f"{HOST}{self.base}/"},
            "variables": {
                "url": "{scheme}://{hostName}{basePath}",
                "variables": {
                    "scheme": {"default": "https", "enum": ["http", "https"]},
                    "hostName": {"default": HOST.partition("//")[2]},
                    "basePath": {"default": self.base, "enum": [self.base]},
                },
            },
        }
        info = {"title": "CASE", "version": "1.1"}
        return {"openapi": "3.0.1", "info": info, "servers": [servers[self.switches.servers]], "paths": paths}

    # The wire

    def written(self, request: Request, answer: Answer) -> tuple[int, list[tuple[str, str]], bytes]:
        """Return status, headers and body as they are sent."""
        body = answer.body if answer.body is not None else self.encoded(answer.value)
        headers = [*answer.headers, *self.switches.headers]
        if body or answer.status == 200:
            headers.append(("Content-Type", answer.media_type or self.switches.media_type))
        if self.switches.etag and answer.status == 200:
            tag = {"weak": "W/", "strong": ""}[self.switches.etag] + f'"{hashlib.md5(body).hexdigest()}"'  # noqa: S324
            headers.append(("ETag", tag))
            if request.headers.get("if-none-match") == tag:
                return 304, headers, b""
        if self.switches.gzip and body and "gzip" in request.headers.get("accept-encoding", ""):
            headers += [("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")]
            body = gzip.compress(body, mtime=0)
        return answer.status, headers, b"" if request.method == "HEAD" else body

    def encoded(self, value: object) -> bytes:
        """Write a value as JSON; nothing for no value."""
        if value is None:
            return b""
        indent = 3 if self.switches.pretty else None
        return json.dumps(value, ensure_ascii=self.switches.pretty, indent=indent).encode()

    async def __call__(
        self,
        scope: Record,
        receive: Callable[[], Awaitable[Record]],
        send: Callable[[Record], Awaitable[None]],
    ) -> None:
        """Answer one request of the ASGI protocol."""
        message = await receive()
        request = Request(
            method=scope["method"],
            path=scope["path"],
            query=tuple(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True, errors="replace")),
            headers={name.decode().lower(): value.decode("latin-1") for name, value in scope["headers"]},
            form=message.get("body", b"").decode(),
        )
        status, headers, body = self.written(request, self.answer(request))
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers]
        await send({"type": "http.response.start", "status": status, "headers": raw})
        half = len(body) // 2
        await send({"type": "http.response.body", "body": body[:half], "more_body": True})
        await send({"type": "http.response.body", "body": body[half:]})
