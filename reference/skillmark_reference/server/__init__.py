"""The reference provider and host as an ASGI application, and the server that runs it."""

from skillmark_reference.server.application import ServerOptions, create_app
from skillmark_reference.server.authorization import OAuthOptions
from skillmark_reference.server.oauth import Account
from skillmark_reference.sockets import SERVING_AT, RunningServer, ServerUnavailable, serve_forever

__all__ = [
    "SERVING_AT",
    "Account",
    "OAuthOptions",
    "RunningServer",
    "ServerOptions",
    "ServerUnavailable",
    "create_app",
    "serve_forever",
]
