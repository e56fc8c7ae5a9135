"""Open Badges 3.0 and CLR 2.0: what issuers make, held against the requirements that bind them.

From the ground up: `sources` reads what was handed in, `shown` is what it shows, `submissions` has each credential verified
once, `sightings` says what a rule can see. `drawn`, `issued`, `reducing` and `fidelity` are about products that issue on request.
`evidence` gathers all of it for a run. The rules are in one module for each group of clauses, once for
both standards: what CLR repeats of Open Badges is decided by the same rule. `suite` makes a suite of them for a catalogue.
"""
