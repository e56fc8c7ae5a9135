"""Values of the harness: outcomes, findings, exchanges, targets, errors. Knows only the standard library."""
