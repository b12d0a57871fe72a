"""Lists of cipher suites and profiles, and names of suites."""

import argparse

import pytest

from tests.conftest import ExpectLog, LogWatch
from workbench.cli import echoscu, storescp
from workbench.cli.tls_suites import cipher_suite, warn_of_weak

TOOLS = (echoscu.main, storescp.main)


@pytest.mark.parametrize("main", TOOLS)
def test_cipher_suites_are_listed_whatever_else_is_said(main: object, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["+cc"])  # type: ignore[operator]
    assert caught.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert "  TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384" in lines
    assert any(line.startswith("  TLS_RSA_WITH_AES_128_CBC_SHA  (weak: ") for line in lines)


@pytest.mark.parametrize("main", TOOLS)
def test_profiles_are_listed_with_what_they_mean(main: object, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--list-profiles"])  # type: ignore[operator]
    assert caught.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines if line.startswith("  +")] == ["+pg", "+pm", "+py", "+px", "+pz", "+pa"]
    assert any("OpenSSL chooses the suites of TLS 1.3 and the curves" in line for line in lines)


def test_a_name_that_nobody_knows_is_refused() -> None:
    assert cipher_suite("TLS_AES_128_GCM_SHA256") == "TLS_AES_128_GCM_SHA256"
    with pytest.raises(argparse.ArgumentTypeError, match="'NULL-SHA' is unknown or protects nothing; --list-ciphers"):
        cipher_suite("NULL-SHA")


def test_a_weak_suite_is_told(expect_log: ExpectLog, log_watch: LogWatch) -> None:
    warn_of_weak(("TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", "TLS_DHE_RSA_WITH_AES_128_CBC_SHA"))
    expect_log(r"TLS_DHE_RSA_WITH_AES_128_CBC_SHA is weak: finite-field Diffie-Hellman, CBC mode \(RFC 9325 4\)")
    assert len(log_watch.records) == 1
