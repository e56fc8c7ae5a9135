"""Asking for the document list with parameters, and whether the optional features of the list have an effect."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from skillmark.suites.case.answers import told

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from skillmark.core.findings import Finding
    from skillmark.core.target import Feature
    from skillmark.suites.case.answers import Answer, Query
    from skillmark.suites.case.evidence import CaseEvidence

LIST = "getAllCFDocuments"
_MEMBER = "CFDocuments"
#: Documents of one answer, where an answer of any length serves.
_FEW = 20


def settled(answer: Answer) -> Answer:
    """Return the answer when it says something.

    Raises:
        CannotTell: trouble on the way hides it.
    """
    list(told([answer]))
    return answer


def ask_list(case: CaseEvidence, **parameters: str | int) -> Answer:
    """Ask for the document list with these query parameters, in this order.

    Raises:
        CannotTell: trouble on the way hides the answer.
    """
    return settled(case.ask(LIST, query=_query(parameters)))


def ask_list_again(case: CaseEvidence, **parameters: str | int) -> Answer:
    """Ask as ``ask_list`` does, even for what was asked before.

    Raises:
        CannotTell: trouble on the way hides the answer.
    """
    return settled(case.ask(LIST, query=_query(parameters), fresh=True))


def _query(parameters: Mapping[str, str | int]) -> Query:
    return tuple((name, str(value)) for name, value in parameters.items())


def is_list(answer: Answer) -> bool:
    """Whether the answer is a document set, empty or not."""
    return answer.payload is not None and isinstance(answer.payload.get(_MEMBER), list)


def entries(answer: Answer) -> list[dict[str, Any]]:
    """Return the objects that an answer lists; none when it is no list."""
    found = (answer.payload or {}).get(_MEMBER)
    return [entry for entry in found if isinstance(entry, dict)] if isinstance(found, list) else []


def shown(answer: Answer) -> tuple[str, ...]:
    """Return the identifiers that an answer lists, in its order."""
    found = (entry.get("identifier") for entry in entries(answer))
    return tuple(identifier for identifier in found if isinstance(identifier, str))


def is_whole(case: CaseEvidence) -> bool:
    """Whether ``case.documents`` is the whole list, not cut where the level of the run ends."""
    return len(case.documents) < case.depth.documents


def accepted(case: CaseEvidence, limit: int) -> int:
    """Return a limit, or the size of the provider's own pages where it refuses one above its maximum: that is not defined."""
    own = len(entries(case.first_list))
    return own if limit > own > 0 and ask_list(case, limit=limit).is_refusal else limit


def few(case: CaseEvidence) -> dict[str, str | int]:
    """Return parameters that keep answers short where the provider pages; empty where it does not."""
    return {"limit": accepted(case, _FEW)} if len(case.documents) > _FEW and limits(case) else {}


# The features of the list


def offered(case: CaseEvidence, feature: Feature, effect: Callable[[CaseEvidence], bool]) -> bool:
    """Whether a feature that the product may well have shows an effect.

    Raises:
        NotApplicable: the vendor does not claim it.
        Untested: a list of one document shows no effect of anything.
    """
    case.require(feature, has_effect=lambda: True)
    case.need_documents(2)
    return effect(case)


def require(case: CaseEvidence, feature: Feature, effect: Callable[[CaseEvidence], bool]) -> None:
    """Return when the product claims a feature, or shows an effect of it while nothing was stated.

    Raises:
        NotApplicable: it does neither.
        Untested: a list of one document shows no effect of anything.
    """
    case.require(feature, has_effect=lambda: True)
    case.need_documents(2)
    case.require(feature, has_effect=lambda: effect(case))


def ineffective(answer: Answer, requirement: str, feature: Feature, *, expected: str) -> Finding:
    """Return the finding that a feature, which should be there, has no effect."""
    return answer.finding(
        requirement,
        expected=expected,
        actual=(
            f"{answer.said}: {feature.value} has no effect. State it under [claims] if the product does not offer it."
        ),
        cause=f"{feature.value} has no effect",
    )


def limits(case: CaseEvidence) -> bool:
    """Whether limit=1 shortens the list."""
    return _shortens(case, ask_list(case, limit=1))


def filters(case: CaseEvidence) -> bool:
    """Whether a filter for one document shortens the list."""
    document = case.need_documents()[-1]
    titled = document.record.get("title")
    if _shortens(case, ask_list(case, filter=f"identifier='{document.identifier}'")):
        return True
    return (
        isinstance(titled, str)
        and "'" not in titled
        and any(other.record.get("title") != titled for other in case.documents)
        and _shortens(case, ask_list(case, filter=f"title='{titled}'"))
    )


def selects(case: CaseEvidence) -> bool:
    """Whether fields=identifier drops members."""
    selected = ask_list(case, fields="identifier")
    return is_list(selected) and _members(selected) < _members(case.first_list)


def sorts(case: CaseEvidence) -> bool:
    """Whether the two directions of one member give two orders, again and again."""
    for member in ("identifier", "title", "lastChangeDateTime"):
        up = ask_list(case, sort=member, orderBy="asc")
        down = ask_list(case, sort=member, orderBy="desc")
        differ = is_list(up) and is_list(down) and shown(up) != shown(down)
        if differ and shown(ask_list_again(case, sort=member, orderBy="asc")) == shown(up):
            return True
    return False


def _shortens(case: CaseEvidence, answer: Answer) -> bool:
    return is_list(answer) and len(entries(answer)) < len(entries(case.first_list))


def _members(answer: Answer) -> int:
    return sum(len(entry) for entry in entries(answer))
