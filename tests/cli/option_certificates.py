"""Keys, certificates, revocation lists and parameters as the options of TLS take them; made once for each process."""

import base64
import datetime
import ipaddress
import ssl
import warnings
from functools import cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID

PASSWORD = "secret"
_DAY = datetime.timedelta(days=1)
_NOW = datetime.datetime.now(datetime.UTC)
# RFC 7919 A.1: a safe prime of 2048 bits.
_FFDHE2048 = int(
    "FFFFFFFFFFFFFFFFADF85458A2BB4A9AAFDC5620273D3CF1D8B9C583CE2D3695A9E13641146433FBCC939DCE249B3EF97D2FE363630C75D8"
    "F681B202AEC4617AD3DF1ED5D5FD65612433F51F5F066ED0856365553DED1AF3B557135E7F57C935984F0C70E0E68B77E2A689DAF3EFE872"
    "1DF158A136ADE73530ACCA4F483A797ABC0AB182B324FB61D108A94BB2C8E3FBB96ADAB760D7F4681D4F42A3DE394DF4AE56EDE76372BB19"
    "0B07A7C8EE0A6D709E02FCE1CDF7E2ECC03404CD28342F619172FE9CE98583FF8E4F1232EEF28183C3FE3B1B4C6FAD733BB5FCBC2EC22005"
    "C58EF1837D1683B2C6F34A26C1B2EFFA886B423861285C97FFFFFFFFFFFFFFFF",
    16,
)


@cache
def _key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def _certificate(name: str, issuer: str, *, is_authority: bool = False) -> x509.Certificate:
    subject, issued_by = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, issuer))
    names = [x509.DNSName("localhost"), x509.DNSName("node.test"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    public = _key().public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issued_by)
        .public_key(public)
        .serial_number(1000 + len(name))
        .not_valid_before(_NOW - _DAY)
        .not_valid_after(_NOW + _DAY)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .sign(_key(), hashes.SHA256())
    )


@cache
def write_certificates(folder: Path) -> Path:
    """Writes all files into a folder."""
    folder.mkdir(parents=True)
    authority = _certificate("authority", "authority", is_authority=True)
    stranger = _certificate("stranger", "another authority")
    certificate = _certificate("tool", "authority")
    peer = _certificate("the peer", "authority")
    for name, each in (("ca", authority), ("cert", certificate), ("peer", peer), ("stranger", stranger)):
        (folder / f"{name}.pem").write_bytes(each.public_bytes(Encoding.PEM))
        (folder / f"{name}.der").write_bytes(each.public_bytes(Encoding.DER))
    encryptions: list[tuple[str, Encoding, KeySerializationEncryption]] = [
        ("key.pem", Encoding.PEM, NoEncryption()),
        ("key.der", Encoding.DER, NoEncryption()),
        ("locked.pem", Encoding.PEM, BestAvailableEncryption(PASSWORD.encode())),
    ]
    for name, encoding, encryption in encryptions:
        (folder / name).write_bytes(_key().private_bytes(encoding, PrivateFormat.PKCS8, encryption))
    (folder / "authorities").mkdir()
    (folder / "authorities" / "one.pem").write_bytes(authority.public_bytes(Encoding.PEM))
    revoked = x509.CertificateRevocationListBuilder().issuer_name(authority.subject)
    revoked = revoked.last_update(_NOW - _DAY).next_update(_NOW + _DAY)
    (folder / "empty.crl").write_bytes(revoked.sign(_key(), hashes.SHA256()).public_bytes(Encoding.PEM))
    entry = x509.RevokedCertificateBuilder().serial_number(peer.serial_number).revocation_date(_NOW - _DAY).build()
    crl = revoked.add_revoked_certificate(entry).sign(_key(), hashes.SHA256())
    (folder / "revoked.crl").write_bytes(crl.public_bytes(Encoding.PEM))
    (folder / "dh.pem").write_bytes(_parameters())
    (folder / "seed").write_bytes(bytes(range(256)))
    return folder


def _parameters() -> bytes:
    """Gives the group as PKCS #3 has it: a SEQUENCE of the prime and the generator 2."""
    prime = b"\0" + _FFDHE2048.to_bytes(256, "big")
    content = b"\x02\x82\x01\x01" + prime + b"\x02\x01\x02"
    encoded = base64.encodebytes(b"\x30\x82" + len(content).to_bytes(2, "big") + content)
    return b"-----BEGIN DH PARAMETERS-----\n" + encoded + b"-----END DH PARAMETERS-----\n"


def acceptor(folder: Path) -> ssl.SSLContext:
    """Gives the context of a peer that is called: it takes what is offered and looks at the caller's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _open(context, folder)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def requestor(
    folder: Path, *, certificate: str = "peer", ciphers: str = "", newest: str = "MAXIMUM_SUPPORTED"
) -> ssl.SSLContext:
    """Gives the context of a peer that calls and trusts everybody; `certificate` empty: it has none."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    _open(context, folder, certificate, ciphers or "ALL")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # an old peer is what is played here
        context.maximum_version = ssl.TLSVersion[newest]
    return context


def _open(context: ssl.SSLContext, folder: Path, certificate: str = "peer", ciphers: str = "ALL") -> None:
    context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
    if certificate:
        context.load_cert_chain(folder / f"{certificate}.pem", folder / "key.pem")
    context.load_verify_locations(folder / "ca.pem")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
