"""What is wrong by a JSON Schema, with its cause: never a list of the alternatives that all failed."""

from __future__ import annotations

import contextvars
import dataclasses
from typing import TYPE_CHECKING, Any

from jsonschema.validators import extend

from skillmark_reference.securing.integrity.problems import child
from skillmark_reference.securing.quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

    from skillmark_reference.vocabularies import RecordClass, Vocabulary

#: What goes before the value of a keyword in a message.
_SAID = {"const": "", "pattern": "a text like ", "minItems": "at least that many items: "}
#: Keywords about the members of an object.
_INSIDE = frozenset({"required", "additionalProperties"})
_VOWELS = frozenset("aeiou")
_ALTERNATIVES = frozenset({"anyOf", "oneOf"})


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class SchemaError:
    """One departure from a schema."""

    path: tuple[str | int, ...]
    message: str
    #: Whether it is about the members of the object at the path, and not about what stands there in the place of a value.
    is_inside: bool = False

    @property
    def pointer(self) -> str:
        """JSON pointer to the value."""
        pointer = ""
        for each in self.path:
            pointer = child(pointer, each)
        return pointer


def causes(errors: Iterable[ValidationError]) -> list[SchemaError]:
    """Return the causes of errors, each once; of alternatives that failed, those of the one that came closest."""
    leaves = [leaf for error in errors for leaf in _leaves(error)]
    found = [
        SchemaError(
            path=tuple(leaf.absolute_path),
            message=_message(leaf),
            is_inside=leaf.validator in _INSIDE or _is_choice(leaf),
        )
        for leaf in leaves
    ]
    return list(dict.fromkeys(found))


class TooManyErrors(Exception):  # noqa: N818 - what was given up, in words for a person
    """There are more errors than anybody reads, those of alternatives counted."""


def limited_causes(validator: Validator, instance: object, *, most: int) -> list[SchemaError]:
    """Return the causes of the errors by a validator of a class that `counting` made.

    Raises:
        TooManyErrors: There are more errors.
    """
    token = _LEFT.set([most])
    try:
        return causes(validator.iter_errors(instance))
    finally:
        _LEFT.reset(token)


def counting(dialect: type[Validator]) -> type[Validator]:
    """Return a dialect whose validators count their errors: each holds the value that it is about, and costs memory."""

    def counted(rule: Callable[..., Iterable[ValidationError] | None]) -> Callable[..., Iterator[ValidationError]]:
        def count(*given: object) -> Iterator[ValidationError]:
            left = _LEFT.get()
            for error in rule(*given) or ():
                left[0] -= 1
                if left[0] < 0:
                    raise TooManyErrors
                yield error

        return count

    rules = {name: counted(rule) for name, rule in dialect.VALIDATORS.items()}
    made: type[Validator] = extend(dialect, validators=rules)
    return made


#: How many errors may follow in the evaluation at hand.
_LEFT: contextvars.ContextVar[list[int]] = contextvars.ContextVar("errors that may follow")


def is_below(pointer: str, places: Collection[str]) -> bool:
    """Tell whether a pointer leads to one of the places, or into it; a set of places is asked once for each level."""
    end = len(pointer)
    while end > 0:
        if pointer[:end] in places:
            return True
        end = pointer.rfind("/", 0, end)
    return False


def clause_of(vocabulary: Vocabulary, row: RecordClass, error: SchemaError) -> str:
    """Return the clause of the class that has the member with an error; what a member may hold, its own class says."""
    clause = row.clause
    names = [each for each in error.path if isinstance(each, str)]
    for place, name in enumerate(names, start=1):
        member = row.properties.get(name)
        if member is None:
            break
        clause = f"{row.clause}.{name}"
        classes = list(_classes(vocabulary, member.types))
        if not classes or (place == len(names) and not error.is_inside):
            break
        row = classes[0]
        clause = row.clause
    return clause


def _classes(vocabulary: Vocabulary, names: Iterable[str]) -> Iterator[RecordClass]:
    for name in names:
        row = vocabulary.classes.get(name)
        if row is None:
            continue
        if row.union:
            yield from _classes(vocabulary, row.union)
        else:
            yield row


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    if error.validator not in _ALTERNATIVES or not error.context or _is_choice(error):
        yield error
        return
    branches: dict[object, list[ValidationError]] = {}
    for each in error.context:
        branches.setdefault(each.schema_path[0], []).extend(_leaves(each))
    depth = len(error.absolute_path)
    yield from max(branches.values(), key=lambda errors: _closeness(errors, depth))


def _is_choice(error: ValidationError) -> bool:
    """Tell whether an object lacks all of the members of which it has to have one."""
    return error.validator in _ALTERNATIVES and all(
        each.validator == "required" and each.absolute_path == error.absolute_path for each in error.context or [error]
    )


def _closeness(errors: list[ValidationError], depth: int) -> tuple[bool, int, int]:
    """Return how close an alternative came to a value at a depth: its JSON type fits, its errors are deep, and few."""
    wrong_type = any(each.validator == "type" and len(each.absolute_path) == depth for each in errors)
    return (not wrong_type, max(len(each.absolute_path) for each in errors), -len(errors))


def _message(error: ValidationError) -> str:
    value, found = error.validator_value, quoted(error.instance)
    if error.validator == "required":
        return f"{_missing(error)} is missing"
    if _is_choice(error):
        return f"{_or([_missing(each) for each in error.context or ()])} is missing"
    if error.validator == "additionalProperties":
        known = error.schema.get("properties", {})
        return (
            f"members outside of the class: {', '.join(sorted(name for name in error.instance if name not in known))}"
        )
    return f"{_expected(str(error.validator), value)}; found is {found}"


def _expected(validator: str, value: Any) -> str:  # noqa: ANN401 - any JSON value
    match validator:
        case "type" | "format":
            words = _or(value)
            return f"expected is {'an' if words[:1] in _VOWELS else 'a'} {words}"
        case "enum":
            return f"expected is one of {quoted(value)}"
        case "contains":
            return f"the array lacks {_wanted(value)}"
        case "const" | "pattern" | "minItems":
            return f"expected is {_SAID[validator]}{value if validator == 'pattern' else quoted(value)}"
        case _:
            return f"{validator} {quoted(value)} does not hold"


def _missing(error: ValidationError) -> str:
    """Return the member that the error is about: there is one error for each that is missing."""
    missing = [name for name in error.validator_value if name not in error.instance]
    return next((name for name in missing if repr(name) in error.message), ", ".join(missing))


def _or(value: Any) -> str:  # noqa: ANN401 - a word or several
    return value if isinstance(value, str) else " or ".join(value)


def _wanted(schema: dict[str, Any]) -> str:
    return quoted(schema["const"]) if "const" in schema else " or ".join(map(str, schema.get("enum", [schema])))
