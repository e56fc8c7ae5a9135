"""Displayers with one rule switched off."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING

from skillmark.faults.displayers.products import NOW, DisplayerProduct, Given
from skillmark.suites.verifiers.lists import BITSTRING
from skillmark.suites.verifiers.samples import SELECTIVE
from skillmark_reference.credentials.requirements import Subject

if TYPE_CHECKING:
    from collections.abc import Callable

_LIE = "What its issuer took back, or what is over, is shown as valid."
_LOST = "What is good is not shown as valid."
_FORGED = "What nobody issued is shown as valid."


def is_right(given: Given) -> bool:
    """Show as valid what is valid."""
    return not any(given.asked.complaints)


def _forgiving(forgives: Callable[[Given], tuple[Subject, ...]]) -> Callable[[Given], bool]:
    """Return who overlooks everything about some subjects, where it does."""
    return lambda given: {each.subject for each in given.asked.complaints} <= set(forgives(given))


def _overlooking(*subjects: Subject, where: Callable[[Given], bool] = lambda _: True) -> Callable[[Given], bool]:
    return _forgiving(lambda given: subjects if where(given) else ())


def _refusing(refuses: Callable[[Given], bool]) -> Callable[[Given], bool]:
    return lambda given: is_right(given) and not refuses(given)


def _taking(takes: Callable[[Given], bool]) -> Callable[[Given], bool]:
    return lambda given: is_right(given) or takes(given)


def _suite_is(name: str) -> Callable[[Given], bool]:
    return lambda given: f'"{name}"' in json.dumps(given.credential.get("proof", {}))


def _is_token(given: Given) -> bool:
    return given.asked.is_token


def _contradicts(given: Given, *, is_old: bool) -> bool:
    """Tell whether a token of a data model has its credential where only the other one has it."""
    return given.asked.is_token and given.is_old is is_old and ("vc" in given.asked.content) is not is_old


def _ended_today(given: Given) -> bool:
    end = given.credential.get("validUntil")
    return isinstance(end, str) and datetime.datetime.fromisoformat(end).date() >= NOW.date()


def _broken(
    name: str,
    *duties: str,
    effect: str,
    shows: Callable[[Given], bool],
    is_disputed: bool = False,
    only_badges: bool = False,
) -> DisplayerProduct:
    return DisplayerProduct(
        name=name, effect=effect, duties=duties, shows=shows, is_disputed=is_disputed, only_badges=only_badges
    )


_UNSIGNED = (Subject.TOKEN_SIGNATURE, Subject.TOKEN_CLAIMS)

_STATES = (
    _broken("shows-expired-as-valid", "states", "old_states", effect=_LIE, shows=_overlooking(Subject.EXPIRED)),
    _broken("shows-revoked-as-valid", "states", "revoked", effect=_LIE, shows=_overlooking(Subject.STATUS)),
    _broken(
        "shows-expired-tokens-as-valid", "states", effect=_LIE, shows=_overlooking(Subject.EXPIRED, where=_is_token)
    ),
    _broken(
        "shows-revoked-tokens-as-valid", "states", effect=_LIE, shows=_overlooking(Subject.STATUS, where=_is_token)
    ),
    _broken(
        "looks-at-no-dates-of-images",
        "states",
        "old_states",
        effect=_LIE,
        shows=_overlooking(Subject.EXPIRED, where=lambda given: given.is_image),
    ),
    _broken(
        "looks-at-no-lists-of-images",
        "states",
        "old_states",
        effect=_LIE,
        shows=_overlooking(Subject.STATUS, where=lambda given: given.is_image),
    ),
    _broken(
        "lets-older-badges-expire-never",
        "old_states",
        effect=_LIE,
        shows=_overlooking(Subject.EXPIRED, where=lambda given: given.is_old),
    ),
    _broken(
        "lets-older-badges-be-revoked-never",
        "old_states",
        effect=_LIE,
        shows=_overlooking(Subject.STATUS, where=lambda given: given.is_old),
    ),
    _broken("waits-for-the-end-of-the-day", "expired", effect=_LIE, shows=_taking(_ended_today)),
    _broken(
        "ends-at-the-beginning-of-the-day",
        "expired",
        effect=_LOST,
        shows=_refusing(lambda given: str(given.credential.get("validUntil", "")).startswith(NOW.date().isoformat())),
    ),
    _broken("trusts-images", "states", "old_states", effect=_FORGED, shows=_taking(lambda given: given.is_image)),
    _broken("trusts-tokens", "states", "old_states", effect=_FORGED, shows=_taking(_is_token)),
)
_LISTS = (
    _broken(
        "takes-every-status-for-revoked", "revoked", effect=_LOST, shows=_refusing(lambda given: bool(given.status))
    ),
    _broken(
        "knows-older-lists-only",
        "states",
        "revoked",
        effect=_LIE,
        shows=_overlooking(Subject.STATUS, where=lambda given: given.status == BITSTRING),
    ),
    _broken(
        "takes-newer-lists-for-revoked",
        "revoked",
        effect=_LOST,
        shows=_refusing(lambda given: given.status == BITSTRING),
    ),
    _broken(
        "knows-newer-lists-only",
        "revoked",
        "old_states",
        effect=_LIE,
        shows=_overlooking(Subject.STATUS, where=lambda given: given.has_older_status),
        is_disputed=True,
    ),
    _broken(
        "takes-older-lists-for-revoked",
        "revoked",
        effect=_LOST,
        shows=_refusing(lambda given: given.has_older_status),
        is_disputed=True,
    ),
)
_PROOFS = (
    _broken("reads-tokens-only", "proofs", effect=_LOST, shows=_refusing(lambda given: not given.asked.is_token)),
    _broken(
        "refuses-selective-disclosure", "proofs", effect=_LOST, shows=_refusing(_suite_is(SELECTIVE)), only_badges=True
    ),
    _broken("refuses-eddsa-rdfc-2022", "proofs", effect=_LOST, shows=_refusing(_suite_is("eddsa-rdfc-2022"))),
    _broken("verifies-no-proofs", "proofs", effect=_FORGED, shows=_overlooking(Subject.PROOF)),
    _broken(
        "verifies-no-selective-disclosure",
        "proofs",
        effect=_FORGED,
        shows=_overlooking(Subject.PROOF, where=_suite_is(SELECTIVE)),
        only_badges=True,
    ),
    _broken("verifies-no-tokens", "states", "old_states", effect=_FORGED, shows=_overlooking(*_UNSIGNED)),
    _broken("refuses-eddsa-2022", "older_suites", effect=_LOST, shows=_refusing(_suite_is("eddsa-2022"))),
    _broken(
        "refuses-ed25519-signature-2020",
        "older_suites",
        effect=_LOST,
        shows=_refusing(_suite_is("Ed25519Signature2020")),
    ),
    _broken(
        "takes-unknown-suites-for-good", "older_suites", effect=_FORGED, shows=_taking(_suite_is("eddsa-rdfc-2031"))
    ),
)
_MODELS = (
    _broken("refuses-data-model-1-1", "old_states", effect=_LOST, shows=_refusing(lambda given: given.is_old)),
    _broken(
        "refuses-older-tokens",
        "models",
        "old_states",
        effect=_LOST,
        shows=_refusing(lambda given: given.is_old and given.asked.is_token),
    ),
    _broken(
        "takes-the-claim-for-any-model",
        "models",
        effect="A token says in two ways of which data model it is, and nobody asks.",
        shows=_taking(lambda given: _contradicts(given, is_old=False)),
    ),
    _broken(
        "takes-members-beside-the-claims-for-any-model",
        "models",
        effect="A token says in two ways of which data model it is, and nobody asks.",
        shows=_taking(lambda given: _contradicts(given, is_old=True)),
    ),
    _broken(
        "tells-the-model-by-its-dates",
        "models",
        effect="A token says in two ways of which data model it is, and nobody asks.",
        shows=_taking(lambda given: any(_contradicts(given, is_old=each) for each in (True, False))),
    ),
)
_IMAGES = (
    _broken("refuses-svg", "states", effect=_LOST, shows=_refusing(lambda given: given.media_type == "image/svg+xml")),
    _broken("refuses-png", "states", effect=_LOST, shows=_refusing(lambda given: given.media_type == "image/png")),
)

BROKEN = {each.name: each for each in (*_STATES, *_LISTS, *_PROOFS, *_MODELS, *_IMAGES)}
