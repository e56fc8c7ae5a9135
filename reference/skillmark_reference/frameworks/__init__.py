"""CASE frameworks: reading, checking, storing, querying, rendering."""
