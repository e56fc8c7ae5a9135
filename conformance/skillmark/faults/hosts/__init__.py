"""Hosts with one peculiarity: a fault that has to be caught, or a manner that has to be spared.

A host keeps state, so each of them is made anew for every run: the reference host in process (`world`), and a small change
around it (`behaving`).
"""
