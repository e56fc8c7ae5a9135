"""Securing: keys, DIDs, JOSE, Data Integrity proofs and status lists of verifiable credentials.

Nothing here opens a connection: documents and the present time are parameters.
"""
