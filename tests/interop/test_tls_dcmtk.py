"""TLS with DCMTK's tools: our tools against theirs, both ways, and what ours say when it does not come about."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pydicom
import pytest
import trustme

from tests.cli.background import background
from tests.cli.own_tools import serving
from tests.interop.conftest import Proves, callers_into
from tests.interop.peers import PATIENCE, PeerTool, free_port, listening, run
from tests.services.query.archives import make_archive
from tests.support.tls_files import Authority, Identity
from workbench.cli.echoscu import main as echoscu
from workbench.cli.findscu import main as findscu
from workbench.cli.movescu import main as movescu
from workbench.cli.storescu import main as storescu
from workbench.config import TlsSettings
from workbench.dimse.messages import CStoreRq
from workbench.net.tls_context import acceptor_context
from workbench.services.storage.scp import StorageScp

pytestmark = [pytest.mark.interop, pytest.mark.slow]
Capture = pytest.CaptureFixture[str]
STUDY = ["-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID", "-k", "PatientID"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def identity(authority: Authority) -> Identity:
    return authority.issue(key_type=trustme.KeyType.RSA)


@pytest.fixture(scope="module")
def own(authority: Authority, identity: Identity) -> list[str]:
    """Gives the words by which a tool, ours or DCMTK's, has a certificate and trusts the authority."""
    return ["+tls", identity.key, identity.certificate, "+cf", authority.file]


@pytest.fixture
def receive(peer_tool: PeerTool, tmp_path: Path) -> "Receive":
    return Receive(peer_tool("storescp"), tmp_path)


class Receive:
    """DCMTK's receiver."""

    def __init__(self, program: Path, folder: Path) -> None:
        self.folder = folder / "received"
        self.folder.mkdir()
        self._program = program
        self._log = folder / "log"

    @contextmanager
    def __call__(self, *words: str) -> Iterator[list[str]]:
        """Runs it with further words and gives its address as command lines take it."""
        with listening(self._log, lambda port: [self._program, *words, "-od", self.folder, str(port)]) as port:
            yield ["127.0.0.1", str(port)]


@pytest.mark.parametrize("profile", [["+py"], ["+px"], ["+pz"], ["+pa"]])
def test_the_same_profile_means_the_same(
    receive: Receive, own: list[str], profile: list[str], peer_tool: PeerTool
) -> None:
    with receive(*own, *profile) as address:
        assert echoscu([*own, *profile, *address]) == 0
    with serving("storescp", "-od", receive.folder, *own, *profile) as port:
        run(peer_tool("echoscu"), *own, *profile, "127.0.0.1", str(port))


@pytest.mark.parametrize("profile", ["+pg", "+pm"])
def test_the_profiles_in_force_suit_its_default(
    receive: Receive, own: list[str], profile: str, peer_tool: PeerTool
) -> None:
    with receive(*own) as address:
        assert echoscu([*own, profile, *address]) == 0
    with serving("storescp", "-od", receive.folder, *own, profile) as port:
        run(peer_tool("echoscu"), *own, "127.0.0.1", str(port))


def test_a_further_cipher_suite_makes_the_difference(receive: Receive, own: list[str], capsys: Capture) -> None:
    with receive(*own, "+pa") as address:
        assert echoscu([*own, "+pg", *address]) == 1
        assert "no cipher suite in common" in capsys.readouterr().err
        assert echoscu([*own, "+pg", "+cs", "TLS_RSA_WITH_AES_128_CBC_SHA", *address]) == 0
        assert "is weak: RSA key transport" in capsys.readouterr().err


def test_storescu_sends_secured(
    receive: Receive, own: list[str], samples: list[Path], proves: Proves, on_the_wire: set[str]
) -> None:
    with receive(*own, "+xa") as address:
        assert storescu([*own, *address, *map(str, samples)]) == 0
    assert len(list(receive.folder.iterdir())) == len(samples)
    (implementation,) = on_the_wire
    proves("Storage over TLS", "SCU", "DCMTK", implementation)


def test_storescu_of_dcmtk_is_answered(
    own: list[str],
    authority: Authority,
    identity: Identity,
    samples: list[Path],
    peer_tool: PeerTool,
    tmp_path: Path,
    proves: Proves,
) -> None:
    settings = TlsSettings(key_file=identity.key, certificate_file=identity.certificate, ca_files=(authority.file,))
    callers: set[str] = set()
    scp = StorageScp(tmp_path)
    handlers = {CStoreRq.COMMAND_FIELD: scp.handler}
    with background(handlers, tls=acceptor_context(settings), observer=callers_into(callers)) as node:
        run(peer_tool("storescu"), "-R", "-xv", *own, node.host, str(node.port), samples[0])
    scp.close()
    sent = pydicom.dcmread(samples[0])
    assert list(tmp_path.glob(f"*{sent.SOPInstanceUID}"))
    (implementation,) = callers
    proves("Storage over TLS", "SCP", "DCMTK", implementation)


def test_our_receiver_takes_what_its_storescu_sends(
    own: list[str], samples: list[Path], peer_tool: PeerTool, tmp_path: Path
) -> None:
    with serving("storescp", "-od", tmp_path, *own) as port:
        run(peer_tool("storescu"), "-R", "-xs", *own, "127.0.0.1", str(port), samples[0])
    assert len(list(tmp_path.iterdir())) == 1


def test_our_archive_answers_its_findscu(peer_tool: PeerTool, tmp_path: Path, own: list[str]) -> None:
    make_archive(tmp_path)
    with serving("qrscp", "-od", tmp_path, *own) as port:
        said = run(peer_tool("findscu"), "-S", "-v", *own, *STUDY, "127.0.0.1", str(port))
    assert "StudyInstanceUID" in said


def test_what_our_archive_is_told_to_send_leaves_it_secured(receive: Receive, own: list[str], tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.mkdir()
    make_archive(archive)
    with (
        receive(*own, "+xa") as (host, their_port),
        serving("qrscp", "-od", archive, *own, "--node", f"DCMTK@{host}:{their_port}") as port,
    ):
        address = ["127.0.0.1", str(port)]
        found = tmp_path / "found"
        found.mkdir()
        assert findscu([*own, "-S", *STUDY, "-X", "-od", str(found), *address]) == 0
        study = pydicom.dcmread(min(found.iterdir())).StudyInstanceUID
        keys = ["-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={study}"]
        assert movescu([*own, "-S", *keys, "-aem", "DCMTK", *address]) == 0
    assert list(receive.folder.iterdir())


@pytest.mark.parametrize(
    ("theirs", "ours", "said"),
    [
        (["-ic"], ["+tla"], None),
        (["-vc"], ["+tla"], None),
        ([], ["+tla"], "requires a certificate of ours, and there is none that suits: give a private key"),
    ],
)
def test_a_requestor_without_a_certificate_is_served_where_that_is_allowed(
    receive: Receive,
    own: list[str],
    authority: Authority,
    capsys: Capture,
    theirs: list[str],
    ours: list[str],
    said: str | None,
) -> None:
    with receive(*own, *theirs) as address:
        assert echoscu([*ours, "+cf", authority.file, *address]) == (0 if said is None else 1)
    error = capsys.readouterr().err
    assert (said in error) if said else not error


@pytest.mark.parametrize("verification", ["-ic", "-vc"])
def test_so_does_our_receiver(
    own: list[str], authority: Authority, peer_tool: PeerTool, tmp_path: Path, verification: str
) -> None:
    with serving("storescp", "-od", tmp_path, *own, verification) as port:
        run(peer_tool("echoscu"), "+tla", "+cf", authority.file, "127.0.0.1", str(port))


def test_what_keeps_our_requestor_out_is_said(
    receive: Receive, own: list[str], authority: Authority, capsys: Capture, tmp_path: Path
) -> None:
    stranger = Authority(tmp_path, "stranger")
    unknown, old = stranger.issue(), authority.issue(when="past")
    with receive(*own) as address:
        for words, said in (
            (
                ["+tls", unknown.key, unknown.certificate, "+cf", authority.file],
                "does not trust the authority that issued",
            ),
            (
                ["+tls", old.key, old.certificate, "+cf", authority.file],
                "does not accept our certificate: it has expired",
            ),
            (["+tla", "+cf", stranger.file], "was issued by authority, Testing CA"),
            ([], "the peer may want TLS on this port"),
        ):
            assert echoscu([*words, *address]) == 1
            assert said in capsys.readouterr().err
    with receive() as address:
        assert echoscu([*own, *address]) == 1
        assert (
            "closed the connection instead of answering TLS; does it expect plain DICOM on this port?"
            in capsys.readouterr().err
        )


def test_a_revoked_certificate_keeps_it_out_of_our_receiver(
    own: list[str], authority: Authority, peer_tool: PeerTool, tmp_path: Path
) -> None:
    revoked = authority.issue(key_type=trustme.KeyType.RSA)
    words = ["+tls", revoked.key, revoked.certificate, "+cf", authority.file]
    (tmp_path / "received").mkdir()
    with serving("storescp", "-od", tmp_path / "received", *own, "+crl", authority.revoke(revoked)) as port:
        address = ["127.0.0.1", str(port)]
        run(peer_tool("echoscu"), *own, *address)
        refused = subprocess.run(
            [peer_tool("echoscu"), *words, *address], capture_output=True, timeout=PATIENCE, check=False
        )
    assert refused.returncode == 1


COMMAND_LINES = (
    "+cf {ca}",
    "-der",
    "+crv",
    "+py",
    "-ic",
    "+cs TLS_RSA_WITH_AES_128_CBC_SHA",
    "+pw secret",
    "+tla +pw secret",
    "+tla -pw",
    "+tla +pz +cs TLS_RSA_WITH_AES_128_CBC_SHA",
    "+tla +cs TLS_NONSENSE",
    "+tla +ws",
    "+tla +wf seed",
    "+tls {ca} {ca}",
    "+tls {key} {ca}",
    "+tls absent.pem absent.pem",
    "+rc {ca}",
    "+rc {certificate}",
    "+tla +vc {certificate} +cf {ca}",
    "+tla +vc {certificate}",
    "+tla +vc {old} +cf {ca}",
    "+tla +vc {certificate} +cf {ca} +crl {crl}",
    "+tla +vc {certificate} +cf {ca} +crv",
    "+tla +vc {chain} +cf {ca}",
)


@pytest.mark.parametrize("words", COMMAND_LINES)
def test_a_command_line_ends_as_with_its_echoscu(
    words: str, authority: Authority, identity: Identity, peer_tool: PeerTool, tmp_path: Path
) -> None:
    chain = tmp_path / "chain.pem"
    chain.write_text(Path(identity.certificate).read_text() + Path(authority.file).read_text())
    places = {
        "ca": authority.file,
        "key": identity.key,
        "certificate": identity.certificate,
        "old": authority.issue(when="past").certificate,
        "crl": authority.revoke(identity),
        "chain": chain,
    }
    command = [*words.format(**places).split(), "127.0.0.1", str(free_port())]
    theirs = subprocess.run([peer_tool("echoscu"), *command], capture_output=True, timeout=PATIENCE, check=False)
    try:
        ours: object = echoscu(command)
    except SystemExit as end:
        ours = end.code
    assert ours == theirs.returncode
