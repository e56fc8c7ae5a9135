"""Signing in at a host as a browser would, or letting a program or a person do it."""
