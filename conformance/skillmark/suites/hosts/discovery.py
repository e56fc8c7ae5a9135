"""The service description: Open Badges API, Discovery; Open Badges API Security, Service Description."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.exchanges import Request
from skillmark.core.findings import Finding, Held
from skillmark.suites.hosts.answers import OK, UNAUTHORIZED, finding, held, told
from skillmark.suites.hosts.evidence import NOT_JSON
from skillmark.suites.hosts.rules import RULES
from skillmark.suites.hosts.schemas import departures
from skillmark.wire.browsers.forms import joined
from skillmark.wire.documents import media_type_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark.core.exchanges import Reply
    from skillmark.engine import Observation
    from skillmark.suites.hosts.descriptions import Description
    from skillmark.suites.hosts.evidence import Evidence

_JSON = "application/json"
_NOT_MODIFIED = 304
_BAD_REQUEST = 400
_ABSENT = frozenset({404, 405, 501})
_MOST_ASKED = 5
_OPENAPI_TYPES = frozenset({"application/vnd.oai.openapi+json", "application/openapi+json"})
_PRIVACY = "x-imssf-privacyPolicyUrl"
_PRIVACY_NAMES = frozenset({_PRIVACY, "x-imssf-privacyPolicy"})
_D_05 = "The class table puts x-imssf-privacyPolicyUrl into info, the text and the sample into the security scheme."
_KEY_OPS = "key_ops is a string in the class table, and an array in RFC 7517."
_D_11 = "The section about own endpoints names the path of CLR."
_OPENAPI = "A client can read it all the same; RFC 8259 has one media type for JSON, and OpenAPI one of its own."


@RULES.rule("OB30-R-164")
def needs_no_token(evidence: Evidence) -> Iterator[Observation]:
    """The service description is there for everybody, as JSON."""
    reply = told(evidence.description_reply)
    expected = "200 with JSON, without a token"
    if reply.exchange.status != OK:
        yield finding("OB30-R-164", reply, expected=expected)
        return
    media_type = media_type_of(reply.exchange.header("content-type"))
    if media_type != _JSON:
        dispute = _OPENAPI if media_type in _OPENAPI_TYPES else ""
        yield finding(
            "OB30-R-164", reply, expected="Content-Type application/json", actual=f"{media_type!r:.80}", dispute=dispute
        )
    if not isinstance(evidence.json(reply), dict):
        yield finding("OB30-R-164", reply, expected="a JSON object", actual="something else")
        return
    yield held(reply)


@RULES.rule("OB30-R-027")
def fits_its_class(evidence: Evidence) -> Iterator[Observation]:
    """The service description has the members of its class."""
    description = evidence.description()
    found = False
    for pointer, reason, _ in departures(
        evidence.service.vocabulary.id, "ServiceDescriptionDocument", description.value
    ):
        elsewhere = _PRIVACY in reason and bool(_PRIVACY_NAMES & set(description.scheme))
        found = True
        yield Finding(
            requirement="OB30-R-027",
            expected="a ServiceDescriptionDocument",
            actual=reason,
            pointer=pointer,
            evidence=(description.exchange,),
            cause=f"{pointer}: {reason}",
            dispute=_D_05 if elsewhere else "",
        )
    for name, value in _addresses_of(description):
        if isinstance(value, str) and not _is_absolute(value):
            found = True
            yield _departs(description, "OB30-R-027", f"{name} is a URL", f"{value!r:.120}", f"/info/{name}")
    if not found:
        yield Held(evidence=(description.exchange,))


def _info(description: Description) -> Mapping[str, object]:
    info = description.value.get("info")
    return info if isinstance(info, dict) else {}


def _addresses_of(description: Description) -> Iterator[tuple[str, object]]:
    yield from ((name, _info(description).get(name)) for name in ("termsOfService", _PRIVACY))


@RULES.rule("OB30-R-174")
def is_openapi_3_0(evidence: Evidence) -> Iterator[Observation]:
    """The service description is an OpenAPI 3.0 document."""
    description = evidence.description()
    version = description.value.get("openapi")
    if isinstance(version, str) and version.startswith("3.0."):
        yield Held(evidence=(description.exchange,))
    else:
        yield _departs(description, "OB30-R-174", "openapi is a version 3.0", f"{version!r:.60}", "/openapi")


@RULES.rule("OB30-R-174")
def lists_what_is_supported(evidence: Evidence) -> Iterator[Observation]:
    """The operations that the host supports are described."""
    description = evidence.description()
    if not isinstance(description.value.get("paths"), dict):
        yield _departs(description, "OB30-R-174", "paths is an object", "there is none", "/paths")
        return
    for role in ("service_provider_read", "service_provider_write"):
        for operation in evidence.service.certification[role].required:
            row = evidence.service.operations[operation]
            if row.path is None:
                continue
            if evidence.is_described(operation):
                yield Held(evidence=(description.exchange,))
            else:
                yield _departs(
                    description,
                    "OB30-R-174",
                    f"{row.method} {row.path} is described, which every host of this role supports",
                    "it is not",
                    "/paths",
                    dispute="A document need not describe the way to itself." if row.scope is None else "",
                )


@RULES.rule("OB30-R-175")
def info_says_who_it_is(evidence: Evidence) -> Iterator[Observation]:
    """The description says its title, its terms of service and its privacy policy."""
    description = evidence.description()
    title = _info(description).get("title")
    good = {"title": isinstance(title, str) and bool(title)}
    good |= {name: _is_absolute(value) for name, value in _addresses_of(description)}
    for name, is_good in good.items():
        if is_good:
            yield Held(evidence=(description.exchange,))
        else:
            elsewhere = name == _PRIVACY and bool(_PRIVACY_NAMES & set(description.scheme))
            dispute = _D_05 if elsewhere else ""
            actual = f"{_info(description).get(name)!r:.120}"
            yield _departs(description, "OB30-R-175", f"info has {name}", actual, f"/info/{name}", dispute=dispute)


@RULES.rule("OB30-R-171")
def offers_the_authorization_code_grant(evidence: Evidence) -> Iterator[Observation]:
    """Clients get tokens by the authorization code grant."""
    description = evidence.description()
    if description.flow:
        yield Held(evidence=(description.exchange,))
    else:
        yield _departs(
            description,
            "OB30-R-171",
            "a security scheme with flows.authorizationCode",
            "there is none",
            "/components/securitySchemes",
        )


@RULES.rule("OB30-R-176")
def security_scheme_is_whole(evidence: Evidence) -> Iterator[Observation]:
    """The security scheme OAuth2ACG has type, registration URL, and a flow with URLs and scopes."""
    description = evidence.description()
    found: list[Observation] = [
        _departs(description, "OB30-R-176", expected, actual, pointer)
        for expected, actual, pointer in _scheme_departures(evidence, description)
    ]
    yield from found or [Held(evidence=(description.exchange,))]


def _scheme_departures(evidence: Evidence, description: Description) -> Iterator[tuple[str, str, str]]:
    usual = f"/components/securitySchemes/{evidence.service.security.scheme}"
    if description.pointer != usual or not description.scheme:
        name = description.pointer.rpartition("/")[2] if description.scheme else "none"
        yield f"a security scheme {evidence.service.security.scheme}", name, "/components/securitySchemes"
    if not description.scheme:
        return
    if description.scheme.get("type") != "oauth2":
        yield "type is oauth2", f"{description.scheme.get('type')!r:.60}", f"{description.pointer}/type"
    flow = f"{description.pointer}/flows/authorizationCode"
    for place, name, pointer in (
        (description.scheme, "x-imssf-registrationUrl", description.pointer),
        (description.flow, "authorizationUrl", flow),
        (description.flow, "tokenUrl", flow),
    ):
        if not _is_absolute(place.get(name)):
            yield f"{name} is an absolute address", f"{place.get(name)!r:.120}", f"{pointer}/{name}"
    scopes = description.flow.get("scopes")
    if not isinstance(scopes, dict) or not scopes:
        yield "scopes is an object that names the scopes", f"{scopes!r:.80}", f"{flow}/scopes"


def _is_absolute(value: object) -> bool:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
    except ValueError:
        return False
    return parts is not None and parts.scheme in {"http", "https"} and bool(parts.hostname)


@RULES.rule("OB30-R-178")
def etag_saves_the_way(evidence: Evidence) -> Iterator[Observation]:
    """A client that knows the description by its ETag gets 304.

    Raises:
        NotApplicable: the description has no ETag.
    """
    evidence.description()
    tag = evidence.description_reply.header("etag")
    if not tag:
        raise NotApplicable("The service description has no ETag.")
    same = told(evidence.call("getServiceDescription", headers=[("If-None-Match", tag)]))
    other = told(evidence.call("getServiceDescription", headers=[("If-None-Match", '"skillmark-knows-another-one"')]))
    if same.exchange.status != _NOT_MODIFIED:
        yield finding("OB30-R-178", same, expected="304 for a matching If-None-Match")
    if other.exchange.status != OK:
        yield finding("OB30-R-178", other, expected="200 where If-None-Match does not match")
    yield held(same, other)


@RULES.rule("OB30-R-028", "OB30-R-029")
def key_sets_fit_their_class(evidence: Evidence) -> Iterator[Observation]:
    """A set of keys that the authorization server publishes has the members of its class.

    Raises:
        NotApplicable: it publishes none.
    """
    evidence.description()
    url = evidence.metadata.get("jwks_uri")
    if not isinstance(url, str) or not url:
        raise NotApplicable("The authorization server publishes no keys (jwks_uri, RFC 8414), and need not.")
    reply = told(evidence.send(Request(url=url, authorised=False)))
    value = evidence.json(reply)
    found = list(departures(evidence.service.vocabulary.id, "JWKS", None if value is NOT_JSON else value))
    for pointer, reason, _ in found:
        yield finding(
            "OB30-R-028" if pointer.startswith("/keys/") else "OB30-R-029",
            reply,
            expected="a JWKS",
            actual=reason,
            pointer=pointer,
            cause=f"{pointer}: {reason}",
            dispute=_KEY_OPS if pointer.endswith("/key_ops") else "",
        )
    if not found:
        yield held(reply)


# Own endpoints


def _own_paths(evidence: Evidence) -> dict[str, str]:
    """Return addresses of described paths that the standard does not have, by path."""
    description = evidence.description()
    known = {each.path for each in evidence.service.operations.values() if each.path}
    return {
        path: f"{_root(evidence, description.paths[path]).rstrip('/')}{path}"
        for path in description.paths
        if path.startswith("/") and not any(each and path.rstrip("/").endswith(each) for each in known)
    }


def _root(evidence: Evidence, item: object) -> str:
    """Return what a path is below: a server of its own, or one of the document (OpenAPI 3.0, Path Item Object)."""
    for place in (item, evidence.description().value):
        servers = place.get("servers") if isinstance(place, dict) else None
        first = servers[0] if isinstance(servers, list) and servers else None
        url = first.get("url") if isinstance(first, dict) else None
        if isinstance(url, str):
            return joined(evidence.description_reply.exchange.url, url)
    return evidence.base


@RULES.rule("OB30-R-147")
def own_endpoints_are_below_the_base_path(evidence: Evidence) -> Iterator[Observation]:
    """Endpoints of the host's own have the base path of the standard.

    Raises:
        NotApplicable: none is described.
    """
    own = _own_paths(evidence)
    if not own:
        raise NotApplicable("The service description has the endpoints of the standard only.")
    for path, address in own.items():
        if f"{evidence.service.base_path}/" in address:
            yield Held(evidence=(evidence.description().exchange,))
        else:
            yield _departs(
                evidence.description(),
                "OB30-R-147",
                f"{evidence.service.base_path}/ in the address of an own endpoint",
                address[:200],
                f"/paths/{path.replace('~', '~0').replace('/', '~1')}",
                dispute=_D_11 if "/ims/" in address else "",
            )


def _own_replies(evidence: Evidence) -> list[Reply]:
    """Return what own endpoints that can be read answer to somebody without a token.

    Raises:
        NotApplicable: none is described that can be asked.
    """
    paths = evidence.description().paths
    own = {path: address for path, address in _own_paths(evidence).items() if "get" in paths[path] and "{" not in path}
    if not own:
        raise NotApplicable("The service description has no own endpoint that can be asked.")
    if "discovery.own" not in evidence.kept:
        asked = list(own.values())[:_MOST_ASKED]
        evidence.kept["discovery.own"] = [told(evidence.send(Request(url=each, authorised=False))) for each in asked]
    replies = evidence.kept["discovery.own"]
    return replies if isinstance(replies, list) else []


@RULES.rule("OB30-R-174")
def what_is_described_is_there(evidence: Evidence) -> Iterator[Observation]:
    """Endpoints of the host's own that are described are there."""
    for reply in _own_replies(evidence):
        if reply.exchange.status in _ABSENT:
            yield finding("OB30-R-174", reply, expected="an endpoint that is described is there")
        else:
            yield held(reply)


@RULES.rule("OB30-R-148")
def own_endpoints_refuse_alike(evidence: Evidence) -> Iterator[Observation]:
    """What endpoints of the host's own refuse, they refuse with Imsx_StatusInfo.

    Raises:
        NotApplicable: none is described that can be asked.
        Untested: none refuses anything.
    """
    refusals = [each for each in _own_replies(evidence) if (each.exchange.status or 0) >= _BAD_REQUEST]
    for reply in refusals:
        yield from _as_status_info(evidence, reply)
    if not refusals:
        raise Untested("No own endpoint refused a request without a token.")


def _as_status_info(evidence: Evidence, reply: Reply) -> Iterator[Observation]:
    value = evidence.json(reply)
    reasons = (
        ["no JSON"]
        if value is NOT_JSON
        else [reason for _, reason, _ in departures(evidence.service.vocabulary.id, "Imsx_StatusInfo", value)]
    )
    if reasons:
        yield finding("OB30-R-148", reply, expected="Imsx_StatusInfo", actual=reasons[0])
    else:
        yield held(reply)


@RULES.rule("CLR20-R-044")
def clr_is_below_its_base_path(evidence: Evidence) -> Iterator[Observation]:
    """The endpoints are below /ims/clr/v2p0/.

    Raises:
        CannotTell: the base path answers, and the description does not say where the endpoints are.
    """
    reply = told(evidence.description_reply)
    if reply.exchange.status not in {OK, UNAUTHORIZED}:
        yield finding("CLR20-R-044", reply, expected=f"{evidence.service.base_path}/discovery answers")
        return
    description = evidence.description()
    servers = description.value.get("servers")
    urls = [each.get("url") for each in servers if isinstance(each, dict)] if isinstance(servers, list) else []
    texts = [each for each in [*urls, *description.paths] if isinstance(each, str)]
    if any(evidence.service.base_path in each for each in texts):
        yield held(reply)
    elif not urls:
        raise CannotTell("The service description names no servers, and its paths do not have the base path.")
    else:
        yield finding(
            "CLR20-R-044",
            reply,
            expected=f"servers, or paths, with {evidence.service.base_path}",
            actual=f"{texts[0]!r:.120}",
        )


def _departs(
    description: Description, requirement: str, expected: str, actual: str, pointer: str, *, dispute: str = ""
) -> Finding:
    return Finding(
        requirement=requirement,
        expected=expected,
        actual=actual,
        pointer=pointer,
        evidence=(description.exchange,),
        dispute=dispute,
    )
