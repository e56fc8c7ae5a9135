"""The requirements: one table per standard, every entry traced to its clause."""

from skillmark.catalogue.requirements import (
    Catalogue,
    Decision,
    Requirement,
    Role,
    catalogue_ids,
    find_requirement,
    load_catalogue,
)

__all__ = ["Catalogue", "Decision", "Requirement", "Role", "catalogue_ids", "find_requirement", "load_catalogue"]
