"""Event reports to an SCU that may not be connected: on its association, or on a new one in the reverse role.

An SCP that opens an association to report asks for the SCP role of the class (PS3.7 D.3.3.4). Beyond that clause, an
SCU that accepts the class without answering about the roles is reported to all the same: many take the report.
"""

import ssl
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from pydicom.dataset import Dataset

from workbench.acse.contexts import AcceptedContext, propose_classes
from workbench.config import LocalAe, Node
from workbench.errors import NoAcceptedContext
from workbench.net.association import Association
from workbench.net.requestor import connect
from workbench.services.normalized import Result, n_event_report
from workbench.trace.recorder import Recorder
from workbench.upper_layer.items import RoleSelection
from workbench.upper_layer.machine import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is reported.

    Attributes:
        service: in whose words the answer is told; a key of `dimse.status.SERVICES`.
    """

    sop_class_uid: str
    sop_instance_uid: str
    event_type_id: int
    information: Dataset | None = None
    service: str = "N-EVENT-REPORT"


async def report_on(association: Association, report: Report) -> Result:
    """Reports on an association whose other side is the SCU.

    Raises:
        NoAcceptedContext: the class was not accepted on it.
        DataSetError: the information cannot be encoded.
        AssociationError, TransportError: the association ended first.
    """
    return await n_event_report(
        association,
        report.sop_class_uid,
        report.sop_instance_uid,
        report.event_type_id,
        report.information,
        context=_context(association, report.sop_class_uid),
        service=report.service,
    )


async def report_to(
    node: Node,
    report: Report,
    *,
    local: LocalAe,
    recorder: Recorder | None = None,
    tls: ssl.SSLContext | None = None,
) -> Result:
    """Opens an association to an SCU, reports, and releases; raises as `connect` and `report_on` do."""
    async with connect_to_report(node, report.sop_class_uid, local=local, recorder=recorder, tls=tls) as association:
        return await report_on(association, report)


def connect_to_report(
    node: Node,
    sop_class_uid: str,
    *,
    local: LocalAe,
    recorder: Recorder | None = None,
    tls: ssl.SSLContext | None = None,
) -> AbstractAsyncContextManager[Association]:
    """Opens an association on which we, the requestor, ask to be the SCP of a class; see `connect`."""
    roles = [RoleSelection(sop_class_uid=sop_class_uid, scu_role=False, scp_role=True)]
    contexts = propose_classes(sop_class_uid)
    return connect(node, contexts, local=local, recorder=recorder, tls=tls, user_information=roles)


def _context(association: Association, sop_class_uid: str) -> AcceptedContext:
    agreement = association.agreement
    if association.role is Role.ACCEPTOR:
        return agreement.context_for(sop_class_uid, role="SCU")
    try:
        return agreement.context_for(sop_class_uid, role="SCP")
    except NoAcceptedContext:
        if sop_class_uid in agreement.roles:
            raise
        return agreement.context_for(sop_class_uid, role="SCU")
