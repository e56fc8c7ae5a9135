"""Evidence: what was asked of the target and what came back."""

from __future__ import annotations

import dataclasses
import enum
import shlex

#: Headers that curl sends by itself.
_OWN_HEADERS = frozenset({"host", "user-agent", "accept-encoding", "connection", "content-length"})


class TroubleKind(enum.StrEnum):
    """Why there is no complete answer."""

    UNREACHABLE = "unreachable"
    TLS = "TLS handshake failed"
    TIMEOUT = "too slow"
    CLOSED = "connection closed early"
    TOO_LARGE = "body too large"
    BAD_ENCODING = "content encoding broken"
    REDIRECT_LOOP = "too many redirects"
    REDIRECT_FORBIDDEN = "redirect not followed"
    PROTOCOL = "not HTTP"
    #: Of what a person is asked.
    UNANSWERED = "not answered yet"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What went wrong on the way, in words for the report."""

    kind: TroubleKind
    message: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request to be sent."""

    method: str = "GET"
    #: Absolute address, query included and percent-encoded.
    url: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    #: Whether the target's credentials go with it.
    authorised: bool = True
    #: Whether redirects of GET and HEAD are followed.
    follows_redirects: bool = True
    #: Whether what comes back has secrets in it that are made there: codes, tokens, cookies.
    yields_secrets: bool = False


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and its answer, redacted, as the report shows it; or one file that was read in the place of an answer."""

    #: For example ``x12``; counts from 1 in the order of sending.
    id: str
    #: ``FILE`` for a file, ``RUN`` for a command, ``SHOW`` for what a person is given.
    method: str
    #: The name of a file as the user gave it; a command line.
    url: str
    request_headers: tuple[tuple[str, str], ...]
    #: ``None`` when no status line came back; of a command its exit code.
    status: int | None
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    #: The beginning of the decoded body, as text.
    excerpt: str = ""
    #: Bytes of the decoded body that were read.
    size: int = 0
    #: SHA-256 of the decoded body, hexadecimal.
    digest: str = ""
    trouble: Trouble | None = None
    #: Seconds from the start of the run to the sending, and to the end of the answer.
    started: float = 0.0
    elapsed: float = 0.0
    #: Addresses that redirects led to, in order.
    redirects: tuple[str, ...] = ()
    #: What was sent as body, or to the standard input of a command, as text.
    request_body: str = ""

    def header(self, name: str) -> str | None:
        """Return the first value of a response header, by its case-insensitive name."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    @property
    def curl(self) -> str:
        """A command line that repeats the request, or looks at the file again; secrets are placeholders."""
        if self.method in {"FILE", "SHOW"}:
            return shlex.join(["skillmark", "verify", self.url])
        if self.method == "RUN":
            return f"printf %s {shlex.quote(self.request_body)} | {self.url}"
        parts = ["curl", "--include"]
        if self.method == "HEAD":
            parts += ["--head"]
        elif self.method != "GET":
            parts += ["--request", self.method]
        for name, value in self.request_headers:
            if name.lower() not in _OWN_HEADERS:
                parts += ["--header", f"{name}: {value}"]
        if self.request_body:
            parts += ["--data-binary", self.request_body]
        return shlex.join([*parts, self.url])


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An exchange with its whole decoded body, which is not kept after it was read."""

    exchange: Exchange
    body: bytes
    #: The headers as they came, secrets included.
    headers: tuple[tuple[str, str], ...] = dataclasses.field(default=(), repr=False)

    def header(self, name: str) -> str | None:
        """Return the first value of a header as it came, by its case-insensitive name."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)
