"""The recording HTTP client: exchanges, limits, evidence."""
