"""Clients of hosts that are broken, each in one way, written from the clauses."""

from __future__ import annotations

from skillmark.faults.clients.asking import AUTHORIZATION
from skillmark.faults.clients.calling import INTERFACE
from skillmark.faults.clients.redeeming import TOKENS
from skillmark.faults.clients.registering import REGISTRATION
from skillmark.faults.clients.writing import WRITERS

BROKEN = {product.name: product for product in (*REGISTRATION, *AUTHORIZATION, *TOKENS, *INTERFACE, *WRITERS)}
