"""Skillmark: does a product really speak the standard?

Importing this package imports nothing else: the pytest plugin is loaded by every pytest run of whoever installed it.
"""

__all__ = ["__version__"]

__version__ = "0.1.0"
