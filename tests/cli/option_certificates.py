"""Keys, certificates, revocation lists and parameters as the options of TLS take them; made once for each process."""

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
# RFC 7919 A.2, ffdhe3072.
_DH_PARAMETERS = """-----BEGIN DH PARAMETERS-----
MIIBiAKCAYEA//////////+t+FRYortKmq/cViAnPTzx2LnFg84tNpWp4TZBFGQz
+8yTnc4kmz75fS/jY2MMddj2gbICrsRhetPfHtXV/WVhJDP1H18GbtCFY2VVPe0a
87VXE15/V8k1mE8McODmi3fipona8+/och3xWKE2rec1MKzKT0g6eXq8CrGCsyT7
YdEIqUuyyOP7uWrat2DX9GgdT0Kj3jlN9K5W7edjcrsZCwenyO4KbXCeAvzhzffi
7MA0BM0oNC9hkXL+nOmFg/+OTxIy7vKBg8P+OxtMb61zO7X8vC7CIAXFjvGDfRaD
ssbzSibBsu/6iGtCOGEfz9zeNVs7ZRkDW7w09N75nAI4YbRvydbmyQd62R0mkff3
7lmMsPrBhtkcrv4TCYUTknC0EwyTvEN5RPT9RFLi103TZPLiHnH1S/9croKrnJ32
nuhtK8UiNjoNq8Uhl5sN6todv5pC1cRITgq80Gv6U93vPBsg7j/VnXwl5B0rZsYu
N///////////AgEC
-----END DH PARAMETERS-----
"""


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
    (folder / "dh.pem").write_text(_DH_PARAMETERS)
    (folder / "seed").write_bytes(bytes(range(256)))
    return folder


def acceptor(folder: Path) -> ssl.SSLContext:
    """Gives the context of a peer that is called: it takes what is offered and looks at the caller's certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _open(context, folder)
    context.verify_mode = ssl.CERT_OPTIONAL
    return context


def requestor(
    folder: Path, *, certificate: str = "peer", ciphers: str = "", newest: str = "MAXIMUM_SUPPORTED", level: int = 0
) -> ssl.SSLContext:
    """Gives the context of a peer that calls and trusts everybody.

    Args:
        certificate: which one it has, none when empty.
        ciphers: OpenSSL's names of the suites that it offers, all when empty.
        newest: the newest version of TLS that it speaks.
        level: OpenSSL's security level: 3 wants 3072 bits of Diffie-Hellman parameters.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    _open(context, folder, certificate, ciphers or "ALL", level)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # an old peer is what is played here
        context.maximum_version = ssl.TLSVersion[newest]
    return context


def _open(
    context: ssl.SSLContext, folder: Path, certificate: str = "peer", ciphers: str = "ALL", level: int = 0
) -> None:
    context.set_ciphers(f"{ciphers}:@SECLEVEL={level}")
    if certificate:
        context.load_cert_chain(folder / f"{certificate}.pem", folder / "key.pem")
    context.load_verify_locations(folder / "ca.pem")
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
