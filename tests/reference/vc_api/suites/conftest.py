"""One server for all suites, over https with a certificate of a throw-away authority."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import httpx
import pytest
from starlette.applications import Starlette
from tests.reference.vc_api.suites.driving import Driver
from tests.reference.vc_api.surroundings import SetClock, offline

from skillmark_reference.databases import Database
from skillmark_reference.issuers import issuers_of
from skillmark_reference.server.vc_api import Instance, VcApiOptions, routes_of, suite_configuration
from skillmark_reference.sockets import RunningServer

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def driver() -> Iterator[Driver]:
    """Start a server, and drive it as the suites do."""
    database = Database.open("sqlite://")
    clock = SetClock()
    app = Starlette(
        routes=routes_of(Instance.open(database, options=VcApiOptions(documents=offline(clock)), clock=clock))
    )
    with RunningServer(app, self_signed=True) as server:
        assert server.ca_file is not None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.load_verify_locations(server.ca_file)
        configuration = suite_configuration(server.url, issuers_of(database).values())
        with httpx.Client(verify=context, trust_env=False, timeout=15) as client:
            yield Driver(configuration, client)
