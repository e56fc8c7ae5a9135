"""What can stand in the way of a client, in words for a person.

HostTrouble
    AddressForbidden    the host sends the client where it does not go
    HostUnreachable     nothing answers, or not in time
    AnswerUnusable      an answer is not what the standard says
    RequestRefused      the host says no
        HostBusy        it says so for now
    StateMismatch       the browser came back with the answer to another question
    LimitReached        the host goes on for longer than any host should
"""

from __future__ import annotations


class HostTrouble(Exception):  # noqa: N818 - what stands in the way, in words for a person
    """The host, or the way to it, does not let the client do what it wants."""


class AddressForbidden(HostTrouble):
    """An address that the client does not connect to: not https, or private although the user did not name it."""


class HostUnreachable(HostTrouble):
    """Nothing answers at an address, or not in time."""


class AnswerUnusable(HostTrouble):
    """An answer cannot be read, or is not what the standard says."""


class RequestRefused(HostTrouble):
    """The host says no; ``code`` is that of OAuth 2.0, where it gave one."""

    def __init__(self, message: str, *, status: int | None = None, code: str = "") -> None:
        super().__init__(message)
        self.status = status
        self.code = code


class HostBusy(RequestRefused):
    """The host cannot answer now (Open Badges 3.0, Retry Behavior)."""


class StateMismatch(HostTrouble):
    """The browser came back with another state than it left with: somebody else began this (RFC 6749, 10.12)."""


class LimitReached(HostTrouble):
    """The host goes on for longer than any host should: pages, bytes, redirects, time."""
