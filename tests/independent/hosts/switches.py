"""What a conformant host is free to choose."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """The choices of one host; the defaults are those of the plain one."""

    prefix: str = ""
    # Pages of the authorization server
    #: ``two steps``: name first, then the password; or ``one step``.
    login: str = "two steps"
    #: ``buttons``, ``select``, ``radio``, ``checkboxes``, ``deny link``, ``two forms``, ``formaction``, ``remembered``.
    consent: str = "buttons"
    #: ``relative``, ``absolute``, ``path`` or ``none``.
    actions: str = "relative"
    #: ``tidy``, ``old`` (capitals, nothing closed), ``busy`` (other forms, scripts, comments around), ``banner`` (about
    #: cookies, on every page until it is answered) or ``patient`` (pages that leave after half an hour).
    markup: str = "tidy"
    #: A page between the login and the consent: ``meta`` refresh or ``terms`` to tick.
    between: str = ""
    name_type: str = "text"
    allow: str = "Authorize"
    deny: str = "Cancel"
    final_status: int = 302
    #: Parameters besides code, scope and state.
    extra_parameters: tuple[tuple[str, str], ...] = ()
    unknown_redirect: int = 400
    #: The scopes of operations that users never grant.
    withheld: frozenset[str] = frozenset()
    #: Appended to the address of the client, as some products do.
    fragment: str = ""
    #: Where people sign in and tokens are given, if that is another host.
    accounts_host: str = ""
    # Clients and tokens
    #: Characters that secrets and codes end with.
    ending: str = ""
    token_scope: str = "required"
    #: Scopes that no client is registered for.
    unregistered: frozenset[str] = frozenset()
    #: Whether a user's new grant to a client ends the earlier ones.
    one_grant: bool = False
    tokens: str = "jwt"
    #: ``rotating``, ``kept``, ``none``.
    refresh: str = "rotating"
    refresh_url: bool = True
    #: ``metadata``, ``description`` or ``none``.
    revocation: str = "metadata"
    lifetime: int | None = 3600
    token_type: str = "Bearer"
    secret_days: int = 0
    management: bool = False
    scopes_reversed: bool = False
    wrong_client: int = 401
    optional_members: bool = True
    wide_scopes: bool = False
    # Discovery
    described: str = "servers"
    etag: str = "strong"
    caching: str = "max-age=600"
    openapi: str = "3.0.1"
    further_members: bool = True
    policy_twice: bool = False
    image: bool = True
    # Lists
    page: int | None = 50
    cap: int | None = 100
    above_cap: str = "clamp"
    total: bool = True
    links_when: str = "incomplete"
    links: str = "absolute"
    link_style: str = "one header"
    last_from_zero: bool = False
    order: str = "stored"
    empty_arrays: bool = False
    list_type: str = "application/json"
    since: str = "validFrom"
    stocked: int = 0
    # Upserts
    keeps: str = "verbatim"
    echo_type: str = "same"
    same_again: int = 200
    older: str = "replaces"
    replaced_goes_last: bool = False
    unsigned: str = "accepted"
    #: Whose credentials are taken: ``all``, or the user's ``own``.
    subjects: str = "all"
    wrong_type: int = 400
    malformed: int = 400
    wrong_class: int = 400
    # Profiles
    profiles: bool = True
    #: ``replaces``, ``later`` (202), ``never`` (200 with the old one), ``refuses`` (400), ``absent`` (not described, 405).
    put_profile: str = "replaces"
    # Errors and headers
    errors: str = "full"
    field_name: str = "TargetEndSystem"
    missing_scope: int = 403
    head: bool = True
    unsupported: int = 405
    #: Every so many requests of the API one is answered by 429.
    busy_every: int = 0
    #: ``refused``, or ``wanted``: paths are redirected to those that end with a slash.
    slash: str = "refused"
    no_token: int = 401
    headers: tuple[tuple[str, str], ...] = ()
    status_type: str = "application/json"
    gzip: bool = False
    challenge: str = "full"
