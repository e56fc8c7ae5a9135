"""Credentials: Open Badges and Comprehensive Learner Records, issued, verified, and baked into images.

Documents that a credential refers to come from the caller, who gets them through `skillmark_reference.documents`; the present
time is a parameter. `verifying` is the way in, and `algorithm` the order of the steps; each step is in the module of its subject,
for example `structure`, `proofs`, `tokens`, `schemas`, `statuses` or `refreshing`. `presentations` is what holders show,
`preconditions` what an issuer asks before it signs.
"""
