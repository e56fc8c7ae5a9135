"""What a verifier has to fetch from the harness: keys, lists, schemas, contexts, newer copies; all of it in order."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.verifiers import named_documents, published_keys, refreshing, statuses
from skillmark.suites.verifiers.defects import everywhere, in_proofs, in_tokens, in_whole_proofs
from skillmark.suites.verifiers.lists import BITSTRING, OF_1EDTECH, form_of_list, slug
from skillmark.suites.verifiers.samples import is_token
from skillmark.wire.asking.verifiers import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.engine import Observation
    from skillmark.suites.verifiers.evidence import Evidence
    from skillmark.suites.verifiers.samples import Sample
    from skillmark.wire.asking.verifiers import Answer

_OF_EAGERNESS = "The documents give the order in which results count, and do not forbid to fetch earlier."


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """Something healthy that points to what the harness serves."""

    requirement: str
    make: Callable[[Sample], str]
    #: What it is, after "is accepted".
    says: str
    where: Callable[[Sample], bool] = everywhere
    #: Why refusing it only warns.
    dispute: str = ""
    #: Type of status that a product has to know for it.
    needs: str = ""


#: What each check asks about.
KEYS = (
    Fetched(
        requirement=published_keys.ADDRESSES,
        make=published_keys.by_controller,
        says="a credential of an issuer whose id is the address of the document with its keys",
        where=in_proofs,
    ),
    Fetched(
        requirement=published_keys.ADDRESSES,
        make=published_keys.by_controller,
        says="a token whose kid names a key in the document at the address of its issuer",
        where=in_tokens,
        dispute="Open Badges 3.0 has kid lead to a JWK; that it leads into a document of the issuer is not said.",
    ),
    Fetched(
        requirement=published_keys.ADDRESSES,
        make=published_keys.by_method,
        says="a credential whose key is a document of its own, that the issuer's document lists",
        where=in_proofs,
        dispute="Open Badges 3.0 leaves open whether a key is a document of its own or part of another one.",
    ),
    Fetched(
        requirement=published_keys.ADDRESSES,
        make=published_keys.by_jwk,
        says="a token whose kid is the address of a JWK",
        where=in_tokens,
    ),
)
KEY_SETS = (
    Fetched(
        requirement=published_keys.KEY_SETS,
        make=published_keys.by_key_set,
        says="a token whose kid names a key in a key set",
        where=in_tokens,
    ),
)
STATUSES = (
    Fetched(
        requirement="OB30-R-127",
        make=statuses.active,
        says="a credential with a place in a status list, in which it is not revoked",
        needs=BITSTRING,
    ),
    Fetched(
        requirement="OB30-R-127",
        make=statuses.among_revoked,
        says="a credential that is the only one in its status list that is not revoked",
        needs=BITSTRING,
    ),
    Fetched(
        requirement="OB30-R-127",
        make=statuses.not_named,
        says="a credential with a revocation list of 1EdTech that does not name it",
        needs=OF_1EDTECH,
    ),
)
DOCUMENTS = (
    Fetched(
        requirement=named_documents.SCHEMAS,
        make=named_documents.conforming,
        says="a credential that conforms to the schema that it names",
    ),
)
FURTHER = (
    Fetched(
        requirement="OB30-R-114",
        make=named_documents.with_extension,
        says="a credential with a context of the issuer's own",
        where=in_whole_proofs,
    ),
    Fetched(
        requirement="OB30-R-114",
        make=named_documents.with_resource,
        says="a credential with a related resource and its digest",
        where=in_whole_proofs,
    ),
)
NEWER = (
    Fetched(requirement=refreshing.NEWER, make=refreshing.with_newer, says="a credential with a newer copy"),
    Fetched(
        requirement=refreshing.NEWER,
        make=refreshing.without_newer,
        says="a credential whose service has no newer copy (then the original counts)",
    ),
    Fetched(
        requirement=refreshing.NEWER,
        make=refreshing.unreadable_newer,
        says="a credential whose service answers what is no credential (then the original counts)",
    ),
    Fetched(
        requirement=refreshing.NEWER,
        make=refreshing.forged_newer,
        says="a credential with a newer copy that was changed after signing (then the original counts)",
        dispute="Whether a refresh has failed where the newer copy is not valid is not said.",
    ),
    Fetched(
        requirement=refreshing.NEWER,
        make=refreshing.only_newer,
        says="a credential that is over, with a newer copy that is not",
        where=in_proofs,
    ),
    Fetched(
        requirement=refreshing.NEWER,
        make=refreshing.only_newer,
        says="a token that is over, with a newer copy that is not",
        where=in_tokens,
        dispute=refreshing.OF_EXP,
    ),
)


def keys(evidence: Evidence) -> Iterator[Observation]:
    """Keys at addresses are fetched, and credentials that they signed are accepted.

    Raises:
        Untested: The product asks for nothing that this run serves.
        CannotTell: It did not answer.
        NotApplicable: It claims no format for it.
    """
    yield from _accepted(evidence, KEYS)


def key_sets(evidence: Evidence) -> Iterator[Observation]:
    """Keys in key sets are found by their name.

    Raises:
        Untested: The product asks for nothing that this run serves.
        CannotTell: It did not answer.
        NotApplicable: It claims no token.
    """
    yield from _accepted(evidence, KEY_SETS)


def dids(evidence: Evidence) -> Iterator[Observation]:
    """Keys that are known by a did:web are found, where the product knows the method.

    Raises:
        NotApplicable: It does not, which it need not.
        Untested: The harness has no name that a did:web could have.
    """
    found = False
    for sample in _samples(evidence):
        if evidence.published.did("issuers") is None:
            raise Untested("A did:web needs a domain name and https: state them as public_url under [peer].")
        answer = evidence.answer(published_keys.by_did_web(sample))
        if answer.verdict is Verdict.ACCEPTED:
            found = True
            yield Held(evidence=(answer.exchange,))
    if not found:
        raise NotApplicable("The product does not accept a credential by a did:web; support of DIDs is optional.")


def lists(evidence: Evidence) -> Iterator[Observation]:
    """Credentials with a place in a status list are accepted, as long as they are not revoked there.

    Raises:
        Untested: The product asks for nothing that this run serves.
        CannotTell: It did not answer.
        NotApplicable: It claims to know no type of status.
    """
    if not evidence.statuses:
        raise NotApplicable("The product claims to know no type of status: statuses is empty under [verifier].")
    yield from _accepted(evidence, tuple(each for each in STATUSES if each.needs in evidence.statuses))


def schemas(evidence: Evidence) -> Iterator[Observation]:
    """Credentials are accepted that conform to the schema that they name.

    Raises:
        Untested: The product asks for nothing that this run serves.
        CannotTell: It did not answer.
    """
    yield from _accepted(evidence, DOCUMENTS)


def extensions(evidence: Evidence) -> Iterator[Observation]:
    """Contexts and related resources of an issuer are fetched, by products that do not refuse what they do not know.

    Raises:
        NotApplicable: It refuses them, which it may (VC Data Model 2.0, 4.3), or claims no embedded proof.
        Untested: No healthy credential is accepted.
    """
    accepted = [each for each in _answered(evidence, FURTHER) if each.verdict is Verdict.ACCEPTED]
    yield from (Held(evidence=(each.exchange,)) for each in accepted)
    if not accepted:
        raise NotApplicable(
            "The product accepts no contexts and resources that it would have to fetch; it may refuse them."
        )


def newer_copies(evidence: Evidence) -> Iterator[Observation]:
    """The newer copy of a credential takes its place, and without one the original counts.

    Raises:
        Untested: The product asks for nothing that this run serves.
        CannotTell: It did not answer.
    """
    yield from _accepted(evidence, NEWER)


def proof_before_refresh(evidence: Evidence) -> Iterator[Observation]:
    """A newer copy is fetched after the proof of the one at hand was good.

    Raises:
        Untested: The product asks for no newer copy.
    """
    for sample in _refreshing(evidence):
        text, address = refreshing.tampered(sample)
        answer = evidence.answer(text)
        if not evidence.published.asked(address):
            yield Held(evidence=(answer.exchange,))
            continue
        is_accepted = answer.verdict is Verdict.ACCEPTED
        yield Finding(
            requirement=refreshing.ORDER,
            expected=f"the newer copy of a credential whose proof is broken is not asked for ({sample.name})",
            actual=f"it was asked for, and the credential was {answer.verdict.value} ({answer.says})",
            evidence=(answer.exchange,),
            dispute="" if is_accepted else _OF_EAGERNESS,
        )


def refreshed_once(evidence: Evidence) -> Iterator[Observation]:
    """A newer copy is not asked for a newer one of its own.

    Raises:
        Untested: The product asks for no newer copy.
    """
    for sample in _refreshing(evidence):
        text, last = refreshing.chain(sample)
        answer = evidence.answer(text)
        asked = evidence.published.asked(last)
        if answer.verdict is Verdict.NEITHER:
            # That it did not answer is told by other checks.
            continue
        if answer.verdict is Verdict.ACCEPTED and not asked:
            yield Held(evidence=(answer.exchange,))
            continue
        then = "that one was asked for its newer copy" if asked else "nothing else was asked for"
        yield Finding(
            requirement=refreshing.ONCE,
            expected=f"a credential with a newer copy, which has one of its own, is refreshed once ({sample.name})",
            actual=f"it was {answer.verdict.value} ({answer.says}), and {then}",
            evidence=(answer.exchange,),
        )


def _refreshing(evidence: Evidence) -> list[Sample]:
    """Return the samples whose newer copies the product fetches and accepts."""
    found = []
    for sample in _samples(evidence):
        answer = evidence.answer(refreshing.with_newer(sample))
        address = sample.place.address(f"newer/{slug(sample)}/usual")
        if answer.verdict is Verdict.ACCEPTED and evidence.published.asked(address):
            found.append(sample)
    if not found:
        raise Untested("The product asked for no newer copy. " + ("" if evidence.is_fetching else evidence.unreached))
    return found


def _samples(evidence: Evidence) -> list[Sample]:
    return [
        each
        for each in evidence.samples
        if each.kind is evidence.scope.main and evidence.healthy(each).verdict is Verdict.ACCEPTED
    ]


def _accepted(evidence: Evidence, wanted: tuple[Fetched, ...]) -> Iterator[Observation]:
    """Yield what became of healthy ones; who never came for any document cannot be told from one that cannot reach it."""
    cases = _cases(evidence, wanted)
    answers = [(each, sample, evidence.answer(each.make(sample))) for each, sample in cases]
    if not evidence.is_fetching:
        _look_around(evidence, cases[0][1])
    if not evidence.is_fetching:
        raise Untested(evidence.unreached)
    hindrance = ""
    for each, sample, answer in answers:
        if answer.verdict is Verdict.NEITHER and evidence.exchanges[answer.exchange].trouble is not None:
            hindrance = hindrance or f"{sample.name}: {answer.says}."
        else:
            yield _observed(evidence, each, sample, answer)
    if hindrance:
        raise CannotTell(hindrance)


def _look_around(evidence: Evidence, sample: Sample) -> None:
    """Ask about what points to documents of every kind: who fetches lists and no keys does reach the harness."""
    for make in (published_keys.by_address, statuses.active, named_documents.conforming, refreshing.with_newer):
        evidence.answer(make(sample))


def _cases(evidence: Evidence, wanted: tuple[Fetched, ...]) -> list[tuple[Fetched, Sample]]:
    samples = _samples(evidence)
    if not samples:
        raise Untested(f"No healthy {evidence.scope.main.value} was accepted that points to nothing.")
    cases = [(each, sample) for each in wanted for sample in samples if each.where(sample)]
    if not cases:
        raise NotApplicable("The product claims no format for it.")
    return cases


def _answered(evidence: Evidence, wanted: tuple[Fetched, ...]) -> list[Answer]:
    return [evidence.answer(each.make(sample)) for each, sample in _cases(evidence, wanted)]


def _observed(evidence: Evidence, each: Fetched, sample: Sample, answer: Answer) -> Observation:
    if answer.verdict is Verdict.ACCEPTED:
        return Held(evidence=(answer.exchange,))
    return Finding(
        requirement=each.requirement,
        expected=f"{each.says} is accepted ({sample.name})",
        actual=f"it was {answer.verdict.value} ({answer.says})",
        evidence=(answer.exchange, evidence.healthy(sample).exchange),
        dispute=each.dispute or (_doubt(evidence, each, sample) if each.needs else ""),
    )


def _doubt(evidence: Evidence, each: Fetched, sample: Sample) -> str:
    """Return why refusing a credential with a status only warns."""
    if not evidence.is_fetched_for(each.make(sample)):
        return statuses.OF_TYPES
    return statuses.OF_LISTS if each.needs == BITSTRING and is_token(form_of_list(sample)) else ""
