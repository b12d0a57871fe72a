"""Event reports on the SCU's association and on one in the reverse role."""

import pytest
from pydicom.dataset import Dataset

from tests.services.applications import application
from tests.services.servers import LOCAL
from tests.support.certificates import client_context, server_context
from workbench.dimse.messages import NEventReportRq
from workbench.errors import NoAcceptedContext, TransportError
from workbench.net.incoming import IncomingRequest
from workbench.services.normalized import Answer, answering
from workbench.services.offers import Offer
from workbench.services.reporting import Report, report_to

VENDOR = "1.2.826.0.1.3680043.8.1"
REPORT = Report(sop_class_uid=VENDOR, sop_instance_uid="1.2.3", event_type_id=7, information=Dataset())


class Scu:
    """Takes reports; grants the roles it is told to."""

    def __init__(self, roles: tuple[bool, bool] | None) -> None:
        self.reports: list[tuple[int, bool]] = []
        self.offer = Offer(
            sop_classes={VENDOR: None},
            handlers={NEventReportRq.COMMAND_FIELD: answering(self.take)},
            roles={} if roles is None else {VENDOR: roles},
        )

    async def take(self, request: IncomingRequest, _: Dataset) -> Answer:
        assert isinstance(request.message, NEventReportRq)
        self.reports.append((request.message.event_type_id, request.context.scp_role))
        return Answer()


async def test_a_report_goes_out_in_the_role_of_the_scp() -> None:
    scu = Scu((True, True))
    async with application(scu.offer) as node:
        assert (await report_to(node, REPORT, local=LOCAL)).is_done
    assert scu.reports == [(7, True)]


async def test_a_report_goes_out_secured() -> None:
    scu = Scu((True, True))
    async with application(scu.offer, tls=server_context()) as node:
        assert (await report_to(node, REPORT, local=LOCAL, tls=client_context())).is_done
    assert scu.reports == [(7, True)]


async def test_an_scu_that_refuses_the_role_gets_no_report() -> None:
    scu = Scu((True, False))
    async with application(scu.offer) as node:
        with pytest.raises(NoAcceptedContext, match="user rejection"):
            await report_to(node, REPORT, local=LOCAL)
    assert scu.reports == []


async def test_a_node_without_the_class_gets_no_report() -> None:
    async with application() as node:
        with pytest.raises(NoAcceptedContext):
            await report_to(node, REPORT, local=LOCAL)


async def test_a_node_that_is_not_there_is_an_error_in_words() -> None:
    async with application() as node:
        pass
    with pytest.raises(TransportError, match="connection refused"):
        await report_to(node, REPORT, local=LOCAL)
