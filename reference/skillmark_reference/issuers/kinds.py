"""The issuers of one server, one for each cryptosuite and type of key: an address says how its credentials are secured."""

from __future__ import annotations

import dataclasses

from skillmark_reference.securing.keys import KeyType


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class IssuerKind:
    """How one issuer secures what it issues."""

    #: The last part of its address.
    slug: str
    key_type: KeyType
    #: Of the embedded proof; nothing where credentials are enveloped as ``vc+jwt``.
    cryptosuite: str | None
    #: Whether it adds a status to every credential.
    adds_status: bool = False

    @property
    def signs_json(self) -> bool:
        """Whether the JSON itself is signed, and not the statements that linked data makes of it."""
        return self.cryptosuite is None or "-jcs-" in self.cryptosuite


#: The first one issues where no address of an issuer is named.
ISSUER_KINDS = (
    IssuerKind(slug="eddsa-rdfc-2022", key_type=KeyType.ED25519, cryptosuite="eddsa-rdfc-2022"),
    IssuerKind(slug="eddsa-jcs-2022", key_type=KeyType.ED25519, cryptosuite="eddsa-jcs-2022"),
    IssuerKind(slug="ecdsa-rdfc-2019-p-256", key_type=KeyType.P256, cryptosuite="ecdsa-rdfc-2019"),
    IssuerKind(slug="ecdsa-rdfc-2019-p-384", key_type=KeyType.P384, cryptosuite="ecdsa-rdfc-2019"),
    IssuerKind(slug="ecdsa-jcs-2019-p-256", key_type=KeyType.P256, cryptosuite="ecdsa-jcs-2019"),
    IssuerKind(slug="ecdsa-jcs-2019-p-384", key_type=KeyType.P384, cryptosuite="ecdsa-jcs-2019"),
    IssuerKind(slug="ecdsa-sd-2023", key_type=KeyType.P256, cryptosuite="ecdsa-sd-2023"),
    IssuerKind(slug="vc-jose-cose", key_type=KeyType.P256, cryptosuite=None),
    IssuerKind(slug="bitstring-status-list", key_type=KeyType.ED25519, cryptosuite="eddsa-rdfc-2022", adds_status=True),
)
