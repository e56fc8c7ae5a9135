"""The steps of a verification, one module per subject, and what they share."""
