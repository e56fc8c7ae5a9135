"""What people see: image, name, description, issuer, date and status; and what they can do (Displayer tests)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from skillmark.core.errors import CannotTell, NotApplicable, Untested
from skillmark.core.findings import Finding, Held
from skillmark.suites.displayers.badges import Badge, Container, Model, State
from skillmark.suites.displayers.states import status_of
from skillmark.wire.kits.answers import Display

if TYPE_CHECKING:
    from collections.abc import Iterator

    from skillmark.engine import Observation
    from skillmark.suites.displayers.evidence import Evidence
    from skillmark.wire.kits.answers import Reply

_ATTEST = (
    "What is shown, people see: attest it under [attestations], or have a person tick it "
    '(adapter = "manual" under [verifier]).'
)
_STATUS = {State.VALID: "valid", State.EXPIRED: "expired", State.REVOKED: "revoked"}


def of_model_2(evidence: Evidence) -> Iterator[Observation]:
    """Of badges of data model 2.0 are shown image, name, description, issuer name, issue date and status.

    Raises:
        Untested: No person looks.
        CannotTell: The person has not looked at all of it.
    """
    yield from _shown(evidence, Model.V2, evidence.duties.shown)


def of_model_1(evidence: Evidence) -> Iterator[Observation]:
    """Of badges of data model 1.1 are shown image, name, description, issuer name, issue date and status.

    Raises:
        Untested: No person looks.
        CannotTell: The person has not looked at all of it.
        NotApplicable: Nobody demands it.
    """
    if not evidence.duties.old_shown:
        raise NotApplicable("No document that could be read says what is shown of records of data model 1.1.")
    yield from _shown(evidence, Model.V1, evidence.duties.old_shown)


def stated(evidence: Evidence, *, requirement: str) -> Iterator[Observation]:
    """Yield what a person states of the product.

    Raises:
        Untested: No person looks.
        CannotTell: The person has not said it.
    """
    if not evidence.is_by_hand:
        raise Untested(_ATTEST)
    said = evidence.statement(requirement)
    if said is None:
        raise CannotTell("The checklist is not answered here yet.")
    if said:
        yield Held()
        return
    says = evidence.context.plan.catalogue.requirements[requirement].says
    yield Finding(requirement=requirement, expected=says, actual="no, as the person who looked states")


def _shown(evidence: Evidence, model: Model, requirement: str) -> Iterator[Observation]:
    if not evidence.is_by_hand:
        raise Untested(_ATTEST)
    is_open = False
    for badge in _badges(evidence, model):
        made = evidence.made(badge)
        answer = evidence.answer(made)
        display = Display(requirement=requirement, items=_items(badge))
        reply = evidence.display(made, display)
        if reply is None or not reply.is_complete(display):
            is_open = True
            continue
        yield from _observed(requirement, badge, display, reply, answer.exchange)
    if is_open:
        raise CannotTell("The person has not looked at everything that is to be shown.")


def _observed(requirement: str, badge: Badge, display: Display, reply: Reply, exchange: str) -> Iterator[Observation]:
    wrong = [item for item in display.items if item in reply.missing]
    for item in wrong:
        yield Finding(
            requirement=requirement,
            expected=f"{item} is shown as it reads ({badge.name})",
            actual=f"missing or different; expected is {display.items[item]}",
            evidence=(exchange,),
        )
    wanted = _STATUS[badge.state]
    if reply.status != wanted:
        yield Finding(
            requirement=requirement,
            expected=f"the status {wanted} is shown ({badge.name})",
            actual=f"shown is: {reply.status}",
            evidence=(exchange,),
        )
    elif not wrong:
        yield Held(evidence=(exchange,))


def _badges(evidence: Evidence, model: Model) -> Iterator[Badge]:
    """Yield the three badges, and a valid one in an image if the product reads them."""
    kind = evidence.duties.kind
    yield Badge(kind=kind, state=State.VALID, model=model)
    yield Badge(kind=kind, state=State.EXPIRED, model=model)
    yield Badge(kind=kind, state=State.REVOKED, model=model, status=status_of(model))
    if evidence.settings.images:
        yield Badge(kind=kind, state=State.VALID, model=model, container=Container.PNG)


def _items(badge: Badge) -> dict[str, str]:
    """Return what is to be shown, and how it reads."""
    draft = badge.draft()
    achievement = draft["credentialSubject"].get("achievement", {})
    image = {"image": "a blue square"} if badge.container is not Container.TEXT else {}
    description = {"description": achievement["description"]} if achievement else {}
    name = " or ".join(json.dumps(each) for each in (draft["name"], achievement.get("name")) if each)
    return {
        **image,
        "name": name,
        **description,
        "issuer name": draft["issuer"]["name"],
        "issue date": draft[badge.model.begin].partition("T")[0],
    }
