"""Asking by hand: a numbered kit of files, which a person gives to the product, and what the person found out.

The kit is the source of every question. It is written once, with the seed and the time that it was made with; a later run asks
the same questions, byte for byte, and finds their answers by the digests of the files. `kit_answers` reads what the person
says, `kit_pages` makes the page that is ticked.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import Misconfigured
from skillmark.core.exchanges import Exchange, Trouble, TroubleKind
from skillmark.core.target import Adapter
from skillmark.wire.asking.answers import Answer, Asking, Verdict, content_of, file_form
from skillmark.wire.documents import parse
from skillmark.wire.kits.answers import Answers, Display, Reply, Statement, attestations_of, read_answers
from skillmark.wire.kits.pages import PAGE, page_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from skillmark.core.target import Target, VerifierInterface
    from skillmark.wire.peers.serving import Served

KIT = "kit.json"
#: Says that a kit is being written; what is left of one that was not finished is written over.
_DRAFT = "kit.part"
_DOCUMENTS = "served"
_MOST_BYTES = 16 * 2**20
_MOST_QUESTIONS = 20_000
_OPEN = 'not answered yet: tick it in {page}, save the answers, and name them: answers = "..." under [verifier]'
_ONCE = "a person is asked about each file once"
_FOREIGN = (
    "the kit does not hold this question, since it was made with other settings: make it anew with `skillmark kit`"
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One file of a kit."""

    #: For example ``003``.
    number: str
    file: str
    #: SHA-256 of the file, hexadecimal.
    digest: str
    #: What the product should show of it; nothing where nobody asks.
    display: Display | None = None


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Checklist:
    """What a person is asked beside whether each credential is accepted."""

    #: By the digest of the file.
    displays: Mapping[str, Display] = dataclasses.field(default_factory=dict)
    statements: tuple[Statement, ...] = ()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Making:
    """What a kit was made with, and is asked again with."""

    plan: str
    at: datetime.datetime
    seed: int
    level: str
    #: Where the documents are that its records point to; empty if there are none.
    address: str = ""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """A kit as it is on disk."""

    folder: Path
    making: Making
    questions: tuple[Question, ...]
    statements: tuple[Statement, ...]
    #: Media types and files of what is served, by path.
    documents: Mapping[str, tuple[str, str]]
    digest: str


def is_made(folder: Path) -> bool:
    """Tell whether there is a kit, all of it."""
    return (folder / KIT).is_file() and not (folder / _DRAFT).exists()


# Writing


class KitWriter:
    """Writes every question into the kit, and goes on as if each credential were accepted, so that none is left out."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers: dict[str, str] = {}
        self._exchanges: dict[str, Exchange] = {}

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked, by id."""
        return self._exchanges

    def ask(self, credential: str | bytes) -> Answer:
        """Write a credential to the next number.

        Raises:
            Misconfigured: The folder cannot be written.
        """
        content = content_of(credential)
        digest = hashlib.sha256(content).hexdigest()
        if digest not in self._numbers:
            number = f"{len(self._numbers) + 1:03}"
            name = f"{number}.{file_form(credential).ending}"
            self._numbers[digest] = number
            _write(self._folder / name, content)
            exchange = _exchange(number, f"{self._folder.name}/{name}", credential)
            self._exchanges[exchange.id] = exchange
        return Answer(verdict=Verdict.ACCEPTED, says="written", exchange=_id_of(self._numbers[digest]))


def prepare(folder: Path, *, replace: bool = False) -> None:
    """Make an empty folder for a kit.

    Raises:
        Misconfigured: Something else is in it, or it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        old = sorted(folder.iterdir())
    except OSError as error:
        raise Misconfigured(f"The kit cannot be written to {folder}: {error.strerror or error}.") from error
    mine = [each for each in old if each.name in {KIT, PAGE, _DOCUMENTS, _DRAFT} or each.stem.isdecimal()]
    may_replace = replace or (folder / _DRAFT).exists()
    if old and (not may_replace or len(mine) < len(old)):
        strange = ", ".join(each.name for each in old if each not in mine)[:80] or "a kit already"
        raise Misconfigured(f"{folder} has {strange} in it. Name another folder" + (", or --force." if mine else "."))
    for each in [*mine, *((folder / _DOCUMENTS).iterdir() if (folder / _DOCUMENTS).is_dir() else ())]:
        if each.is_file():
            each.unlink()
    _write(folder / _DRAFT, b"")


def finish(folder: Path, making: Making, checklist: Checklist, documents: Mapping[str, Served]) -> Kit:
    """Write what makes the files of a folder a kit: the list of the questions, the page, the documents to be served.

    Raises:
        Misconfigured: The folder cannot be written.
    """
    questions = [_question(each, checklist) for each in sorted(folder.iterdir()) if each.stem.isdecimal()]
    served = []
    for number, (path, document) in enumerate(sorted(documents.items()), start=1):
        name = f"{_DOCUMENTS}/{number:03}"
        _write(folder / name, document.content)
        served.append({"path": path, "file": name, "media_type": document.media_type})
    content = {
        "plan": making.plan,
        "made": making.at.isoformat(),
        "seed": making.seed,
        "level": making.level,
        "address": making.address,
        "asks": "Does the product show each credential as valid, or refuse it?",
        "questions": questions,
        "statements": [dataclasses.asdict(each) for each in checklist.statements],
        "documents": served,
    }
    _write(folder / KIT, (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode())
    kit = read_kit(folder)
    rows = tuple((each.number, each.file, each.display) for each in kit.questions)
    page = page_of(kit=kit.digest, title=making.plan, made=making.at, rows=rows, statements=kit.statements)
    _write(folder / PAGE, page.encode())
    (folder / _DRAFT).unlink(missing_ok=True)
    return kit


def _question(path: Path, checklist: Checklist) -> dict[str, Any]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    display = checklist.displays.get(digest)
    shown = {} if display is None else {"shown": dataclasses.asdict(display)}
    return {"number": path.stem, "file": path.name, "digest": digest, **shown}


def _write(path: Path, content: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise Misconfigured(f"The kit cannot be written: {path}: {error.strerror or error}.") from error


# Reading


def read_kit(folder: Path) -> Kit:
    """Read a kit, and see that its files are what they were.

    Raises:
        Misconfigured: There is none, it is damaged, or a file of it was changed.
    """
    path = folder / KIT
    raw = _bytes(path, f"There is no kit in {folder}. `skillmark kit` writes one, and so does the first run.")
    try:
        kit = _kit(folder, parse(raw).value, hashlib.sha256(raw).hexdigest())
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Misconfigured(f"{path} is damaged ({error}). Make the kit anew: `skillmark kit`.") from error
    for each in kit.questions:
        content = _bytes(folder / each.file, f"The file {each.file} of the kit in {folder} is missing.")
        if hashlib.sha256(content).hexdigest() != each.digest:
            raise Misconfigured(f"{folder / each.file} was changed since the kit was made. Make the kit anew.")
    return kit


def _kit(folder: Path, content: Any, digest: str) -> Kit:  # noqa: ANN401 - any JSON
    rows = content["questions"]
    if len(rows) > _MOST_QUESTIONS:
        raise ValueError(f"{len(rows)} questions")
    making = Making(
        plan=str(content["plan"]),
        at=datetime.datetime.fromisoformat(content["made"]),
        seed=int(content["seed"]),
        level=str(content["level"]),
        address=str(content["address"]),
    )
    return Kit(
        folder=folder,
        making=making,
        questions=tuple(_row(each) for each in rows),
        statements=tuple(Statement(**each) for each in content["statements"]),
        documents={each["path"]: (each["media_type"], _plain(each["file"])) for each in content["documents"]},
        digest=digest,
    )


def _row(row: Mapping[str, Any]) -> Question:
    display = Display(**row["shown"]) if "shown" in row else None
    return Question(number=row["number"], file=_plain(row["file"]), digest=row["digest"], display=display)


def _plain(name: str) -> str:
    """Return the name of a file that is in the kit, and nowhere else."""
    if ".." in name or name.startswith("/") or "\\" in name:
        raise ValueError(f"a file outside of it: {name[:60]}")
    return name


def _bytes(path: Path, missing: str) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except OSError as error:
        raise Misconfigured(missing if isinstance(error, FileNotFoundError) else f"{path}: {error}.") from error
    if len(content) > _MOST_BYTES:
        raise Misconfigured(f"{path} has more than {_MOST_BYTES:,} bytes.")
    return content


def documents_of(kit: Kit) -> Mapping[str, tuple[str, bytes]]:
    """Return what the records of a kit point to: media type and content, by path.

    Raises:
        Misconfigured: A file is missing.
    """
    return {
        path: (kind, _bytes(kit.folder / file, f"The file {file} of the kit in {kit.folder} is missing."))
        for path, (kind, file) in kit.documents.items()
    }


class KitReader:
    """Finds the answers of a person, by the files of the kit."""

    def __init__(self, kit: Kit, answers: Answers) -> None:
        self._kit = kit
        self._answers = answers
        self._questions = {each.digest: each for each in kit.questions}
        self._exchanges: dict[str, Exchange] = {}

    @property
    def exchanges(self) -> Mapping[str, Exchange]:
        """Everything that was asked, by id."""
        return self._exchanges

    def ask(self, credential: str | bytes) -> Answer:
        """Return what the person says of a credential."""
        question = self._questions.get(hashlib.sha256(content_of(credential)).hexdigest())
        if question is None:
            return self._unanswered(f"x{len(self._exchanges) + 1}", "not in the kit", credential, _FOREIGN)
        reply = self._answers.replies.get(question.number)
        if reply is None or reply.verdict is None:
            open_ = _OPEN.format(page=self._kit.folder.name + "/" + PAGE)
            return self._unanswered(question.number, self._name(question), credential, open_)
        exchange = _exchange(question.number, self._name(question), credential, reply)
        if exchange.id in self._exchanges:
            # What was ticked once says nothing of a second time.
            return self._unanswered(f"{question.number}-again", self._name(question), credential, _ONCE)
        self._exchanges[exchange.id] = exchange
        by = f" by {self._answers.by}" if self._answers.by else ""
        return Answer(verdict=reply.verdict, says=f"ticked as {reply.word}{by}", exchange=exchange.id)

    def reply(self, credential: str | bytes) -> Reply | None:
        """Return everything that the person says of a credential; nothing if it was not answered."""
        question = self._questions.get(hashlib.sha256(content_of(credential)).hexdigest())
        return self._answers.replies.get(question.number) if question else None

    def statement(self, requirement: str) -> bool | None:
        """Return what the person states of the product as a whole; nothing if it was not answered."""
        return self._answers.statements.get(requirement)

    def _name(self, question: Question) -> str:
        return f"{self._kit.folder.name}/{question.file}"

    def _unanswered(self, number: str, name: str, credential: str | bytes, why: str) -> Answer:
        exchange = _exchange(number, name, credential)
        exchange = dataclasses.replace(exchange, trouble=Trouble(kind=TroubleKind.UNANSWERED, message=why))
        self._exchanges[exchange.id] = exchange
        return Answer(verdict=Verdict.NEITHER, says=why, exchange=exchange.id)


def _exchange(number: str, name: str, credential: str | bytes, reply: Reply | None = None) -> Exchange:
    content = content_of(credential)
    notes = reply.notes if reply else ""
    return Exchange(
        id=_id_of(number),
        method="SHOW",
        url=name,
        request_headers=(),
        status=None,
        reason=reply.word if reply else "",
        excerpt=notes,
        size=len(notes.encode()),
        digest=hashlib.sha256(notes.encode()).hexdigest(),
        request_body=content.decode(errors="replace") if isinstance(credential, str) else "",
    )


def _id_of(number: str) -> str:
    return f"k{number}"


# The way to a person


def asking_by_hand(settings: VerifierInterface) -> Asking:
    """Return who reads the answers to a kit, or, while it is being written, who writes it.

    Raises:
        Misconfigured: No folder is named, or kit or answers cannot be read, or do not fit.
    """
    if settings.kit is None:
        raise Misconfigured('Name the folder of the kit: kit = "skillmark-kit" under [verifier].')
    if (settings.kit / _DRAFT).exists():
        return KitWriter(settings.kit)
    kit = read_kit(settings.kit)
    return KitReader(kit, _answers(kit, settings))


def _answers(kit: Kit, settings: VerifierInterface) -> Answers:
    numbers = [each.number for each in kit.questions]
    stated = [each.requirement for each in kit.statements]
    if settings.answers is None:
        return Answers()
    raw = _bytes(settings.answers, f"There are no answers at {settings.answers}. The page of the kit saves them.")
    return read_answers(raw, settings.answers, kit=kit.digest, numbers=numbers, statements=stated)


def progress_of(kit: Kit, settings: VerifierInterface) -> str:
    """Say how far a person is with a kit, and what comes next.

    Raises:
        Misconfigured: The answers cannot be read, or do not fit.
    """
    done = sum(each.verdict is not None for each in _answers(kit, settings).replies.values())
    told = f"A person was asked: {done} of the {len(kit.questions)} files in {kit.folder.name} are answered."
    if done == len(kit.questions):
        return told
    return (
        f"{told} The others are open: tick them in {kit.folder.name}/{PAGE}, save the answers, and run the plan again."
    )


def with_statements(target: Target) -> Target:
    """Return a target that has what a person stated on the page of a kit among its attestations; its own come first.

    Raises:
        Misconfigured: Kit or answers cannot be read, or do not fit.
    """
    settings = target.verifier
    if settings.adapter is not Adapter.MANUAL or settings.kit is None or not is_made(settings.kit):
        return target
    kit = read_kit(settings.kit)
    displays = {each.number: each.display for each in kit.questions if each.display is not None}
    stated = attestations_of(_answers(kit, settings), displays)
    return dataclasses.replace(target, attestations={**stated, **target.attestations})
