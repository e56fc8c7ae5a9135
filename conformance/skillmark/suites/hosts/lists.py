"""What getCredentials answers: Open Badges API, getCredentials; Data Models; Certification Guide, Service Provider (Read)."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from skillmark.core.errors import Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.hosts.holdings import EMBEDDED_MEMBER, LIST, TOKEN_MEMBER, holdings
from skillmark.suites.hosts.rules import RULES
from skillmark.suites.hosts.sameness import forgery, verified
from skillmark.suites.hosts.schemas import departures
from skillmark.wire.documents import media_type_of, parse
from skillmark_reference.credentials.results import Verdict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence
    from skillmark.suites.hosts.holdings import Entry, Listing, Page
    from skillmark.suites.hosts.samples import Sent

#: Media types of JSON; the sample in the text has the second.
_JSON = frozenset({"application/json", "application/ld+json", "application/vc+ld+json", "application/vc"})
_WRONG_NAME = "compactJwsStrings"
_INNER = 2
#: Pages of one credential at most.
_SINGLES = 8
_FAR_AHEAD = "2097-01-01T00:00:00Z"
_MEMBERS = {False: EMBEDDED_MEMBER, True: TOKEN_MEMBER}


def _class_of_lists(evidence: Evidence) -> str:
    return evidence.service.operations[LIST].responses[200][0]


def _pages(evidence: Evidence) -> tuple[Page, ...]:
    """Return the pages of a list in which there is something, one with a single credential, and one with nothing.

    Raises:
        Untested: The host keeps nothing, or gives no list.
        CannotTell: No answer came back.
    """
    mine = holdings(evidence)
    return (*mine.fill(1).pages, *(mine.page(query=(each,)) for each in (("limit", "1"), ("since", _FAR_AHEAD))))


@RULES.rule("OB30-R-152")
def lists_are_answered(evidence: Evidence) -> Iterator[Observation]:
    """Whoever may read is answered with 200 and a JSON object."""
    page = holdings(evidence).page()
    media_type = media_type_of(page.reply.exchange.header("content-type"))
    if not page.is_list:
        yield _finding(page, "OB30-R-152", "200 with a JSON object", page.said)
    elif media_type not in _JSON:
        yield _finding(page, "OB30-R-152", "JSON with the media type application/json", media_type or "no Content-Type")
    else:
        yield Held(evidence=(page.id,))
    document = parse(page.reply.body, content_type=page.reply.exchange.header("content-type"))
    for problem in document.problems if page.is_list else ():
        yield _finding(page, "OB30-R-152", "a body that every reader of JSON understands alike", problem.message)


def _finding(page: Page, requirement: str, expected: str, actual: str, pointer: str = "") -> Finding:
    return Finding(
        requirement=requirement, expected=expected, actual=actual, pointer=pointer, evidence=(page.id,), cause=expected
    )


@RULES.rule("OB30-R-152")
def credentials_stand_in_their_member(evidence: Evidence) -> Iterator[Observation]:
    """Credentials with an embedded proof are listed in credential, VC-JWTs in compactJwsString."""
    mine = holdings(evidence)
    sent = [mine.need(mine.samples().sent(form)).sent for form in mine.forms()]
    listing = mine.listing()
    for each in sent:
        yield from _placed(listing, each)


def _placed(listing: Listing, sent: Sent) -> Iterator[Observation]:
    wanted = _MEMBERS[sent.is_token]
    entry = listing.find(sent.identity)
    place = _elsewhere(listing, sent) if entry is None else (entry.exchange, entry.pointer)
    if entry is not None and entry.member == wanted and isinstance(entry.value, str) is sent.is_token:
        yield Held(evidence=(entry.exchange,))
        return
    if place is None:
        yield Finding(
            requirement="OB30-R-152",
            expected=f"what the user of the token has is in the array {wanted}",
            actual=f"{sent.name} was kept, as the status says, and is in no page of the list",
            evidence=listing.ids[-1:],
            cause="not listed",
        )
        return
    kind = "a VC-JWT is a text" if sent.is_token else "a credential with an embedded proof is an object"
    yield Finding(
        requirement="OB30-R-152",
        expected=f"{kind} in the array {wanted}",
        actual=f"it is {'text' if entry and isinstance(entry.value, str) else 'there'} at {place[1]}",
        pointer=place[1],
        evidence=(place[0],),
    )


def _elsewhere(listing: Listing, sent: Sent) -> tuple[str, str] | None:
    """Return where a credential stands under no name of the class: the exchange, and a pointer."""
    for page in listing.pages:
        members = page.value.items() if page.is_list else ()
        for name, value in members:
            if name not in _MEMBERS.values() and _holds(value, sent):
                return page.id, f"/{name}"
            if name in _MEMBERS.values() and not isinstance(value, list) and _holds(value, sent):
                return page.id, f"/{name}"
    return None


def _holds(value: object, sent: Sent) -> bool:
    found = value if isinstance(value, list) else [value]
    return any(each == (sent.text if sent.is_token else sent.document) for each in found)


@RULES.rule("OB30-R-025")
def lists_are_of_their_class(evidence: Evidence) -> Iterator[Observation]:
    """Every list has the members, datatypes, multiplicities and enumerations of its class; what is in it is another's matter."""
    name = _class_of_lists(evidence)
    is_seen = False
    for page in (*_pages(evidence), *_single_ones(evidence)):
        if not page.is_list:
            continue
        is_seen = True
        found = [each for each in departures(evidence.service.id, name, page.value) if _is_of_the_list(*each)]
        for pointer, reason, _ in found:
            yield _finding(page, "OB30-R-025", f"a {name}", reason, pointer)
        if not found:
            yield Held(evidence=(page.id,))
    if not is_seen:
        raise Untested("getCredentials gives no list.")


def _single_ones(evidence: Evidence) -> Iterator[Page]:
    """Yield pages of one credential each, until there was one of each form: a list of one is a list, too."""
    mine, missing = holdings(evidence), set(_MEMBERS.values())
    for offset in range(_SINGLES):
        page = mine.page(query=(("limit", "1"), ("offset", str(offset))))
        yield page
        missing -= page.value.keys() if page.is_list else set()
        if not missing or not page.is_list:
            return


def _is_of_the_list(pointer: str, _: str, value: object) -> bool:
    """Whether a departure is one of the list itself, and neither one of a credential in it nor an empty array."""
    depth = pointer.count("/")
    return (depth < _INNER and value != []) or (depth == _INNER and not isinstance(value, dict))


@RULES.rule("OB30-R-242")
def listed_credentials_are_verifiable(evidence: Evidence) -> Iterator[Observation]:
    """Every credential in the list verifies; of one that the harness did not bring, only a broken proof is told."""
    mine = holdings(evidence)
    known = {each.identity for each in (mine.need(mine.samples().sent(form)).sent for form in mine.forms())}
    listing = mine.listing()
    ours = [each for each in listing.entries if each.identity in known]
    others = [each for each in listing.entries if each.identity not in known | mine.poisoned]
    is_seen = False
    for entry in itertools.chain(ours, others[: evidence.context.depth.reads]):
        for observation in _judged(evidence, entry, is_ours=entry.identity in known):
            is_seen = True
            yield observation
    if not is_seen:
        raise Untested("No credential in the list could be verified without asking others.")


def _judged(evidence: Evidence, entry: Entry, *, is_ours: bool) -> Iterator[Observation]:
    found = verified(entry.value, evidence.context.clock)
    if found is None:
        yield _unverifiable(entry, "it is no credential at all")
    elif found.verdict is Verdict.VALID:
        yield Held(evidence=(entry.exchange,))
    elif forged := forgery(found):
        yield _unverifiable(entry, forged)
    elif is_ours:
        yield _unverifiable(entry, "; ".join(str(each) for each in found.problems[:2]) or found.verdict.value)


def _unverifiable(entry: Entry, reason: str) -> Finding:
    return Finding(
        requirement="OB30-R-242",
        expected="every credential in the list verifies",
        actual=f"{entry.name}: {reason}",
        pointer=entry.pointer,
        evidence=(entry.exchange,),
    )
