"""All verbs; importing a module registers its own."""

from skillmark.cli import fixtures, information, selfcheck, serving, settings, testing

__all__ = ["fixtures", "information", "selfcheck", "serving", "settings", "testing"]
