"""The learner records of the case study: skills, micro-credentials, certificates and records, issued with TEST KEYS.

A `Setting` says where, when and under which names; the `catalogue` lists every credential with its verdict; `issue` makes one;
`hosted` has everything that a server at the base of the setting answers with.
"""
