"""Open Badges 3.0 and CLR 2.0: what issuers make, held against the requirements that bind them.

From the ground up: `sources` reads what was handed in, `shown` is what it shows, `evidence` gathers it for a run and has each
credential verified once, `sightings` says what a rule can see. The rules are in one module for each group of clauses, once for
both standards: what CLR repeats of Open Badges is decided by the same rule. `suite` makes a suite of them for a catalogue.
"""
