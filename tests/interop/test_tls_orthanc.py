"""TLS with Orthanc, both ways."""

import io
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest
import trustme

from tests.cli.background import background
from tests.cli.own_tools import serving
from tests.interop.conftest import Proves, callers_into
from tests.interop.peers import Orthanc, PeerTool, assert_same_elements, orthanc
from tests.support.tls_files import Authority, Identity
from workbench.cli.echoscu import main as echoscu
from workbench.cli.findscu import main as findscu
from workbench.cli.getscu import main as getscu
from workbench.cli.movescu import main as movescu
from workbench.cli.storescu import main as storescu
from workbench.config import TlsSettings
from workbench.dimse.messages import CStoreRq
from workbench.net.tls_context import acceptor_context
from workbench.services.storage.scp import StorageScp

pytestmark = [pytest.mark.interop, pytest.mark.slow]
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def identity(authority: Authority) -> Identity:
    return authority.issue(key_type=trustme.KeyType.RSA)


@pytest.fixture(scope="module")
def own(authority: Authority, identity: Identity) -> list[str]:
    """Gives the words by which our tools have a certificate and trust the authority."""
    return ["+tls", identity.key, identity.certificate, "+cf", authority.file]


@pytest.fixture(scope="module")
def peer(peer_tool: PeerTool, tmp_path_factory: pytest.TempPathFactory, authority: Authority) -> Iterator[Orthanc]:
    """Gives a running Orthanc that wants TLS and a certificate."""
    theirs = authority.issue(key_type=trustme.KeyType.RSA)
    settings = {
        "DicomTlsEnabled": True,
        "DicomTlsCertificate": theirs.certificate,
        "DicomTlsPrivateKey": theirs.key,
        "DicomTlsTrustedCertificates": authority.file,
        "DicomAlwaysAllowFind": True,
        "DicomAlwaysAllowGet": True,
        "DicomAlwaysAllowMove": True,
    }
    with orthanc(peer_tool("Orthanc"), tmp_path_factory.mktemp("orthanc"), settings) as peer:
        yield peer


@pytest.fixture
def address(peer: Orthanc) -> list[str]:
    return ["127.0.0.1", str(peer.port), "-aec", "ORTHANC"]


def test_our_tools_are_answered(
    peer: Orthanc,
    own: list[str],
    address: list[str],
    samples: list[Path],
    tmp_path: Path,
    proves: Proves,
    on_the_wire: set[str],
) -> None:
    assert echoscu([*own, "--check-hostname", *address]) == 0
    assert storescu([*own, *address, str(samples[0])]) == 0
    sent = pydicom.dcmread(samples[0])
    held = pydicom.dcmread(io.BytesIO(peer.get(f"/instances/{peer.instances()[sent.SOPInstanceUID]}/file")))
    assert_same_elements(sent, held)
    keys = ["-S", "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={sent.StudyInstanceUID}"]
    assert findscu([*own, *keys, "-X", "-od", str(tmp_path), *address]) == 0
    assert len(list(tmp_path.glob("rsp*.dcm"))) == 1
    retrieved = tmp_path / "retrieved"
    retrieved.mkdir()
    assert getscu([*own, *keys, "-od", str(retrieved), *address]) == 0
    assert [pydicom.dcmread(path).SOPInstanceUID for path in retrieved.iterdir()] == [sent.SOPInstanceUID]
    (implementation,) = on_the_wire
    for service in ("Verification over TLS", "Storage over TLS", "Query over TLS"):
        proves(service, "SCU", "Orthanc", implementation)


def test_what_it_moves_comes_secured(
    peer: Orthanc, own: list[str], address: list[str], samples: list[Path], tmp_path: Path
) -> None:
    assert storescu([*own, *address, str(samples[0])]) == 0
    sent = pydicom.dcmread(samples[0])
    with serving("storescp", "-aet", "RECEIVER", "-od", tmp_path, *own) as port:
        peer.ask("/modalities/receiver", modality("RECEIVER", port), method="PUT")
        keys = ["-S", "-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={sent.StudyInstanceUID}"]
        assert movescu([*own, *keys, "-aem", "RECEIVER", *address]) == 0
    assert [pydicom.dcmread(path).SOPInstanceUID for path in tmp_path.iterdir()] == [sent.SOPInstanceUID]


def test_its_requests_are_answered(
    peer: Orthanc, authority: Authority, identity: Identity, samples: list[Path], tmp_path: Path, proves: Proves
) -> None:
    settings = TlsSettings(key_file=identity.key, certificate_file=identity.certificate, ca_files=(authority.file,))
    callers: set[str] = set()
    scp = StorageScp(tmp_path)
    handlers = {CStoreRq.COMMAND_FIELD: scp.handler}
    with background(handlers, tls=acceptor_context(settings), observer=callers_into(callers)) as node:
        peer.ask("/modalities/us", modality("WORKBENCH", node.port), method="PUT")
        peer.ask("/modalities/us/echo", {})
        peer.ask("/modalities/us/store", [peer.import_file(samples[0])])
    scp.close()
    sent = pydicom.dcmread(samples[0])
    (path,) = tmp_path.glob(f"*{sent.SOPInstanceUID}")
    assert_same_elements(sent, pydicom.dcmread(path))
    (implementation,) = callers
    for service in ("Verification over TLS", "Storage over TLS"):
        proves(service, "SCP", "Orthanc", implementation)


def test_what_keeps_our_requestor_out_is_said(
    authority: Authority, own: list[str], address: list[str], tmp_path: Path, capsys: Capture
) -> None:
    unknown = Authority(tmp_path, "stranger").issue()
    for words, said in (
        (["+tla", "+cf", authority.file], "requires a certificate of ours"),
        (["+tls", unknown.key, unknown.certificate, "+cf", authority.file], "does not trust the authority that issued"),
        (["+tla"], "no authority is trusted here: add the certificate of authority, Testing CA"),
        ([], "the peer may want TLS on this port"),
    ):
        assert echoscu([*words, *address]) == 1
        assert said in capsys.readouterr().err
    assert echoscu([*own, *address]) == 0


def modality(ae_title: str, port: int) -> dict[str, object]:
    """Gives a node as Orthanc wants to be told of it."""
    return {"AET": ae_title, "Host": "127.0.0.1", "Port": port, "UseDicomTls": True}
