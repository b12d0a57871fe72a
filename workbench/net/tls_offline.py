"""Whether a certificate would verify, without a connection: the same verification by OpenSSL, through pyOpenSSL."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from workbench.config import TlsSettings
from workbench.errors import ConfigError
from workbench.net.tls_files import FileFormat, folder_pem, pem_of
from workbench.net.tls_reasons import Certificate, not_verified

if TYPE_CHECKING:
    from cryptography import x509

_SSL_DATE: Final = "%b %d %H:%M:%S %Y GMT"


def verification_problem(file: str, settings: TlsSettings) -> str:
    """Says why a peer with the certificate of a file would not be trusted by the settings; empty when it would be.

    The certificates behind the first one in the file may be those of the authorities in between. Neither host names
    nor purposes are looked at.

    Raises:
        ConfigError: a file is not what it should be, or pyOpenSSL is missing.
    """
    store = _store(settings)
    return _problem(store, _certificates(file, settings.file_format), file, trusts_any=bool(_trusted(settings)))


def root_problem(file: str, form: FileFormat = "pem") -> str:
    """Says why the certificate of a file is no valid root of an authority; empty when it is one.

    A root signs itself, is valid today, and does not say that it is no authority.

    Raises:
        ConfigError: the file is not what it should be, or pyOpenSSL is missing.
    """
    (root, *_) = certificates = _certificates(file, form)
    if root.subject != root.issuer:
        return f"the certificate {file} is not self-signed: {root.issuer.rfc4514_string()} issued it"
    if _is_no_authority(root):
        return f"the certificate {file} says that it is not one of an authority (CA:FALSE)"
    crypto = _pyopenssl()
    store = crypto.X509Store()
    store.set_flags(crypto.X509StoreFlags.CHECK_SS_SIGNATURE)
    store.add_cert(crypto.X509.from_cryptography(root))
    return _problem(store, certificates[:1], file, trusts_any=True)


def _pyopenssl() -> Any:
    try:
        from OpenSSL import crypto
    except ImportError as error:
        problem = "certificates cannot be verified without a connection: pyOpenSSL is missing; install the extra 'tls'"
        raise ConfigError(f"TLS: {problem}") from error
    return crypto


def _certificates(file: str, form: FileFormat) -> "list[x509.Certificate]":
    _pyopenssl()
    from cryptography import x509

    try:
        return x509.load_pem_x509_certificates(pem_of(file, "certificate", form).encode())
    except ValueError as error:
        raise ConfigError(f"TLS: {file} holds a damaged certificate: {error}") from error


def _trusted(settings: TlsSettings) -> str:
    form = settings.file_format
    texts = [pem_of(path, "certificate", form) for path in settings.ca_files]
    return "".join(texts + [folder_pem(folder, "certificate", form) for folder in settings.ca_folders])


def _store(settings: TlsSettings) -> Any:
    crypto = _pyopenssl()
    from cryptography import x509

    store = crypto.X509Store()
    try:
        text = _trusted(settings)
        for certificate in x509.load_pem_x509_certificates(text.encode()) if text else ():
            store.add_cert(crypto.X509.from_cryptography(certificate))
        for path in settings.crl_files:
            text = pem_of(path, "revocation list (CRL)", settings.file_format)
            store.add_crl(x509.load_pem_x509_crl(text.encode()))
    except ValueError as error:
        raise ConfigError(f"TLS: a trusted certificate or a revocation list is damaged: {error}") from error
    if settings.crl_check != "none":
        flags = crypto.X509StoreFlags
        store.set_flags(flags.CRL_CHECK | (flags.CRL_CHECK_ALL if settings.crl_check == "chain" else 0))
    return store


def _problem(store: Any, certificates: "list[x509.Certificate]", file: str, *, trusts_any: bool) -> str:
    crypto = _pyopenssl()
    first, *others = map(crypto.X509.from_cryptography, certificates)
    try:
        crypto.X509StoreContext(store, first, others).verify_certificate()
    except crypto.X509StoreContextError as error:
        code, _, message = error.errors
        chain = tuple(map(_as_ssl_tells, certificates))
        return not_verified(code, message, whose=f"the certificate {file}", chain=chain, trusts_any=trusts_any)
    return ""


def _is_no_authority(certificate: "x509.Certificate") -> bool:
    from cryptography import x509

    try:
        return not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False  # version 1, and version 3 of old: OpenSSL takes those for authorities, too


def _as_ssl_tells(certificate: "x509.Certificate") -> Certificate:
    def name(of: "x509.Name") -> tuple[tuple[tuple[str, str], ...], ...]:
        return tuple(tuple((each.oid._name, str(each.value)) for each in relative) for relative in of.rdns)

    def day(at: datetime) -> str:
        return at.strftime(_SSL_DATE)

    return {
        "subject": name(certificate.subject),
        "issuer": name(certificate.issuer),
        "notBefore": day(certificate.not_valid_before_utc),
        "notAfter": day(certificate.not_valid_after_utc),
    }
