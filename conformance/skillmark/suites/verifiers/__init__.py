"""Checks of products that verify: valid credentials are accepted, and those with one defect are refused.

`samples` makes what is asked about, the other modules what can be wrong with it: in embedded proofs, tokens, contents, and in the
credentials inside; `members`, `record_endorsements` and `nesting` are about records alone. `scopes` says what each plan is about,
`suite` puts the checks together. The answers come through `skillmark.wire.asking.verifiers`.
"""
