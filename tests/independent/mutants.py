"""The independent provider with one random flaw in what it sends: a value of another kind, a member gone, a broken header."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

from .provider import OPERATIONS, Answer, Provider, Request, Switches

if TYPE_CHECKING:
    from .data import Shelf

Path = tuple[str | int, ...]

_ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**30,
    1.5,
    "",
    " ",
    "x",
    "null",
    "00000000-0000-0000-0000-000000000000",
    "http://",
    "http://[::1",
    "//skills.example.org/ims",
    "http://skills.example.org:99999/ims/case/v1p1/CFItems/1",
    "http://skills.example.org/ims/case/v1p1/CFItems/%zz?x#y",
    "\ud800",
    "\x00\n\t",
    "e\u0301" * 50,
    "2024-02-30T25:61:61Z",
    "9999-12-31T23:59:59-12:00",
    "0001-01-01T00:00:00+14:00",
    [],
    {},
    [[]],
    [None],
    [{}],
    ["a", 1, None, {"identifier": []}],
    {"identifier": None},
    {"identifier": ["x"], "uri": {}, "title": 1},
    {"identifier": "x", "uri": "y", "title": "z"},
    {"": {"": ""}},
)
_ODD_HEADERS = (
    ("X-Total-Count", "ten"),
    ("X-Total-Count", "-1"),
    ("X-Total-Count", "9" * 40),
    ("X-Total-Count", "\u00b2"),
    ("Link", "<"),
    ("Link", '<http://[>; rel="next", <>; rel=prev'),
    ("Link", "<?offset=\u00e9&limit=%ff>; rel=next; rel=last"),
    ("Link", "<ftp://x:y/>; rel=" + "next " * 500),
    ("Content-Type", "text/html; charset=klingon"),
    ("Content-Type", ";;;"),
    ("Content-Encoding", "br"),
    ("Location", "http://[::"),
    ("Date", "yesterday"),
    ("Retry-After", "soon"),
)
_ODD_BODIES = (
    b"",
    b"null",
    b"[]",
    b"3",
    b'"text"',
    b"{",
    b"\xff\xfe{}",
    b"\xef\xbb\xbf{}",
    b"[" * 5000,
    b'{"CFDocuments": NaN}',
    b'{"CFDocuments": 1e999, "CFDocuments": []}',
    b"<html></html>",
    b'{"CFDocuments": [{"identifier": "\\ud800"}]}',
    b'{"imsx_codeMajor": ["failure"], "imsx_severity": {}, "imsx_codeMinor": {"imsx_codeMinorField": [{"x": []}]}}',
)
_ODD_STATUSES = (100, 199, 204, 206, 226, 301, 304, 400, 401, 404, 418, 429, 500, 503, 599)
#: What may be flawed: an operation, the refusals, the discovery document.
TARGETS = (*OPERATIONS.values(), "getAllCFDocuments", "", "refusals")


class Mutant(Provider):
    """Spoils one thing, the same one in every answer of the same kind; which one is up to the seed."""

    def __init__(self, seed: int, version: str, switches: Switches | None = None, shelf: Shelf | None = None) -> None:
        super().__init__(version, switches, shelf)
        rng = random.Random(seed)  # noqa: S311 - no secret
        self.target = rng.choice(TARGETS)
        self.kind = rng.choices(("value", "header", "body", "status"), (20, 3, 3, 2))[0]
        self.place = rng.random()
        self.flaw = rng.randrange(10**6)
        self.is_late = rng.random() < 0.3
        self.spoilt = False

    def encoded(self, value: object) -> bytes:
        """Write a value as JSON, lone surrogates included."""
        return b"" if value is None and not self.spoilt else json.dumps(value).encode()

    def finished(self, request: Request, answer: Answer) -> Answer:
        """Spoil the answers of the kind that the seed chose."""
        kind = "refusals" if answer.status >= 400 else answer.operation
        if kind != self.target or (self.is_late and self.count % 2):
            return answer
        self.spoilt = True
        match self.kind:
            case "header":
                name, value = _ODD_HEADERS[self.flaw % len(_ODD_HEADERS)]
                answer.headers = [pair for pair in answer.headers if pair[0] != name]
                if name == "Content-Type":
                    answer.media_type = value
                else:
                    answer.headers.append((name, value))
            case "body":
                answer.body = _ODD_BODIES[self.flaw % len(_ODD_BODIES)]
            case "status":
                answer.status = _ODD_STATUSES[self.flaw % len(_ODD_STATUSES)]
            case _:
                answer.value = mutated(answer.value, self.place, self.flaw)
        return answer


def mutated(value: Any, place: float, flaw: int) -> Any:  # noqa: ANN401 - any JSON value
    """Return a value with one place changed."""
    kinds: dict[tuple[str, ...], list[Path]] = {}
    for found in _paths(value):
        # One place of each kind is as likely as any other, however many records have it.
        kinds.setdefault(tuple(step for step in found if isinstance(step, str)), []).append(found)
    chosen = list(kinds.values())[min(int(place * len(kinds)), len(kinds) - 1)]
    path = chosen[flaw % len(chosen)]
    changed = copy.deepcopy(value)
    odd = copy.deepcopy(_ODD_VALUES[flaw % len(_ODD_VALUES)])
    if not path:
        return odd
    holder = changed
    for step in path[:-1]:
        holder = holder[step]
    match flaw // len(_ODD_VALUES) % 5:
        case 0:
            del holder[path[-1]]
        case 1 if isinstance(holder, dict):
            holder[f"{path[-1]}X"] = holder.pop(path[-1])
        case 1:
            holder.append(copy.deepcopy(holder[path[-1]]))
        case _:
            holder[path[-1]] = odd
    return changed


def _paths(value: Any, path: Path = ()) -> Any:  # noqa: ANN401 - a generator of paths
    yield path
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in pairs:
        yield from _paths(inner, (*path, step))
