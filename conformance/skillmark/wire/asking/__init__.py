"""Asking products that verify or issue, and reading what they say."""
