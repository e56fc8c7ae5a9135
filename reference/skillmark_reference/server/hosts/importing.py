"""Taking in what a person has elsewhere: files with a credential, baked images among them, without a client in between."""

from __future__ import annotations

from typing import TYPE_CHECKING

from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.server.hosts import checking
from skillmark_reference.server.hosts.checking import Unacceptable
from skillmark_reference.server.hosts.storing import HostedCredentials, Kept, Shelf
from skillmark_reference.services import load_service

if TYPE_CHECKING:
    from skillmark_reference.databases import Database
    from skillmark_reference.documents import Clock

_UPSERT = "upsertCredential"
_RECORD, _RECORDS, _BADGES = "ClrCredential", "clr-2.0", "ob-3.0"
_PNG = b"\x89PNG"


def import_credential(database: Database, account: int, content: bytes, *, clock: Clock) -> Kept:
    """Keep a credential for a person: JSON, a compact JWS, or what is baked into a PNG or an SVG, under the API of its kind.

    Raises:
        Unacceptable: it is malformed, of another kind, or was changed after it was signed.
    """
    body = _unbaked(content)
    document, is_token = checking.document_of(body)
    service = load_service(_RECORDS if _RECORD in as_list(document.get("type")) else _BADGES)
    operation = service.operations[_UPSERT]
    media_type = next(types[0] for name, types in operation.bodies.items() if is_token == (name == checking.TOKEN))
    credential = checking.hosted(operation, body, media_type=media_type, clock=clock)
    return HostedCredentials(database).keep(Shelf(account=account, service=service.id), credential)


def _unbaked(content: bytes) -> bytes:
    from skillmark_reference.credentials.baking import UnusableImage, unbake  # noqa: PLC0415 - brings the libraries of images

    if not content.startswith(_PNG) and not content.lstrip().startswith(b"<"):
        return content
    try:
        return unbake(content).text.encode()
    except UnusableImage as error:
        raise Unacceptable(422, f"{error}.") from None
