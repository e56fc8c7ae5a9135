"""The reference implementation: what a conformant product looks like."""
