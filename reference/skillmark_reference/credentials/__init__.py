"""Credentials: Open Badges and Comprehensive Learner Records, issued, verified, and baked into images.

Documents that a credential refers to come from the caller, who gets them through `skillmark_reference.documents`; the present
time is a parameter.
"""
