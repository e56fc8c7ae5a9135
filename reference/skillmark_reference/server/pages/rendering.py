"""Templates and assets, and how text from a database gets into a page."""

from __future__ import annotations

import functools
import hashlib
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from skillmark_reference.server.pages import wording

#: Nothing runs, and nothing is fetched, but our own assets: no inline script, no inline style, no foreign frame.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PACKAGE = "skillmark_reference.server.pages"
_MEDIA_TYPES = {
    "pages.css": "text/css",
    "search.js": "text/javascript",
    "crosswalk.js": "text/javascript",
    "handing-in.js": "text/javascript",
    "favicon.svg": "image/svg+xml",
}
_DIGEST_LENGTH = 10


def render(template: str, /, *, root: str, **values: Any) -> str:  # noqa: ANN401 - whatever the template shows
    """Return a page; ``root`` leads from its address to the first page, so that pages work below any prefix."""
    return _environment().get_template(template).render(root=root, **values)


@functools.cache
def asset(name: str) -> tuple[bytes, str] | None:
    """Return an asset and its media type; ``None`` unless it is one that the pages ask for."""
    if name not in _MEDIA_TYPES:
        return None
    content = (resources.files(_PACKAGE) / "assets" / name).read_bytes()
    return content, _MEDIA_TYPES[name]


@functools.cache
def asset_path(name: str) -> str:
    """Return the path of an asset below the root; it changes with the content, so that no cache serves an old one."""
    found = asset(name)
    if found is None:
        raise KeyError(f"no asset {name!r}")
    return f"assets/{name}?v={hashlib.sha256(found[0]).hexdigest()[:_DIGEST_LENGTH]}"


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader(_PACKAGE),
        autoescape=True,
        finalize=_finalized,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["asset_path"] = asset_path
    environment.filters |= {
        "brief": wording.brief,
        "counted": wording.counted,
        "json_text": wording.json_text,
        "label_of": wording.label_of,
        "language": wording.language,
        "moment": wording.moment,
        "number": wording.number,
        "path_part": wording.path_part,
        "tone": wording.tone,
        "web_address": wording.web_address,
    }
    return environment


def _finalized(value: object) -> object:
    """Replace lone surrogates, which no page can be encoded with."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return value.encode(errors="replace").decode()
