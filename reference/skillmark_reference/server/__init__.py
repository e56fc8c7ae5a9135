"""The reference CASE provider as an ASGI application, and the server that runs it."""

from skillmark_reference.server.application import ServerOptions, create_app
from skillmark_reference.server.authorization import OAuthOptions
from skillmark_reference.server.running import RunningServer, ServerUnavailable, serve_forever

__all__ = ["OAuthOptions", "RunningServer", "ServerOptions", "ServerUnavailable", "create_app", "serve_forever"]
