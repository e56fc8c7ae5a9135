"""Exceptions from the rule that a digest of a related resource has to be right (data model 2.0, 5.3).

The test suite of W3C for the data model gives digests of the base context as right ones that no reading of the Recommendation
yields: two were made of a draft of July 2024, one is the SHA-256 of the final document without the header of a multihash. These
three texts are let pass for this one address, and not at all if the server is told so.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.results import Step

_MEMBER = "relatedResource"
_DIGESTS = ("digestSRI", "digestMultibase")
_BASE_CONTEXT = "https://www.w3.org/ns/credentials/v2"
_EXCEPTIONS = frozenset({
    "sha384-NSOcNpmdIVUxIJGvGUoe22FjTWrXiaXlsZ8q6912LdnR3KraQO2n75Ica4wK4Qeg",
    "uJKGMkOmFbVJhEfKTduMC2XCyvRAYLjOVmZWwIH1wQ7k",
    "uWZVc7WaX1h4D8rJVb-vlMIqxaEKEb1tYbX8fet7JJzQ",
})  # fmt: skip
#: SHA-384 of the final context, which the suite gives beside one of them.
_RIGHT = "sha384-l/HrjlBCNWyAX91hr6LFV2Y3heB5Tcr6IeE4/Tje8YyzYBM8IhqjHWiWpr8+ZbYU"


def excepted(credential: Mapping[str, Any]) -> frozenset[str]:
    """Return the pointers of the related resources with no other digest than those that are let pass."""
    return frozenset(_pointers(credential.get(_MEMBER)))


def with_exceptions(step: Step, pointers: frozenset[str]) -> Step:
    """Return the step about related resources without what is said about those that are excepted."""
    if step.subject is not Subject.RELATED_RESOURCES or not pointers:
        return step
    rest = tuple(each for each in step.problems if each.pointer not in pointers)
    outcome = step.outcome if rest or not step.problems else Outcome.PASSED
    return dataclasses.replace(step, problems=rest, outcome=outcome)


def _pointers(value: object) -> Iterator[str]:
    for index, entry in enumerate(as_list(value)):
        if isinstance(entry, dict) and entry.get("id") == _BASE_CONTEXT:
            digests = [entry[name] for name in _DIGESTS if name in entry]
            others = [each for each in digests if not (isinstance(each, str) and each in _EXCEPTIONS)]
            if digests and others in ([], [_RIGHT]) and others != digests:
                yield child(f"/{_MEMBER}", index) if isinstance(value, list) else f"/{_MEMBER}"
