"""Storage commitment with pynetdicom and Orthanc: as SCU and as SCP, on the same association and on a new one."""

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pynetdicom import AE, build_role, evt

from tests.interop.conftest import Proves, callers_into
from tests.interop.entities import PYNETDICOM, asking_entity, listening_entity
from tests.interop.peers import Orthanc, PeerTool, orthanc
from tests.services.applications import application
from tests.services.commitment.archives import Shelf, references
from tests.services.commitment.test_providing import ENABLED, Outcomes
from tests.services.servers import LOCAL
from workbench.config import Node
from workbench.net.requestor import connect
from workbench.services.commitment import COMMITMENT_CONTEXTS, CommitmentListener, CommitmentScp, Reference, commit
from workbench.services.commitment.providing import Reporting
from workbench.services.commitment.references import (
    COMMITMENT_INSTANCE,
    STORAGE_COMMITMENT,
    Verdict,
    read_report,
    read_request,
    report_data_set,
    request_data_set,
)
from workbench.storage.index import InstanceIndex
from workbench.storage.part10 import scan

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SERVICE = "Storage Commitment"
ONE, TWO = references(1, 2)


async def implementation(node: Node) -> str:
    """Gives the implementation class UID of the SCP on a node."""
    async with connect(node, COMMITMENT_CONTEXTS, local=LOCAL) as association:
        return association.agreement.peer_implementation_class_uid


async def test_its_scp_reports_to_us_on_the_same_association(proves: Proves) -> None:
    def act(event: Any) -> tuple[int, None]:
        asked = read_request(event.action_information)
        event_type, data_set = report_data_set(asked.transaction_uid, [Verdict(ONE), Verdict(TWO, 0x0112)])
        status, _ = event.assoc.send_n_event_report(data_set, event_type, STORAGE_COMMITMENT, COMMITMENT_INSTANCE)
        assert status.Status == 0x0000
        return 0x0000, None

    with listening_entity([STORAGE_COMMITMENT], [(evt.EVT_N_ACTION, act)]) as node:
        result = await commit(node, [ONE, TWO], local=LOCAL, patience=10)
        uid = await implementation(node)
    assert result.problem == ""
    assert result.committed == (ONE,)
    assert [each.words for each in result.failed] == ["0112H Failure: no such SOP instance"]
    proves(SERVICE, "SCU", PYNETDICOM, uid)


async def test_its_scp_reports_to_us_on_an_association_of_its_own(proves: Proves) -> None:
    listener, callers = CommitmentListener(), set[str]()
    async with application(listener.offer, observer=callers_into(callers)) as ours:

        def report(transaction_uid: str) -> int:
            entity = AE(ae_title="PYNETDICOM")
            entity.add_requested_context(STORAGE_COMMITMENT)
            role = build_role(STORAGE_COMMITMENT, scp_role=True)
            association = entity.associate(ours.host, ours.port, ext_neg=[role])
            event_type, data_set = report_data_set(transaction_uid, [Verdict(ONE)])
            status, _ = association.send_n_event_report(data_set, event_type, STORAGE_COMMITMENT, COMMITMENT_INSTANCE)
            association.release()
            return int(status.Status)

        def act(event: Any) -> tuple[int, None]:
            return report(read_request(event.action_information).transaction_uid), None

        with listening_entity([STORAGE_COMMITMENT], [(evt.EVT_N_ACTION, act)]) as node:
            result = await commit(node, [ONE], local=LOCAL, patience=10, listener=listener)
    assert result.is_complete
    proves(SERVICE, "SCU", PYNETDICOM, callers.pop())


async def test_our_scp_reports_to_it_on_the_same_association(tmp_path: Path, proves: Proves) -> None:
    callers, outcomes, reports = set[str](), Outcomes(), list[Any]()

    def take(event: Any) -> tuple[int, None]:
        reports.append((event.event_type, read_report(event.event_information)))
        return 0x0000, None

    def ask(node: Node) -> tuple[int, int]:
        data_set = request_data_set("2.25.1", [ONE, TWO])
        with asking_entity(node, [STORAGE_COMMITMENT], [(evt.EVT_N_EVENT_REPORT, take)]) as association:
            wrong, _ = association.send_n_action(data_set, 2, STORAGE_COMMITMENT, COMMITMENT_INSTANCE)
            right, _ = association.send_n_action(data_set, 1, STORAGE_COMMITMENT, COMMITMENT_INSTANCE)
            asyncio.run_coroutine_threadsafe(reported(), loop).result(20)
        return wrong.Status, right.Status

    async def reported() -> None:
        assert (await outcomes.next()).problem == ""

    loop = asyncio.get_running_loop()
    scp = CommitmentScp(tmp_path, Shelf(ONE), local=ENABLED, nodes=lambda _: None, on_outcome=outcomes.add)
    async with scp, application(scp.offer, observer=callers_into(callers)) as node:
        assert await asyncio.to_thread(ask, node) == (0x0123, 0x0000)
    assert reports == [(2, ("2.25.1", (Verdict(ONE), Verdict(TWO, 0x0112))))]
    proves(SERVICE, "SCP", PYNETDICOM, callers.pop())


async def test_our_scp_reports_to_it_on_a_new_association(tmp_path: Path, proves: Proves) -> None:
    callers, outcomes, reports = set[str](), Outcomes(), list[Any]()

    def take(event: Any) -> tuple[int, None]:
        reports.append((event.event_type, read_report(event.event_information)))
        return 0x0000, None

    def ask(node: Node) -> int:
        with asking_entity(node, [STORAGE_COMMITMENT]) as association:
            data_set = request_data_set("2.25.1", [ONE])
            return int(association.send_n_action(data_set, 1, STORAGE_COMMITMENT, COMMITMENT_INSTANCE)[0].Status)

    handlers = [(evt.EVT_N_EVENT_REPORT, take)]
    with listening_entity([STORAGE_COMMITMENT], handlers, roles=(True, True)) as modality:
        scp = CommitmentScp(
            tmp_path,
            Shelf(ONE),
            local=ENABLED,
            nodes={"PYNETDICOM": modality}.get,
            reporting=Reporting(grace=10),
            on_outcome=outcomes.add,
        )
        async with scp, application(scp.offer, observer=callers_into(callers)) as node:
            assert await asyncio.to_thread(ask, node) == 0x0000
            assert (await outcomes.next()).problem == ""
    assert reports == [(1, ("2.25.1", (Verdict(ONE),)))]
    proves(SERVICE, "SCP", PYNETDICOM, callers.pop())


@pytest.fixture(scope="module")
def peer(peer_tool: PeerTool, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Orthanc]:
    """Gives a running Orthanc."""
    with orthanc(peer_tool("Orthanc"), tmp_path_factory.mktemp("orthanc")) as peer:
        yield peer


async def test_orthanc_commits_what_it_holds(peer: Orthanc, samples: list[Path], proves: Proves) -> None:
    held, gone = scan(samples[0]), scan(samples[1])
    peer.import_file(samples[0])
    listener, callers = CommitmentListener(), set[str]()
    async with application(listener.offer, observer=callers_into(callers)) as ours:
        peer.ask("/modalities/us", [LOCAL.ae_title, ours.host, ours.port], method="PUT")
        node = Node(name="Orthanc", host="127.0.0.1", port=peer.port, ae_title="ORTHANC")
        asked = [Reference(each.sop_class_uid, each.sop_instance_uid) for each in (held, gone)]
        result = await commit(node, asked, local=LOCAL, patience=20, listener=listener)
    assert result.problem == ""
    assert result.committed == (asked[0],)
    assert [(each.reference, each.failure_reason) for each in result.failed] == [(asked[1], 0x0112)]
    (uid,) = callers
    proves(SERVICE, "SCU", "Orthanc", uid)


async def test_we_commit_to_orthanc_what_the_archive_holds(
    peer: Orthanc, samples: list[Path], tmp_path: Path, proves: Proves
) -> None:
    held, gone = scan(samples[0]), scan(samples[1])
    folder = tmp_path / "archive"
    folder.mkdir()
    (folder / "CT.dcm").write_bytes(samples[0].read_bytes())
    index = InstanceIndex.open(folder)
    index.rebuild()
    callers, outcomes = set[str](), Outcomes()
    orthanc_node = Node(name="Orthanc", host="127.0.0.1", port=peer.port, ae_title="ORTHANC")
    scp = CommitmentScp(
        tmp_path / "transactions", index, local=ENABLED, nodes={"ORTHANC": orthanc_node}.get, on_outcome=outcomes.add
    )
    async with scp, application(scp.offer, observer=callers_into(callers)) as node:
        await asyncio.to_thread(peer.ask, "/modalities/us", [node.ae_title, node.host, node.port], "PUT")
        instances = [[each.sop_class_uid, each.sop_instance_uid] for each in (held, gone)]
        request = {"DicomInstances": instances}
        started = await asyncio.to_thread(peer.ask, "/modalities/us/storage-commitment", request)
        assert (await outcomes.next()).problem == ""
    report = peer.get(started["Path"])
    index.close()
    assert b'"Status" : "Failure"' in report
    assert report.count(held.sop_instance_uid.encode()) == 1
    proves(SERVICE, "SCP", "Orthanc", callers.pop())
