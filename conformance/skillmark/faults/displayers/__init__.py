"""Products that display badly, each with one rule switched off, and such that display well in their own manner.

`products` answers as a product does, on the verifier of the reference; `broken` has the faults, `personas` those to be spared.
"""
