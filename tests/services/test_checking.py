"""The rungs of the way to a node."""

import io
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from tests.conftest import ExpectLog
from tests.services.servers import LOCAL, serve
from tests.support.certificates import client_context, server_context
from workbench.acse.policy import Policy, storage_policy
from workbench.config import Node, Timeouts
from workbench.dimse.messages import CEchoRq, CEchoRsp
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply
from workbench.services.checking import Ladder, _Watch, check
from workbench.trace.events import PduEvent, TraceEvent
from workbench.trace.pcapng import CaptureWriter
from workbench.trace.recorder import Recorder


def verdicts(ladder: Ladder) -> list[bool | None]:
    return [rung.ok for rung in ladder.rungs]


async def test_good_node_passes_all_rungs_and_is_timed() -> None:
    events: list[TraceEvent] = []
    async with serve() as node:
        ladder = await check(node, LOCAL, Recorder(events.append))
    assert verdicts(ladder) == [True] * 4
    assert ladder.ok
    assert ladder.failed is None
    assert all(rung.milliseconds is not None and 0 <= rung.milliseconds < 5000 for rung in ladder.rungs)
    assert "answered the echo in" in ladder.sentence
    assert any(isinstance(event, PduEvent) for event in events)


async def test_a_node_with_tls_is_climbed_to_as_well(expect_log: ExpectLog) -> None:
    expect_log("it sent a plain A-ASSOCIATE-RQ; switch TLS on there", required=False)
    async with serve(tls=server_context()) as node:
        assert (await check(node, LOCAL, tls=client_context())).ok
        ladder = await check(node, LOCAL)
    assert not ladder.ok
    assert "TLS" in ladder.sentence


def test_everything_that_is_recorded_of_the_association_is_handed_on() -> None:
    # A recorder's every method: one that was added and is not handed on would be lost in a check's trace.
    watched = {name for name in vars(_Watch) if not name.startswith("_") and callable(getattr(_Watch, name))}
    recorded = {name for name in vars(Recorder) if not name.startswith("_") and callable(getattr(Recorder, name))}
    assert watched == recorded
    with CaptureWriter(io.BytesIO()) as tap:
        assert _Watch(Recorder(tap=tap)).tap is tap


async def test_unknown_name_fails_the_first_rung() -> None:
    ladder = await check(Node(name="x", host="no-such-host.invalid", port=104, ae_title="X"), LOCAL)
    assert verdicts(ladder) == [False, None, None, None]
    assert "'no-such-host.invalid'" in ladder.sentence


async def test_closed_port_fails_the_second_rung() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    ladder = await check(Node(name="x", host="127.0.0.1", port=port, ae_title="X"), LOCAL)
    assert verdicts(ladder) == [True, False, None, None]
    assert "refused" in ladder.sentence


async def test_rejection_fails_the_third_rung() -> None:
    async with serve(policy=Policy(ae_title="SOMEBODY")) as node:
        ladder = await check(node, LOCAL)
    assert verdicts(ladder) == [True, True, False, None]
    assert "called AE title not recognized" in ladder.sentence


async def test_silent_peer_fails_the_third_rung() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        node = Node(name="x", host="127.0.0.1", port=server.getsockname()[1], ae_title="X")
        ladder = await check(node, replace(LOCAL, timeouts=Timeouts(acse=0.05)))
    assert verdicts(ladder) == [True, True, False, None]
    assert "ACSE timeout" in ladder.sentence


async def test_peer_without_verification_fails_the_last_rung() -> None:
    async with serve(policy=Policy(contexts={"1.2.840.10008.5.1.4.1.1.2": None})) as node:
        ladder = await check(node, LOCAL)
    assert verdicts(ladder) == [True, True, True, False]
    assert "does not offer Verification" in ladder.sentence


@pytest.mark.parametrize(("status", "words"), [(0x0122, "0122H"), (0x0211, "0211H")])
async def test_failing_echo_fails_the_last_rung(status: int, words: str) -> None:
    async def refuse(request: IncomingRequest) -> AsyncIterator[Reply]:
        assert isinstance(request.message, CEchoRq)
        yield Reply(message=CEchoRsp(message_id_being_responded_to=request.message.message_id, status=status))

    async with serve({CEchoRq.COMMAND_FIELD: refuse}, policy=storage_policy([])) as node:
        ladder = await check(node, LOCAL)
    assert verdicts(ladder) == [True, True, True, False]
    assert words in ladder.sentence
