"""Machines in the established state, and what to look for in their events."""

from tests.support.pair import drain
from tests.upper_layer.pdu_cases import ANSWER, IDENTITY_REQUEST
from workbench.upper_layer.events import Event, Problem, SendBytes, Transition
from workbench.upper_layer.machine import Role, UpperLayer


def sent(events: list[Event]) -> bytes:
    """All bytes that were to be sent."""
    return b"".join(b"".join(event.buffers) for event in events if isinstance(event, SendBytes))


def kinds(events: list[Event]) -> list[str]:
    """The names of the events' classes, in order."""
    return [type(event).__name__ for event in events]


def problem(events: list[Event]) -> str:
    """What was wrong, in words."""
    return "; ".join(str(event.error) for event in events if isinstance(event, Problem))


def established(max_pdu_length: int = 131072, role: Role = Role.ACCEPTOR) -> UpperLayer:
    """Sta6 with context 1 accepted and 3 refused; the peer takes 4096 bytes (requestor) or 16384 (acceptor)."""
    machine = UpperLayer(role, max_pdu_length=max_pdu_length)
    if role is Role.REQUESTOR:
        machine.send(IDENTITY_REQUEST.pdu)
        machine.transport_opened()
        machine.receive_data(ANSWER.data)
    else:
        machine.transport_opened()
        machine.receive_data(IDENTITY_REQUEST.data)
        drain(machine)
        machine.send(ANSWER.pdu)
    drain(machine)
    assert machine.state.value == 6
    return machine


def data_pdu(*fragments: tuple[int, int, bytes]) -> bytes:
    """A P-DATA-TF of (context, control, data)."""
    pdvs = b"".join((len(data) + 2).to_bytes(4, "big") + bytes((c, f)) + data for c, f, data in fragments)
    return b"\4\0" + len(pdvs).to_bytes(4, "big") + pdvs


def actions(events: list[Event]) -> list[str]:
    """The labels of the actions taken, in order."""
    return [event.action.label for event in events if isinstance(event, Transition)]
