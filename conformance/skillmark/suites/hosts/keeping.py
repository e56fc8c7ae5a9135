"""Nothing is lost on the way through a host: Certification Guide, Host and Service Provider (Write)."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from skillmark.core.errors import Untested
from skillmark.core.findings import Finding, Held
from skillmark.engine.drawing import explore
from skillmark.suites.hosts.holdings import holdings
from skillmark.suites.hosts.rules import RULES, own_ids
from skillmark.suites.hosts.sameness import first_difference, forgery, verified
from skillmark.suites.hosts.samples import EMBEDDED, EVERYTHING, LAYOUTS, changes, drawn, signed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence
    from skillmark.suites.hosts.holdings import Deposit, Entry, Holdings, Listing
    from skillmark.suites.hosts.samples import Sent

_KEPT, LOSSLESS = "OB30-R-248", "OB30-R-236"
_TOO_LARGE = frozenset({413, 429, 503, 507})
_ANOTHERS = "It is about somebody else than the person whose account it is, which a host may refuse."
_REFUSED = frozenset({400, 403, 422})
_SIZE = "How large a credential may be is not said."
_WRITTEN = "The proof still holds, and the value is written in another way."
_MOST_DRAWN = 40
_API_ONLY = (
    "Nothing is lost on the way through the API; of the forms that the API does not take nothing is known. Name the program "
    "that imports a file, import_command under [host], or attest it."
)


def attestation(evidence: Evidence) -> str:
    """Return what the vendor states about the import of all forms."""
    context = evidence.context
    stated = [context.target.attestations.get(each, "") for each in own_ids(context.plan.catalogue, LOSSLESS)]
    # The placeholder of the example is no statement.
    return next((each for each in stated if any(character.isalnum() for character in each)), "")


def _as_part(evidence: Evidence, observations: Iterable[Observation]) -> Iterator[Observation]:
    """Yield what was lost; that nothing was lost counts where the other forms are imported as well, or attested.

    Raises:
        Untested: Nobody said how the other forms are imported.
    """
    held: list[Observation] = []
    for each in observations:
        if isinstance(each, Finding):
            yield each
        else:
            held.append(each)
    if not evidence.context.target.host.import_command and not attestation(evidence):
        raise Untested(_API_ONLY)
    yield from held


@RULES.rule("OB30-R-248")
def what_was_sent_is_listed(evidence: Evidence) -> Iterator[Observation]:
    """After upsertCredential, getCredentials returns that credential, as judged by the equality algorithm."""
    mine = holdings(evidence)
    deposits = [mine.need(mine.samples().sent(form)) for form in mine.forms()]
    listing = mine.listing()
    for deposit in deposits:
        entry = listing.find(deposit.sent.identity)
        if entry is None:
            yield _missing(deposit, listing.ids[-1])
        else:
            yield Held(evidence=(deposit.id, entry.exchange))


def _missing(deposit: Deposit, exchange: str, requirement: str = _KEPT) -> Finding:
    return Finding(
        requirement=requirement,
        expected="what was kept, as the status says, is in the list",
        actual=f"{deposit.sent.name} was answered with {deposit.status}, and is in no page of the list",
        evidence=(deposit.id, exchange),
    )


@RULES.rule("OB30-R-236")
def small_ones_come_back_as_they_were(evidence: Evidence) -> Iterator[Observation]:
    """A credential with any texts, numbers and members of a vendor is listed as it was handed in."""
    mine = holdings(evidence)
    forms = mine.forms()

    def judge(case: tuple[str, dict[str, Any], bool]) -> Iterator[Observation]:
        form, members, is_indented = case
        draft = mine.samples().draft(form, **members)
        yield from _round_trip(evidence, mine, signed(draft, form, indent=2 if is_indented else None))

    context = evidence.context
    cases = st.tuples(st.sampled_from(forms), changes(), st.booleans())
    seed = context.seed_of("small_ones_come_back_as_they_were")
    yield from _as_part(evidence, explore(cases, judge, depth=context.depth, seed=seed))


@RULES.rule("OB30-R-236")
def layouts_come_back_as_they_were(evidence: Evidence) -> Iterator[Observation]:
    """Members in any order, numbers and letters in any spelling of JSON: the list says the same, and the proof still holds."""
    mine = holdings(evidence)
    if EMBEDDED not in mine.forms():
        raise Untested("No credential with an embedded proof is kept.")
    yield from _as_part(evidence, _laid_out(evidence, mine))


def _laid_out(evidence: Evidence, mine: Holdings) -> Iterator[Observation]:
    for write in LAYOUTS:
        sent = signed(mine.samples().draft(EMBEDDED, **EVERYTHING), EMBEDDED)
        yield from _round_trip(evidence, mine, dataclasses.replace(sent, text=write(sent.document)))


@RULES.rule("OB30-R-236")
def drawn_ones_come_back_as_they_were(evidence: Evidence) -> Iterator[Observation]:
    """A credential with any members of the model is listed as it was handed in, and still verifies."""
    yield from _as_part(evidence, _drawn(evidence, holdings(evidence)))


def _drawn(evidence: Evidence, mine: Holdings) -> Iterator[Observation]:
    context, forms = evidence.context, mine.forms()
    count = min(context.depth.examples, _MOST_DRAWN)
    seed = context.seed_of("drawn_ones_come_back_as_they_were")
    drafts = drawn(mine.samples().kind, count=count, seed=seed)
    made = [mine.samples().issued(draft, forms[number % len(forms)]) for number, draft in enumerate(drafts)]
    deposits = [mine.upsert(each) for each in made]
    listing = mine.listing()
    for deposit in deposits:
        observed = list(_brought_back(evidence, deposit, listing))
        yield from observed
        if any(isinstance(each, Finding) and not each.dispute for each in observed):
            # The smallest comes first: the others would show the same.
            return


def _round_trip(evidence: Evidence, mine: Holdings, sent: Sent) -> Iterator[Observation]:
    """Hand in a credential, and yield what the list shows of it."""
    deposit = mine.upsert(sent)
    yield from _brought_back(evidence, deposit, mine.listing())


def _brought_back(evidence: Evidence, deposit: Deposit, listing: Listing) -> Iterator[Observation]:
    if not deposit.is_kept:
        yield deposit.finding(
            LOSSLESS,
            "a valid credential is imported, whatever it says",
            cause="a valid credential is refused",
            dispute=_SIZE if deposit.status in _TOO_LARGE else _ANOTHERS if _is_anothers(evidence, deposit) else "",
        )
        return
    entry = listing.find(deposit.sent.identity)
    if entry is None:
        yield _missing(deposit, listing.ids[-1], LOSSLESS)
        return
    yield from compared(evidence, deposit.sent, entry, deposit.id)


def _is_anothers(evidence: Evidence, deposit: Deposit) -> bool:
    """Whether a credential is about somebody else than the person whose account it is handed in at."""
    subject = deposit.sent.document.get("credentialSubject")
    identifier = subject.get("id") if isinstance(subject, dict) else None
    return identifier != evidence.accounts[0].profile_id and deposit.status in _REFUSED


def compared(evidence: Evidence, sent: Sent, entry: Entry, brought: str) -> Iterator[Observation]:
    """Yield what the list shows of a credential that an exchange brought: the very token, or the same value."""
    left: Any = sent.text if sent.is_token else sent.document
    difference = first_difference(left, entry.value)
    if difference is None:
        yield Held(evidence=(brought, entry.exchange))
        return
    pointer, before, after = difference
    yield Finding(
        requirement=LOSSLESS,
        expected=f"what was handed in comes back: {before}",
        actual=f"{after}{_lost_proof(evidence, entry)}",
        pointer=f"{entry.pointer}{pointer}",
        evidence=(brought, entry.exchange),
        cause="a token comes back changed" if sent.is_token else "a value comes back changed",
        dispute=_WRITTEN if not sent.is_token and not _lost_proof(evidence, entry) else "",
    )


def _lost_proof(evidence: Evidence, entry: Entry) -> str:
    """Say why a credential does not verify any more; nothing where it does."""
    found = verified(entry.value, evidence.context.clock)
    if found is None:
        return ": it is no credential any more"
    if found.valid:
        return ""
    return f": it does not verify any more, {forgery(found) or '; '.join(map(str, found.problems[:1])) or found.verdict.value}"
