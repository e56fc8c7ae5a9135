"""The vocabularies of credentials as tables, and what is derived from them.

A vocabulary is data: classes, properties, cardinalities, datatypes, enumerations and the terms of the JSON-LD contexts are rows
with the clause they come from. Context documents and JSON Schemas are derived, never typed a second time.
"""

from skillmark_reference.vocabularies.tables import (
    Cardinality,
    Datatype,
    Enumeration,
    Item,
    Property,
    RecordClass,
    Vocabulary,
    load_vocabulary,
    vocabulary_ids,
)
from skillmark_reference.vocabularies.terms import ContextState, Scope, Term

__all__ = [
    "Cardinality",
    "ContextState",
    "Datatype",
    "Enumeration",
    "Item",
    "Property",
    "RecordClass",
    "Scope",
    "Term",
    "Vocabulary",
    "load_vocabulary",
    "vocabulary_ids",
]
