"""The Modality Worklist with other makers' SCUs and SCPs, both ways, and the worklist files that they share with us."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom import config
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pynetdicom import AE, evt
from pynetdicom.events import Event
from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]

from tests.cli.background import background
from tests.interop.conftest import Proves, callers_into
from tests.interop.peers import PeerTool, listening, orthanc, run
from tests.services.servers import LOCAL
from tests.services.worklist.samples import FULL, entry, write_wl
from workbench.config import Node
from workbench.net.requestor import connect
from workbench.services.offers import handlers_for, policy_for
from workbench.services.worklist.entries import WorklistEntry
from workbench.services.worklist.folder import WorklistFolder
from workbench.services.worklist.items import data_set_of
from workbench.services.worklist.scp import WorklistScp, WorklistSource
from workbench.services.worklist.scu import WORKLIST_CONTEXTS, Worklist, query_worklist
from workbench.services.worklist.table import WorklistTable

pytestmark = [pytest.mark.interop, pytest.mark.slow]

SERVICE = "Modality Worklist"
ORTHANC_PLUGIN = Path("/usr/share/orthanc/plugins/libModalityWorklists.so")

LATIN = entry(1, patient_name="Müller^Jürgen", start_date="20260105")
LATER = entry(3, start_date="20260106", modality="MR", scheduled_station_ae_titles=("MR1",))
ENTRIES = (LATIN, LATER, FULL)


@contextmanager
def serving(*sources: WorklistSource) -> Iterator[tuple[Node, set[str]]]:
    """Gives our worklist SCP, and the implementations of those who called it."""
    callers: set[str] = set()
    offers = [WorklistScp(*sources).offer]
    with background(handlers_for(offers), policy=policy_for(offers), observer=callers_into(callers)) as node:
        yield node, callers


def ask(port: int, ae_title: str, **keys: Any) -> tuple[Worklist, str]:
    """Asks a peer as our SCU; gives what it answered and its implementation class UID."""

    async def conversation() -> tuple[Worklist, str]:
        node = Node(name="peer", host="127.0.0.1", port=port, ae_title=ae_title)
        async with connect(node, WORKLIST_CONTEXTS, local=LOCAL) as association:
            worklist = await query_worklist(association, **keys)
            return worklist, association.agreement.peer_implementation_class_uid

    return asyncio.run(conversation())


def table_in(folder: Path, *entries: WorklistEntry) -> WorklistTable:
    table = WorklistTable(folder / "table" / "worklist.json")
    table.replace_all(entries)
    return table


def wl_folder(folder: Path, charset: str = "ISO_IR 100") -> Path:
    """Gives a folder as wlmscpfs wants it: named as its AE title, with a lock file."""
    folder.mkdir()
    (folder / "lockfile").touch()
    write_wl(folder / "1.wl", data_set_of(LATIN), charset)
    write_wl(folder / "2.wl", data_set_of(LATER), charset)
    return folder


STEP = "(0040,0100)[0]."
RETURNED = ["PatientName", "PatientID", "StudyInstanceUID", "RequestedProcedureID"]
RETURNED += [STEP + keyword for keyword in ("Modality", "ScheduledStationAETitle", "ScheduledProcedureStepStartDate")]


@pytest.mark.parametrize(
    ("keys", "patients"),
    [
        ([], ["P1", "P3", "P2"]),
        ([f"{STEP}Modality=CT"], ["P1"]),
        ([f"{STEP}ScheduledStationAETitle=MR1"], ["P3", "P2"]),
        ([f"{STEP}ScheduledProcedureStepStartDate=20260101-20260105"], ["P1"]),
        (["PatientName=MÜLLER*"], ["P1", "P2"]),
        (["PatientID=nobody"], []),
    ],
)
def test_findscu_gets_our_table(
    tmp_path: Path, peer_tool: PeerTool, proves: Proves, keys: list[str], patients: list[str]
) -> None:
    requested = [argument for key in [*RETURNED, *keys] for argument in ("-k", key)]
    found = tmp_path / "found"
    found.mkdir()
    with serving(table_in(tmp_path, *ENTRIES)) as (node, callers):
        charset = ["-k", "SpecificCharacterSet=ISO_IR 192"]
        run(peer_tool("findscu"), "-W", "-X", "-od", found, *requested, *charset, node.host, str(node.port))
    answers = [pydicom.dcmread(path, force=True) for path in sorted(found.glob("rsp*.dcm"))]
    assert [answer.PatientID for answer in answers] == patients
    for answer in answers:
        assert len(answer.ScheduledProcedureStepSequence) == 1
        assert "RequestedProcedureDescription" not in answer
    (implementation,) = callers
    proves(SERVICE, "SCP", "DCMTK", implementation)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ({}, [LATIN, LATER]),
        ({"station": "MR1"}, [LATER]),
        ({"days": date(2026, 1, 5), "modality": "CT"}, [LATIN]),
        ({"days": (date(2026, 1, 6), None)}, [LATER]),
        ({"patient_id": "nobody"}, []),
    ],
)
def test_wlmscpfs_serves_us_the_files_that_we_serve_too(
    tmp_path: Path, peer_tool: PeerTool, proves: Proves, keys: dict[str, Any], expected: list[WorklistEntry]
) -> None:
    folder = wl_folder(tmp_path / "WLM")
    program = peer_tool("wlmscpfs")

    def command(port: int) -> list[str | Path]:
        return [program, "-s", "-csk", "-dfp", tmp_path, str(port)]

    with listening(tmp_path / "log", command) as port:
        worklist, implementation = ask(port, "WLM", **keys)
    with serving(WorklistFolder(folder)) as (node, _):
        ours, _ = ask(node.port, "WLM", **keys)
    assert worklist.result.is_done
    assert list(ours.entries) == expected
    answered = sorted(worklist.entries, key=lambda each: each.key)  # it serves files as the folder lists them
    assert [each.key for each in answered] == [each.key for each in expected]
    for theirs, wanted in zip(answered, expected, strict=True):
        assert theirs.patient_name == wanted.patient_name
        assert theirs.scheduled_station_ae_titles == wanted.scheduled_station_ae_titles
        assert (theirs.start_date, theirs.start_time, theirs.modality) == (
            *(wanted.start_date, wanted.start_time, wanted.modality),
        )
    proves(SERVICE, "SCU", "DCMTK", implementation)


def test_orthanc_serves_us_the_files_that_we_serve_too(tmp_path: Path, peer_tool: PeerTool, proves: Proves) -> None:
    if not ORTHANC_PLUGIN.exists():
        pytest.skip("Orthanc's worklist plugin is not installed")
    folder = wl_folder(tmp_path / "worklists")
    settings = {
        "Plugins": [str(ORTHANC_PLUGIN)],
        "Worklists": {"Enable": True, "Database": str(folder)},
        "DicomModalities": {"us": [LOCAL.ae_title, "127.0.0.1", 104]},  # whom it lets ask
    }
    with orthanc(peer_tool("Orthanc"), tmp_path, settings) as peer:
        everything, implementation = ask(peer.port, "ORTHANC")
        one, _ = ask(peer.port, "ORTHANC", station="MR1", days=date(2026, 1, 6))
    assert sorted(each.patient_name for each in everything.entries) == ["Doe^Jane", "Müller^Jürgen"]
    assert [each.key for each in one.entries] == [LATER.key]
    with serving(WorklistFolder(folder)) as (node, _):
        assert sorted(each.key for each in ask(node.port, "ANY")[0].entries) == sorted(
            each.key for each in everything.entries
        )
    proves(SERVICE, "SCU", "Orthanc", implementation)


def peer_identifier(**keys: str) -> Dataset:
    """Gives an identifier as a modality made with pynetdicom would."""
    identifier, step = Dataset(), Dataset()
    identifier.SpecificCharacterSet = "ISO_IR 100"
    identifier.PatientName = keys.get("name", "")
    identifier.PatientID = ""
    step.Modality = keys.get("modality", "")
    step.ScheduledStationAETitle = ""
    identifier.ScheduledProcedureStepSequence = [step]
    return identifier


@contextmanager
def calling(node: Node) -> Iterator[Any]:
    entity = AE(ae_title="PYNETDICOM")
    entity.add_requested_context(ModalityWorklistInformationFind)
    association = entity.associate(node.host, node.port)
    assert association.is_established
    try:
        yield association
    finally:
        association.release()


def test_pynetdicom_gets_our_table_in_the_character_set_it_asked_for(tmp_path: Path, proves: Proves) -> None:
    with serving(table_in(tmp_path, *ENTRIES)) as (node, callers), calling(node) as association:
        answers = list(association.send_c_find(peer_identifier(name="M*"), ModalityWorklistInformationFind, msg_id=3))
        bad = peer_identifier()
        time = DataElement(0x00400003, "TM", "9999", validation_mode=config.IGNORE)
        bad.ScheduledProcedureStepSequence[0].add(time)
        refused = list(association.send_c_find(bad, ModalityWorklistInformationFind))
    assert [status.Status for status, _ in answers] == [0xFF00, 0xFF00, 0x0000]
    assert [(str(match.PatientName), match.get("SpecificCharacterSet")) for _, match in answers if match] == [
        ("Müller^Jürgen", "ISO_IR 100"),
        (FULL.patient_name, "ISO_IR 192"),
    ]
    assert [status.Status for status, _ in refused] == [0xA900]
    (implementation,) = callers
    proves(SERVICE, "SCP", "pynetdicom", implementation)


def test_pynetdicom_cancels_our_worklist(tmp_path: Path) -> None:
    table = table_in(tmp_path, *(entry(number) for number in range(2000)))
    with serving(table) as (node, _), calling(node) as association:
        # The request goes out with this call; on a busy machine all matches could be out before the first is looked at.
        matches = association.send_c_find(peer_identifier(), ModalityWorklistInformationFind, msg_id=5)
        association.send_c_cancel(5, query_model=ModalityWorklistInformationFind)
        statuses = [status.Status for status, _ in matches]
    assert statuses[-1] == 0xFE00
    assert len(statuses) < 2000


def test_pynetdicom_serves_us(proves: Proves) -> None:
    asked: list[Dataset] = []

    def answer(event: Event) -> Iterator[tuple[int, Dataset | None]]:
        identifier: Dataset = event.identifier
        asked.append(identifier)
        data_set = data_set_of(FULL)
        data_set.SpecificCharacterSet = "ISO_IR 192"
        yield 0xFF01, data_set
        yield 0x0000, None

    entity = AE(ae_title="PYNETDICOM")
    entity.add_supported_context(ModalityWorklistInformationFind)
    server = entity.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_C_FIND, answer)])
    assert server is not None
    assert server.socket is not None
    try:
        worklist, implementation = ask(
            server.socket.getsockname()[1], "PYNETDICOM", station="MR1", days=date(2026, 1, 6), patient_name="Mü*"
        )
    finally:
        server.shutdown()
    (identifier,) = asked
    (step,) = identifier.ScheduledProcedureStepSequence
    assert (step.ScheduledStationAETitle, step.ScheduledProcedureStepStartDate) == ("MR1", "20260106")
    assert str(identifier.PatientName) == "Mü*"
    assert worklist.entries == (FULL,)
    assert not worklist.is_complete
    proves(SERVICE, "SCU", "pynetdicom", implementation)
