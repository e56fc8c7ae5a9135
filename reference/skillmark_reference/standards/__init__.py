"""The standards as tables, and what is derived from them.

A standard is data: classes, properties, cardinalities, datatypes, enumerations, operations and statuses are rows with the
clause they come from. JSON Schemas, structural checks, strategies and mutations are derived, never typed a second time.
"""

from skillmark_reference.standards.tables import (
    Cardinality,
    Datatype,
    Enumeration,
    Operation,
    Property,
    RecordClass,
    Standard,
    StatusRule,
    load_standard,
    standard_ids,
)

__all__ = [
    "Cardinality",
    "Datatype",
    "Enumeration",
    "Operation",
    "Property",
    "RecordClass",
    "Standard",
    "StatusRule",
    "load_standard",
    "standard_ids",
]
