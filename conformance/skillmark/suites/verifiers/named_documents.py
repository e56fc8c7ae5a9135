"""Schemas, related resources and contexts that a credential names, and that are not what they should be."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import TYPE_CHECKING, Any

from skillmark.suites.verifiers.defects import DEFECTS, MAIN, PLAIN, everywhere, in_what_is_whole, over_whole_statements
from skillmark.suites.verifiers.lists import EXTENSIONS, slug
from skillmark.suites.verifiers.publishing import CONTEXT, JSON, SCHEMA
from skillmark.suites.verifiers.samples import Kind, proved, written
from skillmark_reference.credentials.steps.context_states import newest_contexts

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.suites.verifiers.samples import Sample

SCHEMAS = "OB30-R-121"
_SATISFIED, _ALGORITHM = "OB30-R-123", "OB30-R-114"
_OF_1EDTECH = "1EdTechJsonSchemaValidator2019"
_DRAFT = "https://json-schema.org/draft/2019-09/schema"
_OF_MISSING = "That a schema cannot be had is not the same as that the credential does not conform to it."
_OF_OTHERS = "Open Badges 3.0 speaks of schemas of the type 1EdTechJsonSchemaValidator2019 only."
_OF_RESOURCES = "Digests of related resources are of VC Data Model 2.0, 5.3; Open Badges 3.0 does not speak of them."
_TERM = "https://skillmark.example/terms#{name}"


# Schemas


def _schema(*required: str) -> dict[str, Any]:
    members = {"@context": {"type": "array"}, "id": {"type": "string"}}
    return {"$schema": _DRAFT, "type": "object", "properties": members, "required": [*members, *required]}


def _with_schemas(sample: Sample, *entries: dict[str, Any]) -> str:
    contexts = [*sample.draft()["@context"], EXTENSIONS]
    named = entries[0] if len(entries) == 1 else list(entries)
    return sample.secured(sample.draft() | {"@context": contexts, "credentialSchema": named})


def published_schema(sample: Sample, name: str, *required: str, kind: str = _OF_1EDTECH) -> dict[str, Any]:
    """Serve a schema that wants some members, and return how a credential names it."""
    address = sample.place.put(f"schemas/{slug(sample)}/{name}.json", _schema(*required), SCHEMA)
    return {"id": address, "type": kind}


def conforming(sample: Sample) -> str:
    """Return the credential with a schema to which it conforms."""
    return _with_schemas(sample, published_schema(sample, "usual"))


def _schematic(
    says: str, *, dispute: str = "", kinds: frozenset[Kind] = MAIN
) -> Callable[[Callable[[Sample], str]], Callable[[Sample], str]]:
    return DEFECTS.add(SCHEMAS, says, where=everywhere, kinds=kinds, dispute=dispute, twin=conforming)


@_schematic("it does not conform to the schema that it names", kinds=PLAIN)
def wrong_schema(sample: Sample) -> str:
    """Name a schema that wants a member that is missing."""
    return _with_schemas(sample, published_schema(sample, "strict", "description"))


@_schematic("it conforms to the first schema that it names, and not to the second")
def second_schema(sample: Sample) -> str:
    """Name a second schema that wants a member that is missing."""
    usual, strict = published_schema(sample, "usual"), published_schema(sample, "strict", "description")
    return _with_schemas(sample, usual, strict)


@_schematic("it does not conform to a schema of the type JsonSchema beside that of 1EdTech", dispute=_OF_OTHERS)
def wrong_json_schema(sample: Sample) -> str:
    """Name a schema of W3C's type that wants a member that is missing."""
    other = published_schema(sample, "strict-w3c", "description", kind="JsonSchema")
    return _with_schemas(sample, published_schema(sample, "usual"), other)


@_schematic("the schema that it names cannot be had", dispute=_OF_MISSING)
def missing_schema(sample: Sample) -> str:
    """Name a schema that is not there."""
    address = sample.place.put(f"schemas/{slug(sample)}/missing.json", {}, SCHEMA, status=404)
    return _with_schemas(sample, {"id": address, "type": _OF_1EDTECH})


@_schematic("the schema that it names is no JSON", dispute=_OF_MISSING)
def unreadable_schema(sample: Sample) -> str:
    """Name a schema that is cut off."""
    address = sample.place.put(f"schemas/{slug(sample)}/cut-off.json", '{"type": "obj', SCHEMA)
    return _with_schemas(sample, {"id": address, "type": _OF_1EDTECH})


# Related resources


def _with_resource(sample: Sample, name: str, served: dict[str, Any], stated: dict[str, Any]) -> str:
    """Return the credential with a related resource, of which it states the digest of another content."""
    address = sample.place.put(f"resources/{slug(sample)}/{name}.json", served, JSON)
    digest = base64.b64encode(hashlib.sha384(json.dumps(stated).encode()).digest()).decode()
    resource = {"id": address, "mediaType": JSON, "digestSRI": f"sha384-{digest}"}
    return sample.secured(sample.draft() | {"relatedResource": [resource]})


def with_resource(sample: Sample) -> str:
    """Return the credential with a related resource that is as its digest says."""
    content = {"version": 1}
    return _with_resource(sample, "usual", content, content)


@DEFECTS.add(
    _SATISFIED,
    "a related resource is not the one whose digest it states",
    where=in_what_is_whole,
    kinds=MAIN,
    is_hole=True,
    dispute=_OF_RESOURCES,
    twin=with_resource,
)
def changed_resource(sample: Sample) -> str:
    """Serve another resource."""
    return _with_resource(sample, "changed", {"version": 2}, {"version": 1})


# Contexts


def with_extension(sample: Sample) -> str:
    """Return the credential with a member that a context of the issuer's own defines."""
    return _extended(sample, "usual", served=_term("distinction"))


def _term(name: str) -> dict[str, Any]:
    return {"@context": {"distinction": _TERM.format(name=name)}}


def _extended(sample: Sample, name: str, *, served: dict[str, Any]) -> str:
    """Return the credential as it was signed with one context, and serve one."""
    address = sample.place.put(f"contexts/{slug(sample)}/{name}.jsonld", served, CONTEXT)
    known = newest_contexts().with_documents({address: json.dumps(_term("distinction")).encode()})
    draft = sample.draft()
    draft["credentialSubject"]["distinction"] = "summa cum laude"
    document = draft | {"@context": [*draft["@context"], address]}
    return written(proved(document, sample.form, sample.issuer, contexts=known))


@DEFECTS.add(
    _ALGORITHM,
    "a context that it names was changed after signing, and its terms mean something else",
    where=over_whole_statements,
    kinds=MAIN,
    is_hole=True,
    twin=with_extension,
)
def changed_context(sample: Sample) -> str:
    """Let the context give another meaning to the member."""
    return _extended(sample, "changed", served=_term("disgrace"))
