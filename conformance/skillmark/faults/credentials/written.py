"""Faults in what credentials say, and in what they refer to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from skillmark.faults.credentials import healthy, securing
from skillmark.faults.credentials.handing_in import ISSUER_FAULTS, HandedIn, IssuerFault, Standard

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]

_BADGES = (Standard.OPEN_BADGES,)
_RECORDS = (Standard.CLR,)
CONTEXT = "https://school.example/contexts/remarks.json"
_BEFORE = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"
_WRONG = "Readers refuse the credential, or are misled by it."


def credential(standard: Standard) -> Record:
    """Return the healthy credential of a standard: a badge, or a record of two."""
    return healthy.minimal() if standard is Standard.OPEN_BADGES else healthy.record()


def handed_in(content: bytes, name: str = "credential.json", **documents: bytes) -> HandedIn:
    """Return one file, with the documents that every healthy credential may need."""
    return HandedIn(files={name: content}, documents=healthy.documents() | documents)


def of_badge(badge: Record, standard: Standard) -> HandedIn:
    """Return a badge with its proof; for records, as the member of one."""
    whole = badge if standard is Standard.OPEN_BADGES else healthy.record(badge, healthy.second())
    return handed_in(securing.written(securing.whole(whole)))


def _edit(
    name: str,
    *requirements: str,
    change: Callable[[Record], object],
    base: Callable[[], Record] = healthy.minimal,
    effect: str = _WRONG,
    standards: tuple[Standard, ...] = tuple(Standard),
    disputed: bool = False,
) -> None:
    """Declare a change to a badge, which for records is a member."""

    def make(standard: Standard) -> HandedIn:
        badge = base()
        change(badge)
        return of_badge(badge, standard)

    fault = IssuerFault(
        name=name, requirements=requirements, effect=effect, make=make, standards=standards, disputed=disputed
    )
    ISSUER_FAULTS.add(fault)


def _edit_record(name: str, *requirements: str, change: Callable[[Record], object], disputed: bool = False) -> None:
    """Declare a change to a record."""

    def make(standard: Standard) -> HandedIn:
        record = credential(standard)
        change(record)
        return handed_in(securing.written(securing.whole(record)))

    fault = IssuerFault(
        name=name, requirements=requirements, effect=_WRONG, make=make, standards=_RECORDS, disputed=disputed
    )
    ISSUER_FAULTS.add(fault)


def _subject(badge: Record) -> Record:
    found: Record = badge["credentialSubject"]
    return found


def _achievement(badge: Record) -> Record:
    found: Record = _subject(badge)["achievement"]
    return found


def _result(badge: Record, place: int) -> Record:
    found: Record = _subject(badge)["result"][place]
    return found


# Structure and contents


def _nobody(badge: Record) -> None:
    del _subject(badge)["id"], _subject(badge)["identifier"]


def _plain(badge: Record) -> None:
    badge["type"] = ["VerifiableCredential"]
    del badge["issuer"]


_ANY = healthy.maximal
_edit("plain-credential-without-issuer", "OB30-R-019", "OB30-R-031", change=_plain)
_edit(
    "refresh-service-without-type",
    "OB30-R-022",
    change=lambda b: b.update(refreshService={"id": "https://school.example/new"}),
)
_edit(
    "terms-without-type", "OB30-R-023", change=lambda b: b.update(termsOfUse=[{"id": "https://school.example/terms"}])
)
_edit("recipient-is-nobody", "OB30-R-030", "OB30-R-002", change=_nobody, effect="Nobody can tell whose badge it is.")
_edit(
    "recipient-is-only-a-name",
    "OB30-R-030",
    "OB30-R-002",
    change=lambda b: b.update(
        credentialSubject={"type": ["AchievementSubject"], "achievement": _achievement(b), "narrative": "For Ada."}
    ),
)
_edit("criteria-say-nothing", "OB30-R-034", change=lambda b: _achievement(b).update(criteria={}))
_edit(
    "profile-image-is-a-jpeg",
    "OB30-R-041",
    base=_ANY,
    change=lambda b: b["issuer"]["image"].update(id="data:image/jpeg;base64,/9j/4AAQSkZJRg=="),
)
_edit(
    "award-image-is-a-page",
    "OB30-R-041",
    change=lambda b: _subject(b).update(image={"id": "data:text/html,<p>", "type": "Image"}),
)
_edit(
    "award-image-is-that-of-the-achievement",
    "OB30-R-042",
    base=_ANY,
    change=lambda b: _subject(b).update(image=_achievement(b)["image"]),
)
_edit(
    "award-image-is-not-baked",
    "OB30-R-042",
    change=lambda b: _subject(b).update(image={"id": healthy.picture(), "type": "Image"}),
)
_edit(
    "schema-of-another-type",
    "OB30-R-043",
    base=_ANY,
    change=lambda b: b["credentialSchema"][0].update(type="JsonSchema"),
)
_edit(
    "schema-of-nobody",
    "OB30-R-043",
    base=_ANY,
    change=lambda b: b["credentialSchema"][0].update(id="https://school.example/schema.json"),
)
_edit(
    "plain-e-mail-address",
    "OB30-R-046",
    change=lambda b: _subject(b)["identifier"][0].update(hashed=False, identityHash=healthy.RECIPIENT, salt=""),
)
_edit(
    "one-alignment-without-array",
    "OB30-R-053",
    base=_ANY,
    change=lambda b: _achievement(b).update(alignment=_achievement(b)["alignment"][0]),
)
_edit("one-result-without-array", "OB30-R-053", base=_ANY, change=lambda b: _achievement(b).update(tag="metal"))
_edit(
    "name-is-a-map-by-language",
    "OB30-R-055",
    change=lambda b: _achievement(b).update(name={"en": "Welding", "de": "Schweissen"}),
    disputed=True,
)
_edit(
    "without-the-context-of-badges",
    "OB30-R-057",
    "OB30-R-032",
    standards=_BADGES,
    change=lambda b: b.update({"@context": b["@context"][:1]}),
)
_edit(
    "with-the-contexts-of-version-1-and-2",
    "OB30-R-063",
    "OB30-R-032",
    change=lambda b: b["@context"].insert(1, "https://www.w3.org/2018/credentials/v1"),
)
_edit(
    "endorsement-with-another-version-of-the-context",
    "OB30-R-063",
    base=_ANY,
    standards=_BADGES,
    change=lambda b: b["endorsement"][0]["@context"].__setitem__(1, _BEFORE),
)
_edit(
    "alias-of-the-context",
    "OB30-R-032",
    change=lambda b: b["@context"].__setitem__(1, "https://purl.imsglobal.org/spec/ob/v3p0/context-v3.json"),
)
_edit("result-without-status-beside-one-with-it", "OB30-R-250", base=_ANY, change=lambda b: _result(b, 2).pop("status"))
_edit("status-result-without-status", "OB30-R-035", base=_ANY, change=lambda b: _result(b, 1).pop("status"))
_edit("status-of-ones-own", "OB30-R-146", base=_ANY, change=lambda b: _result(b, 1).update(status="ext:Audited"))
_edit(
    "achieved-level-is-a-name",
    "OB30-R-037",
    base=_ANY,
    change=lambda b: _result(b, 0).update(achievedLevel="urn:x:high"),
)
_edit(
    "required-level-is-unknown",
    "OB30-R-038",
    base=_ANY,
    change=lambda b: _achievement(b)["resultDescription"][0].update(requiredLevel="urn:x:high"),
)
_edit(
    "required-value-is-not-allowed",
    "OB30-R-039",
    base=_ANY,
    change=lambda b: _achievement(b)["resultDescription"][2].update(requiredValue="F"),
)
_edit(
    "required-value-is-out-of-bounds",
    "OB30-R-039",
    base=_ANY,
    change=lambda b: _achievement(b)["resultDescription"][3].update(requiredValue="500"),
)
_edit(
    "result-of-nothing", "OB30-R-036", base=_ANY, change=lambda b: _result(b, 2).update(resultDescription="urn:x:none")
)
_edit(
    "evidence-in-its-id", "OB30-R-252", base=_ANY, change=lambda b: b["evidence"][0].update(id="data:text/plain,seam")
)
_edit(
    "country-with-three-letters",
    "OB30-R-049",
    base=_ANY,
    change=lambda b: b["issuer"]["address"].update(addressCountryCode="USA"),
)
_edit("language-with-underscore", "OB30-R-050", base=_ANY, change=lambda b: _achievement(b).update(inLanguage="en_US"))
_edit(
    "identity-hashed-with-sha-1",
    "OB30-R-045",
    change=lambda b: _subject(b)["identifier"][0].update(identityHash=f"sha1${'0' * 40}"),
)
_edit(
    "identity-hash-in-base64",
    "OB30-R-045",
    change=lambda b: _subject(b)["identifier"][0].update(
        identityHash="sha256$47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    ),
)
_edit("validity-without-zone", "OB30-R-047", change=lambda b: b.update(validFrom="2025-01-01T00:00:00"))
_edit("validity-is-a-day", "OB30-R-047", change=lambda b: b.update(validFrom="2025-01-01"))
_edit(
    "ends-before-it-begins", "OB30-R-224", "CLR20-R-015", change=lambda b: b.update(validUntil="2024-01-01T00:00:00Z")
)
_edit(
    "achievement-type-of-ones-own", "OB30-R-145", change=lambda b: _achievement(b).update(achievementType="MyBadgeKind")
)
_edit(
    "issuer-of-another-key",
    "OB30-R-118",
    "OB30-R-224",
    "CLR20-R-015",
    change=lambda b: b["issuer"].update(id="https://school.example/"),
)


# Extensions


@ISSUER_FAULTS.declare("OB30-R-142", "OB30-R-062", effect="Readers do not know what the member says.")
def extension_without_context(standard: Standard) -> HandedIn:
    """Add a member that nobody defines."""
    badge = healthy.minimal()
    _subject(badge)["vendorRemark"] = "Fine."
    return of_badge(badge, standard)


@ISSUER_FAULTS.declare("OB30-R-142", effect="Readers cannot check the member.")
def extension_without_schema(standard: Standard) -> HandedIn:
    """Add a member with a context, and name no schema."""
    badge = healthy.minimal()
    badge["@context"].append({"vendorRemark": "https://school.example/terms#remark"})
    _subject(badge)["vendorRemark"] = "Fine."
    return of_badge(badge, standard)


@ISSUER_FAULTS.declare("OB30-R-143", "OB30-R-142", effect="Readers cannot make sense of the credential.")
def extension_with_a_context_behind_a_page(standard: Standard) -> HandedIn:
    """Answer with a page in the place of the context."""
    badge = healthy.minimal()
    badge["@context"].append(CONTEXT)
    _subject(badge)["vendorRemark"] = "Fine."
    made = of_badge(badge, standard)
    return HandedIn(files=made.files, documents={**made.documents, CONTEXT: b"<html>Please sign in.</html>"})


# States


def _with_status(place: int) -> Record:
    badge = healthy.minimal()
    status = dict(healthy.maximal()["credentialStatus"]) | {
        "id": f"{healthy.LIST}#{place}",
        "statusListIndex": str(place),
    }
    return badge | {"credentialStatus": status}


@ISSUER_FAULTS.declare("OB30-R-219", effect="Certification gets a badge that is not valid.", standards=_BADGES)
def submits_a_revoked_badge(standard: Standard) -> HandedIn:
    """Hand in a badge whose place in the list is set."""
    return of_badge(_with_status(7), standard)


@ISSUER_FAULTS.declare("OB30-R-219", effect="Certification gets a badge that is not valid.", standards=_BADGES)
def submits_an_expired_badge(standard: Standard) -> HandedIn:
    """Hand in a badge of the year before."""
    return of_badge(healthy.minimal() | {"validUntil": "2025-06-01T00:00:00Z"}, standard)


@ISSUER_FAULTS.declare("OB30-R-219", effect="Certification gets a badge that is not valid.", standards=_BADGES)
def submits_a_badge_of_the_future(standard: Standard) -> HandedIn:
    """Hand in a badge that has not begun."""
    return of_badge(healthy.minimal() | {"validFrom": "2090-01-01T00:00:00Z"}, standard)


@ISSUER_FAULTS.declare("CLR20-R-033", effect="Certification gets a record that is not valid.", standards=_RECORDS)
def submits_an_expired_record(standard: Standard) -> HandedIn:
    """Hand in a record of the year before."""
    return handed_in(securing.written(securing.whole(credential(standard) | {"validUntil": "2025-06-01T00:00:00Z"})))


# Records


def _members(record: Record) -> list[Record]:
    found: list[Record] = record["credentialSubject"]["verifiableCredential"]
    return found


def _contradict(record: Record) -> None:
    first = record["credentialSubject"]["association"][0]
    back = first | {"sourceId": first["targetId"], "targetId": first["sourceId"]}
    record["credentialSubject"]["association"].append(back)


def _nobodys(record: Record) -> None:
    del record["credentialSubject"]["id"], record["credentialSubject"]["identifier"]


def _stranger(record: Record) -> None:
    _members(record)[0]["credentialSubject"]["id"] = "did:example:somebody-else"
    del _members(record)[0]["credentialSubject"]["identifier"]


_edit_record(
    "member-with-the-context-of-records",
    "CLR20-R-007",
    change=lambda r: _members(r)[0].update({"@context": list(healthy.RECORD_CONTEXTS)}),
)
_edit_record("member-without-context", "CLR20-R-007", "CLR20-R-014", change=lambda r: _members(r)[0].pop("@context"))
_edit_record(
    "first-context-of-records",
    "CLR20-R-010",
    change=lambda r: r["@context"].__setitem__(1, "https://purl.imsglobal.org/spec/clr/v2p0/context.json"),
)
_edit_record("partial-is-a-text", "CLR20-R-011", "CLR20-R-001", change=lambda r: r.update(partial="false"))
_edit_record("learner-is-nobody", "CLR20-R-013", change=_nobodys)
_edit_record(
    "member-is-an-address",
    "CLR20-R-014",
    change=lambda r: r["credentialSubject"].update(verifiableCredential=[healthy.BADGE]),
)
_edit_record("member-of-somebody-else", "CLR20-R-018", change=_stranger)
_edit_record(
    "association-of-ones-own",
    "CLR20-R-019",
    "CLR20-R-003",
    change=lambda r: r["credentialSubject"]["association"][0].update(associationType="ext:supports"),
)
_edit_record(
    "association-of-case",
    "CLR20-R-019",
    "CLR20-R-003",
    change=lambda r: r["credentialSubject"]["association"][0].update(associationType="isTranslationOf"),
)
_edit_record(
    "association-of-credentials",
    "CLR20-R-020",
    change=lambda r: r["credentialSubject"]["association"][0].update(sourceId=healthy.BADGE),
)
_edit_record("associations-contradict-each-other", "CLR20-R-021", change=_contradict)
_edit_record(
    "association-with-itself",
    "CLR20-R-021",
    change=lambda r: r["credentialSubject"]["association"][0].update(targetId=healthy.ACHIEVEMENT),
)
_edit_record("open-badges-before-clr", "CLR20-R-005", change=lambda r: r["@context"].reverse())
_edit_record("record-without-the-type-of-credentials", "CLR20-R-006", change=lambda r: r.update(type=["ClrCredential"]))
_edit_record(
    "member-with-another-version-of-the-context",
    "CLR20-R-008",
    change=lambda r: _members(r)[0]["@context"].__setitem__(
        1, "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.1.json"
    ),
)
_edit_record(
    "member-with-the-version-before",
    "CLR20-R-008",
    change=lambda r: _members(r)[0]["@context"].__setitem__(1, _BEFORE),
)
_edit_record(
    "partial-undefined-by-the-first-context",
    "CLR20-R-009",
    change=lambda r: r.update(
        {
            "@context": [
                r["@context"][0],
                "https://purl.imsglobal.org/spec/clr/v2p0/context.json",
                r["@context"][2],
            ]
        }
    ),
    disputed=True,
)


def _record_of(*members: Record | str, **further: object) -> HandedIn:
    """Return a record whose members are as they are, signed or not."""
    record = healthy.record()
    record["credentialSubject"]["verifiableCredential"] = list(members)
    return handed_in(securing.written(securing.proved(record | further)))


@ISSUER_FAULTS.declare("CLR20-R-015", effect="The member cannot be trusted outside of the record.", standards=_RECORDS)
def member_changed_after_it_was_signed(standard: Standard) -> HandedIn:
    """Change a member, and sign the record around it."""
    del standard
    member = securing.whole(healthy.minimal())
    member["credentialSubject"]["achievement"]["name"] = "Welding, with distinction"
    return _record_of(member, securing.whole(healthy.second()))


@ISSUER_FAULTS.declare("CLR20-R-015", "CLR20-R-103", effect="Anyone could have written the member.", standards=_RECORDS)
def member_without_proof(standard: Standard) -> HandedIn:
    """Leave the proof of a member out."""
    del standard
    return _record_of(healthy.minimal(), securing.whole(healthy.second()))


@ISSUER_FAULTS.declare(
    "CLR20-R-016", effect="The member is taken for one of its issuer.", standards=_RECORDS, disputed=True
)
def member_upgraded_from_another_format(standard: Standard) -> HandedIn:
    """Vouch for a member of somebody else, which is permitted and worth knowing."""
    del standard
    evidence = [{"id": "https://school.example/old/1", "type": ["Evidence"], "name": "Original"}]
    return _record_of(healthy.minimal() | {"evidence": evidence}, securing.whole(healthy.second()))


@ISSUER_FAULTS.declare("CLR20-R-017", effect="The publisher does not answer for its own badge.", standards=_RECORDS)
def own_member_without_proof(standard: Standard) -> HandedIn:
    """Leave the proof out of a member of the publisher itself."""
    del standard
    member = healthy.minimal() | {"issuer": dict(healthy.publisher().profile)}
    return _record_of(member, securing.whole(healthy.second()))


@ISSUER_FAULTS.declare("CLR20-R-017", "CLR20-R-136", effect="The publisher speaks for others.", standards=_RECORDS)
def member_of_others_signed_by_the_publisher(standard: Standard) -> HandedIn:
    """Sign the member of a school with the key of the publisher."""
    del standard
    member = securing.proved(healthy.minimal(), healthy.publisher())
    return _record_of(member, securing.whole(healthy.second()))


@ISSUER_FAULTS.declare("CLR20-R-033", "CLR20-R-001", effect="The record has no issuer.", standards=_RECORDS)
def record_without_issuer(standard: Standard) -> HandedIn:
    """Leave the issuer out."""
    record = credential(standard)
    del record["issuer"]
    return handed_in(json.dumps(securing.whole(record)).encode())
