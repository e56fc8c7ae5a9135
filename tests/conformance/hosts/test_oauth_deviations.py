"""The checks of the authorization server against hosts that deviate in one thing, and against legal ones."""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import pytest
from tests.conformance.hosts.oauth_deviations import (
    AUTHORIZE,
    CLIENT,
    DISCOVERY,
    IMSX,
    METADATA,
    REFUSED,
    REGISTER,
    REVOKE,
    TOKEN,
    YEAR,
    always_the_same,
    any_refresh_token,
    anywhere,
    asked,
    at,
    both,
    completed,
    flow,
    for_any_client,
    form_to,
    header_of,
    json_of,
    open_to_all,
    own_path,
    page,
    query_to,
    refusal_of,
    refusing_narrow_ones,
    remembering,
    renamed,
    scheme,
    sent_back,
    wider_at_refresh,
    without_proof_keys,
)
from tests.conformance.hosts.products import BASE, Product, answered, context_for, findings, target_for

from skillmark.core.errors import NotApplicable
from skillmark.core.findings import Finding
from skillmark.suites import suite_of
from skillmark.suites.hosts.evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conformance.hosts.oauth_deviations import Change

#: Name: requirement, check, and what the host does.
DEVIATIONS: dict[str, tuple[str, str, Callable[[], Change]]] = {
    "description-needs-a-token": (
        "164",
        "discovery.needs_no_token",
        lambda: at(DISCOVERY, lambda _: answered(401, headers={"www-authenticate": "Bearer"})),
    ),
    "description-is-html": (
        "164",
        "discovery.needs_no_token",
        lambda: header_of(DISCOVERY, "content-type", "text/html"),
    ),
    "openapi-3-1": ("174", "discovery.is_openapi_3_0", lambda: json_of(DISCOVERY, lambda d: d.update(openapi="3.1.0"))),
    "upsert-is-not-described": (
        "174",
        "discovery.lists_what_is_supported",
        lambda: json_of(DISCOVERY, lambda d: d["paths"]["/credentials"].pop("post")),
    ),
    "no-title": ("027", "discovery.fits_its_class", lambda: json_of(DISCOVERY, lambda d: d["info"].pop("title"))),
    "no-terms": (
        "175",
        "discovery.info_says_who_it_is",
        lambda: json_of(DISCOVERY, lambda d: d["info"].pop("termsOfService")),
    ),
    "no-grant": (
        "171",
        "discovery.offers_the_authorization_code_grant",
        lambda: json_of(DISCOVERY, lambda d: scheme(d).pop("flows")),
    ),
    "scheme-of-another-name": ("176", "discovery.security_scheme_is_whole", lambda: json_of(DISCOVERY, renamed)),
    "no-registration-url": (
        "176",
        "discovery.security_scheme_is_whole",
        lambda: json_of(DISCOVERY, lambda d: scheme(d).pop("x-imssf-registrationUrl")),
    ),
    "no-scopes": (
        "176",
        "discovery.security_scheme_is_whole",
        lambda: json_of(DISCOVERY, lambda d: flow(d).pop("scopes")),
    ),
    "etag-of-no-use": (
        "178",
        "discovery.etag_saves_the_way",
        lambda: lambda request, plain: plain(asked(request, **{"if-none-match": None})),
    ),
    "own-endpoint-elsewhere": (
        "147",
        "discovery.own_endpoints_are_below_the_base_path",
        lambda: json_of(DISCOVERY, lambda d: d.update(servers=[{"url": BASE}]) or own_path("/api/badges")(d)),
    ),
    "own-endpoint-refuses-in-own-words": (
        "148",
        "discovery.own_endpoints_refuse_alike",
        lambda: both(
            json_of(DISCOVERY, own_path("/badges")),
            at("/ims/ob/v3p0/badges", lambda _: answered(401, body=b'{"success": false}')),
        ),
    ),
    "described-and-not-there": (
        "174",
        "discovery.what_is_described_is_there",
        lambda: json_of(DISCOVERY, own_path("/badges")),
    ),
    "keys-without-type": (
        "028",
        "discovery.key_sets_fit_their_class",
        lambda: both(
            json_of(METADATA, lambda d: d.update(jwks_uri=f"{BASE}/keys")),
            at("/keys", lambda _: answered(200, body=b'{"keys": [{"kid": "1"}]}')),
        ),
    ),
    "registration-in-milliseconds": (
        "189",
        "registration.answers_with_what_is_stored",
        lambda: json_of(REGISTER, lambda d: d.update(client_id_issued_at=d["client_id_issued_at"] * 1000)),
    ),
    "state-stripped": (
        "199",
        "authorizing.any_state_comes_back",
        lambda: sent_back(lambda s: s.update(state=s["state"].strip())),
    ),
    "wants-all-scopes": ("241", "scopes.its_own_scope_is_enough", refusing_narrow_ones),
    "fails-at-unknown-tokens": (
        "163",
        "scopes.nothing_opens_without_a_token",
        lambda: refusal_of("/ims/ob/v3p0/credentials", 500, {}, only=401),
    ),
    "registration-needs-a-token": (
        "181",
        "registration.needs_no_initial_token",
        lambda: at(REGISTER, lambda _: answered(401, body=b'{"error": "invalid_token"}')),
    ),
    "registration-200": (
        "189",
        "registration.answers_with_what_is_stored",
        lambda: json_of(REGISTER, lambda _: None, status=200),
    ),
    "registration-forgets-contacts": (
        "189",
        "registration.answers_with_what_is_stored",
        lambda: json_of(REGISTER, lambda d: d.pop("contacts")),
    ),
    "registration-without-end": (
        "189",
        "registration.answers_with_what_is_stored",
        lambda: json_of(REGISTER, lambda d: d.pop("client_secret_expires_at")),
    ),
    "registration-that-has-ended": (
        "189",
        "registration.answers_with_what_is_stored",
        lambda: json_of(REGISTER, lambda d: d.update(client_secret_expires_at=1)),
    ),
    "one-id-for-all": (
        "190",
        "registration.ids_are_unique",
        lambda: json_of(REGISTER, lambda d: d.update(client_id="client")),
    ),
    "logo-is-not-needed": (
        "184",
        "registration.members_are_required",
        lambda: completed("logo_uri", f"{CLIENT}/logo.png"),
    ),
    "software-is-not-needed": ("184", "registration.members_are_required", lambda: completed("software_id", "x")),
    "registration-error-of-imsx": ("191", "registration.members_are_required", lambda: refusal_of(REGISTER, 400, IMSX)),
    "registration-error-422": (
        "191",
        "registration.members_are_required",
        lambda: refusal_of(REGISTER, 422, {"error": "invalid_client_metadata"}),
    ),
    "registration-error-of-its-own": (
        "191",
        "registration.bodies_are_read",
        lambda: refusal_of(REGISTER, 400, {"error": "bad"}),
    ),
    "registration-fails": ("191", "registration.bodies_are_read", lambda: refusal_of(REGISTER, 500, {"error": "bad"})),
    "state-cut": (
        "199",
        "authorizing.any_state_comes_back",
        lambda: sent_back(lambda s: s.update(state=s["state"][:20])),
    ),
    "state-decoded-twice": (
        "199",
        "authorizing.any_state_comes_back",
        lambda: sent_back(lambda s: s.update(state=s["state"].replace("+", " "))),
    ),
    "state-missing-with-an-error": (
        "206",
        "authorizing.any_state_comes_back",
        lambda: sent_back(lambda s: s.pop("state"), only="error"),
    ),
    "no-state": ("199", "authorizing.grants_with_code_scope_and_state", lambda: sent_back(lambda s: s.pop("state"))),
    "no-scope": ("196", "authorizing.grants_with_code_scope_and_state", lambda: sent_back(lambda s: s.pop("scope"))),
    "fragment": (
        "199",
        "authorizing.grants_with_code_scope_and_state",
        lambda: sent_back(lambda _: None, mark="?x=1#"),
    ),
    "more-than-asked": (
        "196",
        "authorizing.grants_no_more_than_is_asked",
        lambda: sent_back(lambda s: s.update(scope=f"{s['scope']} everything")),
    ),
    "token-for-more": (
        "196",
        "authorizing.grants_no_more_than_is_asked",
        lambda: json_of(TOKEN, lambda d: d.update(scope=d["scope"] + " everything")),
    ),
    "all-boxes-count": (
        "196",
        "authorizing.grants_no_more_than_is_allowed",
        lambda: sent_back(
            lambda s: s.update(scope=f"{s['scope']} https://purl.imsglobal.org/spec/ob/v3p0/scope/profile.update")
        ),
    ),
    "unknown-scope-granted": (
        "196",
        "authorizing.scopes_are_checked",
        lambda: both(
            sent_back(lambda s: s.update(scope=s["scope"] + " https://skillmark.example/scope/nobody.knows")),
            query_to(
                AUTHORIZE,
                lambda q: q.update(
                    scope=q.get("scope", "").replace("https://skillmark.example/scope/nobody.knows", "").strip()
                    or "https://purl.imsglobal.org/spec/ob/v3p0/scope/credential.readonly"
                ),
            ),
        ),
    ),
    "no-is-yes": (
        "206",
        "authorizing.a_no_is_told",
        lambda: sent_back(lambda s: [s.pop("error"), s.update(code="a-code-in-spite-of-it")], only="error"),
    ),
    "no-in-other-words": (
        "206",
        "authorizing.a_no_is_told",
        lambda: sent_back(lambda s: s.update(error="user_cancelled"), only="error"),
    ),
    "no-for-another-reason": (
        "206",
        "authorizing.a_no_is_told",
        lambda: sent_back(lambda s: s.update(error="server_error"), only="error"),
    ),
    "quotes-in-a-description": (
        "206",
        "authorizing.a_no_is_told",
        lambda: sent_back(lambda s: s.update(error_description='"no"'), only="error"),
    ),
    "error-uri-with-blanks": (
        "206",
        "authorizing.a_no_is_told",
        lambda: sent_back(lambda s: s.update(error_uri="see the manual"), only="error"),
    ),
    "any-response-type": (
        "206",
        "authorizing.failures_are_told",
        lambda: query_to(AUTHORIZE, lambda q: q.update(response_type="code")),
    ),
    "failures-are-shown": (
        "206",
        "authorizing.failures_are_told",
        lambda: (
            lambda request, plain: (
                answered(400, body=b"<p>Wrong request</p>", headers={"content-type": "text/html"})
                if "error=" in (answer := plain(request)).headers.get("location", "")
                else answer
            )
        ),
    ),
    "open-redirector": ("205", "authorizing.nobody_is_sent_to_unknown_addresses", anywhere),
    "blank-page": ("204", "authorizing.nobody_is_sent_to_unknown_addresses", lambda: page("")),
    "unknown-client-is-sent-back": (
        "205",
        "authorizing.nobody_is_sent_away_without_client",
        lambda: (
            lambda request, plain: (
                answered(302, headers={"location": f"{request.url.params['redirect_uri']}?error=unauthorized_client"})
                if (answer := plain(request)).status_code == 400 and request.url.path == AUTHORIZE
                else answer
            )
        ),
    ),
    "no-proof-keys": ("194", "proof_keys.wrong_verifiers_are_refused", without_proof_keys),
    "proof-keys-not-needed": ("194", "proof_keys.a_challenge_is_needed", without_proof_keys),
    "short-verifiers-only": (
        "194",
        "proof_keys.any_verifier_counts",
        lambda: (
            lambda request, plain: (
                answered(400, body=b'{"error": "invalid_grant"}', headers={"content-type": "application/json"})
                if request.url.path == TOKEN
                and len(dict(parse_qsl(request.content.decode())).get("code_verifier", "")) > 100
                else plain(request)
            )
        ),
    ),
    "token-of-no-scope": ("209", "tokens.tokens_come_whole", lambda: json_of(TOKEN, lambda d: d.pop("scope"))),
    "token-of-another-type": (
        "209",
        "tokens.tokens_come_whole",
        lambda: json_of(TOKEN, lambda d: d.update(token_type="mac")),
    ),
    "token-201": ("209", "tokens.tokens_come_whole", lambda: json_of(TOKEN, lambda _: None, status=201)),
    "token-is-cached": ("209", "tokens.tokens_come_whole", lambda: header_of(TOKEN, "cache-control", "max-age=60")),
    "token-as-text": ("209", "tokens.tokens_come_whole", lambda: header_of(TOKEN, "content-type", "text/plain")),
    "expires-as-text": (
        "209",
        "tokens.tokens_come_whole",
        lambda: json_of(TOKEN, lambda d: d.update(expires_in="3600")),
    ),
    "token-for-a-year": (
        "210",
        "tokens.tokens_end_after_an_hour",
        lambda: json_of(TOKEN, lambda d: d.update(expires_in=YEAR)),
    ),
    "codes-twice": ("200", "tokens.codes_work_once", lambda: remembering(TOKEN, "code")),
    "codes-for-anybody": ("203", "tokens.codes_belong_to_their_client", for_any_client),
    "any-redirect-uri": (
        "203",
        "tokens.codes_belong_to_their_redirect_uri",
        lambda: form_to(TOKEN, lambda form: form.update(redirect_uri=f"{CLIENT}/first/callback")),
    ),
    "any-grant-type": (
        "211",
        "tokens.bad_token_requests_are_refused",
        lambda: form_to(TOKEN, lambda form: form.update(grant_type="authorization_code")),
    ),
    "error-with-200": ("211", "tokens.bad_token_requests_are_refused", lambda: refusal_of(TOKEN, 200, REFUSED)),
    "error-of-imsx": ("211", "tokens.bad_token_requests_are_refused", lambda: refusal_of(TOKEN, 400, IMSX)),
    "error-403": ("211", "tokens.bad_token_requests_are_refused", lambda: refusal_of(TOKEN, 403, REFUSED)),
    "401-for-a-wrong-code": (
        "211",
        "tokens.bad_token_requests_are_refused",
        lambda: refusal_of(TOKEN, 401, {"error": "invalid_grant"}),
    ),
    "401-without-challenge": (
        "211",
        "tokens.clients_are_authenticated",
        lambda: header_of(TOKEN, "www-authenticate", None, statuses=(401,)),
    ),
    "secrets-do-not-count": ("211", "tokens.clients_are_authenticated", for_any_client),
    "any-scope-reads": ("151", "scopes.no_other_scope_opens", lambda: open_to_all("/ims/ob/v3p0/credentials")),
    "any-scope-reads-for-certification": (
        "241",
        "scopes.no_other_scope_opens",
        lambda: open_to_all("/ims/ob/v3p0/profile"),
    ),
    "any-scope-writes": ("247", "scopes.no_other_scope_opens", lambda: open_to_all("/ims/ob/v3p0/credentials")),
    "no-token-reads": ("241", "scopes.nothing_opens_without_a_token", lambda: open_to_all("/ims/ob/v3p0/profile")),
    "right-token-is-refused": (
        "241",
        "scopes.the_right_token_opens",
        lambda: at("/ims/ob/v3p0/profile", lambda _: answered(403)),
    ),
    "no-upsert": (
        "247",
        "scopes.the_right_token_opens",
        lambda: at("/ims/ob/v3p0/credentials", lambda request: answered(405) if request.method == "POST" else None),
    ),
    "scopes-of-its-own": (
        "151",
        "scopes.scopes_have_their_names",
        lambda: json_of(DISCOVERY, lambda d: flow(d).update(scopes={"readonly": ""})),
    ),
    "refresh-is-refused": (
        "213",
        "refreshing.a_refresh_gives_a_new_token",
        lambda: form_to(TOKEN, lambda form: "refresh_token" in form and form.update(refresh_token="x")),
    ),
    "refresh-gives-the-same": (
        "215",
        "refreshing.a_refresh_gives_a_new_token",
        lambda: json_of(TOKEN, always_the_same()),
    ),
    "refresh-widens": (
        "214",
        "refreshing.a_refresh_gives_no_wider_scope",
        lambda: both(
            form_to(TOKEN, lambda form: "refresh_token" in form and form.pop("scope", "")),
            wider_at_refresh,
        ),
    ),
    "any-refresh-token": ("215", "refreshing.bad_refreshes_are_refused", any_refresh_token),
    "revocation-does-nothing": ("246", "revoking.access_tokens_end", lambda: at(REVOKE, lambda _: answered(200))),
    "refresh-tokens-stay": ("246", "revoking.refresh_tokens_end", lambda: at(REVOKE, lambda _: answered(200))),
    "refresh-tokens-cannot-be-revoked": (
        "216",
        "revoking.refresh_tokens_end",
        lambda: at(
            REVOKE,
            lambda request: (
                answered(400, body=b'{"error": "unsupported_token_type"}', headers={"content-type": "application/json"})
                if b"hint=refresh" in request.content
                else None
            ),
        ),
    ),
    "unknown-tokens-are-errors": (
        "218",
        "revoking.unknown_tokens_are_no_error",
        lambda: at(REVOKE, lambda _: answered(404)),
    ),
    "revocation-fails": ("218", "revoking.access_tokens_end", lambda: at(REVOKE, lambda _: answered(503))),
}


@pytest.mark.parametrize(("requirement", "check", "make"), DEVIATIONS.values(), ids=DEVIATIONS)
def test_deviations_are_found(requirement: str, check: str, make: Callable[[], Change]) -> None:
    """A host that deviates in one thing is told so, by the check that is about it, under the right requirement."""
    with Product(make()) as product:
        found = {each.requirement for each in findings(product, check) if not each.dispute}
    assert f"OB30-R-{requirement}" in found, found


def test_addresses_without_tls() -> None:
    """An authorization server that is described without TLS is found where the host itself has it."""
    change = json_of(DISCOVERY, lambda given: flow(given).update(tokenUrl="http://127.0.0.1/oauth2/token"))
    with Product(change) as product:
        target = dataclasses.replace(target_for(), url="https://127.0.0.1")
        found = findings(product, "transport.described_addresses_have_tls", target=target)
    assert [("OB30-R-150", "tokenUrl is https")] == [(each.requirement, each.expected) for each in found]


class _Hours:
    """A clock that a test moves."""

    def __init__(self) -> None:
        self.passed = 0.0

    def now(self) -> datetime.datetime:
        """Return a moment."""
        return datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)

    def elapsed(self) -> float:
        """Return what has passed."""
        return self.passed


@pytest.mark.parametrize(("token", "requirements"), [("", ["OB30-R-151"]), ("void", [])], ids=["lives on", "ends"])
def test_tokens_that_outlive_their_time(token: str, requirements: list[str]) -> None:
    """A token that works after its time is found, when the run lasts so long; one that ends is not."""
    change = both(
        json_of(TOKEN, lambda given: given.update(expires_in=60)),
        lambda request, plain: (
            answered(401) if token and clock.passed and "credentials" in request.url.path else plain(request)
        ),
    )
    clock = _Hours()
    with Product(change) as product:
        context = dataclasses.replace(context_for(product), clock=clock)
        evidence = Evidence(context)
        suite = suite_of(context.plan)
        (check,) = [each for each in suite.checks if each.name == "revoking.tokens_end_with_their_time"]
        evidence.session()
        clock.passed = 60.0
        with pytest.raises(NotApplicable):
            list(check.function(evidence))
        clock.passed = 91.0
        found = [each for each in check.function(evidence) if isinstance(each, Finding)]
    assert requirements == [each.requirement for each in found]
