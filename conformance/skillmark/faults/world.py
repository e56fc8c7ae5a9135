"""The healthy provider that faults and personas are made of: the reference application on the bundled frameworks."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.target import Authentication, AuthenticationMethod, Feature, Product, Target
from skillmark.faults.personas import ALL_CLAIMS
from skillmark.faults.provider import Healthy
from skillmark.wire.in_process import AsgiTransport
from skillmark_reference.frameworks.importing import import_bundled
from skillmark_reference.frameworks.storing import Repository
from skillmark_reference.server import OAuthOptions, ServerOptions, create_app

if TYPE_CHECKING:
    from collections.abc import Mapping

URL = "http://127.0.0.1"
_PRODUCT = Product(name="Skillmark reference provider", version="self-check", vendor="Skillmark", contact="none")
_ATTESTED = {"CASE-R-088": "The reference provider answers 429 with server_busy when a rate limit is set."}
_OAUTH = OAuthOptions(client_id="self-check", client_secret="self-check-secret")  # noqa: S106 - never leaves the process


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """Two healthy providers of the same data: one open, one that asks for credentials."""

    open: Healthy
    protected: Healthy


def make_world() -> World:
    """Import the bundled frameworks and start both providers in process."""
    repository = Repository.open("sqlite://")
    import_bundled(repository)
    return World(
        open=Healthy(AsgiTransport(create_app(repository, options=ServerOptions())), host=URL),
        protected=Healthy(AsgiTransport(create_app(repository, options=ServerOptions(oauth=_OAUTH))), host=URL),
    )


def target_for(*, claims: frozenset[Feature] | None = ALL_CLAIMS, protected: bool = False) -> Target:
    """Return the target of an in-process run; transport requirements cannot be tested without a socket."""
    return Target(
        url=URL,
        product=_PRODUCT,
        authentication=_authentication() if protected else Authentication(),
        claims=claims | {Feature.ACCESS_CONTROL} if protected and claims is not None else claims,
        attestations=_attestations(),
        lab=True,
    )


def _attestations() -> Mapping[str, str]:
    return _ATTESTED


def _authentication() -> Authentication:
    return Authentication(
        method=AuthenticationMethod.CLIENT_CREDENTIALS,
        token_url=f"{URL}/oauth2/token",
        client_id=_OAUTH.client_id,
        client_secret=_OAUTH.client_secret,
    )
