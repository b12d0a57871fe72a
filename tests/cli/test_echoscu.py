"""dwb echoscu."""

import socket
from collections.abc import AsyncIterator

import pytest

from tests.cli.background import address, background
from tests.cli.events import events, failed_start, names
from workbench.acse.policy import Policy
from workbench.cli.echoscu import main
from workbench.dimse.answers import respond
from workbench.dimse.messages import CEchoRq
from workbench.net.incoming import IncomingRequest
from workbench.net.operation import Reply

Capture = pytest.CaptureFixture[str]


def test_success_is_silent(capsys: Capture) -> None:
    with background() as node:
        assert main(address(node)) == 0
    assert capsys.readouterr() == ("", "")


def test_verbose_tells_the_steps(capsys: Capture) -> None:
    with background() as node:
        assert main([*address(node), "-v"]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[:4] == [
        "I: Requesting Association",
        "I: Association Accepted (Max Send PDV: 131060)",
        "I: Sending Echo Request (MsgID 1)",
        "I: Received Echo Response (Success)",
    ]
    assert said[4].startswith("I: echo answered: 0000H Success (")
    assert said[5:] == ["I: Releasing Association"]


def test_debug_tells_parameters_messages_and_bytes(capsys: Capture) -> None:
    with background() as node:
        assert main([*address(node), "-d"]) == 0
    said = capsys.readouterr().err
    for words in ("BEGIN A-ASSOCIATE-RQ", "END A-ASSOCIATE-AC", "OUTGOING DIMSE MESSAGE", "PDU Type: Associate Accept"):
        assert words in said
    assert "=VerificationSOPClass" in said
    assert "Sta6" not in said


def test_trace_tells_states(capsys: Capture) -> None:
    with background() as node:
        assert main([*address(node), "-ll", "trace"]) == 0
    assert "Sta6" in capsys.readouterr().err


@pytest.mark.parametrize(("flags", "end"), [([], "released"), (["--abort"], "aborted")])
def test_events_of_repeated_echoes(flags: list[str], end: str, capsys: Capture) -> None:
    with background() as node:
        assert main([*address(node), "--json", "--repeat", "3", *flags]) == 0
    found = events(capsys.readouterr().out)
    assert names(found) == ["associated", "response", "response", "response", end, "summary"]
    assert {event["status"] for event in found if event["event"] == "response"} == {0}
    assert (found[-1]["acknowledged"], found[-1]["failed"]) == (3, 0)


def test_titles_and_length_are_those_of_the_options(capsys: Capture) -> None:
    policy = Policy(ae_title="THEM", allowed_calling=frozenset({"US"}), contexts={"1.2.840.10008.1.1": None})
    with background(policy=policy) as node:
        assert main([*address(node), "-aet", "US", "-aec", "THEM"]) == 0
        assert main([*address(node), "-aet", "US"]) == 1
    assert "called AE title not recognized (1/1/7)" in capsys.readouterr().err


def test_nobody_there_is_told_with_what_to_check(capsys: Capture, unused_tcp_port: int) -> None:
    assert main(["127.0.0.1", str(unused_tcp_port), "--json"]) == 1
    out, err = capsys.readouterr()
    assert "F: Association Request Failed: 0006:031c TCP Initialization Error: no connection to 127.0.0.1:" in err
    assert f"{unused_tcp_port}: connection refused" in err
    assert names(events(out)) == ["error", "summary"]


def test_unknown_host_is_told(capsys: Capture) -> None:
    assert main(["no-such-host.invalid", "104"]) == 1
    assert "no-such-host.invalid" in capsys.readouterr().err


def test_silent_peer_is_timed_out(capsys: Capture) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        assert main(["127.0.0.1", str(silent.getsockname()[1]), "-ta", "0.05", "--json"]) == 1
    out, err = capsys.readouterr()
    assert "ACSE timeout" in err
    assert names(events(out)) == ["aborted", "summary"]


def test_rejection_is_an_event(capsys: Capture) -> None:
    with background(policy=Policy(ae_title="SOMEBODY")) as node:
        assert main([*address(node), "--json"]) == 1
    found = events(capsys.readouterr().out)
    assert names(found) == ["rejected", "summary"]
    assert (found[0]["result"], found[0]["source"], found[0]["code"]) == (1, 1, 7)


def test_peer_without_verification_fails(capsys: Capture) -> None:
    with background(policy=Policy()) as node:
        assert main(address(node)) == 1
    assert "no accepted presentation context" in capsys.readouterr().err


async def refuse(request: IncomingRequest) -> AsyncIterator[Reply]:
    yield Reply(message=respond(request.message, 0x0211))


async def abort(request: IncomingRequest) -> AsyncIterator[Reply]:
    request.association.abort()
    if not request.association.number:
        yield Reply(message=respond(request.message, 0))


def test_failing_echo_fails(capsys: Capture) -> None:
    with background({CEchoRq.COMMAND_FIELD: refuse}) as node:
        assert main([*address(node), "--json"]) == 1
    out, err = capsys.readouterr()
    assert "E: echo answered: 0211H" in err
    assert [event.get("status") for event in events(out)] == [None, 0x0211, None, None]


def test_abort_during_the_echo_is_70_as_with_dcmtk(capsys: Capture) -> None:
    with background({CEchoRq.COMMAND_FIELD: abort}) as node:
        assert main([*address(node), "--json"]) == 70
    found = events(capsys.readouterr().out)
    assert names(found) == ["associated", "aborted", "summary"]
    assert found[1]["by_peer"] is True


def test_impossible_title_is_told(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["127.0.0.1", "104", "-aec", "MUCH TOO LONG A TITLE"])
    assert "'MUCH TOO LONG A TITLE' is no AE title" in failed_start(capsys, caught)
