"""Running whole plans against the independent provider, in process, and what is read off their results."""

from __future__ import annotations

from skillmark.core.target import Authentication, AuthenticationMethod, Feature, Limits, Product, Target
from skillmark.engine import Depth
from skillmark.plans import find_plan
from skillmark.runs import RunOptions, certify
from skillmark.wire.in_process import AsgiTransport

from .provider import CLIENT, HOST, SECRET, TOKEN, Provider
from .results import Judged

#: Enough to look at everything once, and quick.
QUICK = Depth(name="smoke", examples=4, reads=20, packages=14, documents=400, steps=8, walks=1, shrinks=6)
LIST_FEATURES = frozenset({Feature.PAGINATION, Feature.SORTING, Feature.FILTERING, Feature.FIELD_SELECTION})
EVERYTHING = LIST_FEATURES | {Feature.RUBRICS, Feature.EXTENSIONS, Feature.ALL_FIELDS}


def judged(
    provider: Provider,
    *,
    claims: frozenset[Feature] | None = None,
    depth: Depth = QUICK,
    seed: int = 7,
    requests: int = 4000,
    access: str | None = None,
    headers: tuple[tuple[str, str], ...] = (),
) -> Judged:
    """Run the whole plan of the provider's version against it.

    ``access`` gives credentials to a provider that may not ask for any.
    """
    switches = provider.switches
    authentication = {
        "": Authentication(),
        "bearer": Authentication(method=AuthenticationMethod.BEARER, token=TOKEN),
        "client credentials": Authentication(
            method=AuthenticationMethod.CLIENT_CREDENTIALS,
            token_url=f"{HOST}{switches.prefix}/oauth2/token",
            client_id=CLIENT,
            client_secret=SECRET,
        ),
    }[switches.access if access is None else access]
    target = Target(
        url=HOST + switches.prefix,
        product=Product(name="Independent", version="1", vendor="Somebody else"),
        authentication=authentication,
        claims=claims,
        headers=headers,
        limits=Limits(requests=requests),
        lab=True,
    )
    transport = AsgiTransport(provider)
    try:
        result = certify(
            find_plan(f"case-{provider.version}-provider"),
            target,
            options=RunOptions(seed=seed, depth=depth),
            transport=transport,
        )
    finally:
        transport.close()
    return Judged(result=result)
