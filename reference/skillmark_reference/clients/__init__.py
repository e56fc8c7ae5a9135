"""The reference client: connects to hosts of Open Badges 3.0 and CLR 2.0, reads what a person has there, and adds to it."""

from skillmark_reference.clients.authorizing import RedirectFollower
from skillmark_reference.clients.descriptions import Copies, Description
from skillmark_reference.clients.errors import (
    AddressForbidden,
    AnswerUnusable,
    HostBusy,
    HostTrouble,
    HostUnreachable,
    LimitReached,
    RequestRefused,
    StateMismatch,
)
from skillmark_reference.clients.exchanging import Exchanger, Limits
from skillmark_reference.clients.hosts import Host, Received, Session
from skillmark_reference.clients.network import NetworkTransport, trust
from skillmark_reference.clients.permissions import Permissions
from skillmark_reference.clients.registering import ClientMetadata, RegisteredClient
from skillmark_reference.clients.tokens import Tokens

__all__ = [
    "AddressForbidden",
    "AnswerUnusable",
    "ClientMetadata",
    "Copies",
    "Description",
    "Exchanger",
    "Host",
    "HostBusy",
    "HostTrouble",
    "HostUnreachable",
    "LimitReached",
    "Limits",
    "NetworkTransport",
    "Permissions",
    "Received",
    "RedirectFollower",
    "RegisteredClient",
    "RequestRefused",
    "Session",
    "StateMismatch",
    "Tokens",
    "trust",
]
