"""Running the plan of verifiers against the independent one, and what is read off the results."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.independent.results import Judged

from skillmark.core.target import Limits, Target, VerifierInterface
from skillmark.engine import Depth
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.wire.peers.serving import Shelf

from .documents import from_shelf
from .product import Product, by_status
from .verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Callable

    from skillmark.engine import Check

    from .product import Answered

URL = "https://verifier.example.net"
PLAN = "vc-verifier"
#: What the plain verifier claims.
FORMATS = ("eddsa-rdfc-2022", "ecdsa-rdfc-2019", "vc-jwt-RS256", "vc-jwt-ES256", "vc-jwt-EdDSA")
CLAIMS = VerifierInterface(formats=FORMATS)
#: Enough to look at everything once, and quick.
QUICK = Depth(name="smoke", examples=4, reads=20, packages=4, documents=40, steps=4, walks=1, shrinks=4)


def judged(
    make: Callable[..., Verifier] = Verifier,
    *,
    claims: VerifierInterface = CLAIMS,
    answers: Callable[[str], Answered] = by_status,
    only: Callable[[Check], bool] = lambda _: True,
    depth: Depth = QUICK,
) -> Judged:
    """Run the plan, or some of its checks, against a verifier in process."""
    shelf = Shelf()
    product = Product(make(from_shelf(shelf)), answers)
    target = Target(url=URL, verifier=claims, limits=Limits(requests=4000), lab=True)
    options = RunOptions(seed=7, depth=depth, only=only)
    result = certify(find_plan(PLAN), target, options=options, transport=product, shelf=shelf)
    return Judged(result=result, crashes=tuple(product.crashes))
