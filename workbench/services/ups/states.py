"""The states of a step and what each operation does in each of them (PS3.4 CC.1.1).

TRANSITIONS is Table CC.1.1-2 as the standard prints it: a row for each event, a column for each state. A cell is either
what the SCP does, or the status by which it answers and leaves everything as it is. Where the table says "with correct
Transaction UID", any UID is correct for a step that has none yet: the first performer chooses it.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, TypeAlias


class State(Enum):
    """Procedure Step State (0074,1000), with its values (PS3.4 Table CC.1.1-1)."""

    SCHEDULED = "SCHEDULED"
    IN_PROGRESS = "IN PROGRESS"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"

    @property
    def is_final(self) -> bool:
        """Whether the step changes no more."""
        return self in (State.COMPLETED, State.CANCELED)


class Event(Enum):
    """What is asked of a step, a row of the table; `wrongly` is without the correct Transaction UID."""

    CREATE = "N-CREATE"
    START = "N-ACTION to IN PROGRESS with the correct Transaction UID"
    START_WRONGLY = "N-ACTION to IN PROGRESS without the correct Transaction UID"
    SCHEDULE = "N-ACTION to SCHEDULED"
    COMPLETE = "N-ACTION to COMPLETED with the correct Transaction UID"
    COMPLETE_WRONGLY = "N-ACTION to COMPLETED without the correct Transaction UID"
    REQUEST_CANCEL = "N-ACTION to request cancel"
    CANCEL = "N-ACTION to CANCELED with the correct Transaction UID"
    CANCEL_WRONGLY = "N-ACTION to CANCELED without the correct Transaction UID"


class Act(Enum):
    """What the SCP does, where it does something."""

    CREATE = "create the instance with an empty Transaction UID, SCHEDULED"
    START = "record the Transaction UID, change to IN PROGRESS, report it"
    COMPLETE = "if the final state requirements are met, change to COMPLETED and report it, else C304H"
    CANCEL = "if the final state requirements are met, change to CANCELED and report it, else C304H"
    CANCEL_UNSTARTED = "report IN PROGRESS, then change to CANCELED and report that"
    REPORT_REQUEST = "report that an application entity requested a cancel"


MAY_NO_LONGER_BE_UPDATED: Final = 0xC300
WRONG_TRANSACTION_UID: Final = 0xC301
ALREADY_IN_PROGRESS: Final = 0xC302
ONLY_CREATED_SCHEDULED: Final = 0xC303
FINAL_STATE_NOT_MET: Final = 0xC304
NO_SUCH_STEP: Final = 0xC307
UNKNOWN_RECEIVING_AE: Final = 0xC308
NOT_SCHEDULED: Final = 0xC309
NOT_IN_PROGRESS: Final = 0xC310
ALREADY_COMPLETED: Final = 0xC311
PERFORMER_OUT_OF_REACH: Final = 0xC312
PERFORMER_REFUSES: Final = 0xC313
NOT_FOR_THIS_INSTANCE: Final = 0xC314
NO_EVENT_REPORTS: Final = 0xC315
CREATED_WITH_MODIFICATIONS: Final = 0xB300
LOCK_NOT_GRANTED: Final = 0xB301
ALREADY_CANCELED: Final = 0xB304
COERCED: Final = 0xB305
COMPLETED_BEFORE: Final = 0xB306

Cell: TypeAlias = Act | int
"""What is done, or the status that is answered."""

_COLUMNS: Final = (None, State.SCHEDULED, State.IN_PROGRESS, State.COMPLETED, State.CANCELED)

# fmt: off
_ROWS: Final[Mapping[Event, tuple[Cell, Cell, Cell, Cell, Cell]]] = {
    #                        no instance  SCHEDULED             IN PROGRESS         COMPLETED  CANCELED
    Event.CREATE:           (Act.CREATE, 0x0111,               0x0111,             0x0111,    0x0111),
    Event.START:            (0xC307,     Act.START,            0xC302,             0xC300,    0xC300),
    Event.START_WRONGLY:    (0xC307,     0xC301,               0xC301,             0xC301,    0xC301),
    Event.SCHEDULE:         (0xC307,     0xC303,               0xC303,             0xC303,    0xC303),
    Event.COMPLETE:         (0xC307,     0xC310,               Act.COMPLETE,       0xB306,    0xC300),
    Event.COMPLETE_WRONGLY: (0xC307,     0xC301,               0xC301,             0xC301,    0xC301),
    Event.REQUEST_CANCEL:   (0xC307,     Act.CANCEL_UNSTARTED, Act.REPORT_REQUEST, 0xC311,    0xB304),
    Event.CANCEL:           (0xC307,     0xC310,               Act.CANCEL,         0xC300,    0xB304),
    Event.CANCEL_WRONGLY:   (0xC307,     0xC301,               0xC301,             0xC301,    0xC301),
}
# fmt: on

TRANSITIONS: Final[Mapping[tuple[Event, State | None], Cell]] = MappingProxyType(
    {(event, state): cell for event, row in _ROWS.items() for state, cell in zip(_COLUMNS, row, strict=True)}
)
"""Table CC.1.1-2: an event and the state that a step is in, None for one that does not exist -> what follows."""

_REQUESTS: Final[Mapping[State, tuple[Event, Event]]] = {
    State.SCHEDULED: (Event.SCHEDULE, Event.SCHEDULE),
    State.IN_PROGRESS: (Event.START, Event.START_WRONGLY),
    State.COMPLETED: (Event.COMPLETE, Event.COMPLETE_WRONGLY),
    State.CANCELED: (Event.CANCEL, Event.CANCEL_WRONGLY),
}


def change_event(wanted: State, transaction_uid: str, recorded_uid: str) -> Event:
    """Gives the event that a request to change the state is.

    Args:
        wanted: the state that is asked for.
        transaction_uid: the one of the request, empty when it has none.
        recorded_uid: the one of the step, empty as long as nobody performs it.
    """
    is_correct = transaction_uid == recorded_uid if recorded_uid else bool(transaction_uid)
    correct, wrong = _REQUESTS[wanted]
    return correct if is_correct else wrong


def set_refusal(state: State, transaction_uid: str, recorded_uid: str) -> int | None:
    """Gives the status by which an N-SET is refused, None when it may be done (PS3.4 CC.2.6.3 and Table CC.2.6-1)."""
    if state.is_final:
        return MAY_NO_LONGER_BE_UPDATED
    if state is State.IN_PROGRESS and transaction_uid != recorded_uid:
        return WRONG_TRANSACTION_UID
    if state is State.SCHEDULED and transaction_uid:
        return NOT_IN_PROGRESS
    return None
