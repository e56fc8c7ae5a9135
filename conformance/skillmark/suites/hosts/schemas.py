"""Where the body of an answer departs from its class, by the JSON Schema that is derived from the table of the class."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator

from skillmark_reference.securing.quoting import quoted
from skillmark_reference.vocabularies import load_vocabulary
from skillmark_reference.vocabularies.json_schema import Form, json_schema

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jsonschema import ValidationError

_MOST = 20


def departures(vocabulary_id: str, class_name: str, value: Any) -> Iterator[tuple[str, str, Any]]:  # noqa: ANN401 - any JSON
    """Yield pointer, reason and the value there, of a value that should be of a class; a few of many."""
    for count, error in enumerate(_validator(vocabulary_id, class_name).iter_errors(value)):
        if count == _MOST:
            return
        yield _pointer(error), _reason(error), error.instance


def _pointer(error: ValidationError) -> str:
    parts = (str(each).replace("~", "~0").replace("/", "~1") for each in error.absolute_path)
    return "".join(f"/{each}" for each in parts)


def _reason(error: ValidationError) -> str:
    """Return a reason that does not repeat the whole value, which may be long."""
    rule = error.validator_value if isinstance(error.validator_value, str | int | float) else ""
    if error.validator in {"required", "additionalProperties", "unevaluatedProperties"}:
        return str(error.message)[:200]
    return f"{quoted(error.instance)} breaks {error.validator} {rule}".strip()


@functools.cache
def _validator(vocabulary_id: str, class_name: str) -> Draft202012Validator:
    schema = json_schema(load_vocabulary(vocabulary_id), class_name, Form.COMPACTED)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
