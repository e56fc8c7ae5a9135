"""The APIs of Open Badges 3.0 and CLR 2.0 as tables: operations, scopes, answers, paging, and who has to support what.

The data model is that of the vocabularies; a service refers to its classes by name.
"""

from skillmark_reference.services.tables import (
    Certification,
    Operation,
    Paging,
    Parameter,
    Security,
    Service,
    Status,
    load_service,
    service_ids,
)

__all__ = [
    "Certification",
    "Operation",
    "Paging",
    "Parameter",
    "Security",
    "Service",
    "Status",
    "load_service",
    "service_ids",
]
