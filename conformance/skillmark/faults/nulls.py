"""Products that do nothing: none of them may pass anything that matters."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING

from skillmark.core.outcomes import Verdict
from skillmark.faults.operations import NOT_FOUND
from skillmark.faults.provider import Behaviour, Call, Given, Healthy

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NullProduct:
    """A product without a product in it, and the verdict that it deserves."""

    name: str
    deserves: Verdict
    behaviour: Behaviour


def _always(status: int, body: bytes, media_type: str = "application/json") -> Callable[[Call, Given, Healthy], Given]:
    return lambda _call, _given, _healthy: Given(status=status, headers={"content-type": media_type}, body=body)


def _echo(call: Call, _given: Given, _healthy: Healthy) -> Given:
    body = json.dumps({"method": call.method, "path": call.path, "query": dict(call.query)}).encode()
    return Given(status=200, headers={"content-type": "application/json"}, body=body)


def _empty(call: Call, given: Given, _healthy: Healthy) -> Given:
    if call.operation == "getAllCFDocuments" and given.status == 200:
        given.headers["x-total-count"] = "0"
        given.headers.pop("link", None)
        return given.become({"CFDocuments": []})
    return given.become(NOT_FOUND, status=404) if call.sourced_id and given.status == 200 else given


NULL_PRODUCTS = {
    product.name: product
    for product in (
        NullProduct(name=name, deserves=deserves, behaviour=Behaviour(answer=answer))
        for name, deserves, answer in (
            ("always-200-empty-object", Verdict.NOT_CONFORMANT, _always(200, b"{}")),
            ("always-404", Verdict.NOT_CONFORMANT, _always(404, json.dumps(NOT_FOUND).encode())),
            ("always-500", Verdict.NOT_CONFORMANT, _always(500, b'{"error": "boom"}')),
            ("echo", Verdict.NOT_CONFORMANT, _echo),
            ("html-for-everything", Verdict.NOT_CONFORMANT, _always(200, b"<html><body>Hi</body></html>", "text/html")),
            ("no-data", Verdict.NOT_FULLY_VERIFIED, _empty),
        )
    )
}
