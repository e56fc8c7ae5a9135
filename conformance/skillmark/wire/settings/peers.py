"""The section of a target file about where the harness serves what products fetch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from skillmark.core.interfaces import Peer
from skillmark.wire.settings.sections import Section

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_FILES = ("certificate", "key", "authority")
PEER_KEYS = ("listen", "port", "public_url", *_FILES)
_MOST_PORT = 65_535


def peer_of(content: Mapping[str, Any], *, folder: Path | None = None) -> Peer:
    """Return what the section says, and the defaults for the rest; files are beside ``folder``.

    Raises:
        ValueError: A value is wrong; the message says which, and what it should be.
    """
    section, usual = Section("peer", content), Peer()
    public = section.text("public_url").rstrip("/")
    if public and (urlsplit(public).scheme not in {"https", "http"} or not urlsplit(public).hostname):
        raise section.wrong("public_url", "an http(s) address", public)
    files = {name: _file(section, name, folder) for name in _FILES}
    if files["key"] is not None and files["certificate"] is None:
        raise ValueError("peer.key goes with peer.certificate, which is missing")
    return Peer(
        listen=section.text("listen", usual.listen),
        port=section.number("port", usual.port, least=0, most=_MOST_PORT),
        public_url=public,
        **files,
    )


def _file(section: Section, name: str, folder: Path | None) -> Path | None:
    text = section.text(name)
    return folder / text if text and folder is not None else None


def peer_settings(peer: Peer) -> dict[str, object]:
    """Return the section as reports show it: of files their names."""
    files = {name: getattr(peer, name).name if getattr(peer, name) else "" for name in _FILES}
    return {"listen": peer.listen, "port": peer.port, "public_url": peer.public_url, **files}
