"""Legal rewrites of a valid credential: other JSON, and the same verdict.

Some of them leave the statements as they are, so that a proof over the statements still holds. The others write a new credential,
which has to be signed anew.
"""

from __future__ import annotations

import dataclasses
import datetime
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from skillmark.strategies.credentials_nodes import nodes
from skillmark_reference.securing.instants import parse_date_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from hypothesis.strategies import DrawFn

    from skillmark.strategies.credentials_nodes import Node
    from skillmark_reference.vocabularies import Property

_EXTENSION = "vendorRemark"
_TERMS = {_EXTENSION: "https://vendor.example/terms#remark"}
_MOMENTS = frozenset({"DateTimeZ", "DateTime", "DateTimeStamp"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Rewrite:
    """A credential, written in another way."""

    name: str
    document: dict[str, Any] = dataclasses.field(repr=False)
    #: Ids of the requirements that allow it.
    requirements: tuple[str, ...]
    #: Whether the statements are those of the credential, so that proofs over them hold.
    keeps_statements: bool


def rewrites(credential: dict[str, Any]) -> list[Rewrite]:
    """Return every rewrite that changes something, inner credentials included, in a fixed order.

    A signed credential may be given: of those that keep its statements, every proof over them holds still.
    """
    made = (
        _rewrite("members in reverse order", _reversed(credential), "OB30-R-114", "OB30-R-065"),
        _rewrite("one value without its array", _edited(credential, _without_array), "OB30-R-060"),
        _rewrite("an array around one value", _edited(credential, _with_array), "OB30-R-060"),
        _rewrite("sets in reverse order", _edited(credential, _turned), "OB30-R-114", "OB30-R-031"),
        _rewrite("moments in another time zone", _edited(credential, _elsewhere), "OB30-R-047", keeps=False),
        _rewrite("an extension with its context", _extended(credential), "OB30-R-058", "OB30-R-142", keeps=False),
    )
    return [each for each in made if each.document != credential or list(each.document) != list(credential)]


@st.composite
def shuffled(draw: DrawFn, credential: dict[str, Any]) -> dict[str, Any]:
    """Draw the credential with the members of each object in any order."""

    def inside(value: Any) -> Any:  # noqa: ANN401 - any JSON
        if isinstance(value, list):
            return [inside(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {name: inside(value[name]) for name in draw(st.permutations(list(value)))}

    whole: dict[str, Any] = inside(credential)
    return whole


def _rewrite(name: str, document: dict[str, Any], *requirements: str, keeps: bool = True) -> Rewrite:
    return Rewrite(name=name, document=document, requirements=requirements, keeps_statements=keeps)


def _reversed(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_reversed(each) for each in value]
    if isinstance(value, dict):
        return {name: _reversed(each) for name, each in reversed(value.items())}
    return value


# Members that the tables know


def _edited(credential: dict[str, Any], edit: Callable[[Node, Property, Any], Any]) -> dict[str, Any]:
    """Return a copy with each member of each object as the edit returns it, the innermost first."""
    changed: dict[str, Any] = _copied(credential)
    for node in reversed(list(nodes(changed))):
        for facts, value in node.members:
            node.value[facts.name] = edit(node, facts, value)
    return changed


def _copied(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_copied(each) for each in value]
    return {name: _copied(each) for name, each in value.items()} if isinstance(value, dict) else value


def _without_array(_: Node, facts: Property, value: Any) -> Any:  # noqa: ANN401 - any JSON
    return value[0] if facts.compactable and isinstance(value, list) and len(value) == 1 else value


def _with_array(_: Node, facts: Property, value: Any) -> Any:  # noqa: ANN401 - any JSON
    return value if isinstance(value, list) or not facts.compactable else [value]


def _turned(_: Node, facts: Property, value: Any) -> Any:  # noqa: ANN401 - any JSON
    return value[::-1] if isinstance(value, list) and not facts.ordered else value


def _elsewhere(_: Node, facts: Property, value: Any) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(value, str) or not _MOMENTS & set(facts.types):
        return value
    moment = parse_date_time(value).astimezone(datetime.timezone(datetime.timedelta(hours=-3, minutes=-30)))
    return moment.isoformat()


# Extensions


def _extended(credential: dict[str, Any]) -> dict[str, Any]:
    """Return a copy in which every open object has a member of a vendor, and every credential a context that defines it."""
    changed: dict[str, Any] = _copied(credential)
    for node in list(nodes(changed)):
        if not node.row.closed and node.row.json_name != "Proof":
            node.value[_EXTENSION] = "kept as it came"
        if node.is_credential:
            node.value["@context"] = [*node.value["@context"], _TERMS]
    return changed
