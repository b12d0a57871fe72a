"""The state machine of the upper layer as data: PS3.8 Tables 9-1 to 9-10.

Everything that decides what happens next is in this module; `machine` only looks up and carries out. The table is
printed below as the standard prints it, so that the two can be laid side by side: 19 events, 13 states, 123 filled
cells. An empty cell is never a wire error: it is a call that the local side may not make, or what cannot happen.

Beyond the letter of the tables we decide only where they leave a choice:

* AE-6 "acceptable to the service-provider" means that bit 0 of the protocol version is set. Everything else (titles,
  application context, limits) is judged by the user of this layer, which sends A-ASSOCIATE-AC or -RJ in Sta3.
* ARTIM runs in Sta2 and Sta13 only. Waiting too long in Sta5 or Sta7 is the user's time-out, which aborts (Evt15).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final


class Sta(IntEnum):
    """The thirteen states (PS3.8 Tables 9-1 to 9-5)."""

    words: str

    def __new__(cls, number: int, words: str) -> "Sta":
        """One state: its number and what a person reads beside it."""
        state = int.__new__(cls, number)
        state._value_ = number
        state.words = words
        return state

    STA1 = 1, "idle"
    STA2 = 2, "awaiting A-ASSOCIATE-RQ"
    STA3 = 3, "awaiting the local answer to the A-ASSOCIATE-RQ"
    STA4 = 4, "awaiting the transport connection"
    STA5 = 5, "awaiting A-ASSOCIATE-AC or A-ASSOCIATE-RJ"
    STA6 = 6, "established"
    STA7 = 7, "awaiting A-RELEASE-RP"
    STA8 = 8, "awaiting the local answer to the A-RELEASE-RQ"
    STA9 = 9, "release collision, requestor: awaiting the local answer"
    STA10 = 10, "release collision, acceptor: awaiting A-RELEASE-RP"
    STA11 = 11, "release collision, requestor: awaiting A-RELEASE-RP"
    STA12 = 12, "release collision, acceptor: awaiting the local answer"
    STA13 = 13, "awaiting the close of the transport connection"

    @property
    def label(self) -> str:
        """As the standard writes it: "Sta6"."""
        return f"Sta{self.value}"

    @property
    def title(self) -> str:
        """The label and the words: "Sta6 established"."""
        return f"{self.label} {self.words}"


class Evt(IntEnum):
    """The nineteen events (the left column of PS3.8 Table 9-10)."""

    words: str

    def __new__(cls, number: int, words: str) -> "Evt":
        """One event: its number and what a person reads beside it."""
        event = int.__new__(cls, number)
        event._value_ = number
        event.words = words
        return event

    EVT1 = 1, "A-ASSOCIATE request"
    EVT2 = 2, "transport connection confirmed"
    EVT3 = 3, "A-ASSOCIATE-AC received"
    EVT4 = 4, "A-ASSOCIATE-RJ received"
    EVT5 = 5, "transport connection indicated"
    EVT6 = 6, "A-ASSOCIATE-RQ received"
    EVT7 = 7, "A-ASSOCIATE response: accept"
    EVT8 = 8, "A-ASSOCIATE response: reject"
    EVT9 = 9, "P-DATA request"
    EVT10 = 10, "P-DATA-TF received"
    EVT11 = 11, "A-RELEASE request"
    EVT12 = 12, "A-RELEASE-RQ received"
    EVT13 = 13, "A-RELEASE-RP received"
    EVT14 = 14, "A-RELEASE response"
    EVT15 = 15, "A-ABORT request"
    EVT16 = 16, "A-ABORT received"
    EVT17 = 17, "transport connection closed"
    EVT18 = 18, "ARTIM expired"
    EVT19 = 19, "unrecognized or invalid PDU received"

    @property
    def label(self) -> str:
        """As the standard writes it: "Evt10"."""
        return f"Evt{self.value}"


class Step(StrEnum):
    """What an action does, one thing at a time; its value is what a person reads."""

    OPEN_TRANSPORT = "open the transport connection"
    CLOSE_TRANSPORT = "close the transport connection"
    START_ARTIM = "start or restart ARTIM"
    STOP_ARTIM = "stop ARTIM"
    SEND = "send the PDU of the request or response"
    SEND_REJECT = "send A-ASSOCIATE-RJ (protocol version not supported)"
    SEND_USER_ABORT = "send A-ABORT (service-user)"
    SEND_PROVIDER_ABORT = "send A-ABORT (service-provider)"
    INDICATE = "indicate or confirm the PDU to the user"
    INDICATE_PROVIDER_ABORT = "indicate A-P-ABORT to the user"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One row of PS3.8 Tables 9-6 to 9-9; `otherwise` is the second outcome of the two actions that choose."""

    label: str
    steps: tuple[Step, ...]
    next: Sta
    otherwise: "Action | None" = None

    @property
    def words(self) -> str:
        """The steps as one sentence part: "send A-ABORT (service-user), start or restart ARTIM"."""
        return ", ".join(step.value for step in self.steps) or "ignore"


def _row(label: str, *steps: Step, to: Sta, otherwise: Action | None = None) -> tuple[str, Action]:
    return label, Action(label=label, steps=steps, next=to, otherwise=otherwise)


# AE-6 when the request is not acceptable; AR-8 when this side is the acceptor.
_AE6_REFUSE = Action(label="AE-6", steps=(Step.STOP_ARTIM, Step.SEND_REJECT, Step.START_ARTIM), next=Sta.STA13)
_AR8_ACCEPTOR = Action(label="AR-8", steps=(Step.INDICATE,), next=Sta.STA10)

ACTIONS: Final[Mapping[str, Action]] = dict(
    (
        # Table 9-6, association establishment
        _row("AE-1", Step.OPEN_TRANSPORT, to=Sta.STA4),
        _row("AE-2", Step.SEND, to=Sta.STA5),
        _row("AE-3", Step.INDICATE, to=Sta.STA6),
        _row("AE-4", Step.INDICATE, Step.CLOSE_TRANSPORT, to=Sta.STA1),
        _row("AE-5", Step.START_ARTIM, to=Sta.STA2),
        _row("AE-6", Step.STOP_ARTIM, Step.INDICATE, to=Sta.STA3, otherwise=_AE6_REFUSE),
        _row("AE-7", Step.SEND, to=Sta.STA6),
        _row("AE-8", Step.SEND, Step.START_ARTIM, to=Sta.STA13),
        # Table 9-7, data transfer
        _row("DT-1", Step.SEND, to=Sta.STA6),
        _row("DT-2", Step.INDICATE, to=Sta.STA6),
        # Table 9-8, association release
        _row("AR-1", Step.SEND, to=Sta.STA7),
        _row("AR-2", Step.INDICATE, to=Sta.STA8),
        _row("AR-3", Step.INDICATE, Step.CLOSE_TRANSPORT, to=Sta.STA1),
        _row("AR-4", Step.SEND, Step.START_ARTIM, to=Sta.STA13),
        _row("AR-5", Step.STOP_ARTIM, to=Sta.STA1),
        _row("AR-6", Step.INDICATE, to=Sta.STA7),
        _row("AR-7", Step.SEND, to=Sta.STA8),
        _row("AR-8", Step.INDICATE, to=Sta.STA9, otherwise=_AR8_ACCEPTOR),
        _row("AR-9", Step.SEND, to=Sta.STA11),
        _row("AR-10", Step.INDICATE, to=Sta.STA12),
        # Table 9-9, association abort
        _row("AA-1", Step.SEND_USER_ABORT, Step.START_ARTIM, to=Sta.STA13),
        _row("AA-2", Step.STOP_ARTIM, Step.CLOSE_TRANSPORT, to=Sta.STA1),
        _row("AA-3", Step.INDICATE, Step.CLOSE_TRANSPORT, to=Sta.STA1),
        _row("AA-4", Step.INDICATE_PROVIDER_ABORT, to=Sta.STA1),
        _row("AA-5", Step.STOP_ARTIM, to=Sta.STA1),
        _row("AA-6", to=Sta.STA13),
        _row("AA-7", Step.SEND_PROVIDER_ABORT, to=Sta.STA13),
        _row("AA-8", Step.SEND_PROVIDER_ABORT, Step.INDICATE_PROVIDER_ABORT, Step.START_ARTIM, to=Sta.STA13),
    )
)

# Which event it is to receive a PDU, by its type; a PDU of any other type is Evt19.
EVENT_OF_PDU: Final[Mapping[int, Evt]] = {
    1: Evt.EVT6,
    2: Evt.EVT3,
    3: Evt.EVT4,
    4: Evt.EVT10,
    5: Evt.EVT12,
    6: Evt.EVT13,
    7: Evt.EVT16,
}

# The actions that refuse or ignore a received PDU: its header is enough, its content is neither awaited nor read.
REFUSALS: Final = frozenset({"AA-1", "AA-6", "AA-7", "AA-8"})

_TABLE_9_10: Final = """
Event  Sta1  Sta2  Sta3  Sta4  Sta5  Sta6  Sta7  Sta8  Sta9  Sta10 Sta11 Sta12 Sta13
Evt1   AE-1  -     -     -     -     -     -     -     -     -     -     -     -
Evt2   -     -     -     AE-2  -     -     -     -     -     -     -     -     -
Evt3   -     AA-1  AA-8  -     AE-3  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
Evt4   -     AA-1  AA-8  -     AE-4  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
Evt5   AE-5  -     -     -     -     -     -     -     -     -     -     -     -
Evt6   -     AE-6  AA-8  -     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
Evt7   -     -     AE-7  -     -     -     -     -     -     -     -     -     -
Evt8   -     -     AE-8  -     -     -     -     -     -     -     -     -     -
Evt9   -     -     -     -     -     DT-1  -     AR-7  -     -     -     -     -
Evt10  -     AA-1  AA-8  -     AA-8  DT-2  AR-6  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
Evt11  -     -     -     -     -     AR-1  -     -     -     -     -     -     -
Evt12  -     AA-1  AA-8  -     AA-8  AR-2  AR-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-6
Evt13  -     AA-1  AA-8  -     AA-8  AA-8  AR-3  AA-8  AA-8  AR-10 AR-3  AA-8  AA-6
Evt14  -     -     -     -     -     -     -     AR-4  AR-9  -     -     AR-4  -
Evt15  -     -     AA-1  AA-2  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  AA-1  -
Evt16  -     AA-2  AA-3  -     AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-3  AA-2
Evt17  -     AA-5  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AA-4  AR-5
Evt18  -     AA-2  -     -     -     -     -     -     -     -     -     -     AA-2
Evt19  -     AA-1  AA-8  -     AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-8  AA-7
"""


def _cells(table: str) -> dict[tuple[Evt, Sta], str]:
    rows = [line.split() for line in table.strip().splitlines()[1:]]
    return {
        (event, state): cell
        for event, row in zip(Evt, rows, strict=True)
        for state, cell in zip(Sta, row[1:], strict=True)
        if cell != "-"
    }


TABLE: Final[Mapping[tuple[Evt, Sta], str]] = _cells(_TABLE_9_10)
