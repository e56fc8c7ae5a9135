"""All faults of issuers; importing it declares them."""

from __future__ import annotations

from skillmark.faults.credentials import mutated, packed, signed, written  # noqa: F401 - declare the faults
from skillmark.faults.credentials.handing_in import ISSUER_FAULTS

__all__ = ["ISSUER_FAULTS"]
