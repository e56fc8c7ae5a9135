"""When two credentials are the same: Credential equality and comparison algorithm; Open Badges API, upsertCredential."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.errors import Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.hosts.holdings import holdings
from skillmark.suites.hosts.rules import RULES
from skillmark.suites.hosts.samples import EMBEDDED, RSA_TOKEN, TOKEN, signed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.engine import Observation
    from skillmark.suites.hosts.evidence import Evidence
    from skillmark.suites.hosts.holdings import Deposit, Holdings
    from skillmark.suites.hosts.samples import Record, Samples, Sent

    _Make = Callable[[Samples, str, str], tuple[Sent, Sent]]

_EQUALITY, _DECIDES = "OB30-R-139", "OB30-R-156"
_ORDER = "Whether white space is trimmed before or after percent-decoding, only the order of the words tells."
_INVALID = "An id with white space is no URI; what a host that takes it makes of it may be its own affair."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """Two credentials, and how they are alike or not."""

    says: str
    #: Makes both, from who makes credentials and a new address.
    make: _Make
    is_same: bool
    #: The ways of securing that it is tried with, of those that the host keeps.
    forms: tuple[str, ...] = (EMBEDDED, TOKEN, RSA_TOKEN)
    dispute: str = ""


def _with_ids(first: str, second: str) -> _Make:
    """Return what makes two credentials whose ids are written in two ways."""

    def make(samples: Samples, form: str, address: str) -> tuple[Sent, Sent]:
        one, two = (samples.draft(form, id=each.format(address)) for each in (first, second))
        return signed(one, form), signed(two | {"name": "The other one"}, form)

    return make


def _issuer_as_text(samples: Samples, form: str, address: str) -> tuple[Sent, Sent]:
    draft = samples.draft(form, id=address)
    bare: Record = draft | {"issuer": draft["issuer"]["id"], "name": "Issued by whoever has this id"}
    return signed(draft, form), signed(bare, form)


def _another_issuer(samples: Samples, form: str, address: str) -> tuple[Sent, Sent]:
    other = EMBEDDED if form == RSA_TOKEN else RSA_TOKEN
    return samples.sent(form, id=address), samples.sent(other, id=address)


def _other_form(samples: Samples, form: str, address: str) -> tuple[Sent, Sent]:
    other = TOKEN if form == EMBEDDED else EMBEDDED
    return samples.sent(form, id=address), samples.sent(other, id=address, name="Secured in another way")


_PAIRS = (
    _Pair(says="an id is written with a percent escape more", make=_with_ids("{}-x", "{}%2Dx"), is_same=True),
    _Pair(says="an id is written with an escape in lower case", make=_with_ids("{}%3Ax", "{}%3ax"), is_same=True),
    _Pair(says="an escaped blank ends an id", make=_with_ids("{}", "{}%20"), is_same=True, dispute=_ORDER),
    _Pair(
        says="blanks stand around an id",
        make=_with_ids("{}", " {} "),
        is_same=True,
        forms=(TOKEN, RSA_TOKEN),
        dispute=_INVALID,
    ),
    _Pair(says="the issuer is an object in one, and only its id in the other", make=_issuer_as_text, is_same=True),
    _Pair(
        says="one has an embedded proof, the other one is a VC-JWT", make=_other_form, is_same=True, forms=(EMBEDDED,)
    ),
    _Pair(says="the ids differ in one letter", make=_with_ids("{}/a", "{}/b"), is_same=False),
    _Pair(says="the ids differ in upper and lower case", make=_with_ids("{}/a", "{}/A"), is_same=False),
    _Pair(says="an escape stands for another letter", make=_with_ids("{}/a", "{}/%62"), is_same=False),
    _Pair(says="a blank is within one of the ids", make=_with_ids("{}/ab", "{}/a%20b"), is_same=False),
    _Pair(says="one has a plus where the other one has a blank", make=_with_ids("{}/a+b", "{}/a%20b"), is_same=False),
    _Pair(says="an escape is itself escaped", make=_with_ids("{}/A", "{}/%2541"), is_same=False),
    _Pair(says="the issuers differ", make=_another_issuer, is_same=False),
)
_NEEDED: dict[_Make, set[str]] = {_other_form: {EMBEDDED, TOKEN}, _another_issuer: {EMBEDDED, RSA_TOKEN}}


@RULES.rule("OB30-R-139", "OB30-R-156")
def issuer_and_id_tell(evidence: Evidence) -> Iterator[Observation]:
    """Credentials are the same where the ids of issuer and credential are equal, decoded and trimmed; else they are two."""
    mine = holdings(evidence)
    forms = mine.forms()
    for pair in _PAIRS:
        needed = _NEEDED.get(pair.make, set())
        form = next((each for each in pair.forms if each in forms), None)
        if form is not None and needed <= set(forms):
            yield from _judged(mine, pair, form)


def _judged(mine: Holdings, pair: _Pair, form: str) -> Iterator[Observation]:
    address = f"https://credentials.skillmark.example/{mine.samples().fresh_id().rpartition(':')[2]}"
    one, two = pair.make(mine.samples(), form, address)
    if pair.dispute == _INVALID:
        # What is no URI verifies nowhere, and it was not the host that made it.
        mine.poisoned |= {one.identity, two.identity}
    first = mine.upsert(one)
    second = mine.upsert(two)
    if not first.is_kept or not (second.is_kept or second.status == 304):
        # What is refused tells nothing of how it would be compared.
        return
    count = _listed(mine, first, second)
    expected = 1 if pair.is_same else 2
    is_new = second.status == 201
    if count == expected and is_new is not pair.is_same:
        yield Held(evidence=(first.id, second.id))
        return
    says = f"{pair.says}: {'the same credential' if pair.is_same else 'two credentials'}"
    if count != expected:
        yield _finding(_EQUALITY, pair, says, f"the list has {count} of them", (first, second))
    if is_new is pair.is_same:
        told = "a new one" if is_new else "the same again"
        yield _finding(_DECIDES, pair, says, f"status {second.status} says that it is {told}", (first, second))


def _listed(mine: Holdings, first: Deposit, second: Deposit) -> int:
    """Return how many of two credentials are in the list.

    Raises:
        Untested: Neither of them is.
    """
    listing = mine.listing()
    identities = dict.fromkeys((first.sent.identity, second.sent.identity))
    found = {(each.member, each.pointer, each.exchange) for one in identities for each in listing.all_of(one)}
    if not found:
        raise Untested("What was kept, as the status says, is in no list.")
    return len(found)


def _finding(requirement: str, pair: _Pair, says: str, actual: str, deposits: tuple[Deposit, Deposit]) -> Finding:
    return Finding(
        requirement=requirement,
        expected=says,
        actual=actual,
        evidence=tuple(each.id for each in deposits),
        cause=pair.says,
        dispute=pair.dispute,
    )
