"""The plans of issuers and of verifiers, run on the libraries of others: what they issue, and what they accept."""

from __future__ import annotations

import dataclasses
import json
import pathlib
import tempfile
from typing import TYPE_CHECKING

import httpx
from interop import records
from interop.cases import OFFERS, Case, tampered
from interop.peers.asking import Refused
from interop.peers.node import DIGITALBAZAAR
from interop.peers.openbadgeslib_ob3 import OFFER as OPENBADGESLIB
from interop.peers.openvc_core import OFFER as OPENVC
from interop.suites import Form, Kind, Route, Side, Suite, Tampering, Verb

from skillmark.core.target import Adapter, Submissions, Target, VerifierInterface
from skillmark.engine import find_depth
from skillmark.faults.verifiers.products import credential_in
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from interop.peers.asking import Offer, Peer

    from skillmark.core.results import RunResult

_SMOKE = RunOptions(depth=find_depth("smoke"))
#: How Open Badges 3.0 and CLR 2.0 secure credentials.
_FORMS = frozenset({Form.EMBEDDED, Form.VC_JWT})


def _issued_by(offer: Offer) -> Iterator[Case]:
    """Yield what a library issues, unless it is known not to."""
    for suite in Suite:
        for kind in Kind if suite in offer.issues and suite.form in _FORMS else ():
            case = Case(peer=offer.name, suite=suite, kind=kind, route=Route.TO)
            if case.limit is None or (case.limit.side, case.limit.verb) != (Side.THEIRS, Verb.ISSUE):
                yield case


_HEALTHY = tuple(case for offer in OFFERS for case in _issued_by(offer))
#: What libraries issue, and what becomes of it when a value is changed.
ISSUED_CASES = (*_HEALTHY, *(dataclasses.replace(case, tampering=Tampering.VALUE) for case in _HEALTHY))


def plan_of(case: Case) -> str:
    """Return the plan that is about what is issued."""
    return "clr-2.0-issuer" if case.kind is Kind.CLR else "ob-3.0-issuer"


def judged(case: Case, peer: Peer) -> RunResult:
    """Have a library issue, and run the plan on the file.

    Raises:
        Refused: The library does not issue it.
    """
    signer = records.school(case.suite.value.key)
    secured = tampered(peer.issue(records.credential(case.kind, case.suite), signer, case.suite), case)
    is_token = isinstance(secured, str)
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / ("credential.jwt" if is_token else "credential.json")
        file.write_text(secured if is_token else json.dumps(secured), encoding="utf-8")
        target = Target(submissions=Submissions(sources=(str(file),), offline=True))
        return certify(find_plan(plan_of(case)), target, options=_SMOKE)


# Verifiers


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class VerifierCase:
    """A library as a product that verifies, with what it is said to verify."""

    peer: str
    formats: tuple[str, ...]
    kinds: tuple[str, ...]

    def __str__(self) -> str:
        """Name the case in the output of a run."""
        return f"{self.peer}-verifies"


_ALL_KINDS = ("AchievementCredential", "EndorsementCredential", "ClrCredential")
VERIFIER_CASES = (
    VerifierCase(peer=DIGITALBAZAAR.name, formats=("eddsa-rdfc-2022", "ecdsa-rdfc-2019"), kinds=_ALL_KINDS),
    VerifierCase(peer=OPENVC.name, formats=("eddsa-rdfc-2022", "eddsa-jcs-2022", "ecdsa-jcs-2019"), kinds=_ALL_KINDS),
    VerifierCase(peer=OPENBADGESLIB.name, formats=("eddsa-rdfc-2022",), kinds=("AchievementCredential",)),
)
_SIGNER, _SUITE = records.school(Suite.EDDSA_RDFC.value.key), Suite.EDDSA_RDFC


class _Product(httpx.BaseTransport):
    """Answers as the VC API has it, with what a library says."""

    def __init__(self, peer: Peer) -> None:
        self._peer = peer

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Answer one request; whatever a library raises, it has not accepted."""
        text = credential_in(request.read())
        try:
            secured = text if not text.lstrip().startswith("{") else json.loads(text)
            self._peer.verify(secured, {"type": ["OpenBadgeCredential"]}, _SIGNER, _SUITE)
        except Refused as refused:
            return httpx.Response(400, json={"verified": False, "reason": str(refused)})
        except Exception as error:  # noqa: BLE001 - a library that breaks has a product that answers 400
            return httpx.Response(400, json={"verified": False, "reason": f"{type(error).__name__}: {error}"})
        return httpx.Response(200, json={"verified": True})


def asked(case: VerifierCase, peer: Peer) -> RunResult:
    """Run the plan of verifiers on a library."""
    interface = VerifierInterface(formats=case.formats, kinds=case.kinds)
    target = Target(url="http://127.0.0.1", verifier=interface, lab=True)
    return certify(find_plan("vc-verifier"), target, options=_SMOKE, transport=_Product(peer))


def asked_by_command(command: tuple[str, ...], check: str) -> RunResult:
    """Run one check of the plan of verifiers on a program, for badges with eddsa-rdfc-2022."""
    interface = VerifierInterface(
        adapter=Adapter.COMMAND, command=command, formats=(_SUITE.value.name,), kinds=_ALL_KINDS[:1], seconds=120
    )
    options = dataclasses.replace(_SMOKE, only=lambda each: each.name == check)
    return certify(find_plan("vc-verifier"), Target(verifier=interface), options=options)


#: Requirements of which one fails when what was signed is changed.
PROOFS = frozenset({"OB30-R-085", "OB30-R-104", "CLR20-R-015", "CLR20-R-103", "CLR20-R-122"})
_COMPACTED = (
    "it wants the one name that JSON-LD compaction would choose, and refuses other spellings of the same statements"
)
_TWICE = "it refuses endorsements of the credential itself: that a node is described twice, which JSON-LD allows"
_W3C_ONLY = "it verifies by the rules of W3C alone, which do not know the rule of Open Badges"
_INNER = "it does not look at the proofs of what is inside"
_NO_CHAINS = "it does not look for the proof that previousProof names"
_PLACED_DEFECTS = ("tampered_in_the_achievement", "tampered_in_the_issuer", "tampered_second_endorsement")
_INNER_DEFECTS = (
    "tampered_endorsement",
    "endorsement_without_proof",
    "forged_endorsement",
    "tampered_member",
    "member_without_proof",
    "forged_member",
    "member_with_a_replayed_proof",
)
#: Why libraries fail the checks that they fail; looked up in their answers, one by one.
REASONS: dict[str, dict[str, str]] = {
    OPENVC.name: {
        "accepting.every_format_and_kind": f"{_COMPACTED}; {_TWICE}",
        "accepting.drawn_proofs": _COMPACTED,
        "accepting.rewritten_proofs": "it takes one proof as an object only, not as the only entry of an array",
        "contents.wrong_context_order": _W3C_ONLY,
        "contents.context_in_between": _W3C_ONLY,
        "contents.missing_context": "with a suite over JSON it does not look at contexts",
        "contents.nobody": _W3C_ONLY,
    },
    OPENBADGESLIB.name: {
        "accepting.every_format_and_kind": _TWICE,
        "accepting.drawn_proofs": _TWICE,
        "proof_options.missing_previous_proof": _NO_CHAINS,
    },
    DIGITALBAZAAR.name: {
        "contents.nobody": _W3C_ONLY,
        "contents.context_in_between": _W3C_ONLY,
        "proof_options.missing_previous_proof": _NO_CHAINS,
        "proof_values.signature_in_base64url": "it reads either base of multibase, of which the suites name one",
        **dict.fromkeys((f"placed_endorsements.{name}" for name in _PLACED_DEFECTS), _INNER),
        **dict.fromkeys((f"inner_credentials.{name}" for name in _INNER_DEFECTS), _INNER),
    },
}
#: What the plan has to find in each of them.
FOUND: dict[str, frozenset[str]] = {
    OPENVC.name: frozenset({"accepting.every_format_and_kind", "contents.nobody"}),
    OPENBADGESLIB.name: frozenset({"accepting.every_format_and_kind"}),
    DIGITALBAZAAR.name: frozenset(f"inner_credentials.{name}" for name in _INNER_DEFECTS),
}
