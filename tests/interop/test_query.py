"""C-FIND with other makers' SCUs and SCPs, both ways, in every model that one of them speaks."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pydicom
import pytest
from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.events import Event

from tests.cli.background import background
from tests.interop.conftest import Proves, callers_into
from tests.interop.dcmqrscp import dcmqrscp
from tests.interop.entities import PYNETDICOM, asking_entity, listening_entity
from tests.interop.peers import PeerTool, orthanc, run
from tests.services.query.archives import ROOT, made, make_archive, make_object
from tests.services.servers import LOCAL
from workbench.config import Node
from workbench.net.requestor import connect
from workbench.services.offers import handlers_for, policy_for
from workbench.services.query.archive import ARCHIVE_OPTIONS, archive_provider
from workbench.services.query.data_sets import data_set_provider
from workbench.services.query.find import FindResult, Match, find, find_contexts, query_for
from workbench.services.query.find_scp import FindScp
from workbench.services.query.models import (
    COLOR_PALETTE,
    DEFINED_PROCEDURE_PROTOCOL,
    GENERIC_IMPLANT_TEMPLATE,
    HANGING_PROTOCOL,
    IMPLANT_ASSEMBLY_TEMPLATE,
    IMPLANT_TEMPLATE_GROUP,
    INVENTORY,
    PATIENT_ROOT,
    PATIENT_STUDY_ONLY,
    PROTOCOL_APPROVAL,
    RELEVANT_PATIENT_BREAST,
    RELEVANT_PATIENT_CARDIAC,
    RELEVANT_PATIENT_GENERAL,
    REPOSITORY_QUERY,
    STUDY_ROOT,
    SUBSTANCE_APPROVAL,
    SUBSTANCE_PRODUCT_CHARACTERISTICS,
    Model,
)
from workbench.services.query.relevant_patient import relevant_patient_provider
from workbench.storage.index import InstanceIndex

pytestmark = [pytest.mark.interop, pytest.mark.slow]

ROOTS = (PATIENT_ROOT, STUDY_ROOT, PATIENT_STUDY_ONLY)
OTHERS = (
    HANGING_PROTOCOL,
    COLOR_PALETTE,
    GENERIC_IMPLANT_TEMPLATE,
    IMPLANT_ASSEMBLY_TEMPLATE,
    IMPLANT_TEMPLATE_GROUP,
    DEFINED_PROCEDURE_PROTOCOL,
    PROTOCOL_APPROVAL,
    INVENTORY,
    SUBSTANCE_APPROVAL,
    SUBSTANCE_PRODUCT_CHARACTERISTICS,
)
RELEVANT = (RELEVANT_PATIENT_GENERAL, RELEVANT_PATIENT_BREAST, RELEVANT_PATIENT_CARDIAC)
MANY = 300


def service(model: Model) -> str:
    """Gives the name of a model's service in the matrix."""
    return f"C-FIND {model.name}"


@contextmanager
def serving(*scps: FindScp) -> Iterator[tuple[Node, set[str]]]:
    """Gives our SCP, and the implementations of those who called it."""
    callers: set[str] = set()
    offers = [scp.offer for scp in scps]
    with background(handlers_for(offers), policy=policy_for(offers), observer=callers_into(callers)) as node:
        yield node, callers


@contextmanager
def archive(folder: Path, *models: Model) -> Iterator[tuple[Node, set[str]]]:
    """Gives our SCP in front of an archive."""
    with InstanceIndex.open(folder) as index:
        scp = FindScp(models or ROOTS, archive_provider(index), options=ARCHIVE_OPTIONS)
        with serving(scp) as served:
            yield served


@pytest.fixture
def filled(tmp_path: Path) -> Path:
    """Gives the folder of the small archive."""
    folder = tmp_path / "archive"
    folder.mkdir()
    make_archive(folder)
    return folder


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Gives the folder of an archive with one study of many images."""
    folder = tmp_path_factory.mktemp("large")
    for number in range(MANY):
        make_object(
            folder,
            number,
            PatientID="ID",
            PatientName="Doe^Jane",
            StudyInstanceUID=f"{ROOT}.1",
            SeriesInstanceUID=f"{ROOT}.2",
        )
    return folder


ALL_IMAGES = {"StudyInstanceUID": f"{ROOT}.1", "SeriesInstanceUID": f"{ROOT}.2"}


def ask(
    node: Node, model: Model, identifier: Dataset, *, cancel_after: int | None = None
) -> tuple[list[Match], FindResult, str]:
    """Asks a peer as our SCU; gives the matches, the result and the peer's implementation class UID."""

    async def conversation() -> tuple[list[Match], FindResult, str]:
        async with connect(node, find_contexts([model]), local=LOCAL) as association:
            async with find(association, model, identifier, cancel_after=cancel_after) as query:
                matches = [match async for match in query]
            assert query.result is not None
            return matches, query.result, association.agreement.peer_implementation_class_uid

    return asyncio.run(conversation())


# DCMTK


@pytest.mark.parametrize(
    ("option", "model", "keys", "names"),
    [
        ("-S", STUDY_ROOT, ["QueryRetrieveLevel=STUDY"], ["Müller^Anna", "Yamada^Tarou=山田^太郎=やまだ^たろう"]),
        ("-S", STUDY_ROOT, ["QueryRetrieveLevel=STUDY", "PatientName=müller*"], ["Müller^Anna"]),
        (
            "-S",
            STUDY_ROOT,
            ["QueryRetrieveLevel=STUDY", "StudyDate=20230101-20231231"],
            ["Yamada^Tarou=山田^太郎=やまだ^たろう"],
        ),
        (
            "-S",
            STUDY_ROOT,
            ["QueryRetrieveLevel=STUDY", "PatientName==山田*"],
            ["Yamada^Tarou=山田^太郎=やまだ^たろう"],
        ),
        ("-S", STUDY_ROOT, [f"StudyInstanceUID={ROOT}.1.1\\1.2", "QueryRetrieveLevel=STUDY"], ["Müller^Anna"]),
        ("-S", STUDY_ROOT, ["(0008,1032)[0].CodeValue=121", "QueryRetrieveLevel=STUDY"], ["Müller^Anna"]),
        ("-P", PATIENT_ROOT, ["QueryRetrieveLevel=PATIENT", "PatientID=ID1"], ["Müller^Anna"]),
        ("-O", PATIENT_STUDY_ONLY, ["QueryRetrieveLevel=STUDY", "PatientID=ID1"], ["Müller^Anna"]),
    ],
)
def test_findscu_gets_our_matches(
    tmp_path: Path,
    filled: Path,
    peer_tool: PeerTool,
    proves: Proves,
    option: str,
    model: Model,
    keys: list[str],
    names: list[str],
) -> None:
    found = tmp_path / "found"
    found.mkdir()
    requested = [a for key in ["SpecificCharacterSet=ISO_IR 192", "PatientName", *keys] for a in ("-k", key)]
    with archive(filled) as (node, callers):
        run(peer_tool("findscu"), option, "-X", "-od", found, *requested, node.host, str(node.port))
    answers = [pydicom.dcmread(path, force=True) for path in sorted(found.glob("rsp*.dcm"))]
    assert sorted(str(answer.PatientName) for answer in answers) == names
    (implementation,) = callers
    proves(service(model), "SCP", "DCMTK", implementation)


@pytest.mark.parametrize(
    ("charset", "name"),
    [
        (["", "ISO 2022 IR 87"], "Yamada^Tarou=山田^太郎=やまだ^たろう"),
        (["ISO 2022 IR 13", "ISO 2022 IR 87"], "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう"),
        (["", "ISO 2022 IR 149"], "Hong^Gildong=洪^吉洞=홍^길동"),
        # Not ISO 2022 IR 58: pydicom 3.0 neither writes nor removes its escape sequence.
        (["ISO 2022 IR 100", "ISO 2022 IR 144"], "Müller^Люк"),
        ("GB18030", "Wang^XiaoDong=王^小东"),
        ("GBK", "Wang^XiaoDong=王^小东"),
        ("ISO_IR 192", "Wang^XiaoDong=王^小东"),
        ("ISO_IR 100", "Müller^Anna"),
        ("ISO_IR 101", "Wałęsa"),
        ("ISO_IR 126", "Διονυσιος"),
        ("ISO_IR 127", "قباني^لنزار"),
        ("ISO_IR 138", "שרון^דבורה"),
        ("ISO_IR 144", "Люксембург"),
        ("ISO_IR 148", "Çavuşoğlu"),
        ("ISO_IR 166", "นามสกุล"),
        ("ISO_IR 13", "ﾔﾏﾀﾞ^ﾀﾛｳ"),
    ],
)
def test_a_name_is_asked_for_and_told_in_any_character_set(
    tmp_path: Path, peer_tool: PeerTool, charset: str | list[str], name: str
) -> None:
    stored, found = tmp_path / "stored", tmp_path / "found"
    stored.mkdir()
    found.mkdir()
    make_object(stored, 1, SpecificCharacterSet="ISO_IR 192", PatientName=name)
    make_object(stored, 2, PatientName="Doe^Jane")
    asked = made(SpecificCharacterSet=charset, QueryRetrieveLevel="STUDY", PatientName=name)
    query = tmp_path / "query.dcm"
    asked.save_as(query, implicit_vr=False, little_endian=True)  # encoded by pydicom
    with archive(stored) as (node, _):
        run(peer_tool("findscu"), "-S", "-X", "-od", found, node.host, str(node.port), query)
    (path,) = found.iterdir()
    answer = pydicom.dcmread(path, force=True)
    assert str(answer.PatientName) == name
    assert answer.SpecificCharacterSet == charset


def test_findscu_cancels_our_search(large: Path, peer_tool: PeerTool) -> None:
    keys = [f"{keyword}={value}" for keyword, value in {"QueryRetrieveLevel": "IMAGE", **ALL_IMAGES}.items()]
    requested = [argument for key in keys for argument in ("-k", key)]
    with archive(large) as (node, _):
        said = run(peer_tool("findscu"), "-d", "-S", "--cancel", "3", *requested, node.host, str(node.port))
    assert "0xfe00" in said
    assert said.count("0xff00") < MANY


def test_findscu_is_told_what_is_wrong(filled: Path, peer_tool: PeerTool) -> None:
    with archive(filled) as (node, _):
        said = run(peer_tool("findscu"), "-d", "-S", "-k", "QueryRetrieveLevel=SERIES", node.host, str(node.port))
    assert "0xa900" in said
    assert "(0020,000D) is missing or empty, at SERIES level" in said.replace("000d", "000D")


@pytest.mark.parametrize(
    ("model", "keys", "expected"),
    [
        (STUDY_ROOT, {}, ["ID1", "ID4"]),
        (STUDY_ROOT, {"PatientName": "Y*"}, ["ID4"]),
        (STUDY_ROOT, {"StudyDate": "20230101-20231231"}, ["ID4"]),
        (STUDY_ROOT, {"StudyInstanceUID": f"{ROOT}.1.1"}, ["ID1"]),
        (PATIENT_ROOT, {"PatientID": "ID4"}, ["ID4"]),
        (PATIENT_STUDY_ONLY, {"PatientID": "ID1"}, ["ID1"]),
    ],
)
def test_dcmqrscp_answers_us(
    tmp_path: Path,
    filled: Path,
    peer_tool: PeerTool,
    proves: Proves,
    model: Model,
    keys: dict[str, str],
    expected: list[str],
) -> None:
    with dcmqrscp(peer_tool, tmp_path / "dcmqrscp", filled.glob("*.dcm")) as node:
        matches, result, implementation = ask(node, model, query_for("STUDY", **keys))
    assert result.is_done
    assert sorted(match.data_set.PatientID for match in matches) == expected
    proves(service(model), "SCU", "DCMTK", implementation)


def test_dcmqrscp_refuses_and_our_sentence_tells_why(tmp_path: Path, filled: Path, peer_tool: PeerTool) -> None:
    with dcmqrscp(peer_tool, tmp_path / "dcmqrscp", filled.glob("*.dcm")) as node:
        _, result, _ = ask(node, STUDY_ROOT, made(QueryRetrieveLevel="SERIES", SeriesInstanceUID=""))
    assert not result.is_done
    assert result.reason == "C000H Error: unable to process; the log of the SCP may tell why"


def test_dcmqrscp_is_cancelled(tmp_path: Path, large: Path, peer_tool: PeerTool) -> None:
    with dcmqrscp(peer_tool, tmp_path / "dcmqrscp", large.glob("*.dcm")) as node:
        asked = query_for("IMAGE", **ALL_IMAGES)
        matches, result, _ = ask(node, STUDY_ROOT, asked, cancel_after=2)
        assert (result.status, result.was_cancelled) == (0xFE00, True)
        assert len(matches) < MANY
        assert len(ask(node, STUDY_ROOT, asked)[0]) == MANY


# Orthanc


def test_orthanc_answers_us_and_is_cancelled(
    tmp_path: Path, filled: Path, large: Path, peer_tool: PeerTool, proves: Proves
) -> None:
    settings = {"DicomModalities": {"us": [LOCAL.ae_title, "127.0.0.1", 104]}}  # whom it lets ask
    with orthanc(peer_tool("Orthanc"), tmp_path, settings) as peer:
        for path in [*filled.glob("*.dcm"), *large.glob("*.dcm")]:
            peer.import_file(path)
        node = Node(name="Orthanc", host="127.0.0.1", port=peer.port, ae_title="ORTHANC")
        matches, result, implementation = ask(node, STUDY_ROOT, query_for("STUDY", PatientName="MÜLLER*"))
        assert result.is_done
        assert [str(match.data_set.PatientName) for match in matches] == ["Müller^Anna"]
        patients, _, _ = ask(node, PATIENT_ROOT, query_for("PATIENT"))
        assert sorted(match.data_set.PatientID for match in patients) == ["ID", "ID1", "ID4"]
        _, result, _ = ask(node, STUDY_ROOT, query_for("IMAGE", **ALL_IMAGES), cancel_after=2)
        assert result.is_done
    proves(service(STUDY_ROOT), "SCU", "Orthanc", implementation)
    proves(service(PATIENT_ROOT), "SCU", "Orthanc", implementation)


def test_orthanc_asks_us(tmp_path: Path, filled: Path, peer_tool: PeerTool, proves: Proves) -> None:
    with archive(filled) as (node, callers):
        settings = {"DicomModalities": {"archive": [node.ae_title, node.host, node.port]}, "DefaultEncoding": "Utf8"}
        with orthanc(peer_tool("Orthanc"), tmp_path, settings) as peer:
            query = {"Level": "Study", "Query": {"PatientName": "Yamada*", "StudyInstanceUID": ""}}
            answered = peer.ask("/modalities/archive/query", query)
            answer = peer.ask(f"{answered['Path']}/answers/0/content?simplify", None, "GET")
    assert answer["StudyInstanceUID"] == f"{ROOT}.1.4"
    assert answer["PatientName"].startswith("Yamada^Tarou=山田^太郎")
    (implementation,) = callers
    proves(service(STUDY_ROOT), "SCP", "Orthanc", implementation)


# pynetdicom


def answering(*answers: Dataset) -> Any:
    """Gives a handler of pynetdicom's that answers with these data sets."""

    def handle(event: Event) -> Iterator[tuple[int, Dataset | None]]:
        for answer in answers:
            if event.is_cancelled:
                yield 0xFE00, None
                return
            yield 0xFF00, answer

    return [(evt.EVT_C_FIND, handle)]


@pytest.mark.parametrize("model", [*ROOTS, *OTHERS, *RELEVANT, REPOSITORY_QUERY], ids=lambda model: model.name)
def test_pynetdicom_answers_us(proves: Proves, model: Model) -> None:
    answer = made(SpecificCharacterSet="ISO_IR 192", PatientID="1", PatientName="Müller^Anna", SOPInstanceUID="1.2")
    asked = made(PatientID="1", PatientName="", SOPInstanceUID="")
    if model.levels:
        answer.QueryRetrieveLevel = asked.QueryRetrieveLevel = "STUDY"
    with listening_entity([model.find], answering(answer)) as node:
        (match,), result, implementation = ask(node, model, asked)
    assert result.is_done
    assert match.data_set == answer
    proves(service(model), "SCU", PYNETDICOM, implementation)


def test_pynetdicom_is_cancelled() -> None:
    answers = [made(QueryRetrieveLevel="STUDY", StudyInstanceUID=f"1.2.{number}") for number in range(2000)]
    with listening_entity([STUDY_ROOT.find], answering(*answers)) as node:
        matches, result, _ = ask(node, STUDY_ROOT, query_for("STUDY"), cancel_after=2)
    assert (result.status, result.was_cancelled) == (0xFE00, True)
    assert len(matches) < 2000


def received(node: Node, model: Model, identifier: Dataset) -> tuple[int, list[tuple[int, Dataset | None]]]:
    """Gives the final status that pynetdicom gets from us, and the pending ones with their identifiers."""
    with asking_entity(node, [model.find]) as association:
        answers = list(association.send_c_find(identifier, model.find))
    *pending, (final, _) = answers
    return final.Status, [(status.Status, answer) for status, answer in pending]


@pytest.mark.parametrize("model", ROOTS, ids=lambda model: model.name)
def test_pynetdicom_gets_our_matches(filled: Path, proves: Proves, model: Model) -> None:
    with archive(filled) as (node, callers):
        asked = made(QueryRetrieveLevel="STUDY", PatientID="ID1", StudyInstanceUID="", PatientName="")
        status, matches = received(node, model, asked)
        assert status == 0
        ((pending, match),) = matches
        assert pending == 0xFF00
        assert match is not None
        assert (match.StudyInstanceUID, str(match.PatientName)) == (f"{ROOT}.1.1", "Müller^Anna")
        assert received(node, model, made(QueryRetrieveLevel="NONE"))[0] == 0xA900
    (implementation,) = callers
    proves(service(model), "SCP", PYNETDICOM, implementation)


def test_pynetdicom_cancels_our_search(large: Path) -> None:
    with archive(large) as (node, _), asking_entity(node, [STUDY_ROOT.find]) as association:
        asked = query_for("IMAGE", **ALL_IMAGES)
        statuses = []
        for number, (status, _answer) in enumerate(association.send_c_find(asked, STUDY_ROOT.find, msg_id=7)):
            statuses.append(status.Status)
            if number == 1:
                association.send_c_cancel(7, query_model=STUDY_ROOT.find)
    assert statuses[-1] == 0xFE00
    assert len(statuses) < MANY


@pytest.mark.parametrize("model", OTHERS, ids=lambda model: model.name)
def test_pynetdicom_gets_objects_of_no_patient_from_us(proves: Proves, model: Model) -> None:
    objects = [made(SOPClassUID="1.2.3", SOPInstanceUID=f"1.2.{number}") for number in range(3)]
    with serving(FindScp([model], data_set_provider(objects))) as (node, callers):
        status, matches = received(node, model, made(SOPInstanceUID=["1.2.1", "1.2.2"], SOPClassUID=""))
    assert status == 0
    assert [answer for _, answer in matches] == objects[1:]
    (implementation,) = callers
    proves(service(model), "SCP", PYNETDICOM, implementation)


@pytest.mark.parametrize("model", RELEVANT, ids=lambda model: model.name)
def test_pynetdicom_gets_one_relevant_patient_from_us(proves: Proves, model: Model) -> None:
    reports = [made(PatientID=patient, PatientName="Doe") for patient in ("1", "2", "2")]
    with serving(FindScp([model], relevant_patient_provider(reports))) as (node, callers):
        assert received(node, model, made(PatientID="1")) == (0, [(0xFF00, reports[0])])
        assert received(node, model, made(PatientID="2")) == (0xC100, [])
    (implementation,) = callers
    proves(service(model), "SCP", PYNETDICOM, implementation)


def test_pynetdicom_goes_on_with_our_inventory(filled: Path, proves: Proves) -> None:
    asked = made(QueryRetrieveLevel="STUDY", StudyInstanceUID="", MaximumNumberOfRecords=2, RecordKey=None)
    with archive(filled, REPOSITORY_QUERY) as (node, callers):
        # Never cut short: pynetdicom 3.0.4 takes B001H for a pending status and waits for one more response.
        status, both = received(node, REPOSITORY_QUERY, asked)
        assert (status, len(both)) == (0, 2)
        assert both[0][1] is not None
        asked.PriorRecordKey = both[0][1].RecordKey
        assert received(node, REPOSITORY_QUERY, asked) == (0, both[1:])
        asked.PriorRecordKey = b"nonsense"
        assert received(node, REPOSITORY_QUERY, asked) == (0xA710, [])
    (implementation,) = callers
    proves(service(REPOSITORY_QUERY), "SCP", PYNETDICOM, implementation)
