"""What a relying party decides beside the standards."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a relying party decides beside the standards."""

    #: Issuers of status lists that are trusted beside the issuer of the credential itself.
    status_issuers: frozenset[str] = frozenset()
    #: Whether a Verifiable Credential that is neither of Open Badges nor of CLR is judged by the rules of W3C alone. These do
    #: not tie a key to the issuer or the holder whom a document names: who relies on such a verdict compares them.
    takes_strangers: bool = False
    #: Whether images at addresses are read, and held against the formats of the standard.
    reads_images: bool = False
    #: Credentials in credentials in credentials.
    deepest: int = 8
    #: Credentials altogether, status lists included.
    most_credentials: int = 5_000
    #: Documents that are read for one credential and all inside of it.
    most_documents: int = 200
    most_bytes: int = 16 * 2**20
    #: JSON values in one document, each text, number, object and array counted. A record with a thousand badges has about 60,000.
    most_values: int = 400_000
