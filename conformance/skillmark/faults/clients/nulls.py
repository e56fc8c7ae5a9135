"""Clients that do next to nothing: none of them may pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark.faults.clients.world import ClientProduct
from skillmark_reference.clients import HostUnreachable

if TYPE_CHECKING:
    from skillmark_reference.clients import Host


def _nothing(_: Host) -> None:
    return


def _description_only(host: Host) -> None:
    host.describe()


def _crash(_: Host) -> None:
    raise HostUnreachable("It crashed.")


NULLS = {
    product.name: product
    for product in (
        ClientProduct(name="never-calls", course=_nothing, errand=None),
        ClientProduct(name="ends-at-once", course=_crash, errand=None),
        ClientProduct(
            name="asks-for-the-description-only",
            course=_description_only,
            requirements=("OB30-R-225", "OB30-R-238"),
            errand=None,
        ),
    )
}
