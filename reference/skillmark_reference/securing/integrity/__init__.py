"""Data Integrity proofs (Verifiable Credential Data Integrity 1.0): from a document to signed statements, and to a verdict.

From the ground up: `problems` says what can be wrong, `json_values` and `statements` are what is signed, `contexts` the
only door for JSON-LD contexts, `active_contexts` what PyLD made of them; `expansion` turns documents into statements without
losing anything, most of them the short way of `plain_documents` and `scopes`; `canonicalization` gives them one form,
`transforming` hashes them, `cryptosuites` and `selective` sign and verify, `proofs` handles sets and chains.
"""
