"""Looking at the transport itself: which versions of TLS and SSL a server speaks, and whether it answers without."""

from __future__ import annotations

import dataclasses
import os
import socket
import ssl
import warnings

_SECONDS = 10.0
#: Cipher suites of SSLv3 days, which any server that still speaks it has: RC4, 3DES and AES-CBC with RSA.
_OLD_SUITES = bytes.fromhex("00040005000a002f0035000900030006")
_HANDSHAKE, _ALERT, _SERVER_HELLO = 0x16, 0x15, 0x02
_SSL_3 = bytes((3, 0))
#: Bytes that hold type, version and length of a record, and the type of the message in it.
_HEAD = 6


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """What one attempt to connect showed."""

    #: ``None`` when it showed nothing, for example because the connection timed out.
    accepted: bool | None
    #: What happened, in words for the report.
    detail: str


def speaks_tls(host: str, port: int, version: ssl.TLSVersion) -> Probe:
    """Try a handshake in exactly one version of TLS; the certificate is not looked at."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    with warnings.catch_warnings():
        # Old versions are deprecated for use, not for asking whether somebody still offers them.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = context.maximum_version = version
        if version < ssl.TLSVersion.TLSv1_2:
            # Else the library refuses its own hello, and the answer would be of nobody.
            context.set_ciphers("DEFAULT:@SECLEVEL=0")
    try:
        with (
            socket.create_connection((host, port), timeout=_SECONDS) as connection,
            context.wrap_socket(connection, server_hostname=host) as secured,
        ):
            return Probe(accepted=True, detail=f"handshake in {secured.version()} succeeded")
    except TimeoutError:
        return Probe(accepted=None, detail=f"no answer to a handshake in {_SECONDS:.0f} seconds")
    except ssl.SSLError as error:
        return Probe(accepted=False, detail=f"handshake refused ({error.reason or error})")
    except ConnectionResetError:
        return Probe(accepted=False, detail="connection reset during the handshake")
    except OSError as error:
        return Probe(accepted=None, detail=f"no connection ({error})")


def speaks_ssl_3(host: str, port: int) -> Probe:
    """Send an SSL 3.0 hello and look whether a hello of that version comes back.

    Libraries no longer speak SSL 3.0 at all, so the few bytes are written here (RFC 6101, 5.6.1.2).
    """
    hello = _SSL_3 + os.urandom(32) + b"\0" + len(_OLD_SUITES).to_bytes(2, "big") + _OLD_SUITES + b"\x01\0"
    message = b"\x01" + len(hello).to_bytes(3, "big") + hello
    record = bytes((_HANDSHAKE,)) + _SSL_3 + len(message).to_bytes(2, "big") + message
    try:
        with socket.create_connection((host, port), timeout=_SECONDS) as connection:
            connection.sendall(record)
            answer = connection.recv(_HEAD)
    except ConnectionResetError:
        return Probe(accepted=False, detail="connection reset after an SSL 3.0 hello")
    except TimeoutError:
        return Probe(accepted=None, detail=f"no answer to an SSL 3.0 hello in {_SECONDS:.0f} seconds")
    except OSError as error:
        return Probe(accepted=None, detail=f"no connection ({error})")
    if len(answer) == _HEAD and answer[0] == _HANDSHAKE and answer[1:3] == _SSL_3 and answer[5] == _SERVER_HELLO:
        return Probe(accepted=True, detail="an SSL 3.0 hello was answered with an SSL 3.0 hello")
    what = "an alert" if answer[:1] == bytes((_ALERT,)) else "something else" if answer else "the end of the connection"
    return Probe(accepted=False, detail=f"an SSL 3.0 hello was answered with {what}")


def is_open(host: str, port: int) -> bool:
    """Whether anything listens at a port."""
    try:
        with socket.create_connection((host, port), timeout=_SECONDS):
            return True
    except OSError:
        return False
