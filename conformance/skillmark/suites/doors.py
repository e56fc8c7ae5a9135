"""The door through which documents enter a run that credentials of a product refer to, as far as its user allows."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

from skillmark.core.errors import Misconfigured
from skillmark.wire.addresses import origin_of
from skillmark_reference.documents import Documents, Policy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from skillmark.engine import RunContext


def door_of(
    context: RunContext,
    *,
    offline: bool,
    allowed_origins: Sequence[str],
    given: Mapping[str, bytes] | None = None,
    is_asked: bool = True,
) -> Documents:
    """Return the documents of a run.

    Args:
        context: The run: its clock, and the authority that its user trusts.
        offline: Whether no connection is opened.
        allowed_origins: Plain http or private origins that the user allows.
        given: Contents by address that are at hand.
        is_asked: Whether the user named the address of the product, so that what it makes may refer to it.

    Raises:
        Misconfigured: An origin is none.
    """
    try:
        own = _origin(context.target.url) if is_asked else ()
        policy = Policy(offline=offline, allowed_origins=(*allowed_origins, *own))
    except ValueError as error:
        raise Misconfigured(f"allow_origins: {error}.") from error
    ca_file = context.target.ca_file
    trust = ssl.create_default_context(cafile=str(ca_file)) if ca_file else None
    return Documents(clock=context.clock, policy=policy, given=given, trust=trust)


def _origin(url: str) -> tuple[str, ...]:
    """Return the origin of an address; nothing where there is none."""
    origin = origin_of(url)
    if origin is None:
        return ()
    scheme, host, port = origin
    return (f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}",)
