"""Issuers to try the plans of issuers on: faults, conformant personas, and null products.

From the ground up: `healthy` has the credentials that all are made of, `securing` signs them as carelessly as a fault needs it,
`handing_in` says what an issuer hands in and runs the plan on it. `mutated` derives faults from the strategies, `written`,
`signed` and `packed` name theirs, and `declared` has them all. `endpoints` are products that issue on request, with their
faults and personas beside them.
"""
