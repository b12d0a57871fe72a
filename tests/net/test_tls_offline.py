"""Certificates without a connection: the verdicts, and what is wrong in one sentence."""

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.tls_files import Authority
from workbench.config import TlsSettings
from workbench.errors import ConfigError
from workbench.net.tls_offline import root_problem, verification_problem


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def settings(authority: Authority) -> TlsSettings:
    return TlsSettings(ca_files=(authority.file,))


def test_a_certificate_of_a_trusted_authority_verifies(authority: Authority, settings: TlsSettings) -> None:
    assert verification_problem(authority.issue().certificate, settings) == ""
    assert verification_problem(authority.file, settings) == ""
    in_der = TlsSettings(ca_files=(authority.der(),), file_format="der")
    assert verification_problem(authority.issue(form="der").certificate, in_der) == ""


def test_the_files_of_a_folder_are_trusted(authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "any").write_bytes(Path(authority.file).read_bytes())
    assert verification_problem(authority.issue().certificate, TlsSettings(ca_folders=(str(tmp_path),))) == ""


def test_a_self_signed_certificate_verifies_where_it_is_trusted(authority: Authority) -> None:
    lonely = authority.self_signed().certificate
    assert verification_problem(lonely, TlsSettings(ca_files=(lonely,))) == ""


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda made: made.issue(when="past"), r"\(CN=device\) expired on 2020-01-01 00:00:00 UTC: its owner has"),
        (lambda made: made.issue(when="future"), r"\(CN=device\) is not valid before 2090-01-01 00:00:00 UTC: look at"),
        (lambda made: made.self_signed(), r"\(CN=lonely\) is self-signed and not among the trusted ones"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_said(
    authority: Authority, settings: TlsSettings, make: Any, said: str
) -> None:
    assert_says(said, verification_problem(make(authority).certificate, settings))


def test_an_unknown_authority_is_said(authority: Authority, settings: TlsSettings, tmp_path: Path) -> None:
    certificate = Authority(tmp_path, "stranger").issue().certificate
    assert_says(
        r"\(CN=device\) was issued by stranger, .*, which is not trusted", verification_problem(certificate, settings)
    )
    words = r"\(CN=device\) cannot be checked, because no authority is trusted here: add the certificate of stranger"
    assert_says(words, verification_problem(certificate, TlsSettings()))


@pytest.mark.parametrize("check", ["leaf", "chain"])
def test_revocation_is_checked(authority: Authority, settings: TlsSettings, check: Any) -> None:
    revoked, good = authority.issue(), authority.issue()
    checked = replace(settings, crl_check=check, crl_files=(authority.revoke(revoked),))
    assert verification_problem(good.certificate, checked) == ""
    assert_says(r"\(CN=device\) was revoked by authority", verification_problem(revoked.certificate, checked))
    problem = verification_problem(good.certificate, replace(settings, crl_check=check))
    assert problem.startswith("there is no revocation list (CRL) of authority")


def test_roots_are_told_from_others(authority: Authority) -> None:
    assert root_problem(authority.file) == ""
    assert root_problem(authority.der(), "der") == ""
    assert root_problem(authority.self_signed().certificate) == ""  # it does not say that it is no authority
    issued = root_problem(authority.issue().certificate)
    assert_says("is not self-signed: .*O=authority.* issued it", issued)
    assert_says(
        r"says that it is not one of an authority \(CA:FALSE\)",
        root_problem(authority.self_signed(is_ca=False).certificate),
    )
    assert_says(r"\(CN=lonely\) expired on ", root_problem(authority.self_signed(days=-1).certificate))


def test_a_damaged_file_is_said(authority: Authority, settings: TlsSettings, tmp_path: Path) -> None:
    path = tmp_path / "damaged.pem"
    path.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    with pytest.raises(ConfigError, match=r"TLS: .*damaged\.pem holds a damaged certificate: "):
        root_problem(str(path))
    with pytest.raises(ConfigError, match="TLS: a trusted certificate or a revocation list is damaged: "):
        verification_problem(authority.file, replace(settings, ca_files=(str(path),)))


def test_a_missing_library_is_said(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "OpenSSL", None)
    with pytest.raises(ConfigError, match="pyOpenSSL is missing; install the extra 'tls'"):
        root_problem(authority.file)


def assert_says(words: str, problem: str) -> None:
    assert re.match(rf"the certificate \S+ {words}", problem), problem
