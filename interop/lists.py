"""Bitstring status lists of one side, read by the other."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from interop import ours, records
from interop.limits import LIST_LIMITS, ListLimit
from interop.peers import node, openbadgeslib_ob3, openvc_core
from interop.peers.asking import Refused
from interop.suites import Form, Kind, Side, Suite

if TYPE_CHECKING:
    from interop.peers.asking import Peer

#: Indexes that are revoked; the first and the last bit of a byte, and the end of the list.
REVOKED = (0, 7, 1000, 131071)
#: An index beside them, which a reader from the wrong end would take for a revoked one.
FREE = 1007


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ListCase:
    """A badge whose status is in a list."""

    peer: str
    #: Who made the list.
    maker: Side
    #: How the list is secured.
    form: Form
    index: int

    def __str__(self) -> str:
        """Name the case in the output of a run."""
        return f"{self.peer}-{self.maker.name}-{self.form.name}-{self.index}"

    @property
    def limit(self) -> ListLimit | None:
        """What is known to stand in the way."""
        concerned = (self.peer, self.maker, self.form)
        return next((each for each in LIST_LIMITS if concerned == (each.peer, each.maker, each.form)), None)


_FORMS = {
    (openvc_core.OFFER.name, Side.OURS): (Form.EMBEDDED,),
    (openvc_core.OFFER.name, Side.THEIRS): (Form.EMBEDDED,),
    (node.DIGITALBAZAAR.name, Side.OURS): (Form.EMBEDDED,),
    (node.DIGITALBAZAAR.name, Side.THEIRS): (Form.EMBEDDED,),
    (node.VERIFIER_CORE.name, Side.OURS): (Form.EMBEDDED,),
    (openbadgeslib_ob3.OFFER.name, Side.OURS): (Form.EMBEDDED, Form.VC_JWT),
    (openbadgeslib_ob3.OFFER.name, Side.THEIRS): (Form.VC_JWT,),
}
LIST_CASES = tuple(
    ListCase(peer=peer, maker=maker, form=form, index=index)
    for (peer, maker), forms in _FORMS.items()
    for form in forms
    for index in (*REVOKED, FREE)
)


def refusal_of(case: ListCase, peer: Peer) -> str | None:
    """Return what the reader says of the badge, if it refuses it."""
    suite = Suite.EDDSA_RDFC
    signer = records.school(suite.value.key)
    badge = records.credential(Kind.OPEN_BADGE, suite, credentialStatus=_entry(case.index))
    secured = ours.issue(badge, signer, suite)
    listed: Any = (
        ours.status_list(REVOKED, signer, case.form) if case.maker is Side.OURS else peer.status_list(REVOKED, signer)
    )
    try:
        if case.maker is Side.OURS:
            peer.check_status(secured, listed)
        else:
            ours.verify(secured, signer, suite, {records.LIST: listed})
    except Refused as refused:
        return str(refused)
    return None


def _entry(index: int) -> records.Record:
    return {
        "id": f"{records.LIST}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": "revocation",
        "statusListIndex": str(index),
        "statusListCredential": records.LIST,
    }
