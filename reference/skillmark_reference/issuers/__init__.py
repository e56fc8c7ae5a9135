"""The issuers of a server: their keys and names, what they issued, and the status lists that they publish.

Keys are made when a database is used for the first time, and stay in it as JSON: whoever can read the database can sign.
"""

from skillmark_reference.issuers.identities import Issuer, did_document, did_web
from skillmark_reference.issuers.issued_credentials import IssuedCredential, IssuedCredentials
from skillmark_reference.issuers.kinds import ISSUER_KINDS, IssuerKind
from skillmark_reference.issuers.secret_keys import issuers_of
from skillmark_reference.issuers.signing import secured
from skillmark_reference.issuers.status_lists import FinalStatus, PublishedList, StatusLists, UnknownEntry

__all__ = [
    "ISSUER_KINDS",
    "FinalStatus",
    "IssuedCredential",
    "IssuedCredentials",
    "Issuer",
    "IssuerKind",
    "PublishedList",
    "StatusLists",
    "UnknownEntry",
    "did_document",
    "did_web",
    "issuers_of",
    "secured",
]
