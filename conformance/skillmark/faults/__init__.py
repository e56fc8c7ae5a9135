"""Named ways to be broken, and conformant personas that must be spared: how the harness itself is tested."""
