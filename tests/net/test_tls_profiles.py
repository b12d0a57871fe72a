"""The profiles of PS3.15 B as OpenSSL carries them out, and the names of cipher suites."""

import ssl

import pytest

from workbench.config import TlsProfileName
from workbench.net.tls_profiles import PROFILES, cipher_string, cipher_suites, is_of_tls_1_3, needs_dh, weakness

# What OpenSSL offers below TLS 1.3 for each profile, the best first.
OFFERED: dict[TlsProfileName, str] = {
    "rfc8996": "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 "
    "ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384",
    "rfc8996-modified": "ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 "
    "ECDHE-RSA-CHACHA20-POLY1305 ECDHE-ECDSA-AES256-CCM ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 "
    "ECDHE-ECDSA-AES128-CCM ECDHE-ECDSA-AES256-CCM8 ECDHE-ECDSA-AES128-CCM8",
    "bcp195-non-downgrading": "ECDHE-RSA-AES128-GCM-SHA256 DHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384 "
    "DHE-RSA-AES256-GCM-SHA384",
    "bcp195": "ECDHE-RSA-AES128-GCM-SHA256 DHE-RSA-AES128-GCM-SHA256 ECDHE-RSA-AES256-GCM-SHA384 "
    "DHE-RSA-AES256-GCM-SHA384 AES128-SHA",
    "bcp195-extended": "ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-GCM-SHA384 "
    "ECDHE-RSA-AES256-GCM-SHA384 DHE-RSA-AES128-GCM-SHA256 DHE-RSA-AES256-GCM-SHA384",
    "aes": "AES128-SHA",
}


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_carried_out(name: TlsProfileName) -> None:
    profile = PROFILES[name]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.set_ciphers(cipher_string(profile.suites, profile.level))
    offered = [cipher["name"] for cipher in context.get_ciphers() if not cipher["name"].startswith("TLS_")]
    assert " ".join(offered) == OFFERED[name]
    assert set(profile.suites) <= set(cipher_suites())


@pytest.mark.parametrize(
    ("name", "versions"),
    [("rfc8996", "TLS 1.2 to TLS 1.3"), ("bcp195-extended", "TLS 1.2"), ("aes", "TLS 1.0 to TLS 1.2")],
)
def test_the_versions_of_a_profile_are_told(name: TlsProfileName, versions: str) -> None:
    assert PROFILES[name].versions == versions


def test_only_the_retired_profiles_allow_what_is_weak() -> None:
    for name, profile in PROFILES.items():
        assert ("retired" in profile.title) is not name.startswith("rfc8996")
        if "retired" not in profile.title:
            assert not [suite for suite in profile.suites if weakness(suite) and not suite.endswith("CCM_8")]
            assert (profile.oldest, profile.level) == (ssl.TLSVersion.TLSv1_2, 2)


@pytest.mark.parametrize(
    ("registered", "openssl"),
    [
        ("TLS_AES_256_GCM_SHA384", "TLS_AES_256_GCM_SHA384"),
        ("TLS_ECDHE_ECDSA_WITH_AES_256_CCM_8", "ECDHE-ECDSA-AES256-CCM8"),
        ("TLS_ECDHE_ECDSA_WITH_AES_128_CCM", "ECDHE-ECDSA-AES128-CCM"),
        ("TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", "ECDHE-RSA-CHACHA20-POLY1305"),
        ("TLS_DHE_RSA_WITH_CAMELLIA_128_CBC_SHA", "DHE-RSA-CAMELLIA128-SHA"),
        ("TLS_RSA_WITH_AES_256_CBC_SHA256", "AES256-SHA256"),
        ("TLS_DHE_DSS_WITH_AES_256_GCM_SHA384", "DHE-DSS-AES256-GCM-SHA384"),
    ],
)
def test_suites_go_by_their_registered_names(registered: str, openssl: str) -> None:
    assert cipher_suites()[registered] == openssl


def test_an_acceptor_of_dhe_needs_parameters() -> None:
    needing = {name for name, profile in PROFILES.items() if needs_dh(profile.suites)}
    assert needing == {"bcp195-non-downgrading", "bcp195", "bcp195-extended"}


def test_suites_that_protect_nothing_are_left_out() -> None:
    for part in ("NULL", "anon", "3DES", "RC4", "PSK", "SRP", "EXPORT"):
        assert not [name for name in cipher_suites() if part in name]


def test_weak_suites_are_named() -> None:
    assert weakness("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384") == ""
    assert weakness("TLS_AES_128_GCM_SHA256") == ""
    assert "CBC mode" in weakness("TLS_RSA_WITH_AES_128_CBC_SHA")
    assert "key transport" in weakness("TLS_RSA_WITH_AES_128_GCM_SHA256")
    assert "Diffie-Hellman" in weakness("TLS_DHE_RSA_WITH_AES_128_GCM_SHA256")
    assert is_of_tls_1_3("TLS_AES_128_GCM_SHA256")
    assert not is_of_tls_1_3("TLS_RSA_WITH_AES_128_GCM_SHA256")
