"""Captures that we write, read by Wireshark's dissector and by our own eyes."""

import asyncio
import json
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ExpectLog
from tests.interop.peers import PeerTool
from tests.services.servers import LOCAL, serve
from workbench.acse.contexts import propose_classes
from workbench.config import Node
from workbench.errors import ConfigError
from workbench.net.requestor import connect
from workbench.services.verification import echo
from workbench.trace.pcapng import CaptureWriter
from workbench.trace.recorder import Recorder
from workbench.uids import VERIFICATION


def packets(path: Path) -> Iterator[bytes]:
    """Gives the packets of a capture of ours."""
    data = path.read_bytes()
    position = 0
    while position < len(data):
        kind, length = struct.unpack_from("<II", data, position)
        assert struct.unpack_from("<I", data, position + length - 4) == (length,)
        if kind == 6:
            size = struct.unpack_from("<I", data, position + 20)[0]
            yield data[position + 28 : position + 28 + size]
        position += length
    assert position == len(data)


def payload(packet: bytes) -> bytes:
    return packet[40:] if packet[0] >> 4 == 4 else packet[60:]


def ones_complement(data: bytes) -> int:
    total: int = sum(struct.unpack(f">{len(data + bytes(len(data) % 2)) // 2}H", data + bytes(len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


@pytest.mark.parametrize(("local", "peer"), [("127.0.0.1:4000", "127.0.0.1:104"), ("[::1]:4000", "[::1]:104")])
def test_what_was_sent_and_received_is_in_the_segments(tmp_path: Path, local: str, peer: str) -> None:
    path = tmp_path / "capture.pcapng"
    large = bytes(range(256)) * 1000
    with CaptureWriter.create(path) as writer:
        writer.opened(1, local, peer, is_requestor=True)
        writer.sent(1, [b"one", memoryview(b" and two")])
        writer.received(1, large)
        writer.sent(1, [b"odd"])
        writer.closed(1)
        writer.closed(1)
    found = list(packets(path))
    assert b"".join(payload(each) for each in found) == b"one and two" + large + b"odd"
    size = 20 if ":" not in local.rpartition(":")[0] else 40
    for packet in found:
        segment = packet[size:]
        addresses = packet[12:20] if size == 20 else packet[8:40]
        assert ones_complement(addresses + struct.pack(">IHH", len(segment), 0, 6) + segment) == 0xFFFF
        if size == 20:
            assert ones_complement(packet[:20]) == 0xFFFF
    flags = [packet[size + 13] for packet in found]
    assert flags[:3] == [0x02, 0x12, 0x10]
    assert flags[-3:] == [0x11, 0x11, 0x10]


def test_a_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="nowhere"):
        CaptureWriter.create(tmp_path / "nowhere" / "file")


def test_a_disk_that_is_full_ends_the_capture_and_nothing_else(expect_log: ExpectLog) -> None:
    expect_log("the trace is not complete: /dev/full cannot be written: No space left on device")
    with CaptureWriter.create("/dev/full") as writer:
        for number in range(3):
            writer.opened(number, "127.0.0.1:4000", "127.0.0.1:104", is_requestor=True)
            writer.sent(number, [bytes(100_000)])
            writer.closed(number)
        writer.received(9, b"of nothing that was opened")


def test_an_address_that_nobody_knows_is_no_obstacle(tmp_path: Path) -> None:
    with CaptureWriter.create(tmp_path / "file") as writer:
        writer.opened(1, "unknown", "[::1%lo]:104", is_requestor=False)
        writer.received(1, b"x")
    assert [payload(each) for each in packets(tmp_path / "file")][-1] == b"x"


def dissected(tshark: Path, path: Path, port: int) -> list[dict[str, Any]]:
    command: list[str | Path] = [tshark, f"-dtcp.port=={port},dicom", "-Tjson", "-Jdicom", "-r", path]
    finished = subprocess.run(command, capture_output=True, check=True, timeout=60)
    return [each["_source"]["layers"] for each in json.loads(finished.stdout)]


@pytest.mark.interop
async def test_wireshark_dissects_it_to_the_same_pdus(tmp_path: Path, peer_tool: PeerTool) -> None:
    path = tmp_path / "capture.pcapng"
    with CaptureWriter.create(path) as writer:
        async with (
            serve() as served,
            connect(
                Node(name="us", host=served.host, port=served.port, ae_title="SERVER"),
                propose_classes(VERIFICATION),
                local=LOCAL,
                recorder=Recorder(tap=writer),
            ) as association,
        ):
            await echo(association)
    layers = await asyncio.to_thread(dissected, peer_tool("tshark"), path, served.port)
    types = [
        pdu["dicom.pdu.type"]
        for layer in layers
        if "dicom" in layer
        for pdu in (layer["dicom"] if isinstance(layer["dicom"], list) else [layer["dicom"]])
    ]
    assert [int(each, 0) for each in types] == [1, 2, 4, 4, 5, 6]
