"""DCMTK's tools, both ways."""

import zlib
from pathlib import Path

import pydicom
import pytest

from tests.interop.conftest import Proves, Receiver, implementation_of
from tests.interop.peers import PeerTool, assert_same_elements, listening, run
from tests.support.instances import data_set_bytes
from workbench.acse.contexts import UNCOMPRESSED
from workbench.cli.echoscu import main as echoscu
from workbench.cli.storescu import main as storescu
from workbench.storage.part10 import scan
from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

pytestmark = [pytest.mark.interop, pytest.mark.slow]

# How DCMTK's storescu is told to propose a transfer syntax.
PROPOSALS = {
    IMPLICIT_VR_LITTLE_ENDIAN: "-xi",
    EXPLICIT_VR_LITTLE_ENDIAN: "-xe",
    EXPLICIT_VR_BIG_ENDIAN: "-xb",
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN: "-xd",
    "1.2.840.10008.1.2.4.50": "-xy",
    "1.2.840.10008.1.2.4.70": "-xs",
    "1.2.840.10008.1.2.4.80": "-xt",
    "1.2.840.10008.1.2.4.90": "-xv",
    "1.2.840.10008.1.2.5": "-xr",
}


def assert_stored_exactly(samples: list[Path], folder: Path) -> None:
    """Compares the data sets of the samples with those of the files that a peer wrote, byte by byte."""
    stored = {one.sop_instance_uid: one for one in map(scan, folder.iterdir())}
    assert len(stored) == len(samples)
    for path in samples:
        sent, received = scan(path), stored[scan(path).sop_instance_uid]
        assert received.transfer_syntax_uid == sent.transfer_syntax_uid
        assert data_set_bytes(received.path) == data_set_bytes(path), path.name


def test_our_echo_is_answered_by_storescp(peer_tool: PeerTool, tmp_path: Path, proves: Proves) -> None:
    program = peer_tool("storescp")
    with listening(tmp_path / "log", lambda port: [program, "-od", tmp_path, str(port)]) as port:
        assert echoscu(["127.0.0.1", str(port), "--repeat", "10"]) == 0
        proves("Verification", "SCU", "DCMTK", implementation_of(port))


@pytest.mark.parametrize("length", ["4096", "16384", "131072"])
def test_what_we_send_is_stored_byte_for_byte_by_storescp(
    peer_tool: PeerTool, tmp_path: Path, samples: list[Path], length: str, proves: Proves
) -> None:
    program, folder = peer_tool("storescp"), tmp_path / "stored"
    folder.mkdir()
    command: list[str | Path] = [program, "+xa", "+B", "-pdu", length, "-od", folder]
    with listening(tmp_path / "log", lambda port: [*command, str(port)]) as port:
        assert storescu(["127.0.0.1", str(port), *map(str, samples)]) == 0
        implementation = implementation_of(port)
    assert_stored_exactly(samples, folder)
    proves("Storage", "SCU", "DCMTK", implementation)


def test_what_we_send_over_several_associations_is_stored_by_forked_storescp(
    peer_tool: PeerTool, tmp_path: Path, samples: list[Path]
) -> None:
    program, folder = peer_tool("storescp"), tmp_path / "stored"
    folder.mkdir()
    command: list[str | Path] = [program, "--fork", "+xa", "+B", "-od", folder]
    with listening(tmp_path / "log", lambda port: [*command, str(port)]) as port:
        assert storescu(["127.0.0.1", str(port), "--jobs", "4", *map(str, samples)]) == 0
    assert_stored_exactly(samples, folder)


def test_what_we_send_is_stored_byte_for_byte_by_dcmrecv(
    peer_tool: PeerTool, tmp_path: Path, samples: list[Path]
) -> None:
    program, folder = peer_tool("dcmrecv"), tmp_path / "stored"
    folder.mkdir()
    configuration = tmp_path / "dcmrecv.cfg"
    configuration.write_text(_configuration(samples))
    command: list[str | Path] = [program, "-xf", configuration, "Test", "+B", "-uca", "-od", folder]
    with listening(tmp_path / "log", lambda port: [*command, str(port)]) as port:
        assert echoscu(["127.0.0.1", str(port)]) == 0
        assert storescu(["127.0.0.1", str(port), *map(str, samples)]) == 0
    assert_stored_exactly(samples, folder)


def test_echoscu_is_answered(peer_tool: PeerTool, receiver: Receiver, proves: Proves) -> None:
    said = run(peer_tool("echoscu"), "-v", "--repeat", "10", *receiver.address)
    assert said.count("Received Echo Response (Success)") == 10
    proves("Verification", "SCP", "DCMTK", receiver.caller)


@pytest.mark.parametrize("syntax", PROPOSALS)
def test_what_storescu_sends_is_in_our_files_as_it_is(
    peer_tool: PeerTool, receiver: Receiver, samples: list[Path], syntax: str, proves: Proves
) -> None:
    chosen = [path for path in samples if scan(path).transfer_syntax_uid == syntax]
    run(peer_tool("storescu"), "-R", PROPOSALS[syntax], *receiver.address, *chosen)
    assert len(list(receiver.folder.iterdir())) == len(chosen) > 0
    for path in chosen:
        stored = scan(receiver.file(scan(path).sop_instance_uid))
        assert stored.transfer_syntax_uid == syntax
        sent, received = data_set_bytes(path), data_set_bytes(stored.path)
        if syntax == DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN:  # storescu deflates anew
            sent, received = (zlib.decompress(data, -zlib.MAX_WBITS) for data in (sent, received))
        assert received == sent, path.name
    proves("Storage", "SCP", "DCMTK", receiver.caller)


def test_what_dcmsend_sends_is_in_our_files_as_it_is(
    peer_tool: PeerTool, receiver: Receiver, samples: list[Path]
) -> None:
    # It turns big endian and deflated data sets into others.
    left_out = (EXPLICIT_VR_BIG_ENDIAN, DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN)
    chosen = [path for path in samples if scan(path).transfer_syntax_uid not in left_out]
    run(peer_tool("dcmsend"), "-dn", *receiver.address, *chosen)
    for path in chosen:
        sent, stored = scan(path), scan(receiver.file(scan(path).sop_instance_uid))
        if sent.transfer_syntax_uid in UNCOMPRESSED:  # dcmsend takes one for another
            assert_same_elements(pydicom.dcmread(path), pydicom.dcmread(stored.path))
        else:
            assert stored.transfer_syntax_uid == sent.transfer_syntax_uid
            assert data_set_bytes(stored.path) == data_set_bytes(path), path.name


def _configuration(samples: list[Path]) -> str:
    """Gives an association configuration that accepts what the samples need."""
    pairs = sorted({(scan(path).sop_class_uid, scan(path).transfer_syntax_uid) for path in samples})
    syntaxes = sorted({syntax for _, syntax in pairs})
    classes = ["1.2.840.10008.1.1", *sorted({sop_class for sop_class, _ in pairs})]
    lines = ["[[TransferSyntaxes]]", "[All]"]
    lines += [f"TransferSyntax{number} = {uid}" for number, uid in enumerate(syntaxes, 1)]
    lines += ["[[PresentationContexts]]", "[All]"]
    lines += [f"PresentationContext{number} = {uid}\\All" for number, uid in enumerate(classes, 1)]
    lines += ["[[Profiles]]", "[Test]", "PresentationContexts = All"]
    return "\n".join(lines) + "\n"
