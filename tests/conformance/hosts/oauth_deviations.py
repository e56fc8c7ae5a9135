"""Ways in which the authorization server of a host deviates in one thing."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

import httpx
from tests.conformance.hosts.products import BASE, answered

if TYPE_CHECKING:
    from collections.abc import Callable

    Plain = Callable[[httpx.Request], httpx.Response]
    Change = Callable[[httpx.Request, Plain], httpx.Response]

CLIENT = "https://skillmark.example"
VERIFIER = "a-verifier-that-the-deviating-host-always-has-itself"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
DISCOVERY, REGISTER, AUTHORIZE, TOKEN, REVOKE = (
    "/ims/ob/v3p0/discovery",
    "/oauth2/register",
    "/oauth2/authorize",
    "/oauth2/token",
    "/oauth2/revoke",
)
METADATA = "/.well-known/oauth-authorization-server"


# Ways to deviate


def asked(
    request: httpx.Request, *, url: str | None = None, body: bytes | None = None, **headers: str | None
) -> httpx.Request:
    """Return a request with something changed."""
    given = {name: value for name, value in request.headers.items() if name != "content-length"}
    given |= {name: value for name, value in headers.items() if value is not None}
    kept = {name: value for name, value in given.items() if headers.get(name, "") is not None}
    content = request.content if body is None else body
    return httpx.Request(request.method, request.url if url is None else url, headers=kept, content=content)


def kept(answer: httpx.Response) -> dict[str, str]:
    """Return the headers of an answer but for those about how its body is written."""
    return {name: value for name, value in answer.headers.items() if name not in {"content-length", "content-encoding"}}


def json_of(
    path: str, edit: Callable[[dict[str, Any]], object], *, status: int | None = None, kind: str = ""
) -> Change:
    """Change the JSON of the successes of a path."""

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        answer = plain(request)
        if request.url.path != path or answer.status_code not in {200, 201}:
            return answer
        value = answer.json()
        edit(value)
        headers = kept(answer)
        headers |= {"content-type": kind} if kind else {}
        return answered(status or answer.status_code, body=json.dumps(value).encode(), headers=headers)

    return change


def header_of(path: str, name: str, value: str | None, *, statuses: tuple[int, ...] = (200, 201)) -> Change:
    """Change a header of the answers of a path."""

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        answer = plain(request)
        if request.url.path == path and answer.status_code in statuses:
            headers = {key: text for key, text in kept(answer).items() if key != name}
            headers |= {name: value} if value is not None else {}
            return answered(answer.status_code, body=answer.content, headers=headers)
        return answer

    return change


def refusal_of(path: str, status: int, value: object, *, only: int = 400) -> Change:
    """Answer otherwise where a path refuses."""

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        answer = plain(request)
        if request.url.path == path and answer.status_code == only:
            headers = {"content-type": "application/json"}
            return answered(status, body=json.dumps(value).encode(), headers=headers)
        return answer

    return change


def sent_back(edit: Callable[[dict[str, str]], object], *, only: str = "code", mark: str = "?") -> Change:
    """Change the parameters with which a browser is sent back."""

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        answer = plain(request)
        location = answer.headers.get("location", "")
        given = dict(parse_qsl(urlsplit(location).query))
        if not location.startswith(CLIENT) or only not in given:
            return answer
        edit(given)
        address = f"{location.partition('?')[0]}{mark}{urlencode(given)}"
        return answered(302, headers={"location": address})

    return change


def form_to(path: str, edit: Callable[[dict[str, str]], object]) -> Change:
    """Change the form that comes to a path."""

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        if request.url.path != path:
            return plain(request)
        form = dict(parse_qsl(request.content.decode(), keep_blank_values=True))
        edit(form)
        return plain(asked(request, body=urlencode(form).encode()))

    return change


def query_to(path: str, edit: Callable[[dict[str, str]], object]) -> Change:
    """Change the query that comes to a path, which pages carry on."""

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        if request.url.path != path or request.method != "GET":
            return plain(request)
        query = dict(parse_qsl(request.url.query.decode(), keep_blank_values=True))
        edit(query)
        return plain(asked(request, url=f"{BASE}{path}?{urlencode(query, quote_via=quote)}"))

    return change


def both(*changes: Change) -> Change:
    """Make several changes, the first one outermost."""

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        def inner(asked: httpx.Request) -> httpx.Response:
            return both(*changes[1:])(asked, plain) if len(changes) > 1 else plain(asked)

        return changes[0](request, inner)

    return change


def without_proof_keys() -> Change:
    """Check no verifier: the host has one of its own."""
    return both(
        query_to(AUTHORIZE, lambda query: query.update(code_challenge=CHALLENGE, code_challenge_method="S256")),
        form_to(TOKEN, lambda form: form.update(code_verifier=VERIFIER)),
    )


def remembering(path: str, field: str) -> Change:
    """Answer the same to the same value of a field, where it was a success."""
    known: dict[str, bytes] = {}

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        if request.url.path != path:
            return plain(request)
        value = dict(parse_qsl(request.content.decode())).get(field, "")
        if value in known:
            headers = {"content-type": "application/json", "cache-control": "no-store"}
            return answered(200, body=known[value], headers=headers)
        answer = plain(request)
        if value and answer.status_code == 200:
            known[value] = answer.content
        return answer

    return change


def for_any_client() -> Change:
    """Take every code for one of the client that authenticates: the header is the one of the owner of the code."""
    owners: dict[str, str] = {}
    headers: dict[str, str] = {}

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        if request.url.path == TOKEN:
            form = dict(parse_qsl(request.content.decode()))
            owner = owners.get(form.get("code", ""))
            return plain(asked(request, authorization=headers[owner]) if owner else request)
        answer = plain(request)
        if request.url.path == REGISTER and answer.status_code == 201:
            given = answer.json()
            pair = f"{given['client_id']}:{given['client_secret']}".encode()
            headers[given["client_id"]] = f"Basic {base64.b64encode(pair).decode()}"
        location = urlsplit(answer.headers.get("location", ""))
        if code := dict(parse_qsl(location.query)).get("code"):
            owners[code] = request.url.params["client_id"]
        return answer

    return change


def open_to_all(path: str) -> Change:
    """Let every token open a path: the host uses the widest that it gave out."""
    known: list[str] = []

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        if request.url.path == path and known:
            return plain(asked(request, authorization=known[0]))
        answer = plain(request)
        if request.url.path == TOKEN and answer.status_code == 200:
            given = answer.json()
            if len(given["scope"].split()) == 4:
                known.append(f"Bearer {given['access_token']}")
        return answer

    return change


def anywhere() -> Change:
    """Send browsers wherever the request says."""

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        wanted = request.url.params.get("redirect_uri", "")
        if not request.url.path.startswith("/oauth2/") or wanted.endswith("/first/callback") or not wanted:
            return plain(request)
        query = dict(parse_qsl(request.url.query.decode())) | {"redirect_uri": f"{CLIENT}/first/callback"}
        answer = plain(asked(request, url=f"{BASE}{request.url.path}?{urlencode(query)}"))
        location = answer.headers.get("location", "")
        text = answer.text.replace(quote(f"{CLIENT}/first/callback", safe=""), quote(wanted, safe=""))
        headers = kept(answer)
        if location.startswith(CLIENT):
            headers["location"] = f"{wanted}?{location.partition('?')[2]}"
        return answered(answer.status_code, body=text.encode(), headers=headers)

    return change


def at(path: str, answer: Callable[[httpx.Request], httpx.Response | None]) -> Change:
    """Answer requests to a path, unless it is left to the host."""
    return lambda request, plain: (answer(request) if request.url.path == path else None) or plain(request)


def page(text: str) -> Change:
    """Show a page where the host shows an error to a person."""

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        answer = plain(request)
        is_shown = request.url.path == AUTHORIZE and answer.status_code == 400
        return answered(200, body=text.encode(), headers={"content-type": "text/html"}) if is_shown else answer

    return change


def completed(name: str, value: object) -> Change:
    """Fill in what a registration lacks."""

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        if request.url.path != REGISTER or not request.content.startswith(b'{"'):
            return plain(request)
        body = {name: value} | json.loads(request.content) if request.content.endswith(b"}") else None
        return plain(request if body is None else asked(request, body=json.dumps(body).encode()))

    return change


def scheme(value: dict[str, Any]) -> dict[str, Any]:
    """Return the security scheme of a description."""
    found: dict[str, Any] = value["components"]["securitySchemes"]["OAuth2ACG"]
    return found


def flow(value: dict[str, Any]) -> dict[str, Any]:
    """Return the flow of a description."""
    found: dict[str, Any] = scheme(value)["flows"]["authorizationCode"]
    return found


def renamed(value: dict[str, Any]) -> None:
    """Give the security scheme another name."""
    schemes = value["components"]["securitySchemes"]
    schemes["oauth"] = schemes.pop("OAuth2ACG")


def own_path(path: str) -> Callable[[dict[str, Any]], object]:
    """Describe an endpoint of the host's own."""
    return lambda value: value["paths"].update({path: {"get": {"responses": {}}}})


def always_the_same() -> Callable[[dict[str, Any]], object]:
    first: dict[str, str] = {}
    return lambda given: given.update(access_token=first.setdefault("token", given["access_token"]))


def refusing_narrow_ones() -> Change:
    narrow: set[str] = set()

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        if request.headers.get("authorization", "").partition(" ")[2] in narrow:
            return answered(403)
        answer = plain(request)
        if request.url.path == TOKEN and answer.status_code == 200 and len(answer.json()["scope"].split()) == 1:
            narrow.add(answer.json()["access_token"])
        return answer

    return change


def wider_at_refresh(request: httpx.Request, plain: Plain) -> httpx.Response:
    answer = plain(request)
    if request.url.path != TOKEN or b"refresh_token=" not in request.content or answer.status_code != 200:
        return answer
    value = answer.json() | {"scope": "https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.update"}
    return answered(200, body=json.dumps(value).encode(), headers=kept(answer))


def any_refresh_token() -> Change:
    known: list[bytes] = []

    def change(request: httpx.Request, plain: Plain) -> httpx.Response:
        answer = plain(request)
        if request.url.path != TOKEN or b"refresh_token=" not in request.content:
            return answer
        if answer.status_code == 200:
            known.append(answer.content)
        headers = {"content-type": "application/json"}
        return answer if answer.status_code == 200 else answered(200, body=b'{"access_token": "x"}', headers=headers)

    return change


IMSX = {"imsx_codeMajor": "failure", "imsx_severity": "error"}
REFUSED = {"error": "invalid_request"}
YEAR = 365 * 24 * 3600
