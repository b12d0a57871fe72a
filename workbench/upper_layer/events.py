"""What leaves the machine, in the order in which it happened.

Effects are to be carried out by the driver, indications are for the user of the association, observations are for the
trace. These classes are made for every PDU of a bulk transfer, so they are plain slotted dataclasses (a frozen one
costs three times as much to make); nobody changes them.
"""

from dataclasses import dataclass

from workbench.errors import RemoteProtocolError
from workbench.upper_layer.fields import Buffer
from workbench.upper_layer.pdu import Pdu
from workbench.upper_layer.state_table import Action, Evt, Sta


@dataclass(slots=True)
class OpenTransport:
    """Effect: open the transport connection, then call transport_opened() or transport_closed()."""


@dataclass(slots=True)
class SendBytes:
    """Effect: write these buffers, in this order, with one gathering write where possible."""

    buffers: tuple[Buffer, ...]


@dataclass(slots=True)
class StartArtim:
    """Effect: start ARTIM, or restart it when it runs; when it expires call artim_expired()."""


@dataclass(slots=True)
class StopArtim:
    """Effect: stop ARTIM."""


@dataclass(slots=True)
class CloseTransport:
    """Effect: close the transport connection at once; the machine is in Sta1 and takes nothing more."""


@dataclass(slots=True)
class PduIndicated:
    """Indication or confirmation of the service that this PDU stands for: any PDU but P-DATA-TF."""

    pdu: Pdu


@dataclass(slots=True)
class DataIndicated:
    """A slice of one PDV. `data` may be a view of what was fed: it is valid until the next receive_data()."""

    context_id: int
    is_command: bool
    is_last: bool  # of the command or data set: the fragment's own flag
    data: Buffer
    ends_fragment: bool


@dataclass(slots=True)
class ProviderAbort:
    """A-P-ABORT: the transport connection was lost (AA-4; reason 0), or we aborted (AA-8) for `problem`."""

    source: int
    reason: int
    problem: str


@dataclass(slots=True)
class PduSent:
    """Observation: a PDU of `length` bytes, header included, was sent; `kept` is its start, or all of it."""

    pdu_type: int
    length: int
    kept: bytes


@dataclass(slots=True)
class PduReceived:
    """Observation: a PDU of `length` bytes, header included, was received; `kept` is its start, or all of it.

    Of a PDU that is refused or ignored for its type only the six bytes of the header are kept: the rest is not awaited.
    """

    pdu_type: int
    length: int
    kept: bytes


@dataclass(slots=True)
class Transition:
    """Observation: a cell of Table 9-10 was taken."""

    event: Evt
    before: Sta
    action: Action
    after: Sta


@dataclass(slots=True)
class Problem:
    """Observation: what the peer did wrong. It precedes the Transition of the refusal."""

    error: RemoteProtocolError


Effect = OpenTransport | SendBytes | StartArtim | StopArtim | CloseTransport
Indication = PduIndicated | DataIndicated | ProviderAbort
Observation = PduSent | PduReceived | Transition | Problem
Event = Effect | Indication | Observation
