"""Whatever an issuer may write is spared, and whatever the tables forbid is accused, over the whole model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skillmark.core.outcomes import Outcome
from skillmark.engine import find_depth
from skillmark.faults.credentials import healthy, securing
from skillmark.faults.credentials.handing_in import HandedIn, IssuerFault, Standard, judged
from skillmark.strategies.credentials import CREDENTIALS, credentials
from skillmark.strategies.credentials_mutations import mutations
from skillmark.strategies.credentials_rewrites import rewrites

if TYPE_CHECKING:
    from skillmark.core.results import RunResult

DEPTH = find_depth("smoke")
#: Advice that drawn credentials do not follow: criteria that say something, baked images of awards, hashed identities.
ADVICE = {"OB30-R-034", "OB30-R-042", "OB30-R-046", "CLR20-R-076", "CLR20-R-084", "CLR20-R-088"}
#: Members that hold other credentials: with null in their place there is nothing to sign inside.
HOLDERS = {"endorsement", "verifiableCredential"}
each_kind = pytest.mark.parametrize("name", CREDENTIALS)
some = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))


def standard_of(name: str) -> Standard:
    """Return the standard that a kind of credential is judged by."""
    return Standard.CLR if name.startswith("Clr") else Standard.OPEN_BADGES


def ran(name: str, content: dict[str, Any]) -> RunResult:
    """Sign a drawn credential with all that is inside, and run its plan."""
    files = {"credential.json": securing.written(securing.whole(content))}
    return judged(standard_of(name), HandedIn(files=files), DEPTH)


def drawn(name: str, data: st.DataObject) -> dict[str, Any]:
    """Draw a valid credential of the school."""
    content: dict[str, Any] = data.draw(credentials(name, issuer=healthy.school().profile["id"], depth=5))
    return content


@each_kind
@some
@given(data=st.data())
def test_valid_credentials_are_spared(name: str, data: st.DataObject) -> None:
    """No credential that the tables allow is accused of anything, but for advice."""
    result = ran(name, drawn(name, data))
    assert set() == {each.finding.requirement for each in result.findings} - ADVICE
    assert [] == [check.reason for check in result.checks if check.defect]


@pytest.mark.parametrize("name", ["AchievementCredential", "ClrCredential"])
@some
@given(data=st.data())
def test_legal_rewrites_change_nothing(name: str, data: st.DataObject) -> None:
    """One value for an array where that is permitted, other zones, further contexts: what is failed is the same, nothing."""
    for rewrite in rewrites(drawn(name, data)):
        failed = [each.finding for each in ran(name, rewrite.document).findings if each.outcome is Outcome.FAILED]
        assert set() == {each.requirement for each in failed} - {"OB30-R-142"}, rewrite.name


@each_kind
@some
@given(data=st.data())
def test_departures_are_accused(name: str, data: st.DataObject) -> None:
    """Every single departure from the tables is accused of one of the requirements that it breaks."""
    chosen = data.draw(
        st.sampled_from(
            [
                each
                for each in mutations(drawn(name, data))
                if each.twin is None and not (each.replacement is None and each.path[-1] in HOLDERS)
            ]
        )
    )
    standard = standard_of(name)
    fault = IssuerFault(name="", requirements=chosen.requirements, effect="", make=lambda _: HandedIn(files={}))
    accused = {each.finding.requirement for each in ran(name, chosen.apply()).findings}
    assert accused & set(fault.expected(standard)), chosen.name
