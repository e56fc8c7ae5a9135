"""Hosts whose service description is wrong (Open Badges API, Discovery; Open Badges API Security, Service Description)."""

from __future__ import annotations

import copy
import dataclasses
import json
from typing import TYPE_CHECKING, Any

from skillmark.faults.hosts.behaving import JSON_TYPE, answers, bodies, refused, said
from skillmark.faults.hosts.fault import fault
from skillmark.faults.hosts.world import URL
from skillmark.faults.provider import Given

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.hosts.behaving import Behaviour, Make
    from skillmark.faults.hosts.calls import Call
    from skillmark.faults.hosts.world import Host

Record = dict[str, Any]
_AT = "getServiceDescription"
_FORM, _OPENAPI, _SCHEME, _INFO, _GRANT = "OB30-R-027", "OB30-R-174", "OB30-R-176", "OB30-R-175", "OB30-R-171"
_KEY = {"kty": "OKP", "crv": "Ed25519", "kid": "1", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
_NO_CLIENT = "No client finds out how to get a token."


def _described(change: Callable[[Record], object]) -> Make:
    """Return a host whose description is changed in place."""

    def changed(document: Record) -> Record:
        change(document)
        return document

    return bodies(_AT, changed)


def _scheme(document: Record) -> Record:
    scheme: Record = document["components"]["securitySchemes"]["OAuth2ACG"]
    return scheme


def _flow(document: Record) -> Record:
    flow: Record = _scheme(document)["flows"]["authorizationCode"]
    return flow


def _other_scheme(**schemes: object) -> Make:
    return _described(lambda document: document["components"].update(securitySchemes=schemes))


def _renamed(document: Record) -> None:
    schemes = document["components"]["securitySchemes"]
    schemes["OAuth2"] = schemes.pop("OAuth2ACG")


def _relative(document: Record) -> None:
    flow = _flow(document)
    for name in ("authorizationUrl", "tokenUrl", "refreshUrl"):
        flow[name] = "/oauth2/" + flow[name].rpartition("/")[2]
    _scheme(document)["x-imssf-registrationUrl"] = "/oauth2/register"


def _guarded(call: Call, host: Host) -> Given:
    if call.operation == _AT and not call.token:
        return refused(host, 401)
    return host.answer(call)


def _own_format(document: Record) -> Record:
    flow = _flow(document)
    said = {
        "@context": "https://w3id.org/openbadges/badgeconnect/v1",
        "type": "Manifest",
        "badgeConnectAPI": [
            {
                "name": document["info"]["title"],
                "apiBase": document["servers"][0]["url"],
                "scopesOffered": list(flow["scopes"]),
                "registrationUrl": _scheme(document)["x-imssf-registrationUrl"],
                "authorizationUrl": flow["authorizationUrl"],
                "tokenUrl": flow["tokenUrl"],
            }
        ],
    }
    document.clear()
    document.update(said)
    return document


def _as_yaml(_: Call, given: Given) -> Given:
    document = given.json
    lines = [f"openapi: {document['openapi']}", "info:", f"  title: {document['info']['title']!r}", "paths: {}"]
    return dataclasses.replace(
        given, headers=given.headers | {"content-type": "application/yaml"}, body="\n".join(lines).encode()
    )


def _info_without(member: str) -> Make:
    return _described(lambda document: document["info"].pop(member))


def _as_swagger(document: Record) -> None:
    del document["openapi"]
    document["swagger"] = "2.0"


def _own_endpoint(*, status: int, body: bytes, media_type: str) -> Make:
    """Return a host that describes an address of its own, and answers it badly."""

    def behaviour(call: Call, host: Host) -> Given:
        if call.path == f"{host.service.base_path}/shares":
            return Given(status=status, headers={"content-type": media_type}, body=body)
        given = host.answer(call)
        if call.operation == _AT and given.status == 200:
            document = given.json
            document["paths"]["/shares"] = _own_operation(document)
            return given.become(document)
        return given

    return lambda: behaviour


def _own_operation(document: Record) -> Record:
    operation = copy.deepcopy(document["paths"]["/profile"]["get"]) | {"operationId": "getShares", "summary": "Shares."}
    return {"get": operation}


def _elsewhere(document: Record) -> None:
    """Describe an address of its own that is not below the base path."""
    origin = document["servers"][0]["url"].partition("/ims/")[0]
    document["paths"]["/badges"] = _own_operation(document) | {"servers": [{"url": f"{origin}/api/v1"}]}


def _moved() -> Behaviour:
    """Serve the whole API below an address of its own."""

    def behaviour(call: Call, host: Host) -> Given:
        base = host.service.base_path
        if call.path.startswith("/api/records/"):
            return host.answer(dataclasses.replace(call, path=call.path.replace("/api/records", base)))
        if call.operation is not None and call.path.startswith(base) and call.operation != _AT:
            return refused(host, 404)
        given = host.answer(call)
        if call.operation == _AT and given.status == 200:
            given.body = given.body.replace(base.encode(), b"/api/records")
        return given

    return behaviour


def _with_keys(keys: object) -> Make:
    """Return a host whose metadata names keys, as authorization servers do (RFC 8414, 2)."""

    def behaviour(call: Call, host: Host) -> Given:
        if call.path == "/oauth2/keys":
            return said(200, keys)
        given = host.answer(call)
        return given.become(given.json | {"jwks_uri": f"{URL}/oauth2/keys"}) if call.operation == "metadata" else given

    return lambda: behaviour


def _tagged(*, matches: bool) -> Make:
    """Return a host that answers every conditional request alike."""

    def behaviour(call: Call, host: Host) -> Given:
        is_asked = call.operation == _AT and "if-none-match" in call.headers
        given = host.answer(call.headed(if_none_match=None))
        return dataclasses.replace(given, status=304, body=b"") if is_asked and matches else given

    return lambda: behaviour


FAULTS = (
    fault(
        "discovery-wants-a-token",
        "OB30-R-164",
        effect="A client that has no token yet cannot learn how to get one.",
        make=lambda: _guarded,
    ),
    fault(
        "description-is-html",
        "OB30-R-164",
        "OB30-R-174",
        effect="A client finds a page for people in the place of JSON.",
        make=answers(
            _AT,
            lambda _, __: Given(status=200, headers={"content-type": "text/html"}, body=b"<h1>Our API</h1>"),
            status=200,
        ),
    ),
    fault(
        "description-is-yaml",
        "OB30-R-164",
        _OPENAPI,
        effect="A client that reads JSON cannot read it.",
        make=answers(_AT, _as_yaml, status=200),
    ),
    fault(
        "description-is-called-text",
        "OB30-R-164",
        _OPENAPI,
        effect="A client that looks at the media type does not read it.",
        make=answers(
            _AT,
            lambda _, given: dataclasses.replace(given, headers=given.headers | {"content-type": "text/plain"}),
            status=200,
        ),
    ),
    fault(
        "describes-itself-in-its-own-format",
        _OPENAPI,
        _FORM,
        effect=_NO_CLIENT,
        make=bodies(_AT, _own_format),
    ),
    fault(
        "describes-itself-in-swagger",
        _OPENAPI,
        _FORM,
        effect="A client that reads OpenAPI 3.0 does not read it.",
        make=_described(_as_swagger),
    ),
    fault(
        "describes-itself-in-openapi-3-1",
        _OPENAPI,
        effect="A client that reads OpenAPI 3.0 does not read it.",
        make=_described(lambda document: document.update(openapi="3.1.0")),
    ),
    fault(
        "describes-what-is-not-there",
        _OPENAPI,
        effect="A client calls an operation, and nobody is there.",
        make=_described(lambda document: document["paths"].update({"/results": _own_operation(document)})),
    ),
    fault(
        "describes-no-list-of-credentials",
        _OPENAPI,
        "OB30-R-241",
        effect="A client believes that it cannot read.",
        make=_described(lambda document: document["paths"]["/credentials"].pop("get")),
    ),
    fault(
        "describes-no-upsert",
        _OPENAPI,
        "OB30-R-247",
        effect="A client believes that it cannot write.",
        make=_described(lambda document: document["paths"]["/credentials"].pop("post")),
    ),
    fault(
        "describes-no-paths",
        _OPENAPI,
        effect="A client believes that there is nothing.",
        make=_described(lambda document: document.update(paths={})),
    ),
    fault(
        "has-no-components",
        _FORM,
        _SCHEME,
        _GRANT,
        effect=_NO_CLIENT,
        make=_described(lambda document: document.pop("components")),
    ),
    fault("has-no-security-schemes", _FORM, _SCHEME, _GRANT, effect=_NO_CLIENT, make=_other_scheme()),
    fault(
        "has-api-keys",
        _GRANT,
        _SCHEME,
        effect="Who has the key reads the badges of everybody.",
        make=_other_scheme(ApiKey={"type": "apiKey", "in": "header", "name": "X-API-Key"}),
    ),
    fault(
        "has-passwords",
        _GRANT,
        _SCHEME,
        effect="People have to tell every client their password.",
        make=_other_scheme(Basic={"type": "http", "scheme": "basic"}),
    ),
    fault("names-the-scheme-otherwise", _SCHEME, _GRANT, effect=_NO_CLIENT, make=_described(_renamed)),
    fault(
        "has-the-flow-without-people",
        _GRANT,
        _SCHEME,
        _FORM,
        effect="Nobody is asked whether a client may read.",
        make=_described(
            lambda document: _scheme(document).update(
                flows={"clientCredentials": {"tokenUrl": _flow(document)["tokenUrl"], "scopes": {}}}
            )
        ),
    ),
    fault(
        "has-the-implicit-flow",
        _GRANT,
        _SCHEME,
        _FORM,
        effect="Tokens stand in the history of browsers.",
        make=_described(
            lambda document: _scheme(document).update(
                flows={"implicit": {"authorizationUrl": _flow(document)["authorizationUrl"], "scopes": {}}}
            )
        ),
    ),
    fault(
        "calls-the-scheme-openid",
        _SCHEME,
        _FORM,
        effect=_NO_CLIENT,
        make=_described(lambda document: _scheme(document).update(type="openIdConnect")),
    ),
    fault(
        "names-no-registration",
        _SCHEME,
        _FORM,
        effect="Clients have to be registered by hand.",
        make=_described(lambda document: _scheme(document).pop("x-imssf-registrationUrl")),
    ),
    fault(
        "names-no-authorization-address",
        _SCHEME,
        _FORM,
        effect=_NO_CLIENT,
        make=_described(lambda document: _flow(document).pop("authorizationUrl")),
    ),
    fault(
        "names-no-token-address",
        _SCHEME,
        _FORM,
        effect=_NO_CLIENT,
        make=_described(lambda document: _flow(document).pop("tokenUrl")),
    ),
    fault(
        "names-no-scopes",
        _SCHEME,
        _FORM,
        effect="A client does not know what to ask for.",
        make=_described(lambda document: _flow(document).pop("scopes")),
    ),
    fault(
        "lists-scopes-in-an-array",
        _SCHEME,
        _FORM,
        effect="A client that reads OpenAPI does not find them.",
        make=_described(lambda document: _flow(document).update(scopes=list(_flow(document)["scopes"]))),
    ),
    fault(
        "has-relative-addresses",
        _SCHEME,
        _FORM,
        effect="A client that takes them as they are reaches nobody.",
        make=_described(_relative),
    ),
    *(
        fault(
            f"info-has-no-{label}",
            _INFO,
            _FORM,
            effect="People cannot read what they agree to.",
            make=_info_without(member),
        )
        for label, member in (
            ("title", "title"),
            ("version", "version"),
            ("terms", "termsOfService"),
            ("privacy-policy", "x-imssf-privacyPolicyUrl"),
        )
    ),
    fault(
        "info-has-addresses-without-scheme",
        _INFO,
        _FORM,
        effect="A link to the terms leads nowhere.",
        make=_described(lambda document: document["info"].update(termsOfService="www.host.example/terms")),
    ),
    fault(
        "own-endpoints-have-pages-for-errors",
        "OB30-R-148",
        effect="A client cannot tell what went wrong.",
        make=_own_endpoint(status=400, body=b"<h1>Bad request</h1>", media_type="text/html"),
    ),
    fault(
        "own-endpoints-have-errors-of-their-own",
        "OB30-R-148",
        effect="A client cannot tell what went wrong.",
        make=_own_endpoint(status=401, body=json.dumps({"error": "no"}).encode(), media_type=JSON_TYPE),
    ),
    fault(
        "own-endpoints-are-elsewhere",
        "OB30-R-147",
        effect="Nobody can tell by its address what an endpoint belongs to.",
        make=_described(_elsewhere),
    ),
    fault(
        "has-another-base-path",
        "CLR20-R-044",
        effect="A client that knows the standard finds nobody at its addresses.",
        make=_moved,
    ),
    fault(
        "says-not-modified-of-anything",
        "OB30-R-178",
        effect="A client keeps an old description for ever.",
        make=_tagged(matches=True),
    ),
    fault(
        "knows-its-own-tags-not",
        "OB30-R-178",
        effect="A client fetches the same description again and again.",
        make=_tagged(matches=False),
    ),
    fault(
        "publishes-keys-without-a-type",
        "OB30-R-028",
        "OB30-R-029",
        effect="Nobody can verify what it signs.",
        make=_with_keys({"keys": [{name: value for name, value in _KEY.items() if name != "kty"}]}),
    ),
    fault(
        "publishes-one-key-alone",
        "OB30-R-029",
        effect="Nobody finds the key.",
        make=_with_keys(_KEY),
    ),
)
