"""Checks of hosts of Open Badges 3.0 and CLR 2.0: their authorization server, their interface, and how they call others.

Rules are declared once, by the ids of Open Badges; what CLR repeats is decided by the same rules.
"""
