"""Every single-change departure from a valid credential, derived from the vocabularies' tables.

A mutation changes one thing and names the requirements that it breaks: whoever refuses it refuses it for one of them. Whether the
breach fails a product or only warns is told by the catalogue.
"""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from skillmark.strategies.credentials import credentials
from skillmark.strategies.credentials_departures import NOTHING, Change, departures
from skillmark.strategies.credentials_disagreements import disagreements
from skillmark.strategies.credentials_nodes import nodes, pointer_of
from skillmark.strategies.credentials_rules import Rule
from skillmark_reference.credentials.kinds import kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis.strategies import SearchStrategy

    from skillmark.strategies.credentials_nodes import Path

#: Stands for a name that a JSON object has twice, which no dictionary can.
_TWIN = "urn:skillmark:twin"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class CredentialMutation:
    """One change to a valid credential, and what it breaks."""

    #: What is changed, for people: ``credentialSubject.achievement.name: 7``.
    name: str
    #: Where the change is made; for a missing member, where it would be.
    pointer: str
    #: Ids of the requirements that it breaks, that of the structure of the class first, if it is one of structure.
    requirements: tuple[str, ...]
    #: The valid credential.
    base: dict[str, Any] = dataclasses.field(repr=False)
    path: Path = dataclasses.field(repr=False)
    replacement: Any
    #: The name of the member that is there twice.
    twin: str | None = None

    def apply(self) -> dict[str, Any]:
        """Return the changed credential; the base stays as it is, and unchanged parts are shared with it."""
        changed: dict[str, Any] = _replaced(self.base, self.path, self.replacement)
        return changed

    def text(self) -> str:
        """Return the changed credential as JSON."""
        written = json.dumps(self.apply(), ensure_ascii=False)
        return written if self.twin is None else written.replace(json.dumps(_TWIN), json.dumps(self.twin))


def mutations(credential: dict[str, Any]) -> list[CredentialMutation]:
    """Return every single-change departure of a valid credential, inner credentials included, in a fixed order."""
    return [*(_mutation(credential, change) for change in _changes(credential)), _duplicate(credential)]


def mutated(name: str = "AchievementCredential", *, full: bool | None = None) -> SearchStrategy[CredentialMutation]:
    """Draw mutations of drawn credentials."""
    return credentials(name, full=full).flatmap(lambda base: st.sampled_from(mutations(base)))


def _changes(credential: dict[str, Any]) -> Iterator[Change]:
    for node in nodes(credential):
        yield from departures(node)
    yield from disagreements(credential)


def _mutation(base: dict[str, Any], change: Change) -> CredentialMutation:
    return CredentialMutation(
        name=f"{'.'.join(map(str, change.path))}: {change.what}",
        pointer=pointer_of(change.path if change.fault is None else change.fault),
        requirements=change.requirements,
        base=base,
        path=change.path,
        replacement=change.replacement,
    )


def _duplicate(base: dict[str, Any]) -> CredentialMutation:
    """Return the credential with one name twice, which parsers read in different ways."""
    return CredentialMutation(
        name="issuer: there twice",
        pointer="/issuer",
        requirements=Rule.JSON.requirements(kind_of(base)),
        base=base,
        path=(_TWIN,),
        replacement="https://example.org/other",
        twin="issuer",
    )


def _replaced(value: Any, path: Path, replacement: Any) -> Any:  # noqa: ANN401 - any JSON value
    key, rest = path[0], path[1:]
    changed = value.copy()
    if rest:
        changed[key] = _replaced(value[key], rest, replacement)
    elif replacement is NOTHING:
        del changed[key]
    else:
        changed[key] = replacement
    return changed
