"""Clients that write to a host as they should not (Certification Guide, Service Consumer (Write))."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from skillmark.faults.clients import badges
from skillmark.faults.clients.calling import as_somebody_known, in_quotes, knowing_all
from skillmark.faults.clients.changes import CREDENTIALS, PROFILE, at, remade, with_header
from skillmark.faults.clients.redeeming import without_code
from skillmark.faults.clients.world import WRITING, broken, connected, writes
from skillmark.suites.auditors import PROFILE_ID, RECIPIENT
from skillmark.suites.hosts.samples import TOKEN
from skillmark.wire.peers import errands
from skillmark_reference.clients import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx

    from skillmark.faults.clients.world import ClientProduct
    from skillmark_reference.clients import Host

_SOMEBODY = "somebody@example.org"
_BOTH = (*WRITING, "putProfile")
_writer = functools.partial(broken, errand=errands.WRITING)
_OF_TOKENS = functools.partial(badges.sent, form=TOKEN)


def sending(*makes: Callable[[], str]) -> Callable[[Session], None]:
    """Send some credentials, one after the other."""

    def use(session: Session) -> None:
        for make in makes:
            session.upsert(make())

    return use


def _sender(name: str, text: Callable[[], str], *, effect: str, **rest: Any) -> ClientProduct:  # noqa: ANN401 - of the class
    """Return a client that sends another thing than the guide wants."""
    return _writer(name, "OB30-R-227", effect=effect, use=sending(text), **rest)


def putting(*profiles: dict[str, object]) -> Callable[[Session], None]:
    """Send the badge, and then profiles."""

    def use(session: Session) -> None:
        writes(session)
        for profile in profiles:
            session.put_profile(profile)

    return use


def _put(request: httpx.Request) -> httpx.Request:
    return remade(request, method="PUT")


def _elsewhere(request: httpx.Request) -> httpx.Request:
    return remade(request, url=request.url.copy_with(path=request.url.path.removesuffix(CREDENTIALS) + "/credential"))


def _with_the_other_token(host: Host) -> None:
    """Ask for both scopes, each by itself, and send with the wrong one of the two tokens."""
    writer, reader = connected(host, WRITING), connected(host, ("getCredentials",))
    writes(Session(host, writer.client, reader.tokens))


def _torn(text: str) -> str:
    """Return a token whose signature is another one, of the same length."""
    head, _, signature = text.rpartition(".")
    return f"{head}.{signature[:9]}{'A' if signature[9] != 'A' else 'B'}{signature[10:]}"


def _renamed(document: dict[str, Any]) -> None:
    document["credentialSubject"]["achievement"]["name"] = "Master of all trades"


def _given_to_auditors(document: dict[str, Any]) -> None:
    document["credentialSubject"]["identifier"] = [badges.plain()]


WRITERS = (
    _writer(
        "writes-to-addresses-typed-in",
        "OB30-R-172",
        "OB30-R-225",
        effect="No other host can be connected.",
        course=knowing_all(writes, WRITING),
    ),
    _writer(
        "writes-as-a-client-typed-in",
        "OB30-R-225",
        "OB30-R-179",
        effect="No other host can be connected.",
        course=as_somebody_known(writes, WRITING),
    ),
    _writer("sends-nothing", "OB30-R-225", effect="No host is given anything.", use=sending()),
    _writer(
        "writes-without-a-token", "OB30-R-225", "OB30-R-207", effect="It gets no token.", course=without_code(WRITING)
    ),
    broken("sends-with-put", "OB30-R-225", effect="Hosts answer 405.", change=at(CREDENTIALS, _put)),
    broken("sends-to-another-path", "OB30-R-225", effect="Hosts answer 404.", change=at(CREDENTIALS, _elsewhere)),
    _writer(
        "asks-to-read-and-writes",
        "OB30-R-226",
        effect="Hosts do not let it write.",
        use=writes,
        wants=("getCredentials", "getProfile"),
    ),
    _writer(
        "asks-for-the-profile-and-sends-badges",
        "OB30-R-226",
        effect="Hosts do not let it write.",
        use=writes,
        wants=("putProfile",),
    ),
    _writer(
        "sends-with-the-token-of-reading",
        "OB30-R-226",
        effect="Hosts do not let it write.",
        course=_with_the_other_token,
    ),
    _sender(
        "unsigned-badge",
        lambda: badges.changed(lambda document: document.pop("proof")),
        effect="Nobody can tell who issued it.",
    ),
    _sender(
        "badge-changed-after-signing",
        lambda: badges.changed(_renamed),
        effect="Nobody accepts it.",
    ),
    _sender(
        "badge-readdressed-after-signing",
        lambda: badges.changed(_given_to_auditors, badges.plain(_SOMEBODY)),
        effect="Nobody accepts it.",
    ),
    _sender("token-changed-after-signing", lambda: _torn(_OF_TOKENS()), effect="Nobody accepts it."),
    _sender("badge-for-somebody-else", lambda: badges.sent(badges.plain(_SOMEBODY)), effect="It is not theirs."),
    _sender("badge-for-a-hash-of-another", lambda: badges.sent(badges.hashed(_SOMEBODY)), effect="It is not theirs."),
    _sender("token-for-somebody-else", lambda: _OF_TOKENS(badges.hashed(_SOMEBODY)), effect="It is not theirs."),
    _sender(
        "address-as-another-identifier",
        lambda: badges.sent(badges.plain(kind="systemId")),
        effect="Nobody finds it by the address.",
    ),
    _sender(
        "badge-for-nobody",
        lambda: badges.sent(subject={"identifier": None}),
        effect="Nobody knows whose it is.",
    ),
    _sender(
        "address-as-the-id-of-the-subject",
        lambda: badges.sent(subject={"identifier": None, "id": f"mailto:{RECIPIENT}"}),
        effect="Readers that look for identifiers find none.",
        disputed=True,
    ),
    _sender("endorsement-for-a-badge", badges.endorsed, effect="It is no badge."),
    _sender(
        "expired-badge",
        lambda: badges.sent(validUntil="2026-01-01T00:00:00Z"),
        effect="It is worth nothing any more.",
    ),
    _sender(
        "badge-from-next-year",
        lambda: badges.sent(validFrom="2027-01-01T00:00:00Z"),
        effect="It is worth nothing yet.",
    ),
    _sender(
        "badge-cut-off",
        lambda: badges.sent()[:-40],
        effect="Nobody can read it.",
    ),
    _writer(
        "profile-of-another-id",
        "OB30-R-228",
        effect="The certification does not find it.",
        use=putting({"id": "https://other.example/issuers/1", "type": ["Profile"]}),
        wants=_BOTH,
    ),
    _writer(
        "profile-without-id",
        "OB30-R-228",
        effect="Nobody knows whose profile it is.",
        use=putting({"type": ["Profile"], "name": "Robin"}),
        wants=_BOTH,
    ),
    _writer(
        "writes-the-profile-in-part",
        "OB30-R-160",
        effect="Hosts refuse it, or the rest of the profile is lost.",
        use=putting({"id": PROFILE_ID}),
        wants=_BOTH,
    ),
    _writer(
        "profile-as-an-array",
        "OB30-R-160",
        effect="Hosts refuse it.",
        use=putting({"id": PROFILE_ID, "type": ["Profile"]}),
        wants=_BOTH,
        change=at(PROFILE, lambda request: remade(request, content=b"[" + request.content + b"]")),
    ),
    _writer(
        "sends-tokens-in-quotes",
        "OB30-R-157",
        effect="Hosts do not read it.",
        use=sending(_OF_TOKENS),
        change=at(CREDENTIALS, in_quotes),
    ),
    _writer(
        "sends-tokens-as-jwt-type",
        "OB30-R-157",
        effect="Hosts do not know the media type.",
        use=sending(_OF_TOKENS),
        change=with_header(CREDENTIALS, content_type="application/jwt"),
    ),
    _writer(
        "sends-json-as-text",
        "OB30-R-157",
        effect="Hosts take it for a token.",
        use=writes,
        change=with_header(CREDENTIALS, content_type="text/plain"),
    ),
)
