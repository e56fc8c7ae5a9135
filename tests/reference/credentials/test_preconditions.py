"""What is not signed: every rule of the data model and of Open Badges, before there is a proof."""

from __future__ import annotations

from typing import Any

import pytest
from tests.reference.credentials.presenting import DATA_INTEGRITY, STRANGERS, V1, V2, plain
from tests.reference.credentials.surroundings import LEARNER, badge, carelessly_signed, changed, check, signed

from skillmark_reference.credentials.issuance.preconditions import problems_of
from skillmark_reference.credentials.results import Verdict
from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.securing.integrity.problems import ProofGenerationRefused

Record = dict[str, Any]

TERMS = {"Thing": "https://school.example/terms#Thing", "Service": "https://school.example/terms#Service"}
WITH_TERMS = [V2, TERMS]
LANGUAGE = {"@value": "Diplom", "@language": "de"}

GOOD: list[Record] = [
    {},
    {"@context": WITH_TERMS, "type": ["VerifiableCredential", "Thing"]},
    {"type": ["https://school.example/terms#Thing", "VerifiableCredential"]},
    {"issuer": {"id": "https://school.example", "name": "School", "description": [LANGUAGE]}},
    {"name": "Diploma", "description": LANGUAGE},
    {"name": [LANGUAGE, {"@value": "Diploma", "@language": "en"}]},
    {"credentialSubject": [{"id": LEARNER, "name": "Ada"}, {"name": "Bob"}]},
    {"credentialSubject": {"id": LEARNER}},
    {"validFrom": "2099-01-01T00:00:00.123Z"},
    {"validUntil": "2001-01-01T00:00:00-05:00"},
    {"validFrom": "2025-01-01T00:00:00Z", "validUntil": "2025-01-01T01:00:00+01:00"},
    {"@context": WITH_TERMS, "credentialStatus": {"type": "Service"}},
    {"@context": WITH_TERMS, "credentialStatus": [{"id": "urn:s", "type": "Service"}, {"type": "Service"}]},
    {"credentialSchema": [{"id": "https://school.example/s", "type": "JsonSchema"}]},
    {"@context": WITH_TERMS, "refreshService": {"type": "Service", "id": "https://school.example/r"}},
    {"@context": WITH_TERMS, "termsOfUse": [{"type": "Service"}], "evidence": {"type": "Thing"}},
    {"relatedResource": {"id": "https://school.example/x", "digestMultibase": "uEiBZlVztZpfWHgPyslVv6-UwirFoQoRvW1htfx963sknNA"}},
]  # fmt: skip

BAD: list[tuple[str, Record]] = [
    ("/@context", {"@context": []}),
    ("/@context", {"@context": [{"a": "urn:a"}, V2]}),
    ("/", {"@context": [V2, 5]}),
    ("/", {"@context": [V2, None]}),
    ("/@context", {"@context": [V2, "https://nobody.example/context"]}),
    ("/", {"@context": [V2, {"VerifiableCredential": "urn:other"}]}),
    ("/", {"@context": [V2, {"id": "urn:other"}]}),
    ("/id", {"id": "no-url"}),
    ("/id", {"id": ["urn:a", "urn:b"]}),
    ("/id", {"id": 5}),
    ("/id", {"id": None}),
    ("/type", {"type": []}),
    ("/type", {"type": ["Thing"]}),
    ("/type", {"type": ["VerifiableCredential", "Thing"]}),
    ("/", {"@context": [V2, {"Thing": "https ://no-url"}], "type": ["VerifiableCredential", "Thing"]}),
    ("/issuer", {"issuer": None}),
    ("/issuer", {"issuer": "school"}),
    ("/issuer", {"issuer": {"name": "School"}}),
    ("/issuer", {"issuer": {"id": None}}),
    ("/issuer", {"issuer": {"id": "school"}}),
    ("/issuer", {"issuer": ["urn:a", "urn:b"]}),
    ("/name", {"name": 5}),
    ("/name", {"name": {**LANGUAGE, "url": "urn:x"}}),
    ("/name", {"name": {"@value": 5}}),
    ("/description", {"description": [True]}),
    ("/credentialSubject", {"credentialSubject": {}}),
    ("/credentialSubject", {"credentialSubject": [{"id": LEARNER}, {}]}),
    ("/credentialSubject", {"credentialSubject": []}),
    ("/credentialSubject", {"credentialSubject": "did:example:a"}),
    ("/credentialSubject", {"credentialSubject": {"id": "no-url", "name": "Ada"}}),
    ("/credentialSubject", {"credentialSubject": {"undefined": 1}}),
    ("/validFrom", {"validFrom": "yesterday"}),
    ("/validFrom", {"validFrom": "2026-02-30T00:00:00Z"}),
    ("/validUntil", {"validFrom": "2026-02-01T00:00:00Z", "validUntil": "2026-01-01T00:00:00Z"}),
    ("/credentialStatus", {"credentialStatus": {"id": "urn:s"}}),
    ("/credentialStatus", {"credentialStatus": {"type": "Unmapped"}}),
    ("/credentialStatus", {"@context": WITH_TERMS, "credentialStatus": {"type": "Service", "id": "https ://x"}}),
    ("/credentialStatus", {"@context": WITH_TERMS, "credentialStatus": {"type": "Service", "id": ["urn:a", "urn:b"]}}),
    ("/credentialSchema", {"credentialSchema": {"type": "JsonSchema"}}),
    ("/credentialSchema", {"credentialSchema": {"id": "https://school.example/s"}}),
    ("/credentialSchema", {"credentialSchema": {"id": "s", "type": "JsonSchema"}}),
    ("/refreshService", {"refreshService": {"id": "https://school.example/r"}}),
    ("/refreshService", {"@context": WITH_TERMS, "refreshService": {"type": "Service", "id": "//r"}}),
    ("/termsOfUse", {"termsOfUse": {"id": "urn:t"}}),
    ("/evidence", {"evidence": {"id": "urn:e"}}),
    ("/evidence", {"evidence": "urn:e"}),
    ("/relatedResource", {"relatedResource": ["urn:r"]}),
    ("/relatedResource", {"relatedResource": {"digestSRI": "sha256-" + "A" * 43 + "="}}),
    ("/relatedResource", {"relatedResource": {"id": V2}}),
    ("/relatedResource", {"relatedResource": {"id": V2, "digestSRI": "sha256-" + "A" * 43 + "="}}),
    ("/undefined", {"undefined": "term"}),
]  # fmt: skip


@pytest.mark.parametrize("members", GOOD, ids=str)
def test_what_is_signed(members: Record) -> None:
    """Everything that the data model allows is signed, and then verified."""
    made = plain(**members)
    assert [] == problems_of(made)
    assert Verdict.INVALID is not check(carelessly_signed(made), policy=STRANGERS).verdict


@pytest.mark.parametrize(("pointer", "members"), BAD, ids=str)
def test_what_is_not_signed(pointer: str, members: Record) -> None:
    """What the data model forbids is told with its place, and refused when somebody signs it all the same."""
    made = plain(**members)
    assert pointer in {f"/{each.pointer.split('/')[1]}" if each.pointer else "/" for each in problems_of(made)}
    try:
        careless = carelessly_signed(made)
    except ProofGenerationRefused:
        return
    assert not check(careless, policy=STRANGERS).valid


@pytest.mark.parametrize("member", ["@context", "type", "issuer", "credentialSubject"])
def test_what_has_to_be_there(member: str) -> None:
    """Context, type, issuer and subject are members of every credential."""
    made = plain()
    del made[member]
    assert [] != problems_of(made)


def test_data_model_1() -> None:
    """A credential of data model 1.1 has its own dates, and no term that came later."""
    older = {**plain(), "@context": [V1, DATA_INTEGRITY, {"name": "https://schema.org/name"}]}
    assert ["issuanceDate is missing"] == [each.message for each in problems_of(older)]
    assert [] == problems_of({**older, "issuanceDate": "2025-01-01T00:00:00Z"})
    assert "/validFrom" in str(problems_of({**older, "issuanceDate": "2025-01-01T00:00:00Z", "validFrom": 5}))


def test_badges_have_the_rules_of_their_standard() -> None:
    """A badge is held against the table of Open Badges, and its results against their descriptions."""
    assert [] == problems_of(badge())
    assert ["validFrom is missing"] == [each.message for each in problems_of(changed(badge(), "/validFrom"))]
    made = badge()
    made["credentialSubject"]["result"] = [{"type": ["Result"], "resultDescription": "urn:nowhere"}]
    made["credentialSubject"]["achievement"]["resultDescription"] = [
        {"id": "urn:rd", "type": ["ResultDescription"], "name": "Points", "resultType": "RawScore"}
    ]
    assert "OB30-R-036" in {each.clause for each in problems_of(made)}


def test_contexts_of_the_caller() -> None:
    """Terms are those of the contexts that the caller knows."""
    made = plain(**{"@context": [V2, "https://school.example/terms"], "type": ["VerifiableCredential", "Thing"]})
    known = newest_contexts().with_documents(
        {"https://school.example/terms": b'{"@context": {"Thing": "https://school.example/terms#Thing"}}'}
    )
    assert [] == problems_of(made, known)
    assert [] != problems_of(made)


def test_a_proof_is_not_looked_at() -> None:
    """A second proof may be added to a credential that has one."""
    assert [] == problems_of(signed(badge()))
