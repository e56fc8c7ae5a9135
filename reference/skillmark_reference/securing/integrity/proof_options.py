"""The members of a proof and what a verifier expects of them (Data Integrity 1.0, 2.1, 2.1.1, 4.4)."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any

from skillmark_reference.securing.instants import MalformedInstant, parse_date_time
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import Problem, ProblemKind, child
from skillmark_reference.securing.integrity.statements import is_iri
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator, Mapping

#: The zone that makes a dateTime a dateTimeStamp (XML Schema 1.1, 3.4.28).
_ZONE = re.compile(r"(?:Z|[+-]\d\d:\d\d)\Z", re.ASCII)
_REQUIRED = ("type", "verificationMethod", "proofPurpose")


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What a verifier expects of every proof; ``None`` expects nothing.

    Args:
        now: The present time, with a zone; an expired proof is refused.
    """

    now: datetime.datetime | None = None
    purpose: str | None = None
    domain: frozenset[str] | None = None
    challenge: str | None = None


def option_problems(proof: Mapping[str, Any], *, signing: bool) -> Iterator[Problem]:
    """Yield what is wrong with the members of a proof in themselves.

    Who signs has to write dates with a zone (dateTimeStamp); a reader takes those without as UTC (Data Integrity 1.0, 2.1).
    """
    for name in _REQUIRED:
        if name not in proof:
            yield _problem(ProblemKind.MISSING_MEMBER, name, f"the proof has no {name}, which is required")
        elif not isinstance(proof[name], str) or not proof[name]:
            yield _problem(ProblemKind.INVALID_MEMBER, name, f"{name} is a text; found is {quoted(proof[name])}")
    yield from _reference_problems(proof)
    for name in ("created", "expires"):
        if name in proof:
            yield from _date_problems(proof[name], name, needs_zone=signing)
    for name in ("challenge", "nonce"):
        if name in proof and not isinstance(proof[name], str):
            yield _problem(ProblemKind.INVALID_MEMBER, name, f"{name} is a text; found is {quoted(proof[name])}")
    for name in ("domain", "previousProof"):
        if name in proof and not _is_text_or_texts(proof[name]):
            yield _problem(
                ProblemKind.INVALID_MEMBER,
                name,
                f"{name} is a text or an array of texts; found is {quoted(proof[name])}",
            )


def expectation_problems(proof: Mapping[str, Any], expected: Expectations) -> Iterator[Problem]:
    """Yield where a proof is not what the verifier expects (Data Integrity 1.0, 4.4, steps 3 to 5)."""
    if expected.purpose is not None and proof.get("proofPurpose") != expected.purpose:
        message = f"expected is the purpose {quoted(expected.purpose)}; found is {quoted(proof.get('proofPurpose'))}"
        yield _problem(ProblemKind.WRONG_PURPOSE, "proofPurpose", message)
    found = as_list(proof.get("domain"))
    if expected.domain is not None and {text for text in found if isinstance(text, str)} != expected.domain:
        message = f"expected is the domain {sorted(expected.domain)}; found is {quoted(found)}"
        yield _problem(ProblemKind.WRONG_DOMAIN, "domain", message)
    if expected.challenge is not None and proof.get("challenge") != expected.challenge:
        message = f"expected is the challenge {quoted(expected.challenge)}; found is {quoted(proof.get('challenge'))}"
        yield _problem(ProblemKind.WRONG_CHALLENGE, "challenge", message)
    expires = _moment(proof.get("expires"))
    if expected.now is not None and expires is not None and expires <= expected.now:
        yield _problem(ProblemKind.EXPIRED, "expires", f"the proof expired at {quoted(proof['expires'])}")


def _date_problems(value: object, name: str, *, needs_zone: bool) -> Iterator[Problem]:
    try:
        parse_date_time(value)
    except MalformedInstant as error:
        yield _problem(ProblemKind.INVALID_DATE, name, f"{name} is an XML Schema dateTimeStamp: {error}")
        return
    if needs_zone and not _ZONE.search(str(value)):
        yield _problem(ProblemKind.INVALID_DATE, name, f"{name} has no zone; write it with Z or an offset")


def _moment(value: object) -> datetime.datetime | None:
    try:
        return parse_date_time(value)
    except MalformedInstant:
        return None


def _reference_problems(proof: Mapping[str, Any]) -> Iterator[Problem]:
    for name in ("verificationMethod", "id"):
        value = proof.get(name)
        if isinstance(value, str) and value and not is_iri(value):
            yield _problem(ProblemKind.INVALID_MEMBER, name, f"{name} is a URL; found is {quoted(value)}")
        elif name == "id" and name in proof and not isinstance(value, str):
            yield _problem(ProblemKind.INVALID_MEMBER, name, f"id is a URL; found is {quoted(value)}")


def _is_text_or_texts(value: object) -> bool:
    return isinstance(value, str) or (
        isinstance(value, list) and bool(value) and all(isinstance(entry, str) for entry in value)
    )


def _problem(kind: ProblemKind, name: str, message: str) -> Problem:
    return Problem(kind=kind, pointer=child("/proof", name), message=message)
