"""The key of an issuer, as the options name it, and the form in which it signs."""

from __future__ import annotations

import dataclasses
import difflib
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import Misconfigured
from skillmark_reference.credentials.issuance.key_files import (
    KeyFile,
    UnusableKeyFile,
    controller_document,
    published_at,
    read_key_file,
)
from skillmark_reference.credentials.issuing import Signer
from skillmark_reference.securing.dids import UnusableDid, did_jwk, did_key, parse_did_url
from skillmark_reference.securing.integrity.cryptosuites import CRYPTOSUITES
from skillmark_reference.securing.jose import Algorithm
from skillmark_reference.securing.keys import KeyType

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from skillmark_reference.securing.keys import PublicKey

#: The form that is no cryptosuite.
TOKEN = "vc-jwt"  # noqa: S105 - no secret
SELECTIVE = "ecdsa-sd-2023"

_DEFAULTS = {
    KeyType.ED25519: "eddsa-rdfc-2022",
    KeyType.P256: "ecdsa-rdfc-2019",
    KeyType.P384: "ecdsa-rdfc-2019",
    KeyType.RSA: TOKEN,
}
_KEYS = {each.name: each.keys for each in CRYPTOSUITES if each.signs and each.name}
_MOST_BYTES = 2**16


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How a credential is signed."""

    #: A cryptosuite, or ``vc-jwt``.
    suite: str
    #: Of a token.
    algorithm: Algorithm | None = None
    #: JSON pointers of what selective disclosure never withholds, beside what decides about a credential.
    mandatory: tuple[str, ...] = ()


def suite_names() -> list[str]:
    """Return the names of the forms, for completion."""
    return [*_KEYS, TOKEN]


def read_key(file: Path) -> KeyFile:
    """Return what a file with a secret key says.

    Raises:
        Misconfigured: There is none, or it holds no secret key.
    """
    if not file.is_file():
        raise Misconfigured(f"There is no key file {file}. `skillmark keys generate --out {file}` makes one.")
    with file.open("rb") as stream:
        content = stream.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise Misconfigured(f"{file} is no key file: it has more than {_MOST_BYTES:,} bytes. Name another one.")
    try:
        return read_key_file(content)
    except UnusableKeyFile as error:
        raise Misconfigured(f"{file}: {error}. `skillmark keys generate` makes a key file.") from error


def published(key: PublicKey, controller: str) -> tuple[dict[str, Any], str | None]:
    """Return the document of a controller, and the address at which it is published, if it has to be.

    Raises:
        Misconfigured: Nothing can be published there.
    """
    try:
        document = controller_document(key, controller)
        is_own = controller in {did_key(key), did_jwk(key.jwk())}
        return document, None if is_own else published_at(controller)
    except UnusableDid as error:
        raise Misconfigured(
            f"--controller: {error}. Expected is did:web:school.example, or https://school.example/issuer."
        ) from error


def chosen_form(held: KeyFile, *, suite: str | None, algorithm: str | None, mandatory: tuple[str, ...]) -> Form:
    """Return how the options want a credential signed; without them as the key does best.

    Raises:
        Misconfigured: There is no such form, the key does not fit, or options do not belong together.
    """
    kind = held.key.type
    name = _DEFAULTS[kind] if suite is None else suite
    if name not in suite_names():
        close = difflib.get_close_matches(name, suite_names(), n=1)
        advice = f"Did you mean {close[0]}?" if close else f"Suites: {', '.join(suite_names())}."
        raise Misconfigured(f"There is no suite {name!r}. {advice}")
    if name != TOKEN and kind not in _KEYS[name]:
        fitting = [each.value.lower() for each in _KEYS[name]]
        raise Misconfigured(
            f"{name} signs with a key of {' or '.join(each.value for each in _KEYS[name])}, and this key is of {kind.value}. "
            f"Leave --suite out for {_DEFAULTS[kind]}, or make another key: skillmark keys generate --type {fitting[0]}"
        )
    if mandatory and name != SELECTIVE:
        raise Misconfigured(f"--mandatory is for {SELECTIVE}, and the suite is {name}. Add --suite {SELECTIVE}.")
    return Form(suite=name, algorithm=_algorithm(algorithm, name, kind), mandatory=mandatory)


def _algorithm(text: str | None, suite: str, kind: KeyType) -> Algorithm | None:
    if text is None:
        return None
    if suite != TOKEN:
        raise Misconfigured(f"--algorithm is for {TOKEN}, and the suite is {suite}. Add --suite {TOKEN}.")
    if text not in kind.facts.algorithms:
        fitting = ", ".join(kind.facts.algorithms)
        raise Misconfigured(f"--algorithm {text} does not fit a key of {kind.value}. Algorithms: {fitting}.")
    return Algorithm(text)


def chosen_signer(held: KeyFile, *, method: str | None, profile: Mapping[str, Any], draft: Mapping[str, Any]) -> Signer:
    """Return the issuer: the profile, filled in from where the key is published.

    Args:
        held: The key.
        method: The verification method, if not that of the key file.
        profile: The Profile that the user gave; empty without one.
        draft: The credential, which may name its issuer.

    Raises:
        Misconfigured: The verification method is no address of a key, or the profile is that of another controller.
    """
    address = held.verification_method if method is None else method
    controller = _controller(address)
    issuer = draft.get("issuer")
    named = profile.get("id", issuer.get("id") if isinstance(issuer, dict) else issuer)
    if not address.startswith("did:") and isinstance(named, str):
        # An address of a key may be anywhere; who controls it, its document says.
        controller = named
    if profile.get("id", controller) != controller:
        raise Misconfigured(
            f"--issuer: the profile has the id {profile['id']!r}, and the key is that of {controller}. Name the key in the "
            f"document of the profile with --verification-method, or leave id out."
        )
    filled = {"id": controller, "type": ["Profile"], **profile}
    return Signer(profile=filled, key=held.key, verification_method=address)


def _controller(address: str) -> str:
    document, _, fragment = address.partition("#")
    if address.startswith("https://"):
        return document
    try:
        parse_did_url(address)
    except UnusableDid as error:
        raise Misconfigured(f"--verification-method: {error}. Expected is an https address or a DID URL.") from error
    if not fragment:
        raise Misconfigured(
            f"--verification-method: {address} names no key. Add its fragment: "
            f"`skillmark keys show FILE --controller {document}` shows it."
        )
    return document
