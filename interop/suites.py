"""What is compared: suites, kinds of documents, and the ways a credential takes between two implementations."""

from __future__ import annotations

import dataclasses
import enum

from skillmark_reference.securing.jose import Algorithm
from skillmark_reference.securing.keys import KeyType


class Form(enum.Enum):
    """How a credential is secured."""

    EMBEDDED = "Data Integrity"
    SELECTIVE = "Data Integrity with selective disclosure"
    LEGACY = "Ed25519Signature2020"
    #: Open Badges 3.0 and CLR 2.0, JSON Web Token Proof Format.
    VC_JWT = "VC-JWT"
    #: The same with a credential of data model 1.1, which is in the claim ``vc``.
    VC_JWT_1 = "VC-JWT of data model 1.1"
    #: Securing Verifiable Credentials using JOSE and COSE.
    VC_AND_JWT = "vc+jwt"

    @property
    def is_token(self) -> bool:
        """Whether the secured credential is a compact JWS."""
        return self in {Form.VC_JWT, Form.VC_JWT_1, Form.VC_AND_JWT}

    @property
    def is_version_1(self) -> bool:
        """Whether the credential is of data model 1.1."""
        return self in {Form.LEGACY, Form.VC_JWT_1}


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One row of the table of suites."""

    #: The ``cryptosuite``, or the ``alg`` of tokens.
    name: str
    form: Form
    key: KeyType


class Suite(enum.Enum):
    """A cryptosuite with a kind of key, or a form of token with an algorithm."""

    EDDSA_RDFC = Facts(name="eddsa-rdfc-2022", form=Form.EMBEDDED, key=KeyType.ED25519)
    EDDSA_JCS = Facts(name="eddsa-jcs-2022", form=Form.EMBEDDED, key=KeyType.ED25519)
    ECDSA_RDFC_P256 = Facts(name="ecdsa-rdfc-2019", form=Form.EMBEDDED, key=KeyType.P256)
    ECDSA_RDFC_P384 = Facts(name="ecdsa-rdfc-2019", form=Form.EMBEDDED, key=KeyType.P384)
    ECDSA_JCS_P256 = Facts(name="ecdsa-jcs-2019", form=Form.EMBEDDED, key=KeyType.P256)
    ECDSA_JCS_P384 = Facts(name="ecdsa-jcs-2019", form=Form.EMBEDDED, key=KeyType.P384)
    ECDSA_SD = Facts(name="ecdsa-sd-2023", form=Form.SELECTIVE, key=KeyType.P256)
    ED25519_2020 = Facts(name="Ed25519Signature2020", form=Form.LEGACY, key=KeyType.ED25519)
    VC_JWT_RS256 = Facts(name="RS256", form=Form.VC_JWT, key=KeyType.RSA)
    VC_JWT_ES256 = Facts(name="ES256", form=Form.VC_JWT, key=KeyType.P256)
    VC_JWT_ES384 = Facts(name="ES384", form=Form.VC_JWT, key=KeyType.P384)
    VC_JWT_EDDSA = Facts(name="EdDSA", form=Form.VC_JWT, key=KeyType.ED25519)
    VC_JWT_1_ES256 = Facts(name="ES256", form=Form.VC_JWT_1, key=KeyType.P256)
    VC_JWT_1_EDDSA = Facts(name="EdDSA", form=Form.VC_JWT_1, key=KeyType.ED25519)
    VC_AND_JWT_RS256 = Facts(name="RS256", form=Form.VC_AND_JWT, key=KeyType.RSA)
    VC_AND_JWT_ES256 = Facts(name="ES256", form=Form.VC_AND_JWT, key=KeyType.P256)
    VC_AND_JWT_ES384 = Facts(name="ES384", form=Form.VC_AND_JWT, key=KeyType.P384)
    VC_AND_JWT_EDDSA = Facts(name="EdDSA", form=Form.VC_AND_JWT, key=KeyType.ED25519)

    @property
    def form(self) -> Form:
        """How a credential is secured."""
        return self.value.form

    @property
    def title(self) -> str:
        """The suite as people write it, with the curve where the name leaves it open."""
        if self.form.is_token:
            return f"{self.form.value}, {self.value.name}"
        return f"{self.value.name}, {self.value.key.value}" if "2019" in self.value.name else self.value.name

    @property
    def algorithm(self) -> Algorithm:
        """The algorithm of a token."""
        return Algorithm(self.value.name)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The documents that can be secured so: CLR 2.0 came after data model 1.1."""
        return (Kind.OPEN_BADGE, Kind.ENDORSEMENT) if self.form.is_version_1 else tuple(Kind)

    @property
    def routes(self) -> tuple[Route, ...]:
        """The ways between two implementations that a credential can take."""
        if self.form is Form.LEGACY:
            return (Route.TO,)
        is_selective = self.form is Form.SELECTIVE
        return tuple(route for route in Route if (Verb.DERIVE in route.verbs) == is_selective)


class Kind(enum.Enum):
    """The documents, by type."""

    #: With results, rubric levels, evidence and an alignment.
    ACHIEVEMENT = "AchievementCredential"
    #: The same type under its other name, without the lists of JSON-LD.
    OPEN_BADGE = "OpenBadgeCredential"
    ENDORSEMENT = "EndorsementCredential"
    #: With members that their own issuers signed.
    CLR = "ClrCredential"

    @property
    def is_badge(self) -> bool:
        """Whether an achievement is what it is about."""
        return self in {Kind.ACHIEVEMENT, Kind.OPEN_BADGE}


class Verb(enum.Enum):
    """What is done with a credential on its way."""

    ISSUE = "issue"
    DERIVE = "derive"
    VERIFY = "verify"


class Side(enum.Enum):
    """Who does it."""

    OURS = "we"
    THEIRS = "they"


class Route(enum.Enum):
    """Who issues, who derives where a holder does, who verifies: O is this project, T is they."""

    OT = "OT"
    TO = "TO"
    OOT = "OOT"
    OTO = "OTO"
    OTT = "OTT"
    TOO = "TOO"
    TOT = "TOT"
    TTO = "TTO"

    @property
    def acts(self) -> tuple[tuple[Side, Verb], ...]:
        """Who does what, in order."""
        sides = [Side.OURS if letter == "O" else Side.THEIRS for letter in self.value]
        return tuple(zip(sides, self.verbs, strict=True))

    @property
    def verbs(self) -> tuple[Verb, ...]:
        """What is done, in order."""
        return (Verb.ISSUE, Verb.VERIFY) if len(self.value) == len("OT") else tuple(Verb)

    @property
    def title(self) -> str:
        """The way in words."""
        return ", ".join(f"{side.value} {verb.value}" for side, verb in self.acts)


class Tampering(enum.Enum):
    """What is changed in a credential that was fine."""

    VALUE = "another value"
    SIGNATURE = "another signature"
    UNDEFINED_TERM = "a member that no context defines"
    OTHER_KEY = "signed with another key in the name of the issuer"
