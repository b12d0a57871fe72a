"""What `connect` and `ScpServer` take to secure connections, made of TlsSettings (PS3.15 B).

Who the peer is, the list of trusted authorities says, and nothing else by itself: PS3.15 B leaves to the application
entities what a certificate proves, and certificates of modalities mostly name a device and no host. Whether the host's
name must be in the certificate as well is `TlsSettings.check_host`.
"""

import logging
import ssl
from collections.abc import Callable
from typing import Final

from workbench.config import TlsSettings
from workbench.errors import ConfigError
from workbench.net.tls import NamedSide, TlsContext
from workbench.net.tls_files import as_file, folder_pem, pem_of
from workbench.net.tls_profiles import (
    DH_PARAMETERS,
    PROFILES,
    TlsProfile,
    cipher_string,
    cipher_suites,
    is_of_tls_1_3,
    needs_dh,
)

_log = logging.getLogger(__name__)

Passphrase = Callable[[], str]
"""Gives the passphrase of a private key; called when the key is encrypted only."""

_LEAST_BITS: Final = 112  # of OpenSSL's security level 2, by which it would leave a suite out and not tell
_LONGEST_PASSPHRASE: Final = 1024  # bytes, OpenSSL's own limit
_VERIFICATION: Final = {"require": ssl.CERT_REQUIRED, "optional": ssl.CERT_OPTIONAL, "ignore": ssl.CERT_NONE}
_CRL_FLAGS: Final = {
    "none": ssl.VerifyFlags.VERIFY_DEFAULT,
    "leaf": ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF,
    "chain": ssl.VerifyFlags.VERIFY_CRL_CHECK_CHAIN,
}


def requestor_context(settings: TlsSettings, passphrase: Passphrase | None = None) -> TlsContext:
    """Gives the rules by which a requestor secures its connections.

    Args:
        settings: who we are and whom to trust; without a certificate we stay anonymous.
        passphrase: asked when the private key is encrypted.

    Raises:
        ConfigError: a file cannot be read or is not what it should be, the passphrase is wrong, the key is not the
            certificate's, or a cipher suite is unknown.
    """
    context = _context(TlsContext(ssl.PROTOCOL_TLS_CLIENT), settings, passphrase)
    context.check_hostname = False  # with it on, there is always verification
    context.verify_mode = _VERIFICATION[settings.verification]
    context.check_hostname = settings.check_host and context.verify_mode is not ssl.CERT_NONE
    return context


def acceptor_context(settings: TlsSettings, passphrase: Passphrase | None = None) -> TlsContext:
    """Gives the rules by which an acceptor secures its connections; arguments and errors as `requestor_context`.

    A certificate is necessary. With verification "require" requestors must have one, with "optional" they may.
    """
    if settings.is_anonymous:
        raise ConfigError("TLS: an acceptor needs a private key and a certificate of its own")
    context = _context(TlsContext(ssl.PROTOCOL_TLS_SERVER), settings, passphrase)
    context.verify_mode = _VERIFICATION[settings.verification]
    if settings.expected_name:
        context.sslobject_class = NamedSide
        context.sni_callback = _refuse_other_names  # type: ignore[assignment]  # typeshed: of an SSLSocket only
    profile = PROFILES[settings.profile]
    uses_dh = needs_dh(_suites(settings, profile))
    if uses_dh or settings.dh_file:  # a file that is wrong is told although nothing uses it
        _load_dh_parameters(context, settings)
    if settings.dh_file and not uses_dh:
        _log.warning(
            "TLS: nothing uses the Diffie-Hellman parameters of %s: the %s has no suite with DHE",
            settings.dh_file,
            profile.title,
        )
    return context


def _context(context: TlsContext, settings: TlsSettings, passphrase: Passphrase | None) -> TlsContext:
    context.settings = settings
    context.options |= ssl.OP_NO_RENEGOTIATION  # RFC 9325 3.5: nothing that a DICOM peer needs
    profile = PROFILES[settings.profile]
    context.minimum_version, context.maximum_version = profile.oldest, profile.newest
    context.set_ciphers(cipher_string(_suites(settings, profile), profile.level))
    bits = {cipher["name"]: cipher["strength_bits"] for cipher in context.get_ciphers()}
    for name in settings.cipher_suites:
        if profile.level and bits[cipher_suites()[name]] < _LEAST_BITS:
            raise ConfigError(f"TLS: the cipher suite {name} is too weak for the {profile.title}")
    context.verify_flags |= _CRL_FLAGS[settings.crl_check]
    if not settings.is_anonymous:
        _load_identity(context, settings, passphrase)
    _load_trusted(context, settings)
    return context


def _suites(settings: TlsSettings, profile: TlsProfile) -> tuple[str, ...]:
    for name in settings.cipher_suites:
        if name not in cipher_suites():
            raise ConfigError(f"TLS: the cipher suite {name!r} is unknown, or refused because it protects nothing")
        if is_of_tls_1_3(name) and profile.newest < ssl.TLSVersion.TLSv1_3:
            raise ConfigError(f"TLS: the cipher suite {name} is of TLS 1.3, which the {profile.title} leaves out")
    return (*profile.suites, *settings.cipher_suites)


def _load_identity(context: ssl.SSLContext, settings: TlsSettings, passphrase: Passphrase | None) -> None:
    asked = False

    def ask() -> bytes:
        nonlocal asked
        asked = True
        if passphrase is None:
            raise ConfigError(f"TLS: the private key {settings.key_file} is encrypted, and there is no passphrase")
        given = passphrase().encode()
        if len(given) > _LONGEST_PASSPHRASE:
            raise ConfigError(f"TLS: the passphrase has {len(given)} bytes, more than {_LONGEST_PASSPHRASE}")
        return given

    key = pem_of(settings.key_file, "private key", settings.file_format)
    certificates = pem_of(settings.certificate_file, "certificate", settings.file_format)
    try:
        if settings.file_format == "pem":
            context.load_cert_chain(settings.certificate_file, settings.key_file, ask)
        else:
            with as_file(certificates + key) as path:
                context.load_cert_chain(path, password=ask)
    except ssl.SSLError as error:
        raise ConfigError(f"TLS: {_identity_problem(error, settings, asked)}") from error


def _identity_problem(error: ssl.SSLError, settings: TlsSettings, asked: bool) -> str:
    key, certificate = settings.key_file, settings.certificate_file
    if error.reason == "KEY_VALUES_MISMATCH":
        return f"the private key {key} does not belong to the certificate {certificate}"
    if error.reason in ("EE_KEY_TOO_SMALL", "CA_MD_TOO_WEAK", "CA_KEY_TOO_SMALL"):
        words = error.reason.lower().replace("_", " ")
        return f"the certificate {certificate} is too weak for the {PROFILES[settings.profile].title}: {words}"
    if asked:
        return f"the passphrase does not open the private key {key}"
    words = (error.reason or str(error)).lower().replace("_", " ")
    return f"the private key {key} or the certificate {certificate} is damaged: {words}"


def _load_trusted(context: ssl.SSLContext, settings: TlsSettings) -> None:
    form = settings.file_format
    trusted = {path: pem_of(path, "certificate", form) for path in settings.ca_files}
    trusted |= {folder: folder_pem(folder, "certificate", form) for folder in settings.ca_folders}
    lists = {path: pem_of(path, "revocation list (CRL)", form) for path in settings.crl_files}
    if settings.crl_check != "none":
        lists |= {f"{folder}/": folder_pem(folder, "revocation list (CRL)", form) for folder in settings.ca_folders}
    for place, text in (trusted | lists).items():
        if not text and place in settings.ca_folders:
            raise ConfigError(f"TLS: the folder {place} holds no certificate in {form.upper()}")
        if text:
            _load(context, place, text)


def _load(context: ssl.SSLContext, place: str, text: str) -> None:
    try:
        with as_file(text) as path:
            context.load_verify_locations(path)
    except ssl.SSLError as error:
        words = (error.reason or str(error)).lower().replace("_", " ")
        raise ConfigError(f"TLS: {place} holds a damaged certificate or revocation list: {words}") from error


def _load_dh_parameters(context: ssl.SSLContext, settings: TlsSettings) -> None:
    parameters = pem_of(settings.dh_file, "DH parameters", "pem") if settings.dh_file else DH_PARAMETERS
    try:
        with as_file(parameters) as path:
            context.load_dh_params(path)
    except ssl.SSLError as error:
        words = (error.reason or str(error)).lower().replace("_", " ")
        raise ConfigError(f"TLS: {settings.dh_file} holds no DH parameters that can be used: {words}") from error


def _refuse_other_names(side: NamedSide, name: str | None, context: TlsContext) -> int | None:
    """Lets the handshake go on for the expected server name only; one that is not sent is none."""
    side.asked_for = name
    if name is not None and name.lower() == context.settings.expected_name.lower():
        return None
    return ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME
