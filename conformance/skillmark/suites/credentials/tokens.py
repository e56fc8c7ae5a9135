"""VC-JWT: the header, and the claims beside the credential (JSON Web Token Proof Format)."""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING, Any

from skillmark.suites.credentials.documents import TOKEN
from skillmark.suites.credentials.shown import JUDGED
from skillmark.suites.credentials.sightings import RULES, Departs, Rule
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing import multibase, strict_json
from skillmark_reference.securing.multibase import MalformedMultibase
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from skillmark.suites.credentials.evidence import Evidence
    from skillmark.suites.credentials.shown import Shown, Token
    from skillmark.suites.credentials.sightings import Sighting
    from skillmark.suites.credentials.submissions import Submission

_ABSENT = "No VC-JWT was handed in."
_HEADER = frozenset({"alg", "kid", "jwk", "typ"})
_USUAL = "RS256"
#: Other algorithms with two keys, which are permitted.
_PERMITTED = frozenset({"ES256", "ES384", "ES512", "EdDSA", "PS256", "PS384", "PS512", "RS384", "RS512", "Ed25519"})
_PRIVATE = frozenset({"d", "p", "q", "dp", "dq", "qi", "k"})
#: How a text begins that is meant to be a token: with the base64url of a JSON object.
_BEGIN = re.compile(rb"\s*(eyJ[A-Za-z0-9_-]*)\.")
_FORM = "three parts in base64url without padding, with dots between them"
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s]+")
_FURTHER = frozenset({"aud", "iat"})


def _tokens(evidence: Evidence) -> Iterator[tuple[Shown, Token]]:
    for each in evidence.of(*JUDGED):
        if each.token is not None:
            yield each, each.token


def _header(evidence: Evidence, *, problem: Callable[[Mapping[str, Any]], str | None]) -> Iterator[Sighting]:
    for shown, token in _tokens(evidence):
        found = problem(token.header)
        yield shown.holds() if found is None else shown.departs("", f"in the header, {found}")
    for submission, text in _broken(evidence):
        found = problem(_readable(text))
        if found is not None:
            yield Departs(evidence=submission.id, pointer="", actual=f"in the header, {found}")


def _broken(evidence: Evidence) -> Iterator[tuple[Submission, str]]:
    """Yield what is meant to be a token and cannot be read as one, each with the text of its header."""
    for each in evidence.submissions:
        begin = _BEGIN.match(each.source.content) if each.is_judged and not each.credentials else None
        if begin is not None:
            yield each, begin[1].decode()


def _readable(text: str) -> Mapping[str, Any]:
    """Return a header; one that cannot be read is held for one with nothing wrong in it."""
    try:
        return strict_json.parse_object(multibase.decode_base64url(text))
    except (MalformedJson, MalformedMultibase):
        return {"alg": _USUAL, "kid": ""}


@RULES.decides("OB30-R-104", absent=_ABSENT)
def signature(evidence: Evidence) -> Iterator[Sighting]:
    """Yield what the verifier says of form and signature, and what is no token for its form."""
    for each in evidence.of(*JUDGED):
        yield from each.said(Subject.TOKEN_FORM, Subject.TOKEN_SIGNATURE)
    for submission, _ in _broken(evidence):
        if TOKEN.fullmatch(submission.source.content):
            continue
        actual = next(submission.reasons, "no compact JWS")
        yield Departs(evidence=submission.id, pointer="", actual=actual, expected=f"a compact JWS: {_FORM}")


def _further_members(header: Mapping[str, Any]) -> str | None:
    further = sorted(header.keys() - _HEADER)
    return f"the members {', '.join(name[:60] for name in further[:5])}" if further else None


def _algorithm(header: Mapping[str, Any]) -> str | None:
    alg = header.get("alg")
    return None if alg == _USUAL or alg in _PERMITTED else f"alg {quoted(alg)}"


def _any_key(header: Mapping[str, Any]) -> str | None:
    return None if {"kid", "jwk"} & header.keys() else "neither kid nor jwk"


def _type(header: Mapping[str, Any]) -> str | None:
    return None if header.get("typ", "JWT") == "JWT" else f"typ {quoted(header['typ'])}"


_HEADERS = {
    "OB30-R-091": ("header_has_four_members", _further_members),
    "OB30-R-092": ("algorithm", _algorithm),
    "OB30-R-094": ("header_names_a_key", _any_key),
    "OB30-R-096": ("type", _type),
}
for _requirement, (_name, _problem) in _HEADERS.items():
    _look = functools.partial(_header, problem=_problem)
    RULES.add(_requirement, Rule(name=f"tokens.{_name}", look=_look, absent=_ABSENT))


@RULES.decides("OB30-R-093", absent="No VC-JWT with kid was handed in.")
def key_id_leads_to_a_key(evidence: Evidence) -> Iterator[Sighting]:
    """Look at the form of kid, and yield what the verifier says of where it leads."""
    for shown, token in _tokens(evidence):
        if "kid" not in token.header:
            continue
        kid = token.header["kid"]
        if not isinstance(kid, str) or not _URI.fullmatch(kid):
            yield shown.departs("", f"in the header, kid {quoted(kid)}", expected="a URI that leads to a JWK")
        else:
            yield from shown.said(Subject.TOKEN_KEY)


@RULES.decides("OB30-R-095", absent="No VC-JWT with jwk was handed in.")
def no_private_key(evidence: Evidence) -> Iterator[Sighting]:
    """Look for private members in the key of the header, and in what the verifier says of the key."""
    for shown, token in _tokens(evidence):
        jwk = token.header.get("jwk")
        if isinstance(jwk, dict):
            private = sorted(_PRIVATE & jwk.keys())
            problem = shown.departs("", f"in the header, jwk has the private {', '.join(private)}")
            yield problem if private else shown.holds()
        for step in shown.steps(Subject.TOKEN_KEY):
            told = [each for each in step.problems if step.outcome is Outcome.FAILED and "private" in each.message]
            yield from (shown.told(each) for each in told)


# Claims


@RULES.decides("OB30-R-097", absent="No VC-JWT with a credential of data model 2.0 was handed in.")
def payload(evidence: Evidence) -> Iterator[Sighting]:
    """Yield what the verifier says of the payload; the claim of data model 1.1 is another matter."""
    for shown, _ in _tokens(evidence):
        if not claims_of.is_version_1(shown.document):
            yield from shown.said(Subject.TOKEN_PAYLOAD)


def _equal(evidence: Evidence, *, claim: str, member: Callable[[Shown], tuple[str, object]]) -> Iterator[Sighting]:
    for shown, token in _tokens(evidence):
        name, value = member(shown)
        if value is None and claim == "sub":
            continue
        if claim not in token.payload:
            yield shown.departs("", f"no claim {claim}", expected=f"{claim} equal to {name}, which is {quoted(value)}")
        elif token.payload[claim] == value:
            yield shown.holds()
        else:
            yield shown.departs("", f"{claim} {quoted(token.payload[claim])}", expected=f"{name}, {quoted(value)}")


def _moment(evidence: Evidence, *, claim: str) -> Iterator[Sighting]:
    for shown, token in _tokens(evidence):
        dates = claims_of.dates_of(shown.document)
        member = dates.begin if claim == "nbf" else dates.end
        if claim == "exp" and member not in shown.document:
            continue
        problem = claims_of.moment_disagreement(token.payload, claim, shown.document, member)
        if claim not in token.payload:
            problem = f"no claim {claim}"
        yield shown.holds() if problem is None else shown.departs("", problem)


_CLAIMS: dict[str, tuple[str, Callable[[Shown], tuple[str, object]]]] = {
    "OB30-R-098": ("iss", lambda shown: ("the id of issuer", shown.issuer)),
    "OB30-R-099": ("jti", lambda shown: ("id", shown.document.get("id"))),
    "OB30-R-100": ("sub", lambda shown: ("the id of credentialSubject", claims_of.subject_id(shown.document))),
}
for _requirement, (_claim, _member) in _CLAIMS.items():
    _look = functools.partial(_equal, claim=_claim, member=_member)
    RULES.add(_requirement, Rule(name=f"tokens.{_claim}", look=_look, absent=_ABSENT))
_ENDLESS = "No VC-JWT with a credential that comes to an end was handed in."
for _requirement, _claim, _absent in (("OB30-R-101", "nbf", _ABSENT), ("OB30-R-102", "exp", _ENDLESS)):
    _look = functools.partial(_moment, claim=_claim)
    RULES.add(_requirement, Rule(name=f"tokens.{_claim}", look=_look, absent=_absent))


@RULES.decides("OB30-R-103", absent="No VC-JWT with further registered claims was handed in.")
def further_claims(evidence: Evidence) -> Iterator[Sighting]:
    """Tell which tokens make use of the permission."""
    yield from (shown.holds() for shown, token in _tokens(evidence) if _FURTHER & token.payload.keys())
