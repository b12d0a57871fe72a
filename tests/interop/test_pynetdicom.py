"""pynetdicom, both ways, in the process of the test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.uid import UID
from pynetdicom import AE, evt
from pynetdicom.dsutils import encode
from pynetdicom.events import Event
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

from tests.interop.conftest import Proves, Receiver, implementation_of
from tests.support.instances import data_set_bytes
from workbench.cli.echoscu import main as echoscu
from workbench.cli.storescu import main as storescu
from workbench.storage.part10 import scan

pytestmark = [pytest.mark.interop, pytest.mark.slow]


class Peer:
    """A pynetdicom SCP: its port, and the data sets it received, as bytes, by SOP Instance UID."""

    def __init__(self) -> None:
        self.port = 0
        self.received: dict[str, bytes] = {}

    def store(self, event: Event) -> int:
        """Keeps what came over the wire."""
        request: Any = event.request
        self.received[str(request.AffectedSOPInstanceUID)] = request.DataSet.getvalue()
        return 0x0000


@contextmanager
def accepting(samples: list[Path], *, maximum: int = 16382) -> Iterator[Peer]:
    peer = Peer()
    entity = AE(ae_title="PYNETDICOM")
    entity.maximum_pdu_size = maximum
    entity.add_supported_context(Verification)
    for path in samples:
        entity.add_supported_context(scan(path).sop_class_uid, scan(path).transfer_syntax_uid)
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_STORE, peer.store)])
    assert server is not None
    assert server.socket is not None
    peer.port = server.socket.getsockname()[1]
    try:
        yield peer
    finally:
        server.shutdown()


@pytest.mark.parametrize("maximum", [0, 4096, 16382])
def test_what_we_send_arrives_byte_for_byte(samples: list[Path], maximum: int, proves: Proves) -> None:
    with accepting(samples, maximum=maximum) as peer:
        assert echoscu(["127.0.0.1", str(peer.port)]) == 0
        assert storescu(["127.0.0.1", str(peer.port), *map(str, samples)]) == 0
        implementation = implementation_of(peer.port)
    assert peer.received == {scan(path).sop_instance_uid: data_set_bytes(path) for path in samples}
    proves("Verification", "SCU", "pynetdicom", implementation)
    proves("Storage", "SCU", "pynetdicom", implementation)


def test_what_it_sends_is_in_our_files_as_it_encoded_it(
    receiver: Receiver, samples: list[Path], proves: Proves
) -> None:
    entity = AE(ae_title="PYNETDICOM")
    entity.add_requested_context(Verification)
    for sop_class, syntax in sorted({(scan(path).sop_class_uid, scan(path).transfer_syntax_uid) for path in samples}):
        entity.add_requested_context(sop_class, syntax)
    association = entity.associate(receiver.node.host, receiver.node.port)
    assert association.is_established
    assert association.send_c_echo().Status == 0x0000
    for path in samples:
        data_set = pydicom.dcmread(path)
        assert association.send_c_store(data_set).Status == 0x0000
        syntax = UID(data_set.file_meta.TransferSyntaxUID)
        encoded = encode(data_set, syntax.is_implicit_VR, syntax.is_little_endian, syntax.is_deflated)
        stored = scan(receiver.file(data_set.SOPInstanceUID))
        assert stored.transfer_syntax_uid == syntax
        assert data_set_bytes(stored.path) == encoded, path.name
    association.release()
    assert association.is_released
    proves("Verification", "SCP", "pynetdicom", receiver.caller)
    proves("Storage", "SCP", "pynetdicom", receiver.caller)
