"""The structure of every class, JSON datatypes, enumerations and formats (Data Models; Serialization, JSON)."""

from __future__ import annotations

import dataclasses
import functools
import re
from typing import TYPE_CHECKING, Any

from skillmark.catalogue import load_catalogue
from skillmark.suites.credentials.repairing import repairs
from skillmark.suites.credentials.shown import JUDGED
from skillmark.suites.credentials.sightings import RULES, Departs, Rule
from skillmark_reference.credentials.kinds import CredentialKind
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome
from skillmark_reference.securing.instants import MalformedInstant, parse_date_time
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from skillmark.suites.credentials.evidence import Evidence
    from skillmark.suites.credentials.shown import Node, Shown
    from skillmark.suites.credentials.sightings import Sighting
    from skillmark_reference.credentials.results import Problem
    from skillmark_reference.vocabularies import Property

_ABSENT = "No credential that was handed in has one."
#: Classes without a requirement of their own, and the one in whose place they stand.
_INSTEAD = {"ProfileRef": "Profile"}
_BASE = "VerifiableCredential"
_ZONE = re.compile(r"(?:Z|[+-]\d{2}:\d{2})$", re.IGNORECASE)
_NAME = re.compile(r"(?<!^)(?=[A-Z])")


# Classes


def class_of(shown: Shown, problem: Problem) -> str:
    """Return the class whose structure a problem is about, by its clause."""
    name = problem.clause.rpartition(", ")[2].partition(".")[0].removesuffix("v1p1").removesuffix("11")
    name = _INSTEAD.get(name, name)
    known = _classes("clr" if shown.kind is CredentialKind.CLR else "open_badges")
    return name if name in known else _own_class(shown)


def _own_class(shown: Shown) -> str:
    return _BASE if shown.kind not in JUDGED else shown.kind.value


@functools.cache
def _classes(catalogue: str) -> frozenset[str]:
    return frozenset(each.model_class for each in load_catalogue(catalogue).requirements.values() if each.model_class)


def _structure(evidence: Evidence, *, name: str) -> Iterator[Sighting]:
    for each in evidence.credentials:
        yield from _of_class(each, name)


def _of_class(shown: Shown, name: str) -> Iterator[Sighting]:
    is_good = False
    for step in shown.steps(Subject.STRUCTURE):
        is_good = step.outcome is Outcome.PASSED
        problems = [problem for problem in step.problems if class_of(shown, problem) == name]
        if step.outcome is Outcome.CANNOT_TELL:
            yield shown.unknown(problems[0].message if problems else "its structure was not looked at")
            return
        known = repairs(shown) if problems else {}
        for problem in problems:
            told = shown.told_in(problem, step)
            patch = known.get(problem.pointer, "")
            yield dataclasses.replace(told, patch=patch) if isinstance(told, Departs) else told
        if problems:
            return
    if name == _BASE:
        yield from [shown.holds()] if is_good else []
    else:
        yield from (shown.holds() for _ in shown.nodes_of(name))


for _entry in (*load_catalogue("open_badges").requirements.values(), *load_catalogue("clr").requirements.values()):
    if _entry.model_class and _entry.role.value == "issuer" and not _entry.repeats:
        _words = _NAME.sub("_", _entry.model_class).lower()
        _look = functools.partial(_structure, name=_entry.model_class)
        RULES.add(_entry.id, Rule(name=f"structure.{_words}", look=_look, absent=_ABSENT))


# Values


def _values(evidence: Evidence) -> Iterator[tuple[Shown, Node, Property, str, Any]]:
    """Yield every value of every member that the tables know, out of its array if it is in one."""
    for shown in evidence.credentials:
        for node in shown.nodes:
            for facts, pointer, value in node.members:
                if isinstance(value, list):
                    yield from ((shown, node, facts, f"{pointer}/{place}", each) for place, each in enumerate(value))
                else:
                    yield shown, node, facts, pointer, value


def _written(shown: Shown, facts: Property) -> frozenset[str]:
    """Return how the values of a member are written in JSON, for example ``string`` and ``object``."""
    vocabulary = shown.kind.vocabulary
    found: set[str] = set()
    for name in facts.types:
        if name in vocabulary.datatypes:
            found |= set(vocabulary.datatypes[name].base)
        elif name in vocabulary.enums:
            found.add("string")
        else:
            row = vocabulary.classes.get(name)
            names = row.union if row is not None and row.union else ()
            found |= {"string" if each in vocabulary.datatypes else "object" for each in names} or {"object"}
    return frozenset(found)


def _form(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int | float):
        return "number"
    forms = ((str, "string"), (dict, "object"), (list, "array"))
    return next((name for kind, name in forms if isinstance(value, kind)), "null")


def _json(evidence: Evidence, *, wanted: str) -> Iterator[Sighting]:
    for shown, _, facts, pointer, value in _values(evidence):
        forms = {"number" if each == "integer" else each for each in _written(shown, facts)}
        if forms != {wanted}:
            continue
        if _form(value) == wanted:
            yield shown.holds()
        elif not (wanted == "string" and isinstance(value, dict) and _is_map(value)):
            yield shown.departs(pointer, f"{_form(value)} {quoted(value)}", expected=f"a JSON {wanted}")
        else:
            reading = "The published schemas let a map by language pass in the place of a text."
            yield shown.departs(pointer, "a map by language", expected="a JSON string", dispute=reading)


def _is_map(value: dict[str, Any]) -> bool:
    return bool(value) and all(isinstance(each, str | list) for each in value.values())


def _arrays(evidence: Evidence) -> Iterator[Sighting]:
    for shown in evidence.credentials:
        for node in shown.nodes:
            for facts, pointer, value in node.members:
                if not facts.card.is_array or (facts.compactable and not isinstance(value, list)):
                    continue
                if isinstance(value, list):
                    yield shown.holds()
                else:
                    yield shown.departs(pointer, quoted(value), expected=f"an array of {facts.name}")


def _tokens(evidence: Evidence, *, is_extensible: bool, only: str | None = None) -> Iterator[Sighting]:
    """Look at the tokens of enumerations."""
    for shown, _, facts, pointer, value in _values(evidence):
        rows = [row for name in facts.types if (row := shown.kind.vocabulary.enums.get(name)) and not row.open]
        mine = [row for row in rows if bool(row.pattern) is is_extensible and (only is None or row.name == only)]
        if not mine or not isinstance(value, str) or (only is None and mine[0].name == "AssociationType"):
            continue
        if any(row.admits(value) for row in rows):
            yield shown.holds()
        else:
            term = ", or a term of one's own that starts with ext:" if is_extensible else ", and no other"
            yield shown.departs(pointer, quoted(value), expected=f"a token of {mine[0].name}{term}")


def _pattern(evidence: Evidence, *, datatype: str) -> Iterator[Sighting]:
    for shown, node, facts, pointer, value in _values(evidence):
        if datatype not in facts.types or not isinstance(value, str):
            continue
        if facts.pattern_if is not None and node.value.get(facts.pattern_if) is not True:
            continue
        pattern = shown.kind.vocabulary.datatypes[datatype].pattern or _PATTERNS[datatype]
        if re.search(pattern, value) and "\n" not in value:
            yield shown.holds()
        else:
            yield shown.departs(pointer, quoted(value), expected=f"a {datatype}, a text like {pattern}")


def _moments(evidence: Evidence) -> Iterator[Sighting]:
    for shown, _, facts, pointer, value in _values(evidence):
        if not {"DateTime", "DateTimeZ"} & set(facts.types) or not isinstance(value, str):
            continue
        try:
            parse_date_time(value)
        except MalformedInstant as error:
            problem = str(error)
        else:
            problem = "" if _ZONE.search(value) else f"{quoted(value)}, without zone"
        yield shown.departs(pointer, problem, expected="a date and time with a zone") if problem else shown.holds()


#: Of datatypes whose pattern is that of another standard.
_PATTERNS = {"CountryCode": "^[A-Z]{2}$"}
_VALUES: dict[str, tuple[str, Callable[[Evidence], Iterator[Sighting]]]] = {
    "OB30-R-051": ("serialization.numbers", functools.partial(_json, wanted="number")),
    "OB30-R-052": ("serialization.booleans", functools.partial(_json, wanted="boolean")),
    "OB30-R-053": ("serialization.arrays", _arrays),
    "OB30-R-054": ("serialization.objects", functools.partial(_json, wanted="object")),
    "OB30-R-055": ("serialization.strings", functools.partial(_json, wanted="string")),
    "OB30-R-145": ("enumerations.own_terms", functools.partial(_tokens, is_extensible=True)),
    "OB30-R-146": ("enumerations.closed", functools.partial(_tokens, is_extensible=False)),
    "CLR20-R-019": (
        "enumerations.associations",
        functools.partial(_tokens, is_extensible=False, only="AssociationType"),
    ),
    "OB30-R-045": ("identifiers.hashes", functools.partial(_pattern, datatype="IdentityHash")),
    "OB30-R-047": ("dates.zones", _moments),
    "OB30-R-049": ("formats.countries", functools.partial(_pattern, datatype="CountryCode")),
    "OB30-R-050": ("formats.languages", functools.partial(_pattern, datatype="LanguageCode")),
}
for _requirement, (_name, _rule) in _VALUES.items():
    RULES.add(_requirement, Rule(name=_name, look=_rule, absent=_ABSENT))
