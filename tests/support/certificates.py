"""Certificates for TLS on loopback, made for one run: an authority, and contexts for both ends."""

import ssl
from functools import cache
from pathlib import Path

import trustme

HOST = "127.0.0.1"


@cache
def authority() -> trustme.CA:
    """Gives the authority that both ends trust."""
    return trustme.CA()


def server_context(*, asks_client: bool = False, identity: str = HOST) -> ssl.SSLContext:
    """Gives the context of an acceptor that names itself `identity`; one that asks wants to know who calls."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority().issue_cert(identity).configure_cert(context)
    if asks_client:
        authority().configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def client_context(*, trusts: bool = True, identity: str = "") -> ssl.SSLContext:
    """Gives the context of a requestor, with a certificate of its own where it has an identity."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if trusts:
        authority().configure_trust(context)
    if identity:
        authority().issue_cert(identity).configure_cert(context)
    return context


def files(folder: Path, identity: str = HOST) -> tuple[Path, Path, Path]:
    """Writes what a tool takes: the key and the certificate of an identity, and the authority's certificate."""
    made = authority().issue_cert(identity)
    key, certificate, trusted = folder / "key.pem", folder / "certificate.pem", folder / "authority.pem"
    made.private_key_pem.write_to_path(str(key))
    made.cert_chain_pems[0].write_to_path(str(certificate))
    authority().cert_pem.write_to_path(str(trusted))
    return key, certificate, trusted
