"""Verifiers that are right in their own manner: how they say yes and no, and how strict they are where they may choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.core.target import Acceptance, Adapter, VerifierInterface
from skillmark.faults.verifiers.products import Said, VerifierProduct, vc_api

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.verifiers.products import Asked


def _lenient(asked: Asked) -> bool:
    return not any(asked.complaints)


def _strict(asked: Asked) -> bool:
    """Take warnings for errors."""
    return not any(asked.complaints) and not asked.verification.warnings


def _persona(
    name: str, says: Callable[[Asked, bool], Said], accepts: Callable[[Asked], bool] = _lenient
) -> VerifierProduct:
    return VerifierProduct(name=name, make=lambda: accepts, says=says)


#: Each with the settings by which a vendor would describe it.
PERSONAS: dict[str, tuple[VerifierProduct, VerifierInterface]] = {
    product.name: (product, interface)
    for product, interface in (
        (_persona("reference", vc_api), VerifierInterface()),
        # Without EdDSA in tokens, of which its warnings say that not every verifier reads it.
        (_persona("strict", vc_api, _strict), VerifierInterface(formats=("eddsa-rdfc-2022", "vc-jwt-RS256"))),
        (
            _persona("says-422", lambda _, yes: Said(status=200 if yes else 422, body={"verified": yes})),
            VerifierInterface(),
        ),
        (_persona("says-200-always", lambda _, yes: Said(status=200, body={"verified": yes})), VerifierInterface()),
        (
            _persona("lists-errors", lambda _, yes: Said(status=200, body={"errors": [] if yes else ["proof"]})),
            VerifierInterface(),
        ),
        (
            _persona(
                "warns", lambda _, yes: Said(status=200 if yes else 400, body={"verified": yes, "warnings": ["x"]})
            ),
            VerifierInterface(),
        ),
        (
            _persona("has-its-own-words", lambda _, yes: Said(status=200, body={"result": {"ok": yes}})),
            VerifierInterface(
                adapter=Adapter.HTTP, path="/check", accepted=Acceptance(pointer="/result/ok"), envelopes=False
            ),
        ),
        (
            _persona("takes-bare-text", lambda _, yes: Said(status=200, body="genuine" if yes else "false")),
            VerifierInterface(
                adapter=Adapter.HTTP,
                path="/",
                method="PUT",
                content_type="text/plain",
                body="{text}",
                accepted=Acceptance(pattern="genuine"),
            ),
        ),
        (
            _persona("says-204-or-422", lambda _, yes: Said(status=204 if yes else 422, body=None)),
            VerifierInterface(adapter=Adapter.HTTP, accepted=Acceptance(statuses=(204,))),
        ),
        (_persona("knows-tokens-only", vc_api), VerifierInterface(formats=("vc-jwt-EdDSA", "vc-jwt-ES256"))),
        (
            _persona("knows-badges-only", vc_api),
            VerifierInterface(formats=("ecdsa-jcs-2019", "ecdsa-rdfc-2019"), kinds=("AchievementCredential",)),
        ),
        (_persona("knows-rs256-only", vc_api), VerifierInterface(formats=("vc-jwt-RS256",))),
    )
}
