"""Two upper layers with a network in between, in memory: what one sends arrives at the other, cut as one likes."""

from collections.abc import Iterator

from workbench.upper_layer.events import (
    CloseTransport,
    DataIndicated,
    Event,
    OpenTransport,
    PduIndicated,
    ProviderAbort,
    SendBytes,
)
from workbench.upper_layer.machine import Role, UpperLayer
from workbench.upper_layer.pdu import Pdu


def chunks(data: bytes, size: int | None) -> Iterator[bytes]:
    """The bytes in pieces of `size`; None gives them whole."""
    step = size or max(len(data), 1)
    return (data[at : at + step] for at in range(0, len(data), step))


def drain(machine: UpperLayer) -> list[Event]:
    """All events that a machine has now; data in them is copied."""
    events: list[Event] = []
    while (event := machine.next_event()) is not None:
        if isinstance(event, DataIndicated):
            event.data = bytes(event.data)
        events.append(event)
    return events


class End:
    """One end of the pair: a machine, its events so far, and the bytes on their way from it.

    Attributes:
        machine: the upper layer of this end.
        events: everything that has left it, in order.
        sent: bytes that it sent and the network holds.
        is_open: whether its transport connection is open.
    """

    def __init__(self, role: Role, max_pdu_length: int) -> None:
        self.machine = UpperLayer(role, max_pdu_length=max_pdu_length)
        self.events: list[Event] = []
        self.sent = b""
        self.is_open = False

    def take_events(self) -> list[Event]:
        """Drains the machine: effects on the network are carried out, all events are kept and given."""
        events = drain(self.machine)
        for event in events:
            if isinstance(event, SendBytes):
                self.sent += b"".join(event.buffers)
            elif isinstance(event, CloseTransport):
                self.is_open = False
        self.events += events
        return events

    def indicated(self) -> list[Pdu | ProviderAbort]:
        """What the user of this end was told, but for data."""
        return [
            event.pdu if isinstance(event, PduIndicated) else event
            for event in self.events
            if isinstance(event, PduIndicated | ProviderAbort)
        ]

    def data(self) -> list[tuple[int, bool, bool, bytes]]:
        """The fragments that were indicated, whole: context, command, last, bytes."""
        fragments = []
        content = b""
        for event in self.events:
            if isinstance(event, DataIndicated):
                content += event.data
                if event.ends_fragment:
                    fragments.append((event.context_id, event.is_command, event.is_last, content))
                    content = b""
        return fragments


class Pair:
    """A requestor, an acceptor and the network between them.

    Nothing is delivered before `deliver` is called, so both ends can act at the same time.

    Args (of the constructor):
        chunk: bytes that the network delivers at a time; None for all that is on the way.
    """

    def __init__(self, *, chunk: int | None = None, max_pdu_length: int = 131072) -> None:
        self.chunk = chunk
        self.requestor = End(Role.REQUESTOR, max_pdu_length)
        self.acceptor = End(Role.ACCEPTOR, max_pdu_length)

    def connect(self) -> None:
        """Opens the transport connection that the requestor asked for."""
        assert OpenTransport() in self.requestor.take_events()
        for end in (self.acceptor, self.requestor):
            end.is_open = True
            end.machine.transport_opened()
            end.take_events()

    def deliver(self) -> None:
        """Carries bytes and closes to and fro until nothing is on its way."""
        ends = ((self.requestor, self.acceptor), (self.acceptor, self.requestor))
        for end, _ in ends:
            end.take_events()
        while any(sender.sent for sender, _ in ends):
            for sender, receiver in ends:
                data, sender.sent = sender.sent, b""
                for piece in chunks(data, self.chunk):
                    if receiver.is_open:
                        receiver.machine.receive_data(piece)
                        receiver.take_events()
        for sender, receiver in ends:
            if receiver.is_open and not sender.is_open:
                receiver.is_open = False
                receiver.machine.receive_data(b"")
                receiver.take_events()
