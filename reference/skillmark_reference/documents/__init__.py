"""The one door through which remote documents enter: contexts, schemas, keys, profiles, status lists, credentials, images.

What a credential refers to are addresses that a stranger chose. So nothing else in this package opens a connection to
one, and here every address, every hop and every byte is held against a policy before it counts. From the ground up:
`kinds` is the table of what may enter, `records` says what happened and what can go wrong, `policies` decides about
addresses, `decoding` and `exchanging` do HTTP, `reading` looks at the content, `caching` keeps it, `loading` is the door.
"""

from skillmark_reference.documents.kinds import DocumentKind, Form
from skillmark_reference.documents.loading import Document, Documents
from skillmark_reference.documents.policies import Clock, Policy, SystemClock
from skillmark_reference.documents.records import DocumentProblem, Fetch, Refused, Source, Unavailable, Unusable

__all__ = [
    "Clock",
    "Document",
    "DocumentKind",
    "DocumentProblem",
    "Documents",
    "Fetch",
    "Form",
    "Policy",
    "Refused",
    "Source",
    "SystemClock",
    "Unavailable",
    "Unusable",
]
