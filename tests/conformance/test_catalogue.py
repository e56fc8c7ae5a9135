"""The requirement catalogue: that it is whole, that its entries weigh what they should, and that each is decided and tried."""

from __future__ import annotations

import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING

import pytest

import skillmark.catalogue
import skillmark.suites.case
import skillmark_reference.standards
from skillmark.catalogue import Decision, Role, load_catalogue, requirements
from skillmark.cli.information import checks_by_requirement
from skillmark.core.outcomes import Level, Outcome
from skillmark.faults.credentials.declared import ISSUER_FAULTS
from skillmark.faults.credentials.handing_in import Standard
from skillmark.faults.providers import FAULTS
from skillmark.plans import PLANS, Asks, Plan
from skillmark_reference.standards import load_standard, standard_ids, tables

if TYPE_CHECKING:
    from pathlib import Path

BY_TEST = {Decision.AUTOMATED, Decision.DISPUTED}
CONTENT = (resources.files(skillmark.catalogue) / "case.toml").read_bytes()
#: The product that populates every optional member, as certification wants it, breaks this advice in any case.
BROKEN_BY_THE_HEALTHY_PROVIDER = {"CASE-R-194"}

#: Permissions, which nobody can break, and what takes the interface of a product.
NOT_TO_BE_BROKEN = {
    "OB30-R-058", "OB30-R-060", "OB30-R-061", "OB30-R-087", "OB30-R-089", "OB30-R-103", "OB30-R-141", "OB30-R-221",
    "CLR20-R-035", "CLR20-R-099", "CLR20-R-101", "CLR20-R-102", "CLR20-R-105", "CLR20-R-107", "CLR20-R-121", "CLR20-R-148",
}  # fmt: skip
#: Media types, which need an address that answers (``test_suite_credentials_addresses``).
OVER_SOCKETS = {"OB30-R-072", "OB30-R-073"}

#: What a plan is called after where the certification guide has a longer word for a role: Service Consumer.
IN_PLANS = {Role.CONSUMER: "client"}

each_plan = pytest.mark.parametrize("plan", PLANS.values(), ids=lambda plan: plan.id)
each_plan_of_providers = pytest.mark.parametrize(
    "plan", [plan for plan in PLANS.values() if plan.asks is Asks.ADDRESS], ids=lambda plan: plan.id
)
each_plan_of_issuers = pytest.mark.parametrize(
    "plan", [plan for plan in PLANS.values() if plan.asks is Asks.CREDENTIALS], ids=lambda plan: plan.id
)


def catalogue_from(folder: Path, monkeypatch: pytest.MonkeyPatch, content: bytes) -> requirements.Catalogue:
    """Load a catalogue with other content."""
    (folder / "case.toml").write_bytes(content)
    monkeypatch.setattr(requirements.resources, "files", lambda _: folder)
    return load_catalogue.__wrapped__("case")


# The table


def test_the_catalogue_is_complete() -> None:
    """All 187 entries are there, with the numbers per role and level that were counted by hand."""
    entries = list(load_catalogue("case").requirements.values())
    assert 187 == len(entries)
    assert 168 == sum(entry.role is Role.PROVIDER for entry in entries)
    assert 132 == sum(entry.level is Level.MUST for entry in entries)
    assert 48 == sum(entry.level is Level.SHOULD for entry in entries)


def test_identifiers_are_unique_and_ascend() -> None:
    """No identifier occurs twice, each tells the versions that it binds, and the numbers of each kind ascend."""
    versions = {"CASE-R-": ["1.0", "1.1"], "CASE10-R-": ["1.0"], "CASE11-R-": ["1.1"]}
    rows = tomllib.loads(CONTENT.decode())["requirement"]
    assert len({row["id"] for row in rows}) == len(rows)
    for prefix, bound in versions.items():
        mine = [row for row in rows if row["id"].startswith(prefix)]
        assert sorted(row["id"] for row in mine) == [row["id"] for row in mine]
        assert all(bound == row["versions"] for row in mine)
    assert all(row["id"].startswith(tuple(versions)) for row in rows)


def test_every_entry_is_traced_and_explained() -> None:
    """Each entry has its clause, its link, its wording and a way to break it."""
    for entry in load_catalogue("case").requirements.values():
        assert entry.clause
        assert entry.url.startswith("https://")
        assert entry.says.endswith(".") or entry.says[-1].isalnum()
        assert entry.example_fault


def test_every_entry_says_how_it_is_decided() -> None:
    """A test and a statement have a how, what is untestable a reason, what is disputed two readings, and nothing else has."""
    for entry in load_catalogue("case").requirements.values():
        assert entry.how or entry.decided is Decision.UNTESTABLE
        assert (entry.decided is Decision.UNTESTABLE) == bool(entry.reason)
        assert (2 if entry.decided is Decision.DISPUTED else 0) == len(set(entry.readings))


def test_every_word_is_of_its_vocabulary() -> None:
    """Status and confidence are known words: a misspelt one would change a verdict without a sound."""
    for entry in load_catalogue("case").requirements.values():
        assert entry.status in {"normative", "informative"}
        assert ("1.0" in entry.versions) == (entry.confidence_1_0 in requirements.CONFIDENCES)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [(b'level = "MUST"', b'level = "SHALL"'), (b'role = "provider"', b'role = "both"'), (b'"attested"', b'"asked"')],
    ids=["level", "role", "decision"],
)
def test_unknown_words_are_refused(right: bytes, wrong: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A level, a role or a decision that is not known does not load."""
    with pytest.raises(ValueError, match=wrong.split(b'"')[-2].decode()):
        catalogue_from(tmp_path, monkeypatch, CONTENT.replace(right, wrong, 1))


def test_the_hash_follows_every_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same bytes have the same hash, and one more byte another one, even where it says nothing."""
    known = load_catalogue("case").digest
    assert known == catalogue_from(tmp_path, monkeypatch, CONTENT).digest
    assert known != catalogue_from(tmp_path, monkeypatch, CONTENT + b"\n").digest


@pytest.mark.parametrize("standard", standard_ids())
def test_the_hash_of_a_standard_follows_every_byte(
    standard: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One more byte in a standard's table changes its hash."""
    known = load_standard(standard).digest
    content = (resources.files(skillmark_reference.standards) / f"{standard}.toml").read_bytes()
    (tmp_path / f"{standard}.toml").write_bytes(content + b"\n")
    monkeypatch.setattr(tables.resources, "files", lambda _: tmp_path)
    assert known != load_standard.__wrapped__(standard).digest


def test_every_numbered_dispute_is_explained() -> None:
    """Each D-nn of catalogue, tables and checks is one of the numbered disputes."""
    explained = load_catalogue("case").disputes
    assert [f"D-{number:02}" for number in range(1, 13)] == list(explained)
    tables_of = [file for file in resources.files(skillmark_reference.standards).iterdir() if ".toml" in file.name]
    checks = [file for file in resources.files(skillmark.suites.case).iterdir() if file.name.endswith(".py")]
    texts = [CONTENT.decode(), *(file.read_text(encoding="utf-8") for file in (*tables_of, *checks))]
    assert set() == {number for text in texts for number in re.findall(r"\bD-\d\d\b", text)} - set(explained)


# What an entry weighs


def test_disputed_doubtful_and_weakly_sourced_entries_only_warn() -> None:
    """No entry that is informative, disputed, doubtful, or inferred for 1.0 can fail a product."""
    for entry in load_catalogue("case").requirements.values():
        if entry.status == "informative" or entry.decided is Decision.DISPUTED or entry.doubt:
            assert not any(entry.is_scored(version) for version in entry.versions)
        if entry.confidence_1_0 == "inferred":
            assert not entry.is_scored("1.0")


def test_only_what_must_be_fails() -> None:
    """A finding fails a product for a scored MUST, and warns it of everything else."""
    for entry in load_catalogue("case").requirements.values():
        for version in entry.versions:
            fails = entry.violated(version) is Outcome.FAILED
            assert entry.is_scored(version) == fails
            assert entry.level is Level.MUST or not fails


def test_a_must_read_in_the_documents_is_scored() -> None:
    """An undisputed, normative MUST whose 1.0 reading is at least carried over decides in every version that it binds."""
    for entry in load_catalogue("case").requirements.values():
        plain = entry.level is Level.MUST and entry.status == "normative" and not entry.doubt
        if plain and entry.decided is not Decision.DISPUTED and entry.confidence_1_0 != "inferred":
            assert all(entry.is_scored(version) for version in entry.versions)


@each_plan
def test_plans_bind_their_roles(plan: Plan) -> None:
    """A provider is not judged by what a consumer has to do, an issuer not by what a verifier has, nor by another version."""
    role = plan.roles[0]
    assert plan.id.endswith(f"-{IN_PLANS.get(role, role.value)}")
    assert set(plan.roles) == {entry.role for entry in plan.requirements}
    assert all(plan.version in entry.versions for entry in plan.requirements)


# That every entry is decided, and that the decision is tried


@each_plan
def test_every_automatable_requirement_has_a_test(plan: Plan) -> None:
    """Each entry that a test can decide names at least one test, whatever its level."""
    tests = checks_by_requirement(plan)
    assert [] == [entry.id for entry in plan.requirements if entry.decided in BY_TEST and not tests[entry.id]]


@each_plan_of_providers
def test_every_automatable_requirement_has_a_fault(plan: Plan) -> None:
    """Each entry that a test can decide is broken by a fault of the self-check, in the version of the plan.

    Left out are transport, which has no meaning in process and is tried over sockets (``test_suite_transport``), the
    requirements on the run as a whole, which every fault breaks, and what the healthy provider breaks itself.
    """
    version = plan.version
    tried = {requirement for fault in FAULTS if version in fault.versions for requirement in fault.requirements}
    elsewhere = plan.transport | set(plan.closing.checks if plan.closing else ()) | BROKEN_BY_THE_HEALTHY_PROVIDER
    untried = {entry.id for entry in plan.requirements if entry.decided in BY_TEST} - tried
    assert elsewhere == untried


@each_plan_of_issuers
def test_every_automatable_requirement_of_issuers_has_a_fault(plan: Plan) -> None:
    """Each entry that a test can decide is broken by a fault of the self-check, but for permissions and media types."""
    standard = Standard(plan.id)
    tried = {each for fault in ISSUER_FAULTS if standard in fault.standards for each in fault.expected(standard)}
    untried = {entry.id for entry in plan.requirements if entry.decided in BY_TEST} - tried
    assert {entry.id for entry in plan.requirements} & (NOT_TO_BE_BROKEN | OVER_SOCKETS) == untried


@each_plan_of_issuers
def test_faults_of_issuers_break_requirements_of_the_plan(plan: Plan) -> None:
    """Each fault that is tried on a plan should be accused of something in it, and says who suffers."""
    standard = Standard(plan.id)
    for fault in ISSUER_FAULTS:
        assert standard not in fault.standards or fault.expected(standard), fault.name
        assert fault.effect.endswith(".")


def test_faults_break_known_requirements() -> None:
    """Each fault names requirements that bind each of its versions, and says what a user suffers."""
    known = load_catalogue("case").requirements
    for fault in FAULTS:
        assert fault.requirements
        assert fault.effect.endswith(".")
        for version in fault.versions:
            assert all(version in known[each].versions for each in fault.requirements)
