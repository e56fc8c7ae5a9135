"""Whether a credential is built as the tables say: order of contexts, types, members, and nothing that is null or empty."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import re
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from skillmark_reference.credentials.kinds import CredentialKind, kinds_of
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude, conclude_worst
from skillmark_reference.credentials.steps.schema_errors import (
    TooManyErrors,
    clause_of,
    counting,
    is_below,
    limited_causes,
)
from skillmark_reference.credentials.steps.schema_predicates import predicate
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.vocabularies import load_vocabulary
from skillmark_reference.vocabularies.contexts import states_of
from skillmark_reference.vocabularies.json_schema import Form, json_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from jsonschema.protocols import Validator

    from skillmark_reference.credentials.steps.schema_predicates import Predicate
    from skillmark_reference.vocabularies import ContextState, Item, RecordClass, Vocabulary

_COUNTING = counting(Draft202012Validator)
#: Errors of one document, those of alternatives counted.
_MOST_ERRORS = 20_000
#: Kinds of W3C alone, whose types are open, whose proofs may be of any suite, and whose arrays may be empty.
_LOOSE = frozenset({CredentialKind.OTHER, CredentialKind.PRESENTATION})


def structure_steps(credential: Mapping[str, Any], kind: CredentialKind, inner: Iterable[str] = ()) -> Iterator[Step]:
    """Yield the steps about the form of a credential (Open Badges 3.0, Verification, step 1; Serialization).

    Args:
        credential: The credential, without the claims of a token.
        kind: What it is read as.
        inner: Pointers of the credentials inside of it, which are looked at on their own.
    """
    places = frozenset(inner)
    yield conclude(kind, Subject.TYPE, _type_problems(credential, kind))
    yield _context_order(credential, kind)
    yield _context_versions(credential, kind)
    if kind not in _LOOSE:
        yield conclude(kind, Subject.EMPTY_VALUES, _empty(credential, "", places))
    yield _structure(credential, kind, places)
    if kind in {CredentialKind.ACHIEVEMENT, CredentialKind.CLR}:
        yield _subject_identified(credential, kind)


def schema_problems(
    credential: Mapping[str, Any], kind: CredentialKind, form: Form, inner: Iterable[str] = ()
) -> list[Problem]:
    """Return every departure from the table, its cause and its clause; contexts and inner credentials are left out."""
    row = kind.record_class(credential)
    if form is Form.COMPACTED and _conforms(kind.vocabulary.id, row.name, form)(credential):
        return []
    places = frozenset(inner) | {"/@context", *(("/proof",) if kind in _LOOSE else ())}
    found = class_problems(credential, kind.vocabulary.id, row.name, form)
    return [each for each in found if not is_below(each.pointer, places)]


def class_problems(
    document: Mapping[str, Any], vocabulary: str, record_class: str, form: Form = Form.COMPACTED
) -> list[Problem]:
    """Return every departure of a document from a class, its cause and its clause; credentials inside of it are left out."""
    table = load_vocabulary(vocabulary)
    row = table.classes[record_class]
    try:
        found = limited_causes(_validator(vocabulary, record_class, form), document, most=_MOST_ERRORS)
    except TooManyErrors:
        message = f"there are more than {_MOST_ERRORS:,} departures from {row.name}, and they are not listed"
        return [Problem(pointer="", message=message, clause=row.clause)]
    return [Problem(pointer=each.pointer, message=each.message, clause=clause_of(table, row, each)) for each in found]


@functools.cache
def _conforms(vocabulary: str, record_class: str, form: Form) -> Predicate:
    return predicate(json_schema(load_vocabulary(vocabulary), record_class, form))


@functools.cache
def _validator(vocabulary: str, record_class: str, form: Form) -> Validator:
    """Return the validator of a class; credentials inside of it are any objects, since each is looked at on its own."""
    table = load_vocabulary(vocabulary)
    schema = json_schema(table, record_class, form)
    inner = {name: {"type": "object"} for name in schema["$defs"] if _is_credential(table, table.classes[name])}
    opened = {**schema, "$defs": {**schema["$defs"], **inner}}
    return _COUNTING(opened, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _is_credential(table: Vocabulary, row: RecordClass) -> bool:
    if row.union:
        return all(_is_credential(table, table.classes[name]) for name in row.union if name in table.classes)
    return "VerifiableCredential" in row.type_names


def _type_problems(credential: Mapping[str, Any], kind: CredentialKind) -> Iterator[Problem]:
    types = as_list(credential.get("type"))
    if kind.base_type not in types:
        yield Problem(pointer="/type", message=f"{kind.base_type} is not in type; found is {quoted(types)}")
    found = kinds_of(credential)
    if kind not in {*_LOOSE, *found}:
        names = " or ".join(kind.names)
        yield Problem(pointer="/type", message=f"expected is {names} in type; found is {quoted(types)}")
    if len(found) > 1:
        names = ", ".join(each.value for each in found)
        yield Problem(pointer="/type", message=f"a credential is of one kind; type names {names}")


# Contexts


def _context_order(credential: Mapping[str, Any], kind: CredentialKind) -> Step:
    """Hold the leading contexts against the table (Open Badges 3.0 and CLR 2.0, Serialization, JSON-LD)."""
    row = kind.record_class(credential)
    found = claims_of.contexts(credential)
    items = row.properties["@context"].items
    problems = [each for index, item in enumerate(items) if (each := _misplaced(found, index, item)) is not None]
    if problems:
        return conclude(kind, Subject.CONTEXT_ORDER, problems)
    remarks = list(_context_remarks(credential, row, kind))
    return conclude(kind, Subject.CONTEXT_ORDER, remarks, outcome=Outcome.WARNED if remarks else None)


def _misplaced(found: list[Any], index: int, item: Item) -> Problem | None:
    expected = item.const or f"a text like {item.pattern}"
    if index >= len(found):
        message = f"the context at place {index + 1} is missing; expected is {expected}"
        return Problem(pointer="/@context", message=message)
    value = found[index]
    fits = value == item.const if item.pattern is None else isinstance(value, str) and re.search(item.pattern, value)
    if fits:
        return None
    message = f"expected is {expected}; found is {quoted(value)}"
    return Problem(pointer=child("/@context", index), message=message)


def _context_remarks(credential: Mapping[str, Any], row: RecordClass, kind: CredentialKind) -> Iterator[Problem]:
    """Yield what readers may stumble over: a single context as text, an older CLR context (CLR20-R-010), inline contexts."""
    contexts = credential.get("@context")
    if not isinstance(contexts, list) and row.properties["@context"].items:
        yield Problem(pointer="/@context", message="@context is an array in canonical form; here it is one value")
    if kind is CredentialKind.CLR and "2.0.0" in {
        each.id for each in _states_of(claims_of.contexts(credential)[1])[:1]
    }:
        message = "new records name context-2.0.1.json; context.json has neither partial nor ClrSubject.identifier"
        yield Problem(pointer="/@context/1", message=message, clause="CLR20-R-010")


def _context_versions(credential: Mapping[str, Any], kind: CredentialKind) -> Step:
    """Tell whether the contexts go together: those made for data model 1.1 redefine protected terms of 2.0."""
    model = "1.1" if claims_of.is_version_1(credential) else "2.0"
    problems = []
    for index, url in enumerate(claims_of.contexts(credential)):
        states = _states_of(url)
        if states and all(model not in state.data_models for state in states):
            message = f"{url} cannot be used with data model {model}: it redefines protected terms"
            problems.append(Problem(pointer=child("/@context", index), message=message))
    return conclude(kind, Subject.CONTEXT_VERSIONS, problems)


def _states_of(url: object) -> tuple[ContextState, ...]:
    """Return the states of a context that the tables know; of another one there are none."""
    try:
        return states_of(url) if isinstance(url, str) else ()
    except KeyError:
        return ()


# Members


def _empty(value: object, pointer: str, inner: frozenset[str]) -> Iterator[Problem]:
    """Yield null values and empty arrays, which do not appear (Open Badges 3.0 and CLR 2.0, Serialization, JSON)."""
    if pointer in inner:
        return
    if value is None:
        yield Problem(pointer=pointer, message="null does not appear in a credential; leave the member out")
    elif isinstance(value, list):
        if not value:
            message = "an empty array does not appear in a credential; leave the member out"
            yield Problem(pointer=pointer, message=message)
        for index, each in enumerate(value):
            yield from _empty(each, child(pointer, index), inner)
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _empty(each, child(pointer, name), inner)


def _structure(credential: Mapping[str, Any], kind: CredentialKind, inner: frozenset[str]) -> Step:
    """Hold the members against the table; what only the lenient schemas of 1EdTech accept is disputed, and warned of."""
    problems = [*schema_problems(credential, kind, Form.COMPACTED, inner), *_claimless(credential, kind)]
    if not problems or kind.is_of_w3c:
        return conclude(kind, Subject.STRUCTURE, problems)
    lenient = {each.pointer: each for each in schema_problems(credential, kind, Form.LENIENT, inner)}
    failed = [each for each in problems if each.pointer in lenient]
    told = {place for each in failed for place in _with_holders(each.pointer)}
    # What is wrong in a value that stands where the table has an array of them.
    failed += [each for pointer, each in lenient.items() if pointer not in told]
    reading = "the published schemas let this pass, and the text does not"
    remarks = [
        dataclasses.replace(each, message=f"{each.message}; {reading}")
        for each in problems
        if each.pointer not in lenient
    ]
    return conclude_worst(kind, Subject.STRUCTURE, {Outcome.FAILED: failed, Outcome.WARNED: remarks})


def _with_holders(pointer: str) -> Iterator[str]:
    """Yield a pointer, and those to everything that holds what it leads to."""
    yield from itertools.accumulate(pointer.split("/"), "{}/{}".format)


def _claimless(credential: Mapping[str, Any], kind: CredentialKind) -> Iterator[Problem]:
    """Yield subjects of which nothing is said; the id alone says who holds the credential (data model 2.0, 4.8)."""
    subject = credential.get("credentialSubject")
    for index, each in enumerate(as_list(subject) if kind is CredentialKind.OTHER else ()):
        if each == {}:
            pointer = child("/credentialSubject", index) if isinstance(subject, list) else "/credentialSubject"
            yield Problem(pointer=pointer, message="nothing is said of the subject", clause="VCDM20-R-023")


def _subject_identified(credential: Mapping[str, Any], kind: CredentialKind) -> Step:
    """Tell whether the recipient is identified; for CLR no text that could be read says that it has to be."""
    subjects = [each for each in as_list(credential.get("credentialSubject")) if isinstance(each, dict)]
    identified = any("id" in each or bool(each.get("identifier")) for each in subjects)
    message = "the subject has neither id nor identifier: nobody can tell whose credential it is"
    problems = [] if identified else [Problem(pointer="/credentialSubject", message=message)]
    disputed = bool(problems) and kind is CredentialKind.CLR
    outcome = Outcome.WARNED if disputed else None
    return conclude(kind, Subject.SUBJECT_IDENTIFIED, problems, outcome=outcome)
