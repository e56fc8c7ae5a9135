"""Faults that are derived: one for each kind of departure of each class from the tables, made by the strategies."""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any

from skillmark.faults.credentials import healthy, securing
from skillmark.faults.credentials.handing_in import ISSUER_FAULTS, HandedIn, IssuerFault, Standard
from skillmark.strategies.credentials_mutations import mutations

if TYPE_CHECKING:
    from collections.abc import Iterable

    from skillmark.strategies.credentials_mutations import CredentialMutation

_WORD = re.compile(r"[^A-Za-z0-9]+")
_HOLDERS = frozenset({"endorsement", "verifiableCredential"})
_EFFECT = "Readers by the tables of the standard refuse the credential, or read something else."
#: Kinds of departures, by the words for them in the names of the mutations; another value is of its datatype.
_KINDS = ("left out", "an undefined term", "null", "an empty array", "in an array", "an undefined type", "another type")


def _kind(mutation: CredentialMutation) -> str:
    what = mutation.name.rpartition(": ")[2]
    return next((each for each in _KINDS if what == each), "without" if what.startswith("without") else "other")


def _chosen(base: dict[str, Any]) -> Iterable[CredentialMutation]:
    """Return the first mutation of each kind for each list of requirements that it breaks."""
    found: dict[tuple[str, ...], CredentialMutation] = {}
    for each in mutations(base):
        if each.replacement is None and each.path[-1] in _HOLDERS:
            # Nobody can sign what is inside of nothing.
            continue
        found.setdefault((*each.requirements, _kind(each)), each)
    return found.values()


def _name(mutation: CredentialMutation, prefix: str) -> str:
    place, _, what = mutation.name.rpartition(": ")
    steps = [step for step in place.split(".") if step and not step.isdigit()]
    short = " ".join(steps[-3:])
    return _WORD.sub("-", f"{prefix} {short} {what}").strip("-").lower()


def _made(mutation: CredentialMutation) -> HandedIn:
    """Sign what was changed; a name that is there twice comes in after the signature, since no dictionary has it."""
    if mutation.twin is not None:
        text = json.dumps(securing.whole(mutation.base))
        member = json.dumps({mutation.twin: mutation.replacement})[1:-1]
        return _handed_in(("{" + member + ", " + text[1:]).encode())
    return _handed_in(securing.written(securing.whole(mutation.apply())))


def _handed_in(content: bytes) -> HandedIn:
    return HandedIn(files={"credential.json": content}, documents=healthy.documents())


def _declare(base: dict[str, Any], standard: Standard, prefix: str) -> None:
    taken: set[str] = set()
    for each in _chosen(base):
        name = _name(each, prefix)
        while name in taken:
            name += "-again"
        taken.add(name)
        ISSUER_FAULTS.add(
            IssuerFault(
                name=name,
                requirements=each.requirements,
                effect=_EFFECT,
                make=functools.partial(_of, each),
                standards=(standard,),
            )
        )


def _of(mutation: CredentialMutation, standard: Standard) -> HandedIn:
    del standard
    return _made(mutation)


_declare(healthy.maximal(), Standard.OPEN_BADGES, "badge")
_declare(healthy.record(healthy.maximal()), Standard.CLR, "record")
