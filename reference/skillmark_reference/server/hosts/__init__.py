"""Hosts of credentials: the APIs of Open Badges 3.0 and CLR 2.0, in which clients read and add what belongs to a person."""

from skillmark_reference.server.hosts.interface import HostInterface
from skillmark_reference.server.hosts.statuses import refusal

__all__ = ["HostInterface", "refusal"]
