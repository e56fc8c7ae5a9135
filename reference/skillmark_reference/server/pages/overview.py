"""The first page: which frameworks there are, and how programs read them."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark_reference.server.pages.wording import path_part

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from skillmark_reference.frameworks.storing import Record


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Crosswalk:
    """Associations between the items of two frameworks, as they are announced."""

    left_id: str
    left_title: str
    right_id: str
    right_title: str
    count: int

    @property
    def path(self) -> str:
        """Path of the page below the root."""
        return f"crosswalks/{path_part(self.left_id)}/{path_part(self.right_id)}"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Frameworks that crosswalks connect, directly or over others."""

    documents: list[Record]
    crosswalks: list[Crosswalk]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """An example of a request."""

    says: str
    address: str


def groups_of(documents: Sequence[Record], crosswalks: Sequence[Crosswalk]) -> list[Group]:
    """Return the frameworks in the order of their first member, the connected ones together."""
    leaders = {document["identifier"]: document["identifier"] for document in documents}
    known = [each for each in crosswalks if each.left_id in leaders and each.right_id in leaders]
    for each in known:
        left, right = leaders[each.left_id], leaders[each.right_id]
        leaders = {identifier: left if leader == right else leader for identifier, leader in leaders.items()}
    groups: dict[str, Group] = {}
    for document in documents:
        leader = leaders[document["identifier"]]
        groups.setdefault(leader, Group(documents=[], crosswalks=[])).documents.append(document)
    for each in known:
        groups[leaders[each.left_id]].crosswalks.append(each)
    return list(groups.values())


def example_requests(base: str, documents: Sequence[Record]) -> list[Request]:
    """Return requests that a reader may try at one version of the interface."""
    requests = [
        Request(says="All frameworks", address=f"{base}/CFDocuments"),
        Request(says="Two members of one", address=f"{base}/CFDocuments?limit=1&fields=identifier,title"),
        Request(says="With a word in the title", address=f"{base}/CFDocuments?filter=title~%27data%27"),
        Request(says="In an order", address=f"{base}/CFDocuments?sort=title&orderBy=desc"),
    ]
    if documents:
        identifier = path_part(documents[0]["identifier"])
        requests.append(Request(says="One framework with everything in it", address=f"{base}/CFPackages/{identifier}"))
    return requests


def example_endpoints(
    endpoints: Mapping[str, str], documents: Sequence[Record]
) -> list[tuple[str, str, list[Request]]]:
    """Return every version with its base address and examples."""
    return [(title, base, example_requests(base, documents)) for title, base in endpoints.items()]
