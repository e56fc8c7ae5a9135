"""Somebody who works through a kit: looks at every file as the verifier of the reference does, and writes down what it says."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from skillmark.core.interfaces import Peer
from skillmark.core.target import Adapter, Target, VerifierInterface
from skillmark.wire.kits.kits import documents_of, read_kit
from skillmark_reference.credentials.baking import unbake
from skillmark_reference.credentials.verifying import verify
from skillmark_reference.documents import Documents, Policy

if TYPE_CHECKING:
    from pathlib import Path

    from skillmark.wire.kits.kits import Kit
    from skillmark_reference.credentials.results import Verification

Record = dict[str, Any]

NOW = datetime.datetime(2026, 6, 1, 12, tzinfo=datetime.UTC)
IMAGES = frozenset({"png", "svg"})


class StandingClock:
    """A clock that stands still."""

    def now(self) -> datetime.datetime:
        return NOW

    def elapsed(self) -> float:
        return 0.0


def target_by_hand(folder: Path, answers: Path | None = None, **settings: Any) -> Target:  # noqa: ANN401 - as they are
    """Return a product that a person looks at."""
    interface = VerifierInterface(adapter=Adapter.MANUAL, kit=folder, answers=answers, images=True, **settings)
    return Target(verifier=interface, peer=Peer(public_url="https://bench.example/kit"))


def looked_at(kit: Kit, name: str) -> Verification:
    """Return what the verifier of the reference says of a file of a kit."""
    given = {f"https://bench.example{path}": content for path, (_, content) in documents_of(kit).items()}
    content = (kit.folder / name).read_bytes()
    text = unbake(content).text.encode() if name.rpartition(".")[2] in IMAGES else content
    documents = Documents(clock=StandingClock(), policy=Policy(offline=True), given=given)
    return verify(text, documents=documents, now=NOW)


def said_of(folder: Path) -> Record:
    """Return everything that an honest person says of a product that is in order."""
    kit = read_kit(folder)
    answers: Record = {}
    for each in kit.questions:
        found = looked_at(kit, each.file)
        answers[each.number] = {"answer": "accepted" if found.valid else "refused"}
        if each.display:
            answers[each.number] |= {"shown": list(each.display.items), "status": found.verdict.value}
    stated = {each.requirement: "yes" for each in kit.statements}
    return {"kit": kit.digest, "by": "Ada", "on": "2026-06-02", "answers": answers, "statements": stated}
