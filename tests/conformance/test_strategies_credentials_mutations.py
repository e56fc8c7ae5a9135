"""Every single-change departure from a valid credential is refused where it was made, and for what it breaks."""

from __future__ import annotations

import copy
import functools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from tests.conformance.test_strategies_credentials import ISSUER, sealed, signed, verified
from tests.reference.credentials.surroundings import badge, carelessly_signed, changed, check

from skillmark.catalogue import find_requirement
from skillmark.strategies.credentials import credentials
from skillmark.strategies.credentials_mutations import CredentialMutation, mutated, mutations
from skillmark.strategies.credentials_rules import Rule
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.securing.strict_json import MalformedJson, parse_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark_reference.credentials.results import Problem, Step, Verification

Record = dict[str, Any]

KINDS = ("AchievementCredential", "EndorsementCredential", "ClrCredential")
#: Requirements whose breach the verifier does not see yet: whoever closes a gap takes its line away.
NOT_SEEN = {
    "OB30-R-049": "a country code that is none of ISO 3166-1: the tables put no pattern on it",
    "CLR20-R-091": "the same in a record",
}
once = settings(max_examples=1, deadline=None, derandomize=True, phases=[Phase.generate])
sampled = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
every_kind = pytest.mark.parametrize("name", KINDS)


@functools.cache
def base(name: str, *, full: bool = False) -> Record:
    """Return the same drawn credential every time, with mandatory members only or with all."""
    return find(credentials(name, issuer=ISSUER, full=full), lambda _: True, settings=once)


# What a verifier makes of them


def problems(found: Verification, place: str = "") -> Iterator[tuple[Step, Problem]]:
    """Yield each problem that was found wrong or worth a warning, in the credential or inside, seen from the outermost one."""
    for step in found.with_outcome(Outcome.FAILED, Outcome.WARNED):
        yield from ((step, problem.below(place)) for problem in step.problems)
    for each in found.inner:
        yield from problems(each, place + each.pointer)


def identity(found: tuple[Step, Problem]) -> tuple[Subject, Problem]:
    """Return what makes two problems the same."""
    return found[0].subject, found[1]


def answers(found: tuple[Step, Problem], mutation: CredentialMutation) -> bool:
    """Whether a problem is at the fault or above it, and names a requirement that the mutation breaks.

    A step about structure speaks for the whole credential, and its clause names the class.
    """
    step, problem = found
    if mutation.pointer != problem.pointer and not mutation.pointer.startswith(f"{problem.pointer}/"):
        return False
    if {step.requirement, problem.clause} & set(mutation.requirements):
        return True
    classes = {find_requirement(each)[1].model_class for each in mutation.requirements}
    named = problem.clause.rpartition(", ")[2].partition(".")[0]
    return step.subject is Subject.STRUCTURE and named in classes - {None}


def is_told(mutation: CredentialMutation, before: Verification) -> bool:
    """Whether the verifier tells the fault, and nothing of the kind about the credential without it."""
    known = {identity(each) for each in problems(before)}
    after = problems(check(mutation.text()))
    return any(answers(each, mutation) for each in after if identity(each) not in known)


def is_expected(mutation: CredentialMutation) -> bool:
    """Whether the verifier is known to see such a fault."""
    return not NOT_SEEN.keys() & set(mutation.requirements)


@every_kind
def test_every_mutation_of_a_small_credential_is_told(name: str) -> None:
    """In a credential without optional members the verifier finds each fault at its place, or above, with what it breaks."""
    credential = base(name)
    before = check(credential)
    assert [] == [each.name for each in mutations(credential) if is_expected(each) and not is_told(each, before)]


@every_kind
def test_mutations_of_drawn_credentials_are_told(name: str) -> None:
    """So it does in drawn credentials, whatever they hold, and however deep the fault is."""

    @settings(sampled, max_examples=20 if name == "ClrCredential" else 60)
    @given(mutation=mutated(name))
    def holds(mutation: CredentialMutation) -> None:
        assert is_told(mutation, check(mutation.base)) == is_expected(mutation)

    holds()


@pytest.mark.parametrize("missed", NOT_SEEN)
def test_what_is_not_seen_is_not_seen_yet(missed: str) -> None:
    """Of each known gap one fault passes without a word; when that ends the gap is closed, and its line goes."""
    name = "ClrCredential" if missed.startswith("CLR20") else "AchievementCredential"
    credential = base(name, full=True)
    mutation = next(each for each in mutations(credential) if missed in each.requirements)
    assert not is_told(mutation, check(credential))


def test_mutations_of_proofs_are_told() -> None:
    """A fault in an embedded proof, which is signed by nobody, is refused like one in any other object."""
    credential = carelessly_signed(badge())
    before = check(credential)
    assert Verdict.VALID is before.verdict
    found = [each for each in mutations(credential) if each.pointer.startswith("/proof")]
    assert {"/proof", "/proof/created", "/proof/proofValue"} <= {each.pointer for each in found}
    assert [] == [each.name for each in found if not is_told(each, before)]


def test_what_is_signed_with_a_fault_is_not_valid() -> None:
    """A credential that fails for one fault was valid without it, and its proof, made after the fault, holds in both cases."""
    credential = sealed(base("AchievementCredential", full=True))
    assert Verdict.VALID is verified(signed(base("AchievementCredential", full=True))).verdict
    plain = [each for each in mutations(credential) if "/endorsement" not in each.pointer and each.twin is None]
    for mutation in plain[:: len(plain) // 25]:
        if is_expected(mutation):
            document = carelessly_signed(mutation.apply(), cryptosuite="eddsa-jcs-2022")
            found = verified(document)
            assert Verdict.INVALID is found.verdict, mutation.name
            assert any(answers(each, mutation) for each in problems(found)), mutation.name


# What they are


@every_kind
def test_a_mutation_changes_one_thing(name: str) -> None:
    """Each differs from its base, leaves it as it was, and has a name of its own."""
    credential = base(name, full=True)
    before = copy.deepcopy(credential)
    found = mutations(credential)
    assert all(each.apply() != before for each in found)
    assert before == credential
    assert len({each.name for each in found}) == len(found)


def test_a_name_twice_is_no_json_of_ours() -> None:
    """The mutation that a dictionary cannot hold has one name twice, and strict parsing refuses it for that."""
    mutation = next(each for each in mutations(base("EndorsementCredential")) if each.twin)
    assert 2 == mutation.text().count('"issuer":')
    with pytest.raises(MalformedJson, match="issuer"):
        parse_object(mutation.text().encode())


@every_kind
def test_mutations_name_known_requirements(name: str) -> None:
    """Each breaks at least one requirement, and all that it names are in a catalogue."""
    for each in mutations(base(name, full=True)):
        assert each.requirements
        assert list(each.requirements) == [find_requirement(requirement)[1].id for requirement in each.requirements]


def test_every_rule_is_broken() -> None:
    """There are mutations against each rule, by its requirement for badges or by that for records."""
    whole = changed(base("AchievementCredential", full=True), "/credentialSubject/identifier/0/hashed", value=True)
    unsaid = changed(whole, "/credentialSubject/result/0/status")
    credentials_at_hand = (*(base(name) for name in KINDS), base("ClrCredential", full=True), whole, unsaid)
    broken = {
        each for credential in credentials_at_hand for found in mutations(credential) for each in found.requirements
    }
    kinds = (CredentialKind.ACHIEVEMENT, CredentialKind.CLR)
    named = {rule: {each for kind in kinds for each in rule.requirements(kind)} for rule in Rule}
    assert [] == [rule for rule, requirements in named.items() if not requirements & broken]


def test_every_class_with_a_requirement_is_broken() -> None:
    """For each class of credentials that the catalogues speak of there is a mutation of its structure."""
    broken = {each for name in ("AchievementCredential", "ClrCredential") for each in _classes(base(name, full=True))}
    broken |= _classes(carelessly_signed(badge()))
    assert CLASSES <= broken


CLASSES = {
    *("AchievementCredential", "AchievementSubject", "Achievement", "Address", "Alignment", "Criteria", "Evidence"),
    *("EndorsementCredential", "EndorsementSubject", "GeoCoordinates", "IdentifierEntry", "IdentityObject", "Image"),
    *("Profile", "Related", "Result", "ResultDescription", "RubricCriterionLevel", "CredentialSchema"),
    *("CredentialStatus", "RefreshService", "TermsOfUse", "Proof", "ClrCredential", "ClrSubject", "Association"),
}


def _classes(credential: Record) -> set[str | None]:
    return {
        find_requirement(requirement)[1].model_class
        for each in mutations(credential)
        for requirement in each.requirements
    }
