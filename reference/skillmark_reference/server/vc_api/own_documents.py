"""The documents of this server, read from the database in place of the network, before those of others are asked for."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from skillmark_reference.credentials.steps.context_states import newest_contexts
from skillmark_reference.documents import DocumentKind
from skillmark_reference.issuers import did_document, did_web, secured
from skillmark_reference.server.served import Served, ServedDocuments
from skillmark_reference.server.vc_api.bodies import to_bytes
from skillmark_reference.vocabularies import load_vocabulary, vocabulary_ids
from skillmark_reference.vocabularies.json_schema import json_schema

if TYPE_CHECKING:
    from skillmark_reference.credentials.steps.sources import Documents
    from skillmark_reference.issuers import Issuer
    from skillmark_reference.server.served import Publisher
    from skillmark_reference.server.vc_api.instance import Instance


def own_documents(instance: Instance, base: str, *, withheld: frozenset[DocumentKind] = frozenset()) -> Documents:
    """Return what gives the documents of an instance at an address, and those of others as a verification may ask for them.

    Contexts are never asked for: those of the tables are known, and no other (data model 2.0, B.1).

    Args:
        instance: The instance.
        base: The address of the server.
        withheld: Kinds of documents that this verification does not need.
    """
    publishers: tuple[Publisher, ...] = (functools.partial(served, instance), *instance.options.publishers)
    return ServedDocuments(base, publishers, door=instance.remote, withheld=withheld | {DocumentKind.CONTEXT})


def served(instance: Instance, url: str, base: str) -> Served | None:
    """Return the document that the server publishes at an address, as it is sent."""
    found = published(instance, base, url)
    return None if found is None else Served(content=to_bytes(found), media_type="application/json")


def published(instance: Instance, base: str, url: str) -> dict[str, Any] | None:
    """Return the document that the server publishes at an address: list, profile, DID document, key set or schema."""
    way = url.removeprefix(f"{base}/").split("/") if url.startswith(f"{base}/") else []
    match way:
        case ["status-lists", name]:
            return status_list(instance, name, url)
        case ["schemas", name]:
            return schema(name, url)
        case [".well-known", "did.json"] if did := did_web(base):
            return did_document(did, instance.issuers.values())
        case ["issuers", slug, *rest] if slug in instance.issuers:
            return _of_issuer(instance.issuers[slug], base, rest)
    return None


def _of_issuer(issuer: Issuer, base: str, rest: list[str]) -> dict[str, Any] | None:
    match rest:
        case []:
            return issuer.profile(base)
        case ["did.json"]:
            return issuer.did_document(base)
        case ["jwks.json"]:
            return issuer.key_set(base)
    return None


def status_list(instance: Instance, name: str, url: str) -> dict[str, Any] | None:
    """Return the secured credential of a status list, provided that it was opened for this address."""
    found = instance.status_lists.published(name)
    if found is None or found.url != url:
        return None
    issuer = instance.issuers[found.issuer]
    return secured(
        found.credential(issuer.did),
        issuer,
        verification_method=issuer.verification_method(issuer.did, ""),
        created=instance.clock.now(),
        contexts=newest_contexts(),
    )


def schema(name: str, url: str) -> dict[str, Any] | None:
    """Return the JSON Schema of a class, by a name such as ``ob-3.0-AchievementCredential.json``."""
    for vocabulary in map(load_vocabulary, vocabulary_ids()):
        record_class = name.removeprefix(f"{vocabulary.id}-").removesuffix(".json")
        if name == f"{vocabulary.id}-{record_class}.json" and record_class in vocabulary.classes:
            return {**json_schema(vocabulary, record_class), "$id": url}
    return None


def schema_names() -> list[str]:
    """Return the names of all schemas."""
    return [
        f"{vocabulary.id}-{name}.json"
        for vocabulary in map(load_vocabulary, vocabulary_ids())
        for name in vocabulary.classes
    ]
