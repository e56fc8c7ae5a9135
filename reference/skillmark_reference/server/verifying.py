"""The page on which anybody hands in a record and sees what it is worth; nothing that is handed in is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.responses import HTMLResponse
from starlette.routing import Route

from skillmark_reference.server.pages.rendering import CONTENT_SECURITY_POLICY

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from starlette.datastructures import FormData, UploadFile
    from starlette.requests import Request
    from starlette.responses import Response

    from skillmark_reference.credentials.results import Verification
    from skillmark_reference.credentials.steps.sources import Documents
    from skillmark_reference.documents import Clock

#: One submission, and the frame of the form around it.
_MOST_BODY = 10 * 2**20 + 64 * 1024
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY.replace("form-action 'none'", "form-action 'self'"),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
_FIELDS = 2
_TOO_LARGE, _UNREADABLE = 413, 400


class _Unusable(Exception):  # noqa: N818 - what was handed in, in words for a person
    """A form that cannot be read."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class VerificationDesk:
    """Verifies what is handed in, and shows what it is worth.

    Args:
        documents_of: Gives the door through which the verification of a request reads what a record refers to.
        clock: When it is.
        page_of: Gives the path of the page, below the root, of a skill by its address, where this server has one.
    """

    def __init__(
        self,
        documents_of: Callable[[Request], Documents],
        *,
        clock: Clock,
        page_of: Callable[[Request, str], str | None],
    ) -> None:
        self._documents_of = documents_of
        self._clock = clock
        self._page_of = page_of

    def routes(self) -> list[Route]:
        """Return the routes of the page."""
        return [
            Route("/verify", self._empty, methods=["GET"]),
            Route("/verify", self._handed_in, methods=["POST"]),
        ]

    def verdict(self, request: Request, content: bytes, source: str, *, recipient: str = "", root: str) -> Response:
        """Return the page that shows what the records in a submission are worth; ``root`` leads from it to the first page."""
        from skillmark_reference.credentials.steps.recipients import Recipient  # noqa: PLC0415 - brings the libraries of signatures
        from skillmark_reference.credentials.submissions import check  # noqa: PLC0415 - as above
        from skillmark_reference.credentials.verifying import verify  # noqa: PLC0415 - as above
        from skillmark_reference.server.pages.verification import shown  # noqa: PLC0415 - as above

        documents, now = self._documents_of(request), self._clock.now()
        person = Recipient(identifier=recipient, identity_type="emailAddress") if recipient else None

        def verified(document: bytes | str) -> Verification:
            return verify(document, documents=documents, now=now, recipient=person)

        records = [shown(each) for each in check(content, source=source, verify=verified)]
        skills = {skill.address for record in records for each in record.achieved for skill in each.skills}
        places = {address: self._page_of(request, address) for address in skills}
        return _page(root=root, records=records, places=places)

    def _empty(self, _request: Request) -> Response:
        return _page()

    async def _handed_in(self, request: Request) -> Response:
        try:
            form = await _form(request)
            content, source = await _submission(form)
        except _Unusable as error:
            return _page(problem=str(error), status=error.status)
        given = form.get("recipient")
        recipient = given.strip() if isinstance(given, str) else ""
        return await run_in_threadpool(self.verdict, request, content, source, recipient=recipient, root="./")


def _page(*, root: str = "./", problem: str = "", status: int = 200, **values: object) -> Response:
    from skillmark_reference.credentials.results import Verdict  # noqa: PLC0415 - brings the libraries of signatures
    from skillmark_reference.server.pages import rendering, verification  # noqa: PLC0415 - as above

    tones = {verdict: verification.tone_of(verdict) for verdict in Verdict}
    shown = {"records": [], "places": {}, "tones": tones, "problem": problem, **values}
    return HTMLResponse(rendering.render("verification.html", root=root, **shown), status_code=status, headers=_HEADERS)


async def _form(request: Request) -> FormData:
    """Read a form of bounded size.

    Raises:
        _Unusable: it is larger, or no form.
    """
    try:
        return await MultiPartParser(
            request.headers, _bounded(request), max_files=1, max_fields=_FIELDS, max_part_size=_MOST_BODY
        ).parse()
    except (MultiPartException, KeyError) as error:
        raise _Unusable("Expected is a form with a file or the text of a record.", _UNREADABLE) from error


async def _bounded(request: Request) -> AsyncGenerator[bytes]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _MOST_BODY:
            raise _Unusable("The record is larger than 10 MB, and is not read.", _TOO_LARGE)
        yield chunk


async def _submission(form: FormData) -> tuple[bytes, str]:
    """Return what was handed in, and what it is called.

    Raises:
        _Unusable: nothing was.
    """
    file, text = form.get("file"), form.get("record")
    if file is not None and not isinstance(file, str):
        content = await _content(file)
        if content.strip():
            return content, file.filename or "file"
    if isinstance(text, str) and text.strip():
        return text.encode("utf-8", "surrogatepass"), "pasted text"
    raise _Unusable("Choose a file, or paste the text of a record.", _UNREADABLE)


async def _content(file: UploadFile) -> bytes:
    try:
        return await file.read()
    finally:
        await file.close()
