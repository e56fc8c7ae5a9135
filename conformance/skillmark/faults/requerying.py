"""Lists of a product whose documents are others than the healthy provider's: found, sorted and cut as its users see them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark_reference.frameworks.querying import QueryProblem, answer
from skillmark_reference.server.case.interface import page_links
from skillmark_reference.standards import load_standard

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.faults.provider import Call, Given, Healthy

Record = dict[str, Any]
_EVERYTHING = (("limit", "10000"),)


def requeried(call: Call, given: Given, healthy: Healthy, change: Callable[[list[Record]], list[Record]]) -> Given:
    """Return the answer to a list call over changed documents; whatever is no list is left as it is."""
    if call.operation != "getAllCFDocuments" or given.status != 200 or not given.body:
        return given
    documents = change(healthy.answer(call.asking(_EVERYTHING)).json["CFDocuments"])
    query = dict(call.query)
    try:
        page = answer(documents, query, standard=load_standard(f"case-{call.version}"), record_class="CFDocument")
    except QueryProblem:
        return given
    address = given.headers["link"].partition("?")[0].lstrip("<")
    given.headers |= {"x-total-count": str(page.total), "link": page_links(address, query, page)}
    return given.become({"CFDocuments": page.records})
