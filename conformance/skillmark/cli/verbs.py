"""All verbs; importing a module registers its own."""

from skillmark.cli import (
    demonstrating,
    fetching,
    fixtures,
    information,
    issuing,
    keys,
    kits,
    selfcheck,
    serving,
    settings,
    testing,
    verifying,
)
from skillmark.cli.application import app

__all__ = [
    "demonstrating",
    "fetching",
    "fixtures",
    "information",
    "issuing",
    "keys",
    "kits",
    "selfcheck",
    "serving",
    "settings",
    "testing",
    "verifying",
]

#: The order in which a newcomer needs them.
_ORDER = [
    "demo",
    "init",
    "doctor",
    "test",
    "replay",
    "report",
    "plans",
    "requirements",
    "explain",
    "schema",
    "kit",
    "serve",
    "import",
    "issue",
    "derive",
    "fetch",
    "send",
    "verify",
    "selfcheck",
]

app.registered_commands.sort(key=lambda verb: _ORDER.index(str(verb.name or getattr(verb.callback, "__name__", ""))))
