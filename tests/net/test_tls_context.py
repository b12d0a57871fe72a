"""Contexts made of settings: who is trusted, what is refused, which files are wrong."""

import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.conftest import ExpectLog
from tests.net.tls_pair import shake_hands
from tests.support.tls_files import HOST, PASSPHRASE, Authority, Identity
from workbench.config import TlsProfileName, TlsSettings
from workbench.errors import ConfigError
from workbench.net import tls_context
from workbench.net.tls import TlsContext
from workbench.net.tls_context import acceptor_context, requestor_context

# RFC 7919 A.2, ffdhe3072.
DH_3072 = """-----BEGIN DH PARAMETERS-----
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


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def identity(authority: Authority) -> Identity:
    return authority.issue()


@pytest.fixture(scope="module")
def settings(authority: Authority, identity: Identity) -> TlsSettings:
    """Gives the settings of both sides, each with a certificate that the other one accepts."""
    return of(identity, ca_files=(authority.file,))


def of(identity: Identity, **others: Any) -> TlsSettings:
    return TlsSettings(key_file=identity.key, certificate_file=identity.certificate, **others)


def test_both_sides_know_each_other(settings: TlsSettings) -> None:
    side = shake_hands(requestor_context(settings), acceptor_context(settings))
    assert side.version() == "TLSv1.3"


@pytest.mark.parametrize("key_format", ["pkcs8", "traditional"])
@pytest.mark.parametrize("key_type", list(trustme.KeyType))
def test_files_may_be_der(authority: Authority, key_format: Any, key_type: trustme.KeyType) -> None:
    identity = authority.issue(form="der", key_format=key_format, key_type=key_type)
    made = of(identity, ca_files=(authority.der(),), file_format="der")
    shake_hands(requestor_context(made), acceptor_context(made))


@pytest.mark.parametrize("form", ["pem", "der"])
def test_an_encrypted_key_is_opened_by_its_passphrase_alone(authority: Authority, form: Any) -> None:
    made = of(authority.issue(form=form, passphrase=PASSPHRASE), file_format=form)
    acceptor_context(made, lambda: PASSPHRASE)
    with pytest.raises(ConfigError, match=r"the passphrase does not open the private key .*key\."):
        acceptor_context(made, lambda: "")
    with pytest.raises(ConfigError, match="is encrypted, and there is no passphrase"):
        acceptor_context(made)
    with pytest.raises(ConfigError, match="the passphrase has 1025 bytes, more than 1024"):
        acceptor_context(made, lambda: "x" * 1025)


def test_nobody_is_asked_for_the_passphrase_of_a_plain_key(settings: TlsSettings) -> None:
    def ask() -> str:
        raise AssertionError("asked")

    requestor_context(settings, ask)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key_file": "{other}"}, "the private key .* does not belong to the certificate .*certificate.pem"),
        ({"key_file": "{certificate}"}, "certificate.pem holds no private key, but: Certificate"),
        ({"certificate_file": "absent.pem"}, "absent.pem cannot be read: No such file or directory"),
        ({"file_format": "der"}, "is no DER file but PEM, and DER was asked for"),
        ({"ca_files": ("{key}",)}, "key.pem holds no certificate, but: Private key"),
        ({"ca_folders": ("{empty}",)}, "the folder .*empty holds no certificate in PEM"),
        ({"crl_files": ("{authority}",), "crl_check": "leaf"}, r"holds no revocation list \(CRL\), but: Certificate"),
        ({"ca_files": ("{damaged}",)}, "damaged.pem holds a damaged certificate or revocation list: "),
        ({"dh_file": "{key}", "profile": "bcp195"}, "key.pem holds no DH parameters, but: Private key"),
        (
            {"cipher_suites": ("TLS_RSA_WITH_NULL_SHA",)},
            "the cipher suite 'TLS_RSA_WITH_NULL_SHA' is unknown, or refused",
        ),
        (
            {"cipher_suites": ("TLS_AES_128_GCM_SHA256",), "profile": "aes"},
            "TLS_AES_128_GCM_SHA256 is of TLS 1.3, which",
        ),
        ({"key_file": "", "certificate_file": ""}, "an acceptor needs a private key and a certificate"),
    ],
)
def test_a_wrong_file_or_name_is_said(
    authority: Authority, settings: TlsSettings, tmp_path: Path, change: dict[str, Any], said: str
) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "damaged.pem").write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    places = {
        "other": authority.issue().key,
        "certificate": settings.certificate_file,
        "key": settings.key_file,
        "authority": authority.file,
        "empty": tmp_path / "empty",
        "damaged": tmp_path / "damaged.pem",
    }

    def filled(value: Any) -> Any:
        return value.format(**places) if isinstance(value, str) else tuple(map(filled, value))

    with pytest.raises(ConfigError, match=f"^TLS: .*{said}"):
        acceptor_context(replace(settings, **{name: filled(value) for name, value in change.items()}))


def test_a_damaged_key_is_said(settings: TlsSettings, tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")
    with pytest.raises(ConfigError, match=r"key\.pem or the certificate .* is damaged: "):
        requestor_context(replace(settings, key_file=str(path)))


def test_a_weak_certificate_suits_the_profiles_that_are_retired_only(authority: Authority) -> None:
    weak = of(authority.weak())
    requestor_context(replace(weak, profile="bcp195"))
    with pytest.raises(ConfigError, match="is too weak for the BCP 195 RFC 8996, 9325 TLS Profile: ee key too small"):
        requestor_context(weak)


def test_the_authorities_of_a_folder_are_trusted(settings: TlsSettings, tmp_path: Path) -> None:
    folder = tmp_path / "trusted"
    folder.mkdir()
    (folder / "any name").write_bytes(Path(settings.ca_files[0]).read_bytes())
    made = replace(settings, ca_files=(), ca_folders=(str(folder),))
    shake_hands(requestor_context(made), acceptor_context(made))
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(requestor_context(replace(made, ca_folders=())), acceptor_context(made))


@pytest.mark.parametrize(("form", "place"), [("pem", "file"), ("der", "file"), ("pem", "folder")])
def test_a_revoked_certificate_is_refused(
    authority: Authority, settings: TlsSettings, tmp_path: Path, form: Any, place: str
) -> None:
    revoked = authority.issue()
    path = authority.revoke(revoked, form=form)
    trusted = authority.file if form == "pem" else authority.der()
    others: dict[str, Any] = {"crl_files": (path,)}
    if place == "folder":
        (tmp_path / "list.r0").write_bytes(Path(path).read_bytes())
        (tmp_path / "authority.pem").write_bytes(Path(trusted).read_bytes())
        others = {"ca_folders": (str(tmp_path),)}
    made = TlsSettings(ca_files=(trusted,), file_format=form, **{"crl_check": "leaf", **others})
    shake_hands(requestor_context(made), acceptor_context(replace(settings, verification="ignore")))
    with pytest.raises(ssl.SSLCertVerificationError, match="revoked"):
        shake_hands(requestor_context(made), acceptor_context(of(revoked, verification="ignore")))


@pytest.mark.parametrize(("verification", "fits"), [("require", False), ("optional", True), ("ignore", True)])
def test_a_requestor_without_a_certificate_is_served_where_that_is_allowed(
    settings: TlsSettings, verification: Any, fits: bool
) -> None:
    anonymous = TlsSettings(ca_files=settings.ca_files, profile="bcp195-extended")
    acceptor = acceptor_context(replace(settings, verification=verification))
    if fits:
        shake_hands(requestor_context(anonymous), acceptor)
    else:
        with pytest.raises(ssl.SSLError, match="PEER_DID_NOT_RETURN_A_CERTIFICATE"):
            shake_hands(requestor_context(anonymous), acceptor)


@pytest.mark.parametrize(("verification", "fits"), [("optional", False), ("ignore", True)])
def test_a_certificate_that_is_shown_is_verified_unless_told_otherwise(
    settings: TlsSettings, tmp_path: Path, verification: Any, fits: bool
) -> None:
    stranger = of(Authority(tmp_path).issue(), ca_files=settings.ca_files, profile="bcp195-extended")
    acceptor = acceptor_context(replace(settings, verification=verification))
    if fits:
        shake_hands(requestor_context(stranger), acceptor)
    else:
        with pytest.raises(ssl.SSLCertVerificationError):
            shake_hands(requestor_context(stranger), acceptor)


def server_names(requestor: TlsContext, acceptor: TlsContext, host: str) -> list[str | None]:
    asked: list[str | None] = []
    acceptor.sni_callback = lambda _side, name, _context: asked.append(name)
    shake_hands(requestor, acceptor, host)
    return asked


@pytest.mark.parametrize(
    ("check_host", "requested", "host", "sent"),
    [
        (True, "", HOST, None),  # addresses are never sent (RFC 6066 3)
        (True, "", "pacs.test", "pacs.test"),
        (True, "pacs.test", HOST, "pacs.test"),
        (False, "", "pacs.test", None),
        (False, "", "elsewhere.test", None),
        (False, "elsewhere.test", HOST, "elsewhere.test"),
    ],
)
def test_a_server_name_is_sent_when_it_is_asked_for_or_checked(
    authority: Authority, settings: TlsSettings, check_host: bool, requested: str, host: str, sent: str | None
) -> None:
    acceptor = acceptor_context(of(authority.issue("pacs.test", HOST), ca_files=settings.ca_files))
    requestor = requestor_context(replace(settings, check_host=check_host, requested_name=requested))
    assert server_names(requestor, acceptor, host) == [sent]


@pytest.mark.parametrize(("requested", "host"), [("", "elsewhere.test"), ("elsewhere.test", HOST), ("", "127.0.0.2")])
def test_a_checked_name_must_be_in_the_certificate(settings: TlsSettings, requested: str, host: str) -> None:
    requestor = requestor_context(replace(settings, requested_name=requested))
    with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
        shake_hands(requestor, acceptor_context(settings), host)


@pytest.mark.parametrize(
    ("requested", "fits"), [("pacs.test", True), ("PACS.test", True), ("x.test", False), ("", False)]
)
def test_an_acceptor_may_want_to_be_asked_for_by_name(settings: TlsSettings, requested: str, fits: bool) -> None:
    acceptor = acceptor_context(replace(settings, expected_name="pacs.test"))
    requestor = requestor_context(replace(settings, check_host=False, requested_name=requested))
    if fits:
        shake_hands(requestor, acceptor)
    else:
        with pytest.raises(ssl.SSLError, match="CALLBACK_FAILED"):
            shake_hands(requestor, acceptor)


@pytest.mark.parametrize(
    ("requestor", "acceptor", "chosen"),
    [
        ("rfc8996", "rfc8996", "TLSv1.3 TLS_AES_256_GCM_SHA384"),
        ("bcp195-extended", "rfc8996", "TLSv1.2 ECDHE-RSA-AES128-GCM-SHA256"),
        ("aes", "bcp195", "TLSv1.2 AES128-SHA"),
        ("aes", "rfc8996", None),
        ("rfc8996", "aes", None),
    ],
)
def test_profiles_meet_in_what_they_share(
    authority: Authority, requestor: TlsProfileName, acceptor: TlsProfileName, chosen: str | None
) -> None:
    made = of(authority.issue(key_type=trustme.KeyType.RSA), ca_files=(authority.file,))
    contexts = requestor_context(replace(made, profile=requestor)), acceptor_context(replace(made, profile=acceptor))
    if chosen is None:
        with pytest.raises(ssl.SSLError):
            shake_hands(*contexts)
    else:
        side = shake_hands(*contexts)
        assert f"{side.version()} {(side.cipher() or ('',))[0]}" == chosen


def test_a_further_cipher_suite_is_offered(authority: Authority) -> None:
    made = of(authority.issue(key_type=trustme.KeyType.RSA), ca_files=(authority.file,))
    acceptor = acceptor_context(replace(made, cipher_suites=("TLS_RSA_WITH_AES_128_CBC_SHA",)))
    requestor = requestor_context(replace(made, profile="aes"))
    assert (shake_hands(requestor, acceptor).cipher() or ("",))[0] == "AES128-SHA"


def test_a_cipher_suite_that_openssl_would_leave_out_is_refused(
    settings: TlsSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls_context, "_LEAST_BITS", 129)  # OpenSSL 3.2 rates CCM_8 at 64 bits, those before at 128
    changed = replace(settings, cipher_suites=("TLS_RSA_WITH_AES_128_CCM_8",))
    with pytest.raises(ConfigError, match="TLS_RSA_WITH_AES_128_CCM_8 is too weak for the BCP 195 RFC 8996"):
        requestor_context(changed)
    assert requestor_context(replace(changed, profile="aes")).settings.profile == "aes"


@pytest.mark.parametrize(("dh", "level", "fits"), [("", 2, True), ("", 3, False), (DH_3072, 3, True)])
def test_diffie_hellman_parameters_are_those_of_the_file_or_of_2048_bits(
    authority: Authority, tmp_path: Path, dh: str, level: int, fits: bool
) -> None:
    path = tmp_path / "dh.pem"
    path.write_text(dh)
    suite = "DHE-RSA-AES256-GCM-SHA384"
    made = of(authority.issue(key_type=trustme.KeyType.RSA), profile="bcp195-extended", verification="ignore")
    requestor = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    requestor.check_hostname = False
    requestor.verify_mode = ssl.CERT_NONE
    requestor.set_ciphers(f"{suite}:@SECLEVEL={level}")  # 3 wants 3072 bits
    acceptor = acceptor_context(replace(made, dh_file=str(path) if dh else ""))
    if fits:
        assert (shake_hands(requestor, acceptor).cipher() or ("",))[0] == suite
    else:
        with pytest.raises(ssl.SSLError, match="DH_KEY_TOO_SMALL"):
            shake_hands(requestor, acceptor)


def test_parameters_that_nothing_uses_are_told_and_must_be_right(
    settings: TlsSettings, tmp_path: Path, expect_log: ExpectLog
) -> None:
    path = tmp_path / "dh.pem"
    changed = replace(settings, dh_file=str(path), profile="rfc8996")
    with pytest.raises(ConfigError, match=r"dh\.pem cannot be read"):
        acceptor_context(changed)
    path.write_text("nothing")
    with pytest.raises(ConfigError, match=r"dh\.pem is no PEM file"):
        acceptor_context(changed)
    path.write_text(DH_3072)
    expect_log(r"nothing uses the Diffie-Hellman parameters of .*dh\.pem: the BCP 195 RFC 8996")
    acceptor_context(changed)
