"""Verb for products that people look at: kit."""

from __future__ import annotations

import dataclasses
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from skillmark.asking_by_hand import PORT, write_kit
from skillmark.cli import consoles
from skillmark.cli.application import app, examples
from skillmark.cli.options import (
    ForceOption,
    LevelOption,
    ListenOption,
    PublicUrlOption,
    SeedOption,
    TargetOption,
    plan_ids,
    served,
)
from skillmark.core.clock import SystemClock
from skillmark.core.errors import Misconfigured
from skillmark.core.target import VERIFIABLE_FORMATS, Adapter, Target, VerifierInterface
from skillmark.engine import find_depth
from skillmark.plans import PLANS, Asks, find_plan
from skillmark.reporting.wording import counted
from skillmark.runs import DEFAULT_SEED
from skillmark.wire.kits.kits import documents_of, is_made, read_kit
from skillmark.wire.kits.pages import PAGE
from skillmark.wire.peers.serving import Served, ServingPeer, Shelf
from skillmark.wire.settings.configuration import load_target
from skillmark.wire.settings.verifiers import DEFAULT_KIT

if TYPE_CHECKING:
    from skillmark.core.interfaces import Peer
    from skillmark.plans import Plan
    from skillmark.wire.kits.kits import Kit

_ASKING = [plan.id for plan in PLANS.values() if plan.asks is Asks.ANSWERS]


@app.command(
    epilog=examples(
        "skillmark kit --plan ob-3.0-displayer --out kit",
        "skillmark kit --plan ob-3.0-displayer --target target.toml --serve",
        "skillmark kit --plan vc-verifier --level smoke --out kit --force",
        "skillmark kit --plan vc-verifier --out kit --serve --public-url https://bench.example.org --listen 0.0.0.0:8643",
    )
)
def kit(
    *,
    plan: Annotated[
        str, typer.Option("--plan", metavar="PLAN", help=f"One of: {', '.join(_ASKING)}.", autocompletion=plan_ids)
    ],
    target: TargetOption = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder of the kit; that of the target file without it.")
    ] = None,
    level: LevelOption = "full",
    seed: SeedOption = DEFAULT_SEED,
    serve: Annotated[
        bool,
        typer.Option(
            "--serve",
            help="Serve what the records of the kit point to, until Ctrl-C; a kit that is there already is served as it is.",
        ),
    ] = False,
    public_url: PublicUrlOption = None,
    listen: ListenOption = None,
    force: ForceOption = False,
) -> None:
    """Write a kit for products that people look at.

    Numbered files, and a page on which a person ticks what the product says and shows of each. A run
    with adapter = "manual" under [verifier] reads the answers; it asks the same files, byte for byte.
    """
    chosen, depth = find_plan(plan), find_depth(level)
    product = served(chosen, _product(chosen, target, out), public_url=public_url, listen=listen)
    folder = product.verifier.kit or Path(DEFAULT_KIT)
    if serve and is_made(folder) and not force:
        made = read_kit(folder)
    else:
        made = write_kit(chosen, product, seed=seed, depth=depth, clock=SystemClock(), replace=force)
        consoles.say(f"Wrote {counted(len(made.questions), 'file')} to {folder}. Tick them in {folder / PAGE}.")
        consoles.say('Then name both under [verifier]: adapter = "manual", kit = "...", answers = "answers.json".')
    if serve:
        _serve(made, product.peer)
    elif made.documents:
        consoles.say(f"Its records point to {made.making.address}: skillmark kit --serve serves it while people look.")


def _product(plan: Plan, file: Path | None, out: Path | None) -> Target:
    """Return the product as it is asked by hand, whatever its file says of other ways.

    Raises:
        Misconfigured: The plan asks nothing that a person could answer, or the file cannot be read.
    """
    if plan.asks is not Asks.ANSWERS:
        raise Misconfigured(f"There is no kit for {plan.id}. Plans with kits: {', '.join(_ASKING)}.")
    # What a product reads is not known without a file: the kit asks for everything, and the run for what is claimed.
    everything = Target(verifier=VerifierInterface(formats=VERIFIABLE_FORMATS, images=True))
    product = everything if file is None else load_target(file, environ=os.environ)
    folder = out or product.verifier.kit or (file.parent if file else Path()) / DEFAULT_KIT
    by_hand = dataclasses.replace(product.verifier, adapter=Adapter.MANUAL, kit=folder, answers=None)
    return dataclasses.replace(product, verifier=by_hand)


def _serve(made: Kit, peer: Peer) -> None:
    """Serve what a kit points to until the user stops it.

    Raises:
        Misconfigured: The port is taken, or a file cannot be read or written.
    """
    shelf, address = Shelf(), urlsplit(made.making.address)
    for path, (media_type, content) in documents_of(made).items():
        shelf.put(path, Served(content=content, media_type=media_type))
    port = peer.port or address.port or PORT
    with ServingPeer(shelf, dataclasses.replace(peer, port=port, public_url=made.making.address)) as server:
        trust = f" Let the product trust {peer.authority}." if peer.authority else ""
        served = counted(len(made.documents), "document")
        consoles.say(f"Serving {served} on port {port} as {server.url} until Ctrl-C.{trust}")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            consoles.say(f"Stopped. The product asked {shelf.requests:,} times.")
