"""Takes the event reports of UPS SCPs: the SCU of the UPS Event SOP Class (PS3.4 CC.2.4.2).

An SCP opens an association for them, on which it is the requestor and yet the SCP: give `offer` to a server. Or it
sends them on an association that was opened to it with UPS Event among the contexts: give `handlers` to `connect`.
"""

from collections.abc import Callable
from dataclasses import dataclass

from pydicom.dataset import Dataset

from workbench.dimse.answers import sop_class_of
from workbench.dimse.messages import NEventReportRq
from workbench.dimse.status import CLASS_INSTANCE_CONFLICT, NO_SUCH_EVENT_TYPE
from workbench.errors import StatusError
from workbench.net.incoming import Handlers, IncomingRequest
from workbench.services.normalized import Answer, answering
from workbench.services.offers import Offer
from workbench.services.ups.classes import TRANSFER_SYNTAXES, UPS_EVENT, UPS_PUSH, EventType
from workbench.services.ups.data_sets import settle
from workbench.upper_layer.machine import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsEvent:
    """An event report.

    Attributes:
        type: what it is about.
        sop_instance_uid: the step, or a well-known instance for what is about the SCP itself.
        information: the attributes of Table CC.2.4-1.
        scp_ae_title: whose event it is.
    """

    type: EventType
    sop_instance_uid: str
    information: Dataset
    scp_ae_title: str


class EventListener:
    """Hands each event report to `on_event`, which is called on the event loop before the report is answered."""

    def __init__(self, on_event: Callable[[UpsEvent], None]) -> None:
        self._on_event = on_event

    @property
    def offer(self) -> Offer:
        """What a server offers with this: UPS Event, of which the requestor is the SCP."""
        return Offer(
            sop_classes={UPS_EVENT: TRANSFER_SYNTAXES},
            handlers=self.handlers,
            roles={UPS_EVENT: (True, True)},
            members={UPS_EVENT: frozenset({UPS_PUSH})},
        )

    @property
    def handlers(self) -> Handlers:
        """What answers event reports on an association that we requested."""
        return {NEventReportRq.COMMAND_FIELD: answering(self._n_event_report)}

    async def _n_event_report(self, request: IncomingRequest, information: Dataset) -> Answer:
        message, association = request.message, request.association
        assert isinstance(message, NEventReportRq)
        if sop_class_of(message) != UPS_PUSH:
            raise StatusError(CLASS_INSTANCE_CONFLICT, "every UPS is an instance of UPS Push")
        try:
            event_type = EventType(message.event_type_id)
        except ValueError as error:
            raise StatusError(NO_SUCH_EVENT_TYPE, f"there is no event {message.event_type_id}") from error
        ours = association.role is Role.REQUESTOR
        self._on_event(
            UpsEvent(
                type=event_type,
                sop_instance_uid=message.affected_sop_instance_uid,
                information=settle(information),
                scp_ae_title=association.called_ae_title if ours else association.calling_ae_title,
            )
        )
        return Answer()
