"""Whether a credential is built as the tables say: order of contexts, types, members, and nothing that is null or empty."""

from __future__ import annotations

import dataclasses
import functools
import re
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from skillmark_reference.credentials.kinds import CredentialKind, kinds_of
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.credentials.results import Outcome, Problem, Step, conclude
from skillmark_reference.credentials.schema_errors import causes, clause_of, is_below
from skillmark_reference.securing import credential_claims as claims_of
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.vocabularies import load_vocabulary
from skillmark_reference.vocabularies.contexts import states_of
from skillmark_reference.vocabularies.json_schema import Form, json_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from skillmark_reference.vocabularies import Item, RecordClass


def structure_steps(credential: Mapping[str, Any], kind: CredentialKind, inner: Iterable[str] = ()) -> Iterator[Step]:
    """Yield the steps about the form of a credential (Open Badges 3.0, Verification, step 1; Serialization).

    Args:
        credential: The credential, without the claims of a token.
        kind: What it is read as.
        inner: Pointers of the credentials inside of it, which are looked at on their own.
    """
    places = tuple(inner)
    yield conclude(kind, Subject.TYPE, _type_problems(credential, kind))
    yield _context_order(credential, kind)
    yield _context_versions(credential, kind)
    yield conclude(kind, Subject.EMPTY_VALUES, _empty(credential, "", places))
    yield _structure(credential, kind, places)
    if kind in {CredentialKind.ACHIEVEMENT, CredentialKind.CLR}:
        yield _subject_identified(credential, kind)


def schema_problems(
    credential: Mapping[str, Any], kind: CredentialKind, form: Form, inner: Iterable[str] = ()
) -> list[Problem]:
    """Return every departure from the table, its cause and its clause; contexts and inner credentials are left out."""
    row = kind.record_class(credential)
    places = ("/@context", *inner)
    found = []
    for error in causes(_validator(kind.vocabulary.id, row.name, form).iter_errors(credential)):
        if not is_below(error.pointer, places):
            clause = clause_of(kind.vocabulary, row, error.path)
            found.append(Problem(pointer=error.pointer, message=error.message, clause=clause))
    return found


@functools.cache
def _validator(vocabulary: str, record_class: str, form: Form) -> Draft202012Validator:
    schema = json_schema(load_vocabulary(vocabulary), record_class, form)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _type_problems(credential: Mapping[str, Any], kind: CredentialKind) -> Iterator[Problem]:
    types = as_list(credential.get("type"))
    if "VerifiableCredential" not in types:
        yield Problem(pointer="/type", message=f"VerifiableCredential is not in type; found is {quoted(types)}")
    found = kinds_of(credential)
    if kind is not CredentialKind.OTHER and kind not in found:
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
    if kind is CredentialKind.CLR and states_of(str(claims_of.contexts(credential)[1]))[0].id == "2.0.0":
        message = "new records name context-2.0.1.json; context.json has neither partial nor ClrSubject.identifier"
        yield Problem(pointer="/@context/1", message=message, clause="CLR20-R-010")


def _context_versions(credential: Mapping[str, Any], kind: CredentialKind) -> Step:
    """Tell whether the contexts go together: those made for data model 1.1 redefine protected terms of 2.0."""
    model = "1.1" if claims_of.is_version_1(credential) else "2.0"
    problems = []
    for index, url in enumerate(claims_of.contexts(credential)):
        try:
            states = states_of(url) if isinstance(url, str) else ()
        except KeyError:
            continue
        if states and all(model not in state.data_models for state in states):
            message = f"{url} cannot be used with data model {model}: it redefines protected terms"
            problems.append(Problem(pointer=child("/@context", index), message=message))
    return conclude(kind, Subject.CONTEXT_VERSIONS, problems)


# Members


def _empty(value: object, pointer: str, inner: tuple[str, ...]) -> Iterator[Problem]:
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


def _structure(credential: Mapping[str, Any], kind: CredentialKind, inner: tuple[str, ...]) -> Step:
    """Hold the members against the table; what only a lenient reading accepts is disputed, and warned of."""
    problems = schema_problems(credential, kind, Form.COMPACTED, inner)
    if not problems or schema_problems(credential, kind, Form.LENIENT, inner):
        return conclude(kind, Subject.STRUCTURE, problems)
    reading = "the published schemas let this pass, and the text does not"
    remarks = [dataclasses.replace(each, message=f"{each.message}; {reading}") for each in problems]
    return conclude(kind, Subject.STRUCTURE, remarks, outcome=Outcome.WARNED)


def _subject_identified(credential: Mapping[str, Any], kind: CredentialKind) -> Step:
    """Tell whether the recipient is identified; for CLR no text that could be read says that it has to be."""
    subject = credential.get("credentialSubject")
    identified = isinstance(subject, dict) and ("id" in subject or bool(subject.get("identifier")))
    message = "the subject has neither id nor identifier: nobody can tell whose credential it is"
    problems = [] if identified else [Problem(pointer="/credentialSubject", message=message)]
    disputed = bool(problems) and kind is CredentialKind.CLR
    outcome = Outcome.WARNED if disputed else None
    return conclude(kind, Subject.SUBJECT_IDENTIFIED, problems, outcome=outcome)
