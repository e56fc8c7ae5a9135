"""Verifiers that are right in their own manner: how they say yes and no, and how strict they are where they may choose."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.target import VERIFIABLE_FORMATS, Acceptance, Adapter, VerifierInterface
from skillmark.faults.verifiers.asking import INTERFACE, is_right
from skillmark.faults.verifiers.products import NOW, Said, VerifierProduct, vc_api
from skillmark.faults.verifiers.reading import IMAGES, knows_the_new_model_only
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.verifiers.products import Asked


def _lenient(asked: Asked) -> bool:
    return not any(asked.complaints)


def _strict(asked: Asked) -> bool:
    """Take warnings for errors, but for that of a refresh that failed, after which the original counts."""
    warned = asked.verification.with_outcome(Outcome.WARNED)
    return not any(asked.complaints) and all(step.subject is Subject.REFRESH for step in warned)


def _persona(
    name: str,
    says: Callable[[Asked, bool], Said],
    accepts: Callable[[Asked], bool] = _lenient,
    *,
    skips: tuple[str, ...] = (),
) -> VerifierProduct:
    return VerifierProduct(name=name, make=lambda: accepts, says=says, skips=skips)


def _without_status(asked: Asked) -> bool:
    """Refuse whatever can be revoked, of whose lists nothing is known."""
    return _lenient(asked) and "credentialStatus" not in asked.content


def _by_revocation_lists(asked: Asked) -> bool:
    return _lenient(asked) and "BitstringStatusListEntry" not in str(asked.content.get("credentialStatus"))


def _without_did_web(asked: Asked) -> bool:
    return _lenient(asked) and "did:web:" not in str(asked.content.get("issuer"))


def _trusting(asked: Asked) -> bool:
    """Take what cannot be told of a list or a schema for a remark."""
    return all(
        each.problem.message.startswith(("the status cannot be told", "whether it conforms cannot be told"))
        and "list is invalid" not in each.problem.message
        for each in asked.complaints
    )


def _by_exp_first(asked: Asked) -> bool:
    """Refuse a token that is over before any newer copy is looked for, and take a newer one that is over for none."""
    exp = asked.content.get("exp") if asked.is_token else None
    if isinstance(exp, int) and exp < NOW.timestamp():
        return False
    is_refreshed = asked.is_token and "refreshService" in asked.content
    return all(is_refreshed and each.subject is Subject.EXPIRED for each in asked.complaints)


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
        (
            _persona("asks-for-whom", vc_api, is_right),
            dataclasses.replace(INTERFACE, formats=("eddsa-rdfc-2022", "vc-jwt-ES256")),
        ),
        (_persona("reads-images", vc_api), IMAGES),
        (_persona("knows-the-new-model-only", vc_api, knows_the_new_model_only), VerifierInterface()),
        (_persona("knows-every-format", vc_api), VerifierInterface(formats=VERIFIABLE_FORMATS)),
        (_persona("knows-selective-disclosure-only", vc_api), VerifierInterface(formats=("ecdsa-sd-2023",))),
        (_persona("knows-no-status", vc_api, _without_status), VerifierInterface(statuses=())),
        (
            _persona("knows-revocation-lists-only", vc_api, _by_revocation_lists),
            VerifierInterface(statuses=("1EdTechRevocationList",)),
        ),
        (_persona("knows-no-did-web", vc_api, _without_did_web), VerifierInterface()),
        # Its network does not lead here, or it does not trust who signed the certificate.
        (_persona("reaches-nobody", vc_api, skips=("/",)), VerifierInterface()),
        (_persona("reaches-nobody-and-does-not-mind", vc_api, _trusting, skips=("/",)), VerifierInterface()),
        (_persona("takes-what-it-cannot-tell-for-a-remark", vc_api, _trusting), VerifierInterface()),
        (_persona("looks-at-exp-with-the-signature", vc_api, _by_exp_first), VerifierInterface()),
    )
}
