"""What an event report says (PS3.4 Table CC.2.4-1)."""

from typing import NamedTuple

from pydicom.dataset import Dataset

from workbench.services.ups.attributes import (
    COMMUNICATIONS_URI,
    CONTACT_DISPLAY_NAME,
    CONTACT_URI,
    DISCONTINUATION_REASON,
    HUMAN_PERFORMERS,
    INPUT_READINESS,
    PROGRESS_INFORMATION,
    REASON_FOR_CANCELLATION,
    STATE,
    STATION_NAME,
)
from workbench.services.ups.classes import EventType
from workbench.services.ups.data_sets import chosen, first_item, has_value, items, merged, text
from workbench.services.ups.states import State

_REQUESTING_AE = 0x00741236
_PERFORMER = (0x00404009, 0x00404036)  # Human Performer Code Sequence, Human Performer's Organization
_REASONS = (REASON_FOR_CANCELLATION, DISCONTINUATION_REASON)


class Report(NamedTuple):
    """One event report, and to whom it goes.

    Attributes:
        receiving_ae: AE title of the subscriber.
        event_type: what it is about.
        sop_instance_uid: the step, or a well-known instance for what is about the SCP itself.
        information: the event information.
    """

    receiving_ae: str
    event_type: EventType
    sop_instance_uid: str
    information: Dataset


def state_report(step: Dataset) -> Dataset:
    """Gives the information of a UPS State Report; one of a canceled step tells why."""
    information = chosen(step, (STATE, INPUT_READINESS))
    if text(step, STATE) == State.CANCELED.value:
        information = merged(information, chosen(first_item(step, PROGRESS_INFORMATION), _REASONS))
    return information


def cancel_requested(requesting_ae: str, request: Dataset) -> Dataset:
    """Gives the information of a UPS Cancel Requested: who asks, and what the request said."""
    information = chosen(request, (*_REASONS, CONTACT_URI, CONTACT_DISPLAY_NAME))
    information.add_new(_REQUESTING_AE, "AE", requesting_ae)
    return information


def progress_report(step: Dataset) -> Dataset:
    """Gives the information of a UPS Progress Report."""
    return chosen(step, (PROGRESS_INFORMATION,))


def scp_status_change(status: str, *, preserved: bool) -> Dataset:
    """Gives the information of an SCP Status Change.

    Args:
        status: RESTARTED or GOING DOWN.
        preserved: whether the steps and the subscriptions are those of before.
    """
    information = Dataset()
    information.SCPStatus = status
    information.SubscriptionListStatus = "WARM START" if preserved else "COLD START"
    information.UnifiedProcedureStepListStatus = "WARM START" if preserved else "COLD START"
    return information


def assigned(step: Dataset) -> list[Dataset]:
    """Gives the information of UPS Assigned: one for each human performer, or one for the station alone."""
    station = chosen(step, (STATION_NAME,)) if has_value(step, STATION_NAME) else Dataset()
    performers = [merged(station, chosen(item, _PERFORMER)) for item in items(step, HUMAN_PERFORMERS)]
    return performers or ([station] if len(station) else [])


def cancellation(request: Dataset) -> Dataset:
    """Gives what a request to cancel adds to the Progress Information of the step that is canceled for it."""
    progress = chosen(request, _REASONS)
    contact = chosen(request, (CONTACT_URI, CONTACT_DISPLAY_NAME))
    if has_value(contact, CONTACT_URI):
        progress.add_new(COMMUNICATIONS_URI, "SQ", [contact])
    return progress
