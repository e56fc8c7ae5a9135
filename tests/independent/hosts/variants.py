"""Hosts that are legal and unlike the plain one: what each chooses, and the clause, or its silence, that lets it."""

from __future__ import annotations

import dataclasses
from typing import Any


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """A legal host."""

    switches: dict[str, Any]
    #: Why it may be so.
    because: str
    #: What the target file has to say of it.
    settings: dict[str, Any] = dataclasses.field(default_factory=dict)


def _variant(because: str, *, settings: dict[str, Any] | None = None, **switches: Any) -> Variant:  # noqa: ANN401 - values of any switch
    return Variant(switches=switches, because=because, settings=settings or {})


_PAGES = "API Security, Authorization Request: how the user signs in and decides is left to the host."
_RFC_6749 = "RFC 6749"
VARIANTS: dict[str, Variant] = {
    "plain": _variant("The defaults."),
    # Pages
    "name and password on one page": _variant(_PAGES, login="one step"),
    "consent by a select": _variant(_PAGES, consent="select"),
    "consent by radio buttons": _variant(_PAGES, consent="radio"),
    "consent by check boxes": _variant("API Security, Authorization Response: fewer scopes.", consent="checkboxes"),
    "refusal by a link": _variant(_PAGES, consent="deny link"),
    "one form for each decision": _variant(_PAGES, consent="two forms"),
    "refusal by formaction": _variant(_PAGES, consent="formaction"),
    "consent is remembered": _variant(_PAGES, consent="remembered"),
    "absolute form actions": _variant(_PAGES, actions="absolute"),
    "form actions that are paths": _variant(_PAGES, actions="path"),
    "forms without action": _variant("HTML, 4.10.21: a form without action goes to its page.", actions="none"),
    "untidy HTML": _variant(_PAGES, markup="old"),
    "other forms on the page": _variant(_PAGES, markup="busy"),
    "one step among other forms": _variant(_PAGES, markup="busy", login="one step", name_type="email"),
    "a banner about cookies": _variant(_PAGES, markup="banner"),
    "pages that leave after half an hour": _variant(_PAGES, markup="patient"),
    "terms to accept after signing in": _variant(_PAGES, between="terms"),
    "a page that refreshes itself": _variant(_PAGES, between="meta"),
    "buttons in another language": _variant(
        _PAGES, allow="Zulassen", deny="Ablehnen", settings={"allow": "Zulassen", "deny": "Ablehnen"}
    ),
    "back to the client by 303": _variant("RFC 6749, 1.7: any redirection of HTTP.", final_status=303),
    "profiles are not theirs to change": _variant(
        "API Security, Authorization Response: fewer scopes may be granted.",
        withheld=frozenset({"https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.update"}),
    ),
    "issuer in the authorization response": _variant(
        "RFC 9207, and RFC 6749, 4.1.2: further parameters.",
        extra_parameters=(("iss", "https://wallet.example.net"), ("session_state", "a.b")),
    ),
    "unknown redirect URIs told with 200": _variant("RFC 6749, 4.1.2.1: inform the resource owner.", unknown_redirect=200),
    "unknown redirect URIs told with 403": _variant("RFC 6749, 4.1.2.1: inform the resource owner.", unknown_redirect=403),
    "a fragment behind the answer": _variant("RFC 3986, 3.5: what a browser keeps for itself.", fragment="#_=_"),
    "people sign in at another host": _variant(
        "API Security, Service Description: absolute addresses, of any host.", accounts_host="https://accounts.example.org"
    ),
    # Clients and tokens
    "secrets and codes of any characters": _variant("RFC 6749, 2.3.1 and A.", ending="+/%25 =:&"),
    "no scope in token requests": _variant("RFC 6749, 4.1.3 knows none.", token_scope="optional"),
    "clients are registered for less": _variant(
        "RFC 7591, 2: the server may replace any of the client's requested metadata.",
        unregistered=frozenset({"https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.update", "offline_access"}),
    ),
    "one grant for each user and client": _variant("RFC 6749: how long a grant lives is left to the server.", one_grant=True),
    "opaque tokens": _variant("RFC 6749, 1.4: a token is opaque to the client.", tokens="opaque"),
    "refresh tokens are kept": _variant("RFC 6749, 6: a new refresh token is optional.", refresh="kept"),
    "no refreshing": _variant("API Security, Token Refresh: optional.", refresh="none"),
    "no refreshing, no revoking": _variant("API Security, Token Revocation: optional.", refresh="none", revocation="none"),
    "no refreshUrl": _variant("OpenAPI 3.0: refreshUrl is optional, and the token endpoint refreshes.", refresh_url=False),
    "revocation in the description": _variant("The place of the revocation endpoint is not said.", revocation="description"),
    "revocation by the target file": _variant(
        "The place of the revocation endpoint is not said.",
        revocation="by word of mouth",
        settings={"revocation_url": "https://wallet.example.net/oauth/revoke"},
    ),
    "no expires_in": _variant("API Security, Token Response: optional where made known otherwise.", lifetime=None),
    "tokens for ten minutes": _variant("API Security, Token Response: 3600 is recommended.", lifetime=600),
    "token type in small letters": _variant("RFC 6749, 5.1: in any case.", token_type="bearer"),
    "secrets that expire": _variant("RFC 7591, 3.2.1", secret_days=30),
    "management of registrations": _variant("RFC 7592, 3, and RFC 7591, 3.2.1: further members.", management=True),
    "scopes in another order": _variant("RFC 6749, 3.3: the order does not matter.", scopes_reversed=True),
    "wrong clients by 400": _variant("The table has 400; RFC 6749, 5.2, has 401.", wrong_client=400),
    # Discovery
    "below a prefix": _variant("Open Badges API: baseUrl may hold a path.", prefix="/tenants/north"),
    "whole paths in the description": _variant("OpenAPI 3.0, 4.7.5: any server.", described="paths"),
    "weak ETags": _variant("RFC 9110, 8.8.3", etag="weak"),
    "no ETags": _variant("Service Description: a may.", etag=""),
    "no caching": _variant("RFC 9111", caching="no-store", etag=""),
    "OpenAPI 3.0.3": _variant("Service Description: OpenAPI 3.0.", openapi="3.0.3"),
    "a lean description": _variant("Service Description: what is required.", further_members=False, image=False),
    "the privacy policy in both places": _variant("D-05", policy_twice=True),
    # Lists
    "pages of two at most": _variant("getCredentials: limit is a maximum.", page=2, cap=2),
    "limits above the cap are refused": _variant("getCredentials: limit is a maximum.", page=10, cap=10, above_cap="refuse"),
    "no default page": _variant("getCredentials: no default given.", page=None, cap=None),
    "no total": _variant("Paging: left out when not known.", total=False),
    "links on complete lists": _variant("Paging: may be there.", links_when="always"),
    "links that are paths": _variant("RFC 8288, 3.1: a reference.", links="path"),
    "links that are queries": _variant("RFC 8288, 3.1: a reference.", links="query"),
    "one Link header for each relation": _variant("RFC 9110, 5.3", link_style="many headers"),
    "bare relations": _variant("RFC 8288, 3: a token needs no quotes.", link_style="bare"),
    "links with further parameters": _variant("RFC 8288, 3.4: several relations, other attributes.", link_style="decorated"),
    "last page counted from zero": _variant("Paging: only what last is.", last_from_zero=True),
    "newest first": _variant("getCredentials: no order is said.", order="newest"),
    "ordered by id": _variant("getCredentials: no order is said.", order="id"),
    "objects before tokens": _variant("getCredentials: no order is said.", order="kind"),
    "empty arrays": _variant("GetOpenBadgeCredentialsResponse: 0..*", empty_arrays=True),
    "lists as JSON-LD": _variant("getCredentials, sample", list_type="application/ld+json"),
    "lists with a charset": _variant("RFC 9110, 8.3.1", list_type="application/json; charset=utf-8"),
    "since by awardedDate": _variant("getCredentials: issued, whichever member that is.", since="awardedDate"),
    "earlier credentials": _variant("A user may hold some before.", stocked=7),
    "earlier credentials on small pages": _variant("A user may hold some before.", stocked=7, page=3, cap=3, order="newest"),
    # Upserts
    "members in another order": _variant("RFC 8259, 4: unordered.", keeps="sorted"),
    "escaped and indented": _variant("RFC 8259, 7", keeps="escaped"),
    "answers in plain JSON": _variant("upsertCredential: either type is JSON.", echo_type="json"),
    "answers with a charset": _variant("RFC 9110, 8.3.1", echo_type="charset"),
    "304 for the same again": _variant("upsertCredential, table of statuses", same_again=304),
    "older copies are not kept": _variant("upsertCredential: left open.", older="kept"),
    "replaced ones go last": _variant("getCredentials: no order is said.", replaced_goes_last=True),
    "credentials of others are refused": _variant("upsertCredential: 400", subjects="own", profiles=True),
    "unsigned credentials are refused": _variant("upsertCredential: 400", unsigned="refused"),
    "wrong media types by 415": _variant("RFC 9110, 15.5.16; default in the table", wrong_type=415),
    "malformed JSON by 422": _variant("Imsx_CodeMinorFieldValue, invalid_data", malformed=422, wrong_class=422),
    # Profiles
    "no profile": _variant("getProfile: 404", profiles=False),
    "profiles are changed later": _variant("putProfile: 202", put_profile="later"),
    "profiles are never changed": _variant("putProfile: 200 with the old values", put_profile="never"),
    "profiles are refused": _variant("putProfile: 400", put_profile="refuses"),
    "no putProfile": _variant("Certification Guide: optional", put_profile="absent"),
    # Errors and headers
    "lean status payloads": _variant("Imsx_StatusInfo: the rest is 0..1.", errors="lean"),
    "another reporting system": _variant("Imsx_CodeMinorField: a name.", field_name="wallet.north"),
    "401 for a missing scope": _variant("The table has both.", missing_scope=401),
    "HEAD is refused": _variant("Not an operation.", head=False),
    "403 without a token": _variant("The tables have both.", no_token=403),
    "other methods are not found": _variant("The tables have 404 and 405.", unsupported=404),
    "busy now and then": _variant("Imsx_CodeMinorFieldValue, server_busy; Retry-After", busy_every=41),
    "what is read is below a slash": _variant("RFC 9110, 15.4.9", slash="wanted"),
    "bare challenges": _variant("RFC 6750, 3: attributes are optional.", challenge="bare"),
    "status payloads with a charset": _variant("RFC 9110, 8.3.1", status_type='application/json; charset="UTF-8"'),
    "headers of proxies": _variant(
        "RFC 9110",
        headers=(("Vary", "Origin"), ("Server", "Old/0.9"), ("Access-Control-Allow-Origin", "*")),
    ),
    "compressed": _variant("RFC 9110, 8.4", gzip=True),
}  # fmt: skip


def merged(names: tuple[str, ...]) -> Variant:
    """Return one host that makes the choices of several."""
    found = [VARIANTS[name] for name in names]
    return Variant(
        switches={key: value for each in found for key, value in each.switches.items()},
        settings={key: value for each in found for key, value in each.settings.items()},
        because=" ".join(each.because for each in found),
    )


#: Variants that are tried as one host.
MOST = 16


def mixtures() -> tuple[tuple[str, ...], ...]:
    """Return the names of variants in as few groups as can be, so that those of a group can be one host."""
    groups: list[list[str]] = []
    for name, variant in VARIANTS.items():
        for group in groups:
            if len(group) < MOST and not merged((*group,)).switches.keys() & variant.switches.keys():
                group.append(name)
                break
        else:
            groups.append([name])
    return tuple(tuple(group) for group in groups)
