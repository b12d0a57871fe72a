"""The options of TLS: what they need, exclude and mean, and that they secure what the tools do."""

import io
import ssl
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.cli.background import address, background
from tests.conftest import ExpectLog, LogWatch
from tests.support.tls_files import HOST, PASSPHRASE, Authority, Identity
from workbench.cli import echoscu
from workbench.cli.parser import Options, Parser
from workbench.cli.tls import Role, add_tls_options, tls_context, tls_settings
from workbench.config import TlsSettings
from workbench.errors import ConfigError
from workbench.net.tls import TlsContext
from workbench.net.tls_context import acceptor_context

Capture = pytest.CaptureFixture[str]


def parse(role: Role, *words: str) -> Options:
    parser = Parser("tool", "Does something.")
    add_tls_options(parser, role=role)
    return parser.parse(words)


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def identity(authority: Authority) -> Identity:
    return authority.issue()


@pytest.mark.parametrize("words", [[], ["-tls"], ["+tla", "-tls"]])
def test_connections_are_plain_until_told_otherwise(words: list[str]) -> None:
    assert tls_context(parse("requestor", *words), role="requestor") is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["+cf", "ca.pem"], "--add-cert-file needs --enable-tls or --anonymous-tls"),
        (["-pem"], "--pem-keys needs --enable-tls or --anonymous-tls"),
        (["+pz"], "--profile-bcp195-ex needs --enable-tls or --anonymous-tls"),
        (["-ic"], "--ignore-peer-cert needs --enable-tls or --anonymous-tls"),
        (["--request-sni", "x"], "--request-sni needs --enable-tls or --anonymous-tls"),
        (["+tla", "+pw", "x"], "--use-passwd needs --enable-tls"),
        (["+tla", "-pw"], "--null-passwd needs --enable-tls"),
        (["+tla", "+ps"], "--std-passwd needs --enable-tls"),
        (["+tla", "+ws"], "--write-seed needs --seed"),
        (["+tla", "+wf", "x"], "--write-seed-file needs --seed"),
        (["+tla", "--no-sni", "--request-sni", "x"], "--no-sni and --request-sni exclude each other"),
        (["+tla", "+pz", "+cs", "TLS_AES_128_GCM_SHA256"], "--cipher and --profile-bcp195-ex exclude each other"),
        (["+tla", "--check-hostname", "-ic"], "--check-hostname and --ignore-peer-cert exclude each other"),
        (["+tla", "+cs", "TLS_NONSENSE"], "+cs/--cipher: 'TLS_NONSENSE' is unknown or protects nothing"),
        (["+tla", "+pb"], "+pb/--profile-basic is not offered: it needs 3DES, which is broken; take --profile-8996"),
        (["+tla", "+pn"], "+pn/--profile-null is not offered: it encrypts nothing; take --profile-8996"),
        (["+tla", "-vc"], "there is no option '-vc'"),
        (["+tla", "+dp", "x"], "there is no option '+dp'"),
    ],
)
def test_what_makes_no_sense_ends_with_1(capsys: Capture, words: list[str], said: str) -> None:
    with pytest.raises(SystemExit) as caught:
        parse("requestor", *words)
    assert caught.value.code == 1
    assert capsys.readouterr().err.startswith(f"dwb tool: {said}")


@pytest.mark.parametrize(
    ("role", "words", "said"),
    [
        ("acceptor", ["+tla"], "there is no option '+tla'"),
        ("both", ["+tla"], "there is no option '+tla'"),
        ("acceptor", ["-vc"], "--verify-peer-cert needs --enable-tls"),
        (
            "acceptor",
            ["+tls", "k", "c", "--no-sni", "--expect-sni", "x"],
            "--no-sni and --expect-sni exclude each other",
        ),
        ("acceptor", ["+tls", "k", "c", "--request-sni", "x"], "there is no option '--request-sni'"),
    ],
)
def test_acceptors_differ(capsys: Capture, role: Role, words: list[str], said: str) -> None:
    with pytest.raises(SystemExit):
        parse(role, *words)
    assert capsys.readouterr().err.startswith(f"dwb tool: {said}\n")


@pytest.mark.parametrize(
    ("role", "words", "changes"),
    [
        ("requestor", ["-der"], {"file_format": "der"}),
        ("requestor", ["-der", "-pem"], {}),
        ("requestor", ["+cf", "a", "+cf", "b"], {"ca_files": ("a", "b")}),
        ("requestor", ["+cd", "a"], {"ca_folders": ("a",)}),
        ("requestor", ["+crv"], {"crl_check": "leaf"}),
        ("requestor", ["+cra"], {"crl_check": "chain"}),
        ("requestor", ["+crl", "l"], {"crl_files": ("l",), "crl_check": "leaf"}),
        ("requestor", ["+crl", "l", "+cra"], {"crl_files": ("l",), "crl_check": "chain"}),
        ("requestor", ["+pz", "+pg"], {}),
        ("requestor", ["+pm"], {"profile": "rfc8996-modified"}),
        ("requestor", ["+py"], {"profile": "bcp195-non-downgrading"}),
        ("requestor", ["+px"], {"profile": "bcp195"}),
        ("requestor", ["+pz"], {"profile": "bcp195-extended"}),
        ("requestor", ["+pa"], {"profile": "aes"}),
        ("requestor", ["+cs", "TLS_AES_128_GCM_SHA256"], {"cipher_suites": ("TLS_AES_128_GCM_SHA256",)}),
        ("requestor", ["--request-sni", "x"], {"requested_name": "x"}),
        ("requestor", ["--check-hostname"], {"check_host": True}),
        ("requestor", ["--no-sni"], {}),
        ("requestor", ["-ic"], {"verification": "ignore"}),
        ("requestor", ["-ic", "-rc"], {}),
        ("acceptor", ["-vc"], {"verification": "optional"}),
        ("acceptor", ["+dp", "d"], {"dh_file": "d"}),
        ("acceptor", ["--expect-sni", "x"], {"expected_name": "x"}),
        ("both", ["--expect-sni", "x", "--request-sni", "y"], {"expected_name": "x", "requested_name": "y"}),
    ],
)
def test_each_option_is_a_setting(role: Role, words: list[str], changes: dict[str, Any]) -> None:
    expected: dict[str, Any] = {"key_file": "key", "certificate_file": "certificate", "check_host": False, **changes}
    assert tls_settings(parse(role, "+tls", "key", "certificate", *words)) == TlsSettings(**expected)


def test_without_a_certificate_of_its_own_a_requestor_is_anonymous() -> None:
    assert tls_settings(parse("requestor", "+tla")).is_anonymous


def test_a_tool_that_calls_and_is_called_has_both_contexts(authority: Authority) -> None:
    encrypted = authority.issue(passphrase=PASSPHRASE)
    options = parse("both", "+tls", encrypted.key, encrypted.certificate, "+pw", PASSPHRASE, "+cf", authority.file)
    requestor, acceptor = tls_context(options, role="requestor"), tls_context(options, role="acceptor")
    assert isinstance(requestor, TlsContext)
    assert isinstance(acceptor, TlsContext)
    assert (requestor.protocol, acceptor.protocol) == (ssl.PROTOCOL_TLS_CLIENT, ssl.PROTOCOL_TLS_SERVER)


def test_a_wrong_passphrase_is_said(authority: Authority) -> None:
    encrypted = authority.issue(passphrase=PASSPHRASE)
    with pytest.raises(ConfigError, match="the passphrase does not open the private key"):
        tls_context(parse("acceptor", "+tls", encrypted.key, encrypted.certificate, "-pw"), role="acceptor")


def test_a_weak_suite_is_warned_of_once(identity: Identity, expect_log: ExpectLog, log_watch: LogWatch) -> None:
    options = parse("both", "+tls", identity.key, identity.certificate, "+cs", "TLS_RSA_WITH_AES_128_CBC_SHA")
    for role in ("requestor", "acceptor"):
        tls_context(options, role=role)
    expect_log("the cipher suite TLS_RSA_WITH_AES_128_CBC_SHA is weak: RSA key transport .*, CBC mode")
    assert len(log_watch.records) == 1


# A whole tool


def secured(authority: Authority, identity: Identity, **others: Any) -> TlsContext:
    """Gives the context of a node with this identity that trusts the authority."""
    trusted = (authority.file,)
    return acceptor_context(
        TlsSettings(key_file=identity.key, certificate_file=identity.certificate, ca_files=trusted, **others)
    )


def echo(authority: Authority, acceptor: ssl.SSLContext | None, *words: str) -> int:
    """Runs echoscu, which trusts the authority."""
    with background(tls=acceptor) as node:
        return echoscu.main([*words, "+cf", authority.file, *address(node)])


def test_echoscu_is_silent_where_all_is_well(authority: Authority, identity: Identity, capsys: Capture) -> None:
    acceptor = secured(authority, identity)
    own = ["+tls", identity.key, identity.certificate]
    assert echo(authority, acceptor, *own) == 0
    assert echo(authority, acceptor, *own, "--check-hostname") == 0
    assert echo(authority, secured(authority, identity, verification="optional"), "+tla") == 0
    assert capsys.readouterr() == ("", "")


def test_verbose_tells_how_the_connection_is_secured_and_with_whom(
    authority: Authority, identity: Identity, capsys: Capture
) -> None:
    own = ["+tls", identity.key, identity.certificate, "-v"]
    assert echo(authority, secured(authority, identity), *own) == 0
    assert "I: Connection secured: TLSv1.3, TLS_AES_256_GCM_SHA384, with CN=device\n" in capsys.readouterr().err
    assert echo(authority, secured(authority, authority.issue("pacs.test")), *own) == 0
    assert "with CN=device, whose certificate does not name 127.0.0.1\n" in capsys.readouterr().err
    assert echo(authority, secured(authority, identity), *own, "-ic") == 0
    assert "with a peer whose certificate was not verified\n" in capsys.readouterr().err


WRONG: dict[str, tuple[Callable[[Authority], TlsContext | None], list[str], str]] = {
    "expired": (lambda a: secured(a, a.issue(when="past"), verification="ignore"), [], "expired on 2020-01-01"),
    "wrong name": (
        lambda a: secured(a, a.issue("pacs.test"), verification="ignore"),
        ["--check-hostname"],
        f"is for pacs.test, not for {HOST}",
    ),
    "unknown authority": (
        lambda a: secured(a, a.self_signed(), verification="ignore"),
        [],
        "is self-signed and not among the trusted ones",
    ),
    "certificate missing": (lambda a: secured(a, a.issue()), [], "requires a certificate of ours"),
    "plain acceptor": (lambda _: None, [], "does not speak TLS on this port: it answered with a plain A-ABORT"),
    "name not served": (
        lambda a: secured(a, a.issue(), verification="ignore", expected_name="a.test"),
        ["--request-sni", "b.test"],
        "does not serve the server name that was asked for (SNI)",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_echoscu_says_why_it_does_not_connect(
    authority: Authority, capsys: Capture, name: str, expect_log: ExpectLog
) -> None:
    expect_log(r"association 1: TLS: ", required=False)  # the acceptor's, where it has the time
    make, words, said = WRONG[name]
    assert echo(authority, make(authority), "+tla", *words) == 1
    assert said in capsys.readouterr().err


def test_echoscu_says_why_a_secured_node_does_not_answer_it(
    authority: Authority, identity: Identity, capsys: Capture
) -> None:
    with background(tls=secured(authority, identity)) as node:
        assert echoscu.main(address(node)) == 1
    assert "the peer may want TLS on this port" in capsys.readouterr().err


def test_a_missing_file_ends_the_tool(tmp_path: Path, capsys: Capture) -> None:
    assert echoscu.main(["+tls", str(tmp_path / "key.pem"), str(tmp_path / "certificate.pem"), "localhost", "104"]) == 1
    assert "key.pem cannot be read: No such file or directory" in capsys.readouterr().err


def test_the_passphrase_comes_from_standard_input(
    authority: Authority, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    encrypted = authority.issue(passphrase=PASSPHRASE)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{PASSPHRASE}\n"))
    run = partial(echo, authority, secured(authority, identity), "+tls", encrypted.key, encrypted.certificate)
    assert run() == 0
    assert run("+pw", PASSPHRASE) == 0
    assert run("+pw", "wrong") == 1
