"""How to bring a machine into each state, what to do to it there, and what must come out.

Typed from PS3.8 Tables 9-6 to 9-10 and not taken from the source: the cells state by state, the outcome of each action
once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from tests.support.pair import chunks, drain
from tests.upper_layer.pdu_cases import (
    ANSWER,
    ECHO_REQUEST,
    IDENTITY_REQUEST,
    PROVIDER_ABORT,
    REJECTION,
    RELEASE_REQUEST,
    RELEASE_RESPONSE,
    USER_ABORT,
)
from workbench.upper_layer.events import (
    CloseTransport,
    DataIndicated,
    Event,
    OpenTransport,
    PduIndicated,
    PduReceived,
    PduSent,
    ProviderAbort,
    SendBytes,
    StartArtim,
    StopArtim,
    Transition,
)
from workbench.upper_layer.machine import Role, UpperLayer

# PS3.8 Table 9-10, one line a state: event and action.
CELLS_BY_STATE = {
    1: "1 AE-1, 5 AE-5",
    2: "3 AA-1, 4 AA-1, 6 AE-6, 10 AA-1, 12 AA-1, 13 AA-1, 16 AA-2, 17 AA-5, 18 AA-2, 19 AA-1",
    3: "3 AA-8, 4 AA-8, 6 AA-8, 7 AE-7, 8 AE-8, 10 AA-8, 12 AA-8, 13 AA-8, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8",
    4: "2 AE-2, 15 AA-2, 17 AA-4",
    5: "3 AE-3, 4 AE-4, 6 AA-8, 10 AA-8, 12 AA-8, 13 AA-8, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8",
    6: "3 AA-8, 4 AA-8, 6 AA-8, 9 DT-1, 10 DT-2, 11 AR-1, 12 AR-2, 13 AA-8, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8",
    7: "3 AA-8, 4 AA-8, 6 AA-8, 10 AR-6, 12 AR-8, 13 AR-3, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8",
    8: "3 AA-8, 4 AA-8, 6 AA-8, 9 AR-7, 10 AA-8, 12 AA-8, 13 AA-8, 14 AR-4, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8",
    9: "3 AA-8, 4 AA-8, 6 AA-8, 10 AA-8, 12 AA-8, 13 AA-8, 14 AR-9, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8",
    10: "3 AA-8, 4 AA-8, 6 AA-8, 10 AA-8, 12 AA-8, 13 AR-10, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8",
    11: "3 AA-8, 4 AA-8, 6 AA-8, 10 AA-8, 12 AA-8, 13 AR-3, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8",
    12: "3 AA-8, 4 AA-8, 6 AA-8, 10 AA-8, 12 AA-8, 13 AA-8, 14 AR-4, 15 AA-1, 16 AA-3, 17 AA-4, 19 AA-8",
    13: "3 AA-6, 4 AA-6, 6 AA-7, 10 AA-6, 12 AA-6, 13 AA-6, 16 AA-2, 17 AR-5, 18 AA-2, 19 AA-7",
}

EXPECTED = {
    (int(event), state): action
    for state, cells in CELLS_BY_STATE.items()
    for event, action in (cell.split() for cell in cells.split(", "))
}

UNRECOGNIZED = bytes.fromhex("2A0000000003010203")

# What is received, and what is asked for locally, by event.
RECEIVED = {
    3: ANSWER.data,
    4: REJECTION.data,
    6: IDENTITY_REQUEST.data,
    10: ECHO_REQUEST.data,
    12: RELEASE_REQUEST.data,
    13: RELEASE_RESPONSE.data,
    16: PROVIDER_ABORT.data,
    19: UNRECOGNIZED,
}
REQUESTED = {
    1: IDENTITY_REQUEST,
    7: ANSWER,
    8: REJECTION,
    9: ECHO_REQUEST,
    11: RELEASE_REQUEST,
    14: RELEASE_RESPONSE,
    15: USER_ABORT,
}


@dataclass(frozen=True)
class Outcome:
    """What an action does: what it sends, tells and does to ARTIM and the transport; where it leads."""

    next_state: int
    sends: str = ""  # "request" (the PDU asked for), "user abort", "provider abort"
    tells: str = ""  # "pdu", "data", "abort"
    artim: str = ""  # "start", "stop"
    transport: str = ""  # "open", "close"


OUTCOMES = {
    "AE-1": Outcome(4, transport="open"),
    "AE-2": Outcome(5, sends="request"),
    "AE-3": Outcome(6, tells="pdu"),
    "AE-4": Outcome(1, tells="pdu", transport="close"),
    "AE-5": Outcome(2, artim="start"),
    "AE-6": Outcome(3, tells="pdu", artim="stop"),
    "AE-7": Outcome(6, sends="request"),
    "AE-8": Outcome(13, sends="request", artim="start"),
    "DT-1": Outcome(6, sends="request"),
    "DT-2": Outcome(6, tells="data"),
    "AR-1": Outcome(7, sends="request"),
    "AR-2": Outcome(8, tells="pdu"),
    "AR-3": Outcome(1, tells="pdu", transport="close"),
    "AR-4": Outcome(13, sends="request", artim="start"),
    "AR-5": Outcome(1, artim="stop"),
    "AR-6": Outcome(7, tells="data"),
    "AR-7": Outcome(8, sends="request"),
    "AR-8": Outcome(9, tells="pdu"),  # 10 for the acceptor
    "AR-9": Outcome(11, sends="request"),
    "AR-10": Outcome(12, tells="pdu"),
    "AA-1": Outcome(13, sends="user abort", artim="start"),
    "AA-2": Outcome(1, artim="stop", transport="close"),
    "AA-3": Outcome(1, tells="pdu", transport="close"),
    "AA-4": Outcome(1, tells="abort"),
    "AA-5": Outcome(1, artim="stop"),
    "AA-6": Outcome(13),
    "AA-7": Outcome(13, sends="provider abort"),
    "AA-8": Outcome(13, sends="provider abort", tells="abort", artim="start"),
}


def reach(state: int, role: Role | None = None, chunk: int | None = None) -> UpperLayer:
    """A machine in this state, brought there by calls and bytes, its events taken.

    Args:
        role: where both are possible; None takes the requestor, in Sta2 and Sta3 the acceptor.
        chunk: bytes to a call of receive_data.
    """
    if role is None:
        role = Role.ACCEPTOR if state in (2, 3, 10, 12) else Role.REQUESTOR
    machine = UpperLayer(role)
    for step in _path(state, role):
        if isinstance(step, bytes):
            feed(machine, step, chunk)
        else:
            step(machine)
        drain(machine)
    assert int(machine.state) == state
    return machine


def _path(state: int, role: Role) -> list[bytes | Callable[[UpperLayer], None]]:
    established: list[bytes | Callable[[UpperLayer], None]]

    def asked(event: int) -> Callable[[UpperLayer], None]:
        return lambda machine: machine.send(REQUESTED[event].pdu)

    if role is Role.REQUESTOR:
        established = [asked(1), UpperLayer.transport_opened, RECEIVED[3]]
        opening = {1: 0, 4: 1, 5: 2}
    else:
        established = [UpperLayer.transport_opened, RECEIVED[6], asked(7)]
        opening = {1: 0, 2: 1, 3: 2}
    if state in opening:
        return established[: opening[state]]
    collision = [*established, asked(11), RECEIVED[12]]
    return {
        6: established,
        7: [*established, asked(11)],
        8: [*established, RECEIVED[12]],
        9: collision,
        10: collision,
        11: [*collision, asked(14)],
        12: [*collision, RECEIVED[13]],
        13: [*established, asked(15)],
    }[state]


def feed(machine: UpperLayer, data: bytes, chunk: int | None) -> list[Event]:
    """Feeds bytes in chunks and takes the events after each."""
    events: list[Event] = []
    for piece in chunks(data, chunk):
        machine.receive_data(piece)
        events += drain(machine)
    return events


def cause(machine: UpperLayer, event: int, chunk: int | None = None) -> list[Event]:
    """Makes an event happen and gives what came out."""
    if event in RECEIVED:
        return feed(machine, RECEIVED[event], chunk)
    if event in REQUESTED:
        machine.send(REQUESTED[event].pdu)
    else:
        calls = {
            2: machine.transport_opened,
            5: machine.transport_opened,
            17: machine.transport_closed,
            18: machine.artim_expired,
        }
        calls[event]()
    return drain(machine)


def role_for(event: int, state: int) -> Role | None:
    """The role in which the transport event of this number can be told."""
    return {(5, 1): Role.ACCEPTOR, (1, 1): Role.REQUESTOR}.get((event, state))


def difference(event: int, state: int, *, role: Role | None = None, chunk: int | None = None) -> str:
    """What a cell does other than PS3.8 says, in words; empty when it does what it should."""
    try:
        machine = reach(state, role or role_for(event, state), chunk)
        artim_before = machine.artim_running
        events = cause(machine, event, chunk)
    except Exception as error:  # noqa: BLE001 a machine with a changed table may fail in any way: all are differences
        return f"{type(error).__name__}: {error}"
    action = EXPECTED[event, state]
    outcome = OUTCOMES[action]
    next_state = 10 if action == "AR-8" and machine.role is Role.ACCEPTOR else outcome.next_state
    artim = {"start": True, "stop": False}.get(outcome.artim, artim_before)
    transition = [(t.event.value, t.before.value, t.action.label, t.after.value) for t in _all(events, Transition)]
    pairs = {
        "transition": (transition, [(event, state, action, next_state)]),
        "state": (machine.state.value, next_state),
        "sent": (_sent(events), _expected_bytes(outcome.sends, event)),
        "observed as sent": (b"".join(e.kept for e in _all(events, PduSent)), _sent(events)),
        "observed as received": (_received(events), _expected_received(event, action)),
        "told": (_told(events), _expected_told(outcome.tells, event)),
        "ARTIM": (machine.artim_running, artim),
        "ARTIM effects": (_artim(events), _expected_artim(outcome.artim, artim_before)),
        "transport": (_transport(events), outcome.transport),
    }
    return "; ".join(f"{name}: {got!r}, not {wanted!r}" for name, (got, wanted) in pairs.items() if got != wanted)


_E = TypeVar("_E")


def _all(events: list[Event], kind: type[_E]) -> list[_E]:
    return [event for event in events if isinstance(event, kind)]


def _sent(events: list[Event]) -> bytes:
    return b"".join(b"".join(event.buffers) for event in _all(events, SendBytes))


def _expected_bytes(sends: str, event: int) -> bytes:
    if sends == "request":
        return REQUESTED[1 if event == 2 else event].data
    if sends:
        return bytes.fromhex("07 00 00000004 0000") + bytes((0, 0) if sends == "user abort" else (2, _reason(event)))
    return b""


def _reason(event: int) -> int:
    """Unrecognized PDU, unexpected PDU, or none (PS3.8 Table 9-26)."""
    return {17: 0, 19: 1}.get(event, 2)


def _received(events: list[Event]) -> list[tuple[int, int, bytes]]:
    return [(event.pdu_type, event.length, event.kept) for event in _all(events, PduReceived)]


def _expected_received(event: int, action: str) -> list[tuple[int, int, bytes]]:
    if event not in RECEIVED:
        return []
    data = RECEIVED[event]
    kept = data[:6] if action in ("AA-1", "AA-6", "AA-7", "AA-8") else data
    return [(data[0], len(data), kept)]


def _told(events: list[Event]) -> list[object]:
    told: list[object] = []
    data = b""
    for event in events:
        if isinstance(event, PduIndicated):
            told.append(event.pdu)
        elif isinstance(event, ProviderAbort):
            told.append(("abort", event.source, event.reason))
        elif isinstance(event, DataIndicated):
            data += event.data
            if event.ends_fragment:
                told.append((event.context_id, event.is_command, event.is_last, data))
    return told


def _expected_told(tells: str, event: int) -> list[object]:
    if tells == "pdu":
        cases = {3: ANSWER, 4: REJECTION, 6: IDENTITY_REQUEST, 12: RELEASE_REQUEST, 13: RELEASE_RESPONSE}
        return [(cases | {16: PROVIDER_ABORT})[event].pdu]
    if tells == "data":
        return [(1, True, True, ECHO_REQUEST.data[12:])]
    return [("abort", 2, _reason(event))] if tells else []


def _artim(events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, StartArtim | StopArtim)]


def _expected_artim(artim: str, was_running: bool) -> list[Event]:
    if artim == "start":
        return [StartArtim()]
    return [StopArtim()] if artim and was_running else []


def _transport(events: list[Event]) -> str:
    effects = {OpenTransport: "open", CloseTransport: "close"}
    return ", ".join(effects[type(event)] for event in events if type(event) in effects)
