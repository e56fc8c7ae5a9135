"""Displayers that are right in their own manner, and such that are none."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.target import Acceptance, VerifierInterface
from skillmark.faults.displayers.broken import is_right
from skillmark.faults.displayers.products import INTERFACE, DisplayerProduct
from skillmark.faults.verifiers.products import Said
from skillmark.wire.settings.verifiers import UPLOAD

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.displayers.products import Given


def _persona(
    name: str,
    interface: VerifierInterface = INTERFACE,
    *,
    shows: Callable[[Given], bool] = is_right,
    says: Callable[[bool], Said] | None = None,
) -> DisplayerProduct:
    made = DisplayerProduct(name=name, shows=shows, interface=interface)
    return made if says is None else dataclasses.replace(made, says=says)


def _without_remarks(given: Given) -> bool:
    """Refuse what the documents warn of, except for suites of which there are older ones, and of algorithms."""
    return is_right(given) and given.credential.get("name") is not None


def _in_words(is_valid: bool) -> Said:  # noqa: FBT001 - the shape of `DisplayerProduct.says`
    return Said(status=200, body="This badge is genuine." if is_valid else "This badge cannot be trusted.")


def _by_status(is_valid: bool) -> Said:  # noqa: FBT001 - the shape of `DisplayerProduct.says`
    return Said(status=200 if is_valid else 422, body={})


def _with_reasons(is_valid: bool) -> Said:  # noqa: FBT001 - the shape of `DisplayerProduct.says`
    return Said(status=200, body={"badge": {"state": ["valid"] if is_valid else ["expired or revoked"]}})


def _settings(**changes: object) -> VerifierInterface:
    return dataclasses.replace(INTERFACE, **changes)  # type: ignore[arg-type]


PERSONAS = {
    each.name: each
    for each in (
        _persona("reference"),
        _persona("takes-uploads", _settings(content_type=UPLOAD)),
        _persona("knows-no-images", _settings(images=False)),
        _persona("knows-no-tokens", _settings(formats=("eddsa-rdfc-2022", "ecdsa-sd-2023"))),
        _persona("knows-rs256-only", _settings(formats=("eddsa-rdfc-2022", "vc-jwt-RS256"))),
        _persona("knows-es256-only", _settings(formats=("vc-jwt-ES256",))),
        _persona("speaks-in-words", _settings(accepted=Acceptance(pattern="genuine")), says=_in_words),
        _persona("speaks-in-statuses", _settings(accepted=Acceptance(statuses=(200,))), says=_by_status),
        _persona(
            "gives-reasons",
            _settings(accepted=Acceptance(pointer="/badge/state/0", equals="valid")),
            says=_with_reasons,
        ),
        _persona("wants-names", shows=_without_remarks),
    )
}


def _null(name: str, said: Said) -> DisplayerProduct:
    return DisplayerProduct(name=name, shows=lambda _: True, says=lambda _: said)


#: Nothing that displays.
NULL_PRODUCTS = {
    each.name: each
    for each in (
        _null("shows-everything-as-valid", Said(status=200, body={"shown": "valid"})),
        _null("shows-nothing-as-valid", Said(status=200, body={"shown": "not valid"})),
        _null("empty-answers", Said(status=200, body={})),
        _null("always-500", Said(status=500, body={"error": "boom"})),
    )
}
