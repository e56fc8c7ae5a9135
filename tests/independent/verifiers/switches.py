"""What a verifier may choose."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Switches:
    """The choices of a verifier; the defaults are those of the plain one."""

    # Proofs
    #: One good proof of the issuer is enough (Open Badges 3.0, Proof Formats).
    any_proof: bool = False
    #: Whether ``expires`` of a proof counts.
    proof_expires: bool = True
    #: Whether a proof that was made in the future is refused.
    created_to_come: bool = True
    #: Whether ``revoked`` and ``expires`` of keys count.
    key_times: bool = True
    # Tokens
    #: Members of the header beside those of the table, and other values of typ.
    free_header: bool = False
    #: Whether a subject without id makes a token invalid, as the letter has it.
    wants_sub: bool = False
    #: Whether bits of base64url that are no part of an octet may be anything.
    loose_bits: bool = False
    #: Seconds that clocks may differ.
    leeway: float = 0.0
    #: How many algorithms it knows.
    algorithms: tuple[str, ...] = ("RS256", "ES256", "EdDSA")
    suites: tuple[str, ...] = ("eddsa-rdfc-2022", "ecdsa-rdfc-2019")
    curves: tuple[str, ...] = ("P-256", "P-384")
    # DIDs
    methods: tuple[str, ...] = ("key", "jwk", "web")
    # Contents
    #: Whether credentials of data model 1.1 are read.
    old_model: bool = True
    #: Whether contexts that it does not know are fetched.
    fetches_contexts: bool = True
    #: Whether related resources are compared.
    resources: bool = True
    #: Whether a schema that cannot be had makes a credential invalid.
    missing_schema: bool = True
    #: Types of schemas that it knows.
    schemas: tuple[str, ...] = ("1EdTechJsonSchemaValidator2019", "JsonSchema")
    # Statuses
    statuses: tuple[str, ...] = ("BitstringStatusListEntry", "1EdTechRevocationList")
    purposes: tuple[str, ...] = ("revocation", "suspension")
    #: Whether a status that cannot be told makes a credential invalid.
    missing_list: bool = True
    #: Whether a type of status that it does not know makes a credential invalid.
    unknown_status: bool = False
    #: Whether the first of several statuses is enough, of which Open Badges has one.
    first_status: bool = False
    #: Whether lists of other issuers count.
    foreign_lists: bool = False
    # What is inside
    #: Whether an endorsement that is over makes a badge invalid.
    endorsement_dates: bool = True
    # Fetching
    #: ``once`` keeps every document but lists for the run, ``always`` lists too, ``never`` none.
    keeps: str = "never"
    #: Whether everything that a credential names is fetched before anything is verified.
    eager: bool = False
    #: Whether the dates and lists are looked at before the proof, where there is no newer copy.
    proof_last: bool = False
    #: Whether a newer copy has to be of the same credential.
    same_copy: bool = False
    # Answers
    #: Every so many requests there is no answer.
    silent_every: int = 0
