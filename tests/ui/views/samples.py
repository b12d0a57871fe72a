"""Rows and events that the tests of the widgets show."""

from itertools import pairwise
from typing import Any

from ui.models.associations import AssociationRow, StateStep
from ui.models.received import ReceivedRow
from ui.models.roles import Category
from ui.models.send import SendRow
from workbench.config import Node
from workbench.trace.events import Direction, PduEvent
from workbench.upper_layer.pdu import AssociateRj, Pdu, ReleaseRq, encode_pdu

CT = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT = "1.2.840.10008.1.2.1"


def node(name: str = "PACS1", **fields: Any) -> Node:
    """A node."""
    given: dict[str, Any] = {"name": name, "host": "10.1.2.3", "port": 104, "ae_title": name.upper()}
    return Node(**given | fields)


def send_row(name: str, state: str = "waiting", **fields: Any) -> SendRow:
    """An object of the send list."""
    given: dict[str, Any] = {
        "name": name,
        "path": f"/data/{name}",
        "sop_class_uid": CT,
        "sop_class": "CT Image",
        "sop_instance_uid": "1.2.3.4",
        "transfer_syntax_uid": EXPLICIT,
        "transfer_syntax": "Explicit VR LE",
        "size": 514_000,
        "state": state,
    }
    return SendRow(**given | fields)


def received_row(number: int = 1, **fields: Any) -> ReceivedRow:
    """A received object."""
    given: dict[str, Any] = {
        "time": 1.0,
        "association": number,
        "calling_ae_title": "CT1",
        "peer": "10.0.0.3:4001",
        "sop_class_uid": CT,
        "sop_class": "CT Image",
        "sop_instance_uid": f"1.2.3.{number}",
        "transfer_syntax_uid": EXPLICIT,
        "transfer_syntax": "Explicit VR LE",
        "size": 514_000,
        "path": "/kept/CT.1.2.3",
        "status": 0,
        "result": "✔ 0000H Success",
        "category": Category.OK,
    }
    return ReceivedRow(**given | fields)


def steps(*states: int) -> tuple[StateStep, ...]:
    """Moves from each state to the next."""
    return tuple(
        StateStep(number=at, time=0.0, event=1, action="AE-1", before=before, after=after)
        for at, (before, after) in enumerate(pairwise(states))
    )


def association(number: int = 17, **fields: Any) -> AssociationRow:
    """An association that we requested and that is established."""
    given: dict[str, Any] = {
        "number": number,
        "is_requestor": True,
        "peer": "10.1.2.3:104",
        "calling_ae_title": "WORKBENCH",
        "called_ae_title": "PACS1",
        "state": 6,
        "state_words": "established",
        "event": 10,
        "action": "DT-2",
        "steps": steps(1, 4, 5, 6),
        "proposed": 3,
        "accepted": 2,
        "requests": 5,
    }
    return AssociationRow(**given | fields)


REJECT = AssociateRj(result=1, source=1, reason=7)
RELEASE = ReleaseRq()


def pdu_event(number: int, pdu: Pdu = REJECT, association: int = 17) -> PduEvent:
    """A received PDU, a millisecond after the one before."""
    data = encode_pdu(pdu)
    return PduEvent(number, 100.0 + number / 1000, association, Direction.RECEIVED, data[0], len(data), data)
