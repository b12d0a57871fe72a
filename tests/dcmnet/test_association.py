"""What the table says of associations and no other test shows."""

import socket

import pytest

from tests.dcmnet.entities import CT_IMAGE, MPPS, POLICY, acceptor_ae, node_of, scp, scu
from tests.net.handlers import answer_success
from tests.support.peer import Recording
from workbench.acse.negotiate import Policy
from workbench.config import Node
from workbench.dimse.messages import CStoreRq
from workbench.errors import NoAcceptedContext
from workbench.services.verification import echo
from workbench.trace.events import Direction, PduEvent
from workbench.uids import APPLICATION_CONTEXT
from workbench.upper_layer.pdu import P_DATA_TF


def has_ipv6() -> bool:
    """Tells whether this machine has the loopback address of IPv6."""
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.parametrize(
    ("bind", "host"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "localhost"),
        ("", "127.0.0.1"),
        pytest.param("::1", "::1", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")),
        pytest.param("", "::1", marks=pytest.mark.skipif(not has_ipv6(), reason="no IPv6 here")),
    ],
)
async def test_either_ip_version_is_served_and_called(bind: str, host: str) -> None:
    async with scp(local=acceptor_ae(bind=bind)) as server:
        node = Node(name="acceptor", host=host, port=server.address[1], ae_title="ACCEPTOR")
        async with scu(node) as association:
            assert (await echo(association)).message.status == 0x0000


async def test_titles_addresses_and_application_context_are_known_on_both_sides() -> None:
    async with scp() as server:
        node = Node(name="acceptor", host="127.0.0.1", port=server.address[1], ae_title="ACCEPTOR")
        async with scu(node) as asking:
            (asked,) = server.associations
            for association in (asking, asked):
                assert (association.calling_ae_title, association.called_ae_title) == ("REQUESTOR", "ACCEPTOR")
                assert association.request_pdu is not None
                assert association.request_pdu.application_context == APPLICATION_CONTEXT
            assert asking.peer == f"127.0.0.1:{server.address[1]}"
            assert asked.peer.startswith("127.0.0.1:")


async def test_pdus_can_be_shorter_than_the_peer_takes() -> None:
    recording = Recording()
    async with (
        scp({CStoreRq.COMMAND_FIELD: answer_success}) as server,
        scu(node_of(server), (CT_IMAGE,), recorder=recording.recorder) as association,
    ):
        assert association.agreement.peer_max_length > 4096
        association.limit_pdus(4096)
        message = CStoreRq(message_id=1, affected_sop_class_uid=CT_IMAGE, affected_sop_instance_uid="1.2.3")
        assert (await association.request(message, bytes(20_000))).message.status == 0x0000
    pdus = [event for event in recording.events if isinstance(event, PduEvent) and event.pdu_type == P_DATA_TF]
    lengths = [event.length for event in pdus if event.direction is Direction.SENT]
    assert max(lengths) == 6 + 4096  # with the header of the PDU
    assert len(lengths) == 1 + 5


async def test_what_is_accepted_can_be_changed_while_the_server_runs() -> None:
    async with scp() as server:
        node = Node(name="acceptor", host="127.0.0.1", port=server.address[1], ae_title="ACCEPTOR")
        async with scu(node, (MPPS,)) as earlier:
            server.use_policy(Policy(contexts={}))
            async with scu(node, (MPPS,)) as later:
                with pytest.raises(NoAcceptedContext):
                    later.agreement.context_for(MPPS)
            earlier.agreement.context_for(MPPS)
            server.use_policy(POLICY)
        async with scu(node, (MPPS,)) as latest:
            latest.agreement.context_for(MPPS)
