"""Orthanc, both ways. It may encode objects anew, so they are compared element by element."""

import io
from collections.abc import Iterator
from pathlib import Path

import pydicom
import pytest

from tests.interop.conftest import Proves, Receiver, implementation_of
from tests.interop.peers import Orthanc, PeerTool, assert_same_elements, orthanc
from workbench.cli.echoscu import main as echoscu
from workbench.cli.storescu import main as storescu

pytestmark = [pytest.mark.interop, pytest.mark.slow]


@pytest.fixture(scope="module")
def peer(peer_tool: PeerTool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """Gives a running Orthanc."""
    with orthanc(peer_tool("Orthanc"), tmp_path_factory.mktemp("orthanc")) as peer:
        yield peer


def test_our_echo_is_answered(peer: Orthanc, proves: Proves) -> None:
    assert echoscu(["127.0.0.1", str(peer.port), "-aec", "ORTHANC", "--repeat", "10"]) == 0
    proves("Verification", "SCU", "Orthanc", implementation_of(peer.port))


def test_what_we_send_it_holds_element_by_element(peer: Orthanc, samples: list[Path], proves: Proves) -> None:
    assert storescu(["127.0.0.1", str(peer.port), "-aec", "ORTHANC", *map(str, samples)]) == 0
    held = peer.instances()
    for path in samples:
        sent = pydicom.dcmread(path)
        received = pydicom.dcmread(io.BytesIO(peer.get(f"/instances/{held[sent.SOPInstanceUID]}/file")))
        assert received.file_meta.TransferSyntaxUID == sent.file_meta.TransferSyntaxUID
        assert_same_elements(sent, received)
    proves("Storage", "SCU", "Orthanc", implementation_of(peer.port))


def test_what_it_sends_is_in_our_files_element_by_element(
    peer: Orthanc, receiver: Receiver, samples: list[Path], proves: Proves
) -> None:
    peer.ask("/modalities/us", ["WORKBENCH", receiver.node.host, receiver.node.port], method="PUT")
    peer.ask("/modalities/us/echo", {})
    peer.ask("/modalities/us/store", [peer.import_file(path) for path in samples])
    for path in samples:
        sent = pydicom.dcmread(path)
        received = pydicom.dcmread(receiver.file(sent.SOPInstanceUID))
        assert received.file_meta.TransferSyntaxUID == sent.file_meta.TransferSyntaxUID
        assert_same_elements(sent, received)
    proves("Verification", "SCP", "Orthanc", receiver.caller)
    proves("Storage", "SCP", "Orthanc", receiver.caller)
