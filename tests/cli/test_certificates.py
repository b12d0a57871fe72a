"""echoscu --verify-cert and --is-root-cert."""

from pathlib import Path

import pytest

from tests.cli.events import events
from tests.support.tls_files import Authority
from workbench.cli.echoscu import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.mark.parametrize("place", [[], ["localhost", "104"]])
def test_a_certificate_that_verifies_ends_with_0(authority: Authority, capsys: Capture, place: list[str]) -> None:
    certificate = authority.issue().certificate
    assert main(["+vc", certificate, "+cf", authority.file, *place]) == 0
    assert capsys.readouterr() == (f"the certificate {certificate} verifies\n", "")


def test_a_certificate_that_does_not_ends_with_22(authority: Authority, capsys: Capture) -> None:
    certificate = authority.issue(when="past").certificate
    assert main(["+vc", certificate, "+cf", authority.file]) == 22
    said = capsys.readouterr()
    assert said.out.startswith(f"the certificate {certificate} (CN=device) expired on 2020-01-01")
    assert said.err == ""


def test_the_same_as_an_event(authority: Authority, capsys: Capture) -> None:
    certificate = authority.issue().certificate
    assert main(["+vc", certificate, "--json"]) == 22
    (event,) = events(capsys.readouterr().out)
    assert (event["event"], event["file"], event["valid"]) == ("certificate", certificate, False)
    assert "no authority is trusted here" in event["reason"]


def test_a_list_of_revoked_certificates_counts(authority: Authority, capsys: Capture) -> None:
    revoked = authority.issue()
    trusted = ["+cf", authority.file]
    assert main(["+vc", revoked.certificate, *trusted, "+crl", authority.revoke(revoked)]) == 22
    assert "was revoked by authority" in capsys.readouterr().out
    assert main(["+vc", revoked.certificate, *trusted, "+crl", authority.revoke()]) == 0
    assert main(["+vc", revoked.certificate, *trusted, "+crl", authority.revoke(), "+cra"]) == 0
    assert main(["+vc", revoked.certificate, *trusted, "+crv"]) == 22


def test_roots_are_told(authority: Authority, capsys: Capture) -> None:
    assert main(["+rc", authority.file]) == 0
    assert main(["+rc", authority.der(), "-der"]) == 0
    assert main(["+rc", authority.issue().certificate]) == 22
    assert main(["+rc", authority.file, "+vc", authority.issue().certificate]) == 22
    said = capsys.readouterr().out.splitlines()
    assert said[0] == f"the certificate {authority.file} is a valid, self-signed root"
    assert "is not self-signed" in said[2]


def test_a_file_that_cannot_be_read_is_another_failure(capsys: Capture, tmp_path: Path) -> None:
    assert main(["+rc", str(tmp_path / "absent.pem")]) == 1
    assert "absent.pem cannot be read: No such file or directory" in capsys.readouterr().err
