"""Asking people: numbered files, a page to tick, and what was ticked."""
