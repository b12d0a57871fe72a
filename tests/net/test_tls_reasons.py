"""Each way in which securing a connection fails is one sentence, on both sides of it."""

import re
import ssl
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ExpectLog
from tests.net.tls_pair import echo
from tests.support.tls_files import Authority, Identity
from workbench.config import TlsSettings
from workbench.errors import AssociationAborted, TransportError
from workbench.net.tls_context import acceptor_context, requestor_context
from workbench.net.tls_reasons import Circumstances, closed, describe, distinguished, holder, names_host

pytestmark = pytest.mark.usefixtures("refusals_are_told")

US = r"127\.0\.0\.1:\d+"


@pytest.fixture
def refusals_are_told(expect_log: ExpectLog) -> None:
    """Lets the acceptor warn of requestors that it could not secure a connection with."""
    expect_log(rf"association \d+: TLS: .*{US}", required=False)


class Parties:
    """Who there is: an authority that both sides trust, a stranger, and identities."""

    def __init__(self, folder: Path) -> None:
        self.authority = Authority(folder)
        self.stranger = Authority(folder, "stranger")
        self.known = self.authority.issue()
        self.revoked = self.authority.issue(common_name="lost")
        self.revocations = self.authority.revoke(self.revoked)

    def of(self, identity: Identity | None, **others: Any) -> TlsSettings:
        """Gives the settings of a side that has this identity and trusts the authority."""
        settings = TlsSettings(ca_files=(self.authority.file,), **others)
        if identity is None:
            return settings
        return replace(settings, key_file=identity.key, certificate_file=identity.certificate)


@pytest.fixture(scope="module")
def parties(tmp_path_factory: pytest.TempPathFactory) -> Parties:
    return Parties(tmp_path_factory.mktemp("tls"))


async def test_a_connection_that_is_secured_fails_nowhere(parties: Parties) -> None:
    settings = parties.of(parties.known)
    assert await echo(requestor_context(settings), acceptor_context(settings)) == (None, [])


Make = Callable[[Parties], Identity]

# The certificate, what the requestor says of it when it is the acceptor's, what the acceptor says when it is the
# requestor's (OpenSSL shows it less), and what the one whose it is says.
CERTIFICATES: dict[str, tuple[Make, str, str, str]] = {
    "expired": (
        lambda p: p.authority.issue(when="past"),
        r"\(CN=device\) expired on 2020-01-01 00:00:00 UTC: its owner has to renew it",
        "has expired: its owner has to renew it",
        "does not accept our certificate: it has expired; get a new one",
    ),
    "not valid yet": (
        lambda p: p.authority.issue(when="future"),
        r"\(CN=device\) is not valid before 2090-01-01 00:00:00 UTC: look at the clocks of both machines",
        "is not valid yet: look at the clocks of both machines",
        "does not accept our certificate: it finds it wrong, not valid yet, or for another name",
    ),
    "of an unknown authority": (
        lambda p: p.stranger.issue(),
        r"\(CN=device\) was issued by stranger, .*, which is not trusted here: add the certificate of that authority",
        r"was issued by an authority that is not trusted here \(which one, OpenSSL tells requestors only; trusted: "
        r"authority, .*\): add the certificate of that authority",
        "does not accept our certificate: it does not trust the authority that issued it; its operator has to",
    ),
    "self-signed": (
        lambda p: p.authority.self_signed(),
        r"\(CN=lonely\) is self-signed and not among the trusted ones: add it to them if it is the right one",
        "is self-signed and not among the trusted ones: add it to them if it is the right one",
        "does not accept our certificate: it does not trust the authority",
    ),
    "revoked": (
        lambda p: p.revoked,
        r"\(CN=lost\) was revoked by authority, Testing CA .*: its owner needs a new one",
        "was revoked by its authority: its owner needs a new one",
        "does not accept our certificate: it was revoked; get a new one",
    ),
}


@pytest.mark.parametrize("name", CERTIFICATES)
@pytest.mark.parametrize("profile", ["rfc8996", "bcp195-extended"])
async def test_a_certificate_of_the_acceptor_that_is_not_accepted_is_said(
    parties: Parties, name: str, profile: Any
) -> None:
    make, ours, _, theirs = CERTIFICATES[name]
    lists: dict[str, Any] = {}
    if name == "revoked":
        lists = {"crl_files": (parties.revocations,), "crl_check": "leaf"}
    requestor = parties.of(None, check_host=False, profile=profile, **lists)
    acceptor = parties.of(make(parties), verification="ignore")
    failure, lost = await echo(requestor_context(requestor), acceptor_context(acceptor))
    assert isinstance(failure, TransportError)
    assert failure.stage == "tls"
    assert_says(f"TLS: the certificate of {US} {ours}", str(failure))
    assert_says(f"TLS: {US} {theirs}", *lost)


@pytest.mark.parametrize("name", CERTIFICATES)
@pytest.mark.parametrize("profile", ["rfc8996", "bcp195-extended"])
async def test_a_certificate_of_the_requestor_that_is_not_accepted_is_said(
    parties: Parties, name: str, profile: Any
) -> None:
    make, _, ours, theirs = CERTIFICATES[name]
    lists: dict[str, Any] = {}
    if name == "revoked":
        lists = {"crl_files": (parties.revocations,), "crl_check": "leaf"}
    requestor = parties.of(make(parties), profile=profile)
    failure, lost = await echo(requestor_context(requestor), acceptor_context(parties.of(parties.known, **lists)))
    assert isinstance(failure, TransportError)
    assert failure.stage == "tls"
    assert_says(f"TLS: {US} {theirs}", str(failure))
    assert_says(f"TLS: the certificate of {US} {ours}", *lost)


@pytest.mark.parametrize("profile", ["rfc8996", "bcp195-extended"])
async def test_a_missing_certificate_of_the_requestor_is_said(parties: Parties, profile: Any) -> None:
    failure, lost = await echo(
        requestor_context(parties.of(None, profile=profile)), acceptor_context(parties.of(parties.known))
    )
    assert isinstance(failure, TransportError)
    assert failure.stage == "tls"
    assert_says(f"TLS: {US} requires a certificate of ours, and there is none that suits: give", str(failure))
    assert_says(f"TLS: {US} has no certificate of its own, and one is required here: its operator", *lost)


@pytest.mark.parametrize(
    ("names", "requested", "ours"),
    [
        (
            ("192.0.2.1", "pacs.test"),
            "",
            "is for 192.0.2.1, pacs.test, not for 127.0.0.1: call it by a name in its cert",
        ),
        (("pacs.test",), "other.test", "is for pacs.test, not for other.test: "),
    ],
)
async def test_a_certificate_for_another_name_is_said(
    parties: Parties, names: tuple[str, ...], requested: str, ours: str
) -> None:
    acceptor = acceptor_context(parties.of(parties.authority.issue(*names), verification="ignore"))
    failure, _ = await echo(requestor_context(parties.of(None, requested_name=requested)), acceptor)
    assert_says(rf"TLS: the certificate of {US} \(CN=device\) {ours}", str(failure))


async def test_revocation_that_cannot_be_checked_is_said(parties: Parties) -> None:
    acceptor = acceptor_context(parties.of(parties.known, verification="ignore"))
    failure, _ = await echo(requestor_context(parties.of(None, crl_check="leaf")), acceptor)
    assert_says(
        r"TLS: there is no revocation list \(CRL\) of authority, .* here, and revocation is to be", str(failure)
    )
    old = parties.authority.revoke(days=-1)
    failure, _ = await echo(requestor_context(parties.of(None, crl_check="leaf", crl_files=(old,))), acceptor)
    assert_says(r"TLS: the revocation list \(CRL\) of authority, .* has expired: get the present one", str(failure))


async def test_an_acceptor_says_whose_revocation_list_is_missing_as_far_as_it_is_told(parties: Parties) -> None:
    acceptor = acceptor_context(parties.of(parties.known, crl_check="leaf"))
    _, lost = await echo(requestor_context(parties.of(parties.known)), acceptor)
    words = rf"no revocation list \(CRL\) of the authority of the certificate of {US} \(trusted: authority, .*\) here"
    assert_says(f"TLS: there is {words}", *lost)


async def test_trusting_nobody_is_said(parties: Parties) -> None:
    acceptor = acceptor_context(parties.of(parties.known, verification="ignore"))
    failure, _ = await echo(requestor_context(TlsSettings()), acceptor)
    words = r"\(CN=device\) cannot be checked, because no authority is trusted here: add the certificate of authority"
    assert_says(f"TLS: the certificate of {US} {words}", str(failure))


async def test_a_short_key_is_said(parties: Parties) -> None:
    acceptor = acceptor_context(parties.of(parties.authority.weak(), verification="ignore", profile="bcp195"))
    failure, _ = await echo(requestor_context(parties.of(None)), acceptor)
    assert_says(rf"TLS: the certificate of {US} \(CN=weak\) has a key that is too short", str(failure))


@pytest.mark.parametrize(
    ("requestor", "acceptor", "ours", "theirs"),
    [
        (
            {"profile": "aes"},
            {},
            "no cipher suite in common with {}, or none that suits the certificate",
            "no cipher suite in common with {}",
        ),
        (
            {"profile": "bcp195-extended"},
            {"oldest": ssl.TLSVersion.TLSv1_3},
            "no protocol version in common with {}: here it is TLS 1.2; choose another profile",
            "no protocol version in common with {}: here it is TLS 1.3",
        ),
        (
            {"requested_name": "a.test"},
            {"expected_name": "b.test"},
            "{} does not serve the server name that was asked for",
            r"{} asked for the server name 'a.test' \(SNI\), and only 'b.test' is served here",
        ),
        ({}, {"expected_name": "b.test"}, "{} does not serve the server name", "{} asked for no server name"),
    ],
)
async def test_nothing_in_common_is_said(
    parties: Parties, requestor: dict[str, Any], acceptor: dict[str, Any], ours: str, theirs: str
) -> None:
    oldest = acceptor.pop("oldest", None)
    answering = acceptor_context(parties.of(parties.known, verification="ignore", **acceptor))
    if oldest is not None:
        answering.minimum_version = oldest
    failure, lost = await echo(requestor_context(parties.of(None, check_host=False, **requestor)), answering)
    assert_says(f"TLS: {ours.format(US)}", str(failure))
    assert_says(f"TLS: {theirs.format(US)}", *lost)


async def test_tls_on_one_side_alone_is_said(parties: Parties) -> None:
    settings = parties.of(parties.known)
    failure, lost = await echo(requestor_context(settings), None)
    assert_says(f"TLS: {US} does not speak TLS on this port: it answered with a plain A-ABORT; call its", str(failure))
    failure, lost = await echo(None, acceptor_context(settings))
    assert isinstance(failure, AssociationAborted)
    assert_says("the transport connection was closed in Sta5 .*: the peer may want TLS on this port", str(failure))
    assert_says(f"TLS: {US} does not speak TLS, which is required on this port: it sent a plain A-ASSOC", *lost)


@pytest.mark.parametrize(
    ("about", "said"),
    [
        (
            {"host": "pacs"},
            "pacs:104 closed the connection instead of answering TLS; does it expect plain DICOM on this",
        ),
        ({"host": "pacs", "first": b"\x16"}, "pacs:104 closed the connection in the handshake without saying why"),
        ({}, "pacs:104 closed the connection before the handshake; it may only have looked"),
    ],
)
def test_a_peer_that_closes_is_said(about: dict[str, Any], said: str) -> None:
    assert_says(said, closed(Circumstances(peer="pacs:104", context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), **about)))


@pytest.mark.parametrize("host", ["", "pacs"])
def test_what_is_neither_tls_nor_dicom_is_said(host: str) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    error = ssl.SSLError()
    error.reason = "WRONG_VERSION_NUMBER"
    about = Circumstances(peer="pacs:104", context=context, first=b"SSH-2.0", host=host)
    assert_says("pacs:104 does not speak TLS.* something else", describe(error, about))
    error.reason = "SOMETHING_NEW"
    assert describe(error, about) == "the connection with pacs:104 failed: something new"


@pytest.mark.parametrize(
    ("host", "fits"),
    [
        ("pacs.test", True),
        ("PACS.test.", True),
        ("one.wild.test", True),
        ("one.two.wild.test", False),
        ("wild.test", False),
        ("127.0.0.1", True),
        ("127.0.0.2", False),
        ("0:0::1", True),
        ("other.test", False),
    ],
)
def test_a_certificate_names_hosts(host: str, fits: bool) -> None:
    names = (
        ("DNS", "pacs.test"),
        ("DNS", "*.wild.test"),
        ("IP Address", "127.0.0.1"),
        ("IP Address", "0:0:0:0:0:0:0:1"),
    )
    assert names_host({"subjectAltName": names}, host) is fits
    assert not names_host({}, host)


def test_a_name_in_a_certificate_is_its_common_name_or_all_of_it() -> None:
    organisation = (("organizationName", "Hospital"),)
    assert distinguished((organisation, (("commonName", "pacs"),))) == "CN=pacs"
    assert distinguished((organisation, (("countryName", "DE"),))) == "Hospital, DE"
    assert distinguished(()) == "nobody"


def test_a_certificate_without_a_subject_is_called_by_its_names() -> None:
    names = (("DNS", "pacs.test"), ("IP Address", "192.0.2.1"))
    assert holder({"subject": (), "subjectAltName": names}) == "pacs.test, 192.0.2.1"
    assert holder({"subject": ((("commonName", "pacs"),),), "subjectAltName": names}) == "CN=pacs"


def test_an_authority_out_of_date_is_named(parties: Parties) -> None:
    """The chain is out of date above the peer's own certificate: that one is meant."""
    day = "Jan  1 00:00:00 {} GMT"
    chain = [
        {"subject": (), "issuer": (), "notBefore": day.format(2001), "notAfter": day.format(end), "serial": end}
        for end in (2099, 2002)
    ]
    error = ssl.SSLCertVerificationError()
    error.verify_code, error.verify_message = 10, "expired"
    about = Circumstances(peer="pacs:104", context=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), chain=tuple(chain))
    assert_says("the certificate of pacs:104 .*expired on 2002-01-01 00:00:00 UTC", describe(error, about))


def assert_says(pattern: str, *texts: str) -> None:
    (text,) = texts
    assert re.match(pattern, text), text
