"""Keys, certificates and revocation lists of every kind that goes wrong, written to a folder."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import trustme
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.types import CertificateIssuerPrivateKeyTypes

HOST = "127.0.0.1"
PASSPHRASE = "correct horse"
_PAST, _FUTURE = datetime(2020, 1, 1), datetime(2090, 1, 1)
_ENCODINGS = {"pem": serialization.Encoding.PEM, "der": serialization.Encoding.DER}
_KEY_FORMATS = {
    "pkcs8": serialization.PrivateFormat.PKCS8,
    "traditional": serialization.PrivateFormat.TraditionalOpenSSL,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """The files of one side: what the options of the tools and TlsSettings take."""

    key: str
    certificate: str


class Authority:
    """An authority with a folder for what it issues."""

    def __init__(self, folder: Path, name: str = "authority") -> None:
        """Makes its key and its certificate, `file`."""
        self.name = name
        self.folder = folder
        self.authority = trustme.CA(organization_name=name)
        self.file = str(folder / f"{name}.pem")
        self.authority.cert_pem.write_to_path(self.file)
        self._count = 0

    @property
    def certificate(self) -> x509.Certificate:
        """Its certificate."""
        return x509.load_pem_x509_certificate(self.authority.cert_pem.bytes())

    def issue(
        self,
        *names: str,
        when: Literal["now", "past", "future"] = "now",
        form: Literal["pem", "der"] = "pem",
        key_format: Literal["pkcs8", "traditional"] = "pkcs8",
        passphrase: str = "",
        common_name: str = "device",
        key_type: trustme.KeyType = trustme.KeyType.ECDSA,
    ) -> Identity:
        """Gives the files of a new identity that is named `names`, 127.0.0.1 where none is given."""
        begin, end = {"now": (None, None), "past": (None, _PAST), "future": (_FUTURE, _FUTURE + timedelta(days=1))}[
            when
        ]
        made = self.authority.issue_cert(
            *(names or (HOST,)), common_name=common_name, not_before=begin, not_after=end, key_type=key_type
        )
        key = serialization.load_pem_private_key(made.private_key_pem.bytes(), None)
        certificate = x509.load_pem_x509_certificate(made.cert_chain_pems[0].bytes())
        return self._write(key, certificate, form, key_format, passphrase)

    def self_signed(self, *, is_ca: bool | None = None, days: int = 1) -> Identity:
        """Gives the files of an identity that nobody vouches for; it holds for so many days, in the past below 0."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "lonely")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=2)).not_valid_after(now + timedelta(days=days))
        if is_ca is not None:
            builder = builder.add_extension(x509.BasicConstraints(is_ca, None), critical=True)
        return self._write(key, builder.sign(key, hashes.SHA256()), "pem", "pkcs8", "")

    def weak(self) -> Identity:
        """Gives the files of an identity whose RSA key has 1024 bits."""
        key = rsa.generate_private_key(65537, 1024)
        name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "weak")])
        now = datetime.now(UTC)
        builder = x509.CertificateBuilder(self.certificate.subject, name, key.public_key(), x509.random_serial_number())
        builder = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        return self._write(key, builder.sign(self._key(), hashes.SHA256()), "pem", "pkcs8", "")

    def revoke(self, *revoked: Identity, form: Literal["pem", "der"] = "pem", days: int = 1) -> str:
        """Gives the file of a list (CRL) that names identities and holds for so many days; below 0 it has expired."""
        now = datetime.now(UTC)
        first = now - timedelta(days=2)
        builder = x509.CertificateRevocationListBuilder(self.certificate.subject, first, now + timedelta(days=days))
        for identity in revoked:
            serial = x509.load_pem_x509_certificate(Path(identity.certificate).read_bytes()).serial_number
            builder = builder.add_revoked_certificate(
                x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(first).build()
            )
        self._count += 1
        path = self.folder / f"revoked-{self._count}.{form}"
        path.write_bytes(builder.sign(self._key(), hashes.SHA256()).public_bytes(_ENCODINGS[form]))
        return str(path)

    def der(self) -> str:
        """Gives the file of its certificate in DER."""
        path = self.folder / "authority.der"
        path.write_bytes(self.certificate.public_bytes(serialization.Encoding.DER))
        return str(path)

    def _key(self) -> CertificateIssuerPrivateKeyTypes:
        key = serialization.load_pem_private_key(self.authority.private_key_pem.bytes(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
        return key

    def _write(
        self,
        key: object,
        certificate: x509.Certificate,
        form: Literal["pem", "der"],
        key_format: Literal["pkcs8", "traditional"],
        passphrase: str,
    ) -> Identity:
        assert isinstance(key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
        self._count += 1
        folder = self.folder / f"{self.name}-{self._count}"
        folder.mkdir()
        encryption: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if passphrase:
            encryption = serialization.BestAvailableEncryption(passphrase.encode())
        key_file, certificate_file = folder / f"key.{form}", folder / f"certificate.{form}"
        key_file.write_bytes(key.private_bytes(_ENCODINGS[form], _KEY_FORMATS[key_format], encryption))
        certificate_file.write_bytes(certificate.public_bytes(_ENCODINGS[form]))
        return Identity(str(key_file), str(certificate_file))
