"""What a host takes in: credentials of its kind whose form is right and whose proof is not wrong.

What only others can tell (revocation, keys that are elsewhere) is not asked: a host keeps what a person has, expired or not, and
whoever relies on it verifies it then.
"""

from __future__ import annotations

import functools
import hashlib
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing import strict_json
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time
from skillmark_reference.securing.integrity.json_values import MAX_DEPTH, as_list
from skillmark_reference.securing.strict_json import MalformedJson
from skillmark_reference.server.hosts.storing import Hosted
from skillmark_reference.vocabularies.json_schema import Form, json_schema

if TYPE_CHECKING:
    import datetime
    from collections.abc import Mapping

    from jsonschema import Draft202012Validator

    from skillmark_reference.credentials.results import Verification
    from skillmark_reference.documents import Clock
    from skillmark_reference.services import Operation, Service

#: Values and proofs in one credential: whoever reads it as linked data needs time for each of them.
_MOST_VALUES = 50_000
_MOST_PROOFS = 20
_MOST_PROBLEMS = 5
TOKEN = "CompactJws"  # noqa: S105 - a datatype
_MICROSECONDS = 1_000_000


class Unacceptable(Exception):  # noqa: N818 - what is wrong with the body, in words for a person
    """A body that is not taken in."""

    def __init__(self, status: int, description: str) -> None:
        super().__init__(description)
        self.status = status


def media_type_of(operation: Operation, content_type: str) -> str:
    """Return the media type of a body, if the operation knows it.

    Raises:
        Unacceptable: it does not.
    """
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type not in operation.accepted:
        raise Unacceptable(415, f"Content-Type: expected is {' or '.join(operation.accepted)}.")
    return media_type


def hosted(operation: Operation, body: bytes, *, media_type: str, clock: Clock) -> Hosted:
    """Return a credential as it is kept.

    Raises:
        Unacceptable: it is malformed, of another kind, or was changed after it was signed.
    """
    text = _text(body)
    is_token = media_type in operation.bodies[TOKEN]
    if is_token != _is_token(text):
        raise Unacceptable(415, _pairs(operation))
    credential = _claimed(text) if is_token else _parsed(text)
    if len(as_list(credential.get("proof"))) > _MOST_PROOFS:
        raise Unacceptable(422, f"/proof: there are more than {_MOST_PROOFS} proofs.")
    _check_size(credential)
    _check(text, next(name for name in operation.bodies if name != TOKEN), clock)
    return Hosted(content=text, is_token=is_token, identity=identity(credential), issued_at=_issued_at(credential))


def document_of(body: bytes) -> tuple[dict[str, Any], bool]:
    """Return the credential in a text, and whether that is a token, before anything of it is checked.

    Raises:
        Unacceptable: there is none.
    """
    text = _text(body)
    is_token = _is_token(text)
    return (_claimed(text) if is_token else _parsed(text)), is_token


def profile(service: Service, body: bytes) -> str:
    """Return the text of a profile as it is kept.

    Raises:
        Unacceptable: it is malformed.
    """
    text = _text(body)
    value = _parsed(text)
    _check_size(value)
    problems = [
        f"/{'/'.join(map(str, error.absolute_path))}: {error.message}"
        for error in _validator(service.id).iter_errors(value)
    ]
    _refuse_for(problems)
    return text


def identity(credential: Mapping[str, Any]) -> str:
    """Return what is equal for credentials that are the same (Open Badges 3.0, Credential equality and comparison)."""
    parts = [
        unquote(str(each), errors="surrogateescape").strip()
        for each in (claims_of.issuer_id(credential), credential.get("id"))
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8").strip()
    except UnicodeDecodeError:
        raise Unacceptable(422, "The body is not UTF-8.") from None


def _is_token(text: str) -> bool:
    """Whether a text is no JSON, and so can only be a token."""
    return not text.startswith(("{", "[", '"'))


def _pairs(operation: Operation) -> str:
    return "; ".join(f"{name} is sent as {' or '.join(types)}" for name, types in operation.bodies.items()) + "."


def _parsed(text: str) -> dict[str, Any]:
    try:
        value = strict_json.parse_object(text.encode())
    except MalformedJson as error:
        raise Unacceptable(422, f"The body cannot be read: {error}.") from None
    return value


def _claimed(token: str) -> dict[str, Any]:
    from skillmark_reference.credentials.steps.tokens import claimed  # noqa: PLC0415 - brings the libraries of signatures

    said = claimed(token)
    if said is None:
        raise Unacceptable(422, "The body is no compact JWS with a credential in it.")
    return said.document


def _check_size(value: Mapping[str, Any]) -> None:
    level: list[Any] = [value]
    count = 0
    for _ in range(MAX_DEPTH):
        level = [each for outer in level for each in _inside(outer)]
        count += len(level)
        if count > _MOST_VALUES:
            raise Unacceptable(422, f"The body has more than {_MOST_VALUES:,} values.")
        if not level:
            return
    raise Unacceptable(422, f"The body has more than {MAX_DEPTH} levels.")


def _inside(value: object) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _check(text: str, wanted: str, clock: Clock) -> None:
    """Verify a credential without asking anybody.

    Raises:
        Unacceptable: it is of another kind, not built as the standard has it, or its proof is wrong.
    """
    # These bring the libraries of signatures.
    from skillmark_reference.credentials.requirements import Subject  # noqa: PLC0415
    from skillmark_reference.credentials.results import Outcome, Verdict  # noqa: PLC0415

    verification = _verified(text, clock)
    reading = [each for each in verification.steps if each.subject in {Subject.NESTING, Subject.PARSING}]
    is_read = all(each.outcome is Outcome.PASSED for each in reading)
    if not is_read or verification.verdict is Verdict.INVALID:
        _refuse_for([str(each) for each in verification.problems])
    if verification.kind.value != wanted:
        raise Unacceptable(422, f"/type: expected is {wanted}; the body is {verification.kind.value}.")


def _verified(text: str, clock: Clock) -> Verification:
    from skillmark_reference.credentials.verifying import verify  # noqa: PLC0415 - brings the libraries of signatures
    from skillmark_reference.documents import Documents, Policy  # noqa: PLC0415 - as above

    return verify(text, documents=Documents(clock=clock, policy=Policy(offline=True)), now=clock.now())


def _refuse_for(problems: list[str]) -> None:
    if problems:
        more = f" And {len(problems) - _MOST_PROBLEMS} more." if len(problems) > _MOST_PROBLEMS else ""
        raise Unacceptable(422, f"{'. '.join(problems[:_MOST_PROBLEMS])}.{more}")


def _issued_at(credential: Mapping[str, Any]) -> int:
    name = claims_of.dates_of(credential).begin
    try:
        return microseconds(parse_date_time(credential.get(name)))
    except MalformedInstant as error:
        raise Unacceptable(422, f"/{name}: {error}.") from None


def microseconds(moment: datetime.datetime) -> int:
    """Return a moment in microseconds since 1970."""
    return round(moment.timestamp() * _MICROSECONDS)


@functools.cache
def _validator(vocabulary: str) -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 - heavy, and rarely needed

    from skillmark_reference.vocabularies import load_vocabulary  # noqa: PLC0415 - as above

    schema = json_schema(load_vocabulary(vocabulary), "Profile", Form.COMPACTED)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
