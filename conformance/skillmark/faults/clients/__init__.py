"""Broken clients of hosts, conformant personas and null products: each calls the host that the harness plays."""
