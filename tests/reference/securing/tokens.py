"""Tokens with any header, and what a verification says about them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.reference.securing import vectors

from skillmark_reference.securing import jose, multibase

if TYPE_CHECKING:
    from collections.abc import Mapping

    from skillmark_reference.securing.jose import Step, StepOutcome, StepResult
    from skillmark_reference.securing.keys import PublicKey, SecretKey

    Record = dict[str, Any]

KID = "https://issuer.example/keys#key-1"


def problems(steps: tuple[StepResult, ...]) -> dict[Step, tuple[str, ...]]:
    """Return what is wrong, by step."""
    return {each.step: each.problems for each in steps if each.problems}


def outcomes(steps: tuple[StepResult, ...]) -> dict[Step, StepOutcome]:
    """Return how the steps ended."""
    return {each.step: each.outcome for each in steps}


def only_problem(steps: tuple[StepResult, ...], step: Step) -> str:
    """Return the one problem of a step, when nothing else is wrong."""
    found = problems(steps)
    assert [step] == list(found)
    assert 1 == len(found[step])
    return found[step][0]


def parts_of(token: str) -> tuple[Record, Record, str]:
    """Return header, payload and signature of a token."""
    header, payload, signature = token.split(".")
    return json.loads(multibase.decode_base64url(header)), json.loads(multibase.decode_base64url(payload)), signature


def encoded(value: Mapping[str, Any]) -> str:
    """Return a part of a token."""
    return multibase.encode_base64url(jose.to_json(value))


def signed(header: Mapping[str, Any], payload: Mapping[str, Any] | bytes, key: SecretKey = vectors.RSA) -> str:
    """Return a token with any header, signed with the usual digest of the key."""
    body = payload if isinstance(payload, bytes) else jose.to_json(payload)
    signing_input = f"{encoded(header)}.{multibase.encode_base64url(body)}"
    return f"{signing_input}.{multibase.encode_base64url(key.sign(signing_input.encode()))}"


def verify_jws(token: str, key: PublicKey) -> jose.JwsVerification:
    """Verify a token under a key that is known."""
    return jose.verify_compact(token, find_key=lambda _: key)
