"""Verbs of keys: generate, show."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from skillmark.cli import consoles, outputs
from skillmark.cli.application import app, examples, show_help
from skillmark.cli.options import ForceOption, JsonOption  # noqa: TC001 - Typer reads annotations at run time
from skillmark.core.errors import Misconfigured
from skillmark.reporting.writing import dumped

if TYPE_CHECKING:
    from skillmark_reference.securing.keys import PublicKey

#: By the name of the option: the ``crv`` of a JWK, or its ``kty``.
_TYPES = {"ed25519": "Ed25519", "p-256": "P-256", "p-384": "P-384", "rsa": "RSA"}

keys = typer.Typer(
    invoke_without_command=True,
    rich_markup_mode=None,
    help="Keys of issuers: make one, show what is published of it.",
    epilog=examples("skillmark keys generate --out issuer-key.json", "skillmark keys show issuer-key.json"),
)
app.add_typer(keys, name="keys", callback=show_help)


@keys.command(
    epilog=examples(
        "skillmark keys generate",
        "skillmark keys generate --type p-256 --out school.json",
        "skillmark keys generate --type rsa --out - | install -m 600 /dev/stdin /etc/school/key.json",
    )
)
def generate(
    *,
    key_type: Annotated[
        str,
        typer.Option(
            "--type", metavar="TYPE", help=f"One of: {', '.join(_TYPES)}.", autocompletion=lambda: list(_TYPES)
        ),
    ] = "ed25519",
    out: Annotated[
        str, typer.Option("--out", metavar="FILE", help="File to write, for its owner only; - prints the secret.")
    ] = "issuer-key.json",
    force: ForceOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make a key to issue with.

    Writes the secret to a file that only its owner can read, and prints what others may know: the DID, the public key.
    """
    if key_type not in _TYPES:
        raise Misconfigured(f"There is no type of key {key_type!r} to issue with. Types: {', '.join(_TYPES)}.")
    if as_json and out == outputs.STANDARD_OUTPUT:
        raise Misconfigured("--json prints what others may know, and --out - the secret. Leave one of them out.")
    outputs.refuse_existing(out, force=force)
    # It brings the library of signatures, which other verbs do without.
    from skillmark_reference.credentials.issuance.key_files import key_document  # noqa: PLC0415
    from skillmark_reference.securing.keys import KeyType, SecretKey  # noqa: PLC0415

    key = SecretKey.generate(KeyType(_TYPES[key_type]))
    outputs.write(out, dumped(key_document(key)).encode(), force=force, private=True)
    if out == outputs.STANDARD_OUTPUT:
        consoles.tell("This is a secret: who has it can issue in your name.")
        return
    facts = {"file": out, **_facts(key.public)}
    if as_json:
        consoles.print_json(facts)
        return
    _print(facts)
    consoles.tell(f"{out} is a secret: who has it can issue in your name. Next: skillmark issue badge.json --key {out}")


@keys.command(
    epilog=examples(
        "skillmark keys show issuer-key.json",
        "skillmark keys show issuer-key.json --json | jq .publicKeyJwk",
        "skillmark keys show issuer-key.json --controller did:web:school.example > did.json",
    )
)
def show(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File with a secret key, as `keys generate` writes it.")],
    *,
    controller: Annotated[
        str | None,
        typer.Option(
            "--controller",
            metavar="URL",
            help="Print the document that a did:web, or an https address, publishes for the key.",
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Show the public part of a key.

    Multikey, JWK, DIDs; or the document to publish it in. The secret stays where it is.
    """
    from skillmark.cli import signing  # noqa: PLC0415 - as above

    held = signing.read_key(file)
    if controller is None:
        facts = {**_facts(held.key.public), "verificationMethod": held.verification_method}
        if as_json:
            consoles.print_json(facts)
        else:
            _print(facts)
        return
    document, address = signing.published(held.key.public, controller)
    consoles.print_json(document)
    method = document["verificationMethod"][0]["id"]
    where = f"Publish it at {address}, then sign with" if address else "It follows from the DID. Sign with"
    if not as_json:
        consoles.tell(f"{where} --verification-method {method}")


def _facts(key: PublicKey) -> dict[str, Any]:
    """Return what others may know of a key."""
    from skillmark_reference.credentials.issuance.key_files import own_did, own_method  # noqa: PLC0415 - as above
    from skillmark_reference.securing.dids import did_jwk  # noqa: PLC0415 - as above
    from skillmark_reference.securing.keys import KeyType  # noqa: PLC0415 - as above

    multikey = {} if key.type is KeyType.RSA else {"publicKeyMultibase": key.multikey}
    return {
        "type": key.type.value,
        "did": own_did(key),
        "verificationMethod": own_method(key),
        "did:jwk": did_jwk(key.jwk()),
        **multikey,
        "publicKeyJwk": key.jwk(),
    }


def _print(facts: dict[str, Any]) -> None:
    width = max(map(len, facts))
    for name, value in facts.items():
        text = value if isinstance(value, str) else " ".join(dumped(value).split())
        consoles.say(f"{name:{width}}  {text}")
