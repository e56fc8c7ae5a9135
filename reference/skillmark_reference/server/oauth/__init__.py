"""The authorization server: clients, persons, what they allow, and the tokens that show it.

OAuth 2.0 as Open Badges 3.0 and CLR 2.0 profile it (Open Badges API Security): RFC 6749 with PKCE (RFC 7636), dynamic
registration (RFC 7591), revocation (RFC 7009), metadata (RFC 8414). Tokens of the CASE interface come from here, too.
"""

from skillmark_reference.server.oauth.accounts import Account, Accounts
from skillmark_reference.server.oauth.authority import Authority
from skillmark_reference.server.oauth.grants import Admission

__all__ = ["Account", "Accounts", "Admission", "Authority"]
