"""What a person found out with a kit: the file that the page saves, or one that was written by hand."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from typing import TYPE_CHECKING, Any

from skillmark.core.errors import Misconfigured
from skillmark.wire.asking.answers import Verdict
from skillmark.wire.documents import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

#: What a person can say of a file; what cannot be imported is not shown as valid.
WORDS = {"accepted": Verdict.ACCEPTED, "refused": Verdict.REFUSED, "not-imported": Verdict.REFUSED}
#: What a product can say of the status of a credential.
STATUSES = ("valid", "expired", "revoked", "other", "none")
_YES, _NO = "yes", "no"
#: Under this the person says whether the product could fetch what the records point to, which is no requirement.
SERVED = "served"
_KEYS = frozenset({"kit", "by", "on", "answers", "statements"})
_REPLY_KEYS = frozenset({"answer", "status", "shown", "missing", "notes"})
_LONGEST = 2_000


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Display:
    """What a product that displays should show of a credential."""

    #: By which requirement.
    requirement: str
    #: What is shown, and how it reads in the credential, for example ``{"name": "Welding"}``.
    items: Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a person is asked of the product as a whole."""

    requirement: str
    says: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a person says of one file."""

    #: One of `WORDS`; empty if nothing was said.
    word: str = ""
    #: One of `STATUSES`; empty if nothing was said.
    status: str = ""
    #: Items that are shown as they read, and those that are not.
    shown: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    notes: str = ""

    @property
    def verdict(self) -> Verdict | None:
        """Whether the credential is accepted; nothing if that was not said."""
        return WORDS.get(self.word)

    def is_complete(self, display: Display) -> bool:
        """Tell whether everything is said that is asked of what is shown."""
        return bool(self.word and self.status) and set(display.items) <= self.shown | self.missing


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """Everything that a person says."""

    by: str = ""
    on: str = ""
    #: By number.
    replies: Mapping[str, Reply] = dataclasses.field(default_factory=dict)
    #: By requirement.
    statements: Mapping[str, bool] = dataclasses.field(default_factory=dict)


def read_answers(raw: bytes, path: Path, *, kit: str, numbers: Collection[str], statements: Collection[str]) -> Answers:
    """Read answers in JSON or TOML.

    Args:
        raw: The content of the file.
        path: The file, for messages; its ending tells the format.
        kit: The digest of the kit, which answers of another one do not have.
        numbers: The files of the kit.
        statements: The requirements that the kit asks statements about.

    Raises:
        Misconfigured: They cannot be read, or are not about this kit.
    """
    try:
        content = tomllib.loads(raw.decode("utf-8")) if path.suffix == ".toml" else parse(raw).value
        return _answers(content, kit, numbers, statements)
    except (ValueError, TypeError) as error:
        raise Misconfigured(f"{path}: {str(error)[:300]}.") from error


def _answers(content: Any, kit: str, numbers: Collection[str], statements: Collection[str]) -> Answers:  # noqa: ANN401 - any JSON
    if not isinstance(content, dict):
        raise ValueError("expected is an object with by, on, answers and statements")  # noqa: TRY004 - one kind for all
    _known(content, _KEYS, "key")
    if content.get("kit", kit) != kit:
        raise ValueError("the answers are about another kit: name the one that they were made with")
    replies, stated = content.get("answers", {}), content.get("statements", {})
    if not isinstance(replies, dict) or not isinstance(stated, dict):
        raise ValueError("answers and statements are tables")  # noqa: TRY004 - as above
    _known(replies, numbers, "file of the kit")
    _known(stated, statements, "statement in the kit about")
    by, on = (_text(content.get(name, ""), name) for name in ("by", "on"))
    if (replies or stated) and not by:
        raise ValueError('say who looked: by = "name"')
    return Answers(
        by=by,
        on=on,
        replies={number: _reply(each, number) for number, each in replies.items()},
        statements={name: _statement(each, name) for name, each in stated.items()},
    )


def _reply(given: Any, number: str) -> Reply:  # noqa: ANN401 - any JSON
    row = {"answer": given} if isinstance(given, str) else given
    if not isinstance(row, dict):
        raise ValueError(f"the answer to {number} is a word or a table")  # noqa: TRY004 - as above
    _known(row, _REPLY_KEYS, f"key in the answer to {number} called")
    return Reply(
        word=_one_of(row.get("answer", ""), WORDS, number),
        status=_one_of(row.get("status", ""), STATUSES, number),
        shown=frozenset(_text(each, number) for each in row.get("shown", ())),
        missing=frozenset(_text(each, number) for each in row.get("missing", ())),
        notes=_text(row.get("notes", ""), number)[:_LONGEST],
    )


def _statement(given: Any, name: str) -> bool:  # noqa: ANN401 - any JSON
    if given not in (_YES, _NO):
        raise ValueError(f"the statement about {name} is yes or no, and not {json.dumps(given, default=str)[:40]}")
    return bool(given == _YES)


def _one_of(value: Any, known: Collection[str], number: str) -> str:  # noqa: ANN401 - any JSON
    text = _text(value, number)
    if text and text not in known:
        raise ValueError(f"the answer to {number} is one of {', '.join(known)}, and not {text[:40]!r}")
    return text


def _text(value: Any, name: str) -> str:  # noqa: ANN401 - any JSON
    if not isinstance(value, str) and not (name == "on" and hasattr(value, "isoformat")):
        raise ValueError(f"what is said of {name} is text, and not {type(value).__name__}")
    return str(value)


def _known(given: Collection[str], known: Collection[str], what: str) -> None:
    for each in given:
        if each not in known:
            raise ValueError(f"there is no {what} {each[:40]!r}")


# What becomes of them


def attestations_of(answers: Answers, displays: Mapping[str, Display]) -> dict[str, str]:
    """Return the attestations that answers are: statements that hold, and what is shown of every credential as it should be.

    Args:
        answers: What the person says.
        displays: What is asked about what is shown, by number.
    """
    when = f" on {answers.on}" if answers.on else ""
    signed = f"stated by {answers.by}{when} in the checklist of the kit"
    stated = {name: f"Yes, {signed}." for name, holds in answers.statements.items() if holds and name != SERVED}
    for requirement in dict.fromkeys(each.requirement for each in displays.values()):
        asked = {number: each for number, each in displays.items() if each.requirement == requirement}
        if all(_is_shown(answers.replies.get(number, Reply()), each) for number, each in asked.items()):
            items = ", ".join(dict.fromkeys(item for each in asked.values() for item in each.items))
            stated[requirement] = f"Of {', '.join(asked)} are shown {items} and the status, {signed}."
    return stated


def _is_shown(reply: Reply, display: Display) -> bool:
    return reply.is_complete(display) and not reply.missing & set(display.items)
