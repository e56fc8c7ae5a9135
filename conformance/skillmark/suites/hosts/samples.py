"""The credentials that a run hands to a host: of the kind of its standard, with an embedded proof or as VC-JWT.

Nothing in them has to be fetched: their issuers are known by their key. Every one has an id that no other run has used, since an
account may hold what earlier runs left there.
"""

from __future__ import annotations

import copy
import dataclasses
import functools
import json
import re
import unicodedata
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import hypothesis
from hypothesis import HealthCheck, Phase, Verbosity
from hypothesis import strategies as st

from skillmark.strategies.credentials import credentials
from skillmark.strategies.credentials_coherence import coherent, secured
from skillmark.suites.verifiers.samples import (
    CREATED,
    INNER_TOKEN,
    Kind,
    Part,
    badge,
    is_token,
    proved,
    signer_of,
    token_of,
)
from skillmark.wire.documents import parse
from skillmark_reference.credentials import issuing
from skillmark_reference.credentials.issuing import Frame
from skillmark_reference.securing import multibase, vc_jwt
from skillmark_reference.securing.credential_claims import issuer_id
from skillmark_reference.securing.instants import parse_date_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hypothesis.strategies import SearchStrategy

    from skillmark_reference.credentials.issuing import Signer

Record = dict[str, Any]

EMBEDDED = "eddsa-rdfc-2022"
RSA_TOKEN = "vc-jwt-RS256"  # noqa: S105 - a name
TOKEN = "vc-jwt-EdDSA"  # noqa: S105 - a name
#: The one algorithm that every reader of tokens has to know goes before the other.
FORMS = (EMBEDDED, RSA_TOKEN, TOKEN)
_KINDS = {"ob-3.0": Kind.ACHIEVEMENT, "clr-2.0": Kind.CLR}
#: Of the media types of the standard for JSON, the one that every reader knows.
JSON, TEXT = "application/json", "text/plain"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://skillmark.example/hosts")
_BEGIN = "2025-01-01T00:00:00Z"
_LEARNER = "did:example:learner"
_BASE = "https://vocabulary.skillmark.example/hosts#"
#: A context of a vendor's own, which stands in the credential itself, so that nobody has to fetch it.
_TERMS = {"vendorNote": f"{_BASE}note", "vendorPoints": f"{_BASE}points"}
#: What a host would have to fetch.
_FETCHED = frozenset({"credentialSchema", "credentialStatus", "refreshService"})
_ENDORSEMENTS = frozenset({"endorsement", "endorsementJwt"})
_PARTS = 3
_LONG = 4_000
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[!-~]+")
#: Texts that are lost where they are not taken as they come: another form of the same letters, writing from right to left, signs
#: beyond 16 bits, what looks like markup or like an escape, and what is long.
_TEXTS = (
    "Schwei\u00dfen f\u00fcr Fortgeschrittene",
    unicodedata.normalize("NFD", "\u00c9l\u00e8ve pr\u00eat \u00e0 souder"),
    "\u6eb6\u63a5\u6280\u8853 \u0441\u0432\u0430\u0440\u043a\u0430",
    "\u0644\u062d\u0627\u0645 \u05e8\u05d9\u05ea\u05d5\u05da",
    "\U0001f9d1\u200d\U0001f3ed \U0001f1ee\U0001f1f8",
    "<b>5 &lt; 6</b> &amp; \\u0041 \\n %20 +",
    'She said "weld", it\'s a `seam`',
    "two  blanks, a tab\tand a line\nbreak",
    "w" * _LONG,
)
_NUMBERS = (0, 1.0, 1e3, 0.1, 12.5, 100, 1e-7, 2**40)
#: Members that have all of it at once.
EVERYTHING: Record = {
    "name": " / ".join(_TEXTS[:-1]),
    "description": _TEXTS[-1],
    "vendorNote": _TEXTS[1],
    "vendorPoints": 1e3,
}
_LETTERS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co")), min_size=1, max_size=30)
_CHANGES = st.fixed_dictionaries(
    {"name": st.sampled_from(_TEXTS) | _LETTERS},
    optional={
        "description": st.sampled_from(_TEXTS) | _LETTERS,
        "vendorNote": st.sampled_from(_TEXTS) | _LETTERS,
        "vendorPoints": st.sampled_from(_NUMBERS),
        "awardedDate": st.sampled_from(
            ("2025-01-01T00:00:00.000Z", "2024-12-31T23:00:00-01:00", "2025-01-01T00:00:00Z")
        ),
    },
)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What makes two credentials the same (Open Badges 3.0, Credential equality and comparison algorithm)."""

    issuer: str
    id: str


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A credential as it is handed in."""

    text: str
    form: str
    #: The credential in it; of a token its payload.
    document: Record = dataclasses.field(repr=False)

    @property
    def is_token(self) -> bool:
        """Whether it is a VC-JWT."""
        return is_token(self.form)

    @property
    def media_type(self) -> str:
        """The media type that it is sent with."""
        return TEXT if self.is_token else JSON

    @property
    def identity(self) -> Identity:
        """What makes it the same as another one."""
        found = identity_of(self.document)
        return found or Identity(issuer="", id=str(self.document.get("id")))

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.document.get('id')} ({'VC-JWT' if self.is_token else 'embedded proof'})"


def identity_of(document: object) -> Identity | None:
    """Return what makes a credential the same as another one; ``None`` for what has no such thing."""
    if not isinstance(document, dict):
        return None
    issuer, identifier = issuer_id(document), document.get("id")
    if not isinstance(issuer, str) or not isinstance(identifier, str):
        return None
    return Identity(issuer=_compared(issuer), id=_compared(identifier))


def _compared(text: str) -> str:
    return unquote(text, errors="surrogateescape").strip()


def claimed(token: object) -> Record | None:
    """Return what a token says, verified or not; ``None`` for what is no token."""
    parts = token.strip().split(".") if isinstance(token, str) else []
    if len(parts) != _PARTS:
        return None
    try:
        value = parse(multibase.decode_base64url(parts[1])).value
    except ValueError:
        return None
    inner = value.get("vc") if isinstance(value, dict) else None
    found = inner if isinstance(inner, dict) else value
    return found if isinstance(found, dict) else None


class Samples:
    """Makes the credentials of one run for one person."""

    def __init__(self, standard_id: str, *, stamp: str, learner: str = "") -> None:
        """Prepare to make credentials.

        Args:
            standard_id: Which standard says of what kind they are.
            stamp: What no other run has.
            learner: The id of whose they are.
        """
        self.kind = _KINDS[standard_id]
        self._stamp = stamp
        # What is no URI cannot be the id of a subject.
        self._learner = learner if _URI.fullmatch(learner) else _LEARNER
        self._count = 0

    def fresh_id(self) -> str:
        """Return an id that no credential has."""
        self._count += 1
        return uuid.uuid5(_NAMESPACE, f"{self._stamp}/{self._count}").urn

    def draft(self, form: str = EMBEDDED, **changes: object) -> Record:
        """Return a small credential that nobody has signed yet, with a new id and some members changed."""
        draft = copy.deepcopy(_small(self.kind, form, self._learner))
        terms = [_TERMS] if changes.keys() & _TERMS.keys() else []
        return draft | {"@context": [*draft["@context"], *terms], "id": self.fresh_id()} | changes

    def sent(self, form: str = EMBEDDED, **changes: object) -> Sent:
        """Return a small credential as its issuer secures it."""
        return signed(self.draft(form, **changes), form)

    def renewed(self, draft: Record) -> Record:
        """Return a drawn credential under a new id, with everything inside signed; its own proof comes after."""
        whole = coherent(copy.deepcopy(draft) | {"id": self.fresh_id()})
        inner = signer_of(EMBEDDED, Part.INNER)
        return secured(
            whole,
            sign=lambda each: proved(each, EMBEDDED, inner),
            token=lambda each: token_of(_header(inner), vc_jwt.payload_of(each), inner.key, INNER_TOKEN),
        )

    def issued(self, draft: Record, form: str) -> Sent:
        """Return a drawn credential under a new id, as the issuer of a form secures it."""
        whole = self.renewed(draft)
        return signed(whole | {"issuer": _issued_by(whole["issuer"], signer_of(form))}, form)


def signed(draft: Mapping[str, Any], form: str, *, indent: int | None = None) -> Sent:
    """Return a credential as its issuer secures it.

    Raises:
        ProofGenerationRefused: It cannot be signed without losing data.
        MalformedCredential: A claim of a token cannot be filled.
    """
    who = signer_of(form)
    if is_token(form):
        payload = vc_jwt.payload_of(draft)
        return Sent(text=token_of(_header(who), payload, who.key, form), form=form, document=payload)
    # The proof is as old as the credential, so that whoever asks when it was issued is told one thing.
    document = proved(draft, form, who, created=draft.get("validFrom", CREATED))
    text = json.dumps(document, ensure_ascii=False, indent=indent)
    return Sent(text=text, form=form, document=document)


def _header(signer: Signer) -> Record:
    return {"kid": signer.verification_method, "typ": "JWT"}


@functools.cache
def _small(kind: Kind, form: str, learner: str) -> Record:
    who = signer_of(form)
    if kind is Kind.ACHIEVEMENT:
        return _badge(who, learner) | {"validFrom": _BEGIN, "awardedDate": _BEGIN}
    inner = signer_of(EMBEDDED, Part.INNER)
    member = proved(_badge(inner, learner), EMBEDDED, inner)
    frame = Frame(id=member["id"], name="Learner record", valid_from=parse_date_time(_BEGIN))
    return issuing.clr_credential(frame, who.profile, subject={"id": learner}, credentials=[member]) | {
        "validFrom": _BEGIN,
        "awardedDate": _BEGIN,
    }


def _badge(who: Signer, learner: str) -> Record:
    made = badge(who.profile, "badge")
    return made | {"credentialSubject": made["credentialSubject"] | {"id": learner}}


# Drawing


def changes() -> SearchStrategy[Record]:
    """Draw members of a small credential that are lost where a host does not take them as they come."""
    return _CHANGES


def drawn(kind: Kind, *, count: int, seed: int) -> list[Record]:
    """Draw credentials over the whole model that nobody has signed yet, the smallest first; the same seed draws the same.

    They are not made smaller: drawing one takes longer than asking about it.
    """
    settings = hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
        verbosity=Verbosity.quiet,
    )
    found: list[Record] = []
    inner = signer_of(EMBEDDED, Part.INNER)
    cases = credentials(kind.claim, issuer=inner.profile["id"])
    hypothesis.seed(seed)(settings(hypothesis.given(cases)(lambda case: found.append(case))))()  # noqa: PLW0108 - methods are refused
    return sorted((_without(each) for each in found), key=lambda each: len(json.dumps(each)))


def _without(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [_without(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _without(each) for name, each in value.items() if name not in _FETCHED}


def _issued_by(drawn_issuer: Any, signer: Signer) -> Any:  # noqa: ANN401 - a profile or its id
    """Return the drawn issuer as the one who signs; endorsements of the one that was drawn are not of this one."""
    identifier = signer.profile["id"]
    if not isinstance(drawn_issuer, dict):
        return identifier
    kept = {name: value for name, value in drawn_issuer.items() if name not in _ENDORSEMENTS}
    return kept | {"id": identifier}


# Writing


def _escaped(document: Record) -> str:
    return json.dumps(document, ensure_ascii=True, indent=2)


def _turned(document: Record) -> str:
    return json.dumps(dict(reversed(document.items())), ensure_ascii=False, separators=(",", ":"))


def _with_exponent(document: Record) -> str:
    return json.dumps(document, ensure_ascii=False).replace("1000.0", "1e3")


#: Other layouts of the same JSON.
LAYOUTS: tuple[Callable[[Record], str], ...] = (_escaped, _turned, _with_exponent)
