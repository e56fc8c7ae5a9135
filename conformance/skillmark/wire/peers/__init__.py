"""Parties that the harness plays: servers of documents that products fetch, a host that clients call, servers that misbehave."""
