"""Faults of access control: clients that have a right to enter and are not let in."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.faults.fault import FAULTS, Fault
from skillmark.faults.provider import Behaviour

if TYPE_CHECKING:
    from skillmark.faults.provider import Call


def _token_not_read(call: Call) -> Call:
    """Read no token where the standard's operations are asked for one; the token endpoint still gives them."""
    if not call.version:
        return call
    return dataclasses.replace(
        call, headers={name: value for name, value in call.headers.items() if name != "authorization"}
    )


FAULTS.add(
    Fault(
        name="tokens-in-the-header-are-not-read",
        requirements=("CASE-R-169",),
        effect="Clients with a valid token are locked out.",
        make=lambda: Behaviour(ask=_token_not_read),
        protected=True,
    )
)
