"""Checks of products that display credentials: the status that they find, the proofs that they read, what they show.

`duties` says which requirements of a catalogue are about what, `badges` makes what is asked about, `evidence` keeps the answers;
the other modules hold the checks. Answers come through `skillmark.wire.asking.verifiers`; what is shown is stated by a person.
"""
