"""What became of a credential on its way through a host: the same JSON value, or a difference; and whether it still verifies."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.results import Outcome, Verdict
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import Documents, Policy

if TYPE_CHECKING:
    from skillmark.core.clock import Clock
    from skillmark_reference.credentials.results import Verification

_SHOWN = 120


def first_difference(left: Any, right: Any, pointer: str = "") -> tuple[str, str, str] | None:  # noqa: ANN401 - any JSON
    """Return where two JSON values first differ, as a JSON pointer, and what stands there; ``None`` when they are the same.

    The order of members means nothing, that of entries does. 1, 1.0 and 1e0 are one number, and no number is a truth value.
    """
    if isinstance(left, dict) and isinstance(right, dict):
        for name in [*left, *(each for each in right if each not in left)]:
            place = f"{pointer}/{name.replace('~', '~0').replace('/', '~1')}"
            if name not in left or name not in right:
                return place, _told(left, name), _told(right, name)
            if found := first_difference(left[name], right[name], place):
                return found
        return None
    if isinstance(left, list) and isinstance(right, list) and len(left) == len(right):
        for index, pair in enumerate(zip(left, right, strict=True)):
            if found := first_difference(*pair, f"{pointer}/{index}"):
                return found
        return None
    is_same = isinstance(left, bool) is isinstance(right, bool) and left == right
    return None if is_same else (pointer, _written(left), _written(right))


def _told(record: dict[str, Any], name: str) -> str:
    return _written(record[name]) if name in record else "nothing"


def _written(value: object) -> str:
    text = json.dumps(value, ensure_ascii=True)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def verified(value: Any, clock: Clock) -> Verification | None:  # noqa: ANN401 - a credential or a token
    """Verify a credential as a list shows it, without asking anybody; ``None`` for what can be no credential."""
    if not isinstance(value, str | dict):
        return None
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    try:
        return verify(text, documents=Documents(clock=clock, policy=Policy(offline=True)), now=clock.now())
    except UnicodeEncodeError:
        return None


def forgery(verification: Verification) -> str:
    """Return why a credential is certainly not as it was signed; empty where that cannot be said."""
    for step in verification.steps:
        if step.outcome is Outcome.FAILED and step.verdict is Verdict.INVALID and step.subject.secures:
            return str(step.problems[0]) if step.problems else step.subject.value
    return ""
