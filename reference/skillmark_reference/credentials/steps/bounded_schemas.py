"""JSON Schemas of strangers, evaluated with a limit on the work: what they demand of a credential, in a time that ends.

Regular expressions run in linear time, or not at all; references lead to documents that come through the door for documents, or
nowhere; and every keyword, every comparison and every error costs, until there is nothing left to spend.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import re
from typing import TYPE_CHECKING, Any

import attrs
import re2
from jsonschema import Draft201909Validator, Draft202012Validator, FormatChecker, ValidationError
from jsonschema.validators import extend
from jsonschema_specifications import REGISTRY
from referencing import Registry, Resource
from referencing.exceptions import NoSuchResource

from skillmark_reference.credentials.steps.schema_errors import causes
from skillmark_reference.securing import strict_json
from skillmark_reference.securing.quoting import quoted
from skillmark_reference.securing.strict_json import MalformedJson

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jsonschema.protocols import Validator

    from skillmark_reference.credentials.steps.schema_errors import SchemaError

    #: Returns the bytes of a schema by its address; raises a LookupError where it cannot be had.
    SchemaReader = Callable[[str], bytes]
    #: Yields what is wrong by one keyword.
    Rule = Callable[..., Iterator[ValidationError] | None]

DIALECTS: dict[str, type[Validator]] = {
    "https://json-schema.org/draft/2019-09/schema": Draft201909Validator,
    "https://json-schema.org/draft/2020-12/schema": Draft202012Validator,
}
#: A badge takes some hundred steps by the schema of the standard; a second is some hundred thousand.
MOST_WORK = 2_000_000
#: Values in a schema.
_MOST_VALUES = 50_000
#: Errors that are told.
_MOST_ERRORS = 100
#: Letters of JSON that cost as much as a keyword.
_LETTERS = 200
#: Formats whose check takes a time that is linear in the text.
_FORMATS = FormatChecker(formats=("date", "date-time", "email", "ipv4", "ipv6", "time", "uri", "uuid"))
_UNICODE_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
#: Longest text of which a format is checked; longer ones are none of these.
_LONGEST_FORMATTED = 8192


class UnusableSchema(Exception):  # noqa: N818 - what stands in the way, in words for a person
    """The schema cannot be evaluated; whether something conforms to it cannot be told."""


class Work:
    """What the evaluations of one verification may spend together."""

    def __init__(self, most: int = MOST_WORK) -> None:
        self._most = most
        self._left = most
        #: SHA-256 of the schemas that were found to be schemas.
        self.checked: set[bytes] = set()

    def spend(self, steps: int) -> None:
        """Take note of some steps.

        Raises:
            UnusableSchema: There are no more.
        """
        self._left -= steps
        if self._left < 0:
            raise UnusableSchema(f"the evaluation takes more than {self._most:,} steps, and was ended")


def departures(
    schema: Mapping[str, Any], instance: object, *, read: SchemaReader, work: Work | None = None
) -> list[SchemaError]:
    """Return where a value departs from a schema, the first hundred errors by their causes.

    Args:
        schema: The schema, with ``$schema``.
        instance: The value.
        read: Gets the schemas that it refers to.
        work: What may still be spent.

    Raises:
        UnusableSchema: The dialect is not known, the schema is malformed, refers to what cannot be had, or takes too much work.
    """
    dialect = DIALECTS.get(str(schema.get("$schema")).removesuffix("#"))
    if dialect is None:
        raise UnusableSchema(f"it is of the dialect {quoted(schema.get('$schema'))}, which is not read")
    chosen = work or Work()
    digest = hashlib.sha256(json.dumps(schema).encode()).digest()
    if digest not in chosen.checked:
        _inspect(schema)
        broken = _evaluated(dialect, dialect.META_SCHEMA, schema, read, chosen)
        if broken:
            raise UnusableSchema(f"it is no JSON Schema: {broken[0].pointer}: {broken[0].message}")
        chosen.checked.add(digest)
    return _evaluated(dialect, schema, instance, read, chosen)


def _evaluated(
    dialect: type[Validator], schema: Mapping[str, Any], instance: object, read: SchemaReader, work: Work
) -> list[SchemaError]:
    try:
        return _Evaluation(dialect, read, work).errors(schema, instance)
    except UnusableSchema:
        raise
    except RecursionError:
        raise UnusableSchema("it refers to itself without end") from None
    except Exception as error:  # noqa: BLE001 - whatever a malformed schema makes the libraries raise, it cannot be used
        raise UnusableSchema(f"it cannot be used: {quoted(str(error))}") from None


def _inspect(schema: object) -> None:
    """Refuse a schema that is too large, or whose keywords could get around the limits.

    Raises:
        UnusableSchema: It is.
    """
    names: set[str] = set()
    level, count = [schema], 0
    while level:
        count += len(level)
        if count > _MOST_VALUES:
            raise UnusableSchema(f"it has more than {_MOST_VALUES:,} values")
        names |= {name for each in level if isinstance(each, dict) for name in each}
        level = [inner for each in level for inner in _inside(each)]
    if {"patternProperties", "unevaluatedProperties"} <= names:
        raise UnusableSchema("it has patternProperties and unevaluatedProperties, which together are not evaluated")


def _inside(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class _Evaluation:
    """One evaluation, with what it may still spend."""

    def __init__(self, dialect: type[Validator], read: SchemaReader, work: Work) -> None:
        self._dialect = dialect
        self._read = read
        self._spend = work.spend
        self._sizes: dict[int, tuple[object, int]] = {}
        self._patterns: dict[str, Any] = {}

    def errors(self, schema: Mapping[str, Any], instance: object) -> list[SchemaError]:
        """Return the causes of what is wrong, of a limited number of errors."""
        rules = {
            **self._dialect.VALIDATORS,
            "additionalProperties": self._additional_properties,
            "patternProperties": self._pattern_properties,
            "pattern": self._pattern,
            "uniqueItems": self._unique_items,
            "format": self._format,
        }
        counted = {name: self._counted(rule) for name, rule in rules.items()}
        lookup: Registry[Any] = Registry(retrieve=self._retrieve)  # type: ignore[call-arg]  # mypy does not see the alias
        registry = REGISTRY.combine(lookup)
        bounded = extend(self._dialect, validators=counted)
        bounded.evolve = _evolved
        validator = bounded(schema, registry=registry, format_checker=_FORMATS)
        return causes(itertools.islice(validator.iter_errors(instance), _MOST_ERRORS))

    def _retrieve(self, url: str) -> Resource[Any]:
        try:
            found = strict_json.parse_object(self._read(url))
        except (LookupError, MalformedJson):
            raise NoSuchResource(url) from None
        _inspect(found)
        return Resource.from_contents(found)

    # Work

    def _counted(self, rule: Rule) -> Rule:
        """Return a rule that pays for each evaluation, for what it compares, and for each error, which shows the value."""

        def counted(
            validator: Validator,
            given: Any,  # noqa: ANN401 - any value of a keyword
            instance: object,
            schema: Mapping[str, Any],
        ) -> Iterator[ValidationError]:
            self._spend(1 + (len(given) if isinstance(given, dict | list) else 0))
            if rule in _COMPARING:
                self._spend(self._size(given))
            for error in rule(validator, given, instance, schema) or ():
                self._spend(self._size(instance))
                yield error

        return counted

    def _size(self, value: object) -> int:
        """Return what a value costs, by the length of its JSON; values stay alive as long as the evaluation does."""
        if not isinstance(value, dict | list | str):
            return 1
        if id(value) not in self._sizes:
            letters = len(value) if isinstance(value, str) else len(json.dumps(value))
            self._spend(letters // _LETTERS)
            self._sizes[id(value)] = (value, 1 + letters // _LETTERS)
        return self._sizes[id(value)][1]

    # Keywords that the library evaluates in more than linear time, or with its own regular expressions

    def _pattern(self, _: Validator, given: str, instance: object, __: Mapping[str, Any]) -> Iterator[ValidationError]:
        if isinstance(instance, str) and not self._matches(given, instance):
            yield ValidationError(f"does not match {quoted(given)}")

    def _pattern_properties(
        self, validator: Validator, given: Mapping[str, Any], instance: object, _: Mapping[str, Any]
    ) -> Iterator[ValidationError]:
        for name, value in instance.items() if isinstance(instance, dict) else ():
            for pattern, schema in given.items():
                if self._matches(pattern, name):
                    yield from validator.descend(value, schema, path=name, schema_path=pattern)

    def _additional_properties(
        self,
        validator: Validator,
        given: Any,  # noqa: ANN401 - as above
        instance: object,
        schema: Mapping[str, Any],
    ) -> Iterator[ValidationError]:
        if not isinstance(instance, dict):
            return
        known, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
        further = [
            name for name in instance if name not in known and not any(self._matches(each, name) for each in patterns)
        ]
        self._spend(len(instance))
        if given is False and further:
            yield ValidationError("there are additional properties")
        elif isinstance(given, dict):
            for name in further:
                yield from validator.descend(instance[name], given, path=name)

    def _unique_items(
        self, _: Validator, given: object, instance: object, __: Mapping[str, Any]
    ) -> Iterator[ValidationError]:
        if given is not True or not isinstance(instance, list):
            return
        self._spend(self._size(instance) + len(instance))
        texts = {json.dumps(_as_compared(each), sort_keys=True) for each in instance}
        if len(texts) < len(instance):
            yield ValidationError("there are items twice")

    def _format(
        self, validator: Validator, given: object, instance: object, schema: Mapping[str, Any]
    ) -> Iterator[ValidationError]:
        if isinstance(instance, str) and len(instance) <= _LONGEST_FORMATTED:
            yield from self._dialect.VALIDATORS["format"](validator, given, instance, schema) or ()

    def _matches(self, pattern: str, text: str) -> bool:
        self._spend(1 + len(text) // _LETTERS)
        if pattern not in self._patterns:
            self._patterns[pattern] = _compiled(pattern)
        return self._patterns[pattern].search(text) is not None


def _evolved(validator: Any, **changes: object) -> Any:  # noqa: ANN401 - as in the library
    """Return a validator for a part of the schema, with the same keywords even where the part names a dialect of its own."""
    kept = {
        field.alias: getattr(validator, field.name)
        for field in attrs.fields(type(validator))
        if field.init and field.alias not in changes
    }
    return type(validator)(**kept, **changes)


_COMPARING = frozenset({
    rule for dialect in DIALECTS.values() for name, rule in dialect.VALIDATORS.items() if name in {"const", "enum"}
})  # fmt: skip


def _compiled(pattern: str) -> Any:  # noqa: ANN401 - the library has no types
    """Return a regular expression of ECMA 262 as one that runs in linear time.

    Raises:
        UnusableSchema: It has what no such expression can have, lookahead for example.
    """
    options = re2.Options()
    options.log_errors = False
    options.never_capture = True
    try:
        return re2.compile(_UNICODE_ESCAPE.sub(r"\\x{\1}", pattern), options)
    except re2.error:
        raise UnusableSchema(f"the regular expression {quoted(pattern)} cannot be run in linear time") from None


def _as_compared(value: object) -> object:
    """Return a value as JSON Schema compares it: 1 and 1.0 are the same number, and true is none."""
    if isinstance(value, dict):
        return {name: _as_compared(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_as_compared(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
