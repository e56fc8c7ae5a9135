"""openedx-didkit: data model 1.1 with Ed25519Signature2020."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import didkit
from interop.peers.asking import Offer, Peer, Refused, installed
from interop.suites import Suite

if TYPE_CHECKING:
    from collections.abc import Mapping

    from interop.records import Record

    from skillmark_reference.credentials.issuing import Signer

OFFER = Offer(name="openedx-didkit", issues=frozenset({Suite.ED25519_2020}))


class OpenedxDidkit(Peer):
    """The library, in this process."""

    def versions(self) -> Mapping[str, str]:
        """Return the version of the package."""
        return installed("openedx-didkit")

    def issue(self, credential: Record, signer: Signer, suite: Suite) -> Any:  # noqa: ANN401 - of the protocol
        """Return a credential with a proof."""
        options = {
            "type": suite.value.name,
            "verificationMethod": signer.verification_method,
            "proofPurpose": "assertionMethod",
            "created": "2025-01-01T00:00:00Z",
        }
        asked = [json.dumps(each) for each in (credential, options, signer.key.jwk())]
        try:
            return json.loads(asyncio.run(_issued(*asked)))
        except didkit.DIDKitException as error:
            raise Refused(str(error)) from None


async def _issued(*asked: str) -> str:
    """Ask in a loop that runs already: the library wants one when it is called, and not only when it is awaited."""
    answer: str = await didkit.issue_credential(*asked)
    return answer
