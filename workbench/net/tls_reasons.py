"""Why a TLS connection is not made, in one sentence: whose certificate, what is wrong with it, and what to do.

OpenSSL says what it found by numbers of the verification (`X509_V_ERR_…`), by the alert that the peer sent
(RFC 8446 6), or by a reason of its own; each has a row here.
"""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, Final

Certificate = Mapping[str, Any]
"""A certificate as `ssl` tells it: subject, issuer, notBefore, notAfter, subjectAltName."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What is known of a connection that failed.

    Attributes:
        peer: its address, "host:port".
        context: the rules of our side.
        chain: the certificates that the peer gave, its own first; none where OpenSSL does not tell them, which is so
            for an acceptor that has refused them.
        first: the first bytes that it sent.
        host: whom we called, or the name that we asked for; empty as acceptor.
        names: the server name that the peer asked for and the one that is expected, as acceptor.
    """

    peer: str
    context: ssl.SSLContext
    chain: tuple[Certificate, ...] = ()
    first: bytes = b""
    host: str = ""
    names: tuple[str | None, str] = (None, "")


def describe(error: ssl.SSLError, about: Circumstances) -> str:
    """Gives the sentence for an error of TLS."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _verification(error, about)
    reason = error.reason or ""
    if reason in _NO_TLS:
        return _not_tls(about)
    if reason == "CALLBACK_FAILED":
        asked, expected = about.names
        asked_for = f"the server name {asked!r}" if asked else "no server name"
        return f"{about.peer} asked for {asked_for} (SNI), and only {expected!r} is served here"
    template = _REQUIRED if reason == "SSLV3_ALERT_HANDSHAKE_FAILURE" and about.chain else _REASONS.get(reason)
    if template is None:
        return f"the connection with {about.peer} failed: {reason.lower().replace('_', ' ') or error}"
    return template.format(peer=about.peer, versions=_versions(about.context))


def closed(about: Circumstances) -> str:
    """Gives the sentence for a peer that closed the connection in the handshake without an alert."""
    if about.first:
        return f"{about.peer} closed the connection in the handshake without saying why; its log may know"
    if about.host:
        return f"{about.peer} closed the connection instead of answering TLS; does it expect plain DICOM on this port?"
    return f"{about.peer} closed the connection before the handshake; it may only have looked whether the port is open"


def names_host(certificate: Certificate, host: str) -> bool:
    """Tells whether a certificate names a host or an address (RFC 9525 6)."""
    try:
        address = ip_address(host)
    except ValueError:
        names = [name.lower() for kind, name in certificate.get("subjectAltName", ()) if kind == "DNS"]
        wanted = host.lower().rstrip(".")
        return wanted in names or "*." + wanted.partition(".")[2] in names
    return any(kind == "IP Address" and _same(name, address) for kind, name in certificate.get("subjectAltName", ()))


def holder(certificate: Certificate) -> str:
    """Gives the words for whose a certificate is: its subject, or where that is empty the names that it is for."""
    return distinguished(certificate["subject"]) if certificate.get("subject") else _names(certificate)


def distinguished(name: tuple[tuple[tuple[str, str], ...], ...]) -> str:
    """Gives the words of a name in a certificate: its common name, or all that it consists of."""
    parts = [part for relative in name for part in relative]
    common = [value for kind, value in parts if kind == "commonName"]
    return f"CN={common[-1]}" if common else ", ".join(value for _, value in parts) or "nobody"


def _same(name: str, address: object) -> bool:
    try:
        return ip_address(name.strip()) == address
    except ValueError:
        return False


# X509_V_ERR_… of OpenSSL's x509_vfy.h.
_UNTRUSTED: Final = (
    "{certificate} was issued by {issuer}, which is not trusted here: add the certificate of that authority to the "
    "trusted ones"
)
# Of a chain that OpenSSL does not tell.
_UNTRUSTED_UNTOLD: Final = (
    "{certificate} was issued by an authority that is not trusted here (which one, OpenSSL tells requestors only; "
    "trusted: {trusted}): add the certificate of that authority to the trusted ones"
)
_NO_NAME: Final = (
    "{certificate} is for {names}, not for {host}: call it by a name in its certificate, or leave the name unchecked"
)
_VERIFICATION: Final = {
    2: "the chain of {certificate} has no end here: add the self-signed certificate of the authority at its top",
    3: "there is no revocation list (CRL) of {issuer} here, and revocation is to be checked: get it from there",
    9: "{certificate} is not valid {since}: look at the clocks of both machines",
    10: "{certificate} {until}: its owner has to renew it",
    11: "the revocation list (CRL) of {issuer} is not valid yet: look at the clock of this machine",
    12: "the revocation list (CRL) of {issuer} has expired: get the present one from there",
    18: "{certificate} is self-signed and not among the trusted ones: add it to them if it is the right one",
    19: _UNTRUSTED,
    20: _UNTRUSTED,
    21: _UNTRUSTED,
    23: "{certificate} was revoked by {issuer}: its owner needs a new one",
    24: "{certificate} was issued by {issuer}, whose certificate is not one of an authority",
    26: "{certificate} was not issued for this purpose: its extended key usage says what it is for",
    62: _NO_NAME,
    63: _NO_NAME,
    64: _NO_NAME,
    66: "{certificate} has a key that is too short: its owner needs a new one, RSA with 2048 bits or more, say",
    67: "{certificate} was issued by {issuer}, whose key is too short",
    68: "{certificate} is signed with a hash that is too weak, such as SHA-1: its owner needs a new one",
}

_ABOUT_LISTS: Final = (3, 11, 12)
_NAMED: Final = 3  # authorities in a sentence

_NO_TLS: Final = (
    "WRONG_VERSION_NUMBER",
    "HTTP_REQUEST",
    "HTTPS_PROXY_REQUEST",
    "UNKNOWN_PROTOCOL",
    "PACKET_LENGTH_TOO_LONG",
)
_PLAIN_PDUS: Final = {1: "A-ASSOCIATE-RQ", 2: "A-ASSOCIATE-AC", 3: "A-ASSOCIATE-RJ", 4: "P-DATA-TF", 7: "A-ABORT"}

_NOT_ACCEPTED: Final = "{peer} does not accept our certificate: "
_NO_VERSION: Final = "no protocol version in common with {peer}: here it is {versions}; choose another profile"
_NO_SUITE: Final = "no cipher suite in common with {peer}, or none that suits the certificate: choose another profile"
_REQUIRED: Final = (
    "{peer} requires a certificate of ours, and there is none that suits: give a private key and a certificate"
)
_REASONS: Final = {
    "SSLV3_ALERT_HANDSHAKE_FAILURE": _NO_SUITE,  # unless the peer's certificate has come: the suite is agreed on then
    "NO_SHARED_CIPHER": _NO_SUITE,
    "NO_CIPHERS_AVAILABLE": _NO_SUITE,
    "UNSUPPORTED_PROTOCOL": _NO_VERSION,
    "WRONG_SSL_VERSION": _NO_VERSION,
    "VERSION_TOO_LOW": _NO_VERSION,
    "NO_PROTOCOLS_AVAILABLE": _NO_VERSION,
    "TLSV1_ALERT_PROTOCOL_VERSION": _NO_VERSION,
    "TLSV1_ALERT_INSUFFICIENT_SECURITY": _NO_SUITE + "; {peer} wants a stronger one",
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "{peer} has no certificate of its own, and one is required here: its operator "
    "has to give it one, or it may do without where verification is optional",
    "TLSV13_ALERT_CERTIFICATE_REQUIRED": _REQUIRED,
    "TLSV1_ALERT_UNKNOWN_CA": _NOT_ACCEPTED + "it does not trust the authority that issued it; its operator has to",
    "SSLV3_ALERT_BAD_CERTIFICATE": _NOT_ACCEPTED + "it finds it wrong, not valid yet, or for another name",
    "SSLV3_ALERT_UNSUPPORTED_CERTIFICATE": _NOT_ACCEPTED + "it was not issued for this purpose",
    "SSLV3_ALERT_CERTIFICATE_REVOKED": _NOT_ACCEPTED + "it was revoked; get a new one",
    "SSLV3_ALERT_CERTIFICATE_EXPIRED": _NOT_ACCEPTED + "it has expired; get a new one",
    "SSLV3_ALERT_CERTIFICATE_UNKNOWN": _NOT_ACCEPTED + "it does not say why; its log may know",
    "TLSV1_ALERT_ACCESS_DENIED": _NOT_ACCEPTED + "it is not allowed to connect",
    "TLSV1_ALERT_DECRYPT_ERROR": "{peer} could not check our signature or keys; do our key and our certificate suit?",
    "TLSV1_ALERT_INTERNAL_ERROR": "{peer} broke off because of an error of its own; its log may know",
    "TLSV1_UNRECOGNIZED_NAME": "{peer} does not serve the server name that was asked for (SNI), or wants one",
    "DH_KEY_TOO_SMALL": "{peer} uses Diffie-Hellman parameters that are too short: it needs some of 2048 bits or more",
    "UNEXPECTED_EOF_WHILE_READING": "{peer} closed the connection without ending TLS",
}


def _verification(error: ssl.SSLCertVerificationError, about: Circumstances) -> str:
    return not_verified(
        error.verify_code,
        error.verify_message,
        whose=f"the certificate of {about.peer}",
        chain=about.chain,
        host=about.host,
        trusts_any=bool(about.context.cert_store_stats()["x509"]),
        trusted=tuple(dict.fromkeys(holder(each) for each in about.context.get_ca_certs())),
    )


def not_verified(
    code: int,
    message: str,
    *,
    whose: str,
    chain: tuple[Certificate, ...],
    host: str = "",
    trusts_any: bool = True,
    trusted: tuple[str, ...] = (),
) -> str:
    """Gives the sentence for a certificate that does not verify.

    Args:
        code: OpenSSL's number of the error.
        message: OpenSSL's words for it, taken where there are no better ones.
        whose: the certificate in words.
        chain: it and those that came with it.
        host: the name that it should have.
        trusts_any: whether any authority is trusted.
        trusted: the authorities that are, in words; told where the chain is not known.
    """
    template = _VERIFICATION.get(code, "{certificate} is not accepted: {message}")
    meant = _meant(code, chain)
    last = chain[-1] if chain else {}
    if template is _UNTRUSTED and not trusts_any:
        template = (
            "{certificate} cannot be checked, because no authority is trusted here: add the certificate of {issuer}"
        )
    elif template is _UNTRUSTED and not chain and trusted:
        template = _UNTRUSTED_UNTOLD
    known = ", ".join(trusted[:_NAMED]) + (f" and {len(trusted) - _NAMED} more" if len(trusted) > _NAMED else "")
    issuer = f"the authority of {whose} (trusted: {known or 'none'})" if code in _ABOUT_LISTS else "its authority"
    subject = holder(meant) if meant else ""
    return template.format(
        certificate=f"{whose} ({subject})" if subject else whose,
        issuer=distinguished(last["issuer"]) if last else issuer,
        trusted=known,
        since=f"before {_day(meant, 'notBefore')}" if meant else "yet",
        until=f"expired on {_day(meant, 'notAfter')}" if meant else "has expired",
        names=_names(meant),
        host=host,
        message=message,
    )


def _meant(code: int, chain: tuple[Certificate, ...]) -> Certificate:
    """The certificate that a verification error is about: the peer's, unless one above it is out of date."""
    now = datetime.now(UTC).timestamp()
    for certificate in chain:
        if (code == 10 and ssl.cert_time_to_seconds(certificate["notAfter"]) < now) or (
            code == 9 and ssl.cert_time_to_seconds(certificate["notBefore"]) > now
        ):
            return certificate
    return chain[0] if chain else {}


def _day(certificate: Certificate, end: str) -> str:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(certificate[end]), UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def _names(certificate: Certificate) -> str:
    return ", ".join(name for _, name in certificate.get("subjectAltName", ())) or "no host at all"


def _not_tls(about: Circumstances) -> str:
    pdu = _PLAIN_PDUS.get(about.first[0]) if about.first[1:2] == b"\0" else None
    if not about.host:
        what = f"a plain {pdu}" if pdu else "something else"
        return f"{about.peer} does not speak TLS, which is required on this port: it sent {what}; switch TLS on there"
    what = f"it answered with a plain {pdu}" if pdu else "it answered with something else"
    return f"{about.peer} does not speak TLS on this port: {what}; call its TLS port, or call this one without TLS"


def _versions(context: ssl.SSLContext) -> str:
    oldest = _OLDEST.get(context.minimum_version, context.minimum_version.name)
    newest = _NEWEST.get(context.maximum_version, context.maximum_version.name)
    return oldest if oldest == newest else f"{oldest} to {newest}"


_OLDEST: Final = {
    ssl.TLSVersion.MINIMUM_SUPPORTED: "TLS 1.0",
    ssl.TLSVersion.TLSv1_2: "TLS 1.2",
    ssl.TLSVersion.TLSv1_3: "TLS 1.3",
}
_NEWEST: Final = {**_OLDEST, ssl.TLSVersion.MAXIMUM_SUPPORTED: "TLS 1.3"}
