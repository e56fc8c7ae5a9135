"""Verifiers that do not fetch what counts, or do not look at what they fetched: keys, lists, schemas, newer copies."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

from skillmark.core.target import VerifierInterface
from skillmark.faults.verifiers.products import Asked, Complaint, VerifierProduct, vc_api
from skillmark_reference.credentials.requirements import Subject
from skillmark_reference.securing import statuses
from skillmark_reference.securing.integrity.json_values import as_list
from skillmark_reference.securing.integrity.selective_values import is_base
from skillmark_reference.securing.statuses import NoStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

_STATUS, _SCHEMA, _SATISFIED, _PROOF = "OB30-R-127", "OB30-R-121", "OB30-R-123", "OB30-R-114"
_NEWER, _ORDER, _ONCE = "OB30-R-125", "OB30-R-124", "OB30-R-126"
_TAKEN_BACK = "What its issuer took back is taken for valid."
_FORGED = "Somebody else can issue in the name of an issuer."
_SELECTIVE = VerifierInterface(formats=("ecdsa-sd-2023", "eddsa-rdfc-2022"))
_CANNOT_TELL = "the status cannot be told: "


def _product(
    name: str,
    *requirements: str,
    effect: str,
    accepts: Callable[[Asked], bool],
    skips: tuple[str, ...] = (),
    interface: VerifierInterface | None = None,
    only_badges: bool = False,
) -> VerifierProduct:
    return VerifierProduct(
        name=name,
        effect=effect,
        requirements=requirements,
        make=lambda: accepts,
        says=vc_api,
        skips=skips,
        interface=interface or VerifierInterface(),
        only_badges=only_badges,
    )


def _unless(forgives: Callable[[Asked, Complaint], bool]) -> Callable[[Asked], bool]:
    """Accept what is wrong in no other way."""
    return lambda asked: all(forgives(asked, each) for each in asked.complaints)


def _status_says(*parts: str) -> Callable[[Asked], bool]:
    """Accept whatever is only wrong with a status in words like these."""
    return _unless(
        lambda _, each: each.subject is Subject.STATUS and any(part in each.problem.message for part in parts)
    )


def _about(*subjects: Subject) -> Callable[[Asked], bool]:
    return _unless(lambda _, each: each.subject in subjects)


def _is_right(asked: Asked) -> bool:
    return not any(asked.complaints)


def _also(takes: Callable[[Asked], bool]) -> Callable[[Asked], bool]:
    """Accept some without a further look."""
    return lambda asked: takes(asked) or _is_right(asked)


def _but(refuses: Callable[[Asked], bool]) -> Callable[[Asked], bool]:
    """Refuse some that are right."""
    return lambda asked: _is_right(asked) and not refuses(asked)


# Lists


def _entries(asked: Asked) -> Iterator[Mapping[str, Any]]:
    listed = as_list(asked.content.get("credentialStatus", []))
    yield from (each for each in listed if isinstance(each, dict) and "statusListCredential" in each)


def _is_set(asked: Asked, *, reads: Callable[[bytes], bytes]) -> bool:
    """Tell whether a status is set in one of the lists, whose octets are read in a manner of its own."""
    lists = [each.credential for each in asked.verification.inner if each.credential is not None]
    for entry in _entries(asked):
        listed = next((each for each in lists if each.get("id") == entry.get("statusListCredential")), None)
        try:
            if listed is not None:
                read = statuses.read_list(listed)
                wanted = dataclasses.replace(read, bits=reads(read.bits))
                if not statuses.check_status(statuses.read_entry(entry), wanted).valid:
                    return True
        except NoStatus:
            continue
    return False


def _mirrored(bits: bytes) -> bytes:
    return bytes(int(f"{each:08b}"[::-1], 2) for each in bits)


def _reversing(asked: Asked) -> bool:
    return _about(Subject.STATUS)(asked) and not _is_set(asked, reads=_mirrored)


def _remembering() -> Callable[[Asked], bool]:
    """Keep what a list said at first."""
    first: dict[tuple[str, str], bool] = {}

    def accepts(asked: Asked) -> bool:
        keys = [(str(each.get("statusListCredential")), str(each.get("statusListIndex"))) for each in _entries(asked)]
        is_accepted = all(first.get(key, _is_right(asked)) for key in keys) if keys else _is_right(asked)
        for key in keys:
            first.setdefault(key, is_accepted)
        return is_accepted and (_is_right(asked) or _about(Subject.STATUS)(asked))

    return accepts


_LISTS = (
    _product("ignores-status", _STATUS, effect=_TAKEN_BACK, accepts=_about(Subject.STATUS)),
    _product(
        "ignores-bitstring-lists", _STATUS, effect=_TAKEN_BACK, accepts=_status_says("the status for", _CANNOT_TELL)
    ),
    _product("ignores-revocation-lists", _STATUS, effect=_TAKEN_BACK, accepts=_status_says("it is revoked")),
    _product("reverses-bits", _STATUS, effect=_TAKEN_BACK, accepts=_reversing),
    _product(
        "ignores-proofs-of-lists",
        _STATUS,
        effect="Anybody can hide a revocation.",
        accepts=_status_says("the list is invalid"),
    ),
    _product(
        "refuses-whatever-has-a-status",
        _STATUS,
        effect="Whoever can be revoked cannot be verified.",
        accepts=_but(lambda asked: any(_entries(asked))),
    ),
    _product(
        "lets-endorsements-be-revoked",
        "OB30-R-132",
        effect=_TAKEN_BACK,
        accepts=_unless(
            lambda asked, each: (
                asked.verification.kind.value == "EndorsementCredential" and each.subject is Subject.STATUS
            )
        ),
    ),
)
#: What the documents leave room for, so that they warn at most.
_LISTS_DISPUTED = (
    _product(
        "lets-records-be-revoked",
        _STATUS,
        effect=_TAKEN_BACK,
        accepts=_unless(
            lambda asked, each: asked.verification.kind.value == "ClrCredential" and each.subject is Subject.STATUS
        ),
    ),
    _product("ignores-suspension", _STATUS, effect=_TAKEN_BACK, accepts=_status_says("the status for suspension")),
    _product("ignores-purposes-of-lists", _STATUS, effect=_TAKEN_BACK, accepts=_status_says("the entry asks for")),
    _product("reads-beyond-lists", _STATUS, effect=_TAKEN_BACK, accepts=_status_says("RANGE_ERROR")),
    _product(
        "takes-short-lists",
        _STATUS,
        effect="Lists tell who is revoked.",
        accepts=_status_says("STATUS_LIST_LENGTH_ERROR"),
    ),
    _product("takes-truncated-lists", _STATUS, effect=_TAKEN_BACK, accepts=_status_says("is cut off")),
    _product(
        "takes-missing-lists-for-empty", _STATUS, effect=_TAKEN_BACK, accepts=_status_says("STATUS_RETRIEVAL_ERROR")
    ),
    _product("takes-expired-lists", _STATUS, effect=_TAKEN_BACK, accepts=_status_says("the list is expired")),
    _product(
        "takes-lists-of-anybody",
        _STATUS,
        effect="Anybody can hide a revocation.",
        accepts=_status_says("which nobody said to trust"),
    ),
    VerifierProduct(
        name="keeps-lists-for-ever", effect=_TAKEN_BACK, requirements=(_STATUS,), make=_remembering, says=vc_api
    ),
)

# Schemas and whatever else a credential names

_NAMED = (
    _product("ignores-schemas", _SCHEMA, effect="Anything goes.", accepts=_about(Subject.CREDENTIAL_SCHEMA)),
    _product(
        "reads-the-first-schema-only",
        _SCHEMA,
        effect="Anything goes.",
        accepts=_unless(
            lambda asked, each: (
                each.subject is Subject.CREDENTIAL_SCHEMA and isinstance(asked.content.get("credentialSchema"), list)
            )
        ),
    ),
    _product(
        "refuses-whatever-has-a-schema",
        _SCHEMA,
        effect="Credentials with schemas cannot be verified.",
        accepts=_but(lambda asked: "credentialSchema" in asked.content),
    ),
    _product(
        "knows-contexts-by-heart",
        _PROOF,
        effect="Words mean something else than what was signed.",
        accepts=_also(lambda asked: "/contexts/" in asked.text),
    ),
)
_NAMED_DISPUTED = (
    _product(
        "takes-missing-schemas-for-fitting",
        _SCHEMA,
        effect="Anything goes.",
        accepts=_unless(lambda _, each: each.problem.message.startswith("whether it conforms cannot be told")),
    ),
    _product(
        "ignores-digests",
        _SATISFIED,
        effect="Resources are exchanged without notice.",
        accepts=_about(Subject.RELATED_RESOURCES),
    ),
)

# Keys


def _is_at_an_address(asked: Asked) -> bool:
    issuer = asked.content.get("issuer")
    identifier = issuer.get("id") if isinstance(issuer, dict) else issuer
    return str(identifier).startswith(("https://", "did:web:"))


def _complains(*parts: str) -> Callable[[Asked], bool]:
    return _also(lambda asked: any(part in each.problem.message for each in asked.complaints for part in parts))


_KEYS = (
    _product(
        "fetches-no-keys",
        "OB30-R-115",
        effect="Issuers that are known by an address cannot be verified.",
        accepts=_but(_is_at_an_address),
    ),
    _product(
        "knows-keys-by-DIDs-only",
        "OB30-R-115",
        effect="Issuers that are known by an address cannot be verified.",
        accepts=_is_right,
        skips=("/issuers/", "/keys/", "/key-sets/"),
    ),
    _product(
        "takes-keys-for-any-purpose",
        _SATISFIED,
        effect="A key for logging in signs credentials.",
        accepts=_complains("does not list"),
    ),
    _product(
        "takes-keys-of-other-documents",
        _SATISFIED,
        effect=_FORGED,
        accepts=_complains("the document has the id", "is controlled by"),
    ),
    _product(
        "takes-keys-that-were-removed", _SATISFIED, effect=_FORGED, accepts=_complains("has no verification method")
    ),
    _product(
        "takes-missing-documents-for-good",
        _SATISFIED,
        effect=_FORGED,
        accepts=_complains("cannot be had", "is unusable"),
    ),
    _product(
        "takes-whatever-signed-for-an-address",
        _SATISFIED,
        effect=_FORGED,
        accepts=_unless(
            lambda asked, each: _is_at_an_address(asked) and each.subject in {Subject.PROOF, Subject.TOKEN_SIGNATURE}
        ),
    ),
    _product("takes-keys-that-no-set-has", "OB30-R-120", effect=_FORGED, accepts=_complains("the key set has 0 keys")),
    _product(
        "reads-no-key-sets",
        "OB30-R-120",
        effect="Issuers on shared platforms cannot be verified.",
        accepts=_but(lambda asked: asked.is_token and "/issuers/" in str(asked.content.get("issuer"))),
    ),
)
_KEYS_DISPUTED = (
    _product("takes-revoked-keys", _SATISFIED, effect=_FORGED, accepts=_complains("must not be used any more")),
)

# Newer copies


def _before_the_proof(asked: Asked) -> bool:
    newer = asked.newer() if "refreshService" in asked.content else None
    return _is_right(asked) or (newer is not None and newer.valid)


def _again_and_again(asked: Asked) -> bool:
    if _is_right(asked) and "/middle" in str(asked.content.get("refreshService")):
        asked.shelf.take(
            str(asked.content["refreshService"]["id"]).partition("skillmark.example")[2].replace("middle", "last")
        )
    return _is_right(asked)


def _lost_without(asked: Asked) -> bool:
    warned = [each.message for each in asked.verification.warnings]
    return _is_right(asked) and not any(each.startswith("there is no newer copy") for each in warned)


_COPIES = (
    _product(
        "never-refreshes",
        _NEWER,
        effect="An old copy counts for ever.",
        accepts=_is_right,
        skips=("/newer/",),
    ),
    _product(
        "refreshes-before-the-proof",
        _ORDER,
        effect="A forged copy is taken for the newer one.",
        accepts=_before_the_proof,
    ),
    _product("refreshes-again-and-again", _ONCE, effect="An issuer can lead it in circles.", accepts=_again_and_again),
    _product("is-lost-without-newer-copies", _NEWER, effect="Good credentials are refused.", accepts=_lost_without),
    _product(
        "takes-newer-copies-that-are-over",
        _NEWER,
        effect="A newer copy that is over is taken for valid.",
        accepts=_unless(
            lambda asked, each: "refreshService" in asked.content and each.subject in {Subject.EXPIRED, Subject.STATUS}
        ),
    ),
)

# Selective disclosure


_SELECTIVES = (
    _product(
        "takes-base-proofs",
        _PROOF,
        effect="What a learner keeps back is shown.",
        accepts=_also(lambda asked: is_base(_value(asked))),
        interface=_SELECTIVE,
        only_badges=True,
    ),
    _product(
        "ignores-signatures-of-statements",
        _PROOF,
        effect="Learners say of themselves what they like.",
        accepts=_complains("is not the one that was signed"),
        interface=_SELECTIVE,
        only_badges=True,
    ),
    _product(
        "ignores-the-signature-of-selective-proofs",
        _PROOF,
        effect="Everybody can issue in the name of everybody.",
        accepts=_complains("the base signature does not fit"),
        interface=_SELECTIVE,
        only_badges=True,
    ),
    _product(
        "ignores-statements-without-signature",
        _PROOF,
        effect="Learners say of themselves what they like.",
        accepts=_complains("need a signature", "the label map"),
        interface=_SELECTIVE,
        only_badges=True,
    ),
    _product(
        "refuses-selective-proofs",
        _PROOF,
        effect="What is claimed is refused.",
        accepts=_but(lambda asked: "ecdsa-sd-2023" in asked.text),
        interface=_SELECTIVE,
        only_badges=True,
    ),
)


def _value(asked: Asked) -> object:
    proof = asked.document.get("proof")
    return proof.get("proofValue") if isinstance(proof, dict) else None


_CURVES = (
    _product(
        "knows-one-curve-only",
        _PROOF,
        effect="Keys of P-384 are refused.",
        accepts=_but(lambda asked: "did:key:z82L" in str(asked.content.get("issuer"))),
        interface=VerifierInterface(formats=("ecdsa-rdfc-2019", "eddsa-rdfc-2022")),
    ),
)

FETCHING = (*_LISTS, *_NAMED, *_KEYS, *_COPIES, *_SELECTIVES)
DISPUTED = (*_LISTS_DISPUTED, *_NAMED_DISPUTED, *_KEYS_DISPUTED, *_CURVES)
