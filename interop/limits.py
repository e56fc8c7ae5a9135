"""What the peers are known to do otherwise than the standards say, each with its reason.

The table has to stay true: a limit that is gone fails a test, and so does a refusal that is not in it.
"""

from __future__ import annotations

import dataclasses

from interop.peers import node, openbadgeslib_ob3, openvc_core
from interop.suites import Form, Kind, Side, Suite, Tampering, Verb

US = "Skillmark"
_ALL = frozenset(Kind)
_WITH_LISTS = frozenset({Kind.ACHIEVEMENT, Kind.CLR})
_RDF = frozenset({Suite.EDDSA_RDFC, Suite.ECDSA_RDFC_P256, Suite.ECDSA_RDFC_P384, Suite.ECDSA_SD})
_JCS = frozenset({Suite.EDDSA_JCS, Suite.ECDSA_JCS_P256, Suite.ECDSA_JCS_P384})
_VC_JWT = frozenset(suite for suite in Suite if suite.form is Form.VC_JWT)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """Something that does not work, and whose fault it is."""

    #: Whose; `US` with every peer.
    peer: str
    suites: frozenset[Suite]
    kinds: frozenset[Kind] = _ALL
    side: Side
    verb: Verb
    #: What the refusal says; nothing where something is accepted that should be refused.
    says: str = ""
    #: What is accepted although it was tampered with so.
    tampering: Tampering | None = None
    #: The clause, and what is done instead.
    reason: str


LIMITS = (
    Limit(
        peer=US,
        suites=frozenset({Suite.ECDSA_SD}),
        kinds=_WITH_LISTS,
        side=Side.OURS,
        verb=Verb.ISSUE,
        says="which cannot be selected",
        reason="ECDSA Cryptosuites 1.0, 3.4: skolemization names the nodes of a document, and neither those of a list "
        "(allowedValue, rubricCriterionLevel) nor those of an embedded proof; nothing could be derived, so nothing is signed",
    ),
    Limit(
        peer=node.DIGITALBAZAAR.name,
        suites=frozenset({Suite.ECDSA_SD}),
        kinds=_WITH_LISTS,
        side=Side.THEIRS,
        verb=Verb.ISSUE,
        says='"@list"',
        reason="JSON-LD 1.1, 9.7: a list object has no name; skolemization gives it one, and then refuses it "
        "(allowedValue, rubricCriterionLevel)",
    ),
    Limit(
        peer=openvc_core.OFFER.name,
        suites=_RDF,
        kinds=_WITH_LISTS,
        side=Side.THEIRS,
        verb=Verb.ISSUE,
        says="not in compacted form",
        reason="Data Integrity 1.0, 4.6: context validation is done by compacting again, and AchievementCredential, the "
        "other name of OpenBadgeCredential, and the terms of CLR 2.0 do not survive that",
    ),
    Limit(
        peer=openvc_core.OFFER.name,
        suites=_RDF - {Suite.ECDSA_RDFC_P384},
        kinds=_WITH_LISTS,
        side=Side.THEIRS,
        verb=Verb.VERIFY,
        says="not in compacted form",
        reason="Data Integrity 1.0, 4.6: as for issuing",
    ),
    Limit(
        peer=openvc_core.OFFER.name,
        suites=frozenset({Suite.ECDSA_RDFC_P384}),
        kinds=frozenset({Kind.ACHIEVEMENT, Kind.OPEN_BADGE, Kind.CLR}),
        side=Side.THEIRS,
        verb=Verb.VERIFY,
        says="does not verify",
        reason="ECDSA Cryptosuites 1.0, 3.2.3: RDFC-1.0 has SHA-384 inside with a P-384 key; SHA-256 is used, which shows "
        "in documents whose blank nodes get other labels by it",
    ),
    Limit(
        peer=openvc_core.OFFER.name,
        suites=frozenset({Suite.ECDSA_RDFC_P384}),
        kinds=frozenset({Kind.OPEN_BADGE}),
        side=Side.OURS,
        verb=Verb.VERIFY,
        says="the signature does not fit",
        reason="ECDSA Cryptosuites 1.0, 3.2.3: as for verifying",
    ),
    Limit(
        peer=openvc_core.OFFER.name,
        suites=frozenset({Suite.ECDSA_SD}),
        kinds=frozenset({Kind.OPEN_BADGE}),
        side=Side.THEIRS,
        verb=Verb.DERIVE,
        says="no matching base signature",
        reason="ECDSA Cryptosuites 1.0, 3.5.4: the labels of the shown document are mapped to those of the whole one; reading "
        "the document again gives its blank nodes other labels, and with two of them the map is wrong",
    ),
    Limit(
        peer=openvc_core.OFFER.name,
        suites=_JCS,
        side=Side.OURS,
        verb=Verb.VERIFY,
        says="the signature does not fit",
        reason="EdDSA Cryptosuites 1.0, 3.3.1, and ECDSA Cryptosuites 1.0, 3.3.1: the @context is signed as a member of the "
        "proof, and left out of the proof that is handed over",
    ),
    Limit(
        peer=openvc_core.OFFER.name,
        suites=_VC_JWT,
        side=Side.THEIRS,
        verb=Verb.VERIFY,
        says="no embedded `vc` object",
        reason="Open Badges 3.0 and CLR 2.0, JSON Web Token Proof Format: the payload is the credential itself; expected is "
        "the claim vc of data model 1.1",
    ),
    Limit(
        peer=openvc_core.OFFER.name,
        suites=_VC_JWT,
        side=Side.OURS,
        verb=Verb.VERIFY,
        says="here it is in the claim vc",
        reason="Open Badges 3.0 and CLR 2.0, JSON Web Token Proof Format: the credential is in the claim vc, exp is left out, "
        "and nbf is the time of signing and not validFrom",
    ),
    Limit(
        peer=openvc_core.OFFER.name,
        suites=frozenset({Suite.VC_JWT_1_ES256, Suite.VC_JWT_1_EDDSA}),
        side=Side.OURS,
        verb=Verb.VERIFY,
        says="the claim exp is missing",
        reason="Data model 1.1, 6.3.1: exp is expirationDate, nbf issuanceDate; exp is left out, nbf is the time of signing",
    ),
    Limit(
        peer=openbadgeslib_ob3.OFFER.name,
        suites=openbadgeslib_ob3.OFFER.issues,
        kinds=frozenset({Kind.ACHIEVEMENT}),
        side=Side.OURS,
        verb=Verb.VERIFY,
        says="is none of the levels",
        reason="Open Badges 3.0, Result: achievedLevel names a level of the resultDescription; the badge is written without "
        "rubricCriterionLevel, and its result with achievedLevel",
    ),
    Limit(
        peer=openbadgeslib_ob3.OFFER.name,
        suites=_VC_JWT,
        kinds=frozenset({Kind.CLR}),
        side=Side.THEIRS,
        verb=Verb.VERIFY,
        says="is not an OpenBadgeCredential",
        reason="CLR 2.0, JSON Web Token Proof Format: there is no function for it, only for badges and endorsements",
    ),
    Limit(
        peer=openbadgeslib_ob3.OFFER.name,
        suites=frozenset({Suite.ECDSA_SD}),
        kinds=frozenset({Kind.OPEN_BADGE}),
        side=Side.THEIRS,
        verb=Verb.VERIFY,
        says="omitted credentialStatus",
        reason="Data model 2.0, 4.10: a credential may be without status; with selective disclosure none is accepted that shows "
        "no credentialStatus, since a holder could have withheld it",
    ),
    Limit(
        peer=openbadgeslib_ob3.OFFER.name,
        suites=frozenset({Suite.EDDSA_RDFC}),
        kinds=frozenset({Kind.ENDORSEMENT, Kind.CLR}),
        side=Side.THEIRS,
        verb=Verb.VERIFY,
        tampering=Tampering.UNDEFINED_TERM,
        reason="Data Integrity 1.0, 2.4.3: data that JSON-LD processing drops is an error; the function for other documents than "
        "badges verifies the signature alone, and a member that no context defines is accepted unsigned",
    ),
)


def limits_of(peer: str, suite: Suite, kind: Kind, tampering: Tampering | None = None) -> list[Limit]:
    """Return the limits that concern a credential between this project and a peer."""
    return [
        limit
        for limit in LIMITS
        if limit.peer in {peer, US} and suite in limit.suites and kind in limit.kinds and limit.tampering is tampering
    ]


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class ListLimit:
    """A status list that is not read."""

    peer: str
    #: Who made the list.
    maker: Side
    form: Form
    #: What the refusal says.
    says: str
    reason: str


LIST_LIMITS = (
    ListLimit(
        peer=openbadgeslib_ob3.OFFER.name,
        maker=Side.OURS,
        form=Form.EMBEDDED,
        says="is not a signed JWT-VC",
        reason="Bitstring Status List 1.0, 2.2: a list should be secured as the credential is; read are lists as VC-JWT alone, "
        "also for badges with an embedded proof",
    ),
    ListLimit(
        peer=openbadgeslib_ob3.OFFER.name,
        maker=Side.THEIRS,
        form=Form.VC_JWT,
        says="the claim sub is missing",
        reason="Open Badges 3.0, JSON Web Token Proof Format: nbf is validFrom, and sub the id of the subject; the lists have "
        "the time of signing, and no sub",
    ),
)
