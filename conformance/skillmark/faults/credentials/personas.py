"""Conformant issuers of many kinds, so that nothing may accuse them; and those that hand in nothing."""

from __future__ import annotations

import dataclasses
import json
from typing import TYPE_CHECKING, Any

from skillmark.core.outcomes import Verdict
from skillmark.faults.credentials import healthy, packed, securing, signed
from skillmark.faults.credentials.handing_in import HandedIn, Standard
from skillmark_fixtures.pathways import badge_image
from skillmark_reference.pathways import hosting
from skillmark_reference.pathways.catalogue import find_entry
from skillmark_reference.pathways.issuing import issue
from skillmark_reference.pathways.proof_formats import ProofFormat
from skillmark_reference.pathways.settings import Identity, Setting

if TYPE_CHECKING:
    from collections.abc import Callable

Record = dict[str, Any]

_BADGES, _RECORDS = (Standard.OPEN_BADGES,), (Standard.CLR,)
#: What is warned of, by whom it is a matter of advice: suites beside those that certification takes.
_OTHER_SUITES = frozenset({"OB30-R-086", "OB30-R-112", "OB30-R-222", "CLR20-R-034", "CLR20-R-104", "CLR20-R-130"})
_SCHEMA = "https://school.example/schemas/remarks.json"
_CONTEXT = "https://school.example/contexts/remarks.json"


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IssuerPersona:
    """A conformant issuer with one peculiarity."""

    name: str
    #: Why the standard allows it.
    allowed_by: str
    make: Callable[[Standard], HandedIn]
    standards: tuple[Standard, ...] = tuple(Standard)
    #: Requirements of which the run may warn: advice that is not followed, and disputed readings.
    warns: frozenset[str] = frozenset()


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class NullIssuer:
    """An issuer that hands in nothing of worth, and what it deserves: nothing where the run is refused."""

    name: str
    make: Callable[[Standard], HandedIn]
    deserves: Verdict | None


ISSUER_PERSONAS: dict[str, IssuerPersona] = {}
NULL_ISSUERS: dict[str, NullIssuer] = {}


def _persona(
    name: str,
    allowed_by: str,
    make: Callable[[Standard], HandedIn],
    *,
    standards: tuple[Standard, ...] = tuple(Standard),
    warns: frozenset[str] = frozenset(),
) -> None:
    ISSUER_PERSONAS[name] = IssuerPersona(name=name, allowed_by=allowed_by, make=make, standards=standards, warns=warns)


def _files(**files: bytes) -> HandedIn:
    named = {name.replace("__", "."): content for name, content in files.items()}
    return HandedIn(files=named, documents=healthy.documents())


def _of(badge: Record, standard: Standard) -> HandedIn:
    whole = badge if standard is Standard.OPEN_BADGES else healthy.record(badge)
    return _files(credential__json=securing.written(securing.whole(whole)))


def _bare(credential: Record) -> Record:
    """Return a credential whose members are signed, and which is not."""
    return {name: value for name, value in securing.whole(credential).items() if name != "proof"}


def _credential(standard: Standard) -> Record:
    return healthy.minimal() if standard is Standard.OPEN_BADGES else healthy.record()


# Of the case study


def _published(*slugs: str, setting: Setting | None = None) -> HandedIn:
    chosen = setting or Setting()
    made = [issue(find_entry(slug), chosen) for slug in slugs]
    given = (*hosting.issuers(chosen), *hosting.status_lists(chosen))
    pictures = {chosen.address("images", f"badge.{suffix}"): badge_image(suffix) for suffix in ("png", "svg")}
    return HandedIn(
        files={f"{each.entry.slug}.{each.suffix}": each.content for each in made},
        documents={each.address: each.content for each in given} | pictures,
    )


def _format(proof_format: ProofFormat) -> None:
    badge = f"samira-haddad-da-1-1-{proof_format.value}-valid"
    record = f"samira-haddad-record-{proof_format.value}"

    def make(standard: Standard) -> HandedIn:
        return _published(badge if standard is Standard.OPEN_BADGES else record)

    is_certified = proof_format.is_token or proof_format.row.cryptosuite in {"eddsa-rdfc-2022", "ecdsa-sd-2023"}
    _persona(
        proof_format.value,
        "Proof Formats: an embedded proof of a recommended suite, or VC-JWT with an asymmetric algorithm.",
        make,
        standards=_BADGES if proof_format.is_selective else tuple(Standard),
        warns=frozenset() if is_certified else _OTHER_SUITES,
    )


for _each in ProofFormat:
    if _each is not ProofFormat.ECDSA_SD_BASE:
        _format(_each)


def _study(standard: Standard, setting: Setting | None = None) -> HandedIn:
    badges = ("amara-okafor-da", "mei-chen-cs", "daniel-novak-pa-jwt")
    records = ("amara-okafor-record",)
    return _published(*(badges if standard is Standard.OPEN_BADGES else records), setting=setting)


_persona("learners", "The data model: endorsed certificates of three learners, hashed and plain numbers.", _study)
_persona(
    "issuers-at-addresses",
    "Profile: the id of an issuer may be an https address with its verification methods.",
    lambda standard: _study(standard, Setting(identity=Identity.ADDRESS)),
)
_persona(
    "issuers-by-did-web",
    "Profile: the id of an issuer may be a DID.",
    lambda standard: _study(standard, Setting(identity=Identity.DID_WEB)),
)
_persona(
    "baked",
    "Document Formats, Baked Badge.",
    lambda _: _published("amara-okafor-da-png", "amara-okafor-da-svg"),
    standards=_BADGES,
)
_persona(
    "in-a-list",
    "A credential may have a status, whatever it is.",
    lambda _: _published(
        *(f"samira-haddad-da-1-1-eddsa-rdfc-2022-{state}" for state in ("active", "revoked", "suspended"))
    ),
    standards=_BADGES,
)


# By hand

_persona("minimal", "Data Models: what is optional is left out.", lambda standard: _of(healthy.minimal(), standard))
_persona("maximal", "Data Models: every class is there.", lambda standard: _of(healthy.maximal(), standard))


def _single(standard: Standard) -> HandedIn:
    badge = healthy.minimal() | {"issuer": {**healthy.school().profile, "type": "Profile"}}
    badge["credentialSubject"]["type"] = "AchievementSubject"
    badge["credentialSubject"]["achievement"]["type"] = "Achievement"
    badge["credentialSchema"] = healthy.maximal()["credentialSchema"][0]
    badge["@context"].append(healthy.EXTENSIONS)
    return _of(badge, standard)


_persona("single-values", "Serialization, Compacted document form: one value in the place of an array.", _single)


def _multilingual(standard: Standard) -> HandedIn:
    badge = healthy.minimal()
    achievement = badge["credentialSubject"]["achievement"]
    achievement |= {"name": "\u6eb6\u63a5 \U0001f525", "inLanguage": "zh-Hans-CN", "version": "1"}
    related = {"type": ["Related"], "inLanguage": "de", "version": "1"}
    achievement["related"] = [{"id": f"{healthy.ACHIEVEMENT}/de"} | related]
    badge["name"] = "\u0644\u062d\u0627\u0645"
    return _of(badge, standard)


_persona("multilingual", "Achievement: one for each language, related to each other; JSON is Unicode.", _multilingual)


def _extended(standard: Standard) -> HandedIn:
    badge = healthy.minimal()
    badge["@context"] += [healthy.EXTENSIONS, {"vendorRemark": "https://school.example/terms#remark"}]
    badge["credentialSubject"]["achievement"]["achievementType"] = "ext:SafetyCard"
    badge["credentialSubject"]["vendorRemark"] = "Fine."
    own = {"id": _SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}
    badge["credentialSchema"] = [*healthy.maximal()["credentialSchema"], own]
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": _SCHEMA, "type": "object"}
    made = _of(badge, standard)
    return HandedIn(files=made.files, documents={**made.documents, _SCHEMA: json.dumps(schema).encode()})


_persona(
    "extensions", "Extending and Profiling: members with a context and a schema, terms that start with ext:.", _extended
)


def _older(standard: Standard) -> HandedIn:
    del standard
    badge = healthy.minimal()
    badge["@context"] = [badge["@context"][0], "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.2.json"]
    badge["validFrom"] = "2025-01-01T01:00:00.500+01:00"
    return _files(credential__json=securing.written(securing.whole(badge)))


_persona(
    "an-older-context",
    "Serialization: any published state of the context; dates with any zone.",
    _older,
    standards=_BADGES,
)


def _twice_proved(standard: Standard) -> HandedIn:
    whole = securing.whole(_credential(standard))
    first = whole.pop("proof")
    second = securing.proved(whole, None, created="2025-02-01T00:00:00Z")["proof"]
    return _files(credential__json=securing.written(whole | {"proof": [first, second]}))


_persona("two-proofs", "Proof Formats: several proofs may be there.", _twice_proved)


def _proved_by(standard: Standard, *others: Record) -> HandedIn:
    """Return a healthy credential with further proofs, which none of those who can read them need."""
    whole = securing.whole(_credential(standard))
    return _files(credential__json=securing.written(whole | {"proof": [*others, whole["proof"]]}))


_persona(
    "proof-of-another-suite-beside",
    "Proof Formats: several proofs may be there; for readers of other suites.",
    lambda standard: _proved_by(
        standard, securing.proved(_bare(_credential(standard)), None, cryptosuite="eddsa-jcs-2022")["proof"]
    ),
    warns=_OTHER_SUITES,
)
_persona(
    "proof-of-an-unknown-type-beside",
    "Proof Formats: several proofs may be there; what their members are, their types say.",
    lambda standard: _proved_by(
        standard, {"type": "SchoolSignature2025", "created": healthy.BEGIN, "proofPurpose": "assertionMethod"}
    ),
    warns=_OTHER_SUITES | {"OB30-R-085", "OB30-R-113", "CLR20-R-103", "CLR20-R-131"},
)


def _named_by_did(standard: Standard) -> HandedIn:
    credential = _credential(standard)
    signed = securing.whole(credential, verificationMethod=securing.signer_of(credential).profile["id"])
    return _files(credential__json=securing.written(signed))


_persona(
    "did-key-without-its-fragment",
    "did:key: one key for assertions; samples of badges leave its fragment out.",
    _named_by_did,
    warns=frozenset({"OB30-R-085", "CLR20-R-103"}),
)


def _described(standard: Standard) -> HandedIn:
    badge = healthy.minimal()
    badge["credentialSubject"] |= {"name": "Ada", "description": "An apprentice."}
    badge["credentialSubject"]["achievement"]["criteria"]["type"] = "Criteria"
    return _of(badge, standard)


_persona(
    "terms-of-the-contexts",
    "Serialization, JSON-LD: the contexts of W3C and 1EdTech define terms for objects of every class.",
    _described,
)


def _compacted(standard: Standard) -> HandedIn:
    badge = healthy.maximal()
    badge["evidence"] = badge["evidence"][0]
    badge["credentialSubject"]["achievement"]["tag"] = "metal"
    return _of(badge, standard)


_persona(
    "as-the-published-schemas-have-it",
    "Schemas: those that were published since 2025-10 take one value for any array (D-16).",
    _compacted,
    warns=frozenset({"OB30-R-001", "OB30-R-003", "OB30-R-053", "CLR20-R-046", "CLR20-R-048", "CLR20-R-095"}),
)
_persona(
    "token-around-a-proof",
    "JSON Web Token Proof Format: the embedded proof is made first.",
    lambda standard: _files(credential__jwt=securing.written(securing.token(securing.whole(_credential(standard))))),
)
_persona(
    "further-claims",
    "JWT Payload: further registered claims are allowed.",
    lambda standard: _files(
        credential__jws=securing.written(securing.token(_bare(_credential(standard)), further={"iat": 1735689600}))
    ),
)
_persona(
    "published-keys", "Key provenance: the key set is at the authority of the issuer.", signed.published_by_address
)
_persona(
    "endorsement-alone",
    "EndorsementCredential is a credential of its own.",
    lambda _: _files(
        credential__json=securing.written(securing.whole(healthy.endorsement())),
        badge__json=securing.written(securing.whole(healthy.minimal())),
    ),
    standards=_BADGES,
)


def _baked_record(standard: Standard) -> HandedIn:
    text = securing.written(securing.whole(_credential(standard))).decode()
    return _files(
        record__png=packed.png(packed.itxt(packed.RECORD_PLACE, text)),
        record__svg=packed.svg(packed.element(text), namespace=packed.RECORD_NAMESPACE),
    )


_persona(
    "baked-records", "Document Formats: records in PNG and SVG, at their own places.", _baked_record, standards=_RECORDS
)
_persona(
    "mixed-folder",
    "What a plan is not about is set aside.",
    lambda _: _files(
        badge__json=securing.written(securing.whole(healthy.minimal())),
        record__json=securing.written(securing.whole(healthy.record())),
    ),
)


# Null issuers


def _null(name: str, make: Callable[[Standard], HandedIn], deserves: Verdict | None = Verdict.NOT_CONFORMANT) -> None:
    NULL_ISSUERS[name] = NullIssuer(name=name, make=make, deserves=deserves)


_PAGE = b"<!DOCTYPE html><html><body><h1>Badge</h1></body></html>"
_null("empty-folder", lambda _: HandedIn(files={}), None)
_null("hidden-files", lambda _: HandedIn(files={".credential.json": b"{}"}), None)
_null("pages", lambda _: _files(one__html=_PAGE, two__html=_PAGE))
_null("empty-object", lambda _: _files(credential__json=b"{}"))
_null("empty-array", lambda _: _files(credential__json=b"[]"))
_null("some-json", lambda _: _files(credential__json=b'{"badge": {"name": "Welding", "to": ["Ada", 7, null]}}'))
_null("some-bytes", lambda _: _files(credential__json=bytes(range(256))))
_null("unsigned", lambda standard: _files(credential__json=securing.written(_credential(standard))))
_null("context-alone", lambda _: _files(credential__json=json.dumps({"@context": list(healthy.CONTEXTS)}).encode()))
_null(
    "picture-alone",
    lambda _: _files(badge__png=badge_image("png")),
    Verdict.NOT_CONFORMANT,
)
_null(
    "of-the-other-standard",
    lambda standard: _files(
        credential__json=securing.written(
            securing.whole(healthy.record() if standard is Standard.OPEN_BADGES else healthy.minimal())
        )
    ),
    None,
)
