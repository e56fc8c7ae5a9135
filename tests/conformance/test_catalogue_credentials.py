"""The catalogues of Verifiable Credentials, Open Badges and CLR: whole, traced, of known words, and known to the verifier."""

from __future__ import annotations

import collections
import re
import tomllib
from importlib import resources
from typing import TYPE_CHECKING, Any

import pytest

import skillmark.catalogue
from skillmark.catalogue import Decision, Role, catalogue_ids, find_requirement, load_catalogue, requirements
from skillmark.core.outcomes import Level
from skillmark.plans import PLANS
from skillmark_reference import credentials, documents, securing
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.vocabularies import load_vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable
    from pathlib import Path

#: The catalogues of credentials, and the one that no plan decides yet.
CATALOGUES = ("clr", "open_badges", "vc")
NOT_YET_DECIDED = {"vc"}
BOTH = {"1.1", "2.0"}
#: Prefixes of ids, and the versions of the VC Data Model that their entries speak of.
VC_PREFIXES = {
    "VCDM20": {"2.0"},
    "VCDM11": {"1.1"},
    "DI10": BOTH,
    "EDDSA": BOTH,
    "ECDSA": BOTH,
    "CID10": BOTH,
    "BSL10": BOTH,
    "VCRL": BOTH,
    "JOSE": {"2.0"},
    "VCJWT": BOTH,
    "VCJS": BOTH,
    "DIDKEY": BOTH,
    "DIDWEB": BOTH,
    "DIDJWK": BOTH,
    "JSONLD": BOTH,
    "RDFC10": BOTH,
    "JCS": BOTH,
    "VCAPI": BOTH,
}
#: A catalogue with its vocabulary.
VOCABULARIES = {"vc": "vc-2.0", "open_badges": "ob-3.0", "clr": "clr-2.0"}
_ID = re.compile(r"\b[A-Z]+[0-9]*-R-[0-9]{3}\b")
_DISPUTE = re.compile(r"\bD-[0-9]{2}\b")

each_catalogue = pytest.mark.parametrize("name", CATALOGUES)


def table(name: str) -> dict[str, Any]:
    """Return a table as it is written."""
    return tomllib.loads((resources.files(skillmark.catalogue) / f"{name}.toml").read_text(encoding="utf-8"))


def sources(folder: Traversable) -> Iterator[str]:
    """Yield the text of every module of a package."""
    for each in folder.iterdir():
        if each.is_dir():
            yield from sources(each)
        elif each.name.endswith(".py"):
            yield each.read_text(encoding="utf-8")


# The tables


@pytest.mark.parametrize(
    ("name", "entries", "musts", "automated", "doubted"),
    [("vc", 301, 241, 277, 30), ("open_badges", 256, 194, 232, 1), ("clr", 233, 169, 208, 144)],
)
def test_the_catalogues_are_complete(name: str, entries: int, musts: int, automated: int, doubted: int) -> None:
    """Every entry is there, with the numbers per level and decision that were counted apart from the tables."""
    found = list(load_catalogue(name).requirements.values())
    assert entries == len(found)
    assert musts == sum(entry.level is Level.MUST for entry in found)
    assert automated == sum(entry.decided is Decision.AUTOMATED for entry in found)
    assert doubted == sum(bool(entry.doubt) for entry in found)


@each_catalogue
def test_identifiers_are_unique_and_count_on(name: str) -> None:
    """The numbers of each prefix begin with 1 and go on without a gap."""
    numbers = collections.defaultdict(list)
    for row in table(name)["requirement"]:
        prefix, _, number = row["id"].partition("-R-")
        numbers[prefix].append(number)
    expected = {"vc": set(VC_PREFIXES), "open_badges": {"OB30"}, "clr": {"CLR20"}}
    assert expected[name] == set(numbers)
    assert all([f"{each:03}" for each in range(1, len(found) + 1)] == found for found in numbers.values())


def test_no_identifier_is_in_two_catalogues() -> None:
    """An id leads to one entry, in one catalogue."""
    found = [identifier for name in catalogue_ids() for identifier in load_catalogue(name).requirements]
    assert len(set(found)) == len(found)


@each_catalogue
def test_every_entry_is_traced_and_explained(name: str) -> None:
    """Each entry has its clause, its link, its wording, and a way to break it."""
    for entry in load_catalogue(name).requirements.values():
        assert entry.clause
        assert entry.url.startswith("https://")
        assert entry.says.endswith(".")
        assert entry.example_fault not in {"", "none"}
        assert entry.how == "" or entry.how.endswith(".")


@each_catalogue
def test_every_entry_says_how_it_is_decided(name: str) -> None:
    """A test and a statement have a how, what is untestable a reason, what is disputed two readings, and nothing else has."""
    for entry in load_catalogue(name).requirements.values():
        assert (entry.decided is Decision.UNTESTABLE) == bool(entry.reason) == (not entry.how), entry.id
        assert (2 if entry.decided is Decision.DISPUTED else 0) == len(set(entry.readings)), entry.id


@each_catalogue
def test_every_word_is_of_its_vocabulary(name: str) -> None:
    """Roles, statuses, versions and classes are known words."""
    classes = load_vocabulary(VOCABULARIES[name]).classes.keys() | load_vocabulary("ob-3.0").classes.keys()
    for entry in load_catalogue(name).requirements.values():
        assert entry.role is not Role.PROVIDER
        assert entry.status in {"normative", "informative"}
        assert entry.model_class is None or entry.model_class in classes
        assert set(entry.data_models) <= {"1.1", "2.0"}
        assert entry.confidence_1_0 is None


def test_the_data_models_are_told_apart() -> None:
    """What holds in one version of the VC Data Model only says which: by its versions, or by its data models."""
    for entry in load_catalogue("vc").requirements.values():
        bound = VC_PREFIXES[entry.id.partition("-R-")[0]]
        assert set(entry.versions) == bound or entry.id in {"VCJWT-R-007", "VCJWT-R-011"}
    speaking = {"open_badges": ("OB30-R-133", "OB30-R-129"), "clr": ("CLR20-R-140", "CLR20-R-005")}
    for name, (older, newer) in speaking.items():
        found = load_catalogue(name).requirements
        assert (("1.1",), ("2.0",)) == (found[older].data_models, found[newer].data_models)


@each_catalogue
def test_every_numbered_dispute_is_explained_and_used(name: str) -> None:
    """Each D-nn that an entry names is one of the disputes of its catalogue."""
    catalogue = load_catalogue(name)
    named = {
        number
        for entry in catalogue.requirements.values()
        for number in _DISPUTE.findall(" ".join((entry.how, *entry.readings, entry.doubt)))
    }
    assert named <= set(catalogue.disputes)
    own = table(name)["disputes"]
    assert set() == set(own) - named
    first = 41 if name == "clr" else 1
    assert [f"D-{number:02}" for number in range(first, first + len(own))] == list(own)


@each_catalogue
def test_entries_refer_to_known_entries(name: str) -> None:
    """An entry that names another one names one that exists."""
    for entry in load_catalogue(name).requirements.values():
        for identifier in _ID.findall(f"{entry.says} {entry.how} {entry.reason}"):
            assert identifier == find_requirement(identifier)[1].id


# What an entry weighs


@each_catalogue
def test_only_undoubted_normative_musts_fail(name: str) -> None:
    """No entry that is informative, disputed or doubtful can fail a product; every other MUST can."""
    for entry in load_catalogue(name).requirements.values():
        plain = entry.status == "normative" and entry.decided is not Decision.DISPUTED and not entry.doubt
        for version in entry.versions:
            assert (plain and entry.level is Level.MUST) == entry.is_scored(version)


# Entries that repeat others


def test_an_entry_of_clr_repeats_what_it_does_not_say() -> None:
    """It has the level, the wording and the disputes of its pattern, and its own id, link and doubt."""
    badges, records = load_catalogue("open_badges"), load_catalogue("clr")
    pattern, entry = badges.requirements["OB30-R-112"], records.requirements["CLR20-R-130"]
    assert (pattern.says, pattern.level, pattern.readings) == (entry.says, entry.level, entry.readings)
    assert "CLR20-R-130" == entry.id
    assert pattern.url != entry.url
    assert entry.doubt
    assert badges.disputes["D-02"] == records.disputes["D-02"]


def test_the_hash_follows_what_is_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One more byte in the table of Open Badges changes the hash of CLR, whose entries repeat it."""
    known = load_catalogue("clr").digest
    for name in ("clr", "open_badges"):
        content = (resources.files(skillmark.catalogue) / f"{name}.toml").read_bytes()
        (tmp_path / f"{name}.toml").write_bytes(content)
    monkeypatch.setattr(requirements.resources, "files", lambda _: tmp_path)
    assert known == load_catalogue.__wrapped__("clr").digest
    (tmp_path / "open_badges.toml").write_bytes(content + b"\n")
    assert known != load_catalogue.__wrapped__("clr").digest


# Whoever looks them up


@pytest.mark.parametrize("identifier", ["CASE-R-093", "VCDM20-R-026", "OB30-R-001", "CLR20-R-130"])
def test_one_look_finds_every_requirement(identifier: str) -> None:
    """The id alone leads to the entry and to the catalogue that has it."""
    catalogue, entry = find_requirement(identifier)
    assert identifier == entry.id
    assert entry is catalogue.requirements[identifier]


def test_an_unknown_requirement_is_told() -> None:
    """An id that no catalogue has is refused, with the catalogues that were searched."""
    with pytest.raises(KeyError, match=r"OB30-R-999.*case, clr, open_badges, vc"):
        find_requirement("OB30-R-999")


def test_every_requirement_that_the_verifier_names_exists() -> None:
    """Each id in the modules of credentials, securing and documents, and each that a step can have, is in a catalogue."""
    known = {identifier for name in catalogue_ids() for identifier in load_catalogue(name).requirements}
    packages = [resources.files(each) for each in (credentials, securing, documents)]
    named = {identifier for package in packages for text in sources(package) for identifier in _ID.findall(text)}
    named |= {kind.requirement(subject) for kind in CredentialKind for subject in Subject}
    assert 60 < len(named)
    assert set() == named - known


def test_what_no_plan_decides_is_listed() -> None:
    """Whoever adds a plan takes its catalogue from the list; from then on every entry of the plan needs a check."""
    assert NOT_YET_DECIDED == set(catalogue_ids()) - {plan.catalogue_id for plan in PLANS.values()}
