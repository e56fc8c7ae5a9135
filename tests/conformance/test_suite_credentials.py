"""The plans of issuers: whom they accuse of what, whom they spare, and what they say of what was handed in."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest
from tests.reference.credentials import test_published

from skillmark.catalogue import Decision
from skillmark.core.errors import Misconfigured, TargetUnreachable
from skillmark.core.outcomes import Outcome, Verdict
from skillmark.core.target import Submissions, Target
from skillmark.engine import find_depth
from skillmark.faults.credentials import healthy, packed, securing
from skillmark.faults.credentials.endpoint_personas import NULL_ENDPOINTS
from skillmark.faults.credentials.handing_in import ISSUER_FAULTS, NOW, HandedIn, Standard, judged
from skillmark.faults.credentials.personas import ISSUER_PERSONAS, NULL_ISSUERS
from skillmark.faults.selfcheck import Judgement, Kind, Subject, decide_one, subjects
from skillmark.plans import find_plan
from skillmark.runs import certify
from skillmark.suites import suite_of
from skillmark.suites.credentials.sightings import RULES
from skillmark_reference.pathways.catalogue import find_entry
from skillmark_reference.pathways.issuing import issue
from skillmark_reference.pathways.settings import Setting

if TYPE_CHECKING:
    from pathlib import Path

    from skillmark.core.results import RunResult

BADGES, RECORDS = Standard.OPEN_BADGES, Standard.CLR
DEPTH = find_depth("smoke")
RANK = {Verdict.CONFORMANT: 0, Verdict.NOT_FULLY_VERIFIED: 1, Verdict.NOT_CONFORMANT: 2}
#: Learners' records in the formats that certification takes.
CERTIFIED = {
    BADGES: ("amara-okafor-da", "amara-okafor-da-jwt", "amara-okafor-da-png", "samira-haddad-da-1-1-ecdsa-sd-2023-derived-valid"),
    RECORDS: ("amara-okafor-record", "samira-haddad-record-vc-jwt-rs256"),
}  # fmt: skip
each_standard = pytest.mark.parametrize("standard", Standard, ids=lambda standard: standard.value)


def ran(standard: Standard, **files: bytes) -> RunResult:
    """Run a plan on files; two underscores in a name are a dot."""
    named = {name.replace("__", "."): content for name, content in files.items()}
    return judged(standard, HandedIn(files=named, documents=healthy.documents()), DEPTH)


def signed(credential: healthy.Record) -> bytes:
    """Return a credential with its proof, as a file."""
    return securing.written(securing.whole(credential))


def credential(standard: Standard) -> healthy.Record:
    """Return a healthy credential of a standard."""
    return healthy.minimal() if standard is BADGES else healthy.record()


def accused(result: RunResult, outcome: Outcome = Outcome.FAILED) -> set[str]:
    """Return the requirements of which a run accuses."""
    return {each.finding.requirement for each in result.findings if each.outcome is outcome}


# Faults, personas and null products


@pytest.mark.parametrize(
    "subject",
    [each for each in subjects() if each.plan in {"ob-3.0-issuer", "clr-2.0-issuer"}],
    ids=lambda each: each.id,
)
def test_each_subject_of_the_self_check_is_judged_rightly(subject: Subject) -> None:
    """Every fault is caught for its requirement, every persona spared, and every null product gets what it deserves."""
    row = decide_one(subject)
    assert row.judgement.is_right, (row.expected, row.failed, row.warned)
    assert () == row.defects


def test_there_is_enough_to_try() -> None:
    """Hundreds of faults, more than ten personas and null products, each of them tried on its plans."""
    found = [each for each in subjects() if each.plan in {standard.value for standard in Standard}]
    assert len(ISSUER_FAULTS) > 250
    assert {standard.value for standard in Standard} == {each.plan for each in found if each.kind is Kind.FAULT}
    assert len(ISSUER_PERSONAS) > 20
    assert 2 * (len(NULL_ISSUERS) + len(NULL_ENDPOINTS)) == sum(each.kind is Kind.NULL for each in found)


def test_a_fault_that_is_not_one_is_missed() -> None:
    """The self-check tells when nothing is found."""
    subject = Subject(kind=Kind.NULL, name="unsigned", plan=BADGES.value)
    assert Judgement.CAUGHT is decide_one(subject).judgement
    healthy_one = NULL_ISSUERS["unsigned"]
    spared = type(healthy_one)(name="unsigned", make=ISSUER_PERSONAS["minimal"].make, deserves=Verdict.NOT_CONFORMANT)
    NULL_ISSUERS["unsigned"] = spared
    try:
        assert Judgement.MISSED is decide_one(subject).judgement
    finally:
        NULL_ISSUERS["unsigned"] = healthy_one


# What the learners' records deserve


@each_standard
def test_records_in_the_certified_formats_fail_nothing(standard: Standard) -> None:
    """The valid records of the case study: nothing failed, nothing warned of, nothing that could not be told."""
    made = [issue(find_entry(slug), Setting()) for slug in CERTIFIED[standard]]
    result = ran(standard, **{f"{each.entry.slug}__{each.suffix}": each.content for each in made})
    assert () == result.findings
    assert not [check.name for check in result.checks if check.outcome is Outcome.CANNOT_TELL]


def test_what_certification_lacks_is_named() -> None:
    """Badges for learners alone leave the badge for the conformance suite untested, and nothing else that a test decides."""
    result = ran(BADGES, badge__json=issue(find_entry("amara-okafor-da"), Setting()).content)
    untested = [
        entry
        for entry in result.requirements.values()
        if entry.outcome is Outcome.UNTESTED and entry.deciding and entry.decided == Decision.AUTOMATED.value
    ]
    assert ["OB30-R-219"] == [entry.id for entry in untested]
    assert "conformance@imsglobal.org" in untested[0].reason
    assert Verdict.NOT_FULLY_VERIFIED is result.verdict


def test_a_badge_for_the_conformance_suite_is_what_it_lacks() -> None:
    """With it, and the statements that no test can replace, the issuer is conformant."""
    plan = find_plan(BADGES.value)
    result = ran(BADGES, badge__json=signed(healthy.minimal()))
    assert Outcome.PASSED is result.requirements["OB30-R-219"].outcome
    undecided = {
        entry.id for entry in result.requirements.values() if entry.deciding and entry.outcome is Outcome.UNTESTED
    }
    assert {"OB30-R-149", "OB30-R-220"} == undecided
    assert {Decision.ATTESTED} == {plan.catalogue.requirements[each].decided for each in undecided}


# Findings


def test_a_finding_names_the_place_and_the_cause() -> None:
    """The pointer, what is expected there, what was found, and the record of the file."""
    badge = healthy.minimal()
    badge["credentialSubject"]["achievement"]["name"] = 7
    result = ran(BADGES, badge__json=signed(badge))
    finding = next(each.finding for each in result.findings if each.finding.requirement == "OB30-R-003")
    assert ("/credentialSubject/achievement/name", "a string", "7") == (
        finding.pointer,
        finding.expected,
        finding.actual,
    )
    assert ("d1",) == finding.evidence
    exchange = result.exchanges["d1"]
    assert ("FILE", f"skillmark verify {exchange.url}") == (exchange.method, exchange.curl)
    assert exchange.url.endswith("badge.json")
    assert exchange.excerpt.startswith('{"@context"')


def test_the_same_defect_in_several_files_is_one_finding() -> None:
    """Ten badges without a name are one defect in ten places."""
    badges = {}
    for number in range(10):
        badge = healthy.minimal()
        del badge["credentialSubject"]["achievement"]["name"]
        badges[f"badge{number}__json"] = signed(badge)
    result = ran(BADGES, **badges)
    assert [10] == [each.count for each in result.findings if each.finding.requirement == "OB30-R-003"]


def test_places_inside_of_members_are_those_of_the_file() -> None:
    """A fault in a badge of a record is found where it is in the record."""
    badge = healthy.second()
    badge["credentialSubject"]["achievement"]["criteria"] = {}
    result = ran(RECORDS, record__json=signed(healthy.record(healthy.minimal(), badge)))
    pointers = [each.finding.pointer for each in result.findings if each.finding.requirement == "CLR20-R-076"]
    assert ["/credentialSubject/verifiableCredential/1/credentialSubject/achievement/criteria"] == pointers


def test_arrays_in_files_have_pointers_of_their_own() -> None:
    """The second of two credentials in one file is at its place in the array."""
    badge = healthy.minimal()
    badge["credentialSubject"]["achievement"]["criteria"] = {}
    content = b"[" + signed(healthy.minimal()) + b"," + signed(badge) + b"]"
    result = ran(BADGES, badges__json=content)
    assert "/1/credentialSubject/achievement/criteria" in {each.finding.pointer for each in result.findings}


def test_doubtful_entries_only_warn() -> None:
    """A record without proof fails by the VC Data Model; entries that could not be read at their source warn."""
    record = securing.whole(healthy.record())
    del record["proof"]
    result = ran(RECORDS, record__json=securing.written(record))
    assert "CLR20-R-033" in accused(result, Outcome.WARNED)
    assert {"CLR20-R-103"} == accused(result)


@pytest.mark.parametrize("name", ["value-changed-after-signing", "criteria-say-nothing", "country-with-three-letters"])
@each_standard
def test_more_faults_never_improve_the_verdict(standard: Standard, name: str) -> None:
    """A faulty file beside a healthy one, and two faulty ones, are worth no more than the worst of them."""
    fault = ISSUER_FAULTS.find(name)
    (bad,) = fault.make(standard).files.values()
    (worse,) = ISSUER_FAULTS.find("plain-credential-without-issuer").make(standard).files.values()
    good = signed(credential(standard))
    alone = ran(standard, good__json=good)
    one = ran(standard, good__json=good, bad__json=bad)
    both = ran(standard, good__json=good, bad__json=bad, worse__json=worse)
    assert RANK[alone.verdict] <= RANK[one.verdict] <= RANK[both.verdict]
    assert accused(one) <= accused(both)


# What is handed in


@each_standard
def test_other_kinds_are_set_aside_and_told(standard: Standard) -> None:
    """A folder with badges and records is judged by either plan, which says what it left aside."""
    files = {"badge__json": signed(healthy.minimal()), "record__json": signed(healthy.record())}
    result = ran(standard, **files)
    assert () == result.findings
    assert result.sampling[0].endswith("without opening a connection: 1.")
    assert "Credentials of other kinds, not judged: 1." in result.sampling[1]


def test_a_plan_for_others_is_named() -> None:
    """Records under the plan of badges are a wrong setting, and the message names the right one."""
    with pytest.raises(Misconfigured, match=r"clr-2\.0-issuer"):
        ran(BADGES, record__json=signed(healthy.record()))


def test_nothing_that_can_be_read_is_no_result() -> None:
    """An address that does not answer is out of reach, and no fault of its issuer."""
    given = Submissions(sources=("https://school.example/badge",), offline=True)
    with pytest.raises(TargetUnreachable, match="Nothing that was handed in can be read"):
        certify(find_plan(BADGES.value), Target(submissions=given))


def test_what_cannot_be_read_beside_others_is_unknown() -> None:
    """One address out of reach beside a good badge leaves the validity of all of them open."""
    made = HandedIn(files={"badge.json": signed(healthy.minimal())}, addresses=("https://school.example/badge",))
    result = judged(BADGES, made, DEPTH)
    assert Outcome.CANNOT_TELL is result.requirements["OB30-R-224"].outcome
    assert () == result.findings
    assert any("was not read" in each for each in result.sampling)


def test_a_missing_file_is_a_wrong_setting(tmp_path: Path) -> None:
    """The message names the file."""
    given = Submissions(sources=(str(tmp_path / "missing.json"),), offline=True)
    with pytest.raises(Misconfigured, match=r"There is no file .*missing\.json"):
        certify(find_plan(BADGES.value), Target(submissions=given))


def test_a_target_without_credentials_is_a_wrong_setting() -> None:
    """The message says how to name some."""
    with pytest.raises(Misconfigured, match="--credential SOURCE"):
        certify(find_plan(BADGES.value), Target(url="https://school.example"))


@pytest.mark.parametrize(
    "content",
    [
        b"\x89PNG\r\n\x1a\n",
        b"<svg",
        b"a.b.c",
        b"eyJhbGciOiJub25lIn0.e30.AA",
        b'{"type": {"a": 1}, "@context": 7, "issuer": [], "credentialSubject": [[]], "proof": [7, null]}',
        b'{"type": ["VerifiableCredential", "OpenBadgeCredential"], "credentialSubject": {"achievement": [{"criteria": 7}]}}',
        b'{"type": ["VerifiableCredential", "ClrCredential"], "credentialSubject": {"verifiableCredential": [[], {}, "x"]}}',
        json.dumps({"type": "OpenBadgeCredential", "x": [[[[[[{}]]]]]]}).encode() * 2,
    ],
)
@each_standard
def test_no_content_is_a_defect_of_ours(content: bytes, standard: Standard) -> None:
    """Whatever a file holds, the run comes to its end; a poor document is warned of, and one of the other standard left aside."""
    result = ran(standard, file__json=content, good__json=signed(credential(standard)))
    assert [] == [check.reason for check in result.checks if check.defect]
    assert accused(result) | accused(result, Outcome.WARNED) or "not judged" in result.sampling[1]


def test_a_document_that_nobody_can_read_is_not_passed() -> None:
    """A record with a context that nobody published beside a good one: what its statements are cannot be told."""
    odd = healthy.record()
    odd["@context"][1] = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.0.json"
    result = ran(RECORDS, good__json=signed(healthy.record()), odd__json=signed(odd))
    assert Outcome.CANNOT_TELL is result.requirements["CLR20-R-009"].outcome
    assert Outcome.PASSED is result.requirements["CLR20-R-015"].outcome


def test_a_document_that_breaks_the_verifier_does_not_end_the_run() -> None:
    """Where Skillmark itself fails on one record the other is judged, the defect is told, and the run is not conformant."""
    address = "https://school.example/list"
    entry = {"type": "BitstringStatusListEntry", "statusPurpose": "revocation", "statusListIndex": "1"}
    odd = healthy.record() | {"credentialStatus": {"id": f"{address}#1", **entry, "statusListCredential": address}}
    files = {"good.json": signed(healthy.record()), "odd.json": signed(odd)}
    # No door gives a number in the place of bytes.
    broken = {**healthy.documents(), address: cast("bytes", 5)}
    result = judged(RECORDS, HandedIn(files=files, documents=broken), DEPTH)
    assert Verdict.CONFORMANT is not result.verdict
    assert any("Skillmark failed on it" in each for each in result.sampling)
    assert Outcome.FAILED not in {each.outcome for each in result.requirements.values()}


# The rules


@each_standard
def test_every_check_decides_one_requirement_in_its_words(standard: Standard) -> None:
    """One check for each requirement, so that what one shows says nothing of another; its title is the requirement."""
    plan = find_plan(standard.value)
    known = {entry.id: entry.says for entry in plan.requirements}
    for check in suite_of(plan).checks_of(plan):
        assert 1 == len(check.requirements)
        assert known[check.requirements[0]] == check.title


def test_every_rule_is_of_use() -> None:
    """No rule decides a requirement that no plan has."""
    mine = {entry.id for standard in Standard for entry in find_plan(standard.value).requirements}
    assert set() == set(RULES) - mine


def test_images_of_records_have_their_own_place() -> None:
    """A record in the chunk of badges is no record in an image, and one in its own chunk is."""
    text = signed(healthy.record()).decode()
    assert (
        Outcome.PASSED
        is ran(RECORDS, r__png=packed.png(packed.itxt("clrcredential", text))).requirements["CLR20-R-022"].outcome
    )
    # The clause could not be read, so that what breaks it can only be warned of.
    assert (
        Outcome.CANNOT_TELL
        is ran(RECORDS, r__png=packed.png(packed.itxt(packed.PLACE, text))).requirements["CLR20-R-022"].outcome
    )


def test_the_time_is_that_of_the_target() -> None:
    """Credentials are judged as of the time that was asked for."""
    result = ran(BADGES, badge__json=signed(healthy.minimal()))
    assert NOW.isoformat() in result.sampling[0]


# Repairs


def _patched(change: dict[str, object]) -> tuple[str, str]:
    """Return the requirement and the expectation of the first finding on structure, after members of the achievement changed."""
    badge = healthy.maximal()
    for name, value in change.items():
        if value is None:
            del badge["credentialSubject"]["achievement"][name]
        else:
            badge["credentialSubject"]["achievement"][name] = value
    finding = next(
        each.finding
        for each in ran(BADGES, badge__json=signed(badge)).findings
        if each.finding.requirement in {"OB30-R-003", "OB30-R-005", "OB30-R-006"}
    )
    return finding.requirement, finding.expected


@pytest.mark.parametrize(
    ("change", "patch"),
    [
        ({"type": None}, '[{"op": "add", "path": "/credentialSubject/achievement/type", "value": ["Achievement"]}]'),
        (
            {"name": ["Welding"]},
            '[{"op": "replace", "path": "/credentialSubject/achievement/name", "value": "Welding"}]',
        ),
        ({"tag": 7}, ""),
        ({"name": 7}, ""),
    ],
)
def test_a_repair_is_shown_only_if_it_is_one(change: dict[str, object], patch: str) -> None:
    """A missing type and a needless array can be repaired; what a wrong number should have been, nobody knows."""
    _, expected = _patched(change)
    assert bool(patch) == ("JSON Patch" in expected)
    assert patch in expected


def test_one_departure_that_cannot_be_repaired_hides_the_others() -> None:
    """A patch that would leave the credential faulty is not proposed."""
    _, expected = _patched({"type": None, "name": 7})
    assert "JSON Patch" not in expected


@pytest.mark.parametrize("contexts", [[1, 0], [0], [], None])
def test_contexts_are_put_in_order(contexts: list[int] | None) -> None:
    """Contexts in another order, or some of them missing, have the right ones as repair."""
    badge = healthy.minimal()
    if contexts is None:
        del badge["@context"]
    else:
        badge["@context"] = [healthy.CONTEXTS[each] for each in contexts]
    findings = [each.finding for each in ran(BADGES, badge__json=signed(badge)).findings]
    expected = next(each.expected for each in findings if each.requirement == "OB30-R-032")
    assert json.dumps({"path": "/@context", "value": list(healthy.CONTEXTS)})[1:] in expected


# Credentials that nobody here made


@pytest.mark.parametrize(
    ("standard", "published"),
    [(BADGES, test_published.BADGE), (RECORDS, test_published.RECORD)],
    ids=["badge", "record"],
)
def test_published_credentials_are_spared(standard: Standard, published: healthy.Record) -> None:
    """The published test vectors of both standards, with the keys of their issuer at hand, are accused of nothing."""
    given = {test_published.ISSUER: json.dumps(test_published.CONTROLLER).encode()}
    made = HandedIn(files={"published.json": json.dumps(published).encode()}, documents=given)
    assert () == judged(standard, made, DEPTH).findings
