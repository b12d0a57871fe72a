"""TLS with other makers, both ways: the library with contexts of one's own, and the tools with pynetdicom."""

import asyncio
import ssl
from pathlib import Path

import pytest
from pydicom import dcmread
from pynetdicom import AE, AllStoragePresentationContexts, build_context, evt
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

from tests.cli.background import background
from tests.cli.own_tools import serving
from tests.interop.conftest import Proves, callers_into
from tests.interop.peers import PeerTool, listening, run
from tests.services.servers import LOCAL
from tests.support.certificates import client_context, files, server_context
from workbench.cli.echoscu import main as echoscu
from workbench.cli.storescu import main as storescu
from workbench.config import Node
from workbench.net.requestor import connect
from workbench.services.verification import VERIFICATION_CONTEXTS, echo

pytestmark = [pytest.mark.interop, pytest.mark.slow]
SERVICE = "Verification over TLS"


def ask(port: int) -> tuple[int, str]:
    """Echoes a peer on loopback; gives the status and the peer's implementation class UID."""

    async def conversation() -> tuple[int, str]:
        node = Node(name="peer", host="127.0.0.1", port=port, ae_title="PEER")
        tls = client_context(identity="workbench.test")
        async with connect(node, VERIFICATION_CONTEXTS, local=LOCAL, tls=tls) as association:
            return (await echo(association)).message.status, association.agreement.peer_implementation_class_uid

    return asyncio.run(conversation())


def test_storescp_secured_answers_us(tmp_path: Path, peer_tool: PeerTool, proves: Proves) -> None:
    key, certificate, trusted = files(tmp_path)

    def command(port: int) -> list[str | Path]:
        return [peer_tool("storescp"), "+tls", key, certificate, "+cf", trusted, "-od", tmp_path, str(port)]

    with listening(tmp_path / "log", command) as port:
        status, implementation = ask(port)
    assert status == 0
    proves(SERVICE, "SCU", "DCMTK", implementation)


def test_echoscu_secured_is_answered(tmp_path: Path, peer_tool: PeerTool, proves: Proves) -> None:
    key, certificate, trusted = files(tmp_path, "echoscu.test")
    callers: set[str] = set()
    with background(tls=server_context(asks_client=True), observer=callers_into(callers)) as node:
        run(peer_tool("echoscu"), "+tls", key, certificate, "+cf", trusted, node.host, str(node.port))
    (implementation,) = callers
    proves(SERVICE, "SCP", "DCMTK", implementation)


def test_pynetdicom_secured_answers_us(proves: Proves) -> None:
    entity = AE(ae_title="PYNETDICOM")
    entity.add_supported_context(Verification)
    server = entity.start_server(
        ("127.0.0.1", 0), block=False, ssl_context=server_context(), evt_handlers=[(evt.EVT_C_ECHO, lambda _: 0)]
    )
    assert server is not None
    assert server.socket is not None
    try:
        status, implementation = ask(server.socket.getsockname()[1])
    finally:
        server.shutdown()
    assert status == 0
    proves(SERVICE, "SCU", "pynetdicom", implementation)


def test_pynetdicom_secured_is_answered(proves: Proves) -> None:
    callers: set[str] = set()
    entity = AE(ae_title="PYNETDICOM")
    entity.add_requested_context(Verification)
    tls: tuple[ssl.SSLContext, str] = (client_context(identity="pynetdicom.test"), "127.0.0.1")
    with background(tls=server_context(asks_client=True), observer=callers_into(callers)) as node:
        association = entity.associate(node.host, node.port, tls_args=tls)
        assert association.is_established
        assert association.send_c_echo().Status == 0
        association.release()
    (implementation,) = callers
    proves(SERVICE, "SCP", "pynetdicom", implementation)


def test_pynetdicom_answers_our_tools(
    tmp_path: Path, samples: list[Path], proves: Proves, on_the_wire: set[str]
) -> None:
    key, certificate, trusted = files(tmp_path, "tool.test")
    received: list[str] = []

    def store(event: evt.Event) -> int:
        received.append(str(event.dataset.SOPInstanceUID))
        return 0x0000

    entity = AE(ae_title="PYNETDICOM")
    entity.supported_contexts = [*AllStoragePresentationContexts, build_context(Verification)]
    server = entity.start_server(
        ("127.0.0.1", 0),
        block=False,
        ssl_context=server_context(asks_client=True),
        evt_handlers=[(evt.EVT_C_STORE, store)],
    )
    assert server is not None
    assert server.socket is not None
    words = ["+tls", str(key), str(certificate), "+cf", str(trusted), "--check-hostname"]
    address = ["127.0.0.1", str(server.socket.getsockname()[1])]
    try:
        assert echoscu([*words, *address]) == 0
        assert storescu([*words, *address, str(samples[0])]) == 0
    finally:
        server.shutdown()
    assert received == [dcmread(samples[0]).SOPInstanceUID]
    (implementation,) = on_the_wire
    proves("Storage over TLS", "SCU", "pynetdicom", implementation)


def test_pynetdicom_is_answered_by_our_receiver(tmp_path: Path, samples: list[Path]) -> None:
    key, certificate, trusted = files(tmp_path)
    folder = tmp_path / "received"
    folder.mkdir()
    sample = dcmread(samples[0])
    entity = AE(ae_title="PYNETDICOM")
    entity.add_requested_context(str(sample.SOPClassUID), str(sample.file_meta.TransferSyntaxUID))
    with serving("storescp", "-od", folder, "+tls", key, certificate, "+cf", trusted) as port:
        tls: tuple[ssl.SSLContext, str] = (client_context(identity="pynetdicom.test"), "127.0.0.1")
        association = entity.associate("127.0.0.1", port, tls_args=tls)
        assert association.is_established
        assert association.send_c_store(sample).Status == 0
        association.release()
    assert len(list(folder.iterdir())) == 1
