"""The settings of a target, one module per section of ``target.toml``."""
