"""Keys, certificates and lists on disk: each form is read, each fault is said with the name of the file."""

import os
import stat
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.tls_files import Authority
from workbench.errors import ConfigError
from workbench.net.tls_files import FileFormat, Kind, as_file, folder_pem, pem_of


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


def test_der_becomes_the_same_pem(authority: Authority) -> None:
    pem = Path(authority.file).read_text()
    assert pem_of(authority.der(), "certificate", "der") == pem
    assert pem_of(authority.file, "certificate", "pem") == pem
    in_der = pem_of(authority.revoke(form="der"), "revocation list (CRL)", "der")
    assert in_der.startswith("-----BEGIN X509 CRL-----\n")


@pytest.mark.parametrize(
    ("passphrase", "key_format", "label"),
    [("", "pkcs8", "PRIVATE KEY"), ("secret", "pkcs8", "ENCRYPTED PRIVATE KEY"), ("", "traditional", "EC PRIVATE KEY")],
)
def test_each_kind_of_key_in_der_gets_its_label(
    authority: Authority, passphrase: str, key_format: str, label: str
) -> None:
    identity = authority.issue(form="der", passphrase=passphrase, key_format=key_format)  # type: ignore[arg-type]
    assert pem_of(identity.key, "private key", "der").startswith(f"-----BEGIN {label}-----\n")


@pytest.mark.parametrize(
    ("content", "kind", "form", "said"),
    [
        (None, "certificate", "pem", "cannot be read: No such file or directory"),
        (b"", "certificate", "pem", "is no PEM file: it has no line -----BEGIN"),
        (b"\x30\x82", "private key", "pem", "is no PEM file but looks like DER: say so"),
        (
            b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
            "private key",
            "pem",
            "holds no private key, but: Certificate",
        ),
        (b"-----BEGIN CERTIFICATE-----\n", "certificate", "der", "is no DER file but PEM"),
        (b"something else", "certificate", "der", "is no DER file: it does not hold one ASN.1 sequence"),
        (b"", "private key", "der", "is no DER file"),
        (b"\x30\x03\x02\x01\x00", "private key", "der", "holds no private key in DER"),
        (b"\x30\x03\x02\x01\x00", "certificate", "der", "holds no certificate in DER"),
        (b"\x30\x03\x02\x01\x00", "revocation list (CRL)", "der", r"holds no revocation list \(CRL\) in DER"),
        (b"\x30\x03\x02\x05\x00", "certificate", "der", "is no DER file"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(
    tmp_path: Path, content: bytes | None, kind: Kind, form: FileFormat, said: str
) -> None:
    path = tmp_path / "file"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigError, match=f"TLS: {path} {said}"):
        pem_of(str(path), kind, form)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=40) | st.binary(max_size=40).map(lambda rest: b"\x30" + bytes([len(rest)]) + rest))
def test_any_bytes_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    for kind in ("certificate", "private key", "revocation list (CRL)", "DH parameters"):
        for form in ("pem", "der"):
            with suppress(ConfigError):
                assert pem_of(str(path), kind, form).startswith("-----BEGIN ")


def test_a_folder_is_read_whatever_its_files_are_called(tmp_path: Path) -> None:
    authority, other = Authority(tmp_path), Authority(tmp_path, "other")
    (tmp_path / "README").write_text("nothing of this kind\n")
    os.symlink(other.file, tmp_path / "0a1b2c3d.0")
    (tmp_path / "nested").mkdir()
    both = folder_pem(str(tmp_path), "certificate", "pem")
    assert both.count("BEGIN CERTIFICATE") == 2
    assert Path(authority.file).read_text() in both
    with pytest.raises(ConfigError, match=r"the folder .*absent cannot be read: No such file"):
        folder_pem(str(tmp_path / "absent"), "certificate", "pem")


def test_a_file_for_openssl_is_ours_alone_and_goes_away() -> None:
    with as_file("text") as path:
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
        assert Path(path).read_text() == "text"
    assert not os.path.exists(path)
