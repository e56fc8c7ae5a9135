"""The 1EdTech revocation list: who is revoked by it, and documents that are none."""

from __future__ import annotations

from typing import Any

import pytest

from skillmark_reference.securing import revocation_lists
from skillmark_reference.securing.statuses import NoStatus

Record = dict[str, Any]

LIST = "https://issuer.example/status/1"
ISSUER = "https://issuer.example/profile"


def revocation(*items: Record, member: str = "revokedCredential") -> Record:
    """Return a revocation list."""
    return {"id": LIST, "issuer": ISSUER, member: list(items)}


@pytest.mark.parametrize("member", ["revokedCredential", "revokedCredentials"])
@pytest.mark.parametrize(
    ("items", "revoked", "reason"),
    [
        ([], False, None),
        ([{"id": "urn:b"}], False, None),
        ([{"id": "urn:a"}], True, None),
        ([{"id": "urn:a", "revoked": True, "revocationReason": "typo"}], True, "typo"),
        ([{"id": "urn:a", "revoked": False}], False, None),
        ([{"id": "urn:a", "revoked": False}, {"id": "urn:b"}, {"id": "urn:a"}], True, None),
        ([{"id": "urn:A"}, {"id": "urn:a "}, {}], False, None),
    ],
)
def test_listed_credentials_are_revoked(member: str, items: list[Record], revoked: bool, reason: str | None) -> None:  # noqa: FBT001
    """A credential is revoked when its id is listed and revoked is true or missing, under either name of the member."""
    found = revocation_lists.check_revocation("urn:a", revocation(*items, member=member), issuer_id=ISSUER)
    assert (revoked, reason, ()) == (found.revoked, found.reason, found.remarks)


def test_both_members_are_read() -> None:
    """A list that has both members revokes what either names."""
    both = {**revocation({"id": "urn:b"}), "revokedCredentials": [{"id": "urn:a"}]}
    assert revocation_lists.check_revocation("urn:a", both, issuer_id=ISSUER).revoked


def test_what_a_strict_reader_would_like_to_know_is_remarked() -> None:
    """A list by somebody else, and a credential that no list can name, are pointed out; they revoke nothing by themselves."""
    found = revocation_lists.check_revocation(None, revocation({"id": None}), issuer_id="https://other.example")
    assert not found.revoked
    assert 2 == len(found.remarks)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ([], "it is list"),
        ({"id": LIST}, "has neither"),
        (revocation() | {"revokedCredential": {"id": "urn:a"}}, "an array of objects"),
        (revocation() | {"revokedCredential": ["urn:a"]}, "an array of objects"),
        (revocation({"id": "urn:a", "revoked": "false"}), "revoked is true or false"),
    ],
)
def test_other_documents_are_no_revocation_list(document: object, reason: str) -> None:
    """The healthy list answers; another document is malformed, and never read as not revoked."""
    assert revocation_lists.check_revocation("urn:a", revocation({"id": "urn:a"}), issuer_id=ISSUER).revoked
    with pytest.raises(NoStatus, match=reason):
        revocation_lists.check_revocation("urn:a", document, issuer_id=ISSUER)


@pytest.mark.parametrize(
    "members", [{"type": "BitstringStatusListEntry"}, {"type": None}, {"id": None}, {"id": "file:///etc/passwd"}]
)
def test_other_entries_name_no_revocation_list(members: Record) -> None:
    """The healthy entry leads to its list; another type or no web address does not."""
    healthy = {"id": LIST, "type": "1EdTechRevocationList"}
    assert LIST == revocation_lists.list_address(healthy)
    with pytest.raises(NoStatus):
        revocation_lists.list_address({**healthy, **members})
