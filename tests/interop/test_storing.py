"""Storage beyond what is sent as it is: conversions for peers that take one syntax only, windows, refusals."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pynetdicom import AE, evt
from pynetdicom.events import Event
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

from tests.cli.background import background
from tests.interop.conftest import Proves, ProvesAlone, callers_into, implementation_of
from tests.interop.peers import PeerTool, listening, run
from tests.services.servers import LOCAL, serve
from tests.support.instances import data_set_bytes
from workbench.acse.policy import storage_policy
from workbench.cli.storescu import main as storescu
from workbench.dictionary import storage_sop_classes
from workbench.dimse.messages import CStoreRq
from workbench.services.storage.object_names import OfferedObject
from workbench.services.storage.scp import StorageScp, Verdict
from workbench.services.storage.sending import Sending
from workbench.services.transcoding.conversion import Conversion, convert_bytes
from workbench.storage.part10 import Instance, scan
from workbench.uids import EXPLICIT_VR_LITTLE_ENDIAN, IMPLICIT_VR_LITTLE_ENDIAN

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SAMPLES = sorted((Path(__file__).parents[2] / "resources" / "samples").glob("*.dcm"))
CONVERSION, WINDOW = "Storage with conversion", "Asynchronous operations window"

_CONFIGURATION = """
MaxPDUSize = 16384
MaxAssociations = 16
HostTable BEGIN
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
ARCHIVE {folder} RW (200, 1024mb) ANY
AETable END
"""


def expected(path: Path) -> bytes:
    """Gives the data set of a sample in Implicit VR Little Endian."""
    syntax = scan(path).transfer_syntax_uid
    if syntax == IMPLICIT_VR_LITTLE_ENDIAN:
        return data_set_bytes(path)
    return convert_bytes(data_set_bytes(path), syntax, IMPLICIT_VR_LITTLE_ENDIAN)


def assert_stored_in_implicit(folder: Path) -> None:
    """Compares what a peer wrote with the samples: every element that is not about pixels, and every pixel."""
    stored = {
        one.sop_instance_uid: one for one in [scan(path) for path in folder.iterdir() if path.name != "index.dat"]
    }
    assert len(stored) == len(SAMPLES)
    for path in SAMPLES:
        received = stored[scan(path).sop_instance_uid]
        assert received.transfer_syntax_uid == IMPLICIT_VR_LITTLE_ENDIAN
        before, after = pydicom.dcmread(path), pydicom.dcmread(received.path)
        assert before.PatientID == after.PatientID
        if "PixelData" in before and before.get("LossyImageCompression") != "01":
            assert after.pixel_array.tolist() == before.pixel_array.tolist(), path.name


def test_storescp_that_takes_implicit_vr_only_gets_everything_in_it(
    peer_tool: PeerTool, tmp_path: Path, proves: Proves
) -> None:
    program, folder = peer_tool("storescp"), tmp_path / "stored"
    folder.mkdir()
    with listening(tmp_path / "log", lambda port: [program, "+xi", "+B", "-od", folder, str(port)]) as port:
        address = ["127.0.0.1", str(port)]
        assert storescu([*address, str(SAMPLES[0]), "-q"]) != 0  # never unasked
        assert storescu([*address, *map(str, SAMPLES), "--convert", "any"]) == 0
        implementation = implementation_of(port)
    assert_stored_in_implicit(folder)
    stored = {one.sop_instance_uid: one for one in map(scan, folder.iterdir())}
    for path in SAMPLES:
        assert data_set_bytes(stored[scan(path).sop_instance_uid].path) == expected(path), path.name
    proves(CONVERSION, "SCU", "DCMTK", implementation)


def test_dcmqrscp_that_takes_implicit_vr_only_holds_every_value(
    peer_tool: PeerTool, tmp_path: Path, proves: Proves
) -> None:
    program, folder = peer_tool("dcmqrscp"), tmp_path / "archive"
    folder.mkdir()
    configuration = tmp_path / "dcmqrscp.cfg"
    configuration.write_text(_CONFIGURATION.format(folder=folder))
    command: list[str | Path] = [program, "-c", configuration, "+xi"]
    with listening(tmp_path / "log", lambda port: [*command, str(port)]) as port:
        address = ["127.0.0.1", str(port), "-aec", "ARCHIVE"]
        assert storescu([*address, *map(str, SAMPLES), "--convert", "any", "-nh"]) == 0
        implementation = implementation_of(port, "ARCHIVE")
    assert_stored_in_implicit(folder)
    proves(CONVERSION, "SCU", "DCMTK", implementation)


class Peer:
    """A pynetdicom SCP that takes Implicit VR Little Endian only."""

    def __init__(self) -> None:
        self.port = 0
        self.received: dict[str, bytes] = {}

    def store(self, event: Event) -> int:
        """Keeps what came over the wire."""
        request: Any = event.request
        assert event.context.transfer_syntax == IMPLICIT_VR_LITTLE_ENDIAN
        self.received[str(request.AffectedSOPInstanceUID)] = request.DataSet.getvalue()
        return 0x0000


@contextmanager
def accepting_implicit() -> Iterator[Peer]:
    peer = Peer()
    entity = AE(ae_title="PYNETDICOM")
    entity.add_supported_context(Verification)
    for path in SAMPLES:
        entity.add_supported_context(scan(path).sop_class_uid, IMPLICIT_VR_LITTLE_ENDIAN)
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, peer.store)])
    assert server is not None
    assert server.socket is not None
    peer.port = server.socket.getsockname()[1]
    try:
        yield peer
    finally:
        server.shutdown()


def test_pynetdicom_that_takes_implicit_vr_only_gets_everything_in_it(proves: Proves) -> None:
    with accepting_implicit() as peer:
        # pynetdicom serves one request after the other: it grants no window, and none is used.
        assert storescu(["127.0.0.1", str(peer.port), *map(str, SAMPLES), "--convert", "any", "--window", "8"]) == 0
        implementation = implementation_of(peer.port)
    assert peer.received == {scan(path).sop_instance_uid: expected(path) for path in SAMPLES}
    proves(CONVERSION, "SCU", "pynetdicom", implementation)


def test_dcmdump_finds_nothing_odd_in_what_we_convert(peer_tool: PeerTool, tmp_path: Path) -> None:
    program = peer_tool("dcmdump")
    for path in SAMPLES:
        for target in Conversion.DECOMPRESS.targets(scan(path).transfer_syntax_uid):
            syntax = {"1.2.840.10008.1.2": "-ti", "1.2.840.10008.1.2.2": "-tb", "1.2.840.10008.1.2.1": "-te"}
            if target in syntax:
                data = convert_bytes(data_set_bytes(path), scan(path).transfer_syntax_uid, target)
                (tmp_path / "converted").write_bytes(data)
                said = run(program, "-f", syntax[target], tmp_path / "converted")
                assert "W:" not in said, said
                assert "E:" not in said, said


def test_dcmtk_is_refused_and_warned_as_the_hook_says(peer_tool: PeerTool, tmp_path: Path) -> None:
    program, folder = peer_tool("storescu"), tmp_path / "archive"
    folder.mkdir()
    callers = set[str]()

    def judge(offered: OfferedObject) -> Verdict | None:
        is_first = offered.sop_instance_uid == scan(SAMPLES[1]).sop_instance_uid
        return Verdict(0xB000, "ID coerced") if is_first else Verdict(0xA700, "quota used up")

    scp = StorageScp(folder, accept=judge)
    with background({CStoreRq.COMMAND_FIELD: scp.handler}, observer=callers_into(callers)) as node:
        said = run(program, "-v", "-nh", node.host, str(node.port), SAMPLES[1], SAMPLES[2])
    scp.close()
    assert "CoercionOfDataElements" in said
    assert "OutOfResources" in said
    assert len(list(folder.iterdir())) == 1


async def test_window_of_two_instances_of_ours(tmp_path: Path, proves_alone: ProvesAlone) -> None:
    """No peer that can be installed grants a window; the bytes of one are in tests/services/storage/test_sender.py."""
    folder = tmp_path / "archive"
    folder.mkdir()
    scp = StorageScp(folder)
    sample = scan(SAMPLES[1])
    busy = most = 0
    full = asyncio.Event()

    async def handler(request: Any) -> Any:
        nonlocal busy, most
        busy += 1
        most = max(most, busy)
        if busy == 4:
            full.set()
        await full.wait()
        async for reply in scp.handler(request):
            yield reply
        busy -= 1

    instances: list[Instance] = [sample] * 12
    policy = replace(storage_policy(storage_sop_classes()), window=(4, 1))
    async with serve({CStoreRq.COMMAND_FIELD: handler}, policy=policy) as node:
        summary = await Sending(instances, node, LOCAL, window=16).run()
    scp.close()
    assert (summary.stored, most) == (12, 4)
    assert sample.transfer_syntax_uid == EXPLICIT_VR_LITTLE_ENDIAN
    proves_alone(WINDOW, "SCU")
    proves_alone(WINDOW, "SCP")
