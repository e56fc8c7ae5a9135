"""The CASE API in both versions: REST Binding 1.0 and 1.1."""

from skillmark_reference.server.case.interface import Interface
from skillmark_reference.server.case.statuses import refusal

__all__ = ["Interface", "refusal"]
