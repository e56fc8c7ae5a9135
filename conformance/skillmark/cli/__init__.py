"""The command line."""

from skillmark.cli.application import main

__all__ = ["main"]
