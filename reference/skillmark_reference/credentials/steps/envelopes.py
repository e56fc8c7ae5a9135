"""Credentials and presentations in envelopes: which token an object carries, and in which format (data model 2.0, 4.13)."""

from __future__ import annotations

import dataclasses
import enum
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from skillmark_reference.credentials.kinds import CredentialKind
    from skillmark_reference.securing.vc_jose_cose import Secured


class TokenFormat(enum.Enum):
    """The formats that look alike as compact JWS, and have different rules."""

    #: The JSON Web Token proof format of Open Badges 3.0 and CLR 2.0.
    VC_JWT = "VC-JWT"
    #: ``vc+jwt`` and ``vp+jwt`` of Securing Verifiable Credentials using JOSE and COSE.
    VC_JOSE = "vc+jwt"
    #: A claim ``vc`` or ``vp``, as in data model 1.1.
    CLAIM = "JWT with a claim vc or vp"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What an enveloping object carries."""

    step: Step
    #: Nothing where no token could be found.
    token: str | None = None
    #: Nothing where the media type leaves it open.
    format: TokenFormat | None = None


#: Envelopes that are not opened here.
_OTHERS = ("vc+sd-jwt", "vp+sd-jwt", "vc+cose", "vp+cose")


def is_enveloped(document: Mapping[str, Any], what: Secured) -> bool:
    """Tell whether an object says that it is an envelope."""
    return what.envelope_type in as_list(document.get("type"))


def open_envelope(document: Mapping[str, Any], kind: CredentialKind, what: Secured) -> Envelope:
    """Return the token in an envelope, with the step about the envelope itself; the token is not verified."""
    problems = list(_form_problems(document, what))
    address = document.get("id")
    media_type, comma, token = (address if isinstance(address, str) else "").removeprefix("data:").partition(",")
    name = media_type.removeprefix("application/").lower()
    if not isinstance(address, str) or not address.startswith("data:") or not comma:
        problems.append(Problem(pointer="/id", message=f"id is a data: URL with a token; found is {quoted(address)}"))
    if problems:
        return Envelope(step=conclude(kind, Subject.ENVELOPE, problems))
    if name in {what.typ, "jwt"}:
        remarks = list(_remarks(document, name, what))
        step = conclude(kind, Subject.ENVELOPE, remarks, outcome=Outcome.WARNED if remarks else None)
        return Envelope(step=step, token=token, format=TokenFormat.VC_JOSE if name == what.typ else None)
    known = name.partition(";")[0] in _OTHERS
    reading = "is not read here" if known else f"is no form of a {what.document_type}"
    problem = Problem(
        pointer="/id", message=f"the media type {quoted(media_type)} {reading}; application/{what.typ} is"
    )
    outcome = Outcome.CANNOT_TELL if known else Outcome.FAILED
    return Envelope(step=conclude(kind, Subject.ENVELOPE, [problem], outcome=outcome))


def _form_problems(document: Mapping[str, Any], what: Secured) -> Iterator[Problem]:
    types = document.get("type")
    if as_list(types) != [what.envelope_type]:
        message = f"the type of an envelope is {what.envelope_type} and no other; found is {quoted(types)}"
        yield Problem(pointer="/type", message=message)
    if claims_of.CREDENTIALS_V2 not in claims_of.contexts(document):
        message = f"@context has to define the type, as {claims_of.CREDENTIALS_V2} does"
        yield Problem(pointer="/@context", message=message)


def _remarks(document: Mapping[str, Any], name: str, what: Secured) -> Iterator[Problem]:
    if name != what.typ:
        message = f"the media type is application/{name}; expected is application/{what.typ}"
        yield Problem(pointer="/id", message=message)
    further = sorted(document.keys() - {"@context", "id", "type"})
    if further:
        message = (
            f"members beside the envelope are not in it, and not read: {', '.join(each[:60] for each in further[:5])}"
        )
        yield Problem(pointer="", message=message)
