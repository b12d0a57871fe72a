"""The UIDs of the UPS SOP classes and the numbers of their actions and events (PS3.4 CC.2 and CC.3)."""

from enum import IntEnum
from typing import Final

from workbench.uids import (
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
)

UPS_PUSH: Final = "1.2.840.10008.5.1.4.34.6.1"
UPS_WATCH: Final = "1.2.840.10008.5.1.4.34.6.2"
UPS_PULL: Final = "1.2.840.10008.5.1.4.34.6.3"
UPS_EVENT: Final = "1.2.840.10008.5.1.4.34.6.4"
UPS_QUERY: Final = "1.2.840.10008.5.1.4.34.6.5"

UPS_CLASSES: Final = (UPS_PUSH, UPS_WATCH, UPS_PULL, UPS_EVENT, UPS_QUERY)
"""All five; commands of the normalized services name UPS Push on the contexts of any of them (PS3.4 CC.3.1.1)."""

GLOBAL_SUBSCRIPTION: Final = "1.2.840.10008.5.1.4.34.5"
"""The well-known instance that stands for all steps, those to come included (PS3.4 CC.3.1.2)."""

FILTERED_GLOBAL_SUBSCRIPTION: Final = "1.2.840.10008.5.1.4.34.5.1"
"""The well-known instance that stands for all steps that match the keys of the subscription (PS3.4 CC.2.3.3.1)."""

TRANSFER_SYNTAXES: Final = (
    EXPLICIT_VR_LITTLE_ENDIAN,
    IMPLICIT_VR_LITTLE_ENDIAN,
    DEFLATED_EXPLICIT_VR_LITTLE_ENDIAN,
    EXPLICIT_VR_BIG_ENDIAN,
)
"""Those in which steps are accepted: the ones without compressed pixel data, of which a step has none."""

SERVICE: Final = "Unified Procedure Step"
"""In whose words statuses are told; a key of `dimse.status.SERVICES`."""


class ActionType(IntEnum):
    """Action Type ID of an N-ACTION (PS3.4 Tables CC.2.1-1, CC.2.2-1 and CC.2.3-1)."""

    CHANGE_STATE = 1
    REQUEST_CANCEL = 2
    SUBSCRIBE = 3
    UNSUBSCRIBE = 4
    SUSPEND_GLOBAL_SUBSCRIPTION = 5


class EventType(IntEnum):
    """Event Type ID of an N-EVENT-REPORT (PS3.4 Table CC.2.4-1)."""

    STATE_REPORT = 1
    CANCEL_REQUESTED = 2
    PROGRESS_REPORT = 3
    SCP_STATUS_CHANGE = 4
    ASSIGNED = 5
