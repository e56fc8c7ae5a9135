"""What every peer is asked, and how it says no."""

from __future__ import annotations

import dataclasses
import importlib.metadata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from interop.records import Record
    from interop.suites import Suite

    from skillmark_reference.credentials.issuing import Signer


class Refused(Exception):  # noqa: N818 - what a peer says, in its words
    """A credential that somebody does not issue, derive or verify."""


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a peer can be asked for."""

    name: str
    issues: frozenset[Suite] = frozenset()
    derives: frozenset[Suite] = frozenset()
    verifies: frozenset[Suite] = frozenset()


class Peer:
    """Somebody else's library, asked for nothing that it does not offer.

    Every verb raises `Refused` with what the library says.
    """

    def versions(self) -> Mapping[str, str]:
        """Return the version of every package that is asked."""
        raise NotImplementedError

    def issue(self, credential: Record, signer: Signer, suite: Suite) -> Any:  # noqa: ANN401 - an object, or a token
        """Return a credential, secured."""
        raise NotImplementedError

    def derive(self, credential: Record, pointers: Sequence[str]) -> Record:
        """Return what a holder shows of a credential."""
        raise NotImplementedError

    def verify(self, secured: Any, credential: Record, signer: Signer, suite: Suite) -> None:  # noqa: ANN401 - as above
        """Verify a secured credential of an issuer.

        Args:
            secured: What is verified.
            credential: The credential without what secures it: its kind, its issuer.
            signer: The issuer, whose key a relying party may know beforehand.
            suite: The suite.
        """
        raise NotImplementedError

    def status_list(self, indexes: Sequence[int], signer: Signer) -> Any:  # noqa: ANN401 - as above
        """Return a signed status list of an issuer, in which some indexes are revoked."""
        raise NotImplementedError

    def check_status(self, secured: Record, listed: Any) -> None:  # noqa: ANN401 - as above
        """Verify a credential of which the status is in a list."""
        raise NotImplementedError


def installed(*packages: str) -> dict[str, str]:
    """Return the versions of Python packages."""
    return {name: importlib.metadata.version(name) for name in packages}
